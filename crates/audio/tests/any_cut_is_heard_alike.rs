//! However the samples are cut into pushes, the same is heard.

#[cfg(test)]
mod support;

use audio::hear::{Hearer, hear};
use audio::{Signal, Utterance};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_cut_is_heard_alike(
        cuts in prop::collection::vec(1usize..9000, 1..6),
        rate_hz in prop::sample::select(vec![8000u32, 16_000, 22_050, 48_000]),
        lost in 0usize..60_000,
        is_odd in any::<bool>(),
    ) {
        let utterance = Utterance::of_text("Any cut will be heard alike. 好", "amy");
        let mut pcm = support::samples(&utterance, rate_hz, Signal::Words);
        // Some damage, for the report to be the same as well.
        pcm.drain(lost.min(pcm.len())..(lost + 300).min(pcm.len()));
        if is_odd {
            let mut bytes: Vec<u8> = pcm.into_iter().flat_map(i16::to_le_bytes).collect();
            bytes.remove(30_001);
            pcm = bytes.as_chunks().0.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
        }
        let mut hearer = Hearer::new(rate_hz);
        let mut rest = pcm.as_slice();
        for cut in cuts.iter().cycle() {
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            hearer.push(now);
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(hearer.finish(), hear(&pcm, rate_hz));
    }
}

#[test]
fn words_are_there_soon_after_they_end() {
    let utterance = Utterance::of_text("One two three", "amy");
    let pcm = support::samples(&utterance, 16_000, Signal::Words);
    let mut hearer = Hearer::new(16_000);
    // 10 ms after the second word.
    let (early, late) = pcm.split_at(16_160);
    hearer.push(early);
    assert_eq!(hearer.words().len(), 2);
    hearer.push(late);
    assert_eq!(hearer.finish().words.len(), 3);
}
