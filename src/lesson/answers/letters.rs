//! The options that a line of an answer names by their letters, and whether it names them as right.

use super::super::marks::{letter_index, loose_letter, option_label, option_letter};
use super::super::phrases::Options;

/// The options that a claim names by letter: `B`, `B, D and E`, `B) restated`, `Option B is better`.
pub fn letters(claim: &str, options: &Options) -> Option<Vec<usize>> {
    if let Some((option, rest)) = option_label(claim) {
        let joined = rest.trim_start_matches(JOINTS);
        let named = match joined {
            "" => true,
            _ if judges(joined) => calls_right(joined) && !calls_another_right(option, joined),
            // "Option B has a timestamp" is about an option; "Option B: ..." names it.
            _ => rest.trim_start() != joined && !calls_wrong(joined),
        };
        return (named && options.allow(option, joined)).then(|| vec![option]);
    }
    match option_letter(claim) {
        Some((option, text)) => restated(option, text, options),
        None => bare_letters(claim),
    }
}

/// What joins a letter to what is said about it.
pub const JOINTS: [char; 7] = [':', '-', '–', '—', ' ', '.', ')'];

/// `B) text`, or `B) text, D) text` where each text restates its option.
fn restated(first: usize, text: &str, options: &Options) -> Option<Vec<usize>> {
    let mut parts = vec![(first, text)];
    for (at, _) in text.match_indices([',', ';']) {
        let after = text[at + 1..].trim_start();
        let after = after.strip_prefix("and ").unwrap_or(after);
        if let Some((option, rest)) = option_letter(after)
            && let Some((_, last)) = parts.last_mut()
        {
            // So far the last part reaches to the end of the text.
            let start = text.len() - last.len();
            *last = &text[start..at];
            parts.push((option, rest));
        }
    }
    if let [(option, text)] = parts[..] {
        // "C) would lose records" speaks of an option, and does not name it the answer.
        let named = match judges(text) {
            true => calls_right(text),
            false => !calls_wrong(text),
        };
        return (named && options.allow(option, text)).then(|| vec![option]);
    }
    parts
        .into_iter()
        .map(|(option, text)| (options.fitting(text) == Some(option)).then_some(option))
        .collect()
}

/// `B`, `B, D`, `B and D`, with nothing but an explanation behind them.
pub fn bare_letters(claim: &str) -> Option<Vec<usize>> {
    let mut rest = claim.strip_prefix("both ").unwrap_or(claim);
    let mut key = Vec::new();
    loop {
        let (letter, after) = lone_letter(rest)?;
        key.push(letter);
        let after = after.trim_start();
        if after.is_empty() {
            return Some(key);
        }
        let next = [", and ", ",", ";", "/", "&", "+", "and "]
            .iter()
            .find_map(|joint| after.strip_prefix(joint));
        match next.map(str::trim_start) {
            Some(next) if lone_letter(next).is_some() => rest = next,
            _ => {
                // "A: wrong" denies it, and "A-C" is a range.
                let said = after.trim_start_matches(|c: char| JOINTS.contains(&c));
                if denies(said) || is_range(after) {
                    return None;
                }
                let explained = after.starts_with(['-', '–', '—', '.', ':', '('])
                    || ["because ", "since ", "as "]
                        .iter()
                        .any(|word| after.starts_with(word))
                    || (judges(after) && calls_right(after));
                // In lower case it is as likely an article.
                let certain = claim.starts_with(|c: char| c.is_ascii_uppercase() || c == '(');
                return (explained && certain).then_some(key);
            }
        }
    }
}

/// Whether what follows a letter is the other end of a range: `-C`, `– C`.
fn is_range(after: &str) -> bool {
    let Some(rest) = after.strip_prefix(['-', '–', '—']) else {
        return false;
    };
    let end = lone_letter(rest.trim_start());
    // "B - A queue would delete them" explains.
    end.is_some_and(|(_, behind)| rest.starts_with(|c: char| c != ' ') || behind.trim().is_empty())
}

/// "wrong, since"; but "not C" only says it of another.
fn denies(text: &str) -> bool {
    let of_another = words(text).next().is_some_and(|first| first == "not")
        && words(text).nth(1).is_some_and(|second| second.len() == 1);
    !judges(text) && !of_another && calls_wrong(text)
}

fn lone_letter(text: &str) -> Option<(usize, &str)> {
    let mut characters = text.strip_prefix('(').unwrap_or(text).chars();
    let letter = letter_index(characters.next()?)?;
    let rest = characters.as_str();
    let rest = rest.strip_prefix(')').unwrap_or(rest);
    match rest.chars().next() {
        Some(next) if next.is_alphanumeric() => None,
        _ => Some((letter, rest)),
    }
}

/// The words of a text in lower case.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Whether a text begins as a judgement: "is better", "seems right".
fn judges(text: &str) -> bool {
    const VERBS: [&str; 13] = [
        "is", "isn't", "are", "aren't", "would", "could", "might", "may", "seems", "looks",
        "sounds", "appears", "feels",
    ];
    words(text)
        .next()
        .is_some_and(|first| VERBS.contains(&first.as_str()))
}

/// Whether a text judges, and well; "would be right if" does not.
pub fn calls_right(text: &str) -> bool {
    const RIGHT: [&str; 8] = [
        "better",
        "best",
        "correct",
        "right",
        "preferable",
        "preferred",
        "stronger",
        "good",
    ];
    const HEDGES: [&str; 6] = ["would", "could", "might", "seems", "looks", "sounds"];
    const LESSENS: [&str; 7] = [
        "less", "hardly", "never", "rarely", "almost", "nearly", "partly",
    ];
    if calls_wrong(text) {
        return false;
    }
    let said: Vec<String> = words(text).collect();
    let is = |at: usize, list: &[&str]| said.get(at).is_some_and(|it| list.contains(&it.as_str()));
    let right = (0..said.len()).find(|at| {
        let lessened = *at > 0 && is(at - 1, &LESSENS);
        is(*at, &RIGHT) && !lessened
    });
    right.is_some_and(|right| {
        let hedged = (0..right).any(|at| is(at, &HEDGES));
        let bound = is(right + 1, &["if", "unless"])
            || (is(right + 1, &["only"]) && is(right + 2, &["if", "for", "when"]));
        !hedged && !bound
    })
}

/// How much of a line is looked at for another option: what comes later is no judgement any more.
const MOST_CHARS: usize = 1_000;

/// Whether a text about one option calls another one right: "is good, but Option B is better".
fn calls_another_right(option: usize, text: &str) -> bool {
    let end = text
        .char_indices()
        .nth(MOST_CHARS)
        .map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    text.char_indices()
        .filter(|(at, _)| *at == 0 || !text[..*at].ends_with(char::is_alphanumeric))
        .filter_map(|(at, _)| option_label(&text[at..]))
        .any(|(other, rest)| {
            let rest = rest.trim_start();
            let end = rest.find(['.', ';']).unwrap_or(rest.len());
            other != option && judges(rest) && calls_right(&rest[..end])
        })
}

/// "is wrong", or "wrong" at once: a restated option may well have the word further on.
pub fn calls_wrong(text: &str) -> bool {
    const WRONG: [&str; 8] = [
        "wrong",
        "incorrect",
        "worse",
        "not",
        "false",
        "weaker",
        "isn't",
        "aren't",
    ];
    let reach = if judges(text) { usize::MAX } else { 1 };
    words(text)
        .take(reach)
        .any(|word| WRONG.contains(&word.as_str()))
}

/// A line without the letter that it begins with.
pub fn without_letter(text: &str) -> &str {
    option_letter(text)
        .or_else(|| loose_letter(text))
        .or_else(|| option_label(text))
        .or_else(|| lone_letter(text))
        .map_or(text, |(_, rest)| rest.trim_start_matches(JOINTS))
}
