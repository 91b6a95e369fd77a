//! One program and its terminal, from its start to its end.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, MasterPty, PtySize, native_pty_system};
use tokio::sync::mpsc;

use crate::app::Message;
use crate::app::program_pane::{LeftBehind, Start, Started, Writing, Written};

use super::super::pacer::FRAME_BUDGET;
use super::super::work_folder;
use super::group::{self, Group};
use super::leftovers;
use super::locked;
use super::screen::Screen;
use super::surroundings::Surroundings;

/// How many pieces of what is typed may wait for a program that does not read.
const TYPED_AHEAD: usize = 256;

/// How much is read at once.
const CHUNK: usize = 16 * 1024;

/// How long a program may take to end after Ctrl-C, and then after a hang-up, before it is killed.
const AFTER_INTERRUPT: Duration = Duration::from_millis(300);
pub const AFTER_HANG_UP: Duration = Duration::from_millis(500);

/// How long to wait for the last of what a program that has ended wrote.
pub const LAST_WORDS: Duration = Duration::from_millis(300);

/// A program and its terminal.
pub struct Session {
    pub run: u64,
    /// The screen. Whoever wants it for a picture goes before the reader, who would otherwise hold it nearly always.
    screen: Mutex<Screen>,
    pub typed: SyncSender<Vec<u8>>,
    desk: Mutex<Desk>,
    changed: Condvar,
}

/// How a session stands.
#[derive(Default)]
pub struct Desk {
    size: (u16, u16),
    master: Option<Box<dyn MasterPty + Send>>,
    group: Option<Group>,
    /// The screen is not as it was shown last.
    pub dirty: bool,
    /// A picture is on its way and was not taken in yet.
    pub waiting: bool,
    /// Somebody wants the screen.
    wanted: usize,
    /// Nothing more comes from the terminal.
    silent: bool,
    /// The end was asked for, be it before there was anything to end.
    pub ending: bool,
    /// The program has ended, and its groups with it.
    pub ended: bool,
    /// Nobody looks any more.
    closed: bool,
    pub left: Vec<LeftBehind>,
}

impl Session {
    pub fn new(run: u64, size: (u16, u16)) -> (Self, Receiver<Vec<u8>>) {
        let (typed, waiting) = sync_channel(TYPED_AHEAD);
        let desk = Desk {
            size,
            ..Desk::default()
        };
        let session = Self {
            run,
            screen: Mutex::new(Screen::new(size)),
            typed,
            desk: Mutex::new(desk),
            changed: Condvar::new(),
        };
        (session, waiting)
    }

    pub fn desk(&self) -> MutexGuard<'_, Desk> {
        locked(&self.desk)
    }

    pub fn touch(&self, change: impl FnOnce(&mut Desk)) {
        change(&mut self.desk());
        self.changed.notify_all();
    }

    /// Waits for something at most so long; whether it came.
    pub fn wait(&self, time: Duration, holds: impl Fn(&Desk) -> bool) -> bool {
        let waits = |desk: &mut Desk| !holds(desk);
        let waited = self.changed.wait_timeout_while(self.desk(), time, waits);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Has the screen before the reader takes it again.
    pub fn with_screen<T>(&self, look: impl FnOnce(&mut Screen) -> T) -> T {
        self.desk().wanted += 1;
        let seen = look(&mut locked(&self.screen));
        self.touch(|desk| desk.wanted -= 1);
        seen
    }

    pub fn resize(&self, size: (u16, u16)) {
        self.with_screen(|screen| screen.resize(size));
        self.touch(|desk| {
            desk.size = size;
            desk.dirty = true;
            if let Some(master) = &desk.master {
                // A terminal that cannot be resized shows what it has.
                let _ = master.resize(pty_size(size));
            }
        });
    }

    /// Lives from the program's start to its end.
    pub fn live(
        self: Arc<Self>,
        start: &Start,
        surroundings: &Surroundings,
        typed: Receiver<Vec<u8>>,
        inbox: &mpsc::Sender<Message>,
    ) {
        let run = self.run;
        let mark = surroundings.mark(run);
        let begun = self.begin(start, surroundings, &mark, typed, inbox);
        let (mut child, started) = match begun {
            Ok(begun) => begun,
            Err(why) => {
                self.touch(|desk| desk.ended = true);
                let result = Err(why);
                let _ = inbox.blocking_send(Message::ProgramStarted { run, result });
                return;
            }
        };
        let pid = started.pid;
        let result = Ok(started);
        let _ = inbox.blocking_send(Message::ProgramStarted { run, result });
        let ending = group::wait(pid, &mut child);
        let left = self.end_rest(pid, &mark);
        // Until here the number of the process was not given to another.
        self.desk().group = None;
        let _ = child.wait();
        self.wait(LAST_WORDS, |desk| desk.silent);
        let picture = Arc::new(self.with_screen(Screen::picture));
        self.touch(|desk| {
            desk.left.clone_from(&left);
            desk.ended = true;
            desk.master = None;
        });
        let _ = inbox.blocking_send(Message::ProgramDrew { run, picture });
        let _ = inbox.blocking_send(Message::ProgramEnded { run, ending, left });
    }

    fn begin(
        self: &Arc<Self>,
        start: &Start,
        surroundings: &Surroundings,
        mark: &str,
        typed: Receiver<Vec<u8>>,
        inbox: &mpsc::Sender<Message>,
    ) -> Result<(Box<dyn Child + Send + Sync>, Started), String> {
        let failed = |error: anyhow::Error| format!("{error:#}.");
        work_folder::make(&start.work)?;
        let mut wrote = Vec::new();
        for file in &start.files {
            let writing = Writing {
                work: start.work.clone(),
                file: file.clone(),
                replace: false,
                then_edit: false,
            };
            if work_folder::write(&start.work, &writing)? == Written::New {
                wrote.push(file.name.clone());
            }
        }
        let command = surroundings.command(start, mark)?;
        let pair = native_pty_system()
            .openpty(pty_size(self.desk().size))
            .map_err(failed)?;
        let reader = pair.master.try_clone_reader().map_err(failed)?;
        let writer = pair.master.take_writer().map_err(failed)?;
        let child = pair.slave.spawn_command(command).map_err(failed)?;
        // Else the end of the program would not be the terminal's.
        drop(pair.slave);
        let pid = child.process_id().unwrap_or_default();
        self.touch(|desk| {
            // It may have been given another size meanwhile.
            let _ = pair.master.resize(pty_size(desk.size));
            desk.master = Some(pair.master);
            desk.group = Group::of(pid);
            if let (true, Some(group)) = (desk.ending, &desk.group) {
                // Nobody asks again.
                group.kill();
            }
        });
        let threads = [
            self.thread("reader", |session| session.read(reader)),
            self.thread("writer", move |_| write(writer, &typed)),
            self.thread("painter", {
                let inbox = inbox.clone();
                move |session| session.paint(&inbox)
            }),
        ];
        if let Some(why) = threads.into_iter().find_map(Result::err) {
            self.kill();
            return Err(format!("the system gives no thread for it ({why})."));
        }
        Ok((child, Started { pid, wrote }))
    }

    fn thread(
        self: &Arc<Self>,
        name: &str,
        work: impl FnOnce(&Self) + Send + 'static,
    ) -> std::io::Result<()> {
        let session = Arc::clone(self);
        let thread = thread::Builder::new().name(name.to_owned());
        thread.spawn(move || work(&session)).map(drop)
    }

    fn read(&self, mut terminal: Box<dyn Read + Send>) {
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = match terminal.read(&mut chunk) {
                Ok(count @ 1..) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Ok(0) | Err(_) => break,
            };
            // Whoever wants a picture goes first.
            let first = |desk: &mut Desk| desk.wanted > 0;
            drop(self.changed.wait_while(self.desk(), first));
            let answer = locked(&self.screen).wrote(&chunk[..count]);
            if !answer.is_empty() {
                // A program that does not read what it asked for does not get it.
                let _ = self.typed.try_send(answer);
            }
            let mut desk = self.desk();
            if desk.closed {
                break;
            }
            if !desk.dirty {
                desk.dirty = true;
                self.changed.notify_all();
            }
        }
        self.touch(|desk| desk.silent = true);
    }

    fn paint(&self, inbox: &mpsc::Sender<Message>) {
        let run = self.run;
        let mut last: Option<Instant> = None;
        loop {
            let idle = |desk: &mut Desk| !(desk.closed || (desk.dirty && !desk.waiting));
            let desk = self.changed.wait_while(self.desk(), idle);
            drop(desk);
            if let Some(wait) = last.and_then(|last| FRAME_BUDGET.checked_sub(last.elapsed())) {
                self.wait(wait, |desk| desk.closed);
            }
            let mut desk = self.desk();
            if desk.closed {
                return;
            }
            (desk.dirty, desk.waiting) = (false, true);
            drop(desk);
            let picture = Arc::new(self.with_screen(Screen::picture));
            last = Some(Instant::now());
            if inbox
                .blocking_send(Message::ProgramDrew { run, picture })
                .is_err()
            {
                return;
            }
        }
    }

    /// Ends the program: kindly, then by force.
    pub fn end(&self) {
        self.touch(|desk| {
            desk.ending = true;
            if let Desk {
                group: Some(group),
                master,
                ..
            } = desk
            {
                group.note_foreground(master.as_deref());
                group.interrupt();
            }
        });
        if self.wait(AFTER_INTERRUPT, |desk| desk.ended) {
            return;
        }
        self.touch(|desk| {
            if let Some(group) = &desk.group {
                group.hang_up();
            }
        });
        if !self.wait(AFTER_HANG_UP, |desk| desk.ended) {
            self.kill();
        }
    }

    pub fn kill(&self) {
        let mut desk = self.desk();
        desk.ending = true;
        if let Some(group) = &desk.group {
            group.kill();
        }
    }

    /// Ends what is left in the program's groups although it has ended. Gives what has left them.
    fn end_rest(&self, pid: u32, mark: &str) -> Vec<LeftBehind> {
        let groups: BTreeSet<i32> = self
            .desk()
            .group
            .as_ref()
            .map_or_else(BTreeSet::new, |group| group.numbers().collect());
        let inside = || {
            let marked = leftovers::marked(mark, pid);
            marked.into_iter().any(|it| groups.contains(&it.group))
        };
        if inside() {
            self.touch(|desk| {
                if let Some(group) = &desk.group {
                    group.hang_up();
                }
            });
            let deadline = Instant::now() + AFTER_HANG_UP;
            while inside() && Instant::now() < deadline {
                thread::park_timeout(Duration::from_millis(10));
            }
        }
        // Where nothing tells what is left this ends it all the same.
        self.kill();
        leftovers::marked(mark, pid)
            .into_iter()
            .filter(|it| !groups.contains(&it.group))
            .map(|it| it.process)
            .collect()
    }

    /// Nobody looks at it any more.
    pub fn close(&self) {
        let _ = self.typed.try_send(Vec::new());
        self.touch(|desk| desk.closed = true);
    }
}

fn write(mut terminal: Box<dyn Write + Send>, typed: &Receiver<Vec<u8>>) {
    // An empty piece is the end.
    while let Ok(bytes) = typed.recv()
        && !bytes.is_empty()
    {
        let written = terminal.write_all(&bytes).and_then(|()| terminal.flush());
        if written.is_err() {
            break;
        }
    }
}

fn pty_size((columns, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        ..PtySize::default()
    }
}
