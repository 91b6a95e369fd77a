//! The checkpoints that outlive a run: kept with the progress, and gone on from if the learner wants that. What was worked
//! on beyond them is kept too, so that a lab that was killed marks what comes again.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::Consumer;
use crate::app::connection::{Connection, ConnectionKind};
use crate::app::model::Model;
use crate::kinesis::ShardId;
use crate::leases::{Checkpoint, Table};
use crate::progress::readings::{Reading, SHARD_END, StreamIdentity};

/// That is kept no more often than this, however many shards write theirs and however fast the work is.
const KEEPING: TimeDelta = TimeDelta::seconds(1);

/// What is kept of the present run, and when.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// The stream that is read; unknown where the endpoint does not tell when it was created.
    pub(super) of: Option<StreamIdentity>,
    /// How many checkpoints had been written in the table, and how many records been worked on, when that was kept last;
    /// and when that was.
    news: (u64, u64),
    at: Option<DateTime<Utc>>,
}

impl Kept {
    /// Nothing of a run that begins is kept.
    pub(super) fn begun(consumer: &Consumer) -> Self {
        Self {
            news: consumer.news(),
            ..Self::default()
        }
    }
}

impl Consumer {
    /// What moves when there is something to keep.
    fn news(&self) -> (u64, u64) {
        (self.group.table.written(), self.log.end())
    }

    /// When how far it has come is to be kept, if that is news.
    pub(super) fn keeps_at(&self) -> Option<DateTime<Utc>> {
        self.kept.of.as_ref()?;
        let at = self
            .kept
            .at
            .map_or(DateTime::<Utc>::MIN_UTC, |at| at + KEEPING);
        (self.news() != self.kept.news).then_some(at)
    }
}

/// Which stream the panels follow, as far as it can be told from one created anew.
pub(super) fn identity(model: &Model) -> Option<StreamIdentity> {
    let selected = model.streams.selected.as_ref()?;
    Some(StreamIdentity {
        endpoint: place(&model.connection),
        stream: selected.name.clone(),
        created_at: selected.created_at?,
    })
}

fn place(connection: &Connection) -> String {
    match connection.kind {
        // Its port may be another each time.
        ConnectionKind::Local => format!("local {}", connection.region),
        ConnectionKind::Endpoint => format!("{} {}", connection.address, connection.region),
        ConnectionKind::Aws => format!("aws {}", connection.region),
    }
}

/// What is kept of the selected stream: its checkpoints can be gone on from.
pub fn kept_reading(model: &Model) -> Option<&Reading> {
    kept(model).filter(|reading| !reading.checkpoints.is_empty())
}

/// What is kept of the selected stream, if only that records were worked on before any checkpoint was written.
pub(super) fn kept(model: &Model) -> Option<&Reading> {
    model.progress.reading(&identity(model)?)
}

/// The lease table of a run that goes on from what was kept.
pub(super) fn resumed(reading: &Reading) -> Table {
    let checkpoint = |(shard, text): (&String, &String)| {
        let checkpoint = match text.as_str() {
            SHARD_END => Checkpoint::ShardEnd,
            number => Checkpoint::After(number.into()),
        };
        (ShardId::from(shard.as_str()), checkpoint)
    };
    Table::resume(reading.checkpoints.iter().map(checkpoint).collect())
}

/// Keeps the checkpoints of the table and what was worked on beyond them, if it is time.
pub(super) fn keep(model: &mut Model, now: DateTime<Utc>) {
    if model.consumer.keeps_at().is_some_and(|at| at <= now) {
        keep_now(model, now);
    }
}

/// Keeps them at once: the run is over.
pub(super) fn keep_now(model: &mut Model, now: DateTime<Utc>) {
    let earlier = kept_reading(model).is_some();
    let consumer = &mut model.consumer;
    let news = consumer.news();
    let Some(of) = consumer.kept.of.clone() else {
        return;
    };
    if news == consumer.kept.news {
        return;
    }
    (consumer.kept.news, consumer.kept.at) = (news, Some(now));
    let leases = consumer.group.table.leases();
    let checkpoints: BTreeMap<String, String> = leases
        .filter_map(|(shard, lease)| {
            let text = match &lease.checkpoint {
                Checkpoint::After(number) => number.as_str(),
                Checkpoint::ShardEnd => SHARD_END,
                Checkpoint::Start(_) | Checkpoint::Elsewhere => return None,
            };
            Some((shard.as_str().to_owned(), text.to_owned()))
        })
        .collect();
    // Until a run has written one down, an earlier run's can be gone on from.
    if checkpoints.is_empty() && earlier {
        return;
    }
    // The lab may be killed before they are written down: then these come again, and are known.
    let beyond = consumer.readers.iter().filter_map(|reader| {
        let worked = reader.worked.as_ref()?;
        let shard = reader.shard.as_str();
        let written = checkpoints
            .get(shard)
            .is_some_and(|text| text == SHARD_END || text == worked.as_str());
        (!written).then(|| (shard.to_owned(), worked.to_string()))
    });
    let reading = Reading {
        of,
        written_at: now,
        worked: beyond.collect(),
        checkpoints,
    };
    model.progress.keep_reading(reading);
}

/// The selected stream was created anew, or is another than the one that was read: what was kept of an earlier one of its
/// name is dropped. Whether there was any.
pub(in crate::app) fn drop_earlier(model: &mut Model) -> bool {
    let Some(of) = identity(model) else {
        return false;
    };
    model.progress.drop_earlier_readings(&of)
}
