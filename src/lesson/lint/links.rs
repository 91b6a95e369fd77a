//! Rules on links: files beside the lesson that are not there, anchors that no heading has.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::super::front_matter::{self, Parted};
use super::{Findings, Subject};

pub fn check(subject: &Subject<'_>, found: &mut Findings) {
    let Parted {
        text, first_line, ..
    } = front_matter::part(subject.text);
    let mut links = Vec::new();
    let mut anchors = BTreeSet::new();
    let mut times = BTreeMap::new();
    let mut heading: Option<String> = None;
    for (event, bytes) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push((bytes.start, dest_url.into_string()));
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let anchor = anchor(&heading.take().unwrap_or_default());
                let before = times.entry(anchor.clone()).or_insert(0usize);
                // The second of its kind has the anchor `title-1`.
                anchors.insert(match *before {
                    0 => anchor,
                    before => format!("{anchor}-{before}"),
                });
                *before += 1;
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            _ => {}
        }
    }
    let mut line = first_line;
    let mut counted = 0;
    for (at, address) in links {
        line += text[counted..at].matches('\n').count();
        counted = at;
        if let Some(wrong) = wrong(&address, &anchors, subject.exists) {
            found.warning(line, wrong);
        }
    }
}

fn wrong(
    address: &str,
    anchors: &BTreeSet<String>,
    exists: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let (path, anchor) = match address.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (address, None),
    };
    if path.is_empty() {
        let anchor = anchor?;
        let known = anchor.is_empty() || anchors.contains(&anchor.to_lowercase());
        return (!known).then(|| format!("no heading has the anchor #{anchor}"));
    }
    // An address with a scheme, or one of a server's root, is not looked up.
    let elsewhere = path.starts_with('/')
        || path.split_once(':').is_some_and(|(scheme, _)| {
            scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        });
    let path = path.split('?').next().unwrap_or(path).replace("%20", " ");
    (!elsewhere && !exists(&path))
        .then(|| format!("this link leads nowhere: there is no {path} beside the lesson"))
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    heading
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            c => c.is_alphanumeric().then_some(c),
        })
        .collect()
}
