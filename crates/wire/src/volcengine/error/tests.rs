use hex_literal::hex;
use rstest::rstest;

use super::*;

#[rstest]
#[case(3001, Retry::No)]
#[case(3003, Retry::Yes)]
#[case(3005, Retry::Yes)]
#[case(3006, Retry::No)]
#[case(3010, Retry::No)]
#[case(3011, Retry::No)]
#[case(3030, Retry::Yes)]
#[case(3031, Retry::Yes)]
#[case(3032, Retry::Yes)]
#[case(3040, Retry::Yes)]
#[case(3050, Retry::No)]
fn every_documented_code_has_a_row(#[case] code: u32, #[case] retry: Retry) {
    let error = ServiceError::of(code).unwrap();
    assert_eq!(error.row().retry, retry);
    assert_eq!(error.row().error, error);
}

#[test]
fn success_is_no_error() {
    assert_eq!(ServiceError::of(3000), None);
}

#[test]
fn an_error_frame_is_the_golden_vector_7() {
    let frame = ServiceError::InvalidRequest.frame("r1", Shape::Json, Compression::None);
    let golden = hex!(
        "11 f0 10 00 00 00 0b b9 00 00 00 36 7b 22 72 65 71 69 64 22 3a 22 72 31 22 2c 22 63"
        "6f 64 65 22 3a 33 30 30 31 2c 22 6d 65 73 73 61 67 65 22 3a 22 69 6e 76 61 6c 69 64"
        "20 72 65 71 75 65 73 74 22 7d"
    );
    assert_eq!(frame.encode()[..], golden);
}

#[test]
fn a_missing_right_is_told_as_in_the_live_capture() {
    let frame = ServiceError::AccessDenied.frame("r", Shape::Backend, Compression::None);
    assert_eq!(
        frame.payload,
        "{\"reqid\":\"r\",\"message\":\"extract request resource id: get resource id: access denied\",\"code\":403,\"backend_code\":0}"
    );
}

#[test]
fn every_rejection_has_a_row() {
    for row in REJECTIONS {
        assert_eq!(row.rejection.row().text, row.text);
    }
}
