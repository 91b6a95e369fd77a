//! What the lab is and how it changes: the model, its actions, messages and effects, the keymap, and `update`.
//!
//! Pure: every change goes through `update(&mut Model, Message, now)`. It knows no terminal, no network, no SDK and no
//! clock; what it wants done it returns as effects.

pub mod connection;
pub mod message;
pub mod templates;

pub use connection::{Connection, ConnectionKind};
pub use message::{Answer, Effect, Message, Request};
