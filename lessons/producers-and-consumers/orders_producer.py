"""Put orders with one PutRecords, and put again what failed of it."""
import json
import os
import random
import sys
import time
import uuid
from collections import Counter
from datetime import datetime, timezone

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STREAM = "orders"
ENDPOINT = (os.environ.get("AWS_ENDPOINT_URL_KINESIS")
            or os.environ.get("AWS_ENDPOINT_URL") or None)
NAMES = [name for name in sys.argv[1:] if name != "--aws"]
CUSTOMERS = NAMES or [f"customer-{n % 10}" for n in range(100)]
TRIES = 6


def open_stream(kinesis):
    try:
        kinesis.create_stream(StreamName=STREAM, ShardCount=2)
    except kinesis.exceptions.ResourceInUseException:
        pass  # it is there, but it may not be ready
    for _ in range(900):  # three minutes
        answer = kinesis.describe_stream_summary(StreamName=STREAM)
        if answer["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE":
            return
        time.sleep(0.2)
    sys.exit(f"{STREAM} is not ACTIVE yet, try later")


def order(number, customer):
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    event = {"id": str(uuid.uuid4()), "type": "order_placed", "time": now,
             "customer": customer, "number": number, "schema": 1}
    return {"PartitionKey": customer, "Data": json.dumps(event).encode()}


def put(kinesis, entries):
    """Gives what is not stored after all tries."""
    for retry in range(TRIES):
        if retry:  # full jitter: those refused together part ways
            time.sleep(random.uniform(0, min(5, 0.1 * 2 ** (retry - 1))))
        answer = kinesis.put_records(StreamName=STREAM, Records=entries)
        results = answer["Records"]  # in the order of the entries
        stored = Counter(result["ShardId"] for result in results
                         if "ErrorCode" not in result)
        print(f"{len(entries)} sent, {answer['FailedRecordCount']} failed")
        for shard, count in sorted(stored.items()):
            print(f"  {count} in {shard}")
        entries = [entry for entry, result in zip(entries, results)
                   if "ErrorCode" in result]
        if not entries:
            break
    return entries


def main():
    if not ENDPOINT and "--aws" not in sys.argv:
        sys.exit("No AWS_ENDPOINT_URL, so this would use real AWS. Run\n"
                 'eval "$(kinesis-lab env)" first, or add --aws.')
    kinesis = boto3.client("kinesis", "us-east-1", endpoint_url=ENDPOINT)
    open_stream(kinesis)
    left = put(kinesis, [order(*it) for it in enumerate(CUSTOMERS)])
    if left:
        sys.exit(f"{len(left)} orders are not stored")


try:
    main()
except (BotoCoreError, ClientError) as error:
    sys.exit(f"Stopped: {error}")
