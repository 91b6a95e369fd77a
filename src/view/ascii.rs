//! The ASCII twin of a frame: every glyph the lab draws with becomes one ASCII character of the same width.

use ratatui::buffer::Buffer;

/// Draws the frame anew with ASCII characters only. A letter without a twin becomes `?`, a wide one `?` and a space.
pub(super) fn fold(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let twin = cell.symbol().chars().next().map_or('?', twin);
            cell.set_char(twin);
        }
    }
}

fn twin(glyph: char) -> char {
    match glyph {
        '─' | '–' | '—' | '·' | '‐' | '‑' | '−' => '-',
        '━' | '═' => '=',
        '│' | '┃' | '▎' | '▏' | '╷' | '┆' => '|',
        '╭' | '╮' | '╰' | '╯' | '├' | '┤' | '┬' | '┴' | '┼' => '+',
        '┏' | '┓' | '┗' | '┛' => '#',
        '✓' => 'v',
        '✗' | '×' => 'x',
        '▸' | '→' | '›' | '▾' => '>',
        '◂' | '←' | '‹' => '<',
        '↑' | '▴' => '^',
        '↓' | '▼' => 'v',
        '■' | '▌' => '#',
        '•' => '*',
        '…' => '~',
        '└' => '`',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '▁' => '_',
        '▂' | '▃' => '.',
        '▄' | '▅' => 'o',
        '▆' | '▇' => 'O',
        '█' => '@',
        '▀' => '"',
        '\u{a0}' => ' ',
        _ => '?',
    }
}
