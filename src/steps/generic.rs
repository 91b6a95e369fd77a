//! What a step asks for by its text alone, for lessons without a `lab.toml`: few checks, each of them certain, in words
//! near the lesson's.

use super::plan::Check;
use super::scripts::{self, Script};
use crate::lesson::step_settings::{Act, Call, Create, File, Nothing, Put, Read, Since, Workers};
use crate::lesson::{Block, Page, code_blocks, plain};

/// The most checks that are made of a step's text.
const MOST: usize = 6;

/// A step as its text tells it.
pub struct Found {
    /// What must be seen.
    pub checks: Vec<Check>,
    /// Whether it runs something outside the panels.
    pub runs: bool,
}

/// What a step asks for.
pub fn step(page: &Page, scripts: &[Script]) -> Found {
    let commands = scripts::commands(page);
    let mut checks = Vec::new();
    for command in &commands {
        of_command(command, page, scripts, &mut checks);
    }
    let runs = !checks.is_empty();
    if commands.is_empty() {
        of_files(page, &mut checks);
    }
    if checks.is_empty() {
        of_instructions(page, &mut checks);
    }
    if checks.is_empty() && page.step.is_some() {
        of_title(page, &mut checks);
    }
    checks.truncate(MOST);
    Found { checks, runs }
}

fn check(says: impl Into<String>, when: Act, since: Since) -> Check {
    let says = says.into();
    Check {
        key: says.clone(),
        says,
        when,
        since,
    }
}

/// Adds a check unless the step asks for the very same already.
fn add(checks: &mut Vec<Check>, says: impl Into<String>, when: Act) {
    if !checks.iter().any(|it| it.when == when) {
        checks.push(check(says, when, Since::Lesson));
    }
}

fn create(shards: u32) -> Act {
    Act::Create(Create { shards })
}

fn put(records: u32) -> Act {
    Act::Put(Put {
        records,
        keys: 1,
        shards: 1,
        key: None,
    })
}

fn read_all() -> Act {
    Act::Read(Read {
        from: None,
        records: None,
    })
}

/// A command: a script of the lesson that is run, or one of the AWS CLI.
fn of_command(command: &str, page: &Page, scripts: &[Script], checks: &mut Vec<Check>) {
    let word = noun(page);
    if let Some(operation) = scripts::of_cli(command) {
        return match operation {
            "CreateStream" => add(checks, "a stream is created", create(shard_count(command))),
            "PutRecord" | "PutRecords" => {
                match checks.iter_mut().find_map(|it| match &mut it.when {
                    Act::Put(put) => Some((&mut it.says, &mut it.key, put)),
                    _ => None,
                }) {
                    // The same command again is one more record.
                    Some((says, key, put)) if operation == "PutRecord" => {
                        put.records += 1;
                        *says = format!("{} {word}s are sent", put.records);
                        *key = says.clone();
                    }
                    _ => add(checks, format!("a {word} is sent"), put(1)),
                }
            }
            "GetRecords" => add(checks, format!("the {word}s are read"), read_all()),
            // An iterator alone shows nothing yet; what is read with it does.
            "GetShardIterator" => {}
            "DeleteStream" => add(checks, "the stream is deleted", Act::Delete(Nothing {})),
            // The lab looks at streams all the time: who only wants to look can do so in the panels.
            name if name.starts_with("Describe") || name.starts_with("List") => {}
            name => add(checks, format!("{name} is called"), called(name)),
        };
    }
    let runs = |script: &&Script| {
        let name = script.file.rsplit('/').next().unwrap_or(&script.file);
        command
            .split(|c: char| c.is_whitespace() || "'\"/;&|".contains(c))
            .any(|word| word == name)
    };
    let Some(script) = scripts.iter().find(runs) else {
        return;
    };
    let calls = |name: &str| script.operations.contains(&name);
    let before = checks.len();
    if calls("CreateStream") {
        add(checks, "a stream is created", create(1));
    }
    if calls("PutRecord") || calls("PutRecords") {
        match scripts::puts(&script.source).or_else(|| number_before(page, &word)) {
            Some(1) => add(checks, format!("a {word} is sent"), put(1)),
            Some(n) => add(checks, format!("{n} {word}s are sent"), put(n)),
            None => add(checks, format!("{word}s are sent"), put(1)),
        }
    }
    if calls("GetRecords") {
        add(
            checks,
            format!("the {word}s sent so far are read"),
            read_all(),
        );
    }
    if calls("DeleteStream") && checks.len() == before {
        add(checks, "the stream is deleted", Act::Delete(Nothing {}));
    }
    if checks.len() == before {
        let changing = script.operations.iter();
        for name in changing.filter(|it| !it.starts_with("Describe") && !it.starts_with("List")) {
            add(checks, format!("{name} is called"), called(name));
        }
    }
}

fn called(operation: &str) -> Act {
    Act::Call(Call {
        operation: operation.to_owned(),
    })
}

fn shard_count(command: &str) -> u32 {
    let mut words = command.split([' ', '=']);
    words.find(|word| *word == "--shard-count");
    words.next().and_then(|n| n.parse().ok()).unwrap_or(1)
}

/// Files to write down.
fn of_files(page: &Page, checks: &mut Vec<Check>) {
    for block in code_blocks(&page.blocks) {
        // A document beside the text is an example, a program is to be written down.
        let example = matches!(block.language, "json" | "jsonc" | "text" | "xml" | "");
        if let Some(name) = block.file.filter(|_| !example) {
            let when = Act::File(File {
                name: name.to_owned(),
            });
            add(checks, format!("{name} is written"), when);
        }
    }
}

/// What stands there as things to do: the items of lists, else the sentences.
fn of_instructions(page: &Page, checks: &mut Vec<Check>) {
    for block in &page.blocks {
        if let Block::List { items, .. } = block {
            for item in items {
                if let Some(Block::Paragraph(text)) = item.blocks.first() {
                    of_sentence(&plain(text), checks);
                }
            }
        }
    }
    if !checks.is_empty() {
        return;
    }
    for block in &page.blocks {
        if let Block::Paragraph(text) = block {
            for sentence in plain(text).split(". ") {
                of_sentence(sentence, checks);
            }
        }
    }
}

/// The title alone: `Run the producer`.
fn of_title(page: &Page, checks: &mut Vec<Check>) {
    let title = page.title.to_lowercase();
    let word = noun(page);
    if !["run", "start", "execute"]
        .iter()
        .any(|verb| title.starts_with(verb))
    {
        return of_sentence(&page.title, checks);
    }
    if title.contains("producer") {
        add(checks, format!("{word}s are sent"), put(1));
    } else if title.contains("consumer") {
        add(
            checks,
            format!("the {word}s sent so far are read"),
            read_all(),
        );
    }
}

/// A sentence that tells the learner to do something, if it is certain what.
fn of_sentence(sentence: &str, checks: &mut Vec<Check>) {
    let says = shortened(sentence);
    let lower = says.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| {
            !word.is_empty() && !matches!(*word, "try" | "now" | "then" | "also" | "and" | "first")
        })
        .collect();
    let begins = |verbs: &[&str]| {
        let first = words.first().copied().unwrap_or_default();
        verbs.iter().any(|verb| first.starts_with(verb))
    };
    let has = |these: &[&str]| words.iter().any(|word| these.contains(word));
    let records = has(&[
        "event", "events", "record", "records", "message", "messages",
    ]);
    let number = words.iter().find_map(|word| number_in(word));
    let again = has(&["again", "twice", "second", "once"]);
    let mut add = |when, since| {
        if checks.len() < MOST && !checks.iter().any(|it| it.when == when) {
            checks.push(check(says.clone(), when, since));
        }
    };
    let sending = begins(&[
        "send", "put", "publish", "produc", "writ", "add", "push", "use",
    ]);
    if sending
        && has(&["different", "other", "several", "distinct"])
        && has(&["user", "users", "id", "ids", "key", "keys"])
    {
        let keys = number.unwrap_or(3).max(2);
        let when = Act::Put(Put {
            records: keys,
            keys,
            shards: 1,
            key: None,
        });
        add(when, Since::Lesson);
    } else if begins(&[
        "observ", "look", "compar", "watch", "note", "notic", "inspect", "check", "see",
    ]) && has(&["sequence"])
        && has(&["number", "numbers"])
    {
        add(Act::Open(Nothing {}), Since::Lesson);
    } else if sentence.contains("LATEST")
        && begins(&[
            "read", "start", "use", "run", "choos", "chang", "set", "switch",
        ])
    {
        add(Act::Latest(Nothing {}), Since::Lesson);
    } else if begins(&["run", "start"]) && has(&["consumer", "reader"]) {
        match (again, has(&["new", "newer", "more"])) {
            (_, true) => add(Act::ReadNew(Nothing {}), Since::Lesson),
            (true, false) => add(Act::Reread(Nothing {}), Since::Lesson),
            (false, false) => add(read_all(), Since::Lesson),
        }
    } else if begins(&["run", "start"]) && has(&["producer", "writer"]) {
        add(put(number.unwrap_or(1)), Since::Step);
    } else if sending && records {
        let more = has(&["more", "another", "additional"]);
        let since = if more { Since::Step } else { Since::Lesson };
        add(put(number.unwrap_or(1)), since);
    } else if begins(&["read", "consum", "fetch", "get"]) && records {
        let when = match again {
            true => Act::Reread(Nothing {}),
            false => read_all(),
        };
        add(when, Since::Lesson);
    } else if begins(&["creat"]) && has(&["stream"]) {
        let shards = match has(&["shards"]) {
            true => number.unwrap_or(1),
            false => 1,
        };
        add(create(shards), Since::Lesson);
    } else if begins(&["delet", "remov"]) && has(&["stream", "streams"]) {
        add(Act::Delete(Nothing {}), Since::Lesson);
    } else if begins(&["start", "run", "add"])
        && has(&["workers"])
        && let Some(count) = number
    {
        add(Act::Workers(Workers { count }), Since::Lesson);
    }
}

/// A sentence up to its first pause, as the words of a check.
fn shortened(sentence: &str) -> String {
    let mut short = sentence.trim();
    for pause in [" - ", " – ", " — ", ": ", "; ", ". ", " (", ", "] {
        short = short.split(pause).next().unwrap_or(short);
    }
    let short = short.trim_end_matches(['.', '!', ':', ',']).trim();
    short.chars().take(76).collect()
}

/// What the page calls a record.
fn noun(page: &Page) -> String {
    let text = crate::lesson::all_text(&page.blocks).to_lowercase();
    let count = |word: &str| text.matches(word).count();
    let words = ["event", "record", "message"];
    let most = words.into_iter().rev().max_by_key(|word| count(word));
    most.filter(|word| count(word) > 0)
        .unwrap_or("event")
        .to_owned()
}

/// The number that the page's text gives of what is sent: `send 5 events`, `three events`.
fn number_before(page: &Page, noun: &str) -> Option<u32> {
    let mut found = None;
    for block in &page.blocks {
        let Block::Paragraph(text) = block else {
            continue;
        };
        let text = plain(text).to_lowercase();
        let words: Vec<&str> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            if pair[1].strip_suffix('s') == Some(noun)
                && let Some(number) = number_in(pair[0])
            {
                if found.is_some_and(|it| it != number) {
                    return None;
                }
                found = Some(number);
            }
        }
    }
    found
}

/// `3`, `three`.
fn number_in(word: &str) -> Option<u32> {
    const WORDS: [&str; 11] = [
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ];
    let named = WORDS.iter().position(|it| *it == word);
    let number = named.and_then(|place| u32::try_from(place + 2).ok());
    number
        .or_else(|| word.parse().ok())
        .filter(|n| (2..=1_000).contains(n))
}
