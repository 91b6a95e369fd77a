//! Scripts: keys and messages in, facts of the model and requests out.

mod aws;
mod learning;
mod panels;
mod polling;
mod script;
mod streams;
