//! Opus streams hold what went in, are cut where it ends and are paged as the RFC demands.

#[cfg(test)]
mod support;

use audio::{Encoder, Encoding, Format};
use rstest::rstest;
use support::ogg;
use support::webm;

#[rstest]
#[case(8000)]
#[case(12_000)]
#[case(16_000)]
#[case(24_000)]
#[case(48_000)]
fn ogg_comes_back(#[case] rate_hz: u32) {
    let pcm = support::tone(rate_hz);
    let bytes = support::encode(Format::OggOpus, rate_hz, &pcm, &[4000]);
    let pages = ogg::pages(&bytes);
    let packets: Vec<Vec<u8>> = pages[2..]
        .iter()
        .flat_map(|page| page.packets.clone())
        .collect();
    let skip = u16::from_le_bytes(pages[0].packets[0][10..12].try_into().unwrap());
    support::assert_opus_comes_back(&packets, rate_hz, skip, &pcm);
    let played = pages.last().unwrap().granule - u64::from(skip);
    assert_eq!(played, pcm.len() as u64 * u64::from(48_000 / rate_hz));
}

#[test]
fn ogg_pages_follow_the_rfc() {
    let bytes = support::encode(Format::OggOpus, 24_000, &support::tone(24_000), &[4000]);
    let pages = ogg::pages(&bytes);
    let [head, tags, audio @ ..] = pages.as_slice() else {
        panic!("too few pages")
    };
    assert_eq!(&head.packets[0][..10], b"OpusHead\x01\x01");
    assert_eq!(head.packets[0][12..16], 24_000u32.to_le_bytes());
    assert_eq!(&tags.packets[0][..8], b"OpusTags");
    for header in [head, tags] {
        assert_eq!((header.packets.len(), header.granule), (1, 0));
    }
    let (last, full) = audio.split_last().unwrap();
    assert_eq!((head.flags, tags.flags, last.flags), (2, 0, 4));
    for (n, page) in (1..).zip(full) {
        assert_eq!(
            (page.flags, page.packets.len(), page.granule),
            (0, 5, n * 5 * 960)
        );
    }
    let before = full.last().unwrap().granule;
    let held = last.packets.len() as u64 * 960;
    assert!(last.granule > before + held - 960 && last.granule <= before + held);
    assert!(pages.iter().all(|page| page.serial == head.serial));
}

#[test]
fn ogg_pushes_end_on_a_page() {
    let pcm = support::tone(16_000);
    let encoding = Encoding {
        format: Format::OggOpus,
        rate_hz: 16_000,
    };
    let mut encoder = Encoder::new(encoding, pcm.len() as u64).unwrap();
    let mut sequence = Vec::new();
    for piece in pcm.chunks(999) {
        let from = sequence.len();
        encoder.push(piece, &mut sequence);
        let grown = &sequence[from..];
        assert!(grown.is_empty() || grown.starts_with(b"OggS"));
    }
    let from = sequence.len();
    encoder.finish(&mut sequence);
    assert!(sequence[from..].starts_with(b"OggS"));
    ogg::pages(&sequence);
}

#[rstest]
#[case(8000)]
#[case(48_000)]
fn webm_comes_back(#[case] rate_hz: u32) {
    let pcm = support::tone(rate_hz);
    let bytes = support::encode(Format::WebmOpus, rate_hz, &pcm, &[4000]);
    let [head, segment] = webm::elements(&bytes).try_into().ok().unwrap();
    assert_eq!(head.child(0x4282).payload, b"webm");
    let track = segment.child(0x1654_AE6B).child(0xAE);
    let private = track.child(0x63A2).payload;
    let skip = u16::from_le_bytes(private[10..12].try_into().unwrap());
    assert_eq!(
        track.child(0x56AA).unsigned(),
        u64::from(skip) * 1_000_000 / 48
    );
    let info = segment.child(0x1549_A966);
    let duration = f64::from_be_bytes(info.child(0x4489).payload.try_into().unwrap());
    let expected_ms = pcm.len() as f64 * 1000.0 / f64::from(rate_hz);
    assert!((duration - expected_ms).abs() < 0.001);

    let (mut packets, mut discard_ns) = (Vec::new(), 0);
    for cluster in segment
        .children()
        .iter()
        .filter(|child| child.id == 0x1F43_B675)
    {
        for child in cluster.children() {
            let block = match child.id {
                0xA3 => child.payload,
                0xA0 => {
                    discard_ns = child.child(0x75A2).unsigned();
                    child.child(0xA1).payload
                }
                _ => continue,
            };
            let at_ms = cluster.child(0xE7).unsigned()
                + u64::from(u16::from_be_bytes([block[1], block[2]]));
            assert_eq!(at_ms, packets.len() as u64 * 20);
            assert_eq!(block[0], 0x81);
            packets.push(block[4..].to_vec());
        }
    }
    support::assert_opus_comes_back(&packets, rate_hz, skip, &pcm);
    let end = pcm.len() as u64 * u64::from(48_000 / rate_hz) + u64::from(skip);
    assert_eq!(
        discard_ns,
        (packets.len() as u64 * 960 - end) * 1_000_000_000 / 48_000
    );
}

#[rstest]
#[case::ogg(Format::OggOpus)]
#[case::webm(Format::WebmOpus)]
fn nothing_said_is_a_stream_without_packets(#[case] format: Format) {
    let bytes = support::encode(format, 48_000, &[], &[1]);
    match format {
        Format::OggOpus => {
            let pages = ogg::pages(&bytes);
            assert_eq!(pages.len(), 3);
            assert_eq!(
                (pages[2].flags, pages[2].granule, pages[2].packets.len()),
                (4, 0, 0)
            );
        }
        _ => assert_eq!(webm::elements(&bytes)[1].children().len(), 2),
    }
}

#[rstest]
#[case::ogg(Format::OggOpus)]
#[case::webm(Format::WebmOpus)]
fn several_frames_in_a_packet_are_the_same_sound(#[case] format: Format) {
    let pcm = support::tone(48_000);
    let encoding = Encoding {
        format,
        rate_hz: 48_000,
    };
    let encoded = |frames: Option<usize>| {
        let mut encoder = Encoder::new(encoding, pcm.len() as u64).unwrap();
        if let Some(frames) = frames {
            encoder = encoder.with_opus_frames(frames);
        }
        let mut bytes = Vec::new();
        encoder.push(&pcm, &mut bytes);
        encoder.finish(&mut bytes);
        bytes
    };
    let heard = |bytes: &[u8]| {
        let mut sound = audio::Sound::open(bytes).unwrap();
        let mut samples = Vec::new();
        while sound.read(&mut samples).unwrap() {}
        samples
    };
    let plain = heard(&encoded(None));
    assert_eq!(plain.len(), pcm.len());
    for frames in [1, 2, 3, 6] {
        assert_eq!(heard(&encoded(Some(frames))), plain, "{frames} frames");
    }
}

#[test]
fn ogg_pages_of_such_packets_are_counted_in_frames() {
    let pcm = support::tone(24_000);
    let encoding = Encoding {
        format: Format::OggOpus,
        rate_hz: 24_000,
    };
    let mut encoder = Encoder::new(encoding, pcm.len() as u64)
        .unwrap()
        .with_opus_frames(3);
    let mut bytes = Vec::new();
    encoder.push(&pcm, &mut bytes);
    encoder.finish(&mut bytes);
    let pages = ogg::pages(&bytes);
    let mut frames = 0;
    for page in &pages[2..pages.len() - 1] {
        for packet in &page.packets {
            assert_eq!(packet[0] & 3, 3);
            frames += u64::from(packet[1] & 0x3F);
        }
        assert_eq!(page.granule, frames * 960);
    }
    let packets = pages[2..].iter().flat_map(|page| &page.packets);
    assert!(packets.into_iter().any(|packet| packet[1] & 0x3F == 3));
}
