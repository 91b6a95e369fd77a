//! Where the lab's programs run, and what they find there: the work folder, the environment, python, the editor.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use kinesis_lab::app::program_pane::Places;
use kinesis_lab::app::{Connection, ConnectionKind};
use kinesis_lab::cli::environment;
use kinesis_lab::runtime::Surroundings;

use super::lesson;

/// Editors to try where neither VISUAL nor EDITOR is set.
const EDITORS: [&str; 3] = ["nano", "vi", "notepad.exe"];

/// What surrounds programs of a lab with this connection, in this environment.
pub fn surroundings(
    connection: &Connection,
    state: Option<&Path>,
    base: Vec<(OsString, OsString)>,
) -> Surroundings {
    let variable = |name: &str| {
        let found = base.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.clone())
            .filter(|value| !value.is_empty())
    };
    let (set, remove) = variables(connection);
    let editor = ["VISUAL", "EDITOR"]
        .into_iter()
        .find_map(|name| variable(name)?.into_string().ok())
        .or_else(|| {
            let path = variable("PATH")?;
            let is_there = |editor: &&str| {
                std::env::split_paths(&path).any(|folder| folder.join(editor).is_file())
            };
            EDITORS.into_iter().find(is_there).map(str::to_owned)
        });
    Surroundings {
        venv: state.map(|folder| folder.join("venv")),
        base,
        remove,
        set,
        editor,
    }
}

/// The same for the screen.
pub fn places(surroundings: &Surroundings, work: PathBuf) -> Places {
    Places {
        work,
        venv: surroundings.venv.clone(),
        editor: surroundings.editor.clone(),
    }
}

/// Which variables lead a client to where the lab is connected, and which would lead it elsewhere.
fn variables(connection: &Connection) -> (Vec<(String, String)>, Vec<String>) {
    let owned = |(name, value): (&str, String)| (name.to_owned(), value);
    let mut set: Vec<(String, String)> = match connection.kind {
        ConnectionKind::Local => {
            let set = environment::set(&connection.address).into_iter().map(owned);
            let remove = environment::UNSET.map(str::to_owned).to_vec();
            return (set.collect(), remove);
        }
        ConnectionKind::Endpoint => ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS"]
            .map(|name| owned((name, connection.address.clone())))
            .to_vec(),
        ConnectionKind::Aws => Vec::new(),
    };
    let mut remove = vec!["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS".to_owned()];
    if connection.kind == ConnectionKind::Aws {
        // What the screen says is where it goes.
        remove.extend(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KINESIS"].map(str::to_owned));
    }
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        set.push(owned((name, connection.region.clone())));
    }
    if let Some(profile) = &connection.profile {
        set.push(owned(("AWS_PROFILE", profile.clone())));
        // Keys in the environment would go before the profile.
        let keys = [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
        ];
        remove.extend(keys.map(str::to_owned));
    }
    for (name, value) in [("PYTHONUNBUFFERED", "1"), ("PYTHONIOENCODING", "utf-8")] {
        set.push(owned((name, value.to_owned())));
    }
    (set, remove)
}

/// The environment of this process.
pub fn base() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}

/// The folder that a lesson's files are written into: the one asked for, else one at home that is named for the lesson.
pub fn work_folder(asked: Option<&Path>, key: &str) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let home = super::variable("HOME").filter(|home| !home.is_empty());
    work_folder_at(&here, home.as_deref().map(Path::new), asked, key)
}

fn work_folder_at(here: &Path, home: Option<&Path>, asked: Option<&Path>, key: &str) -> PathBuf {
    match asked {
        Some(work) => here.join(work),
        None => home.unwrap_or(here).join("kinesis-lab").join(slug(key)),
    }
}

/// A folder's name for a lesson: that of the built-in module, of the file, or of its folder where each lesson has one of its
/// own.
fn slug(key: &str) -> String {
    let file = Path::new(key);
    if lesson::is_built_in(file) {
        return key.to_owned();
    }
    let stem = |path: &Path| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let plain = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let plain: String = stem.chars().map(plain).collect();
        plain.trim_matches('-').to_lowercase()
    };
    let own = stem(file);
    let folder = file.parent().map(stem).unwrap_or_default();
    let names = match own.as_str() {
        "lesson" | "readme" | "index" => [folder, own],
        _ => [own, folder],
    };
    let named = names.into_iter().find(|name| !name.is_empty());
    named.unwrap_or_else(|| "lesson".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(kind: ConnectionKind, profile: Option<&str>) -> Connection {
        Connection {
            kind,
            address: "http://127.0.0.1:4567".into(),
            region: "eu-west-1".into(),
            profile: profile.map(str::to_owned),
            own_access_key: String::new(),
        }
    }

    #[test]
    fn only_on_the_embedded_server_are_the_keys_dummies() {
        let (set, remove) = variables(&connection(ConnectionKind::Local, None));
        let value = |set: &[(String, String)], wanted: &str| {
            let found = set.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.clone())
        };
        assert_eq!(
            value(&set, "AWS_ACCESS_KEY_ID").as_deref(),
            Some("kinesis-lab")
        );
        assert!(remove.contains(&"AWS_PROFILE".to_owned()));

        let (set, remove) = variables(&connection(ConnectionKind::Endpoint, None));
        assert_eq!(
            value(&set, "AWS_ENDPOINT_URL_KINESIS").as_deref(),
            Some("http://127.0.0.1:4567")
        );
        assert_eq!(value(&set, "AWS_ACCESS_KEY_ID"), None);
        assert!(!remove.contains(&"AWS_SESSION_TOKEN".to_owned()));

        let (set, remove) = variables(&connection(ConnectionKind::Aws, Some("course")));
        assert_eq!(value(&set, "AWS_ENDPOINT_URL"), None);
        assert!(remove.contains(&"AWS_ENDPOINT_URL".to_owned()));
        assert_eq!(value(&set, "AWS_PROFILE").as_deref(), Some("course"));
        assert_eq!(value(&set, "AWS_REGION").as_deref(), Some("eu-west-1"));
        assert!(remove.contains(&"AWS_ACCESS_KEY_ID".to_owned()));
    }

    #[test]
    fn the_work_folder_is_named_for_the_module() {
        let (here, home) = (Path::new("/here"), Path::new("/home/me"));
        let at_home = |key| work_folder_at(here, Some(home), None, key);
        for (key, name) in [
            ("what-are-streams", "what-are-streams"),
            ("/x/Module 2.md", "module-2"),
            ("/x/my lesson/lesson.md", "my-lesson"),
        ] {
            assert_eq!(at_home(key), home.join("kinesis-lab").join(name));
        }
        let nowhere = work_folder_at(here, None, None, "what-are-streams");
        assert_eq!(nowhere, Path::new("/here/kinesis-lab/what-are-streams"));
        let asked = work_folder_at(here, Some(home), Some(Path::new("w")), "what-are-streams");
        assert_eq!(asked, Path::new("/here/w"));
    }

    #[test]
    fn the_editor_is_the_first_that_is_named() {
        let base = vec![
            ("HOME".into(), "/home/me".into()),
            ("EDITOR".into(), "".into()),
            ("VISUAL".into(), "code -w".into()),
        ];
        let local = connection(ConnectionKind::Local, None);
        let found = surroundings(&local, Some(Path::new("/state")), base);
        assert_eq!(found.venv.as_deref(), Some(Path::new("/state/venv")));
        assert_eq!(found.editor.as_deref(), Some("code -w"));
    }
}
