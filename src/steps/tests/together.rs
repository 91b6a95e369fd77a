//! Batches, independent readers, workers that take over, and shards that are split and drained: what counts, what does not
//! yet, and why.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::kinesis::feed::{Call, Caller, Detail, GetDetail, PutEntry};
use crate::kinesis::{ShardId, StartPosition};
use crate::lesson;
use crate::steps::{CheckState, Mark, Place, Plan, Seen, Watch, Who};

const STREAM: &str = "orders";

/// A lesson of one step with one check, and what happens to its stream.
struct Bench {
    watch: Watch,
    now: DateTime<Utc>,
    page: usize,
    number: u32,
}

fn bench(when: &str) -> Bench {
    bench_at(when, true)
}

fn bench_at(when: &str, told: bool) -> Bench {
    let toml = format!(
        "stream = \"{STREAM}\"\n[[step]]\ntitle = \"Do it\"\n[[step.check]]\nsays = \"it is done\"\nwhen.{when}\n"
    );
    let settings = lesson::settings(&toml).expect("well formed");
    let text = "# L\n\n## Hands-On\n\n### Step 1: Do it\n\nDo it.\n";
    let plan = Plan::of(&lesson::parse(text, &settings));
    let page = plan.pages[0].page;
    let place = Place {
        address: "127.0.0.1:4567".into(),
        region: "us-east-1".into(),
        told,
    };
    let now = DateTime::from_timestamp(1_795_372_800, 0).expect("a time");
    Bench {
        watch: Watch::new(plan, place, now),
        now,
        page,
        number: 100,
    }
}

impl Bench {
    fn see(&mut self, seen: &Seen<'_>) -> &mut Self {
        self.watch.observe(seen, self.now);
        self
    }

    fn call(&mut self, who: &Who, operation: &str, detail: Detail) -> &mut Self {
        let call = Call {
            at: self.now,
            caller: Caller {
                user_agent: String::new(),
                access_key: String::new(),
                connection: 1,
                http2: false,
            },
            region: "us-east-1".into(),
            operation: operation.into(),
            stream: Some(STREAM.into()),
            error: None,
            detail,
            fault: None,
            latency: Duration::ZERO,
        };
        self.see(&Seen::Call(who, &call))
    }

    /// Records are put, with so many keys, into two shards; some are refused.
    fn put(&mut self, who: &Who, operation: &str, records: usize, keys: usize, failed: usize) {
        let entry = |place: usize| PutEntry {
            key: format!("key-{}", place % keys),
            explicit_hash_key: None,
            size: 2,
            head: b"{}".to_vec(),
            result: match place < failed {
                true => Err((
                    "ProvisionedThroughputExceededException".into(),
                    "slow".into(),
                )),
                false => Ok((ShardId::from_index((place % keys % 2) as u32), "7".into())),
            },
        };
        let entries = (0..records).map(entry).collect();
        self.call(who, operation, Detail::Put(entries));
    }

    /// A page of a shard's records.
    fn read(&mut self, who: &Who, chain: u64, shard: u32, start: StartPosition, page: Page) {
        let shard = ShardId::from_index(shard);
        self.number += 1;
        let number = || self.number.to_string().as_str().into();
        let get = GetDetail {
            chain,
            shard,
            start,
            limit: None,
            returned: page.records,
            bytes: 0,
            range: (page.records > 0).then(|| (number(), number())),
            millis_behind_latest: Some(page.ahead),
            ahead: page.ahead,
            ended: page.ended,
        };
        self.call(who, "GetRecords", Detail::Get(Box::new(get)));
    }

    /// Shard 1 is split: 2 and 3 are made of it.
    fn split(&mut self, who: &Who) {
        self.call(who, "SplitShard", Detail::None);
        self.look();
    }

    fn look(&mut self) {
        let shards: Vec<(ShardId, bool)> = (0..4)
            .map(|index| (ShardId::from_index(index), index != 1))
            .collect();
        self.see(&Seen::Described(STREAM, "ACTIVE", &shards));
        for child in [2, 3] {
            let parents = [ShardId::from_index(1)];
            self.see(&Seen::MadeOf(STREAM, &ShardId::from_index(child), &parents));
        }
    }

    fn wait(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    fn state(&self) -> CheckState {
        self.watch.judge(self.page, &|_| None, self.now).remove(0)
    }

    fn stands(&self, mark: Mark, words: &str) {
        let state = self.state();
        let told = format!("{} {}", state.seen, state.diagnosis.unwrap_or_default());
        assert_eq!(state.mark, mark, "{told}");
        assert!(told.contains(words), "{told:?} lacks {words:?}");
    }
}

#[derive(Clone, Copy)]
struct Page {
    records: usize,
    ahead: u64,
    ended: bool,
}

fn all(records: usize) -> Page {
    Page {
        records,
        ahead: 0,
        ended: false,
    }
}

fn to_the_end(records: usize) -> Page {
    Page {
        ended: true,
        ..all(records)
    }
}

fn program() -> Who {
    Who::Program("py#1".into())
}

use StartPosition::{Latest, TrimHorizon};

const BATCH: &str = "batch = { records = 100, keys = 10, shards = 2, failed = 0 }";

#[test]
fn a_batch_counts_when_one_call_carries_enough_and_none_of_it_fails() {
    let mut bench = bench(BATCH);
    bench.put(&program(), "PutRecords", 100, 10, 3);
    bench.stands(Mark::Nearly, "3 of them failed although the call succeeded");
    bench.put(&program(), "PutRecords", 3, 3, 0);
    bench.stands(Mark::Nearly, "3 of 100 records");
    bench.put(&program(), "PutRecords", 100, 10, 0);
    bench.stands(Mark::Done, "100 records put, 0 failed");
}

#[test]
fn a_batch_of_too_few_keys_says_where_they_are_set() {
    let mut bench = bench(BATCH);
    bench.put(&Who::You, "PutRecords", 100, 5, 0);
    bench.stands(Mark::Nearly, "i says how many records");
}

#[test]
fn a_hundred_calls_are_no_batch() {
    let mut bench = bench(BATCH);
    for _ in 0..100 {
        bench.put(&Who::You, "PutRecord", 1, 1, 0);
    }
    bench.stands(Mark::Nearly, "one by one");
}

#[test]
fn what_the_lab_sends_by_itself_is_nobodys_batch() {
    let mut bench = bench(BATCH);
    bench.put(&Who::Lab, "PutRecords", 500, 100, 0);
    bench.stands(Mark::Open, "");
}

#[test]
fn two_readers_are_independent_when_one_got_all_and_the_other_only_later_ones() {
    let mut bench = bench("readers = { count = 2 }");
    bench.put(&Who::You, "PutRecords", 10, 2, 0);
    bench.read(&program(), 1, 0, TrimHorizon, all(5));
    bench.stands(Mark::Open, "");
    bench.read(&program(), 2, 1, TrimHorizon, all(5));
    bench.stands(
        Mark::Running,
        "one read 10 records; another has to begin at LATEST",
    );
    bench.read(&program(), 3, 0, Latest, all(0));
    bench.read(&program(), 4, 1, Latest, all(0));
    bench.stands(Mark::Running, "another waits");
    bench.put(&Who::You, "PutRecord", 1, 1, 0);
    bench.read(&program(), 3, 0, Latest, all(1));
    bench.stands(Mark::Done, "one read 10 records, another 1");
}

#[test]
fn two_readers_from_the_beginning_are_told_to_begin_at_different_places() {
    let mut bench = bench("readers = {}");
    bench.put(&Who::You, "PutRecords", 10, 1, 0);
    bench.read(&program(), 1, 0, TrimHorizon, all(10));
    bench.read(&Who::You, 2, 0, TrimHorizon, all(10));
    bench.stands(Mark::Nearly, "Both readers began at TRIM_HORIZON");
}

#[test]
fn a_takeover_is_a_kill_and_then_another_worker() {
    let mut bench = bench("takeover = {}");
    bench.see(&Seen::Killed);
    bench.stands(Mark::Running, "has not expired yet");
    bench.wait(20);
    bench.stands(Mark::Nearly, "nobody took its shards over");
    bench.see(&Seen::TookOver);
    bench.stands(Mark::Done, "");
}

#[test]
fn a_split_counts_once_the_shards_show_it() {
    let mut bench = bench("split = { open = 3 }");
    bench.call(&Who::You, "SplitShard", Detail::None);
    bench.stands(Mark::Running, "listed anew");
    bench.look();
    bench.stands(Mark::Done, "1 closed, 3 open");
}

#[test]
fn where_nobody_tells_of_a_split_the_shards_themselves_do() {
    let mut told = bench("split = {}");
    told.look();
    told.stands(Mark::Open, "");
    let mut untold = bench_at("split = {}", false);
    untold.look();
    untold.stands(Mark::Done, "1 closed, 3 open");
}

#[test]
fn a_parent_is_drained_when_its_children_are_read_after_its_end() {
    let mut bench = bench("drained = {}");
    bench.put(&Who::You, "PutRecords", 10, 2, 0);
    bench.split(&Who::You);
    bench.read(&Who::You, 1, 1, TrimHorizon, to_the_end(5));
    bench.stands(Mark::Nearly, "Its children are empty so far");
    bench.read(&Who::You, 2, 2, TrimHorizon, all(1));
    bench.stands(Mark::Done, "shard 1 to its end, then shard 2");
}

#[test]
fn who_reads_a_child_first_is_told_and_may_do_it_anew() {
    let mut bench = bench("drained = {}");
    bench.split(&Who::You);
    let part = Page {
        records: 1,
        ahead: 4,
        ended: false,
    };
    bench.read(&program(), 1, 1, TrimHorizon, part);
    bench.read(&program(), 2, 2, TrimHorizon, all(1));
    bench.read(&program(), 1, 1, TrimHorizon, to_the_end(4));
    bench.stands(Mark::Nearly, "py#1 read a child before its parent");
    bench.wait(1);
    let again = Who::Program("py#2".into());
    bench.read(&again, 3, 1, TrimHorizon, to_the_end(5));
    bench.read(&again, 4, 2, TrimHorizon, all(1));
    bench.stands(Mark::Done, "then shard 2");
}

#[test]
fn one_readers_parent_and_anothers_child_are_no_order() {
    let mut bench = bench("drained = {}");
    bench.split(&Who::You);
    bench.read(&program(), 1, 1, TrimHorizon, to_the_end(5));
    bench.read(&Who::You, 2, 2, TrimHorizon, all(1));
    assert_ne!(bench.state().mark, Mark::Done);
}
