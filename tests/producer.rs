//! Automatic sending against the embedded server through the real SDK: faults on request, and what is in the stream then.
//!
//! The terminal alone is not there: the model is told what the loop would tell it, and what it asks for is done.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use kinesis_lab::app::action::Action;
use kinesis_lab::app::lab_server::Lever;
use kinesis_lab::app::message::ReaderId;
use kinesis_lab::app::producer::Twice;
use kinesis_lab::app::producer::settings::{Keys, Settings};
use kinesis_lab::app::{Answer, Effect, Message, Model, Outcome, Request, Setup, update};
use kinesis_lab::client::{self, Client};
use kinesis_lab::kinesis::feed::FeedEvent;
use kinesis_lab::kinesis::{SequenceNumber, ShardId, StartPosition};
use kinesis_lab::lesson;
use kinesis_lab::server::{self, Doors, Limits, Service};
use tokio::sync::broadcast::Receiver;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

const STREAM: &str = "my-first-stream";
const OWN_KEY: &str = "own";

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

#[expect(
    clippy::disallowed_methods,
    reason = "a test is an edge: SDKs sign by this clock"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A lab without a screen.
struct Lab {
    model: Model,
    client: Client,
    service: Arc<Service>,
    address: SocketAddr,
    feed: Receiver<FeedEvent>,
    calls: JoinSet<Answer>,
    stop: CancellationToken,
    running: JoinHandle<std::io::Result<()>>,
}

impl Lab {
    /// With a stream of two shards.
    async fn with_stream(limits: &Limits) -> Self {
        let listener = server::bind(Some(0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let service = Arc::new(Service::new(now, limits));
        let feed = service.feed();
        let stop = CancellationToken::new();
        let running = tokio::spawn(server::run(
            listener,
            Arc::clone(&service),
            Doors::default(),
            stop.clone(),
        ));
        let (client, connection) = client::connect_embedded(address, OWN_KEY);
        let lesson = lesson::parse("# Streams\n\nwords\n", &lesson::Settings::default());
        let setup = Setup {
            lesson_key: "streams".into(),
            size: (120, 40),
            ..Setup::new(lesson, connection)
        };
        let (model, out) = Model::new(setup, now());
        let mut lab = Self {
            model,
            client,
            service,
            address,
            feed,
            calls: JoinSet::new(),
            stop,
            running,
        };
        lab.carry_out(out);
        lab.key(KeyCode::Char('D')).key(KeyCode::Enter);
        lab.until("the stream is there", |model| {
            model.streams.description().is_some()
        })
        .await;
        lab
    }

    fn carry_out(&mut self, out: Outcome) {
        for effect in out.effects {
            match effect {
                Effect::Call(request) => {
                    let client = self.client.clone();
                    self.calls
                        .spawn(async move { client.perform(request).await });
                }
                Effect::Control(control) => {
                    self.service.control(control).expect("it is taken");
                }
                _ => {}
            }
        }
    }

    fn tell(&mut self, message: Message) -> &mut Self {
        let out = update(&mut self.model, message, now());
        self.carry_out(out);
        self
    }

    fn key(&mut self, code: KeyCode) -> &mut Self {
        self.tell(Message::Pressed(KeyEvent::new(code, KeyModifiers::NONE)))
    }

    /// Goes on until something holds.
    async fn until(&mut self, what: &str, holds: impl Fn(&Model) -> bool) {
        let going_on = async {
            while !holds(&self.model) {
                let due = self.model.next_deadline();
                let wait = due.map_or(PATIENCE, |due| (due - now()).to_std().unwrap_or_default());
                let message = tokio::select! {
                    fed = self.feed.recv() => Message::Fed(fed.expect("the feed goes on")),
                    Some(answer) = self.calls.join_next() => {
                        Message::Answered(answer.expect("no call panics"))
                    }
                    () = tokio::time::sleep(wait) => Message::DeadlinePassed,
                };
                self.tell(message);
            }
        };
        let done = tokio::time::timeout(PATIENCE, going_on).await;
        assert!(done.is_ok(), "{what}: {}", self.model.status.words);
    }

    /// Stops automatic sending and waits until nothing is on the way.
    async fn finish(&mut self) {
        self.key(KeyCode::Char('S'));
        self.until("all is written", |model| {
            model.producer.auto.next_at.is_none() && model.producer.auto.queue.held() == 0
        })
        .await;
    }

    /// What is in the stream: the places of each event by its id.
    async fn events(&self) -> BTreeMap<String, Vec<(ShardId, SequenceNumber)>> {
        let mut events: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let reader = ReaderId {
            run: 1,
            index: 0,
            turn: 0,
        };
        for shard in self.model.streams.shards() {
            let open = Request::OpenIterator {
                reader,
                stream: STREAM.into(),
                shard: shard.clone(),
                start: StartPosition::TrimHorizon,
            };
            let Answer::Opened { result, .. } = self.client.perform(open).await else {
                panic!("an iterator");
            };
            let mut iterator = result.expect("an iterator");
            loop {
                let read = Request::GetRecords {
                    reader,
                    iterator,
                    limit: 10_000,
                };
                let Answer::Read { result, .. } = self.client.perform(read).await else {
                    panic!("a page");
                };
                let page = result.expect("a page");
                if page.records.is_empty() {
                    break;
                }
                for record in page.records {
                    let data: serde_json::Value =
                        serde_json::from_slice(&record.data).expect("JSON");
                    let id = data["id"].as_str().expect("an event id").to_owned();
                    let place = (shard.clone(), record.sequence);
                    events.entry(id).or_default().push(place);
                }
                iterator = page.next.expect("the shard is open");
            }
        }
        events
    }

    async fn leave(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(PATIENCE, self.running).await;
        assert!(ended.is_ok(), "the server ends");
    }
}

fn batches_of_a_hundred() -> Settings {
    Settings {
        batch: 2,
        ..Settings::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_reply_makes_honest_duplicates_with_two_sequence_numbers_each() {
    for settings in [Settings::default(), batches_of_a_hundred()] {
        let mut lab = Lab::with_stream(&Limits::without_rates()).await;
        lab.model.producer.auto.settings = settings;
        lab.model.producer.auto.rate = 4;
        let lose = Action::Pull(Lever::LoseReply);
        lab.tell(Message::Asked(lose, None)).key(KeyCode::Char('S'));
        lab.until("a duplicate is known", |model| {
            model.producer.auto.queue.counts.twice > 0
        })
        .await;
        lab.finish().await;
        let counts = lab.model.producer.auto.queue.counts;
        assert_eq!(counts.sent, counts.written, "{counts:?}");
        assert_eq!((counts.given_up, counts.perhaps_twice), (0, 0));
        assert_eq!(counts.retried, counts.twice);
        let events = lab.events().await;
        assert_eq!(events.len() as u64, counts.written);
        let twice: Vec<_> = events.values().filter(|places| places.len() == 2).collect();
        assert_eq!(twice.len() as u64, counts.twice);
        let stored: usize = events.values().map(Vec::len).sum();
        assert_eq!(stored as u64, counts.written + counts.twice);
        // The panel shows both numbers, as they are in the stream.
        let shown: Vec<_> = lab
            .model
            .producer
            .log
            .iter()
            .filter_map(|(_, line)| match (&line.twice, &line.result) {
                (Some(Twice::Surely(first)), Ok(second)) => Some([first.clone(), second.clone()]),
                _ => None,
            })
            .collect();
        assert_eq!(shown.len() as u64, counts.twice);
        for pair in shown {
            assert!(twice.iter().any(|places| places[..] == pair), "{pair:?}");
        }
        lab.leave().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_throttled_shard_refuses_its_part_of_batches_and_only_that_goes_again() {
    let mut lab = Lab::with_stream(&Limits::without_rates()).await;
    lab.model.producer.auto.settings = batches_of_a_hundred();
    lab.model.producer.auto.rate = 8;
    let throttle = Action::Pull(Lever::ThrottleNext);
    lab.tell(Message::Asked(throttle, None))
        .key(KeyCode::Char('S'));
    lab.until("five puts met the fault", |model| {
        model.server.state.faults.is_empty() && model.producer.auto.queue.counts.sent > 1_000
    })
    .await;
    lab.finish().await;
    let counts = lab.model.producer.auto.queue.counts;
    assert_eq!(counts.sent, counts.written, "nothing is lost: {counts:?}");
    assert_eq!(counts.retried, counts.throttled);
    assert!(counts.throttled > 0 && counts.throttled < 500, "{counts:?}");
    let events = lab.events().await;
    assert_eq!(events.len() as u64, counts.written);
    assert!(events.values().all(|places| places.len() == 1));
    lab.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_retries_what_is_throttled_is_given_up_and_not_in_the_stream() {
    let mut lab = Lab::with_stream(&Limits::without_rates()).await;
    lab.model.producer.auto.settings = Settings {
        retries: 0,
        ..batches_of_a_hundred()
    };
    lab.model.producer.auto.rate = 7;
    lab.tell(Message::Asked(Action::Pull(Lever::ThrottleSome), None))
        .key(KeyCode::Char('S'));
    lab.until("some are given up, some are written", |model| {
        let counts = model.producer.auto.queue.counts;
        counts.given_up > 0 && counts.written > 0
    })
    .await;
    lab.finish().await;
    let counts = lab.model.producer.auto.queue.counts;
    assert_eq!(counts.sent, counts.written + counts.given_up, "{counts:?}");
    assert_eq!(counts.unknown, 0);
    let events = lab.events().await;
    assert_eq!(events.len() as u64, counts.written);
    assert!(events.values().all(|places| places.len() == 1));
    lab.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_at_twice_its_shard_s_rate_is_throttled_by_the_shard_itself_and_the_counts_are_the_stream_s()
 {
    let mut lab = Lab::with_stream(&Limits::default()).await;
    lab.model.producer.auto.settings = Settings {
        keys: Keys::One,
        batch: 3,
        retries: 1,
        ..Settings::default()
    };
    lab.model.producer.auto.rate = 10;
    lab.key(KeyCode::Char('S'));
    lab.until("the shard is full", |model| {
        let counts = model.producer.auto.queue.counts;
        counts.throttled > 0 && counts.retried > 0 && counts.sent > 4_000
    })
    .await;
    lab.finish().await;
    let counts = lab.model.producer.auto.queue.counts;
    assert_eq!(counts.sent, counts.written + counts.given_up, "{counts:?}");
    assert_eq!((counts.unknown, counts.twice), (0, 0));
    let events = lab.events().await;
    assert_eq!(events.len() as u64, counts.written);
    let shards: BTreeSet<_> = events.values().flatten().map(|(shard, _)| shard).collect();
    assert_eq!(shards.len(), 1, "one key, one shard");
    lab.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_of_a_mebibyte_are_taken_at_what_the_shards_take() {
    let mut lab = Lab::with_stream(&Limits::default()).await;
    lab.model.producer.auto.settings = Settings {
        keys: Keys::Uniform,
        batch: 3,
        payload: 4,
        ..Settings::default()
    };
    lab.model.producer.auto.rate = 10;
    lab.key(KeyCode::Char('S'));
    lab.until("some are written", |model| {
        model.producer.auto.queue.counts.written >= 4
    })
    .await;
    lab.finish().await;
    let counts = lab.model.producer.auto.queue.counts;
    assert_eq!(counts.sent, counts.written + counts.given_up, "{counts:?}");
    let sizes = lab
        .model
        .producer
        .log
        .iter()
        .filter(|(_, line)| line.result.is_ok());
    let sizes: Vec<usize> = sizes.map(|(_, line)| line.size).collect();
    let (key, mebibyte) = ("key-000".len(), 1024 * 1024);
    assert!(
        sizes.iter().all(|size| *size == mebibyte - key),
        "{sizes:?}"
    );
    lab.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_deleted_under_it_stops_it_and_that_is_said() {
    let mut lab = Lab::with_stream(&Limits::without_rates()).await;
    lab.model.producer.auto.settings = batches_of_a_hundred();
    lab.model.producer.auto.rate = 8;
    lab.key(KeyCode::Char('S'));
    lab.until("some are written", |model| {
        model.producer.auto.queue.counts.written > 200
    })
    .await;
    // By somebody else: the lab's own deletion would turn the panels away at once.
    let (client, _) = client::connect_embedded(lab.address, "somebody");
    let deleted = client.perform(Request::DeleteStream(STREAM.into())).await;
    assert!(matches!(deleted, Answer::Deleted { result: Ok(()), .. }));
    lab.until("it stopped", |model| model.producer.auto.next_at.is_none())
        .await;
    assert_eq!(lab.model.streams.name(), None, "{}", lab.model.status.words);
    lab.until("nothing is on the way", |model| {
        model.producer.auto.queue.held() == 0
    })
    .await;
    lab.leave().await;
}
