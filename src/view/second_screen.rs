//! The instructor's second screen.
//!
//! ```text
//!  What Are Streams?                  Hands-On   11:42   think 0:31     the lesson, and its clocks
//!
//!  Note                                         The room sees  present mode
//!  Ask first: same shard or not?                Step 2 · Run the producer
//!
//!  Now   Step 2 · Run the producer              Three events: alice logs in,
//!  Next  Step 3 · Write the consumer            bob views a page, ...
//!
//!  page 9 of 14 · process 4711 · q quits
//! ```
//!
//! Beside each other where there is room, else below each other. Where it is narrow what the room sees is cut, not the note.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Look;
use super::ascii;
use super::canvas::Canvas;
use super::fit::Row;
use super::prose::{WIDEST, wrapped};
use super::theme::Styles;
use crate::app::Theme;
use crate::app::class::Time;
use crate::app::screen::SMALLEST;
use crate::app::second_screen::{Notes, Shown, Sight, Unread};

/// From this width on the note and the room stand beside each other.
const BESIDE: usize = 110;

/// Air between the two.
const APART: usize = 4;

/// Draws it.
pub fn draw_notes(notes: &Notes, look: &Look, frame: &mut Frame<'_>) {
    let theme = if look.colour {
        notes.theme
    } else {
        Theme::Mono
    };
    let styles = Styles::of(theme);
    let area = frame.area();
    let buffer = frame.buffer_mut();
    buffer.set_style(area, styles.base);
    let (width, height) = SMALLEST;
    if area.width < width || area.height < height {
        let words = format!(
            "kinesis-lab notes needs {width}x{height}, this window is {}x{}",
            area.width, area.height
        );
        let mut canvas = Canvas::new(buffer, area);
        let lines = wrapped(&words, canvas.width());
        paragraph(&mut canvas, 0, &lines, styles.base);
    } else {
        let inside = Rect {
            x: area.x + 1,
            width: area.width - 2,
            ..area
        };
        match notes.shown() {
            Some(shown) => follow(notes, shown, &styles, buffer, inside),
            None => wait(notes, &styles, &mut Canvas::new(buffer, inside)),
        }
        let mut canvas = Canvas::new(buffer, inside);
        let bottom = canvas.height().saturating_sub(1);
        canvas.draw(bottom, foot(notes, &styles));
    }
    if look.ascii {
        ascii::fold(buffer);
    }
}

/// Lines from a row on; gives the row below them.
fn paragraph(canvas: &mut Canvas<'_>, row: usize, lines: &[String], style: Style) -> usize {
    for (place, line) in lines.iter().enumerate() {
        canvas.draw(row + place, Row::new().text(line.as_str(), style));
    }
    row + lines.len()
}

/// No lab is followed: why, and what to do.
fn wait(notes: &Notes, styles: &Styles, canvas: &mut Canvas<'_>) {
    let (head, words) = match &notes.sight {
        None => ("Looking for a lab", String::new()),
        Some(Sight::Lab {
            shown: Err(why), ..
        }) => match why {
            Unread::Nothing => ("A lab is starting", "It shows nothing yet.".to_owned()),
            Unread::Version(version) => (
                "The lab is of another version",
                format!(
                    "It tells its second screen in form {version}, which this kinesis-lab does not know. Start both with the same kinesis-lab."
                ),
            ),
            Unread::Damaged => (
                "What the lab tells cannot be read",
                "Its file is damaged, or not a lab's. The lab writes it anew when you turn a page there.".to_owned(),
            ),
        },
        Some(_) if notes.seen => (
            "The lab has ended",
            "This screen waits for the next one: kinesis-lab present in another terminal.".to_owned(),
        ),
        Some(_) => (
            "No lab is running",
            "Start one in another terminal: kinesis-lab present. This screen waits for it.".to_owned(),
        ),
    };
    let width = canvas.width().min(WIDEST);
    canvas.draw(1, Row::new().text(head, styles.accent));
    let mut row = paragraph(canvas, 3, &wrapped(&words, width), styles.base);
    if matches!(notes.sight, Some(Sight::Nobody)) {
        let place = format!(
            "It looks in {}. A lab with another XDG_STATE_HOME or HOME is not seen from here.",
            notes.place
        );
        row += 1;
        paragraph(canvas, row, &wrapped(&place, width), styles.dim);
    }
}

fn follow(notes: &Notes, shown: &Shown, styles: &Styles, buffer: &mut Buffer, inside: Rect) {
    let mut canvas = Canvas::new(buffer, inside);
    top(notes, shown, styles, &mut canvas);
    let width = canvas.width();
    let rows = 2..canvas.height().saturating_sub(2);
    let mut body = canvas.rows(rows);
    if width >= BESIDE {
        let half = (width - APART) / 2;
        instructor(shown, styles, &mut body.columns(0..half));
        room(shown, styles, &mut body.columns(half + APART..width));
    } else {
        let used = instructor(shown, styles, &mut body);
        let height = body.height();
        room(shown, styles, &mut body.rows(used + 1..height));
    }
}

/// The lesson at the left; the section and its clocks at the right.
fn top(notes: &Notes, shown: &Shown, styles: &Styles, canvas: &mut Canvas<'_>) {
    let of = |time| match time {
        Time::Over(_) => styles.nearly,
        Time::Left(_) | Time::Used(_) => styles.strong,
    };
    let time = shown.clock.time(notes.now);
    let mut clocks = Row::new().text(time.to_string(), of(time));
    clocks = match (time, shown.clock.budget) {
        (Time::Left(_), _) => clocks.text(" left", styles.dim),
        (Time::Over(_), _) => clocks.text(" over", styles.dim),
        (Time::Used(_), Some(budget)) => {
            clocks.text(format!(" of {} min", budget / 60), styles.dim)
        }
        (Time::Used(_), None) => clocks,
    };
    if shown.clock.since.is_none() {
        clocks = clocks.text(" paused", styles.nearly);
    }
    if let Some(phase) = &shown.phase {
        let time = shown.clock.phase(phase, notes.now);
        clocks = clocks
            .text(format!("   {} ", phase.word), styles.accent)
            .text(time.to_string(), of(time));
    }
    let room = canvas.width().saturating_sub(clocks.width() + 3);
    let section = Row::new().left(&shown.section, room, styles.strong);
    canvas.draw(0, section);
    canvas.draw_right(0, clocks);
}

/// The note, this step and the next; gives how many rows they take.
fn instructor(shown: &Shown, styles: &Styles, canvas: &mut Canvas<'_>) -> usize {
    let width = canvas.width().min(WIDEST);
    let mut row = 0;
    canvas.draw(row, Row::new().text("Note", styles.accent));
    row += 1;
    row = match shown.note.is_empty() {
        true => paragraph(canvas, row, &["-".to_owned()], styles.dim),
        false => paragraph(canvas, row, &wrapped(&shown.note, width), styles.base),
    };
    row += 1;
    for (name, words, style) in [
        ("Now ", &shown.this, styles.strong),
        ("Next", &shown.next, styles.base),
    ] {
        let words = if words.is_empty() { "the end" } else { words };
        let line = Row::new().text(name, styles.accent).gap(2);
        let room = canvas.width().saturating_sub(line.width());
        canvas.draw(row, line.left(words, room, style));
        row += 1;
    }
    row
}

/// What everybody sees.
fn room(shown: &Shown, styles: &Styles, canvas: &mut Canvas<'_>) {
    let place = match shown.room.present {
        true => "  present mode",
        false => "  the full lab",
    };
    let name = Row::new()
        .text("The room sees", styles.accent)
        .text(place, styles.dim);
    canvas.draw(0, name);
    let width = canvas.width();
    canvas.draw(1, Row::new().left(&shown.room.title, width, styles.strong));
    let fits = canvas.height().saturating_sub(2);
    // The lesson's lines begin with the title that stands above them.
    let lines = shown.room.lines.iter();
    let same = |line: &&String| line.trim() == shown.room.title || line.trim().is_empty();
    let lines: Vec<&String> = lines.skip_while(same).collect();
    for (row, line) in lines.iter().take(fits).enumerate() {
        let more = row + 1 == fits && lines.len() > fits;
        let text = if more { "…" } else { line.as_str() };
        canvas.draw(row + 2, Row::new().left(text, width, styles.base));
    }
}

fn foot<'a>(notes: &Notes, styles: &Styles) -> Row<'a> {
    let mut row = Row::new();
    if let Some(shown) = notes.shown() {
        let (page, pages) = shown.page;
        row = row.text(format!("page {page} of {pages}"), styles.dim);
    }
    if let Some(Sight::Lab { pid, others, .. }) = &notes.sight {
        let gap = if row.is_empty() { 0 } else { 3 };
        row = match others {
            0 => row.gap(gap).text(format!("lab {pid}"), styles.dim),
            _ => row.gap(gap).text(
                format!(
                    "{} labs run here; this is the newest, process {pid}",
                    others + 1
                ),
                styles.nearly,
            ),
        };
    }
    let gap = if row.is_empty() { 0 } else { 3 };
    row.gap(gap)
        .text("T", styles.key)
        .text(" theme", styles.dim)
        .gap(3)
        .text("q", styles.key)
        .text(" quits", styles.dim)
}
