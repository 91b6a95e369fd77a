//! How far the lesson's steps are done: what happens is handed to the watch over them, what is passed is kept in the
//! learner's progress, and said once.
//!
//! On purpose, and so counted: what the learner does in a panel (its puts, creations and deletions, and what the panel's
//! consumer reads once it was started) and whatever a program does. The lab's own looks, automatic sending and what
//! the lab shows pass nothing. Where nobody tells what programs do, `looks` finds what they put.

mod answers;
mod looks;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::connection::{Connection, ConnectionKind};
use super::model::{Model, Outcome, Tone};
use super::overlay::Overlay;
use crate::kinesis::feed::Call;
use crate::lesson::Lesson;
use crate::lesson::step_settings::Act;
use crate::progress::{CheckRecord, LessonProgress, Passed};
use crate::steps::{Check, CheckState, Deed, Mark, Pass, Place, Plan, Seen, Watch, Who, mark_of};

pub(super) use answers::answered;
pub(super) use looks::{attended, told};

/// How long the word of a passed check is repeated beside the answer to the act that passed it.
const NEWS: TimeDelta = TimeDelta::seconds(2);

/// In a time as long as a frame the steps are judged so often at most; what is passed is noticed with every call all the
/// same.
const BURST: TimeDelta = TimeDelta::milliseconds(33);
const MOST_IN_A_BURST: u32 = 8;

/// The steps.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    /// When to look at them again, if nothing happens before.
    pub look_at: Option<DateTime<Utc>>,
    /// When to go on looking at what nobody told of.
    pub looks_at: Option<DateTime<Utc>>,
    /// Whether what the lab's panels do is the lab's own, since it shows a step.
    pub showing: bool,
    watch: Watch,
    states: BTreeMap<usize, Vec<CheckState>>,
    /// Whether something happened since the steps were judged last.
    stirred: bool,
    /// What was said last of a passed check, and when.
    news: Option<(String, DateTime<Utc>)>,
    /// What was amiss when that was said last, by page and check.
    said: BTreeMap<(usize, usize), String>,
    page: Option<usize>,
    /// When the present burst of judgements began, and how many there were.
    burst: (DateTime<Utc>, u32),
    /// Whether the panel's consumer ran when that was looked at last, and which run it was.
    running: bool,
    run: u64,
    opened: bool,
}

impl Steps {
    /// The steps of a lesson.
    pub fn new(lesson: &Lesson, connection: &Connection, now: DateTime<Utc>) -> Self {
        let place = Place {
            address: connection.host().to_owned(),
            region: connection.region.clone(),
            told: connection.kind == ConnectionKind::Local,
        };
        Self {
            watch: Watch::new(Plan::of(lesson), place, now),
            stirred: true,
            ..Self::default()
        }
    }
}

impl Steps {
    /// Whether the steps were judged often enough for a moment.
    fn is_pressed(&mut self, now: DateTime<Utc>) -> bool {
        if now - self.burst.0 >= BURST {
            self.burst = (now, 0);
        }
        self.burst.1 += 1;
        self.burst.1 > MOST_IN_A_BURST
    }
}

/// How the checks of a page stand; none if it is no step.
pub fn states(model: &Model, page: usize) -> Vec<CheckState> {
    model.steps.states.get(&page).cloned().unwrap_or_default()
}

/// The mark of a whole step; [`Mark::Open`] where there is nothing to do.
pub fn step_mark(model: &Model, page: usize) -> Mark {
    mark_of(model.steps.states.get(&page).map_or(&[], Vec::as_slice))
}

/// Whether the page is a step with checks.
pub fn is_step(model: &Model, page: usize) -> bool {
    model.steps.watch.plan().page(page).is_some()
}

/// What the checks of a page ask for, in the order of their states.
pub fn checks(model: &Model, page: usize) -> &[Check] {
    let step = model.steps.watch.plan().page(page);
    step.map_or(&[], |step| step.checks.as_slice())
}

/// Who did this in the lesson, as far as it was seen in this run of the lab.
pub fn done(model: &Model, act: &Act) -> Option<Deed> {
    model.steps.watch.done(act)
}

/// Who did this since [`begin`] was called with this name.
pub fn done_since(model: &Model, name: &str, act: &Act) -> Option<Deed> {
    model.steps.watch.done_since(name, act)
}

/// From now on [`done_since`] can be asked for what is done since, e.g. since a prediction. At most 32 names are kept.
pub fn begin(model: &mut Model, name: &str) {
    model.steps.watch.begin(name, model.now);
}

/// Nothing is asked of this name any more.
pub fn end(model: &mut Model, name: &str) {
    model.steps.watch.end(name);
}

/// Whose a call of the lab's own clients is.
pub(super) fn whose(model: &Model, call: &Call) -> Who {
    let agent = call.caller.user_agent.as_str();
    let on_purpose = match call.operation.as_str() {
        "PutRecord"
        | "PutRecords"
        | "CreateStream"
        | "DeleteStream"
        | "SplitShard"
        | "MergeShards"
        | "UpdateShardCount"
        | "IncreaseStreamRetentionPeriod"
        | "DecreaseStreamRetentionPeriod" => agent.contains("app/kinesis-lab-panel"),
        "GetShardIterator" | "GetRecords" => agent.contains("app/kinesis-lab-worker"),
        _ => false,
    };
    // What the lab began to read to show something it reads on by itself.
    let reads = matches!(call.operation.as_str(), "GetShardIterator" | "GetRecords");
    let puts = call.operation.starts_with("PutRecord");
    let by_lab = model.steps.showing && !puts || reads && model.consumer.by_lab;
    match on_purpose && !by_lab {
        true => Who::You,
        false => Who::Lab,
    }
}

/// Something was seen.
pub(super) fn observe(model: &mut Model, seen: &Seen<'_>, now: DateTime<Utc>) {
    model.steps.stirred |= model.steps.watch.observe(seen, now);
}

/// A file of the lesson was written into the work folder.
pub fn file_written(model: &mut Model, name: &str, now: DateTime<Utc>) {
    observe(model, &Seen::Written(name), now);
}

/// The learner killed a worker of the panel.
pub(super) fn worker_killed(model: &mut Model, now: DateTime<Utc>) {
    if !model.steps.showing {
        observe(model, &Seen::Killed, now);
    }
}

/// A worker of the panel took over what a killed one had held.
pub(super) fn taken_over(model: &mut Model, now: DateTime<Utc>) {
    if !model.steps.showing {
        observe(model, &Seen::TookOver, now);
    }
}

/// The lab began to run something for the learner, on the open page.
pub fn run_began(model: &mut Model, now: DateTime<Utc>) {
    let page = Some(model.lesson.page);
    observe(model, &Seen::RunBegan(page), now);
}

/// The lab makes ready what a step needs, or has ended that.
pub fn readying(model: &mut Model, begins: bool, now: DateTime<Utc>) {
    observe(model, &Seen::Readying(begins), now);
}

/// What the lab ran has ended, with its exit code; none if a signal ended it.
pub fn run_ended(model: &mut Model, code: Option<i32>, now: DateTime<Utc>) {
    observe(model, &Seen::RunEnded(code), now);
}

/// The step is to be done anew: its passes are forgotten, and what was done for it counts no more.
pub fn reset(model: &mut Model, page: usize) {
    let Some(key) = key_of(model, page) else {
        return;
    };
    model.lesson_progress().steps.remove(&key);
    model.steps.watch.reset(page, model.now);
    model.steps.stirred = true;
}

/// What is open of these checks of a step was shown by the lab, or is skipped.
pub fn settle(model: &mut Model, page: usize, keys: &[String], how: Passed, now: DateTime<Utc>) {
    let Some(step) = model.steps.watch.plan().page(page) else {
        return;
    };
    let by = match how {
        Passed::Shown => "lab",
        Passed::Done | Passed::Skipped => "you",
    };
    let key = step.key.clone();
    let own = step.checks.iter().map(|check| check.key.clone());
    let checks: Vec<String> = own.filter(|key| keys.contains(key)).collect();
    let record = model.lesson_progress().steps.entry(key).or_default();
    for check in checks {
        record.checks.entry(check).or_insert_with(|| CheckRecord {
            how,
            by: by.into(),
            at: now,
        });
    }
    model.steps.stirred = true;
}

fn key_of(model: &Model, page: usize) -> Option<String> {
    let step = model.steps.watch.plan().page(page)?;
    Some(step.key.clone())
}

/// The lesson was edited: its steps are others, what was seen and passed stays.
pub(super) fn lesson_replaced(model: &mut Model) {
    let plan = Plan::of(&model.lesson.lesson);
    model.steps.watch.turn_to(plan);
    model.steps.states.clear();
    model.steps.said.clear();
    model.steps.page = None;
    model.steps.stirred = true;
}

/// Takes up what was passed in earlier runs.
pub(super) fn resume(model: &mut Model) {
    let now = model.now;
    let mut out = Outcome::default();
    notice(model, now);
    model.steps.stirred = false;
    judge(model, now, &mut out);
}

/// After every message: notices what the panels did, and judges the steps if anything stirred.
pub(super) fn follow(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    notice(model, now);
    looks::go_on(model, now, out);
    repeat_news(model, now);
    let due = model.steps.look_at.is_some_and(|at| at <= now);
    if model.steps.stirred || due {
        model.steps.stirred = false;
        judge(model, now, out);
    }
}

/// What the learner did in the panels that no call tells.
fn notice(model: &mut Model, now: DateTime<Utc>) {
    let page = model.lesson.page;
    if model.steps.page != Some(page) {
        model.steps.page = Some(page);
        observe(model, &Seen::Reached(page), now);
    }
    let (running, run) = (model.consumer.running, model.consumer.run);
    // A new run without a stop between is a reading of its own, too.
    let begins_anew = running && run != model.steps.run;
    if model.steps.running && (!running || begins_anew) {
        observe(model, &Seen::Stopped, now);
    }
    if running {
        if !model.steps.showing {
            let workers = u32::from(model.consumer.workers);
            observe(model, &Seen::Workers(workers), now);
        }
        if !model.consumer.by_lab && model.consumer.repeats() > 0 {
            observe(model, &Seen::Repeated, now);
        }
    }
    (model.steps.running, model.steps.run) = (running, run);
    let opened = matches!(model.overlay, Some(Overlay::Detail(_)));
    if opened && !model.steps.opened && !model.steps.showing {
        observe(model, &Seen::Opened, now);
    }
    model.steps.opened = opened;
}

/// The answer to the act that passed a check has words of its own; the check's are said beside them.
fn repeat_news(model: &mut Model, now: DateTime<Utc>) {
    let Some((words, at)) = model.steps.news.take() else {
        return;
    };
    if now - at > NEWS || model.status.words.is_empty() {
        return;
    }
    if !model.status.words.contains(&words) {
        return model.say_also(Tone::Done, &words);
    }
    model.steps.news = Some((words, at));
}

fn judge(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let pages: Vec<usize> = model
        .steps
        .watch
        .plan()
        .pages
        .iter()
        .map(|step| step.page)
        .collect();
    let mut words = Vec::new();
    for page in &pages {
        keep_passes(model, *page, &mut words);
        // Who is done with everything before a step has reached it.
        if settled(model, *page)
            && let Some(next) = pages.iter().find(|next| *next > page)
        {
            model.steps.watch.reach(*next, now);
        }
    }
    if words.is_empty() && model.steps.is_pressed(now) {
        model.steps.stirred = true;
        model.steps.look_at = Some(model.steps.burst.0 + BURST);
        return;
    }
    for page in &pages {
        let states = judged(model, *page, now);
        if model.steps.states.get(page) != Some(&states) {
            out.changed = true;
            model.steps.states.insert(*page, states);
        }
    }
    if let Some(words) = words.pop() {
        out.changed = true;
        model.say(Tone::Done, words.clone());
        model.steps.news = Some((words, now));
    } else {
        say_what_is_amiss(model, out);
    }
    let page = model.lesson.page;
    model.steps.look_at = match settled(model, page) {
        true => None,
        false => model.steps.watch.next_look(page, now),
    };
}

/// Keeps what is newly passed of a step, and adds a sentence about it.
fn keep_passes(model: &mut Model, page: usize, words: &mut Vec<String>) {
    let Some(step) = model.steps.watch.plan().page(page) else {
        return;
    };
    let (key, name) = (step.key.clone(), step.name.clone());
    let record = progress(model).and_then(|lesson| lesson.steps.get(&key));
    let known = |check: &str| record.is_some_and(|record| record.checks.contains_key(check));
    let passed: Vec<(String, String, Deed)> = model
        .steps
        .watch
        .passed(page, &known)
        .into_iter()
        .map(|(check, deed)| (check.key.clone(), check.says.clone(), deed))
        .collect();
    for (check, says, deed) in passed {
        let by = match deed.by.as_str() {
            "" => String::new(),
            by => format!(" ({by})"),
        };
        let record = CheckRecord {
            how: Passed::Done,
            by: deed.by,
            at: deed.at,
        };
        let steps = &mut model.lesson_progress().steps;
        steps
            .entry(key.clone())
            .or_default()
            .checks
            .insert(check, record);
        let done = match settled(model, page) {
            true => format!("{name} is done"),
            false => name.clone(),
        };
        words.push(format!("{done}: {says}{by}."));
    }
}

fn progress(model: &Model) -> Option<&LessonProgress> {
    model.progress.lessons.get(&model.lesson.key)
}

/// Whether all checks of a step are passed, shown or skipped.
fn settled(model: &Model, page: usize) -> bool {
    let Some(step) = model.steps.watch.plan().page(page) else {
        return true;
    };
    let record = progress(model).and_then(|lesson| lesson.steps.get(&step.key));
    record.is_some_and(|record| {
        let mut checks = step.checks.iter();
        checks.all(|check| record.checks.contains_key(&check.key))
    })
}

fn judged(model: &Model, page: usize, now: DateTime<Utc>) -> Vec<CheckState> {
    let key = key_of(model, page);
    let record = progress(model)
        .zip(key)
        .and_then(|(lesson, key)| lesson.steps.get(&key));
    let passed = |check: &str| {
        let known = record?.checks.get(check)?;
        Some(Pass {
            mark: match known.how {
                Passed::Done => Mark::Done,
                Passed::Shown => Mark::Shown,
                Passed::Skipped => Mark::Skipped,
            },
            by: known.by.clone(),
            at: known.at,
        })
    };
    model.steps.watch.judge(page, &passed, now)
}

/// Says what is newly amiss on the open page.
fn say_what_is_amiss(model: &mut Model, out: &mut Outcome) {
    let page = model.lesson.page;
    let Some(states) = model.steps.states.get(&page) else {
        return;
    };
    let mut news = None;
    for (place, state) in states.iter().enumerate() {
        let known = model.steps.said.get(&(page, place));
        if state.diagnosis.as_ref() != known {
            match &state.diagnosis {
                Some(words) => {
                    news.get_or_insert_with(|| words.clone());
                    model.steps.said.insert((page, place), words.clone());
                }
                None => {
                    model.steps.said.remove(&(page, place));
                }
            }
        }
    }
    if let Some(words) = news {
        out.changed = true;
        model.say(Tone::Nearly, in_brief(&words).to_owned());
    }
}

/// What fits the status line: all of it, or its first sentence; the page has the rest.
fn in_brief(words: &str) -> &str {
    match words.split_once(". ") {
        Some((first, _)) if words.len() > 100 => &words[..=first.len()],
        _ => words,
    }
}
