//! What is answered from the index and by nobody else: each placeholder, format, date, revision, setting and encoding of
//! `git log` that is said to be. The bytes are git's, and the trace tells who printed them.

mod encodings;
mod formats;
mod json;
mod people;
mod settings;

use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::support::Environment;
use crate::support::repository::args;
use crate::support::trace::Served;

/// A merge of three branches, tags, a remote branch, a stash, notes, a mailmap, and messages with trailers.
const HISTORY: &str = r#"
git init -q . && printf 'Proper Name <proper@example.com> <author@example.com>\n' >.mailmap && git add .mailmap
git commit -qm 'first line

Body of it, with	a tab.

Signed-off-by: A U Thor <author@example.com>
Fixes: 12'
for branch in a b c; do
  git switch -q -c $branch main && echo $branch >on-$branch && git add . && git commit -qm "on $branch"
done
git switch -q main && echo m >m && git add m && git commit -qm 'Grüße 日本' && git merge -q -m octopus a b c
git tag -a -m annotated v1 && git tag light a && git update-ref refs/remotes/origin/main b
git notes add -m 'a note' && git notes --ref=review add -m 'looked at' a
git commit -q --allow-empty --author='Other <other@example.com>' -m 'last one' && echo x >m && git stash -q
git-optimize index build
"#;

struct World {
    env: Environment,
    dir: PathBuf,
}

impl World {
    fn new() -> Self {
        Self::with(HISTORY)
    }

    fn with(script: &str) -> Self {
        let env = Environment::new();
        let dir = env.path().join("repository");
        fs::create_dir(&dir).expect("a new directory");
        let world = World { env, dir };
        world.shell(script);
        world
    }

    fn shell(&self, script: &str) {
        self.env.run(self.env.command("sh", &self.dir, &["-ec", script])).success(script);
    }

    /// See [`served`].
    #[track_caller]
    fn served(&self, words: &[&str]) -> (Served, String) {
        served(&self.env, &self.dir, words)
    }

    #[track_caller]
    fn native(&self, words: &[&str]) {
        native(&self.env, &self.dir, words);
    }

    #[track_caller]
    fn by_git(&self, words: &[&str]) {
        assert_eq!(self.served(words).0, Served::Git, "{words:?}");
    }
}

/// The answer is git's, and who printed it, and why.
#[track_caller]
pub(crate) fn served(env: &Environment, dir: &Path, words: &[&str]) -> (Served, String) {
    let theirs = env.log(dir, &args(words), None);
    let (ours, trace) = env.fastlog(dir, &args(words), None);
    let trace = trace.expect("a trace");
    assert_eq!(
        (ours.code, ours.stdout.as_bstr()),
        (theirs.code, theirs.stdout.as_bstr()),
        "{words:?} in {}: {trace:?}",
        dir.display()
    );
    (trace.served, trace.reason)
}

/// The answer is git's, and git did not print it.
#[track_caller]
pub(crate) fn native(env: &Environment, dir: &Path, words: &[&str]) {
    let (served, reason) = served(env, dir, words);
    assert_eq!(served, Served::Native, "{words:?} in {}: {reason}", dir.display());
}
