//! Negotiation: what clients offer, and what is granted.
//!
//! ```text
//! Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10; client_max_window_bits, permessage-deflate
//!                           └──────────────── first offer ──────────────────────────────────────┘  └─ second ─┘
//! ```
//! The first offer that can be held is granted. Source: RFC 6455 §9.1, RFC 7692 §7.1.

use super::{Deflate, Direction, Takeover, WindowBits};
use std::fmt::Write as _;

/// An offer of permessage-deflate, legal in all parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Offer {
    /// Whether the client wants the server's messages to stand alone.
    pub server_takeover: Takeover,
    /// Whether the client's messages will stand alone.
    pub client_takeover: Takeover,
    /// The largest window that the server may use.
    pub server_window: Option<WindowBits>,
    /// Whether the client's window may be limited.
    pub client_window: ClientWindow,
}

/// Whether a client's window may be limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ClientWindow {
    /// It may not.
    #[default]
    Fixed,
    /// To any.
    Open,
    /// To any up to this, which it does not exceed anyway.
    AtMost(WindowBits),
}

/// The offers of permessage-deflate in the values of `Sec-WebSocket-Extensions`, in order; other extensions are left
/// out. An `Err` says why an offer, or a whole value, cannot be read.
pub fn offers<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Result<Offer, String>> {
    let mut offers = Vec::new();
    for value in values {
        for extension in pieces(value, ',') {
            let mut parts = pieces(extension, ';').into_iter();
            let name = parts.next().unwrap_or_default();
            if name == NAME {
                offers.push(read(parts));
            } else if !name.is_empty() && !is_token(name) {
                offers.push(Err(format!("`{name}` is no name of an extension")));
            }
        }
    }
    offers
}

impl Deflate {
    /// Grants the first offer that can be held, with what the server wants beside it, and says so in the value of the
    /// answer's `Sec-WebSocket-Extensions`; `None` declines them all.
    ///
    /// The client's window is limited only for clients that let it be.
    #[must_use]
    pub fn negotiate<'a>(
        values: impl IntoIterator<Item = &'a str>,
        wanted: Self,
    ) -> Option<(Self, String)> {
        let mut offers = offers(values).into_iter().flatten();
        offers.find_map(|offer| wanted.grant(offer))
    }

    /// The agreement as a value of `Sec-WebSocket-Extensions`, every part of it that is not the default.
    #[must_use]
    pub fn header(&self) -> String {
        self.written(Named::default())
    }

    fn grant(self, offer: Offer) -> Option<(Self, String)> {
        let dropped = |one: Takeover, other: Takeover| match (one, other) {
            (Takeover::Kept, Takeover::Kept) => Takeover::Kept,
            _ => Takeover::Dropped,
        };
        let asked = offer.server_window.unwrap_or_default();
        let client_window = match offer.client_window {
            ClientWindow::Fixed => WindowBits::LARGEST,
            ClientWindow::Open => self.client.window,
            ClientWindow::AtMost(most) => most.min(self.client.window),
        };
        let agreed = Self {
            server: Direction {
                takeover: dropped(offer.server_takeover, self.server.takeover),
                window: asked.min(self.server.window),
            },
            client: Direction {
                takeover: dropped(offer.client_takeover, self.client.takeover),
                window: client_window,
            },
        };
        let is_held = agreed.server.window >= WindowBits::SMALLEST_MADE;
        let named = Named {
            server_window: offer.server_window.is_some(),
            client_window: matches!(offer.client_window, ClientWindow::AtMost(_)),
        };
        is_held.then(|| (agreed, agreed.written(named)))
    }

    fn written(&self, named: Named) -> String {
        let mut value = NAME.to_owned();
        if self.server.takeover == Takeover::Dropped {
            value.push_str("; server_no_context_takeover");
        }
        if self.client.takeover == Takeover::Dropped {
            value.push_str("; client_no_context_takeover");
        }
        let mut add = |name: &str, window: WindowBits| {
            let Ok(()) = write!(value, "; {name}={window}") else {
                unreachable!("writing to a string does not fail")
            };
        };
        if named.server_window || self.server.window < WindowBits::LARGEST {
            add("server_max_window_bits", self.server.window);
        }
        if named.client_window || self.client.window < WindowBits::LARGEST {
            add("client_max_window_bits", self.client.window);
        }
        value
    }
}

/// Which windows are written even if they are the largest: who asks for a limit is answered with one.
#[derive(Debug, Clone, Copy, Default)]
struct Named {
    server_window: bool,
    client_window: bool,
}

/// Reads the parameters of one offer.
fn read<'a>(parameters: impl Iterator<Item = &'a str>) -> Result<Offer, String> {
    let mut offer = Offer::default();
    let mut seen = Vec::new();
    for parameter in parameters {
        let (name, value) = match parameter.split_once('=') {
            Some((name, value)) => (name.trim(), Some(unquoted(value.trim()))),
            None => (parameter, None),
        };
        if seen.contains(&name) {
            return Err(format!("{name} twice"));
        }
        seen.push(name);
        match (name, value) {
            ("server_no_context_takeover", None) => offer.server_takeover = Takeover::Dropped,
            ("client_no_context_takeover", None) => offer.client_takeover = Takeover::Dropped,
            ("server_max_window_bits", Some(value)) => {
                offer.server_window = Some(window(name, &value)?);
            }
            ("client_max_window_bits", None) => offer.client_window = ClientWindow::Open,
            ("client_max_window_bits", Some(value)) => {
                offer.client_window = ClientWindow::AtMost(window(name, &value)?);
            }
            ("server_no_context_takeover" | "client_no_context_takeover", Some(value)) => {
                return Err(format!("{name} with the value `{value}`, expected none"));
            }
            ("server_max_window_bits", None) => {
                return Err(format!("{name} without a value, expected 8 to 15"));
            }
            _ => return Err(format!("`{name}` is no parameter of {NAME}")),
        }
    }
    Ok(offer)
}

fn window(name: &str, value: &str) -> Result<WindowBits, String> {
    let is_decimal = value.bytes().all(|byte| byte.is_ascii_digit()) && !value.starts_with('0');
    let bits = value.parse().ok().filter(|_| is_decimal);
    bits.and_then(WindowBits::new)
        .ok_or_else(|| format!("{name} of `{value}`, expected 8 to 15"))
}

/// Cuts at a separator that is not inside a quoted string, and trims.
fn pieces(text: &str, separator: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|character| {
        if std::mem::take(&mut escaped) {
            return false;
        }
        escaped = quoted && character == '\\';
        quoted ^= character == '"';
        !quoted && character == separator
    })
    .map(str::trim)
    .collect()
}

/// The value of a quoted string; any other text is itself.
fn unquoted(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let Some(inner) = inner else {
        return value.to_owned();
    };
    let mut escaped = false;
    inner
        .chars()
        .filter(|character| {
            escaped = !escaped && *character == '\\';
            !escaped
        })
        .collect()
}

/// Whether this is a token of HTTP.
fn is_token(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

const NAME: &str = "permessage-deflate";
