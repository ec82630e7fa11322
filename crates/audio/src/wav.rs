//! RIFF/WAVE: the 44-byte header we write, and a reader that takes any header off a stream.
//!
//! ```text
//! "RIFF" size "WAVE" │ "fmt " 16 tag channels rate bytes/s block bits │ "data" size │ samples
//! 0      4    8      │ 12     16 20  22       24   28      32    34   │ 36     40   │ 44
//! ```

use thiserror::Error;

use crate::format::WavSizes;

/// Canonical header of 16-bit mono PCM.
#[must_use]
pub fn header(rate_hz: u32, sizes: WavSizes, total_samples: u64) -> [u8; 44] {
    header_of(rate_hz, 2, sizes, total_samples)
}

/// The true header of 32-bit mono PCM.
#[must_use]
pub fn wide_header(rate_hz: u32, total_samples: u64) -> [u8; 44] {
    header_of(rate_hz, 4, WavSizes::Exact, total_samples)
}

fn header_of(rate_hz: u32, sample_bytes: u16, sizes: WavSizes, total_samples: u64) -> [u8; 44] {
    let exact = total_samples.saturating_mul(sample_bytes.into());
    let data_bytes = match sizes {
        WavSizes::Exact => u32::try_from(exact).unwrap_or(u32::MAX),
        WavSizes::Zero => 0,
        WavSizes::Max => i32::MAX.unsigned_abs(),
        WavSizes::Unknown => u32::MAX,
    };
    let riff_bytes = match sizes {
        WavSizes::Max => data_bytes,
        WavSizes::Exact | WavSizes::Zero | WavSizes::Unknown => data_bytes.saturating_add(36),
    };
    let mut header = [0; 44];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &riff_bytes.to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16u32.to_le_bytes(),
        &1u16.to_le_bytes(),
        &1u16.to_le_bytes(),
        &rate_hz.to_le_bytes(),
        &rate_hz.saturating_mul(sample_bytes.into()).to_le_bytes(),
        &sample_bytes.to_le_bytes(),
        &sample_bytes.saturating_mul(8).to_le_bytes(),
        b"data",
        &data_bytes.to_le_bytes(),
    ];
    for (slot, byte) in header.iter_mut().zip(fields.concat()) {
        *slot = byte;
    }
    header
}

/// The same header with a `LIST` chunk between the format and the samples, at offset 36.
#[must_use]
pub fn header_with_list(rate_hz: u32, sizes: WavSizes, total_samples: u64) -> Vec<u8> {
    let mut header = header(rate_hz, sizes, total_samples).to_vec();
    let data = header.split_off(36);
    if let (WavSizes::Exact | WavSizes::Zero, Some(riff_bytes)) = (sizes, header.get_mut(4..8)) {
        let old = riff_bytes
            .iter()
            .rev()
            .fold(0u32, |size, byte| size << 8 | u32::from(*byte));
        let grown = old.saturating_add(u32::try_from(LIST.len()).unwrap_or_default());
        riff_bytes.copy_from_slice(&grown.to_le_bytes());
    }
    header.extend_from_slice(LIST);
    header.extend(data);
    header
}

/// `"LIST" 26 "INFO" · "ISFT" 14 "mynah"` and zeros.
pub(crate) const LIST: &[u8; 34] = b"LIST\x1A\0\0\0INFOISFT\x0E\0\0\0mynah\0\0\0\0\0\0\0\0\0";

/// What a WAV header declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// `wFormatTag`; for `0xFFFE` (extensible) the first two bytes of the sub-format.
    pub tag: u16,
    /// Number of channels.
    pub channels: u16,
    /// Samples per second and channel.
    pub rate_hz: u32,
    /// Bits per sample.
    pub bits: u16,
    /// Size of the `data` chunk; none if the header says 0 or `0xFFFF_FFFF`, as streams do.
    pub data_bytes: Option<u32>,
}

/// Why bytes that begin as a WAV file are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum WavError {
    /// `RIFF` is not followed by `WAVE`.
    #[error("form type: expected WAVE at offset 8, found {found:02x?}")]
    FormType {
        /// The four bytes in its place.
        found: [u8; 4],
    },
    /// The `data` chunk comes before any `fmt ` chunk.
    #[error("data chunk at offset {offset}: no fmt chunk before it")]
    NoFormat {
        /// Where the chunk starts.
        offset: usize,
    },
    /// The `fmt ` chunk is too short.
    #[error("fmt chunk at offset {offset}: {size} bytes, expected at least 16")]
    FormatSize {
        /// Where the chunk starts.
        offset: usize,
        /// Its declared size.
        size: usize,
    },
    /// No `data` chunk comes.
    #[error("data chunk: none within {MAX_HEAD_BYTES} bytes")]
    NoData,
}

/// Takes a WAV header off a stream, if there is one, however the bytes are cut.
///
/// A stream that does not begin with `RIFF` passes through unchanged. Chunks other than
/// `fmt ` and `data` are skipped, and so is what follows the declared data.
#[derive(Debug, Clone)]
pub struct Reader {
    state: State,
    header: Option<Header>,
}

#[derive(Debug, Clone)]
enum State {
    /// The bytes so far, up to the start of the audio.
    Head(Vec<u8>),
    Audio {
        left: u64,
    },
    Broken(WavError),
}

impl Reader {
    /// A reader at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: State::Head(Vec::new()),
            header: None,
        }
    }

    /// The header, once it is complete; none before that and for raw audio.
    #[must_use]
    pub fn header(&self) -> Option<Header> {
        self.header
    }

    /// Takes bytes and appends those that are audio.
    ///
    /// # Errors
    /// The stream begins as a WAV file and is none. Every later push says so again.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), WavError> {
        match &mut self.state {
            State::Head(head) => {
                head.extend_from_slice(bytes);
                self.read_head(out)
            }
            State::Audio { left } => {
                *left -= take(bytes, *left, out);
                Ok(())
            }
            State::Broken(error) => Err(*error),
        }
    }

    /// Appends bytes that were held back because they might have begun a header.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if let State::Head(head) = &mut self.state
            && head.len() < 4
        {
            out.append(head);
        }
    }

    fn read_head(&mut self, out: &mut Vec<u8>) -> Result<(), WavError> {
        let State::Head(head) = &self.state else {
            return Ok(());
        };
        match find_audio(head) {
            Ok(Head::Incomplete) => Ok(()),
            Ok(Head::Raw) => {
                out.extend_from_slice(head);
                self.state = State::Audio { left: u64::MAX };
                Ok(())
            }
            Ok(Head::Wav { header, audio_at }) => {
                self.header = Some(header);
                let left = header.data_bytes.map_or(u64::MAX, u64::from);
                let audio = head.get(audio_at..).unwrap_or_default();
                let left = left - take(audio, left, out);
                self.state = State::Audio { left };
                Ok(())
            }
            Err(error) => {
                self.state = State::Broken(error);
                Err(error)
            }
        }
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

enum Head {
    Incomplete,
    Raw,
    Wav { header: Header, audio_at: usize },
}

fn find_audio(head: &[u8]) -> Result<Head, WavError> {
    let shown = head.get(..4).unwrap_or(head);
    if !b"RIFF".starts_with(shown) {
        return Ok(Head::Raw);
    }
    let Some(found) = array::<4>(head, 8) else {
        return Ok(Head::Incomplete);
    };
    if &found != b"WAVE" {
        return Err(WavError::FormType { found });
    }
    let mut offset = 12;
    let mut header = None;
    loop {
        if offset > MAX_HEAD_BYTES {
            return Err(WavError::NoData);
        }
        let (Some(id), Some(size)) = (array::<4>(head, offset), array::<4>(head, offset + 4))
        else {
            return Ok(Head::Incomplete);
        };
        let declared = u32::from_le_bytes(size);
        let size = usize::try_from(declared).unwrap_or(usize::MAX);
        match &id {
            b"data" => {
                let Some(format) = header else {
                    return Err(WavError::NoFormat { offset });
                };
                let data_bytes = (declared != 0 && declared != u32::MAX).then_some(declared);
                let header = Header {
                    data_bytes,
                    ..format
                };
                return Ok(Head::Wav {
                    header,
                    audio_at: offset + 8,
                });
            }
            b"fmt " if size < 16 => return Err(WavError::FormatSize { offset, size }),
            b"fmt " => {
                let Some(format) = format_chunk(head, offset + 8, size) else {
                    return Ok(Head::Incomplete);
                };
                header = Some(format);
            }
            _ => {}
        }
        offset = offset
            .saturating_add(8)
            .saturating_add(size)
            .saturating_add(size % 2);
    }
}

fn format_chunk(head: &[u8], at: usize, size: usize) -> Option<Header> {
    let tag = u16::from_le_bytes(array(head, at)?);
    let sub_format = u16::from_le_bytes(array(head, at + 24).unwrap_or_default());
    let is_extensible = tag == 0xFFFE && size >= 26;
    if is_extensible && head.len() < at + 26 {
        return None;
    }
    Some(Header {
        tag: if is_extensible { sub_format } else { tag },
        channels: u16::from_le_bytes(array(head, at + 2)?),
        rate_hz: u32::from_le_bytes(array(head, at + 4)?),
        bits: u16::from_le_bytes(array(head, at + 14)?),
        data_bytes: None,
    })
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// Appends at most `left` bytes and returns how many.
fn take(bytes: &[u8], left: u64, out: &mut Vec<u8>) -> u64 {
    let count = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
    out.extend_from_slice(bytes.get(..count).unwrap_or_default());
    count as u64
}

/// Longest run of bytes before the audio that is looked through for the `data` chunk.
const MAX_HEAD_BYTES: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn read(bytes: &[u8]) -> (Option<Header>, Vec<u8>, Option<WavError>) {
        let (mut reader, mut out) = (Reader::new(), Vec::new());
        let error = reader.push(bytes, &mut out).err();
        reader.finish(&mut out);
        (reader.header(), out, error)
    }

    fn pcm(data_bytes: Option<u32>) -> Header {
        Header {
            tag: 1,
            channels: 1,
            rate_hz: 16_000,
            bits: 16,
            data_bytes,
        }
    }

    #[test]
    fn header_is_the_canonical_44_bytes() {
        let bytes = header(8000, WavSizes::Exact, 1000);
        let expected = [
            b"RIFF\xF4\x07\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".as_slice(),
            b"\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data\xD0\x07\0\0",
        ];
        assert_eq!(bytes.as_slice(), expected.concat());
    }

    #[rstest]
    #[case::exact(WavSizes::Exact, Some(4))]
    #[case::zero(WavSizes::Zero, None)]
    #[case::max(WavSizes::Max, Some(0x7FFF_FFFF))]
    #[case::unknown(WavSizes::Unknown, None)]
    fn takes_its_own_header_off(#[case] sizes: WavSizes, #[case] data_bytes: Option<u32>) {
        let file = [header(16_000, sizes, 2).as_slice(), &[1, 2, 3, 4]].concat();
        assert_eq!(read(&file), (Some(pcm(data_bytes)), vec![1, 2, 3, 4], None));
        let list = header_with_list(16_000, sizes, 2);
        assert_eq!(
            (list.len(), &list[36..44]),
            (78, b"LIST\x1A\0\0\0".as_slice())
        );
        let file = [list.as_slice(), &[1, 2, 3, 4]].concat();
        assert_eq!(read(&file), (Some(pcm(data_bytes)), vec![1, 2, 3, 4], None));
    }

    #[rstest]
    #[case::exact(WavSizes::Exact, 40 + 34, 4)]
    #[case::zero(WavSizes::Zero, 36 + 34, 0)]
    #[case::max(WavSizes::Max, 0x7FFF_FFFF, 0x7FFF_FFFF)]
    #[case::unknown(WavSizes::Unknown, u32::MAX, u32::MAX)]
    fn writes_the_sizes_asked_for(#[case] sizes: WavSizes, #[case] riff: u32, #[case] data: u32) {
        let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
        let list = header_with_list(16_000, sizes, 2);
        assert_eq!((number(&list[4..8]), number(&list[74..78])), (riff, data));
    }

    #[test]
    fn skips_other_chunks_and_what_follows_the_data() {
        let wav = header(16_000, WavSizes::Exact, 1);
        let file = [
            &wav[..36],
            b"LIST\x03\0\0\0abc\0",
            &wav[36..],
            &[1, 2],
            b"id3 \x02\0\0\0xx",
        ]
        .concat();
        assert_eq!(read(&file), (Some(pcm(Some(2))), vec![1, 2], None));
    }

    #[rstest]
    #[case::raw(&[0, 1, 2, 3, 4])]
    #[case::almost_riff(b"RIFX1234")]
    #[case::too_short_to_tell(b"RIF")]
    #[case::empty(b"")]
    fn passes_raw_audio_through(#[case] bytes: &[u8]) {
        assert_eq!(read(bytes), (None, bytes.to_vec(), None));
    }

    #[rstest]
    #[case::no_wave(
        b"RIFF\0\0\0\0AVI LIST",
        "form type: expected WAVE at offset 8, found [41, 56, 49, 20]"
    )]
    #[case::no_format(
        b"RIFF\0\0\0\0WAVEdata\0\0\0\0",
        "data chunk at offset 12: no fmt chunk before it"
    )]
    #[case::short_format(
        b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0",
        "fmt chunk at offset 12: 2 bytes, expected at least 16"
    )]
    #[case::no_data(
        b"RIFF\0\0\0\0WAVEjunk\xFF\xFF\xFF\x7F",
        "data chunk: none within 262144 bytes"
    )]
    fn rejects(#[case] bytes: &[u8], #[case] message: &str) {
        let (_, audio, error) = read(bytes);
        assert_eq!(
            error.map(|error| error.to_string()).as_deref(),
            Some(message)
        );
        assert_eq!(audio, Vec::<u8>::new());
    }

    #[test]
    fn reads_the_codec_of_an_extensible_header() {
        let mut format = [0; 40];
        format[..16].copy_from_slice(&header(16_000, WavSizes::Zero, 0)[20..36]);
        format[..2].copy_from_slice(&[0xFE, 0xFF]);
        format[24] = 7;
        let file = [
            b"RIFF\0\0\0\0WAVEfmt \x28\0\0\0",
            &format[..],
            b"data\0\0\0\0",
        ]
        .concat();
        assert_eq!(read(&file).0.map(|header| header.tag), Some(7));
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_audio(cuts in prop::collection::vec(1usize..9, 1..9), audio in prop::collection::vec(any::<u8>(), 0..50)) {
            let file = [header(16_000, WavSizes::Unknown, 0).as_slice(), &audio].concat();
            let (mut reader, mut out, mut rest) = (Reader::new(), Vec::new(), file.as_slice());
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                reader.push(now, &mut out).unwrap();
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(out, audio);
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            read(&bytes);
            read(&[b"RIFF\0\0\0\0WAVE", bytes.as_slice()].concat());
        }
    }
}
