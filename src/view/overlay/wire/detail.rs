//! A call in full, over the log: as JSON, or as the AWS CLI's command.

use ratatui::buffer::Buffer;

use super::super::super::fit::{Row, cut};
use super::super::super::{Ink, keys};
use super::super::dialog;
use crate::app::wire::{Form, Part, WireDetail, room};
use crate::lesson::CodeRole;

/// Draws it.
pub(super) fn draw(ink: &Ink<'_>, detail: &WireDetail, buffer: &mut Buffer) {
    let styles = &ink.styles;
    let (width, most) = room(ink.model);
    let lines = &detail.lines;
    let shown = lines.len().min(most);
    let top = detail.scroll.min(lines.len() - shown);
    let mut named = vec![("y", "copies"), ("c", "as AWS CLI"), ("← →", "another")];
    if detail.form == Form::Command {
        named.remove(1);
    }
    if lines.len() > shown {
        named.push(("↑ ↓", "scroll"));
    }
    named.push(("Esc", "closes"));
    let name = match detail.call() {
        Some(call) => format!("{} by {}", call.call.operation, call.who),
        None => String::new(),
    };
    let name = cut(&name, width.saturating_sub(8)).into_owned();
    let name = Row::new().text(name, styles.accent);
    let foot = keys(ink, &named);
    let mut canvas = dialog(ink, buffer, name, foot, (width, shown + 2));
    canvas.draw(0, forms(ink, detail.form));
    for (row, line) in lines.iter().skip(top).take(shown).enumerate() {
        let line = line.iter().fold(Row::new(), |row, (part, text)| {
            let style = match part {
                Part::Name => styles.code(CodeRole::Function),
                Part::Text => styles.code(CodeRole::String),
                Part::Number => styles.code(CodeRole::Number),
                Part::Gap => styles.nearly,
                Part::Remark => styles.dim,
                Part::Plain => styles.base,
            };
            row.text(text.as_str(), style)
        });
        canvas.draw(row + 2, line);
    }
}

/// Both forms, the one at hand marked.
fn forms<'a>(ink: &Ink<'_>, at_hand: Form) -> Row<'a> {
    let styles = &ink.styles;
    let all = [(Form::Json, "JSON"), (Form::Command, "AWS CLI")];
    let row = all.into_iter().fold(Row::new(), |row, (form, name)| {
        let (mark, style) = match form == at_hand {
            true => ("▸ ", styles.accent),
            false => ("  ", styles.dim),
        };
        row.text(mark, style).text(name, style).gap(2)
    });
    row.gap(2)
        .text("Tab", styles.key)
        .text(" the other", styles.dim)
}
