//! Where the clauses were read.

use crate::clause::Source;

pub(super) const WEBSOCKETS: Source = Source {
    page: "ibm-cloud-docs/text-to-speech websockets.md",
    read: "2026-03-26",
};

pub(super) const WEBSOCKETS_2017: Source = Source {
    page: "ibm-cloud-docs/text-to-speech websockets.md, first revision",
    read: "2017-09",
};

pub(super) const TIMING: Source = Source {
    page: "ibm-cloud-docs/text-to-speech word-timing.md",
    read: "2026-03-26",
};

pub(super) const FORMATS: Source = Source {
    page: "ibm-cloud-docs/text-to-speech audio-formats.md",
    read: "2026-03-26",
};

pub(super) const HTTP: Source = Source {
    page: "ibm-cloud-docs/text-to-speech http.md",
    read: "2026-03-26",
};

pub(super) const PARAMS: Source = Source {
    page: "ibm-cloud-docs/text-to-speech synthesis-params.md",
    read: "2026-03-26",
};

pub(super) const MARKUP: Source = Source {
    page: "ibm-cloud-docs/text-to-speech ssml.md",
    read: "2026-03-26",
};

pub(super) const ELEMENTS: Source = Source {
    page: "ibm-cloud-docs/text-to-speech ssml-elements.md",
    read: "2026-03-26",
};

pub(super) const VOICES: Source = Source {
    page: "ibm-cloud-docs/text-to-speech voices.md and voices-list.md",
    read: "2026-03-26",
};

pub(super) const VOICE_USE: Source = Source {
    page: "ibm-cloud-docs/text-to-speech voices-use.md",
    read: "2026-03-26",
};

pub(super) const RELEASES: Source = Source {
    page: "ibm-cloud-docs/text-to-speech release-notes.md",
    read: "2026-03-26",
};

pub(super) const LIMITS: Source = Source {
    page: "ibm-cloud-docs/text-to-speech known-limitations.md",
    read: "2026-03-26",
};

pub(super) const REQUESTS_CP4D: Source = Source {
    page: "ibm-cloud-docs/text-to-speech-data making-requests.md",
    read: "2020",
};

pub(super) const UNAUTHORIZED_PAGE: Source = Source {
    page: "ibm-cloud-docs/watson 401-authorization.md",
    read: "2026-11",
};

pub(super) const FORBIDDEN_PAGE: Source = Source {
    page: "ibm-cloud-docs/watson 403-forbidden.md",
    read: "2026-11",
};

pub(super) const IAM: Source = Source {
    page: "ibm-cloud-docs/watson getting-started-iam.md",
    read: "2026-11",
};

pub(super) const BEARER_TOKEN: Source = Source {
    page: "IBM Docs, Generating a bearer token and an API authorization token",
    read: "2026-11",
};

pub(super) const CORES: Source = Source {
    page: "ibm-cloud-sdk-core for Python 3.28.0 and Node 5.9.1, with their history",
    read: "2026-11",
};

pub(super) const OLD_SAMPLES: Source = Source {
    page: "browser samples for the former credentials",
    read: "2026-11",
};

pub(super) const SISTER: Source = Source {
    page: "ibm-cloud-docs/speech-to-text websockets.md and release-notes.md",
    read: "2026-06-30",
};

pub(super) const SISTER_ISSUES: Source = Source {
    page: "speech-javascript-sdk #85, java-sdk #754 (Speech to Text)",
    read: "2026-11",
};

pub(super) const PYTHON: Source = Source {
    page: "ibm-watson 11.2.0 (PyPI)",
    read: "2026-11",
};

pub(super) const NODE: Source = Source {
    page: "ibm-watson 12.2.0 (npm)",
    read: "2026-11",
};

pub(super) const JAVA: Source = Source {
    page: "watson-developer-cloud/java-sdk 16.2.0",
    read: "2026-11",
};

pub(super) const GO: Source = Source {
    page: "watson-developer-cloud/go-sdk v3",
    read: "2026-11",
};

pub(super) const SDKS: Source = Source {
    page: "ibm-watson for Python 11.2.0, Node 12.2.0, Java 16.2.0 and Go v3",
    read: "2026-11",
};

pub(super) const DOTNET: Source = Source {
    page: "watson-developer-cloud/dotnet-standard-sdk 5.2.0-rc1 and #460",
    read: "2026-11",
};

pub(super) const LIVE_ERRORS: Source = Source {
    page: "python-sdk #639, #691, unity-sdk #473, #494",
    read: "2026-11",
};

pub(super) const LIVE_PAYLOAD: Source = Source {
    page: "node-sdk #903",
    read: "2026-11",
};

pub(super) const LIVE_RATE: Source = Source {
    page: "java-sdk #454",
    read: "2026-11",
};

pub(super) const LIVE_HEADERS: Source = Source {
    page: "captured replies of 2018; python-sdk #402, ibmtjbot/tjbot #96",
    read: "2026-11",
};

pub(super) const LIVE_STYLE: Source = Source {
    page: "speech-to-text-websockets-python #26, go-sdk #109, node-sdk #903",
    read: "2026-11",
};

pub(super) const THIRD_PARTY: Source = Source {
    page: "third-party clients of the service",
    read: "2026-11",
};

pub(super) const ZEN: Source = Source {
    page: "IBM Docs, Generating an API authorization token",
    read: "2026-11",
};

pub(super) const RFC6455: Source = Source {
    page: "RFC 6455",
    read: "2011-12",
};

pub(super) const READING: Source = Source {
    page: "no source: our reading",
    read: "2026-11",
};
