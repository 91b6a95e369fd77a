//! The one way to change the model: a message comes in, the model changes, effects go out.

mod dialogs;
mod mouse;

use chrono::{DateTime, Utc};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::EventHandler;

use super::action::Action;
use super::keymap;
use super::message::{Answer, Effect, Message, Sender};
use super::model::{Model, Outcome, Status, Tone};
use super::overlay::{Confirm, Detail, Listing, Overlay};
use super::program_pane::{self, keys};
use super::screen::Pane;
use super::{
    batch, class, consumer, course, discussion, feed, guard, guide, lab_server, lanes,
    lesson_blocks, lesson_pane, numbers, order, present, producer, quiz, reshard, result,
    second_screen, section_clock, silence, stage, steps_pane, streams, terms, wire,
};

/// Changes the model by a message.
pub fn update(model: &mut Model, message: Message, now: DateTime<Utc>) -> Outcome {
    let mut out = Outcome::default();
    model.now = model.now.max(now);
    let pointed = match &message {
        Message::Fed(_) | Message::Answered(_) => streams::pointed(model),
        _ => None,
    };
    let answers = matches!(&message, Message::Answered(_));
    match message {
        Message::Pressed(key) => {
            out.changed = true;
            forget_what_is_over(model);
            steps_pane::attended(model, now);
            pressed(model, key, now, &mut out);
        }
        Message::Asked(action, pane) => {
            out.changed = true;
            forget_what_is_over(model);
            model.quit_asked &= action == Action::Quit;
            asked(model, action, pane, now, &mut out);
        }
        Message::Pasted(text) => {
            out.changed = true;
            if model.program.takes_keys() && model.overlay.is_none() {
                program_pane::pasted(model, &text, &mut out);
            } else {
                dialogs::pasted(model, &text);
            }
        }
        Message::Moused(event) => mouse::moused(model, event, &mut out),
        Message::Resized(width, height) => {
            out.changed = true;
            model.layout.area.width = width;
            model.layout.area.height = height;
            model.lay_out();
            wire::resized(model);
            stage::resized(model, now, &mut out);
        }
        Message::DeadlinePassed => deadline_passed(model, now, &mut out),
        Message::StopAsked => out.effects.push(Effect::Quit),
        Message::Fed(event) => feed::fed(model, event, now, &mut out),
        Message::FeedLost(events) => feed::lost(model, events, now, &mut out),
        Message::ControlRefused(why) => {
            out.changed = true;
            model.say(
                Tone::Wrong,
                format!("Not done: {}.", why.trim_end_matches('.')),
            );
        }
        Message::ServerEnded(why) => {
            out.changed = true;
            let words = format!(
                "The embedded server has stopped ({why}). Quit with q and start the lab again."
            );
            model.say(Tone::Wrong, words);
        }
        Message::Answered(answer) => answered(model, answer, now, &mut out),
        Message::Highlighted(highlights) => {
            out.changed = true;
            lesson_pane::highlighted(model, &highlights);
        }
        Message::LessonChanged(reread) => lesson_pane::lesson_changed(model, reread, &mut out),
        Message::ProgressSaved(result) => {
            let problem = result.err();
            if model.unsaved != problem {
                out.changed = true;
                if let Some(why) = &problem {
                    model.say(Tone::Wrong, format!("Progress is not saved: {why}"));
                }
                model.unsaved = problem;
            }
        }
        Message::LedgerSaved(result) => {
            out.changed = true;
            guard::ledger_saved(model, result, &mut out);
        }
        Message::RunPrepared(found) => program_pane::prepared(model, *found, &mut out),
        Message::ProgramStarted { run, result } => {
            program_pane::started(model, run, result, &mut out);
        }
        Message::ProgramDrew { run, picture } => {
            program_pane::drew(model, run, picture, &mut out);
        }
        Message::ProgramDeaf { run } => program_pane::deaf(model, run, &mut out),
        Message::ProgramEnded { run, ending, left } => {
            program_pane::ended(model, run, ending, left, &mut out);
        }
        Message::FileWritten { writing, result } => {
            lesson_blocks::written(model, *writing, result, &mut out);
        }
        Message::Cued(_) | Message::StageOpened { .. } | Message::OnStage { .. } => {
            stage::told(model, message, now, &mut out);
        }
        Message::SightChanged(_) => {}
        Message::TaskPanicked(what) => {
            out.changed = true;
            let words = format!(
                "A part of the lab failed ({what}); the rest goes on. The log file says more."
            );
            model.say(Tone::Wrong, words);
        }
        Message::RecordingFailed(words) => {
            out.changed = true;
            model.say(Tone::Wrong, words);
        }
    }
    if let Some(stream) = pointed {
        streams::point_at(model, &stream);
    }
    model.forget_what_was_said_for_a_dialog();
    order::follow(model);
    guard::offer_clean_up(model);
    guide::go_on(model, now, &mut out);
    steps_pane::follow(model, now, &mut out);
    discussion::attend(model, now);
    class::attend(model);
    guide::follow(model, now, &mut out);
    present::follow(model);
    // The time spent is written with other changes, and at the end; not for its own sake.
    if out.effects.contains(&Effect::Quit) {
        consumer::stop(model);
    }
    if model.progress != model.saved || out.effects.contains(&Effect::Quit) {
        section_clock::bank(model, now);
    }
    program_pane::settle(model, &mut out);
    if model.progress != model.saved {
        model.saved = model.progress.clone();
        out.effects
            .push(Effect::SaveProgress(Box::new(model.progress.clone())));
    }
    wire::asked(model, &out, now);
    silence::follow(model, answers, now, &mut out);
    second_screen::follow(model, &mut out);
    out
}

/// What is amiss stays until something else is said; what merely happened is over with the next key.
fn forget_what_is_over(model: &mut Model) {
    if matches!(model.status.tone, Tone::Plain | Tone::Done) {
        model.status = Status::default();
    }
}

/// Carries out what was asked for by name; where it is one pane's, that pane has the keys first.
fn asked(
    model: &mut Model,
    action: Action,
    pane: Option<Pane>,
    now: DateTime<Utc>,
    out: &mut Outcome,
) {
    if let Some(pane) = pane {
        model.focus(pane);
    }
    act(model, action, now, out);
}

fn answered(model: &mut Model, answer: Answer, now: DateTime<Utc>, out: &mut Outcome) {
    steps_pane::answered(model, &answer, now);
    guide::heard(model, &answer);
    out.changed |= wire::answered(model, &answer, now);
    match answer {
        Answer::Streams(result) => streams::listed(model, result, now, out),
        Answer::Described { stream, result } => {
            guard::described(model, &stream, &result, out);
            streams::described(model, &stream, result, now, out);
            reshard::described(model, &stream, now, out);
        }
        Answer::Created {
            stream,
            shards,
            result,
        } => streams::created(model, &stream, shards, result, out),
        Answer::Deleted { stream, result } => streams::deleted(model, &stream, result, now, out),
        Answer::StreamChanged {
            stream,
            change,
            result,
        } => reshard::answered(model, &stream, &change, result, now, out),
        Answer::Sent { put, result } => {
            lanes::sent(model, &put, &result, now);
            producer::sent(model, put, result, now, out);
        }
        Answer::SentBatch { batch, result } => {
            lanes::sent_batch(model, &batch, &result, now);
            match batch.by {
                Sender::Lab => producer::shown(model, &batch, &result, now, out),
                Sender::You | Sender::Auto => {
                    producer::answered(model, batch.id, &batch.stream, result, now, out);
                }
            }
        }
        Answer::Opened { reader, result } => {
            consumer::opened(model, reader, result, now, out);
            lanes::read(model, now);
        }
        Answer::Read { reader, result } => {
            let before = model.consumer.log.end();
            consumer::read(model, reader, result, now, out);
            lanes::read(model, now);
            if model.consumer.log.end() > before {
                numbers::shown(model, before);
                batch::shown(model, before);
                model.line_came();
            }
        }
        // What a look shows concerns the steps alone.
        Answer::LookedInto { .. } | Answer::LookedAt { .. } => {}
        Answer::Account(result) => {
            out.changed = true;
            guard::account_known(model, result);
        }
    }
}

fn deadline_passed(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if model.fresh_until.is_some_and(|at| at <= now) {
        model.fresh_until = None;
        out.changed = true;
    }
    let minute = section_clock::next_change(model, model.drawn_minute);
    out.changed |= minute.is_some_and(|at| at <= now);
    model.drawn_minute = model.now;
    out.changed |= discussion::on_deadline(model, now);
    // A hint that was waited for may be asked for now.
    out.changed |= matches!(model.overlay, Some(Overlay::Sheet(_)));
    out.changed |= numbers::on_deadline(model, now) | batch::on_deadline(model, now);
    feed::left(model, now, out);
    producer::on_deadline(model, now, out);
    let before = model.consumer.log.end();
    if consumer::on_deadline(model, now, out) {
        numbers::shown(model, before);
        batch::shown(model, before);
        model.line_came();
    }
    streams::on_deadline(model, now, out);
    lanes::on_deadline(model, now, out);
    stage::on_deadline(model, now, out);
}

fn pressed(model: &mut Model, key: KeyEvent, now: DateTime<Utc>, out: &mut Outcome) {
    if model.program.focused
        && model.overlay.is_none()
        && (!model.layout.too_small() || keys::is_return(&key))
        && program_pane::pressed(model, &key, out)
    {
        return;
    }
    let interrupt = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
    if interrupt {
        return quit(model, now, out);
    }
    if model.layout.too_small() {
        if key.code == KeyCode::Char('q') {
            quit(model, now, out);
        }
        return;
    }
    if model.overlay.is_some() {
        return dialogs::overlay_pressed(model, key, now, out);
    }
    let options = guide::options(model);
    model.quit_asked &= keymap::lookup(&key, model.focus, options) == Some(Action::Quit);
    if model.lesson.discussion.note.is_some() {
        return discussion::pressed(model, key);
    }
    if model.producer.edit.is_some() {
        return dialogs::edit_pressed(model, key);
    }
    if let Some(search) = &mut model.lesson.search
        && (search.typing || model.focus == Pane::Lesson)
    {
        match key.code {
            KeyCode::Esc => model.lesson.search = None,
            KeyCode::Enter => lesson_pane::search_on(model, now, out),
            _ if search.typing => {
                search.query.handle_event(&Event::Key(key));
            }
            _ => act_on(model, key, now, out),
        }
        return;
    }
    act_on(model, key, now, out);
}

fn act_on(model: &mut Model, key: KeyEvent, now: DateTime<Utc>, out: &mut Outcome) {
    // Beside what a program printed no pane's own keys hold: it may not be in sight.
    let pane = (!model.program.focused).then_some(model.focus);
    let action = match model.presents() {
        true => keymap::lookup_presenting(&key, model.focus),
        false => keymap::lookup_in(&key, pane, guide::options(model)),
    };
    if let Some(action) = action {
        act(model, action, now, out);
    }
}

/// Carries out what the learner asked for, whatever asked for it.
pub(super) fn act(model: &mut Model, action: Action, now: DateTime<Utc>, out: &mut Outcome) {
    guide::forget(model, action);
    if present::did(model, action, now, out) {
        return;
    }
    // A room sees no card of a prediction of the learner's.
    if model.presents() || !guide::asks_first(model, action) {
        carry_out(model, action, now, out);
    }
}

fn carry_out(model: &mut Model, action: Action, now: DateTime<Utc>, out: &mut Outcome) {
    match action {
        Action::Help => model.overlay = Some(Overlay::Help(Listing::default())),
        Action::Palette => model.overlay = Some(Overlay::Palette(Listing::default())),
        Action::NextPane => model.focus(model.focus.next()),
        Action::PreviousPane => model.focus(model.focus.previous()),
        Action::Focus(pane) => model.focus(pane),
        Action::Zoom => {
            model.zoom = !model.zoom;
            model.lay_out();
        }
        // Present mode's own, carried out there; outside it nothing is hidden from a room.
        Action::Present | Action::Reveal => {}
        Action::Scene(_) | Action::NextScene | Action::PreviousScene => {}
        Action::Back => {
            if let Some(action) = guide::goes_on(model) {
                return carry_out(model, action, now, out);
            }
            if model.lesson.search.take().is_none() {
                program_pane::put_away(model);
            }
        }
        Action::NextPage => lesson_pane::next(model, now, out),
        Action::PreviousPage => lesson_pane::previous(model, now, out),
        Action::GoToPage(page) => {
            lesson_pane::open(model, page, now, out);
            model.focus(Pane::Lesson);
        }
        Action::Search => {
            model.focus(Pane::Lesson);
            lesson_pane::begin_search(&mut model.lesson);
        }
        Action::Up => move_by(model, -1),
        Action::Down => move_by(model, 1),
        Action::PageUp => move_by(model, -page_height(model)),
        Action::PageDown => move_by(model, page_height(model)),
        Action::Top if model.focus == Pane::Shards => lanes::go_to_end(&mut model.lanes, true),
        Action::Bottom if model.focus == Pane::Shards => lanes::go_to_end(&mut model.lanes, false),
        Action::Top => move_by(model, isize::MIN / 2),
        Action::Bottom => move_by(model, isize::MAX / 2),
        Action::Left => sideways(model, -1),
        Action::Right => sideways(model, 1),
        Action::Axis => lanes::toggle_axis(model),
        Action::Streams => model.open_streams(out),
        Action::Reshard => reshard::open(model, out),
        Action::Server => lab_server::open(model),
        Action::Wire => wire::open(model),
        Action::Modules => course::open(model, now),
        Action::Terms => terms::open(model),
        Action::Numbers => numbers::open(model, now),
        Action::Batch => batch::open(model, now),
        Action::Pull(lever) => lab_server::pull(model, lever, out),
        Action::Send => producer::send(model, now, out),
        Action::Auto => producer::toggle_auto(model, now, out),
        Action::SendBatch => producer::send_batch(model, now, out),
        Action::Faster => producer::change_rate(model, 1),
        Action::Slower => producer::change_rate(model, -1),
        Action::SendSettings => producer::open_form(model),
        Action::EditEvent => {
            model.focus(Pane::Producer);
            producer::edit(model);
        }
        Action::UseTemplate(place) => producer::use_template(model, place),
        Action::Consume => consumer::toggle(model, now, out),
        Action::ChooseStart => consumer::choose_start(model),
        Action::MoreWorkers => consumer::change_workers(model, 1, now, out),
        Action::FewerWorkers => consumer::change_workers(model, -1, now, out),
        Action::ReadingSettings => consumer::open_settings(model),
        Action::KillWorker => consumer::kill_worker(model, now, out),
        Action::Follow => {
            match model.focus {
                Pane::Producer => model.producer.gaze.follow(&mut model.producer.log),
                Pane::Shards => lanes::follow(&mut model.lanes),
                _ => model.consumer.follow(),
            }
            model.say(Tone::Plain, "Following the newest.".into());
        }
        Action::Freeze => freeze(model),
        Action::Open => match model.focus {
            Pane::Quiz => quiz::enter(model),
            Pane::Lesson if discussion::prompt(&model.lesson).is_some() => {
                discussion::open_note(model);
            }
            Pane::Lesson => {
                if !guide::next_prediction(model) {
                    lesson_pane::toggle_fold(&mut model.lesson);
                }
            }
            _ => open_detail(model),
        },
        Action::Choose(option) => quiz::choose(model, option),
        Action::ChooseHere => quiz::choose(model, model.quiz.cursor),
        Action::NextQuestion => quiz::step(model, 1),
        Action::PreviousQuestion => quiz::step(model, -1),
        Action::Retry => quiz::retry(model),
        Action::LessSure => quiz::surer(model, -1),
        Action::Surer => quiz::surer(model, 1),
        Action::See => quiz::see(model, now, out),
        Action::Predict(option) => {
            if guide::predict(model, option)
                && let Some(action) = guide::goes_on(model)
            {
                carry_out(model, action, now, out);
            }
        }
        Action::SkipPrediction => {
            guide::skip_prediction(model);
            if let Some(action) = guide::goes_on(model) {
                carry_out(model, action, now, out);
            }
        }
        Action::Hint => guide::hint(model),
        Action::Differ => guide::differ(model),
        Action::ResetStep => guide::ask_to_reset(model),
        Action::Solve => guide::solve(model, now, out),
        Action::SkipStep => guide::skip_step(model),
        Action::NextTheme => use_theme(model, model.theme.next()),
        Action::UseTheme(theme) => use_theme(model, theme),
        Action::Mouse => {
            model.mouse = !model.mouse;
            out.effects.push(Effect::CaptureMouse(model.mouse));
            let words = match model.mouse {
                true => "The mouse works in the lab; m gives it back to the terminal.",
                false => "The mouse is the terminal's again.",
            };
            model.say(Tone::Plain, words.into());
        }
        Action::NextBlock => lesson_blocks::step(model, 1),
        Action::PreviousBlock => lesson_blocks::step(model, -1),
        Action::CopyBlock => lesson_blocks::copy(model, out),
        Action::WriteBlock => lesson_blocks::write(model, out),
        Action::EditBlock => lesson_blocks::edit(model, out),
        Action::RunHere => program_pane::run_here(model, out),
        Action::Shell => program_pane::shell(model, out),
        Action::ShowProgram => program_pane::toggle(model),
        Action::EndProgram => program_pane::end(model, out),
        Action::Suspend => {
            program_pane::shell(model, out);
            let words = "Ctrl-Z would stop the lab's server, so here is a shell; exit or Ctrl-] leads back.";
            model.say(Tone::Plain, words.into());
        }
        Action::Redraw => out.effects.push(Effect::Redraw),
        Action::Result => result::open(model, now),
        Action::Class(act) => class::act(model, act, now, out),
        Action::Quit => quit(model, now, out),
    }
}

fn use_theme(model: &mut Model, theme: super::theme::Theme) {
    model.theme = theme;
    model.progress.theme = Some(theme.name().to_owned());
    model.say(Tone::Plain, format!("Theme {}.", theme.name()));
}

fn page_height(model: &Model) -> isize {
    let height = model
        .layout
        .inside(model.focus)
        .map_or(1, |inside| inside.height);
    isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1)
}

fn move_by(model: &mut Model, by: isize) {
    match model.focus {
        Pane::Lesson if discussion::move_by(&mut model.lesson, by) => {}
        Pane::Lesson => lesson_pane::scroll(&mut model.lesson, by),
        Pane::Producer => model.producer.gaze.move_by(&model.producer.log, by as i64),
        Pane::Consumer => model.consumer.gaze.move_by(&model.consumer.log, by as i64),
        Pane::Shards => lanes::move_between(&mut model.lanes, by),
        Pane::Quiz => quiz::move_by(model, by),
    }
}

fn sideways(model: &mut Model, by: i8) {
    match model.focus {
        Pane::Shards => lanes::move_along(&mut model.lanes, isize::from(by)),
        _ => lesson_pane::shift(&mut model.lesson, isize::from(by) * 8),
    }
}

fn freeze(model: &mut Model) {
    let frozen = match model.focus {
        Pane::Producer => {
            model.producer.gaze.toggle_freeze(&mut model.producer.log);
            model.producer.gaze.frozen
        }
        Pane::Shards => {
            lanes::toggle_freeze(model);
            model.lanes.frozen.as_ref().map(|_| 0)
        }
        _ => {
            model.consumer.toggle_freeze();
            model.consumer.gaze.frozen
        }
    };
    let words = match frozen {
        Some(_) => "The view is frozen; the stream goes on. Space thaws it.",
        None => "The view moves again.",
    };
    model.say(Tone::Plain, words.into());
}

fn open_detail(model: &mut Model) {
    let (number, sent) = match model.focus {
        Pane::Producer => (model.producer.gaze.current(&model.producer.log), true),
        Pane::Consumer => (model.consumer.gaze.current(&model.consumer.log), false),
        Pane::Shards => return lanes::open(model),
        _ => return,
    };
    if let Some(number) = number {
        model.overlay = Some(Overlay::Detail(Detail {
            number,
            sent,
            scroll: 0,
        }));
    }
}

/// Leaves, or asks first: for streams on AWS, for programs that are connected. Asked twice, it leaves.
fn quit(model: &mut Model, now: DateTime<Utc>, out: &mut Outcome) {
    if model.quit_asked {
        return out.effects.push(Effect::Quit);
    }
    let own = guard::own_streams(model);
    if let Some(words) = guard::under_way(model) {
        model.say(Tone::Nearly, words.into());
    } else if !own.is_empty() {
        model.overlay = Some(Overlay::Confirm(Confirm::CleanUp {
            streams: own,
            leaving: true,
        }));
    } else if model.program.goes_on()
        || (model.feeds() && model.programs.connected(now).next().is_some())
    {
        model.overlay = Some(Overlay::Confirm(Confirm::Leave));
    } else {
        out.effects.push(Effect::Quit);
    }
    model.quit_asked = true;
}
