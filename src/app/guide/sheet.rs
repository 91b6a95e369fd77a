//! What lies over the panes about a step: its hints, or what was expected of it and what was seen.

use super::rows::{Meant, Part, Row, piece, wrapped};
use super::{advice, check_list, hints};
use crate::app::model::{Model, Tone};
use crate::app::overlay::Overlay;
use crate::app::steps_pane;

/// A sheet over the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sheet {
    /// What it tells.
    pub kind: SheetKind,
    /// Rows scrolled down.
    pub scroll: usize,
}

/// What a sheet tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    /// The hints taken so far.
    Hints,
    /// What was expected and what was seen.
    Differences,
}

impl Sheet {
    /// From its beginning.
    pub(super) fn new(kind: SheetKind) -> Self {
        Self { kind, scroll: 0 }
    }

    /// Its title.
    pub fn title(self) -> &'static str {
        match self.kind {
            SheetKind::Hints => "Hints",
            SheetKind::Differences => "Expected and seen",
        }
    }

    /// Its rows at a width.
    pub fn rows(self, model: &Model, width: usize) -> Vec<Row> {
        match self.kind {
            SheetKind::Hints => hints::rows(model, width),
            SheetKind::Differences => differences(model, width),
        }
    }

    /// Its key beside Esc, and what that does.
    pub fn key(self, model: &Model) -> Option<(&'static str, &'static str)> {
        match self.kind {
            SheetKind::Hints => Some(("h", hints::foot(model)?)),
            SheetKind::Differences => None,
        }
    }

    /// The size of its text on this screen: the view draws it so, and scrolling ends there.
    pub fn size(model: &Model) -> (usize, usize) {
        let area = model.layout.area;
        let width = usize::from(area.width)
            .saturating_sub(8)
            .clamp(1, crate::lesson::WIDEST);
        (width, usize::from(area.height).saturating_sub(8).max(1))
    }

    /// Scrolls by some rows.
    pub(in crate::app) fn scroll_by(&mut self, model: &Model, by: isize) {
        let (width, height) = Self::size(model);
        let most = self.rows(model, width).len().saturating_sub(height);
        self.scroll = self.scroll.saturating_add_signed(by).min(most);
    }
}

/// `d`: what is expected of the step and what was seen, check by check.
pub(in crate::app) fn differ(model: &mut Model) {
    if !steps_pane::is_step(model, model.lesson.page) {
        let words = "Nothing is expected on this page; steps of the hands-on part have checks.";
        return model.say(Tone::Plain, words.into());
    }
    model.overlay = Some(Overlay::Sheet(Sheet::new(SheetKind::Differences)));
}

fn differences(model: &Model, width: usize) -> Vec<Row> {
    let page = model.lesson.page;
    let states = steps_pane::states(model, page);
    let checks = steps_pane::checks(model, page);
    let mut rows = Vec::new();
    for (index, (state, check)) in states.iter().zip(checks).enumerate() {
        if index > 0 {
            rows.push(Row::blank());
        }
        let (mark, meant) = check_list::mark(state.mark);
        let mut add = |lead: &str, lead_meant, text: &str, meant| {
            let indent = crate::app::guide::rows::cells(lead);
            let lines = wrapped(text, width.saturating_sub(indent).max(1));
            for (row, line) in lines.into_iter().enumerate() {
                let lead = match row {
                    0 => piece(lead, lead_meant),
                    _ => piece(" ".repeat(indent), Meant::Plain),
                };
                let at = rows.len();
                rows.push(Row::new(
                    Part::Check(index, at),
                    vec![lead, piece(line, meant)],
                ));
            }
        };
        add(&format!("{mark} "), meant, &state.says, Meant::Strong);
        add(
            "    expected  ",
            Meant::Dim,
            &advice::expected(&check.when),
            Meant::Plain,
        );
        add(
            "    seen      ",
            Meant::Dim,
            &seen(model, state),
            Meant::Plain,
        );
        if let Some(diagnosis) = &state.diagnosis {
            add("    ▎ ", Meant::Nearly, diagnosis, Meant::Plain);
        }
    }
    rows
}

/// What was seen of a check, in a few words.
fn seen(model: &Model, state: &crate::steps::CheckState) -> String {
    use crate::steps::Mark;
    let time = state
        .at
        .map(|at| at.with_timezone(&model.zone).format("%H:%M:%S"));
    let mut parts = match state.mark {
        Mark::Shown => vec!["shown by the lab".to_owned()],
        Mark::Skipped => vec!["skipped".to_owned()],
        _ => vec![state.by.clone(), state.seen.clone()],
    };
    if state.mark.is_settled() {
        parts.extend(time.map(|time| time.to_string()));
    }
    parts.retain(|part| !part.is_empty());
    match parts.is_empty() {
        true => "nothing of it yet".into(),
        false => parts.join(", "),
    }
}
