//! What a typed line means: a number that was offered, a key, letters of options, words of a command, or a text that was
//! asked for. It becomes the messages that a keyboard would have made, one after the other.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::Talk;
use super::choices::Choice;
use super::dialogs;
use crate::app::action::Action;
use crate::app::keymap::{self, Command};
use crate::app::overlay::Overlay;
use crate::app::producer::Field;
use crate::app::quiz::option_letter;
use crate::app::{Message, Model, Pane};

/// Something to be typed, or asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    /// A key.
    Key(KeyCode),
    /// A key with Ctrl.
    Control(char),
    /// Everything in the field goes.
    Erase,
    /// Something is said instead.
    Say(&'static str),
    /// A text into the field.
    Text(String),
    /// An action by its name, in this pane if it is one pane's.
    Ask(Action, Option<Pane>),
    /// A text is asked for.
    Prompt(Prompt),
    /// What the search found is told.
    Hits,
}

/// A text that is asked for, on a line of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    /// The event's partition key.
    EventKey,
    /// The event's data.
    EventData,
    /// The name of a new stream, and its shards.
    StreamName,
    /// A time or a sequence number to start at.
    StartField,
    /// A point, a key or a number for the reshard dialog.
    ReshardField,
    /// A line of the note.
    Note,
    /// What is looked for in the lesson.
    Search,
}

/// Words for keys, beside the keys themselves.
const WORDS: [(&str, KeyCode); 20] = [
    ("next", KeyCode::Char('n')),
    ("back", KeyCode::Backspace),
    ("send", KeyCode::Char('s')),
    ("read", KeyCode::Char('c')),
    ("consume", KeyCode::Char('c')),
    ("streams", KeyCode::Char('D')),
    ("event", KeyCode::Char('p')),
    ("start", KeyCode::Char('t')),
    ("search", KeyCode::Char('/')),
    ("submit", KeyCode::Enter),
    ("enter", KeyCode::Enter),
    ("open", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("close", KeyCode::Esc),
    ("quit", KeyCode::Char('q')),
    ("exit", KeyCode::Char('q')),
    ("yes", KeyCode::Char('y')),
    ("no", KeyCode::Char('n')),
    ("hint", KeyCode::Char('h')),
    ("shell", KeyCode::Char('!')),
];

const NO_COPY: &str = "Nothing is copied here: w writes the block into a file of your work folder.";
const NO_EDITOR: &str =
    "An editor needs the screen: w writes the block into a file, which you edit beside the lab.";
const NO_ROOM: &str =
    "Present mode draws large on a screen: run kinesis-lab present in another terminal for it.";

/// How many commands are offered where words mean several.
const MOST_OFFERED: usize = 9;

/// How many places of a search are told.
const MOST_HITS: usize = 10;

impl Talk {
    /// Takes a typed line in; [`Self::next`] then gives what is to be done.
    pub fn hear(&mut self, model: &Model, line: &str) {
        self.said = false;
        if model.overlay.is_none() && model.program.takes_keys() {
            self.said = true;
            return self.acts.extend(for_program(line));
        }
        let line = line.trim();
        if model.overlay.is_none() && model.program.focused {
            // It has ended, and its output was told: the keys are the lab's.
            self.acts.push_back(Act::Key(KeyCode::Esc));
        }
        self.heard = line.to_owned();
        if let Some(prompt) = self.prompt_now(model) {
            let acts = self.answer(model, prompt, line);
            self.acts.extend(acts);
            return;
        }
        if line.is_empty() || line == "menu" {
            self.offered.clear();
            self.said = true;
            return;
        }
        if let Ok(number) = line.parse::<usize>() {
            return self.choose(model, number);
        }
        self.list = None;
        match line {
            "?" | "help" => return self.tell_keys(),
            ":" | "commands" => return self.tell_commands(model),
            _ => {}
        }
        if let Some(acts) = letters(model, line) {
            return self.acts.extend(acts);
        }
        if let Some(text) = line.strip_prefix('/').filter(|text| !text.is_empty()) {
            self.leave_dialog(model);
            self.acts.push_back(Act::Ask(Action::Search, None));
            return self.acts.extend(search(text));
        }
        let mut characters = line.chars();
        let single = characters.next().filter(|_| characters.next().is_none());
        let word = WORDS
            .iter()
            .find(|(word, _)| line.eq_ignore_ascii_case(word));
        let instead = single.filter(|_| model.overlay.is_none());
        let instead = instead.and_then(|key| needs_a_screen(key, model.focus));
        if let Some(words) = instead {
            return self.say_wrapped(words);
        }
        if let Some(key) = single.map(KeyCode::Char).or(word.map(|(_, key)| *key)) {
            let closes = key == KeyCode::Esc;
            if !closes {
                self.leave_dialog(model);
            }
            return self.acts.push_back(Act::Key(key));
        }
        self.understand(model, line);
    }

    /// What is to be told to the lab next, as it is now.
    pub fn next(&mut self, model: &Model) -> Option<Message> {
        loop {
            let press = |code, modifiers| Message::Pressed(KeyEvent::new(code, modifiers));
            return Some(match self.acts.pop_front()? {
                Act::Key(code) => press(code, KeyModifiers::NONE),
                Act::Control(c) => press(KeyCode::Char(c), KeyModifiers::CONTROL),
                Act::Erase => press(KeyCode::Char('u'), KeyModifiers::CONTROL),
                Act::Say(words) => {
                    self.say_wrapped(words);
                    continue;
                }
                Act::Text(text) => Message::Pasted(text),
                // Asked for where one is already, the lanes are told as they are by now.
                Act::Ask(Action::Focus(Pane::Shards), _) if model.focus == Pane::Shards => {
                    self.tell_lanes(model);
                    continue;
                }
                Act::Ask(action, pane) => Message::Asked(action, pane),
                Act::Prompt(prompt) => {
                    self.prompt = Some(prompt);
                    continue;
                }
                Act::Hits => {
                    self.tell_hits(model);
                    continue;
                }
            });
        }
    }

    /// The text that is asked for now, if one is.
    pub(super) fn prompt_now(&self, model: &Model) -> Option<Prompt> {
        match (&model.overlay, self.prompt) {
            (Some(Overlay::Streams(_)), Some(Prompt::StreamName)) => return self.prompt,
            (Some(Overlay::Start(_)), Some(Prompt::StartField)) => return self.prompt,
            (Some(Overlay::Reshard(dialog)), _) if dialog.typing.is_some() => {
                return Some(Prompt::ReshardField);
            }
            (Some(_), _) => return None,
            (None, _) => {}
        }
        if model.lesson.discussion.note.is_some() {
            return Some(Prompt::Note);
        }
        if let Some(edit) = &model.producer.edit {
            return Some(match edit.field {
                Field::Key => Prompt::EventKey,
                Field::Data | Field::Template | Field::HashKey => Prompt::EventData,
            });
        }
        let search = model.lesson.search.as_ref()?;
        search.typing.then_some(Prompt::Search)
    }

    /// What is typed for the answer to a prompt.
    fn answer(&mut self, model: &Model, prompt: Prompt, line: &str) -> Vec<Act> {
        self.prompt = None;
        self.said = true;
        if line == "." {
            return vec![Act::Key(KeyCode::Esc)];
        }
        let replaced = |then: KeyCode| match line.is_empty() {
            true => vec![Act::Key(then)],
            false => vec![Act::Erase, Act::Text(line.to_owned()), Act::Key(then)],
        };
        match prompt {
            Prompt::Note => super::notes::typed(model, line),
            Prompt::EventKey => replaced(KeyCode::Tab),
            Prompt::EventData | Prompt::StartField | Prompt::ReshardField => {
                replaced(KeyCode::Enter)
            }
            Prompt::StreamName if line.is_empty() => Vec::new(),
            Prompt::StreamName => dialogs::create(model, line).unwrap_or_default(),
            Prompt::Search if line.is_empty() => vec![Act::Key(KeyCode::Esc)],
            Prompt::Search => search(line),
        }
    }

    /// Does what stands beside a number, unless that was offered for something else by now.
    fn choose(&mut self, model: &Model, number: usize) {
        let choices = self.choices(model);
        let place = number.checked_sub(1);
        let Some(choice) = place.and_then(|place| choices.get(place)) else {
            return self.say(&format!(
                "There is no {number} here: 1 to {}.",
                choices.len()
            ));
        };
        let offered = place.and_then(|place| self.offered.get(place));
        if offered != Some(&super::text::harmless(&choice.words)) {
            self.offered.clear();
            return self.say("What can be done has changed meanwhile; nothing was done.");
        }
        self.list = None;
        self.acts.extend(choice.acts.iter().cloned());
    }

    /// Leaves a dialog that would take what is typed for something else. A question that waits for yes or no stays.
    fn leave_dialog(&mut self, model: &Model) {
        let takes_keys = matches!(
            model.overlay,
            Some(
                Overlay::Help(_)
                    | Overlay::Palette(_)
                    | Overlay::Course(_)
                    | Overlay::Terms(_)
                    | Overlay::Streams(_)
                    | Overlay::Reshard(_)
                    | Overlay::Server(_)
                    | Overlay::Start(_)
                    | Overlay::Reading(_)
                    | Overlay::Detail(_)
                    | Overlay::Result(_)
                    | Overlay::Sheet(_)
                    | Overlay::Wire(_)
                    | Overlay::Numbers
                    | Overlay::Batch
            )
        );
        if takes_keys {
            self.acts.push_back(Act::Key(KeyCode::Esc));
        }
    }

    /// Words of a command.
    fn understand(&mut self, model: &Model, line: &str) {
        if matches!(model.overlay, Some(Overlay::Confirm(_))) {
            return self.say("Answer this first: a number, yes or no.");
        }
        if line.eq_ignore_ascii_case("run") {
            self.leave_dialog(model);
            let run = Act::Ask(Action::RunHere, Some(Pane::Lesson));
            return self.acts.push_back(run);
        }
        let offered = self.choices(model);
        let mut meant = offered
            .iter()
            .filter(|choice| has_words(&choice.words, line));
        if let (Some(choice), None) = (meant.next(), meant.next()) {
            return self.acts.extend(choice.acts.iter().cloned());
        }
        let found = commands(model, line);
        match found.as_slice() {
            [] => self.say(&format!(
                "“{line}” means nothing here. ? lists the keys, : the commands."
            )),
            [command] => {
                self.leave_dialog(model);
                self.acts.extend(asked(command));
            }
            several => {
                let offered = several.iter().take(MOST_OFFERED);
                self.list = Some(
                    offered
                        .map(|command| Choice::new(&command.name, asked(command)))
                        .collect(),
                );
                self.say(&match several.len() {
                    n if n > MOST_OFFERED => {
                        format!("{n} commands have these words; the first of them:")
                    }
                    _ => "Which one?".to_owned(),
                });
            }
        }
    }

    fn tell_keys(&mut self) {
        let mut heading = "";
        for line in keymap::help() {
            if line.heading != heading {
                heading = line.heading;
                self.say(&format!("{heading}:"));
            }
            self.say(&format!("  {}: {}", line.keys, line.does));
        }
        for line in [
            "Here, on lines:",
            "  a number: do what stands beside it",
            "  letters in a question, as b d: choose options; submit: submit them",
            "  back, enter, esc: the keys of these names",
            "  lesson, producer, consumer, quiz: go there",
            "  /words: search the lesson",
            "  words of a command, as “one worker more”: do it",
            "  an empty line: say the choices again",
        ] {
            self.say(line);
        }
    }

    fn tell_commands(&mut self, model: &Model) {
        for command in keymap::commands(model) {
            match command.keys.is_empty() {
                true => self.say(&format!("  {}", command.name)),
                false => self.say(&format!("  {} ({})", command.name, command.keys)),
            }
        }
    }

    /// What the search found: the pages and lines, and that the first is open now.
    fn tell_hits(&mut self, model: &Model) {
        let Some(search) = &model.lesson.search else {
            return;
        };
        let pages: Vec<String> = search
            .hits
            .iter()
            .filter_map(|hit| model.lesson.lesson.pages.get(hit.page))
            .map(|page| page.title.clone())
            .collect();
        let mut pages = pages;
        pages.dedup();
        if pages.is_empty() {
            return;
        }
        self.say(&format!(
            "Found {} on {}:",
            super::text::count(search.hits.len(), "time"),
            super::text::count(pages.len(), "page")
        ));
        for page in pages.iter().take(MOST_HITS) {
            self.say(&format!("  {page}"));
        }
        if pages.len() > MOST_HITS {
            self.say(&format!("  and {} more", pages.len() - MOST_HITS));
        }
    }
}

/// What is said instead of what only a screen can do.
fn needs_a_screen(key: char, pane: Pane) -> Option<&'static str> {
    match (key, pane) {
        ('y', Pane::Lesson) => Some(NO_COPY),
        ('e', Pane::Lesson) => Some(NO_EDITOR),
        ('P', _) => Some(NO_ROOM),
        _ => None,
    }
}

/// A line for a program.
fn for_program(line: &str) -> Vec<Act> {
    match line.trim() {
        "." => vec![Act::Control(']')],
        "^C" => vec![Act::Control('c')],
        "^D" => vec![Act::Control('d')],
        "" => vec![Act::Key(KeyCode::Enter)],
        _ => vec![Act::Text(line.to_owned()), Act::Key(KeyCode::Enter)],
    }
}

fn search(text: &str) -> Vec<Act> {
    vec![
        Act::Text(text.to_owned()),
        Act::Key(KeyCode::Enter),
        Act::Hits,
        Act::Key(KeyCode::Esc),
    ]
}

fn asked(command: &Command) -> Vec<Act> {
    match command.action {
        // What these show, the conversation lists itself.
        Action::Help | Action::Palette => Vec::new(),
        Action::CopyBlock => vec![Act::Say(NO_COPY)],
        Action::EditBlock => vec![Act::Say(NO_EDITOR)],
        Action::Present => vec![Act::Say(NO_ROOM)],
        action => vec![Act::Ask(action, command.pane)],
    }
}

/// Letters of options, alone or several: `b`, `b d`, `bd`, `b, d`.
fn letters(model: &Model, line: &str) -> Option<Vec<Act>> {
    if model.focus != Pane::Quiz || model.overlay.is_some() {
        return None;
    }
    let last = option_letter(model.quiz.open(model)?.options.len().checked_sub(1)?);
    let separate = |c: &char| !matches!(c, ' ' | ',');
    let letters: Vec<char> = line.chars().filter(separate).collect();
    let all = !letters.is_empty() && letters.iter().all(|c| ('a'..=last).contains(c));
    // A word like `bad` would be taken for letters: twice the same is a word.
    let once = letters
        .iter()
        .enumerate()
        .all(|(at, c)| !letters[..at].contains(c));
    (all && once).then(|| {
        letters
            .into_iter()
            .map(|c| Act::Key(KeyCode::Char(c)))
            .collect()
    })
}

/// The commands that these words mean: the one of this very name, else all that have the words.
fn commands(model: &Model, line: &str) -> Vec<Command> {
    let line = line.to_lowercase();
    let all = keymap::commands(model);
    for pane in Pane::ALL {
        if line == pane.title().to_lowercase() {
            return vec![Command {
                name: line,
                keys: String::new(),
                action: Action::Focus(pane),
                pane: None,
            }];
        }
    }
    if let Some(exact) = all.iter().find(|it| it.name.to_lowercase() == line) {
        return vec![exact.clone()];
    }
    let mut found: Vec<Command> = all
        .into_iter()
        .filter(|command| has_words(&command.name, &line))
        .collect();
    found.dedup_by(|one, other| one.action == other.action);
    found
}

/// Whether all typed words stand in these words; one in the plural may stand there in the singular.
fn has_words(words: &str, typed: &str) -> bool {
    let words = words.to_lowercase();
    typed.to_lowercase().split_whitespace().all(|word| {
        let one = word.strip_suffix('s').filter(|one| one.len() > 2);
        words.contains(word) || one.is_some_and(|one| words.contains(one))
    })
}
