//! The lesson's own code, looked at without running it: which operations a file calls, how many events it puts, where a
//! limit stands, which stream is meant. What is not certain is not said.

use std::collections::{BTreeMap, BTreeSet};

use crate::lesson::{self, CodeBlock, Lesson, Page, code_blocks};

/// A file of the lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    /// Its name.
    pub file: String,
    /// Its source.
    pub source: String,
    /// The operations it calls, as the API names them.
    pub operations: Vec<&'static str>,
}

/// The operations that a lesson's code may call.
const OPERATIONS: [&str; 26] = [
    "CreateStream",
    "PutRecord",
    "PutRecords",
    "GetShardIterator",
    "GetRecords",
    "DeleteStream",
    "DescribeStream",
    "DescribeStreamSummary",
    "DescribeLimits",
    "ListStreams",
    "ListShards",
    "SplitShard",
    "MergeShards",
    "UpdateShardCount",
    "IncreaseStreamRetentionPeriod",
    "DecreaseStreamRetentionPeriod",
    "AddTagsToStream",
    "ListTagsForStream",
    "RemoveTagsFromStream",
    "RegisterStreamConsumer",
    "DeregisterStreamConsumer",
    "SubscribeToShard",
    "EnableEnhancedMonitoring",
    "StartStreamEncryption",
    "StopStreamEncryption",
    "UpdateStreamMode",
];

/// The lesson's files, each once: the last block of a name is what the learner has in the end.
pub fn of(lesson: &Lesson) -> Vec<Script> {
    let mut found: Vec<Script> = Vec::new();
    for page in &lesson.pages {
        for block in code_blocks(&page.blocks) {
            let Some(file) = block.file else { continue };
            let operations = operations(block.source);
            if operations.is_empty() {
                continue;
            }
            found.retain(|script| script.file != file);
            found.push(Script {
                file: file.to_owned(),
                source: block.source.to_owned(),
                operations,
            });
        }
    }
    found
}

/// The operations that a source calls, in the order of the API's list; as SDKs of many languages and the AWS CLI write
/// them.
pub fn operations(source: &str) -> Vec<&'static str> {
    let mut called = BTreeSet::new();
    let mut named = BTreeSet::new();
    for line in source.lines().filter(|line| !is_comment(line)) {
        let mut rest = line;
        while let Some(begin) = rest.find(in_word) {
            let word = &rest[begin..];
            let end = word.find(|c| !in_word(c)).unwrap_or(word.len());
            match word[end..].starts_with('(') {
                true => called.insert(&word[..end]),
                false => named.insert(&word[..end]),
            };
            rest = &word[end..];
        }
    }
    let is_called = |operation: &&'static str| {
        let (first, rest) = operation.split_at(1);
        let camel = format!("{}{rest}", first.to_lowercase());
        let command = format!("{operation}Command");
        called.contains(parted(operation, '_').as_str())
            || called.contains(camel.as_str())
            || called.contains(operation)
            || called.contains(command.as_str())
            || named.contains(command.as_str())
    };
    OPERATIONS.into_iter().filter(is_called).collect()
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The operation that a command of the AWS CLI calls, e.g. of `aws kinesis put-record --…`.
pub fn of_cli(command: &str) -> Option<&'static str> {
    let word = command
        .split_whitespace()
        .skip_while(|word| *word != "kinesis")
        .nth(1)?;
    OPERATIONS
        .into_iter()
        .find(|operation| parted(operation, '-') == word)
}

/// `PutRecord` as `put-record` or `put_record`.
fn parted(operation: &str, by: char) -> String {
    let mut out = String::new();
    for c in operation.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(by);
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('#') || line.starts_with("//")
}

/// Whether a word stands in a line, not as the end of a longer one.
fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(place, _)| {
        let before = line[..place].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
    })
}

/// How many records a Python source puts in a run, where that is certain: one loop over a list that is written out, or
/// over `range(N)`, whose body puts one record.
pub fn puts(source: &str) -> Option<u32> {
    let lines: Vec<&str> = source.lines().collect();
    let putting = putting_functions(&lines);
    let puts = |line: &str| {
        !is_comment(line)
            && !line.trim_start().starts_with("def ")
            && putting.iter().any(|word| stands_in(line, word))
    };
    let main: Vec<usize> = (0..lines.len())
        .filter(|index| puts(lines[*index]) && !inside_putting(&lines, *index, &putting))
        .collect();
    let [call] = main.as_slice() else {
        return None;
    };
    let mut loops = enclosing(&lines, *call).filter(|index| {
        let line = lines[*index].trim_start();
        line.starts_with("for ") || line.starts_with("while ")
    });
    let Some(around) = loops.next() else {
        return Some(1);
    };
    if loops.next().is_some() {
        return None;
    }
    let over = lines[around].trim().strip_prefix("for ")?;
    let over = over.split_once(" in ")?.1.strip_suffix(':')?.trim();
    if let Some(times) = over.strip_prefix("range(") {
        return times.strip_suffix(')')?.parse().ok();
    }
    let is_name = over.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then(|| listed(source, over)).flatten()
}

/// `put_record(` and the functions of the source that call it, as they are called.
fn putting_functions(lines: &[&str]) -> Vec<String> {
    let mut found = vec!["put_record(".to_owned()];
    for (index, line) in lines.iter().enumerate() {
        if stands_in(line, "put_record(") && !is_comment(line) {
            let of = enclosing(lines, index).find_map(|it| defined(lines[it]));
            if let Some(name) = of.filter(|name| *name != "main") {
                found.push(format!("{name}("));
            }
        }
    }
    found
}

fn defined(line: &str) -> Option<&str> {
    let name = line.trim_start().strip_prefix("def ")?.split('(').next()?;
    Some(name.trim())
}

/// Whether a line stands in the body of one of these functions.
fn inside_putting(lines: &[&str], index: usize, putting: &[String]) -> bool {
    enclosing(lines, index)
        .filter_map(|it| defined(lines[it]))
        .any(|name| putting.contains(&format!("{name}(")))
}

/// The lines that a line is indented under, from the nearest outwards.
fn enclosing<'a>(lines: &'a [&str], index: usize) -> impl Iterator<Item = usize> + 'a {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut depth = indent(lines[index]);
    (0..index).rev().filter(move |it| {
        let line = lines[*it];
        let around = !line.trim().is_empty() && indent(line) < depth;
        if around {
            depth = indent(line);
        }
        around
    })
}

/// How many elements the list has that is written out as `NAME = [ … ]`, if it is nothing but a list.
fn listed(source: &str, name: &str) -> Option<u32> {
    let begin = format!("{name} = [");
    let mut places = source.match_indices(&begin);
    let (place, _) = places.next().filter(|_| places.next().is_none())?;
    let list = &source[place + begin.len()..];
    let mut depth = 0_u32;
    let mut quote = None;
    let mut escaped = false;
    let (mut elements, mut element) = (0, false);
    for (index, c) in list.char_indices() {
        if let Some(end) = quote {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                c if c == end => quote = None,
                _ => {}
            }
            continue;
        }
        match c {
            '\'' | '"' => {
                quote = Some(c);
                element = true;
            }
            // A comment may hold anything, a comprehension any number.
            '#' => return None,
            ']' if depth == 0 => {
                let rest = list[index + 1..].lines().next().unwrap_or_default();
                let alone = rest.trim().is_empty();
                return alone.then_some(elements + u32::from(element));
            }
            '[' | '{' | '(' => {
                depth += 1;
                element = true;
            }
            ']' | '}' | ')' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                elements += u32::from(element);
                element = false;
            }
            c if c.is_whitespace() => {
                if depth == 0 && list[index..].trim_start().starts_with("for ") {
                    return None;
                }
            }
            _ => element = true,
        }
    }
    None
}

/// Where a limit of so many records stands in a source: the line, counted from 1, and the words, e.g. `limit=10`.
pub fn limit_line(source: &str, records: u64) -> Option<(usize, String)> {
    for (index, line) in source.lines().enumerate() {
        let code = line.split('#').next().unwrap_or_default();
        let lower = code.to_ascii_lowercase();
        for (place, word) in lower.match_indices("limit") {
            let rest = &lower[place + word.len()..];
            let value = rest.trim_start_matches([' ', '=', ':']);
            let assigned = rest[..rest.len() - value.len()].contains(['=', ':']);
            let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
            if assigned && digits.parse() == Ok(records) {
                let end = place + word.len() + (rest.len() - value.len()) + digits.len();
                return Some((index + 1, code[place..end].to_owned()));
            }
        }
    }
    None
}

/// The stream that the lesson's code and commands name most often.
pub fn stream_named(lesson: &Lesson) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for page in &lesson.pages {
        for block in code_blocks(&page.blocks) {
            for name in names_in(&block) {
                *counts.entry(name).or_default() += 1;
            }
        }
    }
    let most = counts.iter().max_by_key(|(_, count)| **count);
    most.map(|(name, _)| name.clone())
}

fn names_in(block: &CodeBlock<'_>) -> Vec<String> {
    const BEFORE: [&str; 6] = [
        "--stream-name",
        "StreamName",
        "stream_name",
        "streamName",
        "STREAM_NAME",
        "STREAM",
    ];
    let mut found = Vec::new();
    for line in block.source.lines() {
        for before in BEFORE {
            for (place, _) in line.match_indices(before) {
                let rest =
                    line[place + before.len()..].trim_start_matches([' ', '=', ':', '"', '\'']);
                let parted = &line[place + before.len()..line.len() - rest.len()];
                let quoted = parted.contains(['"', '\'']) || before.starts_with("--");
                let name: String = rest
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || "_.-".contains(*c))
                    .collect();
                if quoted && parted.contains(['=', ':', ' ']) && !name.is_empty() {
                    found.push(name);
                }
            }
        }
    }
    found
}

/// The command lines of a page, a line that is continued as one.
pub fn commands(page: &Page) -> Vec<String> {
    let mut found = Vec::new();
    for command in lesson::commands(page) {
        let joined = command.text.replace("\\\n", " ");
        let lines = joined.lines().map(str::trim);
        let acts = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        found.extend(acts.map(str::to_owned));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_however_an_sdk_writes_them() {
        let check =
            |source: &str, called: &[&str]| assert_eq!(operations(source), called, "{source}");
        check("kinesis.put_record(\n", &["PutRecord"]);
        check("kinesis.put_records(Records=r)", &["PutRecords"]);
        check(
            "await client.send(new GetRecordsCommand(x))",
            &["GetRecords"],
        );
        check("client.createStream(r); // a stream", &["CreateStream"]);
        check("# kinesis.delete_stream(StreamName=x)", &[]);
        check("my_put_record(x)", &[]);
        check("", &[]);
    }

    #[test]
    fn a_command_of_the_aws_cli_names_its_operation() {
        let check = |command: &str, operation| assert_eq!(of_cli(command), operation, "{command}");
        check(
            "aws kinesis delete-stream --stream-name x",
            Some("DeleteStream"),
        );
        check(
            "aws --region x kinesis put-record --data y",
            Some("PutRecord"),
        );
        check("aws kinesis dance", None);
        check("aws s3 ls", None);
    }

    #[test]
    fn puts_are_counted_where_that_is_certain() {
        let check = |source: &str, count| assert_eq!(puts(source), count, "{source}");
        check(
            "def send(e):\n    k.put_record(Data=e)\n\ndef main():\n    events = [\n        {'a': '[,'},\n        {'b': 1, 'c': 2},\n        {'d': [1, 2]},\n    ]\n    for e in events:\n        send(e)\n",
            Some(3),
        );
        check("for i in range(10):\n    k.put_record(Data=i)\n", Some(10));
        check("k.put_record(Data=b'x')\n", Some(1));
        check("while True:\n    k.put_record(Data=b'x')\n", None);
        check("for i in range(n):\n    k.put_record(Data=i)\n", None);
        check(
            "for a in range(3):\n    for b in range(3):\n        k.put_record(Data=b)\n",
            None,
        );
        check(
            "E = [x for x in y] or [1]\nfor e in E:\n    k.put_record(Data=e)\n",
            None,
        );
        check("k.put_record(a)\nk.put_record(b)\n", None);
        check("print()\n", None);
    }

    #[test]
    fn a_limit_is_found_where_it_stands() {
        let source = "import x\n# limit=10\ndef read(s, limit=10):\n    get(Limit=10)\n";
        assert_eq!(limit_line(source, 10), Some((3, "limit=10".into())));
        assert_eq!(limit_line(source, 100), None);
        assert_eq!(
            limit_line("{ Limit: 25 }", 25),
            Some((1, "Limit: 25".into()))
        );
        assert_eq!(limit_line("limit == 1 or limited 10", 10), None);
    }
}
