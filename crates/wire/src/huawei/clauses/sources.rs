//! Where the clauses of more than one register were read.

use crate::clause::Source;

pub(in crate::huawei) const CLIENTS: Source = Source {
    page: "sources of independent clients of the service",
    read: "2026-11",
};

pub(in crate::huawei) const CODES: Source = Source {
    page: "sis_03_0045, error codes",
    read: "2026-02-03",
};

pub(in crate::huawei) const FAQ: Source = Source {
    page: "SIS FAQ",
    read: "2026-11",
};

pub(in crate::huawei) const OBS: Source = Source {
    page: "OBS plug-in that streams to continue-stream",
    read: "2026-11",
};

pub(in crate::huawei) const PYSDK: Source = Source {
    page: "Python huaweicloud_sis 1.8.3 and older copies",
    read: "2026-11",
};

pub(in crate::huawei) const RASR_END_2021: Source = Source {
    page: "docs-2021 结束识别.md",
    read: "2021-10-12",
};

pub(in crate::huawei) const RASR_ERROR: Source = Source {
    page: "sis_03_0037, error response; docs-2021 错误响应.md",
    read: "2026-02-03",
};

pub(in crate::huawei) const RASR_FATAL: Source = Source {
    page: "sis_03_0038, fatal error response",
    read: "2026-02-03",
};

pub(in crate::huawei) const RASR_STARTED_2021: Source = Source {
    page: "docs-2021 开始识别请求响应.md",
    read: "2021-10-12",
};

pub(in crate::huawei) const READING: Source = Source {
    page: "our reading; no source",
    read: "2026-11",
};

pub(in crate::huawei) const RTTS_SHAKE: Source = Source {
    page: "sis_03_0113, WebSocket handshake request of real-time TTS",
    read: "2026-02-03",
};

pub(in crate::huawei) const RTTS_START: Source = Source {
    page: "sis_03_0115, start request of real-time TTS",
    read: "2026-02-03",
};
