//! A discussion in lines: prompts with the learner's notes, and points to compare with once one has thought.

use crossterm::event::KeyCode;

use super::Talk;
use super::choices::Choice;
use super::hear::Act;
use super::page::lines;
use crate::app::action::Action;
use crate::app::discussion::{prompt, prompts_of};
use crate::app::{Model, Pane};
use crate::lesson::{Prompt, discussion};

impl Talk {
    /// The points that have come since the page was told.
    pub(super) fn tell_points(&mut self, model: &Model) {
        let pane = &model.lesson;
        for (place, prompt) in prompts_of(&pane.lesson, pane.page).iter().enumerate() {
            if pane.discussion.shows_points(prompt) && self.points.insert(prompt.key.clone()) {
                self.say(&format!("Prompt {}, to compare with:", place + 1));
                for line in lines(prompt.points.iter(), self.width, true) {
                    self.say(&line);
                }
            }
        }
    }
}

/// The open page, if it is a discussion.
pub(super) fn of_page(model: &Model, width: usize) -> Option<Vec<String>> {
    let pane = &model.lesson;
    let prompts = prompts_of(&pane.lesson, pane.page);
    if prompts.is_empty() {
        return None;
    }
    let (before, after) = discussion::around(&pane.page()?.blocks);
    let mut told = lines(before.iter(), width, true);
    for (place, prompt) in prompts.iter().enumerate() {
        told.push(String::new());
        let title = match prompt.title.is_empty() {
            true => String::new(),
            false => format!(": {}", prompt.title),
        };
        told.push(format!("Prompt {}{title}", place + 1));
        told.extend(lines(prompt.blocks.iter(), width, true));
        if let Some(note) = pane.discussion.note_of(prompt) {
            told.push("Your note:".to_owned());
            told.extend(note.lines().map(|line| format!("  {line}")));
        }
    }
    if !after.is_empty() {
        told.push(String::new());
        told.extend(lines(after.iter(), width, true));
    }
    Some(told)
}

/// A note for each prompt.
pub(super) fn choices(model: &Model) -> Vec<Choice> {
    let pane = &model.lesson;
    let cursor = pane.discussion.cursor;
    let choice = |(place, prompt): (usize, &Prompt)| {
        let does = match pane.discussion.note_of(prompt) {
            Some(_) => "add to your note on",
            None => "write a note on",
        };
        let key = if place > cursor {
            KeyCode::Down
        } else {
            KeyCode::Up
        };
        let mut acts = vec![Act::Ask(Action::Focus(Pane::Lesson), None)];
        acts.extend(vec![Act::Key(key); place.abs_diff(cursor)]);
        acts.push(Act::Ask(Action::Open, Some(Pane::Lesson)));
        Choice::new(&format!("{does} prompt {}", place + 1), acts)
    };
    let prompts = prompts_of(&pane.lesson, pane.page);
    prompts.iter().enumerate().map(choice).collect()
}

/// How a note is asked for.
pub(super) fn words(model: &Model) -> String {
    let title = prompt(&model.lesson).map_or("", |prompt| &prompt.title);
    let more = match model.lesson.discussion.note.as_ref() {
        Some(note) if note.chars() > 0 => "Another line",
        _ => "Your note, a line at a time",
    };
    match title.is_empty() {
        true => format!("{more}? An empty line ends it."),
        false => format!("{title}. {more}? An empty line ends it."),
    }
}

/// What is typed for a line of a note.
pub(super) fn typed(model: &Model, line: &str) -> Vec<Act> {
    if line.is_empty() {
        return vec![Act::Key(KeyCode::Esc)];
    }
    let begun = model.lesson.discussion.note.as_ref();
    let begun = begun.is_some_and(|note| note.chars() > 0);
    let text = Act::Text(line.to_owned());
    match begun {
        true => vec![Act::Key(KeyCode::Enter), text],
        false => vec![text],
    }
}
