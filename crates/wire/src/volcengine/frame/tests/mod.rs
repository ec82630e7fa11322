//! The frame codec against the golden vectors, its laws, and what it refuses.

mod laws;
mod malformed;
mod vectors;
