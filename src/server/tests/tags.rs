//! Tags of streams, by name and by ARN.

use serde_json::{Value, json};

use super::Bench;

const ARN: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/s";

/// The tags of `s`, as `key=value` in the order of the answer.
fn tags(bench: &Bench) -> Vec<String> {
    let list = |answer: &Value| -> Vec<String> {
        let tags = answer["Tags"].as_array().expect("a list");
        let told = |tag: &Value| {
            let [key, value] = ["Key", "Value"].map(|name| super::text(&tag[name]));
            format!("{key}={value}")
        };
        tags.iter().map(told).collect()
    };
    let by_name = list(&bench.ok("ListTagsForStream", json!({"StreamName": "s"})));
    let of_resource = bench.ok("ListTagsForResource", json!({"ResourceARN": ARN}));
    assert_eq!(by_name, list(&of_resource), "both operations tell the same");
    assert_eq!(of_resource["HasMoreTags"], Value::Null);
    by_name
}

fn numbered(count: usize) -> Value {
    let pairs = (0..count).map(|index| (format!("k{index:02}"), json!("")));
    Value::Object(pairs.collect())
}

#[test]
fn tags_are_added_overwritten_and_removed_by_name_and_by_arn() {
    let bench = Bench::with_stream(1);
    assert!(tags(&bench).is_empty());
    let body = json!({"StreamName": "s", "Tags": {"b": "1", "a": "", "ü0 _.": "x/=+-@:"}});
    assert_eq!(bench.ok("AddTagsToStream", body), Value::Null);
    assert_eq!(tags(&bench), ["a=", "b=1", "ü0 _.=x/=+-@:"]);
    bench.ok(
        "AddTagsToStream",
        json!({"StreamARN": ARN, "Tags": {"b": "2"}}),
    );
    bench.ok(
        "TagResource",
        json!({"ResourceARN": ARN, "Tags": {"c": "3"}}),
    );
    assert_eq!(tags(&bench), ["a=", "b=2", "c=3", "ü0 _.=x/=+-@:"]);
    let body = json!({"StreamName": "s", "TagKeys": ["ü0 _.", "never there"]});
    assert_eq!(bench.ok("RemoveTagsFromStream", body), Value::Null);
    bench.ok(
        "UntagResource",
        json!({"ResourceARN": ARN, "TagKeys": ["a"]}),
    );
    assert_eq!(tags(&bench), ["b=2", "c=3"]);
}

#[test]
fn a_stream_is_created_with_its_tags() {
    let bench = Bench::new();
    let body = json!({"StreamName": "s", "ShardCount": 1, "Tags": {"team": "lab"}});
    bench.ok("CreateStream", body);
    assert_eq!(tags(&bench), ["team=lab"]);
    let body = json!({"StreamName": "t", "ShardCount": 1, "Tags": {"a;b": ""}});
    assert_eq!(
        bench.refused("CreateStream", body).0,
        "InvalidArgumentException"
    );
    let told = bench.refused("DescribeStreamSummary", json!({"StreamName": "t"}));
    assert_eq!(told.0, "ResourceNotFoundException", "nothing was created");
}

#[test]
fn tags_are_listed_in_pages() {
    let bench = Bench::with_stream(1);
    bench.ok(
        "AddTagsToStream",
        json!({"StreamName": "s", "Tags": numbered(5)}),
    );
    let page = |body: Value| {
        let mut body = body;
        body["StreamName"] = "s".into();
        let answer = bench.ok("ListTagsForStream", body);
        let tags = answer["Tags"].as_array().expect("a list");
        let keys = tags.iter().map(|tag| super::text(&tag["Key"]));
        (keys.collect::<Vec<_>>(), answer["HasMoreTags"] == true)
    };
    assert_eq!(
        page(json!({"Limit": 2})),
        (vec!["k00".into(), "k01".into()], true)
    );
    assert_eq!(
        page(json!({"Limit": 2, "ExclusiveStartTagKey": "k02"})),
        (vec!["k03".into(), "k04".into()], false)
    );
    assert_eq!(
        page(json!({"ExclusiveStartTagKey": "k99"})),
        (vec![], false)
    );
    assert_eq!(page(json!({})).0.len(), 5);
}

#[test]
fn a_stream_has_fifty_tags_at_most() {
    let bench = Bench::with_stream(1);
    bench.ok(
        "AddTagsToStream",
        json!({"StreamName": "s", "Tags": numbered(50)}),
    );
    // One that is there already takes no room.
    bench.ok(
        "AddTagsToStream",
        json!({"StreamName": "s", "Tags": {"k00": "new"}}),
    );
    bench.refuses(
        "AddTagsToStream",
        json!({"StreamName": "s", "Tags": {"k01": "new", "one more": ""}}),
        "InvalidArgumentException",
        "Failed to add tags to stream s under account 000000000000 because \
         a given stream cannot have more than 50 tags associated with it.",
    );
    let tags = tags(&bench);
    assert_eq!(tags.len(), 50);
    assert_eq!(
        tags[..2],
        ["k00=new", "k01="],
        "a refused call changes nothing"
    );
}

#[test]
fn tags_of_strange_signs_are_refused_in_the_words_of_aws() {
    let bench = Bench::with_stream(1);
    let invalid = "Some tags contain invalid characters. \
                   Valid characters: Unicode letters, digits, white space, _ . / = + - % @.";
    let illegal = |what: &str| {
        format!(
            "Failed to {what} stream s under account 000000000000 because some tags contained illegal characters. \
             The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@',':'."
        )
    };
    for text in ["a;b", "a\tb", "a\nb", "a,b", "a%b", "a\u{0}b"] {
        let is_percent = text.contains('%');
        let words = |what: &str| match is_percent {
            true => illegal(what),
            false => invalid.to_owned(),
        };
        for tags in [json!({text: "1"}), json!({"a": text})] {
            let body = json!({"StreamName": "s", "Tags": tags});
            bench.refuses(
                "AddTagsToStream",
                body,
                "InvalidArgumentException",
                &words("add tags to"),
            );
        }
        let body = json!({"StreamName": "s", "TagKeys": ["ok", text]});
        let words = words("remove tags from");
        bench.refuses(
            "RemoveTagsFromStream",
            body,
            "InvalidArgumentException",
            &words,
        );
    }
    assert!(tags(&bench).is_empty());
}

#[test]
fn keys_of_aws_itself_are_refused() {
    let bench = Bench::with_stream(1);
    for key in ["aws:", "aws:x", "AWS:x"] {
        for (operation, body) in [
            (
                "AddTagsToStream",
                json!({"StreamName": "s", "Tags": {key: "1"}}),
            ),
            (
                "RemoveTagsFromStream",
                json!({"StreamName": "s", "TagKeys": [key]}),
            ),
        ] {
            let (code, words) = bench.refused(operation, body);
            assert_eq!(code, "InvalidArgumentException");
            assert!(
                words.ends_with("because keys that start with aws: are reserved for AWS."),
                "{words}"
            );
        }
    }
    bench.ok(
        "AddTagsToStream",
        json!({"StreamName": "s", "Tags": {"aws": "aws:"}}),
    );
    assert_eq!(tags(&bench), ["aws=aws:"]);
}

#[test]
fn broken_limits_of_tags_are_listed_together() {
    let bench = Bench::new();
    let check = |operation: &str, body: Value, words: &str| {
        bench.refuses(operation, body, "ValidationException", words);
    };
    check(
        "AddTagsToStream",
        json!({}),
        "2 validation errors detected: \
         Value null at 'tags' failed to satisfy constraint: Member must not be null; \
         Value null at 'streamName' failed to satisfy constraint: Member must not be null",
    );
    check(
        "RemoveTagsFromStream",
        json!({"StreamName": "s", "TagKeys": ["a", "k".repeat(129), "b"]}),
        &format!(
            "1 validation error detected: Value '[a, {}, b]' at 'tagKeys' failed to satisfy constraint: \
             Member must satisfy constraint: [Member must have length less than or equal to 128, \
             Member must have length greater than or equal to 1]",
            "k".repeat(129)
        ),
    );
    check(
        "ListTagsForStream",
        json!({"StreamName": "", "ExclusiveStartTagKey": "", "Limit": 0}),
        "4 validation errors detected: \
         Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1; \
         Value '' at 'exclusiveStartTagKey' failed to satisfy constraint: \
         Member must have length greater than or equal to 1; \
         Value '' at 'streamName' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; \
         Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    check(
        "TagResource",
        json!({"ResourceARN": "s", "Tags": {"a": ""}}),
        "1 validation error detected: Value 's' at 'resourceARN' failed to satisfy constraint: \
         Member must satisfy regular expression pattern: \
         arn:aws.*:kinesis:.*:\\d{12}:.*(stream|channel|queue)/\\S+",
    );
}
