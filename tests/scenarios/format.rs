//! What a scenario file may say. `docs/scenarios.md` describes it for people.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Spanned, Table};

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    #[serde(rename = "step")]
    pub steps: Vec<Spanned<Step>>,
}

/// Who does what at which second, and what must then be true.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Seconds since the beginning, at which this and the following steps happen.
    pub at: Option<f64>,
    /// The operation that is called.
    pub call: String,
    /// The region of the caller.
    #[serde(rename = "in", default = "first_region")]
    pub region: String,
    /// The members of the request.
    #[serde(default)]
    pub with: Table,
    /// How often it is done; each time everything below must be true.
    #[serde(default = "once")]
    pub times: u32,
    /// What the answer must hold.
    pub expect: Option<Table>,
    /// How it must be refused.
    pub error: Option<Refused>,
    /// Names for values of the answer, by their place in it.
    #[serde(default)]
    pub remember: BTreeMap<String, String>,
}

/// An error's name and, unless it is left out, its whole message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    pub code: String,
    pub message: Option<String>,
}

fn first_region() -> String {
    "us-east-1".to_owned()
}

fn once() -> u32 {
    1
}
