//! A scenario in a file of its own.
//!
//! ```toml
//! title = "Half of the audio, then a full house, then success"
//! about = "What a retry does that starts over, or gives up too soon."
//!
//! [[connection]]                # what goes wrong on which connection of the lane
//! is = "1"                      # N or N..M; faults before the first [[connection]] hold for all
//! faults = "drop-after-partial-audio:at=50%"
//!
//! [knobs."vendor/endpoint"]     # what the vendor chooses, as for the server
//! name = "value"
//!
//! [expect]                      # of the client, judged in `verify`
//! attempts = "3"
//! ```

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use wire::knob::Knobs;

use super::expect::Expect;
use super::{Scenario, ScenarioError, orders_of};
use crate::diagnostic::FileProblem;
use crate::fault::connections;
use crate::options::{Options, SetError};

/// A scenario's file, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(default)]
    about: String,
    faults: Option<Spanned<String>>,
    #[serde(default)]
    connection: Vec<Connection>,
    #[serde(default)]
    knobs: BTreeMap<String, BTreeMap<String, Spanned<String>>>,
    expect: Option<ExpectTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Connection {
    is: Spanned<String>,
    faults: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectTable {
    attempts: Option<Spanned<String>>,
    reconnect_within_ms: Option<u64>,
    spacing_at_least_ms: Option<u64>,
    #[serde(default)]
    spacing_grows: bool,
    stops_after: Option<u64>,
    #[serde(default)]
    nothing_after_close: bool,
    #[serde(default)]
    last_ends_cleanly: bool,
}

/// Reads a scenario's file.
pub(super) fn read(name: &str, text: &str) -> Result<Scenario, FileProblem> {
    let file: File = toml::from_str(text).map_err(|error| FileProblem::of_toml(&error))?;
    let mut orders = Vec::new();
    if let Some(faults) = &file.faults {
        orders.extend(orders_of(faults.get_ref()).map_err(|error| at(faults, &error))?);
    }
    for connection in &file.connection {
        let range = range(&connection.is)?;
        let faults = &connection.faults;
        let those = orders_of(faults.get_ref()).map_err(|error| at(faults, &error))?;
        orders.extend(those.into_iter().map(|order| order.on(range.clone())));
    }
    let expect = file.expect.map(|table| expect_of(&table)).transpose()?;
    Ok(Scenario {
        text: name.to_owned(),
        title: file.title,
        about: file.about,
        orders: orders.into(),
        knobs: knobs_of(&file.knobs)?.into(),
        expect: expect.map(Arc::new),
    })
}

fn at<T>(place: &Spanned<T>, error: &ScenarioError) -> FileProblem {
    FileProblem {
        message: error.to_string(),
        span: place.span(),
    }
}

fn range(text: &Spanned<String>) -> Result<RangeInclusive<u64>, FileProblem> {
    connections(text.get_ref()).ok_or_else(|| FileProblem {
        message: format!("{:?} is not N or N..M, counted from 1", text.get_ref()),
        span: text.span(),
    })
}

fn expect_of(table: &ExpectTable) -> Result<Expect, FileProblem> {
    Ok(Expect {
        attempts: table.attempts.as_ref().map(range).transpose()?,
        reconnect_within_ms: table.reconnect_within_ms,
        spacing_at_least_ms: table.spacing_at_least_ms,
        spacing_grows: table.spacing_grows,
        stops_after: table.stops_after,
        nothing_after_close: table.nothing_after_close,
        last_ends_cleanly: table.last_ends_cleanly,
    })
}

fn knobs_of(
    tables: &BTreeMap<String, BTreeMap<String, Spanned<String>>>,
) -> Result<BTreeMap<&'static str, Knobs>, FileProblem> {
    let mut options = Options::default();
    for (endpoint, table) in tables {
        for (knob, value) in table {
            let set = options.set_knob(endpoint, knob, value.get_ref());
            set.map_err(|error: SetError| FileProblem {
                message: error.to_string(),
                span: value.span(),
            })?;
        }
    }
    Ok(options.knobs)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::key("title = 'x'\nfault = 'none'", "unknown key `fault`", "fault")]
    #[case::fault(
        "title = 'x'\nfaults = 'close-1'",
        "unknown fault \"close-1\"; did you mean \"close-CODE\"?",
        "'close-1'"
    )]
    #[case::connection(
        "title = 'x'\n[[connection]]\nis = '0'\nfaults = 'close-1011'",
        "\"0\" is not N or N..M, counted from 1",
        "'0'"
    )]
    #[case::knob(
        "title = 'x'\n[knobs.'/nowhere']\nloud = 'on'",
        "\"/nowhere\" is not served",
        "'on'"
    )]
    fn a_mistake_is_told_with_its_place(
        #[case] text: &str,
        #[case] message: &str,
        #[case] place: &str,
    ) {
        let problem = read("x", text).unwrap_err();
        assert!(problem.message.contains(message), "{}", problem.message);
        assert_eq!(text.get(problem.span).unwrap(), place);
    }
}
