//! One message of either side, decoded for people.

use bytes::Bytes;

use super::response::{object_of, string};
use super::{rasr, rtts};
use crate::endpoint::{Dump, Field};
use crate::error::DecodeError;
use crate::json::{Value, object, parse};
use crate::knob::Knobs;
use crate::session::{Form, Side};

/// Decodes one message of synthesis. Audio is described by its length.
///
/// # Errors
/// If a text is not a JSON object, names no command, or is no message of the service.
pub(super) fn synthesis(side: Side, form: Form, payload: &Bytes) -> Result<Dump, DecodeError> {
    decode(side, form, payload, |payload| {
        rtts::response::Response::decode(payload).map(|(_, response)| response.kind())
    })
}

/// Decodes one message of recognition, likewise.
///
/// # Errors
/// Likewise.
pub(super) fn recognition(side: Side, form: Form, payload: &Bytes) -> Result<Dump, DecodeError> {
    decode(side, form, payload, |payload| {
        rasr::response::Response::decode(payload).map(|(_, response)| response.kind())
    })
}

fn decode(
    side: Side,
    form: Form,
    payload: &Bytes,
    response: impl Fn(&Bytes) -> Result<&'static str, DecodeError>,
) -> Result<Dump, DecodeError> {
    if form == Form::Binary {
        let bytes = payload.len();
        let field = Field::new(0, bytes, "audio", format!("{bytes} bytes"));
        let length = Value::from(u64::try_from(bytes).unwrap_or(u64::MAX));
        return Ok(Dump {
            kind: "audio",
            fields: vec![field],
            value: object([("audio", object([("bytes", length)]))]),
        });
    }
    let (kind, value) = match side {
        Side::Client => command(payload)?,
        Side::Server => (response(payload)?, object_of(payload)?),
    };
    let field = Field::new(0, payload.len(), "JSON", value.excerpt());
    Ok(Dump {
        kind,
        fields: vec![field],
        value,
    })
}

/// Encodes anew what a message of synthesis decodes to.
#[must_use]
pub(super) fn recode_synthesis(side: Side, form: Form, payload: &Bytes) -> Option<Bytes> {
    use rtts::message::{Message, decode};
    if form == Form::Binary {
        return Some(payload.clone());
    }
    let text = match side {
        Side::Server => {
            let (trace_id, response) = rtts::response::Response::decode(payload).ok()?;
            response.encode(trace_id.as_deref())
        }
        Side::Client => {
            let rules = rtts::rules::Rules::of(&Knobs::new(), |_| true);
            match decode(form, payload, &rules).message {
                Message::Start(Ok(start)) => start.encode(),
                Message::Start(Err(_)) | Message::Refused(_) | Message::Binary => return None,
            }
        }
    };
    Some(text.into())
}

/// Encodes anew what a message of recognition decodes to.
#[must_use]
pub(super) fn recode_recognition(side: Side, form: Form, payload: &Bytes) -> Option<Bytes> {
    use rasr::message::{Message, decode};
    if form == Form::Binary {
        return Some(payload.clone());
    }
    let text = match side {
        Side::Server => {
            let (trace_id, response) = rasr::response::Response::decode(payload).ok()?;
            response.encode(trace_id.as_deref())
        }
        Side::Client => {
            let rules = rasr::message::Rules::of(&Knobs::new());
            match decode(form, payload, &rules).message {
                Message::Start(start) => start.ok()?.encode(),
                Message::End(end) => end.ok()?.encode(),
                Message::Audio(_) | Message::Refused(_) => return None,
            }
        }
    };
    Some(text.into())
}

/// Whether bytes look like a message of synthesis.
#[must_use]
pub(super) fn resembles_synthesis(bytes: &[u8]) -> bool {
    object_like(bytes).is_some_and(|value| {
        let of_recognition = value.get("segments").is_some()
            || value.get("event").is_some()
            || is_command(&value, "END")
            || (is_command(&value, "START") && value.get("text").is_none());
        is_of_vendor(&value) && !of_recognition
    })
}

/// Whether bytes look like a message of recognition.
#[must_use]
pub(super) fn resembles_recognition(bytes: &[u8]) -> bool {
    object_like(bytes).is_some_and(|value| {
        let of_synthesis = value.get("text").is_some() || value.get("result").is_some();
        is_of_vendor(&value) && !of_synthesis
    })
}

fn command(payload: &Bytes) -> Result<(&'static str, Value), DecodeError> {
    let value = object_of(payload)?;
    let kind = match string(&value, "command")? {
        "START" => "START",
        "END" => "END",
        _ => "unknown",
    };
    Ok((kind, value))
}

fn object_like(bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?;
    let value = parse(text).ok()?.value;
    value.members().is_some().then_some(value)
}

fn is_of_vendor(value: &Value) -> bool {
    value.get("command").is_some_and(|v| v.as_str().is_some())
        || value.get("resp_type").is_some_and(|v| v.as_str().is_some())
}

fn is_command(value: &Value, name: &str) -> bool {
    value.get("command").and_then(Value::as_str) == Some(name)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use rstest::rstest;

    use crate::endpoint::Endpoint;
    use crate::huawei::rasr::SENTENCE;
    use crate::huawei::rtts::ENDPOINT;
    use crate::session::{Form, Side};

    #[rstest]
    #[case::no_kind(&ENDPOINT, r#"{"trace_id":"t"}"#, "resp_type")]
    #[case::odd_kind(&ENDPOINT, r#"{"resp_type":"STARTED","trace_id":"t"}"#, "resp_type")]
    #[case::no_reason(&ENDPOINT, r#"{"resp_type":"END","trace_id":"t"}"#, "reason")]
    #[case::odd_reason(&SENTENCE, r#"{"resp_type":"END","reason":"OVER"}"#, "reason")]
    #[case::number_code(&SENTENCE, r#"{"resp_type":"ERROR","error_code":32}"#, "error_code")]
    #[case::no_segments(&SENTENCE, r#"{"resp_type":"RESULT","result":[]}"#, "segments")]
    #[case::no_result(&ENDPOINT, r#"{"resp_type":"RESULT","segments":[]}"#, "result")]
    #[case::odd_event(&SENTENCE, r#"{"resp_type":"EVENT","event":"VOICE"}"#, "event")]
    #[case::no_event(&ENDPOINT, r#"{"resp_type":"EVENT","event":"VOICE_END"}"#, "resp_type")]
    #[case::string_time(
        &SENTENCE,
        r#"{"resp_type":"EVENT","event":"VOICE_END","timestamp":"1500"}"#,
        "timestamp"
    )]
    fn what_no_server_sends_is_malformed(
        #[case] endpoint: &Endpoint,
        #[case] text: &str,
        #[case] member: &str,
    ) {
        let payload = Bytes::copy_from_slice(text.as_bytes());
        let error = (endpoint.decode)(Side::Server, Form::Text, &payload).unwrap_err();
        assert_eq!(error.field, member);
    }
}
