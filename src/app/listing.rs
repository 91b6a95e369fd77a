//! Lists that typing narrows: help and the command palette.

use crossterm::event::{Event, KeyCode, KeyEvent};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use tui_input::backend::crossterm::EventHandler;

use super::keymap::{self, Command, HelpLine};
use super::model::Model;
use super::overlay::Listing;

/// The lines of help that match what was typed, in their own order.
pub fn help(model: &Model, listing: &Listing) -> Vec<HelpLine> {
    let query = listing.query.value().to_lowercase();
    keymap::help_of(model.presents())
        .into_iter()
        .filter(|line| {
            let text = format!("{} {} {}", line.heading, line.keys, line.does).to_lowercase();
            query.split_whitespace().all(|word| text.contains(word))
        })
        .collect()
}

/// The commands that match what was typed, the best match first.
pub fn commands(model: &Model, listing: &Listing) -> Vec<Command> {
    let commands = keymap::commands(model);
    let query = listing.query.value();
    if query.is_empty() {
        return commands;
    }
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut scored: Vec<(u32, Command)> = commands
        .into_iter()
        .filter_map(|command| {
            let score = pattern.score(Utf32Str::new(&command.name, &mut letters), &mut matcher)?;
            Some((score, command))
        })
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, command)| command).collect()
}

/// How far PgUp and PgDn go in a list, in lines.
pub(super) const PAGE: usize = 10;

/// A key in a list: it moves the cursor or narrows the list.
pub(super) fn pressed(listing: &mut Listing, key: KeyEvent, count: usize) {
    let last = count.saturating_sub(1);
    match key.code {
        KeyCode::Up => listing.cursor = listing.cursor.saturating_sub(1),
        KeyCode::Down | KeyCode::Tab => listing.cursor = (listing.cursor + 1).min(last),
        KeyCode::PageUp => listing.cursor = listing.cursor.saturating_sub(PAGE),
        KeyCode::PageDown => listing.cursor = (listing.cursor + PAGE).min(last),
        _ => {
            if listing
                .query
                .handle_event(&Event::Key(key))
                .is_some_and(|change| change.value)
            {
                listing.cursor = 0;
            }
        }
    }
}
