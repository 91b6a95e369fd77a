//! Faults on request: which are taken, which call meets which, and what the call then answers.
//!
//! A call whose request is not valid meets none, nor does a put or read that is refused for a reason of its own (its
//! stream is not there, its iterator is too old).

use fastrand::Rng;

use super::operations::{OPERATIONS, shard_index};
use super::refusals::Refusal;
use crate::kinesis::ShardId;
use crate::kinesis::control::{Fault, FaultKind, LONGEST_DELAY_MS, MOST_FAULTS, Often};

/// The operations that have to do with the records of a shard. They alone can be throttled, and they alone meet a fault
/// only once they know their shards; all others meet it before they begin.
pub const RECORD_OPERATIONS: [&str; 3] = ["PutRecord", "PutRecords", "GetRecords"];

/// The fault that a call met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Struck {
    pub kind: FaultKind,
    /// The one shard that it is about; the whole call where absent.
    pub shard: Option<u32>,
}

impl Struck {
    /// What the whole call answers, if it fails.
    pub fn refusal_of_call(self) -> Option<Refusal> {
        (self.kind == FaultKind::Fail && self.shard.is_none()).then(failure)
    }

    /// What the shard answers of a record that is put to it or read from it, if it is refused.
    pub fn refusal(self, shard: u32, stream: &str) -> Option<Refusal> {
        if self.shard.is_some_and(|only| only != shard) {
            return None;
        }
        match self.kind {
            FaultKind::Throttle => Some(Refusal::rate_exceeded(shard, stream)),
            FaultKind::Fail => Some(failure()),
            FaultKind::Delay { .. } | FaultKind::LoseReply => None,
        }
    }
}

fn failure() -> Refusal {
    // AWS's text.
    Refusal::internal_failure("Internal service failure.")
}

/// Why a fault is not taken, or the fault with its shard's id spelt as AWS spells it.
pub fn checked(mut fault: Fault, waiting: usize) -> Result<Fault, String> {
    if waiting >= MOST_FAULTS {
        return Err(format!(
            "{MOST_FAULTS} faults wait already, and no more are taken: clear them first"
        ));
    }
    match fault.often {
        Often::Times(0) => return Err("a fault happens at least once: times is 1 or more".into()),
        Often::Rate(rate) if !(rate > 0.0 && rate <= 1.0) => {
            return Err("a fault's rate is above 0 and at most 1, as 0.25".into());
        }
        _ => {}
    }
    if let FaultKind::Delay { millis } = fault.kind
        && !(1..=LONGEST_DELAY_MS).contains(&millis)
    {
        return Err(format!(
            "an answer can be delayed by 1 to {LONGEST_DELAY_MS} milliseconds"
        ));
    }
    if let Some(name) = &fault.operation {
        let mut named = OPERATIONS
            .iter()
            .map(|operation| operation.name)
            .filter(|operation| names(name, operation))
            .peekable();
        if named.peek().is_none() {
            return Err(
                "there is no such operation here; name one as PutRecord, or several as PutRecord*"
                    .into(),
            );
        }
        let of_records = named.all(|operation| RECORD_OPERATIONS.contains(&operation));
        if !of_records && (fault.kind == FaultKind::Throttle || fault.shard.is_some()) {
            return Err(format!(
                "a shard can be named, and throttled, for {} only",
                RECORD_OPERATIONS.join(", ")
            ));
        }
    }
    if let Some(id) = &fault.shard {
        let index =
            shard_index(id.as_str()).ok_or("a shard's id looks like shardId-000000000000")?;
        fault.shard = Some(ShardId::from_index(index));
    }
    Ok(fault)
}

/// Whether a name of a fault's means this operation: it is its own, or its beginning before a `*`.
fn names(asked: &str, operation: &str) -> bool {
    match asked.strip_suffix('*') {
        Some(beginning) => operation.starts_with(beginning),
        None => operation == asked,
    }
}

/// The first fault that fits a call, if it strikes; one whose times are over is gone from the list.
pub fn meet(
    faults: &mut Vec<Fault>,
    random: &mut Rng,
    operation: &str,
    stream: Option<&str>,
    shards: &[u32],
) -> Option<Struck> {
    let fits = |fault: &Fault| {
        let only =
            |asked: &Option<String>, is: Option<&str>| asked.is_none() || asked.as_deref() == is;
        fault
            .operation
            .as_ref()
            .is_none_or(|asked| names(asked, operation))
            && only(&fault.stream, stream)
            && fault
                .shard
                .as_ref()
                .is_none_or(|id| id.index().is_some_and(|index| shards.contains(&index)))
            && (fault.kind != FaultKind::Throttle || RECORD_OPERATIONS.contains(&operation))
    };
    let at = faults.iter().position(|fault| {
        fits(fault)
            && match fault.often {
                Often::Times(_) => true,
                Often::Rate(rate) => random.f64() < rate,
            }
    })?;
    let fault = &mut faults[at];
    let struck = Struck {
        kind: fault.kind,
        shard: fault.shard.as_ref().and_then(ShardId::index),
    };
    if let Often::Times(times) = &mut fault.often {
        *times = times.saturating_sub(1);
        if *times == 0 {
            faults.remove(at);
        }
    }
    Some(struck)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(kind: FaultKind) -> Fault {
        Fault {
            kind,
            operation: None,
            stream: None,
            shard: None,
            often: Often::Times(1),
        }
    }

    /// How many of so many calls meet one of these faults.
    fn met(faults: &mut Vec<Fault>, calls: usize) -> usize {
        let mut random = Rng::with_seed(7);
        let strikes = |_: &usize| meet(faults, &mut random, "PutRecord", Some("s"), &[0]).is_some();
        (0..calls).filter(strikes).count()
    }

    #[test]
    fn a_fault_strikes_as_often_as_it_was_asked_to() {
        for (often, calls, least, most, left) in [
            (Often::Times(1), 5, 1, 1, 0),
            (Often::Times(3), 5, 3, 3, 0),
            (Often::Times(9), 5, 5, 5, 1),
            (Often::Rate(1.0), 5, 5, 5, 1),
            (Often::Rate(0.25), 1000, 200, 300, 1),
        ] {
            let mut faults = vec![Fault {
                often,
                ..fault(FaultKind::Fail)
            }];
            let struck = met(&mut faults, calls);
            assert!((least..=most).contains(&struck), "{often:?}: {struck}");
            assert_eq!(faults.len(), left, "{often:?}");
        }
    }

    #[test]
    fn a_call_meets_the_first_fault_that_fits_it() {
        let throttled = fault(FaultKind::Throttle);
        let cases = [
            // What the fault asks for, the call, whether it meets it.
            (throttled.clone(), "PutRecord", Some("s"), vec![0], true),
            (throttled.clone(), "ListStreams", None, vec![], false),
            (fault(FaultKind::Fail), "ListStreams", None, vec![], true),
            (
                Fault {
                    operation: Some("GetRecords".into()),
                    ..throttled.clone()
                },
                "PutRecord",
                Some("s"),
                vec![0],
                false,
            ),
            (
                Fault {
                    operation: Some("PutRecord*".into()),
                    ..throttled.clone()
                },
                "PutRecords",
                Some("s"),
                vec![0],
                true,
            ),
            (
                Fault {
                    operation: Some("PutRecord*".into()),
                    ..throttled.clone()
                },
                "GetRecords",
                Some("s"),
                vec![0],
                false,
            ),
            (
                Fault {
                    stream: Some("t".into()),
                    ..throttled.clone()
                },
                "PutRecord",
                Some("s"),
                vec![0],
                false,
            ),
            (
                Fault {
                    shard: Some(ShardId::from_index(1)),
                    ..throttled.clone()
                },
                "PutRecords",
                Some("s"),
                vec![0, 1, 2],
                true,
            ),
            (
                Fault {
                    shard: Some(ShardId::from_index(1)),
                    ..throttled
                },
                "PutRecords",
                Some("s"),
                vec![0, 2],
                false,
            ),
        ];
        for (fault, operation, stream, shards, meets) in cases {
            let mut faults = vec![fault.clone()];
            let struck = meet(
                &mut faults,
                &mut Rng::with_seed(1),
                operation,
                stream,
                &shards,
            );
            assert_eq!(struck.is_some(), meets, "{fault:?} {operation}");
        }
        let mut faults = vec![fault(FaultKind::Fail), fault(FaultKind::LoseReply)];
        let mut next = || {
            meet(
                &mut faults,
                &mut Rng::with_seed(1),
                "ListStreams",
                None,
                &[],
            )
        };
        let kinds: Vec<_> = [next(), next(), next()]
            .map(|struck| struck.map(|s| s.kind))
            .into();
        assert_eq!(
            kinds,
            [Some(FaultKind::Fail), Some(FaultKind::LoseReply), None]
        );
    }

    #[test]
    fn a_fault_that_cannot_happen_is_refused_with_what_can() {
        let delay = |millis| fault(FaultKind::Delay { millis });
        for (refused, words) in [
            (
                Fault {
                    often: Often::Times(0),
                    ..fault(FaultKind::Fail)
                },
                "at least once",
            ),
            (
                Fault {
                    often: Often::Rate(0.0),
                    ..fault(FaultKind::Fail)
                },
                "above 0 and at most 1",
            ),
            (
                Fault {
                    often: Often::Rate(1.5),
                    ..fault(FaultKind::Fail)
                },
                "above 0 and at most 1",
            ),
            (
                Fault {
                    often: Often::Rate(f64::NAN),
                    ..fault(FaultKind::Fail)
                },
                "above 0",
            ),
            (delay(0), "1 to 90000 milliseconds"),
            (delay(90_001), "1 to 90000 milliseconds"),
            (
                Fault {
                    operation: Some("Explode".into()),
                    ..fault(FaultKind::Fail)
                },
                "no such operation",
            ),
            (
                Fault {
                    operation: Some("ListShards".into()),
                    ..fault(FaultKind::Throttle)
                },
                "PutRecord, PutRecords, GetRecords only",
            ),
            (
                Fault {
                    operation: Some("ListShards".into()),
                    shard: Some("shardId-0".into()),
                    ..fault(FaultKind::Fail)
                },
                "PutRecord, PutRecords, GetRecords only",
            ),
            (
                Fault {
                    operation: Some("Get*".into()),
                    ..fault(FaultKind::Throttle)
                },
                "PutRecord, PutRecords, GetRecords only",
            ),
            (
                Fault {
                    operation: Some("Take*".into()),
                    ..fault(FaultKind::Fail)
                },
                "no such operation",
            ),
            (
                Fault {
                    shard: Some("first".into()),
                    ..fault(FaultKind::Fail)
                },
                "shardId-000000000000",
            ),
        ] {
            let told = checked(refused.clone(), 0).expect_err("refused");
            assert!(told.contains(words), "{refused:?}: {told}");
        }
        assert!(checked(fault(FaultKind::Fail), MOST_FAULTS).is_err());
        let lenient = Fault {
            shard: Some("shardId-3".into()),
            ..fault(FaultKind::Throttle)
        };
        let taken = checked(lenient, MOST_FAULTS - 1).expect("taken");
        assert_eq!(taken.shard, Some(ShardId::from_index(3)));
    }
}
