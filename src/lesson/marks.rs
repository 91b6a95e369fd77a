//! What can begin a line in a lesson: an option's letter, an `Option A` label, a bold label, a tick.

/// Options past this letter do not occur, and every further one would make running text look like an option.
const LAST_LETTER: u8 = b'J';

/// The option that `A) text`, `A. text`, `(A) text` or `a) text` begins, counted from 0, and its text.
pub fn option_letter(line: &str) -> Option<(usize, &str)> {
    let line = line.trim_start();
    let (line, in_brackets) = match line.strip_prefix('(') {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let mut characters = line.chars();
    let letter = characters.next()?;
    let index = letter_index(letter)?;
    let rest = match (characters.next()?, in_brackets) {
        (')', _) => characters.as_str(),
        // Upper case and a space only: "e. g." and "a.m." are running text.
        ('.', false) if letter.is_ascii_uppercase() => characters
            .as_str()
            .strip_prefix(' ')
            .or_else(|| characters.as_str().is_empty().then_some(""))?,
        _ => return None,
    };
    Some((index, rest.trim_start()))
}

/// The same in spellings that count only beside others of their kind: `a. text`, `A: text`, `A - text`, `[A] text`.
pub fn loose_letter(line: &str) -> Option<(usize, &str)> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix('[') {
        let mut characters = rest.chars();
        let index = letter_index(characters.next()?)?;
        return Some((index, characters.as_str().strip_prefix(']')?.trim_start()));
    }
    let mut characters = line.chars();
    let index = letter_index(characters.next()?)?;
    let rest = characters.as_str();
    let joints = [". ", ": ", " - ", " – ", " — "];
    let rest = joints.iter().find_map(|joint| rest.strip_prefix(joint));
    let alone = [".", ":"].contains(&characters.as_str());
    rest.or(alone.then_some(""))
        .map(|rest| (index, rest.trim_start()))
}

/// The option that `Option A`, `Option A: text` or `Option A is better` begins, counted from 0, and what follows.
pub fn option_label(text: &str) -> Option<(usize, &str)> {
    const WORDS: [&str; 9] = [
        "option",
        "design",
        "approach",
        "version",
        "choice",
        "alternative",
        "candidate",
        "variant",
        "schema",
    ];
    let text = text.trim_start();
    let rest = WORDS.iter().find_map(|word| {
        let (first, rest) = text.split_at_checked(word.len())?;
        first.eq_ignore_ascii_case(word).then_some(rest)
    })?;
    let rest = rest.strip_prefix(' ')?.trim_start();
    let mut characters = rest.chars();
    let first = characters.next()?;
    let index = letter_index(first).or_else(|| {
        let number = usize::try_from(first.to_digit(10)?).ok()?;
        number.checked_sub(1)
    })?;
    let rest = characters.as_str();
    match rest.chars().next() {
        Some(next) if next.is_alphanumeric() => None,
        _ => Some((index, rest)),
    }
}

/// `A` or `a` is 0, `B` or `b` is 1, as far as options go.
pub fn letter_index(letter: char) -> Option<usize> {
    let letter = u8::try_from(letter).ok()?.to_ascii_uppercase();
    (b'A'..=LAST_LETTER)
        .contains(&letter)
        .then(|| usize::from(letter - b'A'))
}

/// Whether this begins with a box that a learner could tick.
pub fn begins_with_box(line: &str) -> bool {
    let line = line.trim_start();
    ["[ ] ", "[x] ", "[X] ", "( ) ", "(x) ", "⬜", "□", "◯"]
        .iter()
        .any(|drawn| line.starts_with(drawn))
}

/// Whether this begins with a tick, a cross, a box or a bullet that stands for a line of its own.
pub fn begins_with_tick(line: &str) -> bool {
    const TICKS: &str = "✓✔✅☑✗✘❌☒☐•●○◦▪‣";
    line.trim_start()
        .chars()
        .next()
        .is_some_and(|first| TICKS.contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_letter_is_read_in_every_spelling() {
        let check = |line: &str, expected| assert_eq!(option_letter(line), expected, "{line:?}");
        check("A) one", Some((0, "one")));
        check("b) two", Some((1, "two")));
        check("(C) three", Some((2, "three")));
        check("(d)four", Some((3, "four")));
        check("E. five", Some((4, "five")));
        check("A.", Some((0, "")));
        check("e. g. this", None);
        check("A.M. or P.M.", None);
        check("A sensor", None);
        check("(A. b", None);
        check("Z) far", None);
        check("é) no", None);
        check("", None);
    }

    #[test]
    fn an_option_label_ends_at_its_letter() {
        let check = |text: &str, expected| assert_eq!(option_label(text), expected, "{text:?}");
        check("Option A", Some((0, "")));
        check("option b: text", Some((1, ": text")));
        check("Option B is better", Some((1, " is better")));
        check("Option And", None);
        check("Optional A", None);
        check("Options", None);
        check("Optión A", None);
    }
}
