//! A scenario carried out, step by step, until what must be true is not.

use kinesis_lab::kinesis::control::{ServerState, Timing};
use kinesis_lab::server::{Limits, Rates};
use serde_json::Value as Json;
use toml::Value;

use crate::format::{Reply, Scenario, Step};
use crate::values::Memory;
use crate::world::World;

/// Carries out the scenario in this text; says at which line of which file it went wrong.
pub fn run(file: &str, text: &str) -> Result<(), String> {
    let scenario: Scenario = toml::from_str(text).map_err(|error| format!("{file}: {error}"))?;
    let mut limits = Limits::without_rates();
    if scenario.server.limits {
        limits.rates = Rates::Shards;
    }
    let mut world = match scenario.server.keep {
        true => World::kept(&limits),
        false => World::new(&limits),
    };
    let mut memory = Memory::default();
    let mut now = 0.0;
    for (number, step) in (1..).zip(&scenario.steps) {
        let line = text[..step.span().start].matches('\n').count() + 1;
        let step = step.get_ref();
        let at = step.at.unwrap_or(now);
        let wrong = |why: String| {
            let what = match (&step.call, &step.tell) {
                (Some(call), _) => call.clone(),
                (None, tell) => format!("{tell:?}"),
            };
            format!("{file}:{line}: step {number}, {what} at second {at}: {why}")
        };
        if at < now {
            return Err(wrong(format!("the step before was at second {now}")));
        }
        for time in 0..step.times {
            now = at + step.every * f64::from(time);
            world.move_to((now * 1000.0).round() as i64);
            take(step, &mut world, &mut memory).map_err(wrong)?;
        }
    }
    Ok(())
}

fn take(step: &Step, world: &mut World, memory: &mut Memory) -> Result<(), String> {
    let answer = match (&step.call, &step.tell) {
        (Some(call), None) => {
            let request = memory.json(&Value::Table(step.with.clone()))?.to_string();
            let answer = world.call(&step.region, call, request);
            let reply = Reply::from(answer.delivery);
            if reply != step.reply {
                return Err(format!(
                    "another reply\n  expected {:?}\n  got      {reply:?}",
                    step.reply
                ));
            }
            answer.result()
        }
        (None, Some(tell)) => {
            let told = match tell.control(&step.region) {
                Some(control) => world.service.control(control),
                None => {
                    world.restart();
                    Ok(world.service.state())
                }
            };
            told.map(|state| shown(&state))
                .map_err(|why| (String::new(), why))
        }
        _ => return Err("a step has either a call or something to tell".to_owned()),
    };
    match (answer, &step.error) {
        (Err((code, message)), Some(error)) => {
            let expected = match &error.message {
                Some(message) => memory.json(&Value::String(message.clone()))?,
                None => message.as_str().into(),
            };
            if code == error.code && expected == message.as_str() {
                Ok(())
            } else {
                Err(format!(
                    "refused otherwise\n  expected {}: {}\n  got      {code}: {message}",
                    error.code,
                    expected.as_str().unwrap_or_default(),
                ))
            }
        }
        (Err((code, message)), None) => Err(format!("refused\n  {code}: {message}")),
        (Ok(answer), Some(error)) => Err(format!(
            "not refused\n  expected {}\n  got      {answer}",
            error.code
        )),
        (Ok(answer), None) => {
            let expected = step.expect.clone().unwrap_or_default();
            // An answer without a body holds nothing, which is what an empty table expects.
            if answer != Json::Null || !expected.is_empty() {
                memory.compare(&Value::Table(expected), Some(&answer), "")?;
            }
            let mut kept = step.remember.iter();
            kept.try_for_each(|(name, place)| memory.keep(name, &answer, place))
        }
    }
}

/// The state of a server, as scenarios write what they expect of it.
fn shown(state: &ServerState) -> Json {
    serde_json::json!({
        "ahead_seconds": state.ahead_seconds,
        "pace": match state.timing {
            Timing::Instant => "instant",
            Timing::Aws => "aws",
        },
        "empty_pages": state.empty_pages,
        "faults": state.faults.len(),
        "full": state.full,
    })
}
