//! The card of a prediction as rows: the question, what was said, and once it was seen, what is so and why.
//!
//! All forms of all cards of a page take the same number of rows, so that nothing below moves while somebody reads.

use super::predictions::{Evidence, Outlook, Standing};
use super::rows::{Meant, Part, Piece, Row, cells, piece, wrapped};
use crate::app::quiz::option_letter;
use crate::lesson::step_settings::PredictionSettings;

/// The cells of the bar at the left of a card, and of the air at its right.
const BAR: usize = 2;

/// The space between options that stand in one row.
const APART: usize = 4;

/// What stands beside the option that was chosen.
const YOURS: &str = "◂ you";

/// What a card tells.
pub(super) struct Card<'a> {
    /// The prediction.
    pub settings: &'a PredictionSettings,
    /// Its place among those of the page, and how many they are.
    pub place: (usize, usize),
    /// Where it stands.
    pub standing: Standing,
    /// What the stream showed.
    pub evidence: Option<&'a Evidence>,
    /// Whether another card of the page waits.
    pub more: bool,
}

/// The rows of a card at a width, padded to a height.
pub(super) fn rows(card: &Card<'_>, width: usize, height: usize) -> Vec<Row> {
    let inner = width.saturating_sub(2 * BAR).max(1);
    let mut lines = match card.standing.outlook {
        Outlook::Due => due(card, inner),
        Outlook::Waiting => waiting(card, inner),
        Outlook::Seen => seen(card, inner),
    };
    let foot = foot(card);
    let room = height.saturating_sub(1);
    while lines.len() < room {
        lines.push(Line::default());
    }
    lines.push(Line::words(foot));
    let head = |line: Line, row: usize| {
        let mut left = vec![piece("▎ ", Meant::Accent)];
        left.extend(line.left);
        Row::new(Part::Card(line.option, row), left).beside(line.right)
    };
    lines
        .into_iter()
        .enumerate()
        .map(|(row, line)| head(line, row))
        .collect()
}

/// How many rows a card needs at a width, whatever becomes of it.
pub(super) fn height(settings: &PredictionSettings, width: usize) -> usize {
    let inner = width.saturating_sub(2 * BAR).max(1);
    let longest = |which: fn(&str) -> usize| {
        let options = settings.options.iter().enumerate();
        options
            .max_by_key(|(_, words)| which(words))
            .map_or(0, |(index, _)| index)
    };
    let sample = Evidence::widest(&settings.when);
    let card = |outlook, chosen| Card {
        settings,
        place: (0, 1),
        standing: Standing { outlook, chosen },
        evidence: Some(&sample),
        more: true,
    };
    let forms = [
        due(&card(Outlook::Due, None), inner),
        waiting(&card(Outlook::Waiting, None), inner),
        seen(&card(Outlook::Seen, Some(longest(str::len))), inner),
        seen(&card(Outlook::Seen, None), inner),
    ];
    forms.iter().map(Vec::len).max().unwrap_or(0) + 1
}

/// A line of a card, before its bar is drawn.
#[derive(Default)]
struct Line {
    left: Vec<Piece>,
    right: Vec<Piece>,
    option: bool,
}

impl Line {
    fn words(left: Vec<Piece>) -> Self {
        Self {
            left,
            ..Self::default()
        }
    }
}

fn plain(text: &str, width: usize, meant: Meant) -> impl Iterator<Item = Line> {
    let lines = wrapped(text, width).into_iter();
    lines.map(move |line| Line::words(vec![piece(line, meant)]))
}

/// The head of a card: what it is, a few words, and which one of the page it is.
fn head(card: &Card<'_>, title: &str, words: &str) -> Line {
    let (index, of) = card.place;
    let mut left = vec![piece(title, Meant::Accent)];
    if !words.is_empty() {
        left.push(piece(format!("  {words}"), Meant::Plain));
    }
    let right = match of {
        0 | 1 => Vec::new(),
        of => vec![piece(format!("{} of {of}", index + 1), Meant::Plain)],
    };
    Line {
        left,
        right,
        option: false,
    }
}

fn due(card: &Card<'_>, width: usize) -> Vec<Line> {
    let mut lines = vec![head(card, "Predict", "before you act")];
    lines.extend(plain(&card.settings.ask, width, Meant::Strong));
    lines.push(Line::default());
    lines.extend(options(card, width));
    lines
}

fn waiting(card: &Card<'_>, width: usize) -> Vec<Line> {
    let mut lines = vec![match card.standing.chosen {
        Some(_) => head(card, "Predicted", "now see whether it is so"),
        None => head(card, "Not predicted", "now see what is so"),
    }];
    lines.extend(plain(&card.settings.ask, width, Meant::Plain));
    lines.push(Line::default());
    lines.extend(options(card, width));
    lines
}

/// The options: side by side where all of them fit a row, else one under the other.
fn options(card: &Card<'_>, width: usize) -> Vec<Line> {
    let open = card.standing.outlook == Outlook::Due;
    let chosen = card.standing.chosen;
    let pieces = |index: usize, words: &str| {
        let letter = option_letter(index).to_string();
        let meant = |open_one| match chosen == Some(index) {
            true => Meant::Strong,
            false if open => open_one,
            false => Meant::Plain,
        };
        vec![
            piece(letter, meant(Meant::Key)),
            piece("  ", Meant::Plain),
            piece(words, meant(Meant::Plain)),
        ]
    };
    let all = card.settings.options.iter().enumerate();
    let wide: usize = all.clone().map(|(_, words)| cells(words) + 3 + APART).sum();
    let yours = chosen.map(|index| format!("you said {}", option_letter(index)));
    let beside = YOURS.len() + APART;
    if wide + beside <= width + APART {
        let mut left = Vec::new();
        for (index, words) in all {
            if index > 0 {
                left.push(piece(" ".repeat(APART), Meant::Plain));
            }
            left.extend(pieces(index, words));
        }
        let right = yours.map(|words| piece(words, Meant::Strong));
        return vec![Line {
            left,
            right: right.into_iter().collect(),
            option: true,
        }];
    }
    let mut lines = Vec::new();
    for (index, words) in all {
        let texts = wrapped(words, width.saturating_sub(3 + beside).max(1));
        for (row, text) in texts.iter().enumerate() {
            let mut line = Line {
                option: true,
                ..Line::default()
            };
            line.left = pieces(index, text);
            if row > 0 {
                line.left[0] = piece(" ", Meant::Plain);
            } else if chosen == Some(index) {
                line.right = vec![piece(YOURS, Meant::Strong)];
            }
            lines.push(line);
        }
    }
    lines
}

/// What was said beside what is so, why, and what the stream showed.
fn seen(card: &Card<'_>, width: usize) -> Vec<Line> {
    let settings = card.settings;
    let answer = settings.answer();
    let named = |index: usize| {
        let words = settings.options.get(index).map_or("", String::as_str);
        format!("{} · {words}", option_letter(index))
    };
    let is = answer.map_or_else(|| settings.answer.clone(), named);
    let (mark, meant, said) = match card.standing.chosen {
        Some(chosen) if Some(chosen) == answer => {
            ("✓ ", Meant::Done, format!("You said {is}, and so it is."))
        }
        Some(chosen) => {
            let words = format!("You said {} — it is {is}.", named(chosen));
            ("✗ ", Meant::Wrong, words)
        }
        None => (
            "  ",
            Meant::Plain,
            format!("Seen without a prediction: it is {is}."),
        ),
    };
    let mut lines = vec![head(card, "Seen", "")];
    lines.extend(plain(&settings.ask, width, Meant::Plain));
    lines.push(Line::default());
    let beside = width.saturating_sub(2).max(1);
    for (row, words) in wrapped(&said, beside).into_iter().enumerate() {
        let mark = if row == 0 { mark } else { "  " };
        lines.push(Line::words(vec![
            piece(mark, meant),
            piece(words, Meant::Strong),
        ]));
    }
    let indented = |words: &str| {
        let lines = wrapped(words, beside).into_iter();
        lines.map(|line| Line::words(vec![piece("  ", Meant::Plain), piece(line, Meant::Plain)]))
    };
    lines.extend(indented(&settings.why));
    if let Some(evidence) = card.evidence {
        lines.extend(indented(&evidence.words()));
    }
    lines
}

/// The keys of a card.
fn foot(card: &Card<'_>) -> Vec<Piece> {
    let key = |key: &str, does: &str| {
        vec![
            piece(key, Meant::Key),
            piece(format!(" {does}"), Meant::Plain),
        ]
    };
    match card.standing.outlook {
        Outlook::Due => {
            let last = card.settings.options.len().saturating_sub(1);
            let mut keys = key(&format!("a-{}", option_letter(last)), "says it");
            keys.push(piece("   ", Meant::Plain));
            keys.extend(key("Esc", "skips it"));
            keys
        }
        Outlook::Seen if card.more => key("Enter", "next prediction"),
        Outlook::Waiting if card.more && card.standing.chosen.is_none() => {
            key("Enter", "next prediction")
        }
        Outlook::Waiting | Outlook::Seen => Vec::new(),
    }
}
