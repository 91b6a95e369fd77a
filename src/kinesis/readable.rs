//! Bytes as people can read them where they are stored: a text where they are one, else numbers.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Readable<'b> {
    Text(Cow<'b, str>),
    Bytes(Cow<'b, [u8]>),
}

/// For `#[serde(with = "readable")]`.
pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    let readable = match str::from_utf8(bytes) {
        Ok(text) => Readable::Text(text.into()),
        Err(_) => Readable::Bytes(bytes.into()),
    };
    readable.serialize(serializer)
}

/// For `#[serde(with = "readable")]`.
pub fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    Ok(match Readable::deserialize(deserializer)? {
        Readable::Text(text) => text.into_owned().into_bytes(),
        Readable::Bytes(bytes) => bytes.into_owned(),
    })
}
