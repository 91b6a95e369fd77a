//! The real binary in a pseudo-terminal, with what it uses and draws, for benches.

#![allow(dead_code, reason = "each bench uses its part")]

mod client;
#[path = "../../tests/terminal/harness.rs"]
mod harness;

use std::fmt::Display;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};

pub use client::Client;
pub use harness::{Home, LAB, PATIENCE};

/// How many keys are pressed for one figure.
const KEYS: usize = 300;

/// Presses keys at irregular moments; gives the time each took to be seen.
pub fn press(lab: &mut Lab) -> Vec<Duration> {
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

pub fn row(what: &str, figure: impl Display) {
    println!("{what:<52}  {figure}");
}

pub fn times(all: &mut [Duration]) -> String {
    all.sort();
    let at = |percent: usize| all[(all.len() * percent / 100).min(all.len() - 1)];
    let [median, late, last] = [at(50), at(99), at(100)].map(|time| time.as_secs_f64() * 1e3);
    format!(
        "median {median:.1} ms, p99 {late:.1} ms, max {last:.1} ms ({} runs)",
        all.len()
    )
}

#[expect(clippy::disallowed_methods, reason = "here it is time that is to pass")]
pub fn pass(time: Duration) {
    thread::sleep(time);
}

/// Whether the lab has painted its last row; rows come in order.
pub fn is_whole(screen: &vt100::Screen) -> bool {
    let (_, columns) = screen.size();
    screen
        .rows(0, columns.get())
        .last()
        .is_some_and(|row| !row.trim().is_empty())
}

/// The binary in a pseudo-terminal of its own.
pub struct Lab {
    shared: Arc<(Mutex<Seen>, Condvar)>,
    keys: Box<dyn Write + Send>,
    _master: Box<dyn MasterPty + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
}

/// What the terminal has shown, and when it last was given something.
struct Seen {
    parser: vt100::Parser,
    bytes: usize,
    frames: usize,
    at: Instant,
}

impl Lab {
    /// Starts it; gives the moment before.
    pub fn start(home: &Home, (cols, rows): (u16, u16), options: &[&str]) -> (Self, Instant) {
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
        command.args(options);
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
                frames: 0,
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
            // Each frame ends with the cursor hidden or shown; the sequence may be cut in two.
            let mut before = Vec::new();
            while let Ok(count @ 1..) = output.read(&mut chunk) {
                let at = Instant::now();
                let mut seen = shared.0.lock().expect("nobody panics with it");
                seen.parser.process(&chunk[..count]);
                seen.bytes += count;
                before.extend_from_slice(&chunk[..count]);
                let ends = before.windows(6).filter(|bytes| is_end_of_frame(bytes));
                seen.frames += ends.count();
                before.drain(..before.len().saturating_sub(5));
                seen.at = at;
                shared.1.notify_all();
            }
        });
        (lab, begun)
    }

    pub fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("it takes keys");
        self.keys.flush().expect("it takes keys");
    }

    /// Waits until the screen is so; gives the moment at which the lab had written it.
    pub fn wait_until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) -> Instant {
        let seen = self.shared.0.lock().expect("nobody panics with it");
        let waits = |seen: &mut Seen| !holds(seen.parser.screen());
        let waited = self.shared.1.wait_timeout_while(seen, PATIENCE, waits);
        let (seen, end) = waited.expect("nobody panics with it");
        let text = seen.parser.screen().contents();
        assert!(!end.timed_out(), "waited in vain for {what:?}:\n{text}");
        seen.at
    }

    pub fn wait_for(&self, text: &str) -> Instant {
        self.wait_until(text, |screen| screen.contents().contains(text))
    }

    fn seen<T>(&self, look: impl Fn(&Seen) -> T) -> T {
        look(&self.shared.0.lock().expect("nobody panics with it"))
    }

    /// What stands on the screen.
    fn text(&self) -> String {
        self.seen(|seen| seen.parser.screen().contents())
    }

    /// What stands on the screen after this word, up to a blank.
    fn after(&self, word: &str) -> Option<String> {
        let text = self.text();
        let (_, rest) = text.split_once(word)?;
        rest.split_whitespace().next().map(str::to_owned)
    }

    pub fn address(&self) -> String {
        let place = self.after("LOCAL ").expect("the address is on the screen");
        let (_, port) = place.rsplit_once(':').expect("it has a port");
        format!("127.0.0.1:{port}")
    }

    /// How many frames the lab has drawn.
    pub fn frames(&self) -> usize {
        self.seen(|seen| seen.frames)
    }

    /// How many records the lab sent by itself, as its producer panel counts them.
    pub fn written(&self) -> u64 {
        let count = self
            .after("auto written ")
            .map(|count| count.replace(',', ""));
        let count = count.and_then(|count| count.parse().ok());
        count.unwrap_or_else(|| panic!("the panel does not count:\n{}", self.text()))
    }

    /// Does something; says what the lab used and drew meanwhile.
    pub fn measure(&mut self, what: &str, act: impl FnOnce(&mut Self)) {
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

    /// Its resident memory in MB, where the system tells it this way.
    pub fn megabytes(&self) -> Option<f64> {
        let status = self.told("status")?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kilobytes * 1024.0 / 1e6)
    }

    pub fn resident(&self) -> String {
        match self.megabytes() {
            Some(megabytes) => format!("{megabytes:.1} MB"),
            None => "only measured where there is a /proc".to_owned(),
        }
    }
}

fn is_end_of_frame(bytes: &[u8]) -> bool {
    matches!(bytes, b"\x1b[?25l" | b"\x1b[?25h")
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
