//! How the lab looks, from the options and what the environment says of the terminal.

use kinesis_lab::cli::{Appearance, Color};
use kinesis_lab::view::Look;

/// How to draw. `lookup` reads a variable; one that is empty counts as none.
pub fn look(options: &Appearance, lookup: impl Fn(&str) -> Option<String>) -> Look {
    let variable = |name| lookup(name).filter(|value| !value.is_empty());
    // As <https://no-color.org> has it.
    let colour = options.color == Color::Auto && variable("NO_COLOR").is_none();
    // The first of them that is set counts, by POSIX; without any the locale is C, which is ASCII.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable)
        .unwrap_or_default()
        .to_lowercase();
    let utf8 = locale.contains("utf-8") || locale.contains("utf8");
    Look {
        colour,
        ascii: options.ascii || !utf8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use kinesis_lab::app::Theme;
    use kinesis_lab::cli::{Cli, THEMES};

    fn options(line: &str) -> Appearance {
        Cli::try_parse_from(line.split_whitespace())
            .expect("valid")
            .lab
            .appearance
    }

    fn variables<'a>(set: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| {
            let found = set.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn the_command_line_knows_the_lab_s_themes() {
        assert_eq!(THEMES, Theme::ALL.map(Theme::name));
    }

    fn looks(line: &str, set: &[(&str, &str)]) -> Look {
        look(&options(line), variables(set))
    }

    #[test]
    fn colours_are_used_unless_somebody_minds() {
        let check = |line, set: &[(&str, &str)], expected| {
            assert_eq!(looks(line, set).colour, expected, "{line} {set:?}");
        };
        check("kinesis-lab", &[], true);
        check("kinesis-lab --color never", &[], false);
        check("kinesis-lab", &[("NO_COLOR", "1")], false);
        check("kinesis-lab", &[("NO_COLOR", "")], true);
    }

    #[test]
    fn a_locale_without_utf_8_is_drawn_in_ascii() {
        let check = |line, set: &[(&str, &str)], expected| {
            assert_eq!(looks(line, set).ascii, expected, "{line} {set:?}");
        };
        check("kinesis-lab", &[("LANG", "de_DE.UTF-8")], false);
        check("kinesis-lab", &[("LANG", "C.utf8")], false);
        check("kinesis-lab", &[("LANG", "C.UTF-8"), ("LC_ALL", "C")], true);
        check("kinesis-lab", &[("LANG", "C.UTF-8"), ("LC_ALL", "")], false);
        check("kinesis-lab", &[("LANG", "ja_JP.SJIS")], true);
        check("kinesis-lab", &[], true);
        check("kinesis-lab --ascii", &[("LANG", "C.UTF-8")], true);
    }
}
