//! The conversation with a small lab that answers late.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::app::{Answer, Request};
use crate::progress::folder::StateFolder;
use crate::runtime::Surroundings;

/// A lab that makes a call for each `call` it hears, and says what it heard.
#[derive(Default)]
struct Small {
    heard: Vec<String>,
    next: Vec<String>,
    news: Vec<String>,
    stopped: bool,
}

impl Conversation for Small {
    fn update(&mut self, message: Message, _: DateTime<Utc>) -> Outcome {
        let mut effects = Vec::new();
        match message {
            Message::Pasted(line) if line == "call" => {
                effects.push(Effect::Call(Request::ListStreams));
            }
            Message::Pasted(line) if line == "quit" => effects.push(Effect::Quit),
            Message::Answered(_) => self.news.push("answered".into()),
            Message::StopAsked => self.stopped = true,
            _ => {}
        }
        Outcome {
            changed: true,
            effects,
        }
    }

    fn next_deadline(&self) -> Option<DateTime<Utc>> {
        None
    }

    fn hear(&mut self, line: &str) {
        self.heard.push(line.to_owned());
        self.next.push(line.to_owned());
        self.news.push(format!("heard {line}"));
    }

    fn next_message(&mut self) -> Option<Message> {
        self.next.pop().map(Message::Pasted)
    }

    fn tell(&mut self, _: bool) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    fn farewell(&mut self) -> Vec<String> {
        vec!["farewell".into()]
    }

    fn turn(&mut self) -> Vec<String> {
        vec!["turn".into()]
    }

    fn asks(&self) -> bool {
        false
    }
}

/// What was printed.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics").extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Bench {
    small: Small,
    paper: Paper,
    /// Lets one call be answered.
    answer: Arc<Notify>,
    effects: Effects,
    inbox: Option<mpsc::Receiver<Message>>,
}

impl Bench {
    fn new() -> Self {
        let answer = Arc::new(Notify::new());
        let (sender, inbox) = mpsc::channel(16);
        let waits = Arc::clone(&answer);
        let perform = move |_| {
            let waits = Arc::clone(&waits);
            async move {
                waits.notified().await;
                Answer::Streams(Ok(Vec::new()))
            }
            .boxed()
        };
        let opened = StateFolder::open(Err("none".into()), DateTime::UNIX_EPOCH);
        let stop = CancellationToken::new();
        let effects = Effects::new(
            perform,
            |_| Ok(()),
            opened.folder,
            Surroundings::default(),
            sender,
            stop,
        );
        Self {
            small: Small::default(),
            paper: Paper::default(),
            answer,
            effects,
            inbox: Some(inbox),
        }
    }

    fn printed(&self) -> Vec<String> {
        let bytes = self.paper.0.lock().expect("nobody panics").clone();
        let text = String::from_utf8(bytes).expect("text");
        text.lines().map(str::to_owned).collect()
    }

    async fn converse(
        &mut self,
        lines: mpsc::Receiver<String>,
        stop: impl Future<Output = ()>,
        output: impl Write + Send + 'static,
    ) -> io::Result<()> {
        let sources = Sources {
            stop,
            lines,
            inbox: self.inbox.take().expect("once"),
            program_patience: PATIENCE,
        };
        let printer = Printer::start(output)?;
        let first = Outcome::default();
        let now = || DateTime::UNIX_EPOCH;
        converse(&mut self.small, first, sources, printer, &self.effects, now).await
    }
}

fn typed(text: &'static str) -> mpsc::Receiver<String> {
    read_lines(text.as_bytes()).expect("a thread")
}

#[tokio::test]
async fn a_line_is_read_once_the_calls_of_the_one_before_are_answered() {
    let mut bench = Bench::new();
    let paper = bench.paper.clone();
    let answer = Arc::clone(&bench.answer);
    // Each permit answers one call; there is one at first, and the second comes when the second call waits.
    answer.notify_one();
    tokio::spawn(async move {
        loop {
            tokio::task::yield_now().await;
            let text = paper.0.lock().expect("nobody panics").clone();
            if String::from_utf8_lossy(&text).matches("turn").count() >= 2 {
                return answer.notify_one();
            }
        }
    });
    let paper = bench.paper.clone();
    let ended = bench
        .converse(typed("call\ncall\nlast\n"), std::future::pending(), paper)
        .await;
    assert!(ended.is_ok());
    let expected = [
        "turn",
        "heard call",
        "answered",
        "turn",
        "heard call",
        "answered",
        "turn",
        "heard last",
        "turn",
        "farewell",
    ];
    assert_eq!(bench.printed(), expected);
    assert!(bench.small.stopped, "the end of the input asks for the end");
}

#[tokio::test]
async fn a_call_that_is_not_answered_holds_nothing_up_for_ever() {
    tokio::time::pause();
    let mut bench = Bench::new();
    let paper = bench.paper.clone();
    let ended = bench
        .converse(typed("call\nlast\n"), std::future::pending(), paper)
        .await;
    assert!(ended.is_ok());
    // What was printed is not looked at: the thread that prints knows nothing of a clock that leaps.
    assert_eq!(bench.small.heard, ["call", "last"]);
}

#[tokio::test]
async fn what_quits_reads_no_further_line() {
    let mut bench = Bench::new();
    let paper = bench.paper.clone();
    let ended = bench
        .converse(typed("quit\ncall\n"), std::future::pending(), paper)
        .await;
    assert!(ended.is_ok());
    assert_eq!(bench.small.heard, ["quit"]);
    assert!(!bench.small.stopped);
    assert_eq!(bench.printed().last().map(String::as_str), Some("farewell"));
}

#[tokio::test]
async fn a_signal_ends_it_also_while_nobody_reads() {
    struct Slow;
    impl Write for Slow {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            std::thread::park();
            Ok(0)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut bench = Bench::new();
    let (_typist, lines) = mpsc::channel(1);
    let ended = bench.converse(lines, async {}, Slow).await;
    assert!(ended.is_ok());
    assert!(bench.small.stopped);
}

#[tokio::test]
async fn a_reader_who_goes_away_is_an_end_like_others() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut bench = Bench::new();
    let (_typist, lines) = mpsc::channel(1);
    let ended = bench.converse(lines, std::future::pending(), Closed).await;
    assert!(ended.is_ok(), "{ended:?}");
    assert!(bench.small.stopped);
}
