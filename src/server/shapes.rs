//! What a request may hold, as data: members, their kinds and their limits, and the values read into them.
//!
//! The tables of the operations are written in these types, after the API's model (botocore's `service-2.json`).
//! `json` reads a body by them, `constraints` checks it by them; no operation checks a length by itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

/// The longest name of a stream, in characters.
pub const LONGEST_NAME: usize = 128;

/// One member of a request or of a structure within.
#[derive(Debug)]
pub struct Member {
    /// The name on the wire, e.g. `StreamName`.
    pub name: &'static str,
    /// Whether it may be left out.
    pub need: Need,
    /// What it holds.
    pub shape: Shape,
}

/// Whether a member may be left out.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    Optional,
    Required,
    /// Required unless that other member is there.
    Unless(&'static str),
}

/// What a member holds.
#[derive(Debug)]
pub enum Shape {
    Text {
        min: usize,
        max: usize,
        pattern: Option<Pattern>,
    },
    OneOf(&'static [&'static str]),
    Integer {
        min: i64,
        max: i64,
    },
    Boolean,
    Timestamp,
    Blob {
        max: usize,
    },
    List {
        item: &'static Shape,
        min: usize,
        max: usize,
    },
    /// Text to text: how long keys and values may be, and how many there may be.
    Map {
        key: Length,
        value: Length,
        max: usize,
    },
    Structure(&'static [Member]),
}

/// The fewest and the most characters of a text.
pub type Length = (usize, usize);

/// The regular expressions of the API's model that requests of ours are held against.
#[derive(Debug, Clone, Copy)]
pub enum Pattern {
    Name,
    HashKey,
    SequenceNumber,
    StreamArn,
    ResourceArn,
}

impl Member {
    pub const fn optional(name: &'static str, shape: Shape) -> Self {
        let need = Need::Optional;
        Self { name, need, shape }
    }

    pub const fn required(name: &'static str, shape: Shape) -> Self {
        let need = Need::Required;
        Self { name, need, shape }
    }
}

impl Shape {
    pub const NAME: Self = Self::Text {
        min: 1,
        max: LONGEST_NAME,
        pattern: Some(Pattern::Name),
    };
    pub const HASH_KEY: Self = Self::Text {
        min: 0,
        max: usize::MAX,
        pattern: Some(Pattern::HashKey),
    };
    pub const SEQUENCE_NUMBER: Self = Self::Text {
        min: 0,
        max: usize::MAX,
        pattern: Some(Pattern::SequenceNumber),
    };
    pub const STREAM_ARN: Self = Self::Text {
        min: 1,
        max: 2048,
        pattern: Some(Pattern::StreamArn),
    };
    pub const RESOURCE_ARN: Self = Self::Text {
        min: 1,
        max: 2048,
        pattern: Some(Pattern::ResourceArn),
    };
    pub const TAG_KEY: Self = Self::text(1, 128);
    pub const TAG_KEYS: Self = Self::List {
        item: &Self::TAG_KEY,
        min: 1,
        max: 50,
    };
    /// The model's limit of tags; a stream holds fewer.
    pub const TAGS: Self = Self::Map {
        key: (1, 128),
        value: (0, 256),
        max: 200,
    };
    pub const PAGING_TOKEN: Self = Self::text(1, 1_048_576);

    pub const fn text(min: usize, max: usize) -> Self {
        Self::Text {
            min,
            max,
            pattern: None,
        }
    }

    /// An integer of this value at least.
    pub const fn integer_from(min: i64) -> Self {
        Self::Integer { min, max: i64::MAX }
    }
}

impl Pattern {
    /// The expression as AWS prints it.
    pub fn expression(self) -> &'static str {
        match self {
            Self::Name => "[a-zA-Z0-9_.-]+",
            Self::HashKey => r"0|([1-9]\d{0,38})",
            Self::SequenceNumber => r"0|([1-9]\d{0,128})",
            Self::StreamArn => r"arn:aws.*:kinesis:.*:\d{12}:stream/\S+",
            Self::ResourceArn => r"arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+",
        }
    }

    pub fn matches(self, text: &str) -> bool {
        match self {
            Self::Name => {
                !text.is_empty()
                    && text
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
            }
            Self::HashKey => is_number(text, 39),
            Self::SequenceNumber => is_number(text, 129),
            Self::StreamArn => is_arn_of(text, &["stream"]),
            Self::ResourceArn => is_arn_of(text, &["stream", "channel", "queue"]),
        }
    }
}

fn is_number(text: &str, digits: usize) -> bool {
    text == "0"
        || (1..=digits).contains(&text.len())
            && !text.starts_with('0')
            && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is an ARN of something of these kinds. What the model lets stand before the kind, no ARN has.
fn is_arn_of(text: &str, kinds: &[&str]) -> bool {
    let parts: Option<[&str; 6]> = text.splitn(6, ':').collect::<Vec<_>>().try_into().ok();
    let Some(["arn", partition, "kinesis", _, account, resource]) = parts else {
        return false;
    };
    partition.starts_with("aws")
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && resource.split_once('/').is_some_and(|(kind, name)| {
            kinds.contains(&kind) && !name.is_empty() && !name.contains(char::is_whitespace)
        })
}

/// A value as it was read. Lists and maps keep their nulls, so that a message can name their place.
#[derive(Debug)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    Boolean(bool),
    Time(DateTime<Utc>),
    Blob(Vec<u8>),
    List(Vec<Option<Value<'a>>>),
    Map(BTreeMap<String, Option<String>>),
    Structure(Structure<'a>),
}

/// The members of a request, or of a structure within, each with its value if there was one.
#[derive(Debug)]
pub struct Structure<'a> {
    members: &'static [Member],
    values: Vec<Option<Value<'a>>>,
}

impl<'a> Structure<'a> {
    pub fn empty(members: &'static [Member]) -> Self {
        Self {
            members,
            values: members.iter().map(|_| None).collect(),
        }
    }

    pub fn set(&mut self, index: usize, value: Option<Value<'a>>) {
        self.values[index] = value;
    }

    pub fn members(&self) -> impl Iterator<Item = (&'static Member, Option<&Value<'a>>)> {
        self.members
            .iter()
            .zip(self.values.iter().map(Option::as_ref))
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn get(&self, name: &str) -> Option<&Value<'a>> {
        let index = self.members.iter().position(|member| member.name == name);
        debug_assert!(index.is_some(), "no member {name} in the table");
        self.values[index?].as_ref()
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Integer(integer) => Some(*integer),
            _ => None,
        }
    }

    /// Whether the member is there and true.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Boolean(true)))
    }

    pub fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        match self.get(name)? {
            Value::Time(time) => Some(*time),
            _ => None,
        }
    }

    pub fn blob(&self, name: &str) -> &[u8] {
        match self.get(name) {
            Some(Value::Blob(bytes)) => bytes,
            _ => &[],
        }
    }

    pub fn structure(&self, name: &str) -> Option<&Structure<'a>> {
        match self.get(name)? {
            Value::Structure(structure) => Some(structure),
            _ => None,
        }
    }

    /// The pairs of a map; nothing where there is no map.
    pub fn pairs(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        let pairs = match self.get(name) {
            Some(Value::Map(pairs)) => Some(pairs),
            _ => None,
        };
        let pairs = pairs.into_iter().flatten();
        pairs.filter_map(|(key, value)| Some((key.as_str(), value.as_deref()?)))
    }

    /// The texts of a list; nothing where there is no list.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.items(name).iter().filter_map(|item| match item {
            Some(Value::Text(text)) => Some(text.as_ref()),
            _ => None,
        })
    }

    /// The structures of a list; nothing where there is no list.
    pub fn structures(&self, name: &str) -> impl Iterator<Item = &Structure<'a>> {
        self.items(name).iter().filter_map(|item| match item {
            Some(Value::Structure(structure)) => Some(structure),
            _ => None,
        })
    }

    fn items(&self, name: &str) -> &[Option<Value<'a>>] {
        match self.get(name) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: Pattern, matching: &[&str], other: &[&str]) {
        for text in matching {
            assert!(pattern.matches(text), "{text}");
        }
        for text in other {
            assert!(!pattern.matches(text), "{text}");
        }
    }

    #[test]
    fn patterns_match_what_their_expressions_match() {
        check(
            Pattern::Name,
            &["a", "my-first_stream.2"],
            &["", "a b", "ä", "a/b", "a:b"],
        );
        check(
            Pattern::HashKey,
            &["0", "1", &"9".repeat(39)],
            &["", "00", "01", "-1", "1.0", &"9".repeat(40)],
        );
        check(
            Pattern::SequenceNumber,
            &["0", &"4".repeat(56), &"9".repeat(129)],
            &["", "x", &"9".repeat(130)],
        );
        check(
            Pattern::StreamArn,
            &[
                "arn:aws:kinesis:us-east-1:000000000000:stream/x",
                "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/a.b",
                "arn:aws:kinesis::000000000000:stream/a:b/c",
            ],
            &[
                "",
                "x",
                "arn:aws:sqs:us-east-1:000000000000:stream/x",
                "arn:aws:kinesis:us-east-1:1:stream/x",
                "arn:aws:kinesis:us-east-1:000000000000:stream/",
                "arn:aws:kinesis:us-east-1:000000000000:stream/a b",
                "arn:aws:kinesis:us-east-1:000000000000:queue/x",
                "arn:aws:kinesis:us-east-1:000000000000",
            ],
        );
    }
}
