//! Putting what went wrong on the way into the lab's words: refused, no answer, nonsense, or never sent.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_kinesis::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::DispatchFailure;

use super::loopback;
use crate::kinesis::CallError;

/// What has to be known of the road to say what went wrong on it.
#[derive(Debug, Clone)]
pub(super) struct Road {
    /// The endpoint, as it is shown to the learner.
    pub(super) address: String,
    /// The profile whose credentials sign, where one is used.
    pub(super) profile: Option<String>,
    /// How long a connection may take.
    pub(super) connect_within: Duration,
    /// How long the whole call may take.
    pub(super) answer_within: Duration,
}

impl Road {
    /// What came of a call whose answer says nothing but that it is accepted.
    pub(super) fn accepted<T, E>(&self, answer: Result<T, SdkError<E>>) -> Result<(), CallError>
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        answer.map(drop).map_err(|error| self.failure(&error))
    }

    /// The lab's words for the SDK's error.
    pub(super) fn failure<E>(&self, error: &SdkError<E>) -> CallError
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        match error {
            SdkError::ServiceError(refusal) => match refusal.err().code() {
                Some(code) => CallError::Refused {
                    code: code.to_owned(),
                    message: refusal.err().message().unwrap_or_default().to_owned(),
                },
                None => self.nonsense(refusal.raw()),
            },
            SdkError::ResponseError(response) if broke_off(error) => self.no_answer(format!(
                "{} broke the connection off in the middle of its answer (HTTP {})",
                self.address,
                response.raw().status()
            )),
            SdkError::ResponseError(response) => self.nonsense(response.raw()),
            SdkError::DispatchFailure(failure) => self.undelivered(error, failure),
            SdkError::TimeoutError(_) => self.no_answer(format!(
                "nothing came from {} within {}",
                self.address,
                seconds(self.answer_within)
            )),
            _ => CallError::KeptBack {
                why: innermost(error),
            },
        }
    }

    /// An answer of the right shape, but without what the call was for.
    pub(super) fn lacks(&self, what: &str) -> CallError {
        CallError::Nonsense {
            why: format!("{} answered without {what}", self.address),
        }
    }

    fn undelivered(&self, error: &(dyn Error + 'static), failure: &DispatchFailure) -> CallError {
        if let Some(refusal) = find::<loopback::KeptBack>(error) {
            return CallError::KeptBack {
                why: refusal.to_string(),
            };
        }
        if let Some(missing) = find::<CredentialsError>(error) {
            return CallError::KeptBack {
                why: self.no_credentials(missing),
            };
        }
        let http = find::<hyper::Error>(error);
        if http.is_some_and(hyper::Error::is_parse) {
            return CallError::Nonsense {
                why: format!("what answers at {} does not speak HTTP", self.address),
            };
        }
        let address = &self.address;
        // Without a connection nothing was sent.
        let unreached = if failure.is_timeout() {
            Some(format!(
                "no connection to {address} within {}",
                seconds(self.connect_within)
            ))
        } else if find_io(error, ErrorKind::ConnectionRefused) {
            Some(format!("nothing listens at {address}"))
        } else if says(error, "dns error") {
            Some(format!("the host name of {address} is not known here"))
        } else if find_io(error, ErrorKind::InvalidData) {
            Some(format!(
                "no secure connection (TLS) with {address}: {}",
                innermost(error)
            ))
        } else {
            None
        };
        if let Some(why) = unreached {
            return CallError::NotReached { why };
        }
        self.no_answer(if http.is_some() {
            format!("{address} closed the connection without an answer")
        } else {
            format!("{address} cannot be reached: {}", innermost(error))
        })
    }

    fn no_answer(&self, why: String) -> CallError {
        CallError::NoAnswer { why }
    }

    fn nonsense(&self, response: &HttpResponse) -> CallError {
        let kind = response.headers().get("content-type").unwrap_or("no type");
        CallError::Nonsense {
            why: format!(
                "{} answered HTTP {} with {kind} that cannot be read as an answer of the API",
                self.address,
                response.status()
            ),
        }
    }

    fn no_credentials(&self, error: &CredentialsError) -> String {
        let words = innermost(error);
        match (&self.profile, error) {
            (Some(profile), _) => format!(
                "no credentials from profile {profile} ({words}); \
                 if you are signed out: `aws sso login --profile {profile}`"
            ),
            // The SDK's words are the list of all the places where it looked in vain.
            (None, CredentialsError::CredentialsNotLoaded(_)) => "no AWS credentials were found; \
                 name a profile with --profile, or sign in with `aws sso login`"
                .to_owned(),
            (None, _) => format!(
                "no AWS credentials could be had ({words}); if you are signed out: `aws sso login`"
            ),
        }
    }
}

fn broke_off(error: &(dyn Error + 'static)) -> bool {
    find::<hyper::Error>(error).is_some() || find::<io::Error>(error).is_some()
}

fn find_io(error: &(dyn Error + 'static), kind: ErrorKind) -> bool {
    chain(error).any(|error| {
        error
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == kind)
    })
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref::<T>())
}

/// Some of the errors below have no public type: only their words tell them.
fn says(error: &(dyn Error + 'static), words: &str) -> bool {
    chain(error).any(|error| error.to_string().contains(words))
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().unwrap_or(error).to_string()
}

/// The error and what lies below it. An I/O error's `source` skips the error it wraps, so that one is taken first.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>() {
            Some(wrapping) => wrapping.get_ref().map(|inner| inner as _),
            None => error.source(),
        }
    })
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
