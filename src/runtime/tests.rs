//! Tests of the loop with a small program and a screen in memory.

use std::collections::VecDeque;

use crossterm::event::{KeyCode, KeyEvent, KeyEventState, KeyModifiers};
use futures_util::stream::{self, BoxStream};
use ratatui::backend::TestBackend;
use ratatui::widgets::Paragraph;
use tokio_util::sync::CancellationToken;

use crate::progress::folder::StateFolder;

use super::*;
use crate::app::Effect;

/// Counts what it hears, and shows the count.
#[derive(Default)]
struct Counter {
    heard: Vec<Message>,
    deadlines: VecDeque<DateTime<Utc>>,
    /// What the key with this letter does.
    bindings: Vec<(char, Effect)>,
    /// Quits at the message of this number.
    quits_at: Option<usize>,
    quits_after_deadlines: bool,
}

impl Program for Counter {
    fn update(&mut self, message: Message, now: DateTime<Utc>) -> Outcome {
        let mut effects = Vec::new();
        if let Message::Pressed(key) = &message {
            let bound = self
                .bindings
                .iter()
                .filter(|(letter, _)| key.code == KeyCode::Char(*letter));
            effects.extend(bound.map(|(_, effect)| effect.clone()));
        }
        if matches!(message, Message::DeadlinePassed) {
            let passed = self.deadlines.pop_front();
            assert!(
                passed.is_some_and(|at| at <= now),
                "the deadline has passed"
            );
            if self.quits_after_deadlines && self.deadlines.is_empty() {
                effects.push(Effect::Quit);
            }
        }
        self.heard.push(message);
        if self.quits_at == Some(self.heard.len()) {
            effects.push(Effect::Quit);
        }
        Outcome {
            changed: true,
            effects,
        }
    }

    fn draw(&self, frame: &mut Frame) {
        frame.render_widget(Paragraph::new(self.heard.len().to_string()), frame.area());
    }

    fn next_deadline(&self) -> Option<DateTime<Utc>> {
        self.deadlines.front().copied()
    }
}

/// A screen that keeps the times of its frames.
struct Memory {
    inner: ratatui::Terminal<TestBackend>,
    frames: Vec<Instant>,
    calls: Vec<&'static str>,
    broken: bool,
}

impl Memory {
    fn new() -> Self {
        Self {
            inner: ratatui::Terminal::new(TestBackend::new(20, 1)).expect("memory"),
            frames: Vec::new(),
            calls: Vec::new(),
            broken: false,
        }
    }

    fn text(&self) -> String {
        let cells = self.inner.backend().buffer().content();
        let text: String = cells.iter().map(|cell| cell.symbol()).collect();
        text.trim_end().to_owned()
    }
}

impl Screen for Memory {
    fn draw(&mut self, paint: impl FnOnce(&mut Frame)) -> io::Result<()> {
        if self.broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.frames.push(Instant::now());
        let Ok(_) = self.inner.draw(paint);
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.calls.push("clear");
        Ok(())
    }

    fn capture_mouse(&mut self, on: bool) -> io::Result<()> {
        self.calls.push(if on { "mouse on" } else { "mouse off" });
        Ok(())
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        self.calls.push("copy");
        Ok(())
    }
}

/// The loop's surroundings.
struct Bench {
    counter: Counter,
    screen: Memory,
    input: BoxStream<'static, io::Result<Event>>,
    stop: CancellationToken,
    sender: mpsc::Sender<Message>,
    inbox: Option<mpsc::Receiver<Message>>,
    start: Instant,
}

impl Bench {
    fn new() -> Self {
        let (sender, inbox) = mpsc::channel(INBOX_CAPACITY);
        Self {
            counter: Counter::default(),
            screen: Memory::new(),
            input: stream::pending().boxed(),
            stop: CancellationToken::new(),
            sender,
            inbox: Some(inbox),
            start: Instant::now(),
        }
    }

    /// The time on the wall: as tokio's, which a test may have paused.
    fn at(&self, millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(millis).expect("a small number")
    }

    /// When the frames were drawn, in milliseconds from the start.
    fn frames(&self) -> Vec<u128> {
        let since = |at: &Instant| at.duration_since(self.start).as_millis();
        self.screen.frames.iter().map(since).collect()
    }

    async fn run(&mut self) -> io::Result<()> {
        let folder = StateFolder::open(Err("nowhere".into()), DateTime::UNIX_EPOCH).folder;
        let effects = Effects::new(
            |_| Box::pin(std::future::pending()),
            |_| Ok(()),
            folder,
            Surroundings::default(),
            self.sender.clone(),
            self.stop.clone(),
        );
        let sources = Sources {
            stop: self.stop.clone().cancelled_owned(),
            input: std::mem::replace(&mut self.input, stream::pending().boxed()),
            inbox: self.inbox.take().expect("run once"),
        };
        let start = self.start;
        let now = || DateTime::UNIX_EPOCH + (Instant::now() - start);
        let first = Outcome {
            changed: true,
            effects: Vec::new(),
        };
        run(
            &mut self.counter,
            first,
            &mut self.screen,
            sources,
            &effects,
            now,
        )
        .await
    }
}

fn key(letter: char) -> Event {
    Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE))
}

/// These events, each after a pause of so many milliseconds; then nothing more.
fn typed(events: Vec<(u64, Event)>) -> BoxStream<'static, io::Result<Event>> {
    stream::iter(events)
        .then(|(pause, event)| async move {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            Ok(event)
        })
        .chain(stream::pending())
        .boxed()
}

#[tokio::test(start_paused = true)]
async fn an_idle_hour_is_one_frame() {
    let mut bench = Bench::new();
    let stop = bench.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        stop.cancel();
    });
    bench.run().await.expect("it ends well");
    assert_eq!(bench.frames(), [0]);
    assert!(matches!(bench.counter.heard[..], [Message::StopAsked]));
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_messages_in_a_second_are_some_thirty_frames() {
    let mut bench = Bench::new();
    let sender = bench.sender.clone();
    bench.counter.quits_at = Some(10_000);
    tokio::spawn(async move {
        for count in 1..=10_000_u64 {
            sender
                .send(Message::FeedLost(count))
                .await
                .expect("it listens");
            if count % 10 == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    });
    bench.run().await.expect("it ends well");
    let frames = bench.frames();
    assert!((25..=32).contains(&frames.len()), "{frames:?}");
    assert!(
        frames.windows(2).all(|pair| pair[1] - pair[0] >= 33),
        "{frames:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_is_drawn_at_once_and_a_message_within_the_budget() {
    let mut bench = Bench::new();
    bench.input = typed(vec![(5, key('a')), (2, key('b')), (500, key('q'))]);
    bench.counter.bindings = vec![('q', Effect::Quit)];
    let sender = bench.sender.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(10)).await;
        sender.send(Message::FeedLost(1)).await.expect("it listens");
        tokio::time::sleep(Duration::from_millis(200)).await;
        sender.send(Message::FeedLost(2)).await.expect("it listens");
    });
    bench.run().await.expect("it ends well");
    assert_eq!(bench.frames(), [0, 5, 7, 40, 210]);
    assert_eq!(bench.screen.text(), "4");
}

#[tokio::test(start_paused = true)]
async fn keys_that_wait_together_are_one_frame() {
    let mut bench = Bench::new();
    let burst = (0..50).map(|_| Ok(key('a'))).chain([Ok(key('q'))]);
    bench.input = stream::iter(burst).chain(stream::pending()).boxed();
    bench.counter.bindings = vec![('q', Effect::Quit)];
    bench.run().await.expect("it ends well");
    assert_eq!(bench.counter.heard.len(), 51);
    assert_eq!(bench.frames(), [0]);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_is_heard_when_it_passes() {
    let mut bench = Bench::new();
    bench.counter.deadlines = [100, 250].map(|millis| bench.at(millis)).into();
    bench.counter.quits_at = Some(2);
    bench.run().await.expect("it ends well");
    assert_eq!(bench.frames(), [0, 100]);
    assert!(matches!(
        bench.counter.heard[..],
        [Message::DeadlinePassed, Message::DeadlinePassed]
    ));
    assert_eq!(bench.start.elapsed().as_millis(), 250);
}

/// On the real clock, since a paused one stands still while anybody is busy.
#[tokio::test]
async fn drawing_and_deadlines_do_not_starve_while_input_never_ends() {
    let mut bench = Bench::new();
    bench.input = stream::repeat_with(|| Ok(Event::Resize(20, 1))).boxed();
    bench.counter.deadlines = [100, 200].map(|millis| bench.at(millis)).into();
    bench.counter.quits_after_deadlines = true;
    let ended = tokio::time::timeout(Duration::from_secs(60), bench.run()).await;
    ended
        .expect("the deadlines are heard")
        .expect("it ends well");
    assert!(bench.screen.frames.len() > 1);
}

#[tokio::test]
async fn what_concerns_the_screen_reaches_it() {
    let mut bench = Bench::new();
    bench.input = typed(vec![
        (0, key('m')),
        (0, key('n')),
        (0, key('l')),
        (0, key('q')),
    ]);
    bench.counter.bindings = vec![
        ('m', Effect::CaptureMouse(true)),
        ('n', Effect::CaptureMouse(false)),
        ('l', Effect::Redraw),
        ('q', Effect::Quit),
    ];
    bench.run().await.expect("it ends well");
    assert_eq!(bench.screen.calls, ["mouse on", "mouse off", "clear"]);
}

#[tokio::test]
async fn a_key_counts_when_it_is_pressed_not_when_it_is_released() {
    let of = |kind| {
        message_of(Event::Key(KeyEvent {
            code: KeyCode::Enter,
            modifiers: KeyModifiers::NONE,
            kind,
            state: KeyEventState::NONE,
        }))
    };
    assert!(of(KeyEventKind::Press).is_some());
    assert!(of(KeyEventKind::Repeat).is_some());
    assert!(of(KeyEventKind::Release).is_none());
}

#[tokio::test]
async fn a_terminal_that_is_gone_is_an_end_that_the_program_hears_of() {
    let mut ended = Bench::new();
    ended.input = stream::empty().boxed();
    let mut failed = Bench::new();
    failed.input = stream::iter([Err(io::ErrorKind::Other.into())]).boxed();
    let mut vanished = Bench::new();
    vanished.screen.broken = true;
    for mut bench in [ended, failed, vanished] {
        bench.run().await.expect_err("it is gone");
        assert!(matches!(bench.counter.heard[..], [Message::StopAsked]));
    }
}
