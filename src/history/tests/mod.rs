//! Tests against the real git.

mod accessors;
mod concurrent;
mod damage;
mod fixture;
mod growth;
mod paths;
pub(in crate::history) mod random;
mod reading;
pub(crate) mod repo;
