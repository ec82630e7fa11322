//! The cases of the Autobahn test suite against the server itself, and the table of docs/rfc6455.md, which is made
//! of what it answered. The suite speaks to an echo; so does this.
//!
//! After a change: `BLESS=1 cargo test -p mock-server rfc6455` writes the tables anew.

mod cases;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wire::dialect::Deviation;
use wire::session::{Conversation, Data, Decoded, Form, Protocol, Rule, State, Step, Table, Turn};
use wire::ws::{DataOpcode, Event, Receiver, Role as OurRole};

use self::cases::{Case, SECTIONS};
use super::{CLAUSE, ClockMode, Duration, Limits, Pace, serve};

static TABLE: Table = Table {
    states: &[State {
        name: "open",
        text: "anything goes",
    }],
    rules: &[
        Rule::client(&["open"], "echo", None, &CLAUSE),
        Rule::server(&["open"], "echo", None, &CLAUSE),
    ],
    order: &CLAUSE,
};

/// Sends every message back in its own form.
struct Echo;

impl Protocol for Echo {
    type Message = Data;

    fn decode(&self, form: Form, payload: &Bytes) -> Decoded<Data> {
        let (head, body) = (Bytes::new(), payload.clone());
        Decoded {
            kind: "echo",
            message: Data { form, head, body },
            findings: Vec::new(),
            credentials: Vec::new(),
        }
    }

    fn receive(&mut self, message: Data, _: Step, turn: &mut Turn<'_>) {
        turn.send("echo", message);
    }

    fn deviate(&mut self, _: &Deviation, _: &mut Turn<'_>) -> bool {
        false
    }
}

/// What the server answers to a case, one word for each frame, until it lets go of the connection.
async fn answer(case: &Case) -> Vec<String> {
    let (near, far) = tokio::io::duplex(64 << 10);
    let echo = Box::new(Conversation::new(&TABLE, Echo));
    let served = serve(echo, near, Pace::Burst, ClockMode::default());
    let (mut input, mut output) = tokio::io::split(far);
    let reader = tokio::spawn(async move {
        let mut receiver = Receiver::new(OurRole::Client, Limits::default());
        let mut words = Vec::new();
        let mut piece = vec![0; 64 << 10];
        loop {
            let read = input.read(&mut piece).await.unwrap();
            receiver.push(&piece[..read]);
            words.extend(std::iter::from_fn(|| receiver.next_event()).filter_map(|it| word(&it)));
            if read == 0 {
                assert!(!receiver.in_frame(), "the server stops inside a frame");
                return words;
            }
        }
    });
    for piece in &case.sent {
        // The server may have closed already.
        let _ = output.write_all(piece).await;
        if case.waits {
            // Until everybody waits: with its clock paused tokio lets time pass only then.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    // A server that waits for more than is sent has not failed the connection when it was certain.
    let words = tokio::time::timeout(Duration::from_secs(60), reader).await;
    let words = words
        .unwrap_or_else(|_| panic!("{} is never answered", case.number))
        .unwrap();
    drop(output);
    served.task.await.unwrap();
    words
}

fn word(event: &Event) -> Option<String> {
    match event {
        Event::Frame { .. } => None,
        Event::Message {
            opcode, payload, ..
        } => {
            let form = match opcode {
                DataOpcode::Text => "text",
                DataOpcode::Binary => "binary",
            };
            Some(cases::echo(form, payload))
        }
        Event::Ping(_) => Some("ping".to_owned()),
        Event::Pong(payload) => Some(cases::pong(payload)),
        Event::Close(close) => Some(close.code.map_or_else(
            || "close without a code".to_owned(),
            |code| format!("close {code}"),
        )),
        Event::Violation(violation) => Some(format!("broken: {violation}")),
    }
}

/// The answer without what was echoed, as the table shows it.
fn summary(words: &[String]) -> String {
    let kinds = words.iter().map(|word| match word.split_once(':') {
        Some(("text" | "binary", _)) => "echo",
        Some((kind, _)) => kind,
        None => word,
    });
    let mut runs: Vec<(&str, usize)> = Vec::new();
    for kind in kinds {
        match runs.last_mut() {
            Some((last, count)) if *last == kind => *count += 1,
            _ => runs.push((kind, 1)),
        }
    }
    let runs = runs.iter().map(|(kind, count)| match count {
        1 => (*kind).to_owned(),
        _ => format!("{count} × {kind}"),
    });
    runs.collect::<Vec<_>>().join(", ")
}

/// Rows of the table: neighbours with the same description and answer share one.
fn rows(answered: &[(Case, Vec<String>)]) -> String {
    let mut rows: Vec<(String, String, &str, String)> = Vec::new();
    for (case, words) in answered {
        let answer = summary(words);
        match rows.last_mut() {
            Some((_, last, what, same)) if *what == case.what && *same == answer => {
                last.clone_from(&case.number);
            }
            _ => rows.push((case.number.clone(), case.number.clone(), &case.what, answer)),
        }
    }
    let mut text = String::from("| case | is sent | is answered |\n|---|---|---|\n");
    for (first, last, what, answer) in rows {
        let number = if first == last {
            first
        } else {
            format!("{first} – {last}")
        };
        writeln!(text, "| {number} | {what} | {answer} |").unwrap();
    }
    text
}

fn sections(answered: &[(Case, Vec<String>)]) -> String {
    let mut text = String::from("| class | is about | cases | as expected |\n|---|---|---|---|\n");
    for (section, about, count) in SECTIONS {
        let of_section = answered
            .iter()
            .filter(|(case, _)| case.section() == *section);
        let found = of_section.count();
        assert_eq!(found, *count, "{section}: {about}");
        writeln!(text, "| {section} | {about} | {count} | {count} |").unwrap();
    }
    let total: usize = SECTIONS.iter().map(|(_, _, count)| count).sum();
    assert_eq!(total, answered.len());
    writeln!(text, "| | together | {total} | {total} |").unwrap();
    text
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The document with what stands between two marks replaced.
fn replaced(text: &str, name: &str, table: &str) -> String {
    let (start, end) = (
        format!("<!-- {name} -->\n"),
        format!("<!-- end of {name} -->"),
    );
    let from = text.find(&start).unwrap() + start.len();
    let to = text.find(&end).unwrap();
    [&text[..from], table, &text[to..]].concat()
}

#[tokio::test(start_paused = true)]
async fn every_case_class_of_the_suite_is_answered_as_rfc_6455_wants() {
    let mut answered = Vec::new();
    for case in cases::all() {
        let words = answer(&case).await;
        assert_eq!(words, case.wanted, "{} {}", case.number, case.what);
        answered.push((case, words));
    }
    let file = root().join("docs/rfc6455.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let wanted = replaced(&text, "classes", &sections(&answered));
    let wanted = replaced(&wanted, "cases", &rows(&answered));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &wanted).unwrap();
    }
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text, wanted, "docs/rfc6455.md is not what was answered");
}

/// A case is worth something only if another answer would not do.
#[tokio::test(start_paused = true)]
async fn cases_tell_right_from_wrong() {
    let ways: std::collections::BTreeSet<String> = cases::all()
        .iter()
        .map(|case| summary(&case.wanted))
        .collect();
    for way in [
        "echo, close 1000",
        "close 1002",
        "close 1007",
        "pong, close 1000",
    ] {
        assert!(ways.contains(way), "nothing is answered with {way}");
    }
}

/// The checks of published clients that the document names exist.
#[test]
fn the_clients_named_have_these_checks() {
    let text = std::fs::read_to_string(root().join("docs/rfc6455.md")).unwrap();
    let section = text.split("<!-- clients -->").nth(1).unwrap();
    let mut libraries = 0;
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let mut words = row.split('`').skip(1).step_by(2);
        let client = words.next().unwrap();
        let folder = root().join("conformance/clients").join(client);
        let source = sources(&folder);
        let mut checks = 0;
        for check in words {
            let quoted = ["\"", "'"].map(|quote| format!("{quote}{check}{quote}"));
            let is_there = quoted.iter().any(|it| source.contains(it));
            assert!(is_there, "{client} has no check {check}");
            checks += 1;
        }
        assert!(checks > 0, "{client} proves nothing");
        libraries += 1;
    }
    assert!(libraries >= 4, "{libraries} clients");
}

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = path
            .extension()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            text += &sources(&path);
        } else if ["py", "cjs", "go", "java"].contains(&kind) {
            text += &std::fs::read_to_string(path).unwrap();
        }
    }
    text
}
