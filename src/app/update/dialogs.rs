//! Keys and pasted text while an overlay or a field has them.

use chrono::{DateTime, Utc};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{act, asked};
use crate::app::action::Action;
use crate::app::guide::SheetKind;
use crate::app::lab_server::Lever;
use crate::app::listing::PAGE;
use crate::app::message::Effect;
use crate::app::model::{Model, Outcome, Tone};
use crate::app::overlay::{Confirm, Detail, Overlay};
use crate::app::producer::Field;
use crate::app::start::WORDS;
use crate::app::streams::MOST_SHARDS;
use crate::app::{
    batch, consumer, course, detail, discussion, guard, guide, lab_server, listing, log, numbers,
    producer, program_pane, reshard, result, streams, terms, wire,
};

/// The longest text that may be pasted into a field, in bytes; what is longer is cut there.
const LONGEST_PASTE: usize = 1024 * 1024;

pub(super) fn overlay_pressed(
    model: &mut Model,
    key: KeyEvent,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let Some(mut overlay) = model.overlay.take() else {
        return;
    };
    if let Overlay::Confirm(confirm) = overlay {
        return confirm_pressed(model, confirm, key, now, out);
    }
    model.quit_asked = false;
    if let Overlay::Wire(dialog) = overlay {
        return wire::pressed(model, dialog, key, out);
    }
    if let Overlay::Terms(dialog) = overlay {
        return terms::pressed(model, dialog, key);
    }
    if let Overlay::Course(dialog) = overlay {
        return course::pressed(model, dialog, key, now, out);
    }
    if let Overlay::Reshard(dialog) = overlay {
        return reshard::pressed(model, dialog, key, out);
    }
    if key.code == KeyCode::Esc {
        return;
    }
    match &mut overlay {
        Overlay::Help(listing) => {
            let count = listing::help(model, listing).len();
            listing::pressed(listing, key, count);
            if key.code == KeyCode::Enter
                || (key.code == KeyCode::Char('?') && listing.query.value() == "?")
            {
                return;
            }
        }
        Overlay::Palette(listing) => {
            if key.code == KeyCode::Enter {
                if let Some(command) = listing::commands(model, listing).get(listing.cursor) {
                    asked(model, command.action, command.pane, now, out);
                }
                return;
            }
            let count = listing::commands(model, listing).len();
            listing::pressed(listing, key, count);
        }
        Overlay::Streams(dialog) => match key.code {
            KeyCode::Up | KeyCode::BackTab => dialog.cursor = dialog.cursor.saturating_sub(1),
            KeyCode::Down | KeyCode::Tab => {
                dialog.cursor = (dialog.cursor + 1).min(model.streams.names().count());
            }
            KeyCode::PageUp => dialog.cursor = dialog.cursor.saturating_sub(PAGE),
            KeyCode::PageDown => {
                dialog.cursor = (dialog.cursor + PAGE).min(model.streams.names().count());
            }
            KeyCode::Enter => {
                model.overlay = Some(overlay);
                return streams::dialog_enter(model, now, out);
            }
            KeyCode::Char('x') | KeyCode::Delete if dialog.cursor > 0 => {
                model.overlay = Some(overlay);
                return streams::dialog_delete(model);
            }
            KeyCode::Char('e') if dialog.cursor > 0 => {
                model.overlay = Some(overlay);
                return streams::dialog_empty(model);
            }
            KeyCode::Left if dialog.cursor == 0 => dialog.shards = (dialog.shards - 1).max(1),
            KeyCode::Right if dialog.cursor == 0 => {
                dialog.shards = (dialog.shards + 1).min(MOST_SHARDS)
            }
            _ if dialog.cursor == 0 => {
                dialog.name.handle_event(&Event::Key(key));
                dialog.problem = None;
            }
            _ => {}
        },
        Overlay::Server(dialog) => {
            let last = Lever::ALL.len() - 1;
            match key.code {
                KeyCode::Up | KeyCode::BackTab | KeyCode::Char('k') => {
                    dialog.cursor = dialog.cursor.saturating_sub(1);
                }
                KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => {
                    dialog.cursor = (dialog.cursor + 1).min(last);
                }
                KeyCode::Enter | KeyCode::Char(' ') => {
                    return lab_server::pull(model, Lever::ALL[dialog.cursor.min(last)], out);
                }
                _ => {}
            }
        }
        Overlay::Sending(form) => {
            if !producer::form_pressed(model, form, key) {
                return;
            }
        }
        Overlay::Start(dialog) => match key.code {
            KeyCode::Up | KeyCode::BackTab => {
                dialog.choice = (dialog.choice + WORDS.len() - 1) % WORDS.len();
            }
            KeyCode::Down | KeyCode::Tab => dialog.choice = (dialog.choice + 1) % WORDS.len(),
            KeyCode::Char('t') if dialog.field().is_none() => {
                dialog.choice = (dialog.choice + 1) % WORDS.len()
            }
            KeyCode::Enter => {
                model.overlay = Some(overlay);
                return consumer::apply_start(model, now, out);
            }
            _ => {
                dialog.problem = None;
                if let Some(field) = dialog.field() {
                    field.handle_event(&Event::Key(key));
                }
            }
        },
        Overlay::Reading(dialog) => match key.code {
            KeyCode::Up | KeyCode::BackTab | KeyCode::Char('k') => {
                dialog.cursor = dialog.cursor.saturating_sub(1);
            }
            KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => {
                dialog.cursor = (dialog.cursor + 1).min(consumer::LINES - 1);
            }
            KeyCode::Left => consumer::change_setting(model, dialog.cursor, -1),
            KeyCode::Right | KeyCode::Char(' ') => {
                consumer::change_setting(model, dialog.cursor, 1);
            }
            KeyCode::Enter | KeyCode::Char('q' | 'i') => return,
            _ => {}
        },
        Overlay::Detail(open) => match key.code {
            KeyCode::Up | KeyCode::Char('k') => scroll_detail(model, open, -1),
            KeyCode::Down | KeyCode::Char('j') => scroll_detail(model, open, 1),
            KeyCode::PageUp => scroll_detail(model, open, -(PAGE as i16)),
            KeyCode::PageDown | KeyCode::Char(' ') => scroll_detail(model, open, PAGE as i16),
            KeyCode::Left | KeyCode::Char('[') => step_detail(model, open, -1),
            KeyCode::Right | KeyCode::Char(']') => step_detail(model, open, 1),
            KeyCode::Enter | KeyCode::Char('q') => return,
            _ => {}
        },
        Overlay::Token(..) => match key.code {
            KeyCode::Char('t') => return consumer::choose_start(model),
            KeyCode::Enter | KeyCode::Char('q') => return,
            _ => {}
        },
        Overlay::Result(screen) => match key.code {
            KeyCode::Up | KeyCode::Char('k') => result::scroll(model, screen, -1),
            KeyCode::Down | KeyCode::Char('j') => result::scroll(model, screen, 1),
            KeyCode::PageUp => result::scroll(model, screen, -(PAGE as isize)),
            KeyCode::PageDown | KeyCode::Char(' ') => result::scroll(model, screen, PAGE as isize),
            KeyCode::Home | KeyCode::Char('g') => result::scroll(model, screen, isize::MIN),
            KeyCode::End | KeyCode::Char('G') => result::scroll(model, screen, isize::MAX),
            KeyCode::Enter | KeyCode::Char('q') => return,
            _ => {}
        },
        Overlay::Sheet(sheet) => match key.code {
            KeyCode::Up | KeyCode::Char('k') => sheet.scroll_by(model, -1),
            KeyCode::Down | KeyCode::Char('j') => sheet.scroll_by(model, 1),
            KeyCode::PageUp => sheet.scroll_by(model, -(PAGE as isize)),
            KeyCode::PageDown | KeyCode::Char(' ') => sheet.scroll_by(model, PAGE as isize),
            KeyCode::Char('h') if sheet.kind == SheetKind::Hints => return guide::hint(model),
            KeyCode::Char(':') => return act(model, Action::Palette, now, out),
            KeyCode::Enter | KeyCode::Char('q' | 'd') => return,
            _ => {}
        },
        Overlay::Batch if !batch::pressed(model, key.code) => return,
        Overlay::Numbers if !numbers::stays_open(key.code) => return,
        Overlay::Batch
        | Overlay::Numbers
        | Overlay::Wire(_)
        | Overlay::Reshard(_)
        | Overlay::Course(_)
        | Overlay::Terms(_)
        | Overlay::Confirm(_) => {}
    }
    model.overlay = Some(overlay);
}

fn scroll_detail(model: &Model, open: &mut Detail, by: i16) {
    let most = detail::most_scroll(model, *open);
    open.scroll = open.scroll.saturating_add_signed(by).min(most);
}

fn step_detail(model: &mut Model, detail: &mut Detail, by: i64) {
    let (first, end, gaze) = match detail.sent {
        true => {
            let panel = &mut model.producer;
            let end = panel.gaze.end(&panel.log);
            (panel.log.first(), end, &mut panel.gaze)
        }
        false => {
            let panel = &mut model.consumer;
            let end = panel.gaze.end(&panel.log);
            (panel.log.first(), end, &mut panel.gaze)
        }
    };
    let to = detail.number.saturating_add_signed(by).max(first);
    if (first..end).contains(&to) {
        detail.number = to;
        detail.scroll = 0;
        gaze.look = log::Look::At(to);
    }
}

fn confirm_pressed(
    model: &mut Model,
    confirm: Confirm,
    key: KeyEvent,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let yes = matches!(key.code, KeyCode::Enter | KeyCode::Char('y' | 'Y'));
    let no = matches!(key.code, KeyCode::Esc | KeyCode::Char('n' | 'N'));
    match confirm {
        Confirm::Leave if yes || key.code == KeyCode::Char('q') => out.effects.push(Effect::Quit),
        Confirm::CleanUp { streams, leaving } if yes => {
            model.quit_asked = false;
            guard::clean_up(model, streams, leaving, out);
        }
        Confirm::CleanUp { leaving: true, .. } if matches!(key.code, KeyCode::Char('k' | 'q')) => {
            out.effects.push(Effect::Quit);
        }
        Confirm::CleanUp { leaving: false, .. } if key.code == KeyCode::Char('k') => {}
        Confirm::Delete(stream) if yes => {
            model.say(Tone::Plain, format!("Deleting {stream}…"));
            guard::delete(model, stream, out);
        }
        Confirm::Empty(stream) if yes => lab_server::empty(model, stream, out),
        Confirm::RunCode(plan) if yes => program_pane::agreed(model, *plan, out),
        Confirm::MakePython(plan) if yes => program_pane::make_python(model, *plan, out),
        Confirm::EndProgram(_) if yes => program_pane::end(model, out),
        Confirm::ReplaceFile { mut writing, .. } if yes => {
            writing.replace = true;
            out.effects.push(Effect::WriteFile(writing));
        }
        Confirm::ResetStep(page) if yes => guide::reset(model, page),
        Confirm::OneDay if yes => lab_server::one_day_forward(out),
        Confirm::ChangeStream { stream, change } if yes => {
            guard::agreed_to_change(model, stream, change, out);
        }
        Confirm::FirstWrite(pending) if yes => guard::agreed(model, None, pending, now, out),
        Confirm::ForeignStream { stream, pending } if yes => {
            guard::agreed(model, Some(stream), pending, now, out);
        }
        _ if no => {
            model.quit_asked = false;
            guide::refuse(model);
            model.say(Tone::Plain, "Nothing was done.".into());
        }
        other => model.overlay = Some(Overlay::Confirm(other)),
    }
}

pub(super) fn edit_pressed(model: &mut Model, key: KeyEvent) {
    let Some(edit) = &mut model.producer.edit else {
        return;
    };
    match (key.code, edit.field) {
        (KeyCode::Esc, _) => producer::leave_edit(model),
        (KeyCode::Enter, _) => producer::finish_edit(model),
        (KeyCode::Tab | KeyCode::Down, field) => edit.enter(field.turn(1)),
        (KeyCode::BackTab | KeyCode::Up, field) => edit.enter(field.turn(-1)),
        (KeyCode::Left, Field::Template) => producer::step_template(model, -1),
        (KeyCode::Right | KeyCode::Char(' '), Field::Template) => producer::step_template(model, 1),
        _ => {
            let changes = matches!(
                key.code,
                KeyCode::Char(_) | KeyCode::Backspace | KeyCode::Delete
            );
            if changes && !key.modifiers.contains(KeyModifiers::CONTROL) {
                edit.replace();
            }
            edit.replacing = false;
            let change = edit
                .text()
                .and_then(|text| text.handle_event(&Event::Key(key)));
            if change.is_some_and(|change| change.value) {
                edit.changed();
            }
        }
    }
}

/// The field that takes the text that comes now, if one does.
fn text_field(model: &mut Model) -> Option<&mut Input> {
    match &mut model.overlay {
        Some(Overlay::Help(listing) | Overlay::Palette(listing)) => {
            listing.cursor = 0;
            return Some(&mut listing.query);
        }
        Some(Overlay::Streams(dialog)) if dialog.cursor == 0 => {
            dialog.problem = None;
            return Some(&mut dialog.name);
        }
        Some(Overlay::Start(dialog)) => {
            dialog.problem = None;
            return dialog.field();
        }
        Some(Overlay::Wire(dialog)) if dialog.typing => return Some(&mut model.wire.filter),
        Some(Overlay::Reshard(dialog)) => return reshard::pasted(dialog),
        Some(_) => return None,
        None => {}
    }
    if let Some(edit) = &mut model.producer.edit {
        if edit.text().is_some() {
            edit.changed();
        }
        return edit.text();
    }
    let search = model.lesson.search.as_mut()?;
    search.typing.then_some(&mut search.query)
}

pub(super) fn pasted(model: &mut Model, text: &str) {
    if model.overlay.is_none() && model.lesson.discussion.note.is_some() {
        return discussion::pasted(model, text);
    }
    if let Some(edit) = model
        .producer
        .edit
        .as_mut()
        .filter(|_| model.overlay.is_none())
    {
        edit.replace();
        edit.replacing = false;
    }
    let Some(field) = text_field(model) else {
        let words = "Pasted text goes into a text field only; nothing was done with it.";
        return model.say(Tone::Nearly, words.into());
    };
    let mut cut = text.len().min(LONGEST_PASTE);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let line: String = text[..cut]
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = line.trim();
    let before: String = field.value().chars().take(field.cursor()).collect();
    let after: String = field.value().chars().skip(field.cursor()).collect();
    let cursor = before.chars().count() + line.chars().count();
    *field = Input::new(format!("{before}{line}{after}")).with_cursor(cursor);
    if matches!(model.overlay, Some(Overlay::Wire(_))) {
        wire::filter_changed(model);
    }
}
