//! What was refused last, and what to do about it.

use super::{Case, Finding, subject};
use crate::kinesis::errors::explained;
use crate::lesson::is_near;
use crate::lesson::step_settings::Act;
use crate::printable::printable;
use crate::steps::evidence::records;
use crate::steps::facts::{Actor, Trouble};

/// The operations whose refusal keeps an act from being done.
fn operations(act: &Act) -> &[&str] {
    match act {
        Act::Create(_) => &["CreateStream"],
        Act::Put(_) => &["PutRecord", "PutRecords", "CreateStream"],
        Act::Read(_)
        | Act::Reread(_)
        | Act::ReadNew(_)
        | Act::Latest(_)
        | Act::Readers(_)
        | Act::Drained(_) => &[
            "GetShardIterator",
            "GetRecords",
            "DescribeStream",
            "DescribeStreamSummary",
            "ListShards",
        ],
        Act::Delete(_) => &["DeleteStream"],
        Act::Shards(_) => &["SplitShard", "MergeShards", "UpdateShardCount"],
        Act::Lag(_) | Act::Repeats(_) => &["GetShardIterator", "GetRecords"],
        // Being refused is what these are about.
        Act::Throttle(_) | Act::Retry(_) | Act::Retention(_) | Act::Refused(_) => &[],
        Act::Batch(_) => &["PutRecords", "CreateStream"],
        Act::Split(_) => &["SplitShard"],
        Act::Merge(_) => &["MergeShards"],
        Act::Call(_)
        | Act::File(_)
        | Act::Open(_)
        | Act::Workers(_)
        | Act::Trimmed(_)
        | Act::Takeover(_)
        | Act::Any(_) => &[],
    }
}

/// The errors of a call that is not signed, or wrongly.
const UNSIGNED: [&str; 7] = [
    "MissingAuthenticationTokenException",
    "MissingAuthenticationToken",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
];

/// What was refused last of all that an act needs, if nothing of it has succeeded since.
pub fn refused(case: &Case<'_>) -> Option<Finding> {
    let needed = operations(case.act);
    let needs = |operation: &str| match case.act {
        Act::Call(call) => call.operation == operation,
        _ => needed.contains(&operation),
    };
    // What calls elsewhere, or unsigned, does all of it in vain, whatever it called last.
    let in_vain = |trouble: &Trouble| {
        let unsigned = UNSIGNED.contains(&trouble.code.as_str());
        !needed.is_empty() && (trouble.elsewhere.is_some() || unsigned)
    };
    let (actor, trouble) = case
        .facts
        .actors
        .iter()
        .filter_map(|actor| Some((actor, actor.trouble.as_ref()?)))
        .filter(|(_, trouble)| needs(&trouble.operation) || in_vain(trouble))
        .max_by_key(|(_, trouble)| trouble.at)?;
    let mut calls = case.facts.calls.iter();
    let mended = calls.any(|(operation, deed)| needs(operation) && deed.at > trouble.at);
    if mended {
        return None;
    }
    Finding::nearly(words(case, actor, trouble))
}

fn words(case: &Case<'_>, actor: &Actor, trouble: &Trouble) -> String {
    let who = subject(&actor.name);
    let operation = printable(&trouble.operation);
    let region = &case.facts.place.region;
    if let Some(elsewhere) = &trouble.elsewhere {
        return format!(
            "{who} called {operation} in region {}; the lab lives in {region}, and regions are worlds apart. Set \
             region_name or AWS_REGION to {region}, then run it again.",
            printable(elsewhere)
        );
    }
    match trouble.code.as_str() {
        code if UNSIGNED.contains(&code) => format!(
            "{who}'s {operation} is not signed as it must be, and refused as on AWS ({code}). SDKs and the AWS CLI sign by \
             themselves once they find credentials; ! opens a shell that has some."
        ),
        "ResourceNotFoundException" | "ResourceInUseException" => not_there(case, who, trouble),
        "ExpiredIteratorException" => format!(
            "{who}'s iterator is older than 5 minutes and has expired; the records are still there. A new one, \
             AFTER_SEQUENCE_NUMBER of the last record read, goes on; running it again begins anew."
        ),
        "ProvisionedThroughputExceededException" if trouble.operation == "PutRecords" => format!(
            "{who}'s PutRecords stored some of its records, and others were refused \
             (ProvisionedThroughputExceededException). Nothing is broken: those with an ErrorCode can go again after a \
             wait. SDKs do not do that by themselves."
        ),
        "ProvisionedThroughputExceededException" | "LimitExceededException" => {
            let times = match trouble.times {
                1 => "is throttled".to_owned(),
                n => format!("is throttled, {n} times by now"),
            };
            format!(
                "{who}'s {operation} {times} ({}). Nothing is broken: wait a second and try again; SDKs do so by themselves.",
                trouble.code
            )
        }
        code => format!(
            "{who}'s {operation} is refused, {}: {}.",
            printable(code),
            printable(explained(code, &trouble.message).trim_end_matches('.'))
        ),
    }
}

/// The stream is not there, or not yet.
fn not_there(case: &Case<'_>, who: &str, trouble: &Trouble) -> String {
    let Some(name) = &trouble.stream else {
        return format!("{who} asks for a stream that is not there.");
    };
    let shown = printable(name);
    if trouble.was_known {
        let operation = printable(&trouble.operation);
        return match operation.starts_with("Put")
            || case.facts.known(name).is_some_and(|it| it.held == 0)
        {
            true => format!(
                "{shown} was still CREATING when {who} called {operation}: it takes and gives records once it is ACTIVE. \
                 Wait for that, then run it again."
            ),
            false => format!("{shown} has no such shard: {who} asks for one that is not there."),
        };
    }
    let mut others = case.facts.streams.iter().filter(|it| it.name != *name);
    if let Some(near) = others.clone().find(|it| is_near(name, &it.name)) {
        return format!(
            "{who} asks for {shown}, which is not there; {} is. Mend the name, then run it again.",
            printable(&near.name)
        );
    }
    if let Some(other) = others.find(|it| it.held > 0) {
        return format!(
            "{who} asks for {shown}, which is not there; {} lie in {}. One of the two names is to be changed.",
            records(other.held),
            printable(&other.name)
        );
    }
    if let Some(meant) = case
        .plan
        .stream
        .as_deref()
        .filter(|meant| is_near(name, meant))
    {
        return format!(
            "{who} asks for {shown}, which is not there. The lesson's stream is {meant}; is it a slip of the fingers?"
        );
    }
    format!(
        "{who} asks for {shown}, which is not there yet. Create it first: by the step that does, or with D."
    )
}
