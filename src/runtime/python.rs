//! Which python a command would start, and whether its boto3 honours an endpoint.
//!
//! An interpreter is asked, for a bounded time and outside the work folder, so that nothing of a lesson is run by it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::app::program_pane::Python;

/// How long an interpreter may take to tell. The first import after a start of the machine reads a lot.
const PATIENCE: Duration = Duration::from_secs(15);

/// More than it has to say.
const MOST_BYTES: usize = 4_096;

/// Understood by every python.
const QUESTION: &str = "
import sys
print(sys.version.split()[0])
print(sys.prefix)
try:
    import boto3
    print(boto3.__version__)
except Exception:
    print('-')
";

/// Asks the interpreters of these names; the first whose boto3 will do is taken, else the first that answers.
pub async fn find(
    names: &[String],
    environment: &BTreeMap<OsString, OsString>,
    venv: Option<&Path>,
) -> Python {
    let mut first = Python::Missing;
    for name in names {
        let Some(found) = ask(name, environment, venv).await else {
            continue;
        };
        if found.honours_endpoint() {
            return found;
        }
        if first == Python::Missing {
            first = found;
        }
    }
    first
}

async fn ask(
    name: &str,
    environment: &BTreeMap<OsString, OsString>,
    venv: Option<&Path>,
) -> Option<Python> {
    let asked = Command::new(name)
        .args(["-c", QUESTION])
        .env_clear()
        .envs(environment)
        .current_dir("/")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let answer = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?;
    if !answer.status.success() || answer.stdout.len() > MOST_BYTES {
        return None;
    }
    understood(name, &String::from_utf8_lossy(&answer.stdout), venv)
}

/// The last three lines are the answer; what stands before is somebody's greeting.
fn understood(name: &str, answer: &str, venv: Option<&Path>) -> Option<Python> {
    let lines: Vec<&str> = answer.lines().collect();
    let [.., version, prefix, boto3] = lines.as_slice() else {
        return None;
    };
    // What was Python 2 runs no lesson.
    (!version.starts_with("2.")).then(|| Python::Found {
        name: name.to_owned(),
        of_lab: venv.is_some_and(|venv| Path::new(prefix) == venv),
        version: (*version).to_owned(),
        boto3: (*boto3 != "-").then(|| (*boto3).to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_understood() {
        let venv = Path::new("/state/venv");
        let found = understood("python", "3.12.1\n/state/venv\n1.43.0\n", Some(venv));
        let expected = Python::Found {
            name: "python".into(),
            of_lab: true,
            version: "3.12.1".into(),
            boto3: Some("1.43.0".into()),
        };
        assert_eq!(found, Some(expected));
        let found = understood("python3", "hello\n3.9.2\n/usr\n-\n", Some(venv));
        assert!(matches!(
            found,
            Some(Python::Found {
                of_lab: false,
                boto3: None,
                ..
            })
        ));
        assert_eq!(understood("python", "2.7.18\n/usr\n-\n", None), None);
        assert_eq!(understood("python", "", None), None);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn an_interpreter_without_boto3_is_taken_only_if_none_has_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let fake = |name: &str, boto3: &str| {
            let path = folder.path().join(name);
            let script = format!("#!/bin/sh\necho 3.11.0\necho /usr\necho {boto3}\n");
            std::fs::write(&path, script).expect("writable");
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(&path, mode).expect("it is ours");
        };
        let names = ["python".to_owned(), "python3".to_owned()];
        let environment = BTreeMap::from([("PATH".into(), folder.path().as_os_str().to_owned())]);
        assert_eq!(find(&names, &environment, None).await, Python::Missing);
        fake("python", "1.20.0");
        let name = |python: Python| match python {
            Python::Found { name, .. } => name,
            Python::Missing => "none".into(),
        };
        assert_eq!(name(find(&names, &environment, None).await), "python");
        fake("python3", "1.40.0");
        assert_eq!(name(find(&names, &environment, None).await), "python3");
    }
}
