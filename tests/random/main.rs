//! The server under what nobody would write by hand: strange bodies, and random operations held against a simple model.

mod corpus;
mod model;
mod operations;
mod shards;
mod walk;
#[path = "../world/mod.rs"]
mod world;

use kinesis_lab::server::Limits;
use operations::{operation, operation_or_restart};
use proptest::prelude::*;
use walk::walk;
use world::World;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        max_shrink_iters: 20_000,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn whatever_is_done_the_server_holds_what_the_model_holds(
        operations in prop::collection::vec(operation(), 1..60),
    ) {
        walk(World::new(&Limits::without_rates()), &operations).map_err(TestCaseError::fail)?;
    }
}

proptest! {
    // Each case opens a store on disk several times.
    #![proptest_config(ProptestConfig {
        cases: 24,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn whatever_is_done_a_server_that_keeps_its_streams_holds_it_over_restarts(
        operations in prop::collection::vec(operation_or_restart(), 1..60),
    ) {
        walk(World::kept(&Limits::without_rates()), &operations).map_err(TestCaseError::fail)?;
    }
}
