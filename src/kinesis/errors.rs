//! Why a call did not succeed, and what that means in plain words.

use serde::{Deserialize, Serialize};

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallError {
    /// The endpoint answered with an error of the API: its name and its message, as they came.
    Refused {
        /// The bare error name, e.g. `ResourceNotFoundException`.
        code: String,
        /// The endpoint's own words.
        message: String,
    },
    /// The call may have arrived, and no answer came, or not in time. Nothing is known of the call's effect.
    NoAnswer {
        /// What went wrong underneath, in one sentence.
        why: String,
    },
    /// No connection came about: the call never reached the endpoint, so it has no effect there.
    NotReached {
        /// What went wrong underneath, in one sentence.
        why: String,
    },
    /// Something answered that is not Kinesis.
    Nonsense {
        /// What was wrong with it, in one sentence.
        why: String,
    },
    /// The lab itself kept the request back, e.g. a local lab asked to leave loopback.
    KeptBack {
        /// Why, in one sentence.
        why: String,
    },
}

impl CallError {
    /// The short name to show: the API's error name, or what happened instead.
    pub fn name(&self) -> &str {
        match self {
            Self::Refused { code, .. } => code,
            Self::NoAnswer { .. } => "no answer",
            Self::NotReached { .. } => "not reached",
            Self::Nonsense { .. } => "not a Kinesis answer",
            Self::KeptBack { .. } => "kept back by the lab",
        }
    }

    /// The endpoint's or the network's own words.
    pub fn words(&self) -> &str {
        match self {
            Self::Refused { message, .. } => message,
            Self::NoAnswer { why }
            | Self::NotReached { why }
            | Self::Nonsense { why }
            | Self::KeptBack { why } => why,
        }
    }

    /// Whether the API refused with this error name.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == name)
    }

    /// Whether the call may have had its effect nevertheless.
    pub fn leaves_open(&self) -> bool {
        matches!(self, Self::NoAnswer { .. } | Self::Nonsense { .. })
    }

    /// A sentence: that something is not done (`created`), or that nobody knows whether it is, and why.
    pub fn not_done(&self, what: &str, done: &str) -> String {
        let (name, why) = (self.name(), self.explained());
        match self.leaves_open() {
            true => format!("Not known whether {what} is {done}: {name}, {why}."),
            false => format!("{what} is not {done}: {name}, {why}."),
        }
    }

    /// What it means for the learner, without a full stop: of a refusal see [`explained`], else what went wrong underneath.
    pub fn explained(&self) -> &str {
        match self {
            Self::Refused { code, message } => explained(code, message),
            other => other.words().trim_end_matches('.'),
        }
    }
}

/// What is said of an error that the lab does not know and that the endpoint does not explain.
const UNKNOWN: &str = "the endpoint refused the call";

/// What an error of the API means, in one sentence without a full stop: where the lab does not know its name, it is the
/// endpoint's message.
pub fn explained<'m>(code: &str, message: &'m str) -> &'m str {
    match (meaning_of(code), message) {
        // The embedded server says why it failed, e.g. that its store is full; AWS says nothing more.
        (_, message) if code == "InternalFailure" && !message.is_empty() => {
            message.trim_end_matches('.')
        }
        (Some(meaning), _) => meaning,
        (None, "") => UNKNOWN,
        (None, message) => message.trim_end_matches('.'),
    }
}

fn meaning_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "ResourceNotFoundException" => {
            "there is no such stream or shard; press D to see what exists"
        }
        "ResourceInUseException" => "the name is taken, or the stream is not ACTIVE yet",
        "ProvisionedThroughputExceededException" => {
            "the shard's limit for this second is reached; wait a moment"
        }
        "ExpiredIteratorException" => {
            "an iterator lives five minutes; take a new one after the last record you read"
        }
        "InvalidArgumentException" => "the service refuses this value or combination",
        "ValidationException" => "a value has the wrong shape or length",
        "SerializationException" => "the body could not be read; it must be JSON",
        "LimitExceededException" => {
            "a quota or a rate of control calls is used up; wait a moment, or delete a stream"
        }
        "ExpiredNextTokenException" => {
            "a paging token lives five minutes; list again from the start"
        }
        "AccessDeniedException" => "these credentials may not make this call",
        "UnrecognizedClientException" | "InvalidSignatureException" => {
            "the endpoint does not accept these credentials"
        }
        "ExpiredTokenException" => "the credentials have run out; sign in again",
        "MissingAuthenticationTokenException" | "IncompleteSignatureException" => {
            "the request was not signed; set credentials, any will do for the lab"
        }
        "UnknownOperationException" => "this endpoint does not know the operation",
        "InternalFailure" | "InternalFailureException" | "ServiceUnavailable" => {
            "the service itself failed; try again"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_call_keeps_the_names_and_words_of_the_endpoint() {
        let error = CallError::Refused {
            code: "ResourceNotFoundException".into(),
            message: "Stream x under account 000000000000 not found.".into(),
        };
        assert!(error.is("ResourceNotFoundException"));
        assert_eq!(error.name(), "ResourceNotFoundException");
        assert!(error.words().contains("not found"));
        assert!(error.explained().contains("press D"));
        let error = CallError::NoAnswer {
            why: "nothing listens at 127.0.0.1:1".into(),
        };
        assert_eq!(error.explained(), "nothing listens at 127.0.0.1:1");
    }

    #[test]
    fn an_error_that_the_lab_does_not_know_is_explained_by_the_endpoint_s_words() {
        let check = |code: &str, message: &str, expected: &str| {
            let error = CallError::Refused {
                code: code.into(),
                message: message.into(),
            };
            assert_eq!(error.explained(), expected);
        };
        check(
            "KMSDisabledException",
            "The key is disabled.",
            "The key is disabled",
        );
        check("KMSDisabledException", "", UNKNOWN);
        check(
            "AccessDeniedException",
            "no.",
            "these credentials may not make this call",
        );
    }
}
