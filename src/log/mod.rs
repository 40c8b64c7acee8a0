//! `git fastlog`: options → revisions → walk → filter → page → render.

pub mod commit;
pub mod filter;
pub mod options;
pub mod render;
pub mod sources;
pub mod walk;
