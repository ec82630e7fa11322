//! Real-time recognition, sentence by sentence of its pages.

mod audio;
mod exchange;
mod laws;
mod start;
