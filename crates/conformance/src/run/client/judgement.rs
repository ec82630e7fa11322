//! What a client did, held against what was expected.

use audio::container::ContainerError;
use audio::{SampleFormat, Sound};
use mock_server::{MessageKind, SessionReport, Side};
use wire::finding::Place;
use wire::json::{Value, object};

use super::Played;
use super::adapter::Exit;
use super::probe::last_line;
use super::subject::Subject;
use crate::case::{Answer, Case, ClientCase, ClientCheck, Outcome, Role, SoundAs};
use crate::matcher;
use crate::message::Scope;
use crate::run::Judge;
use crate::run::trace::{Comparison, MessageRef};
use crate::verdict::{Ending, Verdict, clause};

/// Judges all checks of a case; answers how the last session ended.
pub(super) fn judge(
    case: &Case,
    client: &ClientCase,
    played: &Played,
    subject: &Subject,
    judge: &mut Judge<'_>,
) -> Ending {
    let exit = &played.finished.exit;
    let session = played.sessions.last();
    let ending = exit.ending().unwrap_or_else(|| ending_of(session));
    if *exit == Exit::Unsupported {
        judge.all(
            Verdict::Unsupported,
            "unsupported",
            "the program says that it cannot do this (exit 127)",
        );
        return ending;
    }
    if let Some(fault) = unreached(client, &played.sessions) {
        let detail = format!("the session did not come to {fault}, which the case is about");
        for check in &client.checks {
            judge.unclear(
                &check.id,
                &check.clauses,
                "guard-not-reached",
                detail.clone(),
            );
        }
        return ending;
    }
    for check in &client.checks {
        let (id, clauses) = (check.id.as_str(), check.clauses.as_slice());
        // Without a session there is nothing that a check could be about.
        if played.sessions.is_empty() {
            let detail = match exit {
                Exit::Done => "the program says that it is done and never connected".to_owned(),
                _ => format!(
                    "the program never connected; {}",
                    last_line(&played.finished.stderr)
                ),
            };
            judge.differ(id, clauses, "never-connected", detail);
            continue;
        }
        match answer(case, client, check, played) {
            Ok(()) => judge.pass(id, clauses),
            Err(Difference {
                reason,
                detail,
                broken,
                message,
                compared,
            }) => {
                if let Some(message) = message {
                    judge.look_at(message);
                }
                if let Some(compared) = compared {
                    judge.compare(Comparison {
                        found: subject.redact(&compared.found),
                        ..compared
                    });
                }
                let detail = subject.redact(&detail);
                match broken {
                    Some(broken) => judge.differ(id, &[broken], reason, detail),
                    None => judge.differ(id, clauses, reason, detail),
                }
            }
        }
    }
    ending
}

/// The first fault of a case that has not acted in any session, if there was one: what a client
/// does before says nothing about how it takes the fault.
fn unreached<'c>(client: &'c ClientCase, sessions: &[SessionReport]) -> Option<&'c str> {
    let wanted = client.scenario.as_deref().filter(|own| *own != "none")?;
    let mut faults = wanted.split('+');
    let has_fired = |fault: &str| {
        let mut armed = sessions.iter().flat_map(|session| &session.faults);
        armed.any(|known| known.fault == fault && known.fired.is_some())
    };
    match sessions {
        [] => None,
        _ => faults.find(|fault| !has_fired(fault)),
    }
}

struct Difference {
    reason: &'static str,
    detail: String,
    /// The clause that decides what the difference means, if it is another than the check's.
    broken: Option<String>,
    message: Option<MessageRef>,
    compared: Option<Comparison>,
}

fn different(reason: &'static str, detail: impl Into<String>) -> Difference {
    Difference {
        reason,
        detail: detail.into(),
        broken: None,
        message: None,
        compared: None,
    }
}

fn answer(
    case: &Case,
    client: &ClientCase,
    check: &ClientCheck,
    played: &Played,
) -> Result<(), Difference> {
    match &check.expect {
        Answer::Outcome(wanted) => outcome(*wanted, played),
        Answer::Audio(kind) => sound(*kind, client, played),
        Answer::Transcript(wanted) => transcript(wanted, played),
        Answer::Findings { except } => findings(case, except, &played.sessions),
        Answer::Connections(wanted) => {
            let count = Value::from(u64::try_from(played.sessions.len()).unwrap_or(u64::MAX));
            hold("connections", Some(&count), wanted)
        }
        Answer::Messages { which, count, json } => {
            messages(played.sessions.last(), which, count.as_ref(), json)
        }
        Answer::Close(wanted) => {
            let close = played
                .sessions
                .last()
                .and_then(|session| session.close.as_ref());
            let code = close.map(|close| Value::from(u32::from(close.code)));
            hold("close code", code.as_ref(), wanted)
        }
    }
}

fn hold(path: &str, value: Option<&Value>, wanted: &matcher::Matcher) -> Result<(), Difference> {
    let found = matcher::check(path, value, wanted, &mut Scope::new(""));
    match found.first() {
        None => Ok(()),
        Some(first) => Err(Difference {
            compared: Some(of_mismatch(first)),
            ..different(
                "value",
                format!("{path}: {}, expected {}", first.found, first.expected),
            )
        }),
    }
}

fn of_mismatch(mismatch: &matcher::Mismatch) -> Comparison {
    Comparison {
        path: mismatch.path.clone(),
        expected: mismatch.expected.clone(),
        found: mismatch.found.clone(),
        holds: false,
    }
}

/// A message by its number in the journal; 0 is the handshake.
fn message_of(connection: usize, session: &SessionReport, number: u64) -> Option<MessageRef> {
    if number == 0 {
        return Some(MessageRef {
            connection,
            side: Side::Client,
            index: 0,
        });
    }
    let is_data = |kind: MessageKind| matches!(kind, MessageKind::Text | MessageKind::Binary);
    let mut messages = session.messages.iter();
    let found = messages.find(|message| message.number == number)?;
    let before = session.messages.iter().filter(|message| {
        message.number <= number && message.side == found.side && is_data(message.kind)
    });
    is_data(found.kind).then(|| MessageRef {
        connection,
        side: found.side,
        index: before.count(),
    })
}

fn outcome(wanted: Outcome, played: &Played) -> Result<(), Difference> {
    let stderr = last_line(&played.finished.stderr);
    match (&played.finished.exit, wanted) {
        (Exit::Done, Outcome::Completed | Outcome::Ends)
        | (Exit::Error, Outcome::Error | Outcome::Ends) => Ok(()),
        (Exit::Done, Outcome::Error) => Err(different(
            "completed",
            "the program says that it is done, expected an error",
        )),
        (Exit::Error, Outcome::Completed) => Err(different(
            "error",
            format!("the program reports an error, expected success; {stderr}"),
        )),
        (Exit::Crash(how), _) => Err(different(
            "crash",
            format!("the program crashes ({how}); {stderr}"),
        )),
        (Exit::Hung, _) => Err(different(
            "timeout",
            format!("the program did not end by its deadline; {stderr}"),
        )),
        (Exit::Unsupported, _) => Err(different("unsupported", "the program cannot do this")),
    }
}

/// What the program wrote; an error makes it nothing.
fn output(played: &Played) -> Result<&[u8], Difference> {
    match (&played.finished.exit, &played.finished.output) {
        (Exit::Done, Some(output)) => Ok(output),
        (Exit::Done, None) => Err(different("no-output", "MYNAH_OUT was not written")),
        _ => Err(different("no-output", "the program did not complete")),
    }
}

/// The audio says the input, and is sample for sample what the mock has sent.
fn sound(kind: SoundAs, client: &ClientCase, played: &Played) -> Result<(), Difference> {
    let bytes = output(played)?;
    if bytes.is_empty() {
        return Err(different("no-output", "MYNAH_OUT is empty"));
    }
    let raw = |format| Sound::open_raw(bytes, format, client.rate_hz);
    let opened = match kind {
        SoundAs::File => Sound::open(bytes),
        SoundAs::Pcm => raw(SampleFormat::Pcm(audio::Endian::Little)),
        SoundAs::Mulaw => raw(SampleFormat::Mulaw),
        SoundAs::Alaw => raw(SampleFormat::Alaw),
    };
    let unreadable =
        |error: ContainerError| different("audio", format!("MYNAH_OUT cannot be read: {error}"));
    let (rate_hz, received) = samples(opened.map_err(unreadable)?).map_err(unreadable)?;
    let heard = audio::hear::hear(&received, rate_hz);
    let said = audio::speech::join(heard.words.iter().map(|word| word.text.as_str()));
    let wanted = Value::from(client.input.as_str()).excerpt();
    let got = Value::from(said.as_str()).excerpt();
    if let Some(damage) = heard.damage.first() {
        let (name, at) = (damage.kind.name(), damage.at_ms);
        let word = damage.text.as_deref().unwrap_or("audio");
        return Err(different(
            "audio-damaged",
            format!("the audio says {got}, expected {wanted}: {name} {word} at {at} ms"),
        ));
    }
    if said != client.input || !heard.complete {
        let detail = format!("the audio says {got}, expected {wanted}");
        return Err(different("audio", detail));
    }
    let sent = played
        .sessions
        .iter()
        .rev()
        .find_map(|session| session.server_audio.as_ref());
    let sent = sent.ok_or_else(|| different("audio", "the mock sent no audio"))?;
    let (_, sent) = Sound::open(sent.bytes.as_slice())
        .and_then(samples)
        .map_err(|error| different("audio", format!("the mock's audio cannot be read: {error}")))?;
    same(&received, &sent)
}

/// All samples of a sound, and their rate.
fn samples(mut sound: Sound<'_>) -> Result<(u32, Vec<i16>), ContainerError> {
    let mut samples = Vec::new();
    while sound.read(&mut samples)? {}
    Ok((sound.rate_hz(), samples))
}

fn same(received: &[i16], sent: &[i16]) -> Result<(), Difference> {
    let first = received.iter().zip(sent).position(|(a, b)| a != b);
    let detail = match first {
        None if received.len() == sent.len() => return Ok(()),
        Some(at) => format!("sample {at} is not the one that was sent"),
        None => "one is the start of the other".to_owned(),
    };
    let (got, all) = (received.len(), sent.len());
    let detail = format!("{got} samples were written, {all} sent; {detail}");
    Err(different("audio-differs", detail))
}

fn transcript(wanted: &str, played: &Played) -> Result<(), Difference> {
    let found = String::from_utf8_lossy(output(played)?).into_owned();
    // A line's end is the program's way to end a file.
    let found = found.trim_end_matches(['\r', '\n']);
    match found == wanted {
        true => Ok(()),
        false => Err(different(
            "transcript",
            format!(
                "{}, expected {}",
                Value::from(found).excerpt(),
                Value::from(wanted).excerpt()
            ),
        )),
    }
}

fn findings(case: &Case, except: &[String], sessions: &[SessionReport]) -> Result<(), Difference> {
    let endpoint = crate::case::endpoint_of(case);
    let found = (1..).zip(sessions).flat_map(|(connection, session)| {
        let findings = session.findings.iter();
        findings.map(move |finding| (connection, session, finding))
    });
    let counted = found.filter(|(_, _, finding)| !except.iter().any(|id| id == finding.clause));
    let scored = counted.filter_map(|(connection, session, finding)| {
        let clause = clause(endpoint, finding.clause)?;
        (clause.level != wire::clause::Level::Assumed)
            .then_some((clause, connection, session, finding))
    });
    let worst = scored.min_by_key(|(clause, ..)| clause.level);
    match worst {
        None => Ok(()),
        Some((clause, connection, session, finding)) => Err(Difference {
            reason: "finding",
            detail: format!("{}: {}", clause.id, finding.text),
            broken: Some(clause.id.to_owned()),
            message: finding
                .message
                .and_then(|number| message_of(connection, session, number)),
            compared: Some(Comparison {
                path: match &finding.place {
                    Place::Path(path) => path.clone(),
                    Place::Offset(offset) => format!("byte {offset}"),
                    Place::Whole => "the whole".to_owned(),
                },
                expected: finding.expected.clone(),
                found: finding.found.clone(),
                holds: false,
            }),
        }),
    }
}

fn messages(
    session: Option<&SessionReport>,
    which: &matcher::Matchers,
    count: Option<&matcher::Matcher>,
    json: &matcher::Matchers,
) -> Result<(), Difference> {
    let mut scope = Scope::new("");
    let mut chosen = Vec::new();
    for message in session.iter().flat_map(|session| &session.messages) {
        let is_data = matches!(message.kind, MessageKind::Text | MessageKind::Binary);
        if message.side != Side::Client || !is_data {
            continue;
        }
        let value = wire::json::parse(&message.value.to_string());
        let value = value.map_or_else(|_| object::<String>([]), |parsed| parsed.value);
        if matcher::check_all(&value, which, &mut scope).is_empty() {
            chosen.push((message.number, value));
        }
    }
    match count {
        Some(count) => {
            let found = Value::from(u64::try_from(chosen.len()).unwrap_or(u64::MAX));
            hold("messages of this kind", Some(&found), count)?;
        }
        None if chosen.is_empty() => {
            return Err(different("no-message", "the client sent no such message"));
        }
        None => {}
    }
    for (number, value) in chosen {
        let found = matcher::check_all(&value, json, &mut scope);
        if let Some(first) = found.first() {
            return Err(different(
                "value",
                format!(
                    "message {number}: {}: {}, expected {}",
                    first.path, first.found, first.expected
                ),
            ));
        }
    }
    Ok(())
}

fn ending_of(session: Option<&SessionReport>) -> Ending {
    let Some(session) = session else {
        return Ending::None;
    };
    match &session.close {
        _ if session.status != 101 => Ending::Refused(session.status),
        Some(close) if close.code == 1006 => Ending::Fin,
        Some(close) => Ending::Close {
            code: close.code,
            by: match close.by {
                Side::Client => Role::Client,
                Side::Server => Role::Server,
            },
        },
        None if session.is_closed => Ending::Fin,
        None => Ending::LeftOpen,
    }
}
