//! The commands as a shell runs them: what they print, where, and with which exit code.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Output, Stdio};

use super::harness::{Home, LAB, Session, signal};

/// `kinesis-lab serve` as a process; killed if a test fails before it ends.
pub struct Server {
    child: Child,
    endpoint: String,
}

impl Server {
    pub fn start(home: &Home) -> Self {
        Self::with(home, &[])
    }

    fn with(home: &Home, options: &[&str]) -> Self {
        let mut child = home
            .command(&[&["serve", "--port", "0"], options].concat())
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let stdout = child.stdout.take().expect("piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let endpoint = line
            .trim()
            .strip_prefix("listening on ")
            .expect("the address");
        Self {
            child,
            endpoint: endpoint.to_owned(),
        }
    }

    pub fn address(&self) -> &str {
        self.endpoint.strip_prefix("http://").expect("a URL")
    }

    fn pid(&self) -> String {
        self.child.id().to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn run(home: &Home, arguments: &[&str]) -> Output {
    home.command(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("it runs")
}

pub fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn serve_can_be_called_when_it_says_so_and_stops_cleanly_on_a_signal() {
    let home = Home::new();
    for name in ["TERM", "INT", "HUP", "QUIT"] {
        let mut server = Server::start(&home);
        let mut stream = TcpStream::connect(server.address()).expect("it listens");
        let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", server.address());
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = [0; 8];
        stream.read_exact(&mut answer).expect("it answers");
        assert_eq!(&answer, b"HTTP/1.1");
        signal(&server.pid(), name);
        let status = server.child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{name}");
    }
}

/// The memory a process holds, in MiB.
#[cfg(target_os = "linux")]
fn resident(pid: &str) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kib.expect("its memory") / 1024
}

#[cfg(target_os = "linux")]
#[test]
fn serve_keeps_nothing_of_what_it_refused() {
    let server = Server::start(&Home::new());
    let stream = TcpStream::connect(server.address()).expect("it listens");
    let record = format!(r#"{{"PartitionKey":"{}","Data":""}}"#, "🦀".repeat(256));
    let body = format!(
        r#"{{"StreamName":"none","Records":[{}]}}"#,
        vec![record; 500].join(",")
    );
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-amz-json-1.1\r\n\
         X-Amz-Target: Kinesis_20131202.PutRecords\r\nX-Amz-Date: 20261122T000000Z\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=me/20261122/us-east-1/kinesis/aws4_request, \
         SignedHeaders=host, Signature=x\r\nContent-Length: {}\r\n\r\n",
        server.address(),
        body.len()
    );
    let mut answers = BufReader::new(&stream);
    for _ in 0..150 {
        (&stream).write_all(head.as_bytes()).expect("it reads");
        (&stream).write_all(body.as_bytes()).expect("it reads");
        let mut line = String::new();
        answers.read_line(&mut line).expect("it answers");
        assert!(line.starts_with("HTTP/1.1 400"), "{line}");
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            answers.read_line(&mut line).expect("it answers");
            if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
                length = value.trim().parse().expect("a number");
            }
        }
        let mut rest = vec![0; length];
        answers.read_exact(&mut rest).expect("it answers");
    }
    // Each of them held half a megabyte of keys.
    let held = resident(&server.pid());
    assert!(held < 80, "{held} MiB");
}

/// Sends a signed request without a body and takes the answer's status line.
fn status(server: &Server, method: &str, path: &str, operation: &str, body: &str) -> String {
    let stream = TcpStream::connect(server.address()).expect("it listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-amz-json-1.1\r\n\
         X-Amz-Target: Kinesis_20131202.{operation}\r\nX-Amz-Date: 20261122T000000Z\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=me/20261122/us-east-1/kinesis/aws4_request, \
         SignedHeaders=host, Signature=x\r\nContent-Length: {}\r\n\r\n{body}",
        server.address(),
        body.len()
    );
    (&stream).write_all(request.as_bytes()).expect("it reads");
    let mut line = String::new();
    BufReader::new(&stream)
        .read_line(&mut line)
        .expect("it answers");
    line.trim_end().to_owned()
}

#[test]
fn serve_has_the_streams_the_log_and_the_control_path_that_it_was_asked_for() {
    let home = Home::new();
    let options = ["--streams", "orders:4,clicks", "--log", "json", "--admin"];
    let mut server = Server::with(&home, &[&options[..], &["--timing", "aws"]].concat());
    let mut log = BufReader::new(server.child.stderr.take().expect("piped")).lines();
    let mut next = || -> serde_json::Value {
        let line = log.next().expect("a line").expect("text");
        serde_json::from_str(&line).expect("JSON")
    };
    for timing in ["instant", "aws"] {
        let line = next();
        assert_eq!(
            (&line["event"], &line["timing"]),
            (&"changed".into(), &timing.into())
        );
    }
    let put = r#"{"StreamName": "orders", "PartitionKey": "k", "Data": "eA=="}"#;
    assert_eq!(
        status(&server, "POST", "/", "PutRecord", put),
        "HTTP/1.1 200 OK"
    );
    let line = next();
    for (name, value) in [("operation", "PutRecord"), ("stream", "orders")] {
        assert_eq!(line[name], value, "{line}");
    }
    assert_eq!(
        (&line["status"], &line["records"]),
        (&200.into(), &1.into())
    );
    let path = "/kinesis-lab/control";
    let told = status(&server, "POST", path, "", r#"{"advance_seconds": 60}"#);
    assert_eq!(told, "HTTP/1.1 200 OK");
    assert_eq!(next()["ahead_seconds"], 60);
    assert_eq!(
        status(&server, "POST", path, "", "{}"),
        "HTTP/1.1 400 Bad Request"
    );
    signal(&server.pid(), "TERM");
    assert_eq!(server.child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn a_log_that_nobody_takes_makes_no_caller_wait() {
    let home = Home::new();
    // The test holds the pipe and does not read it: 64 KiB of lines fit, and the feed holds a thousand events more.
    let mut server = Server::with(&home, &["--log", "text"]);
    for _ in 0..1600 {
        let answered = status(&server, "POST", "/", "ListStreams", "{}");
        assert_eq!(answered, "HTTP/1.1 200 OK");
    }
    signal(&server.pid(), "TERM");
    assert_eq!(server.child.wait().expect("it ends").code(), Some(0));
    let mut log = String::new();
    let mut stderr = server.child.stderr.take().expect("piped");
    stderr.read_to_string(&mut log).expect("text");
    let lines = log.lines().count();
    assert!((100..1600).contains(&lines), "{lines} lines");
}

#[test]
fn serve_refuses_streams_that_cannot_be() {
    let home = Home::new();
    for (streams, words) in [
        ("a:0", "the number of shards, 1 or more"),
        ("a,a", "--streams names a twice"),
        ("a:100000", "would exceed the shard limit"),
    ] {
        let output = run(&home, &["serve", "--port", "0", "--streams", streams]);
        assert!(!output.status.success(), "{streams}");
        let told = complained(&output);
        assert!(told.contains(words), "{streams}: {told}");
        assert_eq!(printed(&output), "");
    }
}

#[test]
fn serve_refuses_a_taken_port_and_names_it() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its number").port().to_string();
    let output = run(&home, &["serve", "--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        complained(&output).contains(&port),
        "{}",
        complained(&output)
    );
    assert_eq!(printed(&output), "");
}

#[test]
fn env_knows_the_running_server_and_only_that() {
    let home = Home::new();
    let none = run(&home, &["env"]);
    assert_eq!(none.status.code(), Some(1));
    assert_eq!(printed(&none), "");
    assert!(complained(&none).contains("no lab is running"));

    let server = Server::start(&home);
    let output = run(&home, &["env"]);
    assert_eq!(output.status.code(), Some(0));
    let line = format!("export AWS_ENDPOINT_URL='{}';", server.endpoint);
    assert!(printed(&output).contains(&line), "{}", printed(&output));
    for (shell, line) in [
        ("fish", "set -gx AWS_REGION"),
        ("powershell", "$env:AWS_REGION"),
    ] {
        let output = run(&home, &["env", "--shell", shell]);
        assert!(printed(&output).contains(line), "{}", printed(&output));
    }

    let killed = server.pid();
    signal(&killed, "KILL");
    drop(server);
    assert_eq!(run(&home, &["env"]).status.code(), Some(1), "it is gone");
}

#[test]
fn env_without_a_home_touches_nothing_where_it_stands() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("running/own.json");
    std::fs::create_dir(folder.path().join("running")).expect("made");
    std::fs::write(&own, "{}").expect("written");
    let home = Home::new();
    let mut command = home.command(&["env"]);
    command.env_remove("HOME").env_remove("XDG_STATE_HOME");
    let output = command.current_dir(&folder).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        complained(&output).contains("HOME"),
        "{}",
        complained(&output)
    );
    assert!(own.exists());
}

#[test]
fn bash_takes_what_env_prints() {
    let home = Home::new();
    let server = Server::start(&home);
    let script = format!(
        r#"export AWS_PROFILE=work; eval "$('{}' env)"; echo "$AWS_ENDPOINT_URL_KINESIS|${{AWS_PROFILE-gone}}""#,
        LAB
    );
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", &script])
        .env_clear()
        .envs(home.environment())
        .output()
        .expect("a shell");
    assert_eq!(printed(&output).trim(), format!("{}|gone", server.endpoint));
}

#[test]
fn serve_without_a_home_serves_and_says_that_env_will_not_find_it() {
    let home = Home::new();
    let mut command = home.command(&["serve", "--port", "0"]);
    command.env_remove("HOME").env_remove("XDG_STATE_HOME");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("piped");
    BufReader::new(stdout).read_line(&mut line).expect("a line");
    assert!(line.starts_with("listening on http://127.0.0.1:"));
    signal(&child.id().to_string(), "TERM");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert!(
        complained(&output).contains("HOME"),
        "{}",
        complained(&output)
    );
}

#[test]
fn reset_without_a_terminal_refuses_unless_told_yes() {
    let home = Home::new();
    let saved = home.state().join("progress.json");
    std::fs::create_dir_all(home.state()).expect("made");
    std::fs::write(&saved, r#"{"format":1}"#).expect("written");
    let output = run(&home, &["reset"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("--yes"));
    assert!(saved.exists());
    let output = run(&home, &["reset", "--yes"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(!saved.exists());
    assert!(printed(&run(&home, &["reset", "--yes"])).contains("no saved progress"));
}

#[test]
fn reset_on_a_terminal_asks_and_takes_only_a_yes() {
    let home = Home::new();
    let saved = home.state().join("progress.json");
    std::fs::create_dir_all(home.state()).expect("made");
    for (answer, stays) in [("\r", true), ("n\r", true), ("y\r", false)] {
        std::fs::write(&saved, r#"{"format":1}"#).expect("written");
        let mut session = Session::start(&home, &["reset"], (100, 40));
        session.wait_for("[y/N]");
        session.keys(answer);
        session.assert_left_clean(0);
        assert_eq!(saved.exists(), stays, "{answer:?}");
    }
}

#[test]
fn wrong_usage_is_code_2() {
    let home = Home::new();
    for arguments in [
        &["--nonsense"][..],
        &["serve", "--port", "many"],
        &["--aws", "--endpoint-url", "http://localhost:1"],
        &["--profile", "work"],
    ] {
        assert_eq!(
            run(&home, arguments).status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
}
#[test]
fn the_lab_without_a_terminal_says_so_and_touches_nothing() {
    let home = Home::new();
    let output = run(&home, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        complained(&output).contains("not a terminal"),
        "{}",
        complained(&output)
    );
    assert_eq!(printed(&output), "");
    assert!(!home.state().exists());
}

#[test]
fn report_reads_what_was_kept_and_needs_no_lab() {
    let home = Home::new();
    let printed = |arguments: &[&str]| {
        let output = run(&home, arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert!(printed(&["report"]).contains("Nothing is kept yet"));
    assert!(printed(&["report", "what-are-streams"]).contains("0 of 3 right at the first try"));

    let kept = r#"{"format":1,"lessons":{
        "what-are-streams":{"notes":{"does-it-end":"a tide, and \u001b[31mred"},"misconceptions":["latest"]},
        "/gone/lesson.md":{"answers":{"a-question":{"first_try_right":false,"confidence":"certain","review":true}}}}}"#;
    std::fs::create_dir_all(home.state()).expect("made");
    std::fs::write(home.state().join("progress.json"), kept).expect("written");
    let text = printed(&["report"]);
    assert!(
        text.contains("file is gone") && text.contains("a-question"),
        "{text}"
    );
    assert!(text.contains("1 note"), "{text}");
    let text = printed(&["report", "--md", "what-are-streams"]);
    assert!(text.contains("> a tide, and ␛[31mred"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&printed(&["report", "--json"])).expect("JSON");
    assert_eq!(json["format"], 1);
    assert_eq!(json["lessons"][0]["due"][0], "a-question");
    assert_eq!(json["lessons"][1]["misconceptions"][0]["id"], "latest");
    assert_eq!(json["lessons"][1]["notes"][0]["prompt"], "Does it end?");
    let json = printed(&["report", "--json", "--without-notes"]);
    assert!(!json.contains("notes") && !json.contains("tide"), "{json}");

    std::fs::write(home.state().join("progress.json"), "{ damaged").expect("written");
    let output = run(&home, &["report"]);
    assert_eq!(output.status.code(), Some(1));
    let output = run(&home, &["report", "nowhere.md"]);
    assert_eq!(output.status.code(), Some(1));
}
