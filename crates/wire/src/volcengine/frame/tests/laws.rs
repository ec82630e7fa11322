//! Laws of the codec, for frames and bytes of all kinds.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::super::{
    Compression, EVENTS, Event, Extension, Frame, Kind, Position, Serialization, Version, decode,
    fields, value,
};
use crate::session::Side;

fn sides() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Client), Just(Side::Server)]
}

fn payloads(longest: usize) -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..longest).prop_map(Bytes::from)
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::FullClientRequest),
        Just(Kind::AudioOnlyClient),
        Just(Kind::FullServerResponse),
        Just(Kind::AudioOnlyServer),
        Just(Kind::FrontEnd),
        any::<u32>().prop_map(|code| Kind::Error { code }),
    ]
}

fn events(side: Side) -> impl Strategy<Value = Event> {
    let known = (0..EVENTS.len()).prop_map(|index| EVENTS[index].number);
    let numbers = prop_oneof![known, any::<i32>()];
    (numbers, payloads(40)).prop_map(move |(number, id)| Event::new(number, side, id))
}

fn frames() -> impl Strategy<Value = (Side, Frame)> {
    let versions = prop_oneof![Just(Version::V1), Just(Version::V4)];
    let extensions =
        vec(any::<u8>(), 0..=Extension::MAX).prop_filter_map("whole words", |mut bytes| {
            bytes.truncate(bytes.len() / 4 * 4);
            Extension::new(bytes.into())
        });
    let positions = prop_oneof![Just(Position::Open), Just(Position::Last)];
    let serializations = prop_oneof![
        Just(Serialization::Raw),
        Just(Serialization::Json),
        Just(Serialization::Protobuf),
        Just(Serialization::Thrift),
        Just(Serialization::Custom),
    ];
    let compressions = prop_oneof![
        Just(Compression::None),
        Just(Compression::Gzip),
        Just(Compression::Custom),
    ];
    sides().prop_flat_map(move |side| {
        let header = (
            versions.clone(),
            kinds(),
            positions.clone(),
            serializations.clone(),
            compressions.clone(),
            any::<u8>(),
            extensions.clone(),
        );
        let rest = (
            option::of(any::<i32>()),
            option::of(events(side)),
            payloads(60),
        );
        (header, rest).prop_map(move |(header, (sequence, event, payload))| {
            let (version, kind, position, serialization, compression, reserved, extension) = header;
            let frame = Frame {
                version,
                kind,
                position,
                sequence,
                event,
                serialization,
                compression,
                reserved,
                extension,
                payload,
            };
            (side, frame)
        })
    })
}

proptest! {
    #[test]
    fn what_is_encoded_decodes_to_itself((side, frame) in frames()) {
        let bytes = frame.encode();
        prop_assert_eq!(frame.payload_offset() + frame.payload.len(), bytes.len());
        prop_assert_eq!(decode(side, &bytes), Ok(frame));
    }

    #[test]
    fn every_cut_names_a_field((side, frame) in frames()) {
        let bytes = frame.encode();
        for cut in 0..bytes.len() {
            let error = decode(side, &bytes.slice(..cut)).unwrap_err();
            prop_assert!(!error.field.is_empty() && error.offset <= cut);
        }
    }

    #[test]
    fn no_bytes_panic_and_what_decodes_encodes_to_itself(
        side in sides(),
        bytes in payloads(80),
    ) {
        if let Ok(frame) = decode(side, &bytes) {
            prop_assert_eq!(frame.encode(), bytes);
        }
    }

    #[test]
    fn no_frame_panics_when_it_is_shown((_, frame) in frames()) {
        if let Ok(body) = frame.body() {
            prop_assert!(!fields(&frame, &body).is_empty());
            prop_assert!(value(&frame, &body).get("payload").is_some());
        }
    }
}
