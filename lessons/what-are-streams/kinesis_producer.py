"""Create my-first-stream with two shards and put events on it."""
import json
import os
import sys
import time
import uuid
from datetime import datetime, timezone

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STREAM = "my-first-stream"
ENDPOINT = (os.environ.get("AWS_ENDPOINT_URL_KINESIS")
            or os.environ.get("AWS_ENDPOINT_URL") or None)
USERS = [name for name in sys.argv[1:] if name != "--aws"]
EVENTS = [(user, "login", {}) for user in USERS] or [
    ("alice", "login", {}),
    ("bob", "view_page", {"page": "/home"}),
    ("alice", "click", {"button": "search"}),
]


def open_stream(kinesis):
    try:
        kinesis.create_stream(StreamName=STREAM, ShardCount=2)
    except kinesis.exceptions.ResourceInUseException:
        print(f"{STREAM} exists already")  # but it may not be ready
    for _ in range(900):  # three minutes
        answer = kinesis.describe_stream_summary(StreamName=STREAM)
        stream = answer["StreamDescriptionSummary"]
        if stream["StreamStatus"] == "ACTIVE":
            return stream
        time.sleep(0.2)
    sys.exit(f"{STREAM} is still {stream['StreamStatus']}, try later")


def main():
    if not ENDPOINT and "--aws" not in sys.argv:
        sys.exit("No AWS_ENDPOINT_URL, so this would use real AWS. Run\n"
                 'eval "$(kinesis-lab env)" first, or add --aws.')
    kinesis = boto3.client("kinesis", "us-east-1", endpoint_url=ENDPOINT)
    stream = open_stream(kinesis)
    print(f"{ENDPOINT or 'AWS'}: {STREAM} is ACTIVE, "
          f"{stream['OpenShardCount']} shards, "
          f"keeps records {stream['RetentionPeriodHours']} hours")
    for user, kind, details in EVENTS:
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        event = {"id": str(uuid.uuid4()), "type": kind, "time": now,
                 "userId": user, **details, "schema": 1}
        answer = kinesis.put_record(StreamName=STREAM, PartitionKey=user,
                                    Data=json.dumps(event).encode())
        print(f"{user} {kind} -> {answer['ShardId']}\n"
              f"  {answer['SequenceNumber']}")
        time.sleep(0.5)


try:
    main()
except (BotoCoreError, ClientError) as error:
    sys.exit(f"Stopped: {error}")
