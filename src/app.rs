//! What the lab is and how it changes: the model, its actions, messages and effects, the keymap, and `update`.
//!
//! Pure: every change goes through `update(&mut Model, Message, now)`. It knows no terminal, no network, no SDK and no
//! clock; what it wants done it returns as effects. A pane's file holds its state and its transitions.

pub mod action;
pub mod batch;
pub mod class;
pub mod connection;
pub mod consumer;
pub mod course;
pub mod detail;
pub mod discussion;
mod feed;
pub mod file_names;
pub mod guard;
pub mod guide;
pub mod keymap;
pub mod lab_clock;
pub mod lab_server;
pub mod lanes;
pub mod lesson_blocks;
pub mod lesson_pane;
pub mod listing;
pub mod log;
pub mod message;
pub mod model;
pub mod numbers;
pub mod order;
pub mod overlay;
pub mod present;
pub mod producer;
pub mod program_pane;
pub mod programs;
pub mod question;
pub mod quiz;
pub mod readers;
pub mod report;
pub mod reshard;
pub mod result;
pub mod screen;
pub mod second_screen;
pub mod section_clock;
mod silence;
pub mod stage;
pub mod start;
pub mod steps_pane;
pub mod streams;
pub mod templates;
pub mod terms;
#[cfg(test)]
pub(crate) mod tests;
pub mod theme;
mod update;
pub mod wire;
pub mod wire_marks;

pub use connection::{Connection, ConnectionKind};
pub use message::{Answer, Control, Effect, Message, Request};
pub use model::{Model, Outcome, Setup, Tone};
pub use screen::Pane;
pub use theme::Theme;
pub use update::update;
