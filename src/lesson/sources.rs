//! A lesson as data: the texts that it was read from, to be read anew. Whatever holds a lesson can be stored so.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Lesson, parse, settings};

/// The files of a lesson.
#[derive(Serialize, Deserialize)]
struct Sources<T> {
    /// `lesson.md`.
    text: T,
    /// `lab.toml`; empty where there is none.
    settings: T,
}

impl Serialize for Lesson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sources = Sources {
            text: &*self.text,
            settings: &*self.settings.text,
        };
        sources.serialize(serializer)
    }
}

impl<'d> Deserialize<'d> for Lesson {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let sources = Sources::<String>::deserialize(deserializer)?;
        let settings = settings(&sources.settings).map_err(serde::de::Error::custom)?;
        Ok(parse(&sources.text, &settings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_that_was_stored_is_the_same_lesson() {
        let toml = include_str!("../../lessons/what-are-streams/lab.toml");
        let text = include_str!("../../lessons/what-are-streams/lesson.md");
        let lesson = parse(text, &settings(toml).expect("well formed"));
        let stored = serde_json::to_string(&lesson).expect("texts");
        assert!(stored.contains("my-first-stream"));
        assert_eq!(serde_json::from_str::<Lesson>(&stored).ok(), Some(lesson));
    }

    #[test]
    fn settings_that_the_lab_does_not_understand_are_refused_with_the_reason() {
        let stored = r#"{"text": "A text", "settings": "stream = 1"}"#;
        let why = serde_json::from_str::<Lesson>(stored).expect_err("a number");
        assert!(why.to_string().contains("stream"), "{why}");
    }
}
