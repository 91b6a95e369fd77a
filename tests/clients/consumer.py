"""A consumer as a course would write it: one iterator for the first shard, and pages until there is nothing more."""

import json

import boto3

kinesis = boto3.client("kinesis", region_name="us-east-1")


def read(name, shard, limit):
    iterator = kinesis.get_shard_iterator(
        StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    count = 0
    while count < limit and iterator:
        answer = kinesis.get_records(ShardIterator=iterator, Limit=2)
        for record in answer["Records"]:
            event = json.loads(record["Data"])
            print(record["ApproximateArrivalTimestamp"], record["SequenceNumber"][:8], event)
            count += 1
        if not answer["Records"] and answer["MillisBehindLatest"] == 0:
            break
        iterator = answer.get("NextShardIterator")
    print(f"read {count}")


def main():
    name = "first-steps"
    shards = kinesis.describe_stream(StreamName=name)["StreamDescription"]["Shards"]
    read(name, shards[0]["ShardId"], 10)


main()
