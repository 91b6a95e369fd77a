// Every operation of the lab once through the JavaScript SDK, which finds the endpoint in its environment.

const assert = require("node:assert");
const sdk = require("@aws-sdk/client-kinesis");

const client = new sdk.KinesisClient({});
const StreamName = "lap";

async function main() {
  await client.send(new sdk.CreateStreamCommand({ StreamName, ShardCount: 2 }));
  await assert.rejects(client.send(new sdk.CreateStreamCommand({ StreamName, ShardCount: 2 })), {
    name: "ResourceInUseException",
    message: "Stream lap under account 000000000000 already exists.",
  });
  await sdk.waitUntilStreamExists({ client, maxWaitTime: 60 }, { StreamName });
  const { StreamDescription } = await client.send(new sdk.DescribeStreamCommand({ StreamName }));
  assert.strictEqual(StreamDescription.Shards.length, 2);
  const { StreamDescriptionSummary } = await client.send(new sdk.DescribeStreamSummaryCommand({ StreamName }));
  assert.strictEqual(StreamDescriptionSummary.OpenShardCount, 2);
  const { Shards } = await client.send(new sdk.ListShardsCommand({ StreamName }));
  const { StreamNames } = await client.send(new sdk.ListStreamsCommand({}));
  assert.deepStrictEqual(StreamNames, [StreamName]);

  const bytes = new Uint8Array([0, 1, 254, 255]);
  const put = await client.send(new sdk.PutRecordCommand({ StreamName, PartitionKey: "alice", Data: bytes }));
  assert.strictEqual(put.ShardId, Shards[0].ShardId);
  const Records = ["bob", "alice"].map((PartitionKey) => ({ PartitionKey, Data: bytes }));
  const batch = await client.send(new sdk.PutRecordsCommand({ StreamName, Records }));
  assert.strictEqual(batch.FailedRecordCount, 0);

  const ShardId = put.ShardId;
  const { ShardIterator } = await client.send(
    new sdk.GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
  );
  const read = await client.send(new sdk.GetRecordsCommand({ ShardIterator }));
  assert.deepStrictEqual(read.Records.map((record) => record.PartitionKey), ["alice", "alice"]);
  assert.deepStrictEqual(Array.from(read.Records[0].Data), Array.from(bytes));
  assert.strictEqual(read.Records[0].SequenceNumber, put.SequenceNumber);
  assert.ok(Math.abs(Date.now() - read.Records[0].ApproximateArrivalTimestamp) < 60_000);

  await client.send(new sdk.DeleteStreamCommand({ StreamName }));
  await assert.rejects(client.send(new sdk.GetRecordsCommand({ ShardIterator })), {
    name: "ResourceNotFoundException",
  });
  console.log("all as on AWS");
}

main();
