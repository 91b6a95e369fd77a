//! Every size: what cannot be drawn is left out, nothing panics.

use crossterm::event::KeyCode;

use super::lab::Lab;
use crate::app::{Message, Pane};

/// The sizes of every test: all small ones, the edges between layouts, and random ones.
fn sizes() -> Vec<(u16, u16)> {
    let mut sizes: Vec<(u16, u16)> = (0..=40)
        .flat_map(|width| (0..=20).map(move |height| (width, height)))
        .collect();
    let widths = [59, 60, 79, 80, 109, 110, 179, 180, 250];
    let heights = [14, 15, 23, 24, 29, 30, 80];
    sizes.extend(
        widths
            .iter()
            .flat_map(|width| heights.map(|height| (*width, height))),
    );
    let mut rng = fastrand::Rng::with_seed(11);
    sizes.extend((0..300).map(|_| (rng.u16(0..=250), rng.u16(0..=80))));
    sizes
}

/// Draws at every size with each of these panes focused.
pub fn sweep(lab: &mut Lab, panes: &[Pane]) {
    for (width, height) in sizes() {
        for pane in panes {
            lab.model.focus = *pane;
            lab.tell(Message::Resized(width, height));
            lab.draw();
        }
    }
}

#[test]
fn every_pane_is_drawn_at_every_size() {
    let mut lab = Lab::live(120, 40);
    lab.program_puts("東京 a long key of somebody's", &"長い ".repeat(200))
        .wait(1.1);
    sweep(&mut lab, &Pane::ALL);
}

#[test]
fn every_pane_is_drawn_at_every_size_zoomed_and_with_nothing_in_it() {
    let mut lab = Lab::local(120, 40);
    lab.model.zoom = true;
    sweep(&mut lab, &Pane::ALL);
}

#[test]
fn every_overlay_is_drawn_at_every_size() {
    let overlays: [for<'a> fn(&'a mut Lab) -> &'a mut Lab; 12] = [
        |lab| lab.key('l'),
        |lab| lab.key('l').press(KeyCode::Enter),
        |lab| {
            lab.keys("l/py")
                .press(KeyCode::Enter)
                .press(KeyCode::Enter)
                .press(KeyCode::Tab)
        },
        |lab| lab.key('R'),
        |lab| lab.keys("Rk東京 a long key").press(KeyCode::Enter),
        |lab| lab.key('?'),
        |lab| lab.key(':'),
        |lab| {
            lab.key('D')
                .press(KeyCode::Up)
                .key('!')
                .press(KeyCode::Enter)
        },
        |lab| {
            lab.keys("ttt")
                .press(KeyCode::Backspace)
                .press(KeyCode::Enter)
        },
        |lab| lab.key('3').press(KeyCode::Enter),
        |lab| lab.key('2').press(KeyCode::Enter),
        |lab| lab.key('q'),
    ];
    for open in overlays {
        let mut lab = Lab::live(120, 40);
        open(&mut lab);
        assert!(lab.model.overlay.is_some(), "{:?}", lab.model.status);
        sweep(&mut lab, &[Pane::Consumer]);
    }
}

#[test]
fn fields_and_searches_are_drawn_at_every_size() {
    let mut lab = Lab::live(120, 40);
    lab.key('p')
        .keys("東京 a very long partition key that does not fit any field of this panel");
    sweep(&mut lab, &[Pane::Producer]);
    let mut lab = Lab::local(120, 40);
    lab.key('/').keys("river").press(KeyCode::Enter);
    sweep(&mut lab, &[Pane::Lesson]);
}

#[test]
fn an_answered_quiz_is_drawn_at_every_size() {
    let mut lab = Lab::local(120, 40);
    lab.keys("4a").press(KeyCode::Enter).press(KeyCode::Enter);
    sweep(&mut lab, &[Pane::Quiz]);
}

#[test]
fn lab_time_stands_in_the_top_line_at_every_size() {
    use crate::kinesis::control::ServerState;

    let mut lab = Lab::live(120, 40);
    lab.told(ServerState::default()).told(ServerState {
        ahead_seconds: 86_700,
        ..ServerState::default()
    });
    for width in 60..=250 {
        for height in [15, 24, 40] {
            lab.tell(Message::Resized(width, height));
            let terminal = lab.draw();
            let buffer = terminal.backend().buffer();
            let top: String = (0..width).map(|x| buffer[(x, 0)].symbol()).collect();
            assert!(
                top.contains("lab time +24 h 5 min"),
                "{width}x{height}: {top}"
            );
        }
    }
}
