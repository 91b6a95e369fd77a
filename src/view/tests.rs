//! Frames as they come out: text and styles at the sizes that matter, and every other size without a panic.

mod lab;
mod lanes;
mod pictures;
mod programs;
mod random;
mod sending;
mod resharding;
mod sizes;
mod steps;
mod teaching;
mod wire;
