//! Scenarios that are wrong on purpose: each must fail, and say where and why.

use libtest_mimic::{Failed, Trial};

use crate::run::run;

/// What is wrong, the scenario, and words of what must be said.
const PLANTED: [(&str, &str, &[&str]); 7] = [
    (
        "an answer that is not the expected one is shown with its place",
        r#"
[[step]]
call = "CreateStream"
with = { StreamName = "s", ShardCount = 1 }
[[step]]
at = 7
call = "DescribeStreamSummary"
with = { StreamName = "s" }
expect = { StreamDescriptionSummary = { OpenShardCount = 2 } }
"#,
        &[
            "planted:5: step 2, DescribeStreamSummary at second 7: at StreamDescriptionSummary.OpenShardCount",
            "expected 2",
            "got      1",
        ],
    ),
    (
        "a refusal that nobody expected is shown",
        "[[step]]\ncall = \"DescribeStream\"\nwith = { StreamName = \"s\" }",
        &["refused\n  ResourceNotFoundException: Stream s under account 000000000000 not found."],
    ),
    (
        "a refusal in other words is shown",
        "[[step]]\ncall = \"DescribeStream\"\nwith = { StreamName = \"s\" }\n\
         error = { code = \"ResourceNotFoundException\", message = \"Gone.\" }",
        &[
            "refused otherwise",
            "expected ResourceNotFoundException: Gone.",
            "not found.",
        ],
    ),
    (
        "an answer where a refusal was expected is shown",
        "[[step]]\ncall = \"ListStreams\"\nerror = { code = \"LimitExceededException\" }",
        &[
            "not refused",
            "expected LimitExceededException",
            "StreamNames",
        ],
    ),
    (
        "a list of another length is shown",
        "[[step]]\ncall = \"ListStreams\"\nexpect = { StreamNames = [\"a\"] }",
        &["at StreamNames", "expected 1 items", "got      []"],
    ),
    (
        "a name that nobody gave is shown",
        "[[step]]\ncall = \"GetRecords\"\nwith = { ShardIterator = \"${it}\" }",
        &["nothing is remembered as it"],
    ),
    (
        "a word that scenarios do not know is shown",
        "[[step]]\ncall = \"ListStreams\"\nexpects = {}",
        &["unknown field `expects`"],
    ),
];

pub fn tests() -> Vec<Trial> {
    let tests = PLANTED.iter().map(|(name, text, words)| {
        Trial::test(name.replace(' ', "_"), move || match run("planted", text) {
            Ok(()) => Err(Failed::from("it passed")),
            Err(told) => match words.iter().find(|words| !told.contains(*words)) {
                Some(missing) => Err(format!("{missing:?} is not in:\n{told}").into()),
                None => Ok(()),
            },
        })
    });
    tests.collect()
}
