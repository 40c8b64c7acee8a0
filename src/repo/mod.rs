//! The one door to gix and to the `git` program.

pub mod abbrev;
pub mod config;
pub mod decorate;
pub mod git;
pub mod mailmap;
mod not_exact;
pub mod notes;
pub mod object_dirs;

#[cfg(test)]
pub(crate) mod testing;

pub use not_exact::NotExact;
