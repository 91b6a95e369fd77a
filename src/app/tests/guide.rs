//! Scripts about the guide through a step: predictions, hints, solving, resetting and skipping.

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::overlay::{Confirm, Overlay};
use crate::app::*;
use crate::kinesis::feed::Detail;
use crate::lesson;
use crate::progress::Passed;
use crate::steps::Mark;

const LESSON: &str = "# Rivers\n\n## Goals\n\nNone.\n\n## Hands-On (20 min)\n\n### Step 1: Send\n\nSend some.\n\n\
    ### Step 2: Look\n\nLook at it.\n\n## Summary\n\nThat was all.\n";

pub const LAB: &str = r#"
[[step]]
title = "Send"
hints = ["Look at the keys.", "Press s.", "Press s three times."]
[[step.predict]]
ask = "Which shard gets carol?"
options = ["shard 0", "the other one", "both"]
answer = "b"
why = "Her hash begins with a9."
when.put = { key = "carol" }
misconceptions = ["key-spread", "", ""]
[[step.predict]]
ask = "Does reading remove?"
options = ["yes", "no"]
answer = "b"
why = "Records stay."
when.reread = {}
[[step.check]]
says = "a stream of two shards"
when.create = { shards = 2 }
[[step.check]]
says = "three records of two users"
when.put = { records = 3, keys = 2 }
[[step.check]]
says = "both shards have some"
when.put = { records = 2, shards = 2 }
"#;

pub fn guided(kind: ConnectionKind, toml: &str) -> Setup {
    let settings = lesson::settings(toml).expect("well formed");
    Setup {
        lesson: lesson::parse(LESSON, &settings),
        ..setup(kind)
    }
}

/// At step 1, with a stream of two shards that somebody else made.
fn at_the_step() -> Lab {
    let mut lab = Lab::start(guided(ConnectionKind::Local, LAB));
    lab.effects.clear();
    lab.fed(7, "CreateStream", "rivers", Detail::Create { shards: 2 });
    let description = halves(&lab);
    lab.answer(Answer::Described {
        stream: "rivers".into(),
        result: Ok(description),
    });
    lab.effects.clear();
    lab.key('n');
    lab
}

/// A stream of two shards, each with half of the hash keys.
pub fn halves(lab: &Lab) -> Description {
    let middle = u128::MAX / 2;
    let mut description = lab.description(2);
    description.shards[0].hash_range = ("0".into(), middle.to_string());
    description.shards[1].hash_range = ((middle + 1).to_string(), u128::MAX.to_string());
    description
}

/// What stands below the text of the page.
pub fn below(lab: &Lab) -> String {
    let rows = lab.model.lesson.below.iter();
    rows.map(|row| row.text() + "\n").collect()
}

pub fn marks(lab: &Lab) -> Vec<Mark> {
    let states = steps_pane::states(&lab.model, lab.model.lesson.page);
    states.iter().map(|state| state.mark).collect()
}

/// A program puts carol's record.
fn carol_is_put(lab: &mut Lab) {
    lab.fed(7, "PutRecord", "rivers", put_entry("carol"));
}

#[test]
fn a_prediction_has_the_letters_only_while_it_waits_in_the_focused_lesson() {
    let mut lab = at_the_step();
    lab.key('2').key('c');
    assert!(
        !guide::waits(&lab.model),
        "nothing was read that could be read again"
    );
    assert!(lab.model.consumer.running, "another pane has its own keys");
    lab.key('c').key('1').key('c');
    assert!(!lab.model.consumer.running);
    assert!(below(&lab).contains("◂ you"), "{}", below(&lab));
    lab.key('c');
    assert!(lab.model.consumer.running, "it is answered");
}

#[test]
fn a_letter_beyond_the_options_does_what_it_does_elsewhere() {
    let mut lab = at_the_step();
    lab.key('d');
    assert!(matches!(lab.model.overlay, Some(Overlay::Sheet(_))));
}

#[test]
fn a_card_that_is_not_on_the_screen_takes_no_letters() {
    let long = LESSON.replace("Send some.", &"Send some.\n\n".repeat(60));
    let mut setup = guided(ConnectionKind::Local, LAB);
    setup.lesson = lesson::parse(&long, &setup.lesson.settings);
    let mut lab = Lab::start(setup);
    lab.key('n');
    assert_eq!(guide::options(&lab.model), 0);
    lab.key('b').key('G');
    assert_eq!(guide::options(&lab.model), 3);
    lab.key('b');
    assert_eq!(guide::options(&lab.model), 0);
}

#[test]
fn the_outcome_stands_beside_what_was_said_once_the_stream_has_shown_it() {
    let mut lab = at_the_step();
    let answer = ["it is b", "Her hash begins with a9"];
    let told = |lab: &Lab| answer.iter().any(|words| below(lab).contains(words));
    assert!(!told(&lab));
    let rows = lab.model.lesson.below.len();
    lab.key('a');
    assert!(!told(&lab), "{}", below(&lab));
    lab.key('/').keys("begins with a9").enter().escape();
    assert!(!told(&lab) && lab.model.lesson.search.is_none());
    assert_eq!(
        lab.model.lesson.below.len(),
        rows,
        "nothing below has moved"
    );
    carol_is_put(&mut lab);
    let now = below(&lab);
    assert!(
        now.contains("You said a · shard 0 — it is b · the other one."),
        "{now}"
    );
    assert!(now.contains("Her hash begins with a9."), "{now}");
    let line = now.replace("\n▎   ", " ");
    let evidence = "by py#1: carol in shardId-000000000000, sequence number 49.";
    assert!(line.contains(evidence), "{now}");
    let kept = &lab.model.progress.lessons["streams"];
    assert!(kept.misconceptions.contains("key-spread"));
    let card = |lab: &Lab| {
        let rows = lab.model.lesson.below.iter();
        rows.filter(|row| matches!(row.part, guide::Part::Card(..)))
            .count()
    };
    let seen = card(&lab);
    lab.enter();
    assert_eq!(card(&lab), seen, "the next card is as high");
    assert!(below(&lab).contains("Does reading remove?"));
}

#[test]
fn what_was_done_before_the_prediction_is_not_its_outcome() {
    let mut lab = Lab::start(guided(ConnectionKind::Local, LAB));
    lab.fed(7, "CreateStream", "rivers", Detail::Create { shards: 2 });
    lab.described("rivers", 2);
    carol_is_put(&mut lab);
    lab.key('n').key('b');
    assert!(below(&lab).contains("◂ you"), "{}", below(&lab));
    carol_is_put(&mut lab);
    assert!(below(&lab).contains("and so it is"), "{}", below(&lab));
    assert!(
        lab.model.progress.lessons["streams"]
            .misconceptions
            .is_empty()
    );
}

#[test]
fn who_acts_without_predicting_is_told_what_is_so() {
    let mut lab = at_the_step();
    carol_is_put(&mut lab);
    assert!(
        below(&lab).contains("Seen without a prediction: it is b"),
        "{}",
        below(&lab)
    );
    let kept = &lab.model.progress.lessons["streams"].predictions["Which shard gets carol?"];
    assert!(kept.chosen.is_none() && kept.seen_at.is_some());
}

#[test]
fn esc_skips_a_prediction_and_the_next_one_waits() {
    let mut lab = at_the_step();
    lab.escape();
    let kept = &lab.model.progress.lessons["streams"].predictions;
    assert_eq!(kept["Which shard gets carol?"].chosen, None);
    assert!(below(&lab).contains("Does reading remove?"));
    lab.key(':').keys("skip the prediction").enter();
    assert_eq!(lab.model.progress.lessons["streams"].predictions.len(), 2);
}

#[test]
fn what_was_predicted_is_there_after_a_restart() {
    let mut lab = at_the_step();
    lab.key('a');
    let mut again = guided(ConnectionKind::Local, LAB);
    again.progress = lab.model.progress.clone();
    let mut lab = Lab::start(again);
    assert!(below(&lab).contains("◂ you"), "{}", below(&lab));
    lab.fed(7, "CreateStream", "rivers", Detail::Create { shards: 2 });
    carol_is_put(&mut lab);
    assert!(below(&lab).contains("You said a"), "{}", below(&lab));
}

#[test]
fn the_third_hint_cannot_be_had_in_less_than_twenty_seconds() {
    let mut lab = at_the_step();
    let taken = |lab: &Lab| {
        let lesson = lab.model.progress.lessons.get("streams");
        lesson
            .and_then(|it| it.steps.values().next())
            .map_or(0, |step| step.hints)
    };
    lab.key('h');
    assert_eq!(taken(&lab), 1);
    assert!(below(&lab).contains("Hint 1 of 3") && !below(&lab).contains("Press s"));
    lab.wait(9.4).key('h');
    assert_eq!(taken(&lab), 1);
    assert_eq!(lab.status(), "The next hint comes in 1 s.");
    lab.wait(0.6).key('h');
    assert_eq!(taken(&lab), 2);
    lab.wait(9.9).key('h').key('h');
    assert_eq!(taken(&lab), 2, "19.9 seconds after the first");
    lab.wait(0.1).key('h');
    assert_eq!(taken(&lab), 3);
    assert!(below(&lab).contains("Press s three times."));
    assert!(below(&lab).contains("solve this step"));
    lab.wait(30.0).key('h').escape();
    assert_eq!(taken(&lab), 3, "there are no more");
    assert!(lab.model.overlay.is_none());
}

#[test]
fn the_sheet_of_hints_is_drawn_anew_when_the_next_one_may_be_had() {
    let mut lab = at_the_step();
    lab.key('h').effects.clear();
    lab.changed = false;
    lab.wait(10.0);
    assert!(lab.changed);
    let Some(Overlay::Sheet(sheet)) = lab.model.overlay else {
        panic!("it is open");
    };
    assert_eq!(sheet.key(&lab.model), Some(("h", "next hint")));
}

#[test]
fn a_step_whose_author_wrote_no_hints_has_some_of_its_open_checks() {
    let mut lab = Lab::start(guided(ConnectionKind::Local, &LAB.replace("hints", "#")));
    lab.key('n').key('h');
    assert!(
        below(&lab).contains("Still open here: a stream of two shards."),
        "{}",
        below(&lab)
    );
    lab.wait(10.0).key('h').wait(10.0).key('h');
    assert!(below(&lab).contains("Press D"), "{}", below(&lab));
}

#[test]
fn letters_of_the_quiz_are_not_hints() {
    let mut lab = Lab::local();
    lab.key('4').key('h');
    assert!(lab.model.overlay.is_none());
}

/// Answers what the showing asks for as a stream of two shards would, until it asks for nothing more.
pub fn serve(lab: &mut Lab) -> Vec<String> {
    let mut asked = Vec::new();
    let mut stored = 0;
    while let Some(request) = lab.request() {
        match request {
            Request::CreateStream { stream, shards } => {
                asked.push(format!("create {stream} {shards}"));
                // The feed tells of the lab's call, as it would of the learner's.
                let detail = Detail::Create { shards };
                lab.fed_by(
                    "app/kinesis-lab-panel",
                    OWN_KEY,
                    1,
                    "CreateStream",
                    &stream,
                    detail,
                );
                lab.answer(Answer::Created {
                    stream,
                    shards,
                    result: Ok(()),
                });
            }
            Request::DescribeStream(stream) => {
                let description = halves(lab);
                lab.answer(Answer::Described {
                    stream,
                    result: Ok(description),
                });
            }
            Request::PutRecord(put) => {
                assert_eq!(put.by, Sender::Lab);
                asked.push(format!("put {}", put.key));
                assert!(
                    !lab.effects
                        .iter()
                        .any(|it| matches!(it, Effect::Call(Request::PutRecord(_)))),
                    "one after the other"
                );
                stored += 1;
                let agent = "app/kinesis-lab-auto";
                lab.fed_by(
                    agent,
                    OWN_KEY,
                    1,
                    "PutRecord",
                    &put.stream,
                    put_entry(&put.key),
                );
                lab.stored(&put, 0, Ok(&format!("{stored}")));
            }
            _ => {}
        }
    }
    asked
}

#[test]
fn solving_makes_the_stream_what_the_step_asks_for_and_marks_it_shown() {
    let mut lab = Lab::start(guided(ConnectionKind::Local, LAB));
    lab.key('n').effects.clear();
    lab.key(':').keys("solve this step").enter();
    let asked = serve(&mut lab);
    assert_eq!(
        asked,
        [
            "create my-first-stream 2",
            "put alice",
            "put bob",
            "put alice"
        ]
    );
    assert_eq!(marks(&lab), [Mark::Shown; 3]);
    assert!(lab.status().contains("marked [s]"), "{}", lab.status());
    let kept = &lab.model.progress.lessons["streams"]
        .steps
        .values()
        .next()
        .expect("kept");
    assert!(kept.checks.values().all(|check| check.how == Passed::Shown));
    lab.wait(200.0);
    assert_eq!(
        marks(&lab),
        [Mark::Shown; 3],
        "nothing of it became the learner's"
    );
}

#[test]
fn who_predicted_what_the_lab_then_showed_sees_the_outcome() {
    let toml = LAB.replace(r#"{ key = "carol" }"#, "{ records = 3, keys = 2 }");
    let mut lab = Lab::start(guided(ConnectionKind::Local, &toml));
    lab.key('n').key('a').effects.clear();
    lab.key(':').keys("solve this step").enter();
    serve(&mut lab);
    assert!(below(&lab).contains("You said a"), "{}", below(&lab));
    assert!(below(&lab).contains("by lab."), "{}", below(&lab));
}

#[test]
fn what_the_learner_did_before_stays_done_when_the_rest_is_shown() {
    let mut lab = at_the_step();
    lab.key(':').keys("solve this step").enter();
    lab.key(':').keys("solve this step").enter();
    assert!(lab.status().contains("at it already"), "{}", lab.status());
    assert_eq!(serve(&mut lab), ["put alice", "put bob", "put alice"]);
    assert_eq!(marks(&lab), [Mark::Done, Mark::Shown, Mark::Shown]);
}

#[test]
fn a_refusal_ends_the_showing_and_marks_nothing() {
    let mut lab = Lab::start(guided(ConnectionKind::Local, LAB));
    lab.key('n').effects.clear();
    lab.key(':').keys("solve this step").enter();
    while let Some(request) = lab.request() {
        if let Request::CreateStream { stream, shards } = request {
            lab.answer(Answer::Created {
                stream,
                shards,
                result: Err(refusal("LimitExceededException")),
            });
        }
    }
    assert!(
        lab.status().contains("LimitExceededException"),
        "{}",
        lab.status()
    );
    assert!(
        lab.status().contains("not shown to its end"),
        "{}",
        lab.status()
    );
    assert_eq!(marks(&lab), [Mark::Open; 3]);
    lab.wait(200.0);
    lab.key(':').keys("solve this step").enter();
    assert!(
        lab.effects
            .iter()
            .any(|it| matches!(it, Effect::Call(Request::CreateStream { .. })))
    );
}

#[test]
fn a_showing_without_an_answer_gives_up() {
    let mut lab = Lab::start(guided(ConnectionKind::Local, LAB));
    lab.key('n').effects.clear();
    lab.key(':').keys("solve this step").enter().wait(91.0);
    assert!(
        lab.status().contains("no answer came in time"),
        "{}",
        lab.status()
    );
    assert!(!lab.model.steps.showing);
}

#[test]
fn on_aws_solving_asks_first_and_a_no_leaves_all_as_it_is() {
    let mut lab = Lab::start(guided(ConnectionKind::Aws, LAB));
    lab.answer(Answer::Account(Ok("123456789012".into())));
    lab.key('n').effects.clear();
    lab.key(':').keys("solve this step").enter();
    assert!(matches!(
        lab.model.overlay,
        Some(Overlay::Confirm(Confirm::FirstWrite(_)))
    ));
    assert!(lab.request().is_none());
    lab.escape();
    assert_eq!(marks(&lab), [Mark::Open; 3]);
    assert!(!lab.model.steps.showing);
    lab.key(':').keys("solve this step").enter();
    assert!(lab.model.overlay.is_some(), "it can be asked for again");
}

#[test]
fn marks_are_opened_again_after_a_question_and_the_stream_stays() {
    let mut lab = at_the_step();
    lab.key(':').keys("skip this step").enter();
    assert_eq!(marks(&lab), [Mark::Done, Mark::Skipped, Mark::Skipped]);
    lab.effects.clear();
    lab.key('x').escape();
    assert_eq!(marks(&lab)[0], Mark::Done);
    lab.key('x').enter();
    assert_eq!(marks(&lab), [Mark::Open; 3]);
    assert!(lab.request().is_none(), "nothing is asked of the endpoint");
    assert_eq!(lab.model.streams.name(), Some("rivers"));
}

#[test]
fn what_is_expected_and_what_was_seen_stand_together() {
    let mut lab = at_the_step();
    lab.fed(7, "PutRecord", "rivers", put_entry("alice"));
    lab.key('d');
    let Some(Overlay::Sheet(sheet)) = lab.model.overlay else {
        panic!("it is open");
    };
    let text: String = sheet
        .rows(&lab.model, 70)
        .iter()
        .map(|row| row.text() + "\n")
        .collect();
    assert!(
        text.contains("3 records put, with 2 different keys"),
        "{text}"
    );
    assert!(text.contains("1 of 3 records"), "{text}");
    assert!(text.contains("[x] a stream of two shards"), "{text}");
    lab.press(KeyCode::Down).press(KeyCode::PageDown).escape();
    assert!(lab.model.overlay.is_none());
}

#[test]
fn the_one_next_act_is_the_prediction_then_the_step_s_own_then_the_next_page() {
    let mut lab = Lab::start(guided(ConnectionKind::Local, LAB));
    let next = |lab: &Lab| lesson_pane::next_act(&lab.model).0;
    lab.key('n');
    assert_eq!(next(&lab), action::Action::Predict(0));
    lab.key('b');
    assert_eq!(next(&lab), action::Action::Streams);
    lab.fed(7, "CreateStream", "rivers", Detail::Create { shards: 2 });
    lab.described("rivers", 2);
    assert_eq!(next(&lab), action::Action::Send);
    lab.key(':').keys("skip this step").enter();
    assert_eq!(next(&lab), action::Action::NextPage);
    assert_eq!(lab.model.lesson.page, 1, "it never goes on by itself");
}

#[test]
fn what_is_on_the_screen_stays_there_when_a_check_above_it_grows() {
    let mut lab = at_the_step();
    lab.tell(Message::Resized(60, 15))
        .key('h')
        .escape()
        .key('G');
    let first = |lab: &Lab| {
        let pane = &lab.model.lesson;
        let place = pane
            .scroll
            .checked_sub(pane.lines.len())
            .expect("below the text");
        pane.below[place].text()
    };
    let before = first(&lab);
    lab.fed(7, "PutRecord", "rivers", put_entry("alice"));
    assert_eq!(first(&lab), before);
}
