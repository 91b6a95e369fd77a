//! `docs/fidelity.md` says of every operation whether it is there.

use std::collections::BTreeSet;

use crate::server::operations::{NOT_SUPPORTED, OPERATIONS};

/// The operations of the page's table whose state is that of absence, or is not.
fn told(absent: bool) -> BTreeSet<&'static str> {
    let page = include_str!("../../../docs/fidelity.md");
    let table = page
        .split_once("| operation | state |")
        .and_then(|(_, rest)| rest.split_once("\n\n"))
        .expect("the table is there")
        .0;
    let rows = table.lines().map(|line| line.split(" | "));
    rows.filter_map(|mut cells| Some((cells.next()?.strip_prefix("| ")?, cells.next()?)))
        .filter(|(_, state)| state.starts_with("absent") == absent)
        .flat_map(|(names, _)| names.split(", "))
        .filter(|name| !name.contains(' '))
        .collect()
}

#[test]
fn the_page_on_fidelity_tells_of_every_operation() {
    let served = OPERATIONS.iter().map(|operation| operation.name).collect();
    assert_eq!(told(false), served);
    let (elsewhere, absent): (BTreeSet<_>, BTreeSet<_>) = NOT_SUPPORTED
        .iter()
        .copied()
        .partition(|name| name.contains("Channel") || name.contains("Queue"));
    assert_eq!(told(true), absent);
    assert_eq!(elsewhere.len(), 17, "channels and queues");
}
