//! Synthetic speech.
