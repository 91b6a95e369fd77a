//! HTML among markdown: the tags of details bracket blocks, `<br>` ends a line, `<b>` and `<i>` are styles, comments are
//! the author's, all else is text.

use std::ops::Range;

use super::super::details::{Piece, Tag, find_tag};
use super::super::document::Inline;
use super::super::source_lines::SourceLines;
use super::{Builder, Place, pieces};
use crate::printable::printable;

impl Builder<'_> {
    pub(super) fn inline_html(&mut self, html: &str) {
        if let (Place::Paragraph, Some((tag, 0, _))) = (&self.place, find_tag(html)) {
            return self.part_at(tag);
        }
        if html.starts_with("<!--") {
            return;
        }
        let name = tag_name(html);
        let text = printable(&html.replace(['\t', '\n'], " ")).into_owned();
        let styles = match html.starts_with("</") {
            true => self.text.end_tag(name),
            false => self.text.begin_tag(name, &text),
        };
        match styles {
            true => {}
            false if name.eq_ignore_ascii_case("br") => self.text.push(Inline::LineBreak),
            false => self.text.push_text(&text),
        }
    }

    /// Ends the paragraph at a tag; styles that are open go on behind it.
    fn part_at(&mut self, tag: Tag) {
        let styles = self.text.end_all();
        self.end_paragraph();
        self.put(Piece::Tag(tag, self.line()));
        self.text.begin_all(styles);
    }

    /// A block of HTML that begins at this byte.
    pub(super) fn html_block(&mut self, html: &str, at: usize) {
        let html = without_comments(html);
        let lines = self.lines.of_part(at, &html);
        let mut done = 0;
        let mut tagged = false;
        while let Some((tag, start, end)) = find_tag(&html[done..]) {
            tagged = true;
            self.markdown_inside(&html, done..done + start, &lines);
            self.put(Piece::Tag(tag, lines.number_at(done + start)));
            done += end;
        }
        if tagged {
            self.markdown_inside(&html, done..html.len(), &lines);
        } else {
            for line in html.trim().lines() {
                self.text.push_text(&printable(&line.replace('\t', " ")));
                self.text.push(Inline::LineBreak);
            }
            self.end_paragraph();
        }
    }

    /// What stands between the tags of a bracket is markdown, even if no blank line says so.
    fn markdown_inside(&mut self, html: &str, bytes: Range<usize>, lines: &SourceLines) {
        let text = &html[bytes.clone()];
        if !text.trim().is_empty() {
            for piece in pieces(text, &lines.of_part(bytes.start, text)) {
                self.put(piece);
            }
        }
    }
}

fn tag_name(html: &str) -> &str {
    let name = html.trim_start_matches(['<', '/']);
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    &name[..end]
}

/// HTML without its comments: they are the author's, and may hold what a learner should not see yet.
fn without_comments(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find("<!--")
        && let Some(length) = rest[start..].find("-->")
    {
        out.push_str(&rest[..start]);
        rest = &rest[start + length + 3..];
    }
    out.push_str(rest);
    out
}
