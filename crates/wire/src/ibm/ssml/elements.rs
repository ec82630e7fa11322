//! Which elements there are, and which attributes they need and take.

use roxmltree::Node;

use crate::clause::Clause;
use crate::finding::Finding;
use crate::ibm::clauses::audio::MEREL;
use crate::ibm::clauses::ssml as clauses;
use crate::ibm::error::{Failure, Refused};
use crate::ibm::knobs;
use crate::ibm::voices::{Kind, Voice};
use crate::knob::Knobs;

use super::{PATH, values};

/// An element that the service knows.
struct Element {
    name: &'static str,
    attributes: &'static [Attribute],
}

/// An attribute that an element knows.
struct Attribute {
    name: &'static str,
    need: Need,
    takes: fn(&str, &Voice) -> bool,
}

/// What becomes of an attribute that is missing, or whose value is invalid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Both are errors.
    Required,
    /// An invalid value is an error.
    Checked,
    /// An invalid value is ignored.
    Optional,
    /// That it is there is an error.
    Unsupported,
}

/// Checks one element. `place` is its byte in the text.
///
/// # Errors
/// If a required attribute is missing or invalid, or the voice does not speak the element.
pub(super) fn check(
    node: Node<'_, '_>,
    place: usize,
    voice: &Voice,
    knobs: &Knobs,
    findings: &mut Vec<Finding>,
) -> Result<(), Refused> {
    let mut check = Check {
        node,
        place,
        voice,
        knobs,
        findings,
    };
    let name = node.tag_name().name();
    let Some(element) = ELEMENTS.iter().find(|element| element.name == name) else {
        // A client wraps all of its text in `voice`: that is no slip (VOICE_ELEMENT).
        if name != "voice" {
            check.note(
                &clauses::DROPPED_ELEMENT,
                "an element that the service speaks",
            );
        }
        return Ok(());
    };
    if check.is_ignored(element) {
        return Ok(());
    }
    for attribute in element.attributes {
        check.attribute(element, attribute)?;
    }
    check.needs_one_of(element)?;
    check.note_extra_attributes(element);
    Ok(())
}

struct Check<'c> {
    node: Node<'c, 'c>,
    place: usize,
    voice: &'c Voice,
    knobs: &'c Knobs,
    findings: &'c mut Vec<Finding>,
}

impl Check<'_> {
    /// Whether the voice takes no notice of the element at all.
    fn is_ignored(&mut self, element: &Element) -> bool {
        let natural = self.voice.kind == Kind::Natural;
        let clause = match element.name {
            "mark" if natural => &clauses::MARK_NATURAL,
            "mark" if !self.voice.has_marks() => &MEREL,
            "prosody" if natural => &clauses::PROSODY_NATURAL,
            _ => return false,
        };
        let expected = format!("no <{}> with {}", element.name, self.voice.name);
        self.note(clause, &expected);
        true
    }

    fn attribute(&mut self, element: &Element, attribute: &Attribute) -> Result<(), Refused> {
        let Some(value) = self.node.attribute(attribute.name) else {
            return match attribute.need {
                Need::Required => {
                    let missing = self.missing(element, attribute.name);
                    if !self.keeps(element) {
                        return Err(missing);
                    }
                    self.findings.push(*missing.finding);
                    Ok(())
                }
                _ => Ok(()),
            };
        };
        let valid = attribute.need != Need::Unsupported && (attribute.takes)(value, self.voice);
        if valid {
            return Ok(());
        }
        let clause = match (element.name, attribute.need) {
            ("mark", _) => &clauses::MARK,
            ("prosody", Need::Unsupported) => &clauses::PROSODY,
            ("prosody", _) if self.voice.kind == Kind::Expressive => &clauses::PROSODY_EXPRESSIVE,
            ("speak", _) => &clauses::SPEAK_VERSION,
            (_, Need::Optional) => &clauses::OPTIONAL_ATTRIBUTE,
            _ => &clauses::REQUIRED_ATTRIBUTE,
        };
        let found = format!("{}={value}", attribute.name);
        let finding = self.finding(clause, &found, "a value that the attribute takes");
        let tolerated = match attribute.need {
            Need::Optional => self.knobs.is(&knobs::OPTIONAL_ATTRIBUTES, "ignore"),
            Need::Required | Need::Checked | Need::Unsupported => self.keeps(element),
        };
        if tolerated {
            self.findings.push(finding);
            return Ok(());
        }
        Err(Refused {
            failure: Failure::Attribute {
                tag: element.name.to_owned(),
                attribute: attribute.name.to_owned(),
                value: value.to_owned(),
            },
            finding: Box::new(finding),
        })
    }

    /// `prosody` needs either of its two attributes, `express-as` a voice that can.
    fn needs_one_of(&self, element: &Element) -> Result<(), Refused> {
        let has = |name| self.node.attribute(name).is_some();
        match element.name {
            "prosody" if !has("pitch") && !has("rate") => {
                Err(self.missing(element, "pitch or rate"))
            }
            "express-as" if self.voice.kind != Kind::Expressive => {
                let expected = "an expressive voice";
                let finding = self.finding(&clauses::EXPRESS_AS, &self.voice.name, expected);
                Err(Refused {
                    failure: Failure::Element {
                        tag: element.name,
                        voice: self.voice.name.clone(),
                    },
                    finding: Box::new(finding),
                })
            }
            _ => Ok(()),
        }
    }

    fn note_extra_attributes(&mut self, element: &Element) {
        let extra: Vec<String> = self
            .node
            .attributes()
            .filter(|attribute| attribute.namespace().is_none())
            .filter(|attribute| {
                let name = attribute.name();
                !element.attributes.iter().any(|known| known.name == name)
            })
            .map(|attribute| format!("{}={}", attribute.name(), attribute.value()))
            .collect();
        for found in extra {
            let expected = format!("an attribute of <{}>", element.name);
            let finding = self.finding(&clauses::EXTRA_ATTRIBUTE, &found, &expected);
            self.findings.push(finding);
        }
    }

    /// Whether marks with bad names are kept.
    fn keeps(&self, element: &Element) -> bool {
        element.name == "mark" && self.knobs.is(&knobs::MARK_NAMES, "keep")
    }

    fn missing(&self, element: &Element, attribute: &'static str) -> Refused {
        let clause = match element.name {
            "mark" => &clauses::MARK,
            "prosody" => &clauses::PROSODY,
            _ => &clauses::REQUIRED_ATTRIBUTE,
        };
        let finding = self.finding(clause, "no such attribute", attribute);
        Refused {
            failure: Failure::AttributeMissing {
                tag: element.name,
                attribute,
            },
            finding: Box::new(finding),
        }
    }

    fn note(&mut self, clause: &'static Clause, expected: &str) {
        let finding = self.finding(clause, "the element", expected);
        self.findings.push(finding);
    }

    fn finding(&self, clause: &'static Clause, found: &str, expected: &str) -> Finding {
        let tag = self.node.tag_name().name();
        let found = format!("<{tag}> at byte {} of the text: {found}", self.place);
        Finding::at_path(clause, PATH, found, expected)
    }
}

const fn required(name: &'static str, takes: fn(&str, &Voice) -> bool) -> Attribute {
    let need = Need::Required;
    Attribute { name, need, takes }
}

const fn checked(name: &'static str, takes: fn(&str, &Voice) -> bool) -> Attribute {
    let need = Need::Checked;
    Attribute { name, need, takes }
}

const fn optional(name: &'static str, takes: fn(&str, &Voice) -> bool) -> Attribute {
    let need = Need::Optional;
    Attribute { name, need, takes }
}

const fn unsupported(name: &'static str) -> Attribute {
    Attribute {
        name,
        need: Need::Unsupported,
        takes: values::is_anything,
    }
}

const fn element(name: &'static str, attributes: &'static [Attribute]) -> Element {
    Element { name, attributes }
}

/// Every element that is spoken; all others are dropped and their text is kept.
const ELEMENTS: &[Element] = &[
    element("speak", &[checked("version", values::is_version)]),
    element("p", &[]),
    element("paragraph", &[]),
    element("s", &[]),
    element("sentence", &[]),
    element(
        "break",
        &[
            optional("strength", values::is_strength),
            optional("time", values::is_time),
        ],
    ),
    element("emphasis", &[optional("level", values::is_emphasis)]),
    element("express-as", &[required("style", values::is_style)]),
    element("mark", &[required("name", values::is_mark_name)]),
    element(
        "phoneme",
        &[
            required("ph", values::is_filled),
            optional("alphabet", values::is_alphabet),
        ],
    ),
    element(
        "prosody",
        &[
            checked("pitch", values::is_pitch),
            checked("rate", values::is_rate),
            unsupported("contour"),
            unsupported("range"),
            unsupported("duration"),
            unsupported("volume"),
        ],
    ),
    element(
        "say-as",
        &[
            required("interpret-as", values::is_interpretation),
            optional("format", values::is_anything),
            optional("detail", values::is_anything),
        ],
    ),
    element("sub", &[required("alias", values::is_filled)]),
];
