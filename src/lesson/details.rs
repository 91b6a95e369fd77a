//! `<details>` as a bracket over the blocks beside it, wherever its tags stand and whether or not it is closed.

use super::document::{Block, Inline};
use super::fences::{self, Fences, Place};
use super::source_lines::SourceLines;

/// What a container holds while it is read: blocks, and the tags that bracket them.
#[derive(Debug)]
pub enum Piece {
    /// A block.
    Block(Block),
    /// A tag of the bracket, and its line in the file.
    Tag(Tag, usize),
}

/// A tag of the bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// `<details>`, with any attributes.
    Details,
    /// `</details>`
    DetailsEnd,
    /// `<summary>`, with any attributes.
    Summary,
    /// `</summary>`
    SummaryEnd,
}

const NAMES: [(&str, Tag); 4] = [
    ("<details", Tag::Details),
    ("</details", Tag::DetailsEnd),
    ("<summary", Tag::Summary),
    ("</summary", Tag::SummaryEnd),
];

/// The level of a section's heading.
const SECTION: u8 = 2;

/// Details inside details deeper than this are opened flat: no lesson means them, and blocks nest on the stack.
const DEEPEST: usize = 8;

/// The first tag of the bracket in `html`: what it is, where it starts and where it ends.
pub fn find_tag(html: &str) -> Option<(Tag, usize, usize)> {
    let (tag, start) = html
        .match_indices('<')
        .find_map(|(start, _)| Some((tag_at(&html.as_bytes()[start..])?, start)))?;
    let length = html[start..].find('>')? + 1;
    Some((tag, start, start + length))
}

fn tag_at(html: &[u8]) -> Option<Tag> {
    NAMES.iter().find_map(|(name, tag)| {
        let (word, rest) = html.split_at_checked(name.len())?;
        let ends = matches!(rest.first(), Some(b'>' | b'/' | b' ' | b'\t' | b'\n'));
        (ends && word.eq_ignore_ascii_case(name.as_bytes())).then_some(*tag)
    })
}

/// The markdown with every tag that begins a line followed by a blank line, and every forgotten fence closed.
///
/// Without a blank line a parser takes all up to the next one for raw HTML: an answer's bold letter, even half a code
/// fence. Lines inside fences are left as they are. The text begins at this line of its file.
pub fn set_apart(markdown: &str, first_line: usize) -> (String, SourceLines) {
    let mut out = String::with_capacity(markdown.len() + 64);
    let mut numbers = Vec::new();
    let mut fences = Fences::default();
    let mut forgotten = fences::unclosed(markdown).into_iter().peekable();
    for (index, line) in markdown.split_inclusive('\n').enumerate() {
        let number = first_line + index;
        while let Some(fence) = forgotten.next_if(|fence| fence.ends_before <= index) {
            out.push_str(&fence.closing);
            out.push('\n');
            numbers.push(number);
            fences.place(&fence.closing);
        }
        numbers.push(number);
        let prefix = line.len() - line.trim_start_matches([' ', '\t', '>']).len();
        let (prefix, text) = line.split_at(prefix);
        let end = match fences.place(line) {
            Place::Text => leading_tags(text),
            _ => 0,
        };
        out.push_str(prefix);
        out.push_str(&text[..end]);
        let rest = &text[end..];
        if end > 0 {
            // A quote's blank line needs the quote's mark.
            out.push('\n');
            out.push_str(prefix.trim_end());
            out.push('\n');
            numbers.push(number);
            if !rest.trim().is_empty() {
                out.push_str(prefix);
                out.push_str(rest.trim_start());
                numbers.push(number);
            }
        } else {
            out.push_str(rest);
        }
    }
    let lines = SourceLines::new(&out, numbers);
    (out, lines)
}

/// The length of the tags that `text` begins with, a summary's text between its tags included.
fn leading_tags(text: &str) -> usize {
    let mut end = 0;
    while let Some((tag, start, stop)) = find_tag(&text[end..]) {
        if !text[end..end + start].trim().is_empty() {
            break;
        }
        end += stop;
        if tag == Tag::Summary {
            match find_tag(&text[end..]) {
                Some((Tag::SummaryEnd, _, stop)) => end += stop,
                // The summary goes on below: it must stay one piece of HTML.
                _ => return 0,
            }
        }
    }
    end
}

/// The blocks that the pieces of a container make. What an unpaired tag begins or ends reaches beyond the container:
/// the pieces from that tag on are given back, to stand after it.
pub fn fold(mut pieces: Vec<Piece>) -> (Vec<Block>, Vec<Piece>) {
    let unpaired = unpaired(&pieces);
    let rest = match unpaired.iter().position(|&alone| alone) {
        Some(first) => pieces.split_off(first),
        None => Vec::new(),
    };
    (bracket(pieces, &[]), rest)
}

/// The blocks of a whole document. An opening tag without its end reaches to the next heading of the level it
/// stands under, at most to the next section; an end without its beginning is nothing.
pub fn fold_document(pieces: Vec<Piece>) -> Vec<Block> {
    let unpaired = unpaired(&pieces);
    bracket(pieces, &unpaired)
}

/// For every piece, whether it is a details tag without its other half.
fn unpaired(pieces: &[Piece]) -> Vec<bool> {
    let mut alone = vec![false; pieces.len()];
    let mut open = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Tag(Tag::Details, _) => open.push(index),
            Piece::Tag(Tag::DetailsEnd, _) => alone[index] = open.pop().is_none(),
            _ => {}
        }
    }
    for index in open {
        alone[index] = true;
    }
    alone
}

/// Details that are being read.
struct Open {
    line: usize,
    /// Ends before a heading of this level or above, for want of an end tag.
    ends_at: Option<u8>,
    in_summary: bool,
    summary: Vec<Inline>,
    blocks: Vec<Block>,
}

impl Open {
    fn add(&mut self, block: Block) {
        match block {
            Block::Paragraph(text) | Block::Heading { text, .. } if self.in_summary => {
                self.summary.extend(text);
                // One paragraph is a summary; what follows an unclosed tag is content.
                self.in_summary = false;
            }
            block => self.blocks.push(block),
        }
    }

    /// Details around whole sections fold a part of the lesson: they are opened, or the sections would be hidden
    /// in a page, and the answers in them would not be known for answers.
    fn close(self) -> Vec<Block> {
        let Self {
            line,
            summary,
            blocks,
            ..
        } = self;
        let is_section =
            |block: &Block| matches!(block, Block::Heading { level, .. } if *level <= SECTION);
        let holds_details = |block: &Block| matches!(block, Block::Details { .. });
        if blocks.iter().any(is_section) && blocks.iter().any(holds_details) {
            let summary = (!summary.is_empty()).then_some(Block::Paragraph(summary));
            return summary.into_iter().chain(blocks).collect();
        }
        vec![Block::Details {
            line,
            summary,
            blocks,
        }]
    }
}

fn bracket(pieces: Vec<Piece>, unpaired: &[bool]) -> Vec<Block> {
    let mut done: Vec<Block> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut surplus = 0usize;
    let mut heading_level = 6;
    for (index, piece) in pieces.into_iter().enumerate() {
        let alone = unpaired.get(index).copied().unwrap_or(false);
        match piece {
            Piece::Tag(Tag::Details, _) if open.len() >= DEEPEST => surplus += usize::from(!alone),
            Piece::Tag(Tag::Details, line) => open.push(Open {
                line,
                ends_at: alone.then_some(heading_level.max(SECTION)),
                in_summary: false,
                summary: Vec::new(),
                blocks: Vec::new(),
            }),
            Piece::Tag(Tag::DetailsEnd, _) if alone => {}
            Piece::Tag(Tag::DetailsEnd, _) if surplus > 0 => surplus -= 1,
            Piece::Tag(Tag::DetailsEnd, _) => close_last(&mut open, &mut done),
            Piece::Tag(Tag::Summary, _) => {
                if let Some(open) = open.last_mut() {
                    open.in_summary = true;
                }
            }
            Piece::Tag(Tag::SummaryEnd, _) => {
                if let Some(open) = open.last_mut() {
                    open.in_summary = false;
                }
            }
            Piece::Block(block) => {
                if let Block::Heading { level, .. } = &block {
                    while open.last().and_then(|open| open.ends_at) >= Some(*level) {
                        close_last(&mut open, &mut done);
                    }
                    if open.is_empty() {
                        heading_level = *level;
                    }
                }
                put(block, &mut open, &mut done);
            }
        }
    }
    while !open.is_empty() {
        close_last(&mut open, &mut done);
    }
    done
}

fn close_last(open: &mut Vec<Open>, done: &mut Vec<Block>) {
    if let Some(last) = open.pop() {
        for block in last.close() {
            put(block, open, done);
        }
    }
}

fn put(block: Block, open: &mut [Open], done: &mut Vec<Block>) {
    match open.last_mut() {
        Some(open) => open.add(block),
        None => done.push(block),
    }
}
