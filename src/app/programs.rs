//! Other people's programs, as the feed shows them: `py#1`, `js#1`, `cli#2`.
//!
//! A program is told by what it sends. Over HTTP/1.1 a connection is a program, since SDKs keep one open as long as
//! they run; over HTTP/2 SDKs connect anew for each request, so there calls with the same user agent and access key
//! belong together while no more than [`HTTP2_PAUSE`] lies between them.

use chrono::{DateTime, TimeDelta, Utc};

use crate::kinesis::feed::{Call, Caller, Detail};

/// The longest pause between two calls of one HTTP/2 program.
pub const HTTP2_PAUSE: TimeDelta = TimeDelta::seconds(15);

/// How many programs are remembered; beyond it the one that was silent longest is forgotten.
pub const REMEMBERED: usize = 64;

/// A program that calls the embedded server and is not this lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// `py#1`.
    pub name: String,
    /// As it presents itself.
    pub caller: Caller,
    /// Its open connections.
    pub connections: Vec<u64>,
    /// When it called last.
    pub last_call: DateTime<Utc>,
    /// Records it has stored.
    pub written: u64,
    /// Records it was given.
    pub read: u64,
    /// Whether it is known to have gone.
    left: bool,
}

impl Program {
    /// Whether it is there: a connection is open, or it called a moment ago.
    pub fn connected(&self, now: DateTime<Utc>) -> bool {
        !self.connections.is_empty() || (self.caller.http2 && now - self.last_call < HTTP2_PAUSE)
    }
}

/// The programs seen so far.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    list: Vec<Program>,
    numbers: Vec<(&'static str, u32)>,
}

impl Programs {
    /// All programs remembered, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = &Program> {
        self.list.iter()
    }

    /// Those that are there now.
    pub fn connected(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Program> {
        self.list
            .iter()
            .filter(move |program| program.connected(now))
    }

    /// Takes a call over: gives its program's name, and whether what is shown of that has changed.
    pub(super) fn took(&mut self, call: &Call, now: DateTime<Utc>) -> (String, bool) {
        let program = self.of(call, now);
        let read = match &call.detail {
            Detail::Get(get) => get.returned as u64,
            _ => 0,
        };
        program.written += call.stored();
        program.read += read;
        let came = std::mem::take(&mut program.left);
        (program.name.clone(), came || read > 0 || call.stored() > 0)
    }

    /// When a program will have left, if none of them calls before: one over HTTP/2 does not say so.
    pub(super) fn next_leave(&self) -> Option<DateTime<Utc>> {
        let silent = self
            .list
            .iter()
            .filter(|program| !program.left && program.connections.is_empty());
        silent.map(|program| program.last_call + HTTP2_PAUSE).min()
    }

    /// The names of those that have left since this was asked last.
    pub(super) fn leave(&mut self, now: DateTime<Utc>) -> Vec<String> {
        let gone = self
            .list
            .iter_mut()
            .filter(|p| !p.left && !p.connected(now));
        gone.map(|program| {
            program.left = true;
            program.name.clone()
        })
        .collect()
    }

    /// The program that made this call; a new one gets the next number of its family.
    fn of(&mut self, call: &Call, now: DateTime<Utc>) -> &mut Program {
        let caller = &call.caller;
        let place = self.list.iter().position(|program| {
            program.connections.contains(&caller.connection)
                || (caller.http2
                    && program.caller.http2
                    && program.caller.user_agent == caller.user_agent
                    && program.caller.access_key == caller.access_key
                    && now - program.last_call < HTTP2_PAUSE)
        });
        let place = match place {
            Some(place) => place,
            None => self.add(caller, now),
        };
        let program = &mut self.list[place];
        if !program.connections.contains(&caller.connection) {
            program.connections.push(caller.connection);
        }
        program.last_call = now;
        program
    }

    /// A connection ended.
    pub(super) fn disconnected(&mut self, connection: u64) {
        for program in &mut self.list {
            program.connections.retain(|open| *open != connection);
        }
    }

    fn add(&mut self, caller: &Caller, at: DateTime<Utc>) -> usize {
        if self.list.len() == REMEMBERED
            && let Some(silent) = (0..self.list.len()).min_by_key(|i| self.list[*i].last_call)
        {
            self.list.remove(silent);
        }
        let family = family(&caller.user_agent);
        let number = match self.numbers.iter_mut().find(|(name, _)| *name == family) {
            Some((_, number)) => {
                *number += 1;
                *number
            }
            None => {
                self.numbers.push((family, 1));
                1
            }
        };
        self.list.push(Program {
            name: format!("{family}#{number}"),
            caller: caller.clone(),
            connections: Vec::new(),
            last_call: at,
            written: 0,
            read: 0,
            left: true,
        });
        self.list.len() - 1
    }
}

/// The short family name of a user agent.
fn family(user_agent: &str) -> &'static str {
    const FAMILIES: [(&str, &str); 11] = [
        ("app/kinesis-lab", "lab"),
        ("aws-cli", "cli"),
        ("Boto3", "py"),
        ("Botocore", "py"),
        ("aws-sdk-js", "js"),
        ("aws-sdk-java", "java"),
        ("aws-sdk-rust", "rust"),
        ("aws-sdk-go", "go"),
        ("aws-sdk-dotnet", "net"),
        ("curl", "curl"),
        ("python-requests", "py"),
    ];
    FAMILIES
        .into_iter()
        .find(|(mark, _)| user_agent.contains(mark))
        .map_or("client", |(_, family)| family)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn call(user_agent: &str, connection: u64, http2: bool, second: i64) -> Call {
        Call {
            at: DateTime::from_timestamp(second, 0).expect("a time"),
            caller: Caller {
                user_agent: user_agent.into(),
                access_key: "k".into(),
                connection,
                http2,
            },
            region: "us-east-1".into(),
            operation: "PutRecord".into(),
            stream: None,
            error: None,
            detail: Detail::None,
            fault: None,
            latency: Duration::ZERO,
        }
    }

    fn of<'p>(programs: &'p mut Programs, call: &Call) -> &'p Program {
        programs.of(call, call.at)
    }

    #[test]
    fn a_connection_is_a_program_over_http_1() {
        let mut programs = Programs::default();
        let boto = "Boto3/1.44.5 md/Botocore#1.44.5";
        assert_eq!(of(&mut programs, &call(boto, 1, false, 0)).name, "py#1");
        assert_eq!(of(&mut programs, &call(boto, 2, false, 0)).name, "py#2");
        assert_eq!(of(&mut programs, &call(boto, 1, false, 900)).name, "py#1");
        let last = call(boto, 1, false, 900);
        programs.took(&last, last.at);
        programs.disconnected(1);
        let now = DateTime::from_timestamp(900, 0).expect("a time");
        assert_eq!(programs.leave(now), ["py#1"]);
        assert!(programs.leave(now).is_empty(), "it is told once");
        assert_eq!(of(&mut programs, &call(boto, 3, false, 901)).name, "py#3");
        assert_eq!(
            of(
                &mut programs,
                &call("aws-cli/2.1 Botocore/2", 4, false, 901)
            )
            .name,
            "cli#1"
        );
    }

    #[test]
    fn calls_close_together_are_one_program_over_http_2() {
        let mut programs = Programs::default();
        let js = "aws-sdk-js/3.1000";
        assert_eq!(of(&mut programs, &call(js, 1, true, 0)).name, "js#1");
        programs.disconnected(1);
        assert_eq!(of(&mut programs, &call(js, 2, true, 5)).name, "js#1");
        assert_eq!(of(&mut programs, &call(js, 3, true, 60)).name, "js#2");
    }

    #[test]
    fn no_more_than_the_bound_are_remembered() {
        let mut programs = Programs::default();
        for i in 0..200 {
            of(&mut programs, &call("curl/8", i, false, i as i64));
        }
        assert_eq!(programs.iter().count(), REMEMBERED);
    }
}
