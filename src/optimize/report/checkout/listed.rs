//! What git lists of a tree, and of how one tree differs from another.

use std::process::Stdio;

use bstr::{BStr, ByteSlice};
use gix::ObjectId;

use super::sums::{Entry, Mode, Sums};
use crate::optimize::context::Context;
use crate::optimize::report::sizes;
use crate::repo::NotExact;

/// How much of packs git may map at once, and in which pieces: all of them else. It takes 0.2 s more for a pack of 570 MB in
/// which trees lie everywhere.
const MAPPED: [&str; 4] = ["-c", "core.packedGitLimit=384m", "-c", "core.packedGitWindowSize=16m"];

/// When more entries differ, to list all of them is as quick.
const MANY: usize = 10_000;

/// Sums up a tree.
pub(super) fn all(context: &Context, tree: &str, partial: bool) -> Result<Sums, NotExact> {
    let mut args = MAPPED.to_vec();
    args.extend(["ls-tree", "-r", "-t", "-z", "--full-tree"]);
    args.extend((!partial).then_some("--long"));
    args.push(tree);
    let output =
        context.git(&args).stdin(Stdio::null()).stderr(Stdio::null()).output().map_err(Context::fails)?;
    let mut sums = Sums::default();
    for line in output.stdout.split(|b| *b == 0).filter(|line| !line.is_empty()) {
        let Some((head, path)) = line.split_once_str("\t") else { continue };
        let fields: Vec<&[u8]> = head.fields().collect();
        let &[mode, _, id, ref size @ ..] = fields.as_slice() else { continue };
        let mode = Mode::of(mode);
        let size = match size.first() {
            _ if !mode.has_size() => Some(0),
            Some(size) => size.to_str().ok().and_then(|size| size.parse().ok()),
            None => match ObjectId::from_hex(id) {
                Ok(id) => sizes::of_one(context.repo.objects()?, &id),
                Err(_) => None,
            },
        };
        sums.add(Entry { path: path.as_bstr(), mode, size });
    }
    Ok(sums)
}

/// One side of a difference.
struct Side<'o> {
    path: &'o BStr,
    mode: Mode,
    id: ObjectId,
}

/// Brings the sums of a tree up to another one. `None` where that can't be done, or is not worth it.
pub(super) fn changed(context: &Context, mut sums: Sums, before: &str, now: &str) -> Option<Sums> {
    let options = ["--no-renames", "--no-relative", "--ignore-submodules=none", "--no-abbrev"];
    let mut args = vec!["diff-tree", "-r", "-t", "-z", "--raw"];
    args.extend(options);
    args.extend([before, now]);
    let mut command = context.git(&args);
    // What is not here is no reason to fetch it.
    command.env("GIT_NO_LAZY_FETCH", "1").stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok().filter(|output| output.status.success())?;
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    let mut fields = output.stdout.split(|b| *b == 0).filter(|field| !field.is_empty());
    while let Some(head) = fields.next() {
        let path = fields.next()?.as_bstr();
        let words: Vec<&[u8]> = head.strip_prefix(b":")?.fields().collect();
        let &[mode_before, mode_now, id_before, id_now, _] = words.as_slice() else { return None };
        for (list, mode, id) in [(&mut gone, mode_before, id_before), (&mut come, mode_now, id_now)] {
            if mode != b"000000" {
                list.push(Side { path, mode: Mode::of(mode), id: ObjectId::from_hex(id).ok()? });
            }
        }
    }
    if gone.len() + come.len() > MANY {
        return None;
    }
    let sides = || gone.iter().chain(&come);
    let objects = context.repo.objects().ok()?;
    let size = |side: &Side<'_>| {
        if side.mode.has_size() { sizes::of_one(objects, &side.id) } else { Some(0) }
    };
    let sizes: Vec<Option<u64>> = sides().map(size).collect();
    let (sizes_gone, sizes_come) = sizes.split_at(gone.len());
    let entry = |(side, size): (&Side<'_>, &Option<u64>)| (side.path.to_owned(), side.mode, *size);
    for (path, mode, size) in gone.iter().zip(sizes_gone).map(entry) {
        sums.take(Entry { path: path.as_bstr(), mode, size });
    }
    for (path, mode, size) in come.iter().zip(sizes_come).map(entry) {
        sums.add(Entry { path: path.as_bstr(), mode, size });
    }
    sums.are_complete().then_some(sums)
}
