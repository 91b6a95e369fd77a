//! `kinesis-lab`: a terminal lab that teaches streams by doing, over a real Kinesis API.
//!
//! # Levels: who may use whom
//!
//! ```text
//! level 4   main.rs, commands   the commands; commands/lab.rs alone names server, client and runtime together
//! level 3   runtime             the event loop, frame pacing, the terminal      may use: app, lesson, progress, recording
//! level 2   view                drawing; a plain function of &Model; pure       may use: app, steps, leases, lesson, kinesis, printable
//!           plain               the same as printed lines; pure                may use: app, steps, leases, lesson, kinesis, progress, printable
//!           recording           a run as a file, and played again; pure          may use: app, steps, lesson, kinesis, progress
//!           client              aws-sdk-kinesis: one request, one answer        may use: app, kinesis
//!           server              the embedded Kinesis                            may use: kinesis
//! level 1   app                 Model, Message, Effect, keymap, update; pure    may use: steps, leases, lesson, kinesis, progress, printable
//!           steps               what the feed says of a lesson's steps; pure    may use: lesson, kinesis, printable
//!           leases              which worker reads which shard; pure           may use: kinesis
//! level 0   kinesis             ids, hash ranges, sequence numbers, feed; pure  may use: nothing
//!           lesson              markdown -> Lesson, grading, layout; pure       may use: printable
//!           progress            what was done, versioned; pure but its edge     may use: nothing
//!           cli                 the command line's shape; pure                  may use: nothing
//!           printable           outside text made harmless; pure                may use: nothing
//! ```
//!
//! Pure means: no await, no I/O, no environment, no clock. `now` and random seeds are arguments. The edge of `progress` is
//! its files `folder`, `running` and `second_screen`.
//!
//! `tests/house.rs` reads this very table and fails where a file names a room that its own may not use, or where a pure
//! room awaits, reads a file, the environment or the clock.
//!
//! # Invariants
//!
//! 1. The server never learns of the screen and could be shipped without it: `kinesis-lab serve` is that.
//! 2. Server and client share no state. They meet over HTTP, through the real AWS SDK; panels show the shard
//!    ids and sequence numbers that came back, never ones computed here.
//! 3. The embedded server offers two extras beside the API, optional to every client: the request feed, a
//!    bounded broadcast of who called what with which result, and its control, which moves its clock and makes
//!    faults happen. Only commands/lab.rs, and commands/stages.rs for scenes, join them to messages and effects.
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
pub mod client;
pub mod kinesis;
pub mod leases;
pub mod lesson;
pub mod plain;
pub mod printable;
pub mod progress;
pub mod recording;
pub mod runtime;
pub mod server;
pub mod steps;
pub mod view;
