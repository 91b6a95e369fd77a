//! The keys: one table from which lookup, hints, help and the README's list are made.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::Action;
use super::model::Model;
use super::quiz::State;
use super::screen::Pane;
use super::templates;
use super::theme::Theme;

/// Where a key is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// From any pane, unless a field has the keys.
    Anywhere,
    /// In this pane only.
    In(Pane),
    /// In the producer and in the consumer.
    Live,
}

impl Scope {
    fn holds(self, pane: Pane) -> bool {
        match self {
            Self::Anywhere => true,
            Self::In(only) => only == pane,
            Self::Live => matches!(pane, Pane::Producer | Pane::Consumer),
        }
    }

    /// The heading under which help lists it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Anywhere => "Anywhere",
            Self::In(pane) => pane.title(),
            Self::Live => "Producer and consumer",
        }
    }
}

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    code: KeyCode,
    ctrl: bool,
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

use Scope::{Anywhere, In, Live};

/// All keys. Earlier lines win, so a pane's own keys stand before those that hold anywhere.
pub const BINDINGS: &[Binding] = &[
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
        Live,
        &[named(KeyCode::Enter)],
        Action::Open,
        "open",
        "open the selected record in full",
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
        "streams: create, select, delete",
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
        "edit the event: key, data, template",
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
        "go to the lesson (2 producer, 3 consumer, 4 quiz)",
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
        "leave (asks only if something is open)",
    ),
];

/// What a key asks for in this pane.
pub fn lookup(event: &KeyEvent, pane: Pane) -> Option<Action> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    if event.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    BINDINGS
        .iter()
        .filter(|binding| binding.scope.holds(pane))
        .find(|binding| {
            binding
                .keys
                .iter()
                .any(|key| key.code == event.code && key.ctrl == ctrl)
        })
        .map(|binding| binding.action)
}

/// The binding of an action in this pane.
pub fn binding_of(action: Action, pane: Pane) -> Option<&'static Binding> {
    BINDINGS
        .iter()
        .find(|binding| binding.action == action && binding.scope.holds(pane))
        .or_else(|| BINDINGS.iter().find(|binding| binding.action == action))
}

/// The key of an action as it is written on the screen; empty if it has none.
pub fn key_of(action: Action, pane: Pane) -> String {
    binding_of(action, pane).map_or(String::new(), |binding| binding.keys[0].name())
}

/// A line of help: its heading, its keys, what they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpLine {
    /// The heading under which it stands.
    pub heading: &'static str,
    /// The keys.
    pub keys: String,
    /// What they do.
    pub does: &'static str,
}

/// All keys, in the order of the README: what holds anywhere first.
pub fn help() -> Vec<HelpLine> {
    let order = [
        Anywhere,
        In(Pane::Lesson),
        Live,
        In(Pane::Consumer),
        In(Pane::Quiz),
    ];
    let lines = |scope: Scope| {
        BINDINGS
            .iter()
            .filter(move |binding| binding.scope == scope && !binding.does.is_empty())
            .map(move |binding| HelpLine {
                heading: scope.title(),
                keys: keys_shown(binding),
                does: binding.does,
            })
    };
    order.into_iter().flat_map(lines).collect()
}

fn keys_shown(binding: &Binding) -> String {
    match binding.action {
        Action::Focus(_) => "1-4".into(),
        Action::Choose(_) => "a-h".into(),
        Action::Right => "← →".into(),
        _ => {
            let names: Vec<String> = binding.keys.iter().map(|key| key.name()).collect();
            names.join(" ")
        }
    }
}

/// A command of the palette.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// What it does.
    pub name: String,
    /// Its key, if it has one.
    pub keys: String,
    /// The action.
    pub action: Action,
}

/// Every action by name, for the palette.
pub fn commands(model: &Model) -> Vec<Command> {
    let skip = |action: Action| {
        matches!(
            action,
            Action::Up
                | Action::Down
                | Action::Back
                | Action::Palette
                | Action::Choose(_)
                | Action::Focus(_)
        )
    };
    let mut commands: Vec<Command> = BINDINGS
        .iter()
        .filter(|binding| !binding.does.is_empty() && !skip(binding.action))
        .map(|binding| Command {
            name: binding.does.to_owned(),
            keys: keys_shown(binding),
            action: binding.action,
        })
        .collect();
    let named = |name: String, action| Command {
        name,
        keys: String::new(),
        action,
    };
    for pane in Pane::ALL {
        let mut command = named(
            format!("go to the {}", pane.title().to_lowercase()),
            Action::Focus(pane),
        );
        command.keys = key_of(Action::Focus(pane), pane);
        commands.push(command);
    }
    for (page, it) in model.lesson.lesson.pages.iter().enumerate() {
        let title = match it.step {
            Some(step) => format!("page: Step {step} · {}", it.title),
            None => format!("page: {}", it.title),
        };
        commands.push(named(title, Action::GoToPage(page)));
    }
    for (place, template) in templates::templates().iter().enumerate() {
        commands.push(named(
            format!("template: {}", template.name),
            Action::UseTemplate(place),
        ));
    }
    for theme in Theme::ALL {
        commands.push(named(
            format!("theme: {}", theme.name()),
            Action::UseTheme(theme),
        ));
    }
    commands
}

/// The keys to name in the bottom bar now, the most useful first: at most six and help.
pub fn hints(model: &Model) -> Vec<(String, &'static str)> {
    use Action::*;
    let pane = model.focus;
    let no_stream = model.streams.name().is_none();
    let mut actions: Vec<Action> = match pane {
        _ if no_stream && pane != Pane::Quiz => vec![NextPage, Streams],
        Pane::Lesson => vec![NextPage, PreviousPage, Send, Consume],
        Pane::Producer => vec![Send, Auto, Faster, EditEvent, Freeze],
        Pane::Consumer => vec![Consume, ChooseStart, MoreWorkers, Freeze, Open],
        Pane::Quiz => {
            let answered = model.quiz.open(model).map(|q| super::quiz::state(model, q));
            match answered {
                Some(State::Answered(_)) => vec![NextQuestion, PreviousQuestion, Retry],
                Some(_) => vec![Choose(0), ChooseHere, Open],
                None => vec![],
            }
        }
    };
    actions.extend([Focus(Pane::Lesson), Zoom, Palette]);
    actions.truncate(6);
    actions.push(Help);
    actions
        .into_iter()
        .filter_map(|action| {
            let binding = binding_of(action, pane)?;
            let keys = match action {
                Focus(_) | Choose(_) => keys_shown(binding),
                _ => binding.keys[0].name(),
            };
            Some((keys, binding.hint))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_does_two_things_in_one_place() {
        for (place, binding) in BINDINGS.iter().enumerate() {
            for other in &BINDINGS[place + 1..] {
                let same = binding.keys.iter().any(|key| other.keys.contains(key));
                assert!(
                    !(same && binding.scope == other.scope),
                    "{:?} and {:?}",
                    binding.action,
                    other.action
                );
            }
        }
    }

    #[test]
    fn a_pane_s_own_key_goes_before_the_one_that_holds_anywhere() {
        let press = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        assert_eq!(lookup(&press('c'), Pane::Lesson), Some(Action::Consume));
        assert_eq!(lookup(&press('c'), Pane::Quiz), Some(Action::Choose(2)));
        assert_eq!(
            lookup(&press('w'), Pane::Consumer),
            Some(Action::FewerWorkers)
        );
        assert_eq!(lookup(&press('w'), Pane::Lesson), None);
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(lookup(&interrupt, Pane::Quiz), Some(Action::Quit));
    }

    #[test]
    fn every_action_with_a_hint_says_what_it_does_somewhere() {
        for binding in BINDINGS {
            let said = BINDINGS.iter().any(|other| {
                std::mem::discriminant(&other.action) == std::mem::discriminant(&binding.action)
                    && !other.does.is_empty()
            });
            assert!(
                said || binding.action == Action::Left,
                "{:?}",
                binding.action
            );
        }
    }
}
