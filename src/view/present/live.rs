//! Producer and consumer in a few large lines.

use super::super::Ink;
use super::super::canvas::Canvas;
use super::super::count::grouped;
use super::super::fit::{Row, cut};
use super::super::shard;
use super::facts::{self, Fact};
use super::pen::Pen;
use super::title;
use crate::app::lanes::{Caret, Doing, carets};
use crate::app::producer::{rate, ring::ring};

/// The producer under its name.
pub(super) fn producer(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let top = title(ink, canvas, pen, "Producer", "");
    let height = canvas.height();
    let facts = produced(ink, pen);
    facts::draw(ink, &mut canvas.rows(top..height), &facts, pen);
}

/// The consumer under its name.
pub(super) fn consumer(ink: &Ink<'_>, canvas: &mut Canvas<'_>, pen: Pen) {
    let top = title(ink, canvas, pen, "Consumer", "");
    let height = canvas.height();
    let lines = height.saturating_sub(top) / (pen.rows() + 1);
    let facts = consumed(ink, lines.saturating_sub(2));
    facts::draw(ink, &mut canvas.rows(top..height), &facts, pen);
}

/// The event at hand and where it goes, what was sent, and the last that was.
fn produced<'a>(ink: &Ink<'_>, pen: Pen) -> Vec<Fact<'a>> {
    // Names take a third of a line.
    let room = pen.columns().saturating_sub(16);
    let styles = &ink.styles;
    let model = ink.model;
    let producer = &model.producer;
    let (key, data) = producer.preview();
    let goes_to = match ring(model, &key, producer.hash_key()).shard {
        Some(id) => Row::new().text(format!("shard {}", id.short()), shard::words(ink, &id)),
        None => Row::new().text("no stream yet", styles.strong),
    };
    let sent = producer.written.iter().sum::<u64>();
    let refused = match producer.refused {
        0 => Row::new(),
        n => Row::new().text(format!("and {} refused", grouped(n)), styles.wrong),
    };
    let last = producer.log.iter().next_back().map(|(_, line)| line);
    let last = match last {
        Some(line) => {
            let key = cut(line.key.as_deref().unwrap_or("events"), 20).into_owned();
            let row = Row::new().text(key, styles.strong);
            match &line.result {
                Ok((id, _)) => row
                    .text(" is in ", styles.base)
                    .text(format!("shard {}", id.short()), shard::words(ink, id)),
                Err((name, _)) => row
                    .text(" was not stored: ", styles.base)
                    .text(cut(name, 24).into_owned(), styles.wrong),
            }
        }
        None => Row::new().text("nothing yet", styles.base),
    };
    let auto = match producer.auto.next_at.is_some() {
        true => format!("on, {} a second", rate(model)),
        false => "off".into(),
    };
    vec![
        Fact::new(
            "key",
            Row::new().text(cut(&key, room).into_owned(), styles.accent),
        ),
        Fact::new(
            "data",
            Row::new().text(cut(&data, room).into_owned(), styles.base),
        ),
        Fact::new("goes to", goes_to),
        Fact::counted(ink, "sent", grouped(sent), refused),
        Fact::new("last", last),
        Fact::new("auto", Row::new().text(auto, styles.base)),
    ]
}

/// Who reads, from where; what each shard's reader was given and has before it; the newest record.
pub(super) fn consumed<'a>(ink: &Ink<'_>, room: usize) -> Vec<Fact<'a>> {
    let styles = &ink.styles;
    let model = ink.model;
    let consumer = &model.consumer;
    let workers = match consumer.workers {
        1 => "1 worker".to_owned(),
        n => format!("{n} workers"),
    };
    let reads = match (consumer.running, consumer.readers.is_empty()) {
        (true, _) => format!("{workers} from {}", consumer.start_word()),
        (false, true) => "nobody yet".into(),
        (false, false) => "stopped; the records stay".into(),
    };
    let mut facts = vec![Fact::new("reads", Row::new().text(reads, styles.strong))];
    let carets = carets(model);
    let own = carets.iter().filter(|caret| caret.own);
    let left_out = own.clone().count().saturating_sub(room.max(1));
    for (caret, reader) in own.zip(&consumer.readers).take(room.max(1)) {
        let again = match reader.repeats {
            0 => String::new(),
            n => format!(", {} again", grouped(n)),
        };
        let words = format!("read{again}, {}", ahead(ink, caret));
        let row = Row::new().text(words, styles.base);
        let name = format!("shard {}", reader.shard.short());
        facts.push(Fact::counted(ink, &name, grouped(reader.read), row));
    }
    if left_out > 0 {
        let words = format!("and {left_out} shards more");
        facts.push(Fact::new("", Row::new().text(words, styles.base)));
    }
    let newest = consumer.log.iter().next_back().map(|(_, shown)| shown);
    let newest = match newest {
        Some(shown) => {
            let key = cut(&shown.record.key, 20);
            Row::new()
                .text(format!("[{key}]"), shard::words(ink, &shown.shard))
                .text(format!(" from shard {}", shown.shard.short()), styles.base)
        }
        None => Row::new().text("no record yet", styles.base),
    };
    facts.push(Fact::new("newest", newest));
    facts
}

/// What a reader has still to work on, fetched or not, and whether it does anything about it.
fn ahead(ink: &Ink<'_>, caret: &Caret) -> String {
    let lane = ink.model.lanes.of(&caret.shard);
    let ahead = lane.map_or(0, |lane| caret.ahead(lane).records);
    let ahead = match ahead + caret.waiting as u64 {
        0 => "nothing ahead".to_owned(),
        n => format!("{} ahead", grouped(n)),
    };
    match caret.doing {
        Doing::Reads | Doing::EmptyPage | Doing::Stopped => ahead,
        Doing::Waits => "waits for its parents".into(),
        Doing::Free => format!("{ahead}, no worker"),
        Doing::Fails => format!("{ahead}, tries again"),
        Doing::Refused => format!("{ahead}, refused"),
        Doing::Ended => "closed and read to its end".into(),
    }
}
