//! `check --run`: a lesson's commands against a fresh embedded server, one after the other, and what came of each.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use kinesis_lab::app::file_names;
use kinesis_lab::app::program_pane::{LeftBehind, Python, SourceFile, Writing, commands};
use kinesis_lab::cli::{Rates, ServerOptions, Timing, environment};
use kinesis_lab::kinesis::feed::{Call, Detail, FeedEvent};
use kinesis_lab::lesson::lint::report::{RunReport, steps};
use kinesis_lab::lesson::lint::runs::{self, Ending, Ran};
use kinesis_lab::lesson::lint::{Finding, Origin, Severity};
use kinesis_lab::lesson::{self, Command, Lesson};
use kinesis_lab::printable::printable;
use kinesis_lab::runtime::{Surroundings, find_python, work_folder};
use kinesis_lab::server::Doors;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::process::{self, Process};
use crate::commands::embedded::{Embedded, News};
use crate::commands::{state_folder, surroundings};

/// More than any lesson has.
const MOST_RUNS: usize = 100;
/// How many of its last lines a failed command shows, and how much of each.
const LAST_LINES: usize = 4;
const LONGEST_LINE: usize = 160;
/// Calls that were answered are told within this time.
const QUIET: Duration = Duration::from_millis(50);
const LATEST_NEWS: Duration = Duration::from_secs(1);

/// How long a command may go on.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub whole: Duration,
    /// After the last record, where a script does nothing but read.
    pub reading: Duration,
}

/// What came of a lesson's commands.
#[derive(Default)]
pub struct Runs {
    pub reports: Vec<RunReport>,
    pub findings: Vec<Finding>,
}

impl Runs {
    fn find(&mut self, line: usize, severity: Severity, message: String) {
        self.findings.push(Finding {
            origin: Origin::Lesson,
            line,
            column: None,
            severity,
            message,
        });
    }
}

/// Runs the commands of a lesson's steps in their order.
pub async fn run(lesson: &Lesson, bounds: Bounds) -> Result<Runs> {
    let stop = CancellationToken::new();
    // However this ends, the server ends with it.
    let _guard = stop.clone().drop_guard();
    let doors = Doors {
        admin: false,
        cors: false,
    };
    let (server, News { feed, .. }) =
        Embedded::start(&server_options(), None, doors, &[], stop.clone())
            .context("no embedded server")?;
    let work = tempfile::tempdir().context("no temporary folder")?;
    let owned = |(name, value): (&str, String)| (name.to_owned(), value);
    let around = Surroundings {
        venv: state_folder().ok().map(|folder| folder.join("venv")),
        base: surroundings::base(),
        remove: environment::UNSET.map(str::to_owned).to_vec(),
        set: environment::set(&server.url())
            .into_iter()
            .map(owned)
            .collect(),
        editor: None,
    };
    let mut runner = Runner {
        work: work.path().to_owned(),
        environment: around.environment(),
        around,
        bounds,
        feed,
        written: BTreeMap::new(),
        said: BTreeSet::new(),
        runs: Runs::default(),
    };
    runner.refuse_names(lesson);
    for page in steps(lesson) {
        let Some(number) = lesson.pages.iter().position(|it| std::ptr::eq(it, page)) else {
            continue;
        };
        for command in lesson::commands(page) {
            runner.command(lesson, number, &command).await;
        }
    }
    let runs = runner.runs;
    stop.cancel();
    server.join();
    Ok(runs)
}

fn server_options() -> ServerOptions {
    ServerOptions {
        port: Some(0),
        timing: Timing::Instant,
        data: None,
        fsync: false,
        disk_limit: 0,
        limits: Rates::Shards,
        empty_pages: false,
        memory_limit: 256 * 1024 * 1024,
        trim_early: false,
    }
}

struct Runner {
    work: PathBuf,
    around: Surroundings,
    environment: BTreeMap<OsString, OsString>,
    bounds: Bounds,
    feed: broadcast::Receiver<FeedEvent>,
    /// The files as they were written last.
    written: BTreeMap<String, String>,
    /// What is missing and was said.
    said: BTreeSet<String>,
    runs: Runs,
}

impl Runner {
    /// A name that leads out of the folder is said where it stands.
    fn refuse_names(&mut self, lesson: &Lesson) {
        for file in lesson.pages.iter().flat_map(lesson::files) {
            if let Err(why) = file_names::parts(file.name) {
                let message = format!("{} is not written: {why}", file.name);
                self.runs.find(file.line, Severity::Error, message);
            }
        }
    }

    async fn command(&mut self, lesson: &Lesson, page: usize, command: &Command) {
        self.write(lesson, page, command.line);
        let written: Vec<&str> = self.written.keys().map(String::as_str).collect();
        let mut report = RunReport {
            command: command.text.clone(),
            line: command.line,
            ..RunReport::default()
        };
        let ready = match runs::unfit(&command.text, &written) {
            Some(why) => Err(why),
            None if self.runs.reports.len() >= MOST_RUNS => {
                Err(format!("the first {MOST_RUNS} commands are enough"))
            }
            None => self.ready(lesson, page, command).await,
        };
        match ready {
            Ok(script) => self.start(&script, command.line, &mut report).await,
            Err(why) => report.not_run = Some(why),
        }
        self.runs.reports.push(report);
    }

    /// Writes the lesson's files as they are on a page.
    fn write(&mut self, lesson: &Lesson, page: usize, line: usize) {
        for file in commands::files(lesson, page) {
            let SourceFile { name, content } = &file;
            if file_names::parts(name).is_err() || self.written.get(name) == Some(content) {
                continue;
            }
            let (name, content) = (name.clone(), content.clone());
            let writing = Writing {
                work: self.work.clone(),
                file,
                replace: true,
                then_edit: false,
            };
            match work_folder::write(&self.work, &writing) {
                Ok(_) => {
                    self.written.insert(name, content);
                }
                Err(why) => {
                    let message = format!("{name} could not be written: {why}");
                    if self.said.insert(message.clone()) {
                        self.runs.find(line, Severity::Error, message);
                    }
                }
            }
        }
    }

    /// The command as it is run: with the python that is there. Else why it cannot be.
    async fn ready(
        &mut self,
        lesson: &Lesson,
        page: usize,
        command: &Command,
    ) -> Result<String, String> {
        for program in ["aws", "node"] {
            let needed = runs::programs(&command.text).iter().any(|it| it == program);
            if needed && !self.is_there(program) {
                let mend = format!("{program} is not installed here: install it and check again");
                return Err(self.missing(command.line, program.to_owned(), mend));
            }
        }
        let needs = commands::needs(lesson, page, command.text.clone());
        let Some(named) = needs.python else {
            return Ok(needs.script);
        };
        let names = [named, "python3".to_owned(), "python".to_owned()];
        let found = find_python(&names, &self.environment, self.around.venv.as_deref()).await;
        let Python::Found { name, boto3, .. } = &found else {
            let mend = "there is no python here: install Python 3 and boto3, and check again";
            return Err(self.missing(command.line, "python".to_owned(), mend.to_owned()));
        };
        if needs.imports_boto3 && !found.honours_endpoint() {
            let mend = match boto3 {
                None => {
                    format!("{name} has no boto3: `{name} -m pip install boto3`, and check again")
                }
                Some(version) => format!(
                    "boto3 {version} would call AWS itself: `{name} -m pip install --upgrade boto3` for 1.28 or newer, and check again"
                ),
            };
            return Err(self.missing(command.line, "boto3".to_owned(), mend));
        }
        Ok(commands::with_python(&needs.script, name))
    }

    fn is_there(&self, program: &str) -> bool {
        let path = self.environment.get(&OsString::from("PATH"));
        path.is_some_and(|path| {
            std::env::split_paths(path).any(|folder| folder.join(program).is_file())
        })
    }

    /// Warns once of what is missing; gives why the command is not run.
    fn missing(&mut self, line: usize, what: String, mend: String) -> String {
        let why = format!("{what} is missing");
        if self.said.insert(what) {
            self.runs.find(line, Severity::Warning, mend);
        }
        why
    }

    async fn start(&mut self, script: &str, line: usize, report: &mut RunReport) {
        let began = Instant::now();
        let mark = self.around.mark(line as u64);
        let started = Process::start(script, &self.work, &self.environment, &mark);
        let process = match started {
            Ok(process) => process,
            Err(error) => {
                report.not_run = Some(format!("sh cannot be started ({error})"));
                let message = format!("sh cannot be started: {error}");
                self.runs.find(line, Severity::Error, message);
                return;
            }
        };
        let mut tally = Tally::default();
        let (ending, process) = self.follow(process, began, &mut tally).await;
        let seconds = began.elapsed().as_secs_f64();
        process.kill();
        self.name_what_is_left(&process.left_behind(&mark), line);
        self.last_news(&mut tally).await;
        report.seconds = (seconds * 10.0).round() / 10.0;
        report.put = tally.put;
        report.read = tally.read;
        report.ended = match ending {
            Ending::Exit(code) => {
                report.exit = Some(code);
                format!("exit {code}")
            }
            Ending::Signal(signal) => format!("ended by signal {signal}"),
            Ending::Bound(seconds) => format!("ended after {seconds} s"),
        };
        let lines = process.last_lines(LAST_LINES).await;
        let lines: Vec<String> = lines.iter().map(|line| harmless(line)).collect();
        let ran = Ran {
            ending,
            succeeded: tally.succeeded,
            refused: &tally.refused,
            last_line: lines.last().map(String::as_str),
        };
        if let Some((severity, message)) = runs::judge(&ran) {
            if severity == Severity::Error {
                report.last_lines = lines;
            }
            self.runs.find(line, severity, message);
        }
        report.calls = tally.calls;
        report.refused = tally.refused;
        report.untold = tally.untold;
    }

    /// Says which processes have left the command's group and so go on.
    fn name_what_is_left(&mut self, left: &[LeftBehind], line: usize) {
        let Some(first) = left.first() else {
            return;
        };
        let names = left
            .iter()
            .map(|process| format!("{} ({})", process.pid, harmless(&process.name)));
        let names: Vec<String> = names.collect();
        let message = format!(
            "it left behind process {}, which goes on: kill {} ends it",
            names.join(", "),
            first.pid
        );
        self.runs.find(line, Severity::Warning, message);
    }

    /// Until it ends, or is over its time.
    async fn follow(
        &mut self,
        mut process: Process,
        began: Instant,
        tally: &mut Tally,
    ) -> (Ending, Process) {
        let mut last_record = began;
        let mut feed_is_open = true;
        loop {
            let mut until = began + self.bounds.whole;
            if tally.only_reads() {
                until = until.min(last_record + self.bounds.reading);
            }
            tokio::select! {
                biased;
                ended = &mut process.ended => {
                    let ending = match ended {
                        Ok(Ok(status)) => process::ending(status),
                        _ => Ending::Exit(-1),
                    };
                    return (ending, process);
                }
                () = sleep_until(until) => {
                    return (Ending::Bound(began.elapsed().as_secs()), process);
                }
                event = self.feed.recv(), if feed_is_open => {
                    let records = tally.put + tally.read;
                    feed_is_open = tally.take(event);
                    if tally.put + tally.read > records {
                        last_record = Instant::now();
                    }
                }
            }
        }
    }

    /// What was answered and is not told yet.
    async fn last_news(&mut self, tally: &mut Tally) {
        let until = Instant::now() + LATEST_NEWS;
        while Instant::now() < until {
            let Ok(event) = timeout(QUIET, self.feed.recv()).await else {
                return;
            };
            if !tally.take(event) {
                return;
            }
        }
    }
}

/// A line of a program, cut and made harmless.
fn harmless(line: &str) -> String {
    let mut cut: String = line.chars().take(LONGEST_LINE).collect();
    if cut.len() < line.len() {
        cut.push('…');
    }
    printable(&cut.replace('\t', "    ")).into_owned()
}

/// What the feed told of a command.
#[derive(Debug, Default)]
struct Tally {
    calls: BTreeMap<String, u64>,
    refused: BTreeMap<String, u64>,
    succeeded: u64,
    reads: u64,
    put: u64,
    read: u64,
    untold: u64,
}

impl Tally {
    /// Takes an event in; false if there will be no other.
    fn take(&mut self, event: Result<FeedEvent, RecvError>) -> bool {
        match event {
            Ok(FeedEvent::Called(call)) => self.call(&call),
            Ok(FeedEvent::Untold) => self.untold += 1,
            Ok(_) => {}
            Err(RecvError::Lagged(events)) => self.untold += events,
            Err(RecvError::Closed) => return false,
        }
        true
    }

    fn call(&mut self, call: &Call) {
        *self.calls.entry(call.operation.clone()).or_default() += 1;
        if let Some((name, _)) = &call.error {
            *self.refused.entry(name.clone()).or_default() += 1;
            return;
        }
        self.succeeded += 1;
        self.put += call.stored();
        if let Detail::Get(get) = &call.detail {
            self.reads += 1;
            self.read += get.returned as u64;
        }
    }

    fn only_reads(&self) -> bool {
        self.reads > 0 && self.put == 0
    }
}
