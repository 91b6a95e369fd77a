//! What to press for an act that a step asks for. Plain words, made from the act alone and what is at hand.

mod pressure;
mod teamwork;

use crate::app::action::Action;
use crate::app::model::Model;
use crate::app::screen::Pane;
use crate::kinesis::StartPosition;
use crate::lesson::step_settings::Act;

/// The next key towards an act, and what it does in a few words; `None` where no key of the lab does it.
pub(super) fn next_key(model: &Model, act: &Act) -> Option<(Action, String)> {
    let no_stream = model.streams.name().is_none();
    let consumer = &model.consumer;
    let runs = model.lesson.script().is_some();
    let (action, words) = match act {
        Act::Create(_) | Act::Put(_) | Act::Read(_) | Act::Reread(_) | Act::ReadNew(_) if runs => {
            (Action::RunHere, "run the command here".to_owned())
        }
        Act::Any(acts) => return acts.iter().find_map(|act| next_key(model, act)),
        Act::File(_) if !model.lesson.blocks.is_empty() => {
            (Action::WriteBlock, "write it to its file".into())
        }
        Act::Create(_) => (Action::Streams, "create a stream".into()),
        Act::Put(_) | Act::Read(_) | Act::Reread(_) | Act::ReadNew(_) | Act::Latest(_)
            if no_stream =>
        {
            (Action::Streams, "create a stream first".into())
        }
        Act::Put(put) => match &put.key {
            Some(key) if model.producer.preview().0 != *key => {
                (Action::EditEvent, format!("make {key} the key"))
            }
            Some(key) => (Action::Send, format!("send {key}'s event")),
            None => (Action::Send, "send an event".into()),
        },
        Act::Latest(_) if consumer.start != StartPosition::Latest => {
            (Action::ChooseStart, "start at LATEST".into())
        }
        Act::Latest(_) if consumer.running => (Action::Send, "send an event now".into()),
        Act::Read(read)
            if read
                .from
                .as_deref()
                .is_some_and(|from| from != consumer.start_word()) =>
        {
            let from = read.from.as_deref().unwrap_or("TRIM_HORIZON");
            (Action::ChooseStart, format!("start at {from}"))
        }
        Act::Read(_) | Act::Reread(_) | Act::ReadNew(_) | Act::Latest(_) => {
            let words = match consumer.running {
                true => "stop the consumer, then start it again",
                false => "start the consumer",
            };
            (Action::Consume, words.into())
        }
        Act::Open(_) if model.focus == Pane::Consumer => (Action::Open, "open a record".into()),
        Act::Open(_) => (
            Action::Focus(Pane::Consumer),
            "go to the records, then Enter".into(),
        ),
        Act::Workers(_) if model.focus == Pane::Consumer => {
            (Action::MoreWorkers, "one worker more".into())
        }
        Act::Workers(_) => (
            Action::Focus(Pane::Consumer),
            "go to the consumer, then W".into(),
        ),
        Act::Batch(_)
        | Act::Readers(_)
        | Act::Takeover(_)
        | Act::Split(_)
        | Act::Merge(_)
        | Act::Drained(_) => return teamwork::next_key(model, act),
        Act::Delete(_) => (Action::Streams, "delete the stream".into()),
        Act::Call(_) | Act::File(_) => return None,
        Act::Throttle(_)
        | Act::Retry(_)
        | Act::Shards(_)
        | Act::Lag(_)
        | Act::Retention(_)
        | Act::Refused(_)
        | Act::Trimmed(_)
        | Act::Repeats(_) => return pressure::next_key(model, act),
    };
    Some((action, words))
}

/// Three hints for an act, from a nudge to the whole way: for steps whose author wrote none.
pub(super) fn hints(says: &str, act: &Act) -> [String; 3] {
    let nudge = format!("Still open here: {says}.");
    let two = match act {
        Act::Any(acts) => match acts.first() {
            Some(act) => return hints(says, act),
            None => return [nudge.clone(), nudge.clone(), nudge],
        },
        Act::Create(_) => [
            "A stream is created by CreateStream: from the lab's dialog, or by a program.".into(),
            "Press D, choose the number of shards with the arrows, then Enter.".into(),
        ],
        Act::Put(put) => {
            let events = match (put.records, put.keys) {
                (1, _) => "one record".to_owned(),
                (records, 1) => format!("{records} records"),
                (records, keys) => format!("{records} records with {keys} different keys"),
            };
            let key = match &put.key {
                Some(key) => format!("p, then {key} as the key, then Enter, then s"),
                None if put.keys > 1 || put.shards > 1 => {
                    "s; then p, another key, Enter and s again".into()
                }
                None => format!("s, {} in all", times(put.records)),
            };
            let shards = match put.shards {
                0 | 1 => String::new(),
                shards => format!(" They have to lie in {shards} shards: the key decides which."),
            };
            [
                format!("The stream is to hold {events}.{shards} A panel or a program may send."),
                format!("Press {key}."),
            ]
        }
        Act::Read(read) => {
            let from = read.from.as_deref().unwrap_or("TRIM_HORIZON");
            [
                format!("A consumer has to begin at {from} and read every shard."),
                format!(
                    "Press t, choose {from} with the arrows, Enter; then c if it does not run."
                ),
            ]
        }
        Act::Reread(_) => [
            "Records stay when they are read. Read the same ones once more.".into(),
            "Press t, choose TRIM_HORIZON, Enter; when the records are there, do it again.".into(),
        ],
        Act::ReadNew(_) => [
            "Something new has to be sent, and then read.".into(),
            "Press s; then c, if the consumer does not run.".into(),
        ],
        Act::Latest(_) => [
            "LATEST is fixed when the reading begins. Only what is sent after it comes.".into(),
            "Press t, choose LATEST, Enter; then c if it does not run; wait a second, then s."
                .into(),
        ],
        Act::Call(call) => [
            format!(
                "{} has to be called, by the lab or by a program.",
                call.operation
            ),
            format!(
                "With the AWS CLI in another terminal: aws kinesis {}.",
                kebab(&call.operation)
            ),
        ],
        Act::File(file) => [
            format!("The lesson's code belongs into a file named {}.", file.name),
            format!(
                "Save the code block of this step as {}, then run it.",
                file.name
            ),
        ],
        Act::Open(_) => [
            "A record can be seen in full, with every digit of its number.".into(),
            "Press 3, choose a record with the arrows, then Enter.".into(),
        ],
        Act::Workers(workers) => [
            "Workers of one consumer share the shards among them.".into(),
            format!("Press 3, then W until there are {} workers.", workers.count),
        ],
        Act::Batch(_)
        | Act::Readers(_)
        | Act::Takeover(_)
        | Act::Split(_)
        | Act::Merge(_)
        | Act::Drained(_) => teamwork::hints(act),
        Act::Delete(_) => [
            "A stream is deleted where streams are listed.".into(),
            "Press D, choose it with the arrows, x, then Enter.".into(),
        ],
        Act::Throttle(_)
        | Act::Retry(_)
        | Act::Shards(_)
        | Act::Lag(_)
        | Act::Retention(_)
        | Act::Refused(_)
        | Act::Trimmed(_)
        | Act::Repeats(_) => pressure::hints(act).unwrap_or_default(),
    };
    let [how, keys] = two;
    [nudge, how, keys]
}

/// What an act is, as it is expected.
pub(super) fn expected(act: &Act) -> String {
    match act {
        Act::Any(acts) => {
            let each: Vec<String> = acts.iter().map(expected).collect();
            each.join(", or ")
        }
        Act::Create(create) if create.shards > 1 => {
            format!("CreateStream with {} shards or more", create.shards)
        }
        Act::Create(_) => "CreateStream".into(),
        Act::Put(put) => {
            let mut words = format!("{} put", several(put.records, "record"));
            if let Some(key) = &put.key {
                words += &format!(", with the key {key}");
            }
            if put.keys > 1 {
                words += &format!(", with {} different keys", put.keys);
            }
            if put.shards > 1 {
                words += &format!(", in {} shards", put.shards);
            }
            words
        }
        Act::Read(read) => {
            let what = match read.records {
                Some(records) => several(records, "record"),
                None => "every record that was there, from every shard".into(),
            };
            match &read.from {
                Some(from) => format!("{what}, read from {from}"),
                None => format!("{what}, read"),
            }
        }
        Act::Reread(_) => "records read that were read before".into(),
        Act::ReadNew(_) => "a record read that is newer than all read before".into(),
        Act::Latest(_) => {
            "a reading from LATEST: nothing, then exactly what was put after it".into()
        }
        Act::Call(call) => format!("a call of {}", call.operation),
        Act::File(file) => format!("{} written into the work folder, or run", file.name),
        Act::Open(_) => "a record opened in full".into(),
        Act::Workers(workers) => {
            format!("{} in the consumer panel", several(workers.count, "worker"))
        }
        Act::Batch(_)
        | Act::Readers(_)
        | Act::Takeover(_)
        | Act::Split(_)
        | Act::Merge(_)
        | Act::Drained(_) => teamwork::expected(act),
        Act::Delete(_) => "DeleteStream".into(),
        Act::Throttle(_)
        | Act::Retry(_)
        | Act::Shards(_)
        | Act::Lag(_)
        | Act::Retention(_)
        | Act::Refused(_)
        | Act::Trimmed(_)
        | Act::Repeats(_) => pressure::expected(act).unwrap_or_default(),
    }
}

/// `1 record`, `3 records`.
fn several(count: u32, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

fn times(count: u32) -> String {
    match count {
        0 | 1 => "once".into(),
        2 => "twice".into(),
        n => format!("{n} times"),
    }
}

/// `DescribeStream` as the AWS CLI writes it: `describe-stream`.
fn kebab(operation: &str) -> String {
    let mut name = String::new();
    for letter in operation.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::step_settings::{Call, Nothing, Put};

    #[test]
    fn every_act_has_three_hints_that_go_from_a_nudge_to_the_keys() {
        let check = |act: Act, keys: &str| {
            let [nudge, _, last] = hints("it is done", &act);
            assert!(nudge.contains("it is done"), "{nudge}");
            assert!(last.contains(keys), "{last}");
        };
        let put = |records, keys, key: Option<&str>| {
            Act::Put(Put {
                records,
                keys,
                shards: 1,
                key: key.map(str::to_owned),
            })
        };
        check(put(3, 1, None), "Press s, 3 times in all.");
        check(put(3, 2, None), "another key");
        check(put(1, 1, Some("carol")), "p, then carol as the key");
        check(Act::Delete(Nothing {}), "Press D");
        check(Act::Any(vec![Act::Latest(Nothing {})]), "choose LATEST");
        let operation = "DescribeStreamSummary".into();
        check(Act::Call(Call { operation }), "describe-stream-summary");
    }
}
