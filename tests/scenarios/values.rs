//! The values of a scenario: what is written in a request becomes JSON, what is expected is held against an answer.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use toml::{Table, Value};

use crate::world::BEGIN_MS;

/// Values of earlier answers, by the names that the scenario gave them.
#[derive(Default)]
pub struct Memory(BTreeMap<String, Json>);

impl Memory {
    /// Keeps the value at a place such as `Records.0.SequenceNumber`.
    pub fn keep(&mut self, name: &str, answer: &Json, place: &str) -> Result<(), String> {
        let found = at(answer, place).ok_or_else(|| format!("nothing at {place} to remember"))?;
        self.0.insert(name.to_owned(), found.clone());
        Ok(())
    }

    /// A text with every `${name}` replaced; a text that is nothing but a name becomes that value, whatever it is.
    fn fill(&self, text: &str) -> Result<Json, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, behind) = after
                .split_once('}')
                .ok_or_else(|| format!("no end of the name in {text:?}"))?;
            let value = self
                .0
                .get(name)
                .ok_or_else(|| format!("nothing is remembered as {name}"))?;
            if text.len() == name.len() + 3 {
                return Ok(value.clone());
            }
            filled.push_str(before);
            match value {
                Json::String(words) => filled.push_str(words),
                other => filled.push_str(&other.to_string()),
            }
            rest = behind;
        }
        filled.push_str(rest);
        Ok(Json::String(filled))
    }

    /// What a scenario wrote, as JSON.
    pub fn json(&self, value: &Value) -> Result<Json, String> {
        Ok(match value {
            Value::String(text) => self.fill(text)?,
            Value::Integer(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Boolean(truth) => (*truth).into(),
            Value::Datetime(time) => return Err(format!("{time}: write {{ time = seconds }}")),
            Value::Array(items) => items
                .iter()
                .map(|item| self.json(item))
                .collect::<Result<_, _>>()?,
            Value::Table(table) => self.object(table)?,
        })
    }

    fn object(&self, table: &Table) -> Result<Json, String> {
        let mut members = table.iter();
        let first = members.next().map(|(name, value)| (name.as_str(), value));
        let second = members.next().map(|(name, value)| (name.as_str(), value));
        match (first, second) {
            (Some(("text", Value::String(text))), None) => Ok(STANDARD.encode(text).into()),
            (Some(("bytes", Value::Integer(count))), None) => {
                let count = usize::try_from(*count).map_err(|error| error.to_string())?;
                Ok(STANDARD.encode(vec![0; count]).into())
            }
            (Some(("time", seconds)), None) => Ok(epoch_seconds(seconds)?.into()),
            (Some(("of", item)), Some(("repeat", Value::Integer(count))))
            | (Some(("repeat", Value::Integer(count))), Some(("of", item))) => {
                let item = self.json(item)?;
                Ok((0..*count).map(|_| item.clone()).collect())
            }
            _ => table
                .iter()
                .map(|(name, value)| Ok((name.clone(), self.json(value)?)))
                .collect(),
        }
    }

    /// Holds an answer against what is expected of it; says where they differ.
    pub fn compare(&self, expected: &Value, got: Option<&Json>, place: &str) -> Result<(), String> {
        if let Value::Table(table) = expected {
            if let Some(rule) = Rule::of(table) {
                return self.follow(&rule, got, place);
            }
            if !["text", "bytes", "time"]
                .iter()
                .any(|word| table.contains_key(*word))
            {
                return self.compare_object(table, got, place);
            }
        }
        if let (Value::Array(items), Some(Json::Array(found))) = (expected, got) {
            if items.len() != found.len() {
                return differ(place, &format!("{} items", items.len()), got);
            }
            return items.iter().enumerate().try_for_each(|(at, item)| {
                self.compare(item, found.get(at), &join(place, &at.to_string()))
            });
        }
        let expected = self.json(expected)?;
        if got.is_some_and(|got| same(&expected, got)) {
            Ok(())
        } else {
            differ(place, &expected.to_string(), got)
        }
    }

    /// An answer may hold more than is expected of it.
    fn compare_object(&self, table: &Table, got: Option<&Json>, place: &str) -> Result<(), String> {
        if !got.is_some_and(Json::is_object) {
            return differ(place, "a structure", got);
        }
        table.iter().try_for_each(|(name, value)| {
            let found = got.and_then(|got| got.get(name));
            self.compare(value, found, &join(place, name))
        })
    }

    fn follow(&self, rule: &Rule, got: Option<&Json>, place: &str) -> Result<(), String> {
        let (holds, words) = match rule {
            Rule::Absent => (got.is_none(), "nothing".to_owned()),
            Rule::Present => (got.is_some(), "something".to_owned()),
            Rule::Count(count) => (
                got.and_then(Json::as_array)
                    .is_some_and(|items| items.len() == *count),
                format!("{count} items"),
            ),
            Rule::Not(value) => {
                let value = self.json(value)?;
                (
                    got.is_some_and(|got| !same(&value, got)),
                    format!("anything but {value}"),
                )
            }
            Rule::Above(value) => {
                let value = self.json(value)?;
                (
                    got.is_some_and(|got| exceeds(got, &value)),
                    format!("more than {value}"),
                )
            }
            Rule::All(name, values) => {
                let found = got.and_then(Json::as_array).map(|items| {
                    items
                        .iter()
                        .map(|item| item[name].clone())
                        .collect::<Json>()
                });
                return self.compare(values, found.as_ref(), &join(place, &format!("*.{name}")));
            }
        };
        if holds {
            Ok(())
        } else {
            differ(place, &words, got)
        }
    }
}

/// What may be expected of a value other than a value.
enum Rule<'t> {
    Absent,
    Present,
    Count(usize),
    Not(&'t Value),
    Above(&'t Value),
    /// This member of every item.
    All(&'t str, &'t Value),
}

impl<'t> Rule<'t> {
    fn of(table: &'t Table) -> Option<Self> {
        let (name, value) = table.iter().next().filter(|_| table.len() == 1)?;
        match (name.as_str(), value) {
            ("is", Value::String(word)) if word == "absent" => Some(Self::Absent),
            ("is", Value::String(word)) if word == "present" => Some(Self::Present),
            ("count", Value::Integer(count)) => usize::try_from(*count).ok().map(Self::Count),
            ("not", value) => Some(Self::Not(value)),
            ("above", value) => Some(Self::Above(value)),
            ("all", Value::Table(member)) => {
                let (name, values) = member.iter().next()?;
                Some(Self::All(name, values))
            }
            _ => None,
        }
    }
}

/// Seconds since the beginning as the API writes times.
fn epoch_seconds(seconds: &Value) -> Result<f64, String> {
    let seconds = match seconds {
        Value::Integer(whole) => *whole as f64,
        Value::Float(seconds) => *seconds,
        other => return Err(format!("{other:?} is no time in seconds")),
    };
    Ok((BEGIN_MS as f64 + seconds * 1000.0).round() / 1000.0)
}

fn at<'j>(answer: &'j Json, place: &str) -> Option<&'j Json> {
    place
        .split('.')
        .try_fold(answer, |value, name| match value {
            Json::Array(items) => items.get(name.parse::<usize>().ok()?),
            value => value.get(name),
        })
}

/// Equal; 1 and 1.0 are the same number.
fn same(a: &Json, b: &Json) -> bool {
    a == b || a.is_number() && a.as_f64() == b.as_f64()
}

/// More, of numbers and of numbers written as digits, which may be long.
fn exceeds(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::String(a), Json::String(b)) => (a.len(), a) > (b.len(), b),
        _ => a.as_f64() > b.as_f64(),
    }
}

fn join(place: &str, name: &str) -> String {
    if place.is_empty() {
        name.to_owned()
    } else {
        format!("{place}.{name}")
    }
}

fn differ(place: &str, expected: &str, got: Option<&Json>) -> Result<(), String> {
    let got = got.map_or_else(|| "nothing".to_owned(), Json::to_string);
    Err(format!(
        "at {place}\n  expected {expected}\n  got      {got}"
    ))
}
