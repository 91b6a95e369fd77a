"""Every operation of the lab through boto3, and the errors a learner meets, told as on AWS."""

import datetime
import time

import boto3
from botocore.exceptions import ClientError

kinesis = boto3.client("kinesis")
NAME = "every-operation"
ARN = f"arn:aws:kinesis:us-east-1:000000000000:stream/{NAME}"


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        told = error.response
        assert told["Error"]["Code"] == code, told
        assert told["ResponseMetadata"]["HTTPStatusCode"] == 400, told
        assert told["ResponseMetadata"]["RequestId"], told
        return told["Error"]["Message"]
    raise AssertionError(f"{code} was due")


def keys(iterator, **arguments):
    answer = kinesis.get_records(ShardIterator=iterator, **arguments)
    return [record["PartitionKey"] for record in answer["Records"]], answer


def iterator(kind, **arguments):
    return kinesis.get_shard_iterator(
        StreamName=NAME, ShardId="shardId-000000000000", ShardIteratorType=kind, **arguments
    )["ShardIterator"]


# Streams.
kinesis.create_stream(StreamName=NAME, ShardCount=2)
assert "already exists" in refused("ResourceInUseException", kinesis.create_stream, StreamName=NAME, ShardCount=1)
description = kinesis.describe_stream(StreamARN=ARN)["StreamDescription"]
assert description["StreamARN"] == ARN and description["StreamStatus"] == "ACTIVE"
age = datetime.datetime.now(datetime.timezone.utc) - description["StreamCreationTimestamp"]
assert abs(age.total_seconds()) < 60, age
assert kinesis.describe_stream_summary(StreamName=NAME)["StreamDescriptionSummary"]["OpenShardCount"] == 2
assert kinesis.list_streams()["StreamNames"] == [NAME]
assert [page["StreamNames"] for page in kinesis.get_paginator("list_streams").paginate(Limit=1)] == [[NAME]]
# boto3's own paginator repeats the StreamName with each token, which AWS refuses.
page = kinesis.list_shards(StreamName=NAME, MaxResults=1)
shards = [shard["ShardId"] for shard in page["Shards"]]
page = kinesis.list_shards(NextToken=page["NextToken"])
shards += [shard["ShardId"] for shard in page["Shards"]]
assert shards == ["shardId-000000000000", "shardId-000000000001"], shards

# Records, with bytes that are no text and a key that is no ASCII.
data = bytes(range(256))
first = kinesis.put_record(StreamName=NAME, Data=data, PartitionKey="clé", ExplicitHashKey="0")
assert first["ShardId"] == shards[0] and len(first["SequenceNumber"]) == 56, first
latest = iterator("LATEST")
time.sleep(0.01)
between = datetime.datetime.now(datetime.timezone.utc)
batch = kinesis.put_records(
    StreamName=NAME,
    Records=[
        {"Data": "two", "PartitionKey": "alice"},
        {"Data": "three", "PartitionKey": "bob"},
        {"Data": b"", "PartitionKey": "x", "ExplicitHashKey": "1"},
    ],
)
assert batch["FailedRecordCount"] == 0
assert [record["ShardId"] for record in batch["Records"]] == [shards[0], shards[1], shards[0]]

found, answer = keys(iterator("TRIM_HORIZON"))
assert found == ["clé", "alice", "x"] and answer["MillisBehindLatest"] == 0, answer
assert answer["Records"][0]["Data"] == data and answer["Records"][2]["Data"] == b""
assert answer["Records"][0]["SequenceNumber"] == first["SequenceNumber"]
assert keys(iterator("TRIM_HORIZON"), Limit=1)[0] == ["clé"]
assert keys(latest)[0] == ["alice", "x"]
number = {"StartingSequenceNumber": first["SequenceNumber"]}
assert keys(iterator("AT_SEQUENCE_NUMBER", **number))[0] == ["clé", "alice", "x"]
assert keys(iterator("AFTER_SEQUENCE_NUMBER", **number))[0] == ["alice", "x"]
assert keys(iterator("AT_TIMESTAMP", Timestamp=between))[0] == ["alice", "x"]
found, answer = keys(answer["NextShardIterator"])
assert found == [] and answer["NextShardIterator"]

# Settings.
def summary():
    return kinesis.describe_stream_summary(StreamARN=ARN)["StreamDescriptionSummary"]


def tags(**arguments):
    return kinesis.list_tags_for_stream(StreamName=NAME, **arguments)


kinesis.increase_stream_retention_period(StreamName=NAME, RetentionPeriodHours=48)
assert summary()["RetentionPeriodHours"] == 48
kinesis.decrease_stream_retention_period(StreamARN=ARN, RetentionPeriodHours=24)
assert summary()["RetentionPeriodHours"] == 24
kinesis.add_tags_to_stream(StreamName=NAME, Tags={"team": "lab", "course": "streams"})
assert tags()["Tags"] == [{"Key": "course", "Value": "streams"}, {"Key": "team", "Value": "lab"}]
assert tags(Limit=1)["HasMoreTags"] and not tags(ExclusiveStartTagKey="course")["HasMoreTags"]
kinesis.remove_tags_from_stream(StreamName=NAME, TagKeys=["course"])
assert [tag["Key"] for tag in tags()["Tags"]] == ["team"]
kinesis.update_stream_mode(StreamARN=ARN, StreamModeDetails={"StreamMode": "ON_DEMAND"})
limits = kinesis.describe_limits()
assert (limits["OpenShardCount"], limits["OnDemandStreamCount"]) == (2, 1), limits
kinesis.update_stream_mode(StreamARN=ARN, StreamModeDetails={"StreamMode": "PROVISIONED"})
assert summary()["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}
refused(
    "LimitExceededException",
    kinesis.update_stream_mode,
    StreamARN=ARN,
    StreamModeDetails={"StreamMode": "ON_DEMAND"},
)

# These are younger than the oldest boto3 that finds the lab.
if hasattr(kinesis, "tag_resource"):
    kinesis.tag_resource(ResourceARN=ARN, Tags={"more": ""})
    assert [tag["Key"] for tag in kinesis.list_tags_for_resource(ResourceARN=ARN)["Tags"]] == ["more", "team"]
    kinesis.untag_resource(ResourceARN=ARN, TagKeys=["more", "team"])
    assert tags()["Tags"] == []
if hasattr(kinesis, "update_max_record_size"):
    kinesis.update_max_record_size(StreamARN=ARN, MaxRecordSizeInKiB=2048)
    assert summary()["MaxRecordSizeInKiB"] == 2048
    kinesis.put_record(StreamName=NAME, Data=bytes(1048577), PartitionKey="bob")
    kinesis.update_max_record_size(StreamARN=ARN, MaxRecordSizeInKiB=1024)

# What is refused.
message = refused("ResourceNotFoundException", kinesis.put_record, StreamName="none", Data=b"", PartitionKey="k")
assert message == "Stream none under account 000000000000 not found.", message
refused("ResourceNotFoundException", kinesis.describe_stream, StreamName="none")
refused("ValidationException", kinesis.put_record, StreamName=NAME, Data=b"", PartitionKey="k" * 257)
refused("ValidationException", kinesis.put_record, StreamName=NAME, Data=bytes(1048577), PartitionKey="k")
refused("InvalidArgumentException", kinesis.get_records, ShardIterator="nonsense")
refused("LimitExceededException", kinesis.create_stream, StreamName="huge", ShardCount=1_000_000_000)
message = refused("UnknownOperationException", kinesis.list_stream_consumers, StreamARN=ARN)
assert message == "ListStreamConsumers is not supported by kinesis-lab", message
elsewhere = boto3.client("kinesis", region_name="eu-west-1")
assert elsewhere.list_streams()["StreamNames"] == []

# The end.
held = iterator("TRIM_HORIZON")
kinesis.delete_stream(StreamName=NAME)
kinesis.get_waiter("stream_not_exists").wait(StreamName=NAME)
refused("ResourceNotFoundException", kinesis.get_records, ShardIterator=held)
print("all as on AWS")
