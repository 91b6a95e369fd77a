//! Code blocks and programs: what is asked before anything runs, which keys are whose, and what is said of an end.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::script::{Lab, setup};
use crate::app::message::{Effect, Message, Reread};
use crate::app::overlay::{Confirm, Overlay};
use crate::app::program_pane::{
    Ending, FileState, Launch, LeftBehind, Modes, OtherVersion, Picture, Prepared, Python, Start,
    Started, Writing, Written,
};
use crate::app::wire_marks;
use crate::app::{ConnectionKind, Setup};
use crate::kinesis::feed::Detail;
use crate::lesson::{self, Settings};

const LESSON: &str = "# L

## Hands-On (10 min)

### Step 1: Write

Create `put.py`:

```python
import boto3
k = boto3.client('kinesis')
k.put_record(
)
```

And `../../.bashrc`:

```python title=../../.bashrc
x = 1
```

### Step 2: Run

```bash
$ python put.py
```

```bash
aws kinesis list-streams
```
";

/// A lab on the page of step 2, or of step 1.
fn lab(kind: ConnectionKind, page: usize) -> Lab {
    lab_of(kind, page, &Settings::default())
}

fn lab_of(kind: ConnectionKind, page: usize, settings: &Settings) -> Lab {
    let mut lab = Lab::start(Setup {
        lesson: lesson::parse(LESSON, settings),
        ..setup(kind)
    });
    let first = lab
        .model
        .lesson
        .lesson
        .pages
        .iter()
        .position(|page| page.step == Some(1));
    for _ in 0..first.expect("a step") + page {
        lab.key('n');
    }
    lab.effects.clear();
    lab
}

fn python(name: &str, boto3: Option<&str>) -> Python {
    Python::Found {
        name: name.into(),
        of_lab: false,
        version: "3.12.1".into(),
        boto3: boto3.map(str::to_owned),
    }
}

impl Lab {
    /// Answers the preparation that was asked for.
    fn prepared(&mut self, state: FileState, python: Option<Python>) -> &mut Self {
        let Some(Effect::PrepareRun(wanted)) = self.effects.pop() else {
            panic!("{:?}", self.effects);
        };
        let files = wanted
            .files
            .iter()
            .map(|file| (file.name.clone(), state.clone()))
            .collect();
        let found = Prepared {
            files,
            python: python.filter(|_| !wanted.python.is_empty()),
        };
        self.tell(Message::RunPrepared(Box::new(found)))
    }

    fn start_asked(&mut self) -> Start {
        let at = self
            .effects
            .iter()
            .position(|effect| matches!(effect, Effect::StartProgram(_)));
        match self.effects.remove(at.expect("a start")) {
            Effect::StartProgram(start) => *start,
            _ => unreachable!("it was looked for"),
        }
    }

    fn starts(&mut self) -> u64 {
        let run = self.start_asked().run;
        let started = Started {
            pid: 7,
            wrote: Vec::new(),
        };
        self.tell(Message::ProgramStarted {
            run,
            result: Ok(started),
        });
        self.effects.clear();
        run
    }

    fn draws(&mut self, run: u64, picture: Picture) -> &mut Self {
        let picture = Arc::new(picture);
        self.tell(Message::ProgramDrew { run, picture })
    }

    fn ends(&mut self, run: u64, ending: Ending, left: Vec<LeftBehind>) -> &mut Self {
        self.tell(Message::ProgramEnded { run, ending, left })
    }

    fn control(&mut self, c: char) -> &mut Self {
        let key = KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
        self.tell(Message::Pressed(key))
    }

    fn confirm(&self) -> &Confirm {
        match &self.model.overlay {
            Some(Overlay::Confirm(confirm)) => confirm,
            other => panic!("{other:?}"),
        }
    }

    fn typed(&self) -> Vec<&[u8]> {
        self.effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::ProgramInput { bytes, .. } => Some(bytes.as_slice()),
                _ => None,
            })
            .collect()
    }
}

/// A lab in which the step's command runs.
fn running() -> (Lab, u64) {
    let mut lab = lab(ConnectionKind::Local, 1);
    lab.key('r')
        .prepared(FileState::Same, Some(python("python", Some("1.43.0"))))
        .enter();
    let run = lab.starts();
    (lab, run)
}

#[test]
fn a_lesson_s_code_runs_only_after_a_yes_that_is_remembered() {
    let mut lab = lab(ConnectionKind::Local, 1);
    lab.key('r')
        .prepared(FileState::Missing, Some(python("python3", Some("1.43.0"))));
    let Confirm::RunCode(plan) = lab.confirm() else {
        panic!("{:?}", lab.model.overlay);
    };
    assert_eq!(plan.missing, ["put.py"]);
    lab.escape();
    assert!(lab.effects.is_empty(), "{:?}", lab.effects);

    lab.key('r').prepared(FileState::Missing, None).enter();
    let start = lab.start_asked();
    // The lesson says `$ python`; there is only `python3`.
    assert_eq!(start.launch, Launch::Command("python3 put.py".into()));
    assert_eq!(start.access_key.as_deref(), Some("kinesis-lab-run-1"));
    assert_eq!(start.files.len(), 1);
    assert!(lab.model.program.focused);
    let saved = lab.effects.iter().any(|effect| {
        matches!(effect, Effect::SaveProgress(progress) if progress.code_agreed.len() == 1)
    });
    assert!(saved);

    let run = start.run;
    lab.ends(run, Ending::Exit(0), Vec::new()).key('r');
    lab.prepared(FileState::Same, None);
    assert_eq!(
        lab.start_asked().access_key.as_deref(),
        Some("kinesis-lab-run-2")
    );
}

#[test]
fn on_aws_it_is_asked_in_each_run_of_the_lab_and_no_key_is_a_dummy() {
    let mut lab = lab(ConnectionKind::Aws, 1);
    lab.key('r')
        .prepared(FileState::Same, Some(python("python", Some("1.43.0"))))
        .enter();
    assert_eq!(lab.start_asked().access_key, None);
    assert!(lab.model.progress.code_agreed.is_empty());
}

#[test]
fn python_that_will_not_do_is_said_before_anything_runs() {
    let mut lab = lab(ConnectionKind::Local, 1);
    lab.key('r')
        .prepared(FileState::Same, Some(Python::Missing));
    assert!(
        lab.status().contains("No python is found"),
        "{}",
        lab.status()
    );
    assert!(lab.effects.is_empty());

    lab.key('r')
        .prepared(FileState::Same, Some(python("python", Some("1.27.9"))));
    assert!(matches!(lab.confirm(), Confirm::MakePython(_)));
    lab.enter();
    let start = lab.start_asked();
    assert_eq!(start.launch, Launch::MakePython("python".into()));
    assert_eq!(start.access_key, None);
    let failed = Picture {
        serial: 1,
        lines: vec![vec![crate::app::program_pane::Piece {
            column: 0,
            width: 30,
            text: "ensurepip is not available".into(),
            ink: Default::default(),
        }]],
        ..Picture::default()
    };
    lab.draws(start.run, failed);
    lab.ends(start.run, Ending::Exit(1), Vec::new());
    assert!(
        lab.status().contains("apt install python3-venv"),
        "{}",
        lab.status()
    );
    // r makes it again, and once it is made the step's command is what r runs.
    lab.effects.clear();
    lab.key('r');
    let start = lab.start_asked();
    assert_eq!(start.launch, Launch::MakePython("python".into()));
    lab.ends(start.run, Ending::Exit(0), Vec::new());
    assert!(lab.status().contains("r runs the step's command"));
    lab.effects.clear();
    lab.key('r')
        .prepared(FileState::Same, Some(python("python", Some("1.43.0"))));
    assert!(matches!(lab.confirm(), Confirm::RunCode(_)));
}

#[test]
fn a_python_that_was_made_runs_the_step_and_is_not_made_again() {
    let toml = "[[step]]\ntitle = \"Run\"\n[[step.check]]\nsays = \"one is sent\"\nwhen.put = {}\n";
    let settings = lesson::settings(toml).expect("well formed");
    let unreached = |lab: &mut Lab| {
        lab.wait(120.0);
        let states = crate::app::steps_pane::states(&lab.model, lab.model.lesson.page);
        format!("{states:?}").contains("No request has reached")
    };
    assert!(unreached(&mut lab_of(ConnectionKind::Local, 1, &settings)));
    let mut lab = lab_of(ConnectionKind::Local, 1, &settings);
    lab.key('r')
        .prepared(FileState::Same, Some(python("python3", None)))
        .enter();
    let making = lab.starts();
    assert!(!unreached(&mut lab), "nothing can come while pip works");
    lab.ends(making, Ending::Exit(0), Vec::new()).key('r');
    lab.prepared(FileState::Same, Some(python("python", Some("1.43.0"))));
    assert!(
        matches!(lab.confirm(), Confirm::RunCode(_)),
        "{:?}",
        lab.model.overlay
    );
    lab.enter();
    assert_eq!(
        lab.start_asked().launch,
        Launch::Command("python put.py".into())
    );
}

#[test]
fn a_running_program_has_every_key_but_the_one_that_leads_back() {
    let (mut lab, run) = running();
    lab.keys("qn").control('c').escape();
    assert_eq!(lab.typed(), [&b"q"[..], b"n", b"\x03", b"\x1b"]);
    assert!(!lab.asks_to_quit());
    lab.effects.clear();
    lab.control('5');
    assert!(!lab.model.program.focused && lab.typed().is_empty());
    // The lab's keys are the lab's again, the program goes on, and `!` goes to it.
    lab.key('?');
    assert!(matches!(lab.model.overlay, Some(Overlay::Help(_))));
    lab.escape().key('!');
    assert!(lab.model.program.takes_keys());
    lab.control(']').key('r');
    assert!(matches!(lab.confirm(), Confirm::EndProgram(_)));
    lab.enter();
    assert!(lab.effects.contains(&Effect::EndProgram { run }));
    lab.key('q');
    assert_eq!(lab.confirm(), &Confirm::Leave);
}

#[test]
fn what_is_pasted_is_marked_if_the_program_asked_for_it_and_cannot_end_its_own_mark() {
    let (mut lab, run) = running();
    lab.tell(Message::Pasted("a\nb".into()));
    assert_eq!(lab.typed(), [b"a\rb"]);
    lab.effects.clear();
    let modes = Modes {
        bracketed_paste: true,
        ..Modes::default()
    };
    lab.draws(
        run,
        Picture {
            serial: 1,
            modes,
            ..Picture::default()
        },
    );
    lab.tell(Message::Pasted("a\u{1b}[201~rm".into()));
    assert_eq!(lab.typed(), [b"\x1b[200~a[201~rm\x1b[201~"]);
}

#[test]
fn an_end_is_said_in_words_and_what_it_leaves_behind_is_named() {
    let (mut lab, run) = running();
    let left = LeftBehind {
        pid: 4242,
        name: "sleep".into(),
    };
    lab.ends(run, Ending::Signal(9), vec![left]);
    assert!(
        lab.status().contains("ended by signal 9"),
        "{}",
        lab.status()
    );
    assert!(lab.status().contains("4242 (sleep)"), "{}", lab.status());
    // What it printed stays until the learner goes on.
    assert!(lab.model.layout.program.is_some());
    lab.escape();
    assert!(!lab.model.program.focused && lab.model.layout.program.is_some());
    lab.press(KeyCode::Backspace);
    assert!(lab.model.layout.program.is_none());
}

#[test]
fn a_late_picture_does_not_replace_a_newer_one_and_each_is_acknowledged() {
    let (mut lab, run) = running();
    for serial in [2, 1] {
        lab.draws(
            run,
            Picture {
                serial,
                ..Picture::default()
            },
        );
        assert_eq!(lab.effects.pop(), Some(Effect::ProgramShown { run }));
    }
    let shown = lab.model.program.run.as_ref().map(|run| run.picture.serial);
    assert_eq!(shown, Some(2));
}

#[test]
fn the_terminal_follows_the_layout() {
    let (mut lab, run) = running();
    lab.tell(Message::Resized(80, 24));
    let expected = Effect::ResizeProgram {
        run,
        size: (76, 15),
    };
    assert_eq!(lab.effects, [expected]);
    lab.effects.clear();
    lab.control(']');
    assert!(
        lab.model.layout.program.is_none(),
        "there is one pane at a time"
    );
    assert!(lab.effects.is_empty());
}

#[test]
fn calls_of_the_run_stand_at_the_lines_that_may_have_made_them() {
    let (mut lab, run) = running();
    lab.ends(run, Ending::Exit(0), Vec::new());
    lab.control(']').press(KeyCode::Backspace);
    let mark = |lab: &Lab| {
        let block = &lab.model.lesson.blocks[0];
        let tally = lab
            .model
            .program
            .tally(block.file.as_deref(), &block.language);
        tally.and_then(|tally| wire_marks::mark(&block.calls, 2, tally))
    };
    assert_eq!(mark(&lab), None);
    lab.fed_by(
        "Boto3/1.43",
        "kinesis-lab-run-1",
        5,
        "PutRecord",
        "s",
        Detail::None,
    );
    assert!(lab.changed);
    let found = mark(&lab).expect("a mark");
    assert_eq!((found.program.as_str(), found.seen.calls), ("py#1", 1));
    // Somebody else's calls are not the run's.
    lab.fed_by("Boto3/1.43", "somebody", 6, "PutRecord", "s", Detail::None);
    assert_eq!(mark(&lab).map(|mark| mark.seen.calls), Some(1));
}

#[test]
fn code_that_runs_elsewhere_is_marked_by_its_family() {
    let mut lab = lab(ConnectionKind::Local, 0);
    lab.fed_by(
        "Boto3/1.43",
        "kinesis-lab",
        5,
        "PutRecord",
        "s",
        Detail::None,
    );
    lab.fed_by(
        "aws-sdk-js/3",
        "kinesis-lab",
        6,
        "PutRecord",
        "s",
        Detail::None,
    );
    let block = &lab.model.lesson.blocks[0];
    let tally = lab
        .model
        .program
        .tally(block.file.as_deref(), &block.language);
    assert_eq!(tally.map(|tally| tally.program.as_str()), Some("py#1"));
}

#[test]
fn blocks_are_chosen_copied_and_written() {
    let mut lab = lab(ConnectionKind::Local, 0);
    lab.key('y');
    let source = "import boto3\nk = boto3.client('kinesis')\nk.put_record(\n)\n";
    assert_eq!(lab.effects.pop(), Some(Effect::Copy(source.into())));
    assert!(
        lab.status().contains("sent to the terminal"),
        "{}",
        lab.status()
    );
    lab.key('w');
    let Some(Effect::WriteFile(writing)) = lab.effects.pop() else {
        panic!("{:?}", lab.effects);
    };
    assert_eq!(
        (writing.file.name.as_str(), writing.replace),
        ("put.py", false)
    );
    let tell = |lab: &mut Lab, result| {
        let writing = writing.clone();
        lab.tell(Message::FileWritten { writing, result });
    };
    tell(&mut lab, Ok(Written::New));
    assert!(lab.status().contains("put.py"), "{}", lab.status());
    let other = OtherVersion {
        bytes: 3,
        seconds_old: Some(5),
    };
    tell(&mut lab, Ok(Written::Differs(other)));
    assert!(matches!(lab.confirm(), Confirm::ReplaceFile { .. }));
    lab.enter();
    let replacing = Writing {
        replace: true,
        ..*writing.clone()
    };
    assert_eq!(
        lab.effects.pop(),
        Some(Effect::WriteFile(Box::new(replacing)))
    );
    tell(&mut lab, Err("the disk is full.".into()));
    assert!(lab.status().contains("not written: the disk is full"));

    lab.keys("]]y");
    assert_eq!(lab.model.lesson.block, Some(1));
    assert_eq!(lab.effects.pop(), Some(Effect::Copy("x = 1\n".into())));
    lab.key('[');
    assert_eq!(lab.model.lesson.block, Some(0));
}

#[test]
fn a_command_is_copied_without_its_prompt_and_has_no_file() {
    let mut lab = lab(ConnectionKind::Local, 1);
    lab.key('y');
    assert_eq!(
        lab.effects.pop(),
        Some(Effect::Copy("python put.py".into()))
    );
    lab.key('w');
    assert!(lab.effects.is_empty());
    assert!(
        lab.status().contains("A command has no file"),
        "{}",
        lab.status()
    );
    lab.keys("]]r").prepared(FileState::Same, None);
    let Confirm::RunCode(plan) = lab.confirm() else {
        panic!("{:?}", lab.model.overlay);
    };
    assert_eq!(plan.command.script, "aws kinesis list-streams");
}

#[test]
fn an_editor_gets_the_learner_s_own_version() {
    let mut lab = lab(ConnectionKind::Local, 0);
    lab.key('e');
    let Some(Effect::WriteFile(writing)) = lab.effects.pop() else {
        panic!("{:?}", lab.effects);
    };
    let other = OtherVersion {
        bytes: 3,
        seconds_old: None,
    };
    let result = Ok(Written::Differs(other));
    lab.tell(Message::FileWritten { writing, result });
    assert_eq!(lab.start_asked().launch, Launch::Editor("put.py".into()));
    lab.model.places.editor = None;
    let mut lab = super::running::lab(ConnectionKind::Local, 0);
    lab.model.places.editor = None;
    lab.key('e');
    assert!(lab.status().contains("set EDITOR"), "{}", lab.status());
}

#[test]
fn ctrl_z_opens_the_shell_and_says_so() {
    let mut lab = Lab::local();
    lab.control('z');
    assert_eq!(lab.start_asked().launch, Launch::Shell);
    assert!(
        lab.status().contains("Ctrl-Z would stop"),
        "{}",
        lab.status()
    );
}

#[test]
fn an_agreement_is_for_the_code_that_was_shown_and_not_for_what_was_saved_meanwhile() {
    let mut lab = lab(ConnectionKind::Local, 1);
    lab.key('r')
        .prepared(FileState::Missing, Some(python("python", Some("1.40.0"))));
    assert!(matches!(lab.confirm(), Confirm::RunCode(_)));
    let other = LESSON.replace("import boto3", "import boto3, shutil");
    lab.tell(Message::LessonChanged(Reread {
        key: lab.model.lesson.key.clone(),
        lesson: Some(Arc::new(lesson::parse(&other, &Settings::default()))),
        fault: None,
    }));
    lab.press(KeyCode::Enter);
    let start = lab.start_asked();
    assert!(!start.files[0].content.contains("shutil"));
    let run = start.run;
    lab.ends(run, Ending::Exit(0), Vec::new());
    lab.effects.clear();
    lab.press(KeyCode::Esc)
        .key('r')
        .prepared(FileState::Same, None);
    assert!(
        matches!(lab.confirm(), Confirm::RunCode(_)),
        "it is asked for anew"
    );
}
