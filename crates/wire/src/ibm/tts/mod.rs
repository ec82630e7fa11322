//! `ibm/tts`: one request, one answer, one connection.

pub mod dump;
pub mod message;
pub mod query;
pub mod table;
pub mod timing;
