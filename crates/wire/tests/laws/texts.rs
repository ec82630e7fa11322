//! Laws of JSON and gzip, the layers that the vendors share.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::Index;
use proptest::{prop_assert, prop_assert_eq, proptest};
use wire::error::ErrorKind;
use wire::gzip;
use wire::json::{Style, Value, parse};

use crate::spoil::spoilt;

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,6}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec(("[a-c\"\\\\\u{0}é]{0,2}", inner), 0..5).prop_map(Value::Object),
        ]
    })
}

fn styles() -> impl Strategy<Value = Style> {
    prop_oneof![
        Just(Style::Compact),
        Just(Style::Spaced),
        (0..5_usize).prop_map(Style::Indented),
    ]
}

proptest! {
    #[test]
    fn a_json_value_parses_to_itself(value in values(), style in styles()) {
        prop_assert_eq!(parse(&value.write(style)).unwrap().value, value);
    }

    /// The one normalisation is white space and the spelling of numbers and escapes.
    #[test]
    fn json_that_was_written_once_is_written_the_same_again((_, payload) in spoilt(), style in styles()) {
        if let Ok(text) = std::str::from_utf8(&payload) && let Ok(parsed) = parse(text) {
            let once = parsed.value.write(style);
            let again = parse(&once).unwrap();
            prop_assert_eq!(&again.value, &parsed.value);
            prop_assert_eq!(again.repeated, parsed.repeated);
            prop_assert_eq!(again.value.write(style), once);
        }
    }

    #[test]
    fn every_cut_of_json_is_refused_at_its_end(value in values(), style in styles()) {
        let text = Value::from(vec![value]).write(style);
        for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
            let error = parse(&text[..cut]).unwrap_err();
            prop_assert_eq!((error.kind, error.offset), (ErrorKind::Json, cut));
        }
    }

    #[test]
    fn gzip_inflates_to_what_was_deflated(plain in vec(any::<u8>(), 0..2000)) {
        let member = gzip::deflate(&plain);
        prop_assert_eq!(gzip::inflate(&member, plain.len()).unwrap(), plain);
    }

    #[test]
    fn gzip_stops_at_the_limit_and_nowhere_else(plain in vec(any::<u8>(), 1..2000), short in any::<Index>()) {
        let member = gzip::deflate(&plain);
        let error = gzip::inflate(&member, short.index(plain.len())).unwrap_err();
        prop_assert_eq!(error.kind, ErrorKind::Excess);
    }

    #[test]
    fn a_cut_gzip_member_is_never_a_shorter_message(plain in vec(any::<u8>(), 0..300)) {
        let member = gzip::deflate(&plain);
        for cut in 0..member.len() {
            let error = gzip::inflate(&member[..cut], plain.len()).unwrap_err();
            prop_assert_eq!(error.kind, ErrorKind::Compression);
        }
    }

    /// The checksum holds for the content; the header has bytes that say nothing about it.
    #[test]
    fn a_flipped_bit_of_gzip_is_refused_or_without_effect(plain in vec(any::<u8>(), 0..200), bit in any::<Index>()) {
        let mut member = gzip::deflate(&plain);
        let bit = bit.index(member.len() * 8);
        member[bit / 8] ^= 1 << (bit % 8);
        if let Ok(inflated) = gzip::inflate(&member, 1 << 16) {
            prop_assert_eq!(inflated, plain);
        }
    }

    #[test]
    fn a_gzip_member_takes_what_it_takes_and_leaves_the_rest(
        plain in vec(any::<u8>(), 0..200), rest in vec(any::<u8>(), 0..20),
    ) {
        let whole = gzip::deflate(&plain);
        let member = gzip::member(&[&whole[..], &rest].concat(), plain.len());
        prop_assert_eq!(member.inflated, plain);
        prop_assert_eq!(member.length, Some(whole.len()));
    }

    #[test]
    fn any_bytes_inflate_or_are_refused(bytes in vec(any::<u8>(), 0..200)) {
        let inflated = gzip::inflate(&bytes, 1 << 16);
        prop_assert!(inflated.is_err() || bytes.len() >= 18);
        let inflated = gzip::inflate(&[&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &bytes].concat(), 1 << 16);
        prop_assert!(inflated.is_err() || bytes.len() >= 8);
    }
}
