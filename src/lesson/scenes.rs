//! Scenes: demonstrations of small steps, as a lesson's author writes them. The words of these tables are the authors'
//! language; how a step is carried out is not known here.
//!
//! They stand in `lab.toml` as `[[scene]]`, or in the file beside it that `scenes = "..."` names.

mod deeds;
mod expectations;

use std::sync::Arc;

use serde::Deserialize;

pub use deeds::{
    Again, Clock, Create, Deed, Fault, Kill, MOST_RECORDS, Merge, Put, Read, Records, Retain,
    Split, StartAt, Throttle,
};
pub use expectations::Expectations;

use super::step_settings::Nothing;

/// How long the words of a step may be on a screen that is read from the last row.
pub const MOST_LINES: usize = 3;
/// See [`MOST_LINES`]; in columns.
pub const MOST_COLUMNS: usize = 60;

/// A file of scenes only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SceneFile {
    /// The scenes, in their order.
    #[serde(default, rename = "scene")]
    pub scenes: Vec<Scene>,
    /// The text that they were read from.
    #[serde(skip)]
    pub text: Arc<str>,
}

/// A demonstration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scene {
    /// Its title.
    pub title: String,
    /// The heading of the page where it is offered; none: anywhere.
    #[serde(default)]
    pub page: Option<String>,
    /// Its steps, in their order.
    #[serde(default, rename = "step")]
    pub steps: Vec<SceneStep>,
}

/// A step of a scene: words, a question, or one deed, and what must hold afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct SceneStep {
    /// What the room reads.
    pub say: Option<String>,
    /// What only the instructor reads, on the second screen.
    pub note: Option<String>,
    /// What is shown from here on.
    pub show: Option<Show>,
    /// A question to the room. Its answer stays hidden until `reveal`.
    pub predict: Option<ScenePrediction>,
    /// What is done.
    pub deed: Option<Deed>,
    /// What must hold afterwards.
    pub expect: Expectations,
}

/// What stands in the middle of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Show {
    /// The shards as lanes.
    #[default]
    Lanes,
    /// What is put.
    Producer,
    /// What is read.
    Consumer,
    /// What the stream is put through.
    Numbers,
    /// The same events as a batch and as a stream.
    Batch,
    /// The lesson's page.
    Lesson,
}

/// A question to the room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenePrediction {
    /// What is asked.
    pub ask: String,
    /// What can be answered, a, b, c…
    pub options: Vec<String>,
    /// The letter of what will be seen.
    pub answer: String,
    /// Why, in a sentence or two; shown with the answer.
    pub why: String,
}

impl ScenePrediction {
    /// The option that is right, 0 is a; `None` if the answer is no letter of an option.
    pub fn answer(&self) -> Option<usize> {
        super::step_settings::option_of(&self.answer, self.options.len())
    }
}

/// A step as it is written: a member a deed, of which there is one at most.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    say: Option<String>,
    note: Option<String>,
    show: Option<Show>,
    predict: Option<ScenePrediction>,
    create: Option<Create>,
    put: Option<Put>,
    read: Option<Read>,
    split: Option<Split>,
    merge: Option<Merge>,
    retain: Option<Retain>,
    kill: Option<Kill>,
    fault: Option<Fault>,
    clock: Option<Clock>,
    reveal: Option<Nothing>,
    #[serde(default)]
    expect: Expectations,
}

impl TryFrom<Written> for SceneStep {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let deeds = [
            written.create.map(Deed::Create),
            written.put.map(Deed::Put),
            written.read.map(Deed::Read),
            written.split.map(Deed::Split),
            written.merge.map(Deed::Merge),
            written.retain.map(Deed::Retain),
            written.kill.map(Deed::Kill),
            written.fault.map(Deed::Fault),
            written.clock.map(Deed::Clock),
            written.reveal.map(|_| Deed::Reveal),
        ];
        let mut deeds: Vec<Deed> = deeds.into_iter().flatten().collect();
        if deeds.len() > 1 {
            let words: Vec<&str> = deeds.iter().map(Deed::word).collect();
            return Err(format!(
                "a step does one thing, and this one has {}: make a [[scene.step]] of each",
                words.join(" and ")
            ));
        }
        Ok(Self {
            say: written.say,
            note: written.note,
            show: written.show,
            predict: written.predict,
            deed: deeds.pop(),
            expect: written.expect,
        })
    }
}

/// Reads a file of scenes; an error says where and what, for its author.
pub fn scenes(toml: &str) -> Result<SceneFile, String> {
    let file: SceneFile = toml::from_str(toml).map_err(|error| error.to_string())?;
    Ok(SceneFile {
        text: toml.into(),
        ..file
    })
}

/// Whether this is the plain name of a file beside the lesson: no path leads elsewhere from it.
pub fn is_plain_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0'])
}

#[cfg(test)]
mod tests;
