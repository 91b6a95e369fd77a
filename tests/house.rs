//! The levels of `src/lib.rs`, held: reads the table there, then every source file, and names each violation.

#[path = "house/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use source::{Source, Token};

/// The only file that joins server, client and runtime.
const JOINT: &str = "commands/lab.rs";

/// The files of `progress` that touch the disk.
const EDGE: [&str; 3] = [
    "progress/folder.rs",
    "progress/running.rs",
    "progress/second_screen.rs",
];

/// The most lines a file may have, its tests included.
const MAX_LINES: usize = 600;

/// What a room may do.
#[derive(Debug, PartialEq)]
struct Room {
    may_use: BTreeSet<String>,
    pure: bool,
}

/// Reads the table of `lib.rs`: a row ends in `may use: a, b` or `may use: nothing`.
fn rooms(lib: &str) -> BTreeMap<String, Room> {
    lib.lines()
        .filter_map(|line| {
            let (row, may_use) = line.strip_prefix("//!")?.split_once("may use: ")?;
            let mut words = row.split_whitespace();
            let mut name = words.next()?;
            if name == "level" {
                name = words.nth(1)?;
            }
            let may_use = may_use
                .split(',')
                .map(|room| room.trim().to_owned())
                .filter(|room| room != "nothing")
                .collect();
            let pure = row.contains("; pure");
            Some((name.to_owned(), Room { may_use, pure }))
        })
        .collect()
}

/// Every breach of the table by these files, given as path below `src` and text.
fn violations(rooms: &BTreeMap<String, Room>, files: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        let mut report = |breach: String| found.push(format!("src/{path}: {breach}"));
        if !text.starts_with("//! ") {
            report("does not open with its purpose".into());
        }
        let lines = text.lines().count();
        if lines > MAX_LINES {
            report(format!("has {lines} lines: split it by subject"));
        }
        if path == "lib.rs" {
            continue;
        }
        let source = Source::new(path, text);
        let named = source.rooms_named();
        if path == "main.rs" || path.starts_with("commands") {
            if path != JOINT
                && ["server", "client"]
                    .iter()
                    .all(|room| named.contains(*room))
            {
                report(format!("joins server and client: {JOINT} alone does"));
            }
            continue;
        }
        let own = source.room();
        let Some(room) = rooms.get(own) else {
            report(format!("room `{own}` is not in the table of lib.rs"));
            continue;
        };
        for other in named.iter().filter(|name| *name != own) {
            if !room.may_use.contains(other) {
                report(format!("`{own}` may not use `{other}`"));
            }
        }
        if own != "runtime" {
            for word in ["println", "print", "eprintln", "eprint", "dbg"] {
                if source.has(&[Token::word(word), Token::Mark('!')]) {
                    report(format!("prints with {word}!: the screen is owned"));
                }
            }
        }
        if room.pure && !EDGE.contains(&path.as_str()) && !path.ends_with("tests.rs") {
            for breach in source.impurities() {
                report(format!("`{own}` is pure, and this names {breach}"));
            }
        }
    }
    found
}

fn read_sources(folder: &Path, below: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            read_sources(&path, below, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(below).expect("below src");
            let text = fs::read_to_string(&path).expect("sources are UTF-8");
            files.push((name.to_string_lossy().replace('\\', "/"), text));
        }
    }
}

fn the_real_rooms() -> BTreeMap<String, Room> {
    rooms(include_str!("../src/lib.rs"))
}

#[test]
fn the_house_stands() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    read_sources(&src, &src, &mut files);
    assert!(files.len() > 10, "the sources were found");
    let found = violations(&the_real_rooms(), &files);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_table_has_every_room_on_a_level_above_what_it_uses() {
    let rooms = the_real_rooms();
    let lib = include_str!("../src/lib.rs");
    for line in lib.lines().filter_map(|line| line.strip_prefix("pub mod ")) {
        let name = line.trim_end_matches(';');
        assert!(rooms.contains_key(name), "`{name}` is not in the table");
    }
    fn depth(name: &str, rooms: &BTreeMap<String, Room>, path: &mut Vec<String>) {
        assert!(!path.iter().any(|p| p == name), "{path:?} uses itself");
        path.push(name.to_owned());
        for used in &rooms[name].may_use {
            depth(used, rooms, path);
        }
        path.pop();
    }
    for name in rooms.keys() {
        depth(name, &rooms, &mut Vec::new());
    }
    for apart in ["view", "client", "server"] {
        for other in ["view", "client", "server", "runtime"] {
            assert!(!rooms[apart].may_use.contains(other), "{apart}, {other}");
        }
    }
    assert_eq!(
        rooms["server"].may_use,
        BTreeSet::from(["kinesis".to_owned()])
    );
}

#[test]
fn planted_violations_are_found() {
    let rooms = the_real_rooms();
    let check = |path: &str, code: &str, expected: &str| {
        let text = format!("//! Planted.\n{code}");
        let found = violations(&rooms, &[(path.to_owned(), text)]);
        let right = match expected {
            "" => found.is_empty(),
            words => found.len() == 1 && found[0].contains(words),
        };
        assert!(right, "{path}: {code}\n{found:?}");
    };
    let client = "`server` may not use `client`";
    check("server/store.rs", "use crate::client::connect;", client);
    check("server.rs", "use crate::{kinesis::feed, client};", client);
    check(
        "server.rs",
        "use crate::{kinesis::{feed, ids}, client::{a, b}};",
        client,
    );
    check("server/a/b.rs", "use super::super::super::client;", client);
    check(
        "server/a.rs",
        "fn f() { super::super::client::g() }",
        client,
    );
    check(
        "server.rs",
        "mod tests { use super::super::client; }",
        client,
    );
    check("server.rs", "fn f() { kinesis_lab::client::g() }", client);
    check("server.rs", "mod tests { use super::store; }", "");
    check("server/a.rs", "use super::client;", "");
    check(
        "server.rs",
        "use crate::server::store; use crate::kinesis;",
        "",
    );
    check(
        "server.rs",
        "// crate::client\n/* crate::app /* x */ crate::view */",
        "",
    );
    check(
        "server.rs",
        r##"const A: &str = r#"" crate::client"#;"##,
        "",
    );
    check("server.rs", r#"const A: &str = "\" crate::client";"#, "");
    check(
        "server.rs",
        "const A: char = '\"'; use crate::client;",
        client,
    );
    check(
        "server.rs",
        "fn f<'a>(x: &'a str) {} use crate::client;",
        client,
    );
    check(
        "app/model.rs",
        "use crate::view::draw;",
        "`app` may not use `view`",
    );
    check(
        "view.rs",
        "use crate::client::x;",
        "`view` may not use `client`",
    );
    check("attic/x.rs", "", "room `attic` is not in the table");
    check("app/update.rs", "fn f() { Utc::now(); }", "names Utc::now");
    check("app/update.rs", "use std::fs;", "names std::fs");
    check("app/update.rs", "use std::{env, fmt};", "names std::env");
    check("view.rs", "async fn f() { g().await }", "names await");
    check("app.rs", "#[cfg(test)] mod tests { use std::fs; }", "");
    check("progress/folder.rs", "use std::fs;", "");
    check(
        "client.rs",
        "fn f() { g().await; println!(); }",
        "prints with println!",
    );
    let both = "use kinesis_lab::{client, server, runtime};";
    check("commands/lab.rs", both, "");
    check("commands/serve.rs", both, "joins server and client");
    assert_eq!(
        violations(&rooms, &[("app.rs".into(), "fn f() {}".into())]),
        ["src/app.rs: does not open with its purpose"]
    );
    let long = format!("//! Long.\n{}", "\n".repeat(MAX_LINES));
    assert_eq!(violations(&rooms, &[("app.rs".into(), long)]).len(), 1);
}
