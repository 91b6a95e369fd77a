//! Rules on the `lab.toml` beside a lesson: what it names must be there, and fit.

use super::super::document::slug;
use super::super::marks::letter_index;
use super::super::settings::Settings;
use super::{Finding, Findings, Origin, Severity, Subject};

/// The longest note that stands whole on a second screen of 60x15 cells.
const LONGEST_NOTE: usize = 400;

pub fn check(subject: &Subject<'_>, found: &mut Findings) {
    let Some(text) = subject.settings else {
        return;
    };
    match toml::from_str::<Settings>(text) {
        Ok(settings) => {
            let mut rules = Rules {
                subject,
                settings: &settings,
                text,
                found,
            };
            rules.questions();
            rules.steps();
            rules.misconceptions();
            rules.goals();
            rules.notes();
        }
        Err(error) => found.0.push(unreadable(Origin::Settings, text, &error)),
    }
}

/// That a file is not well formed, and where.
pub(super) fn unreadable(origin: Origin, text: &str, error: &toml::de::Error) -> Finding {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Finding {
        origin,
        line: before.matches('\n').count() + 1,
        column: Some(before[line_start..].chars().count() + 1),
        severity: Severity::Error,
        message: format!("the file is not used: {}", error.message()),
    }
}

struct Rules<'a, 'b> {
    subject: &'a Subject<'a>,
    settings: &'a Settings,
    text: &'a str,
    found: &'b mut Findings,
}

impl Rules<'_, '_> {
    fn say(&mut self, severity: Severity, line: usize, message: String) {
        self.found.0.push(Finding {
            origin: Origin::Settings,
            line,
            column: None,
            severity,
            message,
        });
    }

    fn questions(&mut self) {
        for (index, settings) in self.settings.questions.iter().enumerate() {
            let line = self.line_of("[[question]]", index);
            let mut questions = self.subject.lesson.questions.iter();
            let Some(question) =
                questions.find(|question| slug(&question.title) == slug(&settings.title))
            else {
                let message = format!("no question of the lesson is called \"{}\"", settings.title);
                self.say(Severity::Error, line, message);
                continue;
            };
            let options = question.options.len();
            for (what, given) in [
                ("reasons", settings.reasons.len()),
                ("misconceptions", settings.misconceptions.len()),
            ] {
                if given > 0 && given != options {
                    let message = format!(
                        "\"{}\" has {options} options and {given} {what}: they are left out, one at the wrong option would mislead",
                        settings.title
                    );
                    self.say(Severity::Error, line, message);
                }
            }
            self.known(line, &settings.misconceptions);
            self.page(line, settings.see.as_deref());
        }
    }

    fn steps(&mut self) {
        for (index, step) in self.settings.steps.iter().enumerate() {
            let line = self.line_of("[[step]]", index);
            let mut pages = self.subject.lesson.pages.iter();
            if !pages.any(|page| slug(&page.title) == slug(&step.title)) {
                let message = format!("no step of the lesson is called \"{}\"", step.title);
                self.say(Severity::Error, line, message);
            }
            for prediction in &step.predictions {
                let mut letters = prediction.answer.chars();
                let answer = letters.next().and_then(letter_index);
                let options = prediction.options.len();
                if letters.next().is_some() || answer.is_none_or(|answer| answer >= options) {
                    let message = format!(
                        "the prediction \"{}\" has {options} options, and its answer \"{}\" is the letter of none",
                        prediction.ask, prediction.answer
                    );
                    self.say(Severity::Error, line, message);
                }
                let misconceptions = prediction.misconceptions.len();
                if misconceptions > 0 && misconceptions != options {
                    let message = format!(
                        "the prediction \"{}\" has {options} options and {misconceptions} misconceptions",
                        prediction.ask
                    );
                    self.say(Severity::Error, line, message);
                }
                self.known(line, &prediction.misconceptions);
            }
        }
    }

    fn misconceptions(&mut self) {
        for (index, misconception) in self.settings.misconceptions.iter().enumerate() {
            let line = self.line_of("[[misconception]]", index);
            self.page(line, misconception.see.as_deref());
        }
    }

    fn goals(&mut self) {
        let lesson = self.subject.lesson;
        for (index, goal) in self.settings.goals.iter().enumerate() {
            let line = self.line_of("[[goal]]", index);
            if !(1..=lesson.goals.len()).contains(&goal.number) {
                let message = format!(
                    "the lesson has {} learning goals, and none is number {}",
                    lesson.goals.len(),
                    goal.number
                );
                self.say(Severity::Error, line, message);
            }
            for title in &goal.questions {
                let mut questions = lesson.questions.iter();
                if !questions.any(|question| slug(&question.title) == slug(title)) {
                    let message = format!("no question of the lesson is called \"{title}\"");
                    self.say(Severity::Error, line, message);
                }
            }
            for title in &goal.steps {
                if lesson.page_titled(title).is_none() {
                    let message = format!("no step of the lesson is called \"{title}\"");
                    self.say(Severity::Error, line, message);
                }
            }
        }
    }

    fn notes(&mut self) {
        let lesson = self.subject.lesson;
        for (index, note) in self.settings.notes.iter().enumerate() {
            let line = self.line_of("[[note]]", index);
            if lesson.page_titled(&note.page).is_none() {
                let message = format!("no page of the lesson is called \"{}\"", note.page);
                self.say(Severity::Error, line, message);
            }
            let length = note.says.chars().count();
            if length > LONGEST_NOTE {
                let message = format!(
                    "this note has {length} characters: beyond {LONGEST_NOTE} a small second screen has no room for it"
                );
                self.say(Severity::Warning, line, message);
            }
        }
    }

    /// Misconceptions that are named must be there.
    fn known(&mut self, line: usize, ids: &[String]) {
        for id in ids.iter().filter(|id| !id.is_empty()) {
            if self.settings.misconception(id).is_none() {
                let message = format!("no [[misconception]] has the id \"{id}\"");
                self.say(Severity::Error, line, message);
            }
        }
    }

    /// A page that is named must be there.
    fn page(&mut self, line: usize, title: Option<&str>) {
        let Some(title) = title else {
            return;
        };
        let lesson = self.subject.lesson;
        let pages = lesson.pages.iter().map(|page| &page.title);
        let mut titles = pages.chain(lesson.sections.iter().map(|section| &section.title));
        if !titles.any(|known| slug(known) == slug(title)) {
            let message = format!("no page of the lesson is called \"{title}\"");
            self.say(Severity::Error, line, message);
        }
    }

    /// The line of the table with this heading and index, counted from 1.
    fn line_of(&self, heading: &str, index: usize) -> usize {
        let lines = self.text.lines().enumerate();
        let mut tables = lines.filter(|(_, line)| line.trim_start().starts_with(heading));
        tables.nth(index).map_or(1, |(line, _)| line + 1)
    }
}
