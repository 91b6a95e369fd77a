//! Values of the wrong type, for every member of every operation: what AWS said of each type to kinesalite's authors.

use serde_json::{Value, json};

use super::Bench;
use crate::server::operations::OPERATIONS;
use crate::server::shapes::Shape;

const NUMBER: &str = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber";
const TEXT: &str = "class java.lang.String";
const BOOLEAN: &str = "class java.lang.Boolean";
const LIST: &str = "Start of list found where not expected";
const STRUCTURE: &str = "Start of structure or map found where not expected.";

/// What of this list is wrong where such a shape is due, with AWS's words.
fn wrong(shape: &Shape) -> Vec<(Value, String)> {
    let (a_text, a_number, a_boolean) = (json!("23 "), json!(23), json!(true));
    let not = |class: &str, target: &str| format!("{class} can not be converted to {target}");
    let mut list = vec![(json!([]), LIST.to_owned())];
    let mut structure = vec![(json!({}), STRUCTURE.to_owned())];
    let scalars = |words: &str| {
        [
            json!("23"),
            json!(true),
            json!(23),
            json!(-2147483649_i64),
            json!(34.56),
        ]
        .map(|value| (value, words.to_owned()))
        .to_vec()
    };
    let mut all = match shape {
        Shape::Text { .. } | Shape::OneOf(_) => vec![
            (a_number, not(NUMBER, "an String")),
            (json!(34.56), not(NUMBER, "an String")),
            (a_boolean, not(BOOLEAN, "an String")),
        ],
        Shape::Integer { .. } => vec![
            (a_text, not(TEXT, "an Integer")),
            (a_boolean, not(BOOLEAN, "an Integer")),
        ],
        Shape::Boolean => vec![
            (a_text, not("'23 '", "an Boolean")),
            (a_number, not(NUMBER, "an Boolean")),
        ],
        Shape::Timestamp => vec![
            (a_text, not(TEXT, "milliseconds since epoch")),
            (a_boolean, not(BOOLEAN, "milliseconds since epoch")),
        ],
        Shape::Blob { .. } => vec![
            (a_number, not(NUMBER, "a Blob")),
            (a_boolean, not(BOOLEAN, "a Blob")),
            (
                json!("23456"),
                "'23456' can not be converted to a Blob: \
                 Base64 encoded length is expected a multiple of 4 bytes but found: 5"
                    .to_owned(),
            ),
            (
                json!("=+/="),
                "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='".to_owned(),
            ),
            (
                json!("+/+="),
                "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected"
                    .to_owned(),
            ),
        ],
        Shape::List { .. } => {
            list.clear();
            scalars("Expected list or null")
        }
        Shape::Map { .. } => {
            structure.clear();
            scalars("Expected map or null")
        }
        Shape::Structure(_) => {
            structure.clear();
            scalars("Expected null")
        }
    };
    all.extend(list);
    all.extend(structure);
    all
}

/// Every wrong value of a shape and of what it holds, wrapped so that it stands in its place.
fn wrong_within(shape: &Shape) -> Vec<(Value, String)> {
    let mut all = wrong(shape);
    match shape {
        Shape::List { item, .. } => {
            let items = wrong_within(item).into_iter();
            all.extend(items.map(|(value, words)| (json!([value]), words)));
        }
        Shape::Map { .. } => {
            let values = wrong(&Shape::text(0, 1)).into_iter();
            all.extend(values.map(|(value, words)| (json!({"a": value}), words)));
        }
        Shape::Structure(members) => {
            for member in *members {
                let values = wrong_within(&member.shape).into_iter();
                all.extend(values.map(|(value, words)| (json!({member.name: value}), words)));
            }
        }
        _ => {}
    }
    all
}

#[test]
fn a_wrong_type_is_told_for_every_member_of_every_operation() {
    let bench = Bench::new();
    let mut told = 0;
    for operation in OPERATIONS {
        for (body, words) in wrong_within(&Shape::Structure(operation.request)) {
            // What is no object at all says less, and is tested where bodies are read.
            if body.is_object() && body != json!({}) {
                bench.refuses(operation.name, body, "SerializationException", &words);
                told += 1;
            }
        }
    }
    assert!(told > 100, "{told}");
}

#[test]
fn some_words_are_taken_for_a_boolean() {
    let bench = Bench::with_stream(1);
    for (word, is_dry) in [
        ("true", true),
        ("Yes", true),
        ("1", true),
        ("FALSE", false),
        ("no", false),
        ("0", false),
    ] {
        let body = json!({"StreamName": "s", "PartitionKey": "a", "Data": "", "DryRun": word});
        let told = bench.answer("PutRecord", &body.to_string());
        let was_dry = told.is_err_and(|(code, _)| code == "DryRunOperationException");
        assert_eq!(was_dry, is_dry, "{word}");
    }
}
