//! The branch, its upstream, and how far apart they are.

use std::collections::{BinaryHeap, HashMap};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::refs::Target;

use super::model::{Distance, Head, Upstream};
use super::remotes;
use crate::cli::trace::IndexUse;
use crate::index::{History, Pos};
use crate::repo::config::Config;
use crate::repo::git::GitProgram;
use crate::repo::{NotExact, Repo};
use crate::session::Session;

/// What the upstream branch is looked up with.
pub struct Branches<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Its configuration.
    pub config: &'a Config,
    /// The git to ask where the history index can't tell.
    pub git: &'a GitProgram,
    /// For the history index.
    pub session: &'a Session<'a>,
    /// Whether to count at all.
    pub count: bool,
    /// Whether the history index may be used.
    pub use_index: bool,
}

/// The object that a ref leads to; `None` where there is no such ref.
fn resolve(repo: &Repo, full: &BStr) -> Result<Option<ObjectId>, NotExact> {
    let mut name: BString = full.to_owned();
    for _ in 0..5 {
        match repo.find_full(name.as_bstr())? {
            None => return Ok(None),
            Some(Target::Object(id)) => return Ok(Some(id)),
            Some(Target::Symbolic(next)) => name = next.into_inner(),
        }
    }
    Err(format!("{full}: nested too deep").into())
}

/// Whether there is a ref of this full name.
pub fn ref_exists(repo: &Repo, full: &BStr) -> Result<bool, NotExact> {
    Ok(resolve(repo, full)?.is_some())
}

/// Where HEAD is, without its upstream.
pub fn head(repo: &Repo) -> Result<Head, NotExact> {
    let failed = |err: &dyn std::fmt::Display| NotExact::from(format!("HEAD: {err}"));
    match repo.find_full("HEAD".into())?.ok_or_else(|| failed(&"it is missing"))? {
        Target::Object(id) => Ok(Head { branch: None, commit: Some(id), upstream: None }),
        Target::Symbolic(branch) => {
            let branch: BString = branch.into_inner();
            if !branch.starts_with(b"refs/heads/") {
                return Err(failed(&"it is not on a branch"));
            }
            let commit = match repo.find_full(branch.as_bstr())? {
                None => None,
                Some(Target::Object(id)) => Some(id),
                Some(Target::Symbolic(_)) => return Err(failed(&"its branch is symbolic")),
            };
            Ok(Head { branch: Some(branch), commit, upstream: None })
        }
    }
}

/// An upstream branch, before anything is counted.
pub struct Tracked {
    name: BString,
    commit: Option<ObjectId>,
}

impl Branches<'_> {
    /// The upstream of the branch that HEAD is on. What can't be told is known here, except for counting.
    pub fn tracked(&self, head: &Head) -> Result<Option<Tracked>, NotExact> {
        remotes::check(self.config)?;
        let Some(branch) = head.branch.as_ref().and_then(|name| name.strip_prefix(b"refs/heads/")) else {
            return Ok(None);
        };
        let Some(full) = self.upstream_ref(branch.as_bstr())? else { return Ok(None) };
        let name = self.shorten(full.as_bstr())?;
        let commit = match resolve(self.repo, full.as_bstr())? {
            None => None,
            Some(id) => self.repo.peel(id, &|_| false)?,
        };
        Ok(Some(Tracked { name, commit }))
    }

    /// How far away it is.
    pub fn upstream(&self, tracked: Tracked, head: &Head, used: &mut IndexUse) -> Result<Upstream, NotExact> {
        let distance = match (head.commit, tracked.commit) {
            (Some(ours), Some(theirs)) => Some(self.distance(ours, theirs, used)?),
            _ => None,
        };
        Ok(Upstream { name: tracked.name, distance })
    }

    /// `branch.<name>.remote` and `.merge`, through what the remote's `fetch` says.
    fn upstream_ref(&self, branch: &BStr) -> Result<Option<BString>, NotExact> {
        let Ok(branch) = branch.to_str() else { return Err("a branch that is not UTF-8".into()) };
        let remotes = self.config.strings(&format!("branch.{branch}.remote"))?;
        let merges = self.config.strings(&format!("branch.{branch}.merge"))?;
        let (Some(remote), Some(merge)) = (remotes.last(), merges.first()) else { return Ok(None) };
        if merges.len() > 1 || !merge.starts_with(b"refs/heads/") {
            return Err("an odd branch.*.merge".into());
        }
        if *remote == "." {
            return Ok(Some(BString::from(*merge)));
        }
        let Ok(remote) = remote.to_str() else { return Err("a remote that is not UTF-8".into()) };
        if remote.contains('/') {
            return Err("an odd branch.*.remote".into());
        }
        for old in ["remotes", "branches"] {
            if self.repo.common_dir.join(old).join(remote).exists() {
                return Err("a remote in a file of its own".into());
            }
        }
        for refspec in self.config.strings(&format!("remote.{remote}.fetch"))? {
            if let Some(found) = map_refspec(refspec, merge)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn shorten(&self, full: &BStr) -> Result<BString, NotExact> {
        let (short, rivals): (&[u8], &[&str]) =
            match (full.strip_prefix(b"refs/remotes/"), full.strip_prefix(b"refs/heads/")) {
                (Some(short), _) => (short, &["refs/", "refs/tags/", "refs/heads/"]),
                (_, Some(short)) => (short, &["refs/", "refs/tags/"]),
                _ => return Err("an odd upstream".into()),
            };
        let odd = || NotExact::because("the upstream's name is ambiguous");
        if short.ends_with(b"/HEAD") || self.repo.git_dir.join(OsStr::from_bytes(short)).exists() {
            return Err(odd());
        }
        for rival in rivals {
            let full: BString = [rival.as_bytes(), short].concat().into();
            if ref_exists(self.repo, full.as_bstr())? {
                return Err(odd());
            }
        }
        Ok(short.into())
    }

    fn distance(&self, ours: ObjectId, theirs: ObjectId, used: &mut IndexUse) -> Result<Distance, NotExact> {
        if ours == theirs || !self.count {
            return Ok(Distance::Same(ours == theirs));
        }
        let (ahead, behind) = match self.count_in_index(ours, theirs, used) {
            Ok(counts) => counts,
            Err(_) => self.count_with_git(ours, theirs)?,
        };
        Ok(Distance::Counted(ahead, behind))
    }

    fn count_in_index(
        &self,
        ours: ObjectId,
        theirs: ObjectId,
        used: &mut IndexUse,
    ) -> Result<(u64, u64), NotExact> {
        if !self.use_index {
            return Err("--no-index".into());
        }
        self.repo.check_history_shape()?;
        let session = self.session;
        // Nothing is built here: a directory that appears would be one more line of this answer or of the next.
        let failed = |err: &dyn std::fmt::Display| NotExact::from(format!("index: {err}"));
        let location =
            session.location().map_err(|err| failed(&err))?.ok_or(NotExact::because("no index"))?;
        let mut index = session.open_published(&location).map_err(|err| failed(&err))?;
        *used = IndexUse::Fresh;
        session.freshen(&mut index, &[ours, theirs], used)?;
        let history = index.history().map_err(|err| NotExact::from(err.to_string()))?;
        match (history.lookup(&ours), history.lookup(&theirs)) {
            (Some(ours), Some(theirs)) => Ok(count(&history, ours, theirs)),
            _ => Err("the index lacks a commit".into()),
        }
    }

    fn count_with_git(&self, ours: ObjectId, theirs: ObjectId) -> Result<(u64, u64), NotExact> {
        let failed = || NotExact::because("git does not count commits");
        let output = Command::new(&self.git.path)
            .args(["rev-list", "--count", "--left-right"])
            .arg(format!("{ours}...{theirs}"))
            .arg("--")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .map_err(|_| failed())?;
        let text = output.stdout.to_str().ok().filter(|_| output.status.success()).ok_or_else(failed)?;
        let mut numbers = text.split_whitespace().map(str::parse::<u64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(ahead)), Some(Ok(behind))) => Ok((ahead, behind)),
            _ => Err(failed()),
        }
    }
}

const LEFT: u8 = 1;
const RIGHT: u8 = 2;

/// How many commits only `ours` reaches, and how many only `theirs`.
///
/// Commits are visited from the highest position down, and children have higher positions than parents: when a
/// commit is visited, everything that reaches it has been.
fn count(history: &History<'_>, ours: Pos, theirs: Pos) -> (u64, u64) {
    let mut marks: HashMap<Pos, u8> = HashMap::new();
    let mut queue = BinaryHeap::new();
    // How many commits in the queue are not known to be reached from both sides.
    let mut open = 0usize;
    let mut counts = (0, 0);
    let mark = |marks: &mut HashMap<Pos, u8>, queue: &mut BinaryHeap<Pos>, open: &mut usize, pos, add| {
        let entry = marks.entry(pos).or_insert(0);
        let old = *entry;
        *entry |= add;
        if old == 0 {
            queue.push(pos);
            *open += usize::from(*entry != LEFT | RIGHT);
        } else if old != LEFT | RIGHT && *entry == LEFT | RIGHT {
            *open -= 1;
        }
    };
    mark(&mut marks, &mut queue, &mut open, ours, LEFT);
    mark(&mut marks, &mut queue, &mut open, theirs, RIGHT);
    while open > 0
        && let Some(pos) = queue.pop()
    {
        let sides = marks.get(&pos).copied().unwrap_or(LEFT | RIGHT);
        match sides {
            LEFT => counts.0 += 1,
            RIGHT => counts.1 += 1,
            _ => {}
        }
        open -= usize::from(sides != LEFT | RIGHT);
        for parent in history.parents(pos) {
            mark(&mut marks, &mut queue, &mut open, parent, sides);
        }
    }
    counts
}

/// What a fetch refspec makes of `name`; `None` when it is not about it.
fn map_refspec(refspec: &BStr, name: &BStr) -> Result<Option<BString>, NotExact> {
    let odd = || NotExact::because("an odd remote.*.fetch");
    let refspec = refspec.strip_prefix(b"+").unwrap_or(refspec);
    let (from, to) = refspec.split_once_str(b":").ok_or_else(odd)?;
    if !from.starts_with(b"refs/") || !to.starts_with(b"refs/") {
        return Err(odd());
    }
    match (from.split_once_str(b"*"), to.split_once_str(b"*")) {
        (None, None) => Ok((from == name.as_bytes()).then(|| to.into())),
        (Some((before, after)), Some((to_before, to_after))) => {
            if after.contains(&b'*') || to_after.contains(&b'*') {
                return Err(odd());
            }
            let rest = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            Ok(rest.map(|middle| [to_before, middle, to_after].concat().into()))
        }
        _ => Err(odd()),
    }
}
