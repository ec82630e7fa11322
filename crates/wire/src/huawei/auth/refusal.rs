//! The refusals of the gateway and of the service behind it, as a table.

use crate::clause::Clause;
use crate::finding::Finding;
use crate::handshake::{Admission, Refusal};
use crate::huawei::clauses::handshake;
use crate::huawei::knobs::GATEWAY_PREFIX;
use crate::id::Ids;
use crate::json::{Style, Value, object};
use crate::knob::Knobs;

/// One refusal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// Its value of the knob `refuse`; empty if it cannot be chosen.
    pub(super) name: &'static str,
    pub(super) status: u16,
    /// Without the prefix for the gateway's, whole for the service's.
    pub(super) code: &'static str,
    pub(super) text: &'static str,
    /// The clause that describes it.
    pub(super) clause: &'static Clause,
}

impl Row {
    pub(super) const WRONG_METHOD: Self = Self {
        name: "",
        status: 404,
        code: ".0101",
        text: "The API does not exist.",
        clause: &handshake::WRONG_METHOD,
    };
    pub(super) const UNKNOWN_PATH: Self = Self {
        name: "",
        status: 404,
        code: ".0101",
        text: "The API does not exist or has not been published in the environment.",
        clause: &handshake::UNKNOWN_PATH,
    };
    pub(super) const BROKEN_UPGRADE: Self = Self {
        name: "",
        status: 400,
        code: ".0201",
        text: "Bad request: a WebSocket upgrade is expected",
        clause: &handshake::BROKEN_UPGRADE,
    };
    pub(super) const UPGRADE_VERSION: Self = Self {
        name: "",
        status: 426,
        code: ".0201",
        text: "Bad request: WebSocket version 13 is expected",
        clause: &handshake::UPGRADE_VERSION,
    };
    pub(super) const URI_SIZE: Self = Self {
        name: "",
        status: 414,
        code: ".0201",
        text: "Request URI too large",
        clause: &handshake::URI_SIZE,
    };
    pub(super) const HEADER_SIZE: Self = Self {
        name: "",
        status: 494,
        code: ".0201",
        text: "Request headers too large",
        clause: &handshake::HEADER_SIZE,
    };
    pub(super) const BODY_SIZE: Self = Self {
        name: "",
        status: 413,
        code: ".0201",
        text: "Request entity too large",
        clause: &handshake::BODY_SIZE,
    };
    pub(super) const NO_CREDENTIAL: Self = Self {
        name: "no-credential",
        status: 401,
        code: ".0301",
        text: "Incorrect IAM authentication information: x-auth-token not found",
        clause: &handshake::NO_CREDENTIAL,
    };
    pub(super) const BAD_SIGNATURE: Self = Self {
        name: "bad-signature",
        status: 401,
        code: ".0301",
        text: "Incorrect IAM authentication information: verify aksk signature fail",
        clause: &handshake::BAD_SIGNATURE,
    };

    pub(super) const TOKEN_UNREADABLE: Self = Self {
        name: "token-unreadable",
        status: 401,
        code: ".0301",
        text: "Incorrect IAM authentication information: decrypt token fail",
        clause: &handshake::TOKEN_UNREADABLE,
    };
    pub(super) const TOKEN_EXPIRED: Self = Self {
        name: "token-expired",
        status: 401,
        code: ".0301",
        // The time is a fixed one where the refusal is chosen and no token has expired.
        text: "Incorrect IAM authentication information: token expires, \
               expires_at: 2026-01-01T00:00:00.000000Z",
        clause: &handshake::TOKEN_EXPIRED,
    };
    pub(super) const CLOCK_SKEW: Self = Self {
        name: "clock-skew",
        status: 401,
        code: ".0301",
        text: "Incorrect IAM authentication information: \
               calc ak sk signature fail:signature expired",
        clause: &handshake::CLOCK_SKEW,
    };
    pub(super) const PROJECT_MISMATCH: Self = Self {
        name: "project-mismatch",
        status: 401,
        code: "SIS.0101",
        text: PROJECT_MISMATCH,
        clause: &handshake::PROJECT_MISMATCH,
    };

    /// The rows that the knob can choose.
    pub(super) const CHOSEN: &[Self] = &[
        Self::NO_CREDENTIAL,
        Self::BAD_SIGNATURE,
        Self::TOKEN_UNREADABLE,
        Self::TOKEN_EXPIRED,
        Self::CLOCK_SKEW,
        Self {
            name: "no-backend",
            status: 502,
            code: ".0610",
            text: "No backend available",
            clause: &handshake::NO_BACKEND,
        },
        Self::PROJECT_MISMATCH,
        Self {
            name: "project-mismatch-400",
            status: 400,
            code: "SIS.0101",
            text: PROJECT_MISMATCH,
            clause: &handshake::PROJECT_MISMATCH,
        },
        Self {
            name: "real-name",
            status: 403,
            code: "SIS.0103",
            text: "real name authentication missing",
            clause: &handshake::REAL_NAME,
        },
        Self {
            name: "no-user",
            status: 401,
            code: "SIS.0003",
            text: "token lacks user information",
            clause: &handshake::NO_USER,
        },
        Self {
            name: "no-credential-inside",
            status: 401,
            code: "SIS.0102",
            text: "authentication information is missing",
            clause: &handshake::NO_CREDENTIAL_INSIDE,
        },
        Self {
            name: "arrears",
            status: 403,
            code: "SIS.0101",
            text: "resource type is RESTRICTED",
            clause: &handshake::ARREARS,
        },
        Self {
            name: "throttled",
            status: 429,
            code: ".0308",
            text: "The throttling threshold has been reached",
            clause: &handshake::THROTTLED,
        },
        Self {
            name: "backend-down",
            status: 502,
            code: ".0201",
            text: "Backend unavailable",
            clause: &handshake::BACKEND_DOWN,
        },
        Self {
            name: "backend-timeout",
            status: 504,
            code: ".0201",
            text: "Backend timeout",
            clause: &handshake::BACKEND_DOWN,
        },
        Self {
            name: "forbidden",
            status: 403,
            code: ".0302",
            text: "The caller is not authorized to access the API",
            clause: &handshake::FORBIDDEN,
        },
    ];

    /// The row that a value of the knob chooses.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        Self::CHOSEN.iter().find(|row| row.name == name)
    }
}

/// Words a refusal: the gateway's with a request id, the service's without.
pub(super) fn refuse(row: &Row, finding: Finding, admission: &mut Admission<'_>) -> Refusal {
    refuse_saying(row, row.text, finding, admission)
}

/// Words a refusal whose text depends on the request.
pub(super) fn refuse_saying(
    row: &Row,
    text: &str,
    finding: Finding,
    admission: &mut Admission<'_>,
) -> Refusal {
    let body = body(row, text, admission.knobs, admission.ids);
    Refusal::json(row.status, body, finding)
}

/// The body of a refusal.
pub(super) fn body(row: &Row, text: &str, knobs: &Knobs, ids: &mut Ids) -> String {
    let body = if row.code.starts_with('.') {
        let code = format!("{}{}", knobs.text(&GATEWAY_PREFIX), row.code);
        object([
            ("error_msg", Value::from(text)),
            ("error_code", Value::from(code)),
            ("request_id", Value::from(ids.hex(32))),
        ])
    } else {
        object([
            ("error_code", Value::from(row.code)),
            ("error_msg", Value::from(text)),
        ])
    };
    body.write(Style::Compact)
}

const PROJECT_MISMATCH: &str =
    "the parameters of requesting token are wrong or project_id doesn't match the token";
