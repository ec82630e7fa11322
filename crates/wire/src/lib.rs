//! Codecs and session rules of the emulated services.
