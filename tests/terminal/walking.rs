//! What a walk through a module has in common: predictions, commands, marks and the checkpoint, in one terminal of 80x24.

use kinesis_lab::lesson::{self, Lesson};

use super::harness::Session;

/// A module, for its answers: the screen does not tell them.
pub fn module(text: &str, settings: &str) -> Lesson {
    let settings = lesson::settings(settings);
    lesson::parse(text, &settings.expect("well formed"))
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
