//! Selectors: how a client's own settings choose lane, scenario and seed.
//!
//! ```text
//!   /~SELECTOR/vendor/path   >   credential mynah:SELECTOR   >   ?mynah=SELECTOR   >   lane's rule
//! ```
//!
//! A selector is `key=value` pairs joined by `;`. The first carrier that has a key wins, key by
//! key. Vendors never see the path prefix and the query parameter; a credential they do see.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wire::handshake::{RequestHead, percent_decode};

use crate::lane;
use crate::names::{is_secret_header, is_secret_name};
use crate::scenario::ScenarioError;

/// What a selector chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    /// The scenario, as it was written.
    pub(crate) scenario: Option<String>,
    /// The name of the lane.
    pub(crate) lane: Option<String>,
    /// The seed.
    pub(crate) seed: Option<u64>,
}

/// The keys of a selector.
pub(crate) const KEYS: [&str; 3] = ["scenario", "lane", "seed"];

/// What makes a credential a selector.
const SCHEME: &str = "mynah:";

/// What is wrong with a selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SelectorError {
    /// There is nothing.
    #[error("the selector is empty; write key=value pairs joined by ;, keys scenario, lane, seed")]
    Empty,
    /// A part that is not `key=value`.
    #[error("{0:?} is not key=value; the keys are scenario, lane, seed")]
    Pair(String),
    /// An unknown key.
    #[error("unknown key {key:?}; did you mean {nearest:?}?")]
    Key {
        /// The key.
        key: String,
        /// The key that is most like it.
        nearest: &'static str,
    },
    /// A key given twice.
    #[error("{0} is given twice")]
    Repeated(&'static str),
    /// A lane's name that is none.
    #[error("lane {name:?}: {}", lane::NAME_RULE)]
    Lane {
        /// The name.
        name: String,
    },
    /// A seed that is no number.
    #[error("seed {0:?} is not a whole number from 0 to 18446744073709551615")]
    Seed(String),
    /// A scenario that is none.
    #[error("{0}")]
    Scenario(#[from] ScenarioError),
}

impl Selector {
    /// Reads a selector, which is no longer percent-encoded.
    ///
    /// # Errors
    /// If it is empty, or a key or a value is not one.
    pub(crate) fn parse(text: &str) -> Result<Self, SelectorError> {
        if text.is_empty() {
            return Err(SelectorError::Empty);
        }
        let mut selector = Self::default();
        for pair in text.split(';') {
            let (key, value) = pair
                .split_once('=')
                .ok_or_else(|| SelectorError::Pair(pair.to_owned()))?;
            let is_new = match key {
                "scenario" if value.is_empty() => return Err(ScenarioError::Empty.into()),
                "scenario" => selector.scenario.replace(value.to_owned()).is_none(),
                "lane" => selector.lane.replace(lane_name(value)?).is_none(),
                "seed" => selector.seed.replace(seed(value)?).is_none(),
                _ => {
                    let distance = |known: &&str| wire::registry::edit_distance(key, known);
                    return Err(SelectorError::Key {
                        key: key.to_owned(),
                        nearest: KEYS.into_iter().min_by_key(distance).unwrap_or("lane"),
                    });
                }
            };
            if !is_new {
                let known = KEYS.into_iter().find(|known| *known == key);
                return Err(SelectorError::Repeated(known.unwrap_or("a key")));
            }
        }
        Ok(selector)
    }

    /// This selector, and `other` where this one says nothing.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            scenario: self.scenario.or(other.scenario),
            lane: self.lane.or(other.lane),
            seed: self.seed.or(other.seed),
        }
    }
}

/// The name of a lane, if it is one.
pub(crate) fn lane_name(name: &str) -> Result<String, SelectorError> {
    if lane::is_name(name) {
        return Ok(name.to_owned());
    }
    let name = name.to_owned();
    Err(SelectorError::Lane { name })
}

fn seed(text: &str) -> Result<u64, SelectorError> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let seed = text.parse().ok().filter(|_| is_number);
    seed.ok_or_else(|| SelectorError::Seed(text.to_owned()))
}

/// What the carriers of a request's head chose, by rank.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    /// The path and the credentials: before anything that comes later.
    pub(crate) first: Selector,
    /// The query: after credentials in messages.
    pub(crate) query: Selector,
    /// What was wrong with the first selector that was wrong.
    pub(crate) error: Option<SelectorError>,
}

impl Chosen {
    /// All of it.
    pub(crate) fn whole(&self) -> Selector {
        self.first.clone().or(self.query.clone())
    }

    /// What a session remembers of it: nothing, if nothing was chosen.
    pub(crate) fn kept(self) -> Option<Box<Self>> {
        let is_empty = self.first == Selector::default() && self.query == Selector::default();
        (!is_empty).then(|| Box::new(self))
    }

    fn note(&mut self, outcome: Result<Selector, SelectorError>) -> Selector {
        outcome.unwrap_or_else(|error| {
            self.error.get_or_insert(error);
            Selector::default()
        })
    }
}

/// Reads the selectors of a request and takes out those that the vendor must not see. Answers
/// the request as it was, too, if there were any.
pub(crate) fn take(head: &mut RequestHead) -> (Chosen, Option<RequestHead>) {
    let mut chosen = Chosen::default();
    let mut sent = None;
    if let Some((selector, rest)) = split_path(&head.path) {
        sent.get_or_insert_with(|| head.clone());
        head.path = rest;
        chosen.first = chosen.note(Selector::parse(&selector));
    }
    let in_credentials: Vec<String> = credentials(head).collect();
    for text in in_credentials {
        let found = chosen.note(Selector::parse(&text));
        chosen.first = chosen.first.clone().or(found);
    }
    if let Some(query) = &head.query {
        let (ours, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|pair| {
            percent_decode(pair.split('=').next().unwrap_or_default()) == "mynah"
        });
        if !ours.is_empty() {
            let rest = (!rest.is_empty()).then(|| rest.join("&"));
            let selectors: Vec<String> = ours
                .iter()
                .map(|pair| percent_decode(pair.split_once('=').map_or("", |(_, value)| value)))
                .collect();
            sent.get_or_insert_with(|| head.clone());
            head.query = rest;
            for text in selectors {
                let found = chosen.note(Selector::parse(&text));
                chosen.query = chosen.query.clone().or(found);
            }
        }
    }
    (chosen, sent)
}

/// The selector of a credential, if it is one.
pub(crate) fn in_credential(credential: &str) -> Option<Result<Selector, SelectorError>> {
    let text = credential.trim().strip_prefix(SCHEME)?;
    Some(Selector::parse(text))
}

/// A path `/~SELECTOR/rest`, taken apart. The selector ends at the first slash at which it is
/// complete: `at=audio` needs its number.
fn split_path(path: &str) -> Option<(String, String)> {
    let mut segments = path.strip_prefix("/~")?.split('/');
    let mut selector = percent_decode(segments.next().unwrap_or_default());
    while ["at=audio", "at=result", "at=conn"]
        .iter()
        .any(|point| selector.ends_with(point))
    {
        let Some(segment) = segments.next() else {
            break;
        };
        selector.push('/');
        selector.push_str(&percent_decode(segment));
    }
    let rest: Vec<&str> = segments.collect();
    // Clients join a base URL and a path, each with a slash of its own.
    let rest = rest.join("/");
    Some((selector, format!("/{}", rest.trim_start_matches('/'))))
}

/// The selectors in the credentials of a request, in order, without [`SCHEME`].
fn credentials(head: &RequestHead) -> impl Iterator<Item = String> {
    let headers = head
        .headers
        .iter()
        .filter(|(name, _)| is_secret_header(name) && !name.eq_ignore_ascii_case("cookie"))
        .filter_map(|(_, value)| in_header(value));
    let query = head
        .query_pairs()
        .into_iter()
        .filter(|(name, _)| is_secret_name(name))
        .filter_map(|(_, value)| in_token(value.trim()));
    let found: Vec<String> = headers.chain(query).collect();
    found.into_iter()
}

/// The selector in a header: the value itself, what follows a scheme, the user or the password
/// of `Basic`, or the access key of a signature.
fn in_header(value: &str) -> Option<String> {
    let value = value.trim();
    if let Some(text) = in_token(value) {
        return Some(text);
    }
    let (scheme, rest) = value.split_once([' ', ';'])?;
    let rest = rest.trim_start_matches([' ', ';']);
    if scheme.eq_ignore_ascii_case("Basic") {
        let decoded = STANDARD.decode(rest.trim()).ok()?;
        return in_user_info(&String::from_utf8(decoded).ok()?);
    }
    if let Some(text) = in_token(rest.trim()) {
        return Some(text);
    }
    let (_, key) = rest.split_once("Access=")?;
    let key = key.split([' ', ',']).next()?;
    Some(key.strip_prefix(SCHEME)?.to_owned())
}

/// The selector that a token is, or that one of our sign-in services has put into it.
fn in_token(token: &str) -> Option<String> {
    let plain = token.strip_prefix(SCHEME).map(str::to_owned);
    plain.or_else(|| wire::credentials::selector_in(token))
}

/// The selector in `user:password`. A user that is a selector makes `mynah:SELECTOR:password`,
/// where both parts have colons of their own.
fn in_user_info(text: &str) -> Option<String> {
    let Some(rest) = text.strip_prefix(SCHEME) else {
        let (_, password) = text.split_once(':')?;
        return Some(password.strip_prefix(SCHEME)?.to_owned());
    };
    let selector = match rest.rsplit_once(':') {
        // The parameters of a fault stand behind a colon, too.
        Some((selector, password)) if !password.contains('=') => selector,
        _ => rest,
    };
    Some(selector.to_owned())
}

#[cfg(test)]
mod tests;
