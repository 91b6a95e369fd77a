//! Sizes as they are typed: `100000`, `512MiB`, `2GiB`.

/// The units, in bytes. A thousand and 1,024 are told apart, as in the units' names.
const UNITS: [(&str, u64); 8] = [
    ("", 1),
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// The bytes that a size means, at least one; or why it means none.
pub fn parse(text: &str) -> Result<usize, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim_start();
    let factor = UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let (Ok(number), Some((_, factor))) = (number.parse::<u64>(), factor) else {
        return Err("a size is a number of bytes, or of KiB, MiB or GiB: 512MiB".to_owned());
    };
    number
        .checked_mul(*factor)
        .filter(|bytes| *bytes > 0)
        .and_then(|bytes| usize::try_from(bytes).ok())
        .ok_or_else(|| "that size is out of range".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_and_are_never_guessed() {
        for (text, bytes) in [
            ("1", Some(1)),
            ("100000", Some(100_000)),
            ("64KiB", Some(65_536)),
            ("512MiB", Some(536_870_912)),
            ("512 mib", Some(536_870_912)),
            ("2GiB", Some(2_147_483_648)),
            ("2GB", Some(2_000_000_000)),
            ("0", None),
            ("", None),
            ("GiB", None),
            ("2G", None),
            ("1.5GiB", None),
            ("-1", None),
            ("20000000000GiB", None),
        ] {
            assert_eq!(parse(text).ok(), bytes, "{text:?}");
        }
    }
}
