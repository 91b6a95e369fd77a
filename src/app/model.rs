//! The whole of the lab's state, and the outcome of a change.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Offset, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::batch::{self, Batch};
use super::class;
use super::connection::{Connection, ConnectionKind};
use super::consumer::Consumer;
use super::course::Module;
use super::discussion;
use super::guard::Guard;
use super::guide::{self, Guide};
use super::lab_server::LabServer;
use super::lanes::Lanes;
use super::lesson_pane::{self, LessonPane};
use super::message::{Effect, Request};
use super::numbers::{self, Numbers};
use super::order::Proof;
use super::overlay::Overlay;
use super::present::{self, Present};
use super::producer::Producer;
use super::program_pane::{Places, ProgramPane};
use super::programs::Programs;
use super::quiz::{self, Quiz};
use super::reshard::Reshard;
use super::result;
use super::screen::{Layout, Pane, layout};
use super::second_screen::{self, Shown};
use super::section_clock;
use super::silence::{self, Silence};
use super::stage::Stage;
use super::steps_pane::{self, Steps};
use super::streams::{self, Streams};
use super::terms;
use super::theme::Theme;
use super::wire::Wire;
use crate::lesson::{Fault, Lesson, SectionKind};
use crate::progress::{Ledger, LessonProgress, Progress};

/// How long a new line stands out.
const FRESH: TimeDelta = TimeDelta::seconds(1);

/// Everything the lab knows. Drawn as it is; changed by `update` only.
#[derive(Debug, Clone)]
pub struct Model {
    /// The time of the last message.
    pub now: DateTime<Utc>,
    /// Where the lab is connected.
    pub connection: Connection,
    /// Where everything stands on the screen.
    pub layout: Layout,
    /// The pane that has the keys.
    pub focus: Pane,
    /// Whether it has the whole screen.
    pub zoom: bool,
    /// What lies over the panes.
    pub overlay: Option<Overlay>,
    /// Present mode, while it is on.
    pub present: Option<Present>,
    /// What just happened, in one sentence.
    pub status: Status,
    /// The theme.
    pub theme: Theme,
    /// The learner's time zone.
    pub zone: FixedOffset,
    /// Whether the mouse works in the lab.
    pub mouse: bool,
    /// The modules of the course, in their order; the open one is among them by its key.
    pub course: Vec<Module>,
    /// The course's reference: a page each of its terms.
    pub reference: Option<Arc<Lesson>>,
    /// The lesson pane.
    pub lesson: LessonPane,
    /// The producer panel.
    pub producer: Producer,
    /// The consumer panel.
    pub consumer: Consumer,
    /// The stream's shards as lanes.
    pub lanes: Lanes,
    /// The quiz pane.
    pub quiz: Quiz,
    /// The pane with a program of the learner's.
    pub program: ProgramPane,
    /// Where programs run.
    pub places: Places,
    /// The streams.
    pub streams: Streams,
    /// Calls that no answer came to yet.
    pub(super) silence: Silence,
    /// The proof that each key's records are read in their order.
    pub proof: Proof,
    /// The change of the selected stream that is under way.
    pub reshard: Reshard,
    /// The lab's own server.
    pub server: LabServer,
    /// Other people's programs.
    pub programs: Programs,
    /// How far the lesson's steps are done.
    pub steps: Steps,
    /// Every call that was seen.
    pub wire: Wire,
    /// What the selected stream is put through.
    pub numbers: Numbers,
    /// The same events as a batch and as a stream.
    pub batch: Batch,
    /// What the lab may do on AWS.
    pub guard: Guard,
    /// The guide through the lesson's steps.
    pub guide: Guide,
    /// The scene that is on, on a stage of its own.
    pub stage: Option<Stage>,
    /// Counts the stages of this run.
    pub(super) stages: u64,
    /// What the learner has done.
    pub progress: Progress,
    /// Why progress is not saved, where it is not.
    pub unsaved: Option<String>,
    /// Feed events that the lab was too slow for.
    pub feed_lost: u64,
    /// Randomness for templates; seeded from outside.
    pub rng: fastrand::Rng,
    /// What the second screen was told last.
    pub(super) told: Option<Box<Shown>>,
    /// Until when the newest line stands out.
    pub fresh_until: Option<DateTime<Utc>>,
    pub(super) drawn_minute: DateTime<Utc>,
    pub(super) saved: Progress,
    pub(super) quit_asked: bool,
}

/// What just happened, in one sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// How it is meant.
    pub tone: Tone,
    /// The sentence.
    pub words: String,
    /// Whether it names keys of the dialog that is open.
    of_dialog: bool,
}

/// How a sentence is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// It just says so.
    #[default]
    Plain,
    /// Something is done or right.
    Done,
    /// Something needs a look.
    Nearly,
    /// Something was refused or is wrong.
    Wrong,
}

/// What the lab starts with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Setup {
    /// The lesson.
    pub lesson: Lesson,
    /// The name under which its progress is kept.
    pub lesson_key: String,
    /// What is wrong with its files, for its author.
    pub lesson_fault: Option<Fault>,
    /// The modules of the course, in their order.
    pub course: Vec<Module>,
    /// The course's reference, if there is one.
    pub reference: Option<Arc<Lesson>>,
    /// Where the lab is connected.
    pub connection: Connection,
    /// What the learner has done so far.
    pub progress: Progress,
    /// Why progress will not be saved, if so.
    pub unsaved: Option<String>,
    /// Streams that the lab created on AWS earlier.
    pub ledger: Ledger,
    /// Something to say at the start, e.g. that a damaged file was kept aside.
    pub notice: Option<String>,
    /// Whether the embedded server keeps its streams on disk; else they are in memory only.
    pub keeps_streams: bool,
    /// The theme asked for on the command line; else the one chosen last.
    pub theme: Option<Theme>,
    /// Where programs run.
    pub places: Places,
    /// Whether the lab opens in present mode.
    pub present: bool,
    /// The size of the screen, in cells.
    pub size: (u16, u16),
    /// The learner's time zone, in which times of day are shown and typed.
    #[serde(with = "zone")]
    pub zone: FixedOffset,
    /// The seed of all randomness.
    pub seed: u64,
}

impl Setup {
    /// A lab with this lesson and nothing done before: no course around it, no places for programs, 80x24, UTC.
    pub fn new(lesson: Lesson, connection: Connection) -> Self {
        Self {
            lesson,
            lesson_key: String::new(),
            lesson_fault: None,
            course: Vec::new(),
            reference: None,
            connection,
            progress: Progress::default(),
            unsaved: None,
            ledger: Ledger::default(),
            notice: None,
            keeps_streams: false,
            theme: None,
            places: Places::default(),
            present: false,
            size: (80, 24),
            zone: Utc.fix(),
            seed: 0,
        }
    }
}

/// What a message led to.
#[derive(Debug, Clone, Default, PartialEq)]
#[must_use]
pub struct Outcome {
    /// Whether the screen may look different.
    pub changed: bool,
    /// What is to be done outside.
    pub effects: Vec<Effect>,
}

impl Outcome {
    pub(super) fn call(&mut self, request: Request) {
        self.effects.push(Effect::Call(request));
    }
}

impl Model {
    /// The lab at its start, and what is to be done first.
    pub fn new(setup: Setup, now: DateTime<Utc>) -> (Self, Outcome) {
        let mut out = Outcome {
            changed: true,
            ..Outcome::default()
        };
        let theme = setup
            .theme
            .or_else(|| Theme::named(setup.progress.theme.as_deref()?))
            .unwrap_or_default();
        let steps = Steps::new(&setup.lesson, &setup.connection, now);
        let mut model = Self {
            now,
            connection: setup.connection,
            layout: Layout::default(),
            focus: Pane::Lesson,
            zoom: false,
            overlay: None,
            present: None,
            status: Status::default(),
            theme,
            zone: setup.zone,
            mouse: false,
            lesson: LessonPane::new(Arc::new(setup.lesson), setup.lesson_key, now),
            course: setup.course,
            reference: setup.reference,
            producer: Producer::default(),
            consumer: Consumer::default(),
            lanes: Lanes::default(),
            quiz: Quiz::default(),
            program: ProgramPane::default(),
            places: setup.places,
            streams: Streams::default(),
            silence: Silence::default(),
            proof: Proof::default(),
            reshard: Reshard::default(),
            server: LabServer::new(setup.keeps_streams),
            programs: Programs::default(),
            steps,
            wire: Wire::default(),
            numbers: Numbers::default(),
            batch: Batch::new(setup.zone),
            guard: Guard::new(setup.ledger),
            guide: Guide::default(),
            stage: None,
            stages: 0,
            drawn_minute: now,
            saved: setup.progress.clone(),
            progress: setup.progress,
            unsaved: setup.unsaved,
            feed_lost: 0,
            rng: fastrand::Rng::with_seed(setup.seed),
            told: None,
            fresh_until: None,
            quit_asked: false,
        };
        model.lesson.fault = setup.lesson_fault;
        model.resume(setup.notice);
        steps_pane::resume(&mut model);
        model.layout.area.width = setup.size.0;
        model.layout.area.height = setup.size.1;
        guide::opened(&mut model);
        model.lay_out();
        guide::follow(&mut model, now, &mut out);
        out.effects
            .push(Effect::Highlight(Arc::clone(&model.lesson.lesson)));
        out.call(Request::ListStreams);
        match model.connection.kind {
            ConnectionKind::Local | ConnectionKind::Endpoint => {}
            ConnectionKind::Aws => out.call(Request::IdentifyAccount),
        }
        if model.status.words.is_empty() && model.streams.last_time.is_none() {
            let words = "Welcome. The stream is real, and yours alone.";
            model.say(Tone::Plain, words.into());
        }
        if setup.present {
            present::toggle(&mut model);
            present::follow(&mut model);
        }
        silence::follow(&mut model, false, now, &mut out);
        second_screen::follow(&mut model, &mut out);
        (model, out)
    }

    /// Takes up where the learner was, and says what is to be known about it.
    pub(super) fn resume(&mut self, notice: Option<String>) {
        let pages = &self.lesson.lesson.pages;
        let page = self
            .progress
            .lessons
            .get(&self.lesson.key)
            .and_then(|lesson| lesson.page.as_ref())
            .and_then(|key| pages.iter().position(|page| page.key == *key))
            .unwrap_or(0);
        let back = (page > 0).then(|| format!("Welcome back to “{}”.", pages[page].title));
        self.lesson.page = page;
        class::resume(self);
        section_clock::turn(self, self.now);
        discussion::take_notes(self);
        discussion::page_opened(&mut self.lesson);
        quiz::ask_again(self);
        self.progress.last_lesson = Some(self.lesson.key.clone());
        self.saved = self.progress.clone();
        let due = quiz::what_is_due(self).map(|due| format!("{due} 4 asks again."));
        let questions = &self.lesson.lesson.questions;
        let first_due = questions.iter().position(|q| quiz::due(self, q));
        let unanswered = || self.quiz.first_unanswered(self);
        self.quiz.question = first_due.or_else(unanswered).unwrap_or(0);
        if self.connection.kind == ConnectionKind::Local {
            self.streams.last_time = streams::of_last_time(self);
        }
        let fault = self.lesson.fault.as_ref().map(Fault::sentence);
        let tone = match (&notice, &fault) {
            (None, None) => Tone::Plain,
            _ => Tone::Nearly,
        };
        // What waits goes before the greeting: at 80 columns there is room for one of them.
        let greeting = due.or(back);
        let sentences = [fault, notice, greeting].into_iter().flatten();
        let sentences: Vec<String> = sentences.collect();
        self.say(tone, sentences.join(" "));
    }

    /// Whether the embedded server tells the lab of every call.
    pub fn feeds(&self) -> bool {
        self.connection.kind == ConnectionKind::Local
    }

    /// When the model wants to hear from the clock again; `None`: only when something happens.
    pub fn next_deadline(&self) -> Option<DateTime<Utc>> {
        let sheet = matches!(self.overlay, Some(Overlay::Sheet(_)));
        let looks = self.streams.selected.as_ref().and_then(|s| s.look_at);
        [
            self.producer.auto.next_deadline(),
            self.consumer.next_deadline(),
            self.lanes.next_change(),
            looks,
            self.streams.list_at,
            self.programs.next_leave(),
            self.steps.look_at,
            self.steps.looks_at,
            self.fresh_until,
            self.lesson.discussion.next_deadline(),
            section_clock::next_change(self, self.drawn_minute),
            guide::next_hint_at(self).filter(|_| sheet),
            guide::gives_up_at(self),
            self.silence.next_deadline(),
            numbers::next_deadline(self),
            batch::next_deadline(self),
            self.stage.as_ref().and_then(Stage::next_deadline),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Whether a line that came then still stands out: the newest one does, and those that came with it.
    pub fn fresh(&self, at: DateTime<Utc>) -> bool {
        self.fresh_until.is_some_and(|until| until - at <= FRESH)
    }

    /// Whether typing goes somewhere: into a dialog or a field.
    pub(super) fn keys_are_taken(&self) -> bool {
        self.overlay.is_some()
            || self.producer.edit.is_some()
            || self.lesson.discussion.note.is_some()
            || self
                .lesson
                .search
                .as_ref()
                .is_some_and(|search| search.typing)
    }

    /// Whether the quiz wants room beside the other panes.
    pub fn quiz_open(&self) -> bool {
        self.focus == Pane::Quiz
            || self
                .lesson
                .section()
                .is_some_and(|section| section.kind == SectionKind::Checkpoint)
    }

    pub(super) fn say(&mut self, tone: Tone, words: String) {
        self.status = Status {
            tone,
            words,
            of_dialog: false,
        };
    }

    /// Says what holds only as long as the dialog that is open now: it names its keys.
    pub(super) fn say_for_dialog(&mut self, tone: Tone, words: String) {
        self.status = Status {
            tone,
            words,
            of_dialog: true,
        };
    }

    /// What was said for a dialog ends with it.
    pub(super) fn forget_what_was_said_for_a_dialog(&mut self) {
        if self.status.of_dialog && self.overlay.is_none() {
            self.status = Status::default();
        }
    }

    /// Says something more beside what was just said.
    pub(super) fn say_also(&mut self, tone: Tone, words: &str) {
        if self.status.words.is_empty() {
            return self.say(tone, words.to_owned());
        }
        self.status.words = format!("{} {words}", self.status.words);
        if matches!(self.status.tone, Tone::Plain | Tone::Done) {
            self.status.tone = tone;
        }
    }

    pub(super) fn line_came(&mut self) {
        self.fresh_until = Some(self.now + FRESH);
    }

    pub(super) fn focus(&mut self, pane: Pane) {
        self.focus = pane;
        self.program.focused = false;
        self.lay_out();
    }

    pub(super) fn lesson_progress(&mut self) -> &mut LessonProgress {
        self.progress
            .lessons
            .entry(self.lesson.key.clone())
            .or_default()
    }

    /// Lays the screen out and wraps what depends on it.
    pub(super) fn lay_out(&mut self) {
        let area = self.layout.area;
        self.layout = layout(
            area.width,
            area.height,
            self.focus,
            self.zoom,
            self.quiz_open(),
        );
        self.layout
            .make_room_for_a_program(&self.program, self.zoom);
        if let Some(inside) = self.layout.inside(Pane::Lesson) {
            lesson_pane::resized(&mut self.lesson, inside.width, inside.height);
        }
        if let Some(inside) = self.layout.inside(Pane::Quiz) {
            quiz::resized(self, inside.width, inside.height);
        }
        discussion::lay_out_note(self);
        result::lay_out(self);
        terms::lay_out(self);
    }
}

/// A zone where it is stored: seconds east of Greenwich.
mod zone {
    use chrono::FixedOffset;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    pub fn serialize<S: Serializer>(zone: &FixedOffset, serializer: S) -> Result<S::Ok, S::Error> {
        zone.local_minus_utc().serialize(serializer)
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<FixedOffset, D::Error> {
        let seconds = i32::deserialize(deserializer)?;
        FixedOffset::east_opt(seconds).ok_or_else(|| de::Error::custom("no such time zone"))
    }
}
