//! A replay: the lab as it was, and in place of its keys, which do not hold, one line that says where the replay is and which
//! keys do.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget};

use super::canvas::Canvas;
use super::fit::{self, Row, cells};
use super::{Ink, Look, Styles, ascii, draw, prose};
use crate::app::{Model, Theme};

/// How many rows what is lacking may take.
const MOST_ROWS: usize = 3;

/// What the line says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayLine {
    /// Where it is and how fast it goes.
    pub place: String,
    /// What the recording lacks here, in a sentence; empty where it is whole. It stands above the line.
    pub lacks: String,
    /// Keys and what each does, the most useful first; the last one is never left out.
    pub keys: Vec<(&'static str, &'static str)>,
}

/// Draws a replay.
pub fn draw_replay(model: &Model, look: &Look, line: &ReplayLine, frame: &mut Frame<'_>) {
    draw(model, look, frame);
    let theme = if look.colour {
        model.theme
    } else {
        Theme::Mono
    };
    let ink = Ink {
        model,
        styles: Styles::of(theme),
        ascii: look.ascii,
    };
    let area = frame.area();
    let lacks = match line.lacks.is_empty() {
        true => Vec::new(),
        false => prose::wrapped(&line.lacks, usize::from(area.width.saturating_sub(4))),
    };
    let lacks = &lacks[..lacks.len().min(MOST_ROWS)];
    let height = fit::short(lacks.len() + 1).min(area.height);
    let foot = Rect {
        y: area.bottom() - height,
        height,
        ..area
    };
    let buffer = frame.buffer_mut();
    // Nothing shines through of what stood there, not its underlines either.
    Clear.render(foot, buffer);
    buffer.set_style(foot, ink.styles.base);
    let mut canvas = Canvas::new(buffer, foot);
    let bottom = canvas.height().saturating_sub(1);
    for (row, words) in lacks.iter().take(bottom).enumerate() {
        let mark = if row == 0 { "! " } else { "  " };
        let mark = Row::new().text(mark, ink.styles.nearly);
        canvas.draw_at(1, row, mark.text(words.clone(), ink.styles.base));
    }
    canvas.lay(bottom, 0..canvas.width(), ink.styles.bar);
    canvas.draw_at(1, bottom, row(&ink, line, canvas.width().saturating_sub(2)));
    if look.ascii {
        ascii::fold(frame.buffer_mut());
    }
}

/// Where it is, and as many keys as there is room for.
fn row<'l>(ink: &Ink<'_>, line: &'l ReplayLine, width: usize) -> Row<'l> {
    let Some((last, others)) = line.keys.split_last() else {
        return Row::new();
    };
    let room = width.saturating_sub(cells(&line.place) + 3);
    let mut keys = super::keys(ink, std::slice::from_ref(last));
    for count in (0..=others.len()).rev() {
        let some: Vec<_> = others[..count].iter().chain([last]).copied().collect();
        keys = super::keys(ink, &some);
        if keys.width() <= room {
            break;
        }
    }
    let place = Row::new().text(line.place.as_str(), ink.styles.strong);
    place.gap(3).join(keys)
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::style::Modifier;

    use super::*;
    use crate::app::ConnectionKind;
    use crate::app::tests::script::{Lab, setup};

    /// The last rows of a replay of so many columns, and the cells of the last one that are underlined.
    fn last_rows(columns: u16, lacks: &str) -> (Vec<String>, String) {
        let mut setup = setup(ConnectionKind::Local);
        setup.size = (columns, 24);
        // Keys stand there as well, underlined.
        setup.present = true;
        let lab = Lab::start(setup);
        let line = ReplayLine {
            place: "REPLAY 00:10 of 00:21 · paused".into(),
            lacks: lacks.into(),
            keys: vec![("Space", "plays"), ("g G", "start, end"), ("q", "leaves")],
        };
        let look = Look {
            colour: true,
            ascii: false,
        };
        let mut terminal = Terminal::new(TestBackend::new(columns, 24)).expect("memory");
        let drawn = terminal.draw(|frame| draw_replay(&lab.model, &look, &line, frame));
        let buffer = drawn.expect("memory").buffer;
        let row = |y| {
            (0..columns)
                .map(|x| buffer[(x, y)].symbol())
                .collect::<String>()
        };
        let rows = (20..24).map(|y| row(y).trim_end().to_owned());
        let marked = (0..columns).filter(|x| {
            let style = buffer[(*x, 23)].style();
            style.add_modifier.contains(Modifier::UNDERLINED)
        });
        let marked = marked.map(|x| buffer[(x, 23)].symbol()).collect();
        (rows.collect(), marked)
    }

    #[test]
    fn its_line_takes_the_place_of_the_keys_and_nothing_of_them_shines_through() {
        let (rows, underlined) = last_rows(80, "");
        assert_eq!(
            rows[3],
            " REPLAY 00:10 of 00:21 · paused   Space plays   g G start, end   q leaves"
        );
        // The keys, and no other cell.
        assert_eq!(underlined, "Spaceg Gq");
    }

    #[test]
    fn keys_without_room_are_left_out_but_how_to_leave_never() {
        let (rows, _) = last_rows(60, "");
        assert_eq!(
            rows[3],
            " REPLAY 00:10 of 00:21 · paused   Space plays   q leaves"
        );
    }

    #[test]
    fn what_it_lacks_stands_above_in_full() {
        let (rows, _) = last_rows(
            60,
            "It is cut short here: the lab or the machine stopped while it was written.",
        );
        assert_eq!(
            rows[1],
            " ! It is cut short here: the lab or the machine stopped"
        );
        assert_eq!(rows[2], "   while it was written.");
    }
}
