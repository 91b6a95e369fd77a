//! Frames as they come out: text and styles at the sizes that matter, and every other size without a panic.

mod batch;
mod course;
mod kept;
mod lab;
mod lanes;
mod numbers;
mod payloads;
mod pictures;
mod present;
mod programs;
mod random;
mod resharding;
mod second_screen;
mod sending;
mod sizes;
mod steps;
mod teaching;
mod wire;
mod workers;
