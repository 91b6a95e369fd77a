//! Whether what was run reached the lab at all.

use super::{Case, FEED_LAG, Finding, QUIET};
use crate::lesson::step_settings::Act;

/// What is amiss where nothing of an act was seen.
pub fn amiss(case: &Case<'_>) -> Option<Finding> {
    let by_a_call = !matches!(
        case.act,
        Act::File(_) | Act::Open(_) | Act::Workers(_) | Act::Takeover(_) | Act::Any(_)
    );
    if !by_a_call || !case.page.runs {
        return None;
    }
    run(case).or_else(|| silence(case)).or_else(|| untold(case))
}

/// What was run for this step came to an end, or to nothing.
fn run(case: &Case<'_>) -> Option<Finding> {
    let run = case.facts.run.as_ref()?;
    if run.page != Some(case.page.page) {
        return None;
    }
    let address = &case.facts.place.address;
    let told = case.facts.place.told;
    match (run.ended, run.calls) {
        (Some((at, _)), _) if case.now - at < FEED_LAG => None,
        (Some((_, Some(0))), 0) if told => Finding::nearly(format!(
            "It ended well, exit code 0, but no request has reached {address}: look at what it printed. Credentials that \
             it does not find, or another address in its code, would explain it; r and ! set both."
        )),
        (Some((_, Some(0))), _) => None,
        (Some((_, Some(code))), 0) if told => Finding::nearly(format!(
            "It ended with exit code {code} before any request reached {address}: its last lines say why."
        )),
        (Some((_, Some(code))), _) => Finding::nearly(format!(
            "It ended with exit code {code}: its last lines say why."
        )),
        (None, 0) if told && case.now - run.began >= QUIET => Finding::nearly(no_request(address)),
        (None | Some((_, None)), _) => None,
    }
}

/// Nothing has come since the step's page was opened.
fn silence(case: &Case<'_>) -> Option<Finding> {
    let (page, at) = case.facts.reached?;
    let run_here = case
        .facts
        .run
        .as_ref()
        .is_some_and(|run| run.page == Some(page) && run.began >= at);
    let called = case.facts.last_call.is_some_and(|call| call >= at);
    let ready = !case.facts.readying;
    let quiet = ready && page == case.page.page && case.now - at >= QUIET && !run_here && !called;
    if !quiet || !case.facts.place.told || case.evidence.part {
        return None;
    }
    Finding::nothing(format!(
        "{} r runs the step here.",
        no_request(&case.facts.place.address)
    ))
}

fn no_request(address: &str) -> String {
    format!(
        "No request has reached {address} for 30 s. Is the endpoint set in that shell? ! opens one where it is."
    )
}

/// Where the lab is told of its own calls only, what programs read shows nowhere, and the rest only when it looks.
fn untold(case: &Case<'_>) -> Option<Finding> {
    if case.facts.place.told {
        return None;
    }
    let address = &case.facts.place.address;
    let unseen = |panel: &str| {
        Finding::nothing(format!(
            "Reading leaves no trace that the lab could find at {address}: what a program reads there is not seen. {panel}, \
             and that counts."
        ))
    };
    match case.act {
        Act::Throttle(_) | Act::Retry(_) | Act::Refused(_) => Finding::nothing(format!(
            "Refusals leave no trace that the lab could find at {address}: what a program's calls come to there only the \
             program says. In the palette (:) this step can be skipped."
        )),
        Act::Trimmed(_) => Finding::nothing(format!(
            "The clock of {address} cannot be moved: records go there once they are older than the retention, a day at \
             least. In the palette (:) this step can be skipped."
        )),
        Act::Read(_)
        | Act::Reread(_)
        | Act::ReadNew(_)
        | Act::Lag(_)
        | Act::Repeats(_)
        | Act::Drained(_) => unseen("c reads in the panel"),
        Act::Readers(_) => unseen("t and c read from two places in the panel"),
        Act::Latest(_) => unseen("c and s do it in the panels"),
        Act::Put(_) if case.facts.looking => unfound(case),
        Act::Put(_) => Finding::nothing(format!(
            "At {address} the lab sees only its own calls, until it looks into a stream itself: into the one that D \
             selects, and on AWS after your yes to the first write there. s sends from the panel, and that counts."
        )),
        _ => None,
    }
}

/// The lab looks, and has found nothing for a while.
fn unfound(case: &Case<'_>) -> Option<Finding> {
    let (page, at) = case.facts.reached?;
    if page != case.page.page || case.now - at < QUIET || case.evidence.part {
        return None;
    }
    Finding::nothing(format!(
        "Nothing was put since the lab was started, as far as it sees: at {} nobody tells it, so it looks every few \
         seconds. What a program puts from now on counts once it is found; r runs the step, s sends one.",
        case.facts.place.address
    ))
}
