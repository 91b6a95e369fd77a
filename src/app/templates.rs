//! Event templates: what the producer sends when nobody has typed a payload. It knows no clock and no source of chance;
//! both are arguments.
//!
//! A template is a JSON file of `assets/templates`: a name, an event with placeholders in its texts, and the event's
//! field whose text is the partition key.
//!
//! ```text
//! {user}         one of six names, the same one throughout an event
//! {n}            how many events came before this one, and one
//! {id}           16 hexadecimal digits
//! {now}          the time as it is given
//! {int:1:6}      a whole number, both ends included
//! {choice:a|b}   one of these texts
//! ```
//!
//! A text that is nothing but `{n}` or `{int:..}` becomes a number.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

const SOURCES: [&str; 5] = [
    include_str!("../../assets/templates/clickstream.json"),
    include_str!("../../assets/templates/iot-sensor.json"),
    include_str!("../../assets/templates/payments.json"),
    include_str!("../../assets/templates/log-lines.json"),
    include_str!("../../assets/templates/social-posts.json"),
];

/// On two shards alice, dave, erin and frank fall on the first, bob and carol on the second.
const USERS: [&str; 6] = ["alice", "bob", "carol", "dave", "erin", "frank"];

/// A kind of event that the producer can make any number of.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// What the lab calls it, e.g. `Clickstream`.
    pub name: String,
    /// The event's field whose text is the partition key.
    key_field: String,
    event: Node,
}

/// The built-in templates in the order in which they are offered.
pub fn templates() -> &'static [Template] {
    static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
        SOURCES
            .iter()
            .map(|source| serde_json::from_str(source).expect("built-in templates are tested"))
            .collect()
    });
    &TEMPLATES
}

impl Template {
    /// The `n`th event: its partition key and its JSON.
    pub fn render(&self, rng: &mut fastrand::Rng, n: u64, now: &str) -> (String, String) {
        self.fill(USERS[rng.usize(..USERS.len())], None, rng, n, now)
    }

    /// The `n`th event with this partition key, which is also its user.
    pub fn render_for(&self, key: &str, rng: &mut fastrand::Rng, n: u64, now: &str) -> String {
        self.fill(key, Some(key), rng, n, now).1
    }

    fn fill(
        &self,
        user: &str,
        key: Option<&str>,
        rng: &mut fastrand::Rng,
        n: u64,
        now: &str,
    ) -> (String, String) {
        let mut filling = Filling {
            user,
            id: format!("{:016x}", rng.u64(..)),
            n,
            now: now.to_owned(),
            rng,
        };
        let mut event = filling.node(&self.event);
        if let (Some(key), Some(field)) = (key, event.get_mut(&self.key_field)) {
            *field = key.into();
        }
        let key = match &event[&self.key_field] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (key, event.to_string())
    }
}

/// A piece of the event: JSON whose texts are patterns.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
enum Node {
    Fixed(Value),
    Pattern(Vec<Piece>),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    User,
    Count,
    Id,
    Now,
    Int(i64, i64),
    Choice(Vec<String>),
}

/// A mistake of a template's author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{{{0}}} is not a placeholder")]
struct NotAPlaceholder(String);

impl TryFrom<Value> for Node {
    type Error = NotAPlaceholder;

    fn try_from(value: Value) -> Result<Self, NotAPlaceholder> {
        Ok(match value {
            Value::String(text) => Self::Pattern(pieces(&text)?),
            Value::Array(items) => Self::List(
                items
                    .into_iter()
                    .map(Self::try_from)
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(fields) => Self::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| Ok((name, Self::try_from(value)?)))
                    .collect::<Result<_, _>>()?,
            ),
            fixed => Self::Fixed(fixed),
        })
    }
}

fn pieces(text: &str) -> Result<Vec<Piece>, NotAPlaceholder> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) = after
            .split_once('}')
            .ok_or_else(|| NotAPlaceholder(after.to_owned()))?;
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(placeholder(inside).ok_or_else(|| NotAPlaceholder(inside.to_owned()))?);
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

fn placeholder(inside: &str) -> Option<Piece> {
    match inside.split_once(':') {
        None => match inside {
            "user" => Some(Piece::User),
            "n" => Some(Piece::Count),
            "id" => Some(Piece::Id),
            "now" => Some(Piece::Now),
            _ => None,
        },
        Some(("int", ends)) => {
            let (low, high) = ends.split_once(':')?;
            let (low, high) = (low.parse().ok()?, high.parse().ok()?);
            (low <= high).then_some(Piece::Int(low, high))
        }
        Some(("choice", options)) => Some(Piece::Choice(
            options.split('|').map(str::to_owned).collect(),
        )),
        Some(_) => None,
    }
}

/// What the placeholders of one event stand for.
struct Filling<'a> {
    user: &'a str,
    id: String,
    n: u64,
    now: String,
    rng: &'a mut fastrand::Rng,
}

impl Filling<'_> {
    fn node(&mut self, node: &Node) -> Value {
        match node {
            Node::Fixed(value) => value.clone(),
            Node::Pattern(pieces) => match pieces.as_slice() {
                [Piece::Count] => self.n.into(),
                [Piece::Int(low, high)] => self.rng.i64(low..=high).into(),
                pieces => pieces
                    .iter()
                    .map(|piece| self.piece(piece))
                    .collect::<String>()
                    .into(),
            },
            Node::List(items) => items.iter().map(|item| self.node(item)).collect(),
            Node::Object(fields) => fields
                .iter()
                .map(|(name, node)| (name.clone(), self.node(node)))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    fn piece(&mut self, piece: &Piece) -> String {
        match piece {
            Piece::Text(text) => text.clone(),
            Piece::User => self.user.to_owned(),
            Piece::Count => self.n.to_string(),
            Piece::Id => self.id.clone(),
            Piece::Now => self.now.clone(),
            Piece::Int(low, high) => self.rng.i64(low..=high).to_string(),
            Piece::Choice(options) => options[self.rng.usize(..options.len())].clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinesis::hash_ranges::{HashKey, HashRange};

    const NOW: &str = "2026-11-22T18:40:00.250Z";

    fn template(event: Value) -> serde_json::Result<Template> {
        serde_json::from_value(json!({"name": "a", "key_field": "key", "event": event}))
    }

    fn rendered(template: &Template, seed: u64) -> (String, String) {
        template.render(&mut fastrand::Rng::with_seed(seed), 7, NOW)
    }

    #[test]
    fn placeholders_are_filled() {
        let cases = [
            (json!("plain"), json!("plain")),
            (json!(true), json!(true)),
            (json!("{n}"), json!(7)),
            (json!("visit {n}"), json!("visit 7")),
            (json!("{int:-5:-5}"), json!(-5)),
            (json!("{int:5:5} ms"), json!("5 ms")),
            (json!("{int:5:5}{int:6:6}"), json!("56")),
            (json!("{choice:only}"), json!("only")),
            (json!("{now}"), json!("2026-11-22T18:40:00.250Z")),
            (json!(["{n}", {"deep": "{n}"}]), json!([7, {"deep": 7}])),
        ];
        for (given, expected) in cases {
            let template = template(json!({"key": "k", "value": given})).unwrap();
            let (_, event) = rendered(&template, 1);
            let event: Value = serde_json::from_str(&event).unwrap();
            assert_eq!(event["value"], expected, "for {given}");
        }
    }

    #[test]
    fn what_is_no_placeholder_is_refused() {
        for text in [
            "{who}",
            "{}",
            "{n",
            "{n:1}",
            "{int}",
            "{int:1}",
            "{int:2:1}",
            "{int:a:b}",
            "{ user }",
        ] {
            assert!(template(json!({"key": text})).is_err(), "took {text}");
        }
    }

    #[test]
    fn one_event_is_about_one_user_and_has_one_id() {
        let template = template(json!({"key": "{user}/{id}", "again": "{user}/{id}"})).unwrap();
        for seed in 0..20 {
            let (key, event) = rendered(&template, seed);
            let event: Value = serde_json::from_str(&event).unwrap();
            assert_eq!(event["again"], json!(key));
            let (user, id) = key.split_once('/').unwrap();
            assert!(USERS.contains(&user));
            assert_eq!(id.len(), 16);
            assert!(id.bytes().all(|digit| digit.is_ascii_hexdigit()));
        }
    }

    #[test]
    fn an_event_for_a_key_is_about_it_throughout() {
        for template in templates() {
            let data = template.render_for("k-7", &mut fastrand::Rng::with_seed(1), 7, NOW);
            let event: Value = serde_json::from_str(&data).unwrap();
            assert_eq!(
                event[&template.key_field],
                json!("k-7"),
                "{}",
                template.name
            );
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_event() {
        for template in templates() {
            assert_eq!(rendered(template, 42), rendered(template, 42));
            assert_ne!(rendered(template, 42), rendered(template, 43));
        }
    }

    #[test]
    fn the_fields_keep_their_order() {
        let template = template(json!({"z": "1", "key": "2", "a": "3"})).unwrap();
        assert_eq!(rendered(&template, 1).1, r#"{"z":"1","key":"2","a":"3"}"#);
    }

    #[test]
    fn every_template_is_whole() {
        let names: Vec<&str> = templates().iter().map(|t| t.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Clickstream",
                "IoT sensor",
                "Payments",
                "Log lines",
                "Social posts"
            ]
        );
        for template in templates() {
            for seed in 0..100 {
                let (key, event) = rendered(template, seed);
                let event: Value = serde_json::from_str(&event).unwrap();
                assert_eq!(event[&template.key_field], json!(key));
                for field in ["id", "type", "time"] {
                    assert!(event[field].is_string(), "{} lacks {field}", template.name);
                }
                assert_eq!(event["schema"], json!(1));
            }
        }
    }

    #[test]
    fn every_template_spreads_over_two_shards() {
        let first = HashRange::split_evenly(2)[0];
        for template in templates() {
            let mut rng = fastrand::Rng::with_seed(1);
            let on_first = (0..600)
                .map(|n| template.render(&mut rng, n, NOW).0)
                .filter(|key| first.contains(HashKey::of_partition_key(key)))
                .count();
            assert!(
                (100..=500).contains(&on_first),
                "{}: {on_first}",
                template.name
            );
        }
    }
}
