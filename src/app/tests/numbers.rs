//! The numbers: what is counted, what is not, and when they move.

use chrono::TimeDelta;

use super::script::{Lab, setup};
use crate::app::message::{Answer, Batch, PutSummary, ReaderId, Received, Sender};
use crate::app::numbers::{
    Measure, Pressure, Trend, next_deadline, of_limit, pressure_words, reader_rows, shard_rows,
};
use crate::app::overlay::Overlay;
use crate::app::{ConnectionKind, Message};
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail, PutEntry};
use crate::kinesis::{CallError, ShardId, StartPosition};

const STREAM: &str = "my-first-stream";

/// Records of 98 bytes and a key of two, and what became of them.
fn records(count: usize, result: Result<u32, &str>) -> Detail {
    let entry = PutEntry {
        key: "k1".into(),
        explicit_hash_key: None,
        size: 98,
        head: Vec::new(),
        result: match result {
            Ok(shard) => Ok((ShardId::from_index(shard), "49".into())),
            Err(message) => Err((
                "ProvisionedThroughputExceededException".into(),
                message.to_owned(),
            )),
        },
    };
    Detail::Put(vec![entry; count])
}

fn read(shard: u32, bytes: usize, behind: u64) -> Detail {
    Detail::Get(Box::new(GetDetail {
        chain: 1,
        shard: ShardId::from_index(shard),
        start: StartPosition::TrimHorizon,
        limit: None,
        returned: 1,
        bytes,
        range: None,
        millis_behind_latest: Some(behind),
        ahead: 0,
        ended: false,
    }))
}

fn put(lab: &mut Lab, detail: Detail) {
    lab.fed(2, "PutRecords", STREAM, detail);
}

fn gets(lab: &mut Lab, detail: Detail) {
    lab.fed(2, "GetRecords", STREAM, detail);
}

/// The four measures of a shard beside their limits.
fn measures(lab: &Lab, shard: usize) -> [String; 4] {
    shard_rows(&lab.model)[shard]
        .usages
        .each_ref()
        .map(of_limit)
}

fn pressure(lab: &Lab, shard: usize) -> String {
    pressure_words(&shard_rows(&lab.model)[shard].pressure)
}

#[test]
fn what_programs_write_and_read_stands_beside_the_limits_of_its_shard() {
    let mut lab = Lab::with_stream();
    lab.key('N');
    for _ in 0..5 {
        put(&mut lab, records(850, Ok(0)));
        gets(&mut lab, read(1, 1_048_576, 0));
        lab.wait(1.0);
    }
    assert_eq!(
        measures(&lab, 0),
        [
            "850 of 1,000 records",
            "83 KiB of 1 MiB",
            "0 of 5 calls",
            "0 of 2 MiB"
        ]
    );
    assert_eq!(
        measures(&lab, 1),
        [
            "0 of 1,000 records",
            "0 of 1 MiB",
            "1 of 5 calls",
            "1 of 2 MiB"
        ]
    );
    assert_eq!(pressure(&lab, 0), "near its limit of writing");
    assert_eq!(pressure(&lab, 1), "room to spare");
    let nearest = |reading| shard_rows(&lab.model)[1].nearest(reading).measure;
    assert_eq!(
        (nearest(false), nearest(true)),
        (Measure::Records, Measure::BytesRead)
    );
}

#[test]
fn a_throttled_record_belongs_to_the_shard_that_its_refusal_names() {
    let mut lab = Lab::with_stream();
    lab.key('N');
    let words =
        "Rate exceeded for shard shardId-000000000001 in stream my-first-stream under account 1.";
    put(&mut lab, records(12, Err(words)));
    assert!(lab.changed, "it is told at once");
    assert_eq!(pressure(&lab, 0), "quiet");
    assert_eq!(pressure(&lab, 1), "writes throttled 12 times in 10 s");
    lab.wait(9.9);
    assert_eq!(pressure(&lab, 1), "writes throttled 12 times in 10 s");
    lab.wait(0.2);
    assert_eq!(pressure(&lab, 1), "quiet");
}

#[test]
fn a_throttled_read_is_no_call_that_was_served() {
    let mut lab = Lab::with_stream();
    lab.key('N');
    let call = Call {
        at: lab.now,
        caller: Caller {
            user_agent: "Boto3/1.44".into(),
            access_key: "k".into(),
            connection: 2,
            http2: false,
        },
        region: "us-east-1".into(),
        operation: "GetRecords".into(),
        stream: Some(STREAM.into()),
        error: Some((
            "ProvisionedThroughputExceededException".into(),
            "Rate exceeded.".into(),
        )),
        detail: read(0, 0, 0),
        fault: None,
        latency: std::time::Duration::ZERO,
    };
    lab.tell(Message::Fed(FeedEvent::Called(call.into())));
    lab.wait(1.0);
    assert_eq!(pressure(&lab, 0), "reads throttled once in 10 s");
    assert_eq!(measures(&lab, 0)[2], "0 of 5 calls");
}

#[test]
fn another_stream_and_another_region_are_not_counted() {
    let mut lab = Lab::with_stream();
    lab.key('N');
    lab.fed(2, "PutRecords", "orders", records(500, Ok(0)));
    lab.wait(1.0);
    assert_eq!(pressure(&lab, 0), "quiet");
    put(&mut lab, records(500, Ok(0)));
    lab.wait(1.0);
    assert_eq!(pressure(&lab, 0), "room to spare");
    // The same name anew is another stream.
    lab.escape()
        .fed(2, "CreateStream", STREAM, Detail::Create { shards: 2 });
    lab.described(STREAM, 2).key('N');
    assert_eq!(pressure(&lab, 0), "quiet");
}

#[test]
fn readers_have_names_lags_and_a_word_and_the_furthest_behind_comes_first() {
    let mut lab = Lab::with_stream();
    lab.key('N');
    for behind in [1_000, 3_000, 6_000, 9_000, 12_000] {
        gets(&mut lab, read(0, 10, behind));
        lab.fed_by(
            "app/kinesis-lab-worker",
            super::script::OWN_KEY,
            1,
            "GetRecords",
            STREAM,
            read(1, 10, 0),
        );
        lab.wait(1.0);
    }
    let rows = reader_rows(&lab.model);
    let told: Vec<(&str, Trend)> = rows.iter().map(|row| (&*row.name, row.trend)).collect();
    assert_eq!(
        told,
        [("py#1", Trend::FallsBehind), ("worker", Trend::KeepsUp)]
    );
    lab.wait(20.0);
    assert!(
        reader_rows(&lab.model)
            .iter()
            .all(|row| row.trend == Trend::Silent)
    );
}

#[test]
fn at_rest_nothing_moves_and_what_slides_asks_for_its_time() {
    let mut lab = Lab::with_stream();
    lab.wait(30.0);
    assert_eq!(next_deadline(&lab.model), None);
    put(&mut lab, records(1, Ok(0)));
    lab.wait(2.0);
    assert_eq!(next_deadline(&lab.model), None, "nobody looks at it");
    lab.key('N');
    assert_eq!(
        next_deadline(&lab.model),
        Some(lab.now + TimeDelta::seconds(1))
    );
    lab.wait(1.0);
    assert!(!lab.changed, "its second is still among the last five");
    lab.wait(3.0);
    assert!(lab.changed, "it is not any more");
    lab.wait(10.0);
    assert_eq!(next_deadline(&lab.model), None);
    for key in ['N', 'N', 'q'] {
        lab.key(key);
    }
    assert!(lab.model.overlay.is_none());
}

#[test]
fn polls_that_bring_nothing_draw_nothing() {
    let mut lab = Lab::with_stream();
    lab.key('N');
    for _ in 0..30 {
        gets(&mut lab, read(0, 0, 0));
        lab.wait(1.0);
    }
    lab.effects.clear();
    gets(&mut lab, read(0, 0, 0));
    // The feed tells of a program's reading as such: only the numbers' own part is looked at.
    assert_eq!(measures(&lab, 0)[2], "1 of 5 calls");
    lab.now += TimeDelta::seconds(1);
    lab.tell(Message::DeadlinePassed);
    assert!(!lab.changed);
}

/// The panel's reader is given a record that arrived so many milliseconds ago and happened so many before that.
fn shows(lab: &mut Lab, reader: ReaderId, arrived: i64, happened: Option<i64>) {
    let arrived_at = lab.now - TimeDelta::milliseconds(arrived);
    let data = match happened {
        None => "{}".to_owned(),
        Some(millis) => {
            let at = arrived_at - TimeDelta::milliseconds(millis);
            format!(r#"{{"time":"{}"}}"#, at.to_rfc3339())
        }
    };
    let number = 49 + lab.model.consumer.log.end();
    let record = Received {
        sequence: number.to_string().as_str().into(),
        key: "alice".into(),
        arrived_at: Some(arrived_at),
        size: data.len(),
        data: data.into_bytes(),
    };
    lab.answer(Answer::Read {
        reader,
        result: Ok(Batch {
            records: vec![record],
            next: Some("next".into()),
            millis_behind_latest: Some(0),
        }),
    });
}

#[test]
fn event_time_is_not_arrival_time_and_both_delays_are_told() {
    let mut lab = Lab::with_stream();
    lab.key('c');
    let (reader, _) = lab.opening();
    lab.opened(reader, Ok("iterator"));
    lab.now += TimeDelta::seconds(1);
    // What had arrived before anybody read says when that was, and nothing of delays.
    shows(&mut lab, reader, 60_000, Some(0));
    shows(&mut lab, reader, 400, Some(2_000));
    shows(&mut lab, reader, 300, Some(-1_000));
    shows(&mut lab, reader, 100, None);
    let numbers = &lab.model.numbers;
    let all = |delays: &crate::app::numbers::Delays| [0, 50, 100].map(|of| delays.percentile(of));
    assert_eq!(
        all(&numbers.to_arrival),
        [Some(-1_000), Some(-1_000), Some(2_000)]
    );
    assert_eq!(all(&numbers.to_shown), [Some(100), Some(300), Some(400)]);
    assert_eq!(all(&numbers.in_all), [Some(-700), Some(-700), Some(2_400)]);
    assert_eq!(numbers.left_out, 1);
}

#[test]
fn where_there_is_no_feed_the_lab_counts_its_own() {
    let mut lab = Lab::start(setup(ConnectionKind::Endpoint));
    lab.listed(&[STREAM]).described(STREAM, 2);
    lab.effects.clear();
    lab.key('D');
    lab.press(crossterm::event::KeyCode::Down)
        .enter()
        .described(STREAM, 2);
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Ok("49"));
    let refused = CallError::Refused {
        code: "ProvisionedThroughputExceededException".into(),
        message: "Rate exceeded for shard shardId-000000000001 in stream s under account 1.".into(),
    };
    lab.answer(Answer::Sent {
        put: PutSummary {
            id: 9,
            by: Sender::Auto,
            stream: STREAM.into(),
            key: "bob".into(),
            hash_key: None,
            size: 10,
        },
        result: Err(refused),
    });
    lab.key('c').open_readers().key('N').wait(1.0);
    assert!(matches!(lab.model.overlay, Some(Overlay::Numbers)));
    let rows = shard_rows(&lab.model);
    assert_eq!(measures(&lab, 0)[0], "0.2 of 1,000 records");
    assert_eq!(measures(&lab, 0)[2], "0.2 of 5 calls");
    assert!(matches!(
        rows[1].pressure,
        Pressure::Throttled {
            writes: 1,
            reads: 0
        }
    ));
    let names: Vec<String> = reader_rows(&lab.model)
        .into_iter()
        .map(|row| row.name)
        .collect();
    assert_eq!(names, ["worker 1", "worker 1"]);
}

#[test]
fn a_slow_worker_s_records_are_measured_when_it_works_on_them() {
    let mut lab = Lab::with_stream();
    lab.model.consumer.settings.speed = Some(1);
    lab.key('c').open_readers();
    let reader = ReaderId {
        run: lab.model.consumer.run,
        index: 0,
        turn: 0,
    };
    // They arrive while somebody reads.
    lab.model.consumer.began_at -= TimeDelta::seconds(1);
    lab.read(reader, &["10", "11", "12"]).key('N');
    assert_eq!(lab.model.numbers.to_shown.len(), 1, "one at once");
    lab.wait(2.1);
    let delays = &lab.model.numbers.to_shown;
    assert_eq!(delays.len(), 3);
    // They had arrived 400 ms before they came.
    assert_eq!(
        (delays.percentile(0), delays.percentile(100)),
        (Some(400), Some(2_400))
    );
}

#[test]
fn what_the_lab_looks_at_by_itself_is_a_reader_of_its_own_name() {
    let mut lab = Lab::with_stream();
    lab.key('c').open_readers();
    for app in ["look", "worker"] {
        let agent = format!("aws-sdk-rust/1 app/kinesis-lab-{app}");
        lab.fed_by(
            &agent,
            super::script::OWN_KEY,
            9,
            "GetRecords",
            STREAM,
            read(1, 9, 0),
        );
    }
    let rows = reader_rows(&lab.model);
    let mut names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["lab", "worker 1"]);
}
