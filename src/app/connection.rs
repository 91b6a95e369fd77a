//! Where the lab is connected: the embedded server, another endpoint, or AWS itself.

use serde::{Deserialize, Serialize};

/// What stands behind the endpoint. Follows the resolved host, not the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConnectionKind {
    /// The embedded server of this very process, on loopback.
    Local,
    /// Another endpoint that somebody named.
    Endpoint,
    /// Amazon Web Services: real account, real cost.
    Aws,
}

impl ConnectionKind {
    /// The badge that stands on every screen.
    pub fn badge(self) -> &'static str {
        match self {
            Self::Local => "LOCAL",
            Self::Endpoint => "ENDPOINT",
            Self::Aws => "REAL AWS",
        }
    }
}

/// The lab's connection, as it was resolved at the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// What stands behind it.
    pub kind: ConnectionKind,
    /// The address as a URL, e.g. `http://127.0.0.1:4567`.
    pub address: String,
    /// The region, e.g. `us-east-1`.
    pub region: String,
    /// The profile, where one is used.
    pub profile: Option<String>,
    /// The access key id with which the lab's own clients sign on the embedded server: made anew for each run, so that
    /// the feed tells this lab's calls from everybody else's. Empty elsewhere.
    pub own_access_key: String,
}

impl Connection {
    /// The address without its scheme, for the screen.
    pub fn host(&self) -> &str {
        self.address
            .split_once("://")
            .map_or(self.address.as_str(), |(_, rest)| rest)
            .trim_end_matches('/')
    }
}
