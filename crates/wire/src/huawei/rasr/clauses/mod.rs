//! The register of real-time recognition, in all modes; ids begin with `HSR-`.

pub(in crate::huawei) mod commands;
pub(in crate::huawei) mod stream;

use crate::clause::Clause;
use crate::huawei::clauses::{handshake, join, messages};

/// Everything that is known about the three endpoints, shared clauses first.
pub(in crate::huawei) const REGISTER: &[&Clause] = &JOINED;

const PARTS: &[&[&Clause]] = &[
    handshake::REGISTER,
    messages::REGISTER,
    commands::REGISTER,
    stream::REGISTER,
];

const LENGTH: usize = handshake::REGISTER.len()
    + messages::REGISTER.len()
    + commands::REGISTER.len()
    + stream::REGISTER.len();

const JOINED: [&Clause; LENGTH] = join(PARTS, &commands::START);
