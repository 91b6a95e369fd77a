//! How an operation changes what is known about a stream: the stream is found, and all of the change is made or nothing.

use bytes::Bytes;

use super::{Context, Target};
use crate::server::refusals::Refusal;
use crate::server::store::{Changes, Head, Store};

/// Changes the settings of a stream, which may depend on what else is in the store.
pub fn change(
    context: &Context,
    target: &Target,
    change: impl FnOnce(&mut Head, &Store) -> Result<(), Refusal>,
) -> Result<Bytes, Refusal> {
    let mut store = context.store();
    let stream = store
        .stream(context.region, &target.name)
        .ok_or_else(|| Refusal::stream_not_found(&target.called))?;
    let mut head = stream.head().clone();
    change(&mut head, &store)?;
    store.commit(Changes {
        heads: vec![head],
        ..Changes::default()
    })?;
    Ok(Bytes::new())
}
