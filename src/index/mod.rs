//! The file format of the index: its layout, mapping, opening, verifying, publishing, locking and compaction. It
//! knows nothing of git commands and reads no repository; `history` fills it.
//!
//! A history is a list of immutable *segments* ([`Segment`]); commits have positions ([`Pos`]) that run on from one
//! segment to the next. [`History`] is what readers see. The format is described in `docs/gitformat-fastindex.md`.

mod history;
mod identities;
mod ids;
pub mod layout;
mod map;
mod segment;
mod signature;
mod write;

pub use history::{History, Parents};
pub use identities::Identities;
pub use ids::{FlagCounts, Flags, IdentityId, Pos};
pub use layout::Damage;
pub use map::Bytes;
pub use segment::Segment;
pub use signature::{Signature, Time};
pub use write::{SegmentWriter, Totals};
