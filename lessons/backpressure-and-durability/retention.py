"""Keep the records of the stream pressure for so many hours."""
import os
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

STREAM = "pressure"
ENDPOINT = (os.environ.get("AWS_ENDPOINT_URL_KINESIS")
            or os.environ.get("AWS_ENDPOINT_URL") or None)


def main():
    numbers = [word for word in sys.argv[1:] if word.isdigit()]
    if len(numbers) != 1:
        sys.exit("Say for how many hours: python3 retention.py 48")
    if not ENDPOINT and "--aws" not in sys.argv:
        sys.exit("No AWS_ENDPOINT_URL, so this would use real AWS. Run\n"
                 'eval "$(kinesis-lab env)" first, or add --aws.')
    kinesis = boto3.client("kinesis", "us-east-1", endpoint_url=ENDPOINT)
    answer = kinesis.describe_stream_summary(StreamName=STREAM)
    before = answer["StreamDescriptionSummary"]["RetentionPeriodHours"]
    hours = int(numbers[0])
    change = (kinesis.increase_stream_retention_period if hours > before
              else kinesis.decrease_stream_retention_period)
    try:
        change(StreamName=STREAM, RetentionPeriodHours=hours)
        print(f"{STREAM} keeps records {hours} hours, before {before}")
    except kinesis.exceptions.InvalidArgumentException as error:
        print(f"Refused: {error}")


try:
    main()
except (BotoCoreError, ClientError) as error:
    sys.exit(f"Stopped: {error}")
