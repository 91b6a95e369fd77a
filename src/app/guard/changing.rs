//! Changing a stream's shards or its retention on AWS: each time it is asked first, with what it costs.

use super::{ask_for_account, created_at, is_own, place};
use crate::app::connection::ConnectionKind;
use crate::app::model::{Model, Outcome};
use crate::app::overlay::{Confirm, Overlay};
use crate::app::reshard::{self, StreamChange};
use crate::app::streams::SHARD_HOUR_DOLLARS;

/// What keeping records for longer than a day, up to seven, costs for a shard in us-east-1, in US dollars an hour (AWS
/// price list, 2026).
const EXTENDED_HOUR_DOLLARS: f64 = 0.020;

/// The longest retention at that price, in hours; what is kept longer is paid by its size.
const EXTENDED_HOURS: u32 = 168;

/// Lets a change of a stream pass, or asks first.
pub(in crate::app) fn change(
    model: &mut Model,
    stream: String,
    change: StreamChange,
    out: &mut Outcome,
) {
    if model.connection.kind != ConnectionKind::Aws {
        return reshard::called(model, stream, change, out);
    }
    if place(model).is_none() {
        return ask_for_account(model, out);
    }
    model.overlay = Some(Overlay::Confirm(Confirm::ChangeStream { stream, change }));
}

/// The learner said yes to this change.
pub(in crate::app) fn agreed_to_change(
    model: &mut Model,
    stream: String,
    change: StreamChange,
    out: &mut Outcome,
) {
    reshard::called(model, stream, change, out);
    // What becomes of it is told there.
    reshard::open(model, out);
}

/// What the question before a change on AWS says, a line each.
pub fn change_words(model: &Model, stream: &str, change: &StreamChange) -> Vec<String> {
    let (account, region) = place(model).unwrap_or_default();
    let profile = model.connection.profile.as_deref().unwrap_or("default");
    let description = model.streams.description();
    let open = description.map_or(0, |it| it.shards.iter().filter(|s| s.open).count());
    let hours = description.map_or(0, |it| it.retention_hours);
    let after = change.open_after(open);
    let shards = |count: usize| match count {
        1 => "1 shard".to_owned(),
        n => format!("{n} shards"),
    };
    let dollars = |count: usize| count as f64 * SHARD_HOUR_DOLLARS;
    let mut lines = vec![
        format!("account   {account}"),
        format!("profile   {profile}"),
        format!("region    {region}"),
    ];
    lines.push(match change {
        StreamChange::Retain { to, .. } if *to > EXTENDED_HOURS => {
            "cost      records kept for longer than 7 days: about $0.023 a GB a month, beside the 7 days' price".into()
        }
        StreamChange::Retain { to, .. } if *to > 24 => format!(
            "cost      {} kept for longer than a day: about ${:.3} an hour more than for a day",
            shards(open),
            open as f64 * EXTENDED_HOUR_DOLLARS
        ),
        StreamChange::Retain { .. } => "cost      keeping records for a day is in the shards' price".into(),
        _ => format!(
            "cost      {}: about ${:.3} an hour; now {}: ${:.3}",
            shards(after),
            dollars(after),
            shards(open),
            dollars(open)
        ),
    });
    if change.moves_shards() && hours > 24 {
        lines.push(format!(
            "          and what {hours} h of retention cost for each shard"
        ));
    }
    lines.push("          (us-east-1, 2026; other regions differ a little)".into());
    let own = created_at(model, stream).is_some_and(|at| is_own(model, stream, at));
    if !own {
        lines.push(format!(
            "not yours {stream} was there before the lab: others may rely on its shards"
        ));
    }
    lines
}
