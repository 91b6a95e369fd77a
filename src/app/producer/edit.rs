//! Editing the event: its fields, what may stand in them, and the template that fills them.

use serde::de::IgnoredAny;
use tui_input::Input;

use super::Event;
use crate::app::model::{Model, Tone};
use crate::app::templates;
use crate::kinesis::hash_ranges::HashKey;

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
    /// The explicit hash key.
    HashKey,
}

impl Field {
    const ALL: [Self; 4] = [Self::Key, Self::Data, Self::Template, Self::HashKey];

    /// The field so many further; after the last comes the first.
    pub(in crate::app) fn turn(self, by: isize) -> Self {
        let place = Self::ALL.iter().position(|field| *field == self);
        let count = Self::ALL.len();
        let place = (place.unwrap_or(0) + count).saturating_add_signed(by);
        Self::ALL[place % count]
    }
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
    /// The explicit hash key; empty: the key's MD5 sum places the record.
    pub hash_key: Input,
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
            Field::HashKey => Some(&mut self.hash_key),
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
            && !text.value().is_empty()
        {
            *text = Input::default();
            self.changed();
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
    let hash_key = producer.hash_key().map(|key| key.value().to_string());
    producer.edit = Some(Edit {
        field,
        hash_key: Input::new(hash_key.unwrap_or_default()),
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
    let given = hash_key_of(edit.hash_key.value());
    edit.problem = problem_with(&key, &data).or_else(|| given.clone().err());
    let Ok(hash_key) = given else {
        return;
    };
    if edit.problem.is_some() {
        return;
    }
    let typed = edit.typed;
    model.producer.edit = None;
    if typed {
        let point = hash_key.unwrap_or_else(|| HashKey::of_partition_key(&key));
        let whose = match hash_key {
            Some(_) => "its hash key",
            None => "its key",
        };
        let words = match model.streams.shard_of(point) {
            Some(shard) => format!(
                "s sends this event; {whose} falls on shard {}.",
                shard.short()
            ),
            None => "s sends this event.".into(),
        };
        model.producer.event = Event::Own {
            key,
            data,
            hash_key,
        };
        model.say(Tone::Plain, words);
    }
}

/// Reads an explicit hash key as people type it: decimal, or hexadecimal behind `0x`; nothing where nothing was typed. Else
/// what is wrong and what to do.
pub fn hash_key_of(text: &str) -> Result<Option<HashKey>, String> {
    const LAST: &str = "0 to 2^128-1, that is 340282366920938463463374607431768211455";
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    if !is_number {
        let how = match radix {
            16 => "has 0x and then no hexadecimal digits: type up to 32 of them".to_owned(),
            _ => format!("is no whole number: type {LAST}, or 0x and hexadecimal digits"),
        };
        return Err(format!("the hash key {how}, or leave it empty"));
    }
    match u128::from_str_radix(digits, radix) {
        Ok(point) => Ok(Some(point.into())),
        Err(_) => Err(format!(
            "the hash key is too large: type {LAST}, or 0x and up to 32 digits"
        )),
    }
}

/// Leaves the event and the template as they were.
pub(in crate::app) fn leave_edit(model: &mut Model) {
    if let Some(edit) = model.producer.edit.take() {
        (model.producer.event, model.producer.auto.template) = edit.before;
        model.say(Tone::Plain, "The event is as it was.".into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_key_is_read_in_decimal_and_in_hexadecimal() {
        let point = |value: u128| Ok(Some(HashKey::from(value)));
        for (text, expected) in [
            ("", Ok(None)),
            ("  ", Ok(None)),
            ("0", point(0)),
            (" 42 ", point(42)),
            ("0x2A", point(42)),
            ("0X2a", point(42)),
            ("00042", point(42)),
            ("340282366920938463463374607431768211455", point(u128::MAX)),
            ("0xffffffffffffffffffffffffffffffff", point(u128::MAX)),
        ] {
            assert_eq!(hash_key_of(text), expected, "{text:?}");
        }
        for (text, words) in [
            ("340282366920938463463374607431768211456", "too large"),
            ("0x100000000000000000000000000000000", "too large"),
            ("-1", "no whole number"),
            ("+1", "no whole number"),
            ("1.5", "no whole number"),
            ("alice", "no whole number"),
            ("２", "no whole number"),
            ("0x", "no hexadecimal digits"),
            ("0xg", "no hexadecimal digits"),
        ] {
            let told = hash_key_of(text).expect_err(text);
            assert!(told.contains(words), "{text}: {told}");
        }
    }

    #[test]
    fn the_fields_go_round_in_both_directions() {
        assert_eq!(Field::Key.turn(1), Field::Data);
        assert_eq!(Field::HashKey.turn(1), Field::Key);
        assert_eq!(Field::Key.turn(-1), Field::HashKey);
    }
}
