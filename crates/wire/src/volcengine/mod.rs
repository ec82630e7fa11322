//! Volcengine openspeech: the binary frames of its sockets.

pub mod frame;
