//! Sequence numbers side by side: the digits that a shard's numbers share step back, those that move stand out.
//!
//! Only numbers of one shard can be compared, so what is shared is looked for shard by shard; the least of it counts, so
//! that all rows begin to show digits at the same place. What is shared ends where a group of digits does, counted from a
//! number's start: so a number has the same groups in every row and panel, whatever stands beside it. A number is never
//! cut down to its last digits: these say nothing.

use ratatui::style::{Modifier, Style};

use super::Ink;
use super::fit::{CUT, Row};
use crate::kinesis::sequence_numbers::shared_prefix_len;
use crate::kinesis::{SequenceNumber, ShardId};

/// Digits are easier to compare in groups.
const GROUP: usize = 4;

/// How the numbers of some rows are shown.
pub(super) struct Digits {
    shared: usize,
}

impl Digits {
    /// Looks at all numbers that stand in the rows.
    pub fn of<'a>(rows: impl Iterator<Item = (&'a ShardId, &'a SequenceNumber)>) -> Self {
        let rows: Vec<_> = rows.collect();
        let mut shards: Vec<&ShardId> = rows.iter().map(|(shard, _)| *shard).collect();
        shards.sort();
        shards.dedup();
        let of_shard = |shard: &ShardId| {
            let numbers: Vec<_> = rows
                .iter()
                .filter(|(of, _)| *of == shard)
                .map(|(_, number)| *number)
                .collect();
            (numbers.len() > 1).then(|| shared_prefix_len(&numbers))
        };
        let all = || shared_prefix_len(&rows.iter().map(|(_, number)| *number).collect::<Vec<_>>());
        let shared = shards.into_iter().filter_map(of_shard).min();
        Self {
            shared: whole_groups(shared.unwrap_or_else(all)),
        }
    }

    /// A number in at most `width` cells.
    pub fn row<'a>(&self, ink: &Ink<'_>, number: &SequenceNumber, width: usize) -> Row<'a> {
        let digits = number.as_str();
        // A foreign endpoint may call anything a number.
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Row::new().text(super::fit::cut(digits, width).into_owned(), ink.styles.base);
        }
        // The same number twice would leave nothing that moves.
        let shared = whole_groups(self.shared.min(digits.len().saturating_sub(GROUP)));
        let (same, moving) = digits.split_at(shared);
        let bold = Style::new().add_modifier(Modifier::BOLD);
        if digits.len() <= width {
            return Row::new()
                .text(same.to_owned(), ink.styles.faint)
                .text(moving.to_owned(), bold);
        }
        let head = match width {
            _ if shared == 0 => return Row::new().text(grouped(digits, width), ink.styles.base),
            0..24 => 0,
            24..32 => 4,
            _ => 8,
        };
        let head = head.min(shared);
        Row::new()
            .text(format!("{}{CUT}", &same[..head]), ink.styles.faint)
            .text(grouped(moving, width.saturating_sub(head + 1)), bold)
    }
}

/// The digits of so many that fill groups.
fn whole_groups(digits: usize) -> usize {
    digits - digits % GROUP
}

/// What stands above a column of numbers.
pub(super) fn head(width: usize) -> &'static str {
    if width < "sequence number".len() {
        "sequence"
    } else {
        "sequence number"
    }
}

/// The first digits in groups, as many as fit; a mark at the end where there are more.
fn grouped(digits: &str, width: usize) -> String {
    let mut text = String::with_capacity(width + CUT.len());
    for (place, digit) in digits.chars().enumerate() {
        let space = usize::from(place > 0 && place % GROUP == 0);
        let last = place + 1 == digits.len();
        let used = text.len() + space + 1;
        if used + usize::from(!last) > width {
            if text.len() < width {
                text.push_str(CUT);
            }
            break;
        }
        if space == 1 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_cut_at_the_end_with_a_mark() {
        let check = |width: usize, expected: &str| {
            assert_eq!(grouped("123456789", width), expected);
            assert!(expected.chars().count() <= width);
        };
        check(11, "1234 5678 9");
        check(10, "1234 5678…");
        check(9, "1234 567…");
        check(6, "1234…");
        check(5, "1234…");
        check(1, "…");
        check(0, "");
    }

    #[test]
    fn what_is_shared_is_looked_for_within_a_shard() {
        let numbers: Vec<(ShardId, SequenceNumber)> = [
            (0, "12345678901234"),
            (1, "12999000000000"),
            (0, "12345678909990"),
            (1, "12999001234567"),
        ]
        .into_iter()
        .map(|(shard, digits)| (ShardId::from_index(shard), digits.into()))
        .collect();
        let shared = |rows: &[(ShardId, SequenceNumber)]| {
            Digits::of(rows.iter().map(|(shard, number)| (shard, number))).shared
        };
        assert_eq!(
            shared(&numbers),
            4,
            "shard 1's numbers share 7 digits, fewer than shard 0's: one group"
        );
        assert_eq!(shared(&numbers[..3]), 8, "11 digits: two groups");
        assert_eq!(shared(&numbers[..2]), 0, "one of each share 2: no group");
        assert_eq!(shared(&numbers[..1]), 0);
    }
}
