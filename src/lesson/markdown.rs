//! Markdown text to blocks. Knows the dialect's lines and brackets, but nothing of sections, steps or questions.

mod html;

use pulldown_cmark::{
    BlockQuoteKind, CodeBlockKind, Event, LinkType, Options, Parser, Tag as Start, TagEnd,
};

use super::details::{self, Piece};
use super::document::{Block, Inline, Item, plain};
use super::file_names;
use super::running_text::{RunningText, Style};
use super::source_lines::SourceLines;
use crate::printable::printable;

/// Containers inside containers deeper than this are opened flat: no lesson means them, and blocks nest on the stack.
const DEEPEST: usize = 24;

/// The blocks of a markdown text whose line ends are `\n` and whose first line has this number in its file. Never fails:
/// what is no markdown is text.
pub fn blocks(markdown: &str, first_line: usize) -> Vec<Block> {
    let (markdown, lines) = details::set_apart(markdown, first_line);
    details::fold_document(pieces(&markdown, &lines))
}

fn pieces(markdown: &str, lines: &SourceLines) -> Vec<Piece> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_GFM
        | Options::ENABLE_FOOTNOTES;
    let mut builder = Builder::new(lines);
    for (event, bytes) in Parser::new_ext(markdown, options).into_offset_iter() {
        builder.at = bytes.start;
        builder.take(event);
    }
    builder.finish()
}

/// A block that holds blocks, while it is read.
struct Container {
    kind: Kind,
    pieces: Vec<Piece>,
}

enum Kind {
    Document,
    Quote(Option<BlockQuoteKind>),
    List {
        start: Option<u64>,
        loose: bool,
        items: Vec<Item>,
    },
    Item {
        task: Option<bool>,
    },
    Footnote(String),
}

/// Where running text ends up.
enum Place {
    Paragraph,
    Heading(u8, usize),
    Cell,
    Code {
        line: usize,
        language: String,
        file: Option<String>,
    },
    /// From this byte on.
    Html(usize),
}

#[derive(Default)]
struct Table {
    head: Vec<Vec<Inline>>,
    rows: Vec<Vec<Vec<Inline>>>,
    in_head: bool,
}

struct Builder<'a> {
    lines: &'a SourceLines,
    /// Where the event stands that is taken.
    at: usize,
    /// Never empty: the document is at the bottom.
    containers: Vec<Container>,
    /// Containers that were too deep to be opened.
    flattened: usize,
    text: RunningText,
    place: Place,
    /// The text of code or HTML.
    raw: String,
    table: Table,
}

impl<'a> Builder<'a> {
    fn new(lines: &'a SourceLines) -> Self {
        Self {
            lines,
            at: 0,
            containers: vec![Container {
                kind: Kind::Document,
                pieces: Vec::new(),
            }],
            flattened: 0,
            text: RunningText::default(),
            place: Place::Paragraph,
            raw: String::new(),
            table: Table::default(),
        }
    }

    fn finish(mut self) -> Vec<Piece> {
        self.end_paragraph();
        self.containers
            .pop()
            .map(|document| document.pieces)
            .unwrap_or_default()
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match self.place {
                Place::Code { .. } | Place::Html(_) => self.raw.push_str(&text),
                _ => self.text.push_text(&printable(&text.replace('\t', " "))),
            },
            Event::Html(text) => self.raw.push_str(&text),
            Event::InlineHtml(tag) => self.inline_html(&tag),
            Event::Code(code) => {
                let code = printable(&code.replace(['\t', '\n'], " ")).into_owned();
                self.text.push(Inline::Code(code));
            }
            Event::SoftBreak => self.text.push_text("\n"),
            Event::HardBreak => self.text.push(Inline::LineBreak),
            Event::FootnoteReference(label) => {
                self.text.push_text(&format!("[{}]", printable(&label)))
            }
            Event::TaskListMarker(ticked) => {
                if let Some(Kind::Item { task }) = self.kind() {
                    *task = Some(ticked);
                }
            }
            Event::Rule => {
                self.end_paragraph();
                self.put(Piece::Block(Block::Rule));
            }
            // Mathematics is not switched on.
            Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text.push_text(&printable(&text))
            }
        }
    }

    fn start(&mut self, tag: Start<'_>) {
        match tag {
            Start::Paragraph => {
                self.end_paragraph();
                self.loosen();
            }
            Start::Heading { level, .. } => {
                self.end_paragraph();
                self.place = Place::Heading(level as u8, self.line());
            }
            Start::CodeBlock(kind) => {
                self.end_paragraph();
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.place = Place::Code {
                    line: self.line(),
                    language: file_names::language(&info),
                    file: file_names::in_info(&info),
                };
            }
            Start::HtmlBlock => {
                self.end_paragraph();
                self.place = Place::Html(self.at);
            }
            Start::BlockQuote(kind) => self.open(Kind::Quote(kind)),
            Start::List(start) => self.open(Kind::List {
                start,
                loose: false,
                items: Vec::new(),
            }),
            Start::Item => self.open(Kind::Item { task: None }),
            Start::FootnoteDefinition(label) => {
                self.open(Kind::Footnote(printable(&label).into_owned()));
            }
            Start::Table(_) => {
                self.end_paragraph();
                self.table = Table::default();
            }
            Start::TableHead => self.table.in_head = true,
            Start::TableRow => self.table.rows.push(Vec::new()),
            Start::TableCell => self.place = Place::Cell,
            Start::Emphasis => self.text.begin(Style::Emphasis),
            Start::Strong => self.text.begin(Style::Strong),
            Start::Strikethrough => self.text.begin(Style::Struck),
            Start::Link {
                link_type,
                dest_url,
                ..
            } => {
                let address = printable(&dest_url).into_owned();
                self.text.begin(Style::Link(match link_type {
                    LinkType::Email => format!("mailto:{address}"),
                    _ => address,
                }));
            }
            Start::Image { dest_url, .. } => {
                self.text
                    .begin(Style::Link(printable(&dest_url).into_owned()));
            }
            // Not switched on.
            Start::DefinitionList
            | Start::DefinitionListTitle
            | Start::DefinitionListDefinition
            | Start::Superscript
            | Start::Subscript
            | Start::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(_) => {
                let text = self.text.take();
                if let Place::Heading(level, line) =
                    std::mem::replace(&mut self.place, Place::Paragraph)
                {
                    self.put(Piece::Block(Block::Heading { line, level, text }));
                }
            }
            TagEnd::CodeBlock => {
                let source = std::mem::take(&mut self.raw);
                if let Place::Code {
                    line,
                    language,
                    file,
                } = std::mem::replace(&mut self.place, Place::Paragraph)
                {
                    self.put(Piece::Block(Block::Code {
                        line,
                        language,
                        file,
                        source,
                    }));
                }
            }
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.raw);
                if let Place::Html(at) = std::mem::replace(&mut self.place, Place::Paragraph) {
                    self.html_block(&html, at);
                }
            }
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::FootnoteDefinition => {
                self.close();
            }
            TagEnd::TableCell => {
                self.place = Place::Paragraph;
                let cell = self.text.take();
                if self.table.in_head {
                    self.table.head.push(cell);
                } else if let Some(row) = self.table.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::TableHead => self.table.in_head = false,
            TagEnd::Table => {
                let Table { head, rows, .. } = std::mem::take(&mut self.table);
                self.put(Piece::Block(Block::Table { head, rows }));
            }
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image => self.text.end(),
            TagEnd::TableRow
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// The line of the event that is taken, in the file.
    fn line(&self) -> usize {
        self.lines.number_at(self.at)
    }

    // Containers

    fn kind(&mut self) -> Option<&mut Kind> {
        self.containers
            .last_mut()
            .map(|container| &mut container.kind)
    }

    fn put(&mut self, piece: Piece) {
        if let Some(container) = self.containers.last_mut() {
            container.pieces.push(piece);
        }
    }

    fn open(&mut self, kind: Kind) {
        self.end_paragraph();
        // An item is opened exactly where its list was.
        let too_deep = self.containers.len() >= DEEPEST && !matches!(kind, Kind::Item { .. });
        if self.flattened > 0 || too_deep {
            self.flattened += 1;
        } else {
            self.containers.push(Container {
                kind,
                pieces: Vec::new(),
            });
        }
    }

    fn close(&mut self) {
        self.end_paragraph();
        if self.flattened > 0 {
            self.flattened -= 1;
            return;
        }
        let Some(Container { kind, pieces }) = self.containers.pop() else {
            return;
        };
        let (mut blocks, rest) = match kind {
            // Its pieces are what its items gave back: they stand after it.
            Kind::List { .. } => (Vec::new(), pieces),
            _ => details::fold(pieces),
        };
        match kind {
            Kind::Document => {}
            Kind::Quote(kind) => {
                if let Some(kind) = kind {
                    let line = self.line();
                    let text = vec![Inline::Text(alert(kind).into())];
                    blocks.insert(
                        0,
                        Block::Heading {
                            line,
                            level: 6,
                            text,
                        },
                    );
                }
                self.put(Piece::Block(Block::Quote(blocks)));
            }
            Kind::List {
                start,
                loose,
                items,
            } => self.put(Piece::Block(Block::List {
                start,
                loose,
                items,
            })),
            Kind::Item { task } => {
                if let Some(Kind::List { items, .. }) = self.kind() {
                    items.push(Item { task, blocks });
                }
            }
            Kind::Footnote(label) => {
                let label = Inline::Text(format!("[{label}] "));
                match blocks.first_mut() {
                    Some(Block::Paragraph(text)) => text.insert(0, label),
                    _ => blocks.insert(0, Block::Paragraph(vec![label])),
                }
                for block in blocks {
                    self.put(Piece::Block(block));
                }
            }
        }
        for piece in rest {
            self.put(piece);
        }
    }

    /// A paragraph that stands in an item as a paragraph was parted from others by a blank line.
    fn loosen(&mut self) {
        if let [.., list, item] = &mut self.containers[..]
            && let (Kind::List { loose, .. }, Kind::Item { .. }) = (&mut list.kind, &item.kind)
        {
            *loose = true;
        }
    }

    // Running text

    fn end_paragraph(&mut self) {
        let text = self.text.take();
        if !plain(&text).trim().is_empty() {
            self.put(Piece::Block(Block::Paragraph(text)));
        }
    }
}

fn alert(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "Note",
        BlockQuoteKind::Tip => "Tip",
        BlockQuoteKind::Important => "Important",
        BlockQuoteKind::Warning => "Warning",
        BlockQuoteKind::Caution => "Caution",
    }
}
