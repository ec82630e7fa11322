//! The register of real-time synthesis; ids begin with `HTS-`.

pub(in crate::huawei) mod answer;
pub(in crate::huawei) mod request;

use crate::clause::Clause;
use crate::huawei::clauses::{handshake, join, messages};

/// Everything that is known about the endpoint, shared clauses first.
pub(in crate::huawei) const REGISTER: &[&Clause] = &JOINED;

const PARTS: &[&[&Clause]] = &[
    handshake::REGISTER,
    messages::REGISTER,
    request::REGISTER,
    answer::REGISTER,
];

const LENGTH: usize = handshake::REGISTER.len()
    + messages::REGISTER.len()
    + request::REGISTER.len()
    + answer::REGISTER.len();

const JOINED: [&Clause; LENGTH] = join(PARTS, &request::START);
