//! `kinesis-lab check`: what the lab understands of lessons, and what their authors should know.

pub mod lessons;
mod page;
mod process;
mod run;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use kinesis_lab::cli::CheckOptions;
use kinesis_lab::lesson::lint::report::{self, FORMAT, LessonReport, Report};
use kinesis_lab::lesson::lint::{self, Finding, Origin, Severity, Subject};
use kinesis_lab::printable::{printable, printable_json};
use kinesis_lab::runtime;
use kinesis_lab::steps::Plan;

use lessons::{Found, Source};
use page::{Paper, Printed};
use run::{Bounds, Runs};

/// The exit code for arguments of which nothing can be made.
const UNUSABLE: u8 = 2;

/// The exit code when a signal ended it, as shells give it for Ctrl-C.
const INTERRUPTED: u8 = 130;

/// How long a script that only reads may wait for another record.
const READING: Duration = Duration::from_secs(10);

/// Checks, prints, and says by the exit code whether there is an error.
pub fn run(options: &CheckOptions) -> ExitCode {
    let Found { sources, skipped } = match lessons::find(&options.paths) {
        Ok(found) => found,
        Err(complaints) => {
            for complaint in complaints {
                eprintln!("kinesis-lab: {}", printable(&complaint));
            }
            return ExitCode::from(UNUSABLE);
        }
    };
    let runs = if options.run {
        match run_all(&sources, Duration::from_secs(options.run_seconds)) {
            Ok(Some(runs)) => runs.into_iter().map(Some).collect(),
            Ok(None) => return ExitCode::from(INTERRUPTED),
            Err(error) => {
                eprintln!("kinesis-lab: cannot run the lesson: {error:#}");
                return ExitCode::FAILURE;
            }
        }
    } else {
        sources.iter().map(|_| None).collect::<Vec<_>>()
    };
    let mut checked: Vec<Checked> = sources
        .into_iter()
        .zip(runs)
        .map(|(source, runs)| check(source, runs))
        .collect();
    let broken = checked.iter().any(Checked::has_error);
    let text = if options.json {
        let report = Report {
            format: FORMAT,
            lessons: checked.drain(..).map(|checked| checked.report).collect(),
            skipped,
        };
        match serde_json::to_string_pretty(&report) {
            Ok(json) => printable_json(&json).into_owned() + "\n",
            Err(error) => {
                eprintln!("kinesis-lab: cannot write the report: {error}");
                return ExitCode::FAILURE;
            }
        }
    } else {
        let paper = paper();
        let printed: Vec<Printed<'_>> = checked.iter().map(Checked::printed).collect();
        page::print(&printed, &skipped, &paper)
    };
    // Whoever reads may have had enough: `check | head`.
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("kinesis-lab: cannot print: {error}");
            ExitCode::FAILURE
        }
        _ if broken => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

/// Runs the commands of every lesson; `None` if a signal asked for the end.
fn run_all(sources: &[Source], whole: Duration) -> anyhow::Result<Option<Vec<Runs>>> {
    let bounds = Bounds {
        whole,
        reading: READING.min(whole),
    };
    let all = async {
        let signal = runtime::stop_signal()?;
        let running = async {
            let mut all = Vec::new();
            for source in sources {
                if io::stderr().is_terminal() {
                    eprintln!("running the scripts of {}", printable(&source.name));
                }
                all.push(run::run(&source.lesson, bounds).await?);
            }
            anyhow::Ok(all)
        };
        // What runs is ended with what waits for it.
        tokio::select! {
            all = running => all.map(Some),
            () = signal => Ok(None),
        }
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(all)
}

/// A lesson that was checked.
struct Checked {
    report: LessonReport,
    findings: Vec<Finding>,
    text: String,
    /// Its `lab.toml`: its name as the lesson's is given, and its text.
    settings: Option<(String, String)>,
    /// The file of scenes that it names, in the same way.
    scenes: Option<(String, String)>,
}

impl Checked {
    fn has_error(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }

    fn printed(&self) -> Printed<'_> {
        let mut texts = BTreeMap::from([(
            Origin::Lesson,
            (self.report.file.as_str(), self.text.as_str()),
        )]);
        let beside = [
            (Origin::Settings, &self.settings),
            (Origin::Scenes, &self.scenes),
        ];
        for (origin, file) in beside {
            if let Some((name, text)) = file {
                texts.insert(origin, (name.as_str(), text.as_str()));
            }
        }
        Printed {
            report: &self.report,
            findings: &self.findings,
            texts,
        }
    }
}

fn check(source: Source, runs: Option<Runs>) -> Checked {
    let folder = source.path.parent().map(std::path::Path::to_owned);
    let exists = |name: &str| {
        let folder = folder.as_deref();
        folder.is_some_and(|folder| folder.join(name).exists())
    };
    let plan = Plan::of(&source.lesson);
    let settings = source.settings.as_ref().map(|(_, text)| text.as_str());
    let settings = settings.filter(|_| source.unread_settings.is_none());
    let subject = Subject {
        text: &source.text,
        lesson: &source.lesson,
        settings,
        scenes: source.scenes.as_ref().map(|(_, text)| text.as_str()),
        exists: &exists,
        sees: &|page| plan.pages.iter().any(|step| step.key == page.key),
    };
    let mut findings = match &source.unreadable {
        Some(finding) => vec![finding.clone()],
        None => lint::lint(&subject),
    };
    let runs = runs.map(|runs| {
        findings.extend(runs.findings);
        runs.reports
    });
    findings.extend(source.unread_settings);
    let findings = lint::in_order(findings);
    let mut report = report::lesson(source.name, &source.lesson, &findings);
    report.runs = runs;
    Checked {
        report,
        findings,
        text: source.text,
        settings: source.settings,
        scenes: source.scenes,
    }
}

/// What is printed on: the terminal's width and whether it has colours; 80 columns where there is no terminal.
fn paper() -> Paper {
    let terminal = io::stdout().is_terminal();
    let width = if terminal {
        crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns))
    } else {
        80
    };
    let plain = super::variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    Paper {
        width,
        colour: terminal && !plain,
    }
}
