//! A reader of Ogg pages, strict about everything RFC 3533 and RFC 7845 demand.

pub(crate) struct Page {
    pub(crate) flags: u8,
    pub(crate) granule: u64,
    pub(crate) serial: u32,
    pub(crate) packets: Vec<Vec<u8>>,
    pub(crate) bytes: usize,
}

/// Reads all pages; every packet must end on the page that it begins on.
pub(crate) fn pages(mut bytes: &[u8]) -> Vec<Page> {
    let mut pages = Vec::new();
    while !bytes.is_empty() {
        let page = page(bytes, u32::try_from(pages.len()).unwrap());
        bytes = &bytes[page.bytes..];
        pages.push(page);
    }
    pages
}

fn page(bytes: &[u8], sequence: u32) -> Page {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(&bytes[..5], b"OggS\0");
    assert_eq!(number(18), sequence);
    let lacing = &bytes[27..27 + usize::from(bytes[26])];
    let payload_bytes: usize = lacing.iter().map(|lace| usize::from(*lace)).sum();
    let length = 27 + lacing.len() + payload_bytes;
    let mut blank = bytes[..length].to_vec();
    blank[22..26].fill(0);
    assert_eq!(number(22), crc(&blank));
    let (mut packets, mut at, mut packet) = (Vec::new(), 27 + lacing.len(), Vec::new());
    for lace in lacing {
        packet.extend_from_slice(&bytes[at..at + usize::from(*lace)]);
        at += usize::from(*lace);
        if *lace < 255 {
            packets.push(std::mem::take(&mut packet));
        }
    }
    assert!(packet.is_empty(), "a packet goes on on the next page");
    Page {
        flags: bytes[5],
        granule: u64::from_le_bytes(bytes[6..14].try_into().unwrap()),
        serial: number(14),
        packets,
        bytes: length,
    }
}

fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u32::from(*byte) << 24), |crc: u32, _| {
            (crc << 1) ^ if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 }
        })
    })
}
