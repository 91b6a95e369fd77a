//! `kinesis-lab check --run`: a lesson's scripts, run for real, and what is said of what they did.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// Turns a missing client into a failure.
const REQUIRED: &str = "KINESIS_LAB_REQUIRE_CLIENTS";

/// Puts three records, and reads them back.
const WITH_BOTO3: &str = "import boto3, os
assert 'AWS_PROFILE' not in os.environ
kinesis = boto3.client('kinesis')
kinesis.create_stream(StreamName='s', ShardCount=1)
for n in range(3):
    kinesis.put_record(StreamName='s', Data=b'x', PartitionKey=str(n))
shard = kinesis.list_shards(StreamName='s')['Shards'][0]['ShardId']
it = kinesis.get_shard_iterator(StreamName='s', ShardId=shard, ShardIteratorType='TRIM_HORIZON')
print(len(kinesis.get_records(ShardIterator=it['ShardIterator'])['Records']))
";

/// A PATH whose `python3` has boto3, as the repository's environment; `None` where there is none, unless it is required.
fn path_with_boto3() -> Option<String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin");
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", own.display());
    let probe = "import boto3; assert tuple(map(int, boto3.__version__.split('.')[:2])) >= (1, 28)";
    let probed = Command::new("python3")
        .args(["-c", probe])
        .env("PATH", &path)
        .stderr(Stdio::null())
        .status();
    let found = probed.is_ok_and(|status| status.success());
    let required = std::env::var_os(REQUIRED).is_some_and(|value| value == "1");
    assert!(found || !required, "no python3 with boto3, see .ci/run");
    if !found {
        eprintln!("not run: no python3 with boto3, see .ci/run");
    }
    found.then_some(path)
}

/// A step with a file and a command that starts it.
fn step(file: &str, language: &str, source: &str, command: &str) -> String {
    format!(
        "### Step: {file}\n\n```{language} title=\"{file}\"\n{source}\n```\n\n```bash\n{command}\n```\n\n"
    )
}

fn check(steps: &str, options: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lesson.md");
    fs::write(&file, format!("# A Lesson\n\n## Hands-On\n\n{steps}")).expect("writable");
    Command::new(env!("CARGO_BIN_EXE_kinesis-lab"))
        .arg("check")
        .arg(&file)
        .args(options)
        .env("XDG_STATE_HOME", folder.path())
        .envs(variables.iter().copied())
        .output()
        .expect("it runs")
}

fn lesson(output: &Output) -> Value {
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    report["lessons"][0].clone()
}

/// Whether a process still does something: one that only waits to be buried does not.
fn is_alive(pid: &str) -> bool {
    let asked = Command::new("ps").args(["-o", "stat=", "-p", pid]).output();
    let state = asked.expect("ps is there").stdout;
    !state.is_empty() && !state.starts_with(b"Z")
}

/// The severity and the line of the finding that has these.
fn found(lesson: &Value, part: &str) -> (String, u64) {
    let findings = lesson["findings"].as_array().expect("findings");
    let finding = findings.iter().find(|finding| {
        finding["message"]
            .as_str()
            .is_some_and(|it| it.contains(part))
    });
    let finding = finding.unwrap_or_else(|| panic!("no `{part}` in {findings:#?}"));
    let severity = finding["severity"].as_str().expect("a severity");
    (
        severity.to_owned(),
        finding["line"].as_u64().expect("a line"),
    )
}

#[test]
fn a_script_s_calls_and_records_are_counted() {
    let Some(path) = path_with_boto3() else {
        return;
    };
    let steps = step("a.py", "python", WITH_BOTO3, "python3 a.py");
    let variables = [("PATH", path.as_str()), ("AWS_PROFILE", "work")];
    let output = check(&steps, &["--run", "--json"], &variables);
    assert!(output.status.success(), "{output:?}");
    let run = &lesson(&output)["runs"][0];
    assert_eq!(run["command"], "python3 a.py");
    assert_eq!(run["line"], 20);
    assert_eq!(run["exit"], 0, "{run}");
    assert_eq!((&run["put"], &run["read"]), (&json!(3), &json!(3)));
    let calls = json!({
        "CreateStream": 1, "GetRecords": 1, "GetShardIterator": 1, "ListShards": 1, "PutRecord": 3,
    });
    assert_eq!(run["calls"], calls);
    assert_eq!(run["not_run"], Value::Null);
}

#[test]
fn what_fails_what_never_ends_and_what_is_not_run_is_said_at_its_line() {
    let mut steps = step(
        "bad.sh",
        "sh",
        "echo 'it \u{1b}[2J broke' >&2; exit 3",
        "sh bad.sh",
    );
    // Its child would hold the output open for an hour; it ends with its group.
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let ever = format!(
        "sleep 3600 & echo $! > {}; while :; do echo x; done",
        pid.display()
    );
    steps += &step("ever.sh", "sh", &ever, "sh ever.sh");
    steps += &step("still.sh", "sh", "exit 0", "sh still.sh");
    steps += &step("../../out.sh", "sh", "exit 0", "sh ../../out.sh");
    steps += &step("more.sh", "sh", "exit 0", "curl localhost; sh more.sh");
    let output = check(&steps, &["--run", "--json", "--run-seconds", "1"], &[]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let pid = fs::read_to_string(pid).expect("the script wrote it");
    assert!(!is_alive(pid.trim()), "{pid} was left behind");
    let lesson = lesson(&output);
    let exits: Vec<&Value> = (0..5).map(|run| &lesson["runs"][run]["exit"]).collect();
    let null = Value::Null;
    assert_eq!(exits, [&json!(3), &null, &json!(0), &null, &null]);
    assert_eq!(lesson["runs"][1]["not_run"], null);
    for (run, why) in [(3, "not among the lesson's files"), (4, "it runs curl")] {
        let said = lesson["runs"][run]["not_run"].as_str().expect("a reason");
        assert!(said.contains(why), "{said}");
    }
    let line = |run: usize| lesson["runs"][run]["line"].as_u64();
    for (run, severity, part) in [
        (0, "error", "exit code 3: it ␛[2J broke"),
        (1, "error", "had not ended after 1 s"),
        (2, "warning", "without one call"),
    ] {
        let (said, at) = found(&lesson, part);
        assert_eq!((said.as_str(), Some(at)), (severity, line(run)), "{part}");
    }
    let (severity, _) = found(&lesson, "../../out.sh is not written");
    assert_eq!(severity, "error");

    let output = check(&steps, &["--run", "--run-seconds", "1"], &[]);
    let page = String::from_utf8(output.stdout).expect("text");
    for part in [
        "  Runs ",
        "exit 3 · ",
        "| it ␛[2J broke",
        "ended after 1 s · no calls",
        "not run: it",
    ] {
        assert!(page.contains(part), "`{part}` is not in {page}");
    }
    assert!(!page.contains('\u{1b}'));
}

#[test]
fn without_run_nothing_is_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let mark = folder.path().join("ran");
    let source = format!("touch {}", mark.display());
    let steps = step("a.sh", "sh", &source, "sh a.sh");
    let output = check(&steps, &["--json"], &[]);
    assert!(lesson(&output).get("runs").is_none());
    assert!(!mark.exists());
    check(&steps, &["--json", "--run"], &[]);
    assert!(mark.exists());
}

#[cfg(target_os = "linux")]
#[test]
fn what_leaves_the_command_s_group_is_named_with_its_pid() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let pid = pid.display();
    let source = format!(
        "setsid sh -c 'echo $$ > {pid}; exec sleep 3600' > {pid}.log 2>&1 &\nwhile [ ! -s {pid} ]; do :; done"
    );
    let output = check(
        &step("away.sh", "sh", &source, "sh away.sh"),
        &["--json", "--run"],
        &[],
    );
    let left = fs::read_to_string(pid.to_string()).expect("the script wrote it");
    let left = left.trim();
    let ended = Command::new("kill").arg(left).status();
    assert!(ended.is_ok_and(|status| status.success()), "it goes on");
    let lesson = lesson(&output);
    let (severity, line) = found(&lesson, &format!("left behind process {left} ("));
    assert_eq!(severity, "warning");
    assert_eq!(Some(line), lesson["runs"][0]["line"].as_u64());
}

#[test]
fn a_step_whose_text_alone_asks_for_something_is_seen() {
    let steps = "### Step 1: Send\n\nCreate a stream and send 3 events to it.\n\n### Step 2: Think\n\nThink about it.\n";
    let lesson = lesson(&check(steps, &["--json"], &[]));
    let (_, line) = found(&lesson, "the lab cannot see whether this step is done");
    assert_eq!(line, 9);
    let findings = lesson["findings"].as_array().expect("findings");
    let unseen = findings.iter().filter(|it| {
        let message = it["message"].as_str();
        message.is_some_and(|it| it.contains("cannot see whether"))
    });
    assert_eq!(unseen.count(), 1);
}
