//! When an event happened, as its own data says it: `time` or `timestamp` of a JSON object.
//!
//! Read strictly: RFC 3339 with its zone, or seconds or milliseconds since 1970. A guess would make a delay of hours.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The moment that the data names, if it names one.
pub fn event_time(data: &[u8]) -> Option<DateTime<Utc>> {
    // A list would be taken for the fields in their order.
    let first = data.iter().find(|byte| !byte.is_ascii_whitespace())?;
    if *first != b'{' {
        return None;
    }
    let times: Times = serde_json::from_slice(data).ok()?;
    times.time.0.or(times.timestamp.0)
}

/// The fields of an event that may hold its time; all others are passed over.
#[derive(Deserialize)]
struct Times {
    #[serde(default)]
    time: Stamp,
    #[serde(default)]
    timestamp: Stamp,
}

#[derive(Default)]
struct Stamp(Option<DateTime<Utc>>);

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyStamp)
    }
}

/// Since 1970: seconds of the years 2001 to 2286, or milliseconds of the same. Anything else is no time.
fn since_1970(number: f64) -> Option<DateTime<Utc>> {
    let millis = match number {
        1e9..1e10 => number * 1e3,
        1e12..1e13 => number,
        _ => return None,
    };
    DateTime::from_timestamp_millis(millis as i64)
}

struct AnyStamp;

impl<'de> Visitor<'de> for AnyStamp {
    type Value = Stamp;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a time")
    }

    fn visit_str<E>(self, text: &str) -> Result<Stamp, E> {
        let time = DateTime::parse_from_rfc3339(text).ok();
        Ok(Stamp(time.map(|time| time.to_utc())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Stamp, E> {
        Ok(Stamp(since_1970(number as f64)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Stamp, E> {
        Ok(Stamp(since_1970(number)))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Stamp, E> {
        Ok(Stamp(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Stamp, E> {
        Ok(Stamp(None))
    }

    fn visit_unit<E>(self) -> Result<Stamp, E> {
        Ok(Stamp(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Stamp, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Stamp(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Stamp, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Stamp(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::templates::templates;

    #[test]
    fn a_time_is_read_strictly() {
        let check = |data: &str, expected: Option<i64>| {
            let found = event_time(data.as_bytes()).map(|time| time.timestamp_millis());
            assert_eq!(found, expected, "{data}");
        };
        let at = Some(1_795_372_800_250);
        check(r#"{"time":"2026-11-22T18:40:00.250Z"}"#, at);
        check(r#"{"timestamp":"2026-11-22T19:40:00.250+01:00"}"#, at);
        check(r#"{"time":1795372800.25}"#, at);
        check(r#"{"timestamp":1795372800250,"x":{"time":1}}"#, at);
        check(
            r#"{"time":"soon","timestamp":"2026-11-22T18:40:00.250Z"}"#,
            at,
        );
        check(r#"{"time":[1,{"a":2}],"timestamp":1795372800250}"#, at);
        check(r#"{"time":{"at":1795372800250}}"#, None);
        check(r#"{"time":"2026-11-22T18:40:00.250"}"#, None);
        check(r#"{"time":"2026-11-22"}"#, None);
        check(r#"{"time":17}"#, None);
        check(r#"{"time":-1795372800}"#, None);
        check(r#"{"time":1e300}"#, None);
        check(r#"{"time":null}"#, None);
        check(r#"{"time":true}"#, None);
        check(r#"{"event":{"time":"2026-11-22T18:40:00.250Z"}}"#, None);
        check(r#"{"time":"2026-11-22T18:40:00.250Z""#, None);
        check(
            r#"{"time":"2026-11-22T18:40:00.250Z","time":"2026-11-22T18:40:00.250Z"}"#,
            None,
        );
        check(r#"["2026-11-22T18:40:00.250Z",1]"#, None);
        check("plain words", None);
        check("", None);
    }

    #[test]
    fn every_template_says_when_its_events_happen() {
        let now = "2026-11-22T18:40:00.250Z";
        let mut rng = fastrand::Rng::with_seed(1);
        for template in templates() {
            let (_, data) = template.render(&mut rng, 1, now);
            let time = event_time(data.as_bytes()).map(|time| time.timestamp_millis());
            assert_eq!(time, Some(1_795_372_800_250), "{}", template.name);
        }
    }
}
