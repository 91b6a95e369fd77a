//! Pictures of whole frames: what stands where, and in which style.

use std::collections::BTreeMap;
use std::fmt::Write;

use crossterm::event::KeyCode;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

use super::lab::{Lab, setup};
use crate::app::producer::RATES;
use crate::app::{ConnectionKind, Message, Pane, Theme, Tone};
use crate::kinesis::control::{Fault, FaultKind, Often, ServerState, Timing};

/// The frame's text, then a letter for each style with the runs of it, line by line.
pub fn picture(lab: &Lab) -> String {
    let terminal = lab.draw();
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    let mut letters: BTreeMap<String, char> = BTreeMap::new();
    let mut runs = String::new();
    for y in 0..buffer.area.height {
        let _ = writeln!(text, "{}|", line(buffer, y));
        let mut run: Option<(char, u16)> = None;
        for x in 0..buffer.area.width {
            let next = letters.len();
            let letter = *letters
                .entry(style(&buffer[(x, y)]))
                .or_insert_with(|| letter(next));
            run = match run {
                Some((same, count)) if same == letter => Some((same, count + 1)),
                Some((other, count)) => {
                    let _ = write!(runs, "{other}{count} ");
                    Some((letter, 1))
                }
                None => Some((letter, 1)),
            };
        }
        if let Some((last, count)) = run {
            let _ = writeln!(runs, "{last}{count}");
        }
    }
    let mut legend: Vec<(char, String)> =
        letters.into_iter().map(|(style, l)| (l, style)).collect();
    legend.sort();
    for (letter, style) in legend {
        let _ = writeln!(text, "{letter} = {style}");
    }
    text + &runs
}

fn letter(place: usize) -> char {
    ('a'..='z').chain('A'..='Z').nth(place).unwrap_or('?')
}

/// The frame's text alone.
pub(super) fn text(lab: &Lab) -> String {
    let terminal = lab.draw();
    let buffer = terminal.backend().buffer();
    (0..buffer.area.height)
        .map(|y| line(buffer, y) + "\n")
        .collect()
}

pub(super) fn line(buffer: &Buffer, y: u16) -> String {
    (0..buffer.area.width)
        .map(|x| buffer[(x, y)].symbol())
        .collect()
}

fn style(cell: &Cell) -> String {
    let colour = |colour: Color| match colour {
        Color::Reset => "-".to_owned(),
        other => other.to_string(),
    };
    let modifiers: Vec<String> = cell
        .modifier
        .difference(Modifier::empty())
        .iter_names()
        .map(|(name, _)| name.to_lowercase())
        .collect();
    format!(
        "{} on {} {}",
        colour(cell.fg),
        colour(cell.bg),
        modifiers.join(" ")
    )
    .trim_end()
    .to_owned()
}

macro_rules! snapshot {
    ($name:literal, $lab:expr) => {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, picture(&$lab));
        })
    };
}

pub(super) use snapshot;

/// The sizes at which each state of a panel has its picture.
pub(super) const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// The picture is the one that is kept under this name and its size.
pub(super) fn kept(name: &str, lab: &Lab) {
    let area = lab.model.layout.area;
    let name = format!("{name}_{}x{}", area.width, area.height);
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, picture(lab));
    });
}

/// A picture of a state at each size.
pub(super) fn at_sizes(name: &str, lab: impl Fn(u16, u16) -> Lab) {
    for (width, height) in SIZES {
        kept(name, &lab(width, height));
    }
}

#[test]
fn the_first_screen_invites_and_names_the_next_act() {
    snapshot!("first_80x24", Lab::local(80, 24));
    snapshot!("first_120x40", Lab::local(120, 40));
    snapshot!("first_200x60", Lab::local(200, 60));
}

#[test]
fn hands_on_shows_who_put_and_who_reads() {
    let mut lab = Lab::live(80, 24);
    snapshot!("live_lesson_80x24", lab);
    lab.key('2');
    snapshot!("live_producer_80x24", lab);
    lab.key('3').press(KeyCode::Up).press(KeyCode::Up);
    snapshot!("live_consumer_80x24", lab);
    snapshot!("live_120x40", Lab::live(120, 40));
    snapshot!("live_200x60", Lab::live(200, 60));
}

#[test]
fn a_refused_put_stands_in_the_log_with_its_name() {
    let mut lab = Lab::live(110, 30);
    lab.key('2')
        .refused("ProvisionedThroughputExceededException");
    snapshot!("refused_110x30", lab);
    lab.press(KeyCode::Enter);
    snapshot!("refused_detail_110x30", lab);
}

/// A server out of the ordinary in every way.
fn strange() -> ServerState {
    ServerState {
        ahead_seconds: 86_700,
        timing: Timing::Aws,
        empty_pages: true,
        faults: vec![Fault {
            kind: FaultKind::LoseReply,
            operation: None,
            stream: None,
            shard: None,
            often: Often::Times(1),
        }],
        full: Some("The store holds 256 MiB, its limit.".into()),
    }
}

#[test]
fn lab_time_and_what_is_out_of_the_ordinary_stand_on_every_screen() {
    let lab = |width, height| {
        let mut lab = Lab::live(width, height);
        lab.model.server.keeps_streams = false;
        lab.told(ServerState::default()).told(strange());
        lab
    };
    snapshot!("strange_60x15", lab(60, 15));
    snapshot!("strange_80x24", lab(80, 24));
    snapshot!("strange_120x40", lab(120, 40));
}

#[test]
fn the_server_s_dialog_says_how_its_clock_pace_and_faults_stand_and_what_they_teach() {
    let open = |width, height| {
        let mut lab = Lab::live(width, height);
        lab.key('F');
        lab
    };
    at_sizes("server", open);
    at_sizes("server_strange", |width, height| {
        let mut lab = open(width, height);
        lab.told(strange()).press(KeyCode::Down);
        lab
    });
    let mut lab = open(80, 24);
    lab.press(KeyCode::Down).press(KeyCode::Enter);
    snapshot!("one_day_80x24", lab);
    lab.press(KeyCode::Esc)
        .key('D')
        .press(KeyCode::Down)
        .key('e');
    snapshot!("empty_80x24", lab);
}

#[test]
fn a_stream_that_is_being_created_says_what_it_waits_for() {
    let mut lab = Lab::live(80, 24);
    lab.key('3');
    lab.describe("CREATING", &[]).key('c').key('c').key('s');
    snapshot!("creating_80x24", lab);
}

/// A lab whose first shard was split while it was read, as far as the end of that shard.
fn resharded(width: u16, height: u16) -> Lab {
    let mut lab = Lab::live(width, height);
    let family = [
        (0, false, vec![]),
        (1, true, vec![]),
        (2, true, vec![0]),
        (3, true, vec![0]),
    ];
    lab.describe("UPDATING", &family);
    lab.empty_page(1);
    lab
}

#[test]
fn closed_shards_and_those_that_wait_for_them_stand_among_the_readers() {
    let mut lab = resharded(80, 24);
    lab.key('3');
    snapshot!("resharded_80x24", lab);
    let mut lab = resharded(120, 40);
    lab.ends(0);
    snapshot!("resharded_120x40", lab);
}

#[test]
fn a_fault_stands_in_the_line_of_the_program_that_met_it() {
    let mut lab = Lab::live(120, 40);
    lab.program_meets(FaultKind::LoseReply, None);
    lab.program_meets(
        FaultKind::Throttle,
        Some("ProvisionedThroughputExceededException"),
    );
    snapshot!("faults_120x40", lab);
}

#[test]
fn a_long_sentence_of_any_tone_is_shown_whole_above_the_keys() {
    let mut lab = Lab::live(80, 24);
    let keys = |lab: &Lab| line(lab.draw().backend().buffer(), 23);
    let before = keys(&lab);
    assert!(before.contains("? help"), "{before}");
    for tone in [Tone::Plain, Tone::Done, Tone::Nearly, Tone::Wrong] {
        lab.model.status.tone = tone;
        lab.model.status.words =
            "Step 1 is done: the stream is there, or its script is in your work folder \
                (you). kinesis_producer.py was written into /home/me/kinesis-lab/streams."
                .into();
        let terminal = lab.draw();
        let lines = [20, 21, 22].map(|y| line(terminal.backend().buffer(), y));
        let shown = lines
            .concat()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(shown.contains(&lab.model.status.words), "{shown}");
        assert_eq!(keys(&lab), before);
    }
}

#[test]
fn at_a_high_rate_key_and_state_stay_whole() {
    let mut lab = Lab::live(110, 30);
    lab.model.producer.auto.rate = RATES.len() - 1;
    lab.model.producer.auto.skipped = 9_492;
    lab.model.producer.auto.next_at = Some(lab.model.now);
    for _ in 0..1_000 {
        lab.program_puts("sensor-11", "{}");
    }
    snapshot!("fast_110x30", lab);
    let terminal = lab.draw();
    let shown = (0..30).map(|y| line(terminal.backend().buffer(), y));
    let shown: String = shown.collect();
    for whole in [
        "key  alice  → shard 0  ",
        "auto 2,000/s",
        " sensor-11 ",
        "my-first-stream ─",
        " ACTIVE ",
    ] {
        assert!(shown.contains(whole), "{whole}");
    }
}

#[test]
fn what_is_not_saved_is_said_once_and_cuts_no_sentence() {
    let mut lab = Lab::live(80, 24);
    let times = |lab: &Lab| {
        let terminal = lab.draw();
        let shown = line(terminal.backend().buffer(), 22).to_lowercase();
        (shown.matches("not saved").count(), shown.contains('…'))
    };
    let why = "another lab is running".to_owned();
    lab.tell(Message::ProgressSaved(Err(why)));
    assert_eq!(times(&lab), (1, false), "{:?}", lab.model.status);
    lab.key('s');
    assert_eq!(times(&lab), (1, false), "{:?}", lab.model.status);
    lab.model.status.words = "A sentence that takes nearly the whole line by itself.".into();
    assert_eq!(times(&lab), (0, false));
}

#[test]
fn a_frozen_view_says_which_key_thaws_it() {
    let mut lab = Lab::live(80, 24);
    lab.key('3');
    let keys = |lab: &Lab| line(lab.draw().backend().buffer(), 23);
    assert!(keys(&lab).contains("Space freeze"));
    lab.key(' ');
    assert!(keys(&lab).contains("Space thaw"));
    lab.key('2');
    assert!(
        keys(&lab).contains("Space freeze"),
        "the other view goes on"
    );
}

#[test]
fn a_field_that_has_the_keys_has_the_cursor() {
    let mut lab = Lab::live(80, 24);
    lab.key('2');
    let rect = lab.model.layout.inside(Pane::Producer).expect("a panel");
    lab.key('p');
    let at = |lab: &Lab| lab.draw().backend().cursor_position();
    // Behind the label, the bracket and the five letters of alice.
    assert_eq!(at(&lab), Position::new(rect.x + 9 + 1 + 5, rect.y));
    lab.press(KeyCode::Tab).press(KeyCode::Home);
    assert_eq!(at(&lab), Position::new(rect.x + 9 + 1, rect.y + 1));
    lab.press(KeyCode::Esc).keys("1/ab");
    assert_ne!(at(&lab), Position::ORIGIN);
}

#[test]
fn too_small_says_what_it_needs() {
    snapshot!("too_small_40x10", Lab::local(40, 10));
}

#[test]
fn code_is_a_quiet_block_that_scrolls_sideways() {
    let mut lab = Lab::local(80, 24);
    lab.keys("nnn");
    snapshot!("code_80x24", lab);
    lab.press(KeyCode::Right);
    snapshot!("code_shifted_80x24", lab);
}

#[test]
fn overlays_lie_over_the_panes() {
    let over = |keys: &str| {
        let mut lab = Lab::live(80, 24);
        lab.keys(keys);
        lab
    };
    snapshot!("help_80x24", over("?"));
    snapshot!("palette_80x24", over(":step"));
    snapshot!("streams_80x24", over("D"));
    snapshot!("start_80x24", over("ttt"));
    let mut lab = Lab::live(120, 40);
    lab.key('?');
    snapshot!("help_120x40", lab);
    let mut lab = over("3");
    lab.press(KeyCode::Enter);
    snapshot!("record_80x24", lab);
    let mut lab = over("D");
    lab.press(KeyCode::Down).key('x');
    snapshot!("delete_80x24", lab);
    snapshot!("leave_80x24", over("q"));
    snapshot!("edit_80x24", over("p"));
}

#[test]
fn a_question_open_and_after_the_second_try() {
    let mut lab = Lab::local(80, 24);
    lab.keys("4ac");
    snapshot!("quiz_open_80x24", lab);
    lab.press(KeyCode::Enter);
    snapshot!("quiz_one_more_80x24", lab);
    lab.press(KeyCode::Enter);
    snapshot!("quiz_answered_80x24", lab);
}

#[test]
fn an_answer_is_nowhere_on_the_screen_before_the_question_is_answered() {
    let shown = |lab: &Lab| {
        let terminal = lab.draw();
        let buffer = terminal.backend().buffer();
        (0..buffer.area.height).any(|y| line(buffer, y).contains("keep coming."))
    };
    let mut lab = Lab::local(200, 60);
    for _ in 0..lab.model.lesson.lesson.pages.len() {
        assert!(!shown(&lab));
        lab.key('n');
    }
    lab.keys("4a");
    assert!(!shown(&lab));
    lab.press(KeyCode::Enter);
    assert!(!shown(&lab), "the first wrong try gives a nudge only");
    lab.press(KeyCode::Enter);
    assert!(shown(&lab));
}

#[test]
fn without_colour_marks_and_words_carry_everything() {
    let mut lab = Lab::live(80, 24);
    lab.key('3').press(KeyCode::Up);
    lab.look.colour = false;
    snapshot!("mono_80x24", lab);
    lab.look.ascii = true;
    snapshot!("ascii_80x24", lab);
}

#[test]
fn the_terminal_theme_leaves_the_background_alone() {
    let mut lab = Lab::live(80, 24);
    lab.model.theme = Theme::Terminal;
    snapshot!("terminal_80x24", lab);
}

#[test]
fn on_aws_the_badge_alarms_and_the_first_write_asks() {
    let mut lab = Lab::start(setup(ConnectionKind::Aws, (80, 24)));
    lab.key('D').press(KeyCode::Enter);
    snapshot!("aws_first_write_80x24", lab);
}

#[test]
fn an_ascii_frame_has_no_other_character() {
    let mut lab = Lab::live(120, 40);
    lab.look.ascii = true;
    lab.program_puts("東京", "{}").wait(1.0);
    let terminal = lab.draw();
    for cell in terminal.backend().buffer().content() {
        assert!(cell.symbol().is_ascii(), "{:?}", cell.symbol());
    }
}

#[test]
fn no_byte_of_a_record_steers_the_terminal() {
    let mut lab = Lab::live(120, 40);
    lab.program_puts("\u{1b}[31mk\u{202e}", "\u{1b}]0;x\u{7}\u{9b}2J not json")
        .wait(1.1);
    lab.key('3');
    let (key, data) = ("␛[31mk\u{fffd}", "␛]0;x␇\u{fffd}2J not json");
    // In both panels and in its lane; then the dialog of the record lies over the lane.
    for times in [3, 3] {
        let terminal = lab.draw();
        let buffer = terminal.backend().buffer();
        for cell in buffer.content() {
            let steers = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!cell.symbol().chars().any(steers), "{:?}", cell.symbol());
        }
        let lines: Vec<String> = (0..40).map(|y| line(buffer, y)).collect();
        let shown = |text: &str| lines.iter().filter(|line| line.contains(text)).count();
        assert_eq!(shown(key), times);
        assert!(shown(data) > 0);
        lab.press(KeyCode::Enter);
    }
}
