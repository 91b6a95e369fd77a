//! Requests that are not as they should be, and the order in which that is told.

use bytes::Bytes;
use http::{Method, Request, Response};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Bench, read_answer, signed};
use crate::server::operations::OPERATIONS;

fn send(bench: &Bench, request: http::request::Builder, body: &str) -> Response<Bytes> {
    let request = request.body(Bytes::from(body.to_owned()));
    bench
        .service
        .call(&bench.connection, request.expect("a request"))
        .response
}

fn unsigned(operation: &str) -> http::request::Builder {
    Request::post("/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("Kinesis_20131202.{operation}"))
}

#[test]
fn every_answer_has_its_two_ids() {
    let bench = Bench::new();
    for request in [
        signed("us-east-1", "ListStreams"),
        signed("us-east-1", "Nonsense"),
        Request::get("/"),
    ] {
        let response = send(&bench, request, "{}");
        let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
        let id = header("x-amzn-requestid");
        let lengths: Vec<_> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert_eq!(header("x-amz-id-2").len(), 96);
    }
}

#[test]
fn what_is_wrong_first_is_told_first() {
    let bench = Bench::new();
    let check = |request: http::request::Builder, body: &str, status: u16, code: &str| {
        let response = send(&bench, request, body);
        let told = String::from_utf8_lossy(response.body()).into_owned();
        assert_eq!(response.status(), status, "{told}");
        assert!(told.contains(code), "{told} is not {code}");
    };
    let typed = |content_type: &str| {
        Request::post("/")
            .header("content-type", content_type)
            .header("x-amz-target", "Kinesis_20131202.ListStreams")
    };
    // Method, content type, body, target, authorization, types, limits, operation.
    check(
        unsigned("ListStreams").method(Method::GET),
        "{}",
        403,
        "<AccessDeniedException>",
    );
    check(Request::post("/"), "{}", 403, "<AccessDeniedException>");
    check(
        typed("text/plain"),
        "{}",
        404,
        "<UnknownOperationException/>",
    );
    check(typed("application/x-amz-cbor-1.1"), "\u{1}", 400, "CBOR");
    check(unsigned("ListStreams"), "", 400, "SerializationException");
    check(unsigned("Nonsense"), "{", 400, "SerializationException");
    check(unsigned("Nonsense"), "{}", 400, "UnknownOperationException");
    check(
        Request::post("/").header("content-type", "application/x-amz-json-1.1; charset=utf-8"),
        "{}",
        400,
        "UnknownOperationException",
    );
    check(
        unsigned("DescribeStream"),
        r#"{"StreamName": 1}"#,
        400,
        "MissingAuthenticationTokenException",
    );
    check(
        signed("us-east-1", "DescribeStream"),
        r#"{"StreamName": 1, "Limit": 0}"#,
        400,
        "SerializationException",
    );
    check(
        signed("us-east-1", "DescribeStream"),
        r#"{"StreamName": 1, "Limit": 0"#,
        400,
        r#"{"__type":"SerializationException"}"#,
    );
    check(
        signed("us-east-1", "DescribeStream"),
        r#"{"StreamName": "s", "Limit": 0}"#,
        400,
        "ValidationException",
    );
    check(
        signed("us-east-1", "DescribeStream"),
        r#"{"StreamName": "s"}"#,
        400,
        "ResourceNotFoundException",
    );
}

#[test]
fn operations_of_the_api_that_are_missing_here_say_so() {
    let bench = Bench::new();
    bench.refuses(
        "SubscribeToShard",
        json!({}),
        "UnknownOperationException",
        "SubscribeToShard is not supported by kinesis-lab",
    );
    bench.refuses("Nonsense", json!({}), "UnknownOperationException", "");
}

#[test]
fn a_wrong_type_is_told_in_the_words_of_aws() {
    let bench = Bench::new();
    let number =
        "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to";
    let check = |operation: &str, body: Value, words: &str| {
        bench.refuses(operation, body, "SerializationException", words);
    };
    check(
        "DescribeStream",
        json!({"StreamName": 1}),
        &format!("{number} an String"),
    );
    check(
        "DescribeStream",
        json!({"StreamName": true}),
        "class java.lang.Boolean can not be converted to an String",
    );
    check(
        "DescribeStream",
        json!({"StreamName": []}),
        "Start of list found where not expected",
    );
    check(
        "DescribeStream",
        json!({"StreamName": {}}),
        "Start of structure or map found where not expected.",
    );
    check(
        "DescribeStream",
        json!({"Limit": "1"}),
        "class java.lang.String can not be converted to an Integer",
    );
    check("PutRecord", json!({"Data": 1}), &format!("{number} a Blob"));
    check(
        "PutRecord",
        json!({"Data": "%%"}),
        "'%%' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 2",
    );
    check(
        "PutRecord",
        json!({"Data": "%%=="}),
        "'%%==' can not be converted to a Blob: Invalid Base64 character: '%'",
    );
    check(
        "PutRecord",
        json!({"Data": "=xx="}),
        "'=xx=' can not be converted to a Blob: Invalid Base64 character: '='",
    );
    check(
        "PutRecord",
        json!({"Data": "eB=="}),
        "'eB==' can not be converted to a Blob: Invalid last non-pad Base64 character dectected",
    );
    check(
        "PutRecord",
        json!({"DryRun": "perhaps"}),
        "'PERHAPS' can not be converted to an Boolean",
    );
    check(
        "PutRecord",
        json!({"DryRun": 1}),
        &format!("{number} an Boolean"),
    );
    check(
        "PutRecords",
        json!({"Records": "x"}),
        "Expected list or null",
    );
    check(
        "PutRecords",
        json!({"Records": {}}),
        "Start of structure or map found where not expected.",
    );
    check("PutRecords", json!({"Records": [1]}), "Expected null");
    check("CreateStream", json!({"Tags": 1}), "Expected map or null");
    check(
        "CreateStream",
        json!({"Tags": []}),
        "Start of list found where not expected",
    );
    check(
        "CreateStream",
        json!({"Tags": {"a": 1}}),
        &format!("{number} an String"),
    );
    check(
        "GetShardIterator",
        json!({"Timestamp": "2026-11-22"}),
        "class java.lang.String can not be converted to milliseconds since epoch",
    );
}

#[test]
fn nulls_and_unknown_members_count_as_absent() {
    let bench = Bench::with_stream(1);
    let body = json!({"StreamName": "s", "Limit": null, "Whatever": {"deep": [1, 2, {}]}});
    bench.ok("DescribeStream", body);
}

#[test]
fn broken_limits_are_listed_together() {
    let bench = Bench::new();
    let check = |operation: &str, body: Value, words: &str| {
        bench.refuses(operation, body, "ValidationException", words);
    };
    check(
        "PutRecords",
        json!({}),
        "2 validation errors detected: \
         Value null at 'records' failed to satisfy constraint: Member must not be null; \
         Value null at 'streamName' failed to satisfy constraint: Member must not be null",
    );
    check(
        "PutRecords",
        json!({"StreamName": "", "Records": []}),
        "3 validation errors detected: \
         Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1; \
         Value '' at 'streamName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; \
         Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    check(
        "PutRecords",
        json!({"StreamName": "s", "Records": [
            {"PartitionKey": "a", "Data": ""},
            {"PartitionKey": "", "ExplicitHashKey": "01"},
            null
        ]}),
        "4 validation errors detected: \
         Value '' at 'records.2.member.partitionKey' failed to satisfy constraint: \
         Member must have length greater than or equal to 1; \
         Value '01' at 'records.2.member.explicitHashKey' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38}); \
         Value null at 'records.2.member.data' failed to satisfy constraint: Member must not be null; \
         Value null at 'records.3.member' failed to satisfy constraint: Member must not be null",
    );
    check(
        "GetRecords",
        json!({"ShardIterator": "", "Limit": 10_001}),
        "2 validation errors detected: \
         Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000; \
         Value '' at 'shardIterator' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    check(
        "GetShardIterator",
        json!({"StreamName": "s", "ShardId": "0", "ShardIteratorType": "OLDEST"}),
        "1 validation error detected: Value 'OLDEST' at 'shardIteratorType' failed to satisfy constraint: \
         Member must satisfy enum value set: \
         [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
    );
    check(
        "CreateStream",
        json!({"StreamName": "s", "ShardCount": 0, "StreamModeDetails": {}}),
        "2 validation errors detected: \
         Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1; \
         Value null at 'streamModeDetails.streamMode' failed to satisfy constraint: Member must not be null",
    );
}

#[test]
fn ten_broken_limits_are_enough() {
    let bench = Bench::new();
    let records = vec![json!({}); 500];
    let (_, words) = bench.refused("PutRecords", json!({"StreamName": "s", "Records": records}));
    assert!(
        words.starts_with("10 validation errors detected: "),
        "{words}"
    );
    assert_eq!(words.matches("; ").count(), 9);
}

#[test]
fn keys_are_counted_in_characters_and_data_in_bytes() {
    let bench = Bench::with_stream(1);
    let put = |key: &str, data: usize| {
        let data =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, vec![7; data]);
        let body = json!({"StreamName": "s", "PartitionKey": key, "Data": data});
        bench.answer("PutRecord", &body.to_string())
    };
    assert!(put(&"é".repeat(256), 0).is_ok());
    assert_eq!(
        put(&"k".repeat(257), 0),
        Err((
            "ValidationException".into(),
            format!(
                "1 validation error detected: Value '{}' at 'partitionKey' failed to satisfy constraint: \
                 Member must have length less than or equal to 256",
                "k".repeat(257)
            )
        ))
    );
    assert!(put("k", 1_048_575).is_ok());
    assert_eq!(
        put("k", 1_048_576),
        Err((
            "ValidationException".into(),
            "1 validation error detected: Value at 'data' failed to satisfy constraint: \
             Member must have length less than or equal to 1048576"
                .into()
        ))
    );
}

#[test]
fn a_batch_has_500_records_and_10_mebibytes_at_most() {
    let bench = Bench::with_stream(1);
    let batch = |count: usize, bytes: usize| {
        let data =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, vec![7; bytes]);
        let record = json!({"PartitionKey": "k", "Data": data});
        let body = json!({"StreamName": "s", "Records": vec![record; count]});
        bench.answer("PutRecords", &body.to_string())
    };
    assert!(batch(500, 10).is_ok());
    assert!(batch(501, 10).is_err_and(|(_, words)| {
        words.ends_with("at 'records' failed to satisfy constraint: Member must have length less than or equal to 500")
    }));
    assert!(batch(10, 1_048_575).is_ok());
    assert_eq!(
        batch(11, 1_000_000),
        Err((
            "InvalidArgumentException".into(),
            "Records size exceeds 10 MB limit".into()
        ))
    );
    assert!(batch(2, 1_048_576).is_err_and(|(_, words)| words.contains("records.1.member.data")));
}

#[test]
fn a_long_value_is_not_repeated_in_full() {
    let bench = Bench::new();
    for (operation, body) in [
        (
            "DescribeStream",
            json!({"StreamName": "é".repeat(1_000_000)}),
        ),
        ("PutRecord", json!({"Data": "%".repeat(1_000_000)})),
        ("PutRecord", json!({"DryRun": "x".repeat(1_000_000)})),
    ] {
        let (_, words) = bench.refused(operation, body);
        assert!(words.len() < 5_000, "{}", words.len());
    }
}

#[test]
fn a_list_without_end_costs_no_memory_for_its_items() {
    let bench = Bench::new();
    let body = format!(
        r#"{{"StreamName": "s", "Records": [{}{{}}]}}"#,
        "{},".repeat(1_000_000)
    );
    let told = bench.answer("PutRecords", &body).expect_err("too long");
    assert!(
        told.1
            .contains("Member must have length less than or equal to 500")
    );
}

#[test]
fn deep_nesting_is_refused() {
    let bench = Bench::new();
    let deep = "[".repeat(1_000_000);
    for body in [
        format!(r#"{{"StreamName": {deep}"#),
        format!(r#"{{"Whatever": {deep}"#),
        deep,
    ] {
        let told = bench.answer("DescribeStream", &body).expect_err("nonsense");
        assert_eq!(told.0, "SerializationException");
    }
}

proptest! {
    #[test]
    fn no_body_makes_the_service_panic(
        operation in 0..OPERATIONS.len(),
        body in prop_oneof![
            "\\PC{0,60}",
            r#"\{("StreamName"|"Records"|"Limit"|"Data"|"ShardIterator"): ?[\[\]{}"a0-9,.e-]{0,20}\}"#,
        ],
    ) {
        let bench = Bench::with_stream(1);
        let name = OPERATIONS[operation].name;
        let response = bench.call_in("us-east-1", name, &body);
        prop_assert!(matches!(response.status().as_u16(), 200 | 400));
        let _ = read_answer(&response);
    }
}

#[test]
fn a_body_nested_deep_is_refused_like_any_other() {
    let bench = Bench::with_stream(1);
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for place in ["StreamName", "Records", "Unknown"] {
            for closed in [false, true] {
                let depth = 200_000;
                let mut body = format!("{{\"{place}\": {}0", open.repeat(depth));
                if closed {
                    body += &close.repeat(depth);
                    body += "}";
                }
                let (code, _) = bench.answer("PutRecords", &body).expect_err("refused");
                let expected = match (place, closed) {
                    ("Unknown", true) => "ValidationException",
                    _ => "SerializationException",
                };
                assert_eq!(code, expected, "{place} {open}");
            }
        }
    }
}
