//! What to press for batches, for several readers and workers, and for shards that are split, merged and drained.

use crate::app::action::Action;
use crate::app::model::Model;
use crate::app::producer::settings::BATCHES;
use crate::app::screen::Pane;
use crate::kinesis::StartPosition;
use crate::lesson::step_settings::Act;

/// The next key towards an act, and what it does.
pub(super) fn next_key(model: &Model, act: &Act) -> Option<(Action, String)> {
    if model.streams.name().is_none() {
        return Some((Action::Streams, "create a stream first".into()));
    }
    let runs = model.lesson.script().is_some();
    let consumer = &model.consumer;
    let at_consumer = model.focus == Pane::Consumer;
    let to_consumer = |then: &str| {
        let words = format!("go to the consumer, then {then}");
        (Action::Focus(Pane::Consumer), words)
    };
    let next = match act {
        Act::Batch(_) if runs => (Action::RunHere, "run the command here".to_owned()),
        Act::Batch(_) if model.focus != Pane::Producer => {
            let words = "go to the producer; there i sets a batch and b sends it";
            (Action::Focus(Pane::Producer), words.into())
        }
        Act::Batch(batch)
            if BATCHES[model.producer.auto.settings.batch] < batch.records as usize =>
        {
            let words = format!("let a call carry {} records", batch.records);
            (Action::SendSettings, words)
        }
        Act::Batch(_) => (Action::SendBatch, "send a batch".into()),
        Act::Readers(_) if consumer.start == StartPosition::TrimHorizon && !consumer.running => {
            (Action::Consume, "read all from TRIM_HORIZON".into())
        }
        Act::Readers(_) if runs => (Action::RunHere, "run the command here".into()),
        Act::Readers(_) if consumer.start == StartPosition::Latest && consumer.running => {
            (Action::Send, "send an event now".into())
        }
        Act::Readers(_) => (Action::ChooseStart, "read from another place too".into()),
        Act::Takeover(_) if !consumer.running => (Action::Consume, "start the consumer".into()),
        Act::Takeover(_) if !at_consumer => to_consumer("W and x"),
        Act::Takeover(_) if consumer.workers < 2 => (Action::MoreWorkers, "one worker more".into()),
        Act::Takeover(_) => (Action::KillWorker, "kill a worker".into()),
        Act::Split(_) => (Action::Reshard, "split a shard".into()),
        Act::Merge(_) => (Action::Reshard, "merge two shards".into()),
        Act::Drained(_) if consumer.running => (Action::Send, "send into a child".into()),
        Act::Drained(_) => (Action::Consume, "start the consumer".into()),
        _ => return None,
    };
    Some(next)
}

/// How an act is done, and by which keys.
pub(super) fn hints(act: &Act) -> [String; 2] {
    let (how, keys) = match act {
        Act::Batch(batch) => {
            let keys = format!(
                "Press 2, then i: a call of {} records or more, with keys enough; Esc; then b.",
                batch.records
            );
            return [
                "PutRecords carries up to 500 records in one call. The producer sends one with b."
                    .into(),
                keys,
            ];
        }
        Act::Readers(_) => (
            "One reader begins at TRIM_HORIZON and reads all, another at LATEST and waits for what comes.",
            "Press t, TRIM_HORIZON, Enter and c. Then t, LATEST, Enter, and s after a second.",
        ),
        Act::Takeover(_) => (
            "Two workers hold a shard each. One is killed, and after 10 s the other takes its shard.",
            "Press c, then 3, W, and x once both hold a shard. Then wait for 10 seconds.",
        ),
        Act::Split(_) => (
            "A shard is split where the stream is resharded.",
            "Press R, choose a shard with the arrows, then s and Enter.",
        ),
        Act::Merge(_) => (
            "Two neighbours are merged where the stream is resharded.",
            "Press R, choose the lower of two neighbours with the arrows, then m and Enter.",
        ),
        _ => (
            "A closed shard still holds its records. Read it to its end, then the shards made of it.",
            "Press t, choose TRIM_HORIZON, Enter, and c; the panel's workers keep to the order.",
        ),
    };
    [how.into(), keys.into()]
}

/// What an act is, as it is expected.
pub(super) fn expected(act: &Act) -> String {
    match act {
        Act::Batch(batch) => {
            let mut words = format!("one PutRecords of {} records", batch.records);
            if batch.keys > 1 {
                words += &format!(", with {} different keys", batch.keys);
            }
            if batch.shards > 1 {
                words += &format!(", in {} shards", batch.shards);
            }
            match batch.failed {
                Some(0) => words += ", none of them refused",
                Some(most) => words += &format!(", at most {most} of them refused"),
                None => {}
            }
            words
        }
        Act::Readers(readers) => format!(
            "{} readers: one got all from TRIM_HORIZON, the others only what came later",
            readers.count
        ),
        Act::Takeover(_) => "a worker killed, and its shards taken over by another".into(),
        Act::Split(split) => format!("SplitShard, and {} open shards", split.open),
        Act::Merge(_) => "MergeShards".into(),
        _ => "a closed shard read to its end, and then a shard made of it".into(),
    }
}
