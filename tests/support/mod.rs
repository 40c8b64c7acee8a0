//! What every integration test stands on: a sealed environment, child processes with a deadline, the trace
//! line, generated repositories and the ways to hurt an index. No assertions about answers live here.

pub(crate) mod damage;
pub(crate) mod environment;
mod oddities;
pub(crate) mod process;
pub(crate) mod repository;
pub(crate) mod text;
pub(crate) mod trace;

pub(crate) use environment::Environment;
pub(crate) use process::Output;
