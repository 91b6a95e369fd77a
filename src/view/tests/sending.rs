//! Pictures of automatic sending: what waits for a retry, what was given up, what is stored twice.

use std::sync::Arc;

use super::lab::Lab;
use super::pictures::{at_sizes, picture, snapshot};
use crate::app::message::{Answer, Entry, Place, PutBatch, Sender, Stored};
use crate::app::{Message, Theme};
use crate::kinesis::{CallError, ShardId};

const STREAM: &str = "my-first-stream";

fn place(number: u32) -> Place {
    let digits = format!("49680468775467761913021518145517874109{number:06}");
    (ShardId::from_index(number % 2), digits.as_str().into())
}

fn throttled() -> CallError {
    CallError::Refused {
        code: "ProvisionedThroughputExceededException".into(),
        message: String::new(),
    }
}

impl Lab {
    /// A call of automatic sending carried so many records, and this came back.
    fn auto_sent(
        &mut self,
        records: u32,
        result: impl Fn(u32) -> Stored,
        all: Option<CallError>,
    ) -> &mut Self {
        let entries = (0..records).map(|number| Entry {
            key: ["alice", "bob", "dave"][number as usize % 3].into(),
            data: format!("{{\"id\":\"{number:016x}\"}}"),
            hash_key: None,
        });
        let now = self.model.now;
        let auto = &mut self.model.producer.auto;
        auto.queue.admit(Sender::Auto, entries.collect(), now);
        self.pumped(result, all)
    }

    /// What is due goes out, and this comes back.
    fn pumped(&mut self, result: impl Fn(u32) -> Stored, all: Option<CallError>) -> &mut Self {
        let now = self.model.now + chrono::TimeDelta::seconds(5);
        let auto = &mut self.model.producer.auto;
        let limits = auto.settings.limits();
        let mut number = 1_000 + auto.queue.counts.sent + auto.queue.counts.retried;
        for call in auto.queue.pump(now, limits, &mut number) {
            let records = call.entries.len() as u32;
            let batch = Arc::new(PutBatch {
                by: Sender::Auto,
                id: call.id,
                stream: STREAM.into(),
                entries: call.entries,
            });
            let result = match &all {
                Some(error) => Err(error.clone()),
                None => Ok((0..records).map(&result).collect()),
            };
            self.tell(Message::Answered(Answer::SentBatch { batch, result }));
        }
        self
    }
}

fn fifth_is_throttled(number: u32) -> Stored {
    match number % 5 {
        0 => Err(throttled()),
        _ => Ok(place(number)),
    }
}

/// Two batches of which a fifth was refused; one waits, and one was stored twice.
fn busy(width: u16, height: u16) -> Lab {
    let mut lab = Lab::live(width, height);
    lab.key('2');
    lab.model.producer.auto.settings.batch = 3;
    lab.model.producer.auto.rate = 9;
    lab.model.producer.auto.next_at = Some(lab.model.now);
    let silence = CallError::NoAnswer {
        why: "http://127.0.0.1:4567 closed the connection without an answer".into(),
    };
    lab.auto_sent(3, |number| Ok(place(number)), Some(silence));
    lab.pumped(|number| Ok(place(number)), None);
    lab.auto_sent(1_285, fifth_is_throttled, None);
    lab
}

#[test]
fn the_panel_tells_what_is_written_throttled_and_waits() {
    at_sizes("sending", busy);
    let mut lab = busy(80, 24);
    lab.model.theme = Theme::Mono;
    snapshot!("sending_mono_80x24", lab);
}

#[test]
fn what_was_refused_once_too_often_is_given_up_in_words() {
    at_sizes("sending_given_up", |width, height| {
        let mut lab = Lab::live(width, height);
        lab.key('2');
        lab.model.producer.auto.settings.batch = 3;
        lab.model.producer.auto.settings.retries = 0;
        lab.auto_sent(10, fifth_is_throttled, None);
        lab
    });
}

#[test]
fn what_every_line_of_the_server_s_dialog_teaches_stands_there_whole() {
    use crate::app::lab_server::Lever;
    use crossterm::event::KeyCode;
    let mut lab = Lab::live(80, 24);
    lab.key('F');
    for lever in Lever::ALL {
        let shown = super::pictures::text(&lab);
        let shown: Vec<&str> = shown
            .split(|c: char| c.is_whitespace() || "┃│┗┛╭╮╰╯━─┏┓".contains(c))
            .filter(|word| !word.is_empty())
            .collect();
        let words: Vec<&str> = lever.teaches().split(' ').collect();
        let stands = shown.windows(words.len()).any(|run| run == words);
        assert!(stands, "{lever:?}: {shown:?}");
        lab.press(KeyCode::Down);
    }
}

#[test]
fn the_form_says_how_automatic_sending_sends_and_what_each_choice_shows() {
    use crossterm::event::KeyCode;
    let form = |width, height| {
        let mut lab = Lab::live(width, height);
        lab.key('2').key('i').press(KeyCode::Down);
        lab.press(KeyCode::Left);
        lab
    };
    at_sizes("sending_form", form);
    snapshot!("sending_form_60x15", form(60, 15));
}

#[test]
fn while_a_key_is_typed_its_place_on_the_line_stands_below_it() {
    use crossterm::event::KeyCode;
    let typed = |width, height, key: &str| {
        let mut lab = Lab::live(width, height);
        for user in ["dave", "erin", "carol"].repeat(9) {
            lab.program_puts(user, "{}");
        }
        lab.key('p').keys(key);
        lab
    };
    snapshot!("ring_80x24", typed(80, 24, "alice"));
    snapshot!("ring_120x40", typed(120, 40, "bob"));
    snapshot!("ring_200x60", typed(200, 60, &"東".repeat(256)));
    let mut lab = typed(80, 24, "alice");
    lab.press(KeyCode::BackTab)
        .keys("0x80000000000000000000000000000000");
    lab.model.theme = Theme::Mono;
    snapshot!("ring_given_mono_80x24", lab);
    lab.press(KeyCode::Backspace)
        .keys("00")
        .press(KeyCode::Enter);
    snapshot!("ring_problem_80x24", lab);
}
