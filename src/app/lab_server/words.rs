//! What is said of the lab's server: what each line of its dialog does and teaches, what waits there, and what is new.

use super::{FIVE_MINUTES, Lever};
use crate::app::lab_clock::in_words;
use crate::app::model::Tone;
use crate::kinesis::control::{Fault, FaultKind, Often, ServerState, Timing};

impl Lever {
    /// What the palette calls it.
    pub fn does(self) -> &'static str {
        match self {
            Self::FiveMinutes => "lab clock: 5 minutes forward",
            Self::OneDay => "lab clock: 24 hours forward",
            Self::Pace => "pace of streams: at once, or CREATING 15 s as on AWS",
            Self::EmptyPages => "empty pages: on or off",
            Self::LoseReply => "fault: lose the reply to the next put",
            Self::ThrottleNext => "fault: throttle the next 5 puts to a shard",
            Self::ThrottleSome => "fault: throttle 30 % of the puts",
            Self::DelayReply => "fault: delay the reply to the next put by 2 s",
            Self::ClearFaults => "faults: clear them all",
        }
    }

    /// What there is to see once it is done, and what that teaches.
    pub fn teaches(self) -> &'static str {
        match self {
            Self::FiveMinutes => {
                "Watch a reader that waited: its iterator is too old, and it goes on behind the last record it read. The clock never goes back; kinesis-lab reset --streams begins anew."
            }
            Self::OneDay => {
                "Watch TRIM_HORIZON: it starts later, since records older than the retention are gone, read or not. The clock never goes back."
            }
            Self::Pace => {
                "Watch D create a stream: on AWS it is CREATING first, and a put then is refused."
            }
            Self::EmptyPages => {
                "Watch the consumer: an empty page is not the end of the stream. It goes on with the next iterator, and the records come."
            }
            Self::LoseReply => {
                "Watch one event become two records: it is stored, the sender never hears of it and sends it again. Two sequence numbers, one event id: readers must expect it."
            }
            Self::ThrottleNext => {
                "Watch a batch: only the records of the full shard are refused, and only they go again, after a wait that grows and differs each time."
            }
            Self::ThrottleSome => {
                "Watch written and retried: a producer that waits and tries again loses nothing; one that does not, loses these."
            }
            Self::DelayReply => {
                "Watch the answer come late: the record is stored at once. A sender with less patience takes it for lost and makes a duplicate."
            }
            Self::ClearFaults => "Watch everything work again: what waited for a retry is written.",
        }
    }
}

/// A fault on request, in a word or two.
pub fn fault_word(fault: FaultKind) -> &'static str {
    match fault {
        FaultKind::Throttle => "throttled",
        FaultKind::Delay { .. } => "delayed",
        FaultKind::LoseReply => "reply lost",
        FaultKind::Fail => "made to fail",
    }
}

/// A fault that waits at the server: which calls it meets, how often, and what they get.
pub fn fault_in_words(fault: &Fault) -> String {
    let calls = fault.operation.as_deref().unwrap_or("any call");
    let place = match (&fault.shard, &fault.stream) {
        (Some(shard), _) => format!(" to shard {}", shard.short()),
        (None, Some(stream)) => format!(" to {stream}"),
        (None, None) => String::new(),
    };
    let often = match fault.often {
        Often::Times(1) => "next".to_owned(),
        Often::Times(times) => format!("next {times}"),
        Often::Rate(rate) => format!("{:.0} %", rate * 100.0),
    };
    let what = match fault.kind {
        FaultKind::Delay { millis } => format!("delayed by {} s", millis as f64 / 1_000.0),
        other => fault_word(other).to_owned(),
    };
    format!("{calls}{place}, {often}: {what}")
}

/// The most important thing that is different now, in a sentence.
pub(super) fn news(before: &ServerState, now: &ServerState) -> Option<(Tone, String)> {
    let words = match (&before.full, &now.full) {
        (was, Some(why)) if was.as_ref() != Some(why) => {
            let why = why.trim_end_matches('.');
            return Some((Tone::Wrong, format!("Puts are refused now: {why}.")));
        }
        (Some(_), None) => "There is room again: puts are taken.".into(),
        _ if before.ahead_seconds != now.ahead_seconds => {
            let moved = now.ahead_seconds.saturating_sub(before.ahead_seconds);
            let grown = match before.ahead_seconds {
                0 => String::new(),
                _ => format!(", {} in all", in_words(now.ahead_seconds)),
            };
            let expired = match moved {
                FIVE_MINUTES.. => " Iterators of before have expired.",
                _ => "",
            };
            format!(
                "Lab time went {} forward{grown}.{expired}",
                in_words(moved)
            )
        }
        _ if before.timing != now.timing => match now.timing {
            Timing::Instant => "Streams change at once again.".into(),
            Timing::Aws => {
                "Streams change as slowly as on AWS now: CREATING 15 s, UPDATING 30 s, DELETING 10 s.".into()
            }
        },
        _ if before.empty_pages != now.empty_pages => match now.empty_pages {
            true => "Some pages come back empty now although records lie ahead, as on AWS.".into(),
            false => "A page has what there is again.".into(),
        },
        _ if before.faults.len() < now.faults.len() => {
            let newest = now.faults.last().map(fault_in_words).unwrap_or_default();
            format!("A fault waits at the server: {newest}. The calls that meet it say so.")
        }
        _ if !before.faults.is_empty() && now.faults.is_empty() => {
            "No fault waits at the server any more.".into()
        }
        _ => return None,
    };
    Some((Tone::Done, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_waits_says_what_it_meets_and_how_often() {
        let fault = |kind, operation: Option<&str>, shard: Option<&str>, often| Fault {
            kind,
            operation: operation.map(str::to_owned),
            stream: None,
            shard: shard.map(Into::into),
            often,
        };
        let puts = Some("PutRecord*");
        let late = FaultKind::Delay { millis: 2_000 };
        for (fault, expected) in [
            (
                fault(FaultKind::LoseReply, puts, None, Often::Times(1)),
                "PutRecord*, next: reply lost",
            ),
            (
                fault(
                    FaultKind::Throttle,
                    puts,
                    Some("shardId-000000000003"),
                    Often::Times(5),
                ),
                "PutRecord* to shard 3, next 5: throttled",
            ),
            (
                fault(FaultKind::Throttle, puts, None, Often::Rate(0.3)),
                "PutRecord*, 30 %: throttled",
            ),
            (
                fault(late, None, None, Often::Times(1)),
                "any call, next: delayed by 2 s",
            ),
        ] {
            assert_eq!(fault_in_words(&fault), expected);
        }
    }
}
