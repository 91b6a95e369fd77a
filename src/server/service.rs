//! The service as a value: a whole request in, a whole answer out, and a word to the feed. Knows nothing of sockets.
//!
//! Checks come in the order in which AWS was seen to make them: method, content type, body, target, authorization,
//! types, limits, and only then the operation.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use fastrand::Rng;
use http::header::USER_AGENT;
use http::request::Parts;
use http::{Request, Response, Version};
use serde::Serialize;
use tokio::sync::broadcast;

use super::authorization::{self, Credential};
use super::controls::Controls;
use super::faults::{RECORD_OPERATIONS, Struck};
use super::feed::Feed;
use super::limits::Limits;
use super::operations::{self, CREATE_STREAM, Context, Note, OPERATIONS, Operation};
use super::rates::{CallRates, Rates};
use super::refusals::{Refusal, shortened};
use super::store::{Changes, Disk, DiskOptions, OpenError, Store};
use super::tokens::Sealer;
use super::wire::{self, CBOR};
use super::{constraints, json};
use crate::kinesis::ShardId;
use crate::kinesis::control::{Control, FaultKind, ServerState};
use crate::kinesis::feed::{Call, Caller, FeedEvent};

/// How much of what a client calls itself and its operation the feed tells, in characters.
const LONGEST_OPERATION: usize = 64;
const LONGEST_USER_AGENT: usize = 256;

/// An embedded Kinesis.
pub struct Service {
    clock: Box<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// A std lock, since it is held for a few lines and never over an await.
    store: Mutex<Store>,
    sealer: Sealer,
    chains: Counter,
    connections: Counter,
    controls: Controls,
    rates: Rates,
    calls: Mutex<CallRates>,
    feed: Arc<Feed>,
}

/// Counts up from 1.
pub(super) struct Counter(AtomicU64);

impl Counter {
    fn new() -> Self {
        Self(AtomicU64::new(1))
    }

    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// A client's connection. Its end, when this is dropped, is told to the feed.
pub struct Connection {
    number: u64,
    feed: Arc<Feed>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.feed.tell(FeedEvent::Disconnected {
            connection: self.number,
        });
    }
}

/// How many bytes of an answer there is room for, as an extension of its request; where it is missing, any number.
#[derive(Clone, Copy)]
pub(super) struct AnswerRoom(pub usize);

/// An answer, and how it reaches the client.
pub struct Reply {
    /// The answer.
    pub response: Response<Bytes>,
    /// When it is sent.
    pub delivery: Delivery,
}

impl Reply {
    /// An answer without a fault.
    pub(super) fn at_once(response: Response<Bytes>) -> Self {
        Self {
            response,
            delivery: Delivery::Now,
        }
    }
}

/// When an answer is sent. Anything but at once is a fault on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    Now,
    /// So long after it was made.
    After(Duration),
    /// The client sees its connection end instead.
    Never,
}

/// What became of a request, before it is written.
struct Outcome {
    answer: Result<Bytes, Refusal>,
    region: String,
    access_key: String,
    note: Note,
}

/// The request of a stream that the command line asks for.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Provided<'s> {
    stream_name: &'s str,
    shard_count: u32,
}

impl Service {
    /// An empty service that takes its time from `clock`.
    pub fn new(clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static, limits: &Limits) -> Self {
        Self::with(clock, Store::new(limits), limits.rates, new_seal())
    }

    /// A service that goes on with what is kept on disk, and keeps all there. Also says what cannot be read of it, a
    /// sentence each.
    pub fn open(
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        limits: &Limits,
        options: &DiskOptions,
    ) -> Result<(Self, Vec<String>), OpenError> {
        let (disk, mut kept) = Disk::open(options, new_seal())?;
        let (seal, damage) = (kept.seal, std::mem::take(&mut kept.damage));
        let store = Store::restore(&disk, kept, limits);
        Ok((Self::with(clock, store, limits.rates, seal), damage))
    }

    fn with(
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        store: Store,
        rates: Rates,
        seal: [u8; 64],
    ) -> Self {
        let feed = Arc::new(Feed::new());
        Self {
            clock: Box::new(clock),
            controls: Controls::new(Arc::clone(&feed), Rng::new(), store.ahead_seconds()),
            store: Mutex::new(store),
            sealer: Sealer::new(seal),
            chains: Counter::new(),
            connections: Counter::new(),
            rates,
            calls: Mutex::default(),
            feed,
        }
    }

    /// What the service answers from now on. See [`FEED_CAPACITY`] and [`FEED_RECORDS`] for what a slow receiver loses.
    ///
    /// [`FEED_CAPACITY`]: super::FEED_CAPACITY
    /// [`FEED_RECORDS`]: super::FEED_RECORDS
    pub fn feed(&self) -> broadcast::Receiver<FeedEvent> {
        self.feed.subscribe()
    }

    /// Tells the feed how many records each stream holds from before.
    pub fn tell_kept(&self) {
        for (head, shards) in self.store().counts() {
            self.feed.tell(FeedEvent::Kept {
                region: head.region.clone(),
                stream: head.name.clone(),
                records: shards.iter().map(|(_, records)| records).sum(),
                shards,
            });
        }
    }

    /// Lets go of a slice of what nobody can read any more. Says whether there may be more.
    pub fn tidy(&self) -> bool {
        // What could not be let go now is tried again in the next round.
        let mut store = self.store();
        let more = store.tidy(self.now()).unwrap_or(false);
        self.controls.set_full(store.full());
        if !more {
            for expired in store.take_expired() {
                let shards = expired.records.iter();
                let shards = shards.map(|(index, records)| (ShardId::from_index(*index), *records));
                self.feed.tell(FeedEvent::Expired {
                    region: expired.region,
                    stream: expired.stream,
                    records: expired.records.values().sum(),
                    shards: shards.collect(),
                });
            }
        }
        more
    }

    /// What time it is in the lab: the clock, and what it was moved forward by.
    pub fn now(&self) -> DateTime<Utc> {
        self.controls.lab_time((self.clock)())
    }

    /// What holds now beside the streams.
    pub fn state(&self) -> ServerState {
        self.controls.state()
    }

    /// Does what it is told beside the API, or says why not, in words without a full stop. The feed tells what holds then.
    pub fn control(&self, control: Control) -> Result<ServerState, String> {
        match control {
            Control::Advance { seconds } => self.advance(seconds)?,
            Control::Pace(timing) => self.controls.set_timing(timing),
            Control::EmptyPages(on) => self.controls.set_empty_pages(on),
            Control::EmptyStream { region, stream } => self.empty(&region, &stream)?,
            Control::Fault(fault) => self.controls.add_fault(fault)?,
            Control::ClearFaults => self.controls.clear_faults(),
        }
        Ok(self.state())
    }

    /// Creates a stream as CreateStream does. One of that name that is there is left as it is.
    pub fn provide_stream(&self, region: &str, name: &str, shards: u32) -> Result<(), String> {
        let body = json::write(&Provided {
            stream_name: name,
            shard_count: shards,
        });
        let mut note = Note::default();
        match self.carry_out(&CREATE_STREAM, &body, region, usize::MAX, &mut note) {
            Err(refusal) if refusal.code != "ResourceInUseException" => {
                Err(refusal.message.unwrap_or_else(|| refusal.code.to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn advance(&self, seconds: u64) -> Result<(), String> {
        // The store's lock orders those who move the clock at the same time.
        let mut store = self.store();
        let ahead = self.controls.further(seconds)?;
        let changes = Changes {
            ahead_seconds: Some(ahead),
            ..Changes::default()
        };
        store.commit(changes).map_err(|failure| failure.0)?;
        self.controls.set_ahead(ahead);
        Ok(())
    }

    fn empty(&self, region: &str, stream: &str) -> Result<(), String> {
        let now = self.now();
        let mut store = self.store();
        let emptied = store.settle(now).and_then(|()| store.empty(region, stream));
        drop(store);
        let records = emptied.map_err(|failure| failure.0)?.ok_or_else(|| {
            format!(
                "there is no stream {} in {}",
                shortened(stream),
                shortened(region)
            )
        })?;
        self.feed.tell(FeedEvent::Emptied {
            region: region.to_owned(),
            stream: stream.to_owned(),
            records,
        });
        Ok(())
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers a new connection.
    pub fn connect(&self) -> Connection {
        Connection {
            number: self.connections.next(),
            feed: self.feed.clone(),
        }
    }

    /// Answers one request that came over this connection.
    pub fn call(&self, connection: &Connection, request: Request<Bytes>) -> Reply {
        let started = Instant::now();
        let (parts, body) = request.into_parts();
        let (answer, delivery) = match wire::operation_asked_for(&parts, &body) {
            Ok(name) => {
                let outcome = self.answer(&parts, &body, name);
                let answer = wire::written(&outcome.answer);
                let delivery = Delivery::of(outcome.note.fault);
                self.publish(connection, &parts, name, outcome, started);
                (answer, delivery)
            }
            Err(stray) => (stray.answer(), Delivery::Now),
        };
        Reply {
            response: wire::with_ids(answer),
            delivery,
        }
    }

    /// Answers a request that names an operation.
    fn answer(&self, parts: &Parts, body: &[u8], name: &str) -> Outcome {
        let operation = OPERATIONS.iter().find(|operation| operation.name == name);
        let credential = authorization::read(parts);
        let (access_key, region) = match &credential {
            Ok(Credential { access_key, region }) => (access_key.clone(), region.clone()),
            Err(_) => Default::default(),
        };
        let mut note = Note {
            is_heard: self.feed.is_heard(),
            ..Note::default()
        };
        let answer = match (operation, credential) {
            _ if wire::content_type(parts) == CBOR => Err(Refusal::serialization(
                "kinesis-lab does not speak CBOR yet; let the SDK for Java use JSON with the variable \
                 CBOR_ENABLED=false, or with AWS_CBOR_DISABLE=true in its version 1.",
            )),
            (None, _) => Err(wire::unknown(name, body)),
            // A body that does not parse is told before a signature that is missing.
            (Some(_), Err(refusal)) => Err(json::check_syntax(body).err().unwrap_or(refusal)),
            (Some(operation), Ok(_)) => {
                let room = parts.extensions.get::<AnswerRoom>();
                let room = room.map_or(usize::MAX, |room| room.0);
                self.carry_out(operation, body, &region, room, &mut note)
            }
        };
        Outcome {
            answer,
            region,
            access_key,
            note,
        }
    }

    fn carry_out(
        &self,
        operation: &Operation,
        body: &[u8],
        region: &str,
        answer_room: usize,
        note: &mut Note,
    ) -> Result<Bytes, Refusal> {
        let request = json::read(body, operation.request)?;
        note.stream = operations::stream_named(&request);
        constraints::check(&request)?;
        let context = Context {
            store: &self.store,
            sealer: &self.sealer.in_region(region),
            chains: &self.chains,
            controls: &self.controls,
            operation: operation.name,
            region,
            answer_room,
            now: self.now(),
            timing: self.controls.timing(),
        };
        if !RECORD_OPERATIONS.contains(&operation.name) {
            let stream = note.stream.clone();
            let struck = context.meet_fault(stream.as_deref(), &[], note);
            if let Some(refusal) = struck.and_then(Struck::refusal_of_call) {
                return Err(refusal);
            }
        }
        context.settle()?;
        if self.rates == Rates::All {
            let stream = note.stream.as_deref();
            let now_ms = context.now.timestamp_millis();
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            if !calls.call(operation.name, region, stream.unwrap_or_default(), now_ms) {
                return Err(Refusal::call_rate_exceeded(stream));
            }
        }
        (operation.handle)(&context, &request, note)
    }

    fn publish(
        &self,
        connection: &Connection,
        parts: &Parts,
        name: &str,
        outcome: Outcome,
        started: Instant,
    ) {
        let Note {
            stream,
            is_heard,
            detail,
            trimmed,
            fault,
        } = outcome.note;
        if !is_heard {
            return;
        }
        let late = match Delivery::of(fault) {
            Delivery::After(late) => late,
            Delivery::Now | Delivery::Never => Duration::ZERO,
        };
        for trim in trimmed {
            self.feed.tell(FeedEvent::TrimmedEarly {
                region: trim.region,
                stream: trim.stream,
                shard: trim.shard,
                records: trim.records,
            });
        }
        let user_agent = parts
            .headers
            .get(USER_AGENT)
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .unwrap_or_default();
        self.feed.tell_call(Call {
            at: self.now(),
            caller: Caller {
                user_agent: user_agent.chars().take(LONGEST_USER_AGENT).collect(),
                access_key: outcome.access_key,
                connection: connection.number,
                http2: parts.version == Version::HTTP_2,
            },
            region: outcome.region,
            operation: name.chars().take(LONGEST_OPERATION).collect(),
            stream,
            error: outcome.answer.err().map(|refusal| refusal.told()),
            detail,
            fault,
            latency: started.elapsed() + late,
        });
    }
}

impl Delivery {
    fn of(fault: Option<FaultKind>) -> Self {
        match fault {
            Some(FaultKind::Delay { millis }) => Self::After(Duration::from_millis(millis)),
            Some(FaultKind::LoseReply) => Self::Never,
            None | Some(FaultKind::Throttle | FaultKind::Fail) => Self::Now,
        }
    }
}

/// Tokens are sealed against accidents, not against an attacker who could as well call the API.
fn new_seal() -> [u8; 64] {
    std::array::from_fn(|_| fastrand::u8(..))
}
