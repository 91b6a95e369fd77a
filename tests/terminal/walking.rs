//! What a walk through a module has in common: predictions, commands, marks and the checkpoint, in one terminal of 80x24.

use kinesis_lab::lesson::{self, Lesson, SectionKind};

use super::harness::{Home, Session};
use super::running::path_with_boto3;

/// Opens a module, by its name or as the first one, and reads on page by page up to its discussion: its home, the lab, and
/// the module, for its answers, which the screen does not tell. `None` without boto3.
pub fn begin(name: Option<&str>, text: &str, settings: &str) -> Option<(Home, Session, Lesson)> {
    let path = path_with_boto3()?;
    let home = Home::new();
    let mut arguments = vec!["--port", "0"];
    arguments.extend(name);
    let mut lab = Session::start_with(&home, &arguments, (80, 24), &[("PATH", &path)]);
    lab.wait_for("page 1 of");
    let settings = lesson::settings(settings);
    let lesson = lesson::parse(text, &settings.expect("well formed"));
    let discussion = lesson.sections.iter();
    let discussion = discussion.filter(|it| it.kind == SectionKind::Discussion);
    let discussion = discussion.map(|it| it.first_page + 1).next();
    let pages = lesson.pages.len();
    for page in 2..=discussion.expect("a discussion") {
        lab.keys("n");
        lab.wait_for(&format!("page {page} of {pages}"));
    }
    lab.wait_for("Discussion");
    Some((home, lab, lesson))
}

/// Waits until this text stands on the screen no more.
pub fn gone(lab: &Session, text: &str) {
    lab.wait_until("the panes again", |screen| {
        !screen.contents().contains(text)
    });
}

/// Answers the prediction that is due, at the bottom of the page.
pub fn predict(lab: &mut Session, asked: &str, letter: &str) {
    lab.keys("G");
    lab.wait_for(asked);
    lab.wait_for("say what you expect");
    lab.keys(letter);
    lab.wait_for("Noted.");
}

/// Runs the step's command and waits for its end.
pub fn run(lab: &mut Session) {
    lab.keys("r");
    ran(lab);
}

/// What was begun runs to its end.
pub fn ran(lab: &mut Session) {
    lab.wait_for("✓ exit 0");
    lab.keys("\x1b");
    lab.wait_for("Next");
}

/// Shows the checks of the page, at its bottom.
pub fn bottom(lab: &mut Session, shown: &str) {
    lab.keys("G");
    lab.wait_for(shown);
}

/// Answers every question of the checkpoint right, certain of each.
pub fn answer_all(lab: &mut Session, lesson: &Lesson) {
    lab.keys("4");
    for (number, question) in (1..).zip(&lesson.questions) {
        lab.wait_for(&format!("question {number} of {}", lesson.questions.len()));
        for option in &question.correct {
            let letter = char::from(b'a' + u8::try_from(*option).expect("a letter"));
            lab.keys(&letter.to_string());
        }
        lab.keys("..\r");
        lab.wait_for(&format!("{number} answered"));
        lab.keys("n");
    }
    let all = lesson.questions.len();
    lab.wait_for(&format!("{all} of {all}"));
    lab.keys("\x1b");
}
