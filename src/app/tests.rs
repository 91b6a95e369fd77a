//! Scripts: keys and messages in, facts of the model and requests out.

mod aws;
mod batch;
mod changing_streams;
mod checkpoint;
mod discussing;
mod endpoint;
mod feed;
mod guide;
mod keys;
mod lab_server;
mod lanes;
mod learning;
mod looks;
mod numbers;
mod panels;
mod polling;
mod rereading;
mod resharding;
mod ring;
mod running;
pub(crate) mod script;
mod sending;
mod step_logs;
mod steps;
mod streams;
mod wire;
mod workers;
