//! Where a place in the text that is parsed stands in the file: what is left out before it, and the blank lines that are
//! set into it, count otherwise.

/// The lines of a text, each with its number in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLines {
    /// Where each line begins in the text.
    starts: Vec<usize>,
    /// Each line's number in the file, counted from 1.
    numbers: Vec<usize>,
}

impl SourceLines {
    /// The lines of this text, which have these numbers.
    pub fn new(text: &str, numbers: Vec<usize>) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            starts: std::iter::once(0).chain(ends).collect(),
            numbers,
        }
    }

    /// The number in the file of the line with this byte.
    pub fn number_at(&self, byte: usize) -> usize {
        self.number_of(self.index_at(byte))
    }

    /// The lines of a text that was taken out of this one, from the line with this byte on.
    pub fn of_part(&self, byte: usize, part: &str) -> Self {
        let first = self.index_at(byte);
        let lines = part.matches('\n').count() + 1;
        let numbers = (first..first + lines).map(|index| self.number_of(index));
        Self::new(part, numbers.collect())
    }

    fn index_at(&self, byte: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= byte)
            .saturating_sub(1)
    }

    fn number_of(&self, index: usize) -> usize {
        let number = self.numbers.get(index).or(self.numbers.last());
        number.copied().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_the_number_that_its_line_has_in_the_file() {
        // The second line was set into the text.
        let text = "one\n\nzwei\ndrei";
        let lines = SourceLines::new(text, vec![5, 5, 6, 7]);
        let check = |word: &str, number| {
            let at = text.find(word).expect("it is there");
            assert_eq!(lines.number_at(at), number, "{word}");
        };
        check("one", 5);
        check("zwei", 6);
        check("drei", 7);
        assert_eq!(lines.number_at(999), 7);
        let part = lines.of_part(6, "zwei\ndrei");
        assert_eq!((part.number_at(0), part.number_at(6)), (6, 7));
    }
}
