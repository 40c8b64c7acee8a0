//! A git in front of the real one that writes down what it is asked, and on which standard input.

use std::fs;
use std::path::PathBuf;

use super::{Environment, put_program};

/// Which version it claims to be, where that is to be another one than the real git's.
pub(crate) const VERSION: &str = "TEST_GIT_VERSION";

/// One process of git.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Its arguments, one blank between them.
    pub words: String,
    /// Its standard input, if `--stdin` is among them.
    pub input: String,
}

/// What the git in front has written down.
pub(crate) struct Recorder {
    notes: PathBuf,
}

impl Recorder {
    /// Puts it first on PATH.
    pub(crate) fn start(env: &mut Environment) -> Self {
        let notes = env.path().join("asked");
        fs::create_dir(&notes).expect("a new directory");
        let script = format!(
            "case $1 in version|--version) \
             test -z \"${VERSION}\" || {{ echo \"git version ${VERSION}\"; exit; }};; esac\n\
             printf '%s' \"$*\" >'{0}'/$$\n\
             case \" $* \" in *' --stdin '*) tee '{0}'/$$.input | '{1}' \"$@\"; exit;; esac\n\
             exec '{1}' \"$@\"",
            notes.display(),
            env.real_git().display(),
        );
        put_program(env, "git", &script);
        Self { notes }
    }

    /// What was asked since the last time, in no order.
    pub(crate) fn take(&self) -> Vec<Asked> {
        let mut all = Vec::new();
        for file in super::damage::files(&self.notes) {
            if file.extension().is_none() {
                let input = file.with_extension("input");
                let text = |path: &PathBuf| fs::read(path).unwrap_or_default();
                let text = |path: &PathBuf| String::from_utf8_lossy(&text(path)).into_owned();
                all.push(Asked { words: text(&file), input: text(&input) });
                let _ = fs::remove_file(&input);
                fs::remove_file(&file).expect("it is ours");
            }
        }
        all
    }
}
