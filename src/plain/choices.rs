//! What can be done now, numbered: made from the page, the stream, the open question and what lies over them.

use crossterm::event::KeyCode;

use super::Talk;
use super::dialogs;
use super::hear::{Act, Prompt};
use super::page::has_folds;
use super::text::wrapped;
use crate::app::action::Action;
use crate::app::keymap::Scope;
use crate::app::overlay::Overlay;
use crate::app::quiz::{self, State, option_letter};
use crate::app::{Model, Pane, discussion, guide, keymap, lesson_pane};

/// Something that can be done.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// What it is.
    pub words: String,
    /// What is typed for it.
    pub acts: Vec<Act>,
}

impl Choice {
    /// What it is, and what is typed for it.
    pub fn new(words: &str, acts: Vec<Act>) -> Self {
        Self {
            words: words.to_owned(),
            acts,
        }
    }

    /// An action of a pane, with its key.
    pub fn of(words: &str, action: Action, pane: Pane) -> Self {
        let key = match keymap::key_of(action, pane).as_str() {
            "" => String::new(),
            // On a line of its own these mean something else, or nothing.
            "Enter" | "Space" => String::new(),
            "Backspace" => " (back)".into(),
            "1" => " (lesson)".into(),
            "4" => " (quiz)".into(),
            "5" => " (shards)".into(),
            key => format!(" ({key})"),
        };
        // What holds anywhere leaves the keys where they are.
        let own = keymap::binding_of(action, pane).is_some_and(|it| it.scope != Scope::Anywhere);
        let pane = own.then_some(pane);
        Self::new(&format!("{words}{key}"), vec![Act::Ask(action, pane)])
    }
}

impl Talk {
    /// Whose turn it is and what can be done: a text that is asked for, or numbered choices where they are others than
    /// were offered last.
    pub fn turn(&mut self, model: &Model) -> Vec<String> {
        // What was wrong is asked for again.
        match &model.overlay {
            Some(Overlay::Streams(dialog)) if dialog.problem.is_some() => {
                self.prompt = Some(Prompt::StreamName);
            }
            Some(Overlay::Start(dialog)) if dialog.problem.is_some() => {
                self.prompt = Some(Prompt::StartField);
            }
            _ => {}
        }
        let asked = self.asked_of(model);
        let was_asked = std::mem::replace(&mut self.asked, asked);
        let mut lines = Vec::new();
        if let Some(prompt) = self.prompt_now(model) {
            for line in wrapped(&prompt_words(model, prompt), self.width) {
                lines.push(line);
            }
            self.offered.clear();
            return lines;
        }
        if model.overlay.is_none() && model.program.takes_keys() {
            self.offered.clear();
            if was_asked != self.asked {
                lines.extend(wrapped(&super::output::turn_words(model), self.width));
            }
            return lines;
        }
        let choices = self.choices(model);
        let words: Vec<String> = choices
            .iter()
            .map(|choice| super::text::harmless(&choice.words))
            .collect();
        let first = !self.begun;
        self.begun = true;
        if words != self.offered {
            lines.push(String::new());
            for (place, words) in words.iter().enumerate() {
                lines.push(format!("{:>2}  {words}", place + 1));
            }
        }
        if first {
            let words = "Type a number, a key in brackets, or words of a command. ? lists all keys, : all commands, an empty line says the choices again, and q leaves.";
            lines.extend(wrapped(words, self.width));
        }
        let letters = letters(model).map_or(String::new(), |last| format!("a to {last}, "));
        lines.push(format!("Your turn: {letters}1 to {}, or ?", words.len()));
        self.offered = words;
        lines
    }

    /// Whether something lies over the panes, or wants a text, that was not there at the last turn.
    pub fn asks(&self, model: &Model) -> bool {
        self.asked_of(model) != self.asked
    }

    /// What has the keys: a sign of it.
    fn asked_of(&self, model: &Model) -> Option<String> {
        let overlay = model.overlay.as_ref().map(|overlay| {
            let kind = std::mem::discriminant(overlay);
            let confirm = match overlay {
                Overlay::Confirm(confirm) => Some(std::mem::discriminant(confirm)),
                _ => None,
            };
            format!("{kind:?} {confirm:?}")
        });
        if overlay.is_none() && model.program.takes_keys() {
            return Some("program".to_owned());
        }
        overlay.or_else(|| Some(format!("{:?}", self.prompt_now(model)?)))
    }

    /// What can be done now.
    pub(super) fn choices(&self, model: &Model) -> Vec<Choice> {
        if let Some(list) = &self.list {
            return list.clone();
        }
        dialogs::choices(model).unwrap_or_else(|| of_pane(model))
    }
}

/// The last letter that chooses an option now.
fn letters(model: &Model) -> Option<char> {
    if model.focus == Pane::Lesson && model.overlay.is_none() {
        return guide::options(model).checked_sub(1).map(option_letter);
    }
    if model.focus != Pane::Quiz || model.overlay.is_some() {
        return None;
    }
    let question = model.quiz.open(model)?;
    let open = !matches!(quiz::state(model, question), State::Answered(_));
    let last = question.options.len().checked_sub(1)?;
    open.then(|| option_letter(last))
}

fn of_pane(model: &Model) -> Vec<Choice> {
    let mut choices = match model.focus {
        Pane::Lesson => lesson(model),
        Pane::Producer => {
            let mut choices = sending(model);
            if model.streams.name().is_some() {
                choices.push(Choice::of(
                    "reshard: split, merge, scale, keep records longer",
                    Action::Reshard,
                    Pane::Producer,
                ));
            }
            choices.extend(if model.producer.log.is_empty() {
                None
            } else {
                Some(Choice::of(
                    "read the newest one in full",
                    Action::Open,
                    Pane::Producer,
                ))
            });
            choices
        }
        Pane::Consumer => reading(model),
        Pane::Quiz => questions(model),
        Pane::Shards => super::lanes::choices(model),
    };
    if model.focus != Pane::Lesson {
        choices.push(Choice::of(
            "go to the lesson",
            Action::Focus(Pane::Lesson),
            model.focus,
        ));
    }
    choices
}

fn lesson(model: &Model) -> Vec<Choice> {
    let pane = &model.lesson;
    let mut choices = Vec::new();
    match lesson_pane::next_act(model) {
        (Action::Palette, _) => {}
        // The page was told whole.
        (Action::PageDown, _) => {
            choices.push(Choice::of("go on", Action::NextPage, Pane::Lesson));
        }
        // What is predicted is said by a letter.
        (Action::Predict(_), _) => {
            if guide::waits(model) {
                let words = "go on without a prediction";
                choices.push(Choice::new(words, vec![Act::Key(KeyCode::Esc)]));
            }
            choices.push(Choice::of("next page", Action::NextPage, Pane::Lesson));
            let skip = Choice::of("skip the prediction", Action::SkipPrediction, Pane::Lesson);
            choices.push(skip);
        }
        // Prompts are offered one by one below.
        (Action::Open, _) => {
            choices.push(Choice::of("next page", Action::NextPage, Pane::Lesson));
        }
        (action, words) => {
            let words = format!("go on: {words}");
            choices.push(Choice::of(&words, action, Pane::Lesson));
            if !matches!(action, Action::NextPage) && pane.next_page().is_some() {
                choices.push(Choice::of("next page", Action::NextPage, Pane::Lesson));
            }
        }
    }
    let discusses = discussion::prompt(pane).is_some();
    let folds = !discusses && pane.page().is_some_and(has_folds);
    if folds && !pane.unfolded.contains(&pane.page) {
        let mut choice = Choice::of("read what is folded", Action::Open, Pane::Lesson);
        choice.words += " (open)";
        choices.push(choice);
    }
    choices.extend(super::notes::choices(model));
    choices.extend(code(model));
    if pane.page > 0 {
        choices.push(Choice::of(
            "page before",
            Action::PreviousPage,
            Pane::Lesson,
        ));
    }
    choices.extend(sending(model));
    choices.extend(
        reading(model)
            .into_iter()
            .filter(|choice| model.streams.name().is_some() && choice.words.contains("consumer")),
    );
    choices
}

/// What can be done with the page's code, and with what runs.
fn code(model: &Model) -> Vec<Choice> {
    let pane = &model.lesson;
    let of = |words: &str, action| Choice::of(words, action, Pane::Lesson);
    let mut choices = Vec::new();
    if model.program.goes_on() {
        choices.push(of("go to the program that runs", Action::ShowProgram));
        choices.push(of("end the program that runs", Action::EndProgram));
    } else if let Some(script) = pane.script() {
        let first = script.lines().next().unwrap_or_default();
        choices.push(of(&format!("run {first}"), Action::RunHere));
    }
    for (place, block) in pane.blocks.iter().enumerate() {
        let Some(file) = &block.file else {
            continue;
        };
        let (action, steps) = match pane.block {
            None => (Action::NextBlock, place + 1),
            Some(at) if at > place => (Action::PreviousBlock, at - place),
            Some(at) => (Action::NextBlock, place - at),
        };
        let mut choice = of(
            &format!("write {file} into the work folder"),
            Action::WriteBlock,
        );
        let go = vec![Act::Ask(action, Some(Pane::Lesson)); steps];
        choice.acts.splice(0..0, go);
        choices.push(choice);
    }
    choices
}

fn sending(model: &Model) -> Vec<Choice> {
    let streams = |words| Choice::of(words, Action::Streams, Pane::Lesson);
    if model.streams.name().is_none() {
        return vec![streams("create a stream")];
    }
    let auto = match model.producer.auto.next_at {
        Some(_) => "stop automatic sending",
        None => "send automatically",
    };
    let (key, _) = model.producer.preview();
    let send = format!("send one event, key {key}");
    let mut choices = vec![
        Choice::of(&send, Action::Send, Pane::Lesson),
        Choice::of("edit the event", Action::EditEvent, Pane::Lesson),
    ];
    if model.focus == Pane::Producer {
        choices.push(Choice::of(auto, Action::Auto, Pane::Lesson));
        choices.push(Choice::of(
            "how to send automatically",
            Action::SendSettings,
            Pane::Lesson,
        ));
    }
    choices.push(streams("streams: create, follow, empty, delete"));
    choices
}

fn reading(model: &Model) -> Vec<Choice> {
    let consumer = &model.consumer;
    let start = consumer.start_word();
    let toggle = match consumer.running {
        true => "stop the consumer".to_owned(),
        false => format!("start the consumer, from {start}"),
    };
    let mut choices = vec![
        Choice::of(&toggle, Action::Consume, Pane::Lesson),
        Choice::of(
            "choose where the consumer starts",
            Action::ChooseStart,
            Pane::Lesson,
        ),
    ];
    if model.focus == Pane::Consumer {
        choices.push(Choice::of(
            "one worker more",
            Action::MoreWorkers,
            Pane::Consumer,
        ));
        choices.push(Choice::of(
            "one worker fewer",
            Action::FewerWorkers,
            Pane::Consumer,
        ));
        choices.push(Choice::of(
            "the shards as lanes: who reads where",
            Action::Focus(Pane::Shards),
            Pane::Consumer,
        ));
        choices.push(Choice::of(
            "kill a worker",
            Action::KillWorker,
            Pane::Consumer,
        ));
        choices.push(Choice::of(
            "set how often to poll and how fast a worker works",
            Action::ReadingSettings,
            Pane::Consumer,
        ));
    }
    if !consumer.log.is_empty() {
        let words = "read the consumer's newest record in full";
        choices.push(Choice::new(
            words,
            vec![Act::Ask(Action::Open, Some(Pane::Consumer))],
        ));
    }
    choices
}

fn questions(model: &Model) -> Vec<Choice> {
    let of = |words, action| Choice::of(words, action, Pane::Quiz);
    let Some(question) = model.quiz.open(model) else {
        return Vec::new();
    };
    let mut choices = Vec::new();
    let answered = matches!(quiz::state(model, question), State::Answered(_));
    match answered {
        true => {
            choices.push(of("next question", Action::NextQuestion));
            choices.push(of("answer it anew", Action::Retry));
        }
        false => {
            if !model.quiz.chosen.is_empty() || question.options.is_empty() {
                let mut submit = of("submit the answer", Action::Open);
                submit.words += " (submit)";
                choices.push(submit);
            }
            if quiz::asks_how_sure(model, question) {
                choices.push(Choice::new(
                    "surer of the answer (.)",
                    vec![Act::Key(KeyCode::Char('.'))],
                ));
                choices.push(Choice::new(
                    "less sure (,)",
                    vec![Act::Key(KeyCode::Char(','))],
                ));
            }
            choices.push(of(
                "leave it for later: next question",
                Action::NextQuestion,
            ));
        }
    }
    choices.push(of("question before", Action::PreviousQuestion));
    choices
}

/// How a text is asked for.
fn prompt_words(model: &Model, prompt: Prompt) -> String {
    let keep = "An empty line keeps it, a dot alone leaves everything as it was.";
    let edit = model.producer.edit.as_ref();
    let text = |key: bool| {
        edit.map_or("", |edit| match key {
            true => edit.key.value(),
            false => edit.data.value(),
        })
    };
    match prompt {
        Prompt::EventKey => format!("Partition key? It is {}. {keep}", text(true)),
        Prompt::EventData => format!(
            "Data, in JSON? {{now}} becomes the time of sending. It is {} {keep}",
            text(false)
        ),
        Prompt::StreamName => {
            "Name of the stream, and how many shards? For example: orders 4. A dot alone leaves it."
                .into()
        }
        Prompt::StartField => match &model.overlay {
            Some(Overlay::Start(dialog)) if dialog.choice == 2 => {
                "Since when? 5m or 90s ago, 14:30:05 today, or 2026-01-31T14:30:05Z. A dot alone leaves it."
                    .into()
            }
            _ => format!("Which sequence number, all its digits? {keep}"),
        },
        Prompt::ReshardField => super::reshard::asked(model).into(),
        Prompt::Note => super::notes::words(model),
        Prompt::Search => "Search the lesson for what? A dot alone leaves it.".into(),
    }
}
