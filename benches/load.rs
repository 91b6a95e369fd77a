//! A load generator for any Kinesis endpoint: `cargo run --release --example load -- http://127.0.0.1:4567`.
//!
//! It makes a stream of its own, calls over some connections for some seconds, prints what came of it, and deletes the
//! stream. What a limit refused is counted as such and not as written. Requests are signed in form only.

#[path = "load/drive.rs"]
mod drive;
#[path = "load/endpoint.rs"]
mod endpoint;
#[path = "load/report.rs"]
mod report;
#[path = "load/requests.rs"]
mod requests;
#[path = "load/tally.rs"]
mod tally;

use std::net::IpAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};

use drive::{Shared, Stream, Until, Work, drive, lock};
use endpoint::Endpoint;
use report::Report;
use requests::Requests;

/// Puts load on a Kinesis endpoint and tells how much it took.
#[derive(Parser, Debug, Clone)]
pub struct Options {
    /// The endpoint, e.g. http://127.0.0.1:4567; plain HTTP/1.1
    url: String,
    /// What to call; all three in turn unless told
    #[arg(long, value_enum, value_name = "NAME")]
    operation: Vec<Operation>,
    /// How many connections call at once
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: u16,
    /// The data of a record, in bytes
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(0..=10_485_760))]
    size: u32,
    /// The records of one PutRecords
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=500))]
    batch: u16,
    /// The most records of one GetRecords
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    /// The shards of the stream
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    shards: u32,
    /// How long each operation is called, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// How many records are written, or read, by each operation at most
    #[arg(long, default_value_t = 500_000)]
    records: u64,
    /// The region of the made-up credential
    #[arg(long, default_value = "us-east-1", value_name = "NAME")]
    region: String,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Go to a host that is not this machine
    #[arg(long)]
    any_host: bool,
}

/// An operation that can be put under load.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// One record a call
    PutRecord,
    /// A batch of records a call
    PutRecords,
    /// The first page of a shard, again and again
    GetRecords,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::PutRecord => "PutRecord",
            Self::PutRecords => "PutRecords",
            Self::GetRecords => "GetRecords",
        }
    }
}

/// How many bytes are put at most so that there is something to read, and how long that may take.
const FILL_BYTES: u64 = 50_000_000;
const FILL_TIME: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options).await {
        Ok(reports) => {
            report::print(&options, &reports);
            match reports.iter().all(Report::is_clean) {
                true => ExitCode::SUCCESS,
                false => ExitCode::FAILURE,
            }
        }
        Err(why) => {
            eprintln!("load: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<Vec<Report>, String> {
    let endpoint = Endpoint::parse(&options.url)?;
    if !options.any_host && !is_loopback(&endpoint.host) {
        return Err(format!(
            "{} is not this machine. For each operation this would make a stream there (shards: {}), call for {} s over \
             {} connections as fast as it can, and delete the stream. Its credential is made up, so real AWS \
             refuses it. If that is what you want, say --any-host.",
            endpoint.host, options.shards, options.seconds, options.connections,
        ));
    }
    let requests = Requests::new(&endpoint, &options.region);
    let every = [
        Operation::PutRecord,
        Operation::PutRecords,
        Operation::GetRecords,
    ];
    let asked = match options.operation.as_slice() {
        [] => every.as_slice(),
        asked => asked,
    };
    let mut reports = Vec::new();
    for operation in asked {
        let name = format!("load-{:08x}", fastrand::u32(..));
        let mut stream = Stream::create(&endpoint, &requests, &name, options.shards).await?;
        let outcome = tokio::select! {
            outcome = load(options, *operation, &endpoint, &requests, &mut stream) => outcome,
            _ = tokio::signal::ctrl_c() => Err("interrupted".to_owned()),
        };
        let deleted = stream.delete().await;
        reports.push(outcome?);
        deleted.map_err(|why| format!("the stream {name} is still there: {why}"))?;
    }
    Ok(reports)
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// One operation under load.
async fn load(
    options: &Options,
    operation: Operation,
    endpoint: &Endpoint,
    requests: &Requests,
    stream: &mut Stream,
) -> Result<Report, String> {
    let (size, batch) = (options.size as usize, usize::from(options.batch));
    let connections = usize::from(options.connections);
    let work = match operation {
        Operation::PutRecord => Work::PutRecord(requests.put_record(&stream.name, size)),
        Operation::PutRecords => Work::PutRecords(
            requests.put_records(&stream.name, batch, size),
            batch as u64,
        ),
        Operation::GetRecords => {
            fill(options, endpoint, requests, stream).await?;
            stream
                .first_pages(connections, options.limit.into())
                .await?
        }
    };
    let until = Until {
        records: options.records,
        time: Duration::from_secs(options.seconds),
    };
    let tally = Shared::default();
    let work = Arc::new(work);
    let calls = drive(endpoint, &work, connections, until, &tally);
    let took = watched(operation.name(), &tally, calls).await?;
    let tally = lock(&tally).clone();
    Ok(Report::new(operation.name(), &tally, took, options.size))
}

/// Puts so many records that the first page of each shard is full, keys being spread evenly, but no more than [`FILL_BYTES`].
async fn fill(
    options: &Options,
    endpoint: &Endpoint,
    requests: &Requests,
    stream: &Stream,
) -> Result<(), String> {
    let batch = usize::from(options.batch);
    let work = requests.put_records(&stream.name, batch, options.size as usize);
    let work = Arc::new(Work::PutRecords(work, batch as u64));
    let pages = u64::from(options.limit) * u64::from(options.shards);
    let until = Until {
        records: pages.min(FILL_BYTES / u64::from(options.size.max(1))),
        time: FILL_TIME,
    };
    let tally = Shared::default();
    let calls = drive(endpoint, &work, 2, until, &tally);
    watched("(filling)", &tally, calls).await?;
    let tally = lock(&tally);
    match tally.errors.keys().next() {
        Some(why) if tally.records == 0 => Err(why.clone()),
        _ => Ok(()),
    }
}

/// Tells on stderr, once a second, how far it is.
async fn watched<T>(name: &str, tally: &Shared, work: impl Future<Output = T>) -> T {
    let started = Instant::now();
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    seconds.tick().await;
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = seconds.tick() => {
                let now = lock(tally).clone();
                eprintln!(
                    "{name:<10} {:>4} s {:>12} records {:>10.0}/s, {} throttled, {} errors",
                    started.elapsed().as_secs(),
                    now.records,
                    now.records as f64 / started.elapsed().as_secs_f64(),
                    now.throttled,
                    now.error_count(),
                );
            }
        }
    }
}
