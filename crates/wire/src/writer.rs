//! The counterpart of [`crate::reader`]: big-endian fields, in order.

use bytes::{BufMut, Bytes, BytesMut};

/// Collects fields; lengths are written from what follows them and cannot lie.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: BytesMut,
}

impl Writer {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends one byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes.put_u8(value);
        self
    }

    /// Appends an unsigned 32-bit integer.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes.put_u32(value);
        self
    }

    /// Appends a signed 32-bit integer.
    pub fn i32(&mut self, value: i32) -> &mut Self {
        self.bytes.put_i32(value);
        self
    }

    /// Appends bytes as they are.
    pub fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.put_slice(bytes);
        self
    }

    /// Appends a 32-bit length and the bytes.
    ///
    /// Nothing that this crate encodes comes near 4 GiB; a longer slice saturates the length.
    pub fn sized(&mut self, bytes: &[u8]) -> &mut Self {
        self.u32(u32::try_from(bytes.len()).unwrap_or(u32::MAX))
            .put(bytes)
    }

    /// What has been written.
    #[must_use]
    pub fn finish(self) -> Bytes {
        self.bytes.freeze()
    }
}
