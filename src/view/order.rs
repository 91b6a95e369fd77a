//! How the proof of the order per key stands, on the screen.

use super::Ink;
use super::fit::{Row, cells, cut};
use crate::app::order;

/// What is proven, and what is not promised.
pub(super) const MEANING: &str = "Proven is that reading order = stream order. Two puts on their way at once have no order to keep, and what a batch tries again lies behind its successors.";

/// The proof in at most `width` cells, what else is known of it where there is room; none before there is one.
pub(super) fn row<'a>(ink: &Ink<'_>, width: usize) -> Option<Row<'a>> {
    let forms = order::words(&ink.model.proof.order)?;
    let (mark, style) = match ink.model.proof.order.violated {
        0 => ("✓ ", ink.styles.done),
        _ => ("✗ ", ink.styles.wrong),
    };
    let room = width.saturating_sub(cells(mark));
    let fits = forms.iter().find(|words| cells(words) <= room);
    let words = cut(fits.unwrap_or(&forms[2]), room).into_owned();
    Some(Row::new().text(mark, style).text(words, ink.styles.base))
}

/// Whether there is something in it that the consumer's panel says by itself: an order over a split or a merge, or one
/// that was broken.
pub(super) fn is_news(ink: &Ink<'_>) -> bool {
    let order = &ink.model.proof.order;
    !order.splits.is_empty() || !order.merges.is_empty() || order.violated > 0
}
