//! A call in full: as JSON, or as the command that makes the same call, in lines that fit the screen.
//!
//! It is a copy made when it was opened: what comes later, or makes room, changes nothing in it.

use std::sync::Arc;

use unicode_width::UnicodeWidthChar;

use super::command::{self, Place};
use super::heard::WireCall;
use super::{Line, json};
use crate::app::connection::ConnectionKind;
use crate::app::model::Model;
use crate::printable::printable;

/// The account of the embedded server; all its ARNs have it.
const LAB_ACCOUNT: &str = "000000000000";

/// The widest that lines get, in cells.
const WIDEST: usize = 110;

/// How a call is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// All that is known of it.
    Json,
    /// The AWS CLI's command.
    Command,
}

/// A call in full.
#[derive(Debug, Clone)]
pub struct WireDetail {
    /// Its place in the log that is shown.
    pub place: u64,
    /// The call's line.
    pub line: Arc<Line>,
    /// How it is shown.
    pub form: Form,
    /// What is shown, in lines that fit.
    pub lines: Vec<DetailLine>,
    /// Lines scrolled down.
    pub scroll: usize,
    json: String,
    command: Option<String>,
    note: Option<&'static str>,
}

/// A line of it: pieces of text, each with what it is.
pub type DetailLine = Vec<(Part, String)>;

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A member's name, an option.
    Name,
    /// Text in quotes.
    Text,
    /// A number or a word of JSON.
    Number,
    /// What is not known.
    Gap,
    /// A remark of the lab's.
    Remark,
    /// All else.
    Plain,
}

impl WireDetail {
    /// The call at this place of the log that is shown, if one is there.
    pub(super) fn of(model: &Model, place: u64, form: Form) -> Option<Self> {
        let line = model.wire.shown.get(place)?;
        let Line::Call(call) = line.as_ref() else {
            return None;
        };
        let entries = model.wire.records_of(call.number);
        let connection = &model.connection;
        let account = match connection.kind {
            ConnectionKind::Local => Some(LAB_ACCOUNT),
            ConnectionKind::Endpoint => None,
            ConnectionKind::Aws => {
                let known = model.guard.account.as_ref();
                known.and_then(|known| known.as_deref().ok())
            }
        };
        let is_aws = connection.kind == ConnectionKind::Aws;
        let place_of_call = Place {
            endpoint: (!is_aws).then_some(connection.address.as_str()),
            region: &connection.region,
            profile: connection.profile.as_deref().filter(|_| is_aws),
            account,
        };
        let command = command::of(call, entries, &place_of_call);
        let mut detail = Self {
            place,
            line: Arc::clone(line),
            form,
            lines: Vec::new(),
            scroll: 0,
            json: json::of(call, entries),
            note: command.as_ref().and_then(|_| command::note(call)),
            command,
        };
        detail.lay_out(model);
        Some(detail)
    }

    /// The call.
    pub fn call(&self) -> Option<&WireCall> {
        match self.line.as_ref() {
            Line::Call(call) => Some(call),
            Line::Unseen { .. } => None,
        }
    }

    /// What is shown, as it can be copied.
    pub fn text(&self) -> Option<&str> {
        match self.form {
            Form::Json => Some(&self.json),
            Form::Command => self.command.as_deref(),
        }
    }

    /// Shows the other form, from its beginning.
    pub(super) fn turn_to(&mut self, form: Form, model: &Model) {
        self.form = form;
        self.scroll = 0;
        self.lay_out(model);
    }

    /// Lays the lines out for the screen at hand.
    pub(super) fn lay_out(&mut self, model: &Model) {
        let (width, _) = room(model);
        let mut lines = Vec::new();
        match (self.form, &self.command) {
            (Form::Json, _) => {
                for line in self.json.lines() {
                    broken(json_line(line), width, &mut lines);
                }
            }
            (Form::Command, Some(command)) => {
                for line in command.lines() {
                    broken(command_line(line), width, &mut lines);
                }
                if let Some(note) = self.note {
                    lines.push(Vec::new());
                    remark(note, width, &mut lines);
                }
            }
            (Form::Command, None) => {
                let words = "The AWS CLI has no command that the lab knows for this operation.";
                remark(words, width, &mut lines);
            }
        }
        self.lines = lines;
        self.scroll = self.scroll.min(self.most_scroll(model));
    }

    /// The most lines that can be scrolled away.
    pub(super) fn most_scroll(&self, model: &Model) -> usize {
        let (_, rows) = room(model);
        self.lines.len().saturating_sub(rows)
    }
}

/// The inside of the detail's box at most, in cells, without its first two rows.
pub fn room(model: &Model) -> (usize, usize) {
    let area = model.layout.area;
    let width = usize::from(area.width).saturating_sub(8).min(WIDEST);
    (width, usize::from(area.height).saturating_sub(8))
}

/// The pieces of a line of JSON. The names are the lab's own, so the first quote behind one ends it.
fn json_line(line: &str) -> DetailLine {
    let (name, value) = match line.split_once("\": ") {
        Some((name, value)) if name.trim_start().starts_with('"') => (format!("{name}\": "), value),
        _ => {
            let indent = line.len() - line.trim_start().len();
            (" ".repeat(indent), line.trim_start())
        }
    };
    let part = match value.chars().next() {
        Some('"') => Part::Text,
        Some('{' | '}' | '[' | ']') | None => Part::Plain,
        Some(_) => Part::Number,
    };
    let (value, comma) = match value.strip_suffix(',') {
        Some(value) => (value, ","),
        None => (value, ""),
    };
    vec![
        (Part::Name, name),
        (part, value.to_owned()),
        (Part::Plain, comma.to_owned()),
    ]
}

/// The pieces of a line of a command.
fn command_line(line: &str) -> DetailLine {
    let trimmed = line.trim_start();
    let indent = " ".repeat(line.len() - trimmed.len());
    if !trimmed.starts_with("--") {
        return vec![(Part::Plain, line.to_owned())];
    }
    let end = trimmed.find([' ', '=']).unwrap_or(trimmed.len());
    let (option, value) = trimmed.split_at(end);
    let (value, behind) = match value.strip_suffix(" \\") {
        Some(value) => (value, " \\"),
        None => (value, ""),
    };
    let is_gap = value.contains("'<") || value.contains("://<");
    let part = if is_gap { Part::Gap } else { Part::Text };
    vec![
        (Part::Name, format!("{indent}{option}")),
        (part, value.to_owned()),
        (Part::Plain, behind.to_owned()),
    ]
}

/// A remark, broken between words. All of them are the lab's own, and in ASCII.
fn remark(words: &str, width: usize, lines: &mut Vec<DetailLine>) {
    let mut row = String::new();
    for word in words.split(' ') {
        if !row.is_empty() && row.len() + 1 + word.len() > width {
            lines.push(vec![(Part::Remark, std::mem::take(&mut row))]);
        }
        if !row.is_empty() {
            row.push(' ');
        }
        row.push_str(word);
    }
    lines.push(vec![(Part::Remark, row)]);
}

/// The line in pieces of at most `width` cells; what goes on stands two cells behind where the line began.
fn broken(line: DetailLine, width: usize, lines: &mut Vec<DetailLine>) {
    let indent = line.first().map_or(0, |(_, text)| {
        text.len() - text.trim_start_matches(' ').len()
    });
    let next = " ".repeat((indent + 2).min(width / 2));
    let (mut row, mut used): (DetailLine, usize) = (Vec::new(), 0);
    for (part, text) in line {
        let mut piece = String::new();
        for c in printable(&text).chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width.max(4) {
                row.push((part, std::mem::take(&mut piece)));
                lines.push(std::mem::take(&mut row));
                row.push((Part::Plain, next.clone()));
                used = next.len();
            }
            used += wide;
            piece.push(c);
        }
        if !piece.is_empty() {
            row.push((part, piece));
        }
    }
    lines.push(row);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(line: DetailLine, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        broken(line, width, &mut lines);
        let text = |line: &DetailLine| line.iter().map(|(_, text)| text.as_str()).collect();
        lines.iter().map(text).collect()
    }

    #[test]
    fn a_line_of_json_has_a_name_and_a_value() {
        let check = |line: &str, part: Part, name: &str, value: &str| {
            let pieces = json_line(line);
            assert_eq!(pieces[0], (Part::Name, name.to_owned()), "{line}");
            assert_eq!(pieces[1], (part, value.to_owned()), "{line}");
        };
        check(
            r#"  "key": "a\": b","#,
            Part::Text,
            r#"  "key": "#,
            r#""a\": b""#,
        );
        check(r#"  "n": 12"#, Part::Number, r#"  "n": "#, "12");
        check(
            r#"  "ended": false,"#,
            Part::Number,
            r#"  "ended": "#,
            "false",
        );
        check(r#"  "Records": ["#, Part::Plain, r#"  "Records": "#, "[");
        check("  },", Part::Plain, "  ", "}");
    }

    #[test]
    fn a_line_of_a_command_has_an_option_and_its_value() {
        let check = |line: &str, part: Part, name: &str, value: &str| {
            let pieces = command_line(line);
            assert_eq!(pieces[0], (Part::Name, name.to_owned()), "{line}");
            assert_eq!(pieces[1], (part, value.to_owned()), "{line}");
        };
        check("    --data 'a b' \\", Part::Text, "    --data", " 'a b'");
        check("    --key=-x", Part::Text, "    --key", "=-x");
        check(
            "    --hours '<hours>'",
            Part::Gap,
            "    --hours",
            " '<hours>'",
        );
    }

    #[test]
    fn a_remark_is_broken_between_words() {
        let mut lines = Vec::new();
        remark("one two three", 8, &mut lines);
        let text: Vec<&str> = lines.iter().map(|line| line[0].1.as_str()).collect();
        assert_eq!(text, ["one two", "three"]);
    }

    #[test]
    fn what_is_too_long_goes_on_below() {
        let line = || {
            vec![
                (Part::Name, "  \"a\": ".to_owned()),
                (Part::Text, "\"xyz東\"".to_owned()),
            ]
        };
        assert_eq!(pieces(line(), 40), ["  \"a\": \"xyz東\""]);
        assert_eq!(pieces(line(), 11), ["  \"a\": \"xyz", "    東\""]);
        assert_eq!(
            pieces(vec![(Part::Plain, "ab".repeat(4))], 4),
            ["abab", "  ab", "  ab"]
        );
        assert!(!pieces(line(), 0).is_empty());
    }
}
