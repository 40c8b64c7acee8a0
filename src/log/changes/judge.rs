//! One `git diff-tree --stdin` for the commits whose changes only git can list. It ends with the answer, so whatever it
//! says on stderr, such as that there were too many files to look for renames, is said once, as `git log` would. Where it
//! fails, that is nobody's business: git answers all of the question then.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use bstr::{BString, ByteSlice};
use gix::ObjectId;
use gix::hash::oid;
use gix::objs::tree::EntryKind;

use super::Renames;
use crate::repo::NotExact;

/// A line that names no object comes back as it is, and flushes what was printed before.
const END: &[u8] = b"-\n";

/// A change as git tells it: see [`super::FileChange`].
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) status: u8,
    pub(super) score: Option<u8>,
    pub(super) old: Option<(EntryKind, ObjectId)>,
    pub(super) new: Option<(EntryKind, ObjectId)>,
    pub(super) path: BString,
    pub(super) target: Option<BString>,
}

/// A git that runs beside.
pub(super) struct Judge {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    complaints: File,
}

fn failed(what: &dyn std::fmt::Display) -> NotExact {
    NotExact::from(format!("git listing changes: {what}"))
}

impl Judge {
    pub(super) fn start(git: &Path, renames: Renames, pathspec: &[BString]) -> Result<Judge, NotExact> {
        let detection = match renames {
            Renames::No => "--no-renames",
            Renames::Renames => "-M",
            Renames::Copies => "-C",
        };
        let complaints = tempfile::tempfile().map_err(|err| failed(&err))?;
        let stderr = complaints.try_clone().map_err(|err| failed(&err))?;
        let mut child = Command::new(git)
            .args(["diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-commit-id"])
            .args([detection, "--"])
            .args(pathspec.iter().map(|path| OsStr::from_bytes(path)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .map_err(|err| failed(&err))?;
        let questions = child.stdin.take();
        let answers = child.stdout.take().ok_or_else(|| failed(&"no output"))?;
        Ok(Judge { child, questions, answers: BufReader::new(answers), complaints })
    }

    /// What the differences are between each commit and the parent behind it, or each tree and the tree behind it.
    pub(super) fn ask(&mut self, pairs: &[(&oid, &oid)]) -> Result<Vec<Vec<Judged>>, NotExact> {
        let mut text = Vec::with_capacity(pairs.len() * 84);
        for (one, other) in pairs {
            // Writing to a Vec does not fail.
            let _ = writeln!(text, "{one} {other}");
            text.extend_from_slice(END);
        }
        let questions = self.questions.as_mut().ok_or_else(|| failed(&"no input"))?;
        let (answers, child) = (&mut self.answers, &mut self.child);
        std::thread::scope(|scope| {
            // git may wait for its answers being read before it reads on.
            let writer = scope.spawn(move || questions.write_all(&text).and_then(|()| questions.flush()));
            let judged: Result<Vec<_>, _> = pairs.iter().map(|_| read_answer(answers)).collect();
            if judged.is_err() {
                // Else the writer might wait for it.
                let _ = child.kill();
            } else if !writer.join().is_ok_and(|written| written.is_ok()) {
                return Err(failed(&"it has stopped reading"));
            }
            judged
        })
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        // At the end of its input it says what it has to say.
        drop(self.questions.take());
        let has_succeeded = self.child.wait().is_ok_and(|status| status.success());
        if has_succeeded && self.complaints.rewind().is_ok() {
            let _ = std::io::copy(&mut self.complaints, &mut std::io::stderr());
        }
    }
}

fn read_answer(answers: &mut impl BufRead) -> Result<Vec<Judged>, NotExact> {
    let mut changes = Vec::new();
    loop {
        match answers.fill_buf().map_err(|err| failed(&err))?.first().copied() {
            Some(b':') => changes.push(read_change(answers)?),
            Some(b'-') if read_line(answers)? == END => return Ok(changes),
            // Trees are named before their differences.
            Some(digit) if digit.is_ascii_hexdigit() && changes.is_empty() => drop(read_line(answers)?),
            Some(_) => return Err(failed(&"an odd answer")),
            None => return Err(failed(&"its answer is short")),
        }
    }
}

fn read_line(answers: &mut impl BufRead) -> Result<Vec<u8>, NotExact> {
    let mut line = Vec::new();
    answers.read_until(b'\n', &mut line).map_err(|err| failed(&err))?;
    Ok(line)
}

fn read_change(answers: &mut impl BufRead) -> Result<Judged, NotExact> {
    let mut next = || -> Result<BString, NotExact> {
        let mut field = Vec::new();
        answers.read_until(0, &mut field).map_err(|err| failed(&err))?;
        match field.pop() {
            Some(0) => Ok(field.into()),
            _ => Err(failed(&"its answer is short")),
        }
    };
    let odd = || failed(&"an odd answer");
    let about = next()?;
    let fields: Vec<&[u8]> = about.strip_prefix(b":").ok_or_else(odd)?.split_str(b" ").collect();
    let &[old_mode, new_mode, old_id, new_id, status] = fields.as_slice() else { return Err(odd()) };
    let (status, score) = status.split_first().ok_or_else(odd)?;
    let score = match score {
        b"" => None,
        digits => Some(digits.to_str().ok().and_then(|digits| digits.parse().ok()).ok_or_else(odd)?),
    };
    let value = |mode: &[u8], id: &[u8]| {
        let kind = match mode {
            b"000000" => return Ok(None),
            b"100644" => EntryKind::Blob,
            b"100755" => EntryKind::BlobExecutable,
            b"120000" => EntryKind::Link,
            b"160000" => EntryKind::Commit,
            _ => return Err(odd()),
        };
        Ok(Some((kind, ObjectId::from_hex(id).map_err(|_| odd())?)))
    };
    Ok(Judged {
        status: *status,
        score,
        old: value(old_mode, old_id)?,
        new: value(new_mode, new_id)?,
        path: next()?,
        target: if matches!(status, b'R' | b'C') { Some(next()?) } else { None },
    })
}
