//! `git fastlog`: options → revisions → walk → filter → page → render.

pub mod answer;
mod answers;
mod attributes;
pub mod changes;
pub(crate) mod checked_settings;
pub mod commit;
mod contains_path;
pub mod cursor;
mod dates;
mod describe;
pub mod encoding;
pub mod filter;
mod fingerprint;
pub mod follow;
pub mod handover;
mod head_mailmap;
mod json;
mod last_modified;
mod merge_base;
pub mod options;
pub mod output_encoding;
pub mod paths;
pub mod print;
pub mod render;
pub mod repo_sources;
pub mod revisions;
mod run;
pub mod select;
pub mod settings;
mod shortlog;
pub mod sources;
mod touched;
mod versions;
pub mod walk;

pub(crate) use answers::DIR as ANSWERS;
pub use run::run;
