//! A report as markdown, to hand in.

use std::fmt::Write;

use super::lines::in_minutes;
use super::{FirstTry, Met, Report, StepState, sureness};

/// The report as markdown.
pub fn markdown(report: &Report) -> String {
    let mut text = format!("# {}\n", one_line(&report.title));
    if !report.available {
        text += "\nThe lesson's file is gone; this is what is still known.\n";
    }
    let mut part = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = write!(text, "\n## {title}\n\n{}\n", lines.join("\n"));
        }
    };
    part("Learning goals", goals(report));
    let score = report.score;
    let of = format!(
        "Questions: {} of {} right at the first try",
        score.right, score.graded
    );
    part(&of, questions(report));
    part("Beliefs to look at again", misconceptions(report));
    let (done, steps) = report.steps_done();
    part(
        &format!("Steps: {done} of {steps} done"),
        self::steps(report),
    );
    part("Predictions", predictions(report));
    part("Time", sections(report));
    for note in report.notes.iter().flatten() {
        let quoted = note.text.lines().map(|line| format!("> {line}"));
        let quoted = quoted.map(|line| line.trim_end().to_owned());
        part(
            &format!("Note: {}", one_line(&note.prompt)),
            quoted.collect(),
        );
    }
    text
}

fn goals(report: &Report) -> Vec<String> {
    let goal = |goal: &super::Goal| {
        let text = one_line(&goal.text);
        match goal.met {
            Some(Met::Met) => format!("- [x] {text}"),
            Some(Met::Partly) => format!("- [ ] {text} (partly)"),
            Some(Met::Open) => format!("- [ ] {text}"),
            None => format!("- {text}"),
        }
    };
    report.goals.iter().map(goal).collect()
}

fn questions(report: &Report) -> Vec<String> {
    let question = |question: &super::Question| {
        let word = match (question.first_try, question.right_by_now) {
            (FirstTry::Right, _) => "right",
            (FirstTry::Wrong, true) => "wrong, later right",
            (FirstTry::Wrong, false) => "wrong",
            (FirstTry::Compared, _) => "compared with the answer",
            (FirstTry::Open, _) => "not answered",
        };
        let sure = match question.confidence {
            Some(confidence) => format!(" ({})", sureness(confidence)),
            None => String::new(),
        };
        let back = match question.comes_back {
            true => ", comes back at the next launch",
            false => "",
        };
        format!("- {}: {word}{sure}{back}", one_line(&question.title))
    };
    report.questions.iter().map(question).collect()
}

fn misconceptions(report: &Report) -> Vec<String> {
    let misconception = |it: &super::Misconception| {
        let see = match &it.see {
            Some(see) => format!(" See “{}”.", one_line(see)),
            None => String::new(),
        };
        match it.says.is_empty() {
            true => format!("- {}", one_line(&it.id)),
            false => format!("- “{}” {}{see}", one_line(&it.says), one_line(&it.truth)),
        }
    };
    report.misconceptions.iter().map(misconception).collect()
}

fn steps(report: &Report) -> Vec<String> {
    let step = |step: &super::Step| {
        let title = one_line(&step.title);
        let hints = match step.hints {
            0 => String::new(),
            1 => ", with 1 hint".into(),
            hints => format!(", with {hints} hints"),
        };
        match step.state {
            StepState::Done => format!("- [x] {title}{hints}"),
            StepState::Shown => format!("- [ ] {title}: shown by the lab{hints}"),
            StepState::Skipped => format!("- [ ] {title}: skipped{hints}"),
            StepState::Partly => format!(
                "- [ ] {title}: {} of {} checks{hints}",
                step.passed, step.checks
            ),
            StepState::Open => format!("- [ ] {title}{hints}"),
        }
    };
    report.steps.iter().map(step).collect()
}

fn predictions(report: &Report) -> Vec<String> {
    let prediction = |it: &super::Prediction| {
        let said = match &it.chosen {
            Some(chosen) => format!("said “{}”", one_line(chosen)),
            None if it.seen => "seen without a prediction".into(),
            None => "skipped".into(),
        };
        let came = match it.right {
            Some(true) => ", and it came so",
            Some(false) => ", and it came otherwise",
            None => "",
        };
        format!("- {} {said}{came}", one_line(&it.asks))
    };
    report.predictions.iter().map(prediction).collect()
}

fn sections(report: &Report) -> Vec<String> {
    let spent = report.sections.iter().filter(|section| section.seconds > 0);
    let section = |section: &super::Section| {
        let budget = match section.minutes {
            Some(minutes) => format!(" of {minutes} min planned"),
            None => String::new(),
        };
        let spent = in_minutes(section.seconds);
        format!("- {}: {spent}{budget}", one_line(&section.title))
    };
    spent.map(section).collect()
}

/// A text that may hold anything, on one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
