//! Keys as a terminal sends them to the program in it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::picture::Modes;

/// The bytes of a key; none where a terminal has none for it.
pub fn bytes(key: &KeyEvent, modes: Modes) -> Option<Vec<u8>> {
    let alt = key.modifiers.contains(KeyModifiers::ALT);
    let mut bytes = plain(key, modes)?;
    if alt
        && matches!(
            key.code,
            KeyCode::Char(_) | KeyCode::Enter | KeyCode::Backspace
        )
    {
        bytes.insert(0, 0x1b);
    }
    Some(bytes)
}

fn plain(key: &KeyEvent, modes: Modes) -> Option<Vec<u8>> {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let escaped = |rest: &str| Some(format!("\x1b{rest}").into_bytes());
    match key.code {
        KeyCode::Char(c) if ctrl => control(c).map(|byte| vec![byte]),
        KeyCode::Char(c) => Some(c.to_string().into_bytes()),
        KeyCode::Enter => Some(b"\r".to_vec()),
        KeyCode::Tab => Some(b"\t".to_vec()),
        KeyCode::BackTab => escaped("[Z"),
        KeyCode::Backspace if ctrl => Some(vec![0x08]),
        KeyCode::Backspace => Some(vec![0x7f]),
        KeyCode::Esc => Some(vec![0x1b]),
        KeyCode::Up => cursor(key, modes, 'A'),
        KeyCode::Down => cursor(key, modes, 'B'),
        KeyCode::Right => cursor(key, modes, 'C'),
        KeyCode::Left => cursor(key, modes, 'D'),
        KeyCode::Home => cursor(key, modes, 'H'),
        KeyCode::End => cursor(key, modes, 'F'),
        KeyCode::Insert => numbered(key, 2),
        KeyCode::Delete => numbered(key, 3),
        KeyCode::PageUp => numbered(key, 5),
        KeyCode::PageDown => numbered(key, 6),
        KeyCode::F(n @ 1..=4) => match modifier(key) {
            None => escaped(&format!("O{}", char::from(b'O' + n))),
            Some(with) => escaped(&format!("[1;{with}{}", char::from(b'O' + n))),
        },
        KeyCode::F(n @ 5..=12) => {
            const NUMBERS: [u8; 8] = [15, 17, 18, 19, 20, 21, 23, 24];
            numbered(key, NUMBERS[usize::from(n - 5)])
        }
        _ => None,
    }
}

/// Ctrl with a character. What crossterm calls Ctrl-4 to Ctrl-7 are the bytes of Ctrl-\ to Ctrl-_.
fn control(c: char) -> Option<u8> {
    match c.to_ascii_lowercase() {
        letter @ 'a'..='z' => Some(letter as u8 - b'a' + 1),
        ' ' | '@' | '2' => Some(0),
        '[' | '3' => Some(0x1b),
        '\\' | '4' => Some(0x1c),
        ']' | '5' => Some(0x1d),
        '^' | '6' => Some(0x1e),
        '_' | '7' | '/' | '-' => Some(0x1f),
        '?' | '8' => Some(0x7f),
        _ => None,
    }
}

fn cursor(key: &KeyEvent, modes: Modes, letter: char) -> Option<Vec<u8>> {
    let bytes = match modifier(key) {
        Some(with) => format!("\x1b[1;{with}{letter}"),
        None if modes.application_cursor => format!("\x1bO{letter}"),
        None => format!("\x1b[{letter}"),
    };
    Some(bytes.into_bytes())
}

fn numbered(key: &KeyEvent, number: u8) -> Option<Vec<u8>> {
    let bytes = match modifier(key) {
        Some(with) => format!("\x1b[{number};{with}~"),
        None => format!("\x1b[{number}~"),
    };
    Some(bytes.into_bytes())
}

/// Shift, Alt and Ctrl as xterm counts them.
fn modifier(key: &KeyEvent) -> Option<u8> {
    let weight = |modifier, weight| {
        if key.modifiers.contains(modifier) {
            weight
        } else {
            0
        }
    };
    let sum = weight(KeyModifiers::SHIFT, 1)
        + weight(KeyModifiers::ALT, 2)
        + weight(KeyModifiers::CONTROL, 4);
    (sum > 0).then_some(sum + 1)
}

/// Whether this is Ctrl-], by either name that terminals have for it.
pub fn is_return(key: &KeyEvent) -> bool {
    key.modifiers.contains(KeyModifiers::CONTROL) && matches!(key.code, KeyCode::Char(']' | '5'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_bytes_that_xterm_sends() {
        let check = |code, modifiers, expected: &str| {
            let sent = bytes(&KeyEvent::new(code, modifiers), Modes::default());
            assert_eq!(
                sent.as_deref(),
                Some(expected.as_bytes()),
                "{code:?} {modifiers:?}"
            );
        };
        let none = KeyModifiers::NONE;
        check(KeyCode::Char('é'), none, "é");
        check(KeyCode::Char('c'), KeyModifiers::CONTROL, "\x03");
        check(KeyCode::Char('x'), KeyModifiers::ALT, "\x1bx");
        check(KeyCode::Char('4'), KeyModifiers::CONTROL, "\x1c");
        check(KeyCode::Char(' '), KeyModifiers::CONTROL, "\0");
        check(KeyCode::Enter, none, "\r");
        check(KeyCode::Backspace, none, "\x7f");
        check(KeyCode::Up, none, "\x1b[A");
        check(KeyCode::Left, KeyModifiers::CONTROL, "\x1b[1;5D");
        check(KeyCode::PageUp, none, "\x1b[5~");
        check(KeyCode::F(1), none, "\x1bOP");
        check(KeyCode::F(4), none, "\x1bOS");
        check(KeyCode::F(5), none, "\x1b[15~");
        check(KeyCode::F(12), none, "\x1b[24~");
    }

    #[test]
    fn cursor_keys_follow_the_mode_that_the_program_asked_for() {
        let modes = Modes {
            application_cursor: true,
            ..Modes::default()
        };
        let key = KeyEvent::new(KeyCode::Up, KeyModifiers::NONE);
        assert_eq!(bytes(&key, modes).as_deref(), Some(&b"\x1bOA"[..]));
    }
}
