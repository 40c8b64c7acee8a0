//! Constants of the format, and reading numbers.

pub(super) const MAGIC: [u8; 8] = *b"\x89GFST1\r\n";
pub(super) const HASH_LEN: usize = 32;
/// Magic, hash, four counts.
pub(super) const HEADER_LEN: usize = 8 + HASH_LEN + 4 * 8;
pub(super) const DIRECTORY_LEN: usize = 56;
pub(super) const NAME_LEN: usize = 16;
pub(super) const COMPARED_LEN: usize = 104;
/// No directory.
pub(super) const NONE: u32 = u32::MAX;

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
}
