//! The terms of the course: each is a page of the reference, found by typing; those that the open page uses come first.

use std::iter;

use crossterm::event::{KeyCode, KeyEvent};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::listing;
use super::model::{Model, Tone};
use super::overlay::{Listing, Overlay};
use crate::lesson::{self, Block, Highlights, Inline, Lesson, Page, SectionKind, TextLine};

/// The narrowest that a term's text is laid out in.
const NARROWEST: usize = 20;

/// Columns of the list, and between it and the text.
pub const LIST: usize = 26;
/// See [`LIST`].
pub const GAP: usize = 2;

/// What frame and air take of the screen, in columns and rows, and the rows of the field above.
const AROUND: (usize, usize) = (8, 6);

/// The terms as they are shown.
#[derive(Debug, Clone, Default)]
pub struct TermsDialog {
    /// What was typed, and which of the terms is selected.
    pub listing: Listing,
    /// The terms that match, as pages of the reference.
    pub found: Vec<usize>,
    /// So many of them, the first, stand on the open page.
    pub here: usize,
    /// The selected term's text.
    pub lines: Vec<TextLine>,
    /// Lines of it scrolled down.
    pub scroll: usize,
    /// All terms that stand on the open page.
    on_page: Vec<usize>,
}

/// The inside of the dialog, in cells: as wide as list and text, as high as there is room.
pub fn room(model: &Model) -> (usize, usize) {
    let area = model.layout.area;
    let most = LIST + GAP + lesson::WIDEST;
    let width = usize::from(area.width).saturating_sub(AROUND.0).min(most);
    (
        width,
        usize::from(area.height).saturating_sub(AROUND.1).min(24),
    )
}

/// Opens the terms.
pub(super) fn open(model: &mut Model) {
    let Some(reference) = model.reference.clone() else {
        let words = "There is no reference beside this lesson.";
        return model.say(Tone::Plain, words.into());
    };
    let text = text_of_page(model);
    let mut dialog = TermsDialog {
        on_page: terms(&reference)
            .filter(|(_, page)| names(page).any(|name| stands_in(&text, &name)))
            .map(|(place, _)| place)
            .collect(),
        ..TermsDialog::default()
    };
    find(&mut dialog, &reference);
    show(model, &mut dialog, &reference);
    model.overlay = Some(Overlay::Terms(dialog));
}

/// A key while they are open.
pub(super) fn pressed(model: &mut Model, mut dialog: TermsDialog, key: KeyEvent) {
    let Some(reference) = model.reference.clone() else {
        return;
    };
    let most = dialog.lines.len().saturating_sub(1);
    match key.code {
        KeyCode::Esc | KeyCode::Enter => return,
        KeyCode::Char('K') if dialog.listing.query.value().is_empty() => return,
        KeyCode::PageDown => dialog.scroll = (dialog.scroll + listing::PAGE).min(most),
        KeyCode::PageUp => dialog.scroll = dialog.scroll.saturating_sub(listing::PAGE),
        _ => {
            listing::pressed(&mut dialog.listing, key, dialog.found.len());
            find(&mut dialog, &reference);
            show(model, &mut dialog, &reference);
        }
    }
    model.overlay = Some(Overlay::Terms(dialog));
}

/// Lays the open term out anew: the screen has another size.
pub(super) fn lay_out(model: &mut Model) {
    let Some(reference) = model.reference.clone() else {
        return;
    };
    let Some(Overlay::Terms(mut dialog)) =
        model.overlay.take_if(|it| matches!(it, Overlay::Terms(_)))
    else {
        return;
    };
    show(model, &mut dialog, &reference);
    model.overlay = Some(Overlay::Terms(dialog));
}

/// The reference's terms: its pages that are just read, with their places.
pub fn terms(reference: &Lesson) -> impl Iterator<Item = (usize, &Page)> {
    reference.pages.iter().enumerate().filter(|(_, page)| {
        let section = reference.sections.get(page.section);
        section.is_some_and(|it| it.kind == SectionKind::Reading && it.title != page.title)
    })
}

/// A term's names: those of its heading, parted by commas.
fn names(page: &Page) -> impl Iterator<Item = String> {
    let names = page.title.split(',').map(|name| name.trim().to_lowercase());
    names.filter(|name| !name.is_empty())
}

fn text_of_page(model: &Model) -> String {
    let lines = model.lesson.lines.iter().map(TextLine::text);
    let text: Vec<String> = lines.map(|line| line.trim().to_lowercase()).collect();
    text.join(" ")
}

/// Whether a name stands in a text as words of its own, in the singular or the plural.
fn stands_in(text: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = &text[at + name.len()..];
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        !before.is_some_and(word) && !rest.chars().next().is_some_and(word)
    })
}

/// Finds the terms that match: all, those of the open page first, until something is typed.
fn find(dialog: &mut TermsDialog, reference: &Lesson) {
    let query = dialog.listing.query.value();
    if query.is_empty() {
        let others = terms(reference).map(|(place, _)| place);
        let others = others.filter(|place| !dialog.on_page.contains(place));
        dialog.found = dialog.on_page.iter().copied().chain(others).collect();
        dialog.here = dialog.on_page.len();
        return;
    }
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut letters = Vec::new();
    let mut scored: Vec<(u32, usize)> = terms(reference)
        .filter_map(|(place, page)| {
            let score = pattern.score(Utf32Str::new(&page.title, &mut letters), &mut matcher)?;
            Some((score, place))
        })
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    dialog.found = scored.into_iter().map(|(_, place)| place).collect();
    dialog.here = 0;
}

/// Lays out the text of the selected term.
fn show(model: &Model, dialog: &mut TermsDialog, reference: &Lesson) {
    let (width, _) = room(model);
    let width = width.saturating_sub(LIST + GAP).max(NARROWEST);
    let page = dialog.found.get(dialog.listing.cursor);
    let page = page.and_then(|place| reference.pages.get(*place));
    dialog.lines = page.map_or(Vec::new(), |page| {
        // All its names: the list has the first.
        let heading = Block::Heading {
            line: 0,
            level: 3,
            text: vec![Inline::Text(page.title.clone())],
        };
        let blocks: Vec<Block> = iter::once(heading).chain(page.blocks.clone()).collect();
        lesson::layout(&blocks, width, &Highlights::default())
    });
    dialog.scroll = 0;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_stands_in_a_text_as_words_of_its_own() {
        let text = "two shards, and a hot partition key. resharding is later";
        for (name, stands) in [
            ("shard", true),
            ("partition key", true),
            ("partition", true),
            ("reshard", false),
            ("hard", false),
            ("later", true),
        ] {
            assert_eq!(stands_in(text, name), stands, "{name}");
        }
    }
}
