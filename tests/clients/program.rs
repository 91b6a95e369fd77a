//! Foreign programs: where they are, the environment they get, and what they print.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use libtest_mimic::{Failed, Trial};
use tokio::process::Command;

use crate::lab::{self, Lab};

/// Turns a missing client into a failure.
const REQUIRED: &str = "KINESIS_LAB_REQUIRE_CLIENTS";

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
    /// Runs a script against the lab with nothing told but the environment; returns what it printed.
    pub async fn run(&self, script: &Path, lab: &Lab) -> String {
        let output = Command::new(&self.interpreter)
            .arg(script)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("AWS_ENDPOINT_URL", lab.url())
            .env("AWS_ENDPOINT_URL_KINESIS", lab.url())
            .env("AWS_ACCESS_KEY_ID", "learner")
            .env("AWS_SECRET_ACCESS_KEY", "learner")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env("NO_PROXY", "127.0.0.1,localhost")
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
