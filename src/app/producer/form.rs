//! The form that says how automatic sending sends: a choice a line, in force at once.

use crossterm::event::{KeyCode, KeyEvent};

use super::auto::{most, rate};
use super::settings::{BATCHES, Keys, PAYLOADS, RETRIES};
use crate::app::connection::ConnectionKind;
use crate::app::model::Model;
use crate::app::numbers::grouped;
use crate::app::overlay::Overlay;
use crate::app::templates;

/// What a million payload units of 25 KiB cost on AWS in us-east-1, in US dollars (AWS price list, 2026).
const MILLION_UNITS_DOLLARS: f64 = 0.014;

/// What a payload unit holds.
const UNIT_BYTES: usize = 25 * 1024;

/// The form that `i` opens in the producer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SendingForm {
    /// An index into [`Line::ALL`].
    pub cursor: usize,
}

/// A line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Which events.
    Template,
    /// How their keys are spread.
    Keys,
    /// How many a call carries.
    Batch,
    /// How large they are.
    Size,
    /// How often they go again.
    Retries,
    /// How many a second.
    Rate,
}

impl Line {
    /// All of them, in their order.
    pub const ALL: [Self; 6] = [
        Self::Template,
        Self::Keys,
        Self::Batch,
        Self::Size,
        Self::Retries,
        Self::Rate,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Template => "events",
            Self::Keys => "keys",
            Self::Batch => "a call",
            Self::Size => "size",
            Self::Retries => "retries",
            Self::Rate => "rate",
        }
    }

    /// How it stands.
    pub fn value(self, model: &Model) -> String {
        let settings = &model.producer.auto.settings;
        match self {
            Self::Template => model.producer.template().name.clone(),
            Self::Keys => settings.keys.name().to_owned(),
            Self::Batch => match BATCHES[settings.batch] {
                1 => "1 record".to_owned(),
                n => format!("{n} records"),
            },
            Self::Size => match PAYLOADS[settings.payload] {
                None => "of the template".to_owned(),
                Some(bytes) if bytes >= 1024 * 1024 => format!("{} MiB", bytes / (1024 * 1024)),
                Some(bytes) => format!("{} KiB", bytes / 1024),
            },
            Self::Retries => match RETRIES[settings.retries] {
                0 => "none".to_owned(),
                n => format!("at most {n}"),
            },
            Self::Rate => format!("{} a second", grouped(rate(model).into())),
        }
    }

    /// What the value means, in a few words.
    pub fn means(self, model: &Model) -> String {
        let settings = &model.producer.auto.settings;
        let words = match self {
            Self::Template => "what the records tell of",
            Self::Keys => match settings.keys {
                Keys::Template => "a handful, as life has them",
                Keys::One => "all in order, all in one shard",
                Keys::Few => "too few to spread evenly",
                Keys::Uniform => "spread evenly over the shards",
                Keys::Zipf => "a few take most: a hot shard",
            },
            Self::Batch => match BATCHES[settings.batch] {
                1 => "PutRecord: one call for each",
                _ => "PutRecords: a result for each",
            },
            Self::Size => "key and data together",
            Self::Retries => match RETRIES[settings.retries] {
                0 => "what is refused is lost",
                _ => "of what is refused",
            },
            Self::Rate if model.connection.kind == ConnectionKind::Aws => {
                return format!("of at most {} on AWS", grouped(most(model).into()));
            }
            Self::Rate => {
                return format!("of {} that the shards take", grouped(most(model).into()));
            }
        };
        words.to_owned()
    }

    /// What there is to see when it changes.
    pub fn teaches(self, model: &Model) -> String {
        let words = match self {
            Self::Template => {
                "Each event has an id of its own: that is how a reader finds what came twice."
            }
            Self::Keys => {
                "A shard takes 1,000 records a second. One key can never have more than that, however many shards there are."
            }
            Self::Batch => {
                "A batch saves calls, but each of its records is stored or refused by itself: only the refused ones go again, and land behind later records of their key."
            }
            Self::Size => {
                "A shard takes 1 MiB a second: large events reach that limit long before 1,000 records. A call takes 500 records."
            }
            Self::Retries => {
                "A retry waits up to 100 ms, then 200, 400, at most 5 s, drawn at random: those that were refused together do not come back together."
            }
            Self::Rate => match cost_in_words(model) {
                Some(cost) => {
                    return format!(
                        "At this rate and size: {cost}. Every record is paid for, be it read or not."
                    );
                }
                None => {
                    "+ and - change it anywhere. What the endpoint is too slow for is skipped and counted, never heaped up."
                }
            },
        };
        words.to_owned()
    }
}

/// Opens the form.
pub(in crate::app) fn open_form(model: &mut Model) {
    model.overlay = Some(Overlay::Sending(SendingForm::default()));
}

/// A key while the form is open. Says whether it stays so.
pub(in crate::app) fn form_pressed(
    model: &mut Model,
    form: &mut SendingForm,
    key: KeyEvent,
) -> bool {
    let last = Line::ALL.len() - 1;
    let line = Line::ALL[form.cursor.min(last)];
    match key.code {
        KeyCode::Up | KeyCode::BackTab | KeyCode::Char('k') => {
            form.cursor = form.cursor.saturating_sub(1);
        }
        KeyCode::Down | KeyCode::Tab | KeyCode::Char('j') => {
            form.cursor = (form.cursor + 1).min(last);
        }
        KeyCode::Left => change(model, line, -1),
        KeyCode::Right | KeyCode::Char(' ') => change(model, line, 1),
        KeyCode::Char('+' | '=') => super::change_rate(model, 1),
        KeyCode::Char('-') => super::change_rate(model, -1),
        KeyCode::Enter | KeyCode::Char('i' | 'q') => return false,
        _ => {}
    }
    true
}

/// Takes the next choice of a line, or the one before; after the last comes the first.
fn change(model: &mut Model, line: Line, by: isize) {
    let turn = |place: usize, count: usize| (place + count).saturating_add_signed(by) % count;
    let settings = &mut model.producer.auto.settings;
    match line {
        Line::Template => {
            let place = turn(model.producer.auto.template, templates::templates().len());
            super::use_template(model, place);
        }
        Line::Keys => {
            let at = Keys::ALL.iter().position(|keys| *keys == settings.keys);
            settings.keys = Keys::ALL[turn(at.unwrap_or(0), Keys::ALL.len())];
        }
        Line::Batch => settings.batch = turn(settings.batch, BATCHES.len()),
        Line::Size => settings.payload = turn(settings.payload, PAYLOADS.len()),
        Line::Retries => settings.retries = turn(settings.retries, RETRIES.len()),
        Line::Rate => super::change_rate(model, by),
    }
}

/// What automatic sending costs on AWS at this rate and size; nothing elsewhere.
pub fn cost_in_words(model: &Model) -> Option<String> {
    if model.connection.kind != ConnectionKind::Aws {
        return None;
    }
    let units = model
        .producer
        .auto
        .settings
        .event_bytes()
        .div_ceil(UNIT_BYTES) as f64;
    let an_hour = f64::from(rate(model)) * 3_600.0 * units / 1e6 * MILLION_UNITS_DOLLARS;
    Some(format!("about ${an_hour:.4} an hour beside the shards"))
}
