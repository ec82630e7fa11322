//! One message: decoded by its endpoint as either side's and in either form.

use bytes::Bytes;
use wire::endpoint::{Dump, Endpoint};
use wire::error::{DecodeError, ErrorKind};
use wire::json::{Style, parse};
use wire::session::{Form, Side};

use super::cost::{FLAT, bounded, weight};

/// What becomes of a message.
pub type Outcome = Result<Dump, DecodeError>;

/// Holds one message against the laws of every side and form.
pub fn check(endpoint: &Endpoint, message: &[u8]) {
    let payload = Bytes::copy_from_slice(message);
    let weight = weight(&payload);
    for side in [Side::Client, Side::Server] {
        for form in [Form::Text, Form::Binary] {
            let what = format!("{} {side:?} {form:?}", endpoint.name);
            let decode = |payload: &Bytes| (endpoint.decode)(side, form, payload);
            let outcome = bounded(&what, weight, FLAT, || decode(&payload));
            if let Err(why) = is_sound(&outcome, &payload) {
                panic!("{what}: {why}");
            }
            stands_alone(&what, &outcome, &payload, decode);
            written_values_are_fixed(&what, &outcome);
            recodes(&what, endpoint, side, form, &payload, &outcome);
            stays_refused(&what, &outcome, &payload, decode);
        }
    }
    let _ = bounded(endpoint.name, weight, FLAT, || {
        (endpoint.resembles)(&payload)
    });
}

/// What must be true of every outcome: an error names a field and a place in the message, a dump's
/// fields lie in it, in order.
pub fn is_sound(outcome: &Outcome, payload: &[u8]) -> Result<(), String> {
    match outcome {
        Err(error) => {
            if error.offset > payload.len() {
                return Err(format!("{error}: the message has {} bytes", payload.len()));
            }
            if error.field.is_empty() || error.problem.is_empty() {
                return Err(format!("{error:?} does not say what is wrong"));
            }
        }
        Ok(dump) => {
            let mut from = 0;
            for field in &dump.fields {
                if field.offset < from || field.offset + field.length > payload.len() {
                    return Err(format!("{field:?} of {} bytes", payload.len()));
                }
                from = field.offset;
            }
            if dump.kind.is_empty() {
                return Err("the message has no kind".to_owned());
            }
        }
    }
    Ok(())
}

/// Whether what is wrong has been read completely: no byte behind it can put it right.
pub fn is_final(error: &DecodeError, payload: &[u8]) -> bool {
    match error.kind {
        // A judgement of the message as a whole is none of its beginning.
        ErrorKind::Undefined => error.field != "message",
        ErrorKind::Trailing => true,
        ErrorKind::Utf8 => std::str::from_utf8(payload).is_err_and(|it| it.error_len().is_some()),
        ErrorKind::Json => error.offset < payload.len() && std::str::from_utf8(payload).is_ok(),
        ErrorKind::Truncated | ErrorKind::Length | ErrorKind::Compression | ErrorKind::Excess => {
            false
        }
    }
}

/// The same bytes elsewhere and again decode to the same.
fn stands_alone(
    what: &str,
    outcome: &Outcome,
    payload: &Bytes,
    decode: impl Fn(&Bytes) -> Outcome,
) {
    let buffer = Bytes::from([&b"]}\x1f\x8b"[..], payload, b"\"\x00"].concat());
    let again = decode(&buffer.slice(4..4 + payload.len()));
    assert_eq!(&again, outcome, "{what}: depends on where it stands");
}

fn written_values_are_fixed(what: &str, outcome: &Outcome) {
    let Ok(dump) = outcome else { return };
    let written = dump.value.write(Style::Compact);
    // What a payload of a frame holds stands one deeper in the value than in the payload.
    if let Ok(parsed) = parse(&written) {
        assert_eq!(parsed.value, dump.value, "{what}");
    }
}

/// What is encoded anew is a message of the same kind, and encodes to itself from then on; a frame
/// does so at once.
fn recodes(
    what: &str,
    endpoint: &Endpoint,
    side: Side,
    form: Form,
    payload: &Bytes,
    outcome: &Outcome,
) {
    let Some(once) = (endpoint.recode)(side, form, payload) else {
        assert!(
            form == Form::Text || outcome.is_err(),
            "{what}: a frame is not encoded"
        );
        return;
    };
    if form == Form::Binary {
        assert_eq!(once, payload, "{what}: a frame is encoded otherwise");
    }
    let (Ok(first), Ok(second)) = (outcome, (endpoint.decode)(side, form, &once)) else {
        panic!("{what}: encodes to what is no message: {once:?}");
    };
    assert_eq!(first.kind, second.kind, "{what}: encodes to another kind");
    let twice = (endpoint.recode)(side, form, &once);
    assert_eq!(twice, Some(once), "{what}: is encoded otherwise again");
}

fn stays_refused(
    what: &str,
    outcome: &Outcome,
    payload: &Bytes,
    decode: impl Fn(&Bytes) -> Outcome,
) {
    let Err(error) = outcome else { return };
    if !is_final(error, payload) {
        return;
    }
    for more in [&b"}"[..], b"]", b"\"", b"\0\0\0\0", b"\"}"] {
        let longer = decode(&Bytes::from([payload, more].concat()));
        assert!(longer.is_err(), "{what}: {error}, and then {longer:?}");
    }
}
