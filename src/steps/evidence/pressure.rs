//! How far the facts show an act around limits, lag, retention and crashes.

use super::{Evidence, counted, records};
use crate::lesson::step_settings::{Lag, Refused, Retention, Shards, Throttle};
use crate::steps::facts::{Deed, Facts, Story};

pub fn throttled(throttle: &Throttle, facts: &Facts) -> Evidence {
    match &facts.pressure.throttled {
        Some((refused, deed)) if *refused >= u64::from(throttle.records) => {
            Evidence::done(deed, format!("{} refused", records(*refused)))
        }
        Some((refused, _)) => Evidence::part(format!(
            "{refused} of {} refused",
            records(throttle.records.into())
        )),
        None => Evidence::nothing(),
    }
}

pub fn retried(facts: &Facts) -> Evidence {
    let retries = &facts.pressure.retries;
    if let Some((deed, story)) = &retries.right {
        return Evidence::done(deed, in_words(story));
    }
    match retries.last() {
        Some(sender) if sender.story.left > 0 => Evidence::part(format!(
            "{} refused, {} still to be stored",
            records(sender.story.refused),
            sender.story.left
        )),
        _ => Evidence::nothing(),
    }
}

/// `1,480 records again in 5 tries, the longest pause 0.9 s`, without the commas.
fn in_words(story: &Story) -> String {
    format!(
        "{} again in {}, the longest pause {}",
        records(story.refused),
        match story.tries {
            1 => "1 try".to_owned(),
            n => format!("{n} tries"),
        },
        seconds(story.longest.num_milliseconds().max(0).cast_unsigned())
    )
}

/// `0.9 s`, `36 s`.
pub fn seconds(millis: u64) -> String {
    match millis {
        ..10_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        _ => format!("{} s", millis / 1_000),
    }
}

pub fn shards(shards: &Shards, facts: &Facts) -> Evidence {
    let mut best = Evidence::nothing();
    for stream in &facts.streams {
        let has = stream.open_shards().filter(|_| facts.counts(&stream.name));
        let Some(has) = has else {
            continue;
        };
        let deed = match &facts.pressure.resharded {
            Some(deed) => deed.clone(),
            // Where nobody tells who changed them, their being so has to do.
            None if !facts.place.told && stream.is_there() => Deed {
                by: String::new(),
                at: stream.touched,
            },
            None => continue,
        };
        let words = format!("{} open", counted(has, "shard"));
        if has == shards.open {
            return Evidence::done(&deed, words);
        }
        if facts.pressure.resharded.is_some() {
            best = Evidence::part(words);
        }
    }
    best
}

pub fn lagged(lag: &Lag, facts: &Facts) -> Evidence {
    let lagging = &facts.pressure.lagging;
    let enough = u64::from(lag.seconds) * 1_000;
    let over = lagging.over.iter().rev();
    let mut over =
        over.filter(|(_, episode)| episode.most >= enough && episode.rises >= lag.answers);
    if let Some((deed, episode)) = over.next() {
        let words = format!("{} behind at most, then caught up", seconds(episode.most));
        return Evidence::done(deed, words);
    }
    let Some(behind) = lagging.furthest() else {
        return Evidence::nothing();
    };
    let episode = behind.episode;
    match episode.rises {
        rises if episode.most >= enough && rises >= lag.answers => Evidence::part(format!(
            "{} behind now; let it catch up",
            seconds(behind.millis)
        )),
        _ => Evidence::part(format!(
            "{} behind, of {} s wanted",
            seconds(behind.millis),
            lag.seconds
        )),
    }
}

pub fn retained(retention: &Retention, facts: &Facts) -> Evidence {
    match facts.pressure.retentions.get(&retention.hours) {
        Some(deed) => Evidence::done(deed, ""),
        None => match facts.pressure.hours {
            Some(hours) => Evidence::part(format!("{hours} h now")),
            None => Evidence::nothing(),
        },
    }
}

pub fn refused(refused: &Refused, facts: &Facts) -> Evidence {
    let refusal = (refused.operation.clone(), refused.error.clone());
    Evidence::of(facts.pressure.refused.get(&refusal))
}

pub fn trimmed(facts: &Facts) -> Evidence {
    let pressure = &facts.pressure;
    match (pressure.trimmed(), pressure.advanced) {
        (Some((gone, at)), _) => {
            let by = "you".to_owned();
            Evidence::done(&Deed { by, at }, format!("{} gone", records(gone)))
        }
        (None, Some(_)) => Evidence::part("the clock was moved"),
        (None, None) => Evidence::nothing(),
    }
}
