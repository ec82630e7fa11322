//! The laws that hold for every decoder and every session of the registry. They know no vendor: what
//! they work on are the stored sessions, as they are and spoilt. ARCHITECTURE.md says which law is
//! proved where.

// Clippy knows by the attribute that these are tests; the crate is never anything else.
#[cfg(test)]
mod decoders;
#[cfg(test)]
mod list;
#[cfg(test)]
#[path = "../../fuzz/src/oracle/mod.rs"]
#[expect(
    unreachable_pub,
    reason = "it is public where the fuzzer is built of it"
)]
mod oracle;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod spoil;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod walk;
