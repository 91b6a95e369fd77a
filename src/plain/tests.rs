//! Conversations: lines typed, lines told, with the lab under a script and no terminal.

use super::Talk;
use crate::app::tests::script::{Lab, put_entry, refusal, setup};
use crate::app::{ConnectionKind, Effect, Pane};
use crate::kinesis::feed::{Detail, GetDetail};
use crate::kinesis::{ShardId, StartPosition};
use crate::lesson::{Block, Inline};

/// A lab and what is said of it.
struct Desk {
    lab: Lab,
    talk: Talk,
    told: Vec<String>,
}

impl Desk {
    /// At the start, with the first turn told.
    fn open(lab: Lab) -> Self {
        let mut desk = Self {
            lab,
            talk: Talk::new(76),
            told: Vec::new(),
        };
        desk.tell();
        desk
    }

    fn local() -> Self {
        Self::open(Lab::local())
    }

    /// Types a line, without telling yet what came of it.
    fn types(&mut self, line: &str) -> &mut Self {
        self.told.push(format!("> {line}"));
        self.talk.hear(&self.lab.model, line);
        while let Some(message) = self.talk.next(&self.lab.model) {
            self.lab.tell(message);
            self.talk.note(&self.lab.model);
        }
        self
    }

    /// Tells what is new and whose turn it is.
    fn tell(&mut self) -> &mut Self {
        self.told.extend(self.talk.tell(&self.lab.model, true));
        self.told.extend(self.talk.turn(&self.lab.model));
        self
    }

    /// Types a line and tells what came of it; gives that.
    fn says(&mut self, line: &str) -> Vec<String> {
        self.types(line);
        let from = self.told.len();
        self.tell();
        self.told[from..].to_vec()
    }

    /// With a stream of two shards.
    fn with_stream() -> Self {
        let mut desk = Self::local();
        desk.says("D");
        desk.types("1");
        desk.lab.created().described("my-first-stream", 2);
        desk.tell();
        desk
    }

    fn was_told(&self, words: &str) -> bool {
        self.told.iter().any(|line| line.contains(words))
    }
}

#[test]
fn a_whole_conversation() {
    let mut desk = Desk::with_stream();
    desk.types("s");
    let put = desk.lab.put();
    desk.lab.stored(&put, 0, Ok("49"));
    desk.tell();
    desk.says("p");
    desk.says("bob");
    desk.says("");
    desk.types("send one event");
    let put = desk.lab.put();
    desk.lab.stored(&put, 1, Ok("50"));
    desk.tell();
    desk.types("c");
    let (reader, _) = desk.lab.opening();
    desk.lab.opened(reader, Ok("iterator")).wait(0.1);
    let reader = desk.lab.poll();
    desk.lab.read(reader, &["49"]);
    desk.tell();
    desk.says("read the consumer's newest");
    desk.says("close");
    desk.says("quiz");
    desk.says("a c");
    desk.says("submit");
    desk.says("next");
    desk.says("a");
    desk.says("submit");
    desk.says("b");
    desk.says("lesson");
    desk.says("nonsense");
    desk.types("q");
    assert!(desk.lab.asks_to_quit());
    let farewell = desk.talk.farewell(&desk.lab.model);
    desk.told.extend(farewell);
    insta::assert_snapshot!(desk.told.join("\n"));
}

#[test]
fn what_comes_without_end_is_counted() {
    let mut desk = Desk::with_stream();
    for _ in 0..500 {
        desk.lab
            .fed(7, "PutRecord", "my-first-stream", put_entry("k"));
    }
    let quiet = desk.talk.tell(&desk.lab.model, false);
    assert!(
        !quiet.iter().any(|line| line.contains("Put by")),
        "{quiet:?}"
    );
    let told = desk.talk.tell(&desk.lab.model, true);
    let records = told.iter().filter(|line| line.starts_with("Put by py#1"));
    assert_eq!(records.count(), 8, "{told:?}");
    assert!(told.contains(&"And 492 records more, put or refused.".to_owned()));
    assert!(desk.talk.tell(&desk.lab.model, true).is_empty());
}

#[test]
fn no_answer_is_told_before_it_is_given() {
    let mut desk = Desk::local();
    for line in ["quiz", "a", "?", ":", "/secret", "quiz", "submit"] {
        desk.says(line);
    }
    assert!(desk.was_told("Not yet."), "one try is left");
    assert!(!desk.was_told("secret answer") && !desk.was_told("why first"));
    desk.says("b");
    desk.says("submit");
    assert!(desk.was_told("secret answer") && desk.was_told("why first"));
}

#[test]
fn text_from_outside_steers_nothing() {
    let hostile = "x\u{1b}[31m\r\u{9b}2J\u{202e}y";
    let mut setup = setup(ConnectionKind::Local);
    setup.lesson.pages[0].blocks = vec![
        Block::Paragraph(vec![Inline::Text("fine".into())]),
        Block::Code {
            line: 0,
            language: hostile.into(),
            file: Some(hostile.into()),
            source: format!("{hostile}\n\t{hostile}\n"),
        },
    ];
    setup.lesson.title = hostile.into();
    let mut desk = Desk::open(Lab::start(setup));
    desk.lab.fed(1, "PutRecord", hostile, put_entry(hostile));
    desk.says(hostile);
    desk.says("D");
    desk.says("2");
    desk.says(hostile);
    for line in &desk.told {
        let typed = line.starts_with("> ");
        assert!(typed || !line.contains(char::is_control), "{line:?}");
    }
    assert!(desk.was_told("␛[31m"));
}

#[test]
fn a_number_that_means_something_else_by_now_does_nothing() {
    let mut desk = Desk::with_stream();
    desk.says("D");
    // A stream comes meanwhile, and stands where another one stood.
    desk.lab.listed(&["another", "my-first-stream"]);
    desk.lab.effects.clear();
    let said = desk.says("4");
    assert!(said[0].contains("has changed meanwhile"), "{said:?}");
    assert!(desk.lab.request().is_none());
    let said = desk.says("99");
    assert!(said[0].contains("no 99"), "{said:?}");
}

#[test]
fn a_dialog_is_left_by_doing_something_else_and_a_question_is_answered_first() {
    let mut desk = Desk::with_stream();
    desk.says("D");
    desk.says("n");
    assert!(desk.lab.model.overlay.is_none());
    assert_eq!(desk.lab.model.lesson.page, 1);
    desk.says("D");
    desk.says("delete my-first-stream");
    assert!(desk.was_told("That cannot be undone."));
    let said = desk.says("send one event");
    assert!(said[0].contains("Answer this first"), "{said:?}");
    desk.says("no");
    assert!(desk.was_told("Nothing was done."));
    assert!(desk.lab.model.overlay.is_none());
}

#[test]
fn the_wire_log_is_told_once_however_many_calls_come_and_left_by_doing_something_else() {
    let mut desk = Desk::with_stream();
    let stream = "my-first-stream";
    desk.lab.fed(7, "PutRecord", stream, put_entry("zoe"));
    desk.tell();
    let said = desk.says("l").join("\n");
    assert!(
        said.contains("py#1 PutRecord my-first-stream: 200, put 1 of 1"),
        "{said}"
    );
    desk.told.clear();
    desk.lab.fed(7, "PutRecord", stream, put_entry("zoe"));
    desk.tell();
    assert!(!desk.was_told("wire log"), "{:?}", desk.told);
    desk.says("n");
    assert!(desk.lab.model.overlay.is_none());
    assert_eq!(desk.lab.model.lesson.page, 1);
}

#[test]
fn the_numbers_are_told_once_as_they_were_when_they_were_opened() {
    let mut desk = Desk::with_stream();
    let stream = "my-first-stream";
    for _ in 0..5 {
        desk.lab.fed(7, "PutRecord", stream, put_entry("zoe"));
        desk.lab.wait(1.0);
    }
    let said = desk.says("N").join(" ");
    assert!(
        said.contains("Shard 0, each second: written 1 of 1,000 records"),
        "{said}"
    );
    assert!(said.contains("Shard 1, each second: written 0 of 1,000 records and 0 of 1 MiB; read 0 of 5 calls and 0 of 2 MiB; quiet."), "{said}");
    desk.told.clear();
    desk.lab.fed(7, "PutRecord", stream, put_entry("zoe"));
    desk.lab.wait(2.0);
    desk.tell();
    assert!(!desk.was_told("each second"), "{:?}", desk.told);
    desk.says("n");
    assert!(desk.lab.model.overlay.is_none());
}

#[test]
fn batch_against_stream_is_told_and_another_interval_is_a_choice() {
    let mut desk = Desk::with_stream();
    for _ in 0..4 {
        desk.lab
            .fed(7, "PutRecord", "my-first-stream", put_entry("zoe"));
    }
    let said = desk.says("B").join(" ");
    assert!(
        said.contains("All events: the stream counted 4, the batch has answered 0; 4 events wait: answered at 19:00:00, in 20 min."),
        "{said}"
    );
    assert!(
        said.contains("zoe: 4 events within 0 ms, the last at 18:40:00"),
        "{said}"
    );
    let said = desk.says("1").join(" ");
    assert!(
        said.contains("Batch against stream, a batch every 10 s"),
        "{said}"
    );
    desk.told.clear();
    desk.lab.wait(11.0);
    desk.tell();
    assert!(!desk.was_told("All events"), "{:?}", desk.told);
}

#[test]
fn a_text_is_asked_for_where_one_is_needed_and_can_be_left() {
    let mut desk = Desk::local();
    desk.says("D");
    desk.says("2");
    assert!(desk.was_told("Name of the stream"));
    desk.says("or ders 3");
    assert!(
        desk.was_told("Problem: a space cannot stand in a name"),
        "{:?}",
        desk.told
    );
    desk.types("orders 3");
    let create = desk.lab.effects.iter().any(|effect| {
        format!("{effect:?}").contains("CreateStream { stream: \"orders\", shards: 3 }")
    });
    assert!(create, "{:?}", desk.lab.effects);

    desk.lab.created().described("orders", 3);
    desk.tell();
    desk.says("p");
    desk.says("carol");
    desk.says("no JSON");
    assert!(desk.was_told("Problem: the data is not JSON"));
    desk.says(".");
    let (key, _) = desk.lab.model.producer.preview();
    assert_eq!(key, "alice", "all is as it was");
    desk.says("t");
    desk.says("3");
    desk.says("soon");
    assert!(desk.was_told("Problem: type 5m"));
}

#[test]
fn a_note_is_written_line_by_line_and_answered_with_points() {
    let mut setup = setup(ConnectionKind::Local);
    setup.lesson = crate::lesson::parse(
        "# A\n\n## Discussion Questions\n\n1. **First**: one?\n\n2. **Second**: two?\n\n<details>\n<summary>Points</summary>\n\n1. eins\n\n2. zwei\n\n</details>\n",
        &crate::lesson::Settings::default(),
    );
    let mut desk = Desk::open(Lab::start(setup));
    desk.says("write a note on prompt 2");
    desk.says("what I think");
    desk.says("and more");
    desk.says("");
    assert!(
        desk.was_told("zwei") && !desk.was_told("eins"),
        "{:?}",
        desk.told
    );
    let notes = &desk.lab.model.progress.lessons["streams"].notes;
    let notes: Vec<&String> = notes.values().collect();
    assert_eq!(notes, ["what I think\nand more"]);
}

#[test]
fn what_was_said_is_not_said_again() {
    let mut desk = Desk::with_stream();
    let said = desk.says("menu");
    assert!(
        said.iter().any(|line| line.contains("send one event")),
        "{said:?}"
    );
    let said = desk.says("z");
    assert!(said[0].contains("changes nothing here"), "{said:?}");
    assert!(!said.iter().any(|line| line.contains("send one event")));
    assert_eq!(desk.lab.model.focus, Pane::Lesson);
    desk.types("s");
    let put = desk.lab.put();
    desk.lab
        .stored(&put, 0, Err(refusal("ResourceNotFoundException")));
    desk.tell();
    assert!(desk.was_told("Problem: "));
}

#[test]
fn a_question_that_comes_up_by_itself_is_told_with_its_choices() {
    let mut desk = Desk::with_stream();
    assert!(!desk.talk.asks(&desk.lab.model));
    desk.lab
        .key('D')
        .press(crossterm::event::KeyCode::Down)
        .key('x');
    assert!(desk.talk.asks(&desk.lab.model));
    desk.tell();
    assert!(desk.was_told("deletes it") && !desk.talk.asks(&desk.lab.model));
    desk.says("yes");
    assert!(
        desk.lab
            .effects
            .iter()
            .any(|it| matches!(it, Effect::Call(_)))
    );
}

#[test]
fn each_lane_is_told_in_a_line_or_two_and_anew_when_asked_again() {
    let mut desk = Desk::with_stream();
    desk.lab
        .fed(2, "PutRecord", "my-first-stream", put_entry("alice"));
    desk.tell();
    desk.types("c");
    desk.lab.open_readers();
    desk.tell();
    let told = desk.says("shards").join("\n");
    assert!(told.contains("Shard 0: 1 record: alice."), "{told}");
    assert!(told.contains("worker 1 reads, 1 behind"), "{told}");
    assert!(told.contains("Shard 1: 0 records."), "{told}");
    desk.lab.fed_by(
        "Boto3/1.44",
        "k",
        3,
        "GetRecords",
        "my-first-stream",
        page(),
    );
    let told = desk.says("shards").join("\n");
    assert!(told.contains("py#2 reads, at the tip"), "{told}");
}

/// A program was given the only record of shard 0.
fn page() -> Detail {
    Detail::Get(Box::new(GetDetail {
        chain: 7,
        shard: ShardId::from_index(0),
        start: StartPosition::TrimHorizon,
        limit: None,
        returned: 1,
        bytes: 2,
        range: Some(("49".into(), "49".into())),
        millis_behind_latest: Some(0),
        ahead: 0,
        ended: false,
    }))
}

#[test]
fn a_stream_is_resharded_in_lines() {
    use crate::app::Request;
    use crate::app::reshard::StreamChange;

    let mut desk = Desk::with_stream();
    desk.says("R");
    assert!(desk.was_told("Reshard my-first-stream: 2 shards open"));
    assert!(desk.was_told("aws kinesis split-shard --stream-name my-first-stream"));
    desk.says("choose shard 1");
    let asked = desk.says("split at another point");
    assert!(
        asked.join(" ").contains("Split at which point?"),
        "{asked:?}"
    );
    let said = desk.says("0x1");
    assert!(
        said.join(" ")
            .contains("Problem: that point lies at the shard's edge"),
        "{said:?}"
    );
    assert!(
        said.join(" ").contains("Split at which point?"),
        "it is asked again"
    );
    desk.says("7");
    desk.lab.effects.clear();
    desk.types("do it");
    let expected = StreamChange::Split {
        shard: crate::kinesis::ShardId::from_index(1),
        at: 7.into(),
    };
    let stream = "my-first-stream".to_owned();
    assert!(desk.lab.asks(&Request::ChangeStream {
        stream,
        change: expected
    }));
    desk.tell();
    let closed = desk.says("close this");
    assert!(!closed.join(" ").contains("nothing here"), "{closed:?}");
    assert!(desk.lab.model.overlay.is_none());
}
