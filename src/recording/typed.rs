//! What is typed where it is nobody's business: into a program, into a private note, into an event's data. Whose the keys are
//! only the model knows, so this is asked before it hears them.

use std::borrow::Cow;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::mask;
use crate::app::producer::Field;
use crate::app::{Message, Model};

/// Who takes what is typed now.
enum Taker<'m> {
    /// A program: passwords are typed there.
    Program,
    /// A private note.
    Note,
    /// The data of the event that is being edited, behind this text.
    Data(Cow<'m, str>),
    /// Anything else; it is kept.
    Lab,
}

/// The message that a lab in this state is about to hear, as it is kept.
pub fn heard(model: &Model, message: &Message, payloads: bool) -> Message {
    let mask = |text: &str| match taker(model) {
        Taker::Program => mask::words(text),
        Taker::Note if !payloads => mask::words(text),
        Taker::Data(before) if !payloads => mask::json(&before, text),
        Taker::Note | Taker::Data(_) | Taker::Lab => text.to_owned(),
    };
    match message {
        Message::Pressed(key) => Message::Pressed(match typed(key) {
            Some(c) => KeyEvent {
                code: KeyCode::Char(mask(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c)),
                ..*key
            },
            None => *key,
        }),
        Message::Pasted(text) => Message::Pasted(mask(text)),
        other => other.clone(),
    }
}

/// The character that a key types, if it types one.
fn typed(key: &KeyEvent) -> Option<char> {
    // AltGr is both of them where a terminal tells of it so, and Alt alone makes signs on some keyboards.
    let commands = KeyModifiers::CONTROL | KeyModifiers::SUPER;
    let types = key.modifiers.contains(KeyModifiers::ALT) || !key.modifiers.intersects(commands);
    match key.code {
        KeyCode::Char(c) if types => Some(c),
        _ => None,
    }
}

fn taker(model: &Model) -> Taker<'_> {
    if model.overlay.is_some() {
        return Taker::Lab;
    }
    if model.program.takes_keys() {
        return Taker::Program;
    }
    if model.lesson.discussion.note.is_some() {
        return Taker::Note;
    }
    match &model.producer.edit {
        Some(edit) if edit.field == Field::Data && edit.replacing => Taker::Data("".into()),
        Some(edit) if edit.field == Field::Data => {
            let before = edit.data.value().chars().take(edit.data.cursor());
            Taker::Data(before.collect::<String>().into())
        }
        _ => Taker::Lab,
    }
}
