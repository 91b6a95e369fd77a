//! A run of the lab, which is recorded where that was asked for.

use std::path::PathBuf;

use anyhow::Result;
use chrono::{DateTime, Utc};
use kinesis_lab::app::{self, Message, Model, Outcome, Setup};
use kinesis_lab::cli::LabOptions;
use kinesis_lab::printable::printable;
use kinesis_lab::recording::Header;
use kinesis_lab::runtime::Recorder;
use tokio::sync::mpsc;

use crate::commands::{now, variable};

/// The model, and who takes down what it hears.
pub struct Recorded {
    pub model: Model,
    recorder: Option<(Recorder, PathBuf)>,
}

impl Recorded {
    /// Begins the run, and what is to be done first. Nothing has begun where the file of the recording cannot be made.
    pub fn begin(
        options: &LabOptions,
        mut setup: Setup,
        start: DateTime<Utc>,
        inbox: &mpsc::Sender<Message>,
    ) -> Result<(Self, Outcome)> {
        let mut recorder = None;
        if let Some(path) = &options.record {
            let words = format!("This run is recorded in {}.", path.display());
            let notice = setup.notice.take().into_iter().chain([words]);
            setup.notice = Some(notice.collect::<Vec<_>>().join(" "));
            let header = Header::new(&setup, options.with_payloads, start);
            let home = variable("HOME").or_else(|| variable("USERPROFILE"));
            let started = Recorder::start(path, &header, home.as_deref(), inbox.clone());
            recorder = Some((started.map_err(anyhow::Error::msg)?, path.clone()));
        }
        let (model, first) = Model::new(setup, start);
        Ok((Self { model, recorder }, first))
    }

    /// Takes a message in.
    pub fn update(&mut self, message: Message, now: DateTime<Utc>) -> Outcome {
        if let Some((recorder, _)) = &mut self.recorder {
            recorder.hear(&self.model, &message, now);
        }
        app::update(&mut self.model, message, now)
    }

    /// Ends the recording, and says on the terminal where it is.
    pub async fn end(self) {
        let Some((recorder, path)) = self.recorder else {
            return;
        };
        let name = path.to_string_lossy();
        let name = printable(&name);
        match recorder.finish(&self.model, now()).await {
            Ok(()) => eprintln!("kinesis-lab: this run is recorded: kinesis-lab replay {name}"),
            Err(lacks) => eprintln!("kinesis-lab: {name} is not whole. {}", printable(&lacks)),
        }
    }
}
