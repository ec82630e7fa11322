//! Deterministic synthetic speech: text to sound to container, and back.
//!
//! ```text
//! Utterance ─→ Timeline (one sample counter: words, marks, total)
//!     └──────→ Synthesis ─ i16 ─→ Encoder ─ bytes ─→ pcm wav µ-law A-law flac mp3 ogg webm
//!                           i16 ←─ Decoder ←─ bytes    what recognition clients send
//!                           i16 ←─ Sound   ←─ bytes    what is in a file, whatever its container
//!                           i16 ─→ Hearer              the text that our own sound carries
//!                           i16 ─→ Vad                 where somebody speaks
//! ```
//!
//! Everything up to the 16-bit samples is integer arithmetic, so pcm, wav, µ-law, A-law
//! and flac are the same bytes on every machine; mp3 and Opus are stable for one build of
//! their encoders. Sound is made as it is read: the memory a synthesis takes follows the
//! length of its text, never the length of its audio.
//!
//! The crate does no IO, reads no clock, draws no randomness and knows no service.

pub mod container;
pub mod decode;
pub mod encode;
pub mod format;
pub mod g711;
pub mod hear;
pub mod resample;
pub mod speech;
pub mod spoil;
pub mod synth;
pub mod timeline;
pub mod vad;
pub mod wav;

mod bundle;
mod clipping;
mod crc;
mod damage;
mod ear;
mod ebml;
mod flac;
mod hash;
mod modem;
mod mp3;
mod ogg;
mod opus;
mod packet;
mod receive;
mod reed_solomon;
mod sine;
mod tone;
mod unread;
mod webm;
mod words;

pub use container::Sound;
pub use decode::{Decoder, SampleFormat};
pub use encode::Encoder;
pub use format::{Encoding, Endian, Format, Unsupported, WavSizes};
pub use hear::{Damage, DamageKind, Heard, HeardWord, Hearer};
pub use resample::Resampler;
pub use speech::{Unit, Utterance};
pub use synth::{Signal, Synthesis};
pub use timeline::{Span, Timeline};
pub use vad::Vad;
