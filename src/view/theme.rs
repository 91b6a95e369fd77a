//! Roles and their styles: what each theme makes of accent, key, done, nearly, wrong and the rest.
//!
//! A colour has one meaning and never stands alone: a mark, a word or a number says the same. The `terminal` theme uses
//! the terminal's own 16 colours and background, so it is right on dark and on light; yellow text would vanish on white.

use ratatui::style::{Color, Modifier, Style};

use crate::app::{Theme, Tone};
use crate::lesson::CodeRole;

/// How many shards have a hue of their own; then the hues begin again. The number beside it tells which.
const HUES: usize = 6;

/// The styles of a theme, by role.
#[derive(Debug, Clone, Copy)]
pub(super) struct Styles {
    /// The whole screen: text and background.
    pub base: Style,
    /// Focus and headings.
    pub accent: Style,
    /// A key to press.
    pub key: Style,
    /// Done, right, keeping up.
    pub done: Style,
    /// Almost, or worth a look.
    pub nearly: Style,
    /// Wrong, refused.
    pub wrong: Style,
    /// Context.
    pub dim: Style,
    /// Digits that say nothing, what is not there.
    pub faint: Style,
    /// Frames, and what lies behind a dialog: nothing is lost where it cannot be seen.
    pub frame: Style,
    /// Strong text.
    pub strong: Style,
    /// Emphasised text.
    pub emphasis: Style,
    /// A link.
    pub link: Style,
    /// Code in running text.
    pub inline_code: Style,
    /// The ground of a block of code; laid over the text.
    pub lifted: Style,
    /// The ground of the card of a prediction; laid over the text.
    pub card: Style,
    /// The selected line; laid over the text.
    pub selection: Style,
    /// The top and bottom lines; laid over the text.
    pub bar: Style,
    /// What a search found, or what typing replaces; laid over the text.
    pub hit: Style,
    /// The alarm of a connection that costs money.
    pub alarm: Style,
    marks: [Style; HUES],
    words: [Style; HUES],
    code: Code,
    programs: Programs,
}

/// Where the colours of programs come from.
#[derive(Debug, Clone, Copy)]
enum Programs {
    /// The terminal has its own.
    Terminal,
    /// There are none.
    Colourless,
    /// These stand for the terminal's 16.
    Palette([u32; 16]),
}

#[derive(Debug, Clone, Copy)]
struct Code {
    keyword: Style,
    string: Style,
    comment: Style,
    number: Style,
    function: Style,
    kind: Style,
}

impl Styles {
    /// The styles of a theme.
    pub fn of(theme: Theme) -> Self {
        match theme {
            Theme::Terminal => terminal(),
            Theme::Mono => mono(),
            Theme::Dark => DARK.styles(),
            Theme::Light => LIGHT.styles(),
            Theme::HighContrast => HIGH_CONTRAST.styles(),
        }
    }

    /// The same styles with nothing dim in them: for a room.
    pub fn loud(self) -> Self {
        let comment = self.base.add_modifier(Modifier::ITALIC);
        Self {
            dim: self.base,
            faint: self.base,
            frame: self.base,
            code: Code {
                comment,
                ..self.code
            },
            ..self
        }
    }

    /// The square that marks a shard.
    pub fn shard_mark(&self, index: u32) -> Style {
        self.marks[index as usize % HUES]
    }

    /// Words that belong to a shard: its number, the keys that fall on it.
    pub fn shard_words(&self, index: u32) -> Style {
        self.words[index as usize % HUES]
    }

    /// A sentence by its tone.
    pub fn tone(&self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => self.base,
            Tone::Done => self.done,
            Tone::Nearly => self.nearly,
            Tone::Wrong => self.wrong,
        }
    }

    /// One of the 256 colours that a program may ask for.
    pub fn numbered(&self, number: u8) -> Option<Color> {
        match self.programs {
            Programs::Colourless => None,
            Programs::Palette(colours) if number < 16 => {
                Some(Color::from_u32(colours[usize::from(number)]))
            }
            Programs::Terminal | Programs::Palette(_) => Some(Color::Indexed(number)),
        }
    }

    /// A colour that a program mixed.
    pub fn mixed(&self, red: u8, green: u8, blue: u8) -> Option<Color> {
        match self.programs {
            Programs::Colourless => None,
            Programs::Terminal | Programs::Palette(_) => Some(Color::Rgb(red, green, blue)),
        }
    }

    /// A piece of code.
    pub fn code(&self, role: CodeRole) -> Style {
        match role {
            CodeRole::Plain => Style::new(),
            CodeRole::Keyword => self.code.keyword,
            CodeRole::String => self.code.string,
            CodeRole::Comment => self.code.comment,
            CodeRole::Number => self.code.number,
            CodeRole::Function => self.code.function,
            CodeRole::Type => self.code.kind,
        }
    }
}

const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const KEY: Style = Style::new().add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED));

/// A line turned into its own negative: colours and dimness inside it would be illegible.
const NEGATIVE: Style = Style::new()
    .fg(Color::Reset)
    .bg(Color::Reset)
    .remove_modifier(Modifier::DIM)
    .add_modifier(Modifier::REVERSED);

fn terminal() -> Styles {
    let hue = |colour| Style::new().fg(colour);
    let bold = |colour| BOLD.fg(colour);
    Styles {
        accent: bold(Color::Cyan),
        done: bold(Color::Green),
        nearly: bold(Color::Magenta),
        wrong: bold(Color::Red),
        frame: hue(Color::DarkGray),
        inline_code: hue(Color::Cyan),
        link: hue(Color::Cyan).add_modifier(Modifier::UNDERLINED),
        alarm: bold(Color::Red).add_modifier(Modifier::REVERSED),
        marks: [
            hue(Color::LightBlue),
            hue(Color::Yellow),
            hue(Color::Magenta),
            hue(Color::Cyan),
            hue(Color::Green),
            hue(Color::Red),
        ],
        code: Code {
            keyword: hue(Color::Magenta),
            string: hue(Color::Green),
            comment: DIM,
            number: hue(Color::Cyan),
            function: BOLD,
            kind: hue(Color::Cyan),
        },
        programs: Programs::Terminal,
        ..mono()
    }
}

fn mono() -> Styles {
    Styles {
        base: Style::new(),
        accent: BOLD,
        key: KEY,
        done: BOLD,
        nearly: BOLD,
        wrong: BOLD,
        dim: DIM,
        faint: DIM,
        frame: DIM,
        strong: BOLD,
        emphasis: Style::new().add_modifier(Modifier::ITALIC),
        link: Style::new().add_modifier(Modifier::UNDERLINED),
        inline_code: BOLD,
        lifted: Style::new(),
        card: Style::new(),
        selection: NEGATIVE,
        bar: Style::new(),
        hit: NEGATIVE,
        alarm: BOLD.add_modifier(Modifier::REVERSED),
        marks: [Style::new(); HUES],
        words: [BOLD; HUES],
        code: Code {
            keyword: BOLD,
            string: Style::new(),
            comment: DIM,
            number: Style::new(),
            function: BOLD,
            kind: Style::new(),
        },
        programs: Programs::Colourless,
    }
}

/// A theme of 24-bit colours.
struct Palette {
    ground: u32,
    text: u32,
    dim: u32,
    faint: u32,
    accent: u32,
    key: u32,
    done: u32,
    nearly: u32,
    wrong: u32,
    lifted: u32,
    selection: u32,
    bar: u32,
    shards: [u32; HUES],
}

const DARK: Palette = Palette {
    ground: 0x16181d,
    text: 0xd8dee9,
    dim: 0x7b8494,
    faint: 0x4c5566,
    accent: 0x7cc7c0,
    key: 0xe5b567,
    done: 0x98c379,
    nearly: 0xe5b567,
    wrong: 0xe06c75,
    lifted: 0x20242c,
    selection: 0x26313a,
    bar: 0x1b1f26,
    shards: [0x6fb1ff, 0xf0a45d, 0xc792ea, 0x7fd1c7, 0xd7c36a, 0xf07f9f],
};

const LIGHT: Palette = Palette {
    ground: 0xfbfaf7,
    text: 0x2b303b,
    dim: 0x667080,
    faint: 0xa8aeb8,
    accent: 0x0f6f6a,
    key: 0x8f5600,
    done: 0x2f6f1f,
    nearly: 0x8f5600,
    wrong: 0xb3202c,
    lifted: 0xf0eee9,
    selection: 0xdcebea,
    bar: 0xf0eee9,
    shards: [0x1b5cb8, 0xa84f00, 0x7b3ea8, 0x00706a, 0x6b6000, 0xa82860],
};

/// Nothing dim, nothing grey on grey: for a projector and for tired eyes.
const HIGH_CONTRAST: Palette = Palette {
    ground: 0x000000,
    text: 0xffffff,
    dim: 0xe0e0e0,
    faint: 0xb8b8b8,
    accent: 0x5ff5ff,
    key: 0xffe14d,
    done: 0x7dff7d,
    nearly: 0xffe14d,
    wrong: 0xff8a8a,
    lifted: 0x1c1c1c,
    selection: 0x004a66,
    bar: 0x000000,
    shards: [0x7fc4ff, 0xffb562, 0xe5b3ff, 0x7fffe0, 0xfff27f, 0xff9fc4],
};

impl Palette {
    fn styles(&self) -> Styles {
        let hue = |colour: u32| Style::new().fg(Color::from_u32(colour));
        let bold = |colour| hue(colour).add_modifier(Modifier::BOLD);
        let ground = |colour: u32| Style::new().bg(Color::from_u32(colour));
        let shards = self.shards.map(hue);
        Styles {
            base: hue(self.text).bg(Color::from_u32(self.ground)),
            accent: bold(self.accent),
            key: bold(self.key),
            done: bold(self.done),
            nearly: bold(self.nearly),
            wrong: bold(self.wrong),
            dim: hue(self.dim),
            faint: hue(self.faint),
            frame: hue(self.faint),
            strong: BOLD,
            emphasis: Style::new().add_modifier(Modifier::ITALIC),
            link: hue(self.accent).add_modifier(Modifier::UNDERLINED),
            inline_code: hue(self.shards[1]).bg(Color::from_u32(self.lifted)),
            lifted: ground(self.lifted),
            card: ground(self.selection),
            selection: ground(self.selection),
            bar: ground(self.bar),
            hit: ground(self.key).fg(Color::from_u32(self.ground)),
            alarm: bold(self.ground).bg(Color::from_u32(self.wrong)),
            marks: shards,
            words: shards.map(|style| style.add_modifier(Modifier::BOLD)),
            code: Code {
                keyword: hue(self.shards[0]),
                string: hue(self.done),
                comment: hue(self.dim).add_modifier(Modifier::ITALIC),
                number: hue(self.shards[1]),
                function: hue(self.accent),
                kind: hue(self.key),
            },
            programs: Programs::Palette(self.sixteen()),
        }
    }

    /// The terminal's 16 colours: black to white, then the same brighter. All can be read on this ground.
    fn sixteen(&self) -> [u32; 16] {
        let [blue, _, magenta, ..] = self.shards;
        let hues = [self.wrong, self.done, self.key, blue, magenta, self.accent];
        let mut sixteen = [self.text; 16];
        sixteen[0] = self.faint;
        sixteen[8] = self.dim;
        sixteen[1..7].copy_from_slice(&hues);
        sixteen[9..15].copy_from_slice(&hues);
        sixteen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two colours by WCAG 2.1, section 1.4.3.
    fn contrast(a: u32, b: u32) -> f64 {
        let luminance = |colour: u32| {
            let channel = |shift: u32| {
                let value = f64::from(colour >> shift & 0xff) / 255.0;
                if value <= 0.04045 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_colour_that_carries_words_is_legible_on_every_ground() {
        for (name, palette, least) in [
            ("dark", DARK, 4.0),
            ("light", LIGHT, 4.0),
            ("high contrast", HIGH_CONTRAST, 7.0),
        ] {
            let words = [
                palette.text,
                palette.dim,
                palette.accent,
                palette.key,
                palette.done,
                palette.nearly,
                palette.wrong,
            ];
            for words in words.into_iter().chain(palette.shards) {
                for ground in [palette.ground, palette.lifted, palette.bar] {
                    let contrast = contrast(words, ground);
                    assert!(
                        contrast >= least,
                        "{name}: {words:06x} on {ground:06x} {contrast:.1}"
                    );
                }
            }
        }
    }

    #[test]
    fn mono_has_no_colour_and_terminal_no_yellow_words() {
        let mono = Styles::of(Theme::Mono);
        for style in [
            mono.base,
            mono.accent,
            mono.key,
            mono.wrong,
            mono.dim,
            mono.alarm,
        ] {
            assert_eq!((style.fg, style.bg), (None, None));
        }
        let terminal = Styles::of(Theme::Terminal);
        assert_eq!((terminal.base.fg, terminal.base.bg), (None, None));
        for style in [terminal.key, terminal.nearly, terminal.shard_words(1)] {
            assert_ne!(style.fg, Some(Color::Yellow));
        }
    }
}
