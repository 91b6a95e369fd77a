//! The checkpoints that outlive a run: kept with the progress, and gone on from if the learner wants that.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::connection::{Connection, ConnectionKind};
use crate::app::model::Model;
use crate::kinesis::ShardId;
use crate::leases::{Checkpoint, Table};
use crate::progress::readings::{Reading, SHARD_END, StreamIdentity};

/// Checkpoints are kept no more often than this, however many shards write theirs.
const KEEPING: TimeDelta = TimeDelta::seconds(1);

/// What is kept of the present run, and when.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// The stream that is read; unknown where the endpoint does not tell when it was created.
    pub(super) of: Option<StreamIdentity>,
    /// How many checkpoints had been written in the table when they were kept last, and when that was.
    written: u64,
    at: Option<DateTime<Utc>>,
}

impl Kept {
    /// When the checkpoints in the table are to be kept, if any are newer.
    pub(super) fn due(&self, table: &Table) -> Option<DateTime<Utc>> {
        self.of.as_ref()?;
        let news = table.written() != self.written;
        news.then(|| self.at.map_or(DateTime::<Utc>::MIN_UTC, |at| at + KEEPING))
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
    let reading = model.progress.reading(&identity(model)?)?;
    (!reading.checkpoints.is_empty()).then_some(reading)
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

/// Keeps the checkpoints of the table, if it is time.
pub(super) fn keep(model: &mut Model, now: DateTime<Utc>) {
    let consumer = &mut model.consumer;
    let due = consumer.kept.due(&consumer.group.table);
    if due.is_none_or(|at| at > now) {
        return;
    }
    keep_now(model, now);
}

/// Keeps them at once: the run is over.
pub(super) fn keep_now(model: &mut Model, now: DateTime<Utc>) {
    let consumer = &mut model.consumer;
    let table = &consumer.group.table;
    let Some(of) = &consumer.kept.of else {
        return;
    };
    if table.written() == consumer.kept.written {
        return;
    }
    let checkpoints: BTreeMap<String, String> = table
        .leases()
        .filter_map(|(shard, lease)| {
            let text = match &lease.checkpoint {
                Checkpoint::After(number) => number.as_str(),
                Checkpoint::ShardEnd => SHARD_END,
                Checkpoint::Start(_) | Checkpoint::Elsewhere => return None,
            };
            Some((shard.as_str().to_owned(), text.to_owned()))
        })
        .collect();
    let reading = Reading {
        of: of.clone(),
        written_at: now,
        checkpoints,
    };
    model.progress.keep_reading(reading);
    consumer.kept.written = table.written();
    consumer.kept.at = Some(now);
}

/// The selected stream was created anew, or is another than the one that was read: what was kept of an earlier one of its
/// name is dropped. Whether there was any.
pub(in crate::app) fn drop_earlier(model: &mut Model) -> bool {
    let Some(of) = identity(model) else {
        return false;
    };
    model.progress.drop_earlier_readings(&of)
}
