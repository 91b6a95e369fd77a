//! What a class did, as markdown for everybody who was in it: sections and their time, what was talked over with its points,
//! the questions with their answers and reasons, what is worth another look. Nothing of it is private: no note, and no
//! answer that anybody gave.

use std::fmt::Write;

use chrono::{DateTime, Utc};

use super::{Time, last, minutes};
use crate::app::model::{Model, Outcome, Tone};
use crate::app::program_pane::SourceFile;
use crate::app::{lesson_blocks, section_clock};
use crate::lesson::{Block, Lesson, Question, all_text, plain};
use crate::printable::printable;
use crate::progress::class::ClassRecord;

/// Writes it into the work folder; another version is replaced only after a yes.
pub(super) fn save(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(content) = markdown(model, now) else {
        let words = "There was no class yet: “: class time” begins one.";
        return model.say(Tone::Nearly, words.into());
    };
    let began = last(model).map_or(now, |class| class.began_at);
    let day = began.with_timezone(&model.zone).format("%Y-%m-%d");
    let file = SourceFile {
        name: format!("class-{day}.md"),
        content,
    };
    lesson_blocks::write_into(&model.places.work, file, false, out);
}

/// The summary of the class that goes on, or of the last one; `None` without one.
pub fn markdown(model: &Model, now: DateTime<Utc>) -> Option<String> {
    let class = last(model)?;
    let lesson = &model.lesson.lesson;
    let now = class.ended_at.unwrap_or(now);
    let began = class.began_at.with_timezone(&model.zone);
    let mut text = format!(
        "# {}\n\nClass of {}, {} min.\n",
        one_line(&lesson.title),
        began.format("%Y-%m-%d %H:%M"),
        (now - class.began_at).num_minutes().max(0)
    );
    let mut part = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = write!(text, "\n## {title}\n\n{}\n", lines.join("\n"));
        }
    };
    part("Time", sections(lesson, class, now));
    let scenes = class.scenes.iter();
    part(
        "Scenes",
        scenes.map(|it| format!("- {}", one_line(it))).collect(),
    );
    part("Discussion", discussion(lesson));
    let questions: Vec<String> = lesson.questions.iter().map(question).collect();
    part("Questions", parted(questions));
    part("For another look", another_look(lesson, class, now));
    Some(text)
}

/// Planned and used time, as a table.
fn sections(lesson: &Lesson, class: &ClassRecord, now: DateTime<Utc>) -> Vec<String> {
    let mut lines = vec![
        "| Section | Planned | Used | Over |".to_owned(),
        "|---|---|---|---|".to_owned(),
    ];
    for (place, section) in lesson.sections.iter().enumerate() {
        let Some(key) = section_clock::key(lesson, place) else {
            continue;
        };
        let used = class.used(&key, now);
        let planned = minutes(class, &key, section);
        let stand = match planned.map(|it| Time::of(used, Some(i64::from(it) * 60))) {
            Some(over @ Time::Over(_)) => over.to_string(),
            _ => "-".to_owned(),
        };
        let planned = planned.map_or("-".to_owned(), |it| format!("{it} min"));
        let title = one_line(&section.title).replace('|', "\\|");
        let used = Time::of(used, None);
        lines.push(format!("| {title} | {planned} | {used} | {stand} |"));
    }
    lines
}

fn discussion(lesson: &Lesson) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, prompt) in lesson.prompts.iter().enumerate() {
        let asked = all_text(&prompt.blocks);
        let title = match prompt.title.as_str() {
            "" => String::new(),
            title => format!("**{}** ", one_line(title)),
        };
        lines.push(format!("{}. {title}{}", number + 1, one_line(&asked)));
        lines.push(String::new());
        blocks(&prompt.points, "   ", &mut lines);
    }
    trimmed(lines)
}

/// A question with its right answers, each with its reason.
fn question(question: &Question) -> String {
    let mut lines = vec![
        format!("### {}", one_line(&question.title)),
        String::new(),
        one_line(&all_text(&question.prompt)),
        String::new(),
    ];
    for place in &question.correct {
        let Some(option) = question.options.get(*place) else {
            continue;
        };
        let letter = char::from(b'A' + u8::try_from(*place).unwrap_or(25).min(25));
        let text = match option.blocks.as_slice() {
            [Block::Paragraph(text)] => format!(": {}", one_line(&plain(text))),
            _ => String::new(),
        };
        let reason = option.reason.as_ref();
        let reason = reason.map_or(String::new(), |it| format!(". {}", one_line(it)));
        lines.push(format!("- **{letter}**{text}{reason}"));
    }
    // Without reasons of its own the lesson's explanation has to say it.
    let reasons = question
        .options
        .iter()
        .any(|option| option.reason.is_some());
    if question.correct.is_empty() || !reasons {
        blocks(&question.explanation, "", &mut lines);
    }
    trimmed(lines).join("\n")
}

/// What the class did not come to, and what is often believed although it is not so.
fn another_look(lesson: &Lesson, class: &ClassRecord, now: DateTime<Utc>) -> Vec<String> {
    let unopened = lesson.sections.iter().enumerate().filter(|(place, _)| {
        let key = section_clock::key(lesson, *place);
        key.is_none_or(|key| class.used(&key, now).is_zero())
    });
    let mut lines: Vec<String> = unopened
        .map(|(_, section)| format!("- Not opened: {}", one_line(&section.title)))
        .collect();
    let untold = lesson.prompts.iter();
    let untold = untold.filter(|prompt| !class.revealed.contains(&prompt.key));
    lines.extend(untold.map(|prompt| {
        let asked = all_text(&prompt.blocks);
        let title = match prompt.title.as_str() {
            "" => asked.as_str(),
            title => title,
        };
        format!("- Not talked over: {}", one_line(title))
    }));
    for it in &lesson.settings.misconceptions {
        let see = match &it.see {
            Some(see) => format!(" See “{}”.", one_line(see)),
            None => String::new(),
        };
        let (says, truth) = (one_line(&it.says), one_line(&it.truth));
        lines.push(format!("- “{says}” is not so. {truth}{see}"));
    }
    lines
}

/// Blocks as markdown below an item, a blank line between any two.
fn blocks(blocks: &[Block], indent: &str, lines: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::List { items, start, .. } => {
                for (place, item) in items.iter().enumerate() {
                    let mark = match start {
                        Some(first) => format!("{}.", first + place as u64),
                        None => "-".to_owned(),
                    };
                    let text = one_line(&all_text(&item.blocks));
                    lines.push(format!("{indent}{mark} {text}"));
                }
            }
            Block::Code {
                language, source, ..
            } => {
                lines.push(format!("{indent}```{}", one_line(language)));
                let source = source.lines().map(printable);
                lines.extend(source.map(|line| format!("{indent}{line}")));
                lines.push(format!("{indent}```"));
            }
            other => {
                let text = one_line(&all_text(std::slice::from_ref(other)));
                lines.push(format!("{indent}{text}"));
            }
        }
        lines.push(String::new());
    }
}

/// A blank line between any two.
fn parted(lines: Vec<String>) -> Vec<String> {
    let apart = |line: String| [line, String::new()];
    trimmed(lines.into_iter().flat_map(apart).collect())
}

/// Without blank lines at the end.
fn trimmed(mut lines: Vec<String>) -> Vec<String> {
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// A text that may hold anything, on one line.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    printable(&words.join(" ")).into_owned()
}
