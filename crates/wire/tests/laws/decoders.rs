//! Laws of the message decoders of every endpoint, for both sides and both forms.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::Index;
use proptest::{prop_assert, prop_assert_eq, proptest};
use wire::endpoint::Endpoint;
use wire::registry;
use wire::session::{Form, Side};

use crate::oracle::decode::{is_final, is_sound};
use crate::oracle::stored::ALL;
use crate::spoil::spoilt;

fn endpoint() -> impl Strategy<Value = &'static Endpoint> {
    any::<Index>().prop_map(|index| *index.get(&registry::endpoints().collect::<Vec<_>>()))
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Client), Just(Side::Server)]
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![Just(Form::Text), Just(Form::Binary)]
}

#[test]
fn every_stored_message_decodes() {
    for stored in ALL.iter() {
        let outcome = (stored.endpoint.decode)(stored.side, stored.form, &stored.payload);
        is_sound(&outcome, &stored.payload).unwrap();
        // Fixtures of errors hold what is no message; everything that a server says is one.
        assert!(
            outcome.is_ok() || stored.side == Side::Client,
            "{}: {outcome:?}",
            stored.file
        );
    }
}

/// Exhaustive: everything that is there to be cut.
#[test]
fn every_cut_of_every_stored_message_is_decoded_or_refused_inside_it() {
    for stored in ALL.iter() {
        for cut in 0..stored.payload.len().min(4096) {
            let payload = stored.payload.slice(..cut);
            let outcome = (stored.endpoint.decode)(stored.side, stored.form, &payload);
            if let Err(why) = is_sound(&outcome, &payload) {
                panic!("{} cut at {cut}: {why}", stored.file);
            }
        }
    }
}

/// Exhaustive: every bit of the first bytes, where the headers are.
#[test]
fn every_flipped_bit_of_a_header_is_decoded_or_refused_inside_it() {
    for stored in ALL.iter() {
        for bit in 0..stored.payload.len().min(24) * 8 {
            let mut payload = stored.payload.to_vec();
            payload[bit / 8] ^= 1 << (bit % 8);
            let payload = Bytes::from(payload);
            let outcome = (stored.endpoint.decode)(stored.side, stored.form, &payload);
            if let Err(why) = is_sound(&outcome, &payload) {
                panic!("{} bit {bit}: {why}", stored.file);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_decoded_or_refused_inside_them(
        endpoint in endpoint(), side in side(), form in form(), bytes in vec(any::<u8>(), 0..120),
    ) {
        let payload = Bytes::from(bytes);
        let outcome = (endpoint.decode)(side, form, &payload);
        let sound = is_sound(&outcome, &payload);
        prop_assert!(sound.is_ok(), "{}: {:?}", endpoint.name, sound);
        let _ = (endpoint.resembles)(&payload);
    }

    #[test]
    fn spoilt_messages_are_decoded_or_refused_inside_them((stored, payload) in spoilt(), side in side()) {
        let outcome = (stored.endpoint.decode)(side, stored.form, &payload);
        let sound = is_sound(&outcome, &payload);
        prop_assert!(sound.is_ok(), "{}: {:?}", stored.file, sound);
        let _ = (stored.endpoint.resembles)(&payload);
    }

    /// A decoder looks at the bytes of its message and at nothing else: neither at what stands around
    /// them, nor at what it decoded before.
    #[test]
    fn the_same_bytes_decode_the_same_wherever_they_stand(
        (stored, payload) in spoilt(), around in vec(any::<u8>(), 0..9), (_, other) in spoilt(),
    ) {
        let decode = stored.endpoint.decode;
        let first = decode(stored.side, stored.form, &payload);
        let _ = decode(stored.side, stored.form, &other);
        let buffer = Bytes::from([&around[..], &payload, &around].concat());
        let inner = buffer.slice(around.len()..around.len() + payload.len());
        prop_assert_eq!(decode(stored.side, stored.form, &inner), first);
    }

    #[test]
    fn what_is_refused_for_what_has_been_read_is_refused_whatever_follows(
        (stored, payload) in spoilt(), more in vec(any::<u8>(), 1..12),
    ) {
        let decode = stored.endpoint.decode;
        if let Err(error) = decode(stored.side, stored.form, &payload) && is_final(&error, &payload) {
            let longer = Bytes::from([&payload[..], &more].concat());
            let outcome = decode(stored.side, stored.form, &longer);
            prop_assert!(outcome.is_err(), "{} and then {:?}", error, outcome);
        }
    }
}
