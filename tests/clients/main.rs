//! Real clients against the embedded Kinesis over real sockets: the SDKs for Rust, Python and JavaScript, the AWS CLI, a
//! consumer library, and raw HTTP.
//!
//! Tests of foreign clients show as ignored, with the reason in their names, where python or node is missing;
//! `KINESIS_LAB_REQUIRE_CLIENTS=1` makes that a failure. `.ci/run` installs what they need.

mod control;
mod javascript;
mod lab;
mod program;
mod python;
mod raw_http;
mod rust_sdk;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests: Vec<Trial> = [
        rust_sdk::tests(),
        raw_http::tests(),
        control::tests(),
        python::tests(),
        javascript::tests(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&arguments, tests).exit_code()
}
