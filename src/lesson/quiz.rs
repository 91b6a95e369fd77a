//! Grading: what a choice of options is worth. Tries and scores are the app's business.

use std::collections::BTreeSet;

use super::Question;

/// What a choice is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grade {
    /// It was graded.
    Marked {
        /// Whether exactly the right options were chosen.
        right: bool,
        /// One mark an option, in their order.
        marks: Vec<Mark>,
    },
    /// The question cannot be graded for certain: the learner compares with the answer.
    Compare,
}

/// What the choice of one option was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Chosen, and right.
    RightlyChosen,
    /// Chosen, but wrong.
    WronglyChosen,
    /// Right, but not chosen.
    Missed,
    /// Wrong, and not chosen.
    RightlyLeft,
}

/// Grades the chosen options, indices into the question's.
pub fn grade(question: &Question, chosen: &BTreeSet<usize>) -> Grade {
    if question.correct.is_empty() {
        return Grade::Compare;
    }
    let marks: Vec<Mark> = (0..question.options.len())
        .map(
            |option| match (chosen.contains(&option), question.correct.contains(&option)) {
                (true, true) => Mark::RightlyChosen,
                (true, false) => Mark::WronglyChosen,
                (false, true) => Mark::Missed,
                (false, false) => Mark::RightlyLeft,
            },
        )
        .collect();
    let right = marks
        .iter()
        .all(|mark| matches!(mark, Mark::RightlyChosen | Mark::RightlyLeft));
    Grade::Marked { right, marks }
}

#[cfg(test)]
mod tests {
    use super::Mark::*;
    use super::*;
    use crate::lesson::{QuestionKind, QuestionOption};

    #[test]
    fn only_exactly_the_right_options_are_right() {
        let option = || QuestionOption {
            blocks: Vec::new(),
            reason: None,
        };
        let mut question = Question {
            key: String::new(),
            title: String::new(),
            line: 1,
            prompt: Vec::new(),
            kind: QuestionKind::Multiple,
            options: vec![option(), option(), option()],
            correct: vec![0, 2],
            explanation: Vec::new(),
            answer_line: None,
            doubt: None,
        };
        let cases: [(&[usize], bool, [Mark; 3]); 4] = [
            (&[0, 2], true, [RightlyChosen, RightlyLeft, RightlyChosen]),
            (&[0], false, [RightlyChosen, RightlyLeft, Missed]),
            (
                &[0, 1, 2],
                false,
                [RightlyChosen, WronglyChosen, RightlyChosen],
            ),
            (&[], false, [Missed, RightlyLeft, Missed]),
        ];
        for (chosen, right, marks) in cases {
            let expected = Grade::Marked {
                right,
                marks: marks.to_vec(),
            };
            let chosen: BTreeSet<usize> = chosen.iter().copied().collect();
            assert_eq!(grade(&question, &chosen), expected);
        }
        question.correct.clear();
        assert_eq!(grade(&question, &BTreeSet::from([0])), Grade::Compare);
    }
}
