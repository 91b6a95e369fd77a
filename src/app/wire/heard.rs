//! What the log keeps of a call: the call without its records, who made it, and what a line of it says.

use std::borrow::Cow;

use super::filter::haystack;
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::kinesis::ShardId;
use crate::kinesis::feed::{Call, Detail, PutEntry};

/// How many of a call's shards are named.
const MOST_SHARDS: usize = 8;

/// A call in the log.
#[derive(Debug, Clone)]
pub struct WireCall {
    /// Counts the calls.
    pub number: u64,
    /// Who made it: `you`, `auto`, `worker 1`, `lab` for the lab's own looks, `py#1`.
    pub who: Cow<'static, str>,
    /// The call; of a put [`Detail::None`], since its records are kept apart.
    pub call: Call,
    /// Whether the feed told of it; else it is one of the lab's own, and known by its answer alone.
    pub by_feed: bool,
    /// What was put or read.
    pub records: Records,
    /// The shards it was about, at most [`MOST_SHARDS`] of them, and how many more there were.
    pub shards: Vec<ShardId>,
    /// See [`Self::shards`].
    pub more_shards: usize,
    /// The key of the record, where it is about one.
    pub key: Option<String>,
    /// The error that the first refused record of an accepted batch got.
    pub some_refused_with: Option<String>,
    pub(super) haystack: Box<str>,
}

/// How many records a call put or got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Records {
    /// It has nothing to do with records, or was refused.
    None,
    /// It stored so many of those that it put.
    Put {
        /// How many are stored.
        stored: usize,
        /// How many were put.
        of: usize,
    },
    /// It got so many.
    Got(usize),
}

impl WireCall {
    /// A call of the feed, or one in its shape, and its records.
    pub(super) fn new(
        number: u64,
        who: Cow<'static, str>,
        call: &Call,
        by_feed: bool,
    ) -> (Self, Option<Box<[PutEntry]>>) {
        let mut it = Self {
            number,
            who,
            call: without_detail(call),
            by_feed,
            records: Records::None,
            shards: Vec::new(),
            more_shards: 0,
            key: None,
            some_refused_with: None,
            haystack: Box::default(),
        };
        let mut entries = None;
        match &call.detail {
            Detail::Put(put) => {
                it.took(put);
                entries = Some(put.clone().into_boxed_slice());
            }
            detail => {
                it.call.detail = detail.clone();
                match detail {
                    Detail::Iterator { shard, .. } | Detail::Split { shard, .. } => {
                        it.shards.push(shard.clone());
                    }
                    Detail::Merge { shard, next } => {
                        it.shards.extend([shard.clone(), next.clone()]);
                    }
                    Detail::Get(get) => {
                        it.shards.push(get.shard.clone());
                        if call.error.is_none() {
                            it.records = Records::Got(get.returned);
                        }
                    }
                    _ => {}
                }
            }
        }
        it.haystack = haystack(&it);
        (it, entries)
    }

    fn took(&mut self, entries: &[PutEntry]) {
        let results = || entries.iter().map(|entry| entry.result.as_ref());
        let mut shards: Vec<&ShardId> = results().flatten().map(|(shard, _)| shard).collect();
        let stored = shards.len();
        shards.sort_unstable();
        shards.dedup();
        self.more_shards = shards.len().saturating_sub(MOST_SHARDS);
        self.shards = shards.into_iter().take(MOST_SHARDS).cloned().collect();
        if let [only] = entries {
            self.key = Some(only.key.clone());
        }
        if self.call.error.is_none() {
            let of = entries.len();
            self.records = Records::Put { stored, of };
            let first = results().find_map(Result::err);
            self.some_refused_with = first.map(|(code, _)| code.clone());
        }
    }

    /// Whether it is a poll that found nothing: most calls are, and none is worth a look.
    pub fn is_idle(&self) -> bool {
        self.records == Records::Got(0) && self.call.fault.is_none()
    }
}

/// A copy of all of a call but its detail, which may be large.
fn without_detail(call: &Call) -> Call {
    Call {
        at: call.at,
        caller: call.caller.clone(),
        region: call.region.clone(),
        operation: call.operation.clone(),
        stream: call.stream.clone(),
        error: call.error.clone(),
        detail: Detail::None,
        fault: call.fault,
        latency: call.latency,
    }
}

/// The name of the lab's own client that made a call. The panel's looks at streams are nobody's deliberate act.
pub(super) fn own_name(user_agent: &str, operation: &str) -> &'static str {
    if user_agent.contains("app/kinesis-lab-auto") {
        "auto"
    } else if user_agent.contains("app/kinesis-lab-worker") {
        "worker"
    } else if user_agent.contains("app/kinesis-lab-look")
        || operation.starts_with("List")
        || operation.starts_with("Describe")
    {
        "lab"
    } else {
        "you"
    }
}

/// What the lab shows the learner is not the learner's doing.
pub(super) fn by_hand(model: &Model, name: &'static str, operation: &str) -> &'static str {
    // A record that shows something goes out through the client of automatic sending.
    let is_auto = model.producer.auto.next_at.is_some();
    match name {
        "you" if model.steps.showing && !operation.starts_with("PutRecord") => "lab",
        "auto" if model.steps.showing && !is_auto => "lab",
        name => name,
    }
}

/// A client of the lab's own by its name in the log; a worker by its number, as far as the shard tells it.
pub(super) fn named(model: &Model, name: &'static str, detail: &Detail) -> Cow<'static, str> {
    let shard = match detail {
        Detail::Iterator { shard, .. } => shard,
        Detail::Get(get) => &get.shard,
        _ => return name.into(),
    };
    let mut readers = model.consumer.readers.iter();
    match readers.find(|reader| reader.shard == *shard && reader.worker > 0) {
        Some(reader) if name == "worker" => format!("worker {}", reader.worker).into(),
        _ => name.into(),
    }
}

/// The feed told of a call: the lab's own where no name is given. Says whether the screen shows it.
pub(in crate::app) fn told(model: &mut Model, call: &Call, program: Option<&str>) -> bool {
    let own = || own_name(&call.caller.user_agent, &call.operation);
    let who = match program {
        Some(name) => Cow::Owned(name.to_owned()),
        None => named(model, by_hand(model, own(), &call.operation), &call.detail),
    };
    let (call, entries) = WireCall::new(model.wire.calls, who, call, true);
    model.wire.push(call, entries);
    is_open(model)
}

/// Whether the log is on the screen: there its counts move with every call.
pub(super) fn is_open(model: &Model) -> bool {
    matches!(model.overlay, Some(Overlay::Wire(_)))
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use chrono::DateTime;

    use super::*;
    use crate::kinesis::StartPosition;
    use crate::kinesis::feed::{Caller, GetDetail};

    pub fn bare(operation: &str) -> Call {
        Call {
            at: DateTime::from_timestamp_millis(1_795_372_800_045).expect("a time"),
            caller: Caller {
                user_agent: "Boto3/1.44".into(),
                access_key: "k".into(),
                connection: 2,
                http2: false,
            },
            region: "us-east-1".into(),
            operation: operation.into(),
            stream: Some("orders".into()),
            error: None,
            detail: Detail::None,
            fault: None,
            latency: Duration::from_micros(420),
        }
    }

    pub fn get_detail(returned: usize) -> GetDetail {
        GetDetail {
            chain: 3,
            shard: ShardId::from_index(0),
            start: StartPosition::TrimHorizon,
            limit: Some(10),
            returned,
            bytes: 0,
            range: None,
            millis_behind_latest: Some(0),
            ahead: 0,
            ended: false,
        }
    }

    pub fn entry(key: &str, data: &[u8]) -> PutEntry {
        PutEntry {
            key: key.into(),
            explicit_hash_key: None,
            size: data.len(),
            head: data[..data.len().min(64)].to_vec(),
            result: Ok((ShardId::from_index(0), "4968".into())),
        }
    }

    pub fn of(number: u64, who: &str, call: &Call) -> (WireCall, Option<Box<[PutEntry]>>) {
        WireCall::new(number, Cow::Owned(who.to_owned()), call, true)
    }

    pub fn get(number: u64, who: &str, returned: usize) -> WireCall {
        let call = Call {
            detail: Detail::Get(Box::new(get_detail(returned))),
            ..bare("GetRecords")
        };
        of(number, who, &call).0
    }

    pub fn put(number: u64, who: &str, records: usize) -> (WireCall, Box<[PutEntry]>) {
        let call = Call {
            detail: Detail::Put(vec![entry("alice", b"{}"); records]),
            ..bare("PutRecords")
        };
        let (call, entries) = of(number, who, &call);
        (call, entries.expect("records"))
    }

    pub fn refused(number: u64, who: &str, operation: &str, code: &str) -> WireCall {
        let call = Call {
            error: Some((code.into(), "words".into())),
            ..bare(operation)
        };
        of(number, who, &call).0
    }

    #[test]
    fn a_batch_says_how_much_of_it_is_stored_and_where() {
        let elsewhere = PutEntry {
            result: Ok((ShardId::from_index(2), "1".into())),
            ..entry("bob", b"{}")
        };
        let none = PutEntry {
            result: Err(("InternalFailure".into(), "words".into())),
            ..entry("carol", b"{}")
        };
        let call = Call {
            detail: Detail::Put(vec![elsewhere, entry("a", b"x"), none, entry("b", b"y")]),
            ..bare("PutRecords")
        };
        let (call, entries) = of(0, "py#1", &call);
        assert_eq!(call.records, Records::Put { stored: 3, of: 4 });
        let shards = [ShardId::from_index(0), ShardId::from_index(2)];
        assert_eq!(call.shards, shards);
        assert_eq!(call.some_refused_with.as_deref(), Some("InternalFailure"));
        assert_eq!((call.key, entries.map(|all| all.len())), (None, Some(4)));
    }

    #[test]
    fn a_refused_call_has_put_and_got_nothing() {
        let call = Call {
            error: Some(("ResourceNotFoundException".into(), "words".into())),
            detail: Detail::Get(Box::new(get_detail(0))),
            ..bare("GetRecords")
        };
        let (call, _) = of(0, "py#1", &call);
        assert_eq!(call.records, Records::None);
        assert!(!call.is_idle());
        assert!(get(0, "worker", 0).is_idle());
        assert!(!get(0, "worker", 1).is_idle());
    }

    #[test]
    fn the_lab_s_own_clients_are_told_by_their_names_and_acts() {
        let check = |app: &str, operation: &str, name: &str| {
            let user_agent = format!("aws-sdk-rust/1.3 app/kinesis-lab-{app}");
            assert_eq!(own_name(&user_agent, operation), name);
        };
        check("panel", "PutRecord", "you");
        check("panel", "CreateStream", "you");
        check("panel", "DescribeStreamSummary", "lab");
        check("panel", "ListShards", "lab");
        check("auto", "PutRecord", "auto");
        check("worker", "GetRecords", "worker");
        check("look", "GetRecords", "lab");
    }
}
