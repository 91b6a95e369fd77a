//! How far the server is from the floor: a bare handler on the same HTTP stack, driven in turn with it in one run.
//!
//! `cargo bench --bench floor`; `-- put` or another part of a name measures only that, `-- --pairs 5` more or fewer pairs.
//! Ratios are the median of pairs, so that a busy machine disturbs both sides alike. Server and floor have a thread each
//! and the calls come from a third; where the system tells it, the server thread's own time is shown beside the clock's.

#[path = "load/drive.rs"]
mod drive;
#[path = "load/endpoint.rs"]
mod endpoint;
#[path = "floor/handler.rs"]
mod handler;
#[path = "floor/process.rs"]
mod process;
#[path = "load/requests.rs"]
mod requests;
#[path = "load/tally.rs"]
mod tally;

use std::future::Future;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use bytes::Bytes;
use clap::Parser;
use drive::{Shared, Stream, Until, Work, drive, lock};
use endpoint::Endpoint;
use handler::Floor;
use kinesis_lab::server::{self, DiskOptions, Doors, Limits, Service};
use requests::Requests;
use tokio_util::sync::CancellationToken;

/// Measures the server against a bare handler.
#[derive(Parser)]
struct Options {
    /// Only what has this in its name
    filter: Option<String>,
    /// How many pairs are measured
    #[arg(long, default_value_t = 15)]
    pairs: usize,
    /// What cargo says to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

const SIZE: usize = 200;
const BATCH: usize = 500;

/// Room for what one slice writes, twice over.
const MEMORY_BYTES: usize = 1024 * 1024 * 1024;

/// A server on a thread of its own, with a runtime of the shape that `serve` has.
struct Side {
    endpoint: Endpoint,
    /// The folder of its thread, where the system has one.
    thread: Option<std::path::PathBuf>,
}

impl Side {
    fn start<S, F>(name: &str, serve: S) -> Self
    where
        S: FnOnce(TcpListener) -> F + Send + 'static,
        F: Future<Output = std::io::Result<()>>,
    {
        let listener = server::bind(Some(0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (tell, told) = sync_channel(1);
        let thread = std::thread::Builder::new().name(name.to_owned());
        let serving = thread.spawn(move || {
            let own = std::fs::read_link("/proc/thread-self").ok();
            tell.send(own.map(|own| std::path::Path::new("/proc").join(own)))
                .expect("the bench waits for it");
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(serve(listener))
        });
        serving.expect("a thread");
        Self {
            endpoint: Endpoint::parse(&format!("http://{address}")).expect("a URL"),
            thread: told.recv().expect("the thread starts"),
        }
    }

    /// The time that its thread has worked, in seconds.
    fn worked(&self) -> Option<f64> {
        let told = std::fs::read_to_string(self.thread.as_ref()?.join("schedstat")).ok()?;
        let nanos: f64 = told.split(' ').next()?.parse().ok()?;
        Some(nanos / 1e9)
    }

    async fn stream(&self, shards: u32) -> Result<Stream, String> {
        let requests = Requests::new(&self.endpoint, "us-east-1");
        Stream::create(&self.endpoint, &requests, "s", shards).await
    }

    /// A slice of puts to a new stream of the server.
    async fn put_slice(&self, work: &Arc<Work>, plan: &Plan, shards: u32) -> Result<Slice, String> {
        let stream = self.stream(shards).await?;
        let slice = self.slice(work, plan).await;
        stream.delete().await?;
        slice
    }

    /// One slice of work.
    async fn slice(&self, work: &Arc<Work>, plan: &Plan) -> Result<Slice, String> {
        let tally = Shared::default();
        let worked = self.worked();
        let until = Until {
            records: plan.records,
            time: Duration::from_secs(60),
        };
        let took = drive(&self.endpoint, work, plan.connections, until, &tally).await?;
        let worked = self.worked().zip(worked).map(|(end, start)| end - start);
        let tally = lock(&tally);
        assert!(
            tally.error_count() == 0 && tally.throttled == 0,
            "{:?}",
            tally.errors
        );
        let records = tally.records as f64;
        Ok(Slice {
            per_second: records / took.as_secs_f64(),
            per_second_of_its_thread: worked.map(|worked| records / worked),
            p99: tally.latencies.quantile(0.99),
        })
    }
}

/// What a slice of work came to.
#[derive(Clone, Copy)]
struct Slice {
    per_second: f64,
    per_second_of_its_thread: Option<f64>,
    p99: Duration,
}

struct Plan {
    name: &'static str,
    connections: usize,
    /// The records of a slice.
    records: u64,
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Prints what pairs of slices came to, the second of each measured against the first.
fn tell(plan: &Plan, pairs: &[(Slice, Slice)]) {
    let middle = |of: &dyn Fn(&(Slice, Slice)) -> Option<f64>| {
        let figures: Option<Vec<_>> = pairs.iter().map(of).collect();
        figures.map(median)
    };
    let wall = middle(&|(a, b)| Some(b.per_second / a.per_second)).unwrap_or_default();
    let thread = middle(&|(a, b)| {
        let (a, b) = (a.per_second_of_its_thread?, b.per_second_of_its_thread?);
        Some(b / a)
    });
    let p99 = |slices: Vec<Duration>| median(slices.iter().map(Duration::as_secs_f64).collect());
    println!(
        "{:<24} {:>11.0} {:>11.0} {:>7.0} % {:>9} {:>9.2} {:>9.2}",
        plan.name,
        middle(&|(a, _)| Some(a.per_second)).unwrap_or_default(),
        middle(&|(_, b)| Some(b.per_second)).unwrap_or_default(),
        100.0 * wall,
        thread.map_or("?".to_owned(), |ratio| format!("{:.0} %", 100.0 * ratio)),
        1e3 * p99(pairs.iter().map(|(a, _)| a.p99).collect()),
        1e3 * p99(pairs.iter().map(|(_, b)| b.p99).collect()),
    );
}

fn heading(first: &str, second: &str) {
    println!(
        "\n{:<24} {first:>11} {second:>11} {:>9} {:>9} {:>9} {:>9}",
        "records/s", "ratio", "of thread", "p99 ms", "p99 ms"
    );
}

/// Our server as a side.
fn serving(name: &str, service: Arc<Service>) -> Side {
    Side::start(name, |listener| {
        server::run(
            listener,
            service,
            Doors::default(),
            CancellationToken::new(),
        )
    })
}

/// Both sides, and requests for each.
struct Bench {
    floor: Arc<Floor>,
    floor_side: Side,
    server_side: Side,
    /// A server that keeps its streams in a folder.
    kept_side: Side,
    pairs: usize,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn start(pairs: usize) -> Self {
        let floor = Arc::new(Floor::new(BATCH));
        let served = Arc::clone(&floor);
        #[expect(clippy::disallowed_methods, reason = "a program is an edge")]
        let clock = chrono::Utc::now;
        let limits = Limits {
            memory_bytes: MEMORY_BYTES,
            ..Limits::without_rates()
        };
        let service = Arc::new(Service::new(clock, &limits));
        let folder = tempfile::tempdir().expect("a folder");
        let options = DiskOptions {
            folder: folder.path().join("streams"),
            fsync: false,
        };
        let (kept, _) = Service::open(clock, &limits, &options).expect("an empty store");
        let kept = Arc::new(kept);
        Self {
            floor,
            kept_side: serving("kept", kept),
            _folder: folder,
            floor_side: Side::start("floor", |listener| handler::serve(listener, served)),
            server_side: serving("server", service),
            pairs,
        }
    }

    fn puts(side: &Side, stream: &str, plan: &Plan) -> Arc<Work> {
        let requests = Requests::new(&side.endpoint, "us-east-1");
        Arc::new(match plan.name.starts_with("PutRecords") {
            true => Work::PutRecords(requests.put_records(stream, BATCH, SIZE), BATCH as u64),
            false => Work::PutRecord(requests.put_record(stream, SIZE)),
        })
    }

    async fn puts_against_the_floor(&self, side: &Side, plan: &Plan) -> Result<(), String> {
        let to_floor = Self::puts(&self.floor_side, "s", plan);
        let to_server = Self::puts(side, "s", plan);
        let mut pairs = Vec::new();
        for number in 0..=self.pairs {
            let (floor, server);
            if number % 2 == 0 {
                floor = self.floor_side.slice(&to_floor, plan).await?;
                server = side.put_slice(&to_server, plan, 1).await?;
            } else {
                server = side.put_slice(&to_server, plan, 1).await?;
                floor = self.floor_side.slice(&to_floor, plan).await?;
            }
            self.floor.clear();
            pairs.push((floor, server));
        }
        // The first pair warms both up.
        tell(plan, &pairs[1..]);
        Ok(())
    }

    async fn gets_against_the_floor(&self, plan: &Plan) -> Result<(), String> {
        let mut stream = self.server_side.stream(1).await?;
        let fill = Plan {
            name: "PutRecords",
            connections: 1,
            records: 10_000,
        };
        let work = Self::puts(&self.server_side, "s", &fill);
        self.server_side.slice(&work, &fill).await?;
        let mut pairs = Vec::new();
        for number in 0..=self.pairs {
            // Iterators live for five minutes.
            let work = Arc::new(stream.first_pages(1, 10_000).await?);
            if let Work::GetRecords(pages) = &*work {
                let mut connection = self.server_side.endpoint.connect().await?;
                let answer = connection.call(&pages[0]).await?;
                self.floor.send(Bytes::copy_from_slice(answer.body));
            }
            let (floor, server);
            if number % 2 == 0 {
                floor = self.floor_side.slice(&work, plan).await?;
                server = self.server_side.slice(&work, plan).await?;
            } else {
                server = self.server_side.slice(&work, plan).await?;
                floor = self.floor_side.slice(&work, plan).await?;
            }
            pairs.push((floor, server));
        }
        stream.delete().await?;
        tell(plan, &pairs[1..]);
        Ok(())
    }

    async fn many_shards_against_one(&self, plan: &Plan) -> Result<(), String> {
        let work = Self::puts(&self.server_side, "s", plan);
        let mut pairs = Vec::new();
        for number in 0..=self.pairs {
            let (one, many);
            if number % 2 == 0 {
                one = self.server_side.put_slice(&work, plan, 1).await?;
                many = self.server_side.put_slice(&work, plan, 1000).await?;
            } else {
                many = self.server_side.put_slice(&work, plan, 1000).await?;
                one = self.server_side.put_slice(&work, plan, 1).await?;
            }
            pairs.push((one, many));
        }
        tell(plan, &pairs[1..]);
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), String> {
    let options = Options::parse();
    let wanted = |name: &str| {
        let filter = options.filter.as_deref().unwrap_or_default();
        name.to_lowercase().contains(&filter.to_lowercase())
    };
    let plan = |name, connections, records| Plan {
        name,
        connections,
        records,
    };
    let bench = Bench::start(options.pairs);
    heading("floor", "server");
    for plan in [
        plan("PutRecord, 1 connection", 1, 4_000),
        plan("PutRecord, 8 connections", 8, 10_000),
        plan("PutRecords of 500", 4, 100_000),
    ] {
        if wanted(plan.name) {
            let side = &bench.server_side;
            bench.puts_against_the_floor(side, &plan).await?;
        }
    }
    let gets = plan("GetRecords of 10,000", 2, 500_000);
    if wanted(gets.name) {
        bench.gets_against_the_floor(&gets).await?;
    }
    heading("floor", "--data");
    for plan in [
        plan("PutRecord, kept", 8, 10_000),
        plan("PutRecords, kept", 4, 50_000),
    ] {
        if wanted(plan.name) {
            let side = &bench.kept_side;
            bench.puts_against_the_floor(side, &plan).await?;
        }
    }
    heading("1 shard", "1,000");
    for plan in [
        plan("PutRecord to shards", 8, 10_000),
        plan("PutRecords to shards", 4, 100_000),
    ] {
        if wanted(plan.name) {
            bench.many_shards_against_one(&plan).await?;
        }
    }
    println!();
    if wanted("start") {
        process::start(20).await?;
    }
    if wanted("memory") {
        process::filled().await?;
    }
    Ok(())
}
