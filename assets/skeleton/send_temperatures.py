"""Create temperatures and put three readings on it."""
import json
import os
import sys

import boto3
from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError

STREAM = "temperatures"
READINGS = [
    ("kitchen", 21.5),
    ("cellar", 12.0),
    ("kitchen", 21.7),
]


def main():
    if not os.environ.get("AWS_ENDPOINT_URL"):
        sys.exit("This would use real AWS: "
                 "AWS_ENDPOINT_URL is not set.")
    kinesis = boto3.client("kinesis", "us-east-1")
    try:
        kinesis.create_stream(
            StreamName=STREAM, ShardCount=2)
    except kinesis.exceptions.ResourceInUseException:
        print(f"{STREAM} exists already")
    waiter = kinesis.get_waiter("stream_exists")
    waiter.wait(StreamName=STREAM)
    for room, degrees in READINGS:
        reading = {"room": room, "degrees": degrees}
        answer = kinesis.put_record(
            StreamName=STREAM, PartitionKey=room,
            Data=json.dumps(reading).encode())
        shard = answer["ShardId"]
        print(f"{room} {degrees} -> {shard}")


try:
    main()
except (BotoCoreError, ClientError) as error:
    sys.exit(f"Stopped: {error}")
