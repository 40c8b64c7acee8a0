//! Which words of a command line without `--` are paths: from the first one on that is no revision, all of them.
//!
//! git demands that those exist, that no option follows them, and that no revision could be meant as a path (that is
//! looked at where revisions are resolved). Whatever is not plain on one side or the other is git's to answer, and
//! so are its complaints.

use std::io::ErrorKind;

use bstr::{BStr, BString, ByteSlice};

use crate::log::options::{LogOptions, Tip};
use crate::repo::{NotExact, Repo};

/// Moves the words that are paths from the tips to the paths of `options`.
///
/// # Errors
/// When git would refuse them, or when it is not certain what a word is.
pub fn take(repo: &Repo, options: &mut LogOptions) -> Result<(), NotExact> {
    // Without a worktree no word is taken for a file here: what is no revision is refused later.
    if options.has_dash_dash || repo.work_dir.is_none() || repo.is_inside_git_dir() {
        return Ok(());
    }
    let Some(first) = first_path(repo, &options.tips)? else { return Ok(()) };
    if first < options.tips_before_options {
        return Err("an option behind a path".into());
    }
    for tip in options.tips.drain(first..) {
        let Tip::Revision { spec, .. } = tip else { return Err("an option behind a path".into()) };
        if !is_acceptable(spec.as_bstr())? {
            return Err(format!("'{spec}' is not there").into());
        }
        options.paths.push(spec);
    }
    Ok(())
}

fn first_path(repo: &Repo, tips: &[Tip]) -> Result<Option<usize>, NotExact> {
    for (at, tip) in tips.iter().enumerate() {
        // Behind a colon there may be an entry of the index, or a commit message.
        if let Tip::Revision { spec, .. } = tip
            && !spec.starts_with(b":")
            && is_acceptable(spec.as_bstr())?
            && !may_be_revision(repo, spec.as_bstr())?
        {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// Whether git accepts the word as a path, there being no `--`: a file, or something that is surely a pathspec.
fn is_acceptable(word: &BStr) -> Result<bool, NotExact> {
    if word.starts_with(b"-") {
        return Ok(false);
    }
    if has_wildcard(word) || word.starts_with(b":(") {
        return Ok(true);
    }
    let file = match word.strip_prefix(b":!").or_else(|| word.strip_prefix(b":^")) {
        Some(rest) => rest.as_bstr(),
        None if word.starts_with(b":/") => return Err("a path from the top without --".into()),
        None => word,
    };
    if file.is_empty() {
        return Ok(!word.is_empty());
    }
    let file = file.to_path().map_err(|err| NotExact::from(err.to_string()))?;
    match file.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(err) if matches!(err.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(err) => Err(format!("{}: {err}", file.display()).into()),
    }
}

/// A wildcard without a backslash in front of it. The backslash itself does not count.
fn has_wildcard(word: &BStr) -> bool {
    let mut bytes = word.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'*' | b'?' | b'[' => return true,
            _ => {}
        }
    }
    false
}

/// Whether git could read `word` as a revision (gitrevisions(7)); what is said of a ref here is certain only where
/// the answer is no.
fn may_be_revision(repo: &Repo, word: &BStr) -> Result<bool, NotExact> {
    let is_hex = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_hexdigit);
    let described = || word.rfind(b"-g").is_some_and(|at| is_hex(&word[at + 2..]));
    let operator = word.find_byteset(b"^~:").is_some() || word.contains_str("@{") || word == "@";
    if operator || (word.len() >= 4 && is_hex(word)) || described() {
        return Ok(true);
    }
    if let Some(at) = word.find("..") {
        // No ref begins or ends with a slash.
        let (left, right) = (&word[..at], word[at + 2..].trim_start_with(|c| c == '.'));
        let only_dots = left.is_empty() && right.is_empty() && word.len() == 2;
        return Ok(!(only_dots || left.ends_with(b"/") || right.starts_with(b"/")));
    }
    let full = BString::from([b"refs/heads/", word.as_bytes()].concat());
    match gix::refs::FullName::try_from(full) {
        Err(_) => Ok(false),
        Ok(_) => Ok(repo.find_ref(word)?.is_some()),
    }
}
