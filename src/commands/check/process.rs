//! A command of the lesson as a process: a group of its own, ended as a whole, with a bounded part of what it prints.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use kinesis_lab::app::program_pane::LeftBehind;
use kinesis_lab::lesson::lint::runs::Ending;
use kinesis_lab::runtime::{MARK, marked};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How much of the end of what it prints is kept.
const KEPT_BYTES: usize = 64 * 1024;

/// How long the end of its output is waited for; a process that left the group may hold it open.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A running command. Dropped, its group is killed.
pub struct Process {
    group: Group,
    /// How it ended.
    pub ended: oneshot::Receiver<io::Result<ExitStatus>>,
    errors: Kept,
    output: Kept,
}

impl Process {
    pub fn start(
        script: &str,
        work: &Path,
        environment: &BTreeMap<OsString, OsString>,
        mark: &str,
    ) -> io::Result<Self> {
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .env_clear()
            .envs(environment)
            .env(MARK, mark)
            .current_dir(work)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let group = Group(child.id());
        let errors = Kept::reading(child.stderr.take())?;
        let output = Kept::reading(child.stdout.take())?;
        let (tell, ended) = oneshot::channel();
        thread::Builder::new()
            .name("waiting".to_owned())
            .spawn(move || {
                let _ = tell.send(child.wait());
            })?;
        Ok(Self {
            group,
            ended,
            errors,
            output,
        })
    }

    /// Kills the group: also what the command left behind.
    pub fn kill(&self) {
        self.group.kill();
    }

    /// What has left the group and goes on, by the mark that it was started with.
    pub fn left_behind(&self, mark: &str) -> Vec<LeftBehind> {
        let leader = self.group.0;
        let inside = |group: i32| u32::try_from(group).is_ok_and(|group| group == leader);
        let marked = marked(mark, leader).into_iter();
        marked
            .filter(|it| !inside(it.group))
            .map(|it| it.process)
            .collect()
    }

    /// The last lines of what it said on standard error, else on standard output.
    pub async fn last_lines(self, most: usize) -> Vec<String> {
        let errors = self.errors.lines(most).await;
        if errors.is_empty() {
            self.output.lines(most).await
        } else {
            errors
        }
    }
}

/// How a status says that it ended.
pub fn ending(status: ExitStatus) -> Ending {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Ending::Signal(signal);
    }
    Ending::Exit(status.code().unwrap_or(-1))
}

/// A process group by its leader.
struct Group(u32);

impl Group {
    fn kill(&self) {
        #[cfg(unix)]
        if let Some(leader) = i32::try_from(self.0)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            // None is left of it: good.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The end of what was printed, as it is read by a thread.
struct Kept {
    bytes: Arc<Mutex<VecDeque<u8>>>,
    done: oneshot::Receiver<()>,
}

impl Kept {
    fn reading(pipe: Option<impl Read + Send + 'static>) -> io::Result<Self> {
        let bytes = Arc::new(Mutex::new(VecDeque::new()));
        let (tell, done) = oneshot::channel();
        let Some(mut pipe) = pipe else {
            return Ok(Self { bytes, done });
        };
        let kept = Arc::clone(&bytes);
        thread::Builder::new()
            .name("reading".to_owned())
            .spawn(move || {
                let mut buffer = [0; 8 * 1024];
                while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.extend(&buffer[..count]);
                    let over = kept.len().saturating_sub(KEPT_BYTES);
                    kept.drain(..over);
                }
                let _ = tell.send(());
            })?;
        Ok(Self { bytes, done })
    }

    async fn lines(self, most: usize) -> Vec<String> {
        let _ = timeout(LAST_WORDS, self.done).await;
        let kept = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = kept.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let mut lines: Vec<String> = lines.map(str::to_owned).collect();
        lines.drain(..lines.len().saturating_sub(most));
        lines
    }
}
