//! `kinesis-lab`: a terminal lab that teaches streams by doing, over a real Kinesis API.
//!
//! # Levels: who may use whom
//!
//! ```text
//! level 4   main.rs, commands   the commands; main.rs alone names server, client and runtime together
//! level 3   runtime             the event loop, frame pacing, the terminal      may use: app, view, progress
//! level 2   view                drawing; a plain function of &Model             may use: app (read only), lesson, kinesis
//!           client              aws-sdk-kinesis: one request, one answer        may use: app::{Message, Request}, kinesis
//!           server              the embedded Kinesis                            may use: kinesis, nothing else of ours
//! level 1   app                 Model, Action, Message, Effect, keymap, update  may use: lesson, kinesis, progress
//! level 0   kinesis             ids, hash ranges, sequence numbers, the feed    pure; uses nothing of ours
//!           lesson              markdown -> Lesson, quiz grading, text layout   pure; may use: printable
//!           progress            what a learner has done; versioned record       pure, thin file edge beside it
//!           cli                 the command line's shape                        pure; uses nothing of ours
//!           printable           outside text made harmless for a terminal       pure; used by all that shows text
//! ```
//!
//! Pure means: no await, no I/O, no environment, no clock. `now` and random seeds are arguments.
//!
//! # Invariants (held by `tests/house.rs`, which fails on a planted violation)
//!
//! 1. The server never learns of the screen and could be shipped without it: `kinesis-lab serve` is that.
//! 2. Server and client share no state. They meet over HTTP, through the real AWS SDK; panels show the shard
//!    ids and sequence numbers that came back, never ones computed here.
//! 3. The embedded server offers one extra beside the API, optional to every client: the request feed, a
//!    bounded broadcast of who called what with which result. Only main.rs turns it into messages.
//! 4. Drawing changes nothing: `view` takes `&Model`. Scroll offsets are clamped, and wrapped lines cached,
//!    in `update`.
//! 5. All change goes through `update(&mut Model, Message, now) -> Outcome`. Effects are data, carried out by
//!    the runtime; an error travels the same road as a success, inside its message.
//! 6. Nothing is awaited and no file is written inside the loop. Every channel is bounded.
//! 7. There is no tick: when nothing changes nothing is drawn. What must move asks for its next deadline.
//! 8. While the screen is owned nothing else prints; logs go to a file.
//! 9. Routing is pinned by vectors from outside (known MD5 sums, documented ranges).
//! 10. Domain types are not wire types: wire shapes live with the server's operations and at the client's border.

pub mod app;
pub mod cli;
pub mod kinesis;
pub mod lesson;
pub mod printable;
pub mod progress;
