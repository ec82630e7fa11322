//! Tokens that sign-in services issue.
//!
//! ```text
//!   JSON Web Token    header . claims . signature                       (header is always the same)
//!   opaque            MIIMYNAH claims . signature [ . mynah:SELECTOR ]
//! ```
//!
//! Claims are JSON in base64url, the signature is an HMAC-SHA256. Both beginnings are known,
//! so that a token is recognised wherever it comes up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::json::{Style, Value, object, parse};

/// What a token says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The vendor that it is good for.
    pub vendor: String,
    /// The number of the configured credential that it was issued for.
    pub credential: Option<usize>,
    /// The user that it was issued to, or whatever stands for one.
    pub subject: String,
    /// Who says that it issued it.
    pub issuer: String,
    /// Its id.
    pub id: String,
    /// When it was issued, in seconds since 1970.
    pub issued_s: u64,
    /// Until when it is good, in seconds since 1970.
    pub expires_s: u64,
    /// What it is good for; empty if it says nothing of it.
    pub scope: String,
    /// The project that it was asked for.
    pub project: Option<String>,
    /// The selector of the credential that it was issued for.
    pub selector: Option<String>,
}

/// What a token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JSON Web Token, which its owner can read.
    Jwt,
    /// Something that its owner has no business to read.
    Opaque,
}

impl Claims {
    /// The token.
    #[must_use]
    pub fn issue(&self, form: Form, seed: u64) -> String {
        let claims = URL_SAFE_NO_PAD.encode(self.to_json().write(Style::Compact));
        match form {
            Form::Jwt => {
                let signed = format!("{}.{claims}", jwt_header());
                let signature = sign(&signed, seed);
                format!("{signed}.{signature}")
            }
            Form::Opaque => {
                let signed = format!("{OPAQUE}{claims}");
                let signature = sign(&signed, seed);
                let is_plain = |text: &&String| text.bytes().all(|byte| byte.is_ascii_graphic());
                match self.selector.as_ref().filter(is_plain) {
                    Some(selector) => format!("{signed}.{signature}.{PREFIX}{selector}"),
                    None => format!("{signed}.{signature}"),
                }
            }
        }
    }

    /// Opens a token; `None` if it was not issued with this seed, or was changed since.
    #[must_use]
    pub fn open(token: &str, seed: u64) -> Option<Self> {
        let (signed, rest) = parts(token)?;
        let (signature, suffix) = rest.split_once('.').unwrap_or((rest, ""));
        if signature != sign(signed, seed) {
            return None;
        }
        let claims = Self::of_json(&payload(signed)?)?;
        let shown = suffix.strip_prefix(PREFIX);
        (suffix.is_empty() || shown == claims.selector.as_deref()).then_some(claims)
    }

    fn to_json(&self) -> Value {
        let mut members = vec![
            ("iss", Value::from(self.issuer.as_str())),
            ("sub", Value::from(self.subject.as_str())),
            ("iat", Value::from(self.issued_s)),
            ("exp", Value::from(self.expires_s)),
            ("jti", Value::from(self.id.as_str())),
            ("scope", Value::from(self.scope.as_str())),
            ("vendor", Value::from(self.vendor.as_str())),
        ];
        if let Some(number) = self.credential.and_then(|n| u32::try_from(n).ok()) {
            members.push(("credential", Value::from(number)));
        }
        if let Some(project) = &self.project {
            members.push(("project", Value::from(project.as_str())));
        }
        if let Some(selector) = &self.selector {
            members.push((SELECTOR, Value::from(format!("{PREFIX}{selector}"))));
        }
        object(members)
    }

    fn of_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        let number = |name: &str| u64::try_from(value.get(name)?.as_i64()?).ok();
        Some(Self {
            vendor: text("vendor")?,
            credential: number("credential").and_then(|n| usize::try_from(n).ok()),
            subject: text("sub")?,
            issuer: text("iss")?,
            id: text("jti")?,
            issued_s: number("iat")?,
            expires_s: number("exp")?,
            scope: text("scope")?,
            project: text("project"),
            selector: text(SELECTOR).and_then(|text| plain_selector(&text)),
        })
    }
}

/// The selector that a credential is, or that stands inside a token that was issued for one.
#[must_use]
pub fn selector_in(token: &str) -> Option<String> {
    let token = token.trim();
    if let Some(selector) = plain_selector(token) {
        return Some(selector);
    }
    let (signed, _) = parts(token)?;
    plain_selector(payload(signed)?.get(SELECTOR)?.as_str()?)
}

/// `text` with what `blank` makes of it in the place of every token that a sign-in service has
/// issued.
#[must_use]
pub fn blank_issued(text: &str, blank: impl Fn(&str) -> String) -> String {
    let header = jwt_header();
    let from = |at: usize, word: &str| Some(at + text.get(at..)?.find(word)?);
    let mut places = [from(0, &header), from(0, OPAQUE)];
    let mut shown = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(at) = places.into_iter().flatten().min() {
        let token = text.get(at..).unwrap_or_default();
        let length = token.find(|c: char| !is_token(c)).unwrap_or(token.len());
        let end = at + length.max(1);
        shown.push_str(text.get(done..at).unwrap_or_default());
        shown.push_str(&blank(text.get(at..end).unwrap_or_default()));
        done = end;
        // A word that has been found stays found: looking for one that is nowhere each time
        // would make many tokens quadratic.
        for (place, word) in places.iter_mut().zip([header.as_str(), OPAQUE]) {
            if place.is_some_and(|place| place < end) {
                *place = from(end, word);
            }
        }
    }
    shown.push_str(text.get(done..).unwrap_or_default());
    shown
}

/// What is signed, and everything behind it.
fn parts(token: &str) -> Option<(&str, &str)> {
    let claims_at = match token.strip_prefix(&jwt_header()) {
        Some(rest) => token.len() - rest.strip_prefix('.')?.len(),
        None => token.starts_with(OPAQUE).then_some(OPAQUE.len())?,
    };
    let length = token.get(claims_at..)?.find('.')?;
    let (signed, rest) = token.split_at_checked(claims_at + length)?;
    Some((signed, rest.strip_prefix('.')?))
}

fn payload(signed: &str) -> Option<Value> {
    let claims = match signed.strip_prefix(OPAQUE) {
        Some(claims) => claims,
        None => signed.split_once('.')?.1,
    };
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    let claims = String::from_utf8(claims).ok()?;
    parse(&claims).ok().map(|parsed| parsed.value)
}

fn plain_selector(text: &str) -> Option<String> {
    let selector = text.strip_prefix(PREFIX)?;
    (!selector.is_empty()).then(|| selector.to_owned())
}

fn jwt_header() -> String {
    URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","kid":"mynah","typ":"JWT"}"#)
}

fn sign(text: &str, seed: u64) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&seed.to_be_bytes()) else {
        unreachable!("HMAC takes keys of any length")
    };
    mac.update(text.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// A character that a token may have; a selector behind it may have more.
const fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

/// How opaque tokens begin.
const OPAQUE: &str = "MIIMYNAH";
/// How a credential that is a selector begins.
const PREFIX: &str = "mynah:";
/// The claim that holds the selector.
const SELECTOR: &str = "mynah";
