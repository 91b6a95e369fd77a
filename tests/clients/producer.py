"""A producer as a course would write it: create, wait, put, describe. It knows nothing of any endpoint."""

import datetime
import json
import time

import boto3

kinesis = boto3.client("kinesis", region_name="us-east-1")


def create(name):
    try:
        kinesis.create_stream(StreamName=name, ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName=name)
        print("created")
    except kinesis.exceptions.ResourceInUseException:
        print("already there")


def main():
    name = "first-steps"
    create(name)
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    for user, action in [("alice", "login"), ("bob", "view_page"), ("alice", "click_button")]:
        event = {"userId": user, "action": action, "timestamp": now}
        answer = kinesis.put_record(StreamName=name, Data=json.dumps(event), PartitionKey=user)
        print(f"{action} by {user} went to {answer['ShardId']} as {answer['SequenceNumber']}")
        time.sleep(0.01)
    description = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    print(f"stream is {description['StreamStatus']}, {len(description['Shards'])} shard(s),")
    print(f"kept for {description['RetentionPeriodHours']} hours")


main()
