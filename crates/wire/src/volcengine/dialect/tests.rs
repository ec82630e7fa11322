use rstest::rstest;

use super::*;
use crate::dialect::Part;
use crate::volcengine::tts_v1::table::TABLE;

#[rstest]
#[case::bad_request(Denial::Status(400), 400, r#"{"error":"cannot upgrade to websocket: websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header"}"#)]
#[case::bad_token(
    Denial::Status(401),
    401,
    r#"{"error":"authenticate request: load grant: requested grant not found"}"#
)]
#[case::no_credit(
    Denial::Status(402),
    402,
    r#"{"error":"quota exceeded for types: xxx_lifetime"}"#
)]
#[case::no_permission(
    Denial::Status(403),
    403,
    r#"{"error":"[resource_id=volc.tts.default] requested resource not granted"}"#
)]
#[case::no_page(Denial::Status(404), 404, "404 page not found\n")]
#[case::too_many(
    Denial::Status(429),
    429,
    r#"{"error":"quota exceeded for types: concurrency"}"#
)]
#[case::busy(Denial::Status(503), 503, r#"{"error":"backend service is busy"}"#)]
#[case::any_other(Denial::Status(418), 418, r#"{"error":"invalid request"}"#)]
#[case::wrong_path(
    Denial::WrongPath,
    404,
    r#"{"code":45000010,"error":"load grant: requested grant not found in SaaS storage"}"#
)]
#[case::clock(
    Denial::ClockSkew,
    403,
    r#"{"error":"authenticate request: load grant: requested grant not found"}"#
)]
#[case::opaque(Denial::Opaque, 400, r#"{"error":"too many Host headers"}"#)]
fn a_refused_handshake_has_a_reason_in_its_body_and_a_log_id(
    #[case] denial: Denial,
    #[case] status: u16,
    #[case] body: &str,
) {
    let denied = (SYNTHESIS.refuse)(denial, &RequestHead::default(), &mut Ids::new(1));
    assert_eq!((denied.status, denied.body.as_str()), (status, body));
    let names: Vec<&str> = denied.headers.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["Content-Type", "X-Tt-Logid"]);
    assert_eq!(denied.headers[1].1.len(), 34);
    let content_type = match body.starts_with('{') {
        true => "application/json",
        false => "text/plain; charset=utf-8",
    };
    assert_eq!(denied.headers[0].1, content_type);
}

#[test]
fn every_status_is_refused_with_itself() {
    for status in 400..600 {
        let head = RequestHead::default();
        let denied = (SYNTHESIS.refuse)(Denial::Status(status), &head, &mut Ids::new(0));
        assert_eq!(denied.status, status);
        assert!(!denied.body.is_empty());
    }
}

#[test]
fn log_ids_come_from_the_seed() {
    let refuse = |seed| {
        let head = RequestHead::default();
        (SYNTHESIS.refuse)(Denial::Status(401), &head, &mut Ids::new(seed))
    };
    assert_eq!(refuse(1), refuse(1));
    assert_ne!(refuse(1), refuse(2));
}

#[rstest]
#[case::submit(Side::Client, "submit", Part::Request)]
#[case::query(Side::Client, "query", Part::Request)]
#[case::refused(Side::Client, "refused-request", Part::Request)]
#[case::frames_of_recognition(Side::Client, "foreign-frame", Part::Other)]
#[case::ack(Side::Server, "ack", Part::Start)]
#[case::audio(Side::Server, "audio", Part::Audio)]
#[case::last(Side::Server, "last-audio", Part::LastAudio)]
#[case::times(Side::Server, "front-end", Part::Result)]
#[case::error(Side::Server, "error", Part::Error)]
#[case::objection(Side::Server, "objection", Part::Error)]
fn every_kind_has_its_part(#[case] side: Side, #[case] kind: &str, #[case] part: Part) {
    let rules = TABLE.rules.iter();
    let mut of_table = rules.map(|rule| (rule.side, rule.kind));
    assert!(of_table.any(|rule| rule == (side, kind)), "{kind}");
    let data = Data::binary(bytes::Bytes::new());
    assert_eq!((SYNTHESIS.part)(side, kind, &data), part);
}

#[test]
fn what_the_server_sends_always_has_a_part() {
    let data = Data::binary(bytes::Bytes::new());
    for rule in TABLE.rules.iter().filter(|rule| rule.side == Side::Server) {
        let part = (SYNTHESIS.part)(rule.side, rule.kind, &data);
        assert_ne!(part, Part::Other, "{}", rule.kind);
    }
}
