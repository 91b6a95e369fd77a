//! What authors write of scenes, understood or refused with its line.

use super::*;
use crate::lesson::Fault as FileFault;
use crate::lesson::settings;

const SCENE: &str = r#"
[[scene]]
title = "Same key, same shard"
page = "Shards"
[[scene.step]]
say = "Three events are coming."
note = "Ask first."
show = "producer"
[[scene.step]]
predict = { ask = "Same shard?", options = ["yes", "no"], answer = "b", why = "They hash apart." }
[[scene.step]]
create = { stream = "demo", shards = 2 }
expect = { open_shards = 2 }
[[scene.step]]
put = { keys = ["alice", "bob", "alice"] }
expect = { records = 3, same_shard = ["alice"], different_shards = ["alice", "bob"] }
[[scene.step]]
reveal = {}
"#;

#[test]
fn a_scene_is_read_from_lab_toml_and_from_a_file_of_its_own() {
    let there = settings(SCENE).expect("well formed").scenes;
    let apart = scenes(SCENE).expect("well formed").scenes;
    assert_eq!(there, apart);
    let [scene] = &there[..] else {
        panic!("{there:?}");
    };
    assert_eq!(scene.page.as_deref(), Some("Shards"));
    assert_eq!(scene.steps[0].show, Some(Show::Producer));
    let prediction = scene.steps[1].predict.as_ref().expect("a question");
    assert_eq!(prediction.answer(), Some(1));
    let words: Vec<_> = scene.steps.iter().map(|step| &step.deed).collect();
    let words: Vec<_> = words
        .into_iter()
        .map(|deed| deed.as_ref().map(Deed::word))
        .collect();
    let expected = [None, None, Some("create"), Some("put"), Some("reveal")];
    assert_eq!(words, expected);
    assert_eq!(scene.steps[3].expect.records, Some(3));
    assert!(scene.steps[4].expect.is_empty());
}

#[test]
fn every_deed_has_its_words() {
    let check = |line: &str, expected: Deed| {
        let text = format!("[[scene]]\ntitle = \"x\"\n[[scene.step]]\n{line}\n");
        let scenes = scenes(&text).expect(line).scenes;
        assert_eq!(scenes[0].steps[0].deed, Some(expected), "{line}");
    };
    let put = |records| Put {
        records,
        batch: false,
        data: None,
    };
    check(
        "put = { key = \"a\", count = 9, batch = true }",
        Deed::Put(Put {
            batch: true,
            ..put(Records::Count("a".into(), 9))
        }),
    );
    check("put = { users = 100 }", Deed::Put(put(Records::Users(100))));
    check(
        "put = { again = \"failed\" }",
        Deed::Put(put(Records::Again(Again::Failed))),
    );
    check(
        "read = { from = \"LATEST\", workers = 2 }",
        Deed::Read(Read {
            from: StartAt::Latest,
            workers: 2,
            speed: None,
        }),
    );
    check(
        "read = {}",
        Deed::Read(Read {
            from: StartAt::TrimHorizon,
            workers: 1,
            speed: None,
        }),
    );
    check("split = { shard = 1 }", Deed::Split(Split { shard: 1 }));
    check(
        "merge = { shards = [0, 1] }",
        Deed::Merge(Merge { shards: [0, 1] }),
    );
    check("kill = { worker = 2 }", Deed::Kill(Kill { worker: 2 }));
    check(
        "fault = { lose_replies = 1 }",
        Deed::Fault(Fault::LoseReplies(1)),
    );
    check(
        "fault = { throttle = { times = 5, shard = 0 } }",
        Deed::Fault(Fault::Throttle(Throttle {
            times: 5,
            shard: Some(0),
        })),
    );
    check(
        "fault = { empty_pages = true }",
        Deed::Fault(Fault::EmptyPages(true)),
    );
    check(
        "clock = { forward = \"25h\" }",
        Deed::Clock(Clock { seconds: 90_000 }),
    );
}

#[test]
fn what_is_written_wrong_is_refused_with_its_line() {
    let check = |line: &str, words: &str| {
        let text = format!("[[scene]]\ntitle = \"x\"\n[[scene.step]]\nsay = \"y\"\n{line}\n");
        let fault = FileFault::of_scenes("scenes.toml", &text).expect(line);
        assert!(
            fault.line.is_some_and(|line| line >= 3) && fault.says.contains(words),
            "{line}: {fault:?}"
        );
    };
    check("putt = { key = \"a\" }", "did you mean `put`?");
    check("put = { key = \"a\" }\nread = {}", "put and read");
    check("put = { key = \"a\", keys = [] }", "put takes one of");
    check("put = {}", "put takes one of");
    check("clock = { forward = \"soon\" }", "write 30s, 6m, 25h or 2d");
    check("clock = { forward = \"0s\" }", "no time to go forward by");
    check("read = { from = \"NEWEST\" }", "NEWEST");
    check("expect = { record = 3 }", "did you mean `records`?");
    check("show = \"lane\"", "lane");
}

#[test]
fn only_a_plain_name_of_a_file_beside_the_lesson_will_do() {
    for (name, plain) in [
        ("scenes.toml", true),
        ("my scenes.toml", true),
        ("", false),
        ("../scenes.toml", false),
        ("/etc/passwd", false),
        ("a\\b.toml", false),
        ("C:b.toml", false),
        ("..", false),
    ] {
        assert_eq!(is_plain_file_name(name), plain, "{name}");
    }
}
