//! Pictures of programs in the lab: the one question before, the terminal while it runs and when it has ended, and what
//! stands beside the code.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Color;

use super::lab::{Lab, setup};
use super::pictures::{picture, snapshot};
use crate::app::program_pane::{
    Colour, Ending, FileState, Ink, Picture, Piece, Prepared, Python, Started,
};
use crate::app::{ConnectionKind, Message, Pane, Setup, Theme};
use crate::lesson::{self, Highlights, Settings};

const LESSON: &str = "# Rivers

## Hands-On: Leaves on the water (10 min)

### Step 1: Write the producer

Create `leaves.py`:

```python
import boto3

kinesis = boto3.client('kinesis', region_name='us-east-1')

def leaf(name):
    return kinesis.put_record(StreamName='river', Data=name, PartitionKey=name)

kinesis.get_waiter('stream_exists').wait(StreamName='river')
```

### Step 2: Run it

```bash
python leaves.py
```

You should see three leaves.
";

fn lab(width: u16, height: u16) -> Lab {
    let lesson = lesson::parse(LESSON, &Settings::default());
    let highlights = Highlights::of(&lesson);
    let mut lab = Lab::start(Setup {
        lesson,
        ..setup(ConnectionKind::Local, (width, height))
    });
    lab.tell(Message::Highlighted(Arc::new(highlights)));
    while lab
        .model
        .lesson
        .page()
        .is_some_and(|page| page.step != Some(2))
    {
        lab.key('n');
    }
    lab
}

fn asked(lab: &mut Lab) -> &mut Lab {
    let python = Python::Found {
        name: "python3".into(),
        of_lab: false,
        version: "3.12.1".into(),
        boto3: Some("1.43.0".into()),
    };
    let found = Prepared {
        files: vec![("leaves.py".into(), FileState::Missing)],
        python: Some(python),
    };
    lab.key('r').tell(Message::RunPrepared(Box::new(found)))
}

fn piece(column: u16, text: &str, colour: Colour) -> Piece {
    Piece {
        column,
        width: u16::try_from(text.chars().count()).expect("short"),
        text: text.into(),
        ink: Ink {
            text: colour,
            ..Ink::default()
        },
    }
}

/// A lab in which the command runs and has printed something.
fn running(width: u16, height: u16) -> Lab {
    let mut lab = lab(width, height);
    asked(&mut lab).press(KeyCode::Enter);
    let started = Started {
        pid: 7,
        wrote: vec!["leaves.py".into()],
    };
    lab.tell(Message::ProgramStarted {
        run: 1,
        result: Ok(started),
    });
    let lines = vec![
        vec![
            piece(0, "Sent: ", Colour::Own),
            piece(6, "alice", Colour::Numbered(2)),
        ],
        vec![piece(
            0,
            "\u{1b}]0;evil\u{7}\u{202e}",
            Colour::Mixed(1, 2, 3),
        )],
    ];
    let picture = Picture {
        serial: 1,
        size: (40, 10),
        lines,
        cursor: Some((0, 2)),
        above: 12,
        ..Picture::default()
    };
    lab.tell(Message::ProgramDrew {
        run: 1,
        picture: Arc::new(picture),
    });
    lab
}

fn ended(lab: &mut Lab, ending: Ending) -> &mut Lab {
    lab.tell(Message::ProgramEnded {
        run: 1,
        ending,
        left: Vec::new(),
    })
}

fn back(lab: &mut Lab) -> &mut Lab {
    let key = KeyEvent::new(KeyCode::Char(']'), KeyModifiers::CONTROL);
    lab.tell(Message::Pressed(key))
}

#[test]
fn the_first_run_shows_the_command_the_folder_and_where_it_connects() {
    let mut lab = lab(80, 24);
    snapshot!("command_80x24", lab);
    snapshot!("run_code_80x24", asked(&mut lab));
    let mut lab = self::lab(120, 40);
    snapshot!("run_code_120x40", asked(&mut lab));
}

#[test]
fn a_program_runs_beside_the_lesson_or_in_its_place() {
    snapshot!("program_80x24", running(80, 24));
    snapshot!("program_120x40", running(120, 40));
    snapshot!("program_200x60", running(200, 60));
    let mut lab = running(80, 24);
    snapshot!("program_ended_80x24", ended(&mut lab, Ending::Exit(3)));
    let mut lab = running(120, 40);
    let lab = ended(&mut lab, Ending::Exit(0)).press(KeyCode::Esc);
    snapshot!("program_ended_120x40", lab);
}

#[test]
fn calls_stand_beside_the_code_and_below_the_command() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut lab = running(width, height);
        for _ in 0..3 {
            lab.run_puts();
        }
        back(ended(&mut lab, Ending::Exit(0)));
        let screen = picture(&lab);
        assert!(screen.contains("◂ py#1: PutRecord 3×"), "{screen}");
        lab.press(KeyCode::Backspace);
        let screen = picture(&lab);
        assert!(screen.contains('◂'), "{screen}");
        if width == 120 {
            snapshot!("wire_marks_120x40", lab);
        } else {
            snapshot!("wire_marks_80x24", lab);
        }
    }
}

#[test]
fn nothing_a_program_prints_steers_the_terminal_and_without_colours_there_are_none() {
    let mut lab = running(120, 40);
    for theme in Theme::ALL {
        lab.model.theme = theme;
        for colour in [true, false] {
            lab.look.colour = colour;
            let terminal = lab.draw();
            let buffer = terminal.backend().buffer();
            for cell in buffer.content() {
                assert!(!cell.symbol().chars().any(char::is_control));
                assert!(!cell.symbol().contains('\u{202e}'));
                if !colour || theme == Theme::Mono {
                    assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
                }
            }
        }
    }
}

#[test]
fn a_program_and_its_marks_are_drawn_at_every_size() {
    let mut lab = running(120, 40);
    lab.run_puts();
    super::sizes::sweep(&mut lab, &[Pane::Lesson, Pane::Quiz]);
    back(&mut lab).press(KeyCode::Backspace).key(']');
    super::sizes::sweep(&mut lab, &[Pane::Lesson]);
    let mut asking = self::lab(120, 40);
    super::sizes::sweep(asked(&mut asking), &[Pane::Lesson]);
}
