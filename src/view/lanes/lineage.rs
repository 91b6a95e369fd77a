//! What was made of which shard: closed shards with their children below them, as a tree at the lanes' left.

use crate::app::lanes::Lane;
use crate::kinesis::ShardId;

/// How many generations are drawn apart; later ones stand below the last.
const DEEPEST: usize = 4;

/// What stands before the mark of each lane: `├`, `└`, and `│` where the line goes on past it.
pub(super) fn branches(lanes: &[Lane]) -> Vec<String> {
    let place_of = |shard: &ShardId| lanes.iter().position(|lane| lane.shard == *shard);
    // What was made of two hangs on the one that stands closer above it.
    let parent = |place: usize| {
        let parents = lanes[place].parents.iter().filter_map(place_of);
        parents.filter(|parent| *parent < place).max()
    };
    let parents: Vec<Option<usize>> = (0..lanes.len()).map(parent).collect();
    let has_later_sibling = |place: usize| parents[place + 1..].contains(&parents[place]);
    (0..lanes.len())
        .map(|place| {
            let mut branch = Vec::new();
            let mut at = place;
            while let Some(parent) = parents[at] {
                let later = has_later_sibling(at);
                branch.push(match (at == place, later) {
                    (true, true) => '├',
                    (true, false) => '└',
                    (false, true) => '│',
                    (false, false) => ' ',
                });
                at = parent;
            }
            branch.truncate(DEEPEST);
            branch.into_iter().rev().collect()
        })
        .collect()
}

/// Where the records of a closed shard's keys go now, in words: ` → 2, 3`; nothing where it is not known.
pub(super) fn children(lanes: &[Lane], shard: &ShardId) -> String {
    let children: Vec<String> = lanes
        .iter()
        .filter(|lane| lane.parents.contains(shard))
        .map(|lane| lane.shard.short())
        .collect();
    match children.is_empty() {
        true => String::new(),
        false => format!(" → {}", children.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(shards: &[(u32, &[u32])]) -> Vec<Lane> {
        let lane = |(shard, parents): &(u32, &[u32])| {
            let mut lane = Lane::new(ShardId::from_index(*shard));
            lane.parents = parents.iter().copied().map(ShardId::from_index).collect();
            lane
        };
        shards.iter().map(lane).collect()
    }

    #[test]
    fn children_hang_below_their_parents() {
        let check = |shards: &[(u32, &[u32])], expected: &[&str]| {
            assert_eq!(branches(&lanes(shards)), expected);
        };
        check(&[(0, &[]), (1, &[])], &["", ""]);
        check(
            &[
                (0, &[]),
                (2, &[0]),
                (4, &[2]),
                (5, &[2]),
                (3, &[0]),
                (1, &[]),
            ],
            &["", "├", "│├", "│└", "└", ""],
        );
        check(&[(0, &[]), (1, &[]), (2, &[0, 1])], &["", "", "└"]);
        check(&[(7, &[3])], &[""]);
    }

    #[test]
    fn a_closed_shard_names_what_was_made_of_it() {
        let lanes = lanes(&[(0, &[]), (2, &[0]), (3, &[0])]);
        assert_eq!(children(&lanes, &ShardId::from_index(0)), " → 2, 3");
        assert_eq!(children(&lanes, &ShardId::from_index(3)), "");
    }
}
