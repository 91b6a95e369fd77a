//! What is asked before the lesson's code runs, before python is made ready, and before a file is replaced.

use super::Question;
use crate::app::connection::ConnectionKind;
use crate::app::model::Model;
use crate::app::program_pane::{self, OtherVersion, Plan, Python, Writing};

/// How many lines of a command are shown; more are counted.
const MOST_LINES: usize = 6;

/// The first run of a lesson's code.
pub(super) fn run_code(model: &Model, plan: &Plan) -> Question {
    let connection = &model.connection;
    let mut words = vec![
        "This is the lesson's own code. It runs with your rights, like any program that you start; the lab asks once for each lesson."
            .to_owned(),
    ];
    let to = match connection.kind {
        ConnectionKind::Local => format!("{}, this lab's own server", connection.host()),
        ConnectionKind::Endpoint => {
            words.push("Your own keys and profile are used.".into());
            connection.address.clone()
        }
        ConnectionKind::Aws => {
            words.push("It calls REAL AWS in your account, and that costs money.".into());
            let account = match &model.guard.account {
                Some(Ok(account)) => format!("account {account}, "),
                _ => String::new(),
            };
            let profile = connection.profile.as_deref().unwrap_or("default");
            format!("AWS, {account}profile {profile}, {}", connection.region)
        }
    };
    let mut facts = Vec::new();
    let shown = program_pane::shown_command(model, &plan.command.script);
    let lines: Vec<&str> = shown.lines().collect();
    for (number, line) in lines.iter().take(MOST_LINES).enumerate() {
        let name = if number == 0 { "runs" } else { "" };
        facts.push(fact(name, line));
    }
    if lines.len() > MOST_LINES {
        facts.push(fact(
            "",
            &format!("and {} lines more", lines.len() - MOST_LINES),
        ));
    }
    facts.push(fact("in", &model.places.work.display().to_string()));
    if !plan.missing.is_empty() {
        let missing = plan.missing.join(", ");
        facts.push(fact("writes", &format!("{missing} first, from the lesson")));
    }
    facts.push(fact("calls", &to));
    if plan.command.python.is_some()
        && let Some(Python::Found {
            version,
            boto3,
            of_lab,
            ..
        }) = model.program.python()
    {
        let of = if *of_lab { ", the lab's own" } else { "" };
        let boto3 = boto3
            .as_ref()
            .map_or(String::new(), |version| format!(", boto3 {version}"));
        facts.push(fact("python", &format!("{version}{boto3}{of}")));
    }
    Question {
        title: match connection.kind {
            ConnectionKind::Aws => "REAL AWS: run the lesson's code",
            _ => "Run the lesson's code",
        },
        words,
        facts,
        keys: vec![("Enter", "runs it"), ("Esc", "runs nothing")],
        alarming: connection.kind == ConnectionKind::Aws,
    }
}

/// A virtual environment for the lab.
pub(super) fn make_python(model: &Model, plan: &Plan) -> Question {
    let (name, has) = match model.program.python() {
        Some(Python::Found {
            name,
            version,
            boto3,
            ..
        }) => (
            name.as_str(),
            match boto3 {
                None => format!("Python {version} has no boto3, which the command needs."),
                Some(boto3) => format!(
                    "boto3 {boto3} is older than 1.28: it ignores the lab's address and would call AWS itself."
                ),
            },
        ),
        _ => ("python3", "There is no python with boto3.".into()),
    };
    let venv = model.places.venv.as_ref();
    let venv = venv.map_or(String::new(), |venv| venv.display().to_string());
    let script = plan.command.script.lines().next().unwrap_or_default();
    Question {
        title: "Python is not ready",
        words: vec![
            has,
            "The lab can make a virtual environment for itself and fetch boto3 from PyPI (some 15 MB). Nothing else of your Python changes."
                .into(),
            "Or do without: the panels make the same calls (s sends, c reads).".into(),
        ],
        facts: vec![
            fact("for", script),
            fact("makes", &venv),
            fact("with", &format!("{name} -m venv, pip install boto3")),
        ],
        keys: vec![("Enter", "makes it"), ("Esc", "does without")],
        alarming: false,
    }
}

/// A program that is in the way.
pub(super) fn end_program(title: &str) -> Question {
    Question {
        title: "A program runs",
        words: vec![format!(
            "{title} has not ended. The lab has one terminal for programs."
        )],
        facts: Vec::new(),
        keys: vec![("Enter", "ends it"), ("Esc", "lets it run (! goes to it)")],
        alarming: false,
    }
}

/// Another version of a file.
pub(super) fn replace_file(model: &Model, writing: &Writing, other: &OtherVersion) -> Question {
    let path = model.places.work.join(&writing.file.name);
    let bytes = writing.file.content.len() as u64;
    let age = other.seconds_old.map_or(String::new(), |seconds| {
        format!(", changed {} ago", span(seconds))
    });
    Question {
        title: "Another version is there",
        words: vec!["Your file is not the lesson's. Replaced, yours is gone.".into()],
        facts: vec![
            fact("file", &path.display().to_string()),
            fact("yours", &format!("{} bytes{age}", other.bytes)),
            fact("lesson's", &format!("{bytes} bytes")),
        ],
        keys: vec![("Enter", "replaces yours"), ("Esc", "keeps yours")],
        alarming: false,
    }
}

fn fact(name: &str, words: &str) -> String {
    // The screen keeps the first ten cells for names.
    format!("{name:<10}{words}")
}

/// A time in its largest unit.
fn span(seconds: u64) -> String {
    let counted = |count: u64, unit: &str| match count {
        1 => format!("1 {unit}"),
        n => format!("{n} {unit}s"),
    };
    match seconds {
        0..60 => counted(seconds, "second"),
        60..3_600 => counted(seconds / 60, "minute"),
        3_600..86_400 => counted(seconds / 3_600, "hour"),
        _ => counted(seconds / 86_400, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        for (seconds, words) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (61, "1 minute"),
            (7_300, "2 hours"),
            (200_000, "2 days"),
        ] {
            assert_eq!(span(seconds), words);
        }
    }
}
