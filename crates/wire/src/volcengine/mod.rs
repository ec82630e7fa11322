//! Volcengine openspeech: its binary frames, what is known of it, and how it says no.

pub mod clauses;
pub mod error;
pub mod frame;
pub mod knobs;
