//! What a `lab.toml` says of a hands-on step: its checks, hints and predictions. The words of these tables are the
//! authors' language; what they mean on a stream is not known here.

mod pressure;

use serde::Deserialize;

pub use pressure::{Lag, Refused, Retention, Shards, Throttle};

/// What is said of a step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSettings {
    /// The step's heading without `Step N:`.
    pub title: String,
    /// Up to three, from a nudge to the whole way.
    #[serde(default)]
    pub hints: Vec<String>,
    /// What must be seen on the stream.
    #[serde(default, rename = "check")]
    pub checks: Vec<CheckSettings>,
    /// What the learner predicts before acting.
    #[serde(default, rename = "predict")]
    pub predictions: Vec<PredictionSettings>,
}

/// Something that must be seen for a step to be done.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSettings {
    /// The words beside its mark.
    pub says: String,
    /// What must be seen.
    pub when: Act,
    /// From when on it counts.
    #[serde(default)]
    pub since: Since,
}

/// From when on an act counts for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Since {
    /// Whenever it was done in this lesson: who is ahead of the text has done it all the same.
    #[default]
    Lesson,
    /// Since this step was reached: its page was opened, or all steps before it were done.
    Step,
}

/// A question of one key before a live step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictionSettings {
    /// What is asked.
    pub ask: String,
    /// What can be answered, a, b, c…
    pub options: Vec<String>,
    /// The letter of what will be seen.
    pub answer: String,
    /// Why, in a sentence or two; shown with the outcome.
    pub why: String,
    /// What must be seen before the outcome is shown.
    pub when: Act,
    /// The misconception that each option shows, in the options' order; empty for none.
    #[serde(default)]
    pub misconceptions: Vec<String>,
}

impl PredictionSettings {
    /// The option that will be seen, 0 is a; `None` if the answer is no letter of an option.
    pub fn answer(&self) -> Option<usize> {
        option_of(&self.answer, self.options.len())
    }
}

/// The option that a letter means, 0 is a; `None` if it is the letter of none of so many.
pub(super) fn option_of(answer: &str, options: usize) -> Option<usize> {
    let mut letters = answer.trim().chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?;
    let index = (letter.to_ascii_lowercase() as usize).checked_sub('a' as usize)?;
    (index < options).then_some(index)
}

/// Something that a learner does on purpose, in a panel or by a program.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A stream is created, or found there by whoever wanted to create it.
    Create(Create),
    /// Records are put.
    Put(Put),
    /// Records are read.
    Read(Read),
    /// A record that was read before is read again.
    Reread(Nothing),
    /// A read returns a record newer than all that was read before.
    ReadNew(Nothing),
    /// A LATEST iterator is issued, returns nothing, and then exactly what was put after it.
    Latest(Nothing),
    /// A call of this operation succeeds.
    Call(Call),
    /// A file of the lesson is written into the work folder, or a program runs it from elsewhere.
    File(File),
    /// A record is opened in full.
    Open(Nothing),
    /// The panel's consumer has so many workers.
    Workers(Workers),
    /// A shard refuses records, since it takes no more in a second.
    Throttle(Throttle),
    /// What was refused, and only that, is sent again after a pause, until all of it is stored.
    Retry(Nothing),
    /// The stream's shards are changed until so many are open.
    Shards(Shards),
    /// A reader falls behind, more from answer to answer, and catches up.
    Lag(Lag),
    /// The stream is told to keep its records so long.
    Retention(Retention),
    /// A call of an operation is refused with an error.
    Refused(Refused),
    /// Records go, since they are older than the stream keeps them.
    Trimmed(Nothing),
    /// Records are worked on again that were worked on after the checkpoint from which somebody goes on.
    Repeats(Nothing),
    /// One call of PutRecords carries so many records.
    Batch(Batch),
    /// So many readers begin at different places: one reads all from TRIM_HORIZON, the others only what came later.
    Readers(Readers),
    /// A worker of the panel is killed, and another one takes its shards over.
    Takeover(Nothing),
    /// A shard is split.
    Split(Split),
    /// Two shards are merged.
    Merge(Nothing),
    /// A closed shard is read to its end, and then a shard that was made of it.
    Drained(Nothing),
    /// The stream is deleted.
    Delete(Nothing),
    /// Any one of these, where there is more than one way: `when.any = [{ file = { name = "a.py" } }, { create = {} }]`.
    Any(Vec<Act>),
}

/// Nothing more is to be said: `when.delete = {}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// How a stream is created.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    /// With so many shards at least.
    #[serde(default = "one")]
    pub shards: u32,
}

/// What is put.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Put {
    /// So many records at least.
    #[serde(default = "one")]
    pub records: u32,
    /// With so many different partition keys at least.
    #[serde(default = "one")]
    pub keys: u32,
    /// Into so many different shards at least.
    #[serde(default = "one")]
    pub shards: u32,
    /// Only records with this partition key count.
    #[serde(default)]
    pub key: Option<String>,
}

/// What is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// From an iterator of this type, e.g. `TRIM_HORIZON`; any if absent.
    #[serde(default)]
    pub from: Option<String>,
    /// So many records at least; if absent, all that were there when the reading began, over all shards.
    #[serde(default)]
    pub records: Option<u32>,
}

/// Which call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The operation's name, e.g. `DescribeStream`.
    pub operation: String,
}

/// Which file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name.
    pub name: String,
}

/// How many workers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workers {
    /// So many at least.
    pub count: u32,
}

/// What one call of PutRecords carries.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// So many records at least.
    #[serde(default = "two")]
    pub records: u32,
    /// With so many different partition keys at least.
    #[serde(default = "one")]
    pub keys: u32,
    /// Stored in so many different shards at least.
    #[serde(default = "one")]
    pub shards: u32,
    /// So many of them failed at most; any number if absent.
    #[serde(default)]
    pub failed: Option<u32>,
}

/// How many readers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readers {
    /// So many at least.
    #[serde(default = "two")]
    pub count: u32,
}

/// How a shard is split.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// So many shards are open afterwards at least.
    #[serde(default = "two")]
    pub open: u32,
}

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::settings;

    #[test]
    fn a_step_s_checks_hints_and_predictions_are_read() {
        let text = r#"
            [[step]]
            title = "Run the producer"
            hints = ["Look at the keys.", "Press s.", "Press s three times."]
            [[step.check]]
            says = "three events of two users"
            when.put = { records = 3, keys = 2 }
            [[step.check]]
            says = "the stream is gone"
            since = "step"
            when.delete = {}
            [[step.predict]]
            ask = "Which shard gets carol?"
            options = ["shard 0", "shard 1"]
            answer = "B"
            why = "Her hash begins with a9."
            when.put = { key = "carol" }
        "#;
        let settings = settings(text).expect("well formed");
        let step = settings.step("run the producer").expect("it is there");
        let put = |records, keys, key: Option<&str>| {
            Act::Put(Put {
                records,
                keys,
                shards: 1,
                key: key.map(str::to_owned),
            })
        };
        assert_eq!(step.checks[0].when, put(3, 2, None));
        assert_eq!(
            (&step.checks[1].when, step.checks[1].since),
            (&Act::Delete(Nothing {}), Since::Step)
        );
        assert_eq!(step.predictions[0].when, put(1, 1, Some("carol")));
        assert_eq!(step.predictions[0].answer(), Some(1));
        assert_eq!(step.hints.len(), 3);
    }

    #[test]
    fn a_misspelt_act_or_member_is_refused_where_it_stands() {
        let check = |line: &str, word: &str| {
            let text =
                format!("[[step]]\ntitle = \"x\"\n[[step.check]]\nsays = \"y\"\nwhen.{line}\n");
            let error = settings(&text).expect_err("refused");
            assert!(error.contains("line 5") && error.contains(word), "{error}");
        };
        check("putt = { records = 3 }", "putt");
        check("put = { record = 3 }", "record");
        check("call = {}", "operation");
    }
}
