//! Where a run ended, in facts that a replay must come to as well, with payloads or without.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use crate::app::Model;

/// Facts by their names, as texts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts(BTreeMap<String, String>);

impl Facts {
    /// What is so of a model.
    pub fn of(model: &Model) -> Self {
        let mut facts = Self::default();
        facts.add("page", model.lesson.page);
        facts.add("lesson", &model.lesson.lesson.title);
        facts.add("focus", model.focus);
        facts.add("theme", model.theme);
        facts.add("present mode", model.present.is_some());
        let scene = model.stage.as_ref();
        let scene = scene.map(|stage| (&stage.scene().title, stage.step()));
        facts.add("scene", scene);
        facts.add("question", (model.quiz.question, model.quiz.cursor));
        let done = model.progress.lessons.get(&model.lesson.key);
        let done = done.cloned().map(|mut done| {
            // What a private note says is not kept; how long it is can be.
            for note in done.notes.values_mut() {
                *note = note.chars().count().to_string();
            }
            done
        });
        facts.add("progress", done);
        facts.add("stream", &model.streams.selected);
        facts.add("events sent", model.producer.log.end());
        facts.add("records read", model.consumer.log.end());
        let last = model.consumer.log.iter().last();
        facts.add(
            "last record",
            last.map(|(_, shown)| (&shown.shard, &shown.record.sequence)),
        );
        let order = &model.proof.order;
        facts.add(
            "order",
            (
                order.checked,
                order.repeats,
                order.unchecked,
                order.violated,
            ),
        );
        facts.add("server", &model.server.state);
        facts.add("events of the feed lost", model.feed_lost);
        facts.add("calls seen", model.wire.calls());
        facts
    }

    fn add(&mut self, name: &str, fact: impl Debug) {
        self.0.insert(name.to_owned(), format!("{fact:?}"));
    }

    /// The facts that are not the same in both, each with how it is here and there.
    pub fn apart<'f>(&'f self, other: &'f Self) -> Vec<(&'f str, &'f str, &'f str)> {
        let none = "nothing";
        let names = self.0.keys().chain(other.0.keys());
        let mut names: Vec<&str> = names.map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        let of = |facts: &'f Self, name: &str| facts.0.get(name).map_or(none, String::as_str);
        let both = names
            .into_iter()
            .map(|name| (name, of(self, name), of(other, name)));
        both.filter(|(_, here, there)| here != there).collect()
    }
}
