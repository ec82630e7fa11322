//! I7 and I8 under a counting allocator: what a peer's bytes cost in memory, at the worst moment and in
//! all. Nothing here is timed. What is allocated in all stands for the work of the decoders that take a
//! message as a whole: whatever they look at twice, they copy twice.

// Clippy knows by the attribute that these are tests; the crate is never anything else.
#[cfg(test)]
mod messages;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod streams;
