//! The task that makes what `git faststatus` remembers of a worktree. From then on faststatus keeps it up to date.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::execute::{Runner, Stop};
use super::facts::Facts;
use super::tasks::{Asked, Need, WEEK, no, yes};
use crate::index::location::STATUS_FILE;
use crate::optimize::context::Context;

pub(super) fn need(context: &Context, facts: &Facts, _: Asked) -> Need {
    if context.repo.work_dir.is_none() {
        return no("there is no worktree");
    }
    if snapshot(context).exists() {
        return no("it is there");
    }
    // Where faststatus can keep nothing, it is not asked each time.
    if facts.state.since("status", facts.now).is_some_and(|age| age < WEEK) {
        return no("done less than a week ago");
    }
    let cost = "looks at every file of the worktree".to_owned();
    yes(false, "there is none".to_owned(), cost, "the first git faststatus is as fast as the next")
}

pub(super) fn run(runner: &Runner<'_>, _: &mut Facts, _: Asked) -> Result<String, Stop> {
    let context = runner.context;
    let Some(dir) = &context.repo.work_dir else {
        return Err(Stop::Skipped("there is no worktree".to_owned()));
    };
    let program = std::env::current_exe().map_err(Stop::failed)?.with_file_name("git-faststatus");
    let mut command = Command::new(program);
    command.current_dir(dir).env("GIT_DIR", &context.repo.git_dir).env("GIT_WORK_TREE", dir);
    command.arg("--porcelain").stdin(Stdio::null());
    // This is nobody's question, and not recorded. Settings of the environment are lost by that; should any of them
    // matter, what is remembered does not fit, and faststatus looks again.
    command.env_remove("GIT_FAST_TRACE").env("GIT_CONFIG_COUNT", "1");
    command.env("GIT_CONFIG_KEY_0", "fast.metrics").env("GIT_CONFIG_VALUE_0", "false");
    runner.run(command, "faststatus", None)?;
    let what = if snapshot(context).exists() { "written" } else { "git faststatus keeps nothing here" };
    Ok(what.to_owned())
}

/// In the directory of this worktree.
fn snapshot(context: &Context) -> PathBuf {
    context.repo.git_dir.join(STATUS_FILE)
}
