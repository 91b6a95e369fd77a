//! Keys and pasted text in the dialog.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{
    Act, LONGEST_HOURS, OpenShard, ReshardDialog, SHORTEST_HOURS, apply, look_again, point,
};
use crate::app::listing::PAGE;
use crate::app::model::{Model, Outcome};
use crate::app::overlay::Overlay;
use crate::kinesis::hash_ranges::HashKey;

/// Something that is typed.
#[derive(Debug, Clone)]
pub struct Typing {
    /// The text.
    pub text: Input,
    /// Whether it is a partition key at whose hash the shard is to be split; else the number that the act needs.
    pub key: Option<Side>,
}

/// To which child the typed key is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The lower one.
    Lower,
    /// The higher one.
    Higher,
}

impl ReshardDialog {
    /// Moves what the act can move.
    fn step(&mut self, steps: i8, coarse: bool) {
        match self.act {
            Act::Split => {
                if let Some(shard) = self.open.get(self.cursor) {
                    self.at = point::moved(shard.range, self.at, steps, coarse);
                }
            }
            Act::Merge => self.go(isize::from(steps)),
            Act::Scale => {
                let (least, most) = self.counts();
                let by = if coarse { 8 } else { 1 };
                let moved = self.count.saturating_add_signed(i32::from(steps) * by);
                self.count = moved.clamp(least, most);
            }
            Act::Retain => {
                let by = if coarse { 168 } else { 24 };
                let moved = self.hours.saturating_add_signed(i32::from(steps) * by);
                self.hours = moved.clamp(SHORTEST_HOURS, LONGEST_HOURS);
            }
        }
    }

    /// Chooses another shard.
    fn go(&mut self, by: isize) {
        let last = self.open.len().saturating_sub(1);
        let place = self.cursor.saturating_add_signed(by).min(last);
        if place != self.cursor {
            self.choose(place);
        }
    }

    /// Begins to type the number that the act needs.
    fn type_number(&mut self, first: &str) {
        if self.act != Act::Merge {
            self.typing = Some(Typing {
                text: Input::new(first.to_owned()),
                key: None,
            });
        }
    }

    /// Takes over what was typed.
    fn typed(&mut self, typing: &Typing) -> Result<(), String> {
        let text = typing.text.value();
        if let Some(side) = typing.key {
            return self.at_key(text, side);
        }
        let number = || {
            let read = text.trim().parse::<u32>();
            read.map_err(|_| "that is no number: type digits".to_owned())
        };
        match self.act {
            Act::Split => {
                let at = point::typed(text)?;
                // A point names its shard.
                self.choose_owner_of(at);
                if let Some(shard) = self.shard()
                    && let Some(why) = point::problem(shard.range, at)
                {
                    return Err(why);
                }
                self.at = at;
            }
            Act::Merge => {}
            Act::Scale => {
                let (least, most) = self.counts();
                let count = number()?;
                if !(least..=most).contains(&count) {
                    return Err(format!(
                        "one call takes {} shards to {least} at least and to {most} at most: half, or double",
                        self.open.len()
                    ));
                }
                self.count = count;
            }
            Act::Retain => {
                let hours = number()?;
                if !(SHORTEST_HOURS..=LONGEST_HOURS).contains(&hours) {
                    return Err(format!(
                        "records are kept {SHORTEST_HOURS} h at least and {LONGEST_HOURS} h (a year) at most"
                    ));
                }
                self.hours = hours;
            }
        }
        Ok(())
    }

    /// Splits so that this key is the last of the lower child, or the first of the higher one.
    fn at_key(&mut self, key: &str, side: Side) -> Result<(), String> {
        if key.is_empty() {
            return Err("no key was typed: type one, for example alice".into());
        }
        let hash = HashKey::of_partition_key(key);
        let at = match side {
            Side::Lower => hash.value().saturating_add(1).into(),
            Side::Higher => hash,
        };
        self.choose_owner_of(hash);
        if let Some(shard) = self.shard()
            && let Some(why) = point::problem(shard.range, at)
        {
            return Err(why);
        }
        self.at = at;
        Ok(())
    }

    /// Chooses the shard that owns this point; the chosen one stays so if it does.
    fn choose_owner_of(&mut self, point: HashKey) {
        let owns = |shard: &OpenShard| shard.range.contains(point);
        if !self.shard().is_some_and(owns)
            && let Some(place) = self.open.iter().position(owns)
        {
            self.choose(place);
        }
    }
}

/// A key while the dialog is open.
pub(in crate::app) fn pressed(
    model: &mut Model,
    mut dialog: Box<ReshardDialog>,
    key: KeyEvent,
    out: &mut Outcome,
) {
    if let Some(mut typing) = dialog.typing.take() {
        match (key.code, typing.key) {
            (KeyCode::Esc, _) => dialog.problem = None,
            (KeyCode::Enter, _) => {
                dialog.problem = dialog.typed(&typing).err();
                if dialog.problem.is_some() {
                    dialog.typing = Some(typing);
                }
            }
            (KeyCode::Tab | KeyCode::BackTab | KeyCode::Up | KeyCode::Down, Some(side)) => {
                typing.key = Some(match side {
                    Side::Lower => Side::Higher,
                    Side::Higher => Side::Lower,
                });
                dialog.typing = Some(typing);
            }
            _ => {
                typing.text.handle_event(&Event::Key(key));
                dialog.problem = None;
                dialog.typing = Some(typing);
            }
        }
        model.overlay = Some(Overlay::Reshard(dialog));
        return;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        model.overlay = Some(Overlay::Reshard(dialog));
        return;
    }
    dialog.problem = None;
    let page = PAGE as isize;
    let mut enter = false;
    match key.code {
        KeyCode::Esc | KeyCode::Char('q' | 'R') => return,
        KeyCode::Tab => dialog.turn(1),
        KeyCode::BackTab => dialog.turn(-1),
        KeyCode::Up => dialog.go(-1),
        KeyCode::Down => dialog.go(1),
        KeyCode::PageUp => dialog.go(-page),
        KeyCode::PageDown => dialog.go(page),
        KeyCode::Left => dialog.step(-1, false),
        KeyCode::Right => dialog.step(1, false),
        KeyCode::Char('[') => dialog.step(-1, true),
        KeyCode::Char(']') => dialog.step(1, true),
        KeyCode::Home => dialog.take_the_middle(),
        KeyCode::Char('k') if dialog.act == Act::Split => {
            dialog.typing = Some(Typing {
                text: Input::default(),
                key: Some(Side::Lower),
            });
        }
        KeyCode::Char('p') => dialog.type_number(""),
        KeyCode::Char(c) if c.is_ascii_digit() => dialog.type_number(&c.to_string()),
        KeyCode::Char(c) => {
            if let Some(act) = Act::of_key(c) {
                dialog.act = act;
            }
        }
        KeyCode::Enter => enter = true,
        _ => {}
    }
    model.overlay = Some(Overlay::Reshard(dialog));
    let own = model.reshard.under_way().is_some();
    look_again(model, own);
    if enter {
        apply(model, out);
    }
}

impl ReshardDialog {
    fn turn(&mut self, by: isize) {
        let all = Act::ALL;
        let place = all.iter().position(|act| *act == self.act).unwrap_or(0);
        let next = (place as isize + by).rem_euclid(all.len() as isize);
        self.act = all[next.unsigned_abs()];
    }
}

/// The field that takes pasted text, if one is open.
pub(in crate::app) fn pasted(dialog: &mut ReshardDialog) -> Option<&mut Input> {
    dialog.problem = None;
    dialog.typing.as_mut().map(|typing| &mut typing.text)
}
