//! What outlives the process: a store on disk, in which every change stands before its call is answered.
//!
//! One batch for each call, so that all of it is kept or nothing. fjall has it in the system's hands when the call
//! answers: a killed process loses nothing; with `fsync` a power cut loses nothing either.
//!
//! A write that failed leaves fjall unfit for more writes, while reads go on. Once there is room again the next write
//! opens it anew, takes back what may have come through of the one that failed, and goes on.

mod folder;
mod journal;
mod keys;
mod records;
mod restore;
mod room;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use fjall::{AbstractTree, Database, Keyspace, KeyspaceCreateOptions, KvSeparationOptions};
use fjall::{PersistMode, UserValue};

use self::folder::Folder;
pub use self::folder::{OpenError, empty_store};
pub use self::keys::Mark;
use self::keys::{about, abouts, content, deleted, from_index, head, record, setting};
pub use self::records::DiskLog;
pub use self::restore::Kept;
use self::room::Room;
use super::changes::{Changes, Failure, Keep};
use super::log::Log;

/// What fjall keeps in memory before it writes a table; a few of them exist at once.
const MEMTABLE_BYTES: u64 = 8 * 1024 * 1024;

/// The blocks of tables that stay in memory.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// The journals, beside the one that is written; no fewer are allowed.
const JOURNAL_BYTES: u64 = 64 * 1024 * 1024;

/// How many files fjall holds open. macOS gives a process 256, of which connections take most.
const OPEN_FILES: usize = 32;

/// How many memtables wait to be written, and how many runs to be merged, before a write waits for them. fjall itself
/// waits at 4 and at 30, for ever if its workers have failed.
const WAITING_MEMTABLES: usize = 2;
const WAITING_RUNS: usize = 16;

/// How long a write waits for them at most, a millisecond at a time.
const LONGEST_WAIT_MS: u32 = 10_000;

/// So much room at least is given back at once, so that it is done seldom.
const STALE_BYTES: u64 = 64 * 1024 * 1024;

/// How often that is tried. Files of large values go with the merge after the one that found them empty.
const RECLAIM_ROUNDS: usize = 4;

/// How a store on disk is kept.
#[derive(Debug, Clone)]
pub struct DiskOptions {
    /// Its folder, which is made if need be.
    pub folder: PathBuf,
    /// Whether each write waits until it would survive a power cut.
    pub fsync: bool,
}

/// A store on disk.
pub struct Disk {
    folder: Folder,
    fsync: bool,
    /// A std lock, since it is held for a call and never over an await.
    state: Mutex<State>,
}

struct State {
    /// Nothing after it was closed and could not be opened again.
    engine: Option<Engine>,
    room: Room,
    /// What to write before anything else: what a failed write found in its place.
    undo: Vec<Write>,
    /// Whether the engine takes no more writes.
    broken: bool,
    /// What the records take, and what those took whose room the engine has not given back.
    held: u64,
    stale: u64,
    /// Gives that room back.
    reclaiming: Option<JoinHandle<()>>,
    /// Below which index each shard's records were erased, so that nobody looks for them again: (stream, shard).
    erased: HashMap<(u64, u32), u64>,
}

/// A setting that means nothing: there must be something to merge.
const RECLAIMED: &str = "reclaimed";

/// A key, and its new value or that it goes.
type Write = (Vec<u8>, Option<UserValue>);

/// fjall, and the one keyspace that holds everything.
#[derive(Clone)]
struct Engine {
    database: Database,
    all: Keyspace,
}

impl Engine {
    fn open(folder: &Folder) -> fjall::Result<Self> {
        let database = Database::builder(folder.engine())
            .cache_size(CACHE_BYTES)
            .max_journaling_size(JOURNAL_BYTES)
            .max_cached_files(Some(OPEN_FILES))
            // One writes memtables while the other merges.
            .worker_threads(2)
            .open()?;
        let all = database.keyspace("all", || {
            KeyspaceCreateOptions::default()
                .max_memtable_size(MEMTABLE_BYTES)
                // Large records are written once, not with each merge, and seeks do not read them.
                .with_kv_separation(Some(KvSeparationOptions::default()))
        })?;
        Ok(Self { database, all })
    }

    /// Waits until fjall keeps up, so that its memory is bounded and it never waits itself.
    fn keep_up(&self) -> Result<(), fjall::Error> {
        for _ in 0..LONGEST_WAIT_MS {
            let waiting = self.all.sealed_memtable_count();
            if waiting < WAITING_MEMTABLES
                && self.all.tree.active_memtable().size() > MEMTABLE_BYTES
            {
                self.all.rotate_memtable()?;
                continue;
            }
            if waiting < WAITING_MEMTABLES && self.all.tree.l0_run_count() < WAITING_RUNS {
                return Ok(());
            }
            // Says whether the workers failed.
            self.database.persist(PersistMode::Buffer)?;
            thread::park_timeout(Duration::from_millis(1));
        }
        Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into())
    }

    /// Gives back the room of what was erased, which the engine by itself does only as it is written to.
    fn reclaim(&self, held: u64) -> fjall::Result<()> {
        for _ in 0..RECLAIM_ROUNDS {
            self.all.insert(setting(RECLAIMED), [])?;
            self.all.rotate_memtable()?;
            // A merge passes over what another one is at.
            for _ in 0..LONGEST_WAIT_MS {
                if self.all.sealed_memtable_count() == 0 && self.database.active_compactions() == 0
                {
                    break;
                }
                thread::park_timeout(Duration::from_millis(1));
            }
            self.all.major_compact()?;
            if self.all.disk_space() < held + STALE_BYTES / 2 {
                break;
            }
        }
        Ok(())
    }

    fn commit(&self, writes: &[Write], mode: PersistMode) -> fjall::Result<()> {
        self.keep_up()?;
        let mut batch = self.database.batch().durability(Some(mode));
        for (key, value) in writes {
            match value {
                Some(value) => batch.insert(&self.all, key.as_slice(), value.clone()),
                None => batch.remove(&self.all, key.as_slice()),
            }
        }
        batch.commit()
    }
}

impl Disk {
    /// The engine, to read from.
    fn engine(&self) -> Result<Engine, Failure> {
        let engine = self.state().engine.clone();
        engine.ok_or_else(|| self.failure("it is not open"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mode(&self) -> PersistMode {
        match self.fsync {
            true => PersistMode::SyncData,
            false => PersistMode::Buffer,
        }
    }

    fn failure(&self, what: impl std::fmt::Display) -> Failure {
        let folder = self.folder.path().display();
        Failure(format!("The data in {folder} cannot be written: {what}."))
    }

    /// Has all of these on disk when it returns, or none.
    fn write(&self, state: &mut State, writes: &[Write]) -> Result<(), Failure> {
        if state.broken {
            self.mend(state)?;
        }
        let committed = self.commit(state, writes);
        let Err(error) = committed else { return Ok(()) };
        // A worker of the engine failed before; this write left nothing behind.
        if matches!(error, fjall::Error::Poisoned) {
            self.mend(state)?;
            return self
                .commit(state, writes)
                .map_err(|error| self.spoilt(state, writes, error));
        }
        Err(self.spoilt(state, writes, error))
    }

    fn commit(&self, state: &State, writes: &[Write]) -> fjall::Result<()> {
        let engine = state.engine.as_ref().ok_or(fjall::Error::Poisoned)?;
        engine.commit(writes, self.mode())
    }

    /// A failed write may still come through when the engine closes: notes what to put in its place.
    fn spoilt(&self, state: &mut State, writes: &[Write], error: fjall::Error) -> Failure {
        state.broken = true;
        if let Some(engine) = &state.engine {
            let before = writes.iter().map(|(key, _)| {
                let value = engine.all.get(key).ok().flatten();
                (key.clone(), value)
            });
            state.undo = before.collect();
        }
        tracing::warn!(?error, "a write to the data failed");
        self.failure(folder::words(&error))
    }

    /// Opens the engine anew after a failed write.
    fn mend(&self, state: &mut State) -> Result<(), Failure> {
        // It is not closed while it could not be opened again: reads go on.
        state.room.look(&self.folder, 0)?;
        state.broken = true;
        // Its lock is held until the old one is gone.
        state.engine = None;
        if let Some(reclaiming) = state.reclaiming.take() {
            // It catches its own errors, and a panic of it is logged.
            let _ = reclaiming.join();
        }
        let engine =
            Engine::open(&self.folder).map_err(|error| self.failure(folder::words(&error)))?;
        state.engine = Some(engine.clone());
        engine
            .commit(&state.undo, self.mode())
            .map_err(|error| self.failure(folder::words(&error)))?;
        state.undo.clear();
        state.broken = false;
        tracing::info!("the data can be written again");
        Ok(())
    }

    /// The keys of a shard's records below an index.
    fn erasures(
        &self,
        state: &State,
        shard: (u64, u32),
        below: u64,
    ) -> Result<Vec<Write>, Failure> {
        let from = state.erased.get(&shard).copied().unwrap_or(0);
        let Some(engine) = state.engine.as_ref().filter(|_| from < below) else {
            return Ok(Vec::new());
        };
        let range = from_index(shard.0, shard.1, from)..from_index(shard.0, shard.1, below);
        let keys = engine.all.range(range).map(fjall::Guard::key);
        keys.map(|key| Ok((key?.to_vec(), None)))
            .collect::<fjall::Result<_>>()
            .map_err(|error| self.failure(folder::words(&error)))
    }

    /// All writes that make these changes.
    fn writes(&self, state: &State, changes: &Changes) -> Result<Vec<Write>, Failure> {
        let mut writes = Vec::new();
        for known in &changes.heads {
            writes.push((head(known.incarnation), Some(json(known)?)));
        }
        for (stream, known) in &changes.shards {
            writes.push((about(*stream, known.index), Some(json(known)?)));
        }
        for new in &changes.records {
            let key = record(new.stream, new.shard, &Mark::of(&new.record));
            writes.push((key, Some(content(&new.record.payload).into())));
        }
        for freed in &changes.freed {
            let shard = (freed.stream, freed.shard);
            writes.extend(self.erasures(state, shard, freed.below)?);
        }
        for (stream, shard) in &changes.forgotten {
            writes.push((about(*stream, *shard), None));
        }
        for stream in self.without_shards(state, changes)? {
            writes.push((deleted(stream), None));
        }
        for stream in &changes.deleted {
            let known = self.value(state, &head(*stream))?;
            writes.push((head(*stream), None));
            writes.push((deleted(*stream), Some(known.unwrap_or_default())));
        }
        if let Some(seconds) = changes.ahead_seconds {
            let value = seconds.to_be_bytes().as_slice().into();
            writes.push((setting(restore::AHEAD), Some(value)));
        }
        Ok(writes)
    }

    /// Counts what came and went, and has room given back that is worth it: as much as is held, or more.
    fn account(&self, state: &mut State, came: u64, went: u64) {
        state.held = (state.held + came).saturating_sub(went);
        state.stale += went;
        let idle = state
            .reclaiming
            .as_ref()
            .is_none_or(JoinHandle::is_finished);
        if !idle || state.stale < state.held.max(STALE_BYTES) {
            return;
        }
        let Some(engine) = state.engine.clone() else {
            return;
        };
        let held = state.held;
        let reclaiming = thread::Builder::new()
            .name("reclaim".to_owned())
            .spawn(move || {
                if let Err(error) = engine.reclaim(held) {
                    tracing::warn!(?error, "room on disk was not given back");
                }
            });
        // Without a thread it is tried with the next write.
        if let Ok(reclaiming) = reclaiming {
            state.reclaiming = Some(reclaiming);
            state.stale = 0;
        }
    }

    fn value(&self, state: &State, key: &[u8]) -> Result<Option<UserValue>, Failure> {
        let value = state.engine.as_ref().map(|engine| engine.all.get(key));
        value
            .transpose()
            .map(Option::flatten)
            .map_err(|error| self.failure(folder::words(&error)))
    }

    /// The streams whose last shards these changes forget.
    fn without_shards(&self, state: &State, changes: &Changes) -> Result<Vec<u64>, Failure> {
        let mut streams: Vec<u64> = changes
            .forgotten
            .iter()
            .map(|(stream, _)| *stream)
            .collect();
        streams.sort_unstable();
        streams.dedup();
        let mut found = Vec::new();
        for stream in streams {
            let known = state.engine.as_ref().map(|engine| {
                let keys = engine.all.prefix(abouts(stream)).map(fjall::Guard::key);
                // One more than go tells whether any stays.
                keys.take(changes.forgotten.len() + 1)
                    .collect::<fjall::Result<Vec<_>>>()
            });
            let known = known
                .transpose()
                .map_err(|error| self.failure(folder::words(&error)))?;
            let stays = |key: &fjall::UserKey| {
                keys::shard_of(key).is_none_or(|shard| !changes.forgotten.contains(&shard))
            };
            if !known.unwrap_or_default().iter().any(stays) {
                found.push(stream);
            }
        }
        Ok(found)
    }
}

fn json(value: &impl serde::Serialize) -> Result<UserValue, Failure> {
    serde_json::to_vec(value)
        .map(UserValue::from)
        .map_err(|error| Failure(error.to_string()))
}

impl Keep for Arc<Disk> {
    fn keep(&mut self, changes: &Changes) -> Result<(), Failure> {
        let mut state = self.state();
        let state = &mut *state;
        let size: usize = changes
            .records
            .iter()
            .map(|new| new.record.payload.memory())
            .sum();
        // All else is small, and deleting makes room.
        if size > 0 {
            state.room.look(&self.folder, size as u64)?;
        }
        let writes = self.writes(state, changes)?;
        if writes.is_empty() {
            // Tidying comes by here each time that it finds nothing.
            self.account(state, 0, 0);
            return Ok(());
        }
        self.write(state, &writes)?;
        let gone = writes.iter().filter(|(_, value)| value.is_none());
        let gone = gone.filter_map(|(key, _)| keys::mark(key));
        let went = gone.map(|(_, _, mark)| mark.end() - mark.start).sum();
        self.account(state, size as u64, went);
        for freed in &changes.freed {
            state
                .erased
                .insert((freed.stream, freed.shard), freed.below);
        }
        for shard in &changes.forgotten {
            state.erased.remove(shard);
        }
        Ok(())
    }

    fn log(&self, stream: u64, shard: u32) -> Log {
        Log::Disk(DiskLog::new(Arc::clone(self), stream, shard, None))
    }
}
