//! The top line: the lesson, its agenda with the minutes of the present section, and where the lab is connected.

use std::borrow::Cow;

use super::Ink;
use super::canvas::Canvas;
use super::fit::{Row, cut};
use crate::app::class::{self, Time};
use crate::app::guide;
use crate::app::lab_clock::in_words;
use crate::app::section_clock::{Spent, spent};
use crate::app::steps_pane::{is_step, step_mark};
use crate::app::{ConnectionKind, lesson_pane};
use crate::lesson::{Section, SectionKind};
use crate::steps::Mark;

/// How much of the agenda is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agenda {
    /// Every section by its name.
    All,
    /// A mark for what is done; the present section and what follows by name.
    Ahead,
    /// A mark for what is done; the present section by name.
    Present,
}

/// The forms of the line, the most telling first: with the lab's name or not, how much agenda, the whole address or not.
const FORMS: [(bool, Agenda, bool); 7] = [
    (true, Agenda::All, true),
    (true, Agenda::All, false),
    (true, Agenda::Ahead, true),
    (true, Agenda::Ahead, false),
    (true, Agenda::Present, true),
    (true, Agenda::Present, false),
    (false, Agenda::Present, false),
];

/// The least space between the two halves of the line.
const APART: usize = 3;

/// Draws the line in the richest form that fits; at last the title is cut.
pub(super) fn draw(ink: &Ink<'_>, canvas: &mut Canvas<'_>) {
    canvas.lay(0, 0..canvas.width(), ink.styles.bar);
    let room = canvas.width().saturating_sub(2);
    let title = title(ink);
    let rows = FORMS.map(|(name, agenda, address)| {
        (left(ink, name, title.into(), agenda), right(ink, address))
    });
    let fits = |(left, right): &(Row<'_>, Row<'_>)| left.width() + APART + right.width() <= room;
    let (left, right) = rows.into_iter().find(fits).unwrap_or_else(|| {
        let (_, agenda, address) = FORMS[FORMS.len() - 1];
        let right = right(ink, address);
        let rest = left(ink, false, "".into(), agenda).width() + APART + right.width();
        let title = cut(title, room.saturating_sub(rest)).into_owned();
        (left(ink, false, title.into(), agenda), right)
    });
    canvas.draw_at(1, 0, left);
    let width = canvas.width().saturating_sub(1);
    canvas.columns(0..width).draw_right(0, right);
}

/// The lesson's title without `Module 1:`.
pub(super) fn title<'a>(ink: &Ink<'a>) -> &'a str {
    let title = ink.model.lesson.lesson.title.as_str();
    match title.split_once(": ") {
        Some((number, rest)) if number.starts_with("Module") => rest,
        _ => title,
    }
}

fn left<'a>(ink: &Ink<'a>, name: bool, title: Cow<'a, str>, agenda: Agenda) -> Row<'a> {
    let styles = &ink.styles;
    let mut row = Row::new();
    if name {
        row = row.text("kinesis-lab", styles.accent).gap(2);
    }
    if !title.is_empty() {
        row = row.text(title, styles.strong).gap(3);
    }
    let lesson = &ink.model.lesson;
    let present = lesson.page().map(|page| page.section);
    for (index, section) in lesson.lesson.sections.iter().enumerate() {
        let done = lesson_pane::section_done(ink.model, index);
        let behind = present.is_some_and(|present| index < present);
        if present == Some(index) {
            if row.width() > 0 && agenda == Agenda::Ahead && index > 0 {
                row = row.gap(1);
            }
            row = row.join(present_section(ink, index, section, name));
            row = row.gap(2);
        } else if agenda == Agenda::All {
            if done {
                row = row.text("✓ ", styles.done);
            }
            row = row.text(word(section), styles.dim).gap(2);
        } else if behind {
            let (mark, style) = if done {
                ("✓", styles.done)
            } else {
                ("·", styles.dim)
            };
            row = row.text(mark, style);
            if present == Some(index + 1) && agenda == Agenda::Present {
                row = row.gap(1);
            }
        } else if agenda == Agenda::Ahead {
            row = row.text(word(section), styles.dim).gap(2);
        }
    }
    row
}

/// The present section with its minutes: `▸ Hands-on 8/20 min`.
fn present_section<'a>(ink: &Ink<'a>, index: usize, section: &'a Section, marks: bool) -> Row<'a> {
    let styles = &ink.styles;
    let lesson = &ink.model.lesson;
    let row = Row::new()
        .text("▸ ", styles.accent)
        .text(word(section), styles.strong);
    // In the shortest form of the line there is no room for them.
    let row = match marks {
        true => row.join(step_marks(ink, index)),
        false => row,
    };
    if let Some(time) = class::time(ink.model, ink.model.now) {
        return class_time(ink, row, time);
    }
    let row = match spent(lesson, ink.model.now) {
        Spent::Within(0, None) => row,
        Spent::Within(used, None) => row.text(format!(" {used} min"), styles.dim),
        Spent::Within(used, Some(budget)) => row.text(format!(" {used}/{budget} min"), styles.dim),
        Spent::Over(budget, beyond) => row.text(format!(" {budget} min"), styles.dim).text(
            format!(" +{}:{:02}", beyond / 60, beyond % 60),
            styles.nearly,
        ),
    };
    match lesson.clock.rests() {
        true => row.text(" paused", styles.nearly),
        false => row,
    }
}

/// In a class, what is left of the section, and the phase of its discussion: `11:42 · think 0:31`.
fn class_time<'a>(ink: &Ink<'a>, row: Row<'a>, time: Time) -> Row<'a> {
    let styles = &ink.styles;
    let style = |time| match time {
        Time::Over(_) => styles.nearly,
        Time::Left(_) | Time::Used(_) => styles.strong,
    };
    let row = row.text(format!(" {time}"), style(time));
    let row = match class::phase(ink.model, ink.model.now) {
        Some((phase, time)) => row
            .text(format!(" · {} ", phase.word()), styles.dim)
            .text(time.to_string(), style(time)),
        None => row,
    };
    match class::rests(ink.model) {
        true => row.text(" paused", styles.nearly),
        false => row,
    }
}

/// The marks of a section's steps, a letter each as in their lists, `.` where nothing was seen: ` [xx!..]`.
fn step_marks<'a>(ink: &Ink<'_>, section: usize) -> Row<'a> {
    let styles = &ink.styles;
    let pages = ink.model.lesson.lesson.pages.iter().enumerate();
    let steps = pages.filter(|(page, it)| it.section == section && is_step(ink.model, *page));
    let marks: Vec<Mark> = steps.map(|(page, _)| step_mark(ink.model, page)).collect();
    if marks.is_empty() {
        return Row::new();
    }
    let row = marks
        .iter()
        .fold(Row::new().text(" [", styles.dim), |row, it| {
            let (text, meant) = guide::mark(*it);
            match it {
                Mark::Open => row.text(".", styles.dim),
                _ => row.text(
                    text.trim_matches(['[', ']']),
                    super::guide::style_of(ink, meant),
                ),
            }
        });
    row.text("]", styles.dim)
}

/// A section's name in a word or two.
pub(super) fn word(section: &Section) -> &str {
    match section.kind {
        SectionKind::Goals => "Goals",
        SectionKind::Discussion => "Discuss",
        SectionKind::HandsOn => "Hands-on",
        SectionKind::Checkpoint => "Checkpoint",
        SectionKind::Summary => "Summary",
        SectionKind::Reading => match section.title.split_once(": ") {
            Some((name, _)) => name,
            None => &section.title,
        },
    }
}

fn right<'a>(ink: &Ink<'a>, whole_address: bool) -> Row<'a> {
    let styles = &ink.styles;
    let connection = &ink.model.connection;
    let badge = connection.kind.badge();
    let row = match ink.model.server.state.ahead_seconds {
        0 => Row::new(),
        ahead => Row::new()
            .text(format!("lab time +{}", in_words(ahead)), styles.nearly)
            .gap(2),
    };
    let row = match connection.kind {
        ConnectionKind::Local => row.text(badge, styles.done),
        ConnectionKind::Endpoint => row.text(badge, styles.nearly),
        ConnectionKind::Aws => row.text(format!(" {badge} "), styles.alarm),
    };
    let host = connection.host();
    let port = host.rfind(':').map(|at| &host[at..]);
    let place = match (connection.kind, whole_address, port) {
        (ConnectionKind::Aws, ..) => connection.region.as_str(),
        (_, true, _) | (_, _, None) => host,
        (_, false, Some(port)) => port,
    };
    row.text(format!(" {place}"), styles.dim)
}
