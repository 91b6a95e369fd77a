//! Scripts about the way from a key to its shard: before it is sent, and what the answer says.

use crossterm::event::KeyCode;

use super::script::*;
use crate::app::message::*;
use crate::app::producer::ring::ring;
use crate::kinesis::ShardId;
use crate::kinesis::hash_ranges::{HashKey, HashRange};

/// A lab whose stream has so many shards, with their ranges.
fn lab(shards: u32) -> Lab {
    let mut lab = Lab::with_stream();
    let mut description = lab.description(shards);
    let ranges = HashRange::split_evenly(shards);
    for (shard, range) in description.shards.iter_mut().zip(ranges) {
        let digits = |point: HashKey| point.value().to_string();
        shard.hash_range = (digits(range.start), digits(range.end));
    }
    lab.answer(Answer::Described {
        stream: "my-first-stream".into(),
        result: Ok(description),
    });
    lab.effects.clear();
    lab
}

impl Lab {
    /// The learner sends an event with this key, and it goes to this shard.
    fn sent_to(&mut self, key: &str, shard: u32) -> &mut Self {
        self.key('p').keys(key).enter().key('s');
        let put = self.put();
        self.stored(&put, shard, Ok("49"))
    }
}

#[test]
fn a_key_shows_its_shard_before_it_is_sent_and_who_shares_it() {
    let mut lab = lab(2);
    for (key, shard) in [("alice", 0), ("bob", 1), ("dave", 0)] {
        lab.sent_to(key, shard);
        assert_eq!(
            lab.status(),
            format!("Sent: key {key} is in shard {shard}.")
        );
    }
    let at = ring(&lab.model, "dave", None);
    assert_eq!(at.shard, Some(ShardId::from_index(0)));
    assert_eq!(at.sharing, ["alice"]);
    assert_eq!(
        at.words("dave"),
        "dave and alice share shard 0. Same key, always the same shard, until a split."
    );
    let at = ring(&lab.model, "carol", None);
    assert!(
        at.words("carol")
            .starts_with("carol and bob share shard 1.")
    );
}

#[test]
fn a_range_that_takes_more_than_its_share_is_hot_once_there_are_enough_records() {
    let mut lab = lab(4);
    for count in 1..=30 {
        lab.sent_to("alice", 1);
        let hot = ring(&lab.model, "alice", None).hot_in_words();
        assert_eq!(hot.is_some(), count >= 20, "{count} records");
    }
    let hot = ring(&lab.model, "alice", None).hot_in_words();
    assert_eq!(
        hot.as_deref(),
        Some("Shard 1 is hot: 100 % of the recent records.")
    );
    for (key, shard) in [("bob", 2), ("order-123", 3), ("dave", 0)].repeat(30) {
        lab.sent_to(key, shard);
    }
    assert_eq!(ring(&lab.model, "alice", None).hot_in_words(), None);
}

#[test]
fn an_explicit_hash_key_places_the_record_in_the_key_s_stead() {
    let mut lab = lab(2);
    lab.key('p')
        .press(KeyCode::BackTab)
        .keys("0xffffffffffffffffffffffffffffffff")
        .enter();
    assert_eq!(
        lab.status(),
        "s sends this event; its hash key falls on shard 1."
    );
    lab.key('s');
    let put = lab.put();
    assert_eq!(
        (put.key.as_str(), put.hash_key),
        ("alice", Some(HashKey::MAX))
    );
    lab.stored(&put, 1, Ok("49"));
    assert_eq!(
        lab.status(),
        "Sent: key alice, placed by its hash key, is in shard 1."
    );
    let (_, line) = lab.model.producer.log.iter().next().expect("a line");
    assert_eq!(line.hash, "", "its MD5 sum had no say");
    // Emptied, the key has its say again.
    lab.key('p')
        .press(KeyCode::BackTab)
        .press(KeyCode::Backspace)
        .enter()
        .key('s');
    assert_eq!(lab.put().hash_key, None);
}

#[test]
fn a_hash_key_beyond_the_line_is_told_and_nothing_typed_is_lost() {
    let mut lab = lab(2);
    lab.key('p').keys("zoe").press(KeyCode::BackTab);
    lab.keys("340282366920938463463374607431768211456").enter();
    let edit = lab.model.producer.edit.as_ref().expect("still editing");
    let problem = edit.problem.clone().unwrap_or_default();
    assert!(problem.contains("too large"), "{problem}");
    assert_eq!(edit.key.value(), "zoe");
    lab.press(KeyCode::Backspace).enter();
    assert!(lab.model.producer.edit.is_none());
    lab.key('s');
    assert!(lab.put().hash_key.is_some());
}

#[test]
fn an_answer_from_another_shard_than_expected_is_what_is_shown_and_shards_are_listed_anew() {
    let mut lab = lab(2);
    lab.sent_to("alice", 3);
    assert_eq!(
        lab.status(),
        "Sent: key alice is in shard 3. Shard 0 was expected: the shards have changed, they are listed anew."
    );
    let (_, line) = lab.model.producer.log.iter().next().expect("a line");
    let (shard, _) = line.result.as_ref().expect("stored");
    assert_eq!(shard, &ShardId::from_index(3), "the answer's shard");
    lab.wait(0.1);
    assert!(lab.asks(&Request::DescribeStream("my-first-stream".into())));
}

#[test]
fn without_a_stream_nothing_is_claimed() {
    let lab = Lab::local();
    let at = ring(&lab.model, "alice", None);
    assert_eq!((at.shard.clone(), at.ranges.len()), (None, 0));
    assert!(at.words("alice").contains("once there is a stream"));
}
