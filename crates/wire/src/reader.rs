//! A cursor over big-endian fields that names what it could not read.

use crate::error::{DecodeError, ErrorKind};

/// Reads fields in order; every failure names the field and its offset.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The offset of the next byte.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// How many bytes remain.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next `length` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if fewer remain.
    pub fn take(&mut self, field: &str, length: usize) -> Result<&'a [u8], DecodeError> {
        let Some(slice) = self
            .at
            .checked_add(length)
            .and_then(|end| self.bytes.get(self.at..end))
        else {
            let problem = format!("{length} bytes needed, {} remain", self.remaining());
            return Err(DecodeError::new(
                ErrorKind::Truncated,
                self.at,
                field,
                problem,
            ));
        };
        self.at += length;
        Ok(slice)
    }

    /// One byte.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if none remains.
    pub fn u8(&mut self, field: &str) -> Result<u8, DecodeError> {
        Ok(u8::from_be_bytes(self.array(field)?))
    }

    /// An unsigned 32-bit big-endian integer.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if fewer than four bytes remain.
    pub fn u32(&mut self, field: &str) -> Result<u32, DecodeError> {
        Ok(u32::from_be_bytes(self.array(field)?))
    }

    /// A signed 32-bit big-endian integer.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if fewer than four bytes remain.
    pub fn i32(&mut self, field: &str) -> Result<i32, DecodeError> {
        Ok(i32::from_be_bytes(self.array(field)?))
    }

    /// A 32-bit length, called `size`, and that many bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`] if the length itself is cut, [`ErrorKind::Length`] at the
    /// length's offset if it declares more than remains.
    pub fn sized(&mut self, size: &str) -> Result<&'a [u8], DecodeError> {
        let offset = self.at;
        let declared = self.u32(size)?;
        let slice = usize::try_from(declared)
            .ok()
            .filter(|length| *length <= self.remaining());
        let Some(length) = slice else {
            let problem = format!("{declared} bytes declared, {} remain", self.remaining());
            return Err(DecodeError::new(ErrorKind::Length, offset, size, problem));
        };
        self.take(size, length)
    }

    /// Checks that everything has been read.
    ///
    /// # Errors
    /// [`ErrorKind::Trailing`] if bytes remain.
    pub fn finish(&self) -> Result<(), DecodeError> {
        match self.remaining() {
            0 => Ok(()),
            extra => Err(DecodeError::new(
                ErrorKind::Trailing,
                self.at,
                "end of frame",
                format!("{extra} bytes follow it"),
            )),
        }
    }

    fn array<const N: usize>(&mut self, field: &str) -> Result<[u8; N], DecodeError> {
        let slice = self.take(field, N)?;
        let Ok(array) = slice.try_into() else {
            unreachable!("take returns exactly the length that it was asked for")
        };
        Ok(array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_declares_too_much_is_named_with_both_numbers() {
        let mut reader = Reader::new(&[0, 0, 0x10, 0, 1, 2]);
        let error = reader.sized("payload size").unwrap_err();
        assert_eq!(
            error.to_string(),
            "byte 0: payload size: 4096 bytes declared, 2 remain"
        );
    }

    #[test]
    fn a_cut_field_is_named_with_its_offset() {
        let mut reader = Reader::new(&[1, 2, 3]);
        reader.u8("version").unwrap();
        let error = reader.u32("sequence").unwrap_err();
        assert_eq!(
            error.to_string(),
            "byte 1: sequence: 4 bytes needed, 2 remain"
        );
    }
}
