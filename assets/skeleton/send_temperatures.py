"""Create temperatures with two shards and put three readings on it."""
import json
import os
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STREAM = "temperatures"
READINGS = [("kitchen", 21.5), ("cellar", 12.0), ("kitchen", 21.7)]


def main():
    if not os.environ.get("AWS_ENDPOINT_URL"):
        sys.exit("No AWS_ENDPOINT_URL, so this would use real AWS.")
    kinesis = boto3.client("kinesis", "us-east-1")
    try:
        kinesis.create_stream(StreamName=STREAM, ShardCount=2)
    except kinesis.exceptions.ResourceInUseException:
        print(f"{STREAM} exists already")
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM)
    for room, degrees in READINGS:
        data = json.dumps({"room": room, "degrees": degrees})
        answer = kinesis.put_record(
            StreamName=STREAM, PartitionKey=room, Data=data.encode())
        print(f"{room} {degrees} -> {answer['ShardId']}")


try:
    main()
except (BotoCoreError, ClientError) as error:
    sys.exit(f"Stopped: {error}")
