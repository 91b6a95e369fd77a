//! The server under what nobody would write by hand: strange bodies, and random operations held against a simple model.

mod corpus;
mod model;
mod operations;
mod walk;
#[path = "../world/mod.rs"]
mod world;
