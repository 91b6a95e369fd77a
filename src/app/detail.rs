//! A record in full: its payload as lines of text, and how far they can be scrolled.

use serde::de::IgnoredAny;
use unicode_width::UnicodeWidthChar;

use super::message::Received;
use super::model::Model;
use super::overlay::Detail;
use crate::kinesis::aggregated::{Aggregated, aggregated};
use crate::printable::printable;

/// Rows of facts above the payload, the blank one between them included.
pub const FACTS: usize = 9;

/// The widest that the box gets inside, in cells: a line of a hexadecimal dump.
pub const WIDEST: usize = 76;

/// How deep JSON is indented; deeper levels stay there.
const DEEPEST: usize = 16;

/// The inside of the box at most, in cells: the screen without the box's frame and some air.
pub fn room(model: &Model) -> (usize, usize) {
    let area = model.layout.area;
    let width = usize::from(area.width).saturating_sub(8).min(WIDEST);
    (width, usize::from(area.height).saturating_sub(6))
}

/// The payload in lines: JSON indented, other text as it is, bytes in hexadecimal. All of it harmless to a terminal.
pub fn payload(model: &Model, detail: Detail) -> Vec<String> {
    if detail.sent {
        let line = model.producer.log.get(detail.number);
        let words = match line.map(|line| &line.result) {
            Some(Err(_)) => "Its payload is not kept here; what is stored stands in the consumer.",
            _ => "The payload stands in the consumer, once it is read there.",
        };
        return vec![words.into()];
    }
    let Some(shown) = model.consumer.log.get(detail.number) else {
        return vec![
            "It made room for newer ones in this list; the stream may still have it.".into(),
        ];
    };
    let record = &shown.record;
    let (width, _) = room(model);
    let mut lines = match aggregated(&record.data, record.size) {
        None => lines_of(&record.data, width),
        Some(Ok(found)) => user_records(&found, width),
        Some(Err(damage)) => {
            let words = format!("Binary, not the KPL's although it begins so: {damage}.");
            let mut lines = broken(&words, width);
            lines.extend(hexadecimal(&record.data, width));
            lines
        }
    };
    if record.data.len() < record.size {
        let held = record.data.len();
        lines.push(format!("… the first {held} of {} bytes", record.size));
    }
    lines
}

/// How much of a record's data is looked at for the one line that shows it.
const PREVIEW_BYTES: usize = 1_024;

/// Of bytes that are no text, how many stand on that line.
const BYTES: usize = 16;

/// How many user records of an aggregated one are shown; the others are counted.
const USER_RECORDS: usize = 500;

/// The beginning of a record's data on one line: text as it is, what the KPL packed and other bytes as such.
pub fn one_line(record: &Received) -> String {
    if let Some(Ok(found)) = aggregated(&record.data, record.size) {
        return packed(&found);
    }
    let data = &record.data[..record.data.len().min(PREVIEW_BYTES)];
    // What is cut may end inside a character.
    match str::from_utf8(data) {
        Err(error)
            if error.error_len().is_some()
                || record.data.len() == data.len() && data.len() == record.size =>
        {
            format!("{}: {}", binary(record.size), first_bytes(data))
        }
        _ => String::from_utf8_lossy(data).into_owned(),
    }
}

fn binary(size: usize) -> String {
    match size {
        1 => "binary, 1 byte".into(),
        n => format!("binary, {n} bytes"),
    }
}

fn first_bytes(data: &[u8]) -> String {
    let hex: Vec<String> = data
        .iter()
        .take(BYTES)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let more = if data.len() > BYTES { " …" } else { "" };
    format!("{}{more}", hex.join(" "))
}

/// How many records the KPL made one of.
fn packed(found: &Aggregated<'_>) -> String {
    let count = match found.records.len() {
        1 => "1 user record".to_owned(),
        n => format!("{n} user records"),
    };
    match found.whole {
        true => format!("aggregated by the KPL: {count}"),
        false => format!("aggregated by the KPL: at least {count}"),
    }
}

/// What the KPL packed: a line a user record, its key and its data.
fn user_records(found: &Aggregated<'_>, width: usize) -> Vec<String> {
    let mut lines = vec![format!(
        "{}{}",
        packed(found),
        match found.whole {
            true => ", its checksum is right",
            false => "; only its beginning is kept here",
        }
    )];
    for record in found.records.iter().take(USER_RECORDS) {
        let data = match str::from_utf8(record.data) {
            Ok(text) => text.to_owned(),
            Err(_) => format!(
                "{}: {}",
                binary(record.data.len()),
                first_bytes(record.data)
            ),
        };
        let key = record.key.unwrap_or("no key");
        let line = printable(&format!("{key}  {data}")).into_owned();
        lines.extend(broken(&line, width));
    }
    let more = found.records.len().saturating_sub(USER_RECORDS);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

/// The most lines that can be scrolled away.
pub(super) fn most_scroll(model: &Model, detail: Detail) -> u16 {
    let (_, rows) = room(model);
    let most = (FACTS + payload(model, detail).len()).saturating_sub(rows);
    u16::try_from(most).unwrap_or(u16::MAX)
}

fn lines_of(data: &[u8], width: usize) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(data) else {
        // A record that was cut may end inside a character.
        return match std::str::from_utf8(&data[..data.len().saturating_sub(3)]) {
            Ok(_) if data.len() > 3 => lines_of(
                &String::from_utf8_lossy(data).into_owned().into_bytes(),
                width,
            ),
            _ => hexadecimal(data, width),
        };
    };
    let text = match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => indented(text),
        Err(_) => text.to_owned(),
    };
    text.lines()
        .flat_map(|line| broken(&printable(line), width))
        .collect()
}

/// Valid JSON, a member a line. It is moved, never rewritten: numbers and escapes stay as they were sent.
fn indented(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let mut depth = 0usize;
    let (mut in_string, mut escaped) = (false, false);
    let mut rest = json
        .chars()
        .filter(|c| !c.is_ascii_whitespace() || *c == ' ')
        .peekable();
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.push_str(&"  ".repeat(depth.min(DEEPEST)));
    };
    while let Some(c) = rest.next() {
        if in_string {
            text.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            ' ' => {}
            '{' | '[' => {
                text.push(c);
                while rest.next_if_eq(&' ').is_some() {}
                let empty = rest.peek().is_some_and(|next| matches!(next, '}' | ']'));
                depth += 1;
                if !empty {
                    line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !text.ends_with(['{', '[']) {
                    line(&mut text, depth);
                }
                text.push(c);
            }
            ',' => {
                text.push(c);
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            '"' => {
                text.push(c);
                in_string = true;
            }
            other => text.push(other),
        }
    }
    text
}

/// A line broken into pieces of at most `width` cells.
fn broken(line: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for c in line.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > width.max(2) {
            pieces.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

/// Offset, bytes and what they are in ASCII.
fn hexadecimal(data: &[u8], width: usize) -> Vec<String> {
    let each = if width >= WIDEST { 16 } else { 8 };
    let line = |(place, bytes): (usize, &[u8])| {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let text: String = bytes
            .iter()
            .map(|byte| {
                if byte.is_ascii_graphic() {
                    char::from(*byte)
                } else {
                    '.'
                }
            })
            .collect();
        format!(
            "{:08x}  {:<pad$}  {text}",
            place * each,
            hex.join(" "),
            pad = each * 3 - 1
        )
    };
    data.chunks(each).enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinesis::aggregated::aggregate;

    fn check(data: &[u8], width: usize, expected: &[&str]) {
        assert_eq!(lines_of(data, width), expected);
    }

    #[test]
    fn json_is_indented_and_never_rewritten() {
        check(
            br#"{"a":1.50,"b":[12345678901234567890123, "x,\"{y"],"c":{ },"d":[]}"#,
            76,
            &[
                "{",
                "  \"a\": 1.50,",
                "  \"b\": [",
                "    12345678901234567890123,",
                "    \"x,\\\"{y\"",
                "  ],",
                "  \"c\": {},",
                "  \"d\": []",
                "}",
            ],
        );
    }

    #[test]
    fn other_text_keeps_its_lines_and_is_harmless() {
        check(b"one\ntwo \x1b[31m", 76, &["one", "two \u{241b}[31m"]);
        check(b"abcdef", 4, &["abcd", "ef"]);
        check("日本".as_bytes(), 2, &["日", "本"]);
        check(b"", 76, &[]);
    }

    fn received(data: &[u8], size: usize) -> Received {
        Received {
            sequence: "49".into(),
            key: "alice".into(),
            arrived_at: None,
            data: data.to_vec(),
            size,
        }
    }

    #[test]
    fn one_line_tells_text_bytes_and_what_the_kpl_packed_apart() {
        let check = |data: &[u8], size: usize, expected: &str| {
            assert_eq!(one_line(&received(data, size)), expected);
        };
        check(br#"{"a":1}"#, 7, r#"{"a":1}"#);
        check(b"", 0, "");
        check(b"\xff", 1, "binary, 1 byte: ff");
        check(
            &[0xfe; 40],
            40,
            "binary, 40 bytes: fe fe fe fe fe fe fe fe fe fe fe fe fe fe fe fe …",
        );
        // A character that the end cuts is no binary data, unless nothing was cut.
        check("für".as_bytes().split_at(2).0, 4, "f\u{fffd}");
        check("für".as_bytes().split_at(2).0, 2, "binary, 2 bytes: 66 c3");
        let packed = aggregate(&[("alice", b"one"), ("bob", b"two")]);
        check(
            &packed,
            packed.len(),
            "aggregated by the KPL: 2 user records",
        );
        check(
            &packed[..packed.len() - 10],
            packed.len(),
            "aggregated by the KPL: at least 2 user records",
        );
        let mut damaged = packed.clone();
        damaged[8] ^= 1;
        assert!(one_line(&received(&damaged, damaged.len())).starts_with("binary, "));
    }

    #[test]
    fn what_the_kpl_packed_is_shown_record_by_record() {
        let packed = aggregate(&[("alice", b"{\"n\":1}"), ("b\x1b[2J", &[0, 0xff])]);
        let found = aggregated(&packed, packed.len())
            .expect("the magic")
            .expect("whole");
        assert_eq!(
            user_records(&found, 76),
            [
                "aggregated by the KPL: 2 user records, its checksum is right",
                "alice  {\"n\":1}",
                "b\u{241b}[2J  binary, 2 bytes: 00 ff",
            ]
        );
    }

    #[test]
    fn bytes_are_shown_in_hexadecimal() {
        check(
            b"\xff\x00AB",
            76,
            &["00000000  ff 00 41 42                                      ..AB"],
        );
        check(
            &[0xff; 9],
            52,
            &[
                "00000000  ff ff ff ff ff ff ff ff  ........",
                "00000008  ff                       .",
            ],
        );
    }
}
