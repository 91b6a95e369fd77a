//! The lab against a real embedded server whose feed loses entries on the way: one look through the real client makes up for
//! them, and passes the step that they were made for.

use std::collections::VecDeque;
use std::time::Duration;

use aws_sdk_kinesis::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_kinesis::primitives::Blob;
use chrono::{DateTime, Utc};
use kinesis_lab::app::action::Action;
use kinesis_lab::app::{Effect, Message, Model, Outcome, Setup, steps_pane, update};
use kinesis_lab::client::{self, Client};
use kinesis_lab::kinesis::feed::{Call, FeedEvent};
use kinesis_lab::lesson;
use kinesis_lab::server::{self, Doors, Limits, Service};
use kinesis_lab::steps::{Mark, mark_of};
use tokio::sync::broadcast::Receiver;
use tokio_util::sync::CancellationToken;

/// How long anything may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(30);

const LESSON: &str = "# A Lesson\n\n## Hands-On\n\n### Step 1: Send\n\nSend 3 events.\n";
const STREAM: &str = "orders";

#[expect(clippy::disallowed_methods, reason = "SDKs sign by this clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The lab without its screen: what it asks for is asked of the server.
struct Lab {
    model: Model,
    client: Client,
    feed: Receiver<FeedEvent>,
    requests: VecDeque<kinesis_lab::app::Request>,
    /// How many reads the server told of that a look of the lab made.
    looks: usize,
}

impl Lab {
    fn take(&mut self, out: Outcome) {
        for effect in out.effects {
            if let Effect::Call(request) = effect {
                self.requests.push_back(request);
            }
        }
    }

    fn tell(&mut self, message: Message) {
        let out = update(&mut self.model, message, now());
        self.take(out);
    }

    /// One round: what was asked for is answered, what was told is taken in, and what is due happens.
    async fn go_on(&mut self) {
        while let Some(request) = self.requests.pop_front() {
            let answer = self.client.perform(request).await;
            self.tell(Message::Answered(answer));
        }
        while let Ok(event) = self.feed.try_recv() {
            if let FeedEvent::Called(call) = &event
                && call.caller.user_agent.contains("app/kinesis-lab-look")
            {
                self.looks += usize::from(call.operation == "GetRecords");
            }
            self.tell(Message::Fed(event));
        }
        if self.model.next_deadline().is_some_and(|at| at <= now()) {
            self.tell(Message::DeadlinePassed);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    async fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let until = tokio::time::Instant::now() + PATIENCE;
        while !holds(self) {
            let page = self.model.lesson.page;
            let states = steps_pane::states(&self.model, page);
            let late = tokio::time::Instant::now() > until;
            assert!(!late, "waited in vain for {what}: {states:?}");
            self.go_on().await;
        }
    }

    fn mark(&self) -> Mark {
        mark_of(&steps_pane::states(&self.model, self.model.lesson.page))
    }
}

fn setup(connection: kinesis_lab::app::Connection) -> Setup {
    let lesson = lesson::parse(LESSON, &lesson::Settings::default());
    Setup {
        lesson_key: "a-lesson".into(),
        size: (120, 40),
        ..Setup::new(lesson, connection)
    }
}

#[tokio::test]
async fn what_the_feed_lost_is_found_by_one_look_and_passes_the_step() {
    let listener = server::bind(Some(0)).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let service = std::sync::Arc::new(Service::new(now, &Limits::default()));
    let feed = service.feed();
    let stop = CancellationToken::new();
    let running = tokio::spawn(server::run(
        listener,
        service,
        Doors::default(),
        stop.clone(),
    ));
    let (client, connection) = client::connect_embedded(address, "own");
    let (model, out) = Model::new(setup(connection), now());
    let mut lab = Lab {
        model,
        client,
        feed,
        requests: VecDeque::new(),
        looks: 0,
    };
    lab.take(out);
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{address}"))
        .credentials_provider(Credentials::new("a", "b", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let program = aws_sdk_kinesis::Client::from_conf(config);
    let created = program.create_stream().stream_name(STREAM).shard_count(2);
    created.send().await.expect("created");
    let put = async |key: &str| {
        let put = program.put_record().stream_name(STREAM).partition_key(key);
        put.data(Blob::new("{}")).send().await.expect("put");
    };
    put("alice").await;
    let pages = lab.model.lesson.lesson.pages.iter();
    let step = pages.clone().position(|page| page.step.is_some());
    lab.tell(Message::Asked(
        Action::GoToPage(step.expect("a step")),
        None,
    ));
    lab.until("the first of three", |lab| lab.mark() == Mark::Running)
        .await;
    assert_eq!(lab.looks, 0, "the feed tells of everything");

    put("bob").await;
    put("alice").await;
    let (mut lost, mut puts) = (0, 0);
    while puts < 2 {
        let event = lab.feed.recv().await.expect("the server runs");
        let is_put = |call: &Call| call.operation == "PutRecord";
        puts += usize::from(matches!(event, FeedEvent::Called(call) if is_put(&call)));
        lost += 1;
    }
    lab.tell(Message::FeedLost(lost));
    lab.until("the step", |lab| lab.mark() == Mark::Done).await;
    let states = steps_pane::states(&lab.model, lab.model.lesson.page);
    assert_eq!(states[0].by, "a program");
    assert!(
        (1..=2).contains(&lab.looks),
        "each shard was read once, in one look: {}",
        lab.looks
    );
    stop.cancel();
    running.await.expect("it ends").expect("it ends well");
}
