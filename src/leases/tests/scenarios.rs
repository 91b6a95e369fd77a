//! The scenarios of `scenarios.toml`: who joins, works, leaves and dies when, and who owns what then.

use fastrand::Rng;
use serde::Deserialize;

use super::super::{Checkpoint, Group, Shard, Table};
use super::{at, id};
use crate::kinesis::StartPosition;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    says: String,
    shards: usize,
    workers: u8,
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: f64,
    #[serde(default)]
    join: bool,
    leave: Option<u8>,
    kill: Option<u8>,
    work: Option<Record>,
    end: Option<usize>,
    split: Option<usize>,
    owners: Option<Vec<u8>>,
    loads: Option<Vec<usize>>,
    written: Option<Record>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    shard: usize,
    record: u64,
}

impl Record {
    fn checkpoint(&self) -> Checkpoint {
        Checkpoint::After(self.record.to_string().into())
    }
}

struct Stage {
    group: Group,
    shards: Vec<Shard>,
    rng: Rng,
    millis: i64,
}

impl Stage {
    fn new(scenario: &Scenario) -> Self {
        let mut stage = Self {
            group: Group::new(Table::new(StartPosition::TrimHorizon)),
            shards: Vec::new(),
            rng: Rng::with_seed(3),
            millis: 0,
        };
        for _ in 0..scenario.shards {
            stage.open(Vec::new());
        }
        for _ in 0..scenario.workers {
            stage.group.join(at(0));
        }
        stage.group.sync(&stage.shards);
        stage.group.look(at(0), &mut stage.rng);
        stage
    }

    fn open(&mut self, parents: Vec<crate::kinesis::ShardId>) {
        self.shards.push(Shard {
            id: id(self.shards.len()),
            parents,
            open: true,
        });
    }

    fn work(&mut self, shard: usize, done: Checkpoint) {
        let now = at(self.millis);
        let worker = self.group.holder(&id(shard), now).expect("it has an owner");
        self.group.worked(worker, &id(shard), done, now);
    }

    fn play(&mut self, step: &Step, says: &str) {
        let until = (step.at * 1_000.0) as i64;
        while self.millis < until {
            self.millis = (self.millis + 50).min(until);
            self.group.step(at(self.millis), &mut self.rng);
        }
        let now = at(self.millis);
        if let Some(work) = &step.work {
            self.work(work.shard, work.checkpoint());
        }
        if let Some(shard) = step.end {
            self.work(shard, Checkpoint::ShardEnd);
        }
        if let Some(shard) = step.split {
            self.shards[shard].open = false;
            self.open(vec![id(shard)]);
            self.open(vec![id(shard)]);
            self.group.sync(&self.shards);
        }
        if let Some(worker) = step.leave {
            self.group.leave(worker);
        }
        if let Some(worker) = step.kill {
            assert!(self.group.kill(worker), "{says}: nobody to kill");
        }
        if step.join {
            self.group.join(now);
        }
        let places = 0..self.shards.len();
        let owners: Vec<u8> = places
            .map(|place| self.group.holder(&id(place), now).unwrap_or(0))
            .collect();
        if let Some(expected) = &step.owners {
            assert_eq!(&owners, expected, "{says}, at {}", step.at);
        }
        if let Some(expected) = &step.loads {
            let load = |worker| owners.iter().filter(|owner| **owner == worker).count();
            let loads: Vec<usize> = self.group.alive().map(load).collect();
            assert_eq!(&loads, expected, "{says}, at {}", step.at);
        }
        if let Some(written) = &step.written {
            let lease = self.group.table.lease(&id(written.shard));
            let checkpoint = lease.map(|lease| lease.checkpoint.clone());
            assert_eq!(
                checkpoint,
                Some(written.checkpoint()),
                "{says}, at {}",
                step.at
            );
        }
    }
}

#[test]
fn what_the_scenarios_say_comes_true() {
    let file: File = toml::from_str(include_str!("scenarios.toml")).expect("it is read");
    assert!(!file.scenario.is_empty());
    for scenario in file.scenario {
        let mut stage = Stage::new(&scenario);
        for step in &scenario.step {
            stage.play(step, &scenario.says);
        }
    }
}
