//! The guard of the local lab: a connector that sends nothing to any host but this one.
//!
//! It stands below the SDK, after every setting has had its say, and it reads the host of the request itself. So no
//! profile, environment variable, proxy or mistake of ours can make a local lab talk to AWS.

use std::fmt;
use std::net::IpAddr;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http::Uri;

/// Wraps an HTTP client so that it refuses whatever would leave loopback.
pub(super) fn only(inner: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(LoopbackClient(inner))
}

/// The guard's refusal, found again in the SDK's chain of errors.
#[derive(Debug)]
pub(super) struct KeptBack {
    host: String,
}

impl fmt::Display for KeptBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a local lab sends nothing beyond this machine, and {} is beyond it",
            self.host
        )
    }
}

impl std::error::Error for KeptBack {}

#[derive(Debug)]
struct LoopbackClient(SharedHttpClient);

impl HttpClient for LoopbackClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(LoopbackConnector(
            self.0.http_connector(settings, components),
        ))
    }
}

#[derive(Debug)]
struct LoopbackConnector(SharedHttpConnector);

impl HttpConnector for LoopbackConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let host = host(request.uri());
        if is_loopback(&host) {
            return self.0.call(request);
        }
        let refusal = KeptBack { host };
        HttpConnectorFuture::ready(Err(ConnectorError::user(refusal.into())))
    }
}

/// The host that a request goes to, as the HTTP client below will read it; empty if there is none.
fn host(uri: &str) -> String {
    uri.parse::<Uri>()
        .ok()
        .and_then(|uri| uri.host().map(str::to_owned))
        .unwrap_or_default()
}

/// Whether it is a loopback address in digits. A name, even `localhost`, is somebody else's to resolve.
fn is_loopback(host: &str) -> bool {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_literal_loopback_address_is_loopback() {
        for uri in [
            "http://127.0.0.1:4567/",
            "http://127.9.9.9/",
            "http://[::1]:4567/",
        ] {
            assert!(is_loopback(&host(uri)), "{uri}");
        }
        for uri in [
            "http://localhost:4567/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "http://128.0.0.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::2]/",
            "http://0.0.0.0:4567/",
            "http://169.254.169.254/",
            "https://kinesis.us-east-1.amazonaws.com/",
            "/",
            "not a uri",
        ] {
            assert!(!is_loopback(&host(uri)), "{uri}");
        }
    }
}
