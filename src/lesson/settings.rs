//! `lab.toml`, which stands beside a lesson and says what its markdown cannot.

use serde::Deserialize;

use super::document::slug;

/// What a `lab.toml` says. Without one a lesson works all the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    #[serde(default)]
    question: Vec<QuestionSettings>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionSettings {
    /// The question's heading without `Question N:`.
    title: String,
    /// Why each option is right or wrong, in the lesson's order.
    reasons: Vec<String>,
}

/// Reads a `lab.toml`; an error says where and what, for its author.
pub fn settings(toml: &str) -> Result<Settings, String> {
    toml::from_str(toml).map_err(|error| error.to_string())
}

impl Settings {
    /// The reasons for a question's options. `None` if their number is not that of the options: one reason at the
    /// wrong option would teach a falsehood.
    pub fn reasons(&self, title: &str, options: usize) -> Option<&[String]> {
        self.question
            .iter()
            .find(|question| slug(&question.title) == slug(title))
            .map(|question| question.reasons.as_slice())
            .filter(|reasons| reasons.len() == options)
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
