"""Read the stream pressure into a table, going on from checkpoints.

With --crash it stops dead between its work and its checkpoint.
"""
import json
import os
import sqlite3
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STREAM = "pressure"
ENDPOINT = (os.environ.get("AWS_ENDPOINT_URL_KINESIS")
            or os.environ.get("AWS_ENDPOINT_URL") or None)
PAGE = 200  # records, and then a checkpoint
CRASH_AT = 600 if "--crash" in sys.argv else None

sink = sqlite3.connect("sink.db")
sink.execute("CREATE TABLE IF NOT EXISTS plain (id TEXT)")
sink.execute("CREATE TABLE IF NOT EXISTS by_id (id TEXT PRIMARY KEY)")
sink.execute("CREATE TABLE IF NOT EXISTS checkpoints"
             " (shard TEXT PRIMARY KEY, number TEXT)")
worked = 0


def work(record):
    """Write the event down twice: as it comes, and once for each id."""
    global worked
    event = json.loads(record["Data"])
    sink.execute("INSERT INTO plain VALUES (?)", (event["id"],))
    sink.execute("INSERT OR IGNORE INTO by_id VALUES (?)", (event["id"],))
    worked += 1


def iterator(kinesis, shard):
    found = sink.execute("SELECT number FROM checkpoints WHERE shard = ?",
                         (shard,)).fetchone()
    start = {"ShardIteratorType": "TRIM_HORIZON"}
    if found:
        start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                 "StartingSequenceNumber": found[0]}
    print(f"{shard}: from {start['ShardIteratorType']}")
    return kinesis.get_shard_iterator(
        StreamName=STREAM, ShardId=shard, **start)["ShardIterator"]


def read(kinesis, shard):
    place = iterator(kinesis, shard)
    while place:
        page = kinesis.get_records(ShardIterator=place, Limit=PAGE)
        for record in page["Records"]:
            work(record)
        sink.commit()  # the work is done, the checkpoint is not
        if CRASH_AT and worked >= CRASH_AT:
            print(f"Crash after {worked} records", flush=True)
            os._exit(0)  # as if the power failed
        if page["Records"]:
            last = page["Records"][-1]["SequenceNumber"]
            sink.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)",
                         (shard, last))
            sink.commit()
        if page["MillisBehindLatest"] == 0:
            break
        place = page.get("NextShardIterator")
        time.sleep(0.25)  # a shard allows five reads a second


def main():
    if not ENDPOINT and "--aws" not in sys.argv:
        sys.exit("No AWS_ENDPOINT_URL, so this would use real AWS. Run\n"
                 'eval "$(kinesis-lab env)" first, or add --aws.')
    kinesis = boto3.client("kinesis", "us-east-1", endpoint_url=ENDPOINT)
    for shard in kinesis.list_shards(StreamName=STREAM)["Shards"]:
        read(kinesis, shard["ShardId"])
    count = "SELECT count(*) FROM "
    plain = sink.execute(count + "plain").fetchone()[0]
    by_id = sink.execute(count + "by_id").fetchone()[0]
    print(f"rows as they came: {plain}\n"
          f"rows by id:        {by_id}\n"
          f"came twice:        {plain - by_id}")


try:
    main()
except (BotoCoreError, ClientError) as error:
    sys.exit(f"Stopped: {error}")
