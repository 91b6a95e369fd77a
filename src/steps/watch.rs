//! A lesson's steps under watch: the facts of the whole lesson and, where a check counts from its step on, those since
//! then.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::diagnosis::{self, Case};
use super::evidence::{self, Evidence};
use super::facts::{Deed, Facts, Place, Seen, Who};
use super::looks::Looks;
use super::plan::{Check, PagePlan, Plan};
use super::{CheckState, Mark};
use crate::kinesis::feed::Detail;
use crate::lesson::step_settings::{Act, Since};

/// How many times can have facts of their own; beyond it the lesson's are taken.
const WINDOWS: usize = 32;

/// A lesson's steps and what was seen of them.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    plan: Plan,
    whole: Facts,
    windows: BTreeMap<String, Window>,
    looks: Looks,
    /// When it began, and the region that it is about.
    began: DateTime<Utc>,
    region: String,
}

/// The facts since a moment.
#[derive(Debug, Clone)]
struct Window {
    facts: Facts,
    /// Whether all checks of its step are judged by it, since the step was reset.
    all: bool,
}

/// How a check was passed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// [`Mark::Done`], [`Mark::Shown`] or [`Mark::Skipped`].
    pub mark: Mark,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Watch {
    /// A lesson's steps, of which nothing was seen yet.
    pub fn new(plan: Plan, place: Place, now: DateTime<Utc>) -> Self {
        let looks = Looks::new(place.told);
        let region = place.region.clone();
        let mut whole = Facts::new(place, plan.keys_named(), now);
        whole.about(plan.own_stream());
        Self {
            plan,
            whole,
            windows: BTreeMap::new(),
            looks,
            began: now,
            region,
        }
    }

    /// When it began: what was put before does not count.
    pub fn began(&self) -> DateTime<Utc> {
        self.began
    }

    /// What is remembered for looks.
    pub fn looks(&self) -> &Looks {
        &self.looks
    }

    /// The same to change it.
    pub fn looks_mut(&mut self) -> &mut Looks {
        &mut self.looks
    }

    /// The lesson was edited: its steps are others, what was seen stays.
    pub fn turn_to(&mut self, plan: Plan) {
        self.whole.about(plan.own_stream());
        for window in self.windows.values_mut() {
            window.facts.about(plan.own_stream());
        }
        self.plan = plan;
    }

    /// What the steps ask for.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What was seen in the whole lesson.
    pub fn facts(&self) -> &Facts {
        &self.whole
    }

    /// Folds something in. Whether a check may stand otherwise now.
    pub fn observe(&mut self, seen: &Seen<'_>, now: DateTime<Utc>) -> bool {
        if let Seen::Reached(page) = *seen {
            self.reach(page, now);
        }
        self.remember(seen, now);
        let mut changed = self.whole.observe(seen, now);
        for window in self.windows.values_mut() {
            changed |= window.facts.observe(seen, now);
        }
        changed
    }

    /// What looks must know of it.
    fn remember(&mut self, seen: &Seen<'_>, now: DateTime<Utc>) {
        match *seen {
            Seen::Lost(_) => self.looks.lost(now),
            Seen::Kept(stream, records) if records > 0 => self.looks.kept(stream, now),
            Seen::Reached(_) | Seen::RunBegan(_) | Seen::RunEnded(_) => self.looks.stir(now),
            Seen::Call(who, call) if call.error.is_none() => {
                let here = call.region.is_empty() || call.region == self.region;
                let Some(stream) = call.stream.as_deref().filter(|_| here) else {
                    return;
                };
                match &call.detail {
                    Detail::Put(entries) => self.looks.put(stream, entries, now),
                    Detail::Create { .. } => {
                        self.looks.created(stream, now);
                        self.looks.stir(now);
                    }
                    _ if *who != Who::Lab && call.operation == "DeleteStream" => {
                        self.looks.stir(now);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// A step is reached: its page was opened, or all before it are done. What counts from there on begins.
    pub fn reach(&mut self, page: usize, now: DateTime<Utc>) {
        let Some(step) = self.plan.page(page) else {
            return;
        };
        let counts = |check: &Check| check.since == Since::Step;
        let key = step.key.clone();
        if step.checks.iter().any(counts) && !self.windows.contains_key(&key) {
            self.open(key, false, now);
        }
    }

    /// A step is to be done anew: what was done for it so far counts no more.
    pub fn reset(&mut self, page: usize, now: DateTime<Utc>) {
        if let Some(step) = self.plan.page(page) {
            let key = step.key.clone();
            self.windows.remove(&key);
            self.open(key, true, now);
        }
    }

    /// From now on it is asked of this name what was done since; see [`Watch::done_since`].
    pub fn begin(&mut self, name: &str, now: DateTime<Utc>) {
        self.open(name.to_owned(), false, now);
    }

    /// Nothing is asked of this name any more.
    pub fn end(&mut self, name: &str) {
        self.windows.remove(name);
    }

    fn open(&mut self, name: String, all: bool, now: DateTime<Utc>) {
        if self.windows.len() < WINDOWS || self.windows.contains_key(&name) {
            let facts = self.whole.anew(now);
            self.windows.insert(name, Window { facts, all });
        }
    }

    /// Who did this in the lesson, if anybody did.
    pub fn done(&self, act: &Act) -> Option<Deed> {
        evidence::of(act, &self.whole, &self.plan).done
    }

    /// Who did this since [`Watch::begin`] was called with this name; in the whole lesson if it never was.
    pub fn done_since(&self, name: &str, act: &Act) -> Option<Deed> {
        let window = self.windows.get(name);
        let facts = window.map_or(&self.whole, |window| &window.facts);
        evidence::of(act, facts, &self.plan).done
    }

    fn facts_for(&self, step: &PagePlan, check: &Check) -> &Facts {
        match self.windows.get(&step.key) {
            Some(window) if window.all || check.since == Since::Step => &window.facts,
            _ => &self.whole,
        }
    }

    fn evidence(&self, step: &PagePlan, check: &Check) -> Evidence {
        // What counts from its step on has not begun to before it is reached.
        if check.since == Since::Step && !self.windows.contains_key(&step.key) {
            return Evidence::default();
        }
        evidence::of(&check.when, self.facts_for(step, check), &self.plan)
    }

    /// What is done of a step, check by check, but for those that are known to be passed by their keys.
    pub fn passed(&self, page: usize, known: &dyn Fn(&str) -> bool) -> Vec<(&Check, Deed)> {
        let Some(step) = self.plan.page(page) else {
            return Vec::new();
        };
        let open = step.checks.iter().filter(|check| !known(&check.key));
        open.filter_map(|check| Some((check, self.evidence(step, check).done?)))
            .collect()
    }

    /// How the checks of a step stand; `passed` knows those that were passed before, by their keys. A pass stays one.
    pub fn judge(
        &self,
        page: usize,
        passed: &dyn Fn(&str) -> Option<Pass>,
        now: DateTime<Utc>,
    ) -> Vec<CheckState> {
        let Some(step) = self.plan.page(page) else {
            return Vec::new();
        };
        let state = |check: &Check| {
            let evidence = self.evidence(step, check);
            let before = passed(&check.key).or_else(|| {
                let deed = evidence.done.clone()?;
                Some(Pass {
                    mark: Mark::Done,
                    by: deed.by,
                    at: deed.at,
                })
            });
            if let Some(pass) = before {
                let is_shown = evidence.done.is_some();
                return CheckState {
                    says: check.says.clone(),
                    mark: pass.mark,
                    by: pass.by,
                    at: Some(pass.at),
                    seen: if is_shown {
                        evidence.seen
                    } else {
                        String::new()
                    },
                    diagnosis: None,
                };
            }
            let finding = diagnosis::of(&Case {
                plan: &self.plan,
                page: step,
                act: &check.when,
                evidence: &evidence,
                facts: self.facts_for(step, check),
                now,
            });
            let mark = match &finding {
                Some(finding) if finding.nearly => Mark::Nearly,
                _ if evidence.part => Mark::Running,
                _ => Mark::Open,
            };
            CheckState {
                says: check.says.clone(),
                mark,
                by: String::new(),
                at: None,
                seen: evidence.seen,
                diagnosis: finding.map(|finding| finding.words),
            }
        };
        let mut states: Vec<CheckState> = step.checks.iter().map(state).collect();
        // What holds for several checks is said once.
        for index in 1..states.len() {
            let (before, rest) = states.split_at_mut(index);
            let words = &mut rest[0].diagnosis;
            words.take_if(|words| before.iter().any(|it| it.diagnosis.as_ref() == Some(words)));
        }
        states
    }

    /// When time alone may bring a finding for a step, if nothing happens before.
    pub fn next_look(&self, page: usize, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        diagnosis::next_look(self.plan.page(page)?, &self.whole, now)
    }
}
