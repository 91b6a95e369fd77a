//! Scripts about predictions that are put before an act, and about what the lab shows by itself.

use super::guide::{LAB, below, guided, halves, marks, serve};
use super::script::*;
use crate::app::message::*;
use crate::app::*;
use crate::kinesis::feed::Detail;
use crate::steps::Mark;

#[test]
fn a_prediction_is_put_before_the_act_that_would_settle_it_once() {
    let toml = LAB.replace(
        "when.put = { key = \"carol\" }",
        "when.put = { records = 3 }",
    );
    let begin = || {
        let mut lab = Lab::start(guided(ConnectionKind::Local, &toml));
        lab.effects.clear();
        lab.fed(7, "CreateStream", "rivers", Detail::Create { shards: 2 });
        let description = halves(&lab);
        lab.answer(Answer::Described {
            stream: "rivers".into(),
            result: Ok(description),
        });
        lab.key('n').key('2');
        lab.effects.clear();
        lab.key('s');
        assert!(guide::waits(&lab.model) && lab.request().is_none());
        assert_eq!(lab.model.focus, Pane::Lesson);
        assert_eq!(
            lab.status(),
            "Predict first? a to c, then the event is sent. Esc goes on without."
        );
        lab
    };
    // An answer, and the event goes.
    let mut lab = begin();
    lab.key('b');
    assert_eq!(lab.put().stream, "rivers");
    assert_eq!(lab.model.focus, Pane::Producer);
    assert!(below(&lab).contains("◂ you"), "{}", below(&lab));
    // No answer, and the event goes.
    let mut lab = begin();
    lab.escape();
    assert_eq!(lab.put().stream, "rivers");
    assert!(!below(&lab).contains("◂ you"), "{}", below(&lab));
    lab.key('s');
    assert_eq!(lab.put().stream, "rivers", "it is asked once");
    // Something else, and Esc sends nothing any more.
    let mut lab = begin();
    lab.key('2').escape();
    assert!(lab.request().is_none());
}

#[test]
fn a_record_that_the_lab_opened_is_closed_again_and_counts_for_nobody() {
    let toml = r#"
[[step]]
title = "Send"
[[step.predict]]
ask = "How long is its number?"
options = ["short", "long"]
answer = "b"
why = "56 digits."
when.open = {}
[[step.check]]
says = "one is opened"
when.open = {}
"#;
    let mut lab = Lab::start(guided(ConnectionKind::Local, toml));
    lab.key('n').effects.clear();
    lab.key('D').enter().created();
    lab.described("my-first-stream", 1);
    lab.key('3').key('c').open_readers();
    lab.wait(2.0);
    let reader = lab.poll();
    lab.read(reader, &["1"]).effects.clear();
    lab.key(':').keys("solve this step").enter();
    serve(&mut lab);
    lab.wait(10.0);
    assert!(lab.model.overlay.is_none(), "{:?}", lab.model.overlay);
    assert!(lab.status().contains("closed again"), "{}", lab.status());
    assert_eq!(marks(&lab)[0], Mark::Shown);
    let predictions = &lab.model.progress.lessons["streams"].predictions;
    assert!(!predictions.contains_key("How long is its number?"));
}

#[test]
fn a_start_that_is_applied_while_the_consumer_runs_is_an_act_that_asks_first() {
    let mut lab = Lab::start(guided(ConnectionKind::Local, LAB));
    lab.key('n').effects.clear();
    lab.key('D').enter().created();
    lab.described("my-first-stream", 1);
    lab.key('3').key('c').open_readers();
    lab.wait(2.0);
    let reader = lab.poll();
    lab.read(reader, &["1"]).effects.clear();
    assert!(lab.model.consumer.running && !guide::waits(&lab.model));
    lab.key('t').enter();
    assert!(guide::waits(&lab.model), "{}", lab.status());
    assert!(!lab.model.consumer.running && lab.request().is_none());
    lab.escape();
    assert!(lab.model.consumer.running);
    assert_eq!(lab.opening().1, crate::kinesis::StartPosition::TrimHorizon);
}
