//! Where to connect, worked out from the options and the environment, before anything is opened.
//!
//! Pure: the environment is an argument. It knows nothing of profiles' contents; those are read when connecting.

use http::Uri;

/// The access key id, and the secret, of the variables that `kinesis-lab env` prints. The embedded server takes any.
pub const DUMMY_ACCESS_KEY: &str = "kinesis-lab";

/// What the command line says of the endpoint. Options that contradict each other it has refused already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `--endpoint-url URL`.
    pub endpoint_url: Option<String>,
    /// `--aws`.
    pub aws: bool,
    /// `--profile NAME`.
    pub profile: Option<String>,
    /// `--region NAME`.
    pub region: Option<String>,
}

/// An endpoint that is not the embedded server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// A host of somebody's own.
    Endpoint {
        /// Its URL.
        url: String,
        /// The region, if one was named.
        region: Option<String>,
        /// The profile whose credentials sign. Without one any credentials will do.
        profile: Option<String>,
    },
    /// Amazon Web Services.
    Aws {
        /// A particular address of AWS, e.g. a VPC endpoint; otherwise the region's own.
        url: Option<String>,
        /// The region, if one was named; else the profile has to know it.
        region: Option<String>,
        /// The profile, if one was named; else the SDK's usual chain finds the credentials.
        profile: Option<String>,
    },
}

/// Why these options, in this environment, lead nowhere. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not a URL that can be called.
    #[error("{url:?} is not an endpoint's address ({why}): give one like http://localhost:4566")]
    BadUrl {
        /// As it was given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A variable would send what is meant for AWS elsewhere.
    #[error(
        "you ask for AWS, but {variable} is set and points to {value}: unset {variable}, or use --endpoint-url {value}"
    )]
    Redirected {
        /// The variable.
        variable: &'static str,
        /// Its value.
        value: String,
    },
    /// The credentials of the lab are no credentials on AWS.
    #[error(
        "you ask for AWS, but AWS_ACCESS_KEY_ID holds the lab's own dummy key: \
         unset AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or open a new shell"
    )]
    DummyKeys,
}

/// Where to connect; `None` is the embedded server.
///
/// `environment` looks a variable up, e.g. `|name| std::env::var(name).ok()`.
pub fn resolve(
    options: &Options,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<Remote>, SettingsError> {
    let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
    let aws = match &options.endpoint_url {
        Some(url) => is_aws(&host(url)?),
        None if options.aws => true,
        None => return Ok(None),
    };
    let region = options
        .region
        .clone()
        .or_else(|| variable("AWS_REGION"))
        .or_else(|| variable("AWS_DEFAULT_REGION"));
    if aws {
        refuse_redirection(&variable)?;
    }
    Ok(Some(match &options.endpoint_url {
        Some(url) if !aws => Remote::Endpoint {
            url: url.clone(),
            region,
            profile: options.profile.clone(),
        },
        url => Remote::Aws {
            url: url.clone(),
            region,
            profile: options.profile.clone().or_else(|| named_by(&variable)),
        },
    }))
}

/// The variables of the AWS SDKs that would send the lab's calls to another host.
const REDIRECTIONS: [&str; 3] = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_KINESIS",
    "AWS_ENDPOINT_URL_STS",
];

fn refuse_redirection(variable: &impl Fn(&str) -> Option<String>) -> Result<(), SettingsError> {
    for name in REDIRECTIONS {
        if let Some(value) = variable(name) {
            return Err(SettingsError::Redirected {
                variable: name,
                value,
            });
        }
    }
    if variable("AWS_ACCESS_KEY_ID").as_deref() == Some(DUMMY_ACCESS_KEY) {
        return Err(SettingsError::DummyKeys);
    }
    Ok(())
}

/// The profile that the SDK's own chain will use, so that the lab can name it: keys in the environment go before it.
fn named_by(variable: &impl Fn(&str) -> Option<String>) -> Option<String> {
    match variable("AWS_ACCESS_KEY_ID") {
        Some(_) => None,
        None => variable("AWS_PROFILE"),
    }
}

/// The host of an endpoint's URL, if it is one that can be called.
fn host(url: &str) -> Result<String, SettingsError> {
    let bad = |why| SettingsError::BadUrl {
        url: url.to_owned(),
        why,
    };
    let uri: Uri = url.parse().map_err(|_| bad("it cannot be read as a URL"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(bad("it does not begin with http:// or https://"));
    }
    let authority = uri.authority().ok_or_else(|| bad("it has no host"))?;
    if authority.host().is_empty() {
        return Err(bad("it has no host"));
    }
    if authority.as_str().contains('@') {
        return Err(bad("it holds a user name"));
    }
    if authority.as_str() != authority.host() && authority.port_u16().is_none() {
        return Err(bad("its port is not a number from 0 to 65535"));
    }
    if url.contains(['?', '#']) {
        return Err(bad("it goes on after the path"));
    }
    Ok(authority.host().to_owned())
}

/// The domains under which AWS serves its APIs, from the partitions file of the AWS SDKs.
const AWS_DOMAINS: [&str; 6] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.eu",
];

/// Whether the host is one of AWS, however it was named.
fn is_aws(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    AWS_DOMAINS.iter().any(|domain| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}
