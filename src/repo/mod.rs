//! The one door to gix and to the `git` program.

pub mod abbrev;
mod commit_dates;
mod commit_graph;
pub mod config;
pub mod decorate;
mod exec;
mod format;
pub mod git;
mod locate;
pub mod mailmap;
mod not_exact;
pub mod notes;
pub mod object_dirs;
pub mod object_names;
mod objects;
pub mod open;
pub mod refs;
pub mod remembered;
#[cfg(test)]
pub(crate) mod testing;
mod worktrees;

pub use commit_dates::commit_dates;
pub(crate) use commit_graph::CommitGraphFile;
pub use exec::exec_git;
pub use format::check_format;
pub use not_exact::NotExact;
pub use open::{Repo, check_not_traced};
