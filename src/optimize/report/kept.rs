//! What a report leaves for the next one: its sums, and of which commits they are; those of the checkout; and all tags. A
//! file of a few hundred kilobytes, authenticated with the repository's key. Whatever is wrong with it, it is as if it were
//! not there.
//!
//! The mark, 32 bytes of authentication code over all that follows, 32 bytes of a hash over what the index says of the
//! commits that the sums know, their number (32 bits, little-endian), a bit for each, set if it was reached, and the
//! rest as a list in JSON.

use std::io::{Read, Write};

use super::checkout;
use super::refs::Tags;
use super::sums::Sums;
use crate::index::{History, Location, Paths, TEMP_PREFIX, open_regular};

/// In the index directory.
pub(super) const SUMS: &str = "report.sums";
/// Another layout, or another meaning of a sum, gets another mark.
const MAGIC: &[u8; 8] = b"GFSUMS1\n";
/// Longer ones, in bytes, are not kept: with so many directories, extensions and places to know, there is little to be
/// gained.
const LIMIT: usize = 16 << 20;

/// Sums, and which commits they are of.
pub(super) struct Kept {
    pub(super) sums: Sums,
    /// By position.
    pub(super) reached: Vec<bool>,
    pub(super) checkout: Option<checkout::Kept>,
    pub(super) tags: Tags,
}

impl Kept {
    /// Reads what was kept, if it was made of what the index says today of the same commits.
    pub(super) fn load(location: &Location, history: &History<'_>, paths: &Paths<'_>) -> Option<Kept> {
        let mut bytes = Vec::new();
        open_regular(&location.dir.join(SUMS)).ok()?.take(LIMIT as u64 + 1).read_to_end(&mut bytes).ok()?;
        let (mac, body) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<{ blake3::OUT_LEN }>()?;
        if mac_of(location, body) != blake3::Hash::from(*mac) {
            return None;
        }
        let (state, kept) = parse(body)?;
        let commits = u32::try_from(kept.reached.len()).ok().filter(|commits| *commits <= history.len())?;
        (state_of(history, paths, commits) == blake3::Hash::from(state)).then_some(kept)
    }

    /// Replaces what was kept. What is too long goes without checkout and tags.
    ///
    /// # Errors
    /// When it can't be written, or is too long even so.
    pub(super) fn save(
        mut self,
        location: &Location,
        history: &History<'_>,
        paths: &Paths<'_>,
    ) -> std::io::Result<()> {
        let commits = self.reached.len() as u32;
        let mut body = state_of(history, paths, commits).as_bytes().to_vec();
        body.extend_from_slice(&commits.to_le_bytes());
        let bits = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        body.extend(self.reached.chunks(8).map(bits));
        let fits = |body: &[u8]| MAGIC.len() + blake3::OUT_LEN + body.len() <= LIMIT;
        let before = body.len();
        serde_json::to_writer(&mut body, &(&self.sums, &self.checkout, &self.tags))?;
        if !fits(&body) {
            (self.checkout, self.tags) = Default::default();
            body.truncate(before);
            serde_json::to_writer(&mut body, &(&self.sums, &self.checkout, &self.tags))?;
        }
        if !fits(&body) {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        let mut temp = tempfile::Builder::new().prefix(TEMP_PREFIX).tempfile_in(&location.dir)?;
        temp.write_all(MAGIC)?;
        temp.write_all(mac_of(location, &body).as_bytes())?;
        temp.write_all(&body)?;
        temp.persist(location.dir.join(SUMS))?;
        Ok(())
    }
}

fn mac_of(location: &Location, body: &[u8]) -> blake3::Hash {
    location.authenticate("sums of a report", body)
}

/// Of which index the sums are: of one with these commits at the first positions. What they did to paths follows from
/// their names, but for those whose trees could not be read.
fn state_of(history: &History<'_>, paths: &Paths<'_>, commits: u32) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes()).update(&commits.to_le_bytes());
    for names in history.names(commits) {
        hasher.update(names);
    }
    for pos in paths.unknown().filter(|pos| pos.0 < commits) {
        hasher.update(&pos.0.to_le_bytes());
    }
    hasher.finalize()
}

/// What follows the authentication code.
fn parse(body: &[u8]) -> Option<([u8; blake3::OUT_LEN], Kept)> {
    let (state, rest) = body.split_first_chunk()?;
    let (commits, rest) = rest.split_first_chunk()?;
    let commits = u32::from_le_bytes(*commits) as usize;
    let (bits, sums) = rest.split_at_checked(commits.div_ceil(8))?;
    let reached = (0..commits).map(|at| bits[at / 8] >> (at % 8) & 1 == 1).collect();
    let (sums, checkout, tags) = serde_json::from_slice(sums).ok()?;
    Some((*state, Kept { sums, reached, checkout, tags }))
}

/// Reads what follows the authentication code (see [`crate::readers`]).
pub(crate) fn read_sums(body: &[u8]) {
    if let Some((_, kept)) = parse(body) {
        let _ = (kept.sums.unread(), kept.sums.are_complete(), kept.sums.figures());
        let _ = kept.checkout.map(|kept| kept.checkout());
    }
}
