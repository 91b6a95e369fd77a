//! What a run of the load ends with: a table to read, or JSON to keep.

use std::time::Duration;

use serde_json::{Value, json};

use super::Options;
use super::tally::Tally;

/// What came of one operation.
pub struct Report {
    operation: &'static str,
    tally: Tally,
    took: Duration,
    size: u32,
}

impl Report {
    pub fn new(operation: &'static str, tally: &Tally, took: Duration, size: u32) -> Self {
        Self {
            operation,
            tally: tally.clone(),
            took,
            size,
        }
    }

    /// Whether nothing failed; what a limit refused did not fail.
    pub fn is_clean(&self) -> bool {
        self.tally.errors.is_empty()
    }

    fn per_second(&self, count: u64) -> f64 {
        count as f64 / self.took.as_secs_f64()
    }

    /// Data in MB a second, without keys.
    fn megabytes(&self) -> f64 {
        self.per_second(self.tally.records * u64::from(self.size)) / 1e6
    }

    fn latencies(&self) -> [f64; 3] {
        let latencies = &self.tally.latencies;
        [
            latencies.quantile(0.5),
            latencies.quantile(0.99),
            latencies.longest,
        ]
        .map(|latency| latency.as_secs_f64() * 1e3)
    }

    fn json(&self) -> Value {
        let tally = &self.tally;
        let [p50, p99, max] = self.latencies();
        json!({
            "operation": self.operation,
            "seconds": self.took.as_secs_f64(),
            "calls": tally.calls,
            "calls_per_second": self.per_second(tally.calls),
            "records": tally.records,
            "records_per_second": self.per_second(tally.records),
            "megabytes_per_second": self.megabytes(),
            "throttled": tally.throttled,
            "errors": tally.errors,
            "latency_ms": {"p50": p50, "p99": p99, "max": max},
        })
    }
}

/// Prints all reports.
pub fn print(options: &Options, reports: &[Report]) {
    if options.json {
        let reports: Vec<_> = reports.iter().map(Report::json).collect();
        let told = json!({
            "endpoint": options.url,
            "connections": options.connections,
            "shards": options.shards,
            "size": options.size,
            "batch": options.batch,
            "limit": options.limit,
            "reports": reports,
        });
        println!("{told:#}");
        return;
    }
    println!(
        "connections: {}, shards: {}, bytes of a record: {}\n",
        options.connections, options.shards, options.size
    );
    println!(
        "{:<10} {:>10} {:>12} {:>8} {:>10} {:>8} {:>9} {:>9} {:>9}",
        "", "calls/s", "records/s", "MB/s", "throttled", "errors", "p50 ms", "p99 ms", "max ms"
    );
    for report in reports {
        let tally = &report.tally;
        let [p50, p99, max] = report.latencies();
        println!(
            "{:<10} {:>10.0} {:>12.0} {:>8.1} {:>10} {:>8} {p50:>9.3} {p99:>9.3} {max:>9.3}",
            report.operation,
            report.per_second(tally.calls),
            report.per_second(tally.records),
            report.megabytes(),
            tally.throttled,
            tally.error_count(),
        );
    }
    for report in reports {
        for (why, count) in &report.tally.errors {
            println!("{}: {count} times: {why}", report.operation);
        }
    }
}
