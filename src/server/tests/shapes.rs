//! Every place of every request, walked by the operations' tables: with values of every type, and with random ones.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Bench, read_answer};
use crate::server::operations::{NOT_SUPPORTED, OPERATIONS};
use crate::server::shapes::{Member, Shape};

const ARN: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/s";

/// A place in a request: what the table says of it, and how to put a value there.
struct Place {
    name: String,
    shape: &'static Shape,
    around: Vec<Wrap>,
}

#[derive(Clone)]
enum Wrap {
    Member(&'static str),
    Item,
    Entry,
}

impl Place {
    fn body(&self, value: &Value) -> Value {
        let value = value.clone();
        self.around
            .iter()
            .rev()
            .fold(value, |inner, wrap| match wrap {
                Wrap::Member(name) => json!({*name: inner}),
                Wrap::Item => json!([inner]),
                Wrap::Entry => json!({"k": inner}),
            })
    }
}

fn places(members: &'static [Member], around: &[Wrap], found: &mut Vec<Place>) {
    for member in members {
        let around = [around, &[Wrap::Member(member.name)]].concat();
        enter(member.name, &member.shape, around, found);
    }
}

fn enter(name: &str, shape: &'static Shape, around: Vec<Wrap>, found: &mut Vec<Place>) {
    match shape {
        Shape::Structure(members) => places(members, &around, found),
        Shape::List { item, .. } => {
            let around = [around.as_slice(), &[Wrap::Item]].concat();
            enter(&format!("{name}[]"), item, around, found);
        }
        Shape::Map { .. } => found.push(Place {
            name: format!("{name}{{}}"),
            shape: &const { Shape::text(0, usize::MAX) },
            around: [around.as_slice(), &[Wrap::Entry]].concat(),
        }),
        _ => {}
    }
    found.push(Place {
        name: name.to_owned(),
        shape,
        around,
    });
}

fn specimens() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(-1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("x"),
        json!("eA=="),
        json!("\u{0}"),
        json!("🗝".repeat(300)),
        json!([]),
        json!([null]),
        json!([[]]),
        json!([1, "x", {}]),
        json!({}),
        json!({"": null}),
        json!({"X": {"X": []}}),
    ]
}

/// Whether a value of this type may stand where this shape is due, whatever is then said of it.
fn fits(shape: &Shape, value: &Value) -> bool {
    match (shape, value) {
        (_, Value::Null) => true,
        (Shape::Text { .. } | Shape::OneOf(_), value) => value.is_string(),
        (Shape::Integer { .. }, value) => value.is_number(),
        (Shape::Boolean, value) => value.is_boolean(),
        // Times that no calendar knows are no times.
        (Shape::Timestamp, value) => value.as_f64().is_some_and(|time| time.abs() < 1e12),
        (Shape::Blob { .. }, Value::String(text)) => STANDARD.decode(text).is_ok(),
        (Shape::List { item, .. }, Value::Array(items)) => {
            items.iter().all(|value| fits(item, value))
        }
        (Shape::Map { .. }, Value::Object(entries)) => entries
            .values()
            .all(|value| value.is_string() || value.is_null()),
        // Its members are places of their own; of those that nobody knows nothing is read.
        (Shape::Structure(_), value) => value.is_object(),
        _ => false,
    }
}

#[test]
fn every_place_refuses_values_of_another_type_and_no_others() {
    let mut walked = 0;
    for operation in OPERATIONS {
        let bench = Bench::with_stream(1);
        let mut found = Vec::new();
        places(operation.request, &[], &mut found);
        for place in found {
            for specimen in specimens() {
                let body = place.body(&specimen).to_string();
                let told = bench.answer(operation.name, &body);
                let refused = matches!(&told, Err((code, _)) if code == "SerializationException");
                assert_eq!(
                    refused,
                    !fits(place.shape, &specimen),
                    "{} {}: {body}: {told:?}",
                    operation.name,
                    place.name
                );
                walked += 1;
            }
        }
    }
    assert!(walked > 1_000, "the tables were walked");
}

#[test]
fn no_body_is_read_for_an_operation_that_is_missing_here() {
    let bench = Bench::with_stream(1);
    for operation in NOT_SUPPORTED {
        for specimen in specimens().iter().filter(|value| value.is_object()) {
            let (code, _) = bench.refused(operation, specimen.clone());
            assert_eq!(code, "UnknownOperationException", "{operation} {specimen}");
        }
    }
}

/// Values for a shape: mostly such as it wants, some at its limits or beyond them, some of another type.
fn values(shape: &'static Shape) -> BoxedStrategy<Value> {
    let wanted = match shape {
        Shape::Text { .. } => prop::sample::select(vec![
            "s",
            "t",
            "0",
            "",
            "shardId-000000000000",
            "shardId-000000000001",
            "170141183460469231731687303715884105728",
            "340282366920938463463374607431768211456",
            "49680467729295203159552925329852707634575199691427807234",
            "49680467729306353532152190641422266567891913366174695426",
            "é🗝\u{202e}",
            ARN,
            "arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1",
        ])
        .prop_map(Value::from)
        .boxed(),
        Shape::OneOf(words) => prop::sample::select(*words).prop_map(Value::from).boxed(),
        Shape::Integer { min, max } => {
            let edges = [0, 1, 2, 24, 48, *min, *min - 1, *max, max.saturating_add(1)];
            prop::sample::select(edges.to_vec())
                .prop_map(Value::from)
                .boxed()
        }
        Shape::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Shape::Timestamp => prop_oneof![
            Just(0.0),
            Just(1_795_372_800.0),
            Just(1_795_372_800.001),
            any::<f64>().prop_filter("JSON knows it", |time| time.is_finite()),
        ]
        .prop_map(Value::from)
        .boxed(),
        Shape::Blob { .. } => prop::collection::vec(any::<u8>(), 0..40)
            .prop_map(|bytes| STANDARD.encode(bytes).into())
            .boxed(),
        Shape::List { item, .. } => prop::collection::vec(values(item), 0..4)
            .prop_map(Value::from)
            .boxed(),
        Shape::Map { .. } => prop::collection::btree_map("[a-zé:]{0,5}", "\\PC{0,5}", 0..3)
            .prop_map(|entries| json!(entries))
            .boxed(),
        Shape::Structure(members) => requests(members),
    };
    prop_oneof![
        12 => wanted,
        1 => prop::sample::select(specimens()),
    ]
    .boxed()
}

fn requests(members: &'static [Member]) -> BoxedStrategy<Value> {
    members
        .iter()
        .fold(Just(json!({})).boxed(), |body, member| {
            let value = prop::option::weighted(0.7, values(&member.shape));
            (body, value)
                .prop_map(|(mut body, value)| {
                    if let Some(value) = value {
                        body[member.name] = value;
                    }
                    body
                })
                .boxed()
        })
}

fn calls() -> impl Strategy<Value = (&'static str, Value)> {
    (0..OPERATIONS.len()).prop_flat_map(|index| {
        let operation = &OPERATIONS[index];
        requests(operation.request).prop_map(|body| (operation.name, body))
    })
}

proptest! {
    #[test]
    fn no_requests_make_the_service_panic(calls in prop::collection::vec(calls(), 1..20)) {
        let bench = Bench::with_stream(2);
        for (operation, body) in calls {
            let response = bench.call_in("us-east-1", operation, &body.to_string());
            prop_assert!(
                matches!(response.status().as_u16(), 200 | 400),
                "{operation} {body}: {}", response.status()
            );
            let _ = read_answer(&response);
        }
    }
}
