//! A reader of EBML elements.

pub(crate) struct Element {
    pub(crate) id: u32,
    pub(crate) payload: Vec<u8>,
}

impl Element {
    pub(crate) fn children(&self) -> Vec<Self> {
        elements(&self.payload)
    }

    pub(crate) fn unsigned(&self) -> u64 {
        self.payload
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    pub(crate) fn child(&self, id: u32) -> Self {
        self.children()
            .into_iter()
            .find(|child| child.id == id)
            .unwrap()
    }
}

/// The elements of a level. An element of unknown size lasts to the end.
pub(crate) fn elements(mut bytes: &[u8]) -> Vec<Element> {
    let mut elements = Vec::new();
    while !bytes.is_empty() {
        let id_length = bytes[0].leading_zeros() as usize + 1;
        let id = bytes[..id_length]
            .iter()
            .fold(0, |id, byte| id << 8 | u32::from(*byte));
        bytes = &bytes[id_length..];
        let size_length = bytes[0].leading_zeros() as usize + 1;
        let marked = bytes[..size_length]
            .iter()
            .fold(0u64, |size, byte| size << 8 | u64::from(*byte));
        let mask = (1u64 << (7 * size_length)) - 1;
        bytes = &bytes[size_length..];
        let size = if marked & mask == mask {
            bytes.len()
        } else {
            usize::try_from(marked & mask).unwrap()
        };
        elements.push(Element {
            id,
            payload: bytes[..size].to_vec(),
        });
        bytes = &bytes[size..];
    }
    elements
}
