//! The code blocks of the open page: which one is at hand, and what can be done with it: copy it, write it, edit it.

use std::path::Path;

use super::lesson_pane::LessonPane;
use super::message::Effect;
use super::model::{Model, Outcome, Tone};
use super::overlay::{Confirm, Overlay};
use super::program_pane::{self, SourceFile, Writing, Written};
use super::steps_pane;
use super::wire_marks;
use crate::lesson::{self, Block, CodeBlock, TextLine};

/// The longest text that is given to the terminal's clipboard, in bytes: terminals drop what is longer.
pub(super) const LONGEST_COPY: usize = 64 * 1024;

/// A code block as it stands on the open page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageBlock {
    /// Its language.
    pub language: String,
    /// The file it belongs into.
    pub file: Option<String>,
    /// Its source, byte for byte.
    pub source: String,
    /// What it says to run, if it is a command.
    pub command: Option<String>,
    /// Its first row among the page's lines.
    pub row: usize,
    /// How many rows it has.
    pub rows: usize,
    /// How many of its rows stand above its first line of code: its file's name may need one.
    pub above: usize,
    /// The operations that each line of code calls.
    pub calls: Vec<Vec<&'static str>>,
}

/// The blocks of a page that is laid out in these lines.
pub(super) fn of(blocks: &[Block], folded: bool, lines: &[TextLine]) -> Vec<PageBlock> {
    let shown: Vec<Block> = blocks
        .iter()
        .filter(|block| !(folded && matches!(block, Block::Details { .. })))
        .cloned()
        .collect();
    lesson::code_blocks(&shown)
        .iter()
        .enumerate()
        .filter_map(|(index, block)| on_page(index, block, lines))
        .collect()
}

fn on_page(index: usize, block: &CodeBlock<'_>, lines: &[TextLine]) -> Option<PageBlock> {
    let row = lines.iter().position(|line| line.code == Some(index))?;
    let rows = lines[row..]
        .iter()
        .take_while(|line| line.code == Some(index))
        .count();
    let calls = wire_marks::calls(block.language, block.source);
    Some(PageBlock {
        language: block.language.to_owned(),
        file: block.file.map(str::to_owned),
        source: block.source.to_owned(),
        command: lesson::command(block),
        row,
        rows,
        above: rows.saturating_sub(calls.len()),
        calls,
    })
}

impl LessonPane {
    /// The block at hand: the one that was chosen, else the first command, else the first block. An index into
    /// [`LessonPane::blocks`].
    pub fn block_at_hand(&self) -> Option<usize> {
        let chosen = self.block.filter(|block| *block < self.blocks.len());
        chosen
            .or_else(|| self.blocks.iter().position(|block| block.command.is_some()))
            .or((!self.blocks.is_empty()).then_some(0))
    }

    /// Whether the open page has code that belongs into files.
    pub fn has_files(&self) -> bool {
        self.blocks.iter().any(|block| block.file.is_some())
    }

    /// What `r` runs: the command at hand, else the first of the page.
    pub fn script(&self) -> Option<String> {
        let at_hand = self.block_at_hand().map(|block| &self.blocks[block]);
        at_hand
            .and_then(|block| block.command.clone())
            .or_else(|| self.blocks.iter().find_map(|block| block.command.clone()))
    }
}

/// Chooses the next block of the page, or the one before, and brings it into sight.
pub(super) fn step(model: &mut Model, by: isize) {
    let pane = &mut model.lesson;
    let Some(last) = pane.blocks.len().checked_sub(1) else {
        return model.say(Tone::Plain, "There is no code on this page.".into());
    };
    let to = match pane.block {
        Some(at) => at.saturating_add_signed(by).min(last),
        None if by < 0 => last,
        None => 0,
    };
    pane.block = Some(to);
    let block = &pane.blocks[to];
    let (first, end) = (block.row, block.row + block.rows);
    let rows = pane.rows();
    if first < pane.scroll || end > pane.scroll + rows {
        // Whole if it fits, from its first line if not; a line of what leads to it stays above.
        let top = match end - first < rows {
            true => end.saturating_sub(rows).max(first.saturating_sub(1)),
            false => first,
        };
        pane.scroll_to(top);
    }
}

fn at_hand(model: &mut Model) -> Option<PageBlock> {
    let block = model.lesson.block_at_hand();
    if block.is_none() {
        model.say(Tone::Plain, "There is no code on this page.".into());
    }
    block.map(|block| model.lesson.blocks[block].clone())
}

/// Copies the block at hand: its source, or the command without its prompt.
pub(super) fn copy(model: &mut Model, out: &mut Outcome) {
    let Some(block) = at_hand(model) else {
        return;
    };
    let text = block.command.unwrap_or(block.source);
    if text.len() > LONGEST_COPY {
        let words = "That is too long for a terminal's clipboard; w writes it to its file.";
        return model.say(Tone::Nearly, words.into());
    }
    let what = match block.file {
        Some(file) => file,
        None => format!("{} lines", text.lines().count()),
    };
    out.effects.push(Effect::Copy(text));
    let words = format!("{what}: sent to the terminal; if pasting gives nothing, press w.");
    model.say(Tone::Plain, words);
}

/// The file of the block at hand, or why there is none.
fn file_at_hand(model: &mut Model) -> Option<SourceFile> {
    let mut block = at_hand(model)?;
    // A command has no file: what it runs is not on this page, or another block of it.
    if block.file.is_none()
        && model.lesson.block.is_none()
        && let Some(named) = model
            .lesson
            .blocks
            .iter()
            .find(|block| block.file.is_some())
    {
        block = named.clone();
    }
    let Some(name) = block.file else {
        let words = match block.command {
            Some(_) => "A command has no file: r runs it, y copies it.",
            None => "This block names no file, so there is none to write; y copies it.",
        };
        model.say(Tone::Nearly, words.into());
        return None;
    };
    Some(SourceFile {
        name,
        content: block.source,
    })
}

/// Writes the block at hand under its file name into the work folder.
pub(super) fn write(model: &mut Model, out: &mut Outcome) {
    if let Some(file) = file_at_hand(model) {
        write_into(&model.places.work, file, false, out);
    }
}

/// Opens the block's file in the learner's editor; it is written first where it is not there.
pub(super) fn edit(model: &mut Model, out: &mut Outcome) {
    if model.program.goes_on() {
        return program_pane::ask_to_end(model);
    }
    let Some(file) = file_at_hand(model) else {
        return;
    };
    if model.places.editor.is_none() {
        let words = "No editor is found: set EDITOR (export EDITOR=nano) and start the lab again. w writes the file.";
        return model.say(Tone::Nearly, words.into());
    }
    write_into(&model.places.work, file, true, out);
}

/// Writes a file into the work folder, and opens it in the learner's editor if that is wanted; another version is asked for.
pub(super) fn write_into(work: &Path, file: SourceFile, then_edit: bool, out: &mut Outcome) {
    let writing = Writing {
        work: work.to_owned(),
        file,
        replace: false,
        then_edit,
    };
    out.effects.push(Effect::WriteFile(Box::new(writing)));
}

/// A file was written, or not.
pub(super) fn written(
    model: &mut Model,
    writing: Writing,
    result: Result<Written, String>,
    out: &mut Outcome,
) {
    out.changed = true;
    let name = writing.file.name.clone();
    let path = writing.work.join(&name).display().to_string();
    let of_this_lesson = writing.work == model.places.work;
    if of_this_lesson && matches!(result, Ok(Written::New | Written::Replaced | Written::Same)) {
        steps_pane::file_written(model, &name, model.now);
    }
    // Its name first: a long folder is cut at its end.
    let folder = Path::new(&path).parent().unwrap_or(Path::new("."));
    let placed = format!("{name}, in {}", folder.display());
    match result {
        Err(why) => model.say(Tone::Wrong, format!("{name} is not written: {why}")),
        // The learner's own version is the one to edit.
        Ok(_) if writing.then_edit => program_pane::edit_file(model, name, out),
        Ok(Written::New) => model.say(Tone::Done, format!("Written: {placed}")),
        Ok(Written::Replaced) => model.say(Tone::Done, format!("Replaced: {placed}")),
        Ok(Written::Same) => {
            let words = format!("It is there already, byte for byte: {placed}");
            model.say(Tone::Plain, words);
        }
        Ok(Written::Differs(other)) => {
            if model.overlay.is_none() {
                model.overlay = Some(Overlay::Confirm(Confirm::ReplaceFile {
                    writing: Box::new(writing),
                    other,
                }));
            }
        }
    }
}
