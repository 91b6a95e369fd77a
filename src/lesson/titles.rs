//! What headings say: what a section is for, a step's or a question's number, minutes.

use super::document::SectionKind;

/// Words that tell what a section is for. The ones that stand first in a title count, of these the longest.
const KINDS: [(SectionKind, &[&str]); 5] = [
    (
        SectionKind::Checkpoint,
        &[
            "checkpoint",
            "check point",
            "checkpoints",
            "quiz",
            "check your",
            "check yourself",
            "knowledge check",
            "concept check",
            "understanding check",
            "comprehension",
            "quick check",
            "final check",
            "self check",
            "self assessment",
            "self test",
            "test yourself",
            "test your",
            "assessment",
            "review questions",
            "practice questions",
            "test questions",
            "exam",
        ],
    ),
    (
        SectionKind::Discussion,
        &[
            "discussion",
            "discussions",
            "discuss",
            "think about",
            "think it over",
            "reflection",
            "reflections",
            "reflect",
            "talk about",
            "talk it over",
            "food for thought",
            "conversation",
            "debate",
            "ponder",
        ],
    ),
    (
        SectionKind::HandsOn,
        &[
            "hands on",
            "handson",
            "lab",
            "labs",
            "exercise",
            "exercises",
            "workshop",
            "activity",
            "activities",
            "tutorial",
            "walkthrough",
            "try it",
            "build it",
            "your turn",
            "step by step",
        ],
    ),
    (
        SectionKind::Goals,
        &[
            "learning goals",
            "learning goal",
            "learning objectives",
            "learning outcomes",
            "objectives",
            "objective",
            "goals",
            "outcomes",
            "what you will learn",
            "what you ll learn",
            "what you will be able",
            "what you ll be able",
            "you will be able to",
        ],
    ),
    (
        SectionKind::Summary,
        &[
            "summary",
            "wrap up",
            "wrapping up",
            "takeaway",
            "takeaways",
            "recap",
            "conclusion",
            "conclusions",
            "next steps",
            "next modules",
            "what s next",
            "where to go",
            "where to learn",
            "further reading",
            "learn more",
            "resources",
        ],
    ),
];

/// What a section of this title is for.
pub fn kind(title: &str) -> SectionKind {
    let title = spaced(title);
    // A word of its own: "lab" is none in "label", and practice is more than a chapter of theory says.
    match title.trim() {
        "questions" => return SectionKind::Checkpoint,
        title if title.starts_with("practice") => {
            return match title.contains("question") {
                true => SectionKind::Checkpoint,
                false => SectionKind::HandsOn,
            };
        }
        _ => {}
    }
    let found = KINDS.iter().flat_map(|(kind, words)| {
        let title = &title;
        words.iter().filter_map(move |word| {
            let at = title.find(&format!(" {word} "))?;
            Some((at, usize::MAX - word.len(), *kind))
        })
    });
    found
        .min_by_key(|(at, shortness, _)| (*at, *shortness))
        .map_or(SectionKind::Reading, |(_, _, kind)| kind)
}

/// Whether a heading announces the answers of all questions above it.
pub fn announces_answers(title: &str) -> bool {
    let title = spaced(title);
    let words: Vec<&str> = title.split_whitespace().collect();
    let about = [
        "checkpoint",
        "quiz",
        "the",
        "to",
        "questions",
        "question",
        "and",
        "explanations",
        "key",
        "check",
        "correct",
        "model",
        "sample",
        "knowledge",
        "your",
        "understanding",
        "discussion",
    ];
    let names = ["answers", "answer", "solutions", "solution"];
    words.iter().any(|word| names.contains(word))
        && words
            .iter()
            .all(|word| names.contains(word) || about.contains(word) || word.parse::<u32>().is_ok())
}

/// The number of the one question whose answer a heading announces: `Answer 2`, `Solution to question 2`.
pub fn answer(title: &str) -> Option<u32> {
    let spaced = spaced(title);
    let several = [" answers ", " solutions "];
    if !announces_answers(title) || several.iter().any(|word| spaced.contains(word)) {
        return None;
    }
    let mut numbers = spaced
        .split_whitespace()
        .filter_map(|word| word.parse().ok());
    numbers.next().filter(|_| numbers.next().is_none())
}

/// The letters and digits of a title in lower case, a space around each word.
fn spaced(title: &str) -> String {
    let mut out = String::from(" ");
    for c in title.chars().flat_map(char::to_lowercase) {
        match c.is_alphanumeric() {
            true => out.push(c),
            false if !out.ends_with(' ') => out.push(' '),
            false => {}
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Words that number a step of a hands-on section; the first one does so anywhere.
const STEPS: [&str; 8] = [
    "step",
    "exercise",
    "task",
    "part",
    "lab",
    "activity",
    "challenge",
    "stage",
];

/// The number and the title of a step's heading, e.g. `Step 2: Title`; `1. Title` only within hands-on.
pub fn step(heading: &str, hands_on: bool) -> Option<(u32, &str)> {
    let words = if hands_on { &STEPS[..] } else { &STEPS[..1] };
    numbered(heading, words).or_else(|| hands_on.then(|| bare_number(heading)).flatten())
}

/// Whether a heading of any level begins a step by that word.
pub fn is_step(heading: &str) -> bool {
    numbered(heading, &STEPS[..1]).is_some()
}

/// The number and the title of a question's heading: `Question 2: Title`, `Q2. Title`, `2) Title`.
pub fn question(heading: &str) -> Option<(u32, &str)> {
    const WORDS: [&str; 5] = ["question", "q", "problem", "scenario", "quiz"];
    numbered(heading, &WORDS).or_else(|| bare_number(heading))
}

/// The number and the title of a discussion prompt's heading: `Question 2: Title`, `Prompt 2`, `2. Title`.
pub fn prompt(heading: &str) -> Option<(u32, &str)> {
    const WORDS: [&str; 5] = ["question", "prompt", "discussion", "topic", "q"];
    numbered(heading, &WORDS).or_else(|| bare_number(heading))
}

/// As [`question`], but by a word and not by a bare number.
pub fn is_named_question(heading: &str) -> bool {
    numbered(heading, &["question", "q"]).is_some()
}

/// What joins a number to its title.
const JOINTS: [char; 9] = [':', '.', ')', '-', '–', '—', ' ', '|', ']'];

/// The number and title of `Step 2: Title`, `Question #2 - Title`, `Step 2/5`, `Question Two`.
fn numbered<'a>(heading: &'a str, words: &[&str]) -> Option<(u32, &'a str)> {
    let heading = heading
        .trim()
        .trim_start_matches(|c: char| !c.is_alphanumeric());
    let rest = words.iter().find_map(|word| {
        let (first, rest) = heading.split_at_checked(word.len())?;
        first.eq_ignore_ascii_case(word).then_some(rest)
    })?;
    let parted = rest.trim_start_matches([' ', '#', '№', '.', '-']);
    let (number, rest) = match number(parted) {
        Some(found) => found,
        // A number in words must be a word of its own.
        None if parted.len() < rest.len() => spelled(parted)?,
        None => return None,
    };
    Some((number, titled(heading, rest)))
}

/// The number and title of `2. Title`, `2) Title`, `#2 Title`.
fn bare_number(heading: &str) -> Option<(u32, &str)> {
    let heading = heading.trim();
    let marked = heading.starts_with('#');
    let (number, rest) = number(heading.trim_start_matches('#'))?;
    let joined =
        rest.starts_with(['.', ')', ':']) || rest.trim_start().starts_with(['-', '–', '—']);
    let apart = rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    (rest.is_empty() || ((joined || marked) && !apart)).then(|| (number, titled(heading, rest)))
}

/// The number that a text begins with, and what follows it; `1a` and `1.2` are numbers too.
fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = text[..digits].parse().ok()?;
    let mut rest = &text[digits..];
    if let Some(after) = rest.strip_prefix('.')
        && after.starts_with(|c: char| c.is_ascii_digit())
    {
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let mut after = rest.chars();
    if after.next().is_some_and(|c| c.is_ascii_lowercase())
        && after.next().is_none_or(|c| !c.is_alphanumeric())
    {
        rest = &rest[1..];
    }
    (!rest.starts_with(|c: char| c.is_alphanumeric())).then_some((number, rest))
}

fn spelled(text: &str) -> Option<(u32, &str)> {
    const WORDS: [&str; 10] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    let end = text
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(text.len());
    let word = text[..end].to_lowercase();
    let index = WORDS.iter().position(|known| *known == word)?;
    Some((u32::try_from(index).ok()? + 1, &text[end..]))
}

/// The title behind a number; the whole heading where nothing is left.
fn titled<'a>(heading: &'a str, rest: &'a str) -> &'a str {
    let rest = rest.trim_start();
    // "of 5", "/5"
    let of = rest.strip_prefix("of ").or_else(|| rest.strip_prefix('/'));
    let rest = match of.and_then(|of| number(of.trim_start())) {
        Some((_, rest)) => rest,
        None => rest,
    };
    let title = rest.trim_start_matches(JOINTS).trim();
    if title.is_empty() { heading } else { title }
}

/// A section's heading without the time at its end, and the minutes that this means.
pub fn without_minutes(heading: &str) -> (String, Option<u32>) {
    let heading = heading.trim();
    let whole = || (heading.to_owned(), None);
    for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
        let Some((title, inside)) = heading
            .strip_suffix(close)
            .and_then(|rest| rest.rsplit_once(open))
        else {
            continue;
        };
        return match minutes(inside) {
            Some(minutes) if is_only_time(inside) => (title.trim().to_owned(), Some(minutes)),
            // Whatever else is said there stays.
            minutes => (heading.to_owned(), minutes),
        };
    }
    let joints = [
        " - ", " – ", " — ", " · ", " | ", ": ", ", ", "⏱", "⏲", "⏰", "🕐", "⌛",
    ];
    let last = joints
        .iter()
        .filter_map(|joint| Some((heading.rfind(joint)?, joint.len())))
        .max();
    let Some((at, length)) = last else {
        return whole();
    };
    let time = &heading[at + length..];
    match minutes(time) {
        Some(minutes) if is_only_time(time) && at > 0 => {
            let title = heading[..at].trim_end_matches(|c: char| " -–—·|:,".contains(c));
            (title.to_owned(), Some(minutes))
        }
        _ => whole(),
    }
}

/// Whether a text says nothing but a time.
fn is_only_time(text: &str) -> bool {
    const WORDS: [&str; 26] = [
        "m",
        "min",
        "mins",
        "minute",
        "minutes",
        "h",
        "hr",
        "hrs",
        "hour",
        "hours",
        "and",
        "about",
        "around",
        "approx",
        "approximately",
        "ca",
        "circa",
        "est",
        "estimated",
        "time",
        "total",
        "duration",
        "to",
        "up",
        "max",
        "roughly",
    ];
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphabetic());
    words.all(|word| word.is_empty() || WORDS.contains(&word))
}

/// The minutes that `45 minutes`, `~10 min` or `1.5 hours` mean.
pub fn minutes(time: &str) -> Option<u32> {
    let mut sum: Option<f64> = None;
    let mut rest = time;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = &rest[start..];
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number: Option<f64> = rest[..end].trim_end_matches('.').parse().ok();
        rest = rest[end..].trim_start_matches([' ', '-', '\u{a0}']);
        let unit: String = rest
            .chars()
            .take_while(|c| c.is_alphabetic())
            .flat_map(char::to_lowercase)
            .collect();
        let factor = match unit.as_str() {
            "m" | "min" | "mins" | "minute" | "minutes" => 1.0,
            "h" | "hr" | "hrs" | "hour" | "hours" => 60.0,
            "" if rest.starts_with(['\'', '′']) => 1.0,
            _ => continue,
        };
        sum = number.map(|number| sum.unwrap_or(0.0) + number * factor);
    }
    // A cast saturates: minutes beyond the type stay at its end.
    sum.map(|minutes| minutes.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_read_as_people_write_them() {
        let check = |time: &str, expected| assert_eq!(minutes(time), expected, "{time:?}");
        check("45 minutes", Some(45));
        check("~10 min", Some(10));
        check("1.5 hours", Some(90));
        check("1h 30m", Some(90));
        check("2-3 hours", Some(180));
        check("45-minute", Some(45));
        check("optional", None);
        check("part 2", None);
        check("99999999999999 h", Some(u32::MAX));
    }

    #[test]
    fn a_number_is_set_apart_by_marks_and_not_by_whatever_follows_it() {
        let check = |heading, number: Option<u32>| {
            assert_eq!(
                bare_number(heading).map(|(number, _)| number),
                number,
                "{heading:?}"
            );
        };
        check("2. Title", Some(2));
        check("#2 Title", Some(2));
        check("1.2 Title", None);
        check("3\u{1f574} Title", None);
        check("#3\u{1f574} Title", Some(3));
    }

    #[test]
    fn only_minutes_are_taken_off_a_heading() {
        let check = |heading: &str, title: &str, minutes| {
            assert_eq!(without_minutes(heading), (title.to_owned(), minutes));
        };
        check("Core Concepts (10 min)", "Core Concepts", Some(10));
        check("Core Concepts (~10 minutes)", "Core Concepts", Some(10));
        check("Core Concepts [10 min]", "Core Concepts", Some(10));
        check("Core Concepts - 10 min", "Core Concepts", Some(10));
        check("Core Concepts — 10 minutes", "Core Concepts", Some(10));
        check("Core Concepts ⏱ 10 min", "Core Concepts", Some(10));
        check("Core Concepts ⏱\u{fe0f} 10 min", "Core Concepts", Some(10));
        check(
            "Hands-On: First Stream (20 min)",
            "Hands-On: First Stream",
            Some(20),
        );
        check("Lab: Two Streams: 20 min", "Lab: Two Streams", Some(20));
        check("Concepts (10')", "Concepts", Some(10));
        check("Lab (optional, 10 min)", "Lab (optional, 10 min)", Some(10));
        check("Cleanup (optional)", "Cleanup (optional)", None);
        check("Wait - 10 minutes later", "Wait - 10 minutes later", None);
        check("Plain", "Plain", None);
    }

    #[test]
    fn a_section_s_title_says_what_it_is_for() {
        use SectionKind::{Checkpoint, Discussion, Goals, HandsOn, Reading, Summary};
        let check = |title: &str, expected| assert_eq!(kind(title), expected, "{title}");
        check("Check Your Understanding", Checkpoint);
        check("Knowledge Check", Checkpoint);
        check("Quiz: Streams", Checkpoint);
        check("📝 Checkpoint", Checkpoint);
        check("Questions", Checkpoint);
        check("Practice Questions", Checkpoint);
        check("Lab 2", HandsOn);
        check("Hands-on Exercise", HandsOn);
        check("Hands-On Lab: Discuss Later", HandsOn);
        check("Exercises", HandsOn);
        check("Practice", HandsOn);
        check("Think About It", Discussion);
        check("Discussion Questions", Discussion);
        check("What You'll Learn", Goals);
        check("Objectives", Goals);
        check("Key Takeaways", Summary);
        check("What's Next?", Summary);
        check("Labels and Exams-like words", Reading);
        check("Streams in Practice", Reading);
        check("Core Concepts", Reading);
    }

    #[test]
    fn steps_and_questions_are_numbered_in_every_spelling() {
        let check =
            |heading: &str, expected| assert_eq!(step(heading, true), expected, "{heading}");
        check("Step 1: Title", Some((1, "Title")));
        check("Step 1 - Title", Some((1, "Title")));
        check("STEP 2 — Title", Some((2, "Title")));
        check("Step 1/5: Title", Some((1, "Title")));
        check("🔧 Step 3: Title", Some((3, "Title")));
        check("Step Two: Title", Some((2, "Title")));
        check("1. Title", Some((1, "Title")));
        check("2) Title", Some((2, "Title")));
        check("Exercise 1: Title", Some((1, "Title")));
        check("Step 1.2: Title", Some((1, "Title")));
        check("Step 1a. Title", Some((1, "Title")));
        check("Step 1", Some((1, "Step 1")));
        check("Stepping 1", None);
        check("Cleanup", None);
        check("3 shards", None);
        check("2.5 seconds", None);
        assert_eq!(step("1. Title", false), None);
        let check = |heading: &str, expected| assert_eq!(question(heading), expected, "{heading}");
        check("Question 1: Title", Some((1, "Title")));
        check("Q1. Title", Some((1, "Title")));
        check("Q 1) Title", Some((1, "Title")));
        check("Question 1 of 3: Title", Some((1, "Title")));
        check("Question #2", Some((2, "Question #2")));
        check("3. Title", Some((3, "Title")));
        check("Quick words", None);
        check("Questions 1", None);
    }

    #[test]
    fn answers_of_all_questions_are_announced() {
        for title in [
            "Answers",
            "Answer Key",
            "Checkpoint Answers",
            "Quiz Solutions",
        ] {
            assert!(announces_answers(title), "{title}");
        }
        for title in ["Answering late", "Request and answer", "Solution design"] {
            assert!(!announces_answers(title), "{title}");
        }
    }
}
