//! Reads the bodies of requests, in bounded memory and time.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// The largest body: 10 MiB of records make 14 MB of base64, and keys and names come on top.
pub const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// How much memory the larger bodies of all connections share. One that finds no room waits for it.
pub const SHARED_BYTES: usize = 4 * MAX_BODY_BYTES;

/// How much of its bodies each connection may keep beside that, so that small requests wait for nobody else's large
/// ones; and how much of it a body may take.
pub const OWN_BYTES: usize = 128 * 1024;
const SMALL_BYTES: usize = 64 * 1024;

/// How long a body may take to come, and again from when there is room for a large one. It comes from this machine.
const TIME: Duration = Duration::from_secs(10);

/// Why there is no body.
pub enum Unread {
    TooLarge,
    TooSlow,
    Broken,
}

/// A body, and the room it takes.
pub struct Read<'r> {
    pub bytes: Bytes,
    _own: SemaphorePermit<'r>,
    _shared: Option<SemaphorePermit<'r>>,
}

/// Reads a body of at most [`MAX_BODY_BYTES`]. `own` is the connection's room, `shared` everyone's.
pub async fn read<'r>(
    mut body: Incoming,
    own: &'r Semaphore,
    shared: &'r Semaphore,
) -> Result<Read<'r>, Unread> {
    let announced = body.size_hint().exact();
    let size = announced.map_or(MAX_BODY_BYTES, |size| {
        usize::try_from(size).unwrap_or(usize::MAX)
    });
    if size > MAX_BODY_BYTES {
        return Err(Unread::TooLarge);
    }
    // Semaphores here are never closed.
    let small = size.min(SMALL_BYTES);
    let taken = own.acquire_many(small as u32).await;
    let mut read = Read {
        bytes: Bytes::new(),
        _own: taken.map_err(|_| Unread::Broken)?,
        _shared: None,
    };
    let mut bytes = Vec::with_capacity(small);
    let reading = collect(&mut body, &mut bytes, small);
    let is_whole = timeout(TIME, reading)
        .await
        .map_err(|_| Unread::TooSlow)??;
    if !is_whole {
        // What came is in memory already; the rest of a large body has to wait for its room.
        let taken = shared.acquire_many(size as u32).await;
        read._shared = Some(taken.map_err(|_| Unread::Broken)?);
        bytes.reserve_exact(announced.map_or(0, |_| size.saturating_sub(bytes.len())));
        let reading = collect(&mut body, &mut bytes, size);
        if !timeout(TIME, reading)
            .await
            .map_err(|_| Unread::TooSlow)??
        {
            return Err(Unread::TooLarge);
        }
    }
    read.bytes = bytes.into();
    Ok(read)
}

/// Adds what comes to `bytes`, until the body ends or there is more than `most`; says whether it ended.
async fn collect(body: &mut Incoming, bytes: &mut Vec<u8>, most: usize) -> Result<bool, Unread> {
    while bytes.len() <= most {
        match body.frame().await {
            None => return Ok(true),
            Some(Err(_)) => return Err(Unread::Broken),
            // Trailers say nothing here.
            Some(Ok(frame)) => bytes.extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new())),
        }
    }
    Ok(false)
}
