//! Tests of the work behind effects.

use std::future::pending;

use crate::progress::{LastStream, LedgerEntry};

use super::*;

/// Effects on an empty state folder, with the folder's guard and the inbox.
fn effects(
    perform: impl Fn(Request) -> Answering + Send + Sync + 'static,
) -> (Effects, tempfile::TempDir, mpsc::Receiver<Message>) {
    let temp = tempfile::tempdir().expect("a folder");
    let (sender, inbox) = mpsc::channel(64);
    let effects = Effects::new(
        perform,
        nobody,
        open(&temp),
        Surroundings::default(),
        sender,
        CancellationToken::new(),
    );
    (effects, temp, inbox)
}

/// Where no server is embedded.
fn nobody(_: Control) -> Result<(), String> {
    Err("there is no embedded server".into())
}

fn open(temp: &tempfile::TempDir) -> StateFolder {
    StateFolder::open(Ok(temp.path().to_owned()), chrono::DateTime::UNIX_EPOCH).folder
}

fn progress(shards: u32) -> Progress {
    Progress {
        last_stream: Some(LastStream {
            name: "clicks".into(),
            shards,
        }),
        ..Progress::default()
    }
}

#[tokio::test]
async fn a_call_is_answered_by_a_message() {
    let (effects, _temp, mut inbox) =
        effects(|_| Box::pin(async { Answer::Streams(Ok(vec!["clicks".into()])) }));
    effects.call(Request::ListStreams);
    let Some(Message::Answered(Answer::Streams(Ok(names)))) = inbox.recv().await else {
        panic!("another message");
    };
    assert_eq!(names, ["clicks"]);
}

#[tokio::test]
async fn a_task_that_panics_becomes_a_message() {
    let (effects, _temp, mut inbox) = effects(|request| panic!("no {request:?}"));
    effects.call(Request::ListStreams);
    let Some(Message::TaskPanicked(words)) = inbox.recv().await else {
        panic!("another message");
    };
    assert_eq!(words, "a call failed: no ListStreams");
}

#[tokio::test]
async fn what_the_server_refuses_to_do_becomes_a_message() {
    let (effects, _temp, mut inbox) = effects(|_| Box::pin(pending()));
    effects.control(Control::EmptyPages(true));
    let Some(Message::ControlRefused(why)) = inbox.recv().await else {
        panic!("another message");
    };
    assert_eq!(why, "there is no embedded server");
}

#[tokio::test]
async fn no_more_calls_than_the_limit_are_made_at_once() {
    let (started, mut seen) = mpsc::channel(1_000);
    let release = Arc::new(Semaphore::new(0));
    let gate = Arc::clone(&release);
    let (effects, _temp, mut inbox) = effects(move |_| {
        let (started, gate) = (started.clone(), Arc::clone(&gate));
        Box::pin(async move {
            started.send(()).await.expect("the test listens");
            let _ = gate.acquire().await.map(|permit| permit.forget());
            Answer::Streams(Ok(Vec::new()))
        })
    });
    for _ in 0..MAX_CALLS + 5 {
        effects.call(Request::ListStreams);
    }
    for _ in 0..MAX_CALLS {
        seen.recv().await.expect("a call starts");
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(seen.try_recv().is_err(), "one more than the limit");
    release.add_permits(MAX_CALLS + 5);
    for _ in 0..MAX_CALLS + 5 {
        inbox.recv().await.expect("an answer");
    }
}

#[tokio::test]
async fn at_the_end_the_newest_progress_is_on_the_disk() {
    let (effects, temp, mut inbox) = effects(|_| Box::pin(pending()));
    for shards in 1..=50 {
        effects.save_progress(progress(shards));
    }
    effects.call(Request::ListStreams);
    assert!(effects.finish().await, "a call that hangs holds nothing up");
    let mut answers = 0;
    while let Some(Message::ProgressSaved(saved)) = inbox.recv().await {
        assert_eq!(saved, Ok(()));
        answers += 1;
    }
    assert!((1..50).contains(&answers), "{answers} saves");
    let opened = StateFolder::open(Ok(temp.path().to_owned()), chrono::DateTime::UNIX_EPOCH);
    assert_eq!(opened.progress, progress(50));
}

#[tokio::test]
async fn each_ledger_is_answered_and_the_last_stays() {
    let (effects, temp, mut inbox) = effects(|_| Box::pin(pending()));
    let entry = |name: &str| LedgerEntry {
        account: "123456789012".into(),
        region: "us-east-1".into(),
        stream: name.into(),
        shards: 1,
        asked_at: chrono::DateTime::UNIX_EPOCH,
        created: false,
    };
    let mut ledger = Ledger::default();
    for name in ["a", "b"] {
        ledger.streams.push(entry(name));
        effects.save_ledger(ledger.clone());
    }
    for _ in 0..2 {
        let message = inbox.recv().await;
        assert!(
            matches!(message, Some(Message::LedgerSaved(Ok(())))),
            "{message:?}"
        );
    }
    assert!(effects.finish().await);
    let opened = StateFolder::open(Ok(temp.path().to_owned()), chrono::DateTime::UNIX_EPOCH);
    assert_eq!(opened.ledger, ledger);
}

#[tokio::test]
async fn a_lesson_s_code_comes_back_coloured() {
    let (effects, _temp, mut inbox) = effects(|_| Box::pin(pending()));
    let text = "# L\n\n## Concepts\n\n```python\nprint(1)\n```\n";
    let lesson = crate::lesson::parse(text, &crate::lesson::Settings::default());
    effects.highlight(Arc::new(lesson));
    let Some(Message::Highlighted(highlights)) = inbox.recv().await else {
        panic!("another message");
    };
    assert!(highlights.get("print(1)\n").is_some());
}

#[tokio::test]
async fn what_cannot_be_saved_is_a_message_too() {
    let (sender, mut inbox) = mpsc::channel(64);
    let folder = StateFolder::open(Err("nowhere".into()), chrono::DateTime::UNIX_EPOCH).folder;
    let stop = CancellationToken::new();
    let effects = Effects::new(
        |_| Box::pin(pending()),
        nobody,
        folder,
        Surroundings::default(),
        sender,
        stop,
    );
    effects.save_progress(progress(1));
    let message = inbox.recv().await;
    assert!(
        matches!(&message, Some(Message::ProgressSaved(Err(why))) if why == "nowhere"),
        "{message:?}"
    );
}
