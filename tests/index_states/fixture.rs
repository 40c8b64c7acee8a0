//! A small repository with an index, and the questions that are asked about it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::differential::compare::difference;
use crate::support::process::shell;
use crate::support::repository::{Generated, Plan, args};
use crate::support::trace::{Served, Trace};
use crate::support::{Environment, damage};

/// The questions of every row: native ones, and some that git has to help with.
const QUESTIONS: &[&[&str]] = &[
    &[],
    &["--oneline", "--all"],
    &["--all", "--format=%H %h %p %an %ad %s%d"],
    &["-n", "3", "--stat"],
    &["--", "src"],
    &["--graph", "--oneline", "--all"],
    &["--author=A U", "--format=%h"],
    &["--grep=fix", "--all"],
    &["HEAD~2", "--skip=2", "-n5", "--topo-order"],
];

/// How long an index may take to repair itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// One repository with a fresh index.
pub(crate) struct Fixture {
    /// Its world.
    pub env: Environment,
    /// Where questions are asked: at first the repository.
    pub dir: PathBuf,
    /// The repository's common git directory.
    pub git_dir: PathBuf,
    /// Where its index was built.
    pub index: PathBuf,
    /// More questions, those that matter to this row.
    pub questions: Vec<Vec<OsString>>,
    repository: Generated,
}

impl Fixture {
    /// Thirty commits, a worktree that is checked out, and an index.
    pub(crate) fn new() -> Self {
        let mut env = Environment::new();
        env.set_limit(Duration::from_secs(20));
        let repository = Generated::new(&env, "repository", Plan::plain(11, 30));
        let (dir, git_dir, index) =
            (repository.dir.clone(), repository.git_dir.clone(), repository.index_dir());
        env.git_ok(&dir, &["reset", "-q", "--hard"]);
        env.index_ok(&dir, "build");
        Self { env, dir, git_dir, index, questions: Vec::new(), repository }
    }

    /// Runs git where questions are asked; it must succeed.
    #[track_caller]
    pub(crate) fn git(&self, words: &[&str]) -> String {
        String::from_utf8_lossy(&self.env.git_ok(&self.dir, words)).trim().to_owned()
    }

    /// Adds a question.
    pub(crate) fn also_ask(&mut self, words: &[&str]) {
        self.questions.push(args(words));
    }

    /// Adds commits to the repository.
    pub(crate) fn grow(&mut self, count: usize) {
        self.repository.grow(&self.env, count);
    }

    /// Makes a clone and asks questions there from now on.
    pub(crate) fn move_to_clone(&mut self, options: &[&str]) {
        let to = self.env.path().join("clone");
        // Only by its path can a repository share its objects, and only by a URL can less than all be fetched.
        let scheme = if options.contains(&"--shared") { "" } else { "file://" };
        let url = format!("{scheme}{}", self.dir.display());
        let mut words = vec!["clone", "-q"];
        words.extend(options);
        let target = to.display().to_string();
        words.extend([url.as_str(), &target]);
        self.git(&words);
        self.move_to(&to);
    }

    /// Asks questions in another repository from now on, after building an index there.
    pub(crate) fn move_to(&mut self, dir: &Path) {
        self.dir = dir.to_owned();
        let common = self.git(&["rev-parse", "--path-format=absolute", "--git-common-dir"]);
        self.git_dir = PathBuf::from(common);
        self.index = damage::index_dir(&self.git_dir);
        let build = self.env.optimize(dir, &["index", "build"]);
        assert!(!build.panicked() && !build.timed_out, "{}", String::from_utf8_lossy(&build.stderr));
    }

    /// The files of the index. There must be some.
    pub(crate) fn index_files(&self) -> Vec<PathBuf> {
        let files = damage::files(&self.index);
        assert!(!files.is_empty(), "no index in {}", self.index.display());
        files
    }

    /// The file with the key that the index is authenticated with.
    pub(crate) fn key(&self) -> PathBuf {
        self.git_dir.join("git-fast.key")
    }

    /// A file of the index whose name begins so. Who repairs the index publishes history first: paths may be on their way.
    #[track_caller]
    pub(crate) fn comes_to_have(&self, kind: &str) -> PathBuf {
        let is_one =
            |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(kind));
        let deadline = Instant::now() + PATIENCE;
        loop {
            match damage::files(&self.index).into_iter().find(is_one) {
                Some(file) => return file,
                None => assert!(Instant::now() < deadline, "no file {kind} in {}", self.index.display()),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the index is sound, asking this question again and again as if half a minute had passed each time; what
    /// is wrong if it does not get so. (Paths that are damaged are read from the repository for one answer, which says
    /// nothing of the index.)
    pub(crate) fn comes_to_be_sound(&self, question: &[OsString]) -> Option<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let verify = self.env.optimize(&self.dir, &["index", "verify"]);
            if verify.code == 0 {
                return None;
            }
            if Instant::now() > deadline {
                return Some(String::from_utf8_lossy(&verify.stderr).into_owned());
            }
            std::thread::sleep(Duration::from_millis(200));
            self.pause_is_over();
            let _ = self.env.fastlog(&self.dir, question, None);
        }
    }

    /// Half a minute has passed since the last time that something was wrong.
    pub(crate) fn pause_is_over(&self) {
        let _ = std::fs::remove_file(self.git_dir.join("git-fast.attempt"));
    }

    /// Asks everything of both; each difference is one text.
    pub(crate) fn ask(&self) -> Vec<String> {
        let fixed = QUESTIONS.iter().map(|words| args(words));
        fixed.chain(self.questions.iter().cloned()).filter_map(|question| self.ask_one(&question)).collect()
    }

    /// Asks one question of both.
    pub(crate) fn ask_one(&self, question: &[OsString]) -> Option<String> {
        let theirs = self.env.log(&self.dir, question, None);
        assert!(!theirs.timed_out, "git log {} took too long", shell(question));
        let (ours, trace) = self.env.fastlog(&self.dir, question, None);
        let text = match (difference(&ours, &theirs, true), trace) {
            (None, Ok(_)) => return None,
            (None, Err(broken)) => broken,
            (Some(text), trace) => format!("{text}\n{trace:?}"),
        };
        Some(format!("git-fastlog {}\n{text}", shell(question)))
    }

    /// Asks until a plain question is answered as it is to be in this state; what is wrong if that does not happen.
    pub(crate) fn comes_to(&self, served: Served) -> Option<String> {
        self.comes_to_answer(&args(&["--all", "--oneline"]), served)
    }

    /// Asks this question until it is answered in this way, as if half a minute had passed each time; what is wrong if that
    /// does not happen. An answer from the index must come from one that lacks a few commits at most.
    pub(crate) fn comes_to_answer(&self, question: &[OsString], served: Served) -> Option<String> {
        let right = |trace: &Trace| {
            let usable = ["fresh", "refreshed"].contains(&trace.index.as_str());
            trace.served == served && (served == Served::Git || usable)
        };
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (_, trace) = self.env.fastlog(&self.dir, question, None);
            match trace {
                Ok(trace) if right(&trace) => return None,
                trace if Instant::now() > deadline => {
                    return Some(format!("{} is not to be {served:?} but {trace:?}", shell(question)));
                }
                // Who still repaired what was damaged before held the lock, perhaps: whoever came then waits for a while.
                _ => self.pause_is_over(),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
