//! The one door to gix and to the `git` program.

mod not_exact;
pub mod open;

pub use not_exact::NotExact;
pub use open::Repo;
pub mod config;
pub mod git;

