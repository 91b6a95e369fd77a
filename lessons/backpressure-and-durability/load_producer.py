"""Put 2,000 events on the stream pressure, in batches of 500."""
import json
import os
import random
import sys
import time
import uuid
from datetime import datetime, timezone

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STREAM = "pressure"
ENDPOINT = (os.environ.get("AWS_ENDPOINT_URL_KINESIS")
            or os.environ.get("AWS_ENDPOINT_URL") or None)
BATCHES, SIZE = 4, 500
TRIES = 10 if "--retry" in sys.argv else 1
FIRST, LONGEST = 0.2, 5.0  # seconds that a try waits at most


def open_stream(kinesis):
    try:
        kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    except kinesis.exceptions.ResourceInUseException:
        pass  # it is there, but it may not be ready
    for _ in range(900):  # three minutes
        answer = kinesis.describe_stream_summary(StreamName=STREAM)
        stream = answer["StreamDescriptionSummary"]
        if stream["StreamStatus"] == "ACTIVE":
            return stream["OpenShardCount"]
        time.sleep(0.2)
    sys.exit(f"{STREAM} is still {stream['StreamStatus']}, try later")


def entry(number):
    key = str(number) if "--spread" in sys.argv else str(number % 3 + 1)
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    event = {"id": str(uuid.uuid4()), "type": "click", "time": now,
             "number": number, "schema": 1}
    return {"PartitionKey": key, "Data": json.dumps(event).encode()}


def refused(kinesis, entries):
    """Put these; give back the entries that were not stored."""
    answer = kinesis.put_records(StreamName=STREAM, Records=entries)
    results = answer["Records"]  # one for each entry, in the same order
    return [entry for entry, result in zip(entries, results)
            if "ErrorCode" in result]


def put(kinesis, name, entries):
    for attempt in range(TRIES):
        if attempt:
            most = min(LONGEST, FIRST * 2 ** (attempt - 1))
            pause = random.uniform(0, most)  # full jitter
            print(f"  again in {pause:.2f} s, of {most:.1f} at most")
            time.sleep(pause)
        sent, entries = len(entries), refused(kinesis, entries)
        print(f"{name}: {sent} sent, {len(entries)} refused")
        if not entries:
            break
    return entries  # given up: a real producer writes them to disk


def main():
    if not ENDPOINT and "--aws" not in sys.argv:
        sys.exit("No AWS_ENDPOINT_URL, so this would use real AWS. Run\n"
                 'eval "$(kinesis-lab env)" first, or add --aws.')
    kinesis = boto3.client("kinesis", "us-east-1", endpoint_url=ENDPOINT)
    print(f"{ENDPOINT or 'AWS'}: {STREAM}, "
          f"open shards: {open_stream(kinesis)}")
    began = time.monotonic()
    lost = 0
    for batch in range(BATCHES):
        entries = [entry(batch * SIZE + n) for n in range(SIZE)]
        lost += len(put(kinesis, f"batch {batch + 1}", entries))
    took = time.monotonic() - began
    print(f"{BATCHES * SIZE - lost} stored, {lost} not, in {took:.1f} s")


try:
    main()
except (BotoCoreError, ClientError) as error:
    sys.exit(f"Stopped: {error}")
