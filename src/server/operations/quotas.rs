//! DescribeLimits: how much of the account's quotas is used.

use bytes::Bytes;
use serde::Serialize;

use super::{Context, Note, Operation};
use crate::server::json;
use crate::server::refusals::Refusal;
use crate::server::shapes::Structure;
use crate::server::store::MOST_ON_DEMAND;

pub const DESCRIBE_LIMITS: Operation = Operation {
    name: "DescribeLimits",
    request: &[],
    handle: describe_limits,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeLimitsAnswer {
    shard_limit: u32,
    open_shard_count: u32,
    on_demand_stream_count: usize,
    on_demand_stream_count_limit: usize,
}

fn describe_limits(context: &Context, _: &Structure, _: &mut Note) -> Result<Bytes, Refusal> {
    let store = context.store();
    Ok(json::write(&DescribeLimitsAnswer {
        shard_limit: store.shard_limit(),
        open_shard_count: store.open_shards(),
        on_demand_stream_count: store.on_demand_streams(context.region),
        on_demand_stream_count_limit: MOST_ON_DEMAND,
    }))
}
