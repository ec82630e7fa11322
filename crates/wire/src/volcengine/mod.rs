//! Volcengine openspeech: TTS v1 over its binary frames.
//!
//! ```text
//!  client                                        server
//!    │ GET /api/v1/tts/ws_binary                    │
//!    │ Authorization: Bearer; {token}               │
//!    │─────────────────────────────────────────────▶│
//!    │◀──────────────────────── 101, X-Tt-Logid ────│
//!    │ 0x1/0  JSON, gzip'd or not ─────────────────▶│
//!    │                                              │ submit            query
//!    │◀─────────────────────────────── 0xB/0 ACK ───│   ●
//!    │◀──────────────── 0xB/1 audio, seq 1, 2, … ───│   ●
//!    │◀────────────── 0xC/0 times, if asked for ────│   ●                 ●
//!    │◀──────────────── 0xB/3 audio, seq −n / −1 ───│   ●                 ●  all of it
//!    │      or, at any time: 0xF/0 code, reason ────│
//!    │ close ──────────────────────────────────────▶│
//! ```
//!
//! One binary WebSocket message is one frame (see [`frame`]). The link stays open for
//! further requests, one after the other. An error mirrors the compression of what it
//! answers, because half of the clients cannot read the other half's.
//!
//! The HTTP twin, which answers all of the audio in JSON, is in [`side`].
//!
//! What is refused to know: bought voices, quotas, emotions, how words are
//! pronounced. Recognition and the third generation are not served; the
//! frame codec reads and writes their frames all the same.

mod auth;
pub mod clauses;
mod dialect;
pub mod error;
pub mod frame;
pub mod knobs;
mod retouch;
pub mod setup;
/// HTTP services beside the socket.
pub mod side;
pub mod tts_v1;

use crate::endpoint::Vendor;

/// Volcengine and what is served of it.
pub const VENDOR: Vendor = Vendor {
    name: "volcengine",
    title: "Volcengine openspeech",
    endpoints: &[&tts_v1::ENDPOINT],
    refuse_path: auth::refuse_path,
    side: side::SERVICES,
    recipes: setup::RECIPES,
    hosts: setup::HOSTS,
};
