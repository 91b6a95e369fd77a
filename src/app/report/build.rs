//! A report, made of the lesson and of what was kept of it.

use super::{
    FirstTry, Goal, Met, Misconception, Note, Prediction, Question, Report, Score, Section, Step,
    StepState,
};
use crate::app::section_clock;
use crate::lesson::quiz::{Grade, grade};
use crate::lesson::{self, Block, Inline, Lesson, SectionKind, plain};
use crate::progress::{AnswerRecord, LessonProgress, Passed, StepRecord};
use crate::steps::Plan;

/// The report of a lesson.
pub fn of(lesson: &Lesson, key: &str, progress: &LessonProgress) -> Report {
    let questions: Vec<Question> = lesson
        .questions
        .iter()
        .map(|question| {
            let record = progress.answers.get(&question.key);
            let told = of_question(&question.title, record, |record| {
                let last = record.tries.last();
                last.is_some_and(|last| {
                    matches!(grade(question, last), Grade::Marked { right: true, .. })
                })
            });
            match question.correct.is_empty() {
                true => ungraded(told),
                false => told,
            }
        })
        .collect();
    let graded = lesson.questions.iter().filter(|q| !q.correct.is_empty());
    let steps = steps(lesson, progress);
    Report {
        title: lesson.title.clone(),
        lesson: key.to_owned(),
        available: true,
        goals: goals(lesson, &questions, &steps),
        score: score(&questions, graded.count()),
        due: due(&questions),
        next_page: next(lesson, progress, &questions, &steps),
        questions,
        steps,
        predictions: predictions(lesson, progress),
        misconceptions: misconceptions(lesson, progress),
        sections: sections(lesson, progress),
        next_modules: next_modules(lesson),
        notes: Some(notes(lesson, progress)),
    }
}

/// What is still known of a lesson whose file is gone: names, answers and times.
pub fn gone(key: &str, progress: &LessonProgress) -> Report {
    let name = key.rsplit('/').next().unwrap_or(key);
    let questions: Vec<Question> = progress
        .answers
        .iter()
        .map(|(key, record)| of_question(key, Some(record), |_| false))
        .collect();
    let graded = progress.answers.values();
    let graded = graded.filter(|record| record.first_try_right.is_some());
    Report {
        title: name.to_owned(),
        lesson: key.to_owned(),
        available: false,
        goals: Vec::new(),
        score: score(&questions, graded.count()),
        due: due(&questions),
        questions,
        steps: progress
            .steps
            .iter()
            .map(|(key, record)| of_step(key.clone(), record, record.checks.len(), 0))
            .collect(),
        predictions: progress
            .predictions
            .iter()
            .map(|(asks, record)| Prediction {
                asks: asks.clone(),
                chosen: record.chosen.map(letter),
                seen: record.seen_at.is_some(),
                right: None,
            })
            .collect(),
        misconceptions: progress
            .misconceptions
            .iter()
            .map(|id| Misconception {
                id: id.clone(),
                says: String::new(),
                truth: String::new(),
                see: None,
            })
            .collect(),
        sections: progress
            .seconds
            .iter()
            .map(|(key, seconds)| Section {
                title: key.clone(),
                minutes: None,
                seconds: *seconds,
            })
            .collect(),
        next_page: None,
        next_modules: Vec::new(),
        notes: Some(
            progress
                .notes
                .iter()
                .map(|(key, text)| Note {
                    prompt: key.clone(),
                    text: text.clone(),
                })
                .collect(),
        ),
    }
}

fn of_question(
    title: &str,
    record: Option<&AnswerRecord>,
    right_at_last: impl Fn(&AnswerRecord) -> bool,
) -> Question {
    let first = record.and_then(|record| record.first_try_right);
    Question {
        title: title.to_owned(),
        first_try: match (first, record) {
            (Some(true), _) => FirstTry::Right,
            (Some(false), _) => FirstTry::Wrong,
            (None, Some(record)) if !record.tries.is_empty() => FirstTry::Compared,
            (None, _) => FirstTry::Open,
        },
        right_by_now: first == Some(true) || record.is_some_and(right_at_last),
        confidence: record.and_then(|record| record.confidence),
        comes_back: record.is_some_and(|record| record.review),
    }
}

/// What was graded once counts no more where the lesson, saved anew, has no key for certain.
fn ungraded(question: Question) -> Question {
    Question {
        first_try: match question.first_try {
            FirstTry::Open => FirstTry::Open,
            _ => FirstTry::Compared,
        },
        right_by_now: false,
        comes_back: false,
        ..question
    }
}

fn score(questions: &[Question], graded: usize) -> Score {
    let count = |what: fn(&Question) -> bool| questions.iter().filter(|q| what(q)).count();
    Score {
        right: count(|question| question.first_try == FirstTry::Right),
        graded,
        answered: count(|question| question.first_try != FirstTry::Open),
        questions: questions.len(),
    }
}

fn due(questions: &[Question]) -> Vec<String> {
    let due = questions.iter().filter(|question| question.comes_back);
    due.map(|question| question.title.clone()).collect()
}

fn steps(lesson: &Lesson, progress: &LessonProgress) -> Vec<Step> {
    let none = StepRecord::default();
    Plan::of(lesson)
        .pages
        .iter()
        .map(|plan| {
            let title = lesson.pages.get(plan.page).map_or("", |page| &page.title);
            let title = match title == plan.name {
                true => title.to_owned(),
                false => format!("{} · {title}", plan.name),
            };
            let record = progress.steps.get(&plan.key).unwrap_or(&none);
            // What is kept of checks that the lesson no longer has does not count.
            let mut kept = record.clone();
            kept.checks
                .retain(|key, _| plan.checks.iter().any(|check| check.key == *key));
            of_step(title, &kept, kept.checks.len(), plan.checks.len())
        })
        .collect()
}

fn of_step(title: String, record: &StepRecord, passed: usize, checks: usize) -> Step {
    let any = |how: Passed| record.checks.values().any(|check| check.how == how);
    Step {
        title,
        state: match passed {
            0 => StepState::Open,
            passed if passed < checks || checks == 0 => StepState::Partly,
            _ if any(Passed::Skipped) => StepState::Skipped,
            _ if any(Passed::Shown) => StepState::Shown,
            _ => StepState::Done,
        },
        passed,
        checks,
        hints: record.hints,
    }
}

/// The first thing in the lesson's order that is still open. A step or a checkpoint is done when all of it is settled,
/// whatever pages were gone on from; the last page, from which nothing leads on, once it was opened.
fn next(
    lesson: &Lesson,
    progress: &LessonProgress,
    questions: &[Question],
    steps: &[Step],
) -> Option<String> {
    let plan = Plan::of(lesson);
    let open = |(at, page): (usize, &lesson::Page)| {
        let step = plan.pages.iter().position(|plan| plan.page == at);
        if let Some(step) = step.and_then(|place| steps.get(place)) {
            let open = matches!(step.state, StepState::Open | StepState::Partly);
            return open.then(|| step.title.clone());
        }
        let section = lesson.sections.get(page.section);
        let asks = section.is_some_and(|section| section.kind == SectionKind::Checkpoint);
        if asks && !questions.is_empty() {
            let open = questions
                .iter()
                .position(|q| q.first_try == FirstTry::Open)?;
            let title = &questions[open].title;
            return Some(format!("{}, question {}: {title}", page.title, open + 1));
        }
        let last = at + 1 == lesson.pages.len();
        let done = progress.done.contains(&page.key)
            || (last && progress.page.as_ref() == Some(&page.key));
        (!done).then(|| page.title.clone())
    };
    lesson.pages.iter().enumerate().find_map(open)
}

/// Goals, each met where all that the lesson names for it is done by the learner.
fn goals(lesson: &Lesson, questions: &[Question], steps: &[Step]) -> Vec<Goal> {
    let plan = Plan::of(lesson);
    let step_done = |title: &str| {
        let page = lesson.page_titled(title)?;
        let place = plan.pages.iter().position(|plan| plan.page == page)?;
        Some(steps.get(place)?.state == StepState::Done)
    };
    let question_right = |title: &str| {
        let same = |q: &&Question| lesson::same_title(&q.title, title);
        Some(questions.iter().find(same)?.right_by_now)
    };
    let goal = |(number, goal): (usize, &Vec<Inline>)| {
        let settings = lesson.settings.goal(number + 1);
        let shown: Vec<bool> = settings
            .into_iter()
            .flat_map(|settings| {
                let steps = settings.steps.iter().filter_map(|title| step_done(title));
                let questions = settings.questions.iter();
                steps.chain(questions.filter_map(|title| question_right(title)))
            })
            .collect();
        let done = shown.iter().filter(|done| **done).count();
        Goal {
            text: plain(goal),
            met: match (done, shown.len()) {
                (_, 0) => None,
                (0, _) => Some(Met::Open),
                (done, all) if done < all => Some(Met::Partly),
                _ => Some(Met::Met),
            },
        }
    };
    lesson.goals.iter().enumerate().map(goal).collect()
}

fn predictions(lesson: &Lesson, progress: &LessonProgress) -> Vec<Prediction> {
    let declared = lesson.settings.steps.iter().flat_map(|s| &s.predictions);
    declared
        .filter_map(|it| {
            let record = progress.predictions.get(&it.ask)?;
            let chosen = record.chosen.map(letter);
            let right = record
                .seen_at
                .and(chosen.as_ref())
                .map(|chosen| chosen.eq_ignore_ascii_case(it.answer.trim()));
            Some(Prediction {
                asks: it.ask.clone(),
                chosen: record
                    .chosen
                    .map(|at| it.options.get(at).cloned().unwrap_or_else(|| letter(at))),
                seen: record.seen_at.is_some(),
                right,
            })
        })
        .collect()
}

fn letter(option: usize) -> String {
    crate::app::quiz::option_letter(option)
        .to_ascii_uppercase()
        .to_string()
}

fn misconceptions(lesson: &Lesson, progress: &LessonProgress) -> Vec<Misconception> {
    let of = |id: &String| {
        let known = lesson.settings.misconception(id);
        Misconception {
            id: id.clone(),
            says: known.map(|it| it.says.clone()).unwrap_or_default(),
            truth: known.map(|it| it.truth.clone()).unwrap_or_default(),
            see: known.and_then(|it| it.see.clone()),
        }
    };
    progress.misconceptions.iter().map(of).collect()
}

fn sections(lesson: &Lesson, progress: &LessonProgress) -> Vec<Section> {
    let sections = lesson.sections.iter().enumerate();
    sections
        .map(|(at, section)| {
            let seconds =
                section_clock::key(lesson, at).and_then(|key| progress.seconds.get(&key).copied());
            Section {
                title: section.title.clone(),
                minutes: section.minutes,
                seconds: seconds.unwrap_or(0),
            }
        })
        .collect()
}

/// Notes in the order of their prompts; those of prompts that are no longer asked come last.
fn notes(lesson: &Lesson, progress: &LessonProgress) -> Vec<Note> {
    let asked = lesson.prompts.iter().filter_map(|prompt| {
        let text = progress.notes.get(&prompt.key)?;
        let title = match prompt.title.is_empty() {
            true => lesson::all_text(&prompt.blocks),
            false => prompt.title.clone(),
        };
        Some((title, text))
    });
    let others = progress.notes.iter();
    let others = others.filter(|(key, _)| !lesson.prompts.iter().any(|p| p.key == **key));
    let others = others.map(|(key, text)| (key.clone(), text));
    asked
        .chain(others)
        .map(|(prompt, text)| Note {
            prompt,
            text: text.clone(),
        })
        .collect()
}

/// The list below `Next modules` in the summary.
fn next_modules(lesson: &Lesson) -> Vec<String> {
    let summary = lesson.pages.iter().filter(|page| {
        let section = lesson.sections.get(page.section);
        section.is_some_and(|section| section.kind == SectionKind::Summary)
    });
    for page in summary {
        for pair in page.blocks.windows(2) {
            let (Block::Paragraph(text) | Block::Heading { text, .. }, Block::List { items, .. }) =
                (&pair[0], &pair[1])
            else {
                continue;
            };
            if plain(text).trim().to_lowercase().starts_with("next") {
                let items = items.iter().map(|item| lesson::all_text(&item.blocks));
                return items.collect();
            }
        }
    }
    Vec::new()
}
