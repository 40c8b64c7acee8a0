//! `git fastlog`: options → revisions → walk → filter → page → render.

pub mod commit;
pub mod render;
pub mod sources;
