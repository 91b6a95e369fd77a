//! A request held against the limits of its shapes, refused in the words of AWS's validation.

use std::fmt;

use super::refusals::{Refusal, shortened};
use super::shapes::{Length, Member, Need, Shape, Structure, Value};

/// AWS lists ten errors and no more.
const MOST_ERRORS: usize = 10;

/// Refuses a request that breaks limits, naming up to ten of them.
pub fn check(request: &Structure) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    check_structure(request, &Place::Request, &mut errors);
    errors.truncate(MOST_ERRORS);
    let plural = match errors.len() {
        0 => return Ok(()),
        1 => "",
        _ => "s",
    };
    Err(Refusal::validation(format!(
        "{} validation error{plural} detected: {}",
        errors.len(),
        errors.join("; ")
    )))
}

/// Where a value stands, spelt out only when a message needs it: `records.1.member.data`.
enum Place<'p> {
    Request,
    Member(&'p Place<'p>, &'static str),
    Item(&'p Place<'p>, usize),
    Value(&'p Place<'p>, &'p str),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request => Ok(()),
            Self::Member(parent, name) => {
                if !matches!(parent, Self::Request) {
                    write!(f, "{parent}.")?;
                }
                let (first, rest) = name.split_at(1);
                write!(f, "{}{rest}", first.to_ascii_lowercase())
            }
            Self::Item(list, index) => write!(f, "{list}.{}.member", index + 1),
            Self::Value(map, key) => write!(f, "{map}.{}.member", shortened(key)),
        }
    }
}

fn check_structure(structure: &Structure, place: &Place, errors: &mut Vec<String>) {
    for (member, value) in structure.members() {
        if errors.len() >= MOST_ERRORS {
            return;
        }
        let place = Place::Member(place, member.name);
        match value {
            Some(value) => check_value(value, &member.shape, &place, errors),
            None if is_needed(member, structure) => errors.push(must_not_be_null(&place)),
            None => {}
        }
    }
}

fn is_needed(member: &Member, structure: &Structure) -> bool {
    match member.need {
        Need::Optional => false,
        Need::Required => true,
        Need::Unless(other) => !structure.has(other),
    }
}

fn must_not_be_null(place: &Place) -> String {
    format!("Value null at '{place}' failed to satisfy constraint: Member must not be null")
}

fn check_value(value: &Value, shape: &Shape, place: &Place, errors: &mut Vec<String>) {
    let mut fail = |constraint: String| {
        errors.push(format!(
            "Value{} at '{place}' failed to satisfy constraint: {constraint}",
            printed(value),
        ));
    };
    match (shape, value) {
        (Shape::Text { min, max, pattern }, Value::Text(text)) => {
            if let Some(pattern) = pattern.filter(|pattern| !pattern.matches(text)) {
                let expression = pattern.expression();
                fail(format!(
                    "Member must satisfy regular expression pattern: {expression}"
                ));
            }
            check_length(text.chars().count(), (*min, *max), &mut fail);
        }
        (Shape::OneOf(words), Value::Text(text)) if !words.contains(&text.as_ref()) => {
            let words = words.join(", ");
            fail(format!("Member must satisfy enum value set: [{words}]"));
        }
        (Shape::Integer { min, max }, Value::Integer(integer)) => {
            if integer < min {
                fail(format!(
                    "Member must have value greater than or equal to {min}"
                ));
            }
            if integer > max {
                fail(format!(
                    "Member must have value less than or equal to {max}"
                ));
            }
        }
        (Shape::Blob { max }, Value::Blob(bytes)) => {
            check_length(bytes.len(), (0, *max), &mut fail);
        }
        (Shape::Map { key, value, max }, Value::Map(pairs)) => {
            check_length(pairs.len(), (1, *max), &mut fail);
            if !pairs.keys().all(|text| has_length(text, *key)) {
                fail(format!("Map keys must satisfy constraint: {}", both(*key)));
            }
            if !pairs
                .values()
                .flatten()
                .all(|text| has_length(text, *value))
            {
                fail(format!(
                    "Map value must satisfy constraint: {}",
                    both(*value)
                ));
            }
            for (key, _) in pairs.iter().filter(|(_, value)| value.is_none()) {
                errors.push(must_not_be_null(&Place::Value(place, key)));
            }
        }
        (Shape::List { item, min, max }, Value::List(items)) => {
            check_length(items.len(), (*min, *max), &mut fail);
            // AWS names a text of the wrong length by its list, and a broken structure by its own place.
            if let Shape::Text { min, max, .. } = **item
                && !texts(items).all(|text| has_length(text, (min, max)))
            {
                fail(format!(
                    "Member must satisfy constraint: {}",
                    both((min, max))
                ));
            }
            for (index, value) in items.iter().enumerate() {
                if errors.len() >= MOST_ERRORS {
                    return;
                }
                let place = Place::Item(place, index);
                match value {
                    Some(Value::Structure(structure)) => {
                        check_structure(structure, &place, errors);
                    }
                    Some(_) => {}
                    None => errors.push(must_not_be_null(&place)),
                }
            }
        }
        (Shape::Structure(_), Value::Structure(structure)) => {
            check_structure(structure, place, errors);
        }
        _ => {}
    }
}

fn check_length(length: usize, (min, max): Length, fail: &mut dyn FnMut(String)) {
    if length < min {
        fail(at_least(min));
    }
    if length > max {
        fail(at_most(max));
    }
}

fn at_least(min: usize) -> String {
    format!("Member must have length greater than or equal to {min}")
}

fn at_most(max: usize) -> String {
    format!("Member must have length less than or equal to {max}")
}

/// What AWS says of the texts in a list or a map, all at once.
fn both((min, max): Length) -> String {
    format!("[{}, {}]", at_most(max), at_least(min))
}

fn has_length(text: &str, (min, max): Length) -> bool {
    (min..=max).contains(&text.chars().count())
}

fn texts<'v>(items: &'v [Option<Value<'_>>]) -> impl Iterator<Item = &'v str> {
    items.iter().flatten().filter_map(|item| match item {
        Value::Text(text) => Some(text.as_ref()),
        _ => None,
    })
}

/// The value as a message repeats it; AWS no longer prints blobs, and a list of structures prints there as Java objects.
fn printed(value: &Value) -> String {
    let joined = match value {
        Value::Text(text) => return format!(" '{}'", shortened(text)),
        Value::Integer(integer) => integer.to_string(),
        Value::List(items) if items.iter().all(|it| matches!(it, Some(Value::Text(_)))) => {
            format!("[{}]", texts(items).collect::<Vec<_>>().join(", "))
        }
        Value::Map(pairs) => {
            let told = |(key, value): (&String, &Option<String>)| {
                format!("{key}={}", value.as_deref().unwrap_or("null"))
            };
            format!(
                "{{{}}}",
                pairs.iter().map(told).collect::<Vec<_>>().join(", ")
            )
        }
        _ => return String::new(),
    };
    format!(" '{}'", shortened(&joined))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::json;

    /// What is said of a body that holds a map `Tags`, a list `Keys` and a list `Parts` of structures with a `Part`.
    fn told(body: &str) -> String {
        const TEXT: Shape = Shape::text(1, 3);
        const PART: &[Member] = &[Member::required("Part", TEXT)];
        const TABLE: &[Member] = &[
            Member::optional(
                "Tags",
                Shape::Map {
                    key: (1, 3),
                    value: (0, 4),
                    max: 2,
                },
            ),
            Member::optional(
                "Keys",
                Shape::List {
                    item: &TEXT,
                    min: 1,
                    max: 2,
                },
            ),
            Member::optional(
                "Parts",
                Shape::List {
                    item: &Shape::Structure(PART),
                    min: 1,
                    max: 2,
                },
            ),
        ];
        let request = json::read(body.as_bytes(), TABLE).expect("the right types");
        match check(&request) {
            Ok(()) => String::new(),
            Err(refusal) => refusal.message.unwrap_or_default(),
        }
    }

    #[test]
    fn lists_and_maps_are_named_as_aws_names_them() {
        let keys = "Map keys must satisfy constraint: [Member must have length less than or equal to 3, \
                    Member must have length greater than or equal to 1]";
        let values = "Map value must satisfy constraint: [Member must have length less than or equal to 4, \
                      Member must have length greater than or equal to 0]";
        let items = "Member must satisfy constraint: [Member must have length less than or equal to 3, \
                     Member must have length greater than or equal to 1]";
        let null = "Member must not be null";
        let short = "Member must have length greater than or equal to 1";
        let long = "Member must have length less than or equal to 2";
        for (body, broken) in [
            (r#"{"Tags": {"ééé": "éééé", "b": ""}}"#, vec![]),
            (
                r#"{"Keys": ["a", "abc"], "Parts": [{"Part": "abc"}]}"#,
                vec![],
            ),
            (r#"{"Tags": {}}"#, vec![("Value '{}' at 'tags'", short)]),
            (
                r#"{"Tags": {"a": "1", "b": "2", "c": "3"}}"#,
                vec![("Value '{a=1, b=2, c=3}' at 'tags'", long)],
            ),
            (
                r#"{"Tags": {"b": "2", "abcd": "12345"}}"#,
                vec![
                    ("Value '{abcd=12345, b=2}' at 'tags'", keys),
                    ("Value '{abcd=12345, b=2}' at 'tags'", values),
                ],
            ),
            (
                r#"{"Tags": {"": "1"}}"#,
                vec![("Value '{=1}' at 'tags'", keys)],
            ),
            (
                r#"{"Tags": {"a": null}}"#,
                vec![("Value null at 'tags.a.member'", null)],
            ),
            (r#"{"Tags": {"a": "12345", "a": "1"}}"#, vec![]),
            (r#"{"Keys": []}"#, vec![("Value '[]' at 'keys'", short)]),
            (
                r#"{"Keys": ["a", "abcd"]}"#,
                vec![("Value '[a, abcd]' at 'keys'", items)],
            ),
            (
                r#"{"Keys": ["a", "b", "c"]}"#,
                vec![("Value '[a, b, c]' at 'keys'", long)],
            ),
            (
                r#"{"Keys": ["a", null]}"#,
                vec![("Value null at 'keys.2.member'", null)],
            ),
            (
                r#"{"Parts": [{"Part": ""}, {}]}"#,
                vec![
                    ("Value '' at 'parts.1.member.part'", short),
                    ("Value null at 'parts.2.member.part'", null),
                ],
            ),
        ] {
            let broken: Vec<String> = broken
                .iter()
                .map(|(place, why)| format!("{place} failed to satisfy constraint: {why}"))
                .collect();
            let expected = match broken.len() {
                0 => String::new(),
                1 => format!("1 validation error detected: {}", broken[0]),
                n => format!("{n} validation errors detected: {}", broken.join("; ")),
            };
            assert_eq!(told(body), expected, "{body}");
        }
    }
}
