//! Names of files that a lesson asks to write: only what stays inside the work folder is one.

/// The longest part of a name, in bytes, that file systems take.
const LONGEST_PART: usize = 255;

/// Names that mean devices on Windows, whatever their extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The parts of a name below the work folder, or why it is refused.
pub fn parts(name: &str) -> Result<Vec<&str>, String> {
    let refused = |why: &str| Err(format!("its name {why}"));
    if name.chars().any(char::is_control) {
        return refused("holds control characters.");
    }
    if crate::printable::printable(name) != name {
        return refused("holds characters that cannot be seen.");
    }
    if name.starts_with('/') || name.starts_with('~') || name.contains([':', '\\']) {
        return refused("is a path of its own; only names inside the work folder are written.");
    }
    let parts: Vec<&str> = name.split('/').filter(|part| *part != ".").collect();
    if parts.contains(&"..") {
        return refused("leads out of the work folder.");
    }
    let Some(last) = parts.last() else {
        return refused("is empty.");
    };
    if parts.iter().any(|part| part.is_empty()) || last.trim().is_empty() {
        return refused("is not one of a file.");
    }
    if parts.iter().any(|part| part.len() > LONGEST_PART) {
        return refused("is too long.");
    }
    let odd = |part: &str| part.starts_with(' ') || part.ends_with([' ', '.']);
    if parts.iter().any(|part| odd(part) || is_device(part)) {
        return refused("is reserved on some systems.");
    }
    Ok(parts)
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().to_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()))
    };
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_inside_the_work_folder_is_a_name() {
        for name in [
            "a.py",
            "src/app.py",
            "./a.py",
            "données.json",
            "a b.txt",
            ".env",
        ] {
            assert!(parts(name).is_ok(), "{name}");
        }
        assert_eq!(parts("./src/./a.py"), Ok(vec!["src", "a.py"]));
        for (name, why) in [
            ("../../.bashrc", "leads out"),
            ("a/../../b", "leads out"),
            ("/etc/passwd", "a path of its own"),
            ("~/.bashrc", "a path of its own"),
            ("C:\\a.py", "a path of its own"),
            ("a\u{1b}[2J.py", "control"),
            ("a\n.py", "control"),
            ("a\u{202e}yp.py", "cannot be seen"),
            ("", "not one of a file"),
            (".", "is empty"),
            ("a/", "not one of a file"),
            ("a//b", "not one of a file"),
            ("nul.txt", "reserved"),
            ("com1", "reserved"),
            ("a.", "reserved"),
        ] {
            let refused = parts(name).expect_err(name);
            assert!(refused.contains(why), "{name}: {refused}");
        }
        assert!(parts(&"x".repeat(300)).is_err());
    }
}
