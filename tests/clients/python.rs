//! Python's clients: boto3 as a course would use it and with every operation, the AWS CLI, and a consumer library.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use kinesis_lab::cli::environment;
use kinesis_lab::kinesis::feed::Detail;
use kinesis_lab::server::{Doors, Limits};
use libtest_mimic::Trial;

use crate::lab::Lab;
use crate::program::{self, Program, repository, script};

pub fn tests() -> Vec<Trial> {
    let boto3 = find(
        "KINESIS_LAB_PYTHON",
        ".venv/bin/python",
        "import boto3; assert tuple(map(int, boto3.__version__.split('.')[:2])) >= (1, 28)",
    );
    let cli = boto3.clone().and_then(|python| cli_beside(&python));
    let library = find(
        "KINESIS_LAB_LIBRARY_PYTHON",
        ".venv-library/bin/python",
        "import kinesis; kinesis.MemoryCheckPointer",
    );
    vec![
        program::test(
            "boto3: a producer and a consumer need no more than the environment",
            boto3.clone(),
            producer_and_consumer,
        ),
        program::test(
            "boto3: every operation and the main errors",
            boto3.clone(),
            |python| lap(python, "operations.py"),
        ),
        program::test(
            "boto3: a closed shard is drained, then its children; limits bite",
            boto3,
            |python| lap(python, "reshard.py"),
        ),
        program::test("awscli: a stream's life in a shell script", cli, |shell| {
            lap(shell, "cli.sh")
        }),
        program::test(
            "async-kinesis: what its producer puts its consumer reads once",
            library,
            |python| lap(python, "library.py"),
        ),
    ]
}

/// The interpreter named by a variable, or where `.ci/run` makes one, if it can run these lines.
fn find(variable: &str, usual: &str, probe: &str) -> Result<Program, String> {
    let interpreter = match std::env::var_os(variable) {
        Some(interpreter) => PathBuf::from(interpreter),
        None => repository().join(usual),
    };
    let probed = Command::new(&interpreter)
        .args(["-c", probe])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match probed {
        Ok(status) if status.success() => Ok(Program {
            interpreter,
            environment: Vec::new(),
        }),
        Ok(_) => Err(format!("{} lacks it, see .ci/run", interpreter.display())),
        Err(_) => Err(format!(
            "no python at {}, see .ci/run",
            interpreter.display()
        )),
    }
}

/// A shell that knows the AWS CLI that stands beside this interpreter.
fn cli_beside(python: &Program) -> Result<Program, String> {
    let cli = python.interpreter.with_file_name("aws");
    if !cli.is_file() {
        return Err(format!("no {}, see .ci/run", cli.display()));
    }
    Ok(Program {
        interpreter: "bash".into(),
        environment: vec![("AWS", cli.to_string_lossy().into_owned())],
    })
}

async fn producer_and_consumer(python: Program) {
    let mut lab = Lab::start();
    let produced = python.run(&script("producer.py"), &lab).await;
    assert!(produced.contains("stream is ACTIVE"), "{produced}");
    let consumed = python.run(&script("consumer.py"), &lab).await;
    for action in ["login", "view_page", "click_button"] {
        assert!(produced.contains(action), "{produced}");
        assert!(consumed.contains(action), "{consumed}");
    }
    let calls = lab.calls();
    assert!(calls.iter().all(|call| call.error.is_none()), "{calls:?}");
    assert!(
        calls
            .iter()
            .all(|call| call.caller.user_agent.contains("Boto3")
                && call.caller.access_key == environment::DUMMY_KEY)
    );
    let puts = calls
        .iter()
        .filter(|call| matches!(call.detail, Detail::Put(_)));
    assert_eq!(puts.count(), 3);
    // A second producer finds its stream.
    let again = python.run(&script("producer.py"), &lab).await;
    assert!(again.contains("already there"), "{again}");
}

/// A script that checks what it gets, at a server with AWS's limits, as it is unless told otherwise.
async fn lap(program: Program, name: &str) {
    let lab = Lab::limited(Doors::default(), &Limits::default());
    let printed = program.run(&script(name), &lab).await;
    assert!(printed.ends_with("all as on AWS\n"), "{printed}");
}
