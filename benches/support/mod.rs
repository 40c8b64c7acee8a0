//! What the benchmarks have in common: what they are told, how programs are run and timed, and how tables get
//! into documents.

#![allow(dead_code, reason = "each benchmark takes what it needs")]

pub(crate) mod document;
pub(crate) mod options;
pub(crate) mod programs;
pub(crate) mod repository;
pub(crate) mod timing;
