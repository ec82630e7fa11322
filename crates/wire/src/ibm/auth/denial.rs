//! Handshakes that are refused because a fault wants it.

use crate::dialect::{Denial, Denied};
use crate::handshake::RequestHead;
use crate::ibm::error::{self, Blanks, Failure};
use crate::ibm::knobs::DEFAULT_VOICE;
use crate::id::Ids;
use crate::status::phrase;

use super::{gateway_headers, transaction_id};

/// Refuses a handshake in the words of the gateway, or of the service behind it.
pub(in crate::ibm) fn deny(denial: Denial, head: &RequestHead, ids: &mut Ids) -> Denied {
    let transaction = transaction_id(head, ids);
    let (status, body) = match denial {
        Denial::Status(401) => (401, error::unauthorized(&ids.uuid())),
        Denial::Status(403) | Denial::ClockSkew => (403, error::forbidden(&ids.uuid())),
        Denial::Status(404) => told(&Failure::Voice(voice(head))),
        Denial::WrongPath => (404, error::NO_SUCH_RESOURCE.to_owned()),
        Denial::Status(400) | Denial::Opaque => told(&Failure::Query {
            name: "voice",
            value: voice(head),
        }),
        Denial::Status(429) => {
            let text = Failure::Quota.text(Blanks::One);
            (429, error::error_body(429, phrase(429), &text))
        }
        Denial::Status(status) => {
            let text = phrase(status);
            (status, error::error_body(status, text, text))
        }
    };
    let mut headers = vec![("Content-Type", "application/json".to_owned())];
    if status == 426 {
        headers.push(("Sec-WebSocket-Version", "13".to_owned()));
    }
    headers.extend(gateway_headers(transaction));
    Denied {
        status,
        headers,
        body,
    }
}

fn told(failure: &Failure) -> (u16, String) {
    let (status, _) = failure.status();
    (status, failure.body(Blanks::One))
}

/// The voice that the request names, as far as it fits into a text.
fn voice(head: &RequestHead) -> String {
    let named = head.query_value("voice").filter(|name| !name.is_empty());
    let named = named.unwrap_or_else(|| DEFAULT_VOICE.default.to_owned());
    named.chars().take(80).collect()
}
