//! The README's keys and options are the lab's: made from the same tables, compared here.
//!
//! After a change of a table, `KINESIS_LAB_WRITE_README=1 cargo test --test readme` writes them anew.

use std::fs;
use std::path::Path;

use clap::CommandFactory;
use kinesis_lab::app::keymap;
use kinesis_lab::cli::Cli;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

fn keys() -> String {
    let mut text = String::new();
    let mut heading = "";
    for line in keymap::help() {
        if line.heading != heading {
            heading = line.heading;
            text += &format!("\n| {heading} | |\n|---|---|\n");
        }
        let keys: Vec<String> = line.keys.split(' ').map(|key| format!("`{key}`")).collect();
        text += &format!("| {} | {} |\n", keys.join(" "), line.does);
    }
    text + "\n"
}

fn options() -> String {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut text = format!("\n```text\n{}```\n", command.render_long_help());
    for sub in command
        .get_subcommands_mut()
        .filter(|sub| sub.get_name() != "help")
    {
        text += &format!("\n```text\n{}```\n", sub.render_long_help());
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n\n"
}

/// The README with the part between two marks replaced.
fn with_part(readme: &str, mark: &str, part: &str) -> String {
    let (open, close) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
    let (before, rest) = readme.split_once(&open).expect("the README has the mark");
    let (_, after) = rest
        .split_once(&close)
        .expect("the README has the closing mark");
    format!("{before}{open}{part}{close}{after}")
}

#[test]
fn the_readme_lists_the_keys_and_options_of_the_lab() {
    let readme = fs::read_to_string(README).expect("there is a README");
    let expected = with_part(&readme, "keys", &keys());
    let expected = with_part(&expected, "options", &options());
    if std::env::var_os("KINESIS_LAB_WRITE_README").is_some() {
        fs::write(README, &expected).expect("the README can be written");
        return;
    }
    assert!(
        readme == expected,
        "the README is not up to date: KINESIS_LAB_WRITE_README=1 cargo test --test readme writes it"
    );
}

#[test]
fn the_files_that_the_readme_names_exist() {
    let readme = fs::read_to_string(README).expect("there is a README");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for link in readme.split("](").skip(1) {
        let target = link.split(')').next().expect("a target");
        if !target.contains("://") {
            assert!(root.join(target).exists(), "{target}");
        }
    }
}
