//! ListShards, and a shard as descriptions show it.

use bytes::Bytes;
use serde::Serialize;

use super::{
    Context, Note, Operation, STREAM_ARN, STREAM_NAME, Target, known_shard_index, page, shard_id,
    target,
};
use crate::kinesis::hash_ranges::HashRange;
use crate::kinesis::sequence_numbers::Parts;
use crate::server::json;
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Need, Shape, Structure};
use crate::server::store::{self, About, Status};
use crate::server::tokens::{Filter, Kind, Page};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_shard_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adjacent_parent_shard_id: Option<String>,
    hash_key_range: HashKeyRange,
    sequence_number_range: SequenceNumberRange,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct HashKeyRange {
    starting_hash_key: String,
    ending_hash_key: String,
}

impl From<HashRange> for HashKeyRange {
    fn from(range: HashRange) -> Self {
        Self {
            starting_hash_key: range.start.value().to_string(),
            ending_hash_key: range.end.value().to_string(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SequenceNumberRange {
    starting_sequence_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ending_sequence_number: Option<String>,
}

impl Shard {
    /// Up to `size` of these shards, and the index to go on with if there are more.
    pub fn page<'s>(
        mut rest: impl Iterator<Item = &'s store::Shard>,
        size: usize,
    ) -> (Vec<Self>, Option<u32>) {
        let shards = rest.by_ref().take(size).map(Self::of).collect();
        (shards, rest.next().map(|shard| shard.about().index))
    }

    fn of(shard: &store::Shard) -> Self {
        let about = shard.about();
        let parent = |place: usize| about.parents.get(place).map(|index| shard_id(*index));
        let number = |parts: Parts| parts.encode().as_str().to_owned();
        Self {
            shard_id: shard_id(about.index),
            parent_shard_id: parent(0),
            adjacent_parent_shard_id: parent(1),
            hash_key_range: about.range.into(),
            sequence_number_range: SequenceNumberRange {
                starting_sequence_number: number(about.start()),
                ending_sequence_number: about.end().map(number),
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
    filter: Filter,
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
    let status = stream.head().status();
    if matches!(status, Status::Creating | Status::Deleting) {
        return Err(Refusal::not_active(&wanted.target.called, status));
    }
    let horizon_ms = stream.head().horizon_ms(context.now);
    let shards = stream.listed_from(wanted.first, context.now);
    let shards = shards.filter(|shard| wanted.filter.passes(shard.about(), horizon_ms));
    let (shards, next) = Shard::page(shards, size);
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
                filter: wanted.filter,
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
        filter: page.filter,
    })
}

fn first_page(context: &Context, request: &Structure) -> Result<Wanted, Refusal> {
    if !request.has("StreamName") && !request.has("StreamARN") {
        return Err(Refusal::invalid_argument(
            "Either NextToken or StreamName should be provided.",
        ));
    }
    let target = target(context, request)?;
    let (filter, after) = filter_asked_for(request)?;
    let after = after.or_else(|| request.text("ExclusiveStartShardId"));
    let first = match after {
        Some(id) => known_shard_index(id, &target.called)?.saturating_add(1),
        None => 0,
    };
    Ok(Wanted {
        target,
        incarnation: None,
        first,
        filter,
    })
}

/// The filter of a request, and the shard after which it starts, if it says so.
fn filter_asked_for<'r>(request: &'r Structure) -> Result<(Filter, Option<&'r str>), Refusal> {
    let Some(filter) = request.structure("ShardFilter") else {
        return Ok((Filter::All, None));
    };
    let kind = filter.text("Type").unwrap_or_default();
    let missing = |member: &str| {
        Refusal::invalid_argument(format!(
            "{member} must be provided for a ShardFilter of type {kind}."
        ))
    };
    let time_ms = || {
        let time = filter.time("Timestamp");
        time.map(|time| time.timestamp_millis())
            .ok_or_else(|| missing("Timestamp"))
    };
    Ok(match kind {
        "AFTER_SHARD_ID" => {
            let id = filter.text("ShardId");
            (Filter::All, Some(id.ok_or_else(|| missing("ShardId"))?))
        }
        "AT_LATEST" => (Filter::AtLatest, None),
        "AT_TRIM_HORIZON" => (Filter::At { time_ms: i64::MIN }, None),
        "AT_TIMESTAMP" => (
            Filter::At {
                time_ms: time_ms()?,
            },
            None,
        ),
        "FROM_TIMESTAMP" => (
            Filter::From {
                time_ms: time_ms()?,
            },
            None,
        ),
        _ => (Filter::All, None),
    })
}

impl Filter {
    /// Whether a shard that is still listed passes. A time before the horizon means the horizon.
    fn passes(self, about: &About, horizon_ms: i64) -> bool {
        match self {
            Self::All => true,
            Self::AtLatest => about.closed.is_none(),
            Self::At { time_ms } => {
                let time_ms = time_ms.max(horizon_ms);
                about.created_ms <= time_ms && about.reaches(time_ms)
            }
            Self::From { time_ms } => about.reaches(time_ms),
        }
    }
}
