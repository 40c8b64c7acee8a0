//! All integration tests, in one binary. The oracle is the real `git` on PATH, run in the same test.

mod answers;
mod assisted;
mod completions;
mod concurrency;
mod describe;
mod differential;
mod first_use;
mod follow;
mod generated;
mod hooks;
mod index_states;
mod install;
mod layouts;
mod on_a_terminal;
mod optimize;
mod own_options;
mod path_index;
mod path_questions;
mod profile;
mod prompts;
mod readers;
mod regressions;
mod status;
mod status_machine;
mod support;
mod worktrees;
