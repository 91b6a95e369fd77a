//! Batches of records: one call, a result for each record, and what is said where results are missing.

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::app::message::{Entry, PutBatch, Sender};
use crate::kinesis::hash_ranges::HashKey;

fn batch() -> Request {
    let entry = |key: &str, hash_key| {
        Arc::new(Entry {
            key: key.into(),
            data: "{}".into(),
            hash_key,
        })
    };
    Request::PutRecords(Arc::new(PutBatch {
        by: Sender::Auto,
        id: 9,
        stream: "clicks".into(),
        entries: vec![entry("alice", None), entry("bob", Some(HashKey::MAX))],
    }))
}

/// What a batch brings back where the endpoint answers this.
async fn answered(
    records: Value,
) -> (
    Endpoint,
    Result<Vec<crate::app::message::Stored>, CallError>,
) {
    let endpoint = Endpoint::saying(json!({"FailedRecordCount": 1, "Records": records})).await;
    let Answer::SentBatch { result, .. } = endpoint.client().perform(batch()).await else {
        panic!("not the answer to a batch")
    };
    (endpoint, result)
}

#[tokio::test]
async fn a_batch_is_one_call_and_each_record_brings_back_its_place_or_its_error() {
    let stored = json!({"ShardId": "shardId-000000000001", "SequenceNumber": "4959"});
    let refused = json!({"ErrorCode": "InternalFailure", "ErrorMessage": "words"});
    let (endpoint, result) = answered(json!([stored, refused])).await;
    let refused = CallError::Refused {
        code: "InternalFailure".into(),
        message: "words".into(),
    };
    let place = (ShardId::from_index(1), "4959".into());
    assert_eq!(result, Ok(vec![Ok(place), Err(refused)]));
    let [call] = &endpoint.seen()[..] else {
        panic!("one call, not retried")
    };
    assert_eq!(call.operation, "PutRecords");
    assert!(call.user_agent.contains("app/kinesis-lab-auto"));
    let most = "340282366920938463463374607431768211455";
    assert_eq!(
        call.body,
        json!({"StreamName": "clicks", "Records": [
            {"PartitionKey": "alice", "Data": "e30="},
            {"PartitionKey": "bob", "Data": "e30=", "ExplicitHashKey": most},
        ]})
    );
}

#[tokio::test]
async fn a_batch_with_too_few_results_or_without_a_place_is_no_answer_of_kinesis() {
    let (_, result) = answered(json!([])).await;
    assert!(
        matches!(result, Err(CallError::Nonsense { .. })),
        "{result:?}"
    );
    let (_, result) = answered(json!([{}, {"ShardId": "", "SequenceNumber": "1"}])).await;
    let results = result.expect("two results");
    for result in results {
        assert!(
            matches!(result, Err(CallError::Nonsense { .. })),
            "{result:?}"
        );
    }
}
