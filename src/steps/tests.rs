//! Tests of what steps ask for, and of how they stand after what was seen.

mod laws;
mod plans;
mod pressure;
mod together;
