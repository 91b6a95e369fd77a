//! What `check` says of scenes, in lab.toml and in the file that it names.

use super::*;

/// The findings on a lesson with these settings and this file of scenes.
fn found(toml: &str, scenes: Option<&str>) -> Vec<String> {
    let understood = settings(toml).unwrap_or_default();
    let lesson = parse(GOOD, &understood);
    let subject = Subject {
        text: GOOD,
        lesson: &lesson,
        settings: Some(toml),
        scenes,
        exists: &|_| true,
        sees: &|_| true,
    };
    let found = lint(&subject).into_iter();
    let found = found.map(|it| format!("{:?} {}: {}", it.origin, it.line, it.message));
    found.collect()
}

/// What is said of a scene's steps, a deed after the other on a line each.
fn said_of(steps: &[&str]) -> Vec<String> {
    let steps: Vec<String> = steps
        .iter()
        .map(|step| format!("[[scene.step]]\n{step}\n"))
        .collect();
    found(
        &format!("[[scene]]\ntitle = \"x\"\n{}", steps.concat()),
        None,
    )
}

const CREATE: &str = "create = { stream = \"demo\", shards = 2 }";

#[test]
fn a_good_scene_has_no_finding() {
    let put = "put = { keys = [\"alice\"] }";
    let split = "split = { shard = 1 }";
    let merge = "merge = { shards = [0, 2] }";
    let ask = "predict = { ask = \"?\", options = [\"x\", \"y\"], answer = \"B\", why = \"so\" }";
    let steps = [CREATE, put, split, merge, ask, "reveal = {}"];
    assert_eq!(said_of(&steps), Vec::<String>::new());
}

#[test]
fn what_a_step_names_must_be_there_by_then() {
    let check = |steps: &[&str], words: &str| {
        let said = said_of(steps);
        assert!(
            said.len() == 1 && said[0].contains(words),
            "{steps:?}: {said:?}"
        );
        // The last step is at fault, two lines each.
        let line = 3 + 2 * (steps.len() - 1);
        assert!(
            said[0].starts_with(&format!("Settings {line}:")),
            "{said:?}"
        );
    };
    check(&["put = { key = \"a\" }"], "create one first");
    check(&[CREATE, "split = { shard = 2 }"], "shard 2 is not open");
    check(
        &[
            CREATE,
            "split = { shard = 0 }",
            "merge = { shards = [0, 1] }",
        ],
        "shard 0 is not open at this step; open are 1, 2, 3",
    );
    check(
        &[CREATE, "fault = { throttle = { shard = 7 } }"],
        "shard 7 is not open",
    );
    check(
        &["fault = { throttle = { shard = 7 } }"],
        "there is no shard 7",
    );
    check(&["create = { stream = \"demo\", shards = 9 }"], "1 to 8");
    check(&["create = { stream = \"a b\" }"], "no name of a stream");
    check(&[CREATE, "put = { users = 9999 }"], "1 to 3000 records");
    check(&[CREATE, "put = { keys = [] }"], "1 to 3000 records");
    check(
        &[CREATE, "put = { again = \"failed\" }"],
        "nothing was put before",
    );
    check(&[CREATE, "kill = { worker = 1 }"], "no worker runs");
    check(
        &[CREATE, "read = {}", "kill = { worker = 2 }"],
        "no worker 2",
    );
    check(&[CREATE, "read = { workers = 5 }"], "1 to 4 workers");
    check(&[CREATE, "read = { speed = 0 }"], "never end");
    check(&["reveal = {}"], "nothing was asked before");
    check(
        &["predict = { ask = \"?\", options = [\"x\"], answer = \"b\", why = \"\" }"],
        "is the letter of none",
    );
    check(&["note = \"x\""], "neither says nor does");
    check(&["clock = { forward = \"9999d\" }"], "ten years");
}

#[test]
fn what_the_room_reads_fits_three_lines_of_sixty_columns() {
    let long = "word ".repeat(37);
    let said = said_of(&[&format!("say = \"{long}\"")]);
    assert!(
        said[0].contains("say takes 4 lines of 60 columns"),
        "{said:?}"
    );
    let fits = "word ".repeat(36);
    assert_eq!(
        said_of(&[&format!("say = \"{fits}\"")]),
        Vec::<String>::new()
    );
    let unbroken = "x".repeat(181);
    let said = said_of(&[&format!("say = \"{unbroken}\"")]);
    assert!(said[0].contains("say takes 4 lines"), "{said:?}");
    let option = "y".repeat(58);
    let ask = format!(
        "predict = {{ ask = \"?\", options = [\"{option}\", \"n\"], answer = \"a\", why = \"\" }}"
    );
    let said = said_of(&[&ask]);
    assert!(said[0].contains("an option takes 2 lines"), "{said:?}");
}

#[test]
fn a_scene_belongs_to_a_page_and_has_steps() {
    let said = found("[[scene]]\ntitle = \"x\"\npage = \"Nowhere\"\n", None);
    assert_eq!(
        said,
        [
            "Settings 1: no page of the lesson is called \"Nowhere\"",
            "Settings 1: the scene \"x\" has no step: give it a [[scene.step]]",
        ]
    );
}

#[test]
fn the_file_of_scenes_is_looked_at_as_well() {
    let of_file = |text: Option<&str>| found("stream = \"x\"\nscenes = \"scenes.toml\"\n", text);
    let said = of_file(None);
    assert!(
        said[0].starts_with("Settings 2: there is no file scenes.toml"),
        "{said:?}"
    );
    let said = of_file(Some("\n[[scene]]\ntitle = \"x\"\n"));
    assert!(said[0].starts_with("Scenes 2: the scene \"x\""), "{said:?}");
    let said = of_file(Some("[[scene]]\ntitel = \"x\"\n"));
    assert!(
        said[0].starts_with("Scenes 2: the file is not used: unknown field `titel`"),
        "{said:?}"
    );
    let said = found("scenes = \"../secret.toml\"\n", None);
    assert!(said[0].contains("no plain name"), "{said:?}");
}

#[test]
fn scenes_are_told_with_their_steps_and_a_finding_with_its_file() {
    let toml = "scenes = \"scenes.toml\"\n";
    let mut understood = settings(toml).expect("well formed");
    let scenes = "[[scene]]\ntitle = \"x\"\n[[scene.step]]\nnote = \"y\"\n";
    let of_file = super::super::super::scenes::scenes(scenes);
    understood.take_scenes(&of_file.expect("well formed"));
    let lesson = parse(GOOD, &understood);
    let subject = Subject {
        text: GOOD,
        lesson: &lesson,
        settings: Some(toml),
        scenes: Some(scenes),
        exists: &|_| true,
        sees: &|_| true,
    };
    let told = report::lesson("lesson.md".into(), &lesson, &lint(&subject));
    let told = serde_json::to_value(told).expect("JSON");
    assert_eq!(
        told["scenes"],
        serde_json::json!([{ "title": "x", "steps": 1 }])
    );
    assert_eq!(told["findings"][0]["file"], "scenes.toml");
}
