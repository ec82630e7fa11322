//! The register: every sentence about the frames, the handshake and TTS v1.
//!
//! `VFR` is the frame codec of the family, `VAU` the handshake, `VTB` the TTS v1
//! exchange, `VHT` its HTTP twin. A clause with a gap is known and not held to; the gap says why.

pub mod exchange;
pub mod fault;
pub mod frame;
pub mod handshake;
pub mod request;
pub mod side;

use crate::clause::{Clause, Source};

/// Every clause that concerns TTS v1.
pub const TTS_V1: &[&Clause] = &joined::<TOTAL>(LISTS);

const LISTS: &[&[&Clause]] = &[
    frame::ALL,
    handshake::ALL,
    request::ALL,
    exchange::ALL,
    fault::ALL,
    side::ALL,
];

const TOTAL: usize = frame::ALL.len()
    + handshake::ALL.len()
    + request::ALL.len()
    + exchange::ALL.len()
    + fault::ALL.len()
    + side::ALL.len();

/// The lists one after the other.
#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time only, where a wrong index is a build error"
)]
const fn joined<const N: usize>(lists: &[&[&'static Clause]]) -> [&'static Clause; N] {
    let mut all = [&frame::SHAPE; N];
    let (mut at, mut list) = (0, 0);
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            all[at] = lists[list][index];
            at += 1;
            index += 1;
        }
        list += 1;
    }
    all
}

/// The page of the TTS v1 socket.
const D_V1: Source = Source {
    page: "Volcengine docs 6561/79821 and 6561/79823, TTS v1 over WebSocket, parameters and codes",
    read: "2025-03-24",
};

/// The page of the big-model voices on the v1 endpoints.
const D_BIG: Source = Source {
    page: "Volcengine docs 6561/1257584, big-model TTS on the v1 endpoints",
    read: "2026-11",
};

/// The page of the v3 bidirectional socket.
const D_BI: Source = Source {
    page: "Volcengine docs 6561/1329505, TTS v3 bidirectional stream",
    read: "2026-11",
};

/// The page of big-model streaming recognition.
const D_SAUC: Source = Source {
    page: "Volcengine docs 6561/1354869, big-model streaming recognition",
    read: "2025-12-01",
};

/// The page of the realtime dialogue.
const D_RT: Source = Source {
    page: "Volcengine docs 6561/1594356, realtime dialogue",
    read: "2026-11",
};

/// The older official demo.
const SEED: Source = Source {
    page: "official Python demo of TTS v1, submit and query",
    read: "2024",
};

/// The newer official demos, which share one `protocols` module.
const DEMO: Source = Source {
    page: "official Python and Go demos with a protocols module",
    read: "2025",
};

/// What real clients do.
const CLIENTS: Source = Source {
    page: "public clients of the family, read or run against a loopback server",
    read: "2026-11",
};

/// Logs, issues and captures of the live service.
const CAPTURES: Source = Source {
    page: "logs and captures of the live service quoted in public issues",
    read: "2026-11",
};

/// No page: a judgement of ours.
const OURS: Source = Source {
    page: "undocumented",
    read: "2026-11",
};
