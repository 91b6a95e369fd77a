//! The open question as rows at the pane's width.

use unicode_width::UnicodeWidthStr;

use super::{State, again, state};
use crate::app::model::Model;
use crate::lesson::quiz::Grade;
use crate::lesson::{self, Block, Inline, Question, QuestionKind, TextLine};

/// How many cells stand before an option's text: letter, box and spaces.
pub const OPTION_INDENT: usize = 6;

/// How many cells stand before the explanation: the word that opens it.
pub const EXPLANATION_INDENT: usize = 5;

/// How many cells are kept at the right of an option for the word that says what its choice was worth.
const MARK_WIDTH: usize = 19;

/// The space between an option and that word, and between it and a reason.
const APART: usize = 3;

/// A row of the open question.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// The prompt, or an empty row.
    Text(TextLine),
    /// A line of an option.
    Option {
        /// Which one; 0 is a.
        index: usize,
        /// Whether it is the option's first line, which carries its letter and marks.
        first: bool,
        /// The text.
        line: TextLine,
    },
    /// After answering: why an option is right or wrong, below it.
    Reason {
        /// Which option.
        index: usize,
        /// The text.
        line: TextLine,
    },
    /// Before the first try: how sure the learner is.
    Sure,
    /// What the state of the question is, in a sentence.
    Verdict,
    /// That it comes back at the next launch, or that it came back at this one.
    Back,
    /// A line of the explanation.
    Explanation {
        /// Whether the word that opens it stands before this line.
        first: bool,
        /// The text.
        line: TextLine,
    },
    /// Where to look at it again.
    See,
}

/// Lays the open question out anew.
pub(super) fn lay_out(model: &mut Model) {
    let Some(question) = model.quiz.open(model) else {
        model.quiz.rows.clear();
        return;
    };
    let state = state(model, question);
    let answered = matches!(state, State::Answered(_));
    let marked = matches!(state, State::Answered(Grade::Marked { .. }));
    let (marks_at, reasons_at) = columns(model, question);
    let mut rows: Vec<Row> = lines(model, &question.prompt, 0).map(Row::Text).collect();
    rows.push(blank());
    let beside = OPTION_INDENT + if marked { MARK_WIDTH } else { 0 };
    for (index, option) in question.options.iter().enumerate() {
        let option_lines = lines(model, &option.blocks, beside).enumerate();
        rows.extend(option_lines.map(|(number, line)| Row::Option {
            index,
            first: number == 0,
            line,
        }));
        if answered
            && (reasons_at.is_none() || !marked)
            && let Some(reason) = &option.reason
        {
            let reason = [Block::Paragraph(vec![Inline::Text(reason.clone())])];
            let reason = lines(model, &reason, OPTION_INDENT);
            rows.extend(reason.map(|line| Row::Reason { index, line }));
        }
        if question.kind == QuestionKind::Comparison {
            rows.push(blank());
        }
    }
    if question.kind != QuestionKind::Comparison && !question.options.is_empty() {
        rows.push(blank());
    }
    if again::asks_how_sure(model, question) {
        rows.push(Row::Sure);
    }
    if again::due(model, question) {
        rows.push(Row::Back);
    }
    rows.push(Row::Verdict);
    if answered {
        if again::comes_back(model, question) {
            rows.push(Row::Back);
        }
        let mut explanation = lines(model, &question.explanation, EXPLANATION_INDENT)
            .enumerate()
            .map(|(number, line)| Row::Explanation {
                first: number == 0,
                line,
            })
            .peekable();
        if explanation.peek().is_some() {
            rows.push(blank());
            rows.extend(explanation);
        }
        rows.extend([blank(), Row::See]);
    }
    let quiz = &mut model.quiz;
    (quiz.marks_at, quiz.reasons_at) = (marks_at, reasons_at);
    quiz.rows = rows;
    quiz.scroll = quiz.scroll.min(quiz.most_scroll());
}

fn blank() -> Row {
    Row::Text(TextLine::default())
}

fn lines(model: &Model, blocks: &[Block], indent: usize) -> impl Iterator<Item = TextLine> + use<> {
    let width = usize::from(model.quiz.width).saturating_sub(indent).max(1);
    lesson::layout(blocks, width, &model.quiz.highlights).into_iter()
}

/// Where the words about each option stand: in a column of their own, as near to the options as the longest of them
/// allows; and where the reasons stand beside them, if all have room there.
fn columns(model: &Model, question: &Question) -> (usize, Option<usize>) {
    let width = usize::from(model.quiz.width);
    let mut widest = 0;
    for option in &question.options {
        for line in lines(model, &option.blocks, OPTION_INDENT + MARK_WIDTH) {
            let cells = if line.code.is_some() {
                width
            } else {
                line.text().width()
            };
            widest = widest.max(cells);
        }
    }
    let beside = OPTION_INDENT + widest + APART;
    let marks_at = beside.min(width.saturating_sub(MARK_WIDTH - 2));
    let reasons_at = marks_at + MARK_WIDTH;
    let mut reasons = question.options.iter().filter_map(|o| o.reason.as_ref());
    let fit = reasons.all(|reason| reasons_at + reason.width() <= width);
    (marks_at, fit.then_some(reasons_at))
}
