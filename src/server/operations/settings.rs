//! How an operation changes what is known about a stream: the stream is found, and all of the change is made or nothing.

use bytes::Bytes;

use super::{Context, Target};
use crate::server::refusals::Refusal;
use crate::server::store::{Change, Changes, Head, Status, Store, Transition};

/// Changes the settings of an ACTIVE stream, which may depend on what else is in the store. They hold at once; the stream
/// is UPDATING for as long as changes take.
pub fn change(
    context: &Context,
    target: &Target,
    change: impl FnOnce(&mut Head, &Store) -> Result<(), Refusal>,
) -> Result<Bytes, Refusal> {
    change_in_any_state(context, target, |head, store| {
        let status = head.status();
        if status != Status::Active {
            return Err(Refusal::not_active(&target.called, status));
        }
        change(head, store)?;
        head.transition = Transition::to(Change::Update(Vec::new()), context.timing, context.now);
        Ok(())
    })
}

/// As [`change`], whatever the stream is on its way to, and without leaving that way.
pub fn change_in_any_state(
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
