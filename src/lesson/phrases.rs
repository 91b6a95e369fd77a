//! Which option a phrase means, tolerant of what people leave out when they restate one.

/// A claim that enumerates more than this is running text.
const LONGEST_LIST: usize = 32;

/// The options of a question, ready to be compared with phrases.
pub struct Options(Vec<Words>);

/// A text's words in order, without those that carry little.
struct Words {
    words: Vec<String>,
    /// How often it denies: "is kept" must never stand for "is not kept".
    denials: usize,
    /// The very first word, whatever it carries.
    first: String,
    /// "All of the above"
    says_all: bool,
    /// "Both A and B"
    combines: bool,
}

impl Options {
    /// Prepares the options' texts.
    pub fn new(options: &[String]) -> Self {
        Self(options.iter().map(|option| Words::of(option)).collect())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The only option that a phrase fits: the one it repeats word for word, else the one whose words it has
    /// some of in their order.
    pub fn fitting(&self, phrase: &str) -> Option<usize> {
        self.repeated(phrase).or_else(|| {
            let phrase = Words::of(phrase);
            only(self.0.iter().map(|option| phrase.shortens(option)))
        })
    }

    /// The only option that a phrase repeats word for word.
    pub fn repeated(&self, phrase: &str) -> Option<usize> {
        let phrase = Words::of(phrase);
        let same =
            |option: &Words| option.words == phrase.words && option.denials == phrase.denials;
        only(self.0.iter().map(same)).filter(|_| !phrase.words.is_empty())
    }

    /// How many options a phrase could mean.
    pub fn fits(&self, phrase: &str) -> usize {
        if self.fitting(phrase).is_some() {
            return 1;
        }
        let phrase = Words::of(phrase);
        self.0
            .iter()
            .filter(|option| phrase.shortens(option))
            .count()
    }

    /// Whether an option is a number: then a number in the answer may mean it, or its place.
    pub fn any_is_a_number(&self) -> bool {
        let is_number = |word: &String| word.chars().all(|c| c.is_ascii_digit());
        self.0
            .iter()
            .any(|option| option.words.iter().all(is_number))
    }

    /// Whether an option's first word is such a one.
    pub fn any_begins_with(&self, is: impl Fn(&str) -> bool) -> bool {
        self.0.iter().any(|option| is(&option.first))
    }

    /// Whether no option but the one at this place, if any, has this number among its words.
    pub fn only_its_own(&self, place: usize, number: &str) -> bool {
        let has = |option: &Words| option.words.iter().any(|word| word == number);
        let mut options = self.0.iter().enumerate();
        !options.any(|(at, option)| at != place && has(option))
    }

    /// Whether an option is made of others: "Both A and B". Then a key of letters may mean it.
    pub fn any_combines(&self) -> bool {
        self.0.iter().any(|option| option.combines)
    }

    /// The options that say themselves that all are right.
    pub fn saying_all(&self) -> Vec<usize> {
        (0..self.len()).filter(|at| self.0[*at].says_all).collect()
    }

    /// The options that `phrase, phrase and phrase` fits, if every phrase fits one.
    pub fn fitting_list(&self, claim: &str) -> Option<Vec<usize>> {
        if let Some(option) = self.fitting(claim) {
            return Some(vec![option]);
        }
        // What comes after the sentence explains it.
        let claim = claim.split(". ").next().unwrap_or(claim);
        let parts: Vec<&str> = claim.split([',', ';']).collect();
        if parts.len() > LONGEST_LIST {
            return None;
        }
        let mut key = Vec::new();
        for part in parts.iter().map(|part| without_and(part)) {
            match self.fitting(part) {
                Some(option) => key.push(option),
                None => {
                    for phrase in part.split(" and ") {
                        key.push(self.fitting(phrase)?);
                    }
                }
            }
        }
        Some(key)
    }

    /// Whether a text beside an option's letter is not plainly that of another one.
    pub fn allow(&self, option: usize, text: &str) -> bool {
        option < self.len() && self.fitting(text).is_none_or(|found| found == option)
    }
}

fn without_and(part: &str) -> &str {
    let part = part.trim();
    part.strip_prefix("and ").unwrap_or(part)
}

/// The index of the only `true`.
fn only(mut fits: impl Iterator<Item = bool>) -> Option<usize> {
    let first = fits.by_ref().position(|fits| fits)?;
    (!fits.any(|fits| fits)).then_some(first)
}

impl Words {
    fn of(text: &str) -> Self {
        const LITTLE: [&str; 32] = [
            "a", "an", "the", "of", "from", "to", "in", "on", "at", "is", "are", "was", "were",
            "be", "been", "and", "or", "for", "with", "your", "you", "that", "this", "it", "its",
            "by", "as", "their", "our", "all", "has", "have",
        ];
        const DENIALS: [&str; 13] = [
            "not", "no", "never", "cannot", "without", "none", "dont", "doesnt", "isnt", "arent",
            "cant", "wont", "nothing",
        ];
        const JOIN: [&str; 11] = [
            "both", "all", "only", "just", "and", "or", "but", "not", "neither", "nor", "options",
        ];
        let is_letter = |word: &str| matches!(word.as_bytes(), [b'a'..=b'j']);
        let text = text.to_lowercase().replace(['\'', '’'], "");
        let all: Vec<&str> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let says_all = matches!(
            all[..],
            ["all"]
                | ["all", "are" | "options" | "answers", ..]
                | ["all", "of", "these" | "them", ..]
                | ["all", "of", "the", "above" | "options", ..]
        );
        let letters = all.iter().filter(|word| is_letter(word)).count();
        let combines = letters > 1
            && all
                .iter()
                .all(|word| is_letter(word) || JOIN.contains(word));
        let mut words = Vec::new();
        let mut denials = 0;
        for word in &all {
            if DENIALS.contains(word) {
                denials += 1;
            } else if !LITTLE.contains(word) {
                words.push(singular(word).to_owned());
            }
        }
        let first = all
            .first()
            .map_or_else(String::new, |&word| word.to_owned());
        Self {
            words,
            denials,
            first,
            says_all,
            combines,
        }
    }

    /// Whether these are some of the longer text's words, in their order. Bare numbers could mean anything.
    fn shortens(&self, longer: &Self) -> bool {
        let says_something = self
            .words
            .iter()
            .any(|word| word.chars().any(char::is_alphabetic));
        let mut rest = longer.words.iter();
        says_something
            && self.denials == longer.denials
            && self
                .words
                .iter()
                .all(|word| rest.any(|other| other == word))
    }
}

fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options::new(
            &[
                "A spreadsheet of last year's orders",
                "Readings from a thermometer, once a second",
                "Page views of a web shop",
                "Complaints about a web shop",
                "Records are kept after reading",
                "Records are not kept after reading",
                "Exactly 2 shards",
                "All of the above",
            ]
            .map(str::to_owned),
        )
    }

    #[test]
    fn a_phrase_fits_the_one_option_it_shortens() {
        let check =
            |phrase: &str, expected| assert_eq!(options().fitting(phrase), expected, "{phrase:?}");
        check("page views", Some(2));
        check("Thermometer readings", None);
        check("readings from the thermometer", Some(1));
        check("SPREADSHEET of orders.", Some(0));
        check("all of the above", Some(7));
    }

    #[test]
    fn what_could_be_another_option_fits_none() {
        let check =
            |phrase: &str, expected| assert_eq!(options().fitting(phrase), expected, "{phrase:?}");
        check("web shop", None);
        check("records", Some(4));
        check("records are kept", Some(4));
        check("records are not kept", Some(5));
        check("records aren't lost", None);
        check("2", None);
        check("", None);
        check("orders of a web shop", None);
    }

    #[test]
    fn every_phrase_of_a_list_must_fit() {
        let check = |claim: &str, expected| {
            assert_eq!(options().fitting_list(claim), expected, "{claim:?}")
        };
        check("Readings from a thermometer, page views", Some(vec![1, 2]));
        check("page views and spreadsheet", Some(vec![2, 0]));
        check("readings, once a second", Some(vec![1]));
        check("page views, and something else", None);
        check("page views. They have no end, ever.", Some(vec![2]));
    }
}
