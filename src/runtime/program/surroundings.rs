//! What surrounds the lab's programs: the work folder, the environment, and which command starts what.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use portable_pty::CommandBuilder;

use crate::app::file_names;
use crate::app::program_pane::{Launch, Start};

use super::leftovers::MARK;

/// What the terminal of a program is: what the screen's emulator understands.
const TERMINAL: &str = "xterm-256color";

/// Written once the virtual environment is whole; before that it is not used.
const WHOLE: &str = "has-boto3";

/// Makes the virtual environment `$2` with the python `$1`.
const MAKE_PYTHON: &str = r#"set -e
rm -rf -- "$2"
echo "$1 -m venv $2"
"$1" -m venv "$2"
echo "$2/bin/python -m pip install boto3"
"$2/bin/python" -m pip install --disable-pip-version-check boto3
: > "$2/has-boto3""#;

/// What surrounds the lab's programs.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The folder of the lab's virtual environment, whether it is there or not.
    pub venv: Option<PathBuf>,
    /// The lab's own environment.
    pub base: Vec<(OsString, OsString)>,
    /// Variables to remove from it.
    pub remove: Vec<String>,
    /// Variables to set.
    pub set: Vec<(String, String)>,
    /// The command of the learner's editor.
    pub editor: Option<String>,
}

impl Surroundings {
    /// The environment of what is run: with the lab's python first, if there is one.
    pub fn environment(&self) -> BTreeMap<OsString, OsString> {
        let mut environment = self.without_python(&self.remove);
        if let Some(venv) = self.whole_venv() {
            let path = environment.get(&OsString::from("PATH")).cloned();
            let mut folders = vec![venv.join("bin")];
            folders.extend(std::env::split_paths(&path.unwrap_or_default()));
            if let Ok(path) = std::env::join_paths(folders) {
                environment.insert("PATH".into(), path);
                environment.insert("VIRTUAL_ENV".into(), venv.into());
            }
        }
        environment
    }

    /// The virtual environment, if it was made to the end.
    pub fn whole_venv(&self) -> Option<&Path> {
        let venv = self.venv.as_deref()?;
        venv.join(WHOLE).is_file().then_some(venv)
    }

    fn without_python(&self, remove: &[String]) -> BTreeMap<OsString, OsString> {
        let mut environment: BTreeMap<OsString, OsString> = self.base.iter().cloned().collect();
        for name in remove.iter().map(String::as_str) {
            environment.remove(&OsString::from(name));
        }
        // What told of the lab's own terminal.
        for name in ["LINES", "COLUMNS", "TERM_PROGRAM", "TMUX", "STY"] {
            environment.remove(&OsString::from(name));
        }
        for (name, value) in &self.set {
            environment.insert(name.into(), value.into());
        }
        environment.insert("TERM".into(), TERMINAL.into());
        environment
    }

    /// What marks the processes of this run.
    pub fn mark(&self, run: u64) -> String {
        format!("{}-{run}-{:016x}", std::process::id(), fastrand::u64(..))
    }

    /// The command that starts a program.
    pub fn command(&self, start: &Start, mark: &str) -> Result<CommandBuilder, String> {
        let mut environment = self.environment();
        let arguments: Vec<OsString> = match &start.launch {
            Launch::Command(script) => vec![self.shell_for_scripts(), "-c".into(), script.into()],
            Launch::Shell => vec![self.shell()],
            Launch::Editor(file) => {
                let editor = self.editor.as_deref().ok_or("EDITOR is not set.")?;
                let parts = file_names::parts(file)?;
                let script = format!("exec {editor} \"$1\"");
                let file = format!("./{}", parts.join("/"));
                vec![
                    "/bin/sh".into(),
                    "-c".into(),
                    script.into(),
                    "sh".into(),
                    file.into(),
                ]
            }
            Launch::MakePython(python) => {
                // pip may need the proxy that SDKs must not have.
                let remove: Vec<String> = self
                    .remove
                    .iter()
                    .filter(|name| !name.to_lowercase().ends_with("_proxy"))
                    .cloned()
                    .collect();
                environment = self.without_python(&remove);
                environment.remove(&OsString::from("VIRTUAL_ENV"));
                let venv = self.venv.as_ref().ok_or("there is no state folder.")?;
                vec![
                    "/bin/sh".into(),
                    "-c".into(),
                    MAKE_PYTHON.into(),
                    "sh".into(),
                    python.into(),
                    venv.into(),
                ]
            }
        };
        if let Some(key) = &start.access_key {
            environment.insert("AWS_ACCESS_KEY_ID".into(), key.into());
        }
        environment.insert(MARK.into(), mark.into());
        let mut command = CommandBuilder::from_argv(arguments);
        command.env_clear();
        for (name, value) in environment {
            command.env(name, value);
        }
        command.cwd(&start.work);
        Ok(command)
    }

    /// Lessons write for bash.
    fn shell_for_scripts(&self) -> OsString {
        let found = self.on_path("bash").map(PathBuf::into_os_string);
        found.unwrap_or_else(|| "/bin/sh".into())
    }

    fn shell(&self) -> OsString {
        let variable = self.base.iter().find(|(name, _)| name == "SHELL");
        let shell = variable.map(|(_, value)| value.clone());
        shell
            .filter(|shell| Path::new(shell).is_file())
            .unwrap_or_else(|| self.shell_for_scripts())
    }

    fn on_path(&self, program: &str) -> Option<PathBuf> {
        let path = self.base.iter().find(|(name, _)| name == "PATH");
        let folders = std::env::split_paths(path.map(|(_, path)| path)?);
        folders
            .map(|folder| folder.join(program))
            .find(|path| path.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(venv: Option<PathBuf>) -> Surroundings {
        let pair = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
        Surroundings {
            venv,
            base: vec![
                pair("PATH", "/usr/bin:/bin"),
                pair("AWS_PROFILE", "work"),
                pair("HTTPS_PROXY", "http://proxy"),
                pair("COLUMNS", "200"),
            ],
            remove: vec!["AWS_PROFILE".into(), "HTTPS_PROXY".into()],
            set: vec![("AWS_ENDPOINT_URL".into(), "http://127.0.0.1:1".into())],
            editor: Some("vi -n".into()),
        }
    }

    fn start(launch: Launch) -> Start {
        Start {
            run: 7,
            launch,
            access_key: Some("kinesis-lab-run-7".into()),
            work: "/work".into(),
            files: Vec::new(),
            size: (80, 24),
        }
    }

    #[test]
    fn a_run_gets_the_endpoint_and_a_key_of_its_own_and_nothing_of_real_work() {
        let command = surroundings(None)
            .command(&start(Launch::Command("true".into())), "1-7-0")
            .expect("a command");
        let value = |name| command.get_env(name).and_then(|value| value.to_str());
        assert_eq!(value("AWS_ENDPOINT_URL"), Some("http://127.0.0.1:1"));
        assert_eq!(value("AWS_ACCESS_KEY_ID"), Some("kinesis-lab-run-7"));
        assert_eq!(value("KINESIS_LAB_RUN"), Some("1-7-0"));
        for name in ["AWS_PROFILE", "HTTPS_PROXY", "COLUMNS", "VIRTUAL_ENV"] {
            assert_eq!(value(name), None, "{name}");
        }
    }

    #[test]
    fn pip_keeps_the_proxy() {
        let surroundings = surroundings(Some("/state/venv".into()));
        let launch = Launch::MakePython("python3".into());
        let command = surroundings
            .command(&start(launch), "m")
            .expect("a command");
        assert!(command.get_env("HTTPS_PROXY").is_some());
        assert!(command.get_env("AWS_PROFILE").is_none());
    }

    #[test]
    fn the_lab_s_python_is_first_once_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let surroundings = surroundings(Some(folder.path().to_owned()));
        let path = |surroundings: &Surroundings| {
            surroundings.environment()[&OsString::from("PATH")].clone()
        };
        assert_eq!(path(&surroundings), "/usr/bin:/bin");
        std::fs::write(folder.path().join(WHOLE), "").expect("writable");
        let first = std::env::split_paths(&path(&surroundings)).next();
        assert_eq!(first, Some(folder.path().join("bin")));
    }

    #[test]
    fn an_editor_gets_the_file_as_a_path_below_the_work_folder_or_nothing() {
        let surroundings = surroundings(None);
        let launch = Launch::Editor("-rf.py".into());
        let command = surroundings
            .command(&start(launch), "m")
            .expect("a command");
        let arguments = command.get_argv();
        assert_eq!(
            arguments.last().and_then(|last| last.to_str()),
            Some("./-rf.py")
        );
        let launch = Launch::Editor("../x".into());
        assert!(surroundings.command(&start(launch), "m").is_err());
    }
}
