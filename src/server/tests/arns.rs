//! A stream's ARN in place of its name, or beside it, for every operation that takes one.

use serde_json::{Map, Value, json};

use super::Bench;
use crate::server::operations::{OPERATIONS, Operation};
use crate::server::shapes::{Member, Need, Pattern, Shape};

const ARN: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/s";

/// A value that breaks no limit.
fn sample(shape: &Shape) -> Value {
    match shape {
        Shape::Text {
            pattern: Some(Pattern::StreamArn | Pattern::ResourceArn),
            ..
        } => json!(ARN),
        Shape::Text { .. } => json!("0"),
        Shape::OneOf(words) => json!(words.last()),
        Shape::Integer { min, .. } => json!(min),
        Shape::Boolean => json!(true),
        Shape::Timestamp => json!(0),
        Shape::Blob { .. } => json!(""),
        Shape::List { item, .. } => json!([sample(item)]),
        Shape::Map { .. } => json!({"a": "b"}),
        Shape::Structure(members) => Value::Object(needed(members)),
    }
}

/// The members that a request cannot do without, the name of its stream aside.
fn needed(members: &[Member]) -> Map<String, Value> {
    let needed = members
        .iter()
        .filter(|member| matches!(member.need, Need::Required));
    let sampled = |member: &Member| (member.name.to_owned(), sample(&member.shape));
    needed.map(sampled).collect()
}

/// A request without the name of its stream.
fn request(operation: &Operation) -> Value {
    Value::Object(needed(operation.request))
}

fn takes(operation: &Operation, name: &str) -> bool {
    operation.request.iter().any(|member| member.name == name)
}

#[test]
fn all_operations_on_a_stream_take_its_arn_beside_its_name() {
    for operation in OPERATIONS {
        // A stream that is to be created has no ARN yet.
        if takes(operation, "StreamName") && operation.name != "CreateStream" {
            assert!(takes(operation, "StreamARN"), "{}", operation.name);
        }
    }
}

#[test]
fn a_name_and_an_arn_that_disagree_are_refused() {
    let bench = Bench::with_stream(1);
    bench.ok("CreateStream", json!({"StreamName": "t", "ShardCount": 1}));
    for operation in OPERATIONS {
        if takes(operation, "StreamName") && takes(operation, "StreamARN") {
            let mut body = request(operation);
            body["StreamName"] = "t".into();
            body["StreamARN"] = ARN.into();
            bench.refuses(
                operation.name,
                body,
                "InvalidArgumentException",
                "StreamName and StreamARN name different streams.",
            );
        }
    }
    assert_eq!(
        bench.ok("ListStreams", json!({}))["StreamNames"],
        json!(["s", "t"])
    );
}

#[test]
fn what_an_arn_does_not_find_is_told_by_the_arn() {
    let bench = Bench::with_stream(1);
    for operation in OPERATIONS {
        let Some(member) = ["StreamARN", "ResourceARN"]
            .into_iter()
            .find(|member| takes(operation, member))
        else {
            continue;
        };
        // An iterator says by itself which stream it is of.
        if operation.name == "GetRecords" {
            continue;
        }
        for arn in [
            "arn:aws:kinesis:us-east-1:000000000000:stream/t",
            "arn:aws:kinesis:eu-west-1:000000000000:stream/s",
            "arn:aws:kinesis:us-east-1:123456789012:stream/s",
            "arn:aws-cn:kinesis:us-east-1:000000000000:stream/s",
        ] {
            let mut body = request(operation);
            body[member] = arn.into();
            let (code, words) = bench.refused(operation.name, body);
            assert_eq!(code, "ResourceNotFoundException", "{}", operation.name);
            assert!(
                words.contains(&format!("tream {arn} under account 000000000000")),
                "{}: {words}",
                operation.name
            );
        }
    }
}

#[test]
fn an_iterator_is_used_with_the_arn_of_its_own_stream() {
    let bench = Bench::with_stream(1);
    let iterator = bench.iterator("TRIM_HORIZON");
    bench.ok(
        "GetRecords",
        json!({"ShardIterator": iterator, "StreamARN": ARN}),
    );
    let other = format!("{ARN}2");
    let told = bench.refused(
        "GetRecords",
        json!({"ShardIterator": iterator, "StreamARN": other}),
    );
    assert_eq!(told.0, "InvalidArgumentException");
}
