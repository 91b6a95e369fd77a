//! Questions before something that cannot be undone: what will happen, and which key does what.

mod programs;

use super::guard::{change_words, first_write_words};
use super::model::Model;
use super::overlay::Confirm;

/// A question in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub title: &'static str,
    /// Sentences.
    pub words: Vec<String>,
    /// Facts, a line each, that keep their columns.
    pub facts: Vec<String>,
    /// The keys, and what each does.
    pub keys: Vec<(&'static str, &'static str)>,
    /// Whether money or somebody else's data is at stake.
    pub alarming: bool,
}

/// Which records go when the clock goes a day forward.
fn kept(model: &Model) -> String {
    match (model.streams.name(), model.streams.description()) {
        (Some(name), Some(described)) => format!(
            "Records older than their stream's retention go; {name} keeps its own for {} h.",
            described.retention_hours
        ),
        _ => "Records older than their stream's retention go.".into(),
    }
}

/// What is to be asked.
pub fn question(model: &Model, confirm: &Confirm) -> Question {
    match confirm {
        Confirm::Delete(stream) => Question {
            title: "Delete a stream",
            words: vec![format!(
                "{stream} and all its records will be gone. That cannot be undone."
            )],
            facts: Vec::new(),
            keys: vec![("Enter", "deletes it"), ("Esc", "keeps it")],
            alarming: false,
        },
        Confirm::Empty(stream) => Question {
            title: "Empty a stream",
            words: vec![format!(
                "All records of {stream} will be gone; the stream, its shards and its iterators stay. That cannot be undone."
            )],
            facts: Vec::new(),
            keys: vec![("Enter", "empties it"), ("Esc", "keeps them")],
            alarming: false,
        },
        Confirm::ResetStep(page) => {
            let pages = &model.lesson.lesson.pages;
            let title = pages.get(*page).map_or("", |page| page.title.as_str());
            Question {
                title: "Open the marks again",
                words: vec![format!(
                    "The marks and hints of “{title}” go. What you predicted stays beside its outcome; the stream and its records stay, too."
                )],
                facts: Vec::new(),
                keys: vec![("Enter", "opens them"), ("Esc", "keeps them")],
                alarming: false,
            }
        }
        Confirm::OneDay => Question {
            title: "24 hours forward",
            words: vec![format!(
                "{} The clock does not go back, and they do not come back.",
                kept(model)
            )],
            facts: Vec::new(),
            keys: vec![("Enter", "moves the clock"), ("Esc", "leaves it")],
            alarming: false,
        },
        Confirm::ChangeStream { stream, change } => Question {
            title: "REAL AWS: change a stream",
            words: vec![format!(
                "{} of {stream}: {}. Shards are paid by the hour; the lab asks each time.",
                change.operation(),
                change.in_words()
            )],
            facts: change_words(model, stream, change),
            keys: vec![("Enter", "does it"), ("Esc", "changes nothing")],
            alarming: true,
        },
        Confirm::FirstWrite(pending) => Question {
            title: "REAL AWS: the first write",
            words: vec!["This goes to your account and costs money. The lab asks once.".into()],
            facts: first_write_words(model, pending),
            keys: vec![("Enter", "goes on"), ("Esc", "sends nothing")],
            alarming: true,
        },
        Confirm::ForeignStream { stream, .. } => Question {
            title: "REAL AWS: not the lab's stream",
            words: vec![format!(
                "{stream} was there before the lab. Records written to it reach whoever reads it, and cannot be taken back."
            )],
            facts: Vec::new(),
            keys: vec![("Enter", "writes to it"), ("Esc", "sends nothing")],
            alarming: true,
        },
        Confirm::Leave => {
            let names: Vec<&str> = model
                .programs
                .connected(model.now)
                .map(|program| program.name.as_str())
                .collect();
            let run = model.program.run.as_ref().filter(|run| run.goes_on());
            let runs =
                run.map(|run| format!("Still running, and ended with the lab: {}.", run.title));
            let connected = (!names.is_empty())
                .then(|| format!("Connected to its server: {}.", names.join(", ")));
            let mut words: Vec<String> = [runs, connected].into_iter().flatten().collect();
            if model.feeds() {
                words.push(
                    match model.server.keeps_streams {
                        true => "The server ends with the lab. Its streams and your progress are kept.",
                        false => "The server ends with the lab, and the streams in its memory are gone. Your progress is kept.",
                    }
                    .into(),
                );
            }
            Question {
                title: "Leave the lab",
                words,
                facts: Vec::new(),
                keys: vec![("q Enter", "leaves"), ("Esc", "stays")],
                alarming: false,
            }
        }
        Confirm::RunCode(plan) => programs::run_code(model, plan),
        Confirm::MakePython(plan) => programs::make_python(model, plan),
        Confirm::EndProgram(title) => programs::end_program(title),
        Confirm::ReplaceFile { writing, other } => programs::replace_file(model, writing, other),
        Confirm::CleanUp { streams, leaving } => {
            let mut keys = vec![("Enter", "deletes them"), ("k", "keeps them")];
            if *leaving {
                keys.push(("Esc", "stays"));
            }
            Question {
                title: "REAL AWS: streams that the lab created",
                words: vec!["They cost money for every hour until they are deleted.".into()],
                facts: streams.clone(),
                keys,
                alarming: true,
            }
        }
    }
}
