//! Acts around limits, lag, retention and crashes, as `lab.toml` asks for them.

use serde::Deserialize;

/// What a shard refuses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// So many records at least, of one call or of many.
    #[serde(default = "super::one")]
    pub records: u32,
}

/// How many shards there are to be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shards {
    /// So many open ones, no more and no fewer.
    pub open: u32,
}

/// How a reader falls behind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lag {
    /// By so many seconds at least.
    #[serde(default = "ten")]
    pub seconds: u32,
    /// Over so many answers at least, each further behind than the one before.
    #[serde(default = "five")]
    pub answers: u32,
}

/// How long records are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// In hours.
    pub hours: u32,
}

/// What is refused, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The operation's name.
    pub operation: String,
    /// The error's name.
    pub error: String,
}

fn five() -> u32 {
    5
}

fn ten() -> u32 {
    10
}

#[cfg(test)]
mod tests {
    use super::super::{Act, Nothing};
    use super::*;
    use crate::lesson::settings;

    #[test]
    fn acts_of_limits_lag_and_retention_are_read_with_what_they_have_where_nothing_is_said() {
        let act = |line: &str| {
            let text =
                format!("[[step]]\ntitle = \"x\"\n[[step.check]]\nsays = \"y\"\nwhen.{line}\n");
            let settings = settings(&text).expect("well formed");
            settings.steps[0].checks[0].when.clone()
        };
        let throttle = |records| Act::Throttle(Throttle { records });
        assert_eq!(act("throttle = {}"), throttle(1));
        assert_eq!(act("throttle = { records = 500 }"), throttle(500));
        assert_eq!(act("retry = {}"), Act::Retry(Nothing {}));
        assert_eq!(
            act("shards = { open = 2 }"),
            Act::Shards(Shards { open: 2 })
        );
        let lag = |seconds, answers| Act::Lag(Lag { seconds, answers });
        assert_eq!(act("lag = {}"), lag(10, 5));
        assert_eq!(act("lag = { seconds = 20, answers = 3 }"), lag(20, 3));
        let kept = Act::Retention(Retention { hours: 48 });
        assert_eq!(act("retention = { hours = 48 }"), kept);
        assert_eq!(act("trimmed = {}"), Act::Trimmed(Nothing {}));
        assert_eq!(act("repeats = {}"), Act::Repeats(Nothing {}));
        let refused = act("refused = { operation = \"PutRecord\", error = \"X\" }");
        assert!(matches!(refused, Act::Refused(it) if it.operation == "PutRecord"));
    }
}
