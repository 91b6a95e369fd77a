"""Read every shard of my-first-stream until all have caught up."""
import json
import os
import sys
import time
from datetime import timezone

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STREAM = "my-first-stream"
ENDPOINT = (os.environ.get("AWS_ENDPOINT_URL_KINESIS")
            or os.environ.get("AWS_ENDPOINT_URL") or None)
START = "LATEST" if "LATEST" in sys.argv else "TRIM_HORIZON"
alike = {}  # shard -> the digits that all its numbers begin with


def show(shard, record):
    arrived = record["ApproximateArrivalTimestamp"].astimezone(timezone.utc)
    number = record["SequenceNumber"]
    alike[shard] = os.path.commonprefix([alike.get(shard, number), number])
    try:
        data = json.dumps(json.loads(record["Data"]))
    except ValueError:  # not JSON: show the bytes
        data = record["Data"]
    print(f"{arrived.isoformat(timespec='milliseconds')}  {shard}  "
          f"{record['PartitionKey']!a}\n  {number}\n  {data}")


def main():
    if not ENDPOINT and "--aws" not in sys.argv:
        sys.exit("No AWS_ENDPOINT_URL, so this would use real AWS. Run\n"
                 'eval "$(kinesis-lab env)" first, or add --aws.')
    kinesis = boto3.client("kinesis", "us-east-1", endpoint_url=ENDPOINT)
    iterators = {}
    for shard in kinesis.list_shards(StreamName=STREAM)["Shards"]:
        iterators[shard["ShardId"]] = kinesis.get_shard_iterator(
            StreamName=STREAM, ShardId=shard["ShardId"],
            ShardIteratorType=START)["ShardIterator"]
    print(f"{ENDPOINT or 'AWS'}: {len(iterators)} shards from {START}")
    while iterators:
        for shard, iterator in list(iterators.items()):
            page = kinesis.get_records(ShardIterator=iterator)
            for record in page["Records"]:
                show(shard, record)
            iterators[shard] = page.get("NextShardIterator")
            caught_up = page["MillisBehindLatest"] == 0
            if not iterators[shard] or (caught_up and START != "LATEST"):
                del iterators[shard]
        time.sleep(0.25)  # a shard allows five reads a second
    for shard, digits in alike.items():
        if len(digits) < 56:  # 56: a single record
            print(f"{shard}: {len(digits)} digits alike\n  {digits}")


try:
    main()
except (BotoCoreError, ClientError) as error:
    sys.exit(f"Stopped: {error}")
except KeyboardInterrupt:
    print("Stopped reading. The records are still there.")
