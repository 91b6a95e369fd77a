//! Predictions: asked before the learner acts, settled by what the stream shows, and never in anybody's way.

use chrono::{DateTime, FixedOffset, Offset, Utc};

use super::card::{self, Card};
use super::rows::Row;
use crate::app::model::{Model, Outcome, Tone};
use crate::app::screen::Pane;
use crate::app::steps_pane;
use crate::kinesis::{SequenceNumber, ShardId};
use crate::lesson::step_settings::{Act, PredictionSettings};
use crate::progress::PredictionRecord;
use crate::steps::Deed;

/// Where a prediction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// How far it is.
    pub outlook: Outlook,
    /// What was said, 0 is a.
    pub chosen: Option<usize>,
}

/// How far a prediction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlook {
    /// Nothing was said to it yet.
    Due,
    /// Something was said, or it was skipped; the stream has not shown it yet.
    Waiting,
    /// The stream has shown it.
    Seen,
}

/// What the stream showed: a record that came back, and who saw to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Who, e.g. `you` or `py#1`.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The learner's zone.
    pub zone: FixedOffset,
    /// A record that settles it: its key, its shard and its number, as they came back.
    pub record: Option<(String, ShardId, SequenceNumber)>,
}

impl Evidence {
    /// In a sentence.
    pub(super) fn words(&self) -> String {
        let time = self.at.with_timezone(&self.zone).format("%H:%M:%S");
        let who = match self.by.as_str() {
            "" => String::new(),
            by => format!(" by {by}"),
        };
        match &self.record {
            Some((key, shard, number)) => {
                let key: String = key.chars().take(LONGEST_KEY).collect();
                format!("Seen at {time}{who}: {key} in {shard}, sequence number {number}.")
            }
            None => format!("Seen at {time}{who}."),
        }
    }

    /// As wide as any of this act, to keep room for it.
    pub(super) fn widest(act: &Act) -> Self {
        let record = key_of(act).map(|key| {
            (
                key.to_owned(),
                ShardId::from_index(0),
                "4".repeat(56).as_str().into(),
            )
        });
        Self {
            by: "client#10".into(),
            at: DateTime::UNIX_EPOCH,
            zone: Utc.fix(),
            record,
        }
    }
}

/// The key of the record that an act is about, if it is about one.
fn key_of(act: &Act) -> Option<&str> {
    match act {
        Act::Put(put) => put.key.as_deref(),
        _ => None,
    }
}

/// How many of the newest lines of the producer are looked through for the record of a prediction.
const FAR_BACK: usize = 200;

/// How much of a key stands in a card.
const LONGEST_KEY: usize = 12;

/// The predictions of a page.
pub(super) fn of_page(model: &Model, page: usize) -> &[PredictionSettings] {
    super::settings(model, page).map_or(&[], |step| step.predictions.as_slice())
}

fn record<'m>(model: &'m Model, prediction: &PredictionSettings) -> Option<&'m PredictionRecord> {
    let lesson = model.progress.lessons.get(&model.lesson.key)?;
    lesson.predictions.get(&prediction.ask)
}

pub(super) fn standing(model: &Model, prediction: &PredictionSettings) -> Standing {
    match record(model, prediction) {
        None => Standing {
            outlook: Outlook::Due,
            chosen: None,
        },
        Some(record) => Standing {
            outlook: match record.seen_at {
                Some(_) => Outlook::Seen,
                None => Outlook::Waiting,
            },
            // An option that an edited lesson no longer has was never said.
            chosen: record.chosen.filter(|at| *at < prediction.options.len()),
        },
    }
}

/// The first prediction of the open page that is not settled; else its last one.
pub(super) fn first(model: &Model) -> usize {
    let all = of_page(model, model.lesson.page);
    let open = all
        .iter()
        .position(|it| standing(model, it).outlook != Outlook::Seen);
    open.unwrap_or(all.len().saturating_sub(1))
}

/// The prediction whose card is shown on the open page.
pub(super) fn shown(model: &Model) -> Option<&PredictionSettings> {
    of_page(model, model.lesson.page).get(model.guide.card)
}

/// The place of the next prediction that waits for an answer, after the one shown; none while that one waits itself.
fn next_card(model: &Model) -> Option<usize> {
    let all = of_page(model, model.lesson.page);
    let now = standing(model, all.get(model.guide.card)?);
    let settled =
        now.outlook == Outlook::Seen || (now.outlook == Outlook::Waiting && now.chosen.is_none());
    let count = all.len();
    let others = (1..count).map(|step| (model.guide.card + step) % count);
    let mut open = others.filter(|at| standing(model, &all[*at]).outlook == Outlook::Due);
    settled.then(|| open.next()).flatten()
}

/// The rows of the card of the open page, if it has one.
pub(super) fn rows(model: &Model, width: usize) -> Vec<Row> {
    let all = of_page(model, model.lesson.page);
    let Some(settings) = all.get(model.guide.card) else {
        return Vec::new();
    };
    let height = all.iter().map(|it| card::height(it, width)).max();
    let card = Card {
        settings,
        place: (model.guide.card, all.len()),
        standing: standing(model, settings),
        evidence: model.guide.evidence.get(&settings.ask),
        more: next_card(model).is_some(),
    };
    card::rows(&card, width, height.unwrap_or(0))
}

/// How many options wait for a letter: as long as the card stands on the screen and is not answered.
pub fn options(model: &Model) -> usize {
    let pane = &model.lesson;
    if model.layout.panes[Pane::Lesson.index()].is_none() {
        return 0;
    }
    let due = shown(model).filter(|it| standing(model, it).outlook == Outlook::Due);
    let on_screen = pane.shows_last_option();
    due.filter(|_| on_screen).map_or(0, |it| it.options.len())
}

/// The learner says an option. Whether it is one.
pub(in crate::app) fn predict(model: &mut Model, option: usize) -> bool {
    if option >= options(model) {
        return false;
    }
    keep(model, Some(option));
    let words = "Noted. The outcome will stand here as soon as the stream has shown it.";
    model.say(Tone::Plain, words.into());
    true
}

/// The learner leaves the prediction out.
pub(in crate::app) fn skip(model: &mut Model) {
    if shown(model).is_none_or(|it| standing(model, it).outlook != Outlook::Due) {
        let words = "No prediction waits on this page.";
        return model.say(Tone::Plain, words.into());
    }
    keep(model, None);
    model.say(
        Tone::Plain,
        "Skipped; what is so will stand here once it was seen.".into(),
    );
    next(model);
}

fn keep(model: &mut Model, chosen: Option<usize>) {
    let Some(ask) = shown(model).map(|it| it.ask.clone()) else {
        return;
    };
    let record = PredictionRecord {
        chosen,
        seen_at: None,
    };
    watch(model, ask.clone(), model.lesson.page);
    model.lesson_progress().predictions.insert(ask, record);
}

/// Turns to the next prediction of the page that waits. Says whether there is one.
pub(in crate::app) fn next(model: &mut Model) -> bool {
    match next_card(model) {
        Some(card) => {
            model.guide.card = card;
            true
        }
        None => false,
    }
}

/// From now on what is done settles this prediction.
fn watch(model: &mut Model, ask: String, page: usize) {
    steps_pane::begin(model, &ask);
    model.guide.watched.insert(ask, page);
}

/// From now on what is done settles the predictions of the open page, unless they are watched already or settled.
pub(super) fn watch_all(model: &mut Model) {
    let page = model.lesson.page;
    let open = of_page(model, page).iter().filter(|it| {
        let seen = standing(model, it).outlook == Outlook::Seen;
        !seen && !model.guide.watched.contains_key(&it.ask)
    });
    for ask in open.map(|it| it.ask.clone()).collect::<Vec<_>>() {
        watch(model, ask, page);
    }
}

/// Settles the predictions that the stream has shown.
pub(super) fn settle_all(model: &mut Model, out: &mut Outcome) {
    let find = |(ask, page): (&String, &usize)| {
        let it = of_page(model, *page).iter().find(|it| it.ask == *ask)?;
        let deed = steps_pane::done_since(model, ask, &it.when)?;
        Some((*page, ask.clone(), deed))
    };
    let seen: Vec<_> = model.guide.watched.iter().filter_map(find).collect();
    for (page, ask, deed) in seen {
        settle(model, page, &ask, deed);
        out.changed = true;
    }
    find_records(model);
}

/// The lab showed these acts: who had made up their mind, or skipped it, sees what is so.
pub(super) fn shown_by_lab(model: &mut Model, page: usize, acts: &[Act]) {
    let waits = |it: &&PredictionSettings| {
        acts.contains(&it.when) && standing(model, it).outlook == Outlook::Waiting
    };
    let asks: Vec<String> = of_page(model, page)
        .iter()
        .filter(waits)
        .map(|it| it.ask.clone())
        .collect();
    for ask in asks {
        let deed = Deed {
            by: "lab".into(),
            at: model.now,
        };
        settle(model, page, &ask, deed);
    }
}

/// The stream has shown what a prediction is about.
fn settle(model: &mut Model, page: usize, ask: &str, deed: Deed) {
    steps_pane::end(model, ask);
    model.guide.watched.remove(ask);
    let Some(prediction) = of_page(model, page).iter().find(|it| it.ask == ask) else {
        return;
    };
    let now = standing(model, prediction);
    let wrong = now
        .chosen
        .filter(|chosen| Some(*chosen) != prediction.answer());
    let misconception = wrong
        .and_then(|chosen| prediction.misconceptions.get(chosen))
        .filter(|id| !id.is_empty())
        .cloned();
    let record = PredictionRecord {
        chosen: now.chosen,
        seen_at: Some(deed.at),
    };
    let evidence = Evidence {
        by: deed.by,
        at: deed.at,
        zone: model.zone,
        record: None,
    };
    let lesson = model.lesson_progress();
    lesson.predictions.insert(ask.to_owned(), record);
    lesson.misconceptions.extend(misconception);
    model.guide.evidence.insert(ask.to_owned(), evidence);
    let away = model.layout.panes[Pane::Lesson.index()].is_none() || page != model.lesson.page;
    if now.chosen.is_some() && away {
        model.say_also(Tone::Plain, "Your prediction has its outcome: 1 shows it.");
    }
}

/// The record that settles a prediction about a key: the feed may tell of it before the panel's own answer comes.
fn find_records(model: &mut Model) {
    let lacks = |it: &&PredictionSettings| {
        let evidence = model.guide.evidence.get(&it.ask);
        evidence.is_some_and(|evidence| evidence.record.is_none())
    };
    let mut found = Vec::new();
    for it in of_page(model, model.lesson.page).iter().filter(lacks) {
        let Some(key) = key_of(&it.when) else {
            continue;
        };
        let mut newest = model.producer.log.iter().rev().take(FAR_BACK);
        let record = newest.find_map(|(_, line)| {
            let (shard, number) = line.result.as_ref().ok()?;
            let same = line.key.as_deref() == Some(key);
            same.then(|| (key.to_owned(), shard.clone(), number.clone()))
        });
        found.extend(record.map(|record| (it.ask.clone(), record)));
    }
    for (ask, record) in found {
        if let Some(evidence) = model.guide.evidence.get_mut(&ask) {
            evidence.record = Some(record);
        }
    }
}
