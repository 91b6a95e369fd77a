//! Why a check is not passed although something was done for it, in words with what to do next.

use chrono::{DateTime, Utc};

use super::evidence::Evidence;
use super::facts::Facts;
use super::plan::{Check, PagePlan, Plan};

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    pub plan: &'a Plan,
    pub page: &'a PagePlan,
    pub check: &'a Check,
    pub evidence: &'a Evidence,
    pub facts: &'a Facts,
    pub now: DateTime<Utc>,
}

/// What is amiss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In words.
    pub words: String,
    /// Whether something nearly worked; else nothing was seen at all.
    pub nearly: bool,
}

/// What is amiss with a check, most specific first.
pub fn of(_case: &Case<'_>) -> Option<Finding> {
    None
}

/// When time alone may bring a finding for this step, if nothing happens before.
pub fn next_look(_page: &PagePlan, _facts: &Facts, _now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    None
}
