"""Two readers of orders, each with a place of its own in every shard."""
import os
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STREAM = "orders"
ENDPOINT = (os.environ.get("AWS_ENDPOINT_URL_KINESIS")
            or os.environ.get("AWS_ENDPOINT_URL") or None)
STARTS = {"A": "TRIM_HORIZON", "B": "LATEST"}


def iterator(kinesis, shard, start):
    return kinesis.get_shard_iterator(
        StreamName=STREAM, ShardId=shard,
        ShardIteratorType=start)["ShardIterator"]


def begin(kinesis, start):
    """Gives an iterator for each shard that is read from there."""
    shards = kinesis.list_shards(
        StreamName=STREAM, ShardFilter={"Type": f"AT_{start}"})["Shards"]
    return {shard["ShardId"]: iterator(kinesis, shard["ShardId"], start)
            for shard in shards}


def read(kinesis, places):
    """Gives a page of every shard; a shard that has ended gives way."""
    records = []
    for shard, place in list(places.items()):
        page = kinesis.get_records(ShardIterator=place)
        records += page["Records"]
        places[shard] = page.get("NextShardIterator")
        if not places[shard]:  # closed, and read to its end
            del places[shard]
            for child in page.get("ChildShards", []):
                if not set(child["ParentShards"]) & set(places):
                    places[child["ShardId"]] = iterator(
                        kinesis, child["ShardId"], "TRIM_HORIZON")
    return records


def main():
    if not ENDPOINT and "--aws" not in sys.argv:
        sys.exit("No AWS_ENDPOINT_URL, so this would use real AWS. Run\n"
                 'eval "$(kinesis-lab env)" first, or add --aws.')
    kinesis = boto3.client("kinesis", "us-east-1", endpoint_url=ENDPOINT)
    readers = {}
    for name, start in STARTS.items():
        readers[name] = begin(kinesis, start)
        print(f"{name} begins at {start} in {len(readers[name])} shards")
    total = dict.fromkeys(readers, 0)
    while any(readers.values()):
        for name, places in readers.items():
            records = read(kinesis, places)
            total[name] += len(records)
            if records:
                print(f"{name} read {len(records)}: {total[name]} in all, "
                      f"the last of {records[-1]['PartitionKey']!a}")
        time.sleep(1)  # a shard allows five reads a second, for all


try:
    main()
except (BotoCoreError, ClientError) as error:
    sys.exit(f"Stopped: {error}")
except KeyboardInterrupt:
    print("Stopped. The records are still there, for any reader.")
