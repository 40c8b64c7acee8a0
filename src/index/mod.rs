//! The file format of the index: its layout, mapping, opening, verifying, publishing, locking and compaction. It
//! knows nothing of git commands and reads no repository; `history` fills it.
//!
//! A history is a list of immutable *segments* ([`Segment`]); commits have positions ([`Pos`]) that run on from one
//! segment to the next. [`History`] is what readers see. What commits did to paths is in segments of its own kind
//! ([`paths`]), which may cover fewer commits. The format is described in `docs/gitformat-fastindex.md`.

mod file;
pub mod frame;
mod history;
mod identities;
mod ids;
pub mod layout;
pub mod location;
pub mod lock;
pub mod manifest;
mod map;
mod merge;
mod open;
pub mod paths;
mod publish;
mod segment;
mod signature;
#[cfg(test)]
mod tests;
mod write;

pub use frame::{Damage, FileType};
pub use history::{History, Parents};
pub use identities::Identities;
pub use ids::{FlagCounts, Flags, IdentityId, Pos};
pub use location::{Location, Place, Refused};
pub use lock::WriterLock;
pub use manifest::{Manifest, ManifestError};
pub use map::{Bytes, give_back_freed, keep_large_blocks_apart};
pub(crate) use map::{open_or_create, open_regular, open_to_append, read_regular};
pub use merge::{merge, merge_from};
pub use open::{OpenIndex, Reason, Rejected, SMALL};
pub use paths::{
    Change, PathId, PathSegment, PathTable, Paths, Posting, Slice, Value, ValueId, merge_paths, write_paths,
};
pub use publish::{Publisher, TEMP_PREFIX};
pub use segment::Segment;
pub use signature::{Signature, Time};
pub use write::SegmentWriter;
