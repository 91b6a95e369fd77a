//! Regions: the credential names one, and each is a world of its own in the lab's one account.

use serde_json::{Value, json};

use super::{Bench, read_answer, text};

const HERE: &str = "us-east-1";
const THERE: &str = "eu-west-1";

fn call(
    bench: &Bench,
    region: &str,
    operation: &str,
    body: Value,
) -> Result<Value, (String, String)> {
    read_answer(&bench.call_in(region, operation, &body.to_string()))
}

/// A bench with streams `s` and `t` in both regions, one record in each `s` that says where it is.
fn two_worlds() -> Bench {
    let bench = Bench::new();
    for region in [HERE, THERE] {
        for name in ["s", "t"] {
            let body = json!({"StreamName": name, "ShardCount": 1});
            call(&bench, region, "CreateStream", body).expect("created");
        }
        let body = json!({"StreamName": "s", "PartitionKey": region, "Data": ""});
        call(&bench, region, "PutRecord", body).expect("stored");
    }
    bench
}

#[test]
fn streams_of_one_name_in_two_regions_know_nothing_of_each_other() {
    let bench = two_worlds();
    for region in [HERE, THERE] {
        let start = json!({"StreamName": "s", "ShardId": "0", "ShardIteratorType": "TRIM_HORIZON"});
        let iterator = call(&bench, region, "GetShardIterator", start).expect("an iterator");
        let body = json!({"ShardIterator": iterator["ShardIterator"]});
        let records = call(&bench, region, "GetRecords", body).expect("records");
        assert_eq!(records["Records"].as_array().map(Vec::len), Some(1));
        assert_eq!(records["Records"][0]["PartitionKey"], region);
        let summary = call(
            &bench,
            region,
            "DescribeStreamSummary",
            json!({"StreamName": "s"}),
        );
        assert_eq!(
            summary.expect("a summary")["StreamDescriptionSummary"]["StreamARN"],
            format!("arn:aws:kinesis:{region}:000000000000:stream/s")
        );
    }
    call(&bench, HERE, "DeleteStream", json!({"StreamName": "s"})).expect("deleted");
    let there = call(&bench, THERE, "ListStreams", json!({})).expect("a list");
    assert_eq!(there["StreamNames"], json!(["s", "t"]));
    let elsewhere = call(&bench, "ap-south-1", "ListStreams", json!({})).expect("a list");
    assert_eq!(elsewhere["StreamNames"], json!([]));
}

#[test]
fn an_arn_names_the_part_of_aws_that_its_region_lies_in() {
    let bench = Bench::new();
    for (region, partition) in [
        ("us-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
    ] {
        let arn = format!("arn:{partition}:kinesis:{region}:000000000000:stream/s");
        let body = json!({"StreamName": "s", "ShardCount": 1});
        call(&bench, region, "CreateStream", body).expect("created");
        let summary = call(
            &bench,
            region,
            "DescribeStreamSummary",
            json!({"StreamARN": arn}),
        );
        let summary = summary.expect("a summary");
        assert_eq!(summary["StreamDescriptionSummary"]["StreamARN"], arn);
    }
}

#[test]
fn an_iterator_is_good_in_its_own_region_only() {
    let bench = two_worlds();
    let iterator = bench.iterator("TRIM_HORIZON");
    let body = json!({"ShardIterator": iterator});
    let told = call(&bench, THERE, "GetRecords", body.clone()).expect_err("a stranger");
    assert_eq!(
        told,
        (
            "InvalidArgumentException".into(),
            "Invalid ShardIterator.".into()
        )
    );
    call(&bench, HERE, "GetRecords", body).expect("records");
}

#[test]
fn a_paging_token_is_good_in_its_own_region_only() {
    let bench = two_worlds();
    for (operation, first) in [
        ("ListStreams", json!({"Limit": 1})),
        ("ListShards", json!({"StreamName": "u", "MaxResults": 1})),
    ] {
        for region in [HERE, THERE] {
            let body = json!({"StreamName": "u", "ShardCount": 2});
            let _ = call(&bench, region, "CreateStream", body);
        }
        let token = text(&call(&bench, HERE, operation, first).expect("a page")["NextToken"]);
        let body = json!({"NextToken": token});
        let told = call(&bench, THERE, operation, body.clone()).expect_err("a stranger");
        assert_eq!(told.0, "InvalidArgumentException", "{operation}");
        call(&bench, HERE, operation, body).expect("the next page");
    }
}
