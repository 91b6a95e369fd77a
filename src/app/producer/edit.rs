//! Editing the event: its fields, what may stand in them, and the template that fills them.

use serde::de::IgnoredAny;
use tui_input::Input;

use super::Event;
use crate::app::model::{Model, Tone};
use crate::app::templates;

/// The longest partition key, in characters, and the largest record with its key, in bytes: the service's limits.
const KEY_CHARACTERS: usize = 256;
const RECORD_BYTES: usize = 1024 * 1024;

/// Which field of the event is being edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The partition key.
    Key,
    /// The data.
    Data,
    /// The template.
    Template,
}

/// The event being edited.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The field that has the keys.
    pub field: Field,
    /// The partition key.
    pub key: Input,
    /// The data.
    pub data: Input,
    /// Whether the learner typed in it.
    pub typed: bool,
    /// Whether typing replaces the field's text: so on entering a field, until a key moves or changes something.
    pub replacing: bool,
    /// What is wrong with it, if something is, and what to do.
    pub problem: Option<String>,
    /// The event and the template before, to go back to.
    before: (Event, usize),
}

impl Edit {
    /// The field that takes text, if the one that has the keys does.
    pub(in crate::app) fn text(&mut self) -> Option<&mut Input> {
        match self.field {
            Field::Key => Some(&mut self.key),
            Field::Data => Some(&mut self.data),
            Field::Template => None,
        }
    }

    /// Gives the keys to a field; typing replaces what stands there.
    pub(in crate::app) fn enter(&mut self, field: Field) {
        self.field = field;
        self.replacing = true;
    }

    /// Empties the field that was just entered: new text replaces the old.
    pub(in crate::app) fn replace(&mut self) {
        if self.replacing
            && let Some(text) = self.text()
        {
            *text = Input::default();
        }
    }

    /// Its text is another now.
    pub(in crate::app) fn changed(&mut self) {
        self.typed = true;
        self.problem = None;
    }
}

/// Checks an event before it is taken over: what is wrong and what to do, in one sentence.
pub fn problem_with(key: &str, data: &str) -> Option<String> {
    if key.is_empty() {
        return Some(
            "the key is empty: type 1 to 256 characters, for example a user's name".into(),
        );
    }
    let characters = key.chars().count();
    if characters > KEY_CHARACTERS {
        return Some(format!(
            "the key has {characters} characters, Kinesis takes {KEY_CHARACTERS}: shorten it"
        ));
    }
    if key.len() + data.len() > RECORD_BYTES {
        return Some(format!(
            "key and data have {} bytes, Kinesis takes {RECORD_BYTES} (1 MiB): shorten the data",
            key.len() + data.len()
        ));
    }
    match serde_json::from_str::<IgnoredAny>(data) {
        Ok(_) => None,
        Err(why) => Some(format!(
            "the data is not JSON ({why}): mend it, or Esc keeps the event as it was"
        )),
    }
}

/// Begins to edit the event.
pub(in crate::app) fn edit(model: &mut Model) {
    let producer = &model.producer;
    let before = (producer.event.clone(), producer.auto.template);
    open(model, Field::Key, before);
}

fn open(model: &mut Model, field: Field, before: (Event, usize)) {
    let producer = &mut model.producer;
    let (key, data) = producer.preview();
    producer.edit = Some(Edit {
        field,
        key: Input::new(key),
        data: Input::new(data),
        typed: false,
        replacing: true,
        problem: None,
        before,
    });
}

/// Takes another template, `by` steps from the present one; the fields show an event of it.
pub(in crate::app) fn step_template(model: &mut Model, by: isize) {
    let Some(edit) = model.producer.edit.take() else {
        return;
    };
    let count = templates::templates().len();
    let template = (model.producer.auto.template + count).saturating_add_signed(by) % count;
    use_template(model, template);
    open(model, Field::Template, edit.before);
}

/// Sends events of this template from now on, with `s` and with `S`.
pub(in crate::app) fn use_template(model: &mut Model, template: usize) {
    model.producer.auto.template = template;
    model.producer.event = Event::OfTemplate {
        seed: model.rng.u64(..),
    };
    let name = &model.producer.template().name;
    model.say(
        Tone::Plain,
        format!("{name} events: s sends one, S sends many."),
    );
}

/// Takes the edited event over, if nothing is wrong with it.
pub(in crate::app) fn finish_edit(model: &mut Model) {
    let Some(edit) = &mut model.producer.edit else {
        return;
    };
    let (key, data) = (edit.key.value().to_owned(), edit.data.value().to_owned());
    edit.problem = problem_with(&key, &data);
    if edit.problem.is_some() {
        return;
    }
    let typed = edit.typed;
    model.producer.edit = None;
    if typed {
        model.producer.event = Event::Own { key, data };
        model.say(Tone::Plain, "s sends this event.".into());
    }
}

/// Leaves the event and the template as they were.
pub(in crate::app) fn leave_edit(model: &mut Model) {
    if let Some(edit) = model.producer.edit.take() {
        (model.producer.event, model.producer.auto.template) = edit.before;
        model.say(Tone::Plain, "The event is as it was.".into());
    }
}
