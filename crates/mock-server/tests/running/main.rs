//! A server that runs, and clients that speak to it over TCP.

mod admin;
mod lanes;
mod secrets;
mod support;
