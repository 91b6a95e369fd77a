//! The sequence numbers of a shard that were told of, and up to which one nothing is left to be found.

use std::collections::BTreeSet;

use crate::kinesis::SequenceNumber;

/// What is known of a shard's numbers.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    told: BTreeSet<SequenceNumber>,
    settled: Option<SequenceNumber>,
}

impl Numbers {
    /// Up to this one nothing is left to be found.
    pub fn settled(&self) -> Option<&SequenceNumber> {
        self.settled.as_ref()
    }

    /// Somebody told of a record; at most so many are remembered. Whether older ones had to make room.
    pub fn told(&mut self, number: &SequenceNumber, most: usize) -> bool {
        if self.is_settled(number) {
            return false;
        }
        self.told.insert(number.clone());
        let mut full = false;
        while self.told.len() > most {
            full = true;
            self.settled = self.told.pop_first();
        }
        full
    }

    /// Whether nobody told of a record, nor was it found before.
    pub fn is_news(&self, number: &SequenceNumber) -> bool {
        !self.is_settled(number) && !self.told.contains(number)
    }

    /// Up to this one everything is found.
    pub fn settle(&mut self, last: SequenceNumber) {
        if self.is_settled(&last) {
            return;
        }
        self.told.retain(|number| *number > last);
        self.settled = Some(last);
    }

    fn is_settled(&self, number: &SequenceNumber) -> bool {
        self.settled.as_ref().is_some_and(|last| number <= last)
    }
}
