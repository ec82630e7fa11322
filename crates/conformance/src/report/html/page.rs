//! What all pages share: the frame around them, verdicts, anchors.

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::verdict::Verdict;

const STYLE: &str = include_str!("page.css");
const THEME: &str = include_str!("theme.js");

/// A whole page. It loads nothing: style and scripts are in it, and its policy forbids the rest.
pub(in crate::report) fn page(title: &str, body: &Markup, script: &str) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                script { (PreEscaped(THEME)) }
                script { (PreEscaped(script)) }
            }
        }
    };
    page.into_string()
}

/// The line with the title and the switch of the theme, which scripts show.
pub(in crate::report) fn top(title: &str) -> Markup {
    html! {
        header.top {
            h1 { (title) }
            button #theme type="button" hidden { "Theme: auto" }
        }
    }
}

/// A verdict's sign: verdicts differ by shape and word, not by colour alone.
pub(in crate::report) const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Lenient => "~",
        Verdict::Fail => "✗",
        Verdict::Inconclusive => "?",
        Verdict::Unsupported => "–",
        Verdict::NotRun => "○",
        Verdict::HarnessError => "!",
    }
}

/// A verdict with its sign.
pub(in crate::report) fn badge(verdict: Verdict) -> Markup {
    let name = verdict.name();
    html! { span class={ "v v-" (name) } { i aria-hidden="true" { (sign(verdict)) } " " (name) } }
}

/// The ids of a page: each is used once, whatever it is made of.
#[derive(Debug, Default)]
pub(in crate::report) struct Anchors {
    used: BTreeSet<String>,
}

impl Anchors {
    /// An id for a text that nobody has yet: letters, digits and `-_./` as they are.
    pub(in crate::report) fn take(&mut self, text: &str) -> String {
        let mut id = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                c if c.is_ascii_alphanumeric() || "-_./".contains(c) => id.push(c),
                _ => id.push('~'),
            }
        }
        let plain = id.clone();
        let mut number = 1;
        while id.is_empty() || !self.used.insert(id.clone()) {
            number += 1;
            id = format!("{plain}~{number}");
        }
        id
    }
}
