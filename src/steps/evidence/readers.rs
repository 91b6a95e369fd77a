//! How far readers of one stream are independent: one was given all from the beginning, others only what came later.

use super::{Evidence, is_whole, read_in, records};
use crate::lesson::step_settings::{Read, Readers};
use crate::steps::facts::{Deed, Facts, Reading};

/// The starts behind which older records lie unread.
const LATER: [&str; 2] = ["LATEST", "AT_TIMESTAMP"];

/// What is read from the beginning.
fn from_the_beginning() -> Read {
    Read {
        from: Some("TRIM_HORIZON".into()),
        records: None,
    }
}

/// Whether a reading begins at one of these places, in every shard.
pub fn begins_later(reading: &Reading) -> bool {
    let later = |start: &str| LATER.contains(&start);
    reading.shards.iter().all(|shard| later(shard.start))
}

/// Whether so many readers read one stream, each from its own place.
pub fn of(wanted: &Readers, facts: &Facts) -> Evidence {
    let read = from_the_beginning();
    let counting = |it: &&Reading| facts.counts(&it.stream);
    let readings: Vec<&Reading> = facts.readings.iter().filter(counting).collect();
    let whole = |it: &&&Reading| read_in(&read, it) > 0 && is_whole(&read, it, facts);
    let Some(first) = readings.iter().filter(whole).max_by_key(|it| it.read()) else {
        let later = readings.iter().any(|it| begins_later(it) && it.read() > 0);
        return match later {
            true => Evidence::part("one read what came later; none all from TRIM_HORIZON"),
            false => Evidence::nothing(),
        };
    };
    let others = readings.iter().filter(|it| {
        it.stream == first.stream && begins_later(it) && (1..first.read()).contains(&it.read())
    });
    let others: Vec<&&Reading> = others.collect();
    let all = records(first.read());
    if others.len() + 1 < wanted.count as usize {
        let waits = readings.iter().any(|it| begins_later(it) && it.read() == 0);
        return Evidence::part(match waits {
            true => format!("one read {all}; another waits for a new one"),
            false => format!("one read {all}; another has to begin at LATEST"),
        });
    }
    let last = others.iter().max_by_key(|it| it.last);
    let latest = last
        .filter(|it| it.last > first.last)
        .map_or(first, |it| it);
    let deed = Deed {
        by: latest.by.clone(),
        at: latest.last,
    };
    let later = last.map_or(0, |it| it.read());
    Evidence::done(&deed, format!("one read {all}, another {later}"))
}
