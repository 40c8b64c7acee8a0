//! Tests against the real git.

mod accessors;
mod concurrent;
mod damage;
mod fixture;
mod growth;
mod path_update;
mod paths;
pub(crate) mod random;
mod reading;
pub(crate) mod repo;
