//! What lies between the wish to run something and its run: looking at what it needs, the one question before a lesson's
//! code runs, and python.

use std::fmt::Write;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::commands::{self, LessonCommand};
use super::run::{FileState, Launch, Preparation, Prepared, Python, SourceFile, Start};
use super::{Ending, FIRST_SIZE, Picture, RUN_KEY, Run, State};
use crate::app::connection::ConnectionKind;
use crate::app::message::Effect;
use crate::app::model::{Model, Outcome, Status, Tone};
use crate::app::overlay::{Confirm, Overlay};
use crate::app::steps_pane;
use crate::app::wire_marks::Tally;
use crate::lesson;

/// Agreements that are kept; beyond it one is asked for again.
const MOST_AGREEMENTS: usize = 500;

/// What is said while an interpreter is asked.
const LOOKING: &str = "Looking for python…";

/// What the panels do where python does not.
const PANELS: &str = "The panels make the same calls: s sends, c reads.";

/// A command of the lesson on its way to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The command and what it needs.
    pub command: LessonCommand,
    /// Files that are to be written first, since they are missing. Known once it was looked.
    pub missing: Vec<String>,
    /// What the learner agrees to with it: the lesson may be saved anew while the question stands.
    agreement: String,
}

/// Runs the command of the open page: that of the focused block, else the first one.
pub(in crate::app) fn run_here(model: &mut Model, out: &mut Outcome) {
    let Some(script) = model.lesson.script() else {
        let words = "No command stands on this page; ! opens a shell in the work folder.";
        return model.say(Tone::Nearly, words.into());
    };
    let command = commands::needs(&model.lesson.lesson, model.lesson.page, script);
    prepare(model, command, out);
}

fn prepare(model: &mut Model, command: LessonCommand, out: &mut Outcome) {
    if model.program.goes_on() {
        return super::ask_to_end(model);
    }
    let mut python: Vec<String> = command.python.iter().cloned().collect();
    if let Some(first) = python.first() {
        let other = if first == "python" {
            "python3"
        } else {
            "python"
        };
        python.push(other.into());
    }
    let known = model.program.python.as_ref();
    if known.is_some_and(|python| python.honours_endpoint() || !command.imports_boto3) {
        python.clear();
    } else if !python.is_empty() {
        model.say(Tone::Plain, LOOKING.into());
    }
    let preparation = Preparation {
        work: model.places.work.clone(),
        files: command.files.clone(),
        python,
    };
    model.program.planned = Some(Plan {
        command,
        missing: Vec::new(),
        agreement: agreement(model),
    });
    out.effects.push(Effect::PrepareRun(Box::new(preparation)));
}

/// It was looked at what the command needs.
pub(in crate::app) fn prepared(model: &mut Model, found: Prepared, out: &mut Outcome) {
    if found.python.is_some() {
        model.program.python = found.python;
    }
    let Some(mut plan) = model.program.planned.take() else {
        return;
    };
    out.changed = true;
    if model.status.words == LOOKING {
        model.status = Status::default();
    }
    for (name, state) in found.files {
        match state {
            FileState::Missing => plan.missing.push(name),
            FileState::Same | FileState::Other(_) => {}
            FileState::Refused(why) => {
                return model.say(Tone::Wrong, format!("Nothing was run: {why}"));
            }
        }
    }
    // What was opened meanwhile goes before.
    if model.overlay.is_some() || model.program.goes_on() {
        let words = "Nothing was run: something else was begun meanwhile. r asks again.";
        return model.say(Tone::Nearly, words.into());
    }
    if plan.command.python.is_some() {
        match model.program.python() {
            None | Some(Python::Missing) => {
                let words = format!(
                    "No python is found. Install Python 3 (Debian: apt install python3-venv), then r again. {PANELS}"
                );
                return model.say(Tone::Wrong, words);
            }
            Some(python) if plan.command.imports_boto3 && !python.honours_endpoint() => {
                model.overlay = Some(Overlay::Confirm(Confirm::MakePython(Box::new(plan))));
                return;
            }
            Some(_) => {}
        }
    }
    if is_agreed(model, &plan.agreement) {
        return start_plan(model, plan, out);
    }
    model.overlay = Some(Overlay::Confirm(Confirm::RunCode(Box::new(plan))));
}

/// The learner agreed to run this lesson's code.
pub(in crate::app) fn agreed(model: &mut Model, plan: Plan, out: &mut Outcome) {
    let key = plan.agreement.clone();
    if model.connection.kind == ConnectionKind::Aws {
        // Where it costs money it is asked in each run of the lab.
        model.program.agreed.insert(key);
    } else {
        let agreements = &mut model.progress.code_agreed;
        if agreements.len() >= MOST_AGREEMENTS {
            agreements.pop_first();
        }
        agreements.insert(key);
    }
    start_plan(model, plan, out);
}

fn is_agreed(model: &Model, agreement: &str) -> bool {
    model.program.agreed.contains(agreement) || model.progress.code_agreed.contains(agreement)
}

/// What an agreement holds for: all code of the lesson as it is now, and the place that it calls.
fn agreement(model: &Model) -> String {
    let mut hash = Sha256::new();
    for page in &model.lesson.lesson.pages {
        for block in lesson::code_blocks(&page.blocks) {
            for part in [block.language, block.file.unwrap_or_default(), block.source] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
    }
    if model.connection.kind != ConnectionKind::Local {
        let connection = &model.connection;
        hash.update(&connection.address);
        hash.update(&connection.region);
        hash.update(connection.profile.as_deref().unwrap_or_default());
    }
    hash.finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn start_plan(model: &mut Model, plan: Plan, out: &mut Outcome) {
    let script = shown_command(model, &plan.command.script);
    let files = plan.command.files.clone();
    let launch = Launch::Command(script);
    start(model, launch, files, out);
    if let Some(run) = &mut model.program.run {
        run.command = Some(plan.command);
    }
}

/// A command as it is really run: python by the name that is there.
pub fn shown_command(model: &Model, script: &str) -> String {
    match model.program.python() {
        Some(Python::Found { name, .. }) => commands::with_python(script, name),
        Some(Python::Missing) | None => script.to_owned(),
    }
}

/// What is to be said of the interpreter beside a command that starts python: where it is not the one that the lesson's
/// words would start, or comes from the lab.
pub fn interpreter(model: &Model, script: &str) -> Option<String> {
    let Some(Python::Found {
        name,
        of_lab,
        version,
        ..
    }) = model.program.python()
    else {
        return None;
    };
    let shown = shown_command(model, script);
    if commands::with_python(script, "") == script {
        return None;
    }
    if *of_lab {
        return Some(format!(
            "{name} is the lab's own: Python {version}, with boto3"
        ));
    }
    let first = shown.lines().next().unwrap_or_default();
    (shown != script).then(|| format!("runs as: {first}"))
}

/// Opens the learner's shell, or goes to what runs.
pub(in crate::app) fn shell(model: &mut Model, out: &mut Outcome) {
    if model.program.goes_on() {
        return super::focus(model);
    }
    start(model, Launch::Shell, Vec::new(), out);
}

/// Opens a file of the work folder in the learner's editor.
pub(in crate::app) fn edit_file(model: &mut Model, name: String, out: &mut Outcome) {
    if model.program.goes_on() {
        return super::ask_to_end(model);
    }
    start(model, Launch::Editor(name), Vec::new(), out);
}

/// Makes the lab's virtual environment, and installs boto3 there, for this command.
pub(in crate::app) fn make_python(model: &mut Model, plan: Plan, out: &mut Outcome) {
    let Some(Python::Found { name, .. }) = model.program.python() else {
        return;
    };
    let launch = Launch::MakePython(name.clone());
    start(model, launch, Vec::new(), out);
    if let Some(run) = &mut model.program.run {
        run.command = Some(plan.command);
    }
}

/// Does the same again; but a Python that is made is not made again: what it was made for is run.
pub(super) fn again(model: &mut Model, out: &mut Outcome) {
    let Some(run) = &model.program.run else {
        return;
    };
    match (run.launch.clone(), run.command.clone()) {
        (Launch::Command(_), Some(command)) => prepare(model, command, out),
        (Launch::MakePython(_), Some(command)) if run.made_python() => prepare(model, command, out),
        (launch, command) => {
            start(model, launch, Vec::new(), out);
            if let Some(run) = &mut model.program.run {
                run.command = command;
            }
        }
    }
}

fn start(model: &mut Model, launch: Launch, files: Vec<SourceFile>, out: &mut Outcome) {
    let pane = &mut model.program;
    pane.runs += 1;
    let number = pane.runs;
    let calls = matches!(launch, Launch::Command(_) | Launch::Shell);
    let own_key = calls && model.connection.kind == ConnectionKind::Local;
    let access_key = own_key.then(|| format!("{RUN_KEY}{number}"));
    let title = match &launch {
        Launch::Command(script) => script
            .lines()
            .find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
            .unwrap_or_default()
            .trim()
            .to_owned(),
        Launch::Shell => "Shell".into(),
        Launch::Editor(file) => format!("Editing {file}"),
        Launch::MakePython(_) => "Making the lab's Python".into(),
    };
    pane.tally = Tally::default();
    pane.run = Some(Run {
        number,
        launch: launch.clone(),
        title,
        access_key: access_key.clone(),
        files: files.iter().map(|file| file.name.clone()).collect(),
        state: State::Starting,
        picture: Arc::new(Picture::default()),
        left: Vec::new(),
        command: None,
        back: 0,
    });
    match launch {
        Launch::Command(_) => steps_pane::run_began(model, model.now),
        Launch::MakePython(_) => steps_pane::readying(model, true, model.now),
        Launch::Shell | Launch::Editor(_) => {}
    }
    super::focus(model);
    let size = model.layout.inside_program().map_or(FIRST_SIZE, |inside| {
        (inside.width.max(1), inside.height.max(1))
    });
    model.program.told = Some(size);
    out.effects.push(Effect::StartProgram(Box::new(Start {
        run: number,
        launch,
        access_key,
        work: model.places.work.clone(),
        files,
        size,
    })));
}

/// What is said when the virtual environment is made, or could not be.
pub(super) fn python_made(model: &mut Model, ending: Ending) -> (Tone, String) {
    model.program.python = None;
    if ending.is_well() {
        let words = "The lab has a Python with boto3 of its own now. r runs the step's command.";
        return (Tone::Done, words.into());
    }
    let printed = model
        .program
        .run
        .as_ref()
        .map_or(String::new(), |run| run.picture.all_text());
    (
        Tone::Wrong,
        format!("{} {PANELS}", why_not_made(&printed, ending)),
    )
}

/// Why making a virtual environment failed, by what it printed last, and what to do.
fn why_not_made(printed: &str, ending: Ending) -> String {
    let says = |marks: &[&str]| marks.iter().any(|mark| printed.contains(mark));
    if says(&[
        "ensurepip",
        "No module named venv",
        "python3-venv",
        "No module named pip",
    ]) {
        return "This Python lacks its venv module: sudo apt install python3-venv (Debian, Ubuntu), then r again."
            .into();
    }
    if says(&["No space left"]) {
        return "The disk is full: make room, then r again.".into();
    }
    let network = [
        "name resolution",
        "NewConnectionError",
        "Network is unreachable",
        "Connection refused",
        "ProxyError",
        "timed out",
        "Could not find a version",
        "No matching distribution",
        "nodename nor servname",
    ];
    if says(&network) {
        return "boto3 was not fetched: there is no way to PyPI. See to the network (or HTTPS_PROXY), then r again."
            .into();
    }
    format!(
        "Python was not made ready ({}); what it printed says why.",
        ending.words()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_environment_is_explained_by_what_was_printed() {
        let check = |printed: &str, words: &str| {
            let why = why_not_made(printed, Ending::Exit(1));
            assert!(why.contains(words), "{why}");
        };
        check(
            "The virtual environment was not created successfully because ensurepip is not available.",
            "apt install python3-venv",
        );
        check(
            "/usr/bin/python3: No module named venv",
            "apt install python3-venv",
        );
        check(
            "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution\nERROR: No matching distribution found for boto3",
            "network",
        );
        check(
            "OSError: [Errno 28] No space left on device",
            "disk is full",
        );
        check("Illegal instruction", "exit 1");
    }
}
