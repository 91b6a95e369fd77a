//! Laid-out text: lines of spans, each span with a role. No colours: the screen gives every role its style.

/// One line of laid-out text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextLine {
    /// Its spans from left to right.
    pub spans: Vec<TextSpan>,
    /// The code block it belongs to: an index into [`code_blocks`](super::code_blocks) of what was laid out.
    ///
    /// Only such a line may be wider than asked for: its text is whole, and whoever draws it clips it. What stands
    /// up to and with its [`Role::CodeBar`] is its margin, which stays when the code is scrolled sideways.
    pub code: Option<usize>,
}

/// A run of text in one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextSpan {
    /// The text: no control characters, no line ends, no tabs.
    pub text: String,
    /// What it is.
    pub role: Role,
}

/// What a span of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Running text, and the spaces that place it.
    Body,
    /// Context: a link's address.
    Dim,
    /// A heading inside a page.
    Heading,
    /// Strong text.
    Strong,
    /// Emphasised text.
    Emphasis,
    /// Struck text.
    Struck,
    /// `` `code` `` in running text.
    InlineCode,
    /// What a link says.
    Link,
    /// A table's head cells.
    TableHead,
    /// A drawn rule: under a table's head, or across the page.
    Rule,
    /// The drawn bar at the left of a block quote.
    Quote,
    /// A list item's drawn bullet or number, or the fold mark of details.
    Bullet,
    /// A task's drawn box; `true` where it is ticked.
    Task(bool),
    /// The drawn bar at the left of a code block.
    CodeBar,
    /// Code.
    Code(CodeRole),
    /// A code block's file name, at the right of its first line.
    FileName,
}

/// What a piece of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeRole {
    /// Anything without a role of its own.
    Plain,
    /// A keyword or an operator that is a word.
    Keyword,
    /// A string.
    String,
    /// A comment.
    Comment,
    /// A number or another constant.
    Number,
    /// The name of a function, where it is defined or called.
    Function,
    /// The name of a type, a module or a JSON key.
    Type,
}

impl TextLine {
    /// The line's text without its roles.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}
