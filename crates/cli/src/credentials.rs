//! `--auth`, and the tables `[[credentials]]` of a file.

use std::marker::PhantomData;
use std::str::FromStr;

use wire::credentials::{Check, Configured, Credentials, Secret};
use wire::registry;

use crate::settings::{AsText, NotTaken, Setting};

/// Whether credentials are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Auth(Check);

impl Setting for Auth {
    const TAKES: &'static str = "any or strict";

    fn of(text: &str) -> Option<Self> {
        match text {
            "any" => Some(Self(Check::Any)),
            "strict" => Some(Self(Check::Strict)),
            _ => None,
        }
    }
}

impl FromStr for Auth {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        crate::settings::parse(text)
    }
}

impl<'de> serde::Deserialize<'de> for Auth {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

/// The credentials of a server with these settings.
pub(crate) fn credentials(auth: Option<Auth>, tables: Vec<CredentialSettings>) -> Credentials {
    Credentials {
        check: auth.map_or(Check::Any, |auth| auth.0),
        configured: tables.into_iter().map(|table| table.0).collect(),
        ..Credentials::default()
    }
}

/// One table of `[[credentials]]`.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(try_from = "Table")]
pub(crate) struct CredentialSettings(Configured);

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of [[credentials]]")]
struct Table {
    vendor: String,
    token: Option<String>,
    api_key: Option<String>,
    access_key: Option<String>,
    secret_key: Option<String>,
    user: Option<String>,
    password: Option<String>,
    domain: Option<String>,
    appid: Option<String>,
    access_token: Option<String>,
    project: Option<String>,
    cluster: Option<String>,
    ttl_s: Option<u64>,
    revoke_after_s: Option<u64>,
}

impl TryFrom<Table> for CredentialSettings {
    type Error = String;

    /// Messages name keys and never the values of secrets.
    fn try_from(table: Table) -> Result<Self, String> {
        if registry::vendor(&table.vendor).is_none() {
            let known: Vec<&str> = registry::VENDORS.iter().map(|vendor| vendor.name).collect();
            return Err(format!(
                "unknown vendor {:?}; there are {}",
                table.vendor,
                known.join(", ")
            ));
        }
        let secret = table.secret()?;
        Ok(Self(Configured {
            vendor: table.vendor,
            secret,
            project: table.project,
            cluster: table.cluster,
            ttl_s: table.ttl_s,
            revoke_after_s: table.revoke_after_s,
        }))
    }
}

impl Table {
    /// The one credential of the table.
    fn secret(&self) -> Result<Secret, String> {
        let keys = [
            ("token", &self.token),
            ("api_key", &self.api_key),
            ("access_key", &self.access_key),
            ("secret_key", &self.secret_key),
            ("user", &self.user),
            ("password", &self.password),
            ("domain", &self.domain),
            ("appid", &self.appid),
            ("access_token", &self.access_token),
        ];
        if let Some((name, _)) = keys
            .iter()
            .find(|(_, value)| value.as_deref().is_some_and(|text| text.trim().is_empty()))
        {
            return Err(format!(
                "{name} is empty; an empty credential lets nobody in"
            ));
        }
        let given: Vec<&str> = keys
            .iter()
            .filter(|(_, value)| value.is_some())
            .map(|(name, _)| *name)
            .collect();
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        match given.as_slice() {
            ["token"] => Ok(Secret::Token(text(&self.token))),
            ["api_key"] => Ok(Secret::ApiKey(text(&self.api_key))),
            ["access_key", "secret_key"] => Ok(Secret::KeyPair {
                access_key: text(&self.access_key),
                secret_key: text(&self.secret_key),
            }),
            ["user", "password"] | ["user", "password", "domain"] => Ok(Secret::Login {
                user: text(&self.user),
                password: text(&self.password),
                domain: self.domain.clone(),
            }),
            ["appid", "access_token"] => Ok(Secret::App {
                appid: text(&self.appid),
                access_token: text(&self.access_token),
            }),
            _ => {
                let given = match given.as_slice() {
                    [] => "nothing".to_owned(),
                    names => names.join(" + "),
                };
                Err(format!(
                    "has {given}, but takes one of: token, api_key, access_key + secret_key, \
                     user + password + domain, appid + access_token"
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(keys: &str) -> Result<Configured, String> {
        let vendor = registry::VENDORS[0].name;
        let text = format!("vendor = '{vendor}'\n{keys}");
        let settings: Result<CredentialSettings, _> = toml::from_str(&text);
        settings
            .map(|settings| settings.0)
            .map_err(|error| error.message().to_owned())
    }

    #[rstest]
    #[case::token("token = 'planted'", "Token(***)")]
    #[case::api_key("api_key = 'planted'", "ApiKey(***)")]
    #[case::pair("access_key = 'planted'\nsecret_key = 'planted'", "KeyPair(***)")]
    #[case::login("user = 'planted'\npassword = 'planted'\ndomain = 'd'", "Login(***)")]
    #[case::no_domain("user = 'planted'\npassword = 'planted'", "Login(***)")]
    #[case::app("appid = 'planted'\naccess_token = 'planted'", "App(***)")]
    fn a_table_holds_one_credential(#[case] keys: &str, #[case] shown: &str) {
        let configured = read(&format!("{keys}\nproject = 'p'\nttl_s = 5")).unwrap();
        assert_eq!(format!("{:?}", configured.secret), shown);
        assert_eq!(configured.project.as_deref(), Some("p"));
        assert_eq!(configured.ttl_s, Some(5));
    }

    #[rstest]
    #[case::nothing("", "has nothing, but takes")]
    #[case::half("access_key = 'planted'", "has access_key, but takes")]
    #[case::two("token = 'planted'\napi_key = 'planted'", "has token + api_key, but")]
    #[case::empty("token = ' '", "token is empty")]
    #[case::unknown("tokn = 'planted'", "unknown field `tokn`")]
    fn another_table_is_refused_without_its_secrets(#[case] keys: &str, #[case] said: &str) {
        let error = read(keys).unwrap_err();
        assert!(error.starts_with(said), "{error}");
        assert!(!error.contains("planted"), "{error}");
    }
}
