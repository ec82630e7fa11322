//! The file of an endpoint: its usual handshake, and its usual messages by name.

use std::collections::BTreeMap;

use mock_server::Diagnostic;
use serde::Deserialize;

use super::json::Json;
use crate::message::Piece;

/// What the cases of an endpoint share.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct EndpointFile {
    /// Always `endpoint/1`.
    schema: String,
    /// The path of its handshake.
    pub path: String,
    /// The query, without the `?`.
    pub query: Option<String>,
    /// The headers beside those of RFC 6455.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Its messages by name.
    #[serde(default)]
    pub messages: BTreeMap<String, Template>,
}

/// A message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Template {
    /// A text message.
    Text(String),
    /// A text message of JSON.
    Json(Json),
    /// A binary message.
    Bytes(Vec<Piece>),
}

impl EndpointFile {
    /// Reads the file of an endpoint.
    ///
    /// # Errors
    /// Where the text is not one.
    pub fn parse(file: &str, text: &str) -> Result<Self, Diagnostic> {
        let parsed: Self =
            toml::from_str(text).map_err(|error| Diagnostic::of_toml(file, text, &error))?;
        match parsed.schema.as_str() {
            "endpoint/1" => Ok(parsed),
            other => {
                let message = format!("schema {other:?}: this program reads \"endpoint/1\"");
                Err(Diagnostic::whole(file, message))
            }
        }
    }
}
