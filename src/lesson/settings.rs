//! `lab.toml`, which stands beside a lesson and says what its markdown cannot.

use std::sync::Arc;

use serde::Deserialize;

use super::document::slug;
use super::scenes::{Scene, SceneFile};
use super::step_settings::StepSettings;

/// What a `lab.toml` says. Without one a lesson works all the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The stream that the lesson is about; else it is read from the lesson's text.
    #[serde(default)]
    pub stream: Option<String>,
    /// By question.
    #[serde(default, rename = "question")]
    pub questions: Vec<QuestionSettings>,
    /// By hands-on step.
    #[serde(default, rename = "step")]
    pub steps: Vec<StepSettings>,
    /// By learning goal: what shows that it is met.
    #[serde(default, rename = "goal")]
    pub goals: Vec<GoalSettings>,
    /// By page: what the instructor wants to remember there.
    #[serde(default, rename = "note")]
    pub notes: Vec<NoteSettings>,
    /// What learners often believe; options of questions and predictions name these.
    #[serde(default, rename = "misconception")]
    pub misconceptions: Vec<Misconception>,
    /// The name of a file beside it that holds more scenes.
    #[serde(default, rename = "scenes")]
    pub scene_file: Option<String>,
    /// Demonstrations of small steps; those of the scene file come after those that stand here.
    #[serde(default, rename = "scene")]
    pub scenes: Vec<Scene>,
    /// The text that all this was read from.
    #[serde(skip)]
    pub text: Arc<str>,
    /// That of the scene file; empty where there is none.
    #[serde(skip)]
    pub scenes_text: Arc<str>,
}

/// What is said of a question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionSettings {
    /// The question's heading without `Question N:`.
    pub title: String,
    /// Why each option is right or wrong, in the lesson's order.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// The misconception that each option shows when it is answered wrongly, in the same order; empty for none.
    #[serde(default)]
    pub misconceptions: Vec<String>,
    /// The title of the page to look at again after a wrong answer.
    #[serde(default)]
    pub see: Option<String>,
}

/// What shows that a learning goal is met: all of these, done by the learner.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalSettings {
    /// The goal's place in the lesson's list, counted from 1.
    pub number: usize,
    /// Titles of questions that must be answered right, at the first try or later.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Titles of steps that must be done, without `Step N:`.
    #[serde(default)]
    pub steps: Vec<String>,
}

/// What the instructor wants to remember on a page. Only the second screen shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteSettings {
    /// The page's heading, without `Step N:`.
    pub page: String,
    /// The note.
    pub says: String,
}

/// Something that learners often believe and that is not so.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misconception {
    /// How options name it.
    pub id: String,
    /// The belief, as a learner would say it.
    pub says: String,
    /// What is so instead, in a sentence.
    pub truth: String,
    /// The title of the page where it can be seen.
    #[serde(default)]
    pub see: Option<String>,
}

/// Reads a `lab.toml`; an error says where and what, for its author.
pub fn settings(toml: &str) -> Result<Settings, String> {
    let settings: Settings = toml::from_str(toml).map_err(|error| error.to_string())?;
    Ok(Settings {
        text: toml.into(),
        ..settings
    })
}

impl Settings {
    /// Takes in the scenes of the file that it names.
    pub fn take_scenes(&mut self, file: &SceneFile) {
        self.scenes.extend(file.scenes.iter().cloned());
        self.scenes_text = Arc::clone(&file.text);
    }

    /// What is said of the question with this title.
    pub fn question(&self, title: &str) -> Option<&QuestionSettings> {
        let same = |question: &&QuestionSettings| slug(&question.title) == slug(title);
        self.questions.iter().find(same)
    }

    /// What is said of the step with this title, without `Step N:`.
    pub fn step(&self, title: &str) -> Option<&StepSettings> {
        self.steps
            .iter()
            .find(|step| slug(&step.title) == slug(title))
    }

    /// What is said of the learning goal at this place, counted from 1.
    pub fn goal(&self, number: usize) -> Option<&GoalSettings> {
        self.goals.iter().find(|goal| goal.number == number)
    }

    /// The instructor's note on the page with this title, without `Step N:`.
    pub fn note(&self, title: &str) -> Option<&str> {
        let same = |note: &&NoteSettings| slug(&note.page) == slug(title);
        Some(self.notes.iter().find(same)?.says.as_str())
    }

    /// The misconception of this id.
    pub fn misconception(&self, id: &str) -> Option<&Misconception> {
        self.misconceptions.iter().find(|it| it.id == id)
    }

    /// The reasons for a question's options. `None` if their number is not that of the options: one reason at the
    /// wrong option would teach a falsehood.
    pub fn reasons(&self, title: &str, options: usize) -> Option<&[String]> {
        self.question(title)
            .map(|question| question.reasons.as_slice())
            .filter(|reasons| reasons.len() == options)
    }

    /// The ids of the misconceptions that a question's options show, empty for none. `None` if their number is not that of
    /// the options, as with [`Self::reasons`].
    pub fn misconceptions_of(&self, title: &str, options: usize) -> Option<&[String]> {
        self.question(title)
            .map(|question| question.misconceptions.as_slice())
            .filter(|ids| ids.len() == options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_found_by_a_question_s_title() {
        let settings = settings(
            "[[question]]\ntitle = \"Bounded or not?\"\nreasons = [\"it ends\", \"it does not\"]\n",
        )
        .expect("well formed");
        assert_eq!(
            settings.reasons("bounded or not", 2),
            Some(&["it ends".to_owned(), "it does not".to_owned()][..])
        );
        assert_eq!(settings.reasons("bounded or not", 3), None);
        assert_eq!(settings.reasons("another", 2), None);
    }

    #[test]
    fn a_mistake_is_shown_where_it_stands() {
        let error = settings("[[question]]\ntitle = \"x\"\nreason = []\n").expect_err("misspelt");
        assert!(
            error.contains("line 3") && error.contains("reason"),
            "{error}"
        );
    }
}
