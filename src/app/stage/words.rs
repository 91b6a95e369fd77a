//! What a step of a scene will do, in words, before it does it.

use crate::app::lab_clock::in_words;
use crate::lesson::scenes::{Again, Deed, Fault, Put, Records, SceneStep};

/// How many keys are named before the rest is counted.
const NAMED: usize = 6;

/// What the next step does.
pub(super) fn about(step: &SceneStep) -> String {
    match (&step.deed, &step.predict, &step.say) {
        (Some(deed), ..) => of_deed(deed),
        (None, Some(_), _) => "asks the room a question".into(),
        (None, None, Some(_)) => "says how it goes on".into(),
        (None, None, None) => "shows something else".into(),
    }
}

/// Why a step is not done here, as the end of a sentence.
pub(super) fn skipped(step: &SceneStep) -> &'static str {
    match &step.deed {
        Some(Deed::Clock(_)) => "the clock can be moved on the lab's own server only",
        Some(Deed::Fault(_)) => "faults can be had on the lab's own server only",
        _ => "it builds on a step that was skipped",
    }
}

/// Words as a sentence begins.
pub(super) fn capital(words: &str) -> String {
    let mut rest = words.chars();
    let first = rest.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + rest.as_str()
}

/// What is said at the end of a scene.
pub(super) fn over(index: usize, scenes: usize) -> String {
    match index + 1 < scenes {
        true => format!(
            "The scene is over. n goes on with the lesson, ] leads to scene {} of {scenes}.",
            index + 2
        ),
        false => "The last scene is over. n goes on with the lesson.".into(),
    }
}

fn of_deed(deed: &Deed) -> String {
    match deed {
        Deed::Create(create) => format!(
            "creates {} with {}",
            create.stream,
            counted(create.shards, "shard")
        ),
        Deed::Put(put) => of_put(put),
        Deed::Read(read) => {
            let workers = match read.workers {
                1 => String::new(),
                n => format!(" with {n} workers"),
            };
            let speed = match read.speed {
                Some(speed) => format!(", {} a second each", counted(speed, "record")),
                None => String::new(),
            };
            format!("reads from {}{workers}{speed}", read.from.word())
        }
        Deed::Split(split) => format!("splits shard {}", split.shard),
        Deed::Merge(merge) => {
            let [one, other] = merge.shards;
            format!("merges shards {one} and {other}")
        }
        Deed::Retain(retain) => format!("lets records be kept {} h", retain.hours),
        Deed::Kill(kill) => format!("kills worker {}", kill.worker),
        Deed::Fault(fault) => of_fault(fault),
        Deed::Clock(clock) => format!(
            "moves the stage's clock {} forward",
            in_words(clock.seconds)
        ),
        Deed::Reveal => "reveals the answer".into(),
    }
}

fn of_put(put: &Put) -> String {
    let how = if put.batch { " as a batch" } else { "" };
    match &put.records {
        Records::Keys(keys) if keys.len() > NAMED => {
            let records = counted(keys.len() as u32, "record");
            format!("puts {records}{how}: {}, …", keys[..NAMED].join(", "))
        }
        Records::Keys(keys) => format!("puts {}{how}", keys.join(", ")),
        Records::Count(key, count) => {
            format!("puts {} of {key}{how}", counted(*count, "record"))
        }
        Records::Users(count) => {
            format!(
                "puts {}{how}, each of a key of its own",
                counted(*count, "record")
            )
        }
        Records::Again(Again::Failed) => format!("sends what failed again{how}"),
        Records::Again(Again::All) => format!("sends all of it again{how}"),
    }
}

fn of_fault(fault: &Fault) -> String {
    match fault {
        Fault::LoseReplies(1) => "lets the reply to the next put be lost".into(),
        Fault::LoseReplies(times) => format!("lets the replies to the next {times} puts be lost"),
        Fault::Throttle(throttle) => {
            let by = match throttle.shard {
                Some(shard) => format!("shard {shard}"),
                None => "the stream".into(),
            };
            match throttle.times {
                1 => format!("lets {by} refuse the next put"),
                n => format!("lets {by} refuse the next {n} puts"),
            }
        }
        Fault::Delay(millis) => format!("lets the next reply come {millis} ms late"),
        Fault::EmptyPages(true) => "lets some reads come back empty".into(),
        Fault::EmptyPages(false) => "lets no read come back empty any more".into(),
        Fault::Clear(_) => "clears all faults".into(),
    }
}

fn counted(count: u32, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}
