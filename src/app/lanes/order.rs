//! Arrival order across lanes beside the order that a reader saw: of the same records, once by arrival, once as they came.

use std::collections::BTreeSet;

use crate::app::consumer::Shown;
use crate::app::model::Model;
use crate::kinesis::ShardId;

/// A record in one of the orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its shard.
    pub shard: ShardId,
    /// Its partition key.
    pub key: String,
    /// Whether a record was read before it that arrived after it.
    pub late: bool,
}

/// The two orders of the newest records that the lab's own workers read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orders {
    /// Who read them: `worker 1`, or all of them together.
    pub reader: String,
    /// By arrival.
    pub arrived: Vec<Entry>,
    /// As they were read.
    pub read: Vec<Entry>,
    /// How many are late.
    pub late: usize,
}

/// The orders of the newest records, of so many at most; `None` where they are of one shard only, where order holds, or
/// where it is not told when they arrived.
pub fn orders(model: &Model, most: usize) -> Option<Orders> {
    let log = &model.consumer.log;
    let end = match &model.lanes.frozen {
        Some(frozen) => frozen.read_to.clamp(log.first(), log.end()),
        None => log.end(),
    };
    let first = end.saturating_sub(most as u64).max(log.first());
    let shown: Vec<&Shown> = (first..end).filter_map(|number| log.get(number)).collect();
    of(&shown)
}

fn of(shown: &[&Shown]) -> Option<Orders> {
    let shards: BTreeSet<&ShardId> = shown.iter().map(|it| &it.shard).collect();
    if shards.len() < 2 {
        return None;
    }
    let arrivals: Vec<_> = shown
        .iter()
        .map(|it| it.record.arrived_at)
        .collect::<Option<_>>()?;
    let mut latest = arrivals[0];
    let mut read = Vec::with_capacity(shown.len());
    for (it, arrived) in shown.iter().zip(&arrivals) {
        read.push(Entry {
            shard: it.shard.clone(),
            key: it.record.key.clone(),
            late: *arrived < latest,
        });
        latest = latest.max(*arrived);
    }
    let mut by_arrival: Vec<usize> = (0..shown.len()).collect();
    by_arrival.sort_by_key(|place| arrivals[*place]);
    let workers: BTreeSet<u8> = shown.iter().map(|it| it.worker).collect();
    Some(Orders {
        reader: match (workers.len(), workers.first()) {
            (1, Some(worker)) => format!("worker {worker}"),
            _ => "workers".into(),
        },
        arrived: by_arrival
            .into_iter()
            .map(|place| read[place].clone())
            .collect(),
        late: read.iter().filter(|entry| entry.late).count(),
        read,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::app::message::Received;

    fn shown(records: &[(u32, i64)]) -> Vec<Shown> {
        let record = |(shard, second): &(u32, i64)| Shown {
            shard: ShardId::from_index(*shard),
            worker: 1,
            record: Received {
                sequence: second.to_string().as_str().into(),
                key: format!("key-{second}"),
                arrived_at: DateTime::from_timestamp(*second, 0),
                data: Vec::new(),
                size: 0,
            },
            shown_at: DateTime::UNIX_EPOCH,
            waited: None,
            repeat: false,
        };
        records.iter().map(record).collect()
    }

    fn orders_of(records: &[(u32, i64)]) -> Option<Orders> {
        let shown = shown(records);
        of(&shown.iter().collect::<Vec<_>>())
    }

    #[test]
    fn what_is_read_after_one_that_arrived_later_is_late() {
        let orders = orders_of(&[(0, 1), (0, 3), (1, 2), (1, 4)]).expect("two orders");
        let keys = |entries: &[Entry]| -> Vec<String> {
            entries.iter().map(|entry| entry.key.clone()).collect()
        };
        assert_eq!(keys(&orders.arrived), ["key-1", "key-2", "key-3", "key-4"]);
        assert_eq!(keys(&orders.read), ["key-1", "key-3", "key-2", "key-4"]);
        let late: Vec<bool> = orders.read.iter().map(|entry| entry.late).collect();
        assert_eq!(late, [false, false, true, false]);
        assert_eq!((orders.late, orders.reader.as_str()), (1, "worker 1"));
    }

    #[test]
    fn within_one_shard_there_is_nothing_to_compare() {
        assert_eq!(orders_of(&[(0, 1), (0, 2)]), None);
        assert_eq!(orders_of(&[]), None);
    }

    proptest! {
        #[test]
        fn both_orders_have_the_same_records_and_none_is_late_where_they_agree(
            records in prop::collection::vec((0..3_u32, 0..30_i64), 2..20),
        ) {
            let Some(orders) = orders_of(&records) else { return Ok(()) };
            let sorted = |entries: &[Entry]| {
                let mut keys: Vec<String> = entries.iter().map(|it| it.key.clone()).collect();
                keys.sort();
                keys
            };
            prop_assert_eq!(sorted(&orders.arrived), sorted(&orders.read));
            prop_assert_eq!(orders.late == 0, orders.arrived == orders.read);
        }
    }
}
