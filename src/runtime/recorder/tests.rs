//! Tests of the recorder with disks that are slow, full, or nobody else's business.

use std::sync::{Arc, Condvar, Mutex};

use super::*;
use crate::app::tests::script::setup;
use crate::app::{ConnectionKind, Setup};
use crate::recording::{ReadError, Reader};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_372_800, 0).expect("a time")
}

fn begun() -> (Header, Model) {
    let setup: Setup = setup(ConnectionKind::Local);
    let header = Header::new(&setup, false, start());
    (header, Model::new(setup, start()).0)
}

/// A disk in memory that takes nothing while its door is shut, and refuses what is beyond its room.
#[derive(Clone)]
struct Disk(Arc<(Mutex<State>, Condvar)>);

struct State {
    bytes: Vec<u8>,
    open: bool,
    room: usize,
}

impl Disk {
    fn new(room: usize) -> Self {
        let state = State {
            bytes: Vec::new(),
            open: true,
            room,
        };
        Self(Arc::new((Mutex::new(state), Condvar::new())))
    }

    fn set_open(&self, open: bool) {
        self.0.0.lock().expect("nobody panics with it").open = open;
        self.0.1.notify_all();
    }

    fn bytes(&self) -> Arc<[u8]> {
        let state = self.0.0.lock().expect("nobody panics with it");
        state.bytes.as_slice().into()
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let state = self.0.0.lock().expect("nobody panics with it");
        let shut = |state: &mut State| !state.open;
        let mut state = self.0.1.wait_while(state, shut).expect("nobody panics");
        if state.bytes.len() + bytes.len() > state.room {
            return Err(ErrorKind::StorageFull.into());
        }
        state.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a recording holds: how many messages, how many are missing, and how it ends.
fn counted(bytes: Arc<[u8]>) -> (u64, u64, Result<(), ReadError>) {
    let mut reader = Reader::new(bytes).expect("a recording");
    let (mut heard, mut lost, mut end) = (0, 0, Ok(()));
    for entry in reader.by_ref() {
        match entry {
            Ok((_, Entry::Heard(_))) => heard += 1,
            Ok((_, Entry::Lost(messages))) => lost += messages,
            Ok((_, Entry::End(_))) => {}
            Err(why) => end = Err(why),
        }
    }
    (heard, lost, end)
}

#[tokio::test]
async fn where_the_disk_does_not_keep_up_messages_are_counted_and_it_is_said_once() {
    let (header, model) = begun();
    let disk = Disk::new(usize::MAX);
    let (sender, mut inbox) = mpsc::channel(16);
    let mut recorder = Recorder::over(disk.clone(), &header, None, sender).expect("it begins");
    disk.set_open(false);
    let total = 4 * CAPACITY as u64;
    // Text that does not compress: what is written soon has to go to the disk.
    let mut random = fastrand::Rng::with_seed(1);
    let mut text = || (0..100).map(|_| random.alphanumeric()).collect::<String>();
    for _ in 0..total {
        recorder.hear(&model, &Message::ServerEnded(text()), start());
    }
    assert!(recorder.lost > 0, "the queue is full");
    let lost = recorder.lost;
    disk.set_open(true);
    while recorder.lost > 0 {
        recorder.hear(&model, &Message::DeadlinePassed, start());
        tokio::task::yield_now().await;
    }
    let told = recorder.finish(&model, start()).await;
    let words = told.expect_err("it is not whole");
    assert!(words.contains("lacks"), "{words}");
    let mut said = Vec::new();
    while let Some(message) = inbox.recv().await {
        said.push(message);
    }
    let [Message::RecordingFailed(on_screen)] = said.as_slice() else {
        panic!("{said:?}");
    };
    assert_eq!(*on_screen, words);
    let (heard, missing, end) = counted(disk.bytes());
    assert_eq!(end, Ok(()));
    assert!(
        missing >= lost && heard + missing >= total,
        "{heard}, {missing}"
    );
}

#[tokio::test]
async fn messages_that_are_missing_when_the_lab_ends_are_counted_too() {
    let (header, model) = begun();
    let disk = Disk::new(usize::MAX);
    let (sender, _inbox) = mpsc::channel(16);
    let mut recorder = Recorder::over(disk.clone(), &header, None, sender).expect("it begins");
    disk.set_open(false);
    let total = 4 * CAPACITY as u64;
    let mut random = fastrand::Rng::with_seed(1);
    let mut text = || (0..100).map(|_| random.alphanumeric()).collect::<String>();
    for _ in 0..total {
        recorder.hear(&model, &Message::ServerEnded(text()), start());
    }
    assert!(recorder.lost > 0, "the queue is full");
    let opens = disk.clone();
    let (told, ()) = tokio::join!(recorder.finish(&model, start()), async move {
        opens.set_open(true);
    });
    assert!(told.expect_err("it is not whole").contains("lacks"));
    let (heard, missing, end) = counted(disk.bytes());
    assert_eq!((heard + missing, end), (total, Ok(())));
}

#[tokio::test]
async fn a_disk_that_stalls_holds_back_a_bounded_number_of_bytes() {
    let (header, model) = begun();
    let disk = Disk::new(20_000);
    let (sender, _inbox) = mpsc::channel(16);
    let mut recorder = Recorder::over(disk.clone(), &header, None, sender).expect("it begins");
    disk.set_open(false);
    let large = Message::Pasted("a".repeat(MOST_WAITING / 8));
    for _ in 0..9 {
        recorder.hear(&model, &large, start());
    }
    // At most the one that is being written has left the queue, and it counts until it is written.
    let waiting = recorder.waiting.load(Ordering::Relaxed);
    assert!(waiting <= MOST_WAITING, "{waiting}");
    assert!(recorder.lost >= 1, "{}", recorder.lost);
    // It refuses what has come, or its thread would be busy with it for long.
    disk.set_open(true);
}

#[tokio::test]
async fn a_full_disk_ends_the_recording_and_not_the_lab() {
    let (header, model) = begun();
    let disk = Disk::new(20_000);
    let (sender, mut inbox) = mpsc::channel(16);
    let mut recorder = Recorder::over(disk.clone(), &header, None, sender).expect("it begins");
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..1_000 {
        let text = (0..200).map(|_| random.alphanumeric()).collect();
        recorder.hear(&model, &Message::ServerEnded(text), start());
    }
    let words = recorder.finish(&model, start()).await.expect_err("no room");
    assert!(words.contains("The recording ends here"), "{words}");
    let said = inbox.recv().await;
    assert!(
        matches!(said, Some(Message::RecordingFailed(_))),
        "{said:?}"
    );
    assert!(inbox.recv().await.is_none(), "it is said once");
    let (_, _, end) = counted(disk.bytes());
    assert_eq!(end, Err(ReadError::CutShort));
}

#[tokio::test]
async fn a_recording_replaces_no_file_and_its_owner_alone_reads_it() {
    let (header, model) = begun();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run");
    let (sender, _inbox) = mpsc::channel(16);
    let mut recorder = Recorder::start(&path, &header, None, sender.clone()).expect("a new file");
    recorder.hear(&model, &Message::DeadlinePassed, start());
    recorder.finish(&model, start()).await.expect("it is whole");
    let written = std::fs::read(&path).expect("it is there");
    assert_eq!(counted(written.clone().into()), (1, 0, Ok(())));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = Recorder::start(&path, &header, None, sender.clone());
    let why = again.err().expect("it is refused");
    assert!(why.contains("exists already"), "{why}");
    assert_eq!(std::fs::read(&path).expect("it is there"), written);
    let nowhere = Recorder::start(&folder.path().join("a/b"), &header, None, sender);
    let why = nowhere.err().expect("it is refused");
    assert!(why.contains("a folder that you may write to"), "{why}");
}
