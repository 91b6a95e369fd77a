//! boto3: a producer and a consumer as a course would write them, and every operation with the main errors.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use kinesis_lab::cli::environment;
use kinesis_lab::kinesis::feed::Detail;
use libtest_mimic::Trial;

use crate::lab::Lab;
use crate::program::{self, Program, repository, script};

pub fn tests() -> Vec<Trial> {
    let python = find();
    vec![
        program::test(
            "boto3: a producer and a consumer need no more than the environment",
            python.clone(),
            producer_and_consumer,
        ),
        program::test(
            "boto3: every operation and the main errors",
            python,
            operations,
        ),
    ]
}

/// The interpreter, if it has a boto3 that honours `AWS_ENDPOINT_URL`.
fn find() -> Result<Program, String> {
    let interpreter = match std::env::var_os("KINESIS_LAB_PYTHON") {
        Some(interpreter) => PathBuf::from(interpreter),
        None => repository().join(".venv/bin/python"),
    };
    let probe = "import boto3; assert tuple(map(int, boto3.__version__.split('.')[:2])) >= (1, 28)";
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
        Ok(_) => Err("no boto3 from 1.28 on, see .ci/run".to_owned()),
        Err(_) => Err(format!(
            "no python at {}, see .ci/run",
            interpreter.display()
        )),
    }
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

async fn operations(python: Program) {
    let lab = Lab::start();
    let printed = python.run(&script("operations.py"), &lab).await;
    assert!(printed.ends_with("all as on AWS\n"), "{printed}");
}
