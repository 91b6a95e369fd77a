//! Foreign programs: where they are, the environment they get, and what they print.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use kinesis_lab::cli::environment;
use libtest_mimic::{Failed, Trial};
use tokio::process::Command;

use crate::lab::{self, Lab};

/// Turns a missing client into a failure.
const REQUIRED: &str = "KINESIS_LAB_REQUIRE_CLIENTS";

/// What would lead an SDK elsewhere, or make it refuse to go anywhere.
const REAL_WORK: [(&str, &str); 8] = [
    ("AWS_PROFILE", "work"),
    ("AWS_DEFAULT_PROFILE", "work"),
    ("AWS_SESSION_TOKEN", "token"),
    ("AWS_USE_FIPS_ENDPOINT", "true"),
    ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
    ("HTTP_PROXY", "http://127.0.0.1:9"),
    ("http_proxy", "http://127.0.0.1:9"),
];

pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where the scripts of these tests are.
pub fn script(name: &str) -> PathBuf {
    repository().join("tests/clients").join(name)
}

/// A test of a foreign client; `program` says why there is none, where there is none.
pub fn test<F>(
    name: &str,
    program: Result<Program, String>,
    body: impl FnOnce(Program) -> F + Send + 'static,
) -> Trial
where
    F: Future<Output = ()>,
{
    match program {
        Ok(program) => lab::test(name, move || body(program)),
        Err(why) if std::env::var_os(REQUIRED).is_some_and(|value| value == "1") => {
            Trial::test(name, move || Err(Failed::from(why)))
        }
        Err(why) => Trial::test(format!("{name} ({why})"), || Ok(())).with_ignored_flag(true),
    }
}

/// An interpreter and the environment its scripts need beside the lab's.
#[derive(Clone)]
pub struct Program {
    pub interpreter: PathBuf,
    pub environment: Vec<(&'static str, String)>,
}

impl Program {
    /// Runs a script against the lab in the environment of a shell that was set up for real work and then took what
    /// `kinesis-lab env` prints; returns what it printed.
    pub async fn run(&self, script: &Path, lab: &Lab) -> String {
        let mut command = Command::new(&self.interpreter);
        command.env_clear().envs(REAL_WORK);
        for name in environment::UNSET {
            command.env_remove(name);
        }
        let output = command
            .arg(script)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(environment::set(&lab.url()))
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .expect("the interpreter runs");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{} failed\n{printed}\n{}",
            script.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        printed
    }
}
