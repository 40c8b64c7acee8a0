//! The one door to gix and to the `git` program.

pub mod config;
pub mod git;
mod not_exact;

pub use not_exact::NotExact;
