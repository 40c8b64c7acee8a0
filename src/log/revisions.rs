//! Revision arguments to tips: gitrevisions(7) as far as it is plain; `git rev-parse` reads the rest.
//!
//! What git would answer with a warning or an error, a path among the arguments included, is git's.

use std::path::Path;
use std::process::{Command, Stdio};

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::hash::oid;
use gix::objs::{CommitRefIter, Kind};

use super::options::{LogOptions, RefSet, Tip};
use crate::index::History;
use crate::repo::refs::IsCommit;
use crate::repo::{NotExact, Repo};

/// Where a walk begins or what it excludes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// One commit.
    Commit {
        /// Its name.
        id: ObjectId,
        /// Whether it is excluded.
        uninteresting: bool,
        /// What `--source` calls it.
        name: BString,
    },
    /// `A...B`: both, without what they have in common.
    Symmetric {
        /// The left one, with its name for `--source`.
        left: (ObjectId, BString),
        /// The right one.
        right: (ObjectId, BString),
    },
}

/// Resolves the tips of a command line, in order; `git` is the program to ask for what is not plain, and `history`
/// what is known already.
pub fn resolve(
    repo: &Repo,
    options: &LogOptions,
    history: &History<'_>,
    git: &Path,
) -> Result<Vec<Request>, NotExact> {
    let is_commit = |id: &oid| history.lookup(id).is_some();
    let mut resolver = Resolver { repo, options, history, is_commit: &is_commit, git, requests: Vec::new() };
    for tip in &options.tips {
        match tip {
            Tip::Revision { spec, negated } => resolver.revision(spec.as_bstr(), *negated)?,
            Tip::Refs { set, excluded, negated } => resolver.refs(set, excluded, *negated)?,
        }
    }
    let any_revision = options.tips.iter().any(|tip| matches!(tip, Tip::Revision { .. }));
    if resolver.requests.is_empty() && !options.ref_sets_given && !any_revision {
        resolver.revision("HEAD".into(), false)?;
    }
    Ok(resolver.requests)
}

/// The commit that one revision names, as the value of an option.
pub fn single(repo: &Repo, spec: &BStr, history: &History<'_>, git: &Path) -> Result<ObjectId, NotExact> {
    let is_commit = |id: &oid| history.lookup(id).is_some();
    let options = LogOptions::default();
    let mut resolver =
        Resolver { repo, options: &options, history, is_commit: &is_commit, git, requests: Vec::new() };
    if let Some(id) = resolver.commit(spec)? {
        return Ok(id);
    }
    resolver.ask_git(spec, false)?;
    match resolver.requests.as_slice() {
        [Request::Commit { id, uninteresting: false, .. }] => Ok(*id),
        _ => Err(format!("'{spec}' is not one commit").into()),
    }
}

struct Resolver<'r> {
    repo: &'r Repo,
    options: &'r LogOptions,
    history: &'r History<'r>,
    is_commit: IsCommit<'r>,
    git: &'r Path,
    requests: Vec<Request>,
}

impl Resolver<'_> {
    fn revision(&mut self, spec: &BStr, negated: bool) -> Result<(), NotExact> {
        let (plain, caret) = match spec.strip_prefix(b"^") {
            Some(rest) => (rest.as_bstr(), true),
            None => (spec, false),
        };
        if caret && plain.starts_with(b"-") {
            return Err(format!("revision '{spec}'").into());
        }
        self.check_not_a_path(spec)?;
        self.check_not_a_path(plain)?;
        // git looks for a file by what is left of these, too.
        if let Some(at) = plain.rfind(b"^").filter(|at| matches!(plain.get(at + 1), Some(b'!' | b'@' | b'-')))
        {
            self.check_not_a_path(plain[..at].as_bstr())?;
        }
        if let Some(at) = plain.find("..") {
            let symmetric = plain[at + 2..].starts_with(b".");
            let left = &plain[..at];
            let right = &plain[at + if symmetric { 3 } else { 2 }..];
            // `..` alone is the parent directory.
            let only_dots = left.is_empty() && right.is_empty();
            let is_plain = !caret && !negated && !only_dots;
            if is_plain && let (Some(left), Some(right)) = (self.side(left)?, self.side(right)?) {
                if symmetric {
                    self.requests.push(Request::Symmetric { left, right });
                } else {
                    self.push(left, true);
                    self.push(right, false);
                }
                return Ok(());
            }
            return self.ask_git(spec, negated);
        }
        match self.commit(plain)? {
            Some(id) => {
                self.push((id, plain.to_owned()), caret != negated);
                Ok(())
            }
            None => self.ask_git(spec, negated),
        }
    }

    /// Without a `--`, git refuses what may be meant as a path; in a git dir there are no paths.
    fn check_not_a_path(&self, name: &BStr) -> Result<(), NotExact> {
        // `:/text` may be a path from the top, or other pathspec magic.
        let is_file =
            || name.starts_with(b":") || name.to_path().is_ok_and(|path| path.symlink_metadata().is_ok());
        if self.options.has_dash_dash || !is_file() || (name == "HEAD" && self.repo.is_inside_git_dir()) {
            return Ok(());
        }
        Err(format!("'{name}' is a path, too").into())
    }

    fn push(&mut self, (id, name): (ObjectId, BString), uninteresting: bool) {
        self.requests.push(Request::Commit { id, uninteresting, name });
    }

    /// One side of a range.
    fn side(&self, spec: &[u8]) -> Result<Option<(ObjectId, BString)>, NotExact> {
        let spec = if spec.is_empty() { "HEAD".into() } else { spec.as_bstr() };
        Ok(self.commit(spec)?.map(|id| (id, spec.to_owned())))
    }

    /// The commit that a plain revision names: a ref or a full object name, and `^`, `~`, `^{commit}` after it.
    /// `None` when it is not plain.
    fn commit(&self, spec: &BStr) -> Result<Option<ObjectId>, NotExact> {
        let end = spec.find_byteset(b"^~").unwrap_or(spec.len());
        let (base, mut suffix) = spec.split_at(end);
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-+#%=,!".contains(&b) || b >= 0x80;
        if base.is_empty() || base.starts_with(b"-") || !(base == b"@" || base.iter().copied().all(plain)) {
            return Ok(None);
        }
        let id = match self.repo.find_ref(base.as_bstr())? {
            // An object may be meant: git then takes it, or warns.
            Some(_) if base.len() >= 4 && base.iter().all(u8::is_ascii_hexdigit) => {
                return Err(format!("'{base}' may be an object, too", base = base.as_bstr()).into());
            }
            Some(id) => Some(id),
            None => self.named(base)?,
        };
        let Some(id) = id else { return Ok(None) };
        let not_a_commit = || NotExact::from(format!("'{spec}' is not a commit"));
        let mut id = self.repo.peel(id, self.is_commit)?.ok_or_else(not_a_commit)?;
        while let Some((&operator, rest)) = suffix.split_first() {
            if operator == b'^'
                && let Some(rest) = rest.strip_prefix(b"{}").or_else(|| rest.strip_prefix(b"{commit}"))
            {
                suffix = rest;
                continue;
            }
            let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            let number = match digits {
                0 => 1,
                1..=6 => rest[..digits].iter().fold(0usize, |n, b| n * 10 + usize::from(b - b'0')),
                _ => return Ok(None),
            };
            suffix = &rest[digits..];
            if suffix.first().is_some_and(|b| !b"^~".contains(b)) {
                return Ok(None);
            }
            let next = match operator {
                b'^' if number == 0 => Some(id),
                b'^' => self.parent(id, number)?,
                b'~' => self.ancestor(id, number)?,
                _ => return Ok(None),
            };
            id = next.ok_or_else(|| NotExact::from(format!("'{spec}' does not exist")))?;
        }
        Ok(Some(id))
    }

    /// An object by its full name, if it is still there: the index may know commits that the repository has lost.
    fn named(&self, hex: &[u8]) -> Result<Option<ObjectId>, NotExact> {
        let id = ObjectId::from_hex(hex).ok().filter(|id| id.kind() == self.repo.kind);
        match id {
            Some(id) if self.repo.object_header(&id).is_err() => {
                Err(format!("object {id} is missing").into())
            }
            id => Ok(id),
        }
    }

    fn parent(&self, id: ObjectId, number: usize) -> Result<Option<ObjectId>, NotExact> {
        if let Some(pos) = self.history.lookup(&id) {
            let parent = self.history.parents(pos).nth(number - 1);
            return Ok(parent.map(|parent| self.history.oid(parent).to_owned()));
        }
        let commit = self.repo.object_of(&id, Kind::Commit)?;
        Ok(CommitRefIter::from_bytes(&commit, self.repo.kind).parent_ids().nth(number - 1))
    }

    fn ancestor(&self, mut id: ObjectId, distance: usize) -> Result<Option<ObjectId>, NotExact> {
        for _ in 0..distance {
            match self.parent(id, 1)? {
                Some(parent) => id = parent,
                None => return Ok(None),
            }
        }
        Ok(Some(id))
    }

    /// Lets `git rev-parse` take a revision apart.
    fn ask_git(&mut self, spec: &BStr, negated: bool) -> Result<(), NotExact> {
        let spec = spec.to_os_str().map_err(|_| NotExact::from(format!("revision '{spec}'")))?;
        let output = Command::new(self.git)
            .args(["rev-parse", "--revs-only"])
            .arg(spec)
            .arg("--")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .map_err(|err| NotExact::from(format!("git rev-parse: {err}")))?;
        let refused = || NotExact::from(format!("revision '{}'", spec.to_string_lossy()));
        // A warning belongs to the answer, too.
        if !output.status.success() || output.stdout.is_empty() || !output.stderr.is_empty() {
            return Err(refused());
        }
        // Of `A...B` rev-parse only tells the merge bases: which side is which would be lost.
        if spec.as_encoded_bytes().contains_str("...") {
            return Err(refused());
        }
        for line in output.stdout.lines() {
            let (hex, caret) = match line.strip_prefix(b"^") {
                Some(hex) => (hex, true),
                None => (line, false),
            };
            let id = ObjectId::from_hex(hex).map_err(|_| refused())?;
            let id = self.repo.peel(id, self.is_commit)?.ok_or_else(refused)?;
            self.push((id, BString::default()), caret != negated);
        }
        Ok(())
    }

    fn refs(&mut self, set: &RefSet, excluded: &[BString], negated: bool) -> Result<(), NotExact> {
        let is_excluded = |name: &BStr| any_matches(excluded, name);
        match set {
            RefSet::All => {
                for tip in self.repo.tips_below("refs/", self.is_commit)? {
                    if !is_excluded(tip.name.as_bstr()) {
                        self.push((tip.commit, tip.name), negated);
                    }
                }
                // An unborn HEAD is left out without a word.
                if !is_excluded("HEAD".into())
                    && let Some(head) = self.repo.head()?
                    && let Some(id) = self.repo.peel(head, self.is_commit)?
                {
                    self.push((id, "HEAD".into()), negated);
                }
                for tip in self.repo.other_heads(self.is_commit)? {
                    if !is_excluded(tip.name.as_bstr()) {
                        self.push((tip.commit, tip.name), negated);
                    }
                }
            }
            RefSet::Below { prefix, pattern: None } => {
                for tip in self.repo.tips_below(prefix, self.is_commit)? {
                    let name = tip.name[prefix.len()..].as_bstr();
                    if !is_excluded(name) {
                        self.push((tip.commit, name.to_owned()), negated);
                    }
                }
            }
            RefSet::Below { .. } if !excluded.is_empty() => {
                // Whether a name has its prefix then differs from git to git.
                return Err("--exclude with a pattern of branches, tags or remotes".into());
            }
            RefSet::Below { prefix, pattern: Some(pattern) } => {
                self.glob([prefix.as_bytes(), pattern].concat().into(), prefix.len(), excluded, negated)?;
            }
            RefSet::Glob(pattern) => {
                let full = match pattern.starts_with(b"refs/") {
                    true => pattern.clone(),
                    false => [b"refs/", pattern.as_slice()].concat().into(),
                };
                self.glob(full, 0, excluded, negated)?;
            }
        }
        Ok(())
    }

    /// Refs that match a glob; one without wildcards names a directory of refs. `--source` leaves out the first
    /// `unnamed` bytes of their names.
    fn glob(
        &mut self,
        mut pattern: BString,
        unnamed: usize,
        excluded: &[BString],
        negated: bool,
    ) -> Result<(), NotExact> {
        if pattern.find_byteset(b"?*[").is_none() {
            if !pattern.ends_with(b"/") {
                pattern.push(b'/');
            }
            pattern.push(b'*');
        }
        for tip in self.repo.tips_below("refs/", self.is_commit)? {
            let name = tip.name.as_bstr();
            if any_matches(std::slice::from_ref(&pattern), name) && !any_matches(excluded, name) {
                self.push((tip.commit, tip.name[unnamed..].into()), negated);
            }
        }
        Ok(())
    }
}

/// Whether a ref's name matches one of these globs, in which `*` goes across slashes.
fn any_matches(globs: &[BString], name: &BStr) -> bool {
    let mode = gix::glob::wildmatch::Mode::empty();
    globs.iter().any(|glob| gix::glob::wildmatch(glob.as_bstr(), name, mode))
}
