# The AWS CLI, version 1, as a shell script would use it; $AWS is the program.
set -euo pipefail

kinesis() {
    "$AWS" kinesis --output text "$@"
}

due() {
    [ "$2" = "$3" ] || { echo "$1: $2 was due, and came: $3" >&2; exit 1; }
}

kinesis create-stream --stream-name shop --shard-count 2
kinesis wait stream-exists --stream-name shop
due "streams" "shop" "$(kinesis list-streams --query 'StreamNames[]')"
due "status" "ACTIVE 24" "$(kinesis describe-stream --stream-name shop \
    --query 'StreamDescription.[StreamStatus, RetentionPeriodHours]' | tr '\t' ' ')"
due "open shards" "2" "$(kinesis describe-stream-summary --stream-name shop \
    --query StreamDescriptionSummary.OpenShardCount)"
due "shards" "shardId-000000000000 shardId-000000000001" "$(kinesis list-shards --stream-name shop \
    --query 'Shards[].ShardId' | tr '\t' ' ')"

due "shard of alice" "shardId-000000000000" \
    "$(kinesis put-record --stream-name shop --partition-key alice --data 'first, as text' --query ShardId)"
due "refused records" "0" "$(kinesis put-records --stream-name shop --query FailedRecordCount \
    --records Data=second,PartitionKey=alice Data=third,PartitionKey=bob)"

iterator=$(kinesis get-shard-iterator --stream-name shop --shard-id shardId-000000000000 \
    --shard-iterator-type TRIM_HORIZON --query ShardIterator)
due "data in base64" "Zmlyc3QsIGFzIHRleHQ= c2Vjb25k" \
    "$(kinesis get-records --shard-iterator "$iterator" --query 'Records[].Data' | tr '\t' ' ')"
due "lag" "0" "$(kinesis get-records --shard-iterator "$iterator" --query MillisBehindLatest)"

kinesis split-shard --stream-name shop --shard-to-split shardId-000000000000 \
    --new-starting-hash-key 85070591730234615865843651857942052864
due "open shards after a split" "3" "$(kinesis describe-stream-summary --stream-name shop \
    --query StreamDescriptionSummary.OpenShardCount)"
iterator=$(kinesis get-records --shard-iterator "$iterator" --query NextShardIterator)
due "the closed shard's end" "0 None shardId-000000000002 shardId-000000000003" "$(kinesis get-records \
    --shard-iterator "$iterator" --query '[length(Records), NextShardIterator, ChildShards[0].ShardId, ChildShards[1].ShardId]' \
    | tr '\t' ' ')"

if refused=$(kinesis create-stream --stream-name shop --shard-count 1 2>&1); then
    echo "a second stream of the same name was due to be refused" >&2
    exit 1
fi
case "$refused" in
*"(ResourceInUseException)"*"Stream shop under account 000000000000 already exists."*) ;;
*) echo "ResourceInUseException was due, and came: $refused" >&2; exit 1 ;;
esac

kinesis delete-stream --stream-name shop
kinesis wait stream-not-exists --stream-name shop
echo "all as on AWS"
