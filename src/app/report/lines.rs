//! A report as lines for people, on the result screen and on standard output.

use unicode_width::UnicodeWidthStr;

use super::{FirstTry, Met, Report, StepState, sureness};

use crate::lesson::{self, Block, Highlights, Inline};

/// The widest that lines get.
const WIDEST: usize = 76;

/// How many cells stand before what a line says: its mark.
const INDENT: usize = 2;

/// How many cells are kept for what is said beside it.
const BESIDE: usize = 30;

/// A line: pieces of text, each with what it is.
pub type Line = Vec<(String, Paint)>;

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Opens a part.
    Heading,
    /// What is said.
    Plain,
    /// Context.
    Dim,
    /// Done, right.
    Done,
    /// Worth a look.
    Nearly,
    /// Wrong.
    Wrong,
}

/// The lines of a report at a width. Notes are not among them: they are long, and known to whoever wrote them.
pub fn lines(report: &Report, width: usize) -> Vec<Line> {
    let mut sheet = Sheet {
        lines: Vec::new(),
        width: width.clamp(1, WIDEST),
    };
    if !report.available {
        let words = "The lesson's file is gone; this is what is still known.";
        sheet.entry(("!", Paint::Nearly), words, Vec::new());
    }
    sheet.goals(report);
    sheet.questions(report);
    sheet.due(report);
    sheet.misconceptions(report);
    sheet.steps(report);
    sheet.predictions(report);
    sheet.sections(report);
    sheet.next(report);
    sheet.lines
}

struct Sheet {
    lines: Vec<Line>,
    width: usize,
}

impl Sheet {
    fn heading(&mut self, title: &str, beside: &str) {
        if !self.lines.is_empty() {
            self.lines.push(Vec::new());
        }
        let mut line = vec![(title.to_owned(), Paint::Heading)];
        let fits = title.width() + 3 + beside.width() <= self.width;
        if !beside.is_empty() && fits {
            line.push((format!("   {beside}"), Paint::Dim));
        }
        self.lines.push(line);
        if !fits {
            self.words(beside, Paint::Dim);
        }
    }

    /// A mark, what it is about, and what is said of it: beside it in a column where there is room, else below.
    fn entry(&mut self, mark: (&str, Paint), text: &str, beside: Line) {
        let aside = beside.iter().map(|(text, _)| text.width()).sum::<usize>();
        let column = self.width.saturating_sub(BESIDE);
        let room = match aside {
            0 => self.width.saturating_sub(INDENT),
            _ if aside <= BESIDE && column >= 2 * INDENT + 20 => column - INDENT - 2,
            _ => self.width.saturating_sub(INDENT),
        };
        let fits = aside > 0 && room < self.width.saturating_sub(INDENT);
        for (number, text) in wrapped(text, room).into_iter().enumerate() {
            let (mark, paint) = if number == 0 { mark } else { ("", mark.1) };
            let mut line = vec![
                (format!("{mark:<INDENT$}"), paint),
                (text.clone(), Paint::Plain),
            ];
            if number == 0 && fits {
                let gap = column.saturating_sub(INDENT + text.width());
                line.push((" ".repeat(gap), Paint::Plain));
                line.extend(beside.clone());
            }
            self.lines.push(line);
        }
        if aside > 0 && !fits {
            let words: String = beside.iter().map(|(text, _)| text.as_str()).collect();
            let paint = beside.first().map_or(Paint::Dim, |(_, paint)| *paint);
            self.words(&words, paint);
        }
    }

    fn words(&mut self, text: &str, paint: Paint) {
        for text in wrapped(text, self.width.saturating_sub(INDENT)) {
            self.lines
                .push(vec![(" ".repeat(INDENT), Paint::Plain), (text, paint)]);
        }
    }

    fn goals(&mut self, report: &Report) {
        if report.goals.is_empty() {
            return;
        }
        let mapped = report.goals.iter().any(|goal| goal.met.is_some());
        let met = report.goals.iter().filter(|g| g.met == Some(Met::Met));
        let beside = match mapped {
            true => format!("{} of {} met", met.count(), report.goals.len()),
            false => String::new(),
        };
        self.heading("Learning goals", &beside);
        for goal in &report.goals {
            let (mark, beside) = match goal.met {
                Some(Met::Met) => (("✓", Paint::Done), "met"),
                Some(Met::Partly) => (("~", Paint::Nearly), "partly"),
                Some(Met::Open) => (("·", Paint::Dim), "not yet"),
                None => (("·", Paint::Dim), ""),
            };
            self.entry(mark, &goal.text, vec![(beside.to_owned(), mark.1)]);
        }
        if !mapped {
            let (done, steps) = report.steps_done();
            let score = report.score;
            let words = format!(
                "To judge by: {done} of {steps} steps done, {} of {} questions right at the first try.",
                score.right, score.graded
            );
            self.words(&words, Paint::Dim);
        }
    }

    fn questions(&mut self, report: &Report) {
        if report.questions.is_empty() {
            return;
        }
        let score = report.score;
        let beside = format!("{} of {} right at the first try", score.right, score.graded);
        self.heading("Questions", &beside);
        for question in &report.questions {
            let (mark, word) = match (question.first_try, question.right_by_now) {
                (FirstTry::Right, _) => (("✓", Paint::Done), "right"),
                (FirstTry::Wrong, true) => (("✗", Paint::Wrong), "wrong, later right"),
                (FirstTry::Wrong, false) => (("✗", Paint::Wrong), "wrong"),
                (FirstTry::Compared, _) => (("·", Paint::Dim), "compared"),
                (FirstTry::Open, _) => (("·", Paint::Dim), "not answered"),
            };
            let mut beside = vec![(word.to_owned(), mark.1)];
            if let Some(confidence) = question.confidence {
                beside.push((format!(", {}", sureness(confidence)), Paint::Dim));
            }
            self.entry(mark, &question.title, beside);
        }
    }

    fn due(&mut self, report: &Report) {
        if report.due.is_empty() {
            return;
        }
        let beside = match report.due.len() {
            1 => "1 question comes back: you were sure of it".to_owned(),
            due => format!("{due} questions come back: you were sure of them"),
        };
        self.heading("At the next launch", &beside);
        for title in &report.due {
            self.entry(("!", Paint::Nearly), title, Vec::new());
        }
    }

    fn misconceptions(&mut self, report: &Report) {
        if report.misconceptions.is_empty() {
            return;
        }
        self.heading("Beliefs to look at again", "");
        for it in &report.misconceptions {
            let says = match it.says.is_empty() {
                true => it.id.clone(),
                false => format!("“{}”", it.says),
            };
            self.entry(("!", Paint::Nearly), &says, Vec::new());
            if !it.truth.is_empty() {
                self.words(&it.truth, Paint::Plain);
            }
            if let Some(see) = &it.see {
                self.words(&format!("see “{see}”"), Paint::Dim);
            }
        }
    }

    fn steps(&mut self, report: &Report) {
        if report.steps.is_empty() {
            return;
        }
        let (done, steps) = report.steps_done();
        self.heading("Steps", &format!("{done} of {steps} done"));
        for step in &report.steps {
            let counted = format!("{} of {} checks", step.passed, step.checks);
            let (mark, word) = match step.state {
                StepState::Done => (("✓", Paint::Done), "done".to_owned()),
                StepState::Shown => (("s", Paint::Dim), "shown by the lab".to_owned()),
                StepState::Skipped => (("-", Paint::Dim), "skipped".to_owned()),
                StepState::Partly if step.checks == 0 => (("~", Paint::Nearly), "begun".to_owned()),
                StepState::Partly => (("~", Paint::Nearly), counted),
                StepState::Open => (("·", Paint::Dim), "not done".to_owned()),
            };
            let mut beside = vec![(word, mark.1)];
            match step.hints {
                0 => {}
                1 => beside.push((", 1 hint".into(), Paint::Dim)),
                hints => beside.push((format!(", {hints} hints"), Paint::Dim)),
            }
            self.entry(mark, &step.title, beside);
        }
    }

    fn predictions(&mut self, report: &Report) {
        if report.predictions.is_empty() {
            return;
        }
        let (right, seen) = report.predicted();
        self.heading("Predictions", &format!("{right} of {seen} came true"));
        for it in &report.predictions {
            let (mark, word) = match (&it.chosen, it.right) {
                (None, _) if it.seen => (("-", Paint::Dim), "seen without a prediction"),
                (None, _) => (("-", Paint::Dim), "skipped"),
                (_, Some(true)) => (("✓", Paint::Done), "it came so"),
                (_, Some(false)) => (("✗", Paint::Wrong), "it came otherwise"),
                (_, None) => (("·", Paint::Dim), "not seen yet"),
            };
            self.entry(mark, &it.asks, vec![(word.into(), mark.1)]);
            if let Some(chosen) = &it.chosen {
                self.words(&format!("you said: {chosen}"), Paint::Dim);
            }
        }
    }

    fn sections(&mut self, report: &Report) {
        let spent: u64 = report.sections.iter().map(|s| s.seconds).sum();
        if spent == 0 {
            return;
        }
        self.heading("Time", &in_minutes(spent));
        for section in report.sections.iter().filter(|s| s.seconds > 0) {
            let budget = section.minutes.map(|minutes| u64::from(minutes) * 60);
            let (words, paint) = match budget {
                Some(budget) if section.seconds > budget => {
                    let beyond = section.seconds - budget;
                    let over = format!("{} min +{}:{:02}", budget / 60, beyond / 60, beyond % 60);
                    (over, Paint::Nearly)
                }
                Some(budget) => {
                    let words = format!("{} of {} min", section.seconds / 60, budget / 60);
                    (words, Paint::Dim)
                }
                None => (in_minutes(section.seconds), Paint::Dim),
            };
            self.entry(("", Paint::Plain), &section.title, vec![(words, paint)]);
        }
    }

    fn next(&mut self, report: &Report) {
        if let Some(page) = &report.next_page {
            self.heading("Next", "");
            self.entry(("", Paint::Plain), page, Vec::new());
        } else if report.available {
            self.heading("Next", "");
            let words = "All of this lesson is done.";
            self.entry(("✓", Paint::Done), words, Vec::new());
            for module in &report.next_modules {
                self.entry(("", Paint::Plain), module, Vec::new());
            }
        }
    }
}

/// `under a minute`, `8 min`.
pub(super) fn in_minutes(seconds: u64) -> String {
    match seconds / 60 {
        0 => "under a minute".into(),
        minutes => format!("{minutes} min"),
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let text = [Block::Paragraph(vec![Inline::Text(text.to_owned())])];
    let lines = lesson::layout(&text, width.max(1), &Highlights::default());
    lines.iter().map(|line| line.text()).collect()
}
