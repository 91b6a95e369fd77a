//! DescribeStream, DescribeStreamSummary and ListStreams.

use bytes::Bytes;
use serde::Serialize;

use super::list_shards::Shard;
use super::{Context, Note, Operation, STREAM_ARN, STREAM_NAME, known_shard_index, target};
use crate::server::json::{self, Timestamp};
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};
use crate::server::store::{Mode, Status, Stream};
use crate::server::tokens::{Filter, Kind, Page};

const LIMIT: Member = Member::optional(
    "Limit",
    Shape::Integer {
        min: 1,
        max: 10_000,
    },
);

/// DescribeStream and ListStreams give a hundred at most, even where more are asked for.
const PAGE: usize = 100;

fn page_size(request: &Structure) -> usize {
    request
        .integer("Limit")
        .and_then(|limit| usize::try_from(limit).ok())
        .map_or(PAGE, |limit| limit.min(PAGE))
}

pub const DESCRIBE_STREAM: Operation = Operation {
    name: "DescribeStream",
    request: &[
        LIMIT,
        Member::optional("ExclusiveStartShardId", Shape::NAME),
        STREAM_NAME,
        STREAM_ARN,
    ],
    handle: describe_stream,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeStreamAnswer {
    stream_description: StreamDescription,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamDescription {
    #[serde(flatten)]
    head: StreamHead,
    shards: Vec<Shard>,
    has_more_shards: bool,
    #[serde(flatten)]
    settings: StreamSettings,
}

/// What every description of a stream starts with.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamHead {
    stream_name: String,
    #[serde(rename = "StreamARN")]
    stream_arn: String,
    stream_status: &'static str,
    stream_mode_details: StreamModeDetails,
    stream_creation_timestamp: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamModeDetails {
    stream_mode: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamSettings {
    retention_period_hours: u32,
    enhanced_monitoring: [EnhancedMetrics; 1],
    encryption_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EnhancedMetrics {
    shard_level_metrics: [&'static str; 0],
}

impl StreamHead {
    fn of(context: &Context, stream: &Stream) -> Self {
        let head = stream.head();
        Self {
            stream_name: head.name.clone(),
            stream_arn: context.arn(&head.name),
            stream_status: head.status().word(),
            stream_mode_details: StreamModeDetails {
                stream_mode: match head.mode {
                    Mode::Provisioned => "PROVISIONED",
                    Mode::OnDemand => "ON_DEMAND",
                },
            },
            stream_creation_timestamp: Timestamp(head.created()),
        }
    }
}

impl StreamSettings {
    fn of(stream: &Stream) -> Self {
        Self {
            retention_period_hours: stream.head().retention_hours,
            enhanced_monitoring: [EnhancedMetrics {
                shard_level_metrics: [],
            }],
            encryption_type: "NONE",
        }
    }
}

fn describe_stream(
    context: &Context,
    request: &Structure,
    _note: &mut Note,
) -> Result<Bytes, Refusal> {
    let target = target(context, request)?;
    let first = match request.text("ExclusiveStartShardId") {
        Some(id) => known_shard_index(id, &target.called)?.saturating_add(1),
        None => 0,
    };
    let store = context.store();
    let stream = store
        .stream(context.region, &target.name)
        .ok_or_else(|| Refusal::stream_not_found(&target.called))?;
    let (shards, next) = Shard::page(stream.listed_from(first, context.now), page_size(request));
    let answer = DescribeStreamAnswer {
        stream_description: StreamDescription {
            head: StreamHead::of(context, stream),
            shards,
            has_more_shards: next.is_some(),
            settings: StreamSettings::of(stream),
        },
    };
    drop(store);
    Ok(json::write(&answer))
}

pub const DESCRIBE_STREAM_SUMMARY: Operation = Operation {
    name: "DescribeStreamSummary",
    request: &[STREAM_NAME, STREAM_ARN],
    handle: describe_stream_summary,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeStreamSummaryAnswer {
    stream_description_summary: StreamDescriptionSummary,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StreamDescriptionSummary {
    #[serde(flatten)]
    head: StreamHead,
    #[serde(flatten)]
    settings: StreamSettings,
    open_shard_count: u32,
    consumer_count: u32,
    #[serde(rename = "MaxRecordSizeInKiB")]
    max_record_size_in_kib: u32,
}

fn describe_stream_summary(
    context: &Context,
    request: &Structure,
    _note: &mut Note,
) -> Result<Bytes, Refusal> {
    let target = target(context, request)?;
    let store = context.store();
    let stream = store
        .stream(context.region, &target.name)
        .ok_or_else(|| Refusal::stream_not_found(&target.called))?;
    let answer = DescribeStreamSummaryAnswer {
        stream_description_summary: StreamDescriptionSummary {
            head: StreamHead::of(context, stream),
            settings: StreamSettings::of(stream),
            open_shard_count: match stream.head().status() {
                Status::Creating => 0,
                _ => stream.open_shards(),
            },
            consumer_count: 0,
            max_record_size_in_kib: stream.head().max_record_kib,
        },
    };
    drop(store);
    Ok(json::write(&answer))
}

pub const LIST_STREAMS: Operation = Operation {
    name: "ListStreams",
    request: &[
        LIMIT,
        Member::optional("ExclusiveStartStreamName", Shape::NAME),
        Member::optional("NextToken", Shape::PAGING_TOKEN),
    ],
    handle: list_streams,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListStreamsAnswer {
    stream_names: Vec<String>,
    has_more_streams: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    stream_summaries: Vec<StreamHead>,
}

fn list_streams(
    context: &Context,
    request: &Structure,
    _note: &mut Note,
) -> Result<Bytes, Refusal> {
    let after = match request.text("NextToken") {
        Some(token) => Some(super::page(context, Kind::ListStreams, token)?.name),
        None => request.text("ExclusiveStartStreamName").map(str::to_owned),
    };
    let store = context.store();
    let mut rest = store.streams_after(context.region, after.as_deref().unwrap_or_default());
    let summaries: Vec<_> = rest
        .by_ref()
        .take(page_size(request))
        .map(|stream| StreamHead::of(context, stream))
        .collect();
    let has_more_streams = rest.next().is_some();
    drop(rest);
    drop(store);
    let last = summaries.last().filter(|_| has_more_streams);
    let answer = ListStreamsAnswer {
        next_token: last.map(|last| {
            let page = Page {
                issued: context.now,
                name: last.stream_name.clone(),
                incarnation: 0,
                next: 0,
                filter: Filter::All,
            };
            context.sealer.seal_page(Kind::ListStreams, &page)
        }),
        stream_names: summaries
            .iter()
            .map(|summary| summary.stream_name.clone())
            .collect(),
        has_more_streams,
        stream_summaries: summaries,
    };
    Ok(json::write(&answer))
}
