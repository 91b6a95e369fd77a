//! Building the SDK's clients for a target: credentials, region, time limits, app names and the HTTP client below.

use std::net::SocketAddr;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_kinesis::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_sdk_kinesis::config::{
    AppName, Credentials, SharedCredentialsProvider, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::calls::Client;
use super::failure::Road;
use super::loopback;
use super::settings::{DUMMY_ACCESS_KEY, Remote};
use crate::app::{Connection, ConnectionKind};

/// The region of the embedded server, and of an endpoint for which nobody named one.
const DEFAULT_REGION: &str = "us-east-1";

/// What carries the requests, and how long the lab waits for it.
#[derive(Debug, Clone)]
pub struct Transport {
    /// The HTTP client that all clients of the SDK share.
    pub http: SharedHttpClient,
    /// For a connection, TLS included. An address in reach is connected within a fraction of it.
    pub connect_within: Duration,
    /// For the whole call. A page of GetRecords is up to 10 MB, which an ordinary line carries in this time; waiting
    /// longer would leave the learner before a silent screen.
    pub answer_within: Duration,
}

impl Transport {
    /// HTTP and HTTPS with the machine's trusted roots, through the proxy that HTTPS_PROXY and its like name: what the
    /// AWS SDKs do by default.
    pub fn to_anywhere() -> Self {
        // The builder that the SDK's own default client uses; the public one cannot be given a proxy.
        Self::over(
            Builder::new().build_with_connector_fn(|settings, components| {
                let mut connector = Connector::builder()
                    .tls_provider(Provider::Rustls(CryptoMode::Ring))
                    .proxy_config(ProxyConfig::from_env());
                connector.set_connector_settings(settings.cloned());
                connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
                connector.build()
            }),
        )
    }

    /// To this machine only: plain HTTP, no proxy, no trusted roots to load, and the guard in front.
    pub(super) fn to_loopback() -> Self {
        Self::over(loopback::only(Builder::new().build_http()))
    }

    /// Over this HTTP client, with the usual patience.
    pub fn over(http: SharedHttpClient) -> Self {
        Self {
            http,
            connect_within: Duration::from_secs(2),
            answer_within: Duration::from_secs(10),
        }
    }
}

/// Why a remote target cannot even be addressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// AWS has many regions and nothing names one.
    #[error(
        "no AWS region is set: give one, e.g. --region eu-central-1, or put one in the profile"
    )]
    NoRegion,
    /// The SDK's rules give no host for this region.
    #[error("AWS has no Kinesis address for region {region:?} ({why}): check --region")]
    NoAddress {
        /// The region.
        region: String,
        /// The SDK's words.
        why: String,
    },
}

/// The road to the embedded server. Nothing is read from the environment or from files, and nothing leaves the machine.
///
/// `own_access_key` is made anew for each run; with it the feed tells this lab's calls from everybody else's.
pub fn connect_embedded(address: SocketAddr, own_access_key: &str) -> (Client, Connection) {
    local(
        format!("http://{address}"),
        own_access_key,
        Transport::to_loopback(),
    )
}

pub(super) fn local(
    address: String,
    own_access_key: &str,
    transport: Transport,
) -> (Client, Connection) {
    let config = fixed(DEFAULT_REGION.to_owned(), own_access_key, &transport);
    let connection = Connection {
        kind: ConnectionKind::Local,
        address: address.clone(),
        region: DEFAULT_REGION.to_owned(),
        profile: None,
        own_access_key: own_access_key.to_owned(),
    };
    (
        client(&config, Some(address), &connection, &transport),
        connection,
    )
}

/// The road to an endpoint or to AWS. Profiles and regions are read here; credentials are first asked for by the first
/// call, and what is wrong with them stands in its answer.
pub async fn connect(
    remote: &Remote,
    transport: Transport,
) -> Result<(Client, Connection), ConnectError> {
    let (kind, url, region, profile) = match remote {
        Remote::Endpoint {
            url,
            region,
            profile,
        } => (ConnectionKind::Endpoint, Some(url), region, profile),
        Remote::Aws {
            url,
            region,
            profile,
        } => (ConnectionKind::Aws, url.as_ref(), region, profile),
    };
    let config = if kind == ConnectionKind::Endpoint && profile.is_none() {
        let region = region.clone().unwrap_or_else(|| DEFAULT_REGION.to_owned());
        fixed(region, DUMMY_ACCESS_KEY, &transport)
    } else {
        configured(region.clone(), profile.as_deref(), &transport).await
    };
    let region = match config.region() {
        Some(region) => region.as_ref().to_owned(),
        None if kind == ConnectionKind::Endpoint => DEFAULT_REGION.to_owned(),
        None => return Err(ConnectError::NoRegion),
    };
    let config = config
        .into_builder()
        .region(Region::new(region.clone()))
        .build();
    let address = match url {
        Some(url) => url.clone(),
        None => aws_address(&config, &region).await?,
    };
    let connection = Connection {
        kind,
        address,
        region,
        profile: profile.clone(),
        own_access_key: String::new(),
    };
    Ok((
        client(&config, url.cloned(), &connection, &transport),
        connection,
    ))
}

/// A configuration that depends on nothing outside.
fn fixed(region: String, access_key: &str, transport: &Transport) -> SdkConfig {
    let credentials = Credentials::new(access_key, DUMMY_ACCESS_KEY, None, None, "kinesis-lab");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(transport.http.clone())
        .build()
}

/// The learner's own configuration: the SDK's usual chain, or the named profile alone.
///
/// Left to itself the SDK would prefer keys in the environment to the profile that `--profile` names, and so write to
/// another account than the one on the screen. The AWS command line lets the named profile win, and so does the lab.
async fn configured(
    region: Option<String>,
    profile: Option<&str>,
    transport: &Transport,
) -> SdkConfig {
    let mut loader =
        aws_config::defaults(BehaviorVersion::latest()).http_client(transport.http.clone());
    if let Some(region) = region {
        loader = loader.region(Region::new(region));
    }
    let Some(profile) = profile else {
        return loader.load().await;
    };
    let config = loader.profile_name(profile).load().await;
    let provider = ProfileFileCredentialsProvider::builder()
        .profile_name(profile)
        .configure(
            &ProviderConfig::without_region()
                .with_region(config.region().cloned())
                .with_http_client(transport.http.clone()),
        )
        .build();
    config
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build()
}

/// The address that the SDK's own rules give for the region, to show it before the first call.
async fn aws_address(config: &SdkConfig, region: &str) -> Result<String, ConnectError> {
    let no_address = |why: String| ConnectError::NoAddress {
        region: region.to_owned(),
        why,
    };
    let parameters = Params::builder()
        .region(region)
        .set_use_fips(config.use_fips())
        .set_use_dual_stack(config.use_dual_stack())
        .build()
        .map_err(|error| no_address(error.to_string()))?;
    let endpoint = ResolveEndpoint::resolve_endpoint(&DefaultResolver::new(), &parameters)
        .await
        .map_err(|error| no_address(error.to_string()))?;
    Ok(endpoint.url().to_owned())
}

fn client(
    config: &SdkConfig,
    url: Option<String>,
    connection: &Connection,
    transport: &Transport,
) -> Client {
    let time_limits = TimeoutConfig::builder()
        .connect_timeout(transport.connect_within)
        .operation_timeout(transport.answer_within)
        .build();
    // A call is made once, and its refusal shown; and it has one time limit, not a second one for slow bodies.
    let config = config
        .to_builder()
        .retry_config(RetryConfig::disabled())
        .timeout_config(time_limits)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build();
    // Set even where it is empty: an endpoint that a profile configures must not redirect what is meant for AWS.
    let kinesis = |app_name: &'static str| {
        let mut kinesis = aws_sdk_kinesis::config::Builder::from(&config);
        kinesis.set_endpoint_url(url.clone());
        kinesis.set_app_name(AppName::new(app_name).ok());
        aws_sdk_kinesis::Client::from_conf(kinesis.build())
    };
    let identity = || {
        let mut identity = aws_sdk_sts::config::Builder::from(&config);
        identity.set_endpoint_url(None);
        identity.set_app_name(AppName::new("kinesis-lab-panel").ok());
        aws_sdk_sts::Client::from_conf(identity.build())
    };
    Client {
        panel: kinesis("kinesis-lab-panel"),
        auto: kinesis("kinesis-lab-auto"),
        worker: kinesis("kinesis-lab-worker"),
        look: kinesis("kinesis-lab-look"),
        identity: (connection.kind == ConnectionKind::Aws).then(identity),
        road: Road {
            address: connection.address.clone(),
            profile: connection.profile.clone(),
            connect_within: transport.connect_within,
            answer_within: transport.answer_within,
        },
    }
}
