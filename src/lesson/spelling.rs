//! Names that differ by a slip or two of the fingers, and what is said of a word that is not known.

/// Whether a name differs from the one that is meant by a slip or two of the fingers.
pub fn is_near(name: &str, meant: &str) -> bool {
    name != meant && (1..=2).contains(&distance(name, meant, 2))
}

/// How many letters must be changed, added or left out to make one of the other; beyond `most` just more than that.
fn distance(a: &str, b: &str, most: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

/// A reader's complaint of a `lab.toml` in words for its author: which word is meant, else all that are known.
pub fn complaint(message: &str) -> String {
    let unknown = message
        .strip_prefix("unknown variant `")
        .or_else(|| message.strip_prefix("unknown field `"));
    if let Some((word, known)) = unknown.and_then(|rest| rest.split_once("`, ")) {
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        // In a short word two slips make any other of it.
        let most = if word.chars().count() > 4 { 2 } else { 1 };
        let nearest = known
            .iter()
            .map(|it| (distance(word, it, most), *it))
            .filter(|(slips, _)| *slips <= most)
            .min();
        return match (nearest, known.len()) {
            (Some((_, meant)), _) => {
                format!("`{word}` is not known; did you mean `{meant}`?")
            }
            (None, 0) => format!("`{word}` is not known: nothing may stand here"),
            (None, _) => format!("`{word}` is not known; known here: {}", known.join(", ")),
        };
    }
    let missing = message.strip_prefix("missing field `");
    match missing.and_then(|rest| rest.strip_suffix('`')) {
        Some(word) => format!("`{word}` is missing here"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_is_near_and_another_name_is_not() {
        let check = |name: &str, near| assert_eq!(is_near(name, "my-first-stream"), near, "{name}");
        check("my-first-stream", false);
        check("my-frist-stream", true);
        check("my-first-strem", true);
        check("my_first_stream", true);
        check("my-second-stream", false);
        check("", false);
        check("orders", false);
    }

    #[test]
    fn a_word_that_is_not_known_is_answered_with_the_one_that_is_meant() {
        let check = |toml: &str, expected: &str| {
            let error = toml::from_str::<super::super::Settings>(toml).expect_err("misspelt");
            assert_eq!(complaint(error.message()), expected);
        };
        let step = "[[step]]\ntitle = \"a\"\n";
        check(
            &format!("{step}[[step.check]]\nsays = \"b\"\nwhen.creates = {{}}\n"),
            "`creates` is not known; did you mean `create`?",
        );
        check(
            &format!("{step}hint = []\n"),
            "`hint` is not known; did you mean `hints`?",
        );
        check(
            &format!("{step}colour = 1\n"),
            "`colour` is not known; known here: title, hints, check, predict",
        );
        check(
            &format!("{step}[[step.check]]\nwhen.create = {{}}\n"),
            "`says` is missing here",
        );
        check(
            &format!("{step}[[step.check]]\nsays = \"b\"\nwhen.delete = {{ a = 1 }}\n"),
            "`a` is not known: nothing may stand here",
        );
        let error = toml::from_str::<super::super::Settings>("stream = 1").expect_err("a number");
        assert_eq!(complaint(error.message()), error.message());
    }
}
