//! Real programs in real terminals.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::app::program_pane::{Colour, Ending, Launch, Picture, SourceFile, Started};

use super::super::pacer::FRAME_BUDGET;
use super::*;

/// How long anything may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

struct Bench {
    programs: Programs,
    inbox: mpsc::Receiver<Message>,
    work: tempfile::TempDir,
    pictures: usize,
}

/// How a program went.
struct Went {
    picture: Arc<Picture>,
    ending: Ending,
    left: Vec<LeftBehind>,
}

impl Bench {
    fn new() -> Self {
        let work = tempfile::tempdir().expect("a folder");
        let (sender, inbox) = mpsc::channel(64);
        let surroundings = Surroundings {
            base: ["PATH", "HOME"]
                .into_iter()
                .filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)))
                .collect(),
            ..Surroundings::default()
        };
        Self {
            programs: Programs::new(surroundings, sender),
            inbox,
            work,
            pictures: 0,
        }
    }

    fn start(&mut self, script: &str, files: Vec<SourceFile>) -> Result<Started, String> {
        self.programs.start(Start {
            run: 1,
            launch: Launch::Command(script.into()),
            access_key: Some("kinesis-lab-run-1".into()),
            work: self.work.path().to_owned(),
            files,
            size: (40, 10),
        });
        loop {
            if let Message::ProgramStarted { run: 1, result } = self.next() {
                return result;
            }
        }
    }

    fn run(&mut self, script: &str) -> Went {
        self.start(script, Vec::new()).expect("it starts");
        self.end()
    }

    /// The next message; pictures are taken in as the lab does.
    fn next(&mut self) -> Message {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let message = runtime
            .block_on(async { tokio::time::timeout(PATIENCE, self.inbox.recv()).await })
            .expect("something comes in time")
            .expect("the programs live");
        if let Message::ProgramDrew { run, .. } = &message {
            self.pictures += 1;
            self.programs.shown(*run);
        }
        message
    }

    fn until(&mut self, what: &str, holds: impl Fn(&Picture) -> bool) -> Arc<Picture> {
        loop {
            match self.next() {
                Message::ProgramDrew { picture, .. } if holds(&picture) => return picture,
                Message::ProgramDrew { .. } => {}
                other => panic!("waited for {what}, got {other:?}"),
            }
        }
    }

    fn shows(&mut self, text: &str) -> Arc<Picture> {
        self.until(text, |picture| picture.all_text().contains(text))
    }

    fn end(&mut self) -> Went {
        let mut last = Arc::new(Picture::default());
        loop {
            match self.next() {
                Message::ProgramDrew { picture, .. } => {
                    if picture.serial > last.serial {
                        last = picture;
                    }
                }
                Message::ProgramEnded { ending, left, .. } => {
                    return Went {
                        picture: last,
                        ending,
                        left,
                    };
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Waits for what nothing announces.
fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = std::time::Instant::now() + PATIENCE;
    while !holds() {
        assert!(
            std::time::Instant::now() < deadline,
            "waited in vain for {what}"
        );
        thread::park_timeout(Duration::from_millis(10));
    }
}

fn pid_in(path: &Path) -> u32 {
    eventually("a pid", || {
        std::fs::read_to_string(path).is_ok_and(|text| text.ends_with('\n'))
    });
    let text = std::fs::read_to_string(path).expect("it is there");
    text.trim().parse().expect("a pid")
}

#[test]
fn a_program_has_colours_an_environment_and_an_exit_code() {
    let mut bench = Bench::new();
    let went = bench.run(
        r#"printf '\033[32mgreen\033[0m %s %s\n' "$AWS_ACCESS_KEY_ID" "$TERM"; pwd; stty size; exit 3"#,
    );
    assert_eq!(went.ending, Ending::Exit(3));
    assert_eq!(went.left, []);
    assert_eq!(
        went.picture.text(0),
        "green kinesis-lab-run-1 xterm-256color"
    );
    assert_eq!(went.picture.lines[0][0].ink.text, Colour::Numbered(2));
    assert!(went.picture.all_text().contains("10 40"));
}

#[test]
fn what_is_typed_arrives_and_the_size_follows() {
    let mut bench = Bench::new();
    bench
        .start(
            "echo ready; read a; echo got $a; read b; stty size; echo done",
            Vec::new(),
        )
        .expect("it starts");
    bench.shows("ready");
    bench.programs.input(1, "tea\r".into());
    bench.shows("got tea");
    bench.programs.resize(1, (50, 12));
    let picture = bench.until("the new size", |picture| picture.size == (50, 12));
    assert_eq!(picture.lines.len(), 12);
    bench.programs.input(1, "\r".into());
    let went = bench.end();
    assert_eq!(went.ending, Ending::Exit(0));
    assert!(went.picture.all_text().contains("12 50"));
}

#[test]
fn files_that_are_missing_are_written_first_and_others_left_alone() {
    let mut bench = Bench::new();
    let file = |name: &str| SourceFile {
        name: name.into(),
        content: "from the lesson\n".into(),
    };
    std::fs::write(bench.work.path().join("mine"), "my own\n").expect("writable");
    let started = bench
        .start("cat mine theirs", vec![file("mine"), file("theirs")])
        .expect("it starts");
    assert_eq!(started.wrote, ["theirs"]);
    let went = bench.end();
    assert_eq!(went.picture.text(0), "my own");
    assert_eq!(went.picture.text(1), "from the lesson");
    let bad = vec![file("../theirs")];
    let refused = bench.start("echo ran", bad).expect_err("refused");
    assert!(refused.contains("leads out"), "{refused}");
}

#[test]
fn a_program_can_ask_where_the_cursor_is() {
    let mut bench = Bench::new();
    let went = bench.run(
        r"stty raw -echo; printf 'ab\033[6n'; a=$(dd bs=1 count=6 2>/dev/null | tr '\033' E); stty sane; echo; echo $a",
    );
    assert!(
        went.picture.all_text().contains("E[1;3R"),
        "{}",
        went.picture.all_text()
    );
}

#[test]
fn a_flood_is_drawn_a_frame_at_a_time_in_bounded_memory_and_ends_at_once() {
    let mut bench = Bench::new();
    bench
        .start("exec yes flood", Vec::new())
        .expect("it starts");
    let begun = std::time::Instant::now();
    bench.until("a full history", |picture| {
        picture.above == screen::SCROLLBACK
    });
    for _ in 0..5 {
        bench.until("more", |_| true);
    }
    // No more pictures than the budget allows, and one of them on its way.
    let most = begun.elapsed().as_millis() / FRAME_BUDGET.as_millis() + 3;
    assert!(
        bench.pictures as u128 <= most,
        "{} of {most}",
        bench.pictures
    );
    assert!(bench.inbox.len() <= 1);
    bench.programs.end(1);
    let went = bench.end();
    assert_eq!(went.ending, Ending::Signal(2));
    assert_eq!(went.picture.above, screen::SCROLLBACK);
}

#[test]
fn who_hears_neither_ctrl_c_nor_the_hang_up_is_killed() {
    let mut bench = Bench::new();
    bench
        .start(
            r#"trap "" INT HUP TERM; echo deaf; while :; do sleep 1; done"#,
            Vec::new(),
        )
        .expect("it starts");
    bench.shows("deaf");
    bench.programs.end(1);
    assert_eq!(bench.end().ending, Ending::Signal(9));
}

#[cfg(target_os = "linux")]
#[test]
fn what_stays_in_the_group_ends_with_the_program_and_what_left_it_is_named() {
    let mut bench = Bench::new();
    let went = bench.run(
        "(trap '' HUP; sleep 1000) & echo $! > inside; setsid sh -c 'echo $$ > outside; exec sleep 1001' & \
         while [ ! -s outside ]; do sleep 0.01; done; echo over",
    );
    assert_eq!(went.ending, Ending::Exit(0));
    let inside = pid_in(&bench.work.path().join("inside"));
    eventually("its end", || !is_alive(inside));
    let [left] = went.left.as_slice() else {
        panic!("{:?}", went.left);
    };
    assert_eq!(left.pid, pid_in(&bench.work.path().join("outside")));
    assert!(is_alive(left.pid), "it is left alone");
    let pid = rustix::process::Pid::from_raw(i32::try_from(left.pid).expect("a pid"));
    rustix::process::kill_process(pid.expect("a pid"), rustix::process::Signal::KILL)
        .expect("it is ours");
}

#[cfg(target_os = "linux")]
#[test]
fn what_emptied_its_environment_is_named_while_it_is_in_the_session() {
    let mut bench = Bench::new();
    let script = "set -m; env -i sleep 1000 & echo $! > job; echo over";
    let went = bench.run(script);
    let [left] = went.left.as_slice() else {
        panic!("{:?}", went.left);
    };
    assert_eq!(left.pid, pid_in(&bench.work.path().join("job")));
    let pid = rustix::process::Pid::from_raw(i32::try_from(left.pid).expect("a pid"));
    rustix::process::kill_process(pid.expect("a pid"), rustix::process::Signal::KILL)
        .expect("it is ours");
}

#[test]
fn what_is_to_end_before_it_has_begun_is_ended_once_it_is_there() {
    let mut bench = Bench::new();
    let (session, typed) = Session::new(1, (40, 10));
    let session = Arc::new(session);
    session.end();
    let surroundings = Arc::clone(bench.programs.surroundings());
    let inbox = bench.programs.inbox.clone();
    let start = Start {
        run: 1,
        launch: Launch::Command("sleep 5".into()),
        access_key: None,
        work: bench.work.path().to_owned(),
        files: Vec::new(),
        size: (40, 10),
    };
    thread::spawn(move || session.live(&start, &surroundings, typed, &inbox));
    while !matches!(bench.next(), Message::ProgramStarted { .. }) {}
    assert_eq!(bench.end().ending, Ending::Signal(9));
}

#[test]
fn the_lab_s_end_is_its_programs_end() {
    let mut bench = Bench::new();
    let script = "echo $$ > pid; trap '' INT HUP; echo up; while :; do sleep 1; done";
    bench.start(script, Vec::new()).expect("it starts");
    bench.shows("up");
    let pid = pid_in(&bench.work.path().join("pid"));
    assert_eq!(bench.programs.end_all(), []);
    eventually("its end", || !is_alive(pid));
}

#[test]
fn scrolled_back_the_screen_shows_what_was() {
    let mut bench = Bench::new();
    bench
        .start("seq 1 100; read a", Vec::new())
        .expect("it starts");
    bench.shows("100");
    bench.programs.scroll(1, 50);
    let picture = bench.until("a look back", |picture| picture.back == 50);
    assert_eq!(picture.text(0), "42");
    bench.programs.scroll(1, 0);
    bench.until("the newest", |picture| picture.back == 0);
}
