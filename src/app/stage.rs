//! The stage on which a lesson's scenes are shown: a lab of its own inside the lab, connected to a server of its own, so
//! that neither the learner's stream nor its clock is touched.
//!
//! ```text
//!   Space   the next step begins; its deed is done by the inner lab's own acts, as real calls
//!           its calls go out wrapped with the number of this run, its answers come back so
//!   u, R    a new stage, and the same steps again up to the one before, without pauses
//! ```
//!
//! It knows no key and draws nothing. What of an earlier run arrives late is ignored. A step has a time in which its deed is
//! done and what is expected is seen; then it has failed, and the next one can begin.

mod deeds;
mod facts;
mod state;
mod words;

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::connection::{Connection, ConnectionKind};
use super::message::{Effect, Message};
use super::model::{Model, Outcome, Setup, Tone};
use super::overlay::Overlay;
use super::{batch, numbers, silence, update, wire};
use crate::lesson::scenes::{Deed, Scene, SceneStep, Show};
use crate::lesson::{self, Settings};

pub use state::{Cue, Predicted, StepState};

use deeds::{Act, Standing, Waits};
use facts::Facts;

/// How long an act may take, and what is expected after the last: expired leases take ten seconds, and a call its own ten.
const PATIENCE: TimeDelta = TimeDelta::seconds(20);

/// What is said to who is quicker than a step.
const NOT_YET: &str = "This step is not done yet. u goes back, R begins anew.";

/// A scene on its stage.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Counts the stages of this run of the lab: what arrives for another one is ignored.
    run: u64,
    /// The scene's place among the lesson's, and the scene as it was when it was chosen.
    index: usize,
    scene: Scene,
    /// How many scenes the lesson has.
    scenes: usize,
    lab: Box<Model>,
    opened: bool,
    /// How the steps that were begun stand; the last one may be running.
    steps: Vec<StepState>,
    /// How many steps are to be done again without pauses.
    aim: usize,
    /// What is still to be done of the running step.
    acts: VecDeque<Act>,
    /// What the last of them waits for.
    waits: Option<Waits>,
    /// Until when.
    until: DateTime<Utc>,
    /// Why there is no stage, if there is none.
    broken: Option<String>,
    facts: Facts,
}

impl Stage {
    /// The scene.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Its place among the lesson's scenes, counted from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The step that was begun last, counted from 0; before any is begun the first.
    pub fn step(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// How many steps were begun.
    pub fn begun(&self) -> usize {
        self.steps.len()
    }

    /// How it stands.
    pub fn state(&self) -> StepState {
        if let Some(why) = &self.broken {
            return StepState::Failed(why.clone());
        }
        if !self.opened || self.steps.len() < self.aim {
            return StepState::Running;
        }
        self.steps.last().cloned().unwrap_or(StepState::Ready)
    }

    /// Whether there is no stage any more.
    pub fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// What the next step will do, before it does it.
    pub fn about(&self) -> String {
        match self.scene.steps.get(self.steps.len()) {
            Some(step) if self.skips(step) => format!("skips a step: {}", words::skipped(step)),
            Some(step) => words::about(step),
            None => words::over(self.index, self.scenes),
        }
    }

    /// What stands in the middle of the screen.
    pub fn show(&self) -> Show {
        let begun = self.scene.steps.iter().take(self.steps.len().max(1));
        begun.rev().find_map(|step| step.show).unwrap_or_default()
    }

    /// The lab on the stage, with its panes.
    pub fn lab(&self) -> &Model {
        &self.lab
    }

    /// The steps that were begun and not skipped: what was skipped says and reveals nothing.
    pub fn told(&self) -> &[SceneStep] {
        let skipped = |state: &StepState| matches!(state, StepState::Skipped(_));
        let begun = self.steps.iter().position(skipped);
        let begun = begun.unwrap_or(self.steps.len());
        self.scene.steps.get(..begun).unwrap_or_default()
    }

    /// The data of the record that was put last, as it was sent.
    pub fn last_data(&self) -> Option<&str> {
        self.facts.last_put().map(|entry| entry.data.as_str())
    }

    /// The question that was put last, until the step after its answer.
    pub fn predicted(&self) -> Option<Predicted<'_>> {
        let begun = self.told();
        let asked = begun.iter().rposition(|step| step.predict.is_some())?;
        let later = &begun[asked..];
        let revealed = later
            .iter()
            .position(|step| step.deed == Some(Deed::Reveal));
        let matters = revealed.is_none_or(|at| asked + at + 1 == begun.len());
        let prediction = begun[asked].predict.as_ref().filter(|_| matters)?;
        Some(Predicted {
            prediction,
            revealed: revealed.is_some(),
        })
    }

    /// When it wants to hear from the clock again.
    pub(super) fn next_deadline(&self) -> Option<DateTime<Utc>> {
        let running = self.state() == StepState::Running;
        let inner = self.lab.next_deadline().filter(|_| self.opened);
        inner.into_iter().chain(running.then_some(self.until)).min()
    }

    /// Whether clock and faults cannot be had here; what comes after them would not show what it says.
    fn skips(&self, step: &SceneStep) -> bool {
        let needs_server = matches!(step.deed, Some(Deed::Clock(_) | Deed::Fault(_)));
        let builds_on = matches!(self.steps.last(), Some(StepState::Skipped(_)));
        builds_on || needs_server && self.opened && !self.lab.feeds()
    }

    /// A lab for the stage; nothing is asked of anybody by it.
    fn new(model: &Model, run: u64, index: usize, scene: Scene, now: DateTime<Utc>) -> Self {
        let nowhere = Connection {
            kind: ConnectionKind::Local,
            address: String::new(),
            region: model.connection.region.clone(),
            profile: None,
            own_access_key: String::new(),
        };
        let (lab, _) = inner(model, nowhere, now);
        Self {
            run,
            index,
            scene,
            scenes: model.lesson.lesson.settings.scenes.len(),
            lab: Box::new(lab),
            opened: false,
            steps: Vec::new(),
            aim: 0,
            acts: VecDeque::new(),
            waits: None,
            until: now + PATIENCE,
            broken: None,
            facts: Facts::default(),
        }
    }

    /// Wraps what the inner lab asks for: calls and what its server is told. The rest is the outer lab's alone.
    fn wrap(&mut self, mut inner: Outcome, now: DateTime<Utc>, out: &mut Outcome) {
        wire::asked(&mut self.lab, &inner, now);
        silence::follow(&mut self.lab, false, now, &mut inner);
        self.pass_on(inner, out);
    }

    fn pass_on(&self, inner: Outcome, out: &mut Outcome) {
        out.changed |= inner.changed;
        let wanted = |effect: &Effect| matches!(effect, Effect::Call(_) | Effect::Control(_));
        let wrapped = |effect| Effect::OnStage {
            run: self.run,
            effect: Box::new(effect),
        };
        let effects = inner.effects.into_iter().filter(wanted).map(wrapped);
        out.effects.extend(effects);
    }

    /// Something happened to the inner lab.
    fn tell(&mut self, message: Message, now: DateTime<Utc>, out: &mut Outcome) {
        let inner = update::update(&mut self.lab, message, now);
        self.pass_on(inner, out);
    }

    /// What is shown from here on, where its panel has to be open for that.
    fn follow_show(&mut self, now: DateTime<Utc>) {
        match self.show() {
            Show::Batch => {
                if !matches!(self.lab.overlay, Some(Overlay::Batch)) {
                    batch::open(&mut self.lab, now);
                }
            }
            Show::Numbers => {
                if !matches!(self.lab.overlay, Some(Overlay::Numbers)) {
                    numbers::open(&mut self.lab, now);
                }
            }
            _ => self.lab.overlay = None,
        }
    }

    fn end_step(&mut self, state: StepState) {
        self.acts.clear();
        self.waits = None;
        if let Some(last) = self.steps.last_mut() {
            *last = state;
        }
    }

    /// Begins the step that comes next.
    fn begin(&mut self, now: DateTime<Utc>) {
        let Some(step) = self.scene.steps.get(self.steps.len()) else {
            return;
        };
        let skipped = self.skips(step).then(|| {
            let why = words::skipped(step);
            format!("Skipped: {why}.")
        });
        let deed = step.deed.clone();
        self.facts.step_begins(&step.expect);
        self.steps.push(StepState::Running);
        self.until = now + PATIENCE;
        self.follow_show(now);
        if let Some(why) = skipped {
            return self.end_step(StepState::Skipped(why));
        }
        self.acts = deed
            .map(|deed| deeds::acts(&deed, &self.facts, now))
            .unwrap_or_default();
    }

    /// Goes on with the running step, as far as it can without another answer.
    fn go_on(&mut self, now: DateTime<Utc>, out: &mut Outcome) {
        // Every round ends an act, a step, or waits; a scene has a bounded number of both.
        while self.opened && self.broken.is_none() {
            if self.steps.last() != Some(&StepState::Running) {
                if self.steps.len() < self.aim.min(self.scene.steps.len()) {
                    self.begin(now);
                    continue;
                }
                self.aim = 0;
                return;
            }
            out.changed = true;
            if let Some(why) = &self.facts.unreachable {
                let why = words::capital(why);
                self.broken = Some(format!("{why}. Start it, then R."));
                return;
            }
            let late = self.until <= now;
            if let Some(waits) = &self.waits {
                match deeds::standing(&self.lab, waits, &self.facts) {
                    Standing::Done => {
                        self.waits = None;
                        self.until = now + PATIENCE;
                    }
                    Standing::Lost(why) => self.end_step(StepState::Failed(why)),
                    Standing::Waits if late => {
                        let seconds = PATIENCE.num_seconds();
                        let why = format!("Not done within {seconds} s: {}.", waits.words());
                        self.end_step(StepState::Failed(why));
                    }
                    Standing::Waits => return,
                }
                continue;
            }
            if let Some(act) = self.acts.pop_front() {
                let mut inner = Outcome::default();
                match deeds::begin(&mut self.lab, act, &mut self.facts, now, &mut inner) {
                    Ok(waits) => self.waits = waits,
                    Err(why) => self.end_step(StepState::Failed(why)),
                }
                self.wrap(inner, now, out);
                continue;
            }
            let step = &self.scene.steps[self.steps.len() - 1];
            match facts::hold(&step.expect, &self.lab, &self.facts) {
                Ok(()) => self.end_step(StepState::Done),
                Err(why) if late => self.end_step(StepState::Failed(why)),
                Err(_) => return,
            }
        }
    }
}

/// The lab inside: an empty lesson, no progress, no programs.
fn inner(model: &Model, connection: Connection, now: DateTime<Utc>) -> (Model, Outcome) {
    let area = model.layout.area;
    let setup = Setup {
        theme: Some(model.theme),
        size: (area.width, area.height),
        zone: model.zone,
        ..Setup::new(lesson::parse("", &Settings::default()), connection)
    };
    let (mut lab, out) = Model::new(setup, now);
    // A room waits for what was just put.
    lab.consumer.settings.poll = super::consumer::LEAST_POLL;
    (lab, out)
}

/// Takes a message of the stage, or the instructor's to it.
pub(super) fn told(model: &mut Model, message: Message, now: DateTime<Utc>, out: &mut Outcome) {
    match message {
        Message::Cued(cue) => {
            out.changed = true;
            match cue {
                Cue::Next => next(model, now, out),
                Cue::Back => back(model, now, out),
                Cue::Reset => reset(model, now, out),
                Cue::Choose(index) => choose(model, index, now, out),
                Cue::Leave => leave(model, out),
            }
        }
        Message::StageOpened { run, result } => opened(model, run, result, now, out),
        Message::OnStage { run, message } => heard(model, run, *message, now, out),
        _ => {}
    }
}

/// Space: the next step begins. Without a stage, the scene of the open page is put on one, else the first.
pub(super) fn next(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stage) = &mut model.stage else {
        return choose(model, scene_of_page(model).unwrap_or(0), now, out);
    };
    if stage.broken.is_some() {
        return reset(model, now, out);
    }
    if !stage.opened && stage.aim == 0 {
        // Who is quicker than the stage does not press again.
        stage.aim = 1;
        return;
    }
    if stage.state() == StepState::Running {
        let words = match stage.steps.len() < stage.aim || !stage.opened {
            true => "The stage is being made; a moment.",
            false => NOT_YET,
        };
        return model.say(Tone::Plain, words.into());
    }
    if stage.steps.len() == stage.scene.steps.len() {
        // The screen says where to go from here.
        return;
    }
    stage.begin(now);
    stage.go_on(now, out);
}

/// u: back to the step before. Where the last step made something, the stage is made anew.
pub(super) fn back(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stage) = &mut model.stage else {
        return no_scene(model);
    };
    let begun = stage.steps.len().max(stage.aim);
    let Some(before) = begun.checked_sub(1) else {
        return model.say(Tone::Plain, "This is where the scene begins.".into());
    };
    let light =
        |step: &SceneStep| step.expect.is_empty() && matches!(step.deed, None | Some(Deed::Reveal));
    let settled = stage.opened && stage.broken.is_none() && stage.aim == 0;
    if settled && stage.scene.steps.get(before).is_some_and(light) {
        stage.steps.pop();
        stage.follow_show(now);
        return;
    }
    let (index, scene, broken) = (stage.index, stage.scene.clone(), stage.broken.is_some());
    open(model, index, scene, before, now, out);
    let words = match before {
        _ if broken => "The stage is tried again.".to_owned(),
        0 => "It begins anew.".to_owned(),
        n => format!("Anew, up to step {n}: its sequence numbers are new."),
    };
    model.say(Tone::Plain, words);
}

/// R: the scene from its beginning, on a new stage, as the lesson has it now.
pub(super) fn reset(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stage) = &model.stage else {
        return no_scene(model);
    };
    choose(model, stage.index, now, out);
}

/// The scene at this place among the lesson's.
pub(super) fn choose(model: &mut Model, index: usize, now: DateTime<Utc>, out: &mut Outcome) {
    let scenes = &model.lesson.lesson.settings.scenes;
    let Some(scene) = scenes.get(index).cloned() else {
        let words = match scenes.len() {
            0 => {
                let words = "This lesson has no scenes. Its author can write some: a [[scene]] in lab.toml.";
                words.to_owned()
            }
            1 => "The lesson has one scene only.".to_owned(),
            n => format!("The lesson has {n} scenes, and there is no other this way."),
        };
        return model.say(Tone::Plain, words);
    };
    // One line on a screen for a room: below it stands what Space will do.
    let words = match model.connection.kind {
        ConnectionKind::Local => "On a server of its own: your stream is not touched.".to_owned(),
        ConnectionKind::Endpoint => {
            let host = model.connection.host();
            format!("On {host}; what it makes is deleted.")
        }
        ConnectionKind::Aws => "In memory on this machine: AWS hears nothing of it.".to_owned(),
    };
    model.say(Tone::Plain, words);
    open(model, index, scene, 0, now, out);
}

/// No scene any more: its server ends.
pub(super) fn leave(model: &mut Model, out: &mut Outcome) {
    if let Some(Stage { run, .. }) = model.stage.take() {
        out.changed = true;
        out.effects.push(Effect::CloseStage { run });
    }
}

fn no_scene(model: &mut Model) {
    model.say(Tone::Plain, "No scene is on; Space begins one.".into());
}

/// The scene that belongs to the open page, by its place among the lesson's.
pub fn scene_of_page(model: &Model) -> Option<usize> {
    let lesson = &model.lesson.lesson;
    let page = lesson.pages.get(model.lesson.page)?;
    let mut scenes = lesson.settings.scenes.iter();
    scenes.position(|scene| {
        let of = scene.page.as_deref();
        of.is_some_and(|of| lesson::same_title(of, &page.title))
    })
}

/// Asks for a stage, on which so many steps of the scene are done without pauses.
fn open(
    model: &mut Model,
    index: usize,
    scene: Scene,
    aim: usize,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    model.stages += 1;
    let mut stage = Stage::new(model, model.stages, index, scene, now);
    stage.aim = aim;
    out.changed = true;
    out.effects.push(Effect::OpenStage { run: stage.run });
    model.stage = Some(stage);
}

/// A stage is there, or cannot be.
fn opened(
    model: &mut Model,
    run: u64,
    result: Result<Connection, String>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    let Some(mut stage) = model.stage.take_if(|stage| stage.run == run) else {
        // It was left before it was there. A newer one is not ended by that.
        out.effects.push(Effect::CloseStage { run });
        return;
    };
    out.changed = true;
    match result {
        Ok(connection) => {
            let (lab, first) = inner(model, connection, now);
            *stage.lab = lab;
            stage.opened = true;
            stage.facts = Facts::new(model.rng.u32(..));
            stage.pass_on(first, out);
        }
        Err(why) => {
            let why = why.trim_end_matches('.');
            stage.broken = Some(format!("There is no stage: {why}. R tries again."));
        }
    }
    stage.go_on(now, out);
    model.stage = Some(stage);
}

/// Something happened on the stage of this run.
fn heard(model: &mut Model, run: u64, message: Message, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stage) = model.stage.as_mut().filter(|stage| stage.run == run) else {
        return;
    };
    if let Message::ServerEnded(why) = &message {
        let why = why.trim_end_matches('.');
        stage.broken = Some(format!(
            "The stage's server has stopped ({why}). R makes a new one."
        ));
    }
    stage.facts.hear(&message);
    stage.tell(message, now, out);
    stage.go_on(now, out);
    settle(model);
}

/// What was said of a step that is not done goes when it is.
fn settle(model: &mut Model) {
    let runs = |stage: &Stage| stage.state() == StepState::Running;
    if model.status.words == NOT_YET && !model.stage.as_ref().is_some_and(runs) {
        model.say(Tone::Plain, String::new());
    }
}

/// Time passed.
pub(super) fn on_deadline(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let Some(stage) = &mut model.stage else {
        return;
    };
    let due = stage.lab.next_deadline().is_some_and(|at| at <= now);
    if due && stage.opened {
        stage.tell(Message::DeadlinePassed, now, out);
    }
    if !stage.opened && stage.broken.is_none() && stage.until <= now {
        out.changed = true;
        let seconds = PATIENCE.num_seconds();
        stage.broken = Some(format!("No stage came within {seconds} s. R tries again."));
    }
    stage.go_on(now, out);
    settle(model);
}

/// The screen has another size.
pub(super) fn resized(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    let area = model.layout.area;
    if let Some(stage) = &mut model.stage {
        stage.tell(Message::Resized(area.width, area.height), now, out);
    }
}
