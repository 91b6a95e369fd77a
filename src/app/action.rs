//! What the learner can ask for, whatever key or command asks for it.

use serde::{Deserialize, Serialize};

use super::class::ClassAct;
use super::lab_server::Lever;
use super::screen::Pane;
use super::stage::Cue;
use super::theme::Theme;

/// What the learner can ask for, in the imperative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Show all keys.
    Help,
    /// Open the command palette.
    Palette,
    /// The modules of the course.
    Modules,
    /// The terms of the course.
    Terms,
    /// Focus the next pane.
    NextPane,
    /// Focus the pane before.
    PreviousPane,
    /// Focus this pane.
    Focus(Pane),
    /// Give the focused pane the whole screen, or take it back.
    Zoom,
    /// Show the focused pane large, for a room; or go back to the full lab.
    Present,
    /// Show the answer to the question that the room sees.
    Reveal,
    /// Do this with the scene that is on, or put one on.
    Scene(Cue),
    /// Put the lesson's next scene on.
    NextScene,
    /// Put the scene before on.
    PreviousScene,
    /// Leave an overlay, a field, a search; never the lab.
    Back,
    /// Go to the lesson's next page.
    NextPage,
    /// Go to the page before.
    PreviousPage,
    /// Open a page of the lesson.
    GoToPage(usize),
    /// Search the lesson.
    Search,
    /// One line up, down, or a page, or all the way.
    Up,
    /// See [`Self::Up`].
    Down,
    /// See [`Self::Up`].
    PageUp,
    /// See [`Self::Up`].
    PageDown,
    /// See [`Self::Up`].
    Top,
    /// See [`Self::Up`].
    Bottom,
    /// Scroll code sideways; along a lane.
    Left,
    /// See [`Self::Left`].
    Right,
    /// Take the other axis of the lanes.
    Axis,
    /// Open streams: create, select, empty, delete.
    Streams,
    /// Open the stream's shards: split, merge, scale, keep records longer.
    Reshard,
    /// Open the lab's server: its clock, its pace, faults.
    Server,
    /// Open the wire log: every call, and who made it.
    Wire,
    /// Show the same events as a batch and as a stream.
    Batch,
    /// Show the numbers: rates beside their limits, readers' lags, delays.
    Numbers,
    /// Do what a line of that dialog says.
    Pull(Lever),
    /// Send one event.
    Send,
    /// Send one batch with one call, as automatic sending is set.
    SendBatch,
    /// Turn automatic sending on or off.
    Auto,
    /// Send automatically at a higher rate.
    Faster,
    /// Send automatically at a lower rate.
    Slower,
    /// Say how automatic sending sends.
    SendSettings,
    /// Edit the event.
    EditEvent,
    /// Use a template for the event and for automatic sending.
    UseTemplate(usize),
    /// Start or stop the consumer.
    Consume,
    /// Choose where the consumer starts.
    ChooseStart,
    /// One worker more.
    MoreWorkers,
    /// One worker fewer.
    FewerWorkers,
    /// Set how the workers read and work.
    ReadingSettings,
    /// Kill a worker without goodbye.
    KillWorker,
    /// Follow the newest lines.
    Follow,
    /// Freeze the view, or thaw it.
    Freeze,
    /// Open the selected line in full, or submit.
    Open,
    /// Choose an option of the question.
    Choose(usize),
    /// Choose the option under the cursor.
    ChooseHere,
    /// Go to the next question.
    NextQuestion,
    /// Go to the question before.
    PreviousQuestion,
    /// Answer the question anew.
    Retry,
    /// Say to be less sure of the answer.
    LessSure,
    /// Say to be surer of the answer.
    Surer,
    /// Go where the question's matter can be seen.
    See,
    /// Say this option to the prediction.
    Predict(usize),
    /// Leave the prediction out.
    SkipPrediction,
    /// Give a hint to the open step.
    Hint,
    /// Tell what is expected of the open step and what was seen.
    Differ,
    /// Take the marks of the open step back.
    ResetStep,
    /// Let the lab do what the open step asks for.
    Solve,
    /// Mark what is open of the step as skipped.
    SkipStep,
    /// Take the next theme.
    NextTheme,
    /// Take this theme.
    UseTheme(Theme),
    /// Let the mouse work in the lab, or leave it to the terminal.
    Mouse,
    /// Choose the next code block of the page.
    NextBlock,
    /// Choose the code block before.
    PreviousBlock,
    /// Copy the code block at hand.
    CopyBlock,
    /// Write the code block at hand into its file.
    WriteBlock,
    /// Open the file of the code block at hand in the learner's editor.
    EditBlock,
    /// Run the command at hand.
    RunHere,
    /// Go to the program that runs, or open a shell.
    Shell,
    /// Go to the program's pane, or back from it.
    ShowProgram,
    /// End the program that runs.
    EndProgram,
    /// Open a shell in place of suspending the lab, which would stop its server.
    Suspend,
    /// Draw everything anew.
    Redraw,
    /// Show the result of the lesson.
    Result,
    /// Do what an instructor asks for.
    Class(ClassAct),
    /// Leave the lab.
    Quit,
}
