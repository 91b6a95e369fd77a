//! Opening a store on disk: what it keeps, and what of it cannot be read.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use fjall::Keyspace;

use super::folder::{self, Folder, OpenError};
use super::journal;
use super::keys::{self, Mark, behind, from_index, setting};
use super::room::Room;
use super::{Disk, DiskOptions, Engine, State};
use crate::server::store::shard::About;
use crate::server::store::stream::Head;

/// The settings: how far lab time is ahead, in seconds, and what tokens are sealed with.
pub const AHEAD: &str = "ahead";
const SEAL: &str = "seal";

/// What a store on disk keeps.
#[derive(Debug)]
pub struct Kept {
    /// In the order in which they were created.
    pub streams: Vec<KeptStream>,
    pub ahead_seconds: u64,
    pub seal: [u8; 64],
    /// What cannot be read, a sentence each. It stays on disk.
    pub damage: Vec<String>,
}

/// A stream, and the first and the last record of each of its shards.
#[derive(Debug)]
pub struct KeptStream {
    pub head: Head,
    /// Whether it was deleted, and its records are still to be let go.
    pub deleted: bool,
    pub shards: Vec<(About, Option<(Mark, Mark)>)>,
}

impl Disk {
    /// Opens the store in a folder, or makes one. A new one seals its tokens with `seal`.
    pub fn open(options: &DiskOptions, seal: [u8; 64]) -> Result<(Arc<Self>, Kept), OpenError> {
        let folder = Folder::own(&options.folder)?;
        let unopened = |error: fjall::Error| match error {
            fjall::Error::Locked => OpenError::Busy(options.folder.clone()),
            fjall::Error::InvalidVersion(_) => OpenError::Damaged {
                folder: options.folder.clone(),
                what: "its engine is of another version".to_owned(),
            },
            fjall::Error::Io(source) => OpenError::Refused {
                folder: options.folder.clone(),
                source,
            },
            error => OpenError::Damaged {
                folder: options.folder.clone(),
                what: folder::words(&error),
            },
        };
        let cut = journal::mend(&folder).map_err(|error| unopened(error.into()))?;
        let engine = Engine::open(&folder).map_err(unopened)?;
        let mut kept = kept(&engine, seal).map_err(unopened)?;
        kept.damage.splice(0..0, cut);
        let disk = Self {
            folder,
            fsync: options.fsync,
            state: Mutex::new(State {
                engine: Some(engine),
                room: Room::default(),
                undo: Vec::new(),
                broken: false,
                held: kept
                    .streams
                    .iter()
                    .flat_map(|stream| &stream.shards)
                    .filter_map(|(_, ends)| ends.map(|(first, last)| last.end() - first.start))
                    .sum(),
                stale: 0,
                reclaiming: None,
                erased: HashMap::new(),
            }),
        };
        Ok((Arc::new(disk), kept))
    }
}

/// Reads what is kept. What cannot be read is named and left where it is; a stream is left out as a whole.
struct Reading<'e> {
    all: &'e Keyspace,
    damage: Vec<String>,
}

fn kept(engine: &Engine, seal: [u8; 64]) -> fjall::Result<Kept> {
    let all = &engine.all;
    let ahead = all.get(setting(AHEAD))?;
    let seal = match all.get(setting(SEAL))? {
        Some(kept) => <[u8; 64]>::try_from(&*kept).unwrap_or(seal),
        None => {
            all.insert(setting(SEAL), seal.as_slice())?;
            seal
        }
    };
    let mut reading = Reading {
        all,
        damage: Vec::new(),
    };
    let mut shards = reading.shards();
    let mut streams = reading.streams(keys::HEAD, &mut shards);
    streams.extend(reading.streams(keys::DELETED, &mut shards));
    Ok(Kept {
        streams,
        ahead_seconds: ahead
            .and_then(|ahead| Some(u64::from_be_bytes((*ahead).try_into().ok()?)))
            .unwrap_or(0),
        seal,
        damage: reading.damage,
    })
}

/// What is known about the shards of each stream, as far as it can be read.
type Shards = BTreeMap<u64, Result<Vec<About>, String>>;

impl Reading<'_> {
    fn shards(&mut self) -> Shards {
        let mut found = Shards::new();
        for entry in self.all.prefix([keys::ABOUT]) {
            let Some((key, value)) = self.entry(entry) else {
                continue;
            };
            let Some((stream, shard)) = keys::shard_of(&key) else {
                self.damage
                    .push("The key of a shard cannot be read.".to_owned());
                continue;
            };
            let known = found.entry(stream).or_insert_with(|| Ok(Vec::new()));
            match (serde_json::from_slice(&value), known) {
                (Ok(about), Ok(abouts)) => abouts.push(about),
                (Err(error), known) => *known = Err(format!("shard {shard}: {error}")),
                (Ok(_), Err(_)) => {}
            }
        }
        found
    }

    fn streams(&mut self, kind: u8, shards: &mut Shards) -> Vec<KeptStream> {
        let mut streams = Vec::new();
        for entry in self.all.prefix([kind]) {
            let Some((key, value)) = self.entry(entry) else {
                continue;
            };
            let head: Head = match serde_json::from_slice(&value) {
                Ok(head) => head,
                Err(error) => {
                    let stream = keys::stream_of(&key).unwrap_or_default();
                    self.damage
                        .push(format!("Stream number {stream} cannot be read ({error})."));
                    continue;
                }
            };
            let abouts = shards.remove(&head.incarnation).unwrap_or(Ok(Vec::new()));
            let read = abouts.and_then(|abouts| {
                let with_ends = |about: About| {
                    let ends = self.ends(head.incarnation, about.index);
                    let ends = ends.map_err(|why| format!("shard {}: {why}", about.index))?;
                    Ok((about, ends))
                };
                abouts.into_iter().map(with_ends).collect()
            });
            match read {
                Ok(shards) => streams.push(KeptStream {
                    head,
                    deleted: kind == keys::DELETED,
                    shards,
                }),
                Err(why) => self.damage.push(format!(
                    "The stream {} in {} cannot be read ({why}).",
                    head.name, head.region
                )),
            }
        }
        streams
    }

    fn entry(&mut self, entry: fjall::Guard) -> Option<(fjall::UserKey, fjall::UserValue)> {
        let read = entry.into_inner();
        read.map_err(|error| {
            let why = folder::words(&error);
            self.damage
                .push(format!("Some streams cannot be read ({why})."));
        })
        .ok()
    }

    /// The first and the last record of a shard.
    fn ends(&self, stream: u64, shard: u32) -> Result<Option<(Mark, Mark)>, String> {
        let mut range = self
            .all
            .range(from_index(stream, shard, 0)..behind(stream, shard));
        let first = range.next().map(mark).transpose()?;
        let last = range.next_back().map(mark).transpose()?;
        Ok(first.map(|first| (first, last.unwrap_or(first))))
    }
}

fn mark(guard: fjall::Guard) -> Result<Mark, String> {
    let key = guard.key().map_err(|error| folder::words(&error))?;
    let (_, _, mark) = keys::mark(&key).ok_or("a record's key cannot be understood")?;
    Ok(mark)
}
