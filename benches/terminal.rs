//! The real binary in a pseudo-terminal: how soon it stands, how soon a key is seen, what it costs at rest and under load.
//!
//! `cargo bench --bench terminal`; takes two minutes beside the build. Times end when the bytes that make the difference
//! have left the lab; what the terminal emulator of this program takes to read them is not in them.

#[allow(dead_code, reason = "tests use more of it")]
#[path = "../tests/terminal/harness.rs"]
mod harness;

use std::fmt::Display;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use harness::{Home, LAB, PATIENCE};
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

/// Columns and rows: all four panes have room.
const SIZE: (u16, u16) = (120, 40);

const STARTS: usize = 20;
const KEYS: usize = 300;
const WHILE: Duration = Duration::from_secs(20);

/// How much the embedded server keeps, and what it counts for a record beside its bytes.
const STORE_BYTES: usize = 128 * 1024 * 1024;
const RECORD_OVERHEAD: usize = 112;

fn main() {
    // `cargo test --benches` runs this as well, and has no use for it.
    if std::env::args().any(|argument| argument == "--bench") {
        starts();
        one_lab();
    }
}

/// How soon a lab stands.
fn starts() {
    let size = std::fs::metadata(LAB).map_or(0, |file| file.len());
    row("the binary", format!("{:.1} MB", size as f64 / 1e6));
    let mut painted = Vec::new();
    let mut answered = Vec::new();
    for _ in 0..STARTS {
        let home = Home::new();
        let (lab, begun) = Lab::start(&home);
        let frame = lab.wait_until("the first frame", is_whole);
        let status = Client::connect(&lab.address()).call("ListStreams", "{}");
        assert!(status.contains(" 200 "), "{status}");
        answered.push(begun.elapsed());
        painted.push(frame - begun);
    }
    row(
        "process start to the first whole frame",
        times(&mut painted),
    );
    row("… to an answer of its server", times(&mut answered));
}

/// One lab, from its start over rest and load to a store that is full.
fn one_lab() {
    let home = Home::new();
    let (mut lab, _) = Lab::start(&home);
    lab.wait_until("the first frame", is_whole);
    pass(Duration::from_secs(2));
    row("resident, two seconds after the start", lab.resident());

    lab.keys("D");
    lab.wait_for("my-first-stream");
    lab.keys("\r");
    lab.wait_for("is created with 2 shards");
    lab.keys("sc");
    lab.wait_for("1 kept");
    // What is new stands out for a second.
    pass(Duration::from_secs(3));
    lab.measure("at rest, consumer polling", |_| pass(WHILE));
    lab.measure("at rest, a key now and then", |lab| {
        row("key to screen, at rest", times(&mut press(lab)));
    });

    lab.keys("!");
    lab.wait_for("Ctrl-] back to the lab");
    lab.keys("exec yes 'as fast as it can'\r");
    lab.wait_until("the flood", |screen| {
        screen.contents().matches("as fast as it can").count() > 3
    });
    lab.keys("\x1d");
    lab.wait_for("running");
    pass(Duration::from_secs(3));
    let before = lab.resident();
    lab.measure("beside a program that prints without end", |lab| {
        row("key to screen, beside that program", times(&mut press(lab)));
    });
    row(
        "resident, before and after",
        format!("{before}, {}", lab.resident()),
    );
    lab.keys("!\x03");
    lab.wait_for("The shell has ended");
    lab.keys("\x1b");

    lab.keys("S+++++++++");
    lab.wait_for("1000 a second");
    pass(Duration::from_secs(3));
    let (before, begun) = (lab.written(), Instant::now());
    lab.measure("at 1,000 records a second, and keys", |lab| {
        row("key to screen, under load", times(&mut press(lab)));
    });
    lab.measure("at 1,000 records a second", |_| pass(WHILE));
    let rate = (lab.written() - before) as f64 / begun.elapsed().as_secs_f64();
    row("records that were stored", format!("{rate:.0} a second"));
    row("resident, after that", lab.resident());

    let mut client = Client::connect(&lab.address());
    for round in 1..=8 {
        let begun = Instant::now();
        let records = client.fill();
        let rate = records as f64 / begun.elapsed().as_secs_f64();
        if usize::is_power_of_two(round) {
            let what = format!("resident, a program has filled the store {round}×");
            let figure = format!("{} ({rate:.0} records a second)", lab.resident());
            row(&what, figure);
        }
    }
    lab.keys("S");
    pass(Duration::from_secs(5));
    row("resident, at rest after that", lab.resident());
}

/// Presses keys at irregular moments; gives the time each took to be seen.
fn press(lab: &mut Lab) -> Vec<Duration> {
    let panes = [
        ("2", "▸ 2 Producer"),
        ("3", "▸ 3 Consumer"),
        ("1", "▸ 1 Lesson"),
    ];
    let pressed = panes.iter().cycle().take(KEYS).map(|(key, title)| {
        pass(Duration::from_micros(fastrand::u64(20_000..60_000)));
        let begun = Instant::now();
        lab.keys(key);
        lab.wait_for(title) - begun
    });
    pressed.collect()
}

fn row(what: &str, figure: impl Display) {
    println!("{what:<52}  {figure}");
}

fn times(all: &mut [Duration]) -> String {
    all.sort();
    let at = |percent: usize| all[(all.len() * percent / 100).min(all.len() - 1)];
    let [median, late, last] = [at(50), at(99), at(100)].map(|time| time.as_secs_f64() * 1e3);
    format!(
        "median {median:.1} ms, p99 {late:.1} ms, max {last:.1} ms ({} runs)",
        all.len()
    )
}

#[expect(clippy::disallowed_methods, reason = "here it is time that is to pass")]
fn pass(time: Duration) {
    thread::sleep(time);
}

/// Whether the lab has painted its last row; rows come in order.
fn is_whole(screen: &vt100::Screen) -> bool {
    let (_, columns) = screen.size();
    screen
        .rows(0, columns.get())
        .last()
        .is_some_and(|row| !row.trim().is_empty())
}

/// The binary in a pseudo-terminal of its own.
struct Lab {
    shared: Arc<(Mutex<Seen>, Condvar)>,
    keys: Box<dyn Write + Send>,
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
}

/// What the terminal has shown, and when it last was given something.
struct Seen {
    parser: vt100::Parser,
    bytes: usize,
    at: Instant,
}

impl Lab {
    /// Starts it; gives the moment before.
    fn start(home: &Home) -> (Self, Instant) {
        let (cols, rows) = SIZE;
        let size = PtySize {
            rows,
            cols,
            ..PtySize::default()
        };
        let pair = native_pty_system()
            .openpty(size)
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(LAB);
        command.args(["--port", "0"]);
        command.env_clear();
        for (name, value) in home.environment() {
            command.env(name, value);
        }
        let mut output = pair.master.try_clone_reader().expect("its output");
        let keys = pair.master.take_writer().expect("its input");
        let begun = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the lab");
        drop(pair.slave);
        let shared = Arc::new((
            Mutex::new(Seen {
                parser: vt100::Parser::new(cells(rows), cells(cols), 0),
                bytes: 0,
                at: begun,
            }),
            Condvar::new(),
        ));
        let lab = Self {
            shared: Arc::clone(&shared),
            keys,
            _master: pair.master,
            child,
        };
        thread::spawn(move || {
            let mut chunk = [0; 64 * 1024];
            while let Ok(count @ 1..) = output.read(&mut chunk) {
                let at = Instant::now();
                let mut seen = shared.0.lock().expect("nobody panics with it");
                seen.parser.process(&chunk[..count]);
                seen.bytes += count;
                seen.at = at;
                shared.1.notify_all();
            }
        });
        (lab, begun)
    }

    fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("it takes keys");
        self.keys.flush().expect("it takes keys");
    }

    /// Waits until the screen is so; gives the moment at which the lab had written it.
    fn wait_until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) -> Instant {
        let seen = self.shared.0.lock().expect("nobody panics with it");
        let waits = |seen: &mut Seen| !holds(seen.parser.screen());
        let waited = self.shared.1.wait_timeout_while(seen, PATIENCE, waits);
        let (seen, end) = waited.expect("nobody panics with it");
        let text = seen.parser.screen().contents();
        assert!(!end.timed_out(), "waited in vain for {what:?}:\n{text}");
        seen.at
    }

    fn wait_for(&self, text: &str) -> Instant {
        self.wait_until(text, |screen| screen.contents().contains(text))
    }

    fn seen<T>(&self, look: impl Fn(&Seen) -> T) -> T {
        look(&self.shared.0.lock().expect("nobody panics with it"))
    }

    /// What stands on the screen after this word, up to a blank.
    fn after(&self, word: &str) -> Option<String> {
        let text = self.seen(|seen| seen.parser.screen().contents());
        let (_, rest) = text.split_once(word)?;
        rest.split_whitespace().next().map(str::to_owned)
    }

    fn address(&self) -> String {
        let place = self.after("LOCAL ").expect("the address is on the screen");
        let (_, port) = place.rsplit_once(':').expect("it has a port");
        format!("127.0.0.1:{port}")
    }

    /// How many records the lab sent by itself, as its producer panel counts them.
    fn written(&self) -> u64 {
        let count = self.after("auto ").map(|count| count.replace(',', ""));
        let count = count.and_then(|count| count.parse().ok());
        count.expect("the panel counts")
    }

    /// Does something; says what the lab used and drew meanwhile.
    fn measure(&mut self, what: &str, act: impl FnOnce(&mut Self)) {
        let (begun, cpu, bytes) = (Instant::now(), self.cpu(), self.seen(|seen| seen.bytes));
        act(self);
        let took = begun.elapsed().as_secs_f64();
        let drawn = (self.seen(|seen| seen.bytes) - bytes) as f64;
        let cpu = match (cpu, self.cpu()) {
            (Some(before), Some(after)) => {
                format!(
                    "{:.1} % of a core",
                    (after - before).as_secs_f64() / took * 100.0
                )
            }
            _ => "only measured where there is a /proc".to_owned(),
        };
        row(what, format!("{cpu}, {drawn} bytes drawn in {took:.0} s"));
    }

    /// A file of this process in `/proc`.
    fn told(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.process_id()?)).ok()
    }

    /// The processor time it has used: the 14th and 15th field of `stat`, in hundredths of a second (see proc(5)).
    fn cpu(&self) -> Option<Duration> {
        let stat = self.told("stat")?;
        let (_, fields) = stat.rsplit_once(')')?;
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Some(Duration::from_millis(ticks * 10))
    }

    fn resident(&self) -> String {
        let kilobytes = self.told("status").and_then(|status| {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix("VmRSS:"))?;
            line.split_whitespace().next()?.parse::<f64>().ok()
        });
        match kilobytes {
            Some(kilobytes) => format!("{:.1} MB", kilobytes * 1024.0 / 1e6),
            None => "only measured where there is a /proc".to_owned(),
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has some")
}

/// Another program on the lab's server: plain HTTP, one connection.
struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// Calls, and gives the answer's status line.
    fn call(&mut self, operation: &str, body: &str) -> String {
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-amz-json-1.1\r\n\
             x-amz-target: Kinesis_20131202.{operation}\r\nx-amz-date: 20261122T184000Z\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/kinesis/aws4_request, \
             SignedHeaders=host, Signature=x\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .expect("a connection");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let count = self.stream.read_until(b'\n', &mut head).expect("an answer");
            assert!(count > 0, "the answer breaks off");
        }
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.parse().expect("a length"));
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("an answer");
        head.lines().next().unwrap_or_default().to_owned()
    }

    /// Puts as many records of 100 bytes as the store can hold, 500 at a time; gives how many.
    fn fill(&mut self) -> usize {
        let key = "0123456789";
        let data = "A".repeat(120);
        let record = format!(r#"{{"PartitionKey":"{key}","Data":"{data}"}}"#);
        let batch = vec![record; 500].join(",");
        let batch = format!(r#"{{"StreamName":"my-first-stream","Records":[{batch}]}}"#);
        let calls = STORE_BYTES / (500 * (key.len() + 90 + RECORD_OVERHEAD)) + 1;
        for _ in 0..calls {
            let status = self.call("PutRecords", &batch);
            assert!(status.contains(" 200 "), "{status}");
        }
        calls * 500
    }
}
