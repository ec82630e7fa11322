//! The built binary, run as users run it.

#[cfg(test)]
mod decode;
#[cfg(test)]
mod hear;
#[cfg(test)]
mod lists;
#[cfg(test)]
#[cfg(unix)]
mod record;
#[cfg(test)]
#[cfg(unix)]
mod serve;
#[cfg(test)]
#[cfg(unix)]
mod sign_in;
#[cfg(test)]
mod support;
#[cfg(test)]
#[cfg(unix)]
mod test;
