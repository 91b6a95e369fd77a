//! The screen: a plain function of the model. It changes nothing, knows no clock and asks for nothing.
//!
//! ```text
//!  kinesis-lab  What are streams?   ✓✓ ▸ Hands-on 8/20 min  Checkpoint      LOCAL 127.0.0.1:4567    bar
//! ┏━ ▸ 1 Lesson ━━━━━━━━━━━━━━━ step 2 of 5 ━┓╭─ 2 Producer ───────────── you 1 · programs 3 ─╮
//! ┃ Step 2 · Run the producer                ┃│ the event at hand and where it will go       │    producer
//! ┃ text of the page                         ┃│ what was put, a line each                    │
//! ┃                                          ┃╰──────────────────────────────────── follow ──╯
//! ┃                                          ┃╭─ 5 Shards · my-first-stream ── ACTIVE · 4 ───╮
//! ┃                                          ┃│ the line of hash keys, a lane a shard        │    shards (strip)
//! ┃                                          ┃│ who reads where, who is connected            │
//! ┃                                          ┃╰──────────────────────────────────────────────╯
//! ┃                                          ┃╭─ 3 Consumer ────────────────────── running ──╮
//! ┃                                          ┃│ who reads which shard, and how far behind    │    consumer
//! ┃                                          ┃│ what came, a line each                       │
//! ┃                                          ┃╰──────────────────────────────────── follow ──╯
//! ┃                                          ┃╭─ 4 Quiz ─────────────────────────────────────╮
//! ┃ Next  n  Step 3 · Write the consumer     ┃│ 0 of 3 answered · 4 opens it                 │    quiz
//! ┗━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 62% ━┛╰──────────────────────────────────────────────╯
//!  ✓ Sent: key carol is in shard 1.                                                                 foot
//!  n next   s send   c consumer   1-5 panes   z zoom   : commands   ? help
//! ```
//!
//! Where each part stands is [`crate::app::screen`]'s to say. Text from outside is made harmless where lines are
//! built, in `fit`.

mod ascii;
mod bar;
mod canvas;
mod consumer;
mod count;
mod field;
mod fit;
mod foot;
mod frames;
mod guide;
mod lag;
mod lanes;
mod lesson;
mod note;
mod order;
mod overlay;
mod present;
mod producer;
mod program;
mod prose;
mod quiz;
mod readers;
mod replay;
mod second_screen;
mod sequence;
mod shard;
mod spark;
mod strip;
#[cfg(test)]
mod tests;
mod theme;
mod when;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;

use crate::app::screen::SMALLEST;
use crate::app::{Model, Pane, Theme};
use canvas::Canvas;
use fit::Row;
pub use replay::{ReplayLine, draw_replay};
use theme::Styles;

pub use second_screen::draw_notes;

/// How the terminal at hand is drawn on.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether colours may be used; without them the theme is `mono`.
    pub colour: bool,
    /// Whether ASCII characters alone are used.
    pub ascii: bool,
}

/// What every part of the screen draws with.
struct Ink<'a> {
    model: &'a Model,
    styles: Styles,
    /// Whether ASCII characters alone will be left.
    ascii: bool,
}

/// Draws the lab.
pub fn draw(model: &Model, look: &Look, frame: &mut Frame<'_>) {
    let theme = if look.colour {
        model.theme
    } else {
        Theme::Mono
    };
    let ink = Ink {
        model,
        styles: Styles::of(theme),
        ascii: look.ascii,
    };
    let area = frame.area();
    let layout = &model.layout;
    let buffer = frame.buffer_mut();
    buffer.set_style(area, ink.styles.base);
    // A terminal that has just shrunk says so in a message that is still on its way.
    if layout.area.intersection(area) != layout.area {
        return;
    }
    let mut cursor = None;
    if layout.too_small() {
        too_small(&ink, &mut Canvas::new(buffer, layout.area));
    } else if model.presents() {
        match &model.overlay {
            // A dialog has the room to itself; it says what its keys are.
            Some(overlay) => {
                foot::draw(&ink, buffer);
                cursor = overlay::draw(&ink, overlay, buffer);
            }
            None => present::draw(&ink, buffer),
        }
    } else {
        bar::draw(&ink, &mut Canvas::new(buffer, layout.bar));
        for pane in Pane::ALL {
            if let Some(rect) = layout.panes[pane.index()] {
                let at = match pane {
                    Pane::Lesson => lesson::draw(&ink, buffer, rect),
                    Pane::Producer => producer::draw(&ink, buffer, rect),
                    Pane::Consumer => consumer::draw(&ink, buffer, rect),
                    Pane::Quiz => quiz::draw(&ink, buffer, rect),
                    Pane::Shards => lanes::draw(&ink, buffer, rect),
                };
                cursor = cursor.or(at);
            }
        }
        if let Some(rect) = layout.program {
            cursor = program::draw(&ink, buffer, rect).or(cursor);
        }
        strip::draw(&ink, buffer, layout.strip);
        if let Some(note) = &model.lesson.discussion.note {
            cursor = note::draw(&ink, note, buffer);
        }
        if let Some(overlay) = &model.overlay {
            step_back(&ink, buffer);
            cursor = overlay::draw(&ink, overlay, buffer);
        }
        // A long sentence borrows rows from whatever lies there, while it stands.
        foot::draw(&ink, buffer);
    }
    if look.ascii {
        ascii::fold(buffer);
    }
    if let Some(Position { x, y }) = cursor {
        frame.set_cursor_position((x, y));
    }
}

/// Lets everything between the top line and the bottom lines step back behind what lies over it.
fn step_back(ink: &Ink<'_>, buffer: &mut Buffer) {
    let layout = &ink.model.layout;
    let loud = Modifier::BOLD | Modifier::REVERSED | Modifier::UNDERLINED;
    let body = Rect {
        y: layout.bar.bottom(),
        height: layout.status.y.saturating_sub(layout.bar.bottom()),
        ..layout.area
    };
    buffer.set_style(body, ink.styles.frame.remove_modifier(loud));
}

fn too_small(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    let (width, height) = SMALLEST;
    let words = format!(
        "kinesis-lab needs {width}x{height}, this window is {}x{}",
        canvas.width(),
        canvas.height()
    );
    for (row, line) in prose::wrapped(&words, canvas.width())
        .into_iter()
        .enumerate()
    {
        canvas.draw(row, Row::new().text(line, ink.styles.base));
    }
}

/// Keys and what each does, in a row.
fn keys<'a>(ink: &Ink<'_>, keys: &[(&'a str, &'a str)]) -> Row<'a> {
    keys.iter().fold(Row::new(), |row, (key, does)| {
        let gap = if row.is_empty() { 0 } else { 3 };
        row.gap(gap)
            .text(*key, ink.styles.key)
            .gap(1)
            .text(*does, ink.styles.dim)
    })
}
