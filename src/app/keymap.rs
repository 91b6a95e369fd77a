//! The keys: one table from which lookup, hints, help and the README's list are made.

mod binding;
mod bindings;
mod presenting;

use crossterm::event::{KeyEvent, KeyModifiers};

pub use binding::{Binding, Key, Scope};

use super::action::Action;
use super::class::ClassAct;
use super::lab_server::Lever;
use super::model::Model;
use super::program_pane::{Launch, Run};
use super::quiz::State;
use super::screen::Pane;
use super::stage::{Cue, Stage};
use super::templates;
use super::theme::Theme;
use super::{class, guide, steps_pane};

/// All keys. Earlier lines win.
pub const BINDINGS: &[Binding] = &joined::<{ presenting::PRESENTING.len() + bindings::LAB.len() }>(
    presenting::PRESENTING,
    bindings::LAB,
);

const fn joined<const ALL: usize>(first: &[Binding], then: &[Binding]) -> [Binding; ALL] {
    let mut all = [first[0]; ALL];
    let mut place = 1;
    while place < ALL {
        all[place] = match place < first.len() {
            true => first[place],
            false => then[place - first.len()],
        };
        place += 1;
    }
    all
}

/// What a key asks for in this pane, while a prediction with so many options waits on the screen (0: none does).
pub fn lookup(event: &KeyEvent, pane: Pane, options: usize) -> Option<Action> {
    lookup_in(event, Some(pane), options)
}

/// What a key asks for in this pane, or where no pane has the keys.
pub fn lookup_in(event: &KeyEvent, pane: Option<Pane>, options: usize) -> Option<Action> {
    find(event, |binding| match pane {
        Some(pane) => binding.scope.holds(pane) && is_asked(binding, options),
        None => binding.scope == Scope::Anywhere,
    })
}

/// What a key asks for in present mode, while this pane is shown: neither what is private nor what works on something that
/// is not to be seen there.
pub fn lookup_presenting(event: &KeyEvent, pane: Pane) -> Option<Action> {
    find(event, |binding| match binding.scope {
        Scope::Present => {
            binding.action != Action::Reveal || matches!(pane, Pane::Lesson | Pane::Quiz)
        }
        Scope::Anywhere => true,
        Scope::Prediction | Scope::In(Pane::Lesson) => false,
        Scope::In(Pane::Quiz) => {
            let turns = matches!(
                binding.action,
                Action::NextQuestion | Action::PreviousQuestion
            );
            pane == Pane::Quiz && turns
        }
        // These move about in lists and lanes that stand otherwise here.
        Scope::In(Pane::Shards) => false,
        Scope::Live => binding.scope.holds(pane) && binding.action == Action::Open,
        Scope::In(only) => only == pane,
    })
}

/// The first binding of a key, of those that are valid.
fn find(event: &KeyEvent, valid: impl Fn(&Binding) -> bool) -> Option<Action> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    if event.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let pressed = |binding: &&Binding| {
        let mut keys = binding.keys.iter();
        keys.any(|key| key.code == event.code && key.ctrl == ctrl)
    };
    let mut bindings = BINDINGS.iter().filter(|binding| valid(binding));
    bindings.find(pressed).map(|binding| binding.action)
}

/// Whether a binding of predictions has something to answer: a letter beyond the options does what it does elsewhere.
fn is_asked(binding: &Binding, options: usize) -> bool {
    match (binding.scope, binding.action) {
        (Scope::Prediction, Action::Predict(option)) => option < options,
        (Scope::Prediction, _) => options > 0,
        _ => true,
    }
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

/// The key of an action of the lesson's, as it is written now: of a prediction all the letters that answer it.
pub fn key_now(model: &Model, action: Action) -> String {
    match (action, guide::options(model).checked_sub(1)) {
        (Action::Predict(_), Some(last)) => format!("a-{}", super::quiz::option_letter(last)),
        _ => key_of(action, Pane::Lesson),
    }
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
    help_of(false)
}

/// All keys as help lists them: in present mode those of present mode come first.
pub fn help_of(presents: bool) -> Vec<HelpLine> {
    let mut order = [
        Scope::Anywhere,
        Scope::In(Pane::Lesson),
        Scope::Prediction,
        Scope::Live,
        Scope::In(Pane::Producer),
        Scope::In(Pane::Consumer),
        Scope::In(Pane::Shards),
        Scope::In(Pane::Quiz),
        Scope::Present,
    ];
    if presents {
        order.rotate_right(1);
    }
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
        Action::Focus(_) => "1-5".into(),
        Action::Choose(_) | Action::Predict(_) => "a-h".into(),
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
    /// The pane that is focused before, where the action is one pane's.
    pub pane: Option<Pane>,
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
                | Action::Predict(_)
                | Action::Focus(_)
        )
    };
    let mut commands: Vec<Command> = BINDINGS
        .iter()
        .filter(|binding| !binding.does.is_empty() && !skip(binding.action))
        .filter(|binding| binding.scope != Scope::Present || model.present.is_some())
        .map(|binding| Command {
            name: binding.does.to_owned(),
            keys: keys_shown(binding),
            action: binding.action,
            pane: match binding.scope {
                Scope::Anywhere | Scope::Present => None,
                Scope::In(pane) => Some(pane),
                Scope::Prediction => Some(Pane::Lesson),
                Scope::Live if matches!(model.focus, Pane::Producer | Pane::Shards) => {
                    Some(model.focus)
                }
                Scope::Live => Some(Pane::Consumer),
            },
        })
        .collect();
    let named = |name: String, action| Command {
        name,
        keys: String::new(),
        action,
        pane: None,
    };
    for pane in Pane::ALL {
        let mut command = named(
            format!("go to the {}", pane.title().to_lowercase()),
            Action::Focus(pane),
        );
        command.keys = key_of(Action::Focus(pane), pane);
        commands.push(command);
    }
    if let Some(run) = model.program.run.as_ref().filter(|run| run.goes_on()) {
        let name = format!("end the program that runs: {}", run.title);
        commands.push(named(name, Action::EndProgram));
    }
    commands.push(named(
        "solve this step: the lab does it, by real calls".into(),
        Action::Solve,
    ));
    commands.push(named(
        "skip this step: mark it skipped".into(),
        Action::SkipStep,
    ));
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
    for lever in Lever::ALL {
        let elsewhere = if model.feeds() {
            ""
        } else {
            " (embedded server only)"
        };
        commands.push(named(
            format!("{}{elsewhere}", lever.does()),
            Action::Pull(lever),
        ));
    }
    commands.push(named(
        "result: goals, questions, steps, time".to_owned(),
        Action::Result,
    ));
    for (name, act) in ClassAct::NAMED {
        // In present mode some have a key, and stand there with it.
        let action = Action::Class(act);
        if !commands.iter().any(|command| command.action == action) {
            commands.push(named(name.to_owned(), action));
        }
    }
    for theme in Theme::ALL {
        commands.push(named(
            format!("theme: {}", theme.name()),
            Action::UseTheme(theme),
        ));
    }
    // What can be done here comes first; what belongs elsewhere is still found.
    let next = super::lesson_pane::next_act(model).0;
    commands.sort_by_key(|command| rank(model, command, next));
    commands
}

/// How near a command is to what the learner is at: small is near.
fn rank(model: &Model, command: &Command, next: Action) -> u8 {
    let page = model.lesson.page;
    let of_step = |can: bool| if can { 1 } else { 5 };
    match command.action {
        action if action == next && action != Action::Palette => 0,
        Action::SkipPrediction => of_step(guide::options(model) > 0),
        Action::Solve | Action::SkipStep | Action::Hint | Action::Differ | Action::ResetStep => {
            of_step(super::steps_pane::is_step(model, page))
        }
        Action::Class(ClassAct::Summary) if class::ends(model) => 0,
        Action::GoToPage(_) => 3,
        _ => match command.pane {
            Some(pane) if pane == model.focus => 1,
            Some(_) => 4,
            None => 2,
        },
    }
}

/// The keys to name in the bottom bar now, the most useful first: at most six and help.
pub fn hints(model: &Model) -> Vec<(String, &'static str)> {
    use Action::*;
    let pane = model.focus;
    let predicts = guide::options(model);
    let no_stream = model.streams.name().is_none();
    let frozen = match pane {
        Pane::Producer => model.producer.gaze.frozen.is_some(),
        Pane::Shards => model.lanes.frozen.is_some(),
        _ => model.consumer.gaze.frozen.is_some(),
    };
    if model.program.focused {
        return program_hints(model);
    }
    let question = model.quiz.open(model).map(|q| super::quiz::state(model, q));
    let goes_on = matches!(question, Some(State::Answered(_)));
    let mut actions: Vec<Action> = match pane {
        Pane::Lesson if discusses(model) => vec![NextPage, Open, Down, PreviousPage],
        Pane::Lesson if predicts > 0 => vec![Predict(0), SkipPrediction, NextPage],
        Pane::Lesson => lesson_hints(model, no_stream),
        _ if no_stream && pane != Pane::Quiz => vec![NextPage, Streams],
        Pane::Producer => vec![Send, Auto, EditEvent, SendSettings, Freeze],
        // Who is told to kill a worker finds here how.
        Pane::Consumer if model.consumer.running => {
            vec![Consume, ChooseStart, MoreWorkers, KillWorker, Freeze, Open]
        }
        Pane::Consumer => vec![Consume, ChooseStart, MoreWorkers, Freeze, Open],
        Pane::Shards => vec![Left, ChooseStart, Axis, Freeze, Send],
        Pane::Quiz => match question {
            Some(State::Answered(_)) => vec![NextQuestion, See, Retry, PreviousQuestion],
            Some(_) if asks_how_sure(model) => vec![Choose(0), Surer, Open, NextQuestion],
            Some(_) => vec![Choose(0), Open, NextQuestion],
            None => vec![],
        },
    };
    actions.extend([Focus(Pane::Lesson), Zoom, Palette]);
    actions.truncate(6);
    actions.push(Help);
    actions
        .into_iter()
        .filter_map(|action| {
            let binding = binding_of(action, pane)?;
            let keys = match action {
                Choose(_) => letters(model)?,
                Predict(_) => key_now(model, action),
                Focus(_) => keys_shown(binding),
                Left => "← →".into(),
                // Once a question is answered, the key that answered it goes on.
                NextQuestion if goes_on => "Enter".into(),
                _ => binding.keys[0].name(),
            };
            let hint = match action {
                Freeze if frozen => "thaw",
                Open if pane == Pane::Lesson && class::is_on(model) => "go on",
                Open if pane == Pane::Lesson => "note",
                Down => "prompt",
                _ => binding.hint,
            };
            Some((keys, hint))
        })
        .collect()
}

/// The keys to name in present mode, the most useful first, and help.
pub fn presenting_hints(model: &Model) -> Vec<(String, &'static str)> {
    use Action::*;
    let answer = super::present::answer(model);
    let talk = class::does(model).filter(|_| model.focus == Pane::Lesson);
    let scenes = &model.lesson.lesson.settings.scenes;
    let scene = model.shown_scene().is_some();
    let pane_offers = model.focus == Pane::Lesson && !scene;
    let mut actions = match model.focus {
        // What Space does is said where it will be seen; after the last step the lesson goes on.
        _ if model.shown_scene().is_some_and(Stage::is_over) => {
            vec![NextPage, NextScene, Scene(Cue::Reset), Scene(Cue::Back)]
        }
        _ if scene => vec![Scene(Cue::Back), Scene(Cue::Reset), NextScene, NextPage],
        Pane::Lesson => vec![NextPage],
        Pane::Quiz => vec![NextQuestion],
        Pane::Producer => vec![Send, Auto],
        Pane::Consumer => vec![Consume, ChooseStart],
        Pane::Shards => vec![Send, Consume],
    };
    if !scene {
        if answer.is_some() || talk.is_some() {
            actions.push(Reveal);
        }
        // It leads back to the one that is on.
        if !scenes.is_empty() && (pane_offers || model.stage.is_some()) {
            actions.push(Scene(Cue::Next));
        }
    }
    let resting = class::rests(model);
    if resting {
        actions.push(Class(ClassAct::Pause));
    }
    if matches!(class::time(model, model.now), Some(class::Time::Over(_))) {
        actions.push(Class(ClassAct::More));
    }
    actions.extend([Present, Focus(Pane::Lesson)]);
    if pane_offers {
        actions.push(PreviousPage);
    }
    let hint = |action: &Action| {
        let pane = if scene { Pane::Lesson } else { model.focus };
        let binding = binding_of(*action, pane)?;
        let word = match action {
            NextPage if scene => "lesson",
            Class(ClassAct::Pause) if resting => "go on",
            Reveal if talk.is_some() => talk.map_or("", |(word, _)| word),
            Reveal if answer == Some(true) => "hides it",
            Scene(Cue::Next) => "scene",
            _ => binding.hint,
        };
        let keys = match action {
            Focus(_) => keys_shown(binding),
            _ => binding.keys[0].name(),
        };
        Some((keys, word))
    };
    actions.push(Help);
    actions.iter().filter_map(hint).collect()
}

/// Whether the open page has prompts to write about.
fn discusses(model: &Model) -> bool {
    super::discussion::prompt(&model.lesson).is_some()
}

fn asks_how_sure(model: &Model) -> bool {
    let question = model.quiz.open(model);
    question.is_some_and(|question| super::quiz::asks_how_sure(model, question))
}

/// The keys to name while a program's pane has the focus.
fn program_hints(model: &Model) -> Vec<(String, &'static str)> {
    let hint = |key: &str, word| (key.to_owned(), word);
    if model.program.goes_on() {
        return vec![
            hint("Shift-PgUp", "scroll back"),
            hint("Ctrl-]", "back to the lab"),
        ];
    }
    let run = model.program.run.as_ref();
    let again = match run.map(|run| &run.launch) {
        Some(Launch::Shell) => "shell again",
        Some(Launch::MakePython(_)) if run.is_some_and(Run::made_python) => "run the step",
        _ => "run again",
    };
    vec![
        hint("Esc", "back to the lesson"),
        hint("r", again),
        hint("!", "shell"),
        hint("PgUp", "scroll"),
        hint("z", "zoom"),
        hint("?", "help"),
    ]
}

/// What is worth naming on a page of the lesson: a step's hint and its code, and what its acts need.
fn lesson_hints(model: &Model, no_stream: bool) -> Vec<Action> {
    use Action::*;
    let mut actions = vec![NextPage];
    if steps_pane::is_step(model, model.lesson.page) {
        actions.push(Hint);
    }
    if model.lesson.script().is_some() {
        actions.extend([RunHere, Shell]);
    } else if model.lesson.has_files() {
        actions.extend([WriteBlock, CopyBlock, NextBlock]);
    } else if actions.len() == 1 && !no_stream {
        actions.push(PreviousPage);
    }
    match no_stream {
        true => actions.push(Streams),
        false => actions.extend([Send, Consume]),
    }
    actions
}

/// The letters of the open question's options; none where there is nothing to choose.
fn letters(model: &Model) -> Option<String> {
    let last = model.quiz.open(model)?.options.len().checked_sub(1)?;
    Some(format!("a-{}", super::quiz::option_letter(last)))
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

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
        assert_eq!(lookup(&press('c'), Pane::Lesson, 0), Some(Action::Consume));
        assert_eq!(lookup(&press('c'), Pane::Quiz, 0), Some(Action::Choose(2)));
        assert_eq!(
            lookup(&press('w'), Pane::Consumer, 0),
            Some(Action::FewerWorkers)
        );
        assert_eq!(
            lookup(&press('w'), Pane::Lesson, 0),
            Some(Action::WriteBlock)
        );
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(lookup(&interrupt, Pane::Quiz, 4), Some(Action::Quit));
    }

    #[test]
    fn a_prediction_that_waits_has_as_many_letters_as_options_and_only_in_the_lesson() {
        let press = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE);
        let check = |c, pane, options, action| {
            assert_eq!(
                lookup(&press(c), pane, options),
                Some(action),
                "{c} {pane:?} {options}"
            );
        };
        check('c', Pane::Lesson, 3, Action::Predict(2));
        check('c', Pane::Lesson, 2, Action::Consume);
        check('c', Pane::Producer, 3, Action::Consume);
        check('c', Pane::Quiz, 3, Action::Choose(2));
        let escape = KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE);
        assert_eq!(
            lookup(&escape, Pane::Lesson, 2),
            Some(Action::SkipPrediction)
        );
        assert_eq!(lookup(&escape, Pane::Lesson, 0), Some(Action::Back));
        assert_eq!(lookup(&escape, Pane::Producer, 2), Some(Action::Back));
    }

    #[test]
    fn what_a_key_does_fits_a_line_of_help_at_80_columns() {
        for binding in BINDINGS {
            assert!(binding.does.len() <= 57, "{}", binding.does);
        }
    }

    #[test]
    fn every_action_with_a_hint_says_what_it_does_somewhere() {
        for binding in BINDINGS {
            let said = BINDINGS.iter().any(|other| {
                std::mem::discriminant(&other.action) == std::mem::discriminant(&binding.action)
                    && !other.does.is_empty()
            });
            assert!(
                said || matches!(binding.action, Action::Left | Action::Focus(_)),
                "{:?}",
                binding.action
            );
        }
    }
}
