//! The dialog that `D` opens: it creates, selects and deletes streams.

use chrono::{DateTime, Utc};
use tui_input::Input;

use super::{FIRST_NAME, FIRST_SHARDS, MOST_SHARDS, select};
use crate::app::message::Request;
use crate::app::model::{Model, Outcome, Tone};
use crate::app::overlay::{Confirm, Overlay};
use crate::app::{guard, lab_server};

/// The dialog that `D` opens.
#[derive(Debug, Clone)]
pub struct StreamsDialog {
    /// 0 is the line that creates; then come the streams known.
    pub cursor: usize,
    /// The name of the stream to create.
    pub name: Input,
    /// Its number of shards.
    pub shards: u32,
    /// What is wrong with the name, and what to do.
    pub problem: Option<String>,
}

/// What is wrong with a stream's name, in one sentence with what to do.
pub fn problem_with_name(name: &str) -> Option<String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if name.is_empty() {
        Some("the name is empty: type one, for example my-first-stream".into())
    } else if let Some(bad) = name.chars().find(|c| !allowed(*c)) {
        let bad = if bad == ' ' {
            "a space".into()
        } else {
            format!("{bad:?}")
        };
        Some(format!(
            "{bad} cannot stand in a name: take letters, digits, _ . and -"
        ))
    } else if name.len() > 128 {
        Some("the name is longer than 128 characters: shorten it".into())
    } else {
        None
    }
}

impl Model {
    /// Something needs a stream and there is none: opens the dialog and says why.
    pub(in crate::app) fn lack_a_stream(&mut self, out: &mut Outcome) {
        self.open_streams(out);
        let words = match self
            .lesson_stream()
            .filter(|_| self.streams.names().next().is_some())
        {
            Some(lesson) => format!("{lesson} is not there yet: Enter creates it."),
            None => "There is no stream yet: Enter creates this one.".into(),
        };
        self.say_for_dialog(Tone::Nearly, words);
    }

    /// Opens the streams dialog.
    pub(in crate::app) fn open_streams(&mut self, out: &mut Outcome) {
        let is_there = |name: &str| self.streams.names().any(|known| known == name);
        // What the lesson is about and is not there is what is to be created first.
        let lacking = self.lesson_stream().filter(|name| !is_there(name));
        let last = self.streams.last_time.as_ref();
        let last = last.filter(|last| lacking.is_none_or(|name| last.name == name));
        let (name, shards) = match (last, lacking) {
            (Some(last), _) => (last.name.clone(), last.shards),
            (None, Some(lesson)) => (lesson.to_owned(), FIRST_SHARDS),
            (None, None) => (FIRST_NAME.to_owned(), FIRST_SHARDS),
        };
        let taken = is_there(&name);
        let name = if taken { String::new() } else { name };
        self.overlay = Some(Overlay::Streams(StreamsDialog {
            // Letters go into the name, so that none of a name does something to a stream.
            cursor: 0,
            name: Input::new(name),
            shards: shards.clamp(1, MOST_SHARDS),
            problem: None,
        }));
        out.call(Request::ListStreams);
    }
}

/// Enter in the dialog: creates, or selects.
pub(in crate::app) fn dialog_enter(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(Overlay::Streams(dialog)) = &mut model.overlay else {
        return;
    };
    if dialog.cursor == 0 {
        dialog.problem = problem_with_name(dialog.name.value());
        if dialog.problem.is_some() {
            return;
        }
        let request = Request::CreateStream {
            stream: dialog.name.value().to_owned(),
            shards: dialog.shards,
        };
        model.overlay = None;
        guard::write(model, request, now, out);
    } else {
        let place = dialog.cursor - 1;
        let Some(name) = model.streams.names().nth(place).map(str::to_owned) else {
            return;
        };
        model.overlay = None;
        select(model, &name, out);
        let words = format!("The panels follow {name} now.");
        model.say(Tone::Plain, words);
    }
}

/// Asks before the stream under the dialog's cursor is deleted.
pub(in crate::app) fn dialog_delete(model: &mut Model) {
    let Some(name) = pointed(model) else {
        return;
    };
    match guard::forbids_deleting(model, &name) {
        Some(why) => model.say(Tone::Wrong, why),
        None => model.overlay = Some(Overlay::Confirm(Confirm::Delete(name))),
    }
}

/// Asks before the stream under the dialog's cursor is emptied.
pub(in crate::app) fn dialog_empty(model: &mut Model) {
    let Some(name) = pointed(model) else {
        return;
    };
    if lab_server::is_here(model) {
        model.overlay = Some(Overlay::Confirm(Confirm::Empty(name)));
    }
}

/// The stream under the dialog's cursor, while the dialog is open.
pub(in crate::app) fn pointed(model: &Model) -> Option<String> {
    let Some(Overlay::Streams(dialog)) = &model.overlay else {
        return None;
    };
    let place = dialog.cursor.checked_sub(1)?;
    model.streams.names().nth(place).map(str::to_owned)
}

/// The streams known may be others now: the cursor stays on its stream.
pub(in crate::app) fn point_at(model: &mut Model, stream: &str) {
    let place = model.streams.names().position(|name| name == stream);
    let count = model.streams.names().count();
    if let Some(Overlay::Streams(dialog)) = &mut model.overlay {
        dialog.cursor = place.map_or(dialog.cursor.min(count), |place| place + 1);
    }
}
