//! `mynah ca`: how clients come to trust the CA of `mynah serve --tls`.

use std::path::{Path, PathBuf};

use mock_server::Authority;

use crate::env::Base;
use crate::failure::Failure;
use crate::names::UnknownName;
use crate::trust::{self, TRUST, Trust};

/// The options of `mynah ca`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of `mynah serve --ca-dir`; its CA is made if there is none yet
    #[arg(long, value_name = "FOLDER")]
    ca_dir: Option<PathBuf>,
    /// Only for these programs: python, node, java, go, rust, shell (curl) or browser
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<String>,
    /// Where the mock is
    #[arg(long, default_value = "https://127.0.0.1:7070")]
    url: Base,
}

/// Writes the recipes that were asked for.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let chosen: Vec<&Trust> = match args.lang.as_deref() {
        None => TRUST.iter().collect(),
        Some("curl") => trust::of("shell").into_iter().collect(),
        Some(language) => vec![trust::of(language).ok_or_else(|| {
            UnknownName::new("language", language, TRUST.iter().map(|t| t.language))
        })?],
    };
    let (first, file) = match &args.ca_dir {
        None => (
            format!(
                "# The CA of a mock that runs; with --ca-dir it stays the same from run to run.\n\
                 curl -sS -o {FETCHED} {}/__mynah/ca.pem\n",
                args.url.plain_http()
            ),
            FETCHED.to_owned(),
        ),
        Some(folder) => {
            let file = kept(folder)?;
            let file = quoted(&file.display().to_string());
            (
                format!(
                    "# The CA in {file}. Whoever has the key beside it can pose as anybody to those who trust it.\n"
                ),
                file,
            )
        }
    };
    let fill = |text: &str| args.url.fill_trust(text, &file);
    let mut text = vec![first];
    for trust in &chosen {
        text.push(format!("\n# {}\n{}", trust.title, fill(trust.trust)));
    }
    text.push("\n# Programs whose URL is built in, with --connect-proxy:\n".to_owned());
    for trust in &chosen {
        text.push(format!("# {}\n{}", trust.title, fill(trust.proxy)));
    }
    Ok(text.concat())
}

/// Examples for `--help`.
pub(crate) fn examples() -> &'static str {
    "Examples:\n  mynah ca\n  mynah ca --ca-dir ~/.mynah --lang java\n\n\
     The variables replace the public CAs in most programs: set them for tests only."
}

/// Where the CA is if it comes from a running mock.
pub(crate) const FETCHED: &str = "mynah-ca.pem";

/// The certificate of a kept CA.
fn kept(folder: &Path) -> Result<PathBuf, Failure> {
    let failed = |error: String| Failure::Operation(error);
    Authority::kept(folder).map_err(|error| failed(error.to_string()))?;
    let (certificate, _) = Authority::files(folder);
    std::path::absolute(&certificate)
        .map_err(|error| failed(format!("cannot find {}: {error}", certificate.display())))
}

/// A word of a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@%:,".contains(c);
    if word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn ca(language: Option<&str>) -> Result<String, Failure> {
        run(&Args {
            ca_dir: None,
            lang: language.map(str::to_owned),
            url: "https://mock:7443".parse().unwrap(),
        })
    }

    #[test]
    fn one_language_is_what_it_needs_and_no_more() {
        insta::assert_snapshot!(ca(Some("go")).unwrap(), @"
        # The CA of a mock that runs; with --ca-dir it stays the same from run to run.
        curl -sS -o mynah-ca.pem http://mock:7443/__mynah/ca.pem

        # Go
        export SSL_CERT_FILE=mynah-ca.pem    # Linux and BSD; elsewhere tls.Config{RootCAs: pool}

        # Programs whose URL is built in, with --connect-proxy:
        # Go
        export HTTPS_PROXY=http://mock:7443    # net/http, and gorilla's DefaultDialer
        ");
    }

    #[test]
    fn everything_is_filled() {
        let text = ca(None).unwrap();
        for placeholder in ["{ca}", "{host}", "{port}", "{authority}", "7070"] {
            assert!(!text.contains(placeholder), "{placeholder}");
        }
        for title in ["Python", "Node", "Java", "Go", "curl", "browsers"] {
            assert!(text.contains(title), "{title}");
        }
        assert!(text.contains("-Dhttps.proxyHost=mock -Dhttps.proxyPort=7443"));
        assert_eq!(ca(Some("curl")), ca(Some("shell")));
        assert!(ca(Some("ruby")).unwrap_err().to_string().contains("ruby"));
    }

    #[test]
    fn a_folder_keeps_what_is_printed() {
        let folder = tempfile::tempdir().unwrap();
        let args = Args {
            ca_dir: Some(folder.path().join("a ca")),
            lang: None,
            url: "https://mock".parse().unwrap(),
        };
        let text = run(&args).unwrap();
        assert!(text.contains("a ca/ca.pem'"), "{text}");
        assert!(folder.path().join("a ca/ca-key.pem").exists());
        assert_eq!(run(&args).unwrap(), text);
    }

    #[rstest]
    #[case("/a/b-c.pem", "/a/b-c.pem")]
    #[case("/a b", "'/a b'")]
    #[case("it's", r"'it'\''s'")]
    fn a_word_is_quoted_if_it_has_to_be(#[case] word: &str, #[case] shown: &str) {
        assert_eq!(quoted(word), shown);
    }
}
