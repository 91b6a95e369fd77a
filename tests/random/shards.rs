//! The shards of a random walk: how they are split, merged and scaled, and what must be true of all of them then.

use std::collections::BTreeMap;

use kinesis_lab::kinesis::hash_ranges::HashRange;
use serde_json::{Value, json};

use crate::model::{Shard, Stream};
use crate::operations::Cut;
use crate::walk::{Walk, Wrong};

/// How far apart borders may be that mean the same: even ranges are rounded to whole points.
const ROUNDING: u128 = 1 << 14;

const MISSING: &str = "ResourceNotFoundException";
const REFUSED: &str = "InvalidArgumentException";

impl Walk {
    /// A shard to be changed, or one that was never there, and the error's name if it cannot be.
    fn chosen(&self, choice: usize) -> (usize, Result<&Shard, &'static str>) {
        let Some(stream) = &self.model.stream else {
            return (choice, Err(MISSING));
        };
        let index = choice % (stream.shards.len() + 1);
        let shard = match stream.shards.get(index) {
            None => Err(MISSING),
            Some(shard) if shard.closed_ms.is_some() => Err(REFUSED),
            Some(shard) => Ok(shard),
        };
        (index, shard)
    }

    fn is_expired(&self, index: usize) -> bool {
        let shard = self
            .model
            .stream
            .as_ref()
            .and_then(|stream| stream.shards.get(index));
        shard.is_some_and(|shard| shard.expired)
    }

    pub fn split(&mut self, choice: usize, cut: &Cut) -> Wrong {
        let (index, shard) = self.chosen(choice);
        // Whether an expired shard is still known at all is up to the server.
        if self.is_expired(index) {
            return Ok(());
        }
        let at = shard.map_or(0, |shard| match *cut {
            Cut::Low(points) => shard.first.saturating_add(points.into()),
            Cut::High(points) => shard.last.saturating_sub(points.into()),
            Cut::Within(part) => shard.first + (shard.last - shard.first) / 16 * u128::from(part),
        });
        let prediction =
            shard.and_then(
                |shard| match at > shard.first.saturating_add(1) && at < shard.last {
                    true => Ok(vec![(shard.first, at - 1), (at, shard.last)]),
                    false => Err(REFUSED),
                },
            );
        let body = json!({
            "StreamName": "s",
            "ShardToSplit": shard_id(index),
            "NewStartingHashKey": at.to_string(),
        });
        self.predicted(
            "SplitShard",
            body,
            prediction.as_ref().map(drop).map_err(|error| *error),
        )?;
        prediction.map_or(Ok(()), |ranges| self.replace(&[index], &ranges))
    }

    pub fn merge(&mut self, choice: usize, other: Option<u8>) -> Wrong {
        let (index, shard) = self.chosen(choice);
        let neighbour = || {
            let stream = self.model.stream.as_ref()?;
            let behind = shard.ok()?.last.checked_add(1)?;
            let mut open = stream.open();
            open.find(|(_, other)| other.first == behind)
                .map(|(index, _)| index)
        };
        let other = match other {
            Some(other) => usize::from(other),
            None => neighbour().unwrap_or(0),
        };
        let (other, next) = self.chosen(other);
        if self.is_expired(index) || self.is_expired(other) {
            return Ok(());
        }
        let prediction = shard.and_then(|shard| {
            let next = next?;
            match shard.last.checked_add(1) == Some(next.first) {
                true => Ok((shard.first, next.last)),
                false => Err(REFUSED),
            }
        });
        let body = json!({
            "StreamName": "s",
            "ShardToMerge": shard_id(index),
            "AdjacentShardToMerge": shard_id(other),
        });
        self.predicted("MergeShards", body, prediction.map(drop))?;
        prediction.map_or(Ok(()), |range| self.replace(&[index, other], &[range]))
    }

    /// Closes these shards, and expects children of these ranges next.
    fn replace(&mut self, parents: &[usize], ranges: &[(u128, u128)]) -> Wrong {
        let now_ms = self.model.now_ms;
        let stream = self.model.stream.as_mut().ok_or("no stream")?;
        for parent in parents {
            stream.shards[*parent].closed_ms = Some(now_ms);
        }
        let known = stream.shards.len();
        self.describe()?;
        let stream = self.model.stream.as_ref().ok_or("no stream")?;
        let children: Vec<_> = stream.shards[known..]
            .iter()
            .map(|shard| (shard.first, shard.last))
            .collect();
        match children == ranges
            && stream.shards[known..]
                .iter()
                .all(|shard| shard.parents == parents)
        {
            true => Ok(()),
            false => Err(format!(
                "{ranges:?} of {parents:?} were due, and {:?} came",
                &stream.shards[known..]
            )),
        }
    }

    pub fn scale(&mut self, target: usize) -> Wrong {
        let open = self
            .model
            .stream
            .as_ref()
            .map_or(0, |stream| stream.open().count());
        let prediction =
            self.existing()
                .and_then(|()| match target <= 2 * open && 2 * target >= open {
                    true => Ok(()),
                    false => Err("LimitExceededException"),
                });
        let body = json!({
            "StreamName": "s",
            "TargetShardCount": target,
            "ScalingType": "UNIFORM_SCALING",
        });
        let Some(answer) = self.predicted("UpdateShardCount", body, prediction)? else {
            return Ok(());
        };
        if answer["CurrentShardCount"] != open || answer["TargetShardCount"] != target {
            return Err(format!("from {open} to {target}, and {answer} came"));
        }
        self.learn_closed()?;
        self.describe()?;
        let stream = self.model.stream.as_ref().ok_or("no stream")?;
        let mut starts: Vec<_> = stream.open().map(|(_, shard)| shard.first).collect();
        starts.sort_unstable();
        let even = HashRange::split_evenly(target as u32);
        let is_even = starts.len() == target
            && starts
                .iter()
                .zip(&even)
                .all(|(is, due)| is.abs_diff(due.start.value()) < ROUNDING);
        if is_even {
            Ok(())
        } else {
            Err(format!("{starts:?} are not {target} even ranges"))
        }
    }

    /// Which shards scaling closes is the server's choice.
    fn learn_closed(&mut self) -> Wrong {
        let now_ms = self.model.now_ms;
        let listed = self.predicted("ListShards", json!({"StreamName": "s"}), Ok(()))?;
        let stream = self.model.stream.as_mut().ok_or("no stream")?;
        for shard in listed.iter().flat_map(|answer| items(&answer["Shards"])) {
            let index = index_of(&shard["ShardId"])?;
            let is_closed = !shard["SequenceNumberRange"]["EndingSequenceNumber"].is_null();
            if let Some(known) = stream.shards.get_mut(index).filter(|_| is_closed) {
                known.closed_ms.get_or_insert(now_ms);
            }
        }
        Ok(())
    }

    /// Holds the list of shards against the model, which learns of new shards here.
    pub fn describe(&mut self) -> Wrong {
        let now_ms = self.model.now_ms;
        let body = json!({"StreamName": "s"});
        let Some(answer) = self.predicted("ListShards", body, self.existing())? else {
            return Ok(());
        };
        let stream = self.model.stream.as_mut().ok_or("no stream")?;
        let mut listed = Vec::new();
        for shard in items(&answer["Shards"]) {
            let index = index_of(&shard["ShardId"])?;
            let told = told(shard, now_ms)?;
            if index == stream.shards.len() {
                stream.shards.push(told);
            } else {
                let known = stream.shards.get(index).ok_or("an index was left out")?;
                let facts = |shard: &Shard| {
                    let number = shard.starting_number.clone();
                    (
                        shard.first,
                        shard.last,
                        number,
                        shard.parents.clone(),
                        shard.closed_ms.is_some(),
                    )
                };
                if facts(known) != facts(&told) {
                    return Err(format!("{known:?} is known, and {shard} came"));
                }
            }
            listed.push(index);
        }
        let shards = stream.shards.iter().enumerate();
        let due: Vec<_> = shards
            .filter(|(_, shard)| !shard.expired)
            .map(|(index, _)| index)
            .collect();
        if listed != due {
            return Err(format!(
                "the shards {due:?} were due, and {listed:?} were listed"
            ));
        }
        tile(stream)
    }
}

/// A shard as the server tells of it.
fn told(shard: &Value, now_ms: i64) -> Result<Shard, String> {
    let point = |name: &str| {
        let digits = text(&shard["HashKeyRange"][name])?;
        digits.parse::<u128>().map_err(|error| error.to_string())
    };
    let parents = ["ParentShardId", "AdjacentParentShardId"];
    let parents = parents.iter().filter(|name| !shard[**name].is_null());
    let numbers = &shard["SequenceNumberRange"];
    Ok(Shard {
        first: point("StartingHashKey")?,
        last: point("EndingHashKey")?,
        starting_number: text(&numbers["StartingSequenceNumber"])?,
        parents: parents
            .map(|name| index_of(&shard[*name]))
            .collect::<Result<_, _>>()?,
        closed_ms: (!numbers["EndingSequenceNumber"].is_null()).then_some(now_ms),
        expired: false,
        records: Vec::new(),
        gone: 0,
    })
}

/// Open shards own every hash key, each one once.
fn tile(stream: &Stream) -> Wrong {
    let mut ranges: Vec<_> = stream
        .open()
        .map(|(_, shard)| (shard.first, shard.last))
        .collect();
    ranges.sort_unstable();
    let ends = ranges.first().map(|range| range.0) == Some(0)
        && ranges.last().map(|range| range.1) == Some(u128::MAX);
    let joined = ranges
        .windows(2)
        .all(|pair| pair[0].1.checked_add(1) == Some(pair[1].0));
    if ends && joined {
        Ok(())
    } else {
        Err(format!("these ranges do not tile the line: {ranges:?}"))
    }
}

/// Numbers grow within each shard, and those of a key from parent to child.
pub fn numbers_grow(stream: &Stream) -> Wrong {
    let order = |number: &String| (number.len(), number.clone());
    let mut newest = BTreeMap::new();
    for shard in &stream.shards {
        let mut last = order(&shard.starting_number);
        for record in &shard.records {
            let number = order(&record.number);
            let before = newest.insert(record.point, number.clone());
            if number <= last || before.is_some_and(|before| number <= before) {
                return Err(format!(
                    "{record:?} has no greater number than one before it"
                ));
            }
            last = number;
        }
    }
    Ok(())
}

/// Whether these are the children that a read tells of.
pub fn is_family(told: &Value, children: &[usize]) -> bool {
    let told: Vec<_> = items(told)
        .iter()
        .map(|child| child["ShardId"].clone())
        .collect();
    told == children
        .iter()
        .map(|child| shard_id(*child))
        .collect::<Vec<_>>()
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

pub fn shard_id(index: usize) -> String {
    format!("shardId-{index:012}")
}

fn index_of(id: &Value) -> Result<usize, String> {
    let digits = text(id)?.replace("shardId-", "");
    digits.parse().map_err(|_| format!("{id} is no shard id"))
}

pub fn text(value: &Value) -> Result<String, String> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| format!("{value} is no text"))
}
