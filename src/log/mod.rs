//! `git fastlog`: options → revisions → walk → filter → page → render.

pub mod commit;
pub mod encoding;
pub mod filter;
pub mod handover;
mod merge_base;
pub mod options;
pub mod print;
pub mod render;
pub mod revisions;
pub mod select;
pub mod settings;
pub mod sources;
pub mod walk;
