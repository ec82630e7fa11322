//! Frames that no WebSocket library would send, byte by byte.

use super::piece::{MessageError, join};
use super::scope::Scope;
use crate::case::{Frame, LengthForm};

/// The key of masked frames: any will do.
const KEY: [u8; 4] = [0x5a, 0x17, 0xc3, 0x81];

/// The bytes of a frame.
///
/// # Errors
/// If its payload cannot be made.
pub fn frame(frame: &Frame, scope: &mut Scope) -> Result<Vec<u8>, MessageError> {
    let payload = join(&frame.payload, scope)?;
    let actual = u64::try_from(payload.len()).unwrap_or(u64::MAX);
    let length = frame.declared.unwrap_or(actual);
    let first = u8::from(frame.fin) << 7 | (frame.rsv & 7) << 4 | (frame.opcode & 15);
    let mask = u8::from(frame.masked) << 7;
    let mut bytes = vec![first];
    let short = u8::try_from(length).ok().filter(|short| *short < 126);
    match (frame.length, short, u16::try_from(length)) {
        (LengthForm::Shortest, Some(short), _) => bytes.push(mask | short),
        (LengthForm::Shortest | LengthForm::Bits16, _, Ok(length)) => {
            bytes.push(mask | 126);
            bytes.extend(length.to_be_bytes());
        }
        _ => {
            bytes.push(mask | 127);
            bytes.extend(length.to_be_bytes());
        }
    }
    if frame.masked {
        bytes.extend(KEY);
        bytes.extend(payload.iter().zip(KEY.iter().cycle()).map(|(b, k)| b ^ k));
    } else {
        bytes.extend(payload);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct File {
        frame: Frame,
    }

    #[rstest]
    #[case::plain("{ opcode = 1, masked = false, payload = [{ text = 'a' }] }", &[0x81, 1, 0x61])]
    #[case::masked("{ opcode = 9, payload = [{ hex = '00' }] }", &[0x89, 0x81, 0x5a, 0x17, 0xc3, 0x81, 0x5a])]
    #[case::open_ended("{ opcode = 2, fin = false, rsv = 4, masked = false }", &[0x42, 0])]
    #[case::long_form("{ opcode = 1, masked = false, length = '16-bit' }", &[0x81, 126, 0, 0])]
    #[case::longest("{ opcode = 1, masked = false, length = '64-bit', declared = 2 }", &[0x81, 127, 0, 0, 0, 0, 0, 0, 0, 2])]
    fn a_frame_is_written_as_it_is_told(#[case] text: &str, #[case] bytes: &[u8]) {
        let file: File = toml::from_str(&format!("frame = {text}")).unwrap();
        assert_eq!(frame(&file.frame, &mut Scope::new("")).unwrap(), bytes);
    }
}
