//! Bodies that once were, or could be, trouble: each is answered as its file in `tests/corpus` says, and by no panic.
//!
//! A body is a text, or a list of pieces: texts, `{"repeat": "[", "times": 100000}`, and `{"base64": "/w=="}` for bytes
//! that are no text. Each case meets a server of its own that has a stream `s` with one shard.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kinesis_lab::server::{Delivery, Limits};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::world::World;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    operation: String,
    body: Body,
    /// The error's name; the call is answered where there is none.
    error: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Text(String),
    Pieces(Vec<Piece>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Piece {
    Text(String),
    Repeated { repeat: String, times: usize },
    Bytes { base64: String },
}

impl Body {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Pieces(pieces) => pieces.iter().flat_map(Piece::bytes).collect(),
        }
    }
}

impl Piece {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Repeated { repeat, times } => repeat.repeat(*times).into_bytes(),
            Self::Bytes { base64 } => STANDARD.decode(base64).expect("base64"),
        }
    }
}

fn world_with_stream() -> World {
    let world = World::new(&Limits::without_rates());
    let created = world.call(
        "us-east-1",
        "CreateStream",
        r#"{"StreamName": "s", "ShardCount": 1}"#,
    );
    assert_eq!(created.status, 200);
    world
}

/// What differs from what the case says, if anything does.
fn wrong_with(case: &Case) -> Option<String> {
    let answer = world_with_stream().call("us-east-1", &case.operation, case.body.bytes());
    let got = answer.result();
    let right = match (&got, &case.error) {
        (Ok(_), None) => true,
        (Err((code, message)), Some(error)) => {
            code == error && case.message.as_ref().is_none_or(|it| it == message)
        }
        _ => false,
    };
    let got: String = format!("{got:?}").chars().take(300).collect();
    (!right).then(|| format!("{}: {got}", case.name))
}

fn cases(path: &Path) -> Vec<Case> {
    let text = fs::read_to_string(path).expect("the file is readable");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files() -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let entries = fs::read_dir(folder).expect("the folder is readable");
    let files: Vec<_> = entries
        .map(|entry| entry.expect("the folder is readable").path())
        .collect();
    assert!(!files.is_empty(), "the corpus was found");
    files
}

#[test]
fn every_body_of_the_corpus_is_answered_as_its_file_says() {
    let mut wrong = Vec::new();
    for file in files() {
        let cases = cases(&file);
        wrong.extend(cases.iter().filter_map(wrong_with));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_case_that_is_answered_otherwise_is_told() {
    let case = |error: Option<&str>, message: Option<&str>| Case {
        name: "planted".to_owned(),
        operation: "DescribeStream".to_owned(),
        body: Body::Text("{".to_owned()),
        error: error.map(str::to_owned),
        message: message.map(str::to_owned),
    };
    let told = "planted: Err((\"SerializationException\", \"\"))";
    for wrong in [
        case(None, None),
        case(Some("ValidationException"), None),
        case(Some("SerializationException"), Some("Other words")),
    ] {
        assert_eq!(wrong_with(&wrong).as_deref(), Some(told));
    }
    assert_eq!(
        wrong_with(&case(Some("SerializationException"), None)),
        None
    );
}

/// Bytes of the corpus with some of them changed, left out, doubled or put elsewhere.
fn mutated() -> impl Strategy<Value = (String, Vec<u8>)> {
    let seeds: Vec<_> = files()
        .iter()
        .flat_map(|file| cases(file))
        .map(|case| (case.operation.clone(), case.body.bytes()))
        // Long ones are slow, and what happens to them happens to short ones.
        .filter(|(_, bytes)| bytes.len() < 2_000)
        .collect();
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..6);
    (prop::sample::select(seeds), changes).prop_map(|((operation, mut bytes), changes)| {
        for (place, byte, kind) in changes {
            if bytes.is_empty() {
                bytes.push(byte);
            }
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                _ => bytes.extend_from_within(at..),
            }
        }
        (operation, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_change_to_a_body_of_the_corpus_is_more_than_refused((operation, bytes) in mutated()) {
        let world = world_with_stream();
        let answer = world.call("us-east-1", &operation, bytes);
        prop_assert!(matches!(answer.status, 200 | 400), "{answer:?}");
        prop_assert_eq!(answer.delivery, Delivery::Now);
        let listed = world.call("us-east-1", "ListStreams", "{}");
        prop_assert_eq!(listed.status, 200);
        prop_assert!(listed.body["StreamNames"] != Value::Null);
    }
}
