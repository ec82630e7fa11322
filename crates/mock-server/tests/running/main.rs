//! A server that runs, and clients that speak to it over TCP.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod lanes;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod support;
