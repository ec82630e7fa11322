//! The register: what is known about the service, sentence by sentence.
//!
//! `IBA` is the opening request, `IBT` everything after it, `IBS` what is served beside the socket. Documented sentences come
//! from IBM's documentation of the service, `observed` ones from public logs and issues
//! that captured it, `sdk-relied` ones from the source or the runs of a named client.

pub(crate) mod audio;
pub(crate) mod exchange;
pub(crate) mod handshake;
pub(crate) mod side;
mod sources;
pub(crate) mod ssml;

use crate::clause::Clause;

/// Every clause of `ibm/tts`.
pub const ALL: &[&Clause] = &REGISTER;

const COUNT: usize = handshake::ALL.len()
    + exchange::ALL.len()
    + audio::ALL.len()
    + ssml::ALL.len()
    + side::ALL.len();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, where an index out of bounds does not build"
)]
const REGISTER: [&Clause; COUNT] = {
    let parts = [
        handshake::ALL,
        exchange::ALL,
        audio::ALL,
        ssml::ALL,
        side::ALL,
    ];
    let mut all = [&handshake::VOICE; COUNT];
    let (mut part, mut filled) = (0, 0);
    while part < parts.len() {
        let mut next = 0;
        while next < parts[part].len() {
            all[filled] = parts[part][next];
            filled += 1;
            next += 1;
        }
        part += 1;
    }
    all
};
