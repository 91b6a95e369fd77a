//! Tags: the operations on those of a stream by its name, and on those of a resource by its ARN.

use std::collections::BTreeMap;
use std::ops::Bound;

use bytes::Bytes;
use serde::Serialize;

use super::settings::change_in_any_state;
use super::{
    Context, Note, Operation, RESOURCE_ARN, STREAM_ARN, STREAM_NAME, Target, target, target_of_arn,
};
use crate::server::refusals::Refusal;
use crate::server::shapes::{Member, Shape, Structure};
use crate::server::{ACCOUNT, json};

/// The most tags of one stream.
const MOST_TAGS: usize = 50;

/// What AWS keeps for its own tags, in upper or lower case.
const RESERVED: &str = "aws:";

const TAGS: Member = Member::required("Tags", Shape::TAGS);
const TAG_KEYS: Member = Member::required("TagKeys", Shape::TAG_KEYS);

pub const ADD_TAGS: Operation = Operation {
    name: "AddTagsToStream",
    request: &[TAGS, STREAM_NAME, STREAM_ARN],
    handle: |context, request, _: &mut Note| add(context, request, &target(context, request)?),
};

pub const TAG_RESOURCE: Operation = Operation {
    name: "TagResource",
    request: &[TAGS, RESOURCE_ARN],
    handle: |context, request, _: &mut Note| add(context, request, &resource(context, request)?),
};

pub const REMOVE_TAGS: Operation = Operation {
    name: "RemoveTagsFromStream",
    request: &[TAG_KEYS, STREAM_NAME, STREAM_ARN],
    handle: |context, request, _: &mut Note| remove(context, request, &target(context, request)?),
};

pub const UNTAG_RESOURCE: Operation = Operation {
    name: "UntagResource",
    request: &[TAG_KEYS, RESOURCE_ARN],
    handle: |context, request, _: &mut Note| remove(context, request, &resource(context, request)?),
};

pub const LIST_TAGS: Operation = Operation {
    name: "ListTagsForStream",
    request: &[
        Member::optional(
            "Limit",
            Shape::Integer {
                min: 1,
                max: MOST_TAGS as i64,
            },
        ),
        Member::optional("ExclusiveStartTagKey", Shape::TAG_KEY),
        STREAM_NAME,
        STREAM_ARN,
    ],
    handle: list_tags,
};

pub const LIST_TAGS_OF_RESOURCE: Operation = Operation {
    name: "ListTagsForResource",
    request: &[RESOURCE_ARN],
    handle: list_tags_of_resource,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListTagsAnswer {
    tags: Vec<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_more_tags: Option<bool>,
}

/// The stream that a resource's ARN names. There are no queues, channels and consumers.
fn resource(context: &Context, request: &Structure) -> Result<Target, Refusal> {
    target_of_arn(context, request.text("ResourceARN").unwrap_or_default())
}

/// Adds tags to those that a stream has, over those of the same keys.
fn add(context: &Context, request: &Structure, target: &Target) -> Result<Bytes, Refusal> {
    change_in_any_state(context, target, |head, _| {
        add_to(&mut head.tags, request, &target.called)
    })
}

/// As [`add`], to the tags of a stream that need not exist yet.
pub fn add_to(
    tags: &mut BTreeMap<String, String>,
    request: &Structure,
    stream: &str,
) -> Result<(), Refusal> {
    let failed = |why: &str| failed("add tags to", stream, why);
    for (key, value) in request.pairs("Tags") {
        refuse_signs(key, &failed)?;
        refuse_signs(value, &failed)?;
        refuse_reserved(key, &failed)?;
        tags.insert(key.to_owned(), value.to_owned());
    }
    if tags.len() > MOST_TAGS {
        return Err(failed(&format!(
            "a given stream cannot have more than {MOST_TAGS} tags associated with it."
        )));
    }
    Ok(())
}

fn remove(context: &Context, request: &Structure, target: &Target) -> Result<Bytes, Refusal> {
    let failed = |why: &str| failed("remove tags from", &target.called, why);
    change_in_any_state(context, target, |head, _| {
        for key in request.texts("TagKeys") {
            refuse_signs(key, &failed)?;
            refuse_reserved(key, &failed)?;
            head.tags.remove(key);
        }
        Ok(())
    })
}

fn failed(what: &str, stream: &str, why: &str) -> Refusal {
    Refusal::invalid_argument(format!(
        "Failed to {what} stream {stream} under account {ACCOUNT} because {why}"
    ))
}

/// Refuses a key or a value for its signs. AWS was seen to have two lists of them, and a text for each. Colons are taken
/// today, whatever the first text says.
fn refuse_signs(text: &str, failed: &impl Fn(&str) -> Refusal) -> Result<(), Refusal> {
    let is_known = |sign: char| {
        let is_space = sign.is_whitespace() && !sign.is_control();
        sign.is_alphanumeric() || is_space || "_./=+-%@:".contains(sign)
    };
    if !text.chars().all(is_known) {
        return Err(Refusal::invalid_argument(
            "Some tags contain invalid characters. Valid characters: \
             Unicode letters, digits, white space, _ . / = + - % @.",
        ));
    }
    if text.contains('%') {
        return Err(failed(
            "some tags contained illegal characters. The allowed characters are \
             Unicode letters, white-spaces, '_',',','/','=','+','-','@',':'.",
        ));
    }
    Ok(())
}

fn refuse_reserved(key: &str, failed: &impl Fn(&str) -> Refusal) -> Result<(), Refusal> {
    let start = key.get(..RESERVED.len());
    match start.is_some_and(|start| start.eq_ignore_ascii_case(RESERVED)) {
        true => Err(failed(&format!(
            "keys that start with {RESERVED} are reserved for AWS."
        ))),
        false => Ok(()),
    }
}

fn list_tags(context: &Context, request: &Structure, _: &mut Note) -> Result<Bytes, Refusal> {
    let limit = request.integer("Limit");
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    let after = request.text("ExclusiveStartTagKey");
    let target = target(context, request)?;
    let (tags, more) = list(context, &target, after, limit.unwrap_or(MOST_TAGS))?;
    Ok(json::write(&ListTagsAnswer {
        tags,
        has_more_tags: Some(more),
    }))
}

fn list_tags_of_resource(
    context: &Context,
    request: &Structure,
    _: &mut Note,
) -> Result<Bytes, Refusal> {
    let (tags, _) = list(context, &resource(context, request)?, None, MOST_TAGS)?;
    Ok(json::write(&ListTagsAnswer {
        tags,
        has_more_tags: None,
    }))
}

/// Up to so many tags behind a key, in the order of their keys, and whether there are more.
fn list(
    context: &Context,
    target: &Target,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<Tag>, bool), Refusal> {
    let store = context.store();
    let stream = store
        .stream(context.region, &target.name)
        .ok_or_else(|| Refusal::stream_not_found(&target.called))?;
    let behind = after.map_or(Bound::Unbounded, Bound::Excluded);
    let tags = &stream.head().tags;
    let mut rest = tags.range::<str, _>((behind, Bound::Unbounded));
    let page = rest.by_ref().take(limit).map(|(key, value)| Tag {
        key: key.clone(),
        value: value.clone(),
    });
    Ok((page.collect(), rest.next().is_some()))
}
