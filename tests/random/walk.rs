//! Random operations carried out on a server and on the model, and every answer held against what the model says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kinesis_lab::kinesis::control::Control;
use kinesis_lab::kinesis::hash_ranges::HashKey;
use serde_json::{Value, json};

use crate::model::{Iterator, Model, Record, Shard, Stream};
use crate::operations::{Key, Operation, Start};
use crate::shards::{is_family, numbers_grow, shard_id, text};
use crate::world::{BEGIN_MS, World};

/// Carries out these operations; says which of them went wrong, and how.
pub fn walk(world: World, operations: &[Operation]) -> Wrong {
    let mut walk = Walk {
        world,
        model: Model::default(),
        ahead: 0,
    };
    for (number, operation) in (1..).zip(operations) {
        walk.step(operation)
            .map_err(|why| format!("operation {number}, {operation:?}: {why}"))?;
    }
    walk.drain().map_err(|why| format!("at the end: {why}"))
}

/// A server and what it should hold.
pub struct Walk {
    world: World,
    pub model: Model,
    /// How far lab time is ahead of the machine's, in seconds.
    ahead: i64,
}

pub type Wrong = Result<(), String>;

impl Walk {
    fn call(&self, operation: &str, body: Value) -> Result<Value, (String, String)> {
        self.world
            .call("us-east-1", operation, body.to_string())
            .result()
    }

    /// Calls, and says whether it went as predicted; gives the answer if there should be one.
    pub fn predicted(
        &self,
        operation: &str,
        body: Value,
        prediction: Result<(), &str>,
    ) -> Result<Option<Value>, String> {
        match (self.call(operation, body.clone()), prediction) {
            (Ok(answer), Ok(())) => Ok(Some(answer)),
            (Err((code, _)), Err(predicted)) if code == predicted => Ok(None),
            (got, _) => Err(format!(
                "{operation} {body}: {prediction:?} was due, and {got:?} came"
            )),
        }
    }

    fn pass(&mut self, millis: i64) {
        self.model.pass(millis);
        self.world.move_to(self.model.now_ms - self.ahead * 1000);
    }

    fn step(&mut self, operation: &Operation) -> Wrong {
        // No two operations in the same millisecond, so that what is unread is always older than now.
        self.pass(1);
        match operation {
            Operation::Create { shards } => self.create(u32::from(*shards)),
            Operation::Delete => self.delete(),
            Operation::Put(keys) => self.put(keys),
            Operation::Iterate { shard, start } => self.iterate(usize::from(*shard), start),
            Operation::Read { iterator, limit } => {
                self.read_on(usize::from(*iterator), usize::from(*limit))
            }
            Operation::Wait { seconds } => {
                self.pass(i64::from(*seconds) * 1000);
                Ok(())
            }
            Operation::Advance { seconds } => {
                let advance = Control::Advance {
                    seconds: u64::from(*seconds),
                };
                self.world.service.control(advance)?;
                self.ahead += i64::from(*seconds);
                self.pass(i64::from(*seconds) * 1000);
                Ok(())
            }
            Operation::Empty => self.empty(),
            Operation::Retain { hours, longer } => self.retain(i64::from(*hours), *longer),
            Operation::Split { shard, at } => self.split(usize::from(*shard), at),
            Operation::Merge { shard, other } => self.merge(usize::from(*shard), *other),
            Operation::Scale { target } => self.scale(usize::from(*target)),
            Operation::Restart => {
                self.world.restart();
                Ok(())
            }
            Operation::Tidy => {
                self.world.service.tidy();
                Ok(())
            }
        }?;
        self.describe()
    }

    pub fn existing(&self) -> Result<(), &'static str> {
        self.model
            .stream
            .as_ref()
            .map(drop)
            .ok_or("ResourceNotFoundException")
    }

    fn create(&mut self, shards: u32) -> Wrong {
        let prediction = match self.model.stream {
            Some(_) => Err("ResourceInUseException"),
            None => Ok(()),
        };
        let body = json!({"StreamName": "s", "ShardCount": shards});
        if self.predicted("CreateStream", body, prediction)?.is_some() {
            self.model.created += 1;
            self.model.stream = Some(Stream {
                number: self.model.created,
                retention_hours: 24,
                shards: Vec::new(),
            });
        }
        Ok(())
    }

    fn delete(&mut self) -> Wrong {
        let body = json!({"StreamName": "s"});
        self.predicted("DeleteStream", body, self.existing())?;
        self.model.stream = None;
        Ok(())
    }

    fn empty(&mut self) -> Wrong {
        let told = self.world.service.control(Control::EmptyStream {
            region: "us-east-1".to_owned(),
            stream: "s".to_owned(),
        });
        match (told, &mut self.model.stream) {
            (Ok(_), Some(stream)) => {
                for shard in &mut stream.shards {
                    shard.gone = shard.records.len();
                }
                Ok(())
            }
            (Err(_), None) => Ok(()),
            (told, _) => Err(format!("emptying came to {told:?}")),
        }
    }

    fn retain(&mut self, hours: i64, longer: bool) -> Wrong {
        let operation = match longer {
            true => "IncreaseStreamRetentionPeriod",
            false => "DecreaseStreamRetentionPeriod",
        };
        let prediction = self
            .existing()
            .and_then(|()| self.model.may_retain(hours, longer));
        let body = json!({"StreamName": "s", "RetentionPeriodHours": hours});
        if self.predicted(operation, body, prediction)?.is_some()
            && let Some(stream) = &mut self.model.stream
        {
            stream.retention_hours = hours;
            self.model.trim();
        }
        Ok(())
    }

    /// Puts one record by itself, several as a batch.
    fn put(&mut self, keys: &[Key]) -> Wrong {
        let mut entries = Vec::new();
        let mut due = Vec::new();
        for key in keys {
            let id = self.model.stored + due.len() as u64 + 1;
            let (partition, explicit) = self.hash_keys(key);
            let point = explicit.unwrap_or_else(|| HashKey::of_partition_key(&partition).value());
            let mut entry =
                json!({"PartitionKey": partition, "Data": STANDARD.encode(id.to_string())});
            if let Some(explicit) = explicit {
                entry["ExplicitHashKey"] = explicit.to_string().into();
            }
            entries.push(entry);
            due.push((id, point));
        }
        let (operation, body) = match entries.as_mut_slice() {
            [entry] => {
                let mut entry = entry.take();
                entry["StreamName"] = "s".into();
                ("PutRecord", entry)
            }
            _ => ("PutRecords", json!({"StreamName": "s", "Records": entries})),
        };
        let Some(answer) = self.predicted(operation, body, self.existing())? else {
            return Ok(());
        };
        let results = match answer["Records"].as_array() {
            Some(results) => results.clone(),
            None => vec![answer],
        };
        if results.len() != due.len() {
            return Err(format!(
                "{} results for {} records",
                results.len(),
                due.len()
            ));
        }
        let arrived_ms = self.model.now_ms;
        let stream = self.model.stream.as_mut().ok_or("no stream")?;
        for ((id, point), result) in due.into_iter().zip(&results) {
            let owner = stream.owner_of(point);
            if result["ShardId"] != shard_id(owner) {
                return Err(format!(
                    "{point} belongs to {}, and {result} came",
                    shard_id(owner)
                ));
            }
            let number = text(&result["SequenceNumber"])?;
            stream.shards[owner].records.push(Record {
                id,
                point,
                number,
                arrived_ms,
            });
            self.model.stored = id;
        }
        Ok(())
    }

    fn hash_keys(&self, key: &Key) -> (String, Option<u128>) {
        let explicit = match *key {
            Key::Partition(key) => return (format!("key-{key}"), None),
            Key::Explicit(point) => point,
            Key::Edge {
                shard,
                high,
                beside,
            } => match self.shard(usize::from(shard)) {
                None => 0,
                Some((_, shard)) if high => shard.last.saturating_add(u128::from(beside)),
                Some((_, shard)) => shard.first.saturating_sub(u128::from(beside)),
            },
        };
        ("explicit".to_owned(), Some(explicit))
    }

    /// One of the shards, if there are any.
    fn shard(&self, choice: usize) -> Option<(usize, &Shard)> {
        let shards = &self.model.stream.as_ref()?.shards;
        let index = choice % shards.len();
        Some((index, &shards[index]))
    }

    fn iterate(&mut self, choice: usize, start: &Start) -> Wrong {
        let Some((index, shard)) = self.shard(choice).filter(|(_, shard)| !shard.expired) else {
            let body = json!({"StreamName": "s", "ShardId": shard_id(choice), "ShardIteratorType": "LATEST"});
            return self
                .predicted("GetShardIterator", body, Err("ResourceNotFoundException"))
                .map(drop);
        };
        let now_ms = self.model.now_ms;
        let record = |choice: u16| {
            let at = usize::from(choice) % shard.records.len().max(1);
            shard.records.get(at).map(|record| (at, record))
        };
        let at_time = |millis: i64| {
            let time = (BEGIN_MS + millis) as f64 / 1000.0;
            let body = json!({"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": time});
            (body, shard.since(millis))
        };
        let (mut body, position) = match *start {
            Start::TrimHorizon => (json!({"ShardIteratorType": "TRIM_HORIZON"}), 0),
            Start::Latest => (json!({"ShardIteratorType": "LATEST"}), shard.records.len()),
            Start::Number {
                record: choice,
                after,
            } => {
                let (number, position) = match record(choice) {
                    Some((at, record)) => (&record.number, at + usize::from(after)),
                    None => (&shard.starting_number, 0),
                };
                let kind = if after {
                    "AFTER_SEQUENCE_NUMBER"
                } else {
                    "AT_SEQUENCE_NUMBER"
                };
                let body = json!({"ShardIteratorType": kind, "StartingSequenceNumber": number});
                (body, position)
            }
            Start::Ago { millis } => at_time(now_ms - i64::from(millis)),
            Start::Near {
                record: choice,
                millis,
            } => {
                let time = record(choice).map_or(0, |(_, record)| record.arrived_ms);
                at_time((time + i64::from(millis)).min(now_ms))
            }
        };
        body["StreamName"] = "s".into();
        body["ShardId"] = shard_id(index).into();
        let answer = self.predicted("GetShardIterator", body, Ok(()))?;
        let token = text(&answer.unwrap_or_default()["ShardIterator"])?;
        self.model.iterators.push(Iterator {
            token,
            issued_ms: now_ms,
            stream: self.model.created,
            shard: index,
            position,
        });
        Ok(())
    }

    pub fn drain(&mut self) -> Wrong {
        let shards = self.model.stream.iter().flat_map(|stream| &stream.shards);
        let kept: Vec<_> = (0..)
            .zip(shards)
            .filter(|(_, shard)| !shard.expired)
            .map(|(index, _)| index)
            .collect();
        for shard in kept {
            self.iterate(shard, &Start::TrimHorizon)?;
            let mut iterator = self.model.iterators.last().cloned();
            // To the end of a closed shard, and to the tip of an open one.
            while let Some(from) = &iterator {
                let next = self.read(from, 3)?;
                let is_tip = next
                    .as_ref()
                    .is_some_and(|next| next.position == from.position);
                iterator = next.filter(|_| !is_tip);
            }
        }
        self.model.stream.as_ref().map_or(Ok(()), numbers_grow)
    }

    fn read_on(&mut self, choice: usize, limit: usize) -> Wrong {
        if self.model.iterators.is_empty() {
            return Ok(());
        }
        let choice = choice % self.model.iterators.len();
        let iterator = self.model.iterators[choice].clone();
        if let Some(next) = self.read(&iterator, limit)? {
            self.model.iterators.push(next);
        }
        Ok(())
    }

    /// Reads as the model says that must go; gives the next iterator if the read was answered.
    fn read(&self, iterator: &Iterator, limit: usize) -> Result<Option<Iterator>, String> {
        let body = json!({"ShardIterator": iterator.token, "Limit": limit});
        let due = match self.model.read(iterator, limit) {
            Ok(due) => due,
            Err(refused) => {
                return self
                    .predicted("GetRecords", body, Err(refused))
                    .map(|_| None);
            }
        };
        let answer = self
            .predicted("GetRecords", body, Ok(()))?
            .unwrap_or_default();
        let wrong = |what: &str| {
            Err(format!(
                "{what}: {due:?} was due from {iterator:?}, and {answer} came"
            ))
        };
        let records = answer["Records"].as_array().map_or(&[][..], Vec::as_slice);
        if records.len() != due.records.len() {
            return wrong("another number of records");
        }
        for (record, due) in records.iter().zip(due.records) {
            let arrived = (BEGIN_MS + due.arrived_ms) as f64 / 1000.0;
            if record["Data"] != STANDARD.encode(due.id.to_string())
                || record["SequenceNumber"] != due.number.as_str()
                || record["ApproximateArrivalTimestamp"].as_f64() != Some(arrived)
            {
                return wrong("other records");
            }
        }
        if answer["MillisBehindLatest"] != due.millis_behind {
            return wrong("another lag");
        }
        let Some(token) = answer["NextShardIterator"].as_str() else {
            // AWS may tell the end with the last records or after them.
            return match due.children {
                Some(children) if is_family(&answer["ChildShards"], &children) => Ok(None),
                _ => wrong("no next iterator, or other children"),
            };
        };
        if !answer["ChildShards"].is_null() || due.children.is_some() && records.is_empty() {
            return wrong("a next iterator at the end");
        }
        Ok(Some(Iterator {
            token: token.to_owned(),
            issued_ms: self.model.now_ms,
            position: due.position,
            ..iterator.clone()
        }))
    }
}
