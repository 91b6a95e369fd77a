//! The mouse, where it works in the lab: a click chooses a pane, the wheel scrolls what is under it.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::move_by;
use crate::app::model::{Model, Outcome};
use crate::app::screen::Pane;
use crate::app::{program_pane, quiz, wire};

/// Something was done with it.
pub(super) fn moused(model: &mut Model, event: MouseEvent, out: &mut Outcome) {
    if model.presents() && model.overlay.is_none() {
        return;
    }
    let at = Position::new(event.column, event.row);
    let under = Pane::ALL
        .into_iter()
        .find(|pane| model.layout.panes[pane.index()].is_some_and(|rect| rect.contains(at)));
    if model.overlay.is_some() {
        let by = match event.kind {
            MouseEventKind::ScrollUp => -3,
            MouseEventKind::ScrollDown => 3,
            _ => return,
        };
        out.changed = true;
        return wire::scrolled(model, by);
    }
    if model.layout.program.is_some_and(|rect| rect.contains(at)) {
        return program_pane::moused(model, event.kind, out);
    }
    let by = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            if let Some(pane) = under
                && !model.keys_are_taken()
            {
                out.changed = true;
                model.focus(pane);
            }
            return;
        }
        MouseEventKind::ScrollUp => -3,
        MouseEventKind::ScrollDown => 3,
        _ => return,
    };
    out.changed = true;
    match under {
        Some(Pane::Quiz) => quiz::scroll(model, by),
        Some(pane) => {
            let focus = std::mem::replace(&mut model.focus, pane);
            move_by(model, by);
            model.focus = focus;
        }
        None => {}
    }
}
