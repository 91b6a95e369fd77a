"""async-kinesis, unmodified: what its producer puts before and after a split, its consumer reads once and in order."""

import asyncio

from kinesis import Consumer, MemoryCheckPointer, Producer

NAME = "library"
RECORDS = 1200


async def main():
    # Its own throttle holds it below the limits of two shards; a batch is 500 records, so it also flushes by itself.
    async with Producer(stream_name=NAME, create_stream=True, create_stream_shards=2, buffer_time=0.1) as producer:
        for number in range(RECORDS):
            if number == RECORDS // 2:
                await producer.flush()
                # The first of two shards, in its middle.
                split = {"ShardToSplit": "shardId-000000000000", "NewStartingHashKey": str(2**126)}
                await producer.client.split_shard(StreamName=NAME, **split)
            await producer.put({"number": number, "key": f"key-{number % 7}"}, partition_key=f"key-{number % 7}")
        await producer.flush()
        assert len(producer.shards) == 2, producer.shards

    read = []
    checkpoints = MemoryCheckPointer(name="library")
    async with Consumer(stream_name=NAME, checkpointer=checkpoints, sleep_time_no_records=0.2) as consumer:
        async for item in consumer:
            read.append(item)
        status = consumer.get_shard_status()
    assert sorted(item["number"] for item in read) == list(range(RECORDS)), len(read)
    for key in {item["key"] for item in read}:
        numbers = [item["number"] for item in read if item["key"] == key]
        assert numbers == sorted(numbers), (key, numbers)
    assert (status["total_shards"], status["closed_shards"]) == (4, 1), status
    positions = checkpoints.get_all_checkpoints()
    assert len(positions) == 4, positions
    assert all(position["sequence"] for position in positions.values()), positions
    print("all as on AWS")


asyncio.run(main())
