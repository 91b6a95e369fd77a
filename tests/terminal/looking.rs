//! A step on an endpoint that tells nothing of other people's calls: a `serve` in another process. What a program does
//! there passes the step by the lab's own looks.

use aws_sdk_kinesis::Client;
use aws_sdk_kinesis::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_kinesis::primitives::Blob;
use aws_smithy_http_client::Builder;

use super::commands::Server;
use super::harness::{Home, Session};
use super::running::go_to;

#[tokio::test]
async fn what_a_program_does_at_another_endpoint_passes_a_step_by_a_look() {
    let server = Server::start(&Home::new());
    let url = format!("http://{}", server.address());
    let home = Home::new();
    let mut lab = Session::start(&home, &["--endpoint-url", &url], (120, 40));
    lab.wait_for("ENDPOINT");
    go_to(&mut lab, "page: Step 2", "step 2 of");
    let credentials = Credentials::new("a", "b", None, None, "test");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(&url)
        .credentials_provider(credentials)
        .http_client(Builder::new().build_http())
        .build();
    let program = Client::from_conf(config);
    let stream = "my-first-stream";
    let created = program.create_stream().stream_name(stream).shard_count(2);
    created.send().await.expect("created");
    for key in ["alice", "bob", "alice"] {
        let put = program.put_record().stream_name(stream).partition_key(key);
        put.data(Blob::new("{}")).send().await.expect("put");
    }
    lab.wait_for("Step 2 is done: both shards have some (a program).");
    lab.keys("l");
    lab.wait_for("Wire log");
    lab.keys("/lab get");
    lab.wait_until("the looks", |screen| {
        let text = screen.contents();
        text.contains("GetShardIterator") && text.contains("GetRecords")
    });
}
