//! The key in an answer's text. A letter counts first, then phrases that each fit exactly one option; what is not
//! certain is no key: better a question that the learner compares than one that is graded wrongly.

mod letters;

use std::collections::BTreeSet;

use super::document::{Block, Inline, plain};
use super::marks::{loose_letter, option_label, option_letter};
use super::phrases::Options;
use letters::{JOINTS, bare_letters, calls_right, calls_wrong, letters, without_letter, words};

/// The indices of the right options, ascending; `None` if the answer does not say them for certain.
pub fn key(answer: &[Block], options: &[String]) -> Option<Vec<usize>> {
    let options = Options::new(options);
    let lines = lines(answer);
    let mut key = match labelled_claim(&lines) {
        // Said so plainly, it is this or nothing.
        Some((index, claim)) => {
            let key = labelled_key(&lines[index], claim, &lines[index + 1..], &options)?;
            if contradicted(&key, &lines[index + 1..], &options) {
                return None;
            }
            key
        }
        None => ticked_items(answer, &options)
            .or_else(|| verdicts(&lines, &options))
            .or_else(|| bold_letters(&lines, &options))
            .or_else(|| bold_phrase(&lines, &options))
            .or_else(|| first_line(&lines, &options))?,
    };
    key.sort_unstable();
    key.dedup();
    let known = key.iter().all(|&option| option < options.len());
    let one_of_two = key.len() > 1 && options.any_combines();
    (known && !key.is_empty() && !one_of_two).then_some(key)
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

/// How many lines below the first claim are looked at for another one.
const MOST_LINES: usize = 200;

/// Whether a further line names other options as the answer: nobody knows which of them counts.
fn contradicted(key: &[usize], below: &[Line], options: &Options) -> bool {
    let key: BTreeSet<usize> = key.iter().copied().collect();
    let mut claims = below
        .iter()
        .take(MOST_LINES)
        .filter_map(|line| Some((line, claim(line).filter(|claim| !claim.is_empty())?)));
    claims.any(|(line, claim)| {
        let other = labelled_key(line, claim, &[], options);
        other.is_some_and(|other| BTreeSet::from_iter(other) != key)
    })
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
        let verdict = match before.or(after).or(last) {
            Some(mark) => Some(right_marks.contains(&mark)),
            None => spoken_verdict(rest, options),
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

/// The verdict that a text begins with. Where an option itself begins with such a word, "No" is as likely that option.
fn spoken_verdict(text: &str, options: &Options) -> Option<bool> {
    const WORDS: [(&str, bool); 4] = [
        ("correct", true),
        ("right", true),
        ("incorrect", false),
        ("wrong", false),
    ];
    // These go on as sentences do, "No records are lost", unless a mark sets them apart.
    const APART: [(&str, bool); 4] = [
        ("true", true),
        ("yes", true),
        ("false", false),
        ("no", false),
    ];
    let mut said = words(text);
    let first = said.next()?;
    let named = |list: &[(&str, bool)], word: &str| {
        let mut list = list.iter();
        list.find(|(known, _)| *known == word)
            .map(|(_, right)| *right)
    };
    let known = |list: &[(&str, bool)]| {
        let option = options.any_begins_with(|word| named(list, word).is_some());
        named(list, &first).filter(|_| !option)
    };
    if first == "not" && !options.any_begins_with(|word| word == "not") {
        let judged = ["correct", "right", "true", "quite", "exactly"];
        return said
            .next()
            .is_some_and(|second| judged.contains(&second.as_str()))
            .then_some(false);
    }
    let behind = text.get(first.len()..).unwrap_or_default();
    let apart = || {
        let next = behind.trim_start().chars().next();
        next.is_none_or(|next| ".,:;!-–—(".contains(next))
    };
    known(&WORDS).or_else(|| known(&APART).filter(|_| apart()))
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
fn labelled_key(
    label: &Line,
    claim: &str,
    below: &[Line],
    options: &Options,
) -> Option<Vec<usize>> {
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
    let mut restated = true;
    for item in below.iter().take_while(|line| line.is_item) {
        let fitting = options.fitting(without_letter(&item.text));
        match letters(&item.text, options) {
            Some(letters) => {
                restated &= fitting.is_none_or(|option| letters == [option])
                    && (fitting.is_some() || without_letter(&item.text).is_empty());
                key.extend(letters);
            }
            None => key.push(options.fitting(&item.text)?),
        }
    }
    // "Answer:" may stand above what is to be said of each option, the wrong ones too.
    let lists_right =
        words(&label.text).any(|word| ["correct", "right", "answers"].contains(&word.as_str()));
    let of_each = key.len() > 1 && (!lists_right || key.len() >= options.len());
    (restated || !of_each).then_some(key)
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
    let places = places.filter(|places| !places.is_empty() && !options.any_is_a_number())?;
    let certain = places
        .iter()
        .all(|place| options.only_its_own(*place, &(place + 1).to_string()));
    certain.then_some(places)
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
        .then(|| match options.saying_all()[..] {
            [] => Some((0..options.len()).collect()),
            [option] => Some(vec![option]),
            _ => None,
        })?
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
    let (first, line, key) = found.first()?;
    if found.len() == 1 {
        // Further down it may be what comes close: there it must be plainly the answer.
        let rest = without_letter(&line.text);
        let plainly = line.bold.as_ref() == Some(&line.text)
            || calls_right(rest)
            || options.fitting(rest).is_some_and(|option| key == &[option]);
        return (*first == 0 || plainly).then(|| key.clone());
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
