//! A local lab stays local, whatever the learner's environment says.

use super::*;

#[tokio::test]
async fn a_local_lab_pointed_at_aws_by_mistake_sends_nothing() {
    for url in [
        "https://kinesis.us-east-1.amazonaws.com",
        "http://kinesis.us-east-1.amazonaws.com",
        "http://localhost:4567",
        "http://192.0.2.1",
    ] {
        let (client, _) = local(url.to_owned(), "own-key", Transport::to_loopback());
        let found = error(client.perform(put(Sender::You)).await);
        assert!(
            matches!(found, CallError::KeptBack { .. }),
            "{url}: {found:?}"
        );
    }
}
