//! Tests of recordings: runs at random and their replays, files that are damaged, and how large they are.

mod run;
mod written;

use std::io::Read;
use std::sync::Arc;

use chrono::TimeDelta;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use flate2::read::GzDecoder;
use proptest::prelude::*;

use super::*;
use crate::app::Connection;
use crate::kinesis::feed::{Detail, FeedEvent};
use run::{Run, SECRET, start};
pub use written::small;

/// A recording as text.
fn text(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes)
        .read_to_string(&mut text)
        .expect("it is whole");
    text
}

fn played(bytes: Vec<u8>) -> Player {
    let mut player = Player::new(bytes.into(), 100, start()).expect("a recording");
    player.play_out();
    assert_eq!(player.position().end, Some(Ok(())));
    player
}

#[test]
fn a_replay_comes_to_the_same_model_and_without_payloads_to_the_same_facts() {
    for seed in 0..12 {
        let mut run = Run::new(seed);
        for _ in 0..400 {
            run.step();
        }
        let (model, sizes_only, with_payloads) = run.end();
        let player = played(with_payloads);
        // Line by line: a difference is found in a model of some megabytes.
        let (there, here) = (format!("{model:#?}"), format!("{:#?}", player.model));
        for (there, here) in there.lines().zip(here.lines()) {
            assert_eq!(there, here, "seed {seed}");
        }
        assert_eq!(there.len(), here.len());
        assert_eq!(player.ending().cloned(), Some(Facts::of(&player.model)));

        assert!(!text(&sizes_only).contains(SECRET), "seed {seed}");
        let player = played(sizes_only);
        let facts = Facts::of(&model);
        assert_eq!(facts.apart(&Facts::of(&player.model)), [], "seed {seed}");
    }
}

#[test]
fn what_is_typed_is_kept_but_for_notes_data_and_programs() {
    let mut run = Run::new(1);
    run.write_a_note(SECRET);
    run.type_data(&format!("{{\"a\": \"{SECRET}\"}}"));
    run.type_a_name("orders");
    let (model, sizes_only, with_payloads) = run.end();
    let lesson = &model.progress.lessons[&model.lesson.key];
    assert!(lesson.notes.values().any(|note| note == SECRET));
    let shown = format!("{:?}", model.producer.event);
    assert!(shown.contains(SECRET), "{shown}");
    assert!(text(&with_payloads).contains("\"Char\":\"s\""));
    let player = played(sizes_only);
    let lesson = &player.model.progress.lessons[&model.lesson.key];
    let masked = "x".repeat(SECRET.len());
    assert!(lesson.notes.values().any(|note| *note == masked));
    let shown = format!("{:?}", player.model.producer.event);
    assert!(shown.contains(&"a".repeat(SECRET.len())), "{shown}");
    assert_eq!(Facts::of(&model).apart(&Facts::of(&player.model)), []);
}

#[test]
fn facts_that_are_not_the_same_are_named() {
    let mut run = Run::new(1);
    let before = Facts::of(&run.model);
    run.press(KeyCode::Char('n'));
    let after = Facts::of(&run.model);
    let names: Vec<_> = after
        .apart(&before)
        .into_iter()
        .map(|(name, ..)| name)
        .collect();
    assert!(names.contains(&"page"), "{names:?}");
    assert_eq!(before.apart(&before), []);
}

/// A player at its start, of a run with a key every second, and the model's pages on the way.
fn of_pages() -> (Player, usize) {
    let mut run = Run::new(3);
    for _ in 0..20 {
        run.pass(TimeDelta::seconds(1));
        run.press(KeyCode::Char('n'));
    }
    let (model, bytes, _) = run.end();
    let player = Player::new(bytes.into(), 100, start()).expect("a recording");
    (player, model.lesson.page)
}

fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// Lets the time pass as the loop does: deadline by deadline.
fn wait(player: &mut Player, now: &mut DateTime<Utc>, seconds: i64) {
    let until = *now + TimeDelta::seconds(seconds);
    while let Some(next) = player.next_deadline().filter(|next| *next <= until) {
        *now = next.max(*now);
        player.advance(*now);
    }
    *now = until;
    player.advance(*now);
}

#[test]
fn it_plays_at_the_speed_of_the_run_or_another_and_pauses() {
    let (mut player, last) = of_pages();
    let mut now = start();
    wait(&mut player, &mut now, 5);
    assert_eq!(player.model.lesson.page, 5);
    player.pressed(&key(KeyCode::Char(' ')), now);
    assert!(player.position().paused);
    wait(&mut player, &mut now, 60);
    assert_eq!(
        (player.model.lesson.page, player.next_deadline()),
        (5, None)
    );
    player.pressed(&key(KeyCode::Char(' ')), now);
    player.pressed(&key(KeyCode::Char('+')), now);
    wait(&mut player, &mut now, 2);
    assert_eq!(player.model.lesson.page, 9);
    player.pressed(&key(KeyCode::Char('-')), now);
    player.pressed(&key(KeyCode::Char('-')), now);
    wait(&mut player, &mut now, 4);
    assert_eq!(player.model.lesson.page, 11);
    wait(&mut player, &mut now, 60);
    assert_eq!(player.model.lesson.page, last);
    assert_eq!(player.position().end, Some(Ok(())));
    assert_eq!(player.next_deadline(), None);
    assert!(player.pressed(&key(KeyCode::Char('q')), now));
}

#[test]
fn it_goes_to_the_next_change_to_both_ends_and_ten_seconds_either_way() {
    let (mut player, last) = of_pages();
    let mut now = start();
    player.pressed(&key(KeyCode::Char('.')), now);
    wait(&mut player, &mut now, 0);
    assert_eq!(player.model.lesson.page, 1);
    assert!(player.position().paused);
    let mut press = |player: &mut Player, code| {
        player.pressed(&key(code), now);
        wait(player, &mut now, 1);
        (player.model.lesson.page, player.position().at.num_seconds())
    };
    assert_eq!(press(&mut player, KeyCode::Right), (11, 11));
    assert_eq!(press(&mut player, KeyCode::Left), (1, 1));
    assert_eq!(press(&mut player, KeyCode::Char('G')), (last, 20));
    assert_eq!(press(&mut player, KeyCode::Left), (10, 10));
    assert_eq!(press(&mut player, KeyCode::Char('g')), (0, 0));
    assert_eq!(press(&mut player, KeyCode::Left), (0, 0));
}

#[test]
fn a_recording_of_another_format_or_version_is_refused_with_what_to_do() {
    let mut run = Run::new(1);
    run.press(KeyCode::Char('n'));
    let (_, bytes, _) = run.end();
    let own = text(&bytes);
    let refused = |text: &str| {
        let bytes = written::zipped(text);
        match Player::new(bytes.into(), 100, start()) {
            Ok(mut player) => {
                player.play_out();
                player
                    .position()
                    .end
                    .and_then(Result::err)
                    .expect("an error")
                    .to_string()
            }
            Err(why) => why.to_string(),
        }
    };
    let newer = own.replacen("recording\":1", "recording\":7", 1);
    let newer = newer.replacen(env!("CARGO_PKG_VERSION"), "9.9.9", 1);
    let why = refused(&newer);
    assert!(
        why.contains("format 7") && why.contains("Play it with kinesis-lab 9.9.9"),
        "{why}"
    );
    let unknown = own.replacen("\"lab\":\"0", "\"lab\":\"9", 1);
    let why = refused(&unknown.replacen("Pressed", "Sung", 1));
    assert!(
        why.contains("kinesis-lab 9") && why.contains("Sung"),
        "{why}"
    );
    let why = refused(&own.replacen("Pressed", "Sung", 1));
    assert!(why.contains("damaged here"), "{why}");
    for foreign in ["# A lesson\n", "{\"a\": 1}\n", "[1, 2]\n"] {
        assert!(refused(foreign).contains("not a recording"), "{foreign}");
    }
    let foreign = Player::new(b"# Notes\n".as_slice().into(), 100, start());
    assert_eq!(foreign.err(), Some(ReadError::Foreign));
    let empty = Player::new(Arc::default(), 100, start());
    assert_eq!(empty.err(), Some(ReadError::CutShort));
}

/// What can be read, and why no more.
fn all(bytes: &[u8]) -> (Vec<String>, Option<ReadError>) {
    let mut reader = match Reader::new(bytes.into()) {
        Ok(reader) => reader,
        Err(why) => return (Vec::new(), Some(why)),
    };
    let mut entries = Vec::new();
    for entry in reader.by_ref() {
        match entry {
            Ok(entry) => entries.push(format!("{entry:?}")),
            Err(why) => return (entries, Some(why)),
        }
    }
    (entries, None)
}

#[test]
fn a_recording_that_is_cut_short_plays_to_its_end_and_says_so() {
    let mut run = Run::new(5);
    for _ in 0..200 {
        run.step();
    }
    let (_, bytes, _) = run.end();
    let (whole, none) = all(&bytes);
    assert_eq!(none, None);
    let mut before = 0;
    for cut in (0..bytes.len()).step_by(197) {
        let (entries, why) = all(&bytes[..cut]);
        assert_eq!(why, Some(ReadError::CutShort), "at {cut}");
        assert_eq!(entries, whole[..entries.len()]);
        assert!(entries.len() >= before);
        before = entries.len();
    }
    assert!(before > whole.len() / 2, "{before} of {}", whole.len());
    let most: Arc<[u8]> = bytes[..bytes.len() - 100].into();
    let mut player = Player::new(most, 100, start()).expect("its beginning is there");
    player.play_out();
    assert_eq!(player.position().end, Some(Err(ReadError::CutShort)));
    assert!(player.ending().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_bytes_are_reading_them_does_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        all(&bytes);
        all(&written::zipped_bytes(&bytes));
    }

    #[test]
    fn whatever_is_changed_in_a_recording_reading_it_does_not_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        packed in any::<bool>(),
    ) {
        let mut bytes = written::small();
        if !packed {
            bytes = text(&bytes).into_bytes();
        }
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if !packed {
            bytes = written::zipped_bytes(&bytes);
        }
        if let Ok(mut player) = Player::new(bytes.into(), 100, start()) {
            player.play_out();
        }
    }

    #[test]
    fn what_is_read_is_what_was_written(entries in prop::collection::vec(written::entry(), 0..20)) {
        let bytes = written::recording(&entries);
        let (read, _) = all(&bytes);
        let wrote: Vec<String> = entries.iter().map(|entry| format!("{entry:?}")).collect();
        prop_assert_eq!(read, wrote);
    }
}

#[test]
fn it_counts_what_may_look_different_and_nothing_while_it_rests() {
    let (mut player, _) = of_pages();
    let mut now = start();
    wait(&mut player, &mut now, 5);
    let before = player.changes();
    assert!(before >= 5, "{before}");
    player.pressed(&key(KeyCode::Char(' ')), now);
    wait(&mut player, &mut now, 60);
    assert_eq!(player.changes(), before);
    player.pressed(&key(KeyCode::Char('g')), now);
    assert!(player.changes() > before, "it is at its start again");
}

#[test]
fn a_time_in_which_no_run_can_have_been_is_damage() {
    let own = text(&written::small());
    let damaged = |text: &str| {
        let mut player = Player::new(written::zipped(text).into(), 100, start())?;
        let mut now = start();
        player.pressed(&key(KeyCode::Char('G')), now);
        wait(&mut player, &mut now, 1);
        player.pressed(&key(KeyCode::Right), now);
        player.position().end.unwrap_or(Ok(()))
    };
    let begins = serde_json::to_string(&start()).expect("a time");
    let late = own.replacen(&begins, "\"+262142-12-31T23:59:59Z\"", 1);
    assert_ne!(late, own);
    assert_eq!(damaged(&late), Err(ReadError::Damaged));
    // Each of these is 292 years long.
    let long: String = own
        .lines()
        .take(1)
        .map(str::to_owned)
        .chain((0..40).map(|_| format!("[{},{{\"Lost\":1}}]", i64::MAX)))
        .map(|line| line + "\n")
        .collect();
    assert_eq!(damaged(&long), Err(ReadError::Damaged));
    assert_eq!(damaged(&own), Ok(()));
}

#[test]
fn what_alt_and_alt_gr_type_where_it_is_private_is_left_out() {
    let mut run = Run::new(1);
    run.write_a_note_with(SECRET, |run| {
        for modifiers in [KeyModifiers::ALT, KeyModifiers::ALT | KeyModifiers::CONTROL] {
            let at = KeyEvent::new(KeyCode::Char('@'), modifiers);
            let kept = heard(&run.model, &Message::Pressed(at), false);
            assert!(!format!("{kept:?}").contains('@'), "{kept:?}");
        }
        let save = KeyEvent::new(KeyCode::Char('d'), KeyModifiers::CONTROL);
        let kept = heard(&run.model, &Message::Pressed(save), false);
        assert!(format!("{kept:?}").contains("'d'"), "{kept:?}");
    });
}

#[test]
fn no_credential_of_a_refused_call_is_in_a_recording() {
    let mut run = Run::new(1);
    run.refuse(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
         Authorization=AWS4-HMAC-SHA256 Credential=minio-key/20261127/us-east-1/kinesis/aws4_request, \
         SignedHeaders=host, Signature=fe5f80",
    );
    run.refuse("e.g. keyid/date/region/service/term, got 'minio-key'");
    let (_, sizes_only, with_payloads) = run.end();
    for recording in [sizes_only, with_payloads] {
        let text = text(&recording);
        assert!(text.contains("'Date' header. Authorization="), "{text}");
        for secret in ["minio-key", "fe5f80", "AWS4-HMAC-SHA256"] {
            assert!(!text.contains(secret), "{secret}");
        }
        played(recording);
    }
}

#[test]
fn access_key_ids_of_others_are_numbered_and_the_lab_s_own_are_kept_on_a_stage_too() {
    let header = written::header();
    let mut keeper = Keeper::new(&header);
    let own = header.setup.connection.own_access_key.clone();
    let connection = Connection {
        own_access_key: "KLAB-STAGE".into(),
        ..header.setup.connection.clone()
    };
    let result = Ok(connection);
    keeper.keep(Message::StageOpened { run: 1, result });
    for (key, kept) in [
        (&*own, &*own),
        ("AKIA-A", "KEY1"),
        ("AKIA-B", "KEY2"),
        ("KLAB-STAGE", "KLAB-STAGE"),
        ("AKIA-A", "KEY1"),
        ("kinesis-lab-run-3", "kinesis-lab-run-3"),
        ("", ""),
    ] {
        let mut call = written::called(start(), Detail::None, 0);
        call.caller.access_key = key.into();
        let message = Box::new(Message::Fed(FeedEvent::Called(Arc::new(call))));
        let told = keeper.keep(Message::OnStage { run: 1, message });
        let Some(Message::OnStage { message, .. }) = &told else {
            panic!("{told:?}");
        };
        let Message::Fed(FeedEvent::Called(call)) = &**message else {
            panic!("{told:?}");
        };
        assert_eq!(call.caller.access_key, kept);
    }
}

#[test]
fn a_home_is_written_as_a_tilde() {
    let entries = [(
        start(),
        Entry::Heard(Message::ControlRefused("/home/me/streams is full".into())),
    )];
    let text = text(&written::recording_of("/home/me", &entries));
    assert!(text.contains("~/streams is full"), "{text}");
    // Its header names the work folder.
    assert!(
        text.contains("~/kinesis-lab/streams") && !text.contains("/home/me"),
        "{text}"
    );
}

#[test]
fn forty_five_minutes_at_a_hundred_events_a_second_are_under_20_mb() {
    const MINUTES: usize = 2;
    let bytes = written::busy(MINUTES * 60, 100);
    let whole = bytes.len() / MINUTES * 45;
    assert!(whole < 20_000_000, "{whole}");
    // Enough is in it: each event is sent, told of and read.
    let (entries, none) = all(&bytes);
    assert_eq!(none, None);
    let records: usize = entries
        .iter()
        .map(|entry| entry.matches("Received {").count())
        .sum();
    assert_eq!(records, MINUTES * 60 * 100);
}
