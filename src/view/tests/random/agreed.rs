//! What the learner of a random run agreed to on AWS, and that nothing else is written there.

use super::World;
use crate::app::message::{Put, Request};
use crate::app::{ConnectionKind, reshard};

/// What the learner agreed to on AWS.
#[derive(Default)]
pub(super) struct Agreed {
    pub to_write: bool,
    pub to_streams: Vec<String>,
    pub created: Vec<String>,
    pub changes: Vec<(String, reshard::StreamChange)>,
    /// Streams that are not those any more to which it was agreed; the lab cannot know before it is told.
    pub stale: Vec<String>,
    pub written_down: Vec<String>,
    pub saving: std::collections::VecDeque<Vec<String>>,
}

impl World {
    /// Nothing is written on AWS that was not agreed to.
    pub(super) fn check(&self, request: &Request) {
        if self.model.connection.kind != ConnectionKind::Aws {
            return;
        }
        let agreed = &self.agreed;
        match request {
            Request::CreateStream { stream, .. } => {
                assert!(
                    agreed.to_write && agreed.written_down.contains(stream),
                    "{request:?}"
                );
            }
            Request::PutRecord(Put { stream, .. }) => {
                let may = agreed.created.contains(stream) || agreed.to_streams.contains(stream);
                assert!(agreed.to_write && may, "{request:?}");
            }
            Request::PutRecords(batch) => {
                let (to, own) = (&agreed.to_streams, &agreed.created);
                let may = own.contains(&batch.stream) || to.contains(&batch.stream);
                assert!(agreed.to_write && may, "{request:?}");
            }
            Request::DeleteStream(stream) => {
                assert!(agreed.created.contains(stream), "{request:?}");
            }
            Request::ChangeStream { stream, change } => {
                let change = (stream.clone(), change.clone());
                assert!(agreed.changes.contains(&change), "{request:?}");
            }
            _ => {}
        }
    }

    /// The lab is told what became of a stream.
    pub(super) fn told_of(&mut self, name: &str) {
        let agreed = &mut self.agreed;
        if agreed.stale.iter().any(|stale| stale == name) {
            for streams in [
                &mut agreed.created,
                &mut agreed.to_streams,
                &mut agreed.stale,
            ] {
                streams.retain(|stream| stream != name);
            }
        }
    }
}
