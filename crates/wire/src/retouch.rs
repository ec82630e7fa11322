//! Alterations that vendors have in common: of JSON messages, and of bare audio.
//!
//! A message is altered as its own service would have written it: members keep their order, and
//! white space goes where the service puts it. What is no JSON object is not altered.

use bytes::Bytes;

use crate::dialect::Retouch;
use crate::id::Ids;
use crate::json::{Style, Value, object, parse};
use crate::session::{Data, Form};

/// The alterations of a service that sends JSON as text and bare audio; `None` for all others.
/// `counter` is the one of the further members that each service would call by a name of its own.
pub(crate) fn shared(
    how: Retouch,
    data: &Data,
    style: Style,
    ids: &mut Ids,
    counter: (&'static str, u32),
) -> Option<Data> {
    match how {
        Retouch::ExtraFields => with_members(data, style, unlisted(ids, counter)),
        Retouch::MalformedJson => cut(data),
        Retouch::NonObjectJson => listed(data, style),
        Retouch::WithoutAudio if data.form == Form::Binary => Some(Data::binary(Bytes::new())),
        Retouch::NotLast if data.form == Form::Binary => Some(data.clone()),
        Retouch::Grown(least) => grown(data, least),
        Retouch::ForeignId
        | Retouch::WithoutAudio
        | Retouch::NotLast
        | Retouch::GzipFlagMismatch
        | Retouch::GzipErrorPayload
        | Retouch::GzipCorrupt
        | Retouch::BadGzipChecksum
        | Retouch::BadSequence
        | Retouch::BadPageChecksum
        | Retouch::SizeLies(_)
        | Retouch::Truncated(_) => None,
    }
}

/// Members that no page lists, one of each type.
fn unlisted(ids: &mut Ids, counter: (&'static str, u32)) -> [(&'static str, Value); 5] {
    let engine = object([("version", Value::from("2")), ("node", ids.hex(8).into())]);
    [
        ("session_id", Value::from(ids.uuid())),
        (counter.0, Value::from(counter.1)),
        ("engine", engine),
        ("tags", Value::from(Vec::new())),
        ("debug", Value::Null),
    ]
}

/// The message with further members behind its own.
pub(crate) fn with_members(
    data: &Data,
    style: Style,
    further: impl IntoIterator<Item = (&'static str, Value)>,
) -> Option<Data> {
    let mut members = members_of(&text_of(data)?)?;
    members.extend(
        further
            .into_iter()
            .map(|(name, value)| (name.into(), value)),
    );
    Some(Data::text(Value::Object(members).write(style)))
}

/// The message with another value of a member that it has.
pub(crate) fn with_value(data: &Data, style: Style, name: &str, value: Value) -> Option<Data> {
    let mut members = members_of(&text_of(data)?)?;
    // Of repeated members the last counts.
    let (_, place) = members.iter_mut().rfind(|(key, _)| key == name)?;
    *place = value;
    Some(Data::text(Value::Object(members).write(style)))
}

/// The message with the id of another task in one of its members.
pub(crate) fn with_foreign_id(
    data: &Data,
    style: Style,
    name: &str,
    mut draw: impl FnMut() -> String,
) -> Option<Data> {
    let altered = with_value(data, style, name, Value::from(draw()))?;
    if altered != *data {
        return Some(altered);
    }
    // Session and fault may draw from the same seed.
    with_value(data, style, name, Value::from(draw()))
}

/// The first half of the message: JSON that ends in the middle.
pub(crate) fn cut(data: &Data) -> Option<Data> {
    let text = text_of(data)?;
    members_of(&text)?;
    let half = (0..=text.len() / 2).rev().find_map(|end| text.get(..end))?;
    Some(Data::text(half))
}

/// The message with at least so many bytes: audio over and over, white space behind JSON.
pub(crate) fn grown(data: &Data, least: u64) -> Option<Data> {
    match data.form {
        Form::Binary => repeated(&data.body, least).map(Data::binary),
        Form::Text => {
            let mut text = text_of(data)?;
            members_of(&text)?;
            let missing = usize::try_from(least).ok()?.checked_sub(text.len());
            let missing = missing.filter(|missing| *missing > 0)?;
            text.extend(std::iter::repeat_n(' ', missing));
            Some(Data::text(text))
        }
    }
}

/// These bytes over and over, at least so many; `None` if there are none, or enough.
pub(crate) fn repeated(bytes: &Bytes, least: u64) -> Option<Bytes> {
    let least = usize::try_from(least).ok()?;
    let times = least.div_ceil(bytes.len().max(1));
    let is_short = !bytes.is_empty() && times > 1;
    is_short.then(|| bytes.repeat(times).into())
}

/// These bytes with a wrong checksum in the first whole head of an Ogg page.
pub(crate) fn with_bad_page(bytes: &Bytes) -> Option<Bytes> {
    const MARK: &[u8] = b"OggS";
    const CHECKSUM: usize = 22;
    let at = bytes.windows(MARK.len()).position(|piece| piece == MARK)?;
    let mut altered = bytes.to_vec();
    *altered.get_mut(at + CHECKSUM)? ^= 1;
    Some(altered.into())
}

/// A list with the message as its only item.
pub(crate) fn listed(data: &Data, style: Style) -> Option<Data> {
    let members = members_of(&text_of(data)?)?;
    let list = Value::from(vec![Value::Object(members)]);
    Some(Data::text(list.write(style)))
}

fn text_of(data: &Data) -> Option<String> {
    if data.form == Form::Binary {
        return None;
    }
    let payload = [data.head.as_ref(), data.body.as_ref()].concat();
    String::from_utf8(payload).ok()
}

fn members_of(text: &str) -> Option<Vec<(String, Value)>> {
    match parse(text).ok()?.value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use rstest::rstest;

    use super::*;

    fn text(data: Option<Data>) -> String {
        String::from_utf8(data.unwrap().body.to_vec()).unwrap()
    }

    fn message() -> Data {
        Data::text(r#"{"a":"é","b":[1,0.5]}"#)
    }

    #[test]
    fn further_members_stand_behind_the_others() {
        let altered = with_members(&message(), Style::Compact, [("c", Value::Null)]);
        assert_eq!(text(altered), r#"{"a":"é","b":[1,0.5],"c":null}"#);
    }

    #[test]
    fn a_value_is_replaced_where_it_stands() {
        let altered = with_value(&message(), Style::Spaced, "a", Value::from("x"));
        assert_eq!(text(altered), r#"{"a": "x", "b": [1, 0.5]}"#);
        let absent = with_value(&message(), Style::Compact, "z", Value::Null);
        assert_eq!(absent, None);
    }

    #[test]
    fn a_foreign_id_is_never_the_own_one() {
        let mut ids = ["x", "y"].iter().map(|&id| id.to_owned());
        let data = Data::text(r#"{"id":"x"}"#);
        let altered = with_foreign_id(&data, Style::Compact, "id", || ids.next().unwrap());
        assert_eq!(text(altered), r#"{"id":"y"}"#);
    }

    #[test]
    fn a_cut_message_is_a_beginning_and_no_json() {
        let half = text(cut(&message()));
        assert!(r#"{"a":"é","b":[1,0.5]}"#.starts_with(&half));
        assert!(parse(&half).is_err(), "{half}");
    }

    #[test]
    fn a_cut_never_goes_through_a_character() {
        assert_eq!(text(cut(&Data::text(r#"{"é":"é"}"#))), r#"{"é""#);
        assert_eq!(text(cut(&Data::text(r#"{"a":"éé"}"#))), r#"{"a":""#);
    }

    #[test]
    fn a_list_holds_the_message_as_it_is() {
        let altered = listed(&message(), Style::Compact);
        assert_eq!(text(altered), r#"[{"a":"é","b":[1,0.5]}]"#);
    }

    #[rstest]
    #[case::audio(Data::binary(Bytes::from_static(b"{}")))]
    #[case::no_json(Data::text("{"))]
    #[case::no_object(Data::text("[]"))]
    #[case::nothing(Data::text(""))]
    fn what_is_no_object_stays_as_it_is(#[case] data: Data) {
        assert_eq!(with_members(&data, Style::Compact, []), None);
        assert_eq!(with_value(&data, Style::Compact, "a", Value::Null), None);
        assert_eq!(cut(&data), None);
        assert_eq!(listed(&data, Style::Compact), None);
    }

    #[test]
    fn head_and_body_are_one_message() {
        let mut data = Data::text("1}");
        data.head = Bytes::from_static(b"{\"a\":");
        assert_eq!(text(listed(&data, Style::Compact)), r#"[{"a":1}]"#);
    }
}
