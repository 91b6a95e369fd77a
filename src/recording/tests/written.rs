//! Recordings for tests: of generated entries, of a busy class, and bytes that are none.

use std::io::Write as _;
use std::time::Duration;

use chrono::TimeDelta;
use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::option;

use super::run::{Run, start};
use super::*;
use crate::app::action::Action;
use crate::app::message::{Answer, Batch, PutSummary, ReaderId, Received, Reread, Sender};
use crate::app::program_pane::{Colour, Ink, Picture, Piece};
use crate::app::tests::script::setup;
use crate::app::{ConnectionKind, Pane, Theme};
use crate::kinesis::control::{Fault, FaultKind, Often, ServerState, Timing};
use crate::kinesis::feed::{Call, Caller, Detail, FeedEvent, GetDetail, PutEntry};
use crate::kinesis::hash_ranges::HashKey;
use crate::kinesis::sequence_numbers::Parts;
use crate::kinesis::{CallError, SequenceNumber, ShardId, StartPosition};

pub fn zipped(text: &str) -> Vec<u8> {
    zipped_bytes(text.as_bytes())
}

pub fn zipped_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    zip.write_all(bytes).expect("memory");
    zip.finish().expect("memory")
}

pub fn header() -> Header {
    Header::new(&setup(ConnectionKind::Local), true, start())
}

/// A recording of these entries alone, without an end.
pub fn recording(entries: &[(DateTime<Utc>, Entry)]) -> Vec<u8> {
    recording_of("", entries)
}

/// The same where the learner's home is this.
pub fn recording_of(home: &str, entries: &[(DateTime<Utc>, Entry)]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), &header(), Some(home)).expect("memory");
    for (at, entry) in entries {
        writer.write(*at, entry).expect("memory");
    }
    writer.finish().expect("memory")
}

/// A recording of a few keys.
pub fn small() -> Vec<u8> {
    let mut run = Run::new(2);
    "nns4a\r"
        .chars()
        .for_each(|key| run.press(KeyCode::Char(key)));
    run.end().1
}

/// A time in the run and an entry.
pub fn entry() -> impl Strategy<Value = (DateTime<Utc>, Entry)> {
    let entry = prop_oneof![
        9 => message().prop_map(Entry::Heard),
        1 => any::<u64>().prop_map(Entry::Lost),
    ];
    // In order: a run's clock does not go back.
    (Just(start()), entry)
}

fn message() -> impl Strategy<Value = Message> {
    let key = prop_oneof![
        any::<char>().prop_map(KeyCode::Char),
        (1..=12_u8).prop_map(KeyCode::F),
        Just(KeyCode::Enter),
        Just(KeyCode::BackTab),
    ];
    let key = (key, any::<u8>().prop_map(KeyModifiers::from_bits_truncate))
        .prop_map(|(code, modifiers)| Message::Pressed(KeyEvent::new(code, modifiers)));
    let mouse = (any::<u16>(), any::<u16>()).prop_map(|(column, row)| {
        Message::Moused(MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column,
            row,
            modifiers: KeyModifiers::NONE,
        })
    });
    let asked = prop_oneof![
        Just(Message::Asked(Action::Send, Some(Pane::Producer))),
        any::<usize>().prop_map(|page| Message::Asked(Action::GoToPage(page), None)),
        Just(Message::Asked(Action::UseTheme(Theme::HighContrast), None)),
        Just(Message::DeadlinePassed),
        Just(Message::LessonChanged(Reread {
            key: "a".into(),
            lesson: None,
            fault: None,
        })),
    ];
    let told = prop_oneof![
        any::<String>().prop_map(Message::Pasted),
        any::<String>().prop_map(Message::ControlRefused),
        any::<Result<(), String>>().prop_map(Message::ProgressSaved),
        any::<u64>().prop_map(Message::FeedLost),
        (any::<u16>(), any::<u16>()).prop_map(|(w, h)| Message::Resized(w, h)),
    ];
    prop_oneof![
        key,
        mouse,
        asked,
        told,
        picture(),
        answer().prop_map(Message::Answered),
        event().prop_map(Message::Fed)
    ]
}

fn picture() -> impl Strategy<Value = Message> {
    (any::<u64>(), any::<String>(), any::<u8>()).prop_map(|(run, text, colour)| {
        let ink = Ink {
            text: Colour::Numbered(colour),
            ground: Colour::Mixed(colour, 0, 1),
            ..Ink::default()
        };
        let piece = Piece {
            column: 1,
            width: 2,
            text,
            ink,
        };
        let lines = vec![Vec::new(), vec![piece]];
        let picture = Arc::new(Picture {
            lines,
            ..Picture::default()
        });
        Message::ProgramDrew { run, picture }
    })
}

fn failure() -> impl Strategy<Value = CallError> {
    prop_oneof![
        (any::<String>(), any::<String>())
            .prop_map(|(code, message)| CallError::Refused { code, message }),
        any::<String>().prop_map(|why| CallError::NoAnswer { why }),
    ]
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_000_000_000_i64, 0..1_000_000_000_u32)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap_or_default())
}

fn answer() -> impl Strategy<Value = Answer> {
    let received = (any::<String>(), option::of(time()), vec(any::<u8>(), 0..40)).prop_map(
        |(key, arrived_at, data)| Received {
            sequence: SequenceNumber::from("49"),
            key,
            arrived_at,
            size: data.len(),
            data,
        },
    );
    let batch = (
        vec(received, 0..4),
        any::<Option<String>>(),
        any::<Option<u64>>(),
    )
        .prop_map(|(records, next, millis_behind_latest)| Batch {
            records,
            next,
            millis_behind_latest,
        });
    let reader =
        any::<(u64, usize, u64)>().prop_map(|(run, index, turn)| ReaderId { run, index, turn });
    let read = prop_oneof![batch.prop_map(Ok), failure().prop_map(Err)];
    let put = (any::<u64>(), any::<String>(), any::<u128>()).prop_map(|(id, key, at)| PutSummary {
        id,
        by: Sender::You,
        stream: "s".into(),
        key,
        size: 3,
        hash_key: Some(HashKey::from(at)),
    });
    prop_oneof![
        (reader, read).prop_map(|(reader, result)| Answer::Read { reader, result }),
        (put, failure()).prop_map(|(put, why)| Answer::Sent {
            put,
            result: Err(why)
        }),
        vec(any::<String>(), 0..3).prop_map(|names| Answer::Streams(Ok(names))),
    ]
}

fn event() -> impl Strategy<Value = FeedEvent> {
    let entry = (
        any::<String>(),
        vec(any::<u8>(), 0..64),
        any::<(String, String)>(),
    )
        .prop_map(|(key, head, why)| PutEntry {
            key,
            explicit_hash_key: None,
            size: head.len(),
            head,
            result: Err(why),
        });
    let call = (time(), vec(entry, 0..3), any::<u32>()).prop_map(|(at, entries, nanos)| {
        FeedEvent::Called(Arc::new(called(at, Detail::Put(entries), nanos)))
    });
    let state = (any::<u64>(), 0.0..=1.0_f64).prop_map(|(ahead_seconds, rate)| {
        FeedEvent::Changed(Arc::new(ServerState {
            ahead_seconds,
            timing: Timing::Aws,
            empty_pages: true,
            faults: vec![Fault {
                kind: FaultKind::Delay { millis: 5 },
                operation: None,
                stream: None,
                shard: None,
                often: Often::Rate(rate),
            }],
            full: None,
        }))
    });
    prop_oneof![call, state, Just(FeedEvent::Untold)]
}

pub fn called(at: DateTime<Utc>, detail: Detail, nanos: u32) -> Call {
    let operation = match detail {
        Detail::Get(_) => "GetRecords",
        _ => "PutRecord",
    };
    Call {
        at,
        caller: Caller {
            user_agent: "aws-sdk-rust/1.3.14 os/linux lang/rust/1.94.1 kinesis-lab-auto".into(),
            access_key: "KLAB0123456789ABCDEF".into(),
            connection: 2,
            http2: false,
        },
        region: "us-east-1".into(),
        operation: operation.into(),
        stream: Some("my-first-stream".into()),
        error: None,
        detail,
        fault: None,
        latency: Duration::from_nanos(u64::from(nanos)),
    }
}

/// What the lab hears of automatic sending, an event a call, and of its own readers of two shards; without payloads.
pub fn busy(seconds: usize, events: u64) -> Vec<u8> {
    let header = Header {
        payloads: false,
        ..header()
    };
    let mut writer = Writer::new(Vec::new(), &header, None).expect("memory");
    let mut keeper = Keeper::new(&header);
    let mut random = fastrand::Rng::with_seed(1);
    let mut now = start();
    let mut write = |now: DateTime<Utc>, message| {
        let kept = keeper.keep(message).expect("it is kept");
        writer.write(now, &Entry::Heard(kept)).expect("memory");
    };
    let mut lie: [Vec<Received>; 2] = Default::default();
    for id in 0..seconds as u64 * events {
        let key = format!("user-{}", random.u32(..500));
        let shard = random.usize(..2);
        let data = format!(
            "{{\"id\":\"{:016x}\",\"type\":\"page_view\"}}",
            random.u64(..)
        );
        let sequence = Parts {
            shard_created: 1_795_372_800,
            index: id * 7 + random.u64(..7),
            byte: 0,
            recorded: now.timestamp().unsigned_abs(),
            shard: shard as u32,
        };
        let place = (ShardId::from_index(shard as u32), sequence.encode());
        let entry = PutEntry {
            key: key.clone(),
            explicit_hash_key: None,
            size: data.len(),
            head: data.as_bytes()[..data.len().min(64)].to_vec(),
            result: Ok(place.clone()),
        };
        let mut later = || {
            now += TimeDelta::nanoseconds(random.i64(0..1_000_000));
            now
        };
        write(later(), Message::DeadlinePassed);
        let call = called(
            later(),
            Detail::Put(vec![entry]),
            100_000 + (id as u32 * 7919) % 99_999,
        );
        write(later(), Message::Fed(FeedEvent::Called(Arc::new(call))));
        let put = PutSummary {
            id,
            by: Sender::Auto,
            stream: "my-first-stream".into(),
            key: key.clone(),
            size: data.len(),
            hash_key: None,
        };
        let result = Ok(place.clone());
        write(later(), Message::Answered(Answer::Sent { put, result }));
        let at = later();
        let arrived_at = DateTime::from_timestamp_millis(at.timestamp_millis());
        lie[shard].push(Received {
            sequence: place.1,
            key,
            arrived_at,
            size: data.len(),
            data: data.into_bytes(),
        });
        if id % (events / 5).max(1) == 0 {
            for (index, records) in lie.iter_mut().enumerate() {
                let records = std::mem::take(records);
                let range = records.first().zip(records.last());
                let range = range.map(|(a, b)| (a.sequence.clone(), b.sequence.clone()));
                let get = GetDetail {
                    chain: index as u64,
                    shard: ShardId::from_index(index as u32),
                    start: StartPosition::TrimHorizon,
                    limit: Some(1_000),
                    returned: records.len(),
                    bytes: records.len() * 60,
                    range,
                    millis_behind_latest: Some(0),
                    ahead: 0,
                    ended: false,
                };
                let call = called(at, Detail::Get(Box::new(get)), 250_000);
                write(at, Message::Fed(FeedEvent::Called(Arc::new(call))));
                let reader = ReaderId {
                    run: 1,
                    index,
                    turn: 0,
                };
                let noise: String = (0..200).map(|_| random.alphanumeric()).collect();
                let batch = Batch {
                    records,
                    next: Some(noise),
                    millis_behind_latest: Some(0),
                };
                let result = Ok(batch);
                write(at, Message::Answered(Answer::Read { reader, result }));
            }
        }
        now = start() + TimeDelta::nanoseconds((id + 1) as i64 * 1_000_000_000 / events as i64);
    }
    // The last records were not read yet.
    let reader = ReaderId {
        run: 1,
        index: 0,
        turn: 0,
    };
    let batch = Batch {
        records: lie.into_iter().flatten().collect(),
        next: None,
        millis_behind_latest: Some(0),
    };
    write(
        now,
        Message::Answered(Answer::Read {
            reader,
            result: Ok(batch),
        }),
    );
    let end = Entry::End(Box::default());
    writer.write(now, &end).expect("memory");
    writer.finish().expect("memory")
}
