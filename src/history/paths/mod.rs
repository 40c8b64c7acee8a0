//! What each commit changes against its first parent: reads trees, compares them, and collects the changed paths
//! slice by slice. How slices are laid out in files is the business of [`crate::index`].
//!
//! Only trees whose names differ are read, and most of them are made from one another by small deltas. So the time
//! goes into reading trees: [`trees`] has a reader of its own that keeps what it has decoded, by place in the pack.

mod build;
mod diff;
#[cfg(test)]
pub(super) mod tests;
mod tree;
mod trees;

pub(super) use build::{Source, slices};
pub(crate) use tree::read as read_tree;
