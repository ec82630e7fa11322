//! Clauses about the text: markup, tokens and marks.

use super::sources::{ELEMENTS, HTTP, MARKUP, READING, THIRD_PARTY, TIMING};
use crate::clause::Clause;
use crate::clause::Level::{Assumed, Must, SdkRelied};

/// The clauses of this file.
pub(super) const ALL: &[&Clause] = &[
    &SSML,
    &WELL_FORMED,
    &BARE_CHARACTERS,
    &WELL_FORMED_WORDS,
    &DROPPED_ELEMENT,
    &VOICE_ELEMENT,
    &REQUIRED_ATTRIBUTE,
    &EXTRA_ATTRIBUTE,
    &ERROR_PREFIX,
    &OPTIONAL_ATTRIBUTE,
    &SPEAK_VERSION,
    &BARE_SPEAK,
    &SAY_AS,
    &PHONEME,
    &SUB,
    &EXPRESS_AS,
    &EMPHASIS,
    &PROSODY,
    &PROSODY_RATE,
    &WORDS_PER_MINUTE,
    &PROSODY_PITCH,
    &PROSODY_EXPRESSIVE,
    &PROSODY_NATURAL,
    &BREAK,
    &BREAK_LENGTHS,
    &BREAK_BOUND,
    &PARAGRAPH,
    &MARK,
    &MARK_REFUSED,
    &MARK_UNIQUE,
    &MARK_NATURAL,
    &TOKENS,
    &TOKEN_SILENCE,
    &TOKEN_SAY_AS,
    &TOKEN_PHONEME,
    &TOKEN_SUB,
    &TOKEN_BREAK,
    &TOKEN_OTHER,
    &TOKEN_PUNCTUATION,
];

pub(crate) const SSML: Clause = Clause::new(
    "IBT-CXNK",
    Must,
    MARKUP,
    "Text is SSML 1.1; fragments do, an XML declaration and a speak element may be left out.",
);

pub(crate) const WELL_FORMED: Clause = Clause::new(
    "IBT-QL2M",
    Must,
    MARKUP,
    "Markup has to be well formed, and text is always read as markup.",
);

pub(crate) const BARE_CHARACTERS: Clause = Clause::new(
    "IBT-DYWQ",
    Assumed,
    HTTP,
    "The pages want quotes, apostrophes, ampersands, angle brackets and slashes escaped; clients send all but & and < as they are, and only these two are refused.",
);

pub(crate) const WELL_FORMED_WORDS: Clause = Clause::new(
    "IBT-PMBG",
    Assumed,
    READING,
    "What the error says about ill-formed markup is not published; nor about document type declarations, which are refused with it.",
);

pub(crate) const DROPPED_ELEMENT: Clause = Clause::new(
    "IBT-NIZU",
    Must,
    MARKUP,
    "Unsupported elements are dropped silently, their text is spoken.",
);

pub(crate) const VOICE_ELEMENT: Clause = Clause::new(
    "IBT-P2TC",
    SdkRelied,
    THIRD_PARTY,
    "voice is dropped too: a client wraps all of its text in one.",
);

pub(crate) const REQUIRED_ATTRIBUTE: Clause = Clause::new(
    "IBT-R5BR",
    Must,
    MARKUP,
    "A required attribute that is missing or has an invalid value is an error: Tag <say-as> has invalid attribute interpret-as=currency.",
);

pub(crate) const EXTRA_ATTRIBUTE: Clause = Clause::new(
    "IBT-STDF",
    Must,
    MARKUP,
    "Extra invalid attributes are ignored.",
);

pub(crate) const ERROR_PREFIX: Clause = Clause::new(
    "IBT-QDA5", Must, MARKUP,
    "The page's sample of that error begins with: The connection to the Watson Text to Speech service closed with the following error:",
)
.gap("read as the words of a client around the service's: left out");

pub(crate) const OPTIONAL_ATTRIBUTE: Clause = Clause::new(
    "IBT-6IWN",
    Assumed,
    ELEMENTS,
    "An optional attribute with an invalid value is ignored, or refused by the knob optional-attributes.",
);

pub(crate) const SPEAK_VERSION: Clause = Clause::new(
    "IBT-3MAS",
    Must,
    ELEMENTS,
    "The version of speak is 1.0, or 1.1 as the page's own samples have it.",
);

pub(crate) const BARE_SPEAK: Clause = Clause::new(
    "IBT-OX37",
    SdkRelied,
    THIRD_PARTY,
    "A speak element without a version is accepted.",
);

pub(crate) const SAY_AS: Clause = Clause::new(
    "IBT-GD74",
    Must,
    ELEMENTS,
    "say-as needs interpret-as: cardinal, date, digits, interjection, letters, number, ordinal or vxml: and boolean, currency, date, time, digits, phone.",
);

pub(crate) const PHONEME: Clause = Clause::new(
    "IBT-S6F7",
    Must,
    ELEMENTS,
    "phoneme needs ph; alphabet is ipa or ibm, ibm by default.",
);

pub(crate) const SUB: Clause = Clause::new(
    "IBT-ZODB",
    Must,
    ELEMENTS,
    "sub needs alias, which is spoken.",
);

pub(crate) const EXPRESS_AS: Clause = Clause::new(
    "IBT-LF2W",
    Must,
    ELEMENTS,
    "express-as needs style: cheerful, empathetic, neutral or uncertain; with voices that are not expressive it is an error.",
);

pub(crate) const EMPHASIS: Clause = Clause::new(
    "IBT-S72H",
    Must,
    ELEMENTS,
    "emphasis has level none, moderate, strong or reduced, for expressive voices.",
)
.gap("not audible in the synthetic sound");

pub(crate) const PROSODY: Clause = Clause::new(
    "IBT-QPCT",
    Must,
    ELEMENTS,
    "prosody needs pitch or rate; contour, range, duration and volume are errors.",
);

pub(crate) const PROSODY_RATE: Clause = Clause::new(
    "IBT-7KSG",
    Must,
    ELEMENTS,
    "rate is a relative percentage, words per minute, or default, x-slow, slow, medium, fast, x-fast: 50 and 25 percent either way.",
);

pub(crate) const WORDS_PER_MINUTE: Clause = Clause::new(
    "IBT-74IQ",
    Assumed,
    READING,
    "The normal speed is taken for 120 words per minute.",
);

pub(crate) const PROSODY_PITCH: Clause = Clause::new(
    "IBT-WFYG",
    Must,
    ELEMENTS,
    "pitch is a percentage, Hz, semitones or default, x-low, low, medium, high, x-high.",
)
.gap("checked, but the synthetic sound has one pitch");

pub(crate) const PROSODY_EXPRESSIVE: Clause = Clause::new(
    "IBT-MDXE",
    Must,
    ELEMENTS,
    "Expressive voices take percentages only.",
);

pub(crate) const PROSODY_NATURAL: Clause = Clause::new(
    "IBT-QQ6A",
    Must,
    ELEMENTS,
    "Natural voices do not support prosody.",
);

pub(crate) const BREAK: Clause = Clause::new(
    "IBT-R52R",
    Must,
    ELEMENTS,
    "break is silence of a time in s or ms, or of a strength: none, x-weak, weak, medium, strong, x-strong.",
);

pub(crate) const BREAK_LENGTHS: Clause = Clause::new(
    "IBT-NSJC",
    Assumed,
    READING,
    "How long the strengths are is not published: 0, 100, 250, 500, 750 and 1000 ms; medium without an attribute.",
);

pub(crate) const BREAK_BOUND: Clause = Clause::new(
    "IBT-VOZV",
    Assumed,
    READING,
    "All breaks of a text together are at most five minutes, so that one request costs bounded time.",
);

pub(crate) const PARAGRAPH: Clause = Clause::new(
    "IBT-Z2ZU",
    Must,
    ELEMENTS,
    "p, paragraph, s and sentence end a sentence: silence without a token.",
);

pub(crate) const MARK: Clause = Clause::new(
    "IBT-EJZB",
    Must,
    ELEMENTS,
    "mark has a name that begins with an alphanumeric character.",
);

pub(crate) const MARK_REFUSED: Clause = Clause::new(
    "IBT-Q37D",
    Assumed,
    READING,
    "A mark without such a name is refused like an invalid attribute, or kept by the knob mark-names.",
);

pub(crate) const MARK_UNIQUE: Clause = Clause::new(
    "IBT-RLT2",
    Must,
    ELEMENTS,
    "A mark's name stands once in a text.",
);

pub(crate) const MARK_NATURAL: Clause =
    Clause::new("IBT-DNMV", Must, ELEMENTS, "Natural voices ignore marks.");

pub(crate) const TOKENS: Clause = Clause::new(
    "IBT-YWMS",
    Must,
    TIMING,
    "A token is a stretch of input between white space as it was written, punctuation included, not as it is spoken.",
);

pub(crate) const TOKEN_SILENCE: Clause = Clause::new(
    "IBT-Q4K7",
    Must,
    TIMING,
    "The interval of a token leaves out the silence of its punctuation.",
);

pub(crate) const TOKEN_SAY_AS: Clause = Clause::new(
    "IBT-QCNM",
    Must,
    TIMING,
    "The content of say-as is one token with the punctuation behind it.",
);

pub(crate) const TOKEN_PHONEME: Clause = Clause::new(
    "IBT-HVJD",
    Must,
    TIMING,
    "The content of phoneme is the token; an empty one is announced as <phoneme>.",
);

pub(crate) const TOKEN_SUB: Clause = Clause::new(
    "IBT-JPFO",
    Must,
    TIMING,
    "The content of sub is the token with the punctuation behind it, timed over the alias.",
);

pub(crate) const TOKEN_BREAK: Clause = Clause::new(
    "IBT-UWL3",
    Must,
    TIMING,
    "break is a gap between its neighbours' intervals.",
);

pub(crate) const TOKEN_OTHER: Clause = Clause::new(
    "IBT-GEBO",
    Must,
    TIMING,
    "Other elements do not change the tokens.",
);

pub(crate) const TOKEN_PUNCTUATION: Clause = Clause::new(
    "IBT-GQEZ",
    Assumed,
    READING,
    "Punctuation between white space belongs to the token before it, or to the first one.",
);
