//! A lesson as data: the texts that it was read from, to be read anew. Whatever holds a lesson can be stored so.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Lesson, parse, scenes, settings};

/// The files of a lesson.
#[derive(Serialize, Deserialize)]
struct Sources<T> {
    /// `lesson.md`.
    text: T,
    /// `lab.toml`; empty where there is none.
    settings: T,
    /// The file of scenes that it names; empty where there is none.
    scenes: T,
}

impl Serialize for Lesson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sources = Sources {
            text: &*self.text,
            settings: &*self.settings.text,
            scenes: &*self.settings.scenes_text,
        };
        sources.serialize(serializer)
    }
}

impl<'d> Deserialize<'d> for Lesson {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        let sources = Sources::<String>::deserialize(deserializer)?;
        let mut settings = settings(&sources.settings).map_err(Error::custom)?;
        if !sources.scenes.is_empty() {
            let file = scenes::scenes(&sources.scenes).map_err(Error::custom)?;
            settings.take_scenes(&file);
        }
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
        let mut settings = settings(toml).expect("well formed");
        let file = include_str!("../../lessons/what-are-streams/scenes.toml");
        settings.take_scenes(&scenes::scenes(file).expect("well formed"));
        assert!(!settings.scenes.is_empty());
        let lesson = parse(text, &settings);
        let stored = serde_json::to_string(&lesson).expect("texts");
        assert!(stored.contains("my-first-stream"));
        assert_eq!(serde_json::from_str::<Lesson>(&stored).ok(), Some(lesson));
    }

    #[test]
    fn settings_that_the_lab_does_not_understand_are_refused_with_the_reason() {
        let stored = r#"{"text": "A text", "settings": "stream = 1", "scenes": ""}"#;
        let why = serde_json::from_str::<Lesson>(stored).expect_err("a number");
        assert!(why.to_string().contains("stream"), "{why}");
    }
}
