//! Tests against the real git.

mod accessors;
pub(crate) mod repo;
