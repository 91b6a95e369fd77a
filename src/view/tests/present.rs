//! Present mode: what a room sees of each pane, and what it never sees.

use crossterm::event::KeyCode;
use ratatui::style::{Color, Modifier};

use super::lab::{Lab, setup};
use super::pictures::{line, picture, snapshot, text};
use crate::app::present::WIDEST;
use crate::app::{ConnectionKind, Message, Pane, Theme};
use crate::kinesis::control::ServerState;
use crate::lesson::{self, Block, Lesson};

/// The sizes at which a room sees it: the smallest, a projector's, and large ones.
const SIZES: [(u16, u16); 8] = [
    (60, 15),
    (70, 20),
    (80, 24),
    (110, 30),
    (149, 43),
    (150, 44),
    (200, 60),
    (250, 80),
];

fn lesson() -> Lesson {
    let settings = include_str!("../../../lessons/what-are-streams/lab.toml");
    let mut settings = lesson::settings(settings).expect("settings");
    settings.scenes = scenes();
    let text = include_str!("../../../lessons/what-are-streams/lesson.md");
    lesson::parse(text, &settings)
}

/// A scene with all that a room is shown of one.
const SCENES: &str = r#"
[[scene]]
title = "Same key, same shard"
page = "Unbounded data"

[[scene.step]]
say = "A stream of two shards.\nThree events are coming."
create = { stream = "my-first-stream", shards = 2 }

[[scene.step]]
predict = { ask = "Alice, bob, alice: which share a shard?", options = ["all three", "the two of alice", "none: the shards take turns"], answer = "B", why = "The shard follows from the key alone, so one key has one shard." }

[[scene.step]]
say = "Here they are."
put = { keys = ["alice", "bob", "alice"] }

[[scene.step]]
reveal = {}

[[scene.step]]
say = "And somebody reads them."
note = "Ask who counts on an order."
show = "consumer"
read = { from = "TRIM_HORIZON" }

[[scene.step]]
say = "A shard that is not there."
split = { shard = 7 }

[[scene]]
title = "Another one"

[[scene.step]]
say = "It says something."
"#;

fn scenes() -> Vec<lesson::scenes::Scene> {
    let file: lesson::scenes::SceneFile = toml::from_str(SCENES).expect("scenes");
    file.scenes
}

/// The lab with the built-in lesson.
fn built_in(width: u16, height: u16) -> Lab {
    let mut setup = setup(ConnectionKind::Local, (width, height));
    setup.lesson = lesson();
    Lab::start(setup)
}

/// The same in present mode, with a stream, records and readers.
fn at_work(width: u16, height: u16) -> Lab {
    let mut lab = Lab::live(width, height);
    lab.key('P').key('1');
    lab
}

/// Every slide of every page and question of the lesson, then every pane that draws what goes on; `see` looks at each.
fn walk(lab: &mut Lab, mut see: impl FnMut(&Lab)) {
    lab.key('1').press(KeyCode::Home);
    for keys in ['1', '4'] {
        lab.key(keys);
        let place = |lab: &Lab| {
            let slide = lab
                .model
                .present
                .as_ref()
                .map_or(0, |present| present.slide);
            (lab.model.lesson.page, lab.model.quiz.question, slide)
        };
        loop {
            see(lab);
            let before = place(lab);
            lab.key('n');
            if place(lab) == before || (keys == '4' && place(lab) < before) {
                break;
            }
        }
    }
    for pane in ['2', '3', '5'] {
        lab.key(pane);
        see(lab);
    }
}

/// The words of a screen, one space between each.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_pane_is_large_and_alone() {
    let mut lab = at_work(80, 24);
    snapshot!("present_lesson_80x24", lab);
    lab.key('2');
    snapshot!("present_producer_80x24", lab);
    lab.key('3');
    snapshot!("present_consumer_80x24", lab);
    lab.key('4');
    snapshot!("present_quiz_80x24", lab);
    lab.key('5');
    snapshot!("present_shards_80x24", lab);
    let mut lab = at_work(200, 60);
    snapshot!("present_lesson_200x60", lab);
    lab.key('2');
    snapshot!("present_producer_200x60", lab);
    lab.key('3');
    snapshot!("present_consumer_200x60", lab);
    lab.key('4');
    snapshot!("present_quiz_200x60", lab);
    lab.key('5');
    snapshot!("present_shards_200x60", lab);
}

#[test]
fn it_is_right_with_ascii_and_without_colour() {
    let mut lab = at_work(80, 24);
    lab.key('5');
    lab.look.ascii = true;
    lab.look.colour = false;
    snapshot!("present_shards_plain_80x24", lab);
}

#[test]
fn the_answer_to_a_question_comes_when_it_is_asked_for_and_goes_with_the_question() {
    let mut lab = built_in(80, 24);
    lab.keys("P4");
    let hidden = text(&lab);
    assert!(!hidden.contains('✓'), "{hidden}");
    lab.press(KeyCode::Enter);
    snapshot!("present_answer_80x24", lab);
    lab.press(KeyCode::Enter);
    assert_eq!(text(&lab), hidden);
    lab.press(KeyCode::Enter).keys("15").key('4');
    assert_eq!(text(&lab), hidden, "looked away");
    assert!(
        lab.model
            .progress
            .lessons
            .values()
            .all(|it| it.answers.is_empty())
    );
}

#[test]
fn nothing_is_dim_or_drawn_with_lines_and_no_line_of_text_is_long() {
    let themes = Theme::ALL.map(|theme| (theme, (80, 24)));
    let sizes = SIZES.map(|size| (Theme::Dark, size));
    for (theme, (width, height)) in themes.into_iter().chain(sizes) {
        let mut lab = built_in(width, height);
        lab.keys("nnnnnnnnn").key('D').press(KeyCode::Enter);
        for n in 0..60 {
            lab.program_puts(&format!("a user's long key {n}"), r#"{"userId":"u"}"#);
        }
        lab.keys("cs").wait(1.5);
        lab.model.theme = theme;
        lab.key('P');
        walk(&mut lab, |lab| is_loud(lab, theme));
    }
}

/// No cell is dim, none is a line; texts with air at both sides are no longer than what is read.
fn is_loud(lab: &Lab, theme: Theme) {
    let terminal = lab.draw();
    let buffer = terminal.backend().buffer();
    let screen = text(lab);
    let grey = [
        Color::DarkGray,
        Color::from_u32(0x7b8494),
        Color::from_u32(0x667080),
    ];
    for cell in &buffer.content {
        let shown = cell.symbol() != " ";
        assert!(
            !cell.modifier.contains(Modifier::DIM),
            "{theme:?}\n{screen}"
        );
        assert!(!(shown && grey.contains(&cell.fg)), "{theme:?}\n{screen}");
        let glyph = cell.symbol().chars().next().unwrap_or(' ');
        assert!(
            !('\u{2500}'..='\u{257f}').contains(&glyph),
            "{glyph}\n{screen}"
        );
    }
    for y in 0..buffer.area.height {
        for text in line(buffer, y).split("   ") {
            // Letters of several rows are longer, and large.
            if text.chars().all(|c| " █▀▄".contains(c)) {
                continue;
            }
            let letters: Vec<char> = text.trim().chars().collect();
            let wide = letters.len() > 1 && letters.iter().skip(1).step_by(2).all(|c| *c == ' ');
            let length = if wide {
                letters.len().div_ceil(2)
            } else {
                letters.len()
            };
            assert!(length <= WIDEST, "{length}: {text}\n{screen}");
        }
    }
}

#[test]
fn no_answer_no_point_to_compare_with_no_hint_no_note_and_no_mark_is_shown() {
    let lesson = lesson();
    let secret = |blocks: &[Block]| words(&lesson::all_text(blocks));
    let mut secrets: Vec<String> = Vec::new();
    for question in &lesson.questions {
        secrets.push(secret(&question.explanation));
        secrets.extend(question.options.iter().filter_map(|it| it.reason.clone()));
    }
    secrets.extend(lesson.prompts.iter().map(|prompt| secret(&prompt.points)));
    for step in &lesson.settings.steps {
        secrets.extend(step.hints.iter().cloned());
        secrets.extend(step.predictions.iter().map(|it| it.why.clone()));
    }
    secrets.retain(|secret| !secret.is_empty());
    secrets.push("a private thought of mine".into());
    let beginning = |text: &String| text.chars().take(28).collect::<String>();
    let mut secrets: Vec<String> = secrets.iter().map(beginning).collect();
    // A hint may begin with what the page says anyway.
    let unfolded = |block: &&Block| !matches!(block, Block::Details { .. });
    let pages = lesson.pages.iter().flat_map(|page| page.blocks.iter());
    let told: Vec<Block> = pages.filter(unfolded).cloned().collect();
    let told = secret(&told);
    secrets.retain(|secret| !told.contains(secret.as_str()));
    assert!(secrets.len() > 40, "{}", secrets.len());

    let mut lab = built_in(80, 24);
    let prompt = lesson.prompts[0].page;
    lab.keys(&"n".repeat(prompt)).press(KeyCode::Enter);
    lab.keys("a private thought of mine").press(KeyCode::Esc);
    lab.keys("4ab")
        .press(KeyCode::Enter)
        .press(KeyCode::Enter)
        .wait(120.0);
    lab.keys("1nnnnnhhh").press(KeyCode::Esc).wait(60.0);
    lab.keys("h").press(KeyCode::Esc);
    let full = text(&lab);
    assert!(
        !full.contains("THE") && lab.model.present.is_none(),
        "{full}"
    );
    lab.key('P');
    lab.press(KeyCode::Enter).key('h').key('d');
    assert!(lab.model.overlay.is_none(), "nothing private opens");
    // Back to the first page, slide by slide.
    for _ in 0..200 {
        lab.press(KeyCode::Backspace);
    }
    assert_eq!(lab.model.lesson.page, 0);
    let mut seen = String::new();
    walk(&mut lab, |lab| {
        let screen = words(&text(lab));
        for secret in &secrets {
            assert!(!screen.contains(secret.as_str()), "{secret}\n{}", text(lab));
        }
        assert!(!screen.contains('✓'), "{}", text(lab));
        seen.push_str(&screen);
        seen.push(' ');
    });
    // What it is about is shown.
    for prompt in &lesson.prompts {
        let asked: String = secret(&prompt.blocks).chars().take(28).collect();
        assert!(seen.contains(&asked), "{asked}");
    }
    for page in lesson.pages.iter().skip(1) {
        assert!(words(&seen).contains(page.title.as_str()), "{}", page.title);
    }
}

#[test]
fn slides_go_on_to_the_next_page_and_come_back_to_the_end_of_the_page_before() {
    let mut lab = built_in(80, 24);
    lab.key('P');
    let body = |lab: &Lab| {
        text(lab)
            .lines()
            .skip(4)
            .take(18)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let mut forth = vec![body(&lab)];
    while !lab.key('n').model.status.words.contains("the last page") {
        forth.push(body(&lab));
    }
    let mut back = Vec::new();
    for _ in &forth {
        lab.press(KeyCode::Esc);
        back.push(body(&lab));
        lab.press(KeyCode::Backspace);
    }
    back.reverse();
    assert!(forth.len() > lab.model.lesson.lesson.pages.len());
    assert_eq!(forth, back);
}

#[test]
fn what_lies_under_it_goes_on_and_stands_there_afterwards() {
    let mut lab = Lab::live(120, 40);
    lab.key('3').wait(3.0);
    // The top line tells a class's time from now on.
    let panes = |lab: &Lab| text(lab).lines().skip(1).collect::<String>();
    let full = panes(&lab);
    lab.key('P');
    assert!(text(&lab).contains("R E A D S"), "{}", text(&lab));
    lab.key('P');
    assert_eq!(panes(&lab), full);
    lab.key('P').key('s').wait(1.2);
    lab.key('P');
    assert!(!text(&lab).contains("R E A D S"));
    assert_eq!(lab.model.lanes.held(), 7);
}

#[test]
fn while_a_field_has_the_keys_the_full_lab_is_on_the_screen() {
    let mut lab = at_work(80, 24);
    lab.keys("2p");
    assert!(text(&lab).contains("typing"), "{}", text(&lab));
    lab.keys("P4").press(KeyCode::Esc);
    assert!(text(&lab).contains("K E Y"), "{}", text(&lab));
    assert_eq!(lab.model.focus, Pane::Producer, "what was typed was no key");
}

#[test]
fn a_dialog_shows_as_it_is_and_closes_back() {
    let mut lab = at_work(80, 24);
    for (key, title) in [
        ('F', "Lab server"),
        ('D', "Streams"),
        ('?', "Keys"),
        (':', "Commands"),
    ] {
        let before = text(&lab);
        lab.key(key);
        assert_ne!(text(&lab), before, "{title}");
        lab.press(KeyCode::Esc);
        assert_eq!(text(&lab), before, "{title}");
    }
}

#[test]
fn the_time_left_counts_down_and_then_up_with_a_sign_and_words() {
    let mut lab = built_in(60, 15);
    lab.keys("nP");
    for (seconds, told) in [
        (0.0, "10:00 left"),
        (61.0, "8:59 left"),
        (541.0, "+0:02 over time"),
        (128.0, "+2:10 over time"),
    ] {
        lab.wait(seconds);
        assert!(text(&lab).contains(told), "{told}: {}", text(&lab));
    }
    let mut lab = built_in(80, 24);
    lab.keys("nP").wait(730.0);
    snapshot!("present_over_time_80x24", lab);
}

#[test]
fn it_is_drawn_at_every_size_and_comes_back_from_a_window_that_is_too_small() {
    let mut lab = at_work(80, 24);
    super::sizes::sweep(&mut lab, &Pane::ALL);
    let mut lab = built_in(80, 24);
    lab.keys("Pnnn");
    let before = text(&lab);
    lab.tell(Message::Resized(20, 5));
    assert!(words(&text(&lab)).contains("needs 60x15"), "{}", text(&lab));
    lab.tell(Message::Resized(80, 24));
    assert_eq!(text(&lab), before);
}

#[test]
fn what_has_to_be_said_stands_above_the_keys() {
    let mut lab = at_work(80, 24);
    lab.told(ServerState::default());
    lab.tell(Message::ControlRefused(
        "that needs the embedded server".into(),
    ));
    let screen = text(&lab);
    let last: Vec<&str> = screen.lines().rev().take(2).collect();
    assert!(last[0].contains("P full lab"), "{screen}");
    assert!(
        last[1].contains("✗ Not done: that needs the embedded server."),
        "{screen}"
    );
}

/// The lab with a scene on, so many steps of which were begun.
fn with_scene(width: u16, height: u16, steps: usize) -> Lab {
    let mut lab = built_in(width, height);
    lab.keys("nP ").wait(1.0);
    for _ in 0..steps {
        lab.key(' ').wait(1.5);
    }
    lab
}

#[test]
fn a_page_offers_its_scene_and_a_scene_tells_what_space_will_do() {
    let mut lab = built_in(80, 24);
    lab.keys("nP");
    snapshot!("present_offer_80x24", lab);
    snapshot!("present_scene_begins_80x24", with_scene(80, 24, 0));
    snapshot!("present_scene_asks_80x24", with_scene(80, 24, 2));
    snapshot!("present_scene_puts_80x24", with_scene(80, 24, 3));
    snapshot!("present_scene_reveals_80x24", with_scene(80, 24, 4));
    snapshot!("present_scene_reads_80x24", with_scene(80, 24, 5));
    snapshot!("present_scene_fails_80x24", with_scene(80, 24, 6));
    snapshot!("present_scene_puts_200x60", with_scene(200, 60, 3));
    snapshot!("present_scene_reveals_200x60", with_scene(200, 60, 4));
    snapshot!("present_scene_reads_200x60", with_scene(200, 60, 5));
    let mut lab = with_scene(80, 24, 4);
    (lab.look.ascii, lab.look.colour) = (true, false);
    snapshot!("present_scene_plain_80x24", lab);
}

#[test]
fn no_line_strikes_through_large_letters() {
    let mut lab = built_in(200, 60);
    lab.keys("nP");
    let terminal = lab.draw();
    let lines = terminal.backend().buffer().content.iter();
    let drawn = lines.filter(|cell| "█▀▄".contains(cell.symbol()));
    assert!(drawn.clone().count() > 100);
    assert!(
        drawn
            .into_iter()
            .all(|cell| !cell.modifier.contains(Modifier::UNDERLINED))
    );
}

#[test]
fn a_scene_is_loud_at_every_step_and_size_and_hides_its_answer_and_its_notes() {
    for (width, height) in SIZES {
        let mut lab = with_scene(width, height, 0);
        for step in 0..=6 {
            is_loud(&lab, Theme::Dark);
            let screen = words(&text(&lab));
            // Large letters are drawn, and not to be found.
            let revealed = step == 4 && width < 150;
            assert_eq!(screen.contains(": right"), revealed, "{step}: {screen}");
            // On the smallest screen the reason goes before the lanes that prove it.
            let why = screen.contains("The shard follows");
            assert!(!why || revealed, "{step}: {screen}");
            assert!(why || !revealed || width < 80, "{step}: {screen}");
            let proof = screen.contains("[alice] [alice]");
            assert!(proof || !revealed, "{step}: {screen}");
            assert!(!screen.contains("who counts on"), "{screen}");
            lab.key(' ').wait(1.5);
        }
    }
}

#[test]
fn the_room_looks_at_a_pane_in_the_midst_of_a_scene_and_space_leads_back_without_a_step() {
    let mut lab = with_scene(80, 24, 3);
    let scene = text(&lab);
    lab.key('5');
    assert!(text(&lab).contains("No stream yet"), "{}", text(&lab));
    lab.key(' ');
    assert_eq!(text(&lab), scene);
    lab.key('P').key('P');
    assert_eq!(text(&lab), scene, "from the full lab");
    lab.tell(Message::Resized(30, 8));
    lab.tell(Message::Resized(80, 24));
    assert_eq!(text(&lab), scene, "from a window that was too small");
    lab.key(']').wait(1.0);
    assert!(text(&lab).contains("Another one"), "{}", text(&lab));
    lab.key(']');
    assert!(text(&lab).contains("no other this way"), "{}", text(&lab));
    lab.press(KeyCode::Esc);
    assert!(lab.model.stage.is_none() && text(&lab).contains("put away"));
}

#[test]
fn a_lesson_without_scenes_says_how_to_write_some() {
    let mut lab = at_work(80, 24);
    lab.key(' ');
    assert!(
        text(&lab).contains("This lesson has no scenes."),
        "{}",
        text(&lab)
    );
    assert!(
        text(&lab).contains("[[scene]] in lab.toml"),
        "{}",
        text(&lab)
    );
}

#[test]
fn a_fault_of_the_scenes_file_is_said_with_its_file_and_line() {
    let mut setup = setup(ConnectionKind::Local, (80, 24));
    setup.lesson_fault = Some(lesson::Fault {
        file: "lab.toml".into(),
        line: Some(101),
        says: "explode is not known".into(),
        source: String::new(),
        caret: 0,
    });
    let mut lab = Lab::start(setup);
    lab.key('P').key('1').key(' ');
    let screen = text(&lab);
    assert!(
        screen.contains("lab.toml, line 101: explode is not known."),
        "{screen}"
    );
    assert!(!screen.contains("has no scenes"), "{screen}");
}

#[test]
fn after_a_scene_the_lesson_goes_on_and_no_sentence_stands_twice() {
    let mut lab = with_scene(80, 24, 6);
    lab.key(' ');
    let screen = text(&lab);
    assert_eq!(screen.matches("The scene is over").count(), 1, "{screen}");
    assert!(screen.contains("n goes on with the lesson"), "{screen}");
    let keys = screen.lines().last().unwrap_or_default();
    assert!(keys.contains("n lesson"), "{screen}");
    lab.key('n');
    assert!(lab.model.stage.is_none());
    assert!(!text(&lab).contains("The scene is over"), "{}", text(&lab));
}

const NESTED: &str = "# A

## One

- What is it?

  <details>
  <summary>Answer</summary>

  the hidden thing

  </details>
";

#[test]
fn an_answer_in_a_list_is_hidden_until_it_is_asked_for() {
    let mut setup = setup(ConnectionKind::Local, (80, 24));
    setup.lesson = lesson::parse(NESTED, &lesson::Settings::default());
    let mut lab = Lab::start(setup);
    lab.key('P').key('1');
    assert!(!text(&lab).contains("the hidden thing"), "{}", text(&lab));
    lab.press(KeyCode::Enter);
    assert!(text(&lab).contains("the hidden thing"), "{}", text(&lab));
    lab.press(KeyCode::Enter);
    assert!(!text(&lab).contains("the hidden thing"), "{}", text(&lab));
}

#[test]
fn an_answer_on_a_later_part_is_gone_to() {
    let mut setup = setup(ConnectionKind::Local, (80, 24));
    let long = "A paragraph that stands before it.\n\n".repeat(20);
    let details = "<details>\n<summary>Answer</summary>\n\nthe hidden thing\n\n</details>\n";
    let page = format!("# A\n\n## One\n\n{long}{details}");
    setup.lesson = lesson::parse(&page, &lesson::Settings::default());
    let mut lab = Lab::start(setup);
    lab.key('P').key('1');
    assert!(text(&lab).contains("1 of "), "{}", text(&lab));
    lab.press(KeyCode::Enter);
    assert!(text(&lab).contains("the hidden thing"), "{}", text(&lab));
}
