//! git-fast: `git fastlog`, `git faststatus` and `git optimize`.
//!
//! The rule of the whole crate: an answer is git's answer, byte for byte, or it comes from git itself.
//! See `ARCHITECTURE.md` for the map of the modules.

pub mod cli;
pub mod history;
pub mod index;
pub mod log;
pub mod optimize;
#[doc(hidden)]
pub mod readers;
pub mod repo;
pub mod session;
pub mod status;

/// Counts what is allocated, for `--profile-memory`.
#[cfg(feature = "profile-memory")]
#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;
