//! Every key that the parser knows stands in docs/conformance.md.

use std::collections::BTreeSet;

use rstest::rstest;
use serde::de::DeserializeOwned;

use super::{
    Answer, Case, ClientCase, ClientCheck, Close, Closed, Collect, Connect, EndpointFile, Expect,
    Frame, Http, Kind, LengthForm, Need, Operation, Outcome, Ping, Quiet, Refused, Send, SoundAs,
    SoundLike, Status, Step, Stream, Template, Unfragmented,
};
use crate::matcher::{KEYS, Matcher};
use crate::message::Piece;

const DOCS: &str = include_str!("../../../../docs/conformance.md");

/// What stands between backquotes, and in blocks of code, word by word.
fn words(text: &str) -> BTreeSet<&str> {
    let code = text.split('`').enumerate();
    let code = code.filter(|(number, _)| number % 2 == 1);
    code.flat_map(|(_, span)| span.split(|c: char| !(c.is_alphanumeric() || "_-$".contains(c))))
        .collect()
}

/// The names that a type is made of, as its parser lists them when it meets another.
fn names<T: DeserializeOwned>() -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Field<T> {
        #[serde(rename = "field")]
        _field: T,
    }
    let tries = ["field = { not-a-key = 1 }", "field = \"not-a-key\""];
    let problem = tries.into_iter().find_map(|text| {
        let problem = toml::from_str::<Field<T>>(text).err()?.message().to_owned();
        problem.contains("unknown").then_some(problem)
    });
    let problem = problem.unwrap();
    let (_, expected) = problem.split_once("expected").unwrap();
    let quoted = expected.split('`').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

/// The row of a step in the table of steps.
fn row(step: &str) -> &'static str {
    let begin = format!("| `{step}` |");
    let found = DOCS.lines().find(|line| line.starts_with(&begin));
    found.unwrap_or_else(|| panic!("there is no row for {step}"))
}

#[test]
fn steps_have_a_row_each() {
    let steps = names::<Step>();
    assert_eq!(steps.len(), 13);
    for step in steps {
        assert!(!row(&step).is_empty());
    }
}

#[rstest]
#[case::connect("connect", names::<Connect>())]
#[case::refused("refused", names::<Refused>())]
#[case::http("http", names::<Http>())]
#[case::send("send", names::<Send>())]
#[case::frame("frame", names::<Frame>())]
#[case::stream("stream", names::<Stream>())]
#[case::expect("expect", names::<Expect>())]
#[case::collect("collect", names::<Collect>())]
#[case::ping("ping", names::<Ping>())]
#[case::quiet("quiet", names::<Quiet>())]
#[case::unfragmented("unfragmented", names::<Unfragmented>())]
#[case::closed("closed", names::<Closed>())]
#[case::close("close", names::<Close>())]
fn the_row_of_a_step_has_its_keys(#[case] step: &str, #[case] keys: Vec<String>) {
    let known = words(row(step));
    for key in keys {
        // Every step that judges has it, as the text below the table says.
        if key != "clauses" {
            assert!(known.contains(key.as_str()), "{step}: {key}");
        }
    }
}

#[rstest]
#[case::case(names::<Case>())]
#[case::client(names::<ClientCase>())]
#[case::client_check(names::<ClientCheck>())]
#[case::answer(names::<Answer>())]
#[case::outcome(names::<Outcome>())]
#[case::operation(names::<Operation>())]
#[case::sound(names::<SoundLike>())]
#[case::sound_as(names::<SoundAs>())]
#[case::piece(names::<Piece>())]
#[case::length(names::<LengthForm>())]
#[case::endpoint(names::<EndpointFile>())]
#[case::template(names::<Template>())]
#[case::status(names::<Status>())]
#[case::kind(names::<Kind>())]
#[case::need(names::<Need>())]
#[case::matcher(KEYS.iter().map(|&key| key.to_owned()).collect())]
fn what_a_file_may_say_is_written_down(#[case] keys: Vec<String>) {
    assert!(!keys.is_empty());
    let known = words(DOCS);
    for key in keys {
        assert!(known.contains(key.as_str()), "{key}");
    }
}

#[test]
fn the_keys_of_matchers_are_those_that_are_listed() {
    for key in KEYS {
        let text = format!("m = {{ {key} = [] }}");
        let error = toml::from_str::<std::collections::BTreeMap<String, Matcher>>(&text);
        let problem = error.map_or_else(|error| error.message().to_owned(), |_| String::new());
        assert!(!problem.contains("unknown condition"), "{key}: {problem}");
    }
}
