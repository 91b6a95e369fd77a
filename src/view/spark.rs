//! Bars: a share as a line of cells, and a line of columns for what went up and down. Both have a number beside them.

/// The heights of a sparkline's columns.
const COLUMNS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// A column for an amount, where `full` has the full height. What is not nothing is never drawn as nothing.
pub(super) fn column(amount: u64, full: u64) -> &'static str {
    let top = COLUMNS.len() as u64 - 1;
    let height = amount.saturating_mul(top).div_ceil(full.max(1)).min(top);
    COLUMNS[height as usize]
}

/// A share of one in so many cells: the filled part and the rest.
pub(super) fn bar(share: f64, width: usize) -> (String, String) {
    let halves = (share.clamp(0.0, 1.0) * width as f64 * 2.0).floor() as usize;
    let mut filled = "█".repeat(halves / 2);
    let mut cells = halves / 2;
    if halves % 2 == 1 {
        filled.push('▌');
        cells += 1;
    } else if halves == 0 && share > 0.0 && width > 0 {
        filled.push('▏');
        cells += 1;
    }
    (filled, "·".repeat(width - cells))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_is_flat_without_an_amount_and_never_higher_than_full() {
        assert_eq!(column(0, 2_000), "▁");
        assert_eq!(column(1, 2_000), "▂");
        assert_eq!(column(2_000, 2_000), "█");
        assert_eq!(column(u64::MAX, 2_000), "█");
        assert_eq!(column(0, 0), "▁");
    }

    #[test]
    fn a_bar_has_its_width_and_shows_the_least_amount() {
        let check = |share, width, expected: &str| {
            let (filled, rest) = bar(share, width);
            assert_eq!(format!("{filled}{rest}"), expected, "{share} {width}");
        };
        check(0.0, 4, "····");
        check(0.001, 4, "▏···");
        check(0.5, 4, "██··");
        check(0.65, 4, "██▌·");
        check(1.0, 4, "████");
        check(7.0, 4, "████");
        check(f64::NAN, 4, "····");
        check(0.5, 0, "");
        check(-1.0, 2, "··");
    }
}
