//! Fills the history part of the index from the object database: reads commits, takes them apart, gives them
//! positions. How they are laid out in a file is the business of [`crate::index`].
mod batch;
mod build;
mod collect;
mod decode;
mod encodings;
mod error;
mod packs;
mod parallel;
mod path_update;
mod paths;
mod records;
mod runs;
#[cfg(test)]
pub(crate) mod tests;
mod update;
mod verify;

pub(crate) use decode::{DATE_END, are_plain, date_fits, line, split as split_commit};
pub(crate) use encodings::{is_latin1, is_utf8, keeps_ascii};
pub(crate) use packs::apply_delta;
pub(crate) use paths::read_tree;

pub use build::{Dates, Options, build};
pub use error::Error;
pub use path_update::{path_overlay, sample_runs, update_paths, verify_paths};
pub use update::{Outcome, Overlay, Target, overlay, rebuild, update};
pub use verify::{Fault, sample, verify};
