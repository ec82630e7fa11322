//! What a text says: plain, or SSML without its tags.

use crate::speech::{self, Unit};

/// The pause of a `break` that names no time.
const BREAK_MS: u32 = 500;
/// The longest pause that a `break` may ask for.
const LONGEST_BREAK_MS: u32 = 10_000;
/// More nodes than any text of the service can hold.
const MOST_NODES: u32 = 100_000;

/// The units of a plain text.
pub(super) fn plain_units(text: &str) -> Vec<Unit> {
    speech::units_of(text)
}

/// Whether there is something to say.
pub(super) fn is_speakable(units: &[Unit]) -> bool {
    units.iter().any(|unit| match unit {
        Unit::Word { text, .. } => speech::is_speakable(text),
        Unit::Pause { .. } | Unit::Mark(_) | Unit::SentenceEnd => false,
    })
}

/// The units of an SSML text: its characters, pauses for `break`, the alias of `sub`.
///
/// # Errors
/// What keeps it from being XML, in words.
pub(super) fn ssml_units(text: &str) -> Result<Vec<Unit>, String> {
    let options = roxmltree::ParsingOptions {
        nodes_limit: MOST_NODES,
        ..Default::default()
    };
    let document = roxmltree::Document::parse_with_options(text, options)
        .map_err(|error| error.to_string())?;
    let mut units = Vec::new();
    // What a `sub` holds is not read; its alias is.
    let mut replaced_until = 0;
    for node in document.descendants() {
        if node.range().start < replaced_until {
            continue;
        }
        if node.is_text() {
            units.extend(speech::units_of(node.text().unwrap_or_default()));
            continue;
        }
        match node.tag_name().name() {
            "break" => units.push(Unit::Pause {
                ms: node
                    .attribute("time")
                    .and_then(milliseconds)
                    .unwrap_or(BREAK_MS),
            }),
            "sub" => {
                units.extend(speech::units_of(
                    node.attribute("alias").unwrap_or_default(),
                ));
                replaced_until = node.range().end;
            }
            "p" | "s" if matches!(units.last(), Some(Unit::Word { .. })) => {
                units.push(Unit::SentenceEnd);
            }
            _ => {}
        }
    }
    Ok(units)
}

/// A time such as `500ms` or `2s`, as SSML writes it.
fn milliseconds(time: &str) -> Option<u32> {
    let time = time.trim();
    let (number, factor) = match time.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => (time.strip_suffix('s')?, 1000.0),
    };
    let ms = number.trim().parse::<f64>().ok()? * factor;
    let ms = ms.clamp(0.0, f64::from(LONGEST_BREAK_MS));
    format!("{ms:.0}").parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn words(text: &str) -> Vec<Unit> {
        text.split(' ').map(Unit::word).collect()
    }

    #[test]
    fn tags_are_stripped_and_breaks_are_pauses() {
        let units = ssml_units("<speak>one <break time=\"1.5s\"/><emphasis>two</emphasis></speak>");
        let mut expected = words("one two");
        expected.insert(1, Unit::Pause { ms: 1500 });
        assert_eq!(units, Ok(expected));
    }

    #[test]
    fn an_alias_takes_the_place_of_what_it_stands_for() {
        let units = ssml_units("<speak><sub alias=\"by the way\">btw</sub></speak>");
        assert_eq!(units, Ok(words("by the way")));
    }

    #[test]
    fn paragraphs_and_sentences_are_boundaries() {
        let units = ssml_units("<speak><s>one</s><s>two</s></speak>").unwrap();
        assert_eq!(units[1], Unit::SentenceEnd);
    }

    #[rstest]
    #[case::plain_text("hello")]
    #[case::open("<speak>hello")]
    #[case::entities("<!DOCTYPE a [<!ENTITY b \"c\">]><speak>&b;</speak>")]
    fn what_is_no_xml_is_an_error(#[case] text: &str) {
        assert!(ssml_units(text).is_err());
    }

    #[test]
    fn deep_nesting_costs_no_stack_and_little_time() {
        let deep = format!("{}{}", "<a>x".repeat(40_000), "</a>".repeat(40_000));
        assert_eq!(ssml_units(&deep).map(|units| units.len()), Ok(40_000));
        let deeper = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
        assert!(ssml_units(&deeper).is_err());
    }

    #[rstest]
    #[case("500ms", Some(500))]
    #[case(" 2s ", Some(2000))]
    #[case("1h", None)]
    #[case("99s", Some(10_000))]
    #[case("-1s", Some(0))]
    fn times_have_units(#[case] time: &str, #[case] ms: Option<u32>) {
        assert_eq!(milliseconds(time), ms);
    }
}
