"""Resharding and limits through boto3: a closed shard drained to its end, its children after it, and what is throttled."""

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# No retries: what is refused is to be seen.
kinesis = boto3.client("kinesis", config=Config(retries={"total_max_attempts": 1}))
NAME = "reshard"
SHARD, LEFT, RIGHT = (f"shardId-{index:012}" for index in range(3))
MIDDLE = 2**127


def put(*numbers):
    records = [{"Data": str(number), "PartitionKey": f"key-{number}"} for number in numbers]
    answer = kinesis.put_records(StreamName=NAME, Records=records)
    assert answer["FailedRecordCount"] == 0, answer
    return [record["ShardId"] for record in answer["Records"]]


def drain(shard):
    """Reads a shard to its end; says what was in it and which shards follow."""
    iterator = kinesis.get_shard_iterator(StreamName=NAME, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    read = []
    while True:
        answer = kinesis.get_records(ShardIterator=iterator, Limit=5)
        read += [int(record["Data"]) for record in answer["Records"]]
        iterator = answer.get("NextShardIterator")
        if iterator is None or not answer["Records"]:
            return read, iterator, answer.get("ChildShards", [])


kinesis.create_stream(StreamName=NAME, ShardCount=1)
assert set(put(*range(8))) == {SHARD}
kinesis.split_shard(StreamName=NAME, ShardToSplit=SHARD, NewStartingHashKey=str(MIDDLE))
kinesis.get_waiter("stream_exists").wait(StreamName=NAME)
after = put(*range(8, 16))
assert set(after) == {LEFT, RIGHT}, after

# The lineage, by both lists and by their paginators.
pages = kinesis.get_paginator("describe_stream").paginate(StreamName=NAME, PaginationConfig={"PageSize": 2})
described = [shard for page in pages for shard in page["StreamDescription"]["Shards"]]
pages = kinesis.get_paginator("list_shards").paginate(StreamName=NAME)
listed = [shard for page in pages for shard in page["Shards"]]
assert described == listed, (described, listed)
assert [shard["ShardId"] for shard in listed] == [SHARD, LEFT, RIGHT]
assert [shard.get("ParentShardId") for shard in listed] == [None, SHARD, SHARD]
closed = ["EndingSequenceNumber" in shard["SequenceNumberRange"] for shard in listed]
assert closed == [True, False, False], listed
latest = kinesis.list_shards(StreamName=NAME, ShardFilter={"Type": "AT_LATEST"})["Shards"]
assert [shard["ShardId"] for shard in latest] == [LEFT, RIGHT]

# The parent ends and names its children; they hold what came after, and go on.
read, iterator, children = drain(SHARD)
assert read == list(range(8)) and iterator is None, (read, iterator)
assert [(child["ShardId"], child["ParentShards"]) for child in children] == [(LEFT, [SHARD]), (RIGHT, [SHARD])]
left, right = drain(LEFT), drain(RIGHT)
assert sorted(left[0] + right[0]) == list(range(8, 16)) and left[1] and right[1]
try:
    kinesis.split_shard(StreamName=NAME, ShardToSplit=SHARD, NewStartingHashKey="1")
    raise AssertionError("a closed shard was split")
except kinesis.exceptions.InvalidArgumentException:
    pass

# Two records of 600 kB within one second are more than a shard takes; the rest of the batch goes through.
kinesis.create_stream(StreamName="narrow", ShardCount=1)
large = {"Data": bytes(600_000), "PartitionKey": "k"}
answer = kinesis.put_records(StreamName="narrow", Records=[large, large, {"Data": b"small", "PartitionKey": "k"}])
codes = [record.get("ErrorCode") for record in answer["Records"]]
assert answer["FailedRecordCount"] == 1, answer["FailedRecordCount"]
assert codes == [None, "ProvisionedThroughputExceededException", None], codes

# So are more than five reads within one second.
iterator = kinesis.get_shard_iterator(StreamName="narrow", ShardId=SHARD, ShardIteratorType="LATEST")["ShardIterator"]
refused = None
for _ in range(50):
    try:
        kinesis.get_records(ShardIterator=iterator)
    except ClientError as error:
        refused = error.response["Error"]["Code"]
        break
assert refused == "ProvisionedThroughputExceededException", refused
print("all as on AWS")
