//! ListShards, and a shard as descriptions show it.

use bytes::Bytes;
use serde::Serialize;

use super::{
    Context, Note, Operation, STREAM_ARN, STREAM_NAME, Target, known_shard_index, page, shard_id,
    target,
};
use crate::server::json;
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Need, Shape, Structure};
use crate::server::store::{self, Stream};
use crate::server::tokens::{Kind, Page};

/// The most shards of one answer.
const PAGE: usize = 1000;

const SHARD_FILTER: &[Member] = &[
    Member::required(
        "Type",
        Shape::OneOf(&[
            "AFTER_SHARD_ID",
            "AT_TRIM_HORIZON",
            "FROM_TRIM_HORIZON",
            "AT_LATEST",
            "AT_TIMESTAMP",
            "FROM_TIMESTAMP",
        ]),
    ),
    Member::optional("ShardId", Shape::NAME),
    Member::optional("Timestamp", Shape::Timestamp),
];

pub const LIST_SHARDS: Operation = Operation {
    name: "ListShards",
    request: &[
        Member::optional("ExclusiveStartShardId", Shape::NAME),
        Member::optional(
            "MaxResults",
            Shape::Integer {
                min: 1,
                max: 10_000,
            },
        ),
        Member::optional("NextToken", Shape::PAGING_TOKEN),
        Member::optional("ShardFilter", Shape::Structure(SHARD_FILTER)),
        Member::optional("StreamCreationTimestamp", Shape::Timestamp),
        Member {
            need: Need::Optional,
            ..STREAM_NAME
        },
        STREAM_ARN,
    ],
    handle: list_shards,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListShardsAnswer {
    shards: Vec<Shard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A shard as descriptions show it; one that is open has no ending number.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Shard {
    shard_id: String,
    hash_key_range: HashKeyRange,
    sequence_number_range: SequenceNumberRange,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct HashKeyRange {
    starting_hash_key: String,
    ending_hash_key: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SequenceNumberRange {
    starting_sequence_number: String,
}

impl Shard {
    /// Up to `size` shards from index `first` on, and the index to go on with if there are more.
    pub fn page(stream: &Stream, first: u32, size: usize) -> (Vec<Self>, Option<u32>) {
        let mut rest = stream.shards_from(first);
        let shards = rest.by_ref().take(size).map(Self::of).collect();
        (shards, rest.next().map(|shard| shard.about().index))
    }

    fn of(shard: &store::Shard) -> Self {
        let about = shard.about();
        Self {
            shard_id: shard_id(about.index),
            hash_key_range: HashKeyRange {
                starting_hash_key: about.range.start.value().to_string(),
                ending_hash_key: about.range.end.value().to_string(),
            },
            sequence_number_range: SequenceNumberRange {
                starting_sequence_number: about.start().encode().as_str().to_owned(),
            },
        }
    }
}

/// Which shards of which stream are asked for.
struct Wanted {
    target: Target,
    /// Only this stream of the name, if the request says so.
    incarnation: Option<u64>,
    first: u32,
}

fn list_shards(context: &Context, request: &Structure, note: &mut Note) -> Result<Bytes, Refusal> {
    let wanted = match request.text("NextToken") {
        Some(token) => next_page(context, request, token, note)?,
        None => first_page(context, request)?,
    };
    let size = request
        .integer("MaxResults")
        .and_then(|limit| usize::try_from(limit).ok())
        .map_or(PAGE, |limit| limit.min(PAGE));
    let created = request.time("StreamCreationTimestamp");
    let store = context.store();
    let stream = store
        .stream(context.region, &wanted.target.name)
        .filter(|stream| {
            wanted
                .incarnation
                .is_none_or(|it| it == stream.head().incarnation)
        })
        // Clients may have lost the milliseconds.
        .filter(|stream| {
            created.is_none_or(|it| it.timestamp() == stream.head().created().timestamp())
        })
        .ok_or_else(|| Refusal::stream_not_found(&wanted.target.called))?;
    let (shards, next) = Shard::page(stream, wanted.first, size);
    let incarnation = stream.head().incarnation;
    drop(store);
    let answer = ListShardsAnswer {
        shards,
        next_token: next.map(|next| {
            let page = Page {
                issued: context.now,
                name: wanted.target.name,
                incarnation,
                next,
            };
            context.sealer.seal_page(Kind::ListShards, &page)
        }),
    };
    Ok(json::write(&answer))
}

fn next_page(
    context: &Context,
    request: &Structure,
    token: &str,
    note: &mut Note,
) -> Result<Wanted, Refusal> {
    for member in [
        "StreamName",
        "StreamARN",
        "StreamCreationTimestamp",
        "ExclusiveStartShardId",
    ] {
        if request.has(member) {
            return Err(Refusal::invalid_argument(format!(
                "NextToken and {member} cannot be provided together."
            )));
        }
    }
    let page = page(context, Kind::ListShards, token)?;
    note.stream = Some(page.name.clone());
    Ok(Wanted {
        target: Target {
            called: page.name.clone(),
            name: page.name,
        },
        incarnation: Some(page.incarnation),
        first: page.next,
    })
}

fn first_page(context: &Context, request: &Structure) -> Result<Wanted, Refusal> {
    if !request.has("StreamName") && !request.has("StreamARN") {
        return Err(Refusal::invalid_argument(
            "Either NextToken or StreamName should be provided.",
        ));
    }
    let target = target(context, request)?;
    let after = match filtered_after(request)? {
        Some(id) => Some(id),
        None => request.text("ExclusiveStartShardId"),
    };
    let first = match after {
        Some(id) => known_shard_index(id, &target.called)?.saturating_add(1),
        None => 0,
    };
    Ok(Wanted {
        target,
        incarnation: None,
        first,
    })
}

/// The shard after which a filter starts. All shards are open from the stream's creation on, so the other filters
/// pass every one of them.
fn filtered_after<'r>(request: &'r Structure) -> Result<Option<&'r str>, Refusal> {
    let Some(filter) = request.structure("ShardFilter") else {
        return Ok(None);
    };
    let kind = filter.text("Type").unwrap_or_default();
    let needed = match kind {
        "AFTER_SHARD_ID" => "ShardId",
        "AT_TIMESTAMP" | "FROM_TIMESTAMP" => "Timestamp",
        _ => return Ok(None),
    };
    if !filter.has(needed) {
        return Err(Refusal::invalid_argument(format!(
            "{needed} must be provided for a ShardFilter of type {kind}."
        )));
    }
    Ok(filter.text("ShardId").filter(|_| needed == "ShardId"))
}
