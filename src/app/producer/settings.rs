//! How automatic sending sends: whose keys, how many records a call, how large, how often again. And what it makes of that.

use std::sync::LazyLock;

use super::queue::{Limits, MOST_BYTES, MOST_RECORDS};
use crate::app::message::Entry;
use crate::app::templates::Template;

/// How the partition keys of automatic sending are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// As the template has them.
    Template,
    /// One key for all.
    One,
    /// Five keys, each as often.
    Few,
    /// A thousand keys, each as often.
    Uniform,
    /// A thousand keys of which the second comes half as often as the first, the third a third as often.
    Zipf,
}

/// The five keys of [`Keys::Few`]; the first of them is the one of [`Keys::One`].
const FEW: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

/// How many keys [`Keys::Uniform`] and [`Keys::Zipf`] have.
const MANY: usize = 1_000;

impl Keys {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 5] = [
        Self::Template,
        Self::One,
        Self::Few,
        Self::Uniform,
        Self::Zipf,
    ];

    /// What the form calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Template => "of the template",
            Self::One => "one: alice",
            Self::Few => "few: 5",
            Self::Uniform => "uniform: 1,000",
            Self::Zipf => "Zipf: 1,000",
        }
    }

    /// The key of the next event, if it is not the template's.
    fn next(self, random: &mut fastrand::Rng) -> Option<String> {
        let numbered = |place: usize| format!("key-{place:03}");
        match self {
            Self::Template => None,
            Self::One => Some(FEW[0].to_owned()),
            Self::Few => Some(FEW[random.usize(..FEW.len())].to_owned()),
            Self::Uniform => Some(numbered(random.usize(..MANY))),
            Self::Zipf => Some(numbered(zipf(random.f64()))),
        }
    }
}

/// Which of [`MANY`] keys a number from 0 to 1 falls on, where the nth has a share proportional to 1/n.
fn zipf(at: f64) -> usize {
    /// The shares of the first n keys together.
    static UP_TO: LazyLock<Vec<f64>> = LazyLock::new(|| {
        let mut sum = 0.0;
        let sums: Vec<f64> = (1..=MANY)
            .map(|n| {
                sum += 1.0 / n as f64;
                sum
            })
            .collect();
        sums.iter().map(|up_to| up_to / sum).collect()
    });
    UP_TO.partition_point(|up_to| *up_to < at).min(MANY - 1)
}

/// The choices of how many records a call carries: one goes with PutRecord, more with PutRecords.
pub const BATCHES: [usize; 4] = [1, 10, 100, MOST_RECORDS];

/// The choices of how large an event is, key and data together, in bytes; nothing: as the template makes it.
pub const PAYLOADS: [Option<usize>; 5] = [
    None,
    Some(1024),
    Some(25 * 1024),
    Some(100 * 1024),
    Some(1024 * 1024),
];

/// The choices of how often a record goes again at most.
pub const RETRIES: [u32; 4] = [0, 2, 5, 10];

/// What an event of a template has at most, for the bounds.
const OF_A_TEMPLATE: usize = 512;

/// A shard takes so many records and bytes a second.
const SHARD_RECORDS: usize = 1_000;
const SHARD_BYTES: usize = 1024 * 1024;

/// How many calls of one record may be under way at once, and how many of more.
const SINGLE_CALLS: usize = 64;
const BATCH_CALLS: usize = 8;

/// How automatic sending sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How keys are spread.
    pub keys: Keys,
    /// An index into [`BATCHES`].
    pub batch: usize,
    /// An index into [`PAYLOADS`].
    pub payload: usize,
    /// An index into [`RETRIES`].
    pub retries: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keys: Keys::Template,
            batch: 0,
            payload: 0,
            retries: 2,
        }
    }
}

impl Settings {
    /// What the queue keeps to.
    pub fn limits(&self) -> Limits {
        let per_call = BATCHES[self.batch];
        Limits {
            calls: match per_call {
                1 => SINGLE_CALLS,
                _ => BATCH_CALLS,
            },
            per_call,
            retries: RETRIES[self.retries],
        }
    }

    /// What an event has at most, in bytes.
    pub fn event_bytes(&self) -> usize {
        PAYLOADS[self.payload].unwrap_or(OF_A_TEMPLATE)
    }

    /// How many records one call can carry.
    pub fn per_call(&self) -> usize {
        BATCHES[self.batch].min((MOST_BYTES / self.event_bytes()).max(1))
    }

    /// How many such events a shard takes in a second.
    pub fn a_shard_takes(&self) -> u32 {
        SHARD_RECORDS.min(SHARD_BYTES / self.event_bytes()) as u32
    }

    /// The next event.
    pub fn event(
        &self,
        template: &Template,
        random: &mut fastrand::Rng,
        number: u64,
        now: &str,
    ) -> Entry {
        let (key, data) = match self.keys.next(random) {
            Some(key) => {
                let data = template.render_for(&key, random, number, now);
                (key, data)
            }
            None => template.render(random, number, now),
        };
        Entry {
            data: match PAYLOADS[self.payload] {
                Some(bytes) => filled(data, bytes.saturating_sub(key.len())),
                None => data,
            },
            key,
            hash_key: None,
        }
    }
}

/// A JSON object with a field of nothing in particular that makes it this long; one that is longer stays as it is.
fn filled(mut data: String, bytes: usize) -> String {
    const FIELD: &str = r#","filler":""}"#;
    let lacks = bytes.saturating_sub(data.len() + FIELD.len() - 1);
    if lacks == 0 || !data.ends_with('}') {
        return data;
    }
    data.pop();
    data.push_str(&FIELD[..FIELD.len() - 2]);
    data.reserve_exact(lacks + 2);
    data.extend(std::iter::repeat_n('x', lacks));
    data.push_str(&FIELD[FIELD.len() - 2..]);
    data
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::app::templates::templates;

    fn spread(keys: Keys, draws: usize) -> BTreeMap<String, usize> {
        let mut random = fastrand::Rng::with_seed(3);
        let mut counts = BTreeMap::new();
        for _ in 0..draws {
            let key = keys.next(&mut random).expect("a key of its own");
            *counts.entry(key).or_default() += 1;
        }
        counts
    }

    #[test]
    fn keys_are_spread_as_their_name_says() {
        assert_eq!(spread(Keys::One, 100).len(), 1);
        let few = spread(Keys::Few, 5_000);
        assert_eq!(few.len(), 5);
        assert!(
            few.values().all(|count| (800..1_200).contains(count)),
            "{few:?}"
        );
        let uniform = spread(Keys::Uniform, 100_000);
        assert_eq!(uniform.len(), 1_000);
        assert!(uniform.values().all(|count| (50..160).contains(count)));
        let zipf = spread(Keys::Zipf, 100_000);
        let share = |key: &str| zipf[key] as f64 / 100_000.0;
        // The thousandth harmonic number is 7.485.
        for (key, part) in [("key-000", 1.0), ("key-001", 0.5), ("key-009", 0.1)] {
            let expected = part / 7.485;
            assert!(
                (share(key) / expected - 1.0).abs() < 0.1,
                "{key}: {}",
                share(key)
            );
        }
        assert_eq!(Keys::Template.next(&mut fastrand::Rng::new()), None);
    }

    #[test]
    fn every_number_from_nothing_to_one_falls_on_a_key() {
        assert_eq!(zipf(0.0), 0);
        assert_eq!(zipf(1.0), MANY - 1);
        assert_eq!(zipf(f64::from_bits(1.0_f64.to_bits() - 1)), MANY - 1);
    }

    #[test]
    fn an_event_has_the_size_that_was_asked_for_and_is_json() {
        for (payload, bytes) in PAYLOADS.into_iter().enumerate() {
            for keys in Keys::ALL {
                let settings = Settings {
                    keys,
                    payload,
                    ..Settings::default()
                };
                for template in templates() {
                    let mut random = fastrand::Rng::with_seed(5);
                    let event =
                        settings.event(template, &mut random, 1, "2026-11-22T18:40:00.250Z");
                    match bytes {
                        Some(bytes) => assert_eq!(event.bytes(), bytes, "{}", template.name),
                        None => assert!(event.bytes() < OF_A_TEMPLATE),
                    }
                    let read: serde_json::Value = serde_json::from_str(&event.data).expect("JSON");
                    assert!(read["id"].is_string());
                }
            }
        }
    }

    #[test]
    fn what_a_shard_takes_depends_on_the_size_of_events() {
        let takes = |payload| {
            Settings {
                payload,
                ..Settings::default()
            }
            .a_shard_takes()
        };
        assert_eq!([0, 1, 2, 3, 4].map(takes), [1_000, 1_000, 40, 10, 1]);
        let large = Settings {
            payload: 4,
            batch: 3,
            ..Settings::default()
        };
        assert_eq!(large.per_call(), 5);
    }
}
