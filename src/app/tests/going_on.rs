//! Scripts about going on with reading: after a stop, in a run right behind another, and after the lab was killed.

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::lanes::{Caret, Doing, Stand, carets};
use crate::app::message::*;
use crate::app::*;
use crate::kinesis::{ShardId, StartPosition};
use crate::progress::Progress;

const STREAM: &str = "my-first-stream";

/// The panel's reader of a shard, as its worker asks.
fn reader(lab: &Lab, index: usize) -> ReaderId {
    ReaderId {
        run: lab.model.consumer.run,
        index,
        turn: lab.model.consumer.readers[index].turn,
    }
}

/// The records shown, and whether each is marked as one that came again.
fn shown(lab: &Lab) -> Vec<(&str, bool)> {
    let log = lab.model.consumer.log.iter();
    log.map(|(_, it)| (it.record.sequence.as_str(), it.repeat))
        .collect()
}

/// The worker's caret in the first lane.
fn caret(lab: &Lab) -> Caret {
    let mut all = carets(&lab.model).into_iter();
    let found = all.find(|caret| caret.own && caret.shard == ShardId::from_index(0));
    found.expect("a caret")
}

/// Chooses to go on from the checkpoints.
fn resume(lab: &mut Lab) {
    lab.key('t').press(KeyCode::Up).enter();
    assert_eq!(lab.model.consumer.start_word(), "checkpoint");
    lab.effects.clear();
}

/// What was saved last of a lab that is killed at this moment, with no chance to say goodbye.
fn killed(lab: &Lab) -> Progress {
    let mut effects = lab.effects.iter().rev();
    let saved = effects.find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(Progress::clone(progress)),
        _ => None,
    });
    saved.expect("something was saved")
}

/// The next run of the lab, on the same stream.
fn next(progress: Progress) -> Lab {
    let mut setup = setup(ConnectionKind::Local);
    setup.progress = progress;
    let mut lab = Lab::start(setup);
    lab.listed(&[STREAM]).described(STREAM, 2);
    lab
}

/// Reads 10 and 11, which are written down in the lease table, and then 12, which is not.
fn read_beyond_the_checkpoint() -> Lab {
    let mut lab = Lab::with_stream();
    lab.key('c').open_readers();
    let first = reader(&lab, 0);
    lab.read(first, &["10", "11"]).wait(6.0);
    lab.read(first, &["12"]).wait(1.1);
    lab
}

#[test]
fn what_a_killed_lab_had_worked_on_beyond_its_checkpoints_comes_again_with_its_mark() {
    let mut lab = next(killed(&read_beyond_the_checkpoint()));
    resume(&mut lab);
    lab.key('c');
    let (first, start) = lab.opening();
    assert_eq!(start, StartPosition::AfterSequenceNumber("11".into()));
    lab.opened(first, Ok("iterator")).read(first, &["12", "13"]);
    assert_eq!(shown(&lab), [("12", true), ("13", false)]);
    assert_eq!(lab.model.consumer.repeats(), 1);
}

#[test]
fn a_lab_that_was_killed_before_its_first_checkpoint_marks_what_comes_again() {
    let mut lab = Lab::with_stream();
    lab.key('c').open_readers();
    let first = reader(&lab, 0);
    lab.read(first, &["10", "11"]).wait(1.1);
    let mut lab = next(killed(&lab));
    resume(&mut lab);
    lab.key('c');
    assert!(lab.status().contains("No checkpoint"), "{}", lab.status());
    let (first, start) = lab.opening();
    assert_eq!(start, StartPosition::TrimHorizon);
    lab.opened(first, Ok("iterator"))
        .read(first, &["10", "11", "12"]);
    assert_eq!(shown(&lab), [("10", true), ("11", true), ("12", false)]);
}

#[test]
fn who_begins_anew_after_a_kill_reads_nothing_again() {
    let mut lab = next(killed(&read_beyond_the_checkpoint()));
    lab.effects.clear();
    lab.key('c').open_readers();
    let first = reader(&lab, 0);
    lab.read(first, &["10", "11"]);
    assert_eq!(shown(&lab), [("10", false), ("11", false)]);
}

#[test]
fn until_a_fresh_run_has_a_checkpoint_the_earlier_ones_can_be_gone_on_from() {
    let mut lab = next(killed(&read_beyond_the_checkpoint()));
    lab.effects.clear();
    lab.key('c').open_readers();
    let first = reader(&lab, 0);
    lab.read(first, &["10"]).wait(3.0);
    let kept = |lab: &Lab| {
        let kept = consumer::kept_reading(&lab.model).expect("checkpoints");
        kept.checkpoints["shardId-000000000000"].clone()
    };
    assert_eq!(kept(&lab), "11", "of the run before");
    lab.wait(4.0);
    assert_eq!(kept(&lab), "10", "of this run");
}

#[test]
fn after_a_kill_and_a_resume_the_caret_stands_at_the_checkpoint_until_something_is_given() {
    let after = |number: &str| Stand::After(number.into());
    let mut lab = next(killed(&read_beyond_the_checkpoint()));
    resume(&mut lab);
    lab.key('c');
    let (first, _) = lab.opening();
    assert_eq!(caret(&lab).stand, after("11"));
    lab.opened(first, Ok("iterator")).read(first, &[]);
    assert_eq!(
        (caret(&lab).stand, caret(&lab).doing),
        (after("11"), Doing::Reads)
    );
    lab.read(first, &["12", "13"]);
    assert_eq!(caret(&lab).stand, after("13"));
    lab.key('c');
    assert_eq!(
        (caret(&lab).stand, caret(&lab).doing),
        (after("13"), Doing::Stopped),
        "a polite stop writes down how far it came"
    );
}

#[test]
fn a_stop_says_where_the_next_run_will_begin() {
    let stop = |prepare: &dyn Fn(&mut Lab)| {
        let mut lab = Lab::with_stream();
        prepare(&mut lab);
        lab.key('c').open_readers();
        let first = reader(&lab, 0);
        lab.read(first, &["10"]).key('c');
        lab.status().to_owned()
    };
    assert!(stop(&|_| {}).ends_with("c reads them again."));
    let latest = stop(&|lab| lab.model.consumer.start = StartPosition::Latest);
    assert!(latest.ends_with("c waits for new ones, t reads the old ones."));
    assert_eq!(
        stop(&resume),
        "The consumer stopped. Its checkpoints are kept; c goes on from them."
    );
}

#[test]
fn a_run_right_behind_another_asks_no_shard_sooner_than_its_share() {
    let mut lab = Lab::with_stream();
    lab.model.consumer.settings.poll = chrono::TimeDelta::milliseconds(consumer::POLLS[0]);
    let mut asked: Vec<Vec<i64>> = vec![Vec::new(); 2];
    for round in 0..60 {
        match round % 3 {
            0 => lab.key('c'),
            _ => lab.wait(0.07),
        };
        while let Some(request) = lab.request() {
            match request {
                Request::OpenIterator { reader, .. } => {
                    lab.opened(reader, Ok("iterator"));
                }
                Request::GetRecords { reader, .. } => {
                    asked[reader.index].push(lab.now.timestamp_millis());
                    lab.read(reader, &[]);
                }
                _ => {}
            }
        }
    }
    for calls in asked {
        assert!(calls.len() > 5, "{calls:?}");
        let gaps = calls.windows(2).map(|pair| pair[1] - pair[0]);
        assert!(gaps.clone().all(|gap| gap >= 200), "{:?}", gaps.min());
    }
}

#[test]
fn a_new_run_is_not_busy_with_what_the_last_one_took() {
    let mut lab = Lab::with_stream();
    lab.model.consumer.settings.speed = Some(1);
    for _ in 0..2 {
        lab.key('c').open_readers();
        let first = reader(&lab, 0);
        lab.read(first, &["10", "11", "12"]);
        assert_eq!(shown(&lab), [("10", false)], "the first of them at once");
        lab.key('c');
    }
}
