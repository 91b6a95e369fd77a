//! Steps about limits, lag, retention and crashes: what passes them, and what is said where it nearly did.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::kinesis::control::FaultKind;
use crate::kinesis::feed::{Call, Caller, Detail, GetDetail, PutEntry};
use crate::kinesis::{ShardId, StartPosition};
use crate::lesson::{parse, settings};
use crate::steps::{CheckState, Mark, Place, Plan, Seen, Watch, Who};

const TOO_MUCH: &str = "ProvisionedThroughputExceededException";

/// A step of one check, under watch.
struct Bench {
    watch: Watch,
    now: DateTime<Utc>,
    chain: u64,
}

impl Bench {
    fn new(when: &str) -> Self {
        let markdown = "# M\n\n## Hands-On: Do it (5 min)\n\n### Step 1: Go\n\nDo it.\n";
        let toml = format!(
            "stream = \"pressure\"\n[[step]]\ntitle = \"Go\"\n[[step.check]]\nsays = \"done\"\nwhen.{when}\n"
        );
        let plan = Plan::of(&parse(markdown, &settings(&toml).expect("well formed")));
        let now = DateTime::from_timestamp(1_795_372_800, 0).expect("a time");
        let place = Place {
            address: "127.0.0.1:4567".into(),
            region: "us-east-1".into(),
            told: true,
        };
        Self {
            watch: Watch::new(plan, place, now),
            now,
            chain: 0,
        }
    }

    fn call(&mut self, who: &Who, operation: &str, error: Option<&str>, detail: Detail) {
        self.call_with(who, operation, error, detail, None);
    }

    fn call_with(
        &mut self,
        who: &Who,
        operation: &str,
        error: Option<&str>,
        detail: Detail,
        fault: Option<FaultKind>,
    ) {
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
            stream: Some("pressure".into()),
            error: error.map(|error| (error.to_owned(), String::new())),
            detail,
            fault,
            latency: Duration::ZERO,
        };
        self.watch.observe(&Seen::Call(who, &call), self.now);
    }

    /// A batch of these events is put, of which those behind the first so many are refused.
    fn put(&mut self, who: &Who, events: std::ops::Range<u32>, taken: u32) {
        let first = events.start;
        let entry = |number: u32| PutEntry {
            key: "alice".into(),
            explicit_hash_key: None,
            size: 40,
            head: format!("{{\"id\":{number}").into_bytes(),
            result: match number < first + taken {
                true => Ok((ShardId::from_index(0), number.to_string().into())),
                false => Err((TOO_MUCH.into(), String::new())),
            },
        };
        let entries = events.map(entry).collect();
        self.call(who, "PutRecords", None, Detail::Put(entries));
    }

    /// A page comes, so far behind the newest record.
    fn read(&mut self, who: &Who, behind: u64) {
        let get = GetDetail {
            chain: self.chain,
            shard: ShardId::from_index(0),
            start: StartPosition::TrimHorizon,
            limit: None,
            returned: 0,
            bytes: 0,
            range: None,
            millis_behind_latest: Some(behind),
            ahead: behind,
            ended: false,
        };
        self.call(who, "GetRecords", None, Detail::Get(Box::new(get)));
    }

    fn wait(&mut self, millis: i64) {
        self.now += TimeDelta::milliseconds(millis);
    }

    fn state(&self) -> CheckState {
        let page = self.watch.plan().pages[0].page;
        self.watch.judge(page, &|_| None, self.now).remove(0)
    }

    #[track_caller]
    fn is(&self, mark: Mark, words: &str) {
        let state = self.state();
        assert_eq!(state.mark, mark, "{state:?}");
        let said = format!("{} {}", state.seen, state.diagnosis.unwrap_or_default());
        assert!(said.contains(words), "{words}: {said}");
    }
}

fn script() -> Who {
    Who::Program("py#1".into())
}

#[test]
fn records_that_a_shard_refuses_count_in_a_batch_and_alone_but_not_those_of_a_fault() {
    let mut bench = Bench::new("throttle = { records = 3 }");
    bench.is(Mark::Open, "");
    let refused = PutEntry {
        key: "alice".into(),
        explicit_hash_key: None,
        size: 2,
        head: b"{}".to_vec(),
        result: Err((TOO_MUCH.into(), String::new())),
    };
    let alone = Detail::Put(vec![refused]);
    let fault = Some(FaultKind::Throttle);
    bench.call_with(&Who::You, "PutRecord", Some(TOO_MUCH), alone.clone(), fault);
    bench.is(Mark::Nearly, "a fault that F had made");
    bench.put(&Who::Lab, 0..500, 100);
    bench.is(Mark::Nearly, "a fault");
    bench.call(&Who::You, "PutRecord", Some(TOO_MUCH), alone);
    bench.is(Mark::Running, "1 of 3 records refused");
    bench.put(&script(), 0..10, 8);
    bench.is(Mark::Done, "3 records refused");
    assert_eq!(bench.state().by, "py#1");
}

#[test]
fn many_records_that_no_shard_refuses_are_told_to_have_come_too_slowly() {
    let mut bench = Bench::new("throttle = {}");
    bench.put(&script(), 0..500, 500);
    bench.is(Mark::Nearly, "no shard was asked for more than 1,000");
}

#[test]
fn who_sends_what_was_refused_again_alone_and_later_has_done_it_right() {
    let mut bench = Bench::new("retry = {}");
    bench.put(&script(), 0..500, 300);
    bench.is(Mark::Running, "200 records refused, 200 still to be stored");
    bench.wait(120);
    bench.put(&script(), 300..500, 150);
    bench.is(Mark::Running, "50 still");
    bench.wait(800);
    bench.put(&script(), 450..500, 50);
    bench.is(
        Mark::Done,
        "200 records again in 2 tries, the longest pause 0.8 s",
    );
}

#[test]
fn who_sends_the_whole_batch_again_has_made_duplicates() {
    let mut bench = Bench::new("retry = {}");
    bench.put(&script(), 0..500, 300);
    bench.wait(1_000);
    bench.put(&script(), 0..500, 500);
    bench.is(Mark::Nearly, "300 records again that were stored already");
    // Doing it right afterwards counts.
    bench.wait(1_000);
    bench.put(&script(), 1_000..1_010, 8);
    bench.wait(200);
    bench.put(&script(), 1_008..1_010, 2);
    bench.is(Mark::Done, "2 records again in 1 try");
}

#[test]
fn who_does_not_wait_or_does_not_try_again_is_told() {
    let mut bench = Bench::new("retry = {}");
    bench.put(&script(), 0..10, 8);
    bench.wait(3);
    bench.put(&script(), 8..10, 2);
    bench.is(Mark::Nearly, "at once. Wait before each try");

    let mut bench = Bench::new("retry = {}");
    bench.put(&script(), 0..10, 8);
    bench.is(Mark::Running, "2 still to be stored");
    bench.wait(10_000);
    bench.is(Mark::Nearly, "2 were not sent again: they are lost");
}

#[test]
fn what_was_given_up_does_not_stand_in_the_way_of_what_is_done_right_later() {
    let mut bench = Bench::new("retry = {}");
    bench.put(&Who::You, 0..10, 8);
    bench.wait(6_000);
    bench.put(&Who::You, 10..20, 5);
    bench.is(Mark::Running, "5 still to be stored");
    bench.wait(100);
    bench.put(&Who::You, 15..20, 5);
    bench.is(Mark::Done, "5 records again in 1 try");
}

#[test]
fn what_another_sends_does_not_mend_what_was_refused() {
    let mut bench = Bench::new("retry = {}");
    bench.put(&script(), 0..10, 8);
    bench.wait(500);
    bench.put(&Who::Program("py#2".into()), 8..10, 2);
    bench.is(Mark::Running, "2 still to be stored");
}

#[test]
fn a_reader_has_to_fall_behind_over_several_answers_and_then_to_catch_up() {
    let mut bench = Bench::new("lag = { seconds = 10, answers = 3 }");
    // Who begins far behind has not fallen behind.
    bench.read(&Who::You, 60_000);
    bench.read(&Who::You, 0);
    bench.is(Mark::Open, "");
    for behind in [2_000, 4_000, 8_000] {
        bench.read(&Who::You, behind);
    }
    bench.is(Mark::Running, "8.0 s behind, of 10 s wanted");
    bench.read(&Who::You, 0);
    bench.is(Mark::Nearly, "8.0 s behind at most and has caught up");
    for behind in [4_000, 8_000, 12_000, 6_000] {
        bench.read(&Who::You, behind);
    }
    bench.is(Mark::Running, "6.0 s behind now; let it catch up");
    bench.read(&Who::You, 0);
    bench.is(Mark::Done, "12 s behind at most, then caught up");
}

#[test]
fn who_began_far_behind_does_not_hide_who_falls_behind() {
    let mut bench = Bench::new("lag = {}");
    bench.read(&script(), 60_000);
    bench.read(&Who::You, 1_000);
    bench.read(&Who::You, 2_000);
    bench.is(Mark::Running, "2.0 s behind, of 10 s wanted");
}

#[test]
fn a_retention_that_was_set_and_a_refusal_that_was_met_count() {
    let mut bench = Bench::new("retention = { hours = 48 }");
    let retain = |hours| Detail::Retain { hours };
    let raise = "IncreaseStreamRetentionPeriod";
    bench.call(&Who::You, raise, None, retain(36));
    bench.is(Mark::Running, "36 h now");
    bench.call(
        &Who::You,
        raise,
        Some("InvalidArgumentException"),
        retain(48),
    );
    bench.is(Mark::Running, "36 h now");
    bench.call(&Who::You, raise, None, retain(48));
    bench.is(Mark::Done, "");

    let when = "refused = { operation = \"DecreaseStreamRetentionPeriod\", error = \"InvalidArgumentException\" }";
    let mut bench = Bench::new(when);
    let lower = "DecreaseStreamRetentionPeriod";
    bench.call(&script(), lower, None, retain(24));
    bench.is(Mark::Open, "");
    bench.call(
        &script(),
        lower,
        Some("InvalidArgumentException"),
        retain(20),
    );
    bench.is(Mark::Done, "");
}

#[test]
fn what_goes_by_itself_is_not_trimmed_on_purpose() {
    let mut bench = Bench::new("trimmed = {}");
    bench
        .watch
        .observe(&Seen::Expired("pressure", 7), bench.now);
    bench.is(Mark::Open, "");
    bench.wait(60_000);
    bench.watch.observe(&Seen::Advanced, bench.now);
    bench.is(Mark::Running, "the clock was moved");
    bench.wait(2_000);
    bench.is(Mark::Nearly, "nothing went");
    bench.watch.observe(&Seen::Expired("other", 5), bench.now);
    bench.is(Mark::Nearly, "nothing went");
    bench
        .watch
        .observe(&Seen::Expired("pressure", 5), bench.now);
    bench.is(Mark::Done, "12 records gone");
}

#[test]
fn the_shards_have_to_be_changed_and_so_many_open() {
    let mut bench = Bench::new("shards = { open = 2 }");
    let two = [
        (ShardId::from_index(0), true),
        (ShardId::from_index(1), true),
    ];
    bench
        .watch
        .observe(&Seen::Described("pressure", "ACTIVE", &two), bench.now);
    // It was created so: nobody has changed it.
    bench.is(Mark::Open, "");
    bench.call(&Who::Lab, "SplitShard", None, Detail::None);
    bench.is(Mark::Open, "");
    bench.call(&script(), "UpdateShardCount", None, Detail::None);
    bench.is(Mark::Done, "2 shards open");
    assert_eq!(bench.state().by, "py#1");
}

#[test]
fn records_come_again_to_workers_and_to_programs_that_go_on_from_a_checkpoint() {
    let mut bench = Bench::new("repeats = {}");
    let page = |start: StartPosition, chain| {
        Detail::Get(Box::new(GetDetail {
            chain,
            shard: ShardId::from_index(0),
            start,
            limit: None,
            returned: 3,
            bytes: 0,
            range: Some(("11".into(), "13".into())),
            millis_behind_latest: Some(0),
            ahead: 0,
            ended: false,
        }))
    };
    bench.call(
        &script(),
        "GetRecords",
        None,
        page(StartPosition::TrimHorizon, 1),
    );
    bench.call(
        &script(),
        "GetRecords",
        None,
        page(StartPosition::TrimHorizon, 2),
    );
    bench.is(Mark::Open, "");
    let after = StartPosition::AfterSequenceNumber("10".into());
    bench.call(&script(), "GetRecords", None, page(after, 3));
    bench.is(Mark::Done, "");

    let mut bench = Bench::new("repeats = {}");
    bench.watch.observe(&Seen::Repeated, bench.now);
    bench.is(Mark::Done, "");
    assert_eq!(bench.state().by, "you");
}
