//! `git faststatus`: scan → compare → render.
//!
//! Every question is answered with git's bytes, or handed over to `git status` as a whole. Nothing here takes
//! git's locks or writes git's index.

pub mod attributes;
pub mod branch;
mod checks;
pub mod collect;
pub mod columns;
pub mod comment;
pub mod content;
pub mod excludes;
pub mod from_git;
mod handover;
pub mod index_file;
mod many;
pub mod memory;
pub mod model;
pub mod options;
pub mod paths;
mod remotes;
pub mod renames;
pub mod render;
mod run;
pub mod scan;
pub mod settings;
pub mod settled;
pub mod snapshot;
pub mod staged;
pub mod stat;
pub mod state;
pub mod submodules;
mod unstaged;

pub use run::run;
