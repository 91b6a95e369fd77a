//! `kinesis-lab rehearse`: runs all scenes of lessons without a screen, by the very engine that shows them, each on a fresh
//! server, and says which step does not show what it says.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use kinesis_lab::app::stage::{Cue, Stage, StepState};
use kinesis_lab::app::{self, Connection, ConnectionKind, Message, Model, Setup};
use kinesis_lab::cli::RehearseOptions;
use kinesis_lab::client::settings::{self, Options};
use kinesis_lab::client::{self, Client, Transport};
use kinesis_lab::lesson::Lesson;
use kinesis_lab::printable::printable;
use kinesis_lab::runtime::{self, INBOX_CAPACITY};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::check::lessons;
use super::lesson::{self, Opened};
use super::stages::Stages;
use super::{now, variable};

/// The exit code for arguments of which nothing can be made.
const UNUSABLE: u8 = 2;

/// The exit code when a signal ended it, as shells give it for Ctrl-C.
const INTERRUPTED: u8 = 130;

/// Rehearses, prints a line a scene, and says by the exit code whether all of it holds.
pub fn run(options: &RehearseOptions) -> ExitCode {
    let lessons = match find(&options.paths) {
        Ok(lessons) => lessons,
        Err(complaints) => {
            for complaint in complaints {
                eprintln!("kinesis-lab: {}", printable(&complaint));
            }
            return ExitCode::from(UNUSABLE);
        }
    };
    match rehearse_all(options, lessons) {
        Ok(Some(true)) => ExitCode::SUCCESS,
        Ok(Some(false)) => ExitCode::FAILURE,
        Ok(None) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            eprintln!(
                "kinesis-lab: cannot rehearse: {}",
                printable(&format!("{error:#}"))
            );
            ExitCode::from(UNUSABLE)
        }
    }
}

/// The lessons that are meant; for those that are unusable, what to say.
fn find(paths: &[PathBuf]) -> Result<Vec<Opened>, Vec<String>> {
    if paths.is_empty() {
        return lesson::course().map_err(|error| vec![format!("{error:#}")]);
    }
    let mut opened = Vec::new();
    let mut complaints = Vec::new();
    for path in paths {
        let files = match path.is_dir() {
            true => match lessons::find(std::slice::from_ref(path)) {
                Ok(found) => found.sources.into_iter().map(|it| it.path).collect(),
                Err(why) => {
                    complaints.extend(why);
                    continue;
                }
            },
            false => vec![path.clone()],
        };
        for file in files {
            match lesson::open(&file) {
                Ok(lesson) => opened.push(lesson),
                Err(error) => complaints.push(format!("{error:#}")),
            }
        }
    }
    match complaints.is_empty() {
        true => Ok(opened),
        false => Err(complaints),
    }
}

/// Whether all scenes of all lessons hold; `None` if a signal asked for the end.
fn rehearse_all(options: &RehearseOptions, lessons: Vec<Opened>) -> Result<Option<bool>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async {
        let signal = runtime::stop_signal()?;
        let elsewhere = connect(options).await?;
        let stop = CancellationToken::new();
        let (sender, inbox) = mpsc::channel(INBOX_CAPACITY);
        let stages = Stages::new(elsewhere.clone(), sender.clone(), stop.clone());
        let starting = runtime::Stages::new(Arc::new(stages.clone()), sender, stop.clone());
        let connection = elsewhere.map_or_else(nowhere, |(_, connection)| connection);
        let mut rehearsal = Rehearsal {
            connection,
            inbox,
            starting,
        };
        let all = async {
            let mut holds = true;
            for lesson in lessons {
                holds &= rehearsal.lesson(lesson).await;
            }
            holds
        };
        let ended = tokio::select! {
            holds = all => Some(holds),
            () = signal => None,
        };
        stages.end().await;
        stop.cancel();
        anyhow::Ok(ended)
    });
    runtime.shutdown_background();
    ended
}

/// The other endpoint, if one is named.
async fn connect(options: &RehearseOptions) -> Result<Option<(Arc<Client>, Connection)>> {
    let Some(url) = options.endpoint_url.clone() else {
        return Ok(None);
    };
    let options = Options {
        endpoint_url: Some(url),
        aws: false,
        profile: None,
        region: None,
    };
    let Some(remote) = settings::resolve(&options, variable)? else {
        return Ok(None);
    };
    let (client, connection) = client::connect(&remote, Transport::to_anywhere()).await?;
    Ok(Some((Arc::new(client), connection)))
}

/// The outer lab asks nobody for anything.
fn nowhere() -> Connection {
    Connection {
        kind: ConnectionKind::Local,
        address: String::new(),
        region: "us-east-1".to_owned(),
        profile: None,
        own_access_key: String::new(),
    }
}

/// Whether this step was not begun, or its stage has gone.
fn stands_still(stage: Option<&Stage>, step: usize) -> bool {
    stage.is_none_or(|stage| stage.begun() != step || stage.is_broken())
}

/// What scenes are rehearsed with.
struct Rehearsal {
    connection: Connection,
    inbox: mpsc::Receiver<Message>,
    starting: runtime::Stages,
}

impl Rehearsal {
    /// All scenes of a lesson. Whether they hold.
    async fn lesson(&mut self, opened: Opened) -> bool {
        let title = printable(&opened.lesson.title).into_owned();
        let mut holds = true;
        if let Some(fault) = &opened.fault {
            println!("FAILED  {title}: {}", printable(&fault.sentence()));
            holds = false;
        }
        let scenes = opened.lesson.settings.scenes.len();
        if scenes == 0 && holds {
            println!("nothing {title}: it has no scenes");
        }
        let mut model = self.model(opened.lesson);
        for index in 0..scenes {
            holds &= self.scene(&mut model, index, &title).await;
        }
        self.tell(&mut model, Message::Cued(Cue::Leave));
        holds
    }

    /// All steps of a scene. Whether they hold.
    async fn scene(&mut self, model: &mut Model, index: usize, lesson: &str) -> bool {
        let began = Instant::now();
        self.tell(model, Message::Cued(Cue::Choose(index)));
        self.settle(model).await;
        let Some(stage) = &model.stage else {
            return false;
        };
        let (title, steps) = (stage.scene().title.clone(), stage.scene().steps.len());
        let name = format!("{lesson}: {}", printable(&title));
        if let StepState::Failed(why) = stage.state() {
            println!("FAILED  {name}: {}", printable(&why));
            return false;
        }
        let (mut failed, mut skipped) = (false, 0);
        for step in 1..=steps {
            let about = model.stage.as_ref().map(Stage::about).unwrap_or_default();
            self.tell(model, Message::Cued(Cue::Next));
            self.settle(model).await;
            let stands = model.stage.as_ref().map(|it| (it.begun(), it.state()));
            let why = match stands {
                Some((begun, StepState::Done)) if begun == step => continue,
                Some((begun, StepState::Skipped(_))) if begun == step => {
                    skipped += 1;
                    continue;
                }
                Some((_, StepState::Failed(why))) => why,
                _ => "it was not begun".to_owned(),
            };
            failed = true;
            let (about, why) = (printable(&about), printable(&why));
            println!("FAILED  {name}, step {step} ({about}): {why}");
            if stands_still(model.stage.as_ref(), step) {
                // There is no stage any more for the steps behind it.
                break;
            }
        }
        if !failed {
            let left = match skipped {
                0 => String::new(),
                n => format!(", {n} of them skipped: clock and faults are the lab's own server's"),
            };
            let seconds = began.elapsed().as_secs_f64();
            println!("ok      {name} ({steps} steps{left}, {seconds:.1} s)");
        }
        !failed
    }

    /// Lets what was begun come to its end; the engine gives up by itself.
    async fn settle(&mut self, model: &mut Model) {
        while model
            .stage
            .as_ref()
            .is_some_and(|it| it.state() == StepState::Running)
        {
            let wait = model.next_deadline().map(|at| at - now());
            let wait = wait.map_or(Duration::from_secs(1), |wait| {
                wait.to_std().unwrap_or_default()
            });
            let message = tokio::time::timeout(wait, self.inbox.recv()).await;
            match message {
                Ok(Some(message)) => self.tell(model, message),
                Ok(None) => return,
                Err(_) => self.tell(model, Message::DeadlinePassed),
            }
        }
    }

    fn tell(&self, model: &mut Model, message: Message) {
        for effect in app::update(model, message, now()).effects {
            self.starting.start(effect);
        }
    }

    /// The lab around the stage: of it the lesson is all that matters.
    fn model(&self, lesson: Lesson) -> Model {
        let setup = Setup {
            seed: fastrand::u64(..),
            ..Setup::new(lesson, self.connection.clone())
        };
        Model::new(setup, now()).0
    }
}
