//! What the answer of `git log` to a pinned question depends on, as one hash. The rule is: whatever git may read goes in,
//! or the question is none for this. Replacement refs, grafts and shallow boundaries are excluded before.
//!
//! | git reads | here |
//! | --- | --- |
//! | options | only those of [`FLAGS`] and [`VALUES`]; all in the key, in order |
//! | tips | by object name and by the name they were asked for |
//! | the directory it runs in | in the key |
//! | configuration | every entry; what names programs or other files to read excludes |
//! | environment | locale, zone and width; a `GIT_*` that is not known to be harmless excludes |
//! | attributes | all files that they may come from: [`attributes`] |
//! | mailmap | `.mailmap`; HEAD in a bare repository |
//! | notes | any excludes |
//! | other objects, for abbreviations | the names of all packs and loose objects |

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::index::Paths;
use crate::log::attributes;
use crate::log::fingerprint::Fingerprint;
use crate::log::revisions::Request;
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};

/// Options that make git read every version of files, or every tree: only with one of them it takes long enough.
const COSTLY: &[&str] = &["-S", "-G", "--follow"];

/// Options without a value whose meaning depends on nothing but what is in the key.
const FLAGS: &[&str] = &[
    "-p",
    "-u",
    "--patch",
    "-s",
    "--no-patch",
    "--stat",
    "--shortstat",
    "--numstat",
    "--summary",
    "--raw",
    "--name-only",
    "--name-status",
    "--oneline",
    "--all",
    "--branches",
    "--tags",
    "--remotes",
    "--follow",
    "--merges",
    "--no-merges",
    "--first-parent",
    "--reverse",
    "--topo-order",
    "--date-order",
    "--pickaxe-regex",
    "--pickaxe-all",
    "--no-color",
    "--no-decorate",
    "--no-notes",
    "--no-mailmap",
    "--full-history",
    "-M",
    "-C",
    "--find-renames",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "-a",
    "--text",
    "-w",
    "-b",
    "-m",
    "-c",
    "--cc",
    "-i",
    "--abbrev-commit",
    "--no-abbrev-commit",
    "-z",
];

/// Options with a value in the same word, by what they start with.
const VALUES: &[&str] = &[
    "-S",
    "-G",
    "-n",
    "-U",
    "--unified=",
    "--max-count=",
    "--skip=",
    "--diff-filter=",
    "--author=",
    "--committer=",
    "--grep=",
    "--date=iso",
    "--date=short",
    "--date=raw",
    "--date=unix",
    "--date=rfc",
    "--abbrev=",
];

/// Of these the value may be the next word.
const SEPARATE: &[&str] = &["-S", "-G", "-n"];

/// Variables of git's that change nothing here, or that are in the key by what they lead to.
const HARMLESS: &[&str] = &[
    "GIT_ATTR_NOSYSTEM",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CEILING_DIRECTORIES",
    "GIT_TERMINAL_PROMPT",
    "GIT_PAGER",
    "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "GIT_ASKPASS",
    "GIT_EXEC_PATH",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_PREFIX",
    "GIT_TEST_DATE_NOW",
];
/// The latter are about other repositories, to which nothing goes: nothing is missing that could be fetched.
const HARMLESS_STARTS: &[&str] = &[
    "GIT_FAST_",
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_CONFIG_KEY_",
    "GIT_CONFIG_VALUE_",
    "GIT_CURL_",
    "GIT_HTTP_",
    "GIT_PROXY_",
    "GIT_SSH",
    "GIT_SSL_",
];

/// Settings that make the answer depend on something else: files, programs, refs, the time.
const FOREIGN_SETTINGS: &[&str] = &[
    "attr.tree",
    "core.notesref",
    "diff.external",
    "diff.orderfile",
    "diff.submodule",
    "format.pretty",
    "log.date",
    "log.decorate",
    "log.initialdecorationset",
    "log.showsignature",
    "mailmap.blob",
    "mailmap.file",
    "notes.displayref",
    "extensions.partialclone",
];

/// A question that always has the same answer as long as its key is the same.
pub(in crate::log) struct Pinned {
    /// Everything that the answer depends on.
    pub(super) key: blake3::Hash,
    /// The git to ask.
    pub(super) git: PathBuf,
}

/// Whether git takes long over it.
pub(in crate::log) fn is_costly(args: &[OsString]) -> bool {
    let before_paths = args.iter().take_while(|arg| *arg != "--");
    before_paths
        .into_iter()
        .any(|arg| COSTLY.iter().any(|start| arg.as_bytes().starts_with(start.as_bytes())))
}

impl Pinned {
    /// `None` when it can't be told what the answer depends on.
    pub(in crate::log) fn new(
        repo: &Repo,
        git: &GitProgram,
        config: &Config,
        requests: &[Request],
        args: &[OsString],
        paths: Option<&Paths<'_>>,
    ) -> Option<Pinned> {
        let mut key = Key(Fingerprint::new());
        key.add("version", env!("CARGO_PKG_VERSION").as_bytes());
        key.add("git", git.path.as_os_str().as_bytes());
        key.add("git version", git.version.as_bytes());
        key.0.file_identity("git program", &git.path);
        key.arguments(args)?;
        key.requests(requests);
        key.add("directory", std::env::current_dir().ok()?.as_os_str().as_bytes());
        key.add("repository", repo.git_dir.as_os_str().as_bytes());
        key.configuration(config)?;
        key.environment()?;
        key.worktree(repo, git, config, paths)?;
        key.no_notes(repo).ok()?;
        key.objects(repo).ok()?;
        Some(Pinned { key: key.0.finish(), git: git.path.clone() })
    }
}

struct Key(Fingerprint);

impl Key {
    fn add(&mut self, label: &str, bytes: &[u8]) {
        self.0.add(label, bytes);
    }

    fn arguments(&mut self, args: &[OsString]) -> Option<()> {
        let mut words = args.iter();
        while let Some(arg) = words.next() {
            self.add("argument", arg.as_bytes());
            if arg == "--" {
                words.by_ref().for_each(|path| self.add("path", path.as_bytes()));
                break;
            }
            let text = arg.to_str()?;
            if !text.starts_with('-') || FLAGS.contains(&text) {
                continue;
            }
            if SEPARATE.contains(&text) {
                self.add("value", words.next()?.as_bytes());
                continue;
            }
            let count = text.len() > 1 && text[1..].bytes().all(|b| b.is_ascii_digit());
            if !count && !VALUES.iter().any(|start| text.starts_with(start)) {
                return None;
            }
        }
        Some(())
    }

    fn requests(&mut self, requests: &[Request]) {
        for request in requests {
            match request {
                Request::Commit { id, uninteresting, name } => {
                    self.add(if *uninteresting { "excluded" } else { "tip" }, id.as_bytes());
                    self.add("name", name);
                }
                Request::Symmetric { left, right } => {
                    for (id, name) in [left, right] {
                        self.add("side", id.as_bytes());
                        self.add("name", name);
                    }
                }
            }
        }
    }

    fn configuration(&mut self, config: &Config) -> Option<()> {
        for (key, value) in config.iter() {
            let driver = key.starts_with(b"diff.") && key.find_iter(".").count() > 1;
            let promisor = key.ends_with(b".promisor");
            if driver || promisor || FOREIGN_SETTINGS.iter().any(|foreign| key == foreign.as_bytes()) {
                return None;
            }
            self.add("key", key);
            self.add(if value.is_some() { "value" } else { "none" }, value.unwrap_or_default());
        }
        Some(())
    }

    fn environment(&mut self) -> Option<()> {
        for (name, value) in std::env::vars_os() {
            let text = name.to_str().unwrap_or_default();
            let git = text.starts_with("GIT_");
            let harmless =
                HARMLESS.contains(&text) || HARMLESS_STARTS.iter().any(|start| text.starts_with(start));
            if git && !harmless {
                return None;
            }
            if ["LC_", "LANG"].iter().any(|start| text.starts_with(start))
                || [
                    "TZ",
                    "COLUMNS",
                    "TERM",
                    "HOME",
                    "XDG_CONFIG_HOME",
                    "GIT_DIR",
                    "GIT_WORK_TREE",
                    "GIT_ATTR_NOSYSTEM",
                ]
                .contains(&text)
            {
                self.add(text, value.as_bytes());
            }
        }
        Some(())
    }

    /// The attributes of all paths, and what else may be in the worktree.
    fn worktree(
        &mut self,
        repo: &Repo,
        git: &GitProgram,
        config: &Config,
        paths: Option<&Paths<'_>>,
    ) -> Option<()> {
        self.add("attributes", attributes::fingerprint(repo, git, config, paths?)?.as_bytes());
        match &repo.work_dir {
            Some(top) => self.0.file(&top.join(".mailmap")),
            // The mailmap comes from HEAD's tree.
            None => {
                self.add("head", repo.head().ok()??.as_bytes());
                Some(())
            }
        }
    }

    fn no_notes(&mut self, repo: &Repo) -> Result<(), NotExact> {
        match repo.tips_below("refs/notes/", &|_| true)?.is_empty() {
            true => Ok(()),
            false => Err("notes".into()),
        }
    }

    /// The names of all objects, by the names of their packs; alternates included.
    fn objects(&mut self, repo: &Repo) -> Result<(), NotExact> {
        for dir in repo.object_dirs()?.all() {
            self.add("objects", dir.as_os_str().as_bytes());
            self.names("pack", &dir.join("pack"));
            for first in 0..=255u8 {
                self.names("loose", &dir.join(format!("{first:02x}")));
            }
        }
        Ok(())
    }

    fn names(&mut self, label: &str, dir: &Path) {
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        let mut names: Vec<OsString> = entries.map(|entry| entry.file_name()).collect();
        names.sort_unstable();
        for name in names {
            self.add(label, name.as_bytes());
        }
        self.add("end", label.as_bytes());
    }
}
