//! The table of keys. Nothing else says which key does what.

use crossterm::event::KeyCode;

use crate::app::action::Action;
use crate::app::screen::Pane;

/// Where a key is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// From any pane, unless a field has the keys.
    Anywhere,
    /// In this pane only.
    In(Pane),
    /// In the producer and in the consumer.
    Live,
    /// In the lesson, while the card of a prediction on the screen waits for its answer.
    Prediction,
}

impl Scope {
    pub(super) fn holds(self, pane: Pane) -> bool {
        match self {
            Self::Anywhere => true,
            Self::In(only) => only == pane,
            Self::Live => matches!(pane, Pane::Producer | Pane::Consumer),
            Self::Prediction => pane == Pane::Lesson,
        }
    }

    /// The heading under which help lists it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Anywhere => "Anywhere",
            Self::In(pane) => pane.title(),
            Self::Live => "Producer and consumer",
            Self::Prediction => "Lesson, while a prediction waits",
        }
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    pub(super) code: KeyCode,
    pub(super) ctrl: bool,
}

impl Key {
    /// As it is written on the screen.
    pub fn name(self) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => "Space".to_owned(),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::BackTab => "Shift-Tab".into(),
            KeyCode::PageUp => "PgUp".into(),
            KeyCode::PageDown => "PgDn".into(),
            KeyCode::Up => "↑".into(),
            KeyCode::Down => "↓".into(),
            KeyCode::Left => "←".into(),
            KeyCode::Right => "→".into(),
            other => format!("{other:?}"),
        };
        if self.ctrl {
            format!("Ctrl-{}", name.to_uppercase())
        } else {
            name
        }
    }
}

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// The keys that do it, the one to teach first.
    pub keys: &'static [Key],
    /// Where.
    pub scope: Scope,
    /// What they do.
    pub action: Action,
    /// The word beside the key in the bottom bar.
    pub hint: &'static str,
    /// What it does, for help, palette and README.
    pub does: &'static str,
}

const fn key(c: char) -> Key {
    Key {
        code: KeyCode::Char(c),
        ctrl: false,
    }
}

const fn ctrl(c: char) -> Key {
    Key {
        code: KeyCode::Char(c),
        ctrl: true,
    }
}

const fn named(code: KeyCode) -> Key {
    Key { code, ctrl: false }
}

const fn bind(
    scope: Scope,
    keys: &'static [Key],
    action: Action,
    hint: &'static str,
    does: &'static str,
) -> Binding {
    Binding {
        keys,
        scope,
        action,
        hint,
        does,
    }
}

use Scope::{Anywhere, In, Live, Prediction};

/// All keys. Earlier lines win, so a pane's own keys stand before those that hold anywhere, and the letters of a prediction
/// before those of its pane.
pub const BINDINGS: &[Binding] = &[
    bind(
        Prediction,
        &[key('a')],
        Action::Predict(0),
        "predict",
        "say a prediction by its letter",
    ),
    bind(Prediction, &[key('b')], Action::Predict(1), "", ""),
    bind(Prediction, &[key('c')], Action::Predict(2), "", ""),
    bind(Prediction, &[key('d')], Action::Predict(3), "", ""),
    bind(Prediction, &[key('e')], Action::Predict(4), "", ""),
    bind(Prediction, &[key('f')], Action::Predict(5), "", ""),
    bind(Prediction, &[key('g')], Action::Predict(6), "", ""),
    bind(Prediction, &[key('h')], Action::Predict(7), "", ""),
    bind(
        Prediction,
        &[named(KeyCode::Esc)],
        Action::SkipPrediction,
        "skip",
        "skip the prediction",
    ),
    bind(
        In(Pane::Quiz),
        &[key('a')],
        Action::Choose(0),
        "choose",
        "choose an option by its letter (a to h)",
    ),
    bind(In(Pane::Quiz), &[key('b')], Action::Choose(1), "", ""),
    bind(In(Pane::Quiz), &[key('c')], Action::Choose(2), "", ""),
    bind(In(Pane::Quiz), &[key('d')], Action::Choose(3), "", ""),
    bind(In(Pane::Quiz), &[key('e')], Action::Choose(4), "", ""),
    bind(In(Pane::Quiz), &[key('f')], Action::Choose(5), "", ""),
    bind(In(Pane::Quiz), &[key('g')], Action::Choose(6), "", ""),
    bind(In(Pane::Quiz), &[key('h')], Action::Choose(7), "", ""),
    bind(
        In(Pane::Quiz),
        &[key(' ')],
        Action::ChooseHere,
        "choose",
        "choose the option under the cursor, or take it back",
    ),
    bind(
        In(Pane::Quiz),
        &[named(KeyCode::Enter)],
        Action::Open,
        "submit",
        "submit the answer; then go on to the next question",
    ),
    bind(
        In(Pane::Quiz),
        &[key('r')],
        Action::Retry,
        "retry",
        "answer the question anew (the score keeps the first try)",
    ),
    bind(
        In(Pane::Quiz),
        &[key(',')],
        Action::LessSure,
        "less sure",
        "how sure are you? less: guess, fairly, certain",
    ),
    bind(
        In(Pane::Quiz),
        &[key('.')],
        Action::Surer,
        "surer",
        "how sure are you? surer (never asked for)",
    ),
    bind(
        In(Pane::Quiz),
        &[key('o')],
        Action::See,
        "see it",
        "see it: the page to look at again, or the live stream",
    ),
    bind(
        In(Pane::Quiz),
        &[key('n')],
        Action::NextQuestion,
        "next",
        "next question",
    ),
    bind(
        In(Pane::Quiz),
        &[named(KeyCode::Backspace)],
        Action::PreviousQuestion,
        "back",
        "question before",
    ),
    bind(
        In(Pane::Lesson),
        &[key('/')],
        Action::Search,
        "search",
        "search the lesson",
    ),
    bind(
        In(Pane::Lesson),
        &[key(' ')],
        Action::PageDown,
        "read on",
        "read on: a page down",
    ),
    bind(
        In(Pane::Lesson),
        &[named(KeyCode::Right)],
        Action::Right,
        "",
        "scroll code sideways",
    ),
    bind(
        In(Pane::Lesson),
        &[named(KeyCode::Left)],
        Action::Left,
        "",
        "",
    ),
    bind(
        In(Pane::Lesson),
        &[named(KeyCode::Enter)],
        Action::Open,
        "",
        "what is folded; the next prediction; a discussion's note",
    ),
    bind(
        In(Pane::Lesson),
        &[key('d')],
        Action::Differ,
        "differs",
        "what is expected of the step, and what was seen",
    ),
    bind(
        In(Pane::Lesson),
        &[key('x')],
        Action::ResetStep,
        "",
        "open the step's marks again (asks; the stream stays)",
    ),
    bind(
        In(Pane::Lesson),
        &[key(']')],
        Action::NextBlock,
        "block",
        "choose the next code block of the page",
    ),
    bind(
        In(Pane::Lesson),
        &[key('[')],
        Action::PreviousBlock,
        "",
        "choose the code block before",
    ),
    bind(
        In(Pane::Lesson),
        &[key('r')],
        Action::RunHere,
        "run",
        "run the step's command in a terminal inside the lab",
    ),
    bind(
        In(Pane::Lesson),
        &[key('y')],
        Action::CopyBlock,
        "copy",
        "copy the code block (sent to the terminal)",
    ),
    bind(
        In(Pane::Lesson),
        &[key('w')],
        Action::WriteBlock,
        "write",
        "write the code block to its file in the work folder",
    ),
    bind(
        In(Pane::Lesson),
        &[key('e')],
        Action::EditBlock,
        "edit",
        "edit the block's file in $VISUAL or $EDITOR",
    ),
    bind(
        Live,
        &[named(KeyCode::Enter)],
        Action::Open,
        "open",
        "open the selected record in full (← →: another)",
    ),
    bind(
        Live,
        &[key('f')],
        Action::Follow,
        "follow",
        "follow the newest records",
    ),
    bind(
        Live,
        &[key(' ')],
        Action::Freeze,
        "freeze",
        "freeze the view (the stream goes on)",
    ),
    bind(
        In(Pane::Consumer),
        &[key('W')],
        Action::MoreWorkers,
        "workers",
        "one worker more (at most 4)",
    ),
    bind(
        In(Pane::Consumer),
        &[key('w')],
        Action::FewerWorkers,
        "fewer",
        "one worker fewer",
    ),
    bind(
        Anywhere,
        &[key('n')],
        Action::NextPage,
        "next",
        "next page or step of the lesson",
    ),
    bind(
        Anywhere,
        &[key('h')],
        Action::Hint,
        "hint",
        "a hint to the step; the next level after 10 s",
    ),
    bind(
        Anywhere,
        &[named(KeyCode::Backspace)],
        Action::PreviousPage,
        "back",
        "page before",
    ),
    bind(
        Anywhere,
        &[key('D')],
        Action::Streams,
        "streams",
        "streams: create, select, empty (e), delete (x)",
    ),
    bind(
        Anywhere,
        &[key('C')],
        Action::Server,
        "clock",
        "the lab's clock, pace and empty pages (embedded server)",
    ),
    bind(
        Anywhere,
        &[key('l')],
        Action::Wire,
        "wire log",
        "wire log: every call, who made it and what came of it",
    ),
    bind(
        Anywhere,
        &[key('s')],
        Action::Send,
        "send",
        "send one event",
    ),
    bind(
        Anywhere,
        &[key('S')],
        Action::Auto,
        "auto",
        "send automatically, on or off",
    ),
    bind(
        Anywhere,
        &[key('+'), key('=')],
        Action::Faster,
        "faster",
        "send automatically at a higher rate",
    ),
    bind(
        Anywhere,
        &[key('-')],
        Action::Slower,
        "slower",
        "send automatically at a lower rate",
    ),
    bind(
        Anywhere,
        &[key('p')],
        Action::EditEvent,
        "event",
        "edit the event: key, data, template (Tab: next field)",
    ),
    bind(
        Anywhere,
        &[key('c')],
        Action::Consume,
        "consumer",
        "start or stop the consumer",
    ),
    bind(
        Anywhere,
        &[key('t')],
        Action::ChooseStart,
        "start at",
        "choose where the consumer starts",
    ),
    bind(
        Anywhere,
        &[key('1')],
        Action::Focus(Pane::Lesson),
        "panes",
        "go to a pane: 1 lesson, 2 producer, 3 consumer, 4 quiz",
    ),
    bind(
        Anywhere,
        &[key('2')],
        Action::Focus(Pane::Producer),
        "producer",
        "",
    ),
    bind(
        Anywhere,
        &[key('3')],
        Action::Focus(Pane::Consumer),
        "consumer",
        "",
    ),
    bind(Anywhere, &[key('4')], Action::Focus(Pane::Quiz), "quiz", ""),
    bind(
        Anywhere,
        &[named(KeyCode::Tab)],
        Action::NextPane,
        "pane",
        "next pane",
    ),
    bind(
        Anywhere,
        &[named(KeyCode::BackTab)],
        Action::PreviousPane,
        "",
        "pane before",
    ),
    bind(
        Anywhere,
        &[key('z')],
        Action::Zoom,
        "zoom",
        "give the pane the whole screen, and back",
    ),
    bind(
        Anywhere,
        &[named(KeyCode::Up), key('k')],
        Action::Up,
        "",
        "up",
    ),
    bind(
        Anywhere,
        &[named(KeyCode::Down), key('j')],
        Action::Down,
        "",
        "down",
    ),
    bind(
        Anywhere,
        &[named(KeyCode::PageUp), ctrl('u')],
        Action::PageUp,
        "",
        "a page up",
    ),
    bind(
        Anywhere,
        &[named(KeyCode::PageDown), ctrl('d')],
        Action::PageDown,
        "scroll",
        "a page down",
    ),
    bind(
        Anywhere,
        &[key('g'), named(KeyCode::Home)],
        Action::Top,
        "",
        "to the beginning",
    ),
    bind(
        Anywhere,
        &[key('G'), named(KeyCode::End)],
        Action::Bottom,
        "",
        "to the end",
    ),
    bind(
        Anywhere,
        &[key(':'), ctrl('p')],
        Action::Palette,
        "commands",
        "command palette: every action by name",
    ),
    bind(
        Anywhere,
        &[key('?')],
        Action::Help,
        "help",
        "all keys, searchable",
    ),
    bind(
        Anywhere,
        &[named(KeyCode::Esc)],
        Action::Back,
        "",
        "leave a dialog, a field or the search; never the lab",
    ),
    bind(Anywhere, &[key('T')], Action::NextTheme, "", "next theme"),
    bind(
        Anywhere,
        &[key('m')],
        Action::Mouse,
        "",
        "mouse on or off (off: the terminal selects text)",
    ),
    bind(
        Anywhere,
        &[key('!')],
        Action::Shell,
        "shell",
        "a shell set up for the lab, or the program that runs",
    ),
    bind(
        Anywhere,
        &[ctrl(']'), ctrl('5')],
        Action::ShowProgram,
        "program",
        "to the program's pane and back (other keys are its own)",
    ),
    bind(
        Anywhere,
        &[ctrl('z')],
        Action::Suspend,
        "",
        "opens the shell: a stopped lab would stop its server",
    ),
    bind(
        Anywhere,
        &[ctrl('l')],
        Action::Redraw,
        "",
        "draw everything anew",
    ),
    bind(
        Anywhere,
        &[key('q'), ctrl('c')],
        Action::Quit,
        "quit",
        "leave (asks while a program is connected, and on AWS)",
    ),
];
