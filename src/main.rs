//! The `kinesis-lab` command.

fn main() {}
