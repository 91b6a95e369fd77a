//! Scripts about steps: what counts as the learner's, what is said of it, what is kept and what is forgotten.

use super::script::*;
use super::step_logs::{all_told, course, open};
use crate::app::message::*;
use crate::app::{ConnectionKind, steps_pane};
use crate::kinesis::StartPosition;
use crate::kinesis::feed::{Detail, GetDetail};
use crate::lesson::parse;
use crate::lesson::step_settings::{Act, Nothing};
use crate::progress::Passed;
use crate::steps::Mark;

const PANEL: &str = "x app/kinesis-lab-panel";
const WORKER: &str = "x app/kinesis-lab-worker";
const AUTO: &str = "x app/kinesis-lab-auto";

const PRODUCER: &str = "Run the Producer";

/// The lab's own client calls.
fn own<'l>(lab: &'l mut Lab, agent: &str, operation: &str, detail: Detail) -> &'l mut Lab {
    lab.fed_by(agent, OWN_KEY, 1, operation, "my-first-stream", detail)
}

fn create(lab: &mut Lab) -> &mut Lab {
    own(lab, PANEL, "CreateStream", Detail::Create { shards: 1 })
}

#[test]
fn what_is_done_in_a_panel_passes_a_step_and_is_said_once() {
    let mut lab = course("");
    let page = open(&mut lab, PRODUCER);
    create(&mut lab);
    assert_eq!(lab.status(), "Step 2: a stream is created (you).");
    for _ in 0..2 {
        own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
    }
    assert_eq!(steps_pane::step_mark(&lab.model, page), Mark::Running);
    own(&mut lab, PANEL, "PutRecord", put_entry("bob"));
    assert!(lab.changed, "it turns in the very update of the call");
    assert_eq!(steps_pane::step_mark(&lab.model, page), Mark::Done);
    assert_eq!(lab.status(), "Step 2 is done: 3 events are sent (you).");
    assert_eq!(lab.model.lesson.page, page, "nothing is turned");
    lab.key('j');
    own(&mut lab, PANEL, "PutRecord", put_entry("bob"));
    assert_eq!(lab.status(), "", "it is not said again");
}

#[test]
fn the_answer_to_the_act_does_not_hide_that_a_check_is_passed() {
    let mut lab = course("");
    lab.effects.clear();
    lab.key('D')
        .enter()
        .created()
        .described("my-first-stream", 2);
    create(&mut lab);
    for _ in 0..3 {
        lab.key('s');
        let put = lab.put();
        own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
        lab.stored(&put, 0, Ok("49"));
    }
    let status = lab.status();
    assert!(
        status.starts_with("Sent: ")
            && status.ends_with("Step 2 is done: 3 events are sent (you)."),
        "{status}"
    );
}

#[test]
fn what_the_lab_does_by_itself_passes_nothing() {
    let mut lab = course("");
    let page = open(&mut lab, PRODUCER);
    for _ in 0..50 {
        own(&mut lab, AUTO, "PutRecord", put_entry("alice"));
        own(&mut lab, PANEL, "DescribeStreamSummary", Detail::None);
        own(&mut lab, PANEL, "ListStreams", Detail::None);
    }
    let told = all_told(&lab, page);
    assert!(!told.contains("[x]"), "{told}");
    assert!(told.contains("automatically or to show a step"), "{told}");
    own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
    assert!(all_told(&lab, page).contains("1 of 3 records"));
}

#[test]
fn what_a_look_of_the_lab_reads_is_read_by_nobody() {
    for (agent, passed) in [("x app/kinesis-lab-look", false), (WORKER, true)] {
        let mut lab = course("");
        create(&mut lab);
        own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
        let page = open(&mut lab, "Run the Consumer");
        own(&mut lab, agent, "GetRecords", page_of(1, 0));
        assert_eq!(all_told(&lab, page).contains("[x]"), passed, "{agent}");
    }
}

#[test]
fn while_the_lab_shows_a_step_nothing_of_it_is_the_learner_s() {
    let mut lab = course("");
    let page = open(&mut lab, PRODUCER);
    lab.model.steps.showing = true;
    create(&mut lab);
    for _ in 0..3 {
        own(&mut lab, AUTO, "PutRecord", put_entry("alice"));
    }
    lab.model.steps.showing = false;
    assert!(!all_told(&lab, page).contains("[x]"));
}

#[test]
fn passes_are_kept_and_taken_up_again_and_never_undone() {
    let mut lab = course("");
    let page = open(&mut lab, PRODUCER);
    create(&mut lab);
    let saved = lab.effects.iter().rev().find_map(|effect| match effect {
        Effect::SaveProgress(progress) => Some(progress.clone()),
        _ => None,
    });
    own(&mut lab, PANEL, "DeleteStream", Detail::None);
    assert!(all_told(&lab, page).contains("[x] a stream is created | you"));

    let mut again = setup(ConnectionKind::Local);
    let markdown = include_str!("../../../tests/fixtures/steps/course.md");
    again.lesson = parse(markdown, &Default::default());
    again.progress = *saved.expect("it was saved at once");
    let mut lab = Lab::start(again);
    assert!(all_told(&lab, page).contains("[x] a stream is created | you"));
    steps_pane::reset(&mut lab.model, page);
    lab.key('j');
    assert!(all_told(&lab, page).contains("[ ] a stream is created"));
    create(&mut lab);
    assert!(all_told(&lab, page).contains("[x] a stream is created"));
}

#[test]
fn a_step_that_is_done_anew_wants_to_be_done_anew() {
    let mut lab = course("");
    let page = open(&mut lab, PRODUCER);
    create(&mut lab);
    for _ in 0..3 {
        own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
    }
    steps_pane::reset(&mut lab.model, page);
    lab.key('j');
    assert!(
        !all_told(&lab, page).contains("[x]"),
        "what was done before counts no more"
    );
    own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
    assert!(all_told(&lab, page).contains("1 of 3 records"));
}

#[test]
fn what_counts_from_its_step_on_counts_once_the_page_is_opened_or_all_before_is_done() {
    let mut lab = course("");
    create(&mut lab);
    own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
    let page = open(&mut lab, "Experiment");
    lab.key('j');
    assert!(all_told(&lab, page).contains("[ ] Send more events with the producer"));
    own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
    assert!(all_told(&lab, page).contains("[x] Send more events with the producer | you"));
}

#[test]
fn a_skipped_step_is_settled_and_what_was_done_of_it_stays_done() {
    let mut lab = course("");
    let page = open(&mut lab, PRODUCER);
    create(&mut lab);
    let keys: Vec<String> = steps_pane::checks(&lab.model, page)
        .iter()
        .map(|check| check.key.clone())
        .collect();
    steps_pane::settle(&mut lab.model, page, &keys, Passed::Skipped, lab.now);
    lab.key('j');
    assert_eq!(
        all_told(&lab, page),
        "[x] a stream is created | you\n[-] 3 events are sent | you\n"
    );
    assert_eq!(steps_pane::step_mark(&lab.model, page), Mark::Skipped);
}

#[test]
fn when_no_request_comes_that_is_said_after_half_a_minute_and_not_before() {
    let mut lab = course("");
    let page = open(&mut lab, PRODUCER);
    lab.key('j').wait(29.0);
    assert!(!all_told(&lab, page).contains("No request"));
    lab.wait(1.0);
    assert!(all_told(&lab, page).contains("No request has reached 127.0.0.1:4567 for 30 s"));
    assert!(
        lab.status().starts_with("No request has reached"),
        "{}",
        lab.status()
    );
    assert_eq!(steps_pane::step_mark(&lab.model, page), Mark::Open);
    lab.fed(7, "ListStreams", "my-first-stream", Detail::None);
    assert!(!all_told(&lab, page).contains("No request"));
}

#[test]
fn a_slow_reader_is_not_said_to_have_stopped() {
    let mut lab = course("");
    open(&mut lab, PRODUCER);
    create(&mut lab);
    for _ in 0..15 {
        own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
    }
    let page = open(&mut lab, "Run the Consumer");
    lab.fed(7, "GetRecords", "my-first-stream", page_of(10, 5));
    lab.wait(9.0);
    let told = all_told(&lab, page);
    assert!(
        told.contains("[~]") && told.contains("10 of 15 records"),
        "{told}"
    );
    lab.wait(1.0);
    let told = all_told(&lab, page);
    assert!(told.contains("has not asked since"), "{told}");
    lab.fed(7, "GetRecords", "my-first-stream", page_of(5, 0));
    assert!(all_told(&lab, page).contains("[x]"));
}

/// A page of a chain, from one record to another.
fn page_of_chain(chain: u64, start: StartPosition, range: (u64, u64), ahead: u64) -> Detail {
    let number = |number: u64| number.to_string().as_str().into();
    let Detail::Get(page) = page_of((range.1 - range.0 + 1) as usize, ahead) else {
        panic!("not a page");
    };
    Detail::Get(Box::new(GetDetail {
        chain,
        start,
        range: Some((number(range.0), number(range.1))),
        ..*page
    }))
}

#[test]
fn what_a_killed_worker_leaves_to_come_again_is_no_second_reading() {
    let reread = |lab: &Lab| steps_pane::done(&lab.model, &Act::Reread(Nothing {})).is_some();
    let reads = |lab: &mut Lab, detail| {
        own(lab, WORKER, "GetRecords", detail);
    };
    let after_the_first = StartPosition::AfterSequenceNumber("10".into());
    let read = || {
        let mut lab = course("");
        lab.key('D').enter().created();
        create(&mut lab).described("my-first-stream", 1);
        for _ in 0..5 {
            own(&mut lab, PANEL, "PutRecord", put_entry("alice"));
        }
        let page = open(&mut lab, "Run the Consumer");
        lab.key('3').key('c').key('W');
        assert_eq!(lab.model.consumer.workers, 2);
        reads(
            &mut lab,
            page_of_chain(1, StartPosition::TrimHorizon, (10, 12), 2),
        );
        // Another worker takes the shard, and is given some of that again.
        lab.key('x');
        reads(
            &mut lab,
            page_of_chain(2, after_the_first.clone(), (11, 13), 1),
        );
        lab.wait(0.1);
        assert!(!reread(&lab));
        let told = all_told(&lab, page);
        assert!(told.contains("4 of 5 records"), "each counts once: {told}");
        lab
    };
    // Whoever stops the consumer and starts it at the beginning reads a second time.
    let mut lab = read();
    lab.key('c').key('c');
    reads(
        &mut lab,
        page_of_chain(2, StartPosition::TrimHorizon, (14, 14), 0),
    );
    assert!(!reread(&lab), "that was still on its way");
    reads(
        &mut lab,
        page_of_chain(3, StartPosition::TrimHorizon, (10, 14), 0),
    );
    assert!(reread(&lab));
}

#[test]
fn a_worker_that_was_killed_before_its_first_checkpoint_begins_no_second_reading_either() {
    let mut lab = course("");
    lab.key('D').enter().created();
    create(&mut lab).described("my-first-stream", 1);
    lab.key('3').key('c').key('x');
    assert_eq!(lab.model.consumer.workers, 0);
    for chain in 1..3 {
        let page = page_of_chain(chain, StartPosition::TrimHorizon, (10, 12), 0);
        own(&mut lab, WORKER, "GetRecords", page);
    }
    let reread = Act::Reread(Nothing {});
    assert!(steps_pane::done(&lab.model, &reread).is_none());
}

fn page_of(returned: usize, ahead: u64) -> Detail {
    Detail::Get(Box::new(GetDetail {
        chain: 3,
        shard: crate::kinesis::ShardId::from_index(0),
        start: StartPosition::TrimHorizon,
        limit: Some(10),
        returned,
        bytes: 0,
        range: Some(("1".into(), "2".into())),
        millis_behind_latest: Some(ahead),
        ahead,
        ended: false,
    }))
}

#[test]
fn what_is_amiss_is_not_said_without_a_word_about_what_was_missed() {
    let mut lab = course("");
    let page = open(&mut lab, "Run the Consumer");
    create(&mut lab);
    lab.tell(Message::FeedLost(4));
    lab.fed(7, "GetRecords", "my-first-stream", page_of(10, 5));
    lab.wait(10.0);
    let told = all_told(&lab, page);
    assert!(told.contains("The lab missed 4 calls"), "{told}");
}

#[test]
fn a_record_opened_workers_and_written_files_count() {
    let toml = "[[step]]\ntitle = \"Experiment\"\n[[step.check]]\nsays = \"opened\"\nwhen.open = {}\n\
        [[step.check]]\nsays = \"two\"\nwhen.workers = { count = 2 }\n[[step.check]]\nsays = \"a file\"\n\
        when.file = { name = \"kinesis_producer.py\" }\n";
    let mut lab = course(toml);
    lab.effects.clear();
    let page = open(&mut lab, "Experiment");
    lab.key('D')
        .enter()
        .created()
        .described("my-first-stream", 2);
    lab.key('s');
    let put = lab.put();
    lab.stored(&put, 0, Ok("49"));
    assert!(!all_told(&lab, page).contains("[x]"));
    lab.key('2').key('k').enter();
    assert!(
        all_told(&lab, page).contains("[x] opened | you"),
        "{}",
        all_told(&lab, page)
    );
    lab.escape().key('3').key('W');
    assert!(
        all_told(&lab, page).contains("[ ] two"),
        "they do not run yet"
    );
    lab.key('c');
    assert!(all_told(&lab, page).contains("[x] two | you"));
    steps_pane::file_written(&mut lab.model, "kinesis_producer.py", lab.now);
    lab.key('j');
    assert!(all_told(&lab, page).contains("[x] a file | you"));
}

#[test]
fn elsewhere_the_panels_own_answers_count() {
    for kind in [ConnectionKind::Endpoint, ConnectionKind::Aws] {
        let mut setup = setup(kind);
        let markdown = include_str!("../../../tests/fixtures/steps/course.md");
        setup.lesson = parse(markdown, &Default::default());
        let mut lab = Lab::start(setup);
        let page = open(&mut lab, PRODUCER);
        lab.answer(Answer::Created {
            stream: "my-first-stream".into(),
            shards: 1,
            result: Ok(()),
        });
        let put = |by| PutSummary {
            id: 1,
            by,
            stream: "my-first-stream".into(),
            key: "alice".into(),
            size: 2,
            hash_key: None,
        };
        for by in [Sender::Auto, Sender::You, Sender::You, Sender::Auto] {
            let result = Ok((crate::kinesis::ShardId::from_index(0), "49".into()));
            lab.answer(Answer::Sent {
                put: put(by),
                result,
            });
        }
        let told = all_told(&lab, page);
        assert!(told.contains("[x] a stream is created | you"), "{told}");
        assert!(told.contains("2 of 3 records"), "{told}");
    }
}
