//! What lies over the panes, in lines, and what can be done there.

use crossterm::event::KeyCode;

use super::Talk;
use super::choices::Choice;
use super::hear::{Act, Prompt};
use super::record;
use super::text::count;
use crate::app::Model;
use crate::app::consumer::{SettingsDialog, pause_in_words};
use crate::app::lab_server::Lever;
use crate::app::overlay::{Confirm, Overlay};
use crate::app::producer::Line;
use crate::app::question::question;
use crate::app::start::{MEANINGS, StartDialog, WORDS};
use crate::app::streams::{MOST_SHARDS, StreamsDialog, problem_with_name};
use crate::kinesis::control::Timing;

impl Talk {
    /// What lies over the panes, if it is new or says something else.
    pub(super) fn tell_dialog(&mut self, model: &Model) {
        let words = words(model);
        // The wire log and the numbers move with every call: they are told once, each time they are asked for.
        let is_log = matches!(
            model.overlay,
            Some(Overlay::Wire(_) | Overlay::Numbers | Overlay::Batch)
        );
        let is_told = is_log && self.dialog.first() == words.first();
        if words != self.dialog && !is_told {
            // That it was closed needs no words: the choices are others.
            self.said = true;
            self.dialog.clone_from(&words);
            for line in &words {
                // What is indented keeps its place.
                match line.starts_with(' ') || line.len() <= self.width {
                    true => self.say(line),
                    false => self.say_wrapped(line),
                }
            }
        }
    }
}

/// What it says.
fn words(model: &Model) -> Vec<String> {
    let problem = |problem: &Option<String>| {
        let problem = problem.as_ref()?;
        Some(format!("Problem: {}.", problem.trim_end_matches('.')))
    };
    if let Some(edit) = &model.producer.edit {
        return problem(&edit.problem).into_iter().collect();
    }
    let mut lines = Vec::new();
    match &model.overlay {
        None => {}
        Some(Overlay::Help(_) | Overlay::Palette(_)) => {}
        Some(Overlay::Terms(dialog)) => lines.extend(super::course::terms(model, dialog)),
        Some(Overlay::Course(dialog)) => {
            lines.push("The modules of this course.".into());
            lines.extend(dialog.lines.iter().map(super::course::words));
        }
        Some(Overlay::Streams(dialog)) => {
            let known = model.streams.names().count();
            lines.push(format!(
                "Streams: {} known.",
                count(known, "stream").replace("0 ", "no ")
            ));
            lines.extend(problem(&dialog.problem));
        }
        Some(Overlay::Reshard(dialog)) => lines.extend(super::reshard::words(model, dialog)),
        Some(Overlay::Server(_)) => {
            let state = &model.server.state;
            let pace = match state.timing {
                Timing::Instant => "at once",
                Timing::Aws => "as on AWS",
            };
            let pages = if state.empty_pages { "on" } else { "off" };
            lines.push(format!(
                "The lab's server. Streams change {pace}; empty pages are {pages}; its clock is {} s ahead.",
                state.ahead_seconds
            ));
        }
        Some(Overlay::Sending(_)) => {
            lines.push("How automatic sending sends.".into());
            lines.extend(Line::ALL.map(|line| {
                format!(
                    "  {}: {}, {}",
                    line.name(),
                    line.value(model),
                    line.means(model)
                )
            }));
        }
        Some(Overlay::Start(dialog)) => {
            lines.push("Where the consumer starts.".into());
            lines.extend(problem(&dialog.problem));
        }
        Some(Overlay::Reading(_)) => {
            let settings = &model.consumer.settings;
            let speed = match settings.speed {
                None => "takes all that comes".to_owned(),
                Some(speed) => format!("works on {speed} records a second"),
            };
            lines.push(format!(
                "A shard is polled every {}; a worker {speed}.",
                pause_in_words(settings.poll)
            ));
        }
        Some(Overlay::Detail(open)) => lines.extend(record::in_full(model, *open)),
        Some(Overlay::Token(shard, token)) => lines.push(super::lanes::record(shard, token)),
        Some(Overlay::Sheet(sheet)) => {
            lines.push(format!("{}:", sheet.title()));
            let rows = sheet.rows(model, crate::lesson::WIDEST);
            lines.extend(rows.iter().map(super::steps::words));
        }
        Some(Overlay::Result(screen)) => {
            lines.push("The result of this lesson.".into());
            lines.extend(screen.lines.iter().map(|line| {
                line.iter()
                    .map(|(text, _)| text.as_str())
                    .collect::<String>()
            }));
        }
        Some(Overlay::Wire(_)) => lines.extend(super::wire::newest(model)),
        Some(Overlay::Batch) => lines.extend(super::batch::words(model)),
        Some(Overlay::Numbers) => lines.extend(super::numbers::words(model)),
        Some(Overlay::Confirm(confirm)) => {
            let question = question(model, confirm);
            lines.push(format!("{}.", question.title));
            lines.extend(question.words);
            lines.extend(question.facts);
        }
    }
    lines
}

/// What can be done there; none where nothing lies over the panes.
pub(super) fn choices(model: &Model) -> Option<Vec<Choice>> {
    Some(match model.overlay.as_ref()? {
        // What they list, this conversation lists itself.
        Overlay::Help(_)
        | Overlay::Palette(_)
        | Overlay::Result(_)
        | Overlay::Terms(_)
        | Overlay::Token(..)
        | Overlay::Wire(_)
        | Overlay::Numbers => {
            vec![close()]
        }
        Overlay::Sheet(sheet) => {
            let more = sheet.key(model).map(|(_, does)| does);
            let more = more.map(|does| Choice::new(does, vec![Act::Key(KeyCode::Char('h'))]));
            more.into_iter().chain([close()]).collect()
        }
        Overlay::Course(dialog) => super::course::choices(dialog),
        Overlay::Streams(dialog) => streams(model, dialog),
        Overlay::Reshard(dialog) => super::reshard::choices(dialog),
        Overlay::Server(_) => {
            let levers = Lever::ALL.into_iter().enumerate().map(|(place, lever)| {
                let mut acts = vec![Act::Key(KeyCode::Up); Lever::ALL.len()];
                acts.extend(vec![Act::Key(KeyCode::Down); place]);
                acts.push(Act::Key(KeyCode::Enter));
                Choice::new(lever.does(), acts)
            });
            levers.chain([close()]).collect()
        }
        Overlay::Sending(form) => {
            let lines = Line::ALL.into_iter().enumerate().map(|(place, line)| {
                let (key, steps) = match place >= form.cursor {
                    true => (KeyCode::Down, place - form.cursor),
                    false => (KeyCode::Up, form.cursor - place),
                };
                let mut acts = vec![Act::Key(key); steps];
                acts.push(Act::Key(KeyCode::Right));
                Choice::new(&format!("change {}", line.name()), acts)
            });
            lines.chain([close()]).collect()
        }
        Overlay::Batch => {
            let intervals = super::batch::choices(model).into_iter();
            intervals.chain([close()]).collect()
        }
        Overlay::Start(dialog) => start(dialog),
        Overlay::Reading(dialog) => reading(*dialog),
        Overlay::Detail(_) => vec![
            Choice::new("the record before", vec![Act::Key(KeyCode::Left)]),
            Choice::new("the record after", vec![Act::Key(KeyCode::Right)]),
            close(),
        ],
        Overlay::Confirm(confirm) => confirmed(model, confirm),
    })
}

pub(super) fn close() -> Choice {
    Choice::new("close this", vec![Act::Key(KeyCode::Esc)])
}

fn confirmed(model: &Model, confirm: &Confirm) -> Vec<Choice> {
    let key = |name: &str| match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        other => other.chars().next().map_or(KeyCode::Null, KeyCode::Char),
    };
    question(model, confirm)
        .keys
        .into_iter()
        .map(|(name, does)| Choice::new(does, vec![Act::Key(key(name))]))
        .collect()
}

/// Moves the cursor of the streams dialog to a line.
fn go_to(line: usize, dialog: &StreamsDialog) -> Vec<Act> {
    let (key, steps) = match line >= dialog.cursor {
        true => (KeyCode::Down, line - dialog.cursor),
        false => (KeyCode::Up, dialog.cursor - line),
    };
    vec![Act::Key(key); steps]
}

fn streams(model: &Model, dialog: &StreamsDialog) -> Vec<Choice> {
    let mut choices = Vec::new();
    let with = |line: usize, key: KeyCode| {
        let mut acts = go_to(line, dialog);
        acts.push(Act::Key(key));
        acts
    };
    let name = dialog.name.value();
    if problem_with_name(name).is_none() {
        let words = format!(
            "create {name} with {}",
            count(dialog.shards as usize, "shard")
        );
        choices.push(Choice::new(&words, with(0, KeyCode::Enter)));
    }
    choices.push(Choice::new(
        "create a stream of another name or number of shards",
        vec![Act::Prompt(Prompt::StreamName)],
    ));
    for (place, stream) in model.streams.names().enumerate() {
        let line = place + 1;
        if model.streams.name() != Some(stream) {
            let words = format!("follow {stream}");
            choices.push(Choice::new(&words, with(line, KeyCode::Enter)));
        }
        if model.feeds() {
            let words = format!("empty {stream}");
            choices.push(Choice::new(&words, with(line, KeyCode::Char('e'))));
        }
        let words = format!("delete {stream}");
        choices.push(Choice::new(&words, with(line, KeyCode::Char('x'))));
    }
    choices.push(close());
    choices
}

/// What is typed for a stream of this name with so many shards, as `orders 4`.
pub(super) fn create(model: &Model, line: &str) -> Option<Vec<Act>> {
    let Some(Overlay::Streams(dialog)) = &model.overlay else {
        return None;
    };
    let (name, shards) = match line.rsplit_once(' ') {
        Some((name, number)) if number.parse::<u32>().is_ok() => (name, number.parse().ok()?),
        _ => (line, dialog.shards),
    };
    let shards = shards.clamp(1, MOST_SHARDS);
    let mut acts = go_to(0, dialog);
    acts.push(Act::Erase);
    acts.push(Act::Text(name.trim().to_owned()));
    let key = if shards > dialog.shards {
        KeyCode::Right
    } else {
        KeyCode::Left
    };
    let steps = shards.abs_diff(dialog.shards);
    acts.extend(vec![Act::Key(key); steps as usize]);
    acts.push(Act::Key(KeyCode::Enter));
    Some(acts)
}

fn reading(dialog: SettingsDialog) -> Vec<Choice> {
    let at = |line: usize, key: KeyCode| {
        let to = if line >= dialog.cursor {
            KeyCode::Down
        } else {
            KeyCode::Up
        };
        let mut acts = vec![Act::Key(to); line.abs_diff(dialog.cursor)];
        acts.push(Act::Key(key));
        acts
    };
    vec![
        Choice::new("poll more often", at(0, KeyCode::Left)),
        Choice::new("poll less often", at(0, KeyCode::Right)),
        Choice::new("a quicker worker", at(1, KeyCode::Left)),
        Choice::new("a slower worker", at(1, KeyCode::Right)),
        close(),
    ]
}

fn start(dialog: &StartDialog) -> Vec<Choice> {
    let choose = |place: usize| {
        let steps = (place + WORDS.len() - dialog.choice) % WORDS.len();
        vec![Act::Key(KeyCode::Down); steps]
    };
    let mut choices: Vec<Choice> = WORDS
        .into_iter()
        .zip(MEANINGS)
        .enumerate()
        .map(|(place, (word, meaning))| {
            let mut acts = choose(place);
            acts.push(match place {
                2..=4 => Act::Prompt(Prompt::StartField),
                _ => Act::Key(KeyCode::Enter),
            });
            Choice::new(&format!("{word}: {meaning}"), acts)
        })
        .collect();
    choices.push(close());
    choices
}
