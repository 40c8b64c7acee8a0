//! The one door to gix and to the `git` program.

pub mod git;
