//! `mynah env`: the settings that point a vendor's clients here.

use wire::endpoint::{Recipe, Vendor};

use crate::failure::Failure;
use crate::names::{self, UnknownName};
use crate::{ca, trust};

/// The options of `mynah env`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whose clients: a vendor, or one of its endpoints or paths
    vendor: String,
    /// Only for this language: python, node, java, go, rust or shell
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<String>,
    /// Where the mock is; ws, wss, http and https are the same to it
    #[arg(long, default_value = "http://127.0.0.1:7070")]
    url: Base,
}

/// Writes the recipes that were asked for.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let vendor = names::vendor(&args.vendor)?;
    Ok(to_text(vendor, args.lang.as_deref(), &args.url)?)
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    let vendor = names::example_vendor();
    format!(
        "Examples:\n  mynah env {vendor} --lang python\n  mynah env {vendor} --url ws://127.0.0.1:8080"
    )
}

fn to_text(vendor: &Vendor, language: Option<&str>, url: &Base) -> Result<String, UnknownName> {
    let wanted = |recipe: &&Recipe| language.is_none_or(|language| recipe.language == language);
    let recipes: Vec<&Recipe> = vendor.recipes.iter().filter(wanted).collect();
    if let (Some(language), []) = (language, recipes.as_slice()) {
        let mut known: Vec<&str> = vendor.recipes.iter().map(|r| r.language).collect();
        known.dedup();
        return Err(UnknownName::new("language", language, known));
    }
    let mut texts: Vec<String> = recipes
        .iter()
        .map(|recipe| {
            let text = url.fill(recipe.text);
            // A single text can be used as it is; several have to be told apart.
            match recipes.as_slice() {
                [_] => text,
                _ => format!("{}\n{text}", heading(vendor, recipe)),
            }
        })
        .collect();
    if url.is_secure() {
        let mut languages: Vec<&str> = recipes.iter().map(|r| r.language).collect();
        languages.dedup();
        texts.extend(languages.into_iter().map(|language| hint(language, url)));
    }
    Ok(texts.join("\n"))
}

/// What a program needs beside the URL if that is secure, as comments of its language.
fn hint(language: &str, url: &Base) -> String {
    let Some(trust) = trust::of(language) else {
        return String::new();
    };
    let (mark, fetched) = (mark_of(language), ca::FETCHED);
    let lines = |text: &str| -> String {
        let filled = url.fill_trust(text, fetched);
        let lines = filled.lines().map(|line| line.trim_start_matches("# "));
        lines.map(|line| format!("{mark}   {line}\n")).collect()
    };
    let fetch = format!("curl -sS -o {fetched} {}/__mynah/ca.pem", url.plain_http());
    format!(
        "{mark} to trust the mock's CA (mynah ca):\n{}{}\
         {mark} if the vendor's URL is built in (mynah serve --connect-proxy):\n{}",
        lines(&fetch),
        lines(trust.trust),
        lines(trust.proxy),
    )
}

/// A comment in the language of the recipe.
fn heading(vendor: &Vendor, recipe: &Recipe) -> String {
    let mark = mark_of(recipe.language);
    let (language, client) = (recipe.language, recipe.client);
    format!("{mark} {} · {language} · {client}", vendor.title)
}

/// What begins a comment of a language.
fn mark_of(language: &str) -> &'static str {
    match language {
        "python" | "shell" => "#",
        _ => "//",
    }
}

/// The URL of a mock, without the path of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    scheme: Scheme,
    /// Host and port.
    authority: String,
    /// What stands before the endpoints' paths, without a slash at the end; mostly empty.
    path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Plain,
    Secure,
}

/// Why a text is not the URL of a mock.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UrlError {
    #[error("no scheme; write ws://{0}")]
    NoScheme(String),
    #[error("the scheme is {0:?}; it can be ws, wss, http or https")]
    Scheme(String),
    #[error("no host; write ws://127.0.0.1:7070")]
    NoHost,
    #[error("the port is {0:?}; it can be 1 to 65535")]
    Port(String),
    #[error("{0:?} cannot be part of it; give scheme, host, port and no more than a path")]
    Character(char),
}

impl Base {
    /// Whether it takes a CA to use it.
    pub(crate) const fn is_secure(&self) -> bool {
        matches!(self.scheme, Scheme::Secure)
    }

    /// The mock without TLS, which the port takes as well, and without a path.
    pub(crate) fn plain_http(&self) -> String {
        format!("http://{}", self.authority)
    }

    /// A text of [`trust`] for this mock and its CA.
    pub(crate) fn fill_trust(&self, text: &str, ca: &str) -> String {
        let after_host = self.authority.rfind(']').map_or(0, |bracket| bracket + 1);
        let colon = self.authority.get(after_host..).and_then(|a| a.find(':'));
        let (host, port) = match colon {
            Some(colon) => self.authority.split_at(after_host + colon),
            None => (self.authority.as_str(), ":443"),
        };
        text.replace("{ca}", ca)
            .replace("{host}", host)
            .replace("{port}", port.trim_start_matches(':'))
            .replace("{authority}", &format!("{host}{port}"))
    }

    /// A recipe with this URL in place of `{ws}`, `{http}` and `{authority}`.
    fn fill(&self, text: &str) -> String {
        let (ws, http) = match self.scheme {
            Scheme::Plain => ("ws", "http"),
            Scheme::Secure => ("wss", "https"),
        };
        let Self {
            authority, path, ..
        } = self;
        let text = text
            .replace("{ws}", &format!("{ws}://{authority}{path}"))
            .replace("{http}", &format!("{http}://{authority}{path}"))
            .replace("{authority}", authority);
        format!("{}\n", text.trim_end())
    }
}

impl std::str::FromStr for Base {
    type Err = UrlError;

    fn from_str(url: &str) -> Result<Self, UrlError> {
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err(UrlError::NoScheme(url.to_owned()));
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "ws" | "http" => Scheme::Plain,
            "wss" | "https" => Scheme::Secure,
            _ => return Err(UrlError::Scheme(scheme.to_owned())),
        };
        // The rest ends up in source code, between whatever quotes.
        let harmless = |c: &char| c.is_ascii_alphanumeric() || "-._~:/[];=+,%".contains(*c);
        if let Some(other) = rest.chars().find(|c| !harmless(c)) {
            return Err(UrlError::Character(other));
        }
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        // The colons inside the brackets of an IPv6 address are no port's.
        let after_host = authority.rfind(']').map_or(0, |bracket| bracket + 1);
        let port = authority
            .get(after_host..)
            .and_then(|end| end.split_once(':'));
        if let Some((_, port)) = port
            && !port.parse().is_ok_and(|port: u16| port > 0)
        {
            return Err(UrlError::Port(port.to_owned()));
        }
        if authority.is_empty() || authority.starts_with(':') {
            return Err(UrlError::NoHost);
        }
        Ok(Self {
            scheme,
            authority: authority.to_owned(),
            path: path.trim_end_matches('/').to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::demo;

    const ALL: &str = "{ws} {http} {authority}";

    #[rstest]
    #[case(
        "ws://127.0.0.1:7070",
        "ws://127.0.0.1:7070 http://127.0.0.1:7070 127.0.0.1:7070"
    )]
    #[case(
        "http://127.0.0.1:7070/",
        "ws://127.0.0.1:7070 http://127.0.0.1:7070 127.0.0.1:7070"
    )]
    #[case("WSS://mock", "wss://mock https://mock mock")]
    #[case("https://[::1]:8443", "wss://[::1]:8443 https://[::1]:8443 [::1]:8443")]
    #[case("ws://h/~lane=a/", "ws://h/~lane=a http://h/~lane=a h")]
    fn placeholders_become_the_url(#[case] url: &str, #[case] filled: &str) {
        let base: Base = url.parse().unwrap();
        assert_eq!(base.fill(ALL), format!("{filled}\n"));
    }

    #[rstest]
    #[case("127.0.0.1:7070", "no scheme; write ws://127.0.0.1:7070")]
    #[case("ftp://h", r#"the scheme is "ftp"; it can be ws, wss, http or https"#)]
    #[case("ws://", "no host; write ws://127.0.0.1:7070")]
    #[case("ws://:80", "no host; write ws://127.0.0.1:7070")]
    #[case("ws://h:0", r#"the port is "0"; it can be 1 to 65535"#)]
    #[case("ws://[::1]:x", r#"the port is "x"; it can be 1 to 65535"#)]
    #[case(
        "ws://h/$(x)",
        "'$' cannot be part of it; give scheme, host, port and no more than a path"
    )]
    #[case(
        "ws://u@h",
        "'@' cannot be part of it; give scheme, host, port and no more than a path"
    )]
    #[case(
        "ws://h?x",
        "'?' cannot be part of it; give scheme, host, port and no more than a path"
    )]
    fn other_texts_are_refused(#[case] url: &str, #[case] why: &str) {
        let refused: Result<Base, UrlError> = url.parse();
        assert_eq!(refused.unwrap_err().to_string(), why);
    }

    #[rstest]
    #[case::one_text_is_bare(
        Some("python"),
        r#"
    client = Demo(url="ws://mock", http="http://mock", options={"host": "mock"})
    "#
    )]
    #[case::two_have_headings(
        Some("go"),
        r#"
    // Demo · go · demo-go
    demo.Dial("ws://mock")

    // Demo · go · gorilla/websocket
    websocket.Dial("ws://mock")
    "#
    )]
    #[case::all(
        None,
        r#"
    # Demo · python · demo-sdk
    client = Demo(url="ws://mock", http="http://mock", options={"host": "mock"})

    // Demo · go · demo-go
    demo.Dial("ws://mock")

    // Demo · go · gorilla/websocket
    websocket.Dial("ws://mock")
    "#
    )]
    fn recipes_are_printed(#[case] language: Option<&str>, #[case] expected: &str) {
        let base: Base = "ws://mock".parse().unwrap();
        let lines: Vec<&str> = expected.lines().skip(1).map(str::trim_start).collect();
        let text = to_text(&demo::VENDOR, language, &base).unwrap();
        assert_eq!(text, lines.join("\n"));
    }

    #[test]
    fn a_secure_url_comes_with_the_way_to_trust_it() {
        let base: Base = "wss://mock:1".parse().unwrap();
        insta::assert_snapshot!(to_text(&demo::VENDOR, Some("python"), &base).unwrap(), @r#"
        client = Demo(url="wss://mock:1", http="https://mock:1", options={"host": "mock:1"})

        # to trust the mock's CA (mynah ca):
        #   curl -sS -o mynah-ca.pem http://mock:1/__mynah/ca.pem
        #   export SSL_CERT_FILE=mynah-ca.pem                 # ssl, websockets, aiohttp, httpx
        #   export REQUESTS_CA_BUNDLE=mynah-ca.pem            # requests, and SDKs built on it
        #   export WEBSOCKET_CLIENT_CA_BUNDLE=mynah-ca.pem    # websocket-client
        # if the vendor's URL is built in (mynah serve --connect-proxy):
        #   export HTTPS_PROXY=http://mock:1    # requests, websocket-client, websockets from 15; aiohttp with trust_env=True
        "#);
        let text = to_text(&demo::VENDOR, None, &base).unwrap();
        assert_eq!(text.matches("to trust the mock's CA").count(), 2, "{text}");
    }

    #[test]
    fn a_language_without_recipe_is_refused() {
        let base: Base = "ws://mock".parse().unwrap();
        let refused = to_text(&demo::VENDOR, Some("ruby"), &base).unwrap_err();
        assert_eq!(
            refused.to_string(),
            r#"unknown language "ruby"; there are go, python"#
        );
    }

    #[test]
    fn every_recipe_is_filled_completely() {
        let base: Base = "wss://mock:1".parse().unwrap();
        for vendor in wire::registry::VENDORS {
            let text = to_text(vendor, None, &base).unwrap();
            for placeholder in ["{ws}", "{http}", "{authority}", "7070"] {
                assert!(
                    !text.contains(placeholder),
                    "{}: {placeholder}",
                    vendor.name
                );
            }
        }
    }
}
