//! What to press for acts around limits, lag, retention and crashes; and what they are.

use super::several;
use crate::app::action::Action;
use crate::app::model::Model;
use crate::app::screen::Pane;
use crate::lesson::step_settings::Act;

/// The next key towards an act, and what it does; `None` where no key of the lab does it, or where the act is another.
pub(super) fn next_key(model: &Model, act: &Act) -> Option<(Action, String)> {
    let consumer = |word: &str| match model.focus {
        Pane::Consumer => None,
        _ => Some((
            Action::Focus(Pane::Consumer),
            format!("go to the consumer, then {word}"),
        )),
    };
    match act {
        Act::Throttle(_) | Act::Retry(_) | Act::Refused(_) if model.lesson.script().is_some() => {
            Some((Action::RunHere, "run the command here".into()))
        }
        Act::Shards(_) => Some((Action::Reshard, "change the shards".into())),
        Act::Retention(_) => Some((Action::Reshard, "set the hours of retention".into())),
        Act::Trimmed(_) => Some((Action::Server, "move the lab's clock".into())),
        Act::Lag(_) => consumer("i"),
        Act::Repeats(_) => consumer("x"),
        _ => None,
    }
}

/// How it is done, and the whole way; `None` where the act is another.
pub(super) fn hints(act: &Act) -> Option<[String; 2]> {
    let two = |how: &str, keys: String| Some([how.to_owned(), keys]);
    match act {
        Act::Throttle(_) => two(
            "A shard takes 1,000 records a second. More have to be put within one second, in batches.",
            "Run the step's script, or put six batches of 500 records within a second.".into(),
        ),
        Act::Retry(_) => two(
            "The answer to PutRecords has a result for each record, in order. Those with an ErrorCode were not stored.",
            "Send exactly these again, after a pause that grows from try to try, until none is left.".into(),
        ),
        Act::Shards(shards) => two(
            "Shards are split, merged or counted anew in one dialog.",
            format!("Press R, then n, set {} with the arrows, Enter.", shards.open),
        ),
        Act::Lag(lag) => two(
            "A reader falls behind when more comes in than it works on.",
            format!(
                "Press S and + until more comes in; 3, i, a slower worker, c; wait until it is {} s behind, then make it quicker.",
                lag.seconds
            ),
        ),
        Act::Retention(retention) => two(
            "How long records are kept is set for each stream.",
            format!(
                "Press R, then h, set {} h with the arrows, Enter.",
                retention.hours
            ),
        ),
        Act::Refused(refused) => two(
            "This call has to be made, and to be refused: read what the error says.",
            format!(
                "A program calls {}; the error is {}.",
                refused.operation, refused.error
            ),
        ),
        Act::Trimmed(_) => two(
            "Records go when they are older than the stream keeps them. The lab's clock can be moved there.",
            "Press F, choose 24 hours forward with the arrows, Enter.".into(),
        ),
        Act::Repeats(_) => two(
            "A worker that is killed has not written down its last records: they come again.",
            "Press 3, then W for a second worker; x kills one. Ten seconds later its lease expires.".into(),
        ),
        _ => None,
    }
}

/// What the act is, as it is expected; `None` where it is another.
pub(super) fn expected(act: &Act) -> Option<String> {
    Some(match act {
        Act::Throttle(throttle) => format!(
            "{} refused by their shard for want of throughput",
            several(throttle.records, "record")
        ),
        Act::Retry(_) => {
            "what was refused, and nothing else, sent again after a pause until all is stored"
                .into()
        }
        Act::Shards(shards) => format!("{} open", several(shards.open, "shard")),
        Act::Lag(lag) => format!(
            "a reader {} s behind, more over {}, then caught up",
            lag.seconds,
            several(lag.answers, "answer")
        ),
        Act::Retention(retention) => format!("a retention of {} h", retention.hours),
        Act::Refused(refused) => {
            format!("{} refused with {}", refused.operation, refused.error)
        }
        Act::Trimmed(_) => "the clock moved, and records gone that were too old".into(),
        Act::Repeats(_) => "records worked on again after the last checkpoint".into(),
        _ => return None,
    })
}
