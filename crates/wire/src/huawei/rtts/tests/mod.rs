//! Real-time synthesis, sentence by sentence of its pages.

mod exchange;
mod laws;
mod start;
