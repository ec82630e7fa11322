//! The register that all endpoints of the vendor share.
//!
//! Ids are permanent: `HSA-` (`HTS-` for synthesis, `HSR-` for recognition) and the first four
//! base32 characters of the SHA-256 of the name under which the clause was first written down.
//! Where a page has a Chinese and an international edition that disagree, the clause says so.

pub(in crate::huawei) mod handshake;
pub(in crate::huawei) mod messages;
pub(in crate::huawei) mod sources;

/// Slices one after the other, at compile time. `N` is the sum of their lengths.
pub(in crate::huawei) const fn join<T: Copy, const N: usize>(parts: &[&[T]], fill: T) -> [T; N] {
    let mut joined = [fill; N];
    let mut rest: &mut [T] = &mut joined;
    let mut parts = parts;
    while let [part, following @ ..] = parts {
        let mut items = *part;
        while let [item, others @ ..] = items {
            let Some((slot, further)) = ({ rest }).split_first_mut() else {
                unreachable!()
            };
            *slot = *item;
            rest = further;
            items = others;
        }
        parts = following;
    }
    joined
}
