//! The pane with a program in a terminal of its own: what runs, what its screen shows, and which keys it gets.
//!
//! One program at a time. While it runs and has the focus it takes every key but Ctrl-], which goes back to the lab. When
//! it has ended what it printed stays readable, and the keys are the lab's again. The terminal itself is the runtime's.

pub mod commands;
pub mod keys;
mod picture;
mod run;
mod starting;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEventKind};

use super::lesson_blocks::PageBlock;
use super::message::Effect;
use super::model::{Model, Outcome, Tone};
use super::overlay::{Confirm, Overlay};
use super::steps_pane;
use super::wire_marks::{self, Tally};
use crate::kinesis::feed::Call;

pub use picture::{Colour, Ink, Modes, Picture, Piece};
pub use run::{
    Ending, FileState, Launch, LeftBehind, OtherVersion, Places, Preparation, Prepared, Python,
    SourceFile, Start, Started, Writing, Written,
};
pub use starting::{Plan, interpreter, shown_command};
pub(super) use starting::{agreed, edit_file, make_python, prepared, run_here, shell};

/// The terminal's size before the pane has one, in columns and rows.
const FIRST_SIZE: (u16, u16) = (80, 24);

/// How access key ids begin that are made for runs of programs.
pub const RUN_KEY: &str = "kinesis-lab-run-";

/// The longest text that is pasted into a program, in bytes; what is longer is cut there.
const LONGEST_PASTE: usize = 256 * 1024;

/// The pane.
#[derive(Debug, Clone, Default)]
pub struct ProgramPane {
    /// What runs, or ran last.
    pub run: Option<Run>,
    /// Whether it has the keys.
    pub focused: bool,
    /// Whether it is put away, until the next program or until it is asked for.
    pub hidden: bool,
    /// What waits for the answer to a preparation.
    planned: Option<Plan>,
    /// The interpreter as it was found last.
    python: Option<Python>,
    /// Code that the learner agreed to run, where that is not kept.
    agreed: BTreeSet<String>,
    /// What the run was seen to call.
    tally: Tally,
    /// What programs that were started elsewhere were seen to call, by their family: that of the newest of each.
    elsewhere: BTreeMap<&'static str, Tally>,
    /// How many runs there were.
    runs: u64,
    /// The size that the terminal was told last.
    told: Option<(u16, u16)>,
}

/// The module is left: what was about to run does not, and what ran in it is put away.
pub(super) fn leave_module(model: &mut Model) {
    let pane = &mut model.program;
    pane.planned = None;
    if !pane.goes_on() {
        (pane.run, pane.focused, pane.tally) = (None, false, Tally::default());
    }
}

/// A run of a program.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its number.
    pub number: u64,
    /// What was started.
    pub launch: Launch,
    /// As its title says it.
    pub title: String,
    /// The access key id that it alone signs with, where it has one.
    pub access_key: Option<String>,
    /// The names of the lesson's files that it runs.
    pub files: Vec<String>,
    /// How it stands.
    pub state: State,
    /// What its screen shows.
    pub picture: Arc<Picture>,
    /// Processes of it that go on although it has ended.
    pub left: Vec<LeftBehind>,
    /// The lesson's command, where it is one.
    command: Option<commands::LessonCommand>,
    /// How many lines its picture is to be scrolled back.
    back: usize,
}

/// How a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is being started.
    Starting,
    /// It runs.
    Running,
    /// It could not be started, with the reason and what to do.
    Failed(String),
    /// It has ended.
    Ended(Ending),
}

impl Run {
    /// Whether it has not ended.
    pub fn goes_on(&self) -> bool {
        matches!(self.state, State::Starting | State::Running)
    }

    /// Whether it has made the lab's Python.
    pub fn made_python(&self) -> bool {
        let ended_well = matches!(self.state, State::Ended(ending) if ending.is_well());
        ended_well && matches!(self.launch, Launch::MakePython(_))
    }
}

impl ProgramPane {
    /// Whether a program runs.
    pub fn goes_on(&self) -> bool {
        self.run.as_ref().is_some_and(Run::goes_on)
    }

    /// Whether every key is the program's.
    pub fn takes_keys(&self) -> bool {
        self.focused && self.goes_on()
    }

    /// Whether the pane wants room on the screen.
    pub fn is_open(&self) -> bool {
        self.run.is_some() && !self.hidden
    }

    /// The interpreter as it was found last.
    pub fn python(&self) -> Option<&Python> {
        self.python.as_ref()
    }

    /// What was seen of the code in this file: of its run, else of whatever program of its language was started elsewhere.
    pub fn tally(&self, file: Option<&str>, language: &str) -> Option<&Tally> {
        let runs = self
            .run
            .as_ref()
            .is_some_and(|run| run.files.iter().any(|name| Some(name.as_str()) == file));
        if runs {
            return Some(&self.tally).filter(|tally| !tally.operations.is_empty());
        }
        self.elsewhere.get(wire_marks::family(language)?)
    }

    /// What was seen of the run that this command started.
    pub fn tally_of_command(&self, script: &str) -> Option<&Tally> {
        let command = self.run.as_ref()?.command.as_ref()?;
        (command.script == script && !self.tally.operations.is_empty()).then_some(&self.tally)
    }

    fn run_of(&mut self, number: u64) -> Option<&mut Run> {
        self.run.as_mut().filter(|run| run.number == number)
    }
}

/// Gives the keys to the pane.
pub(super) fn focus(model: &mut Model) {
    model.program.focused = true;
    model.program.hidden = false;
    model.lay_out();
}

/// Takes the keys back to the lab.
pub(super) fn leave(model: &mut Model) {
    model.program.focused = false;
    model.lay_out();
}

/// Goes to the program, or back from it.
pub(super) fn toggle(model: &mut Model) {
    if model.program.focused {
        return leave(model);
    }
    if model.program.run.is_none() {
        let words = "No program has run yet: r runs a step's command, ! opens a shell.";
        return model.say(Tone::Plain, words.into());
    }
    focus(model);
}

/// What a program printed is history once the learner goes on in the lesson.
pub(super) fn page_turned(pane: &mut ProgramPane) {
    if !pane.goes_on() {
        pane.focused = false;
        pane.hidden = true;
    }
}

/// Puts the output of what has ended away. Whether there was any to see.
pub(super) fn put_away(model: &mut Model) -> bool {
    let pane = &mut model.program;
    if pane.goes_on() || !pane.is_open() {
        return false;
    }
    page_turned(pane);
    model.lay_out();
    true
}

/// A key while the pane has the focus. `false`: it is the lab's.
pub(super) fn pressed(model: &mut Model, key: &KeyEvent, out: &mut Outcome) -> bool {
    if keys::is_return(key) {
        leave(model);
        return true;
    }
    let shift = key.modifiers.contains(KeyModifiers::SHIFT);
    let page = i64::from(model.layout.program.map_or(1, |rect| rect.height)).max(4) - 3;
    let scrolls = match key.code {
        KeyCode::PageUp => Some(page),
        KeyCode::PageDown => Some(-page),
        KeyCode::Up => Some(1),
        KeyCode::Down => Some(-1),
        KeyCode::Home => Some(i64::MAX / 2),
        KeyCode::End => Some(i64::MIN / 2),
        _ => None,
    };
    if model.program.goes_on() {
        match scrolls {
            Some(by) if shift => scroll(model, by, out),
            _ => type_key(model, key, out),
        }
        return true;
    }
    match (key.code, scrolls) {
        (_, Some(by)) => scroll(model, by, out),
        (KeyCode::Esc | KeyCode::Char('1'), _) => leave(model),
        (KeyCode::Char('r'), _) => starting::again(model, out),
        _ => return false,
    }
    true
}

fn type_key(model: &mut Model, key: &KeyEvent, out: &mut Outcome) {
    let Some(run) = &model.program.run else {
        return;
    };
    if let Some(bytes) = keys::bytes(key, run.picture.modes) {
        // What comes of it the program's next picture shows.
        out.changed = false;
        send(model, bytes, out);
    }
}

/// Text that was pasted while the program has the keys.
pub(super) fn pasted(model: &mut Model, text: &str, out: &mut Outcome) {
    let mut cut = text.len().min(LONGEST_PASTE);
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    if cut < text.len() {
        let words = format!("Only the first {LONGEST_PASTE} bytes were pasted.");
        model.say(Tone::Nearly, words);
    }
    // An escape could end the brackets, and begin to type.
    let text: String = text[..cut].chars().filter(|c| *c != '\u{1b}').collect();
    let text = text.replace("\r\n", "\r").replace('\n', "\r");
    let bracketed = model
        .program
        .run
        .as_ref()
        .is_some_and(|run| run.picture.modes.bracketed_paste);
    let text = match bracketed {
        true => format!("\u{1b}[200~{text}\u{1b}[201~"),
        false => text,
    };
    send(model, text.into_bytes(), out);
}

fn send(model: &mut Model, bytes: Vec<u8>, out: &mut Outcome) {
    let Some(run) = &mut model.program.run else {
        return;
    };
    let number = run.number;
    if std::mem::take(&mut run.back) > 0 {
        out.effects.push(Effect::ScrollProgram {
            run: number,
            back: 0,
        });
    }
    out.effects
        .push(Effect::ProgramInput { run: number, bytes });
}

/// Scrolls back by some lines, or forward.
pub(super) fn scroll(model: &mut Model, by: i64, out: &mut Outcome) {
    let Some(run) = &mut model.program.run else {
        return;
    };
    let above = i64::try_from(run.picture.above).unwrap_or(i64::MAX);
    let back = i64::try_from(run.back).unwrap_or(i64::MAX);
    let back = back.saturating_add(by).clamp(0, above);
    let back = usize::try_from(back).unwrap_or(0);
    if back != run.back {
        run.back = back;
        let number = run.number;
        out.effects
            .push(Effect::ScrollProgram { run: number, back });
    }
}

/// Asks before a running program is ended.
pub(super) fn ask_to_end(model: &mut Model) {
    if let Some(run) = &model.program.run {
        model.overlay = Some(Overlay::Confirm(Confirm::EndProgram(run.title.clone())));
    }
}

/// Ends what runs.
pub(super) fn end(model: &mut Model, out: &mut Outcome) {
    if let Some(run) = model.program.run.as_ref().filter(|run| run.goes_on()) {
        out.effects.push(Effect::EndProgram { run: run.number });
    }
}

/// The program was started, or not.
pub(super) fn started(
    model: &mut Model,
    number: u64,
    result: Result<Started, String>,
    out: &mut Outcome,
) {
    let Some(run) = model.program.run_of(number) else {
        return;
    };
    out.changed = true;
    match result {
        Ok(started) => {
            run.state = State::Running;
            for name in &started.wrote {
                steps_pane::file_written(model, name, model.now);
            }
            if !started.wrote.is_empty() {
                let wrote = started.wrote.join(", ");
                let folder = model.places.work.display();
                let words = format!("{wrote} was written into {folder} first.");
                model.say(Tone::Plain, words);
            }
        }
        Err(why) => {
            run.state = State::Failed(why.clone());
            steps_pane::readying(model, false, model.now);
            steps_pane::run_ended(model, None, model.now);
            model.say(Tone::Wrong, format!("Not started: {why}"));
        }
    }
}

/// The program's screen has changed. The next picture may come.
pub(super) fn drew(model: &mut Model, number: u64, picture: Arc<Picture>, out: &mut Outcome) {
    out.effects.push(Effect::ProgramShown { run: number });
    let Some(run) = model.program.run_of(number) else {
        return;
    };
    if picture.serial > run.picture.serial {
        run.back = picture.back;
        run.picture = picture;
        out.changed = true;
    }
}

/// The program does not read what is typed.
pub(super) fn deaf(model: &mut Model, number: u64, out: &mut Outcome) {
    if model.program.run_of(number).is_some() {
        out.changed = true;
        let words =
            "The program does not read what is typed; some of it is lost. Ctrl-] leads back.";
        model.say(Tone::Nearly, words.into());
    }
}

/// The mouse over the pane.
pub(super) fn moused(model: &mut Model, kind: MouseEventKind, out: &mut Outcome) {
    out.changed = true;
    match kind {
        MouseEventKind::Down(MouseButton::Left) if !model.keys_are_taken() => focus(model),
        MouseEventKind::ScrollUp => scroll(model, 3, out),
        MouseEventKind::ScrollDown => scroll(model, -3, out),
        _ => {}
    }
}

/// The program has ended.
pub(super) fn ended(
    model: &mut Model,
    number: u64,
    ending: Ending,
    left: Vec<LeftBehind>,
    out: &mut Outcome,
) {
    let Some(run) = model.program.run_of(number) else {
        return;
    };
    out.changed = true;
    run.state = State::Ended(ending);
    run.left.clone_from(&left);
    let title = run.title.clone();
    let mut words = format!("{title}: {}.", ending.words());
    let mut tone = match ending.is_well() {
        true => Tone::Done,
        false => Tone::Nearly,
    };
    match run.launch {
        Launch::MakePython(_) => {
            (tone, words) = starting::python_made(model, ending);
            steps_pane::readying(model, false, model.now);
        }
        // A shell may have installed anything.
        Launch::Shell => {
            model.program.python = None;
            (tone, words) = (Tone::Plain, "The shell has ended.".into());
        }
        Launch::Editor(_) if ending.is_well() => page_turned(&mut model.program),
        Launch::Editor(_) => {}
        Launch::Command(_) => steps_pane::run_ended(model, ending.code(), model.now),
    }
    if let Some(first) = left.first() {
        let names: Vec<String> = left
            .iter()
            .map(|process| format!("{} ({})", process.pid, process.name))
            .collect();
        tone = Tone::Nearly;
        words = format!(
            "{words} It left behind process {}, which goes on: kill {} ends it.",
            names.join(", "),
            first.pid
        );
    }
    model.say(tone, words);
    model.lay_out();
}

/// A program that is not the lab called: it is the run, or one that was started elsewhere.
pub(super) fn called(model: &mut Model, name: &str, call: &Call, out: &mut Outcome) {
    let pane = &mut model.program;
    let key = call.caller.access_key.as_str();
    let own = pane.run.as_ref().and_then(|run| run.access_key.as_deref());
    let counted = if own == Some(key) {
        pane.tally.count(name, call)
    } else if !key.starts_with(RUN_KEY)
        && let Some(family) = wire_marks::known_family(name)
    {
        let tally = pane.elsewhere.entry(family).or_default();
        if tally.program != name {
            *tally = Tally::default();
        }
        tally.count(name, call)
    } else {
        None
    };
    // Only what the open page has a line or a command for is to be seen.
    out.changed |= counted.is_some_and(|operation| {
        let calls = |block: &PageBlock| block.calls.iter().flatten().any(|call| *call == operation);
        let blocks = &model.lesson.blocks;
        blocks
            .iter()
            .any(|block| block.command.is_some() || calls(block))
    });
}

/// Tells the terminal its size, where the layout has changed it.
pub(super) fn settle(model: &mut Model, out: &mut Outcome) {
    let Some(inside) = model.layout.inside_program() else {
        return;
    };
    let size = (inside.width.max(1), inside.height.max(1));
    let pane = &mut model.program;
    if pane.told != Some(size)
        && let Some(run) = &pane.run
    {
        pane.told = Some(size);
        out.effects.push(Effect::ResizeProgram {
            run: run.number,
            size,
        });
    }
}
