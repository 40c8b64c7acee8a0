//! Building and updating in the background: a process of its own, low in priority, that outlives its starter.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::repo::Repo;

/// The time of the last attempt, in the common git directory: what fails is not tried again at once.
const ATTEMPT: &str = "git-fast.attempt";
const PAUSE: Duration = Duration::from_secs(30);

/// Starts `git-optimize index update` unless it was started a moment ago. Failing to do so is no problem of the
/// one who asked for history.
pub(super) fn update(repo: &Repo) {
    let marker = repo.common_dir.join(ATTEMPT);
    let recent = fs::metadata(&marker)
        .and_then(|meta| meta.modified())
        .is_ok_and(|when| SystemTime::now().duration_since(when).is_ok_and(|age| age < PAUSE));
    if recent || fs::write(&marker, "").is_err() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    // It takes a session of its own, which it could not do as the leader of a process group.
    let spawned = Command::new(program.with_file_name("git-optimize"))
        .args(["index", "update", "--quiet", "--detached"])
        .env("GIT_DIR", &repo.git_dir)
        .env_remove("GIT_FAST_TRACE")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    // Nobody waits for it: when this process becomes git, or ends, init does.
    drop(spawned);
}
