//! The path limits of a question: pathspecs as gitglossary(7) defines them, what they match, and which commits they
//! make equal. Which arguments are paths is decided in [`arguments`]; choosing and rewriting commits is the walk's.

pub mod arguments;
mod classes;
mod known;
mod matches;
mod one_path;
mod pathspec;
#[cfg(test)]
pub(in crate::log) mod tests;

pub use classes::tree_same;
pub use known::check_known;
pub use matches::{Literal, Reach};
pub use pathspec::{Environment, Pathspec, Place};
