//! A request held against the limits of its shapes, refused in the words of AWS's validation.

use std::fmt;

use super::refusals::{Refusal, shortened};
use super::shapes::{Member, Need, Shape, Structure, Value};

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
            "Value{} at '{place}' failed to satisfy constraint: Member must {constraint}",
            printed(value),
        ));
    };
    match (shape, value) {
        (Shape::Text { min, max, pattern }, Value::Text(text)) => {
            if let Some(pattern) = pattern.filter(|pattern| !pattern.matches(text)) {
                let expression = pattern.expression();
                fail(format!("satisfy regular expression pattern: {expression}"));
            }
            check_length(text.chars().count(), *min, *max, &mut fail);
        }
        (Shape::OneOf(words), Value::Text(text)) if !words.contains(&text.as_ref()) => {
            fail(format!("satisfy enum value set: [{}]", words.join(", ")));
        }
        (Shape::Integer { min, max }, Value::Integer(integer)) => {
            if integer < min {
                fail(format!("have value greater than or equal to {min}"));
            }
            if integer > max {
                fail(format!("have value less than or equal to {max}"));
            }
        }
        (Shape::Blob { max }, Value::Blob(bytes)) => check_length(bytes.len(), 0, *max, &mut fail),
        (Shape::Map { max }, Value::Map(pairs)) => check_length(pairs.len(), 1, *max, &mut fail),
        (Shape::List { item, min, max }, Value::List(items)) => {
            check_length(items.len(), *min, *max, &mut fail);
            for (index, value) in items.iter().enumerate() {
                if errors.len() >= MOST_ERRORS {
                    return;
                }
                let place = Place::Item(place, index);
                match value {
                    Some(value) => check_value(value, item, &place, errors),
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

fn check_length(length: usize, min: usize, max: usize, fail: &mut dyn FnMut(String)) {
    if length < min {
        fail(format!("have length greater than or equal to {min}"));
    }
    if length > max {
        fail(format!("have length less than or equal to {max}"));
    }
}

/// The value as a message repeats it; AWS no longer prints blobs, and a list of structures prints there as Java objects.
fn printed(value: &Value) -> String {
    match value {
        Value::Text(text) => format!(" '{}'", shortened(text)),
        Value::Integer(integer) => format!(" '{integer}'"),
        Value::List(items) if items.is_empty() => " '[]'".to_owned(),
        Value::Map(pairs) if pairs.is_empty() => " '{}'".to_owned(),
        _ => String::new(),
    }
}
