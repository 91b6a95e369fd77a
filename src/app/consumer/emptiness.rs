//! Why the consumer panel shows no record, in words.

use super::{Reader, ReaderState, kept_reading};
use crate::app::model::Model;
use crate::app::streams::Presence;
use crate::kinesis::StartPosition;
use crate::progress::readings::Reading;

/// When checkpoints were written, as a time of day.
fn at(model: &Model, kept: &Reading) -> String {
    let at = kept.written_at.with_timezone(&model.zone);
    at.format("%H:%M:%S").to_string()
}

/// Why no record is shown, and which key changes that. `None` while records are shown.
pub fn why_empty(model: &Model) -> Option<String> {
    let consumer = &model.consumer;
    if consumer.gaze.end(&consumer.log) > consumer.log.first() {
        return None;
    }
    if !consumer.log.is_empty() {
        return Some("The view was frozen before the first record came. Space thaws it.".into());
    }
    let Some(selected) = &model.streams.selected else {
        return Some(match model.lesson_stream() {
            Some(lesson) => format!("{lesson} is not there yet. D creates it."),
            None => "There is no stream yet. D creates one.".into(),
        });
    };
    let written = model.streams.count(&selected.name).held();
    let wait = match written {
        // What others have written is known on the embedded server only.
        0 if !model.feeds() => String::new(),
        0 => " The stream is empty so far.".into(),
        1 => " 1 record waits in the stream.".into(),
        n => format!(" {n} records wait in the stream."),
    };
    let readers = &consumer.readers;
    Some(match &selected.presence {
        Presence::Gone => "The stream is gone. D creates it anew.".into(),
        Presence::Unknown(error) => {
            format!("The stream cannot be seen: {}. It is asked for again by itself.", error.name())
        }
        Presence::Asked => "The endpoint is asked for the stream.".into(),
        Presence::Described(description) if description.status == "DELETING" => {
            "The stream is DELETING: nothing more is read from it.".into()
        }
        Presence::Described(description) if description.status == "CREATING" => {
            "The stream is CREATING: reading begins when it is ACTIVE.".into()
        }
        _ if !consumer.running => match kept_reading(model) {
            None => format!("Nobody reads in this panel.{wait} c starts a consumer."),
            Some(kept) if consumer.resume => {
                format!("Nobody reads in this panel. c goes on from the checkpoints of {}.", at(model, kept))
            }
            Some(kept) => format!(
                "Nobody reads in this panel. c reads from {}; t, checkpoint goes on where the workers were at {}.",
                consumer.start.word(),
                at(model, kept)
            ),
        },
        _ if consumer.workers == 0 => {
            "No worker is left. W adds one; it reads when the leases of the dead have expired.".into()
        }
        _ if readers.is_empty() => {
            "The endpoint lists no shard of it yet. It is asked again by itself.".into()
        }
        _ if readers.iter().any(Reader::retries) => {
            "The last call failed; it is tried again by itself.".into()
        }
        _ if readers.iter().all(|r| matches!(r.state, ReaderState::Refused(_))) => {
            "No shard knows that number. t chooses another start.".into()
        }
        _ if readers.iter().any(|r| !r.answered() && r.is_open() && r.state != ReaderState::Queued) => {
            "The first answer is on its way.".into()
        }
        _ if readers.iter().any(|r| r.behind.is_some_and(|behind| behind > 0)) => {
            "The pages so far were empty, but they lie behind the tip: reading goes on by itself.".into()
        }
        _ if consumer.resume && readers.iter().any(|r| r.last.is_some() || r.is_done()) => {
            "All up to the checkpoints is done, and nothing came since. s sends an event; t, TRIM_HORIZON reads all again.".into()
        }
        _ => match &consumer.start {
            StartPosition::Latest if written == 1 => {
                "LATEST begins after the newest record. 1 older one is there: t, TRIM_HORIZON reads it. s sends one.".into()
            }
            StartPosition::Latest if written > 1 => format!(
                "LATEST begins after the newest record. {written} older ones are there: t, TRIM_HORIZON reads them. s sends one."
            ),
            StartPosition::Latest => "LATEST waits for what comes from now on. s sends one.".into(),
            StartPosition::TrimHorizon => {
                "The stream is empty: nothing to read yet. s sends the first event.".into()
            }
            StartPosition::AtTimestamp(_) => {
                "No record arrived at that time or later. t chooses another start.".into()
            }
            _ => "No record lies at or after that number in these shards. t chooses another start."
                .into(),
        },
    })
}
