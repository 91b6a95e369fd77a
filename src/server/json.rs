//! AWS JSON 1.1: a body read into the shape of its operation, and answers written.
//!
//! Blobs are base64, timestamps are epoch seconds with a fraction. Members the shape does not know are skipped and a
//! null counts as absent. What has the wrong type is refused in AWS's words, as kinesalite's authors saw them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize, Serializer};
use serde_json::ser::Formatter;

use super::refusals::{Refusal, shortened};
use super::shapes::{Member, Shape, Structure, Value};
use crate::kinesis::sequence_numbers::Parts;

/// Refuses a body that is no JSON object at all, whatever it was meant for.
pub fn check_syntax(body: &[u8]) -> Result<(), Refusal> {
    let is_object = body.trim_ascii_start().starts_with(b"{");
    if is_object && serde_json::from_slice::<IgnoredAny>(body).is_ok() {
        Ok(())
    } else {
        Err(Refusal::without_message("SerializationException"))
    }
}

/// Reads a body as a structure of these members.
pub fn read<'a>(body: &'a [u8], members: &'static [Member]) -> Result<Structure<'a>, Refusal> {
    let shape = Shape::Structure(members);
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = ShapeReader(&shape)
        .deserialize(&mut json)
        .and_then(|value| json.end().map(|()| value));
    match value {
        Ok(Some(Value::Structure(structure))) => Ok(structure),
        Ok(_) => Err(Refusal::without_message("SerializationException")),
        Err(error) if error.is_data() => {
            check_syntax(body)?;
            // serde_json adds the place of the error, which AWS does not.
            let message = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let words = message.strip_suffix(&place).unwrap_or(&message);
            Err(Refusal::serialization(words))
        }
        Err(_) => Err(Refusal::without_message("SerializationException")),
    }
}

/// Reads one value of a shape; nothing for null.
struct ShapeReader<'s>(&'s Shape);

/// What a map's values are read as; `constraints` looks at their length.
const ANY_TEXT: Shape = Shape::text(0, usize::MAX);

/// What AWS calls a JSON number.
const NUMBER_CLASS: &str = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber";

impl ShapeReader<'_> {
    /// What AWS says to a boolean, number or string (`class`) where this shape is due.
    fn not_convertible<E: serde::de::Error>(&self, class: &str) -> E {
        let target = match self.0 {
            Shape::Text { .. } | Shape::OneOf(_) => "an String",
            Shape::Integer { .. } => "an Integer",
            Shape::Boolean => "an Boolean",
            Shape::Timestamp => "milliseconds since epoch",
            Shape::Blob { .. } => "a Blob",
            Shape::List { .. } => return E::custom("Expected list or null"),
            Shape::Map { .. } => return E::custom("Expected map or null"),
            Shape::Structure(_) => return E::custom("Expected null"),
        };
        E::custom(format!("{class} can not be converted to {target}"))
    }

    fn text<'de, E: serde::de::Error>(&self, text: Cow<'de, str>) -> Result<Value<'de>, E> {
        match self.0 {
            Shape::Text { .. } | Shape::OneOf(_) => Ok(Value::Text(text)),
            Shape::Blob { .. } => decode_blob(&text).map(Value::Blob).map_err(E::custom),
            // AWS was seen to take these words, in any case.
            Shape::Boolean => match shortened(&text).to_uppercase().as_str() {
                "TRUE" | "YES" | "1" => Ok(Value::Boolean(true)),
                "FALSE" | "NO" | "0" => Ok(Value::Boolean(false)),
                other => Err(self.not_convertible(&format!("'{other}'"))),
            },
            _ => Err(self.not_convertible("class java.lang.String")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for ShapeReader<'_> {
    type Value = Option<Value<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ShapeReader<'_> {
    type Value = Option<Value<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value of the request's shape")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
        match self.0 {
            Shape::Boolean => Ok(Some(Value::Boolean(value))),
            _ => Err(self.not_convertible("class java.lang.Boolean")),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Self::Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        match self.0 {
            // AWS cuts off the fraction, and what is more than an Integer holds, before it looks at the value.
            Shape::Integer { .. } => {
                let integer = value
                    .floor()
                    .clamp(f64::from(i32::MIN), f64::from(i32::MAX));
                Ok(Some(Value::Integer(integer as i64)))
            }
            Shape::Timestamp => DateTime::from_timestamp_millis((value * 1000.0).round() as i64)
                .map(|time| Some(Value::Time(time)))
                .ok_or_else(|| self.not_convertible(NUMBER_CLASS)),
            _ => Err(self.not_convertible(NUMBER_CLASS)),
        }
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, value: &'de str) -> Result<Self::Value, E> {
        self.text(Cow::Borrowed(value)).map(Some)
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
        self.text(Cow::Owned(value.to_owned())).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let Shape::List { item, max, .. } = self.0 else {
            return Err(A::Error::custom("Start of list found where not expected"));
        };
        let mut items = Vec::new();
        // One more than allowed is kept, so that the list is refused for its length; a longer one would only cost memory.
        while items.len() <= *max {
            match list.next_element_seed(ShapeReader(item))? {
                Some(value) => items.push(value),
                None => return Ok(Some(Value::List(items))),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some(Value::List(items)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match self.0 {
            Shape::Structure(members) => {
                let mut structure = Structure::empty(members);
                while let Some(known) = map.next_key_seed(MemberName(members))? {
                    match known {
                        Some(index) => {
                            let value = map.next_value_seed(ShapeReader(&members[index].shape))?;
                            structure.set(index, value);
                        }
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Some(Value::Structure(structure)))
            }
            Shape::Map { max, .. } => {
                let mut pairs = BTreeMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    let value = match map.next_value_seed(ShapeReader(&ANY_TEXT))? {
                        Some(Value::Text(value)) => Some(value.into_owned()),
                        _ => None,
                    };
                    // As in a list, one more than allowed is kept; a key that comes again takes its last value.
                    if pairs.len() <= *max || pairs.contains_key(&key) {
                        pairs.insert(key, value);
                    }
                }
                Ok(Some(Value::Map(pairs)))
            }
            _ => Err(A::Error::custom(
                "Start of structure or map found where not expected.",
            )),
        }
    }
}

/// Reads a member's name as its place in the table; nothing for a name the table does not have.
struct MemberName(&'static [Member]);

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for MemberName {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|member| member.name == name))
    }
}

fn decode_blob(text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|_| {
        let why = if !text.len().is_multiple_of(4) {
            format!(
                "Base64 encoded length is expected a multiple of 4 bytes but found: {}",
                text.len()
            )
        } else if let Some(stranger) = stranger_to_base64(text) {
            format!("Invalid Base64 character: '{stranger}'")
        } else {
            // The misspelling is AWS's.
            "Invalid last non-pad Base64 character dectected".to_owned()
        };
        format!(
            "'{}' can not be converted to a Blob: {why}",
            shortened(text)
        )
    })
}

/// The first character that has no place in base64, a padding sign before the end included.
fn stranger_to_base64(text: &str) -> Option<char> {
    let digits = text.trim_end_matches('=');
    digits
        .chars()
        .find(|sign| !(sign.is_ascii_alphanumeric() || matches!(sign, '+' | '/')))
}

/// Writes an answer.
pub fn write(answer: &impl Serialize) -> Bytes {
    let mut bytes = Vec::new();
    let mut json = serde_json::Serializer::with_formatter(&mut bytes, BlobsInBase64);
    // Answers are plain structures with text keys, which JSON can always hold.
    match answer.serialize(&mut json) {
        Ok(()) => bytes.into(),
        Err(_) => Bytes::new(),
    }
}

/// Compact JSON in which bytes are text in base64.
struct BlobsInBase64;

impl Formatter for BlobsInBase64 {
    fn write_byte_array<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        value: &[u8],
    ) -> io::Result<()> {
        // Pieces of whole groups of three bytes come out as one text, without padding between them.
        let mut text = [0; 1024];
        writer.write_all(b"\"")?;
        for piece in value.chunks(text.len() / 4 * 3) {
            let length = STANDARD
                .encode_slice(piece, &mut text)
                .map_err(io::Error::other)?;
            writer.write_all(&text[..length])?;
        }
        writer.write_all(b"\"")
    }
}

/// A sequence number as it goes over the wire, spelt out as it is written: an answer may hold ten thousand.
pub struct Digits(pub Parts);

impl Serialize for Digits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.encode().as_str())
    }
}

/// Bytes as they go over the wire.
pub struct Blob<'a>(pub &'a [u8]);

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// A time as it goes over the wire, in milliseconds.
pub struct Timestamp(pub DateTime<Utc>);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.timestamp_millis() as f64 / 1000.0)
    }
}
