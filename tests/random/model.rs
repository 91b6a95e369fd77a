//! A stream as simply as it can be told: a few lists from which nothing is ever removed.
//!
//! The model knows no tokens, no bytes and no memory. Sequence numbers and iterators are whatever the server gave out.

/// All there is.
#[derive(Debug, Default)]
pub struct Model {
    pub now_ms: i64,
    pub stream: Option<Stream>,
    pub iterators: Vec<Iterator>,
    /// How many streams were ever created.
    pub created: usize,
    /// How many records were ever stored.
    pub stored: u64,
}

#[derive(Debug)]
pub struct Stream {
    pub number: usize,
    pub retention_hours: i64,
    pub shards: Vec<Shard>,
}

#[derive(Debug)]
pub struct Shard {
    /// Both ends belong to it.
    pub first: u128,
    pub last: u128,
    pub starting_number: String,
    pub parents: Vec<usize>,
    pub closed_ms: Option<i64>,
    /// Closed, and all that it held is past retention.
    pub expired: bool,
    /// Every record that was ever acknowledged.
    pub records: Vec<Record>,
    /// How many of them are past retention.
    pub gone: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What stands in its data: records count up over all shards, in the order in which they were put.
    pub id: u64,
    /// Where its key falls.
    pub point: u128,
    pub number: String,
    pub arrived_ms: i64,
}

#[derive(Debug, Clone)]
pub struct Iterator {
    pub token: String,
    pub issued_ms: i64,
    /// The number of its stream.
    pub stream: usize,
    pub shard: usize,
    /// How many of the shard's records, gone ones included, lie before it.
    pub position: usize,
}

/// What a read must bring.
#[derive(Debug)]
pub struct Reading<'m> {
    pub records: &'m [Record],
    /// The position behind them.
    pub position: usize,
    pub millis_behind: i64,
    /// The shards to go on with, if this is the end of a closed one.
    pub children: Option<Vec<usize>>,
}

const HOUR_MS: i64 = 3_600_000;
const ITERATOR_LIFE_MS: i64 = 300_000;

impl Model {
    /// Lets time pass, and records go that are past retention.
    pub fn pass(&mut self, millis: i64) {
        self.now_ms += millis;
        self.trim();
    }

    pub fn trim(&mut self) {
        if let Some(stream) = &mut self.stream {
            let horizon = self.now_ms - stream.retention_hours * HOUR_MS;
            for shard in &mut stream.shards {
                shard.expired |= shard.closed_ms.is_some_and(|closed_ms| closed_ms < horizon);
                let kept = |record: &Record| record.arrived_ms >= horizon;
                let oldest_kept = shard.records.iter().position(kept);
                shard.gone = shard.gone.max(oldest_kept.unwrap_or(shard.records.len()));
            }
        }
    }

    /// Whether the stream may keep its records for so long, if that is called longer, or shorter, than now.
    pub fn may_retain(&self, hours: i64, longer: bool) -> Result<(), &'static str> {
        let now = self
            .stream
            .as_ref()
            .map_or(hours, |stream| stream.retention_hours);
        let direction = if longer { hours >= now } else { hours <= now };
        match (24..=8_760).contains(&hours) && direction {
            true => Ok(()),
            false => Err("InvalidArgumentException"),
        }
    }

    /// The shard that an iterator may read, or the error's name.
    pub fn readable(&self, iterator: &Iterator) -> Result<&Shard, &'static str> {
        if self.now_ms - iterator.issued_ms > ITERATOR_LIFE_MS {
            return Err("ExpiredIteratorException");
        }
        self.stream
            .as_ref()
            .filter(|stream| stream.number == iterator.stream)
            .map(|stream| &stream.shards[iterator.shard])
            .filter(|shard| !shard.expired)
            .ok_or("ResourceNotFoundException")
    }

    pub fn read(&self, iterator: &Iterator, limit: usize) -> Result<Reading<'_>, &'static str> {
        let shard = self.readable(iterator)?;
        let from = iterator.position.max(shard.gone);
        let to = shard.records.len().min(from + limit);
        let records = &shard.records[from..to];
        let millis_behind = shard.records.get(to).map_or(0, |first_unread| {
            let position = records.last().unwrap_or(first_unread);
            self.now_ms - position.arrived_ms
        });
        let is_end = shard.closed_ms.is_some() && to == shard.records.len();
        let stream = self.stream.as_ref().filter(|_| is_end);
        Ok(Reading {
            records,
            position: to,
            millis_behind,
            children: stream.map(|stream| stream.children_of(iterator.shard)),
        })
    }
}

impl Stream {
    /// The open shards, each with its index.
    pub fn open(&self) -> impl std::iter::Iterator<Item = (usize, &Shard)> {
        let shards = self.shards.iter().enumerate();
        shards.filter(|(_, shard)| shard.closed_ms.is_none())
    }

    pub fn children_of(&self, parent: usize) -> Vec<usize> {
        let shards = self.shards.iter().enumerate();
        let children = shards.filter(|(_, shard)| shard.parents.contains(&parent));
        children.map(|(index, _)| index).collect()
    }

    /// The index of the shard that takes a record with this hash key.
    pub fn owner_of(&self, point: u128) -> usize {
        let owners: Vec<_> = self
            .open()
            .filter(|(_, shard)| (shard.first..=shard.last).contains(&point))
            .map(|(index, _)| index)
            .collect();
        assert_eq!(
            owners.len(),
            1,
            "open shards do not tile the line at {point}"
        );
        owners[0]
    }
}

impl Shard {
    /// How many records lie before the first one that arrived at this time or later and is still there.
    pub fn since(&self, time_ms: i64) -> usize {
        let kept = &self.records[self.gone..];
        let before = kept.iter().position(|record| record.arrived_ms >= time_ms);
        self.gone + before.unwrap_or(kept.len())
    }
}
