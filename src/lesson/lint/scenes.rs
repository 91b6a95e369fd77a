//! Rules on scenes: what a step names must be there by then, and what the room reads must fit its screen.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::super::document::slug;
use super::super::scenes::{
    Clock, Deed, Fault, MOST_COLUMNS, MOST_LINES, MOST_RECORDS, Put, Records, Scene, SceneFile,
    ScenePrediction, SceneStep, is_plain_file_name,
};
use super::super::settings::Settings;
use super::settings::unreadable;
use super::{Finding, Findings, Origin, Severity, Subject};

/// How many shards a scene's stream can have, and how many workers its consumer.
const MOST_SHARDS: u32 = 8;
const MOST_WORKERS: u32 = 4;

/// How far the clock of a stage goes: ten years.
const MOST_AHEAD: u64 = 10 * 365 * 86_400;

pub fn check(subject: &Subject<'_>, found: &mut Findings) {
    let settings = subject.settings.map(|text| (text, settings_of(text)));
    let Some((text, Some(settings))) = settings else {
        return;
    };
    let file = Text {
        subject,
        origin: Origin::Settings,
        text,
    };
    file.scenes(&settings.scenes, found);
    let Some(name) = &settings.scene_file else {
        return;
    };
    match subject.scenes {
        _ if !is_plain_file_name(name) => {
            let message =
                format!("\"{name}\" is no plain name of a file that stands beside the lesson");
            file.say(file.line_of("scenes", 0), Severity::Error, message, found);
        }
        None => {
            let message = format!("there is no file {name} beside the lesson, or it is no text");
            file.say(file.line_of("scenes", 0), Severity::Error, message, found);
        }
        Some(text) => match toml::from_str::<SceneFile>(text) {
            Ok(of_file) => {
                let file = Text {
                    subject,
                    origin: Origin::Scenes,
                    text,
                };
                file.scenes(&of_file.scenes, found);
            }
            Err(error) => found.0.push(unreadable(Origin::Scenes, text, &error)),
        },
    }
}

/// What is not well formed is said by the rules on the settings.
fn settings_of(text: &str) -> Option<Settings> {
    toml::from_str(text).ok()
}

/// A file with scenes in it.
struct Text<'a> {
    subject: &'a Subject<'a>,
    origin: Origin,
    text: &'a str,
}

impl Text<'_> {
    fn say(&self, line: usize, severity: Severity, message: String, found: &mut Findings) {
        found.0.push(Finding {
            origin: self.origin,
            line,
            column: None,
            severity,
            message,
        });
    }

    /// The line that begins so, the first being 0; counted from 1.
    fn line_of(&self, begins: &str, index: usize) -> usize {
        let lines = self.text.lines().enumerate();
        let mut fitting = lines.filter(|(_, line)| line.trim_start().starts_with(begins));
        fitting.nth(index).map_or(1, |(line, _)| line + 1)
    }

    fn scenes(&self, scenes: &[Scene], found: &mut Findings) {
        let mut steps = 0;
        for (index, scene) in scenes.iter().enumerate() {
            let line = self.line_of("[[scene]]", index);
            let error = |message: String, found: &mut Findings| {
                self.say(line, Severity::Error, message, found);
            };
            if scene.steps.is_empty() {
                let message = format!(
                    "the scene \"{}\" has no step: give it a [[scene.step]]",
                    scene.title
                );
                error(message, found);
            }
            if scene.title.width() > MOST_COLUMNS {
                let message = format!("a scene's title has {MOST_COLUMNS} columns at most");
                self.say(line, Severity::Warning, message, found);
            }
            if let Some(page) = &scene.page {
                let pages = &self.subject.lesson.pages;
                if !pages.iter().any(|it| slug(&it.title) == slug(page)) {
                    error(format!("no page of the lesson is called \"{page}\""), found);
                }
            }
            let mut course = Course::default();
            for step in &scene.steps {
                let line = self.line_of("[[scene.step]]", steps);
                steps += 1;
                for message in course.errors(step) {
                    self.say(line, Severity::Error, message, found);
                }
                for message in too_long(step) {
                    self.say(line, Severity::Warning, message, found);
                }
            }
        }
    }
}

/// What of a step's words does not fit the screen.
fn too_long(step: &SceneStep) -> Vec<String> {
    let mut found = Vec::new();
    let mut fits = |what: &str, words: &str, most: usize| {
        let lines = lines(words);
        if lines > most {
            found.push(format!(
                "{what} takes {lines} lines of {MOST_COLUMNS} columns, and the room reads {most}: say it shorter"
            ));
        }
    };
    if let Some(say) = &step.say {
        fits("say", say, MOST_LINES);
    }
    if let Some(ScenePrediction {
        ask, options, why, ..
    }) = &step.predict
    {
        fits("the question", ask, MOST_LINES);
        fits("the reason", why, MOST_LINES);
        for option in options {
            // A letter and a bracket stand before it.
            fits("an option", &format!("a) {option}"), 1);
        }
    }
    found
}

/// How many lines of the screen some words take.
fn lines(words: &str) -> usize {
    let of_line = |line: &str| {
        let (mut lines, mut column) = (1, 0);
        for word in line.split_whitespace() {
            let width = word.width();
            if column > 0 && column + 1 + width > MOST_COLUMNS {
                lines += 1;
                column = 0;
            }
            column += width + usize::from(column > 0);
            // A word that is longer than a line goes on in the next ones.
            lines += column.saturating_sub(1) / MOST_COLUMNS;
            column -= column.saturating_sub(1) / MOST_COLUMNS * MOST_COLUMNS;
        }
        lines
    };
    words.trim().lines().map(of_line).sum()
}

/// What there is by a step of a scene, as its steps before made it.
#[derive(Default)]
struct Course {
    asked: bool,
    stream: bool,
    put: bool,
    workers: u32,
    open: BTreeSet<u32>,
    shards: u32,
}

impl Course {
    /// What cannot be in this step; takes it as done.
    fn errors(&mut self, step: &SceneStep) -> Vec<String> {
        let mut errors = Vec::new();
        if let Some(predict) = &step.predict {
            self.asked = true;
            if predict.answer().is_none() {
                errors.push(format!(
                    "\"{}\" has {} options, and its answer \"{}\" is the letter of none",
                    predict.ask,
                    predict.options.len(),
                    predict.answer
                ));
            }
        }
        let empty = step.say.is_none()
            && step.show.is_none()
            && step.predict.is_none()
            && step.deed.is_none();
        if empty && step.expect.is_empty() {
            errors.push("this step neither says nor does anything".into());
        }
        if let Some(deed) = &step.deed
            && let Err(why) = self.take(deed)
        {
            errors.push(why);
        }
        errors
    }

    fn take(&mut self, deed: &Deed) -> Result<(), String> {
        let needs_stream = !matches!(
            deed,
            Deed::Create(_) | Deed::Fault(_) | Deed::Clock(_) | Deed::Reveal
        );
        if needs_stream && !self.stream {
            return Err(format!(
                "{} comes before there is a stream: create one first",
                deed.word()
            ));
        }
        match deed {
            Deed::Create(create) => {
                if !(1..=MOST_SHARDS).contains(&create.shards) {
                    return Err(format!("a scene's stream has 1 to {MOST_SHARDS} shards"));
                }
                if !is_stream_name(&create.stream) {
                    return Err(format!(
                        "\"{}\" is no name of a stream: 1 to 100 letters, digits, dots, hyphens and underscores",
                        create.stream
                    ));
                }
                self.stream = true;
                self.put = false;
                self.open = (0..create.shards).collect();
                self.shards = create.shards;
                Ok(())
            }
            Deed::Put(put) => self.put(put),
            Deed::Read(read) => {
                if !(1..=MOST_WORKERS).contains(&read.workers) {
                    return Err(format!("the consumer has 1 to {MOST_WORKERS} workers"));
                }
                if read.speed == Some(0) {
                    return Err("a speed of 0 records a second would never end".into());
                }
                self.workers = read.workers;
                Ok(())
            }
            Deed::Split(split) => {
                self.is_open(split.shard)?;
                self.open.remove(&split.shard);
                self.open.extend([self.shards, self.shards + 1]);
                self.shards += 2;
                Ok(())
            }
            Deed::Merge(merge) => {
                let [one, other] = merge.shards;
                self.is_open(one)?;
                self.is_open(other)?;
                if one == other {
                    return Err("a shard cannot be merged with itself".into());
                }
                self.open.retain(|shard| !merge.shards.contains(shard));
                self.open.insert(self.shards);
                self.shards += 1;
                Ok(())
            }
            Deed::Kill(kill) => match u32::from(kill.worker) {
                _ if self.workers == 0 => Err("no worker runs here: read first".into()),
                worker if (1..=self.workers).contains(&worker) => Ok(()),
                worker => Err(format!(
                    "there is no worker {worker}: the consumer runs with {}",
                    self.workers
                )),
            },
            Deed::Fault(Fault::Throttle(throttle)) => match throttle.shard {
                Some(shard) => self.is_open(shard),
                None => Ok(()),
            },
            Deed::Clock(Clock { seconds }) if *seconds > MOST_AHEAD => {
                Err("the clock goes ten years forward at most".into())
            }
            Deed::Reveal if !self.asked => Err("nothing was asked before: predict first".into()),
            Deed::Fault(_) | Deed::Clock(_) | Deed::Reveal | Deed::Retain(_) => Ok(()),
        }
    }

    fn put(&mut self, put: &Put) -> Result<(), String> {
        let had = std::mem::replace(&mut self.put, true);
        if matches!(put.records, Records::Again(_)) && !had {
            return Err("nothing was put before that could go again".into());
        }
        match put.records.count() {
            Some(count) if !(1..=MOST_RECORDS as usize).contains(&count) => {
                Err(format!("a step puts 1 to {MOST_RECORDS} records"))
            }
            _ => Ok(()),
        }
    }

    fn is_open(&self, shard: u32) -> Result<(), String> {
        let known: Vec<String> = self.open.iter().map(ToString::to_string).collect();
        match (self.open.contains(&shard), known.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => Err(format!("there is no shard {shard}: create a stream first")),
            (false, false) => Err(format!(
                "shard {shard} is not open at this step; open are {}",
                known.join(", ")
            )),
        }
    }
}

/// On other endpoints it is lengthened, so it is kept shorter than it could be.
fn is_stream_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    (1..=100).contains(&name.len()) && name.chars().all(fits)
}
