//! Who is known, and what sign-in services have issued.
//!
//! ```text
//!   configured: token · API key · key pair · login · app     ──issue──▶ a token that says
//!        │                                                              for whom, until when
//!        ▼ find                                      redeem ◀──────────────────┘
//!   known, expired, revoked, unknown
//! ```
//!
//! An issued token carries everything that is known of it and a signature, so nothing is
//! remembered and every lane knows it. Time is an argument, in seconds since 1970.

mod token;

use std::fmt;

pub use token::{Claims, Form, blank_issued, selector_in};

/// Whether credentials are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Check {
    /// Any credential that is not empty is good.
    #[default]
    Any,
    /// Only the configured ones are, and what was issued for them.
    Strict,
}

/// One configured credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// The vendor that it is good for.
    pub vendor: String,
    /// The credential.
    pub secret: Secret,
    /// The project or instance that it is good for; any if there is none.
    pub project: Option<String>,
    /// The cluster of voices that it is good for; any if there is none.
    pub cluster: Option<String>,
    /// How long what is issued for it is good, and itself if it is a token; else as the vendor
    /// has it.
    pub ttl_s: Option<u64>,
    /// When, from the start of the server, it and everything issued for it is good no more.
    pub revoke_after_s: Option<u64>,
}

/// A credential as its owner knows it.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A token as it travels.
    Token(String),
    /// A key for the sign-in service, or for a header.
    ApiKey(String),
    /// A key pair for signatures.
    KeyPair {
        /// The access key, which travels.
        access_key: String,
        /// The secret key, which does not.
        secret_key: String,
    },
    /// A login.
    Login {
        /// The user's name.
        user: String,
        /// The password.
        password: String,
        /// The domain of the user; any if there is none.
        domain: Option<String>,
    },
    /// An application and its token.
    App {
        /// The application's id.
        appid: String,
        /// Its token.
        access_token: String,
    },
}

impl Configured {
    /// A credential without any limits.
    #[must_use]
    pub fn new(vendor: &str, secret: Secret) -> Self {
        Self {
            vendor: vendor.to_owned(),
            secret,
            project: None,
            cluster: None,
            ttl_s: None,
            revoke_after_s: None,
        }
    }
}

impl fmt::Debug for Secret {
    /// Names the kind and never the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token(***)",
            Self::ApiKey(_) => "ApiKey(***)",
            Self::KeyPair { .. } => "KeyPair(***)",
            Self::Login { .. } => "Login(***)",
            Self::App { .. } => "App(***)",
        })
    }
}

/// Why a credential is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// Nobody has configured or issued it.
    Unknown,
    /// It was good until then, in seconds since 1970.
    Expired(u64),
    /// It was taken back then, in seconds since 1970.
    Revoked(u64),
}

/// All that is configured.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// Whether credentials are looked at.
    pub check: Check,
    /// Those that are known.
    pub configured: Vec<Configured>,
    /// Decides the key that issued tokens are signed with.
    pub seed: u64,
    /// When the server started, in seconds since 1970.
    pub began_s: u64,
}

/// What an admitted credential is good for, as far as a session has to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grant {
    /// The application's id that requests have to name.
    pub appid: Option<String>,
    /// The cluster that requests have to name.
    pub cluster: Option<String>,
}

impl Credentials {
    /// Any credential is good.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// One token is good for each of these vendors, and nothing else is.
    #[must_use]
    pub fn one_token<'v>(token: &str, vendors: impl IntoIterator<Item = &'v str>) -> Self {
        let of = |vendor| Configured::new(vendor, Secret::Token(token.to_owned()));
        Self {
            check: Check::Strict,
            configured: vendors.into_iter().map(of).collect(),
            ..Self::default()
        }
    }

    /// Whether credentials are looked at.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.check == Check::Strict
    }

    /// The vendor's first configured credential that `is` it, with its number in the list.
    ///
    /// # Errors
    /// If there is none, or it is good no more.
    pub fn find(
        &self,
        vendor: &str,
        now_s: u64,
        is: impl Fn(&Secret) -> bool,
    ) -> Result<(usize, &Configured), Denial> {
        let mut denial = Denial::Unknown;
        for (number, configured) in self.configured.iter().enumerate() {
            if configured.vendor == vendor && is(&configured.secret) {
                match self.standing(configured, now_s) {
                    Ok(()) => return Ok((number, configured)),
                    Err(why) => denial = why,
                }
            }
        }
        Err(denial)
    }

    /// Opens a token of a sign-in service: what it says, and the credential it was issued for,
    /// if that was a configured one.
    ///
    /// # Errors
    /// If it was not issued here, or is good no more.
    pub fn redeem(
        &self,
        vendor: &str,
        token: &str,
        now_s: u64,
    ) -> Result<(Claims, Option<&Configured>), Denial> {
        let claims = Claims::open(token, self.seed).ok_or(Denial::Unknown)?;
        if claims.vendor != vendor {
            return Err(Denial::Unknown);
        }
        if now_s >= claims.expires_s {
            return Err(Denial::Expired(claims.expires_s));
        }
        let configured = match claims.credential {
            // A token that was issued to anybody is worth nothing where keys are checked.
            None if self.is_strict() => return Err(Denial::Unknown),
            None => None,
            Some(number) => Some(self.configured.get(number).ok_or(Denial::Unknown)?),
        };
        if let Some(at) = configured.and_then(|configured| self.revoked_s(configured))
            && now_s >= at
        {
            return Err(Denial::Revoked(at));
        }
        Ok((claims, configured))
    }

    fn standing(&self, configured: &Configured, now_s: u64) -> Result<(), Denial> {
        if let Some(at) = self.revoked_s(configured)
            && now_s >= at
        {
            return Err(Denial::Revoked(at));
        }
        let expires = match configured.secret {
            Secret::Token(_) | Secret::App { .. } => configured.ttl_s,
            Secret::ApiKey(_) | Secret::KeyPair { .. } | Secret::Login { .. } => None,
        };
        match expires.map(|ttl| self.began_s.saturating_add(ttl)) {
            Some(at) if now_s >= at => Err(Denial::Expired(at)),
            _ => Ok(()),
        }
    }

    fn revoked_s(&self, configured: &Configured) -> Option<u64> {
        let after = configured.revoke_after_s?;
        Some(self.began_s.saturating_add(after))
    }
}

impl Denial {
    /// What was found, for findings; it never holds the credential.
    #[must_use]
    pub const fn found(self) -> &'static str {
        match self {
            Self::Unknown => "a credential that nobody has configured or issued",
            Self::Expired(_) => "a credential that has expired",
            Self::Revoked(_) => "a credential that has been revoked",
        }
    }
}

#[cfg(test)]
mod tests;
