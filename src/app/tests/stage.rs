//! Scenes on their stage: a cue begins a step, its calls go out with the stage's number, and what came back is what holds.

use std::sync::Arc;

use proptest::prelude::*;

use super::script::*;
use crate::app::message::*;
use crate::app::stage::{Cue, Stage, StepState};
use crate::app::*;
use crate::kinesis::control::ServerState;
use crate::kinesis::feed::FeedEvent;
use crate::kinesis::hash_ranges::{HashKey, HashRange};
use crate::kinesis::{CallError, ShardId};
use crate::lesson::scenes::scenes;

const SCENES: &str = r#"
[[scene]]
title = "Keys"
[[scene.step]]
say = "Here is a stream."
create = { stream = "demo", shards = 2 }
expect = { open_shards = 2 }
[[scene.step]]
predict = { ask = "Where?", options = ["one shard", "two"], answer = "B", why = "They hash apart." }
[[scene.step]]
put = { keys = ["alice", "bob", "alice"] }
expect = { records = 3, same_shard = ["alice"], different_shards = ["alice", "bob"] }
[[scene.step]]
reveal = {}
[[scene.step]]
split = { shard = 7 }
[[scene.step]]
clock = { forward = "25h" }
[[scene.step]]
put = { key = "carol" }
expect = { records = 9 }
[[scene]]
title = "Another"
page = "step-1"
[[scene.step]]
say = "Only words."
"#;

/// A lab whose lesson has these scenes, and the endpoint behind its stages.
struct Theatre {
    lab: Lab,
    /// Answers that are kept back until they are let go.
    silent: bool,
    /// Whether it creates no stream.
    refusing: bool,
    /// The streams that it has already.
    others: Vec<String>,
    kept: Vec<Message>,
    shards: u32,
    puts: u32,
}

impl Theatre {
    fn of(kind: ConnectionKind) -> Self {
        let mut setup = setup(kind);
        setup.lesson.settings.scenes = scenes(SCENES).expect("well formed").scenes;
        let mut lab = Lab::start(setup);
        lab.effects.clear();
        Self {
            lab,
            silent: false,
            refusing: false,
            others: Vec::new(),
            kept: Vec::new(),
            shards: 0,
            puts: 0,
        }
    }

    fn cue(&mut self, cue: Cue) -> &mut Self {
        self.lab.tell(Message::Cued(cue));
        self.answer()
    }

    fn next(&mut self) -> &mut Self {
        self.cue(Cue::Next)
    }

    /// Answers everything that was asked for on stages.
    fn answer(&mut self) -> &mut Self {
        while !self.lab.effects.is_empty() {
            let message = match self.lab.effects.remove(0) {
                Effect::OpenStage { run } => Message::StageOpened {
                    run,
                    result: Ok(self.lab.model.connection.clone()),
                },
                Effect::OnStage { run, effect } => {
                    let Some(message) = self.answer_to(*effect) else {
                        continue;
                    };
                    Message::OnStage {
                        run,
                        message: Box::new(message),
                    }
                }
                _ => continue,
            };
            if self.silent {
                self.kept.push(message);
            } else {
                self.lab.tell(message);
            }
        }
        self
    }

    fn answer_to(&mut self, effect: Effect) -> Option<Message> {
        let request = match effect {
            Effect::Call(request) => request,
            Effect::Control(_) => {
                let state = ServerState::default();
                return Some(Message::Fed(FeedEvent::Changed(Arc::new(state))));
            }
            effect => panic!("{effect:?} is none of a stage's"),
        };
        Some(Message::Answered(match request {
            Request::ListStreams => Answer::Streams(Ok(self.others.clone())),
            Request::CreateStream { stream, shards } => {
                self.shards = shards;
                Answer::Created {
                    stream,
                    shards,
                    result: match self.refusing {
                        true => Err(refusal("LimitExceededException")),
                        false => Ok(()),
                    },
                }
            }
            Request::DescribeStream(stream) => Answer::Described {
                stream,
                result: Ok(self.description()),
            },
            Request::PutRecord(put) => {
                self.puts += 1;
                let hash = HashKey::of_partition_key(&put.key);
                let mut ranges = HashRange::split_evenly(self.shards).into_iter();
                let shard = ranges.position(|range| range.contains(hash)).unwrap_or(0);
                Answer::Sent {
                    result: Ok((
                        ShardId::from_index(shard as u32),
                        format!("49{:054}", self.puts).as_str().into(),
                    )),
                    put: PutSummary {
                        id: put.id,
                        by: put.by,
                        stream: put.stream,
                        key: put.key,
                        size: put.data.len(),
                        hash_key: put.hash_key,
                    },
                }
            }
            _ => return None,
        }))
    }

    fn description(&self) -> Description {
        let ranges = HashRange::split_evenly(self.shards).into_iter().enumerate();
        let shards = ranges.map(|(index, range)| ShardDescription {
            id: ShardId::from_index(index as u32),
            hash_range: (
                range.start.value().to_string(),
                range.end.value().to_string(),
            ),
            open: true,
            parents: Vec::new(),
        });
        Description {
            shards: shards.collect(),
            ..self.lab.description(0)
        }
    }

    fn stage(&self) -> &Stage {
        self.lab.model.stage.as_ref().expect("a stage")
    }

    /// The step and how it stands.
    fn stands(&self) -> (usize, StepState) {
        (self.stage().step(), self.stage().state())
    }

    fn failure(&self) -> String {
        match self.stage().state() {
            StepState::Failed(why) => why,
            state => panic!("{state:?}"),
        }
    }
}

#[test]
fn a_step_says_what_it_will_do_and_is_done_when_what_is_expected_came_back() {
    let mut it = Theatre::of(ConnectionKind::Local);
    it.next();
    assert_eq!(it.stands(), (0, StepState::Ready));
    assert_eq!(it.stage().about(), "creates demo with 2 shards");
    it.next();
    assert_eq!(it.stands(), (0, StepState::Done));
    assert_eq!(it.stage().lab().streams.name(), Some("demo"));
    it.next();
    let asked = it.stage().predicted().expect("a question");
    assert!(!asked.revealed);
    assert_eq!(it.stage().about(), "puts alice, bob, alice");
    it.next();
    assert_eq!(it.stands(), (2, StepState::Done));
    it.next();
    assert!(it.stage().predicted().is_some_and(|asked| asked.revealed));
    it.next();
    assert_eq!(it.stage().predicted(), None);
    // The learner's own panels know nothing of it.
    assert_eq!(it.lab.model.streams.name(), None);
    assert!(it.lab.model.producer.log.is_empty());
}

#[test]
fn a_step_runs_while_its_calls_wait_and_fails_with_a_sentence_when_its_time_is_over() {
    let mut it = Theatre::of(ConnectionKind::Local);
    it.next();
    it.silent = true;
    it.next();
    assert_eq!(it.stands(), (0, StepState::Running));
    it.next();
    assert_eq!(it.stands(), (0, StepState::Running));
    assert!(
        it.lab.status().contains("not done yet"),
        "{}",
        it.lab.status()
    );
    it.lab.wait(21.0);
    assert_eq!(it.lab.status(), "", "it is over");
    assert!(
        it.failure().contains("demo is not ACTIVE"),
        "{}",
        it.failure()
    );
    // The next step begins all the same.
    it.next();
    assert_eq!(it.stands(), (1, StepState::Done));
    it.next();
    assert!(
        it.failure().contains("There is no stream"),
        "{}",
        it.failure()
    );
}

#[test]
fn what_is_expected_and_not_seen_is_said_with_both_numbers() {
    let mut it = Theatre::of(ConnectionKind::Local);
    it.next();
    for _ in 0..7 {
        it.next();
    }
    assert_eq!(it.stands(), (6, StepState::Running));
    it.lab.wait(21.0);
    assert_eq!(it.failure(), "records acknowledged: 9 expected, 4 seen.");
    assert_eq!(
        it.stage().about(),
        "The scene is over. n goes on with the lesson, ] leads to scene 2 of 2."
    );
}

#[test]
fn a_shard_that_does_not_exist_is_said_with_those_that_do() {
    let mut it = Theatre::of(ConnectionKind::Local);
    for _ in 0..6 {
        it.next();
    }
    assert_eq!(it.failure(), "There is no open shard 7; open are 0, 1.");
}

#[test]
fn going_back_makes_the_stage_anew_and_does_the_steps_before_again() {
    let mut it = Theatre::of(ConnectionKind::Local);
    for _ in 0..5 {
        it.next();
    }
    assert_eq!(it.stands(), (3, StepState::Done));
    // Words and answers leave nothing behind.
    let before = it.stage().clone();
    it.lab.tell(Message::Cued(Cue::Back));
    assert!(it.lab.effects.is_empty());
    assert_eq!(it.stands(), (2, StepState::Done));
    assert!(it.stage().predicted().is_some_and(|asked| !asked.revealed));
    it.lab.tell(Message::Cued(Cue::Back));
    assert_eq!(it.lab.effects.len(), 1);
    assert!(it.lab.status().contains("sequence numbers are new"));
    it.answer();
    assert_eq!(it.stands(), (1, StepState::Done));
    assert_eq!(it.stage().lab().streams.name(), Some("demo"));
    assert!(it.stage().lab().producer.log.is_empty());
    assert!(!before.lab().producer.log.is_empty());
    it.next();
    assert_eq!(it.stands(), (2, StepState::Done));
    it.cue(Cue::Reset);
    assert_eq!(it.stands(), (0, StepState::Ready));
    it.cue(Cue::Back);
    assert_eq!(it.lab.status(), "This is where the scene begins.");
}

#[test]
fn answers_for_an_earlier_stage_are_ignored() {
    let mut it = Theatre::of(ConnectionKind::Local);
    it.next();
    it.silent = true;
    it.next();
    it.silent = false;
    it.cue(Cue::Reset);
    for message in std::mem::take(&mut it.kept) {
        it.lab.tell(message);
    }
    assert_eq!(it.stage().lab().streams.name(), None);
    assert_eq!(it.stands(), (0, StepState::Ready));
    it.cue(Cue::Leave);
    assert!(it.lab.model.stage.is_none());
}

#[test]
fn on_another_endpoint_the_clock_stays_and_streams_have_names_of_their_own() {
    let mut it = Theatre::of(ConnectionKind::Endpoint);
    for _ in 0..4 {
        it.next();
    }
    let name = it.stage().lab().streams.name().expect("a stream");
    assert!(name.starts_with("scene-demo-"), "{name}");
    for _ in 0..2 {
        it.next();
    }
    let why = "the clock can be moved on the lab's own server only";
    assert_eq!(it.stage().about(), format!("skips a step: {why}"));
    it.next();
    let words = format!("Skipped: {why}.");
    assert_eq!(it.stands(), (5, StepState::Skipped(words)));
    // What comes after it would not show what it says.
    assert!(it.stage().about().contains("builds on"));
    let puts = it.puts;
    it.next();
    assert!(matches!(it.stands(), (6, StepState::Skipped(_))));
    assert_eq!((it.puts, it.stage().told().len()), (puts, 5));
}

#[test]
fn a_scene_touches_no_stream_but_the_one_that_it_created() {
    let mut it = Theatre::of(ConnectionKind::Endpoint);
    it.others = vec!["somebody-s".into()];
    it.next();
    assert_eq!(it.stage().lab().streams.name(), Some("somebody-s"));
    it.refusing = true;
    it.next();
    assert!(it.failure().contains("is not created"), "{}", it.failure());
    it.next();
    it.next();
    assert!(
        it.failure().contains("There is no stream"),
        "{}",
        it.failure()
    );
    assert_eq!(it.puts, 0);
}

#[test]
fn a_stage_that_cannot_be_made_or_whose_server_stops_is_said_and_made_anew() {
    let mut it = Theatre::of(ConnectionKind::Local);
    let fails = |it: &mut Theatre| {
        let Some(Effect::OpenStage { run }) = it.lab.effects.pop() else {
            panic!("no stage was asked for");
        };
        let result = Err("no port is free".to_owned());
        it.lab.tell(Message::StageOpened { run, result });
        run
    };
    it.lab.tell(Message::Cued(Cue::Next));
    let run = fails(&mut it);
    assert_eq!(
        it.failure(),
        "There is no stage: no port is free. R tries again."
    );
    it.next();
    assert_eq!(it.stands(), (0, StepState::Ready));
    it.next();
    let message = Box::new(Message::ServerEnded("no more memory".into()));
    it.lab.tell(Message::OnStage {
        run: run + 1,
        message,
    });
    assert!(it.failure().contains("no more memory"), "{}", it.failure());
    it.cue(Cue::Back);
    assert_eq!(it.stands(), (0, StepState::Ready));
}

#[test]
fn a_stage_that_comes_after_it_was_left_is_ended() {
    let mut it = Theatre::of(ConnectionKind::Local);
    it.lab.tell(Message::Cued(Cue::Next));
    it.lab.tell(Message::Cued(Cue::Leave));
    it.lab.effects.clear();
    it.lab.tell(Message::StageOpened {
        run: 1,
        result: Ok(it.lab.model.connection.clone()),
    });
    let [Effect::CloseStage { run: 1 }] = it.lab.effects[..] else {
        panic!("{:?}", it.lab.effects);
    };
}

#[test]
fn an_endpoint_that_is_gone_is_named_at_once_and_stays_named() {
    let mut it = Theatre::of(ConnectionKind::Endpoint);
    it.next().next();
    it.silent = true;
    it.next().next();
    let error = CallError::NotReached {
        why: "nothing listens at http://127.0.0.1:4777".into(),
    };
    let message = Message::Answered(Answer::Streams(Err(error)));
    it.lab.tell(Message::OnStage {
        run: 1,
        message: Box::new(message),
    });
    let words = "Nothing listens at http://127.0.0.1:4777. Start it, then R.";
    assert_eq!(it.failure(), words);
    it.lab.tell(Message::Cued(Cue::Back));
    assert_eq!(it.lab.status(), "The stage is tried again.");
}

#[test]
fn who_is_quicker_than_the_stage_does_not_press_again() {
    let mut it = Theatre::of(ConnectionKind::Local);
    it.lab.tell(Message::Cued(Cue::Choose(0)));
    it.lab.tell(Message::Cued(Cue::Next));
    assert_eq!(it.stands(), (0, StepState::Running));
    it.lab.tell(Message::Cued(Cue::Next));
    it.answer();
    assert_eq!(it.stands(), (0, StepState::Done));
}

#[test]
fn a_lesson_without_scenes_says_so_and_other_scenes_are_chosen_by_their_place() {
    let mut lab = Lab::local();
    lab.tell(Message::Cued(Cue::Next));
    assert!(lab.status().contains("has no scenes"), "{}", lab.status());
    let mut it = Theatre::of(ConnectionKind::Local);
    it.cue(Cue::Choose(2));
    assert!(it.lab.model.stage.is_none());
    // The scene of the open page comes first.
    it.lab.key('n');
    it.next();
    assert_eq!(it.stage().scene().title, "Another");
    it.next();
    assert_eq!(
        it.stage().about(),
        "The last scene is over. n goes on with the lesson."
    );
}

#[test]
fn a_window_that_is_resized_in_the_middle_reaches_the_stage() {
    let mut it = Theatre::of(ConnectionKind::Local);
    it.next().next();
    it.lab.tell(Message::Resized(80, 24));
    assert_eq!(it.stage().lab().layout.area, it.lab.model.layout.area);
    it.lab.tell(Message::Resized(1, 1));
    it.next();
    assert_eq!(it.stands(), (1, StepState::Done));
}

proptest! {
    #[test]
    fn whatever_is_cued_and_whatever_is_not_answered_no_step_runs_for_ever(
        cues in prop::collection::vec((0..6_u8, any::<bool>()), 1..24),
    ) {
        let mut it = Theatre::of(ConnectionKind::Local);
        for (cue, silent) in cues {
            it.silent = silent;
            it.cue(match cue {
                0 => Cue::Back,
                1 => Cue::Reset,
                2 => Cue::Choose(usize::from(silent)),
                _ => Cue::Next,
            });
        }
        let steps = 8.0;
        it.lab.wait(steps * 2.0 * 21.0);
        if let Some(stage) = &it.lab.model.stage {
            prop_assert_ne!(stage.state(), StepState::Running);
        }
    }
}
