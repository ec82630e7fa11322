//! The page of a family in `docs/faults/`, made from the catalogue so that it cannot drift.

use std::fmt::Write as _;
use std::path::PathBuf;

use mock_server::fault::{Family, Fault, catalogue};
use wire::registry;

use super::endpoints_of;

/// How each language's client comes by a scenario without a change to its code: by its URL.
const RECIPES: [(&str, &str, &str); 5] = [
    (
        "Python",
        "python",
        "import os, websocket  # websocket-client\n\
         ws = websocket.create_connection(os.environ[\"SPEECH_URL\"] + \"PATH\", header=HEADERS, timeout=30)",
    ),
    (
        "Node",
        "js",
        "import WebSocket from 'ws';\n\
         const ws = new WebSocket(process.env.SPEECH_URL + 'PATH', { headers });",
    ),
    (
        "Java",
        "java",
        "// OkHttp\n\
         Request request = new Request.Builder().url(System.getenv(\"SPEECH_URL\") + \"PATH\").headers(headers).build();\n\
         WebSocket ws = new OkHttpClient().newWebSocket(request, listener);",
    ),
    (
        "Go",
        "go",
        "// gorilla/websocket\n\
         ws, response, err := websocket.DefaultDialer.Dial(os.Getenv(\"SPEECH_URL\")+\"PATH\", header)",
    ),
    (
        "Rust",
        "rust",
        "// mock-server as a dev-dependency: no process, no port to choose\n\
         let server = mock_server::Server::start().await?;\n\
         let url = server.ws_url(\"/~scenario=EXAMPLEPATH\");",
    ),
];

fn page(family: Family) -> String {
    let rows: Vec<&Fault> = catalogue()
        .iter()
        .filter(|fault| fault.family == family)
        .collect();
    let all = registry::endpoints().count();
    let mut out = format!("# {}\n\n", family.title());
    out.push_str("<!-- Made from the catalogue by scripts/bless; changes here are lost. -->\n\n");
    let _ = writeln!(out, "{}\n", family.essay());
    out.push_str("Every fault takes `at`, `conn`, `times`, `then` and `seed`; [the overview](README.md) explains them.\n\n");
    out.push_str(
        "| fault | on the wire | takes | at | on | reproduces |\n|---|---|---|---|---|---|\n",
    );
    for fault in &rows {
        let takes: Vec<String> = fault
            .parameters
            .iter()
            .map(|parameter| match parameter.default {
                "" => format!("`{}` {}", parameter.key, parameter.text),
                default => format!("`{}={default}` {}", parameter.key, parameter.text),
            })
            .collect();
        let endpoints = endpoints_of(fault);
        let on = match endpoints.len() == all {
            true => "all".to_owned(),
            false => endpoints.join(", "),
        };
        let cells = [
            format!("`{}`", fault.name),
            fault.does.to_owned(),
            takes.join("; "),
            format!("`{}`", fault.at),
            on,
            fault.incident.to_owned(),
        ];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    let example = rows.first().map_or("", |fault| fault.example);
    let path = registry::endpoints()
        .next()
        .and_then(|endpoint| endpoint.paths.first().copied())
        .unwrap_or_default();
    out.push_str("\n## Examples\n\n```\n");
    for fault in &rows {
        let _ = writeln!(out, "mynah serve --scenario '{}'", fault.example);
    }
    out.push_str("```\n\n## From your client's tests\n\nThe scenario travels in the URL, so the client stays as it is:\n\n");
    let _ = writeln!(
        out,
        "```\nexport SPEECH_URL='ws://127.0.0.1:7070/~scenario={example}'\n```\n"
    );
    for (name, tag, text) in RECIPES {
        let text = text.replace("EXAMPLE", example).replace("PATH", path);
        let _ = writeln!(out, "**{name}**\n\n```{tag}\n{text}\n```\n");
    }
    let _ = writeln!(
        out,
        "What the client did is in the journal: `GET /__mynah/sessions` shows each fault with `fired`, and\n\
         `GET /__mynah/verify` names the faults that never came to their point."
    );
    out
}

#[test]
fn the_pages_are_those_of_the_catalogue() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults");
    for family in Family::ALL {
        let file = folder.join(format!("{}.md", family.name()));
        let made = page(family);
        if std::env::var_os("MYNAH_BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&file, &made).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == made, "{} is old; run scripts/bless", file.display());
    }
}
