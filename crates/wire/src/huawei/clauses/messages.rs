//! Clauses about what holds for the messages of every endpoint.

use crate::clause::{Clause, Level, Source};
use crate::huawei::clauses::sources::{
    CLIENTS, CODES, OBS, PYSDK, RASR_ERROR, RASR_FATAL, RASR_STARTED_2021, READING, RTTS_SHAKE,
    RTTS_START,
};

/// The messages of every endpoint.
pub(in crate::huawei) const REGISTER: &[&Clause] = &[
    &FORMS,
    &COMMAND_CASE,
    &BINARY_IS_AUDIO,
    &NOT_JSON,
    &TRACE_ID,
    &TRACE_IN_ERROR,
    &TRACE_PER_SESSION,
    &STRICT_JSON,
    &ERROR_SHAPE,
    &ERROR_STAYS,
    &FATAL_CLOSES,
    &CLOSE_CODE,
    &ERROR_CODES,
    &CODE_0002,
    &MEMBER_ORDER,
    &UNKNOWN_MEMBERS,
    &REPEATED_MEMBERS,
    &TYPES,
    &MISTAKEN_COMMANDS,
    &PINGS,
    &PINGS_ARE_NOT_DATA,
];

pub(in crate::huawei) const FORMS: Clause = Clause::new(
    "HSA-7YPR",
    Level::Must,
    RTTS_SHAKE,
    "Control messages are JSON in text messages; audio is raw bytes in binary messages.",
);

pub(in crate::huawei) const COMMAND_CASE: Clause = Clause::new(
    "HSA-LUDL",
    Level::Must,
    RTTS_START,
    "Commands are in upper case.",
);

pub(in crate::huawei) const BINARY_IS_AUDIO: Clause = Clause::new(
    "HSA-FODK",
    Level::Assumed,
    READING,
    "A binary message is audio whatever is in it; a text message is JSON or an error.",
);

pub(in crate::huawei) const NOT_JSON: Clause = Clause::new(
    "HSA-RIDL",
    Level::Must,
    CODES,
    "A text message that is not a JSON object is answered SIS.0032.",
);

pub(in crate::huawei) const TRACE_ID: Clause = Clause::new(
    "HSA-IR4Y",
    Level::Must,
    RASR_STARTED_2021,
    "Every text message of the server has resp_type and trace_id, a lower-case UUID.",
);

pub(in crate::huawei) const TRACE_IN_ERROR: Clause = Clause::new(
    "HSA-MW67",
    Level::SdkRelied,
    PYSDK,
    "The pages let ERROR go without trace_id in some cases, but every version of the official \
     Python client indexes it unconditionally: it is always sent unless chosen otherwise.",
);

pub(in crate::huawei) const TRACE_PER_SESSION: Clause = Clause::new(
    "HSA-RTVZ",
    Level::Assumed,
    READING,
    "One trace_id stands for one session, from START to END; a message outside a session has \
     one of its own.",
);

pub(in crate::huawei) const STRICT_JSON: Clause = Clause::new(
    "HSA-ZXOS",
    Level::SdkRelied,
    CLIENTS,
    "The pages print some samples with single quotes; every client parses strictly, so what is \
     sent is JSON.",
);

pub(in crate::huawei) const ERROR_SHAPE: Clause = Clause::new(
    "HSA-JG3K",
    Level::Must,
    RASR_ERROR,
    "ERROR and FATAL_ERROR carry resp_type, trace_id, error_code (a string) and error_msg.",
);

pub(in crate::huawei) const ERROR_STAYS: Clause = Clause::new(
    "HSA-4LCO",
    Level::Must,
    RASR_ERROR,
    "After ERROR the session cannot go on, but the connection stays.",
);

pub(in crate::huawei) const FATAL_CLOSES: Clause = Clause::new(
    "HSA-JK5L",
    Level::Must,
    RASR_FATAL,
    "After FATAL_ERROR the server closes the connection.",
);

pub(in crate::huawei) const CLOSE_CODE: Clause = Clause::new(
    "HSA-GPBL",
    Level::Assumed,
    READING,
    "The close code after FATAL_ERROR and at the age limit is not documented; it is 1000 \
     unless chosen otherwise. A breach of RFC 6455 closes with the code of RFC 6455.",
);

pub(in crate::huawei) const ERROR_CODES: Clause = Clause::new(
    "HSA-AISG",
    Level::Must,
    CODES,
    "The codes and their meanings are those of the service's table; its rows after SIS.0418 \
     have been read in the edition of 2021 only.",
);

pub(in crate::huawei) const CODE_0002: Clause = Clause::new(
    "HSA-4CX5",
    Level::May,
    RASR_ERROR,
    "SIS.0002 stands in examples with the text *** and in no table.",
)
.gap("never sent: nothing says what it means");

pub(in crate::huawei) const MEMBER_ORDER: Clause = Clause::new(
    "HSA-DJUK",
    Level::SdkRelied,
    PYSDK,
    "Members of a command come in any order; the official Python client sends config before \
     text.",
);

pub(in crate::huawei) const UNKNOWN_MEMBERS: Clause = Clause::new(
    "HSA-DNVU",
    Level::SdkRelied,
    OBS,
    "The error page lists unrecognised configuration as a cause of ERROR, but a widely used \
     plug-in sends the misspelt key max_second and works: unknown members are ignored unless \
     chosen otherwise, unknown values of known members are not.",
);

pub(in crate::huawei) const REPEATED_MEMBERS: Clause = Clause::new(
    "HSA-EXP2",
    Level::Assumed,
    READING,
    "Of a member that stands twice in its object the last counts.",
);

pub(in crate::huawei) const TYPES: Clause = Clause::new(
    "HSA-7F4I",
    Level::Assumed,
    READING,
    "A value of another JSON type than documented is refused, null included; with lenient \
     types numbers in strings, strings in numbers and null for a default are taken.",
);

pub(in crate::huawei) const MISTAKEN_COMMANDS: Clause = Clause::new(
    "HSA-PDC7",
    Level::Assumed,
    CLIENTS,
    "Commands that mistaken clients have invented (CANCEL, SEND) get the answer to an unknown \
     command, and the server lives on.",
);

pub(in crate::huawei) const PINGS: Clause = Clause::new(
    "HSA-765R",
    Level::SdkRelied,
    SDK_GUIDE,
    "The Java client pings every 5 s, the Python client every 5 or 14 s with 4 s for the pong, \
     the samples every 30 s: a ping is answered within 4 s even while the server is busy.",
);

pub(in crate::huawei) const PINGS_ARE_NOT_DATA: Clause = Clause::new(
    "HSA-7RSO",
    Level::Assumed,
    READING,
    "The idle limit is restarted by every text and binary message of the client, and by no ping.",
);

const SDK_GUIDE: Source = Source {
    page: "SIS SDK guide",
    read: "2026-11",
};
