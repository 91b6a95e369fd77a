//! The real binary in a home of its own, and in a pseudo-terminal: types keys, waits for text, sees what is left behind.
//!
//! Nothing here waits for a time. A thread always drains the terminal; whoever waits is woken by what it draws.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// How long anything may take before the test fails. Generous: it is only reached by what never comes.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The binary under test.
pub const LAB: &str = env!("CARGO_BIN_EXE_kinesis-lab");

/// A home folder with nothing in it, and an environment with nothing else.
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The state folder of a lab that lives here.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("state/kinesis-lab")
    }

    /// The whole environment of whatever runs here.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let home = self.folder.path().to_string_lossy().into_owned();
        vec![
            ("XDG_STATE_HOME", format!("{home}/state")),
            ("HOME", home),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("TERM", "xterm-256color".into()),
            ("LANG", "C.UTF-8".into()),
        ]
    }

    /// The binary as an ordinary process.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(LAB);
        command.args(arguments).env_clear().envs(self.environment());
        command
    }

    /// The process that announced itself here, once it has.
    pub fn running_pid(&self) -> Option<String> {
        let entries = std::fs::read_dir(self.state().join("running")).ok()?;
        entries.filter_map(Result::ok).find_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(name.strip_suffix(".json")?.to_owned())
        })
    }
}

/// Sends a signal by name, e.g. `TERM`.
pub fn signal(pid: &str, name: &str) {
    let sent = Command::new("kill")
        .args([&format!("-{name}"), pid])
        .status();
    assert!(
        sent.is_ok_and(|status| status.success()),
        "kill -{name} {pid}"
    );
}

/// Whether this process lives.
pub fn is_alive(pid: &str) -> bool {
    let probe = Command::new("kill")
        .args(["-0", pid])
        .stderr(Stdio::null())
        .status();
    probe.is_ok_and(|status| status.success())
}

/// Waits for what nothing announces: looks again and again.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for {what:?}");
        thread::park_timeout(Duration::from_millis(10));
    }
}

/// What the shell of a session does.
const SCRIPT: &str = r#"
before=$(stty -g)
"$0" "$@"
echo "exit code $?"
[ "$before" = "$(stty -g)" ] && echo "modes as before"
echo "all said""#;

const LAST_WORDS: &str = "all said";

/// A shell in a pseudo-terminal that runs the binary, and then says with which code it ended and which modes the terminal
/// has.
pub struct Session {
    shared: Arc<(Mutex<Seen>, Condvar)>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
}

/// What the terminal has shown.
struct Seen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    ended: bool,
}

impl Session {
    /// Starts the lab with a terminal of this many columns and rows.
    pub fn start(home: &Home, arguments: &[&str], (columns, rows): (u16, u16)) -> Self {
        Self::start_with(home, arguments, (columns, rows), &[])
    }

    /// The same with more variables.
    pub fn start_with(
        home: &Home,
        arguments: &[&str],
        (columns, rows): (u16, u16),
        variables: &[(&str, &str)],
    ) -> Self {
        let pair = native_pty_system()
            .openpty(size_of(columns, rows))
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", SCRIPT, LAB]);
        command.args(arguments);
        command.cwd(home.folder.path());
        command.env_clear();
        for (name, value) in home.environment() {
            command.env(name, value);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("a shell");
        drop(pair.slave);
        let mut output = pair
            .master
            .try_clone_reader()
            .expect("the terminal's output");
        let keys = pair.master.take_writer().expect("the terminal's input");
        let shared = Arc::new((
            Mutex::new(Seen {
                parser: vt100::Parser::new(cells(rows), cells(columns), 0),
                bytes: Vec::new(),
                ended: false,
            }),
            Condvar::new(),
        ));
        let seen = Arc::clone(&shared);
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            loop {
                // The end of a pseudo-terminal is an error on Linux and zero bytes elsewhere.
                let count = output.read(&mut chunk).unwrap_or(0);
                let mut seen_now = seen.0.lock().expect("nobody panics with it");
                seen_now.parser.process(&chunk[..count]);
                seen_now.bytes.extend_from_slice(&chunk[..count]);
                seen_now.ended = count == 0;
                seen.1.notify_all();
                if count == 0 {
                    break;
                }
            }
        });
        Self {
            shared,
            keys,
            master: pair.master,
            child,
        }
    }

    /// Types, as a terminal would send it: `\r` is Enter, `\x1b` Esc.
    pub fn keys(&mut self, keys: &str) {
        self.keys
            .write_all(keys.as_bytes())
            .expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// Waits until the screen is so.
    pub fn wait_until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        self.wait(what, |seen| holds(seen.parser.screen()));
    }

    /// Waits until this text stands on the screen, in one row.
    pub fn wait_for(&self, text: &str) {
        self.wait_until(text, |screen| screen.contents().contains(text));
    }

    fn wait(&self, what: &str, holds: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen();
        while !holds(&seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            if seen.ended || left.is_zero() {
                let text = seen.parser.screen().contents();
                drop(seen);
                panic!("waited in vain for {what:?}:\n{text}");
            }
            let waited = self.shared.1.wait_timeout(seen, left);
            seen = waited.expect("nobody panics with it").0;
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.shared.0.lock().expect("nobody panics with it")
    }

    /// The screen's text.
    pub fn text(&self) -> String {
        let seen = self.seen();
        seen.parser.screen().contents()
    }

    /// Changes the terminal's size, as dragging its corner does.
    pub fn resize(&self, columns: u16, rows: u16) {
        // The parser first: what the lab draws for the new size must not meet the old one.
        self.seen()
            .parser
            .screen_mut()
            .set_size(cells(rows), cells(columns));
        self.master
            .resize(size_of(columns, rows))
            .expect("it can be resized");
    }

    /// Takes the terminal away, as closing its window does: the shell that leads the session dies, and the system hangs up.
    pub fn hang_up(&mut self) {
        self.child.kill().expect("the shell runs");
    }

    /// Waits for the shell's end, and gives every byte that was drawn until then.
    pub fn bytes_at_the_end(&self) -> Vec<u8> {
        self.wait_for(LAST_WORDS);
        let seen = self.seen();
        seen.bytes.clone()
    }

    /// Waits for the end, and asserts this exit code and a terminal as it was before.
    pub fn assert_left_clean(mut self, code: u32) -> String {
        self.wait_for(LAST_WORDS);
        let text = self.text();
        assert!(text.contains(&format!("exit code {code}")), "{text}");
        assert!(text.contains("modes as before"), "{text}");
        let seen = self.seen();
        let screen = seen.parser.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(!screen.bracketed_paste(), "bracketed paste is off");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        drop(seen);
        let _ = self.child.wait();
        text
    }
}

fn size_of(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        ..PtySize::default()
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has some")
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
