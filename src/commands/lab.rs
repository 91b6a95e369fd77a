//! `kinesis-lab`: opens the lab. The one place where server, client and runtime meet.

mod in_lines;
mod recorded;

use std::io::{self, IsTerminal};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, Weak};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Local, Utc};
use futures_util::FutureExt;
use kinesis_lab::app::course::Module;
use kinesis_lab::app::{Connection, ConnectionKind, Message, Outcome, Setup, Theme};
use kinesis_lab::cli::LabOptions;
use kinesis_lab::client::settings::{self, Options};
use kinesis_lab::client::{self, Client, Transport};
use kinesis_lab::lesson::{Fault, Lesson};
use kinesis_lab::printable::printable;
use kinesis_lab::progress::folder::StateFolder;
use kinesis_lab::progress::running::Running;
use kinesis_lab::progress::second_screen::Slot;
use kinesis_lab::runtime::{
    self, Backstage, Effects, INBOX_CAPACITY, Program, Sources, SteadyClock, Terminal, panics,
};
use kinesis_lab::server::Doors;
use kinesis_lab::view::{self, Look};
use ratatui::Frame;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::embedded::{self, Embedded};
use super::reload::Watch;
use super::stages::Stages;
use recorded::Recorded;

use super::{appearance, lesson, log, now, surroundings, variable};

/// The lab as the loop drives it.
struct Lab<'r> {
    run: &'r mut Recorded,
    look: Look,
}

impl Program for Lab<'_> {
    fn update(&mut self, message: Message, now: DateTime<Utc>) -> Outcome {
        #[cfg(debug_assertions)]
        panic_if_a_test_wants_it(&message);
        self.run.update(message, now)
    }

    fn draw(&self, frame: &mut Frame) {
        view::draw(&self.run.model, &self.look, frame);
    }

    fn next_deadline(&self) -> Option<DateTime<Utc>> {
        self.run.model.next_deadline()
    }
}

/// A debug build panics at the first key if this variable is set, so that a test can see what is left behind.
#[cfg(debug_assertions)]
fn panic_if_a_test_wants_it(message: &Message) {
    let pressed = matches!(message, Message::Pressed(_));
    assert!(
        !pressed || variable("KINESIS_LAB_TEST_PANIC").is_none(),
        "a test wants this panic"
    );
}

/// Opens the lab, in present mode if that is wanted.
pub fn run(options: &LabOptions, present: bool) -> Result<()> {
    if !options.plain && !io::stdout().is_terminal() {
        bail!(
            "standard output is not a terminal, and the lab draws on one. \
             For the lab as printed lines: kinesis-lab --plain. To run only the server: kinesis-lab serve"
        );
    }
    // The loop has this thread; one more carries out its tasks.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let ended = runtime.block_on(open(options, present));
    // What hangs after its grace is left behind.
    runtime.shutdown_background();
    ended
}

async fn open(options: &LabOptions, present: bool) -> Result<()> {
    let located = super::state_folder();
    let opened = StateFolder::open(located.clone(), now());
    let last = opened.progress.last_lesson.as_deref();
    let (mut lesson, not_last) = lesson::open_or_go_on(options.lesson.as_deref(), last)?;
    let remote = settings::resolve(&endpoint_options(options), variable)?;
    let stop = CancellationToken::new();
    let signal = runtime::stop_signal()?;
    let (sender, inbox) = mpsc::channel(INBOX_CAPACITY);
    let (client, connection, server) = match remote {
        None => local(options, &stop, &sender)?,
        Some(remote) => {
            let (client, connection) = client::connect(&remote, Transport::to_anywhere()).await?;
            (client, connection, None)
        }
    };
    let unsaved = opened
        .unsaved
        .iter()
        .map(|why| format!("Progress is not saved: {why}"));
    let of_server = server.iter().flat_map(|server| server.notes.clone());
    let mut notes: Vec<String> = unsaved
        .chain(opened.notes)
        .chain(of_server)
        .chain(not_last)
        .collect();
    if let Ok(folder) = &located
        && let Err(error) = log::start(folder)
    {
        notes.push(format!("There is no log: {error}."));
    }
    let announcement = server
        .as_ref()
        .map(|server| embedded::announce(server.url()));
    if let Some(Err(error)) = &announcement {
        tracing::warn!("`env` will not find this lab: {error:#}");
    }
    let second_screen = located.as_deref().ok().and_then(|folder| {
        let running = Running {
            pid: std::process::id(),
            endpoint: connection.address.clone(),
            since: now(),
        };
        let opened = Slot::open(folder, &running);
        opened
            .inspect_err(|error| tracing::warn!("`notes` will not find this lab: {error}"))
            .ok()
    });
    let watch = lesson
        .files
        .take()
        .and_then(|files| Watch::over(files, &lesson.key, &lesson.lesson, lesson.fault.as_ref()));
    if let Some(watch) = watch {
        tokio::spawn(watch.run(sender.clone(), stop.clone()));
    }
    // Lines need no keys; a screen does, and its size is known only afterwards.
    let (input, size) = match options.plain {
        true => (None, in_lines::size()),
        false => {
            let input = runtime::input().context("there is no terminal to read keys from")?;
            let size =
                crossterm::terminal::size().context("the terminal does not tell its size")?;
            (Some(input), size)
        }
    };
    let start = now();
    let surroundings =
        surroundings::surroundings(&connection, located.as_deref().ok(), surroundings::base());
    let course = course(&lesson, options.work.as_deref())?;
    let work = surroundings::work_folder(options.work.as_deref(), &lesson.key);
    let setup = Setup {
        course,
        reference: Some(Arc::new(lesson::reference())),
        lesson: lesson.lesson,
        lesson_key: lesson.key,
        lesson_fault: lesson.fault,
        connection,
        progress: opened.progress,
        unsaved: opened.unsaved,
        ledger: opened.ledger,
        notice: (!notes.is_empty()).then(|| notes.join(" ")),
        keeps_streams: server.as_ref().is_some_and(|server| server.keeps_streams),
        places: surroundings::places(&surroundings, work),
        theme: options.appearance.theme.as_deref().and_then(Theme::named),
        present,
        size,
        zone: *start.with_timezone(&Local).offset(),
        seed: fastrand::u64(..),
    };
    let elsewhere =
        (setup.connection.kind == ConnectionKind::Endpoint).then(|| setup.connection.clone());
    let (mut run, first) = Recorded::begin(options, setup, start, &sender)?;
    let client = Arc::new(client);
    let elsewhere = elsewhere.map(|connection| (Arc::clone(&client), connection));
    let stages = Arc::new(Stages::new(elsewhere, sender.clone(), stop.clone()));
    let perform = move |request| {
        let client = Arc::clone(&client);
        async move { client.perform(request).await }.boxed()
    };
    let service = server.as_ref().map(Embedded::service);
    let tell = move |control| match service.as_ref().map(Weak::upgrade) {
        Some(Some(service)) => service.control(control).map(drop),
        Some(None) => Err("the server has ended".to_owned()),
        None => Err("that needs the embedded server".to_owned()),
    };
    let effects = Effects::new(
        perform,
        tell,
        opened.folder,
        surroundings,
        sender,
        stop.clone(),
    )
    .with_stages(Arc::clone(&stages) as Arc<dyn Backstage>);
    let effects = match second_screen {
        Some(slot) => effects.with_second_screen(slot),
        None => effects,
    };

    panics::install();
    let ended = match input {
        None => {
            let talking = in_lines::talk(&mut run, first, signal, inbox, &effects);
            let ended = AssertUnwindSafe(talking).catch_unwind().await;
            match ended {
                Ok(ended) => Ok(ended?),
                Err(panic) => Err(panic),
            }
        }
        Some(input) => {
            let mut lab = Lab {
                run: &mut run,
                look: appearance::look(&options.appearance, variable),
            };
            let mut terminal = Terminal::enter().context("cannot take the terminal")?;
            let sources = Sources {
                stop: signal,
                input,
                inbox,
            };
            let clock = SteadyClock::new(now);
            let now = || clock.now();
            let running = runtime::run(&mut lab, first, &mut terminal, sources, &effects, now);
            AssertUnwindSafe(running).catch_unwind().await
        }
    };

    for process in effects.programs().end_all() {
        let (pid, name) = (process.pid, printable(&process.name));
        eprintln!("kinesis-lab: process {pid} ({name}) left its program and goes on.");
    }
    stages.end().await;
    let saved = effects.finish().await;
    run.end().await;
    stop.cancel();
    if let Some(server) = server {
        server.join();
    }
    verdict(ended, saved)
}

/// What the shell hears of the end.
fn verdict(ended: std::thread::Result<io::Result<()>>, saved: bool) -> Result<()> {
    match ended {
        Ok(Ok(())) if saved => Ok(()),
        Ok(Ok(())) => bail!("the last progress may not be saved: the disk does not answer"),
        Ok(Err(error)) => Err(error).context("the lab lost its terminal"),
        Err(_) => bail!(
            "a fault in the lab ended it; what you did is saved. Please report this:\n{}",
            panics::take_report().unwrap_or_default()
        ),
    }
}

/// The modules that can be opened: a file that was opened stands before those that are built in.
fn course(opened: &lesson::Opened, work: Option<&Path>) -> Result<Vec<Module>> {
    let module = |key: &str, lesson: &Lesson, fault: Option<&Fault>| Module {
        key: key.to_owned(),
        lesson: Arc::new(lesson.clone()),
        fault: fault.cloned(),
        work: surroundings::work_folder(work, key),
    };
    let built_in = lesson::course()?;
    let is_file = built_in.iter().all(|it| it.key != opened.key);
    let file = is_file.then(|| module(&opened.key, &opened.lesson, opened.fault.as_ref()));
    let built_in = built_in.iter().map(|it| module(&it.key, &it.lesson, None));
    Ok(file.into_iter().chain(built_in).collect())
}

fn endpoint_options(options: &LabOptions) -> Options {
    Options {
        endpoint_url: options.endpoint_url.clone(),
        aws: options.aws,
        profile: options.profile.clone(),
        region: options.region.clone(),
    }
}

/// The embedded server, the road to it, and its news on the way to the inbox.
fn local(
    options: &LabOptions,
    stop: &CancellationToken,
    inbox: &mpsc::Sender<Message>,
) -> Result<(Client, Connection, Option<Embedded>)> {
    let folder = super::streams_folder().ok();
    let (server, news) =
        Embedded::start(&options.server, folder, Doors::default(), &[], stop.clone())?;
    // Made anew each time, so that the feed tells this lab's calls from everybody else's.
    let own_access_key = format!("KLAB{:016X}", fastrand::u64(..));
    let (client, connection) = client::connect_embedded(server.address, &own_access_key);
    tokio::spawn(news.deliver(inbox.clone(), |message| message));
    Ok((client, connection, Some(server)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::embedded::News;
    use kinesis_lab::kinesis::feed::FeedEvent;
    use tokio::sync::{broadcast, oneshot};

    #[tokio::test]
    async fn calls_losses_and_the_server_s_end_become_messages() {
        let (calls, feed) = broadcast::channel(1);
        let (tell, ended) = oneshot::channel();
        for connection in 1..=3 {
            let call = FeedEvent::Disconnected { connection };
            calls.send(call).expect("the news listen");
        }
        drop(calls);
        tell.send("no more memory".to_owned())
            .expect("the news listen");
        let (sender, mut inbox) = mpsc::channel(8);
        News { feed, ended }
            .deliver(sender, |message| message)
            .await;
        let mut told = Vec::new();
        while let Some(message) = inbox.recv().await {
            told.push(message);
        }
        let [
            Message::FeedLost(2),
            Message::Fed(FeedEvent::Disconnected { connection: 3 }),
            Message::ServerEnded(why),
        ] = told.as_slice()
        else {
            panic!("{told:?}");
        };
        assert_eq!(why, "no more memory");
    }
}
