//! Where everything stands at a size: which panes are visible, and their rectangles.
//!
//! Chosen by size alone. Used by `update` (to wrap and to clamp) and by the view (to draw), so that both agree.

use ratatui::layout::{Constraint, Layout as Split, Rect};
use serde::{Deserialize, Serialize};

use super::program_pane::ProgramPane;

/// The smallest screen on which the lab draws itself, in cells.
pub const SMALLEST: (u16, u16) = (60, 15);

/// From this height on a page of prose begins below a blank line.
const AIRY: u16 = 24;

/// The panes, in the order of their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Pane {
    /// The lesson's pages.
    Lesson,
    /// What goes into the stream.
    Producer,
    /// What is read from it.
    Consumer,
    /// The checkpoint questions.
    Quiz,
    /// The stream's shards as lanes, with who reads where.
    Shards,
}

impl Pane {
    /// All of them; their keys are 1 to 5.
    pub const ALL: [Self; 5] = [
        Self::Lesson,
        Self::Producer,
        Self::Consumer,
        Self::Quiz,
        Self::Shards,
    ];

    /// All of them in reading order: what is put stands before the shards, and these before what is read.
    const READING: [Self; 5] = [
        Self::Lesson,
        Self::Producer,
        Self::Shards,
        Self::Consumer,
        Self::Quiz,
    ];

    /// Its place in [`Self::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The next one in reading order, round.
    pub fn next(self) -> Self {
        self.further(1)
    }

    /// The one before, round.
    pub fn previous(self) -> Self {
        self.further(Self::READING.len() - 1)
    }

    fn further(self, panes: usize) -> Self {
        let place = Self::READING.iter().position(|pane| *pane == self);
        Self::READING[(place.unwrap_or(0) + panes) % Self::READING.len()]
    }

    /// What its title says.
    pub fn title(self) -> &'static str {
        match self {
            Self::Lesson => "Lesson",
            Self::Producer => "Producer",
            Self::Consumer => "Consumer",
            Self::Quiz => "Quiz",
            Self::Shards => "Shards",
        }
    }
}

/// Rectangles of a frame. A pane that is not on the screen has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// The whole screen.
    pub area: Rect,
    /// The top line: lesson, agenda, badge.
    pub bar: Rect,
    /// The panes with their frames, by [`Pane::index`].
    pub panes: [Option<Rect>; 5],
    /// The stream strip with its frame (two lines inside where there is room, else one line without a frame); empty where
    /// the shards' pane stands among the others and says the same.
    pub strip: Rect,
    /// A program with its frame, where it is on the screen.
    pub program: Option<Rect>,
    /// One sentence of what just happened.
    pub status: Rect,
    /// The keys valid now.
    pub hints: Rect,
}

impl Layout {
    /// Whether the screen is too small to draw anything but that it is.
    pub fn too_small(&self) -> bool {
        self.area.width < SMALLEST.0 || self.area.height < SMALLEST.1
    }

    /// The inside of a pane: its frame and one column of air on each side taken off. Prose gets more air where there is
    /// plenty of room.
    pub fn inside(&self, pane: Pane) -> Option<Rect> {
        let inside = inside(self.panes[pane.index()]?);
        if pane != Pane::Lesson || inside.height < AIRY {
            return Some(inside);
        }
        Some(Rect {
            x: inside.x + 1,
            y: inside.y + 1,
            width: inside.width.saturating_sub(2),
            height: inside.height - 1,
        })
    }
}

impl Layout {
    /// Where a note is written: beside the lesson where there is room, else in the place of the pane.
    pub fn note(&self) -> Rect {
        let mut panes = self.panes.into_iter().flatten();
        let Some(lesson) = self.panes[Pane::Lesson.index()] else {
            return panes.next().unwrap_or_default();
        };
        match self.area.right().saturating_sub(lesson.right()) {
            0 => lesson,
            width => Rect {
                x: lesson.right(),
                width,
                ..lesson
            },
        }
    }

    /// The inside of a program's frame: its terminal.
    pub fn inside_program(&self) -> Option<Rect> {
        self.program.map(inside)
    }

    /// Gives a program room: with the keys it takes the place of the lesson, on large screens it stands below the lesson,
    /// whose code stays in sight above.
    pub(super) fn make_room_for_a_program(&mut self, program: &ProgramPane, zoom: bool) {
        if self.too_small() || !program.is_open() {
            return;
        }
        let (width, height) = (self.area.width, self.area.height);
        if zoom || width < 110 {
            if program.focused {
                let first = self.panes.iter_mut().find_map(Option::take);
                self.program = first;
            }
            return;
        }
        let lesson = &mut self.panes[Pane::Lesson.index()];
        if height < 30 {
            if program.focused {
                self.program = lesson.take();
            }
            return;
        }
        if let Some(column) = lesson {
            let part = (column.height * 2 / 5).max(8);
            let [above, below] =
                Split::vertical([Constraint::Min(1), Constraint::Length(part)]).areas(*column);
            *column = above;
            self.program = Some(below);
        }
    }
}

/// The inside of a framed rectangle, with a column of air at each side.
pub fn inside(frame: Rect) -> Rect {
    Rect {
        x: frame.x.saturating_add(2),
        y: frame.y.saturating_add(1),
        width: frame.width.saturating_sub(4),
        height: frame.height.saturating_sub(2),
    }
}

/// Lays the screen out. `quiz_open`: the quiz is due or focused and wants room beside the others.
pub fn layout(width: u16, height: u16, focus: Pane, zoom: bool, quiz_open: bool) -> Layout {
    let area = Rect::new(0, 0, width, height);
    let mut layout = Layout {
        area,
        ..Layout::default()
    };
    if layout.too_small() {
        return layout;
    }
    let several = !zoom && width >= 110;
    let strip_height = if several && height >= 30 {
        0 // the shards' pane takes its place
    } else if height >= 24 {
        4
    } else {
        1
    };
    let [bar, body, strip, status, hints] = Split::vertical([
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(strip_height),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(area);
    layout.bar = bar;
    layout.strip = strip;
    layout.status = status;
    layout.hints = hints;

    if !several {
        layout.panes[focus.index()] = Some(body);
        return layout;
    }
    if height < 30 {
        let [left, right] = halves(body);
        layout.panes[Pane::Lesson.index()] = Some(left);
        let beside = if focus == Pane::Lesson {
            Pane::Consumer
        } else {
            focus
        };
        layout.panes[beside.index()] = Some(right);
        return layout;
    }
    let (left, middle, quiz_column) = if width >= 180 {
        let [left, middle, right] = Split::horizontal([
            Constraint::Length(80),
            Constraint::Min(60),
            Constraint::Length((width - 80) * 2 / 5),
        ])
        .areas(body);
        (left, middle, Some(right))
    } else {
        let [left, right] = halves(body);
        (left, right, None)
    };
    layout.panes[Pane::Lesson.index()] = Some(left);
    let [producer, shards, quiz_height] =
        stacked(middle.height, focus, quiz_open, quiz_column.is_some());
    let [producer, shards, consumer, quiz] = Split::vertical([
        Constraint::Length(producer),
        Constraint::Length(shards),
        Constraint::Min(3),
        Constraint::Length(quiz_height),
    ])
    .areas(middle);
    layout.panes[Pane::Producer.index()] = Some(producer);
    layout.panes[Pane::Shards.index()] = Some(shards);
    layout.panes[Pane::Consumer.index()] = Some(consumer);
    layout.panes[Pane::Quiz.index()] = Some(quiz_column.unwrap_or(quiz));
    layout
}

/// The heights of producer, shards and quiz in a column of this height; the consumer has the rest. The shards shrink to
/// what a strip says where the quiz is open in the same column, and grow where they have the keys.
fn stacked(height: u16, focus: Pane, quiz_open: bool, quiz_apart: bool) -> [u16; 3] {
    const STRIP: u16 = 4;
    const QUIZ: u16 = 3;
    if quiz_open && !quiz_apart {
        let quiz = height.saturating_sub(STRIP) * 9 / 16;
        let rest = height.saturating_sub(STRIP + quiz);
        return [rest / 2, STRIP, quiz];
    }
    let quiz = if quiz_apart { 0 } else { QUIZ };
    let rest = height.saturating_sub(quiz);
    let (producer, shards) = match (focus, rest) {
        (Pane::Shards, ..32) => (6, rest.saturating_sub(6 + 8)),
        (Pane::Shards, _) => (rest / 5, rest / 2),
        (_, ..32) => (rest / 3, STRIP + 2),
        _ => (rest * 3 / 10, rest * 3 / 10),
    };
    [producer, shards, quiz]
}

/// Two columns; the left one never wider than 80 cells, since prose is never wider than 76.
fn halves(body: Rect) -> [Rect; 2] {
    let left = (body.width / 2).min(80);
    Split::horizontal([Constraint::Length(left), Constraint::Min(1)]).areas(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(width: u16, height: u16, focus: Pane, zoom: bool) -> Vec<Pane> {
        let layout = layout(width, height, focus, zoom, false);
        Pane::ALL
            .into_iter()
            .filter(|pane| layout.panes[pane.index()].is_some())
            .collect()
    }

    #[test]
    fn the_size_alone_decides_which_panes_stand_together() {
        use Pane::*;
        assert_eq!(visible(59, 40, Lesson, false), []);
        assert_eq!(visible(80, 24, Consumer, false), [Consumer]);
        assert_eq!(visible(120, 24, Quiz, false), [Lesson, Quiz]);
        assert_eq!(visible(120, 24, Lesson, false), [Lesson, Consumer]);
        assert_eq!(visible(80, 24, Shards, false), [Shards]);
        assert_eq!(visible(120, 24, Shards, false), [Lesson, Shards]);
        assert_eq!(visible(110, 30, Lesson, false), Pane::ALL);
        assert_eq!(visible(200, 60, Producer, false), Pane::ALL);
        assert_eq!(visible(200, 60, Producer, true), [Producer]);
    }

    #[test]
    fn no_rectangle_leaves_the_screen_or_crosses_another() {
        for width in (0..=250).step_by(7).chain([59, 60, 109, 110, 179, 180]) {
            for height in (0..=80).step_by(9).chain([14, 15, 23, 24, 29, 30]) {
                for focus in Pane::ALL {
                    for (zoom, quiz) in [(false, false), (false, true), (true, false)] {
                        let layout = layout(width, height, focus, zoom, quiz);
                        if layout.too_small() {
                            continue;
                        }
                        let mut all: Vec<Rect> = layout.panes.into_iter().flatten().collect();
                        all.extend([layout.bar, layout.strip, layout.status, layout.hints]);
                        for (i, rect) in all.iter().enumerate() {
                            assert_eq!(rect.intersection(layout.area), *rect);
                            for other in &all[i + 1..] {
                                assert!(
                                    rect.intersection(*other).is_empty(),
                                    "{width}x{height} {rect} {other}"
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}
