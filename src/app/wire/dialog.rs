//! The wire log on the screen: its keys, its filter's field, and a call in full.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::detail::{Form, WireDetail};
use crate::app::lesson_blocks::LONGEST_COPY;
use crate::app::listing::PAGE;
use crate::app::log::Look;
use crate::app::message::Effect;
use crate::app::model::{Model, Outcome, Tone};
use crate::app::overlay::Overlay;
use crate::app::screen::{Layout, inside};

/// What of the log is on the screen beside its lines.
#[derive(Debug, Clone, Default)]
pub struct WireDialog {
    /// Whether the filter's field has the keys.
    pub typing: bool,
    /// The call that is open in full.
    pub detail: Option<Box<WireDetail>>,
}

/// Rows of the log's inside that are not calls: the filter, and the heads of the columns.
pub const HEAD: u16 = 2;

/// Where the log stands: all between the top line and the bottom lines.
pub fn body(layout: &Layout) -> Rect {
    Rect {
        y: layout.bar.bottom(),
        height: layout.status.y.saturating_sub(layout.bar.bottom()),
        ..layout.area
    }
}

/// Opens it.
pub(in crate::app) fn open(model: &mut Model) {
    model.overlay = Some(Overlay::Wire(WireDialog::default()));
}

/// A key while it is open. What it leaves open goes back to where it was.
pub(in crate::app) fn pressed(
    model: &mut Model,
    mut dialog: WireDialog,
    key: KeyEvent,
    out: &mut Outcome,
) {
    let stays = if dialog.typing {
        typed(model, &mut dialog, key);
        true
    } else if let Some(detail) = dialog.detail.take() {
        dialog.detail = in_detail(model, detail, key, out);
        true
    } else {
        in_list(model, &mut dialog, key)
    };
    if stays {
        model.overlay = Some(Overlay::Wire(dialog));
    }
}

/// A key in the list. Says whether the log stays open.
fn in_list(model: &mut Model, dialog: &mut WireDialog, key: KeyEvent) -> bool {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let page = page(model);
    match key.code {
        KeyCode::Esc | KeyCode::Char('l' | 'q') => return false,
        KeyCode::Char('/') => dialog.typing = true,
        KeyCode::Char(' ') => model.wire.toggle_freeze(),
        KeyCode::Char('f') => model.wire.follow(),
        KeyCode::Char('u') if ctrl => move_by(model, -page),
        KeyCode::Char('d') if ctrl => move_by(model, page),
        KeyCode::Up | KeyCode::Char('k') => move_by(model, -1),
        KeyCode::Down | KeyCode::Char('j') => move_by(model, 1),
        KeyCode::PageUp => move_by(model, -page),
        KeyCode::PageDown => move_by(model, page),
        KeyCode::Home | KeyCode::Char('g') => move_by(model, i64::MIN / 2),
        KeyCode::End | KeyCode::Char('G') => move_by(model, i64::MAX / 2),
        KeyCode::Enter => {
            let wire = &model.wire;
            let place = wire.gaze.current(&wire.shown);
            let detail = place.and_then(|place| WireDetail::of(model, place, Form::Json));
            dialog.detail = detail.map(Box::new);
        }
        _ => {}
    }
    true
}

fn typed(model: &mut Model, dialog: &mut WireDialog, key: KeyEvent) {
    match key.code {
        KeyCode::Enter => dialog.typing = false,
        KeyCode::Esc => {
            dialog.typing = false;
            model.wire.filter = Input::default();
            model.wire.refilter();
        }
        KeyCode::Up => move_by(model, -1),
        KeyCode::Down => move_by(model, 1),
        KeyCode::PageUp => move_by(model, -page(model)),
        KeyCode::PageDown => move_by(model, page(model)),
        _ => {
            let change = model.wire.filter.handle_event(&Event::Key(key));
            if change.is_some_and(|change| change.value) {
                model.wire.refilter();
            }
        }
    }
}

/// A key in the detail; gives what stays open of it.
fn in_detail(
    model: &mut Model,
    mut detail: Box<WireDetail>,
    key: KeyEvent,
    out: &mut Outcome,
) -> Option<Box<WireDetail>> {
    let most = detail.most_scroll(model);
    let scroll = detail.scroll;
    match key.code {
        KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return None,
        KeyCode::Tab | KeyCode::BackTab => {
            let other = match detail.form {
                Form::Json => Form::Command,
                Form::Command => Form::Json,
            };
            detail.turn_to(other, model);
        }
        KeyCode::Char('y') => copy(model, &detail, out),
        KeyCode::Char('c') => {
            detail.turn_to(Form::Command, model);
            copy(model, &detail, out);
        }
        KeyCode::Up | KeyCode::Char('k') => detail.scroll = scroll.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => detail.scroll = (scroll + 1).min(most),
        KeyCode::PageUp => detail.scroll = scroll.saturating_sub(PAGE),
        KeyCode::PageDown | KeyCode::Char(' ') => detail.scroll = (scroll + PAGE).min(most),
        KeyCode::Home | KeyCode::Char('g') => detail.scroll = 0,
        KeyCode::End | KeyCode::Char('G') => detail.scroll = most,
        KeyCode::Left | KeyCode::Char('[') => return Some(step(model, detail, -1)),
        KeyCode::Right | KeyCode::Char(']') => return Some(step(model, detail, 1)),
        _ => {}
    }
    Some(detail)
}

/// Copies what is shown. Whether the terminal takes it nobody says.
fn copy(model: &mut Model, detail: &WireDetail, out: &mut Outcome) {
    let what = match detail.form {
        Form::Json => "The JSON",
        Form::Command => "The command",
    };
    let (tone, words) = match detail.text() {
        None => (Tone::Nearly, "There is no command to copy.".to_owned()),
        Some(text) if text.len() > LONGEST_COPY => {
            let words = format!("{what} is too long for a terminal's clipboard.");
            (Tone::Nearly, words)
        }
        Some(text) => {
            out.effects.push(Effect::Copy(text.to_owned()));
            let words = format!(
                "{what} is sent to the terminal; if pasting gives nothing, it takes no copies."
            );
            (Tone::Plain, words)
        }
    };
    model.say(tone, words);
}

/// The call before or behind, or the same one where there is none; the list goes with it.
fn step(model: &mut Model, detail: Box<WireDetail>, by: i64) -> Box<WireDetail> {
    let (first, end) = (
        model.wire.shown.first(),
        model.wire.gaze.end(&model.wire.shown),
    );
    let mut place = detail.place;
    loop {
        // One whose own place is gone goes on at the oldest.
        place = place.saturating_add_signed(by).max(first);
        if place >= end || place == detail.place {
            return detail;
        }
        if let Some(other) = WireDetail::of(model, place, detail.form) {
            model.wire.gaze.look = Look::At(place);
            return Box::new(other);
        }
        if by < 0 && place == first {
            return detail;
        }
    }
}

fn move_by(model: &mut Model, by: i64) {
    let wire = &mut model.wire;
    wire.gaze.move_by(&wire.shown, by);
}

fn page(model: &Model) -> i64 {
    let rows = inside(body(&model.layout)).height;
    i64::from(rows.saturating_sub(HEAD + 1).max(1))
}

/// The mouse's wheel was turned while the log is open.
pub(in crate::app) fn scrolled(model: &mut Model, by: i64) {
    let Some(Overlay::Wire(mut dialog)) = model.overlay.take() else {
        return;
    };
    match &mut dialog.detail {
        Some(detail) => {
            let most = detail.most_scroll(model) as i64;
            let to = (detail.scroll as i64).saturating_add(by).clamp(0, most);
            detail.scroll = usize::try_from(to).unwrap_or(0);
        }
        None => move_by(model, by),
    }
    model.overlay = Some(Overlay::Wire(dialog));
}

/// Text was pasted into the filter's field.
pub(in crate::app) fn filter_changed(model: &mut Model) {
    model.wire.refilter();
}

/// The screen has another size.
pub(in crate::app) fn resized(model: &mut Model) {
    // It is laid out by what else is in the model, so it is taken out of it for that.
    let mut overlay = model.overlay.take();
    if let Some(Overlay::Wire(dialog)) = &mut overlay
        && let Some(detail) = &mut dialog.detail
    {
        detail.lay_out(model);
    }
    model.overlay = overlay;
}
