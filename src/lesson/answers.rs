//! The key in an answer's text. A letter counts first, then phrases that each fit exactly one option; what is not
//! certain is no key: better a question that the learner compares than one that is graded wrongly.

use super::document::{Block, Inline, plain};
use super::marks::{letter_index, loose_letter, option_label, option_letter};
use super::phrases::Options;

/// The indices of the right options, ascending; `None` if the answer does not say them for certain.
pub fn key(answer: &[Block], options: &[String]) -> Option<Vec<usize>> {
    let options = Options::new(options);
    let lines = lines(answer);
    let mut key = match labelled_claim(&lines) {
        // Said so plainly, it is this or nothing.
        Some((index, claim)) => labelled_key(claim, &lines[index + 1..], &options)?,
        None => ticked_items(answer, &options)
            .or_else(|| verdicts(&lines, &options))
            .or_else(|| bold_letters(&lines, &options))
            .or_else(|| bold_phrase(&lines, &options))
            .or_else(|| first_line(&lines, &options))?,
    };
    key.sort_unstable();
    key.dedup();
    let known = key.iter().all(|&option| option < options.len());
    (known && !key.is_empty()).then_some(key)
}

/// What is unclear about an answer that has no key, for its author.
pub fn doubt(answer: &[Block], options: &[String]) -> Option<String> {
    let options = Options::new(options);
    let lines = lines(answer);
    let claim = match labelled_claim(&lines) {
        Some((_, claim)) => claim.to_owned(),
        None => lines.first()?.bold.clone()?,
    };
    let phrases = claim
        .split([',', ';'])
        .map(str::trim)
        .filter(|phrase| !phrase.is_empty());
    let unclear = phrases
        .map(|phrase| (phrase, options.fits(phrase)))
        .find(|(phrase, fits)| *fits != 1 && letters(phrase, &options).is_none());
    let (phrase, fits) = unclear?;
    let phrase: String = phrase.chars().take(60).collect();
    Some(match fits {
        0 => format!("the answer says \"{phrase}\", which is no option"),
        _ => format!("the answer says \"{phrase}\", which could be {fits} of the options"),
    })
}

/// Whether a line opens an answer that is not hidden: `**Answer**: B`, `Correct: A, C`, `Explanation: ...`.
pub fn opens(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let begins = |words: &str| {
        let start = line.get(..words.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(words))
    };
    if begins("explanation:")
        || begins("rationale:")
        || begins("the correct answer")
        || begins("correct answer")
    {
        return true;
    }
    let colon = line.find(':').filter(|at| *at < 40);
    colon.is_some_and(|at| after_label(&line[..=at]).is_some())
}

/// Whether a heading stands above an answer: `#### Answer`, `#### Model answer`.
pub fn is_heading_of_answer(heading: &str) -> bool {
    let heading = heading.trim().trim_end_matches(':');
    opens(&format!("{heading}:"))
}

/// A line of the answer.
struct Line {
    text: String,
    /// The bold text that it begins with.
    bold: Option<String>,
    is_item: bool,
    task: Option<bool>,
}

fn lines(answer: &[Block]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for block in answer {
        match block {
            Block::Paragraph(text) => {
                let parts = text.split(|inline| *inline == Inline::LineBreak);
                lines.extend(parts.map(|part| line(part, false)));
            }
            Block::Heading { text, .. } => lines.push(line(text, false)),
            Block::Quote(blocks) => lines.extend(self::lines(blocks)),
            Block::List { items, .. } => {
                for item in items {
                    if let Some(Block::Paragraph(text)) = item.blocks.first() {
                        lines.push(Line {
                            task: item.task,
                            ..line(text, true)
                        });
                    }
                }
            }
            _ => {}
        }
    }
    lines.retain(|line| !line.text.is_empty());
    lines
}

fn line(inlines: &[Inline], is_item: bool) -> Line {
    Line {
        text: plain(inlines).trim().to_owned(),
        bold: match inlines.first() {
            Some(Inline::Strong(text)) => Some(plain(text).trim().to_owned()),
            _ => None,
        },
        is_item,
        task: None,
    }
}

/// The first line like `Correct answers: B, D`: its index, and what it says behind the label.
fn labelled_claim(lines: &[Line]) -> Option<(usize, &str)> {
    let mut claims = lines.iter().map(claim);
    let index = claims.position(|claim| claim.is_some())?;
    Some((index, claim(&lines[index])?))
}

/// Items that are ticked in a task list of all options, `- [x] B) ...`.
fn ticked_items(answer: &[Block], options: &Options) -> Option<Vec<usize>> {
    let mut key = Vec::new();
    let mut ticked = 0;
    let mut items = 0;
    for block in answer {
        let Block::List { items: list, .. } = block else {
            continue;
        };
        for item in list.iter().filter(|item| item.task.is_some()) {
            let at = items;
            items += 1;
            if item.task != Some(true) {
                continue;
            }
            ticked += 1;
            let Some(Block::Paragraph(text)) = item.blocks.first() else {
                return None;
            };
            let text = plain(text);
            let option = match letters(&text, options).as_deref() {
                Some([option]) => Some(*option),
                _ => options.fitting(&text),
            };
            key.push((at, option));
        }
    }
    // Repeated whole, their order says it too.
    let whole = items == options.len();
    let key = key.into_iter().map(|(at, option)| match option {
        Some(option) => Some(option),
        None => whole.then_some(at),
    });
    let key: Option<Vec<usize>> = key.collect();
    key.filter(|_| ticked > 0)
}

/// What is said of each option in turn: `A) Incorrect: ...`, `✅ B) ...`, `- **C**: Correct. ...`
fn verdicts(lines: &[Line], options: &Options) -> Option<Vec<usize>> {
    const RIGHT: [&str; 6] = ["correct", "right", "true", "yes", "✅", "✔"];
    const WRONG: [&str; 8] = ["incorrect", "wrong", "false", "no", "not", "❌", "✗", "✘"];
    let marks = ['✅', '✔', '✓', '☑', '❌', '✗', '✘', '✖'];
    let right_marks = ['✅', '✔', '✓', '☑'];
    let mut key = Vec::new();
    let mut judged = 0;
    for line in lines {
        let text = line.text.trim();
        let before = text.chars().next().filter(|c| marks.contains(c));
        let bare =
            text.trim_start_matches(|c: char| marks.contains(&c) || c == '\u{fe0f}' || c == ' ');
        let named = option_letter(bare)
            .or_else(|| option_label(bare))
            .or_else(|| loose_letter(bare));
        let (option, rest) = match named {
            Some((option, rest)) if option < options.len() => (option, rest),
            // A marked line may repeat its option instead.
            _ => match before {
                Some(_) => (options.fitting(bare)?, ""),
                None => continue,
            },
        };
        let rest = rest.trim_start_matches(|c: char| JOINTS.contains(&c));
        let after = rest.chars().next().filter(|c| marks.contains(c));
        let last = rest.chars().next_back().filter(|c| marks.contains(c));
        let first_word = words(rest).next().unwrap_or_default();
        let verdict = match before.or(after).or(last) {
            Some(mark) => Some(right_marks.contains(&mark)),
            None if WRONG.contains(&first_word.as_str()) => Some(false),
            None if RIGHT.contains(&first_word.as_str()) => Some(true),
            None => None,
        };
        let Some(right) = verdict else {
            continue;
        };
        judged += 1;
        if right {
            key.push(option);
        }
    }
    // One alone may be a remark.
    (judged > 1 || (judged == 1 && lines.len() == 1))
        .then_some(key)
        .filter(|key| !key.is_empty())
}

/// A first line that is a letter and nothing else, or a letter and the option's own words.
fn first_line(lines: &[Line], options: &Options) -> Option<Vec<usize>> {
    let text = &lines.first()?.text;
    if let Some((option, rest)) = option_letter(text) {
        let restates = rest.is_empty() || options.fitting(rest) == Some(option);
        return restates.then(|| vec![option]);
    }
    if let Some((_, rest)) = option_label(text) {
        return (rest.is_empty() || calls_right(rest))
            .then(|| letters(text, options))
            .flatten();
    }
    bare_letters(text).or_else(|| {
        let is_number = text.chars().all(|c| c.is_ascii_digit());
        is_number.then(|| numbers(text, options)).flatten()
    })
}

/// What a line says behind its label: `**Answer: B** because` says no more than its bold part.
fn claim(line: &Line) -> Option<&str> {
    let bold = line.bold.as_deref().and_then(after_label);
    bold.filter(|claim| !claim.is_empty())
        .or_else(|| after_label(&line.text))
}

/// What a labelled claim says; if that is nothing, the list below it.
fn labelled_key(claim: &str, below: &[Line], options: &Options) -> Option<Vec<usize>> {
    if !claim.is_empty() {
        return letters(claim, options)
            .or_else(|| options.fitting_list(claim))
            .or_else(|| numbers(claim, options))
            .or_else(|| all(claim, options));
    }
    // A task list may repeat the question, with its right options ticked.
    if below.iter().any(|line| line.task == Some(true)) {
        let ticked = below.iter().filter(|line| line.task == Some(true));
        let found = ticked.map(|line| match letters(&line.text, options).as_deref() {
            Some([option]) => Some(*option),
            _ => options.fitting(&line.text),
        });
        return found.collect();
    }
    if let Some(first) = below.first().filter(|line| !line.is_item) {
        return letters(&first.text, options).or_else(|| options.fitting_list(&first.text));
    }
    let mut key = Vec::new();
    for item in below.iter().take_while(|line| line.is_item) {
        match letters(&item.text, options) {
            Some(letters) => key.extend(letters),
            None => key.push(options.fitting(&item.text)?),
        }
    }
    Some(key)
}

/// `2`, `1, 3 and 5`: options by their place, where none is a number itself.
fn numbers(claim: &str, options: &Options) -> Option<Vec<usize>> {
    let sentence = claim.split(". ").next()?.trim_end_matches('.');
    let sentence = sentence
        .to_lowercase()
        .replace(" and ", ",")
        .replace("option ", "")
        .replace("options ", "");
    let head = sentence.split([')', ':', '–', '—']).next()?;
    let parts = head.split([',', '&', ';', '/']).map(str::trim);
    let places: Option<Vec<usize>> = parts
        .filter(|part| !part.is_empty())
        .map(|part| part.parse::<usize>().ok()?.checked_sub(1))
        .collect();
    places.filter(|places| !places.is_empty() && !options.any_is_a_number())
}

/// `All of them`, where no option says so itself.
fn all(claim: &str, options: &Options) -> Option<Vec<usize>> {
    let claim = claim
        .split(". ")
        .next()?
        .trim_end_matches(['.', '!'])
        .to_lowercase();
    let all = [
        "all",
        "all of them",
        "all of the above",
        "all options",
        "all of these",
    ];
    all.contains(&claim.as_str())
        .then(|| (0..options.len()).collect())
}

/// What follows `Answer:`, `Correct answers:`, `The correct answer is` and their like.
fn after_label(line: &str) -> Option<&str> {
    const WORDS: [&str; 27] = [
        "ans",
        "sample",
        "suggested",
        "expected",
        "possible",
        "example",
        "reference",
        "a",
        "s",
        "the",
        "correct",
        "right",
        "best",
        "answer",
        "answers",
        "option",
        "options",
        "choice",
        "choices",
        "solution",
        "is",
        "are",
        "it",
        "so",
        "therefore",
        "model",
        "key",
    ];
    let mut rest = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut names_answer = false;
    loop {
        let end = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let word = rest[..end].to_ascii_lowercase();
        if !WORDS.contains(&word.as_str()) {
            return None;
        }
        names_answer |=
            ["correct", "answer", "answers", "ans", "solution"].contains(&word.as_str());
        let verb = word == "is" || word == "are";
        rest = rest[end..].trim_start_matches([' ', '(', ')', '\'', '’', '/']);
        if let Some(claim) = rest.strip_prefix(':') {
            return names_answer.then(|| claim.trim());
        }
        if verb {
            return names_answer.then_some(rest);
        }
    }
}

/// Lines that begin with a bold letter: `**B) restated**`, `**Option B is better**`, `**B and D**`.
fn bold_letters(lines: &[Line], options: &Options) -> Option<Vec<usize>> {
    let found: Vec<(usize, &Line, Vec<usize>)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.bold.is_some())
        .filter(|(_, line)| !denied_behind_bold(line))
        .filter_map(|(index, line)| Some((index, line, letters(&line.text, options)?)))
        .collect();
    let (first, _, key) = found.first()?;
    if found.len() == 1 {
        return Some(key.clone());
    }
    // Several may be a discussion of each. They are a key only if wholly bold, one under the other, and not all.
    let in_a_run = found.iter().enumerate().all(|(offset, (index, line, _))| {
        *index == first + offset && line.bold.as_ref() == Some(&line.text)
    });
    let key: Vec<usize> = found.iter().flat_map(|(_, _, key)| key.clone()).collect();
    (in_a_run && key.len() < options.len()).then_some(key)
}

/// Whether a line takes back what it begins with in bold: `**A) one** is wrong`.
fn denied_behind_bold(line: &Line) -> bool {
    let bold = line.bold.as_deref().unwrap_or_default();
    let rest = line.text.strip_prefix(bold).unwrap_or_default();
    calls_wrong(rest.trim_start_matches(|c: char| JOINTS.contains(&c)))
}

/// A first line that is wholly bold and restates one option, or whose bold beginning does so word for word.
fn bold_phrase(lines: &[Line], options: &Options) -> Option<Vec<usize>> {
    let first = lines.first()?;
    let bold = first.bold.as_ref().filter(|_| !denied_behind_bold(first))?;
    if let Some(option) = placed(bold, options) {
        return Some(vec![option]);
    }
    if *bold == first.text {
        return Some(vec![options.fitting(bold)?]);
    }
    let rest = first.text.strip_prefix(bold.as_str())?.trim_start();
    // Where another option begins a line as well, each is discussed in turn.
    let repeats = |line: &&Line| {
        let bold = line.bold.as_deref();
        bold.is_some_and(|bold| options.repeated(bold).is_some())
    };
    let explained = rest.starts_with(['-', '–', '—', ':', ',', '('])
        && lines.iter().filter(repeats).count() == 1;
    let option = options.repeated(bold).filter(|_| explained)?;
    Some(vec![option])
}

/// The option that `2. its own words` names: the number is its place, and the words are not those of another.
fn placed(text: &str, options: &Options) -> Option<usize> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let place: usize = text[..digits].parse().ok()?;
    let words = text[digits..].strip_prefix(['.', ')'])?;
    let option = place.checked_sub(1)?;
    (options.fitting(words) == Some(option)).then_some(option)
}

/// The options that a claim names by letter: `B`, `B, D and E`, `B) restated`, `Option B is better`.
fn letters(claim: &str, options: &Options) -> Option<Vec<usize>> {
    if let Some((option, rest)) = option_label(claim) {
        let joined = rest.trim_start_matches(JOINTS);
        let named = match joined {
            "" => true,
            _ if judges(joined) => calls_right(joined),
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
const JOINTS: [char; 7] = [':', '-', '–', '—', ' ', '.', ')'];

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
        return (!calls_wrong(text) && options.allow(option, text)).then(|| vec![option]);
    }
    parts
        .into_iter()
        .map(|(option, text)| (options.fitting(text) == Some(option)).then_some(option))
        .collect()
}

/// `B`, `B, D`, `B and D`, with nothing but an explanation behind them.
fn bare_letters(claim: &str) -> Option<Vec<usize>> {
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

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Whether a text begins as a judgement: "is better".
fn judges(text: &str) -> bool {
    words(text)
        .next()
        .is_some_and(|first| ["is", "isn't", "would", "are", "aren't"].contains(&first.as_str()))
}

fn calls_right(text: &str) -> bool {
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
    !calls_wrong(text) && words(text).any(|word| RIGHT.contains(&word.as_str()))
}

/// "is wrong", or "wrong" at once: a restated option may well have the word further on.
fn calls_wrong(text: &str) -> bool {
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
