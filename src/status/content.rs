//! Comparing the contents of files with the index, for the few where stat data are not enough.
//!
//! Line endings and `ident` are undone as git undoes them. Filter programs and encodings are git's.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};

use bstr::{BStr, BString, ByteSlice};
use gix::ObjectId;
use gix::filter::plumbing::eol::{self, AttributesDigest, AutoCrlf};
use gix::filter::plumbing::ident;
use gix::objs::Kind;
use rayon::prelude::*;
use rustix::fs::{FileType, Mode, OFlags, Stat};

use super::attributes::{AttributeFiles, Attributes, State};
use super::index_file::IndexFile;
use super::snapshot::{Compared, Identity, Snapshot};
use super::stat::stat_at;
use crate::repo::config::Config;
use crate::repo::{NotExact, Repo};

/// Bytes that are hashed at a time.
const BUFFER: usize = 128 << 10;
/// Files with more bytes than this are not read into memory as a whole.
const LARGEST: u64 = 512 << 20;

/// How a file's content becomes the object's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Conversion {
    digest: AttributesDigest,
    ident: bool,
}

impl Conversion {
    const NONE: Conversion = Conversion { digest: AttributesDigest::Binary, ident: false };

    /// As the snapshot has it.
    fn number(self) -> u32 {
        self.digest as u32 | u32::from(self.ident) << 8
    }
}

/// A file to be compared.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Its entry in the index.
    pub at: usize,
    /// The file as it was found.
    pub stat: Stat,
}

/// A file that was compared.
pub struct Answer {
    /// Its entry in the index.
    pub at: usize,
    /// Whether it is what the index has.
    pub same: bool,
    /// What the snapshot should remember of it, unless it does already.
    pub compared: Option<Compared>,
    /// Whether its content was read.
    pub was_read: bool,
}

/// What contents are compared by.
pub struct Contents<'a> {
    repo: &'a Repo,
    index: &'a IndexFile,
    top: &'a OwnedFd,
    config: &'a Config,
    eol: eol::Configuration,
    snapshot: Option<&'a Snapshot>,
}

impl<'a> Contents<'a> {
    /// Reads the settings.
    pub fn new(
        repo: &'a Repo,
        index: &'a IndexFile,
        top: &'a OwnedFd,
        config: &'a Config,
        snapshot: Option<&'a Snapshot>,
    ) -> Result<Self, NotExact> {
        let auto_crlf = match config.string("core.autocrlf") {
            Ok(Some(value)) if value == "input" => AutoCrlf::Input,
            _ => match config.bool("core.autocrlf")? {
                Some(true) => AutoCrlf::Enabled,
                _ => AutoCrlf::Disabled,
            },
        };
        let eol = match config.string("core.eol")?.map(|value| value.to_ascii_lowercase()).as_deref() {
            None | Some(b"native") => None,
            Some(b"lf") => Some(eol::Mode::Lf),
            Some(b"crlf") => Some(eol::Mode::CrLf),
            Some(_) => return Err("core.eol".into()),
        };
        if auto_crlf == AutoCrlf::Input && eol == Some(eol::Mode::CrLf) {
            return Err("core.autocrlf with core.eol".into());
        }
        Ok(Contents { repo, index, top, config, eol: eol::Configuration { auto_crlf, eol }, snapshot })
    }

    /// Compares all of them; the answers are in the order of the questions.
    pub fn compare(&self, questions: &[Question]) -> Result<Vec<Answer>, NotExact> {
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let conversions = self.conversions(questions)?;
        let pairs: Vec<(&Question, &Conversion)> = questions.iter().zip(&conversions).collect();
        let plain = |conversion: &Conversion| *conversion == Conversion::NONE;
        // Plain contents on all threads; the rest may need objects, which are read by one.
        let (index, top, snapshot) = (self.index, self.top, self.snapshot);
        let first: Vec<Result<Option<Answer>, NotExact>> = pairs
            .par_iter()
            .map(|(question, conversion)| {
                if let Some(answer) = remembered(index, snapshot, question, **conversion) {
                    return Ok(Some(answer));
                }
                if !plain(conversion) {
                    return Ok(None);
                }
                let entry = index.entry(question.at);
                let same = match FileType::from_raw_mode(question.stat.st_mode) {
                    FileType::Symlink => link_is(top, entry.path, entry.id(), &question.stat)?,
                    _ => file_is(top, entry.path, entry.id(), &question.stat)?,
                };
                Ok(Some(new_answer(index, question, **conversion, same)))
            })
            .collect();
        let mut answers = Vec::with_capacity(questions.len());
        for (answer, (question, conversion)) in first.into_iter().zip(pairs) {
            answers.push(match answer? {
                Some(answer) => answer,
                None => {
                    let same = self.converted_is(question, *conversion)?;
                    new_answer(index, question, *conversion, same)
                }
            });
        }
        Ok(answers)
    }

    /// Whether one of these is stored in another way than it is in the worktree.
    ///
    /// # Errors
    /// As those of [`Contents::compare`].
    pub fn are_converted(&self, questions: &[Question]) -> Result<bool, NotExact> {
        Ok(self.conversions(questions)?.iter().any(|conversion| *conversion != Conversion::NONE))
    }

    fn conversions(&self, questions: &[Question]) -> Result<Vec<Conversion>, NotExact> {
        let mut files = AttributeFiles::new(self.repo, self.config, |path| self.attributes_file(path))?;
        let mut last: Option<(BString, super::attributes::Stack)> = None;
        let mut conversions = Vec::with_capacity(questions.len());
        for question in questions {
            if FileType::from_raw_mode(question.stat.st_mode).is_symlink() {
                conversions.push(Conversion::NONE);
                continue;
            }
            let path = self.index.path(question.at);
            let directory = path[..path.rfind_byte(b'/').map_or(0, |at| at + 1)].as_bstr();
            let stack = match &mut last {
                Some((known, stack)) if *known == directory => stack,
                _ => &mut last.insert((directory.to_owned(), files.stack(directory)?)).1,
            };
            conversions.push(self.conversion(&stack.of(path))?);
        }
        Ok(conversions)
    }

    /// A `.gitattributes` from the worktree, or from the index where it is missing there.
    fn attributes_file(&self, path: &BStr) -> Result<Option<Vec<u8>>, NotExact> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        match rustix::fs::openat(self.top, path.as_bytes(), flags, Mode::empty()) {
            Ok(file) => {
                let mut text = Vec::new();
                let mut file = File::from(file);
                let read = file.metadata().and_then(|meta| match meta.is_file() {
                    true => file.read_to_end(&mut text),
                    false => Err(std::io::Error::other("it is not a file")),
                });
                read.map_err(|err| NotExact::from(format!("{path}: {err}")))?;
                return Ok(Some(text));
            }
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => {}
            Err(err) => return Err(format!("{path}: {err}").into()),
        }
        let Some(at) = self.index.find(path).next() else { return Ok(None) };
        Ok(Some(self.blob(self.index.entry(at).id().to_owned())?))
    }

    fn blob(&self, id: ObjectId) -> Result<Vec<u8>, NotExact> {
        Ok(self.repo.object(&id)?.data)
    }

    fn conversion(&self, attributes: &Attributes) -> Result<Conversion, NotExact> {
        match attributes.encoding() {
            State::Unspecified => {}
            _ => return Err("working-tree-encoding".into()),
        }
        if let State::Value(driver) = attributes.filter() {
            let driver = driver.to_str_lossy();
            let has = |key: &str| self.config.contains(&format!("filter.{driver}.{key}"));
            if has("clean") || has("process") || has("required") {
                return Err("a filter program".into());
            }
        }
        let text = |state: &State| match state {
            State::Set => Some(AttributesDigest::Text),
            State::Unset => Some(AttributesDigest::Binary),
            State::Value(value) if value == "input" => Some(AttributesDigest::TextInput),
            State::Value(value) if value == "auto" => Some(AttributesDigest::TextAuto),
            State::Value(_) | State::Unspecified => None,
        };
        let mut digest = text(attributes.text()).or_else(|| text(attributes.crlf()));
        if digest != Some(AttributesDigest::Binary)
            && let State::Value(eol) = attributes.eol()
        {
            digest = match (digest, eol.as_slice()) {
                (Some(AttributesDigest::TextAuto), b"lf") => Some(AttributesDigest::TextAutoInput),
                (Some(AttributesDigest::TextAuto), b"crlf") => Some(AttributesDigest::TextAutoCrlf),
                (_, b"lf") => Some(AttributesDigest::TextInput),
                (_, b"crlf") => Some(AttributesDigest::TextCrlf),
                _ => digest,
            };
        }
        let digest = match digest {
            None => self.eol.auto_crlf.into(),
            Some(AttributesDigest::Text) => self.eol.to_eol().into(),
            Some(digest) => digest,
        };
        Ok(Conversion { digest, ident: *attributes.ident() == State::Set })
    }

    fn converted_is(&self, question: &Question, conversion: Conversion) -> Result<Verdict, NotExact> {
        if question.stat.st_size as u64 > LARGEST {
            return Err("a large file with line endings to convert".into());
        }
        let entry = self.index.entry(question.at);
        let Some(mut file) = open_file(self.top, entry.path) else { return Ok(Verdict::of_unread()) };
        let mut text = Vec::new();
        if file.read_to_end(&mut text).is_err() {
            return Ok(Verdict::of_unread());
        }
        let lasting = is_still(&file, &question.stat);
        let failed = |err: &dyn std::fmt::Display| NotExact::from(format!("{}: {err}", entry.path));
        let mut buffer = Vec::new();
        let id = entry.id().to_owned();
        let mut in_index = |out: &mut Vec<u8>| match self.blob(id) {
            Ok(blob) => {
                *out = blob;
                Ok(Some(()))
            }
            Err(_) => Ok(None),
        };
        let options = eol::convert_to_git::Options { round_trip_check: None, config: self.eol };
        let changed = eol::convert_to_git(&text, conversion.digest, &mut buffer, &mut in_index, options);
        if changed.map_err(|err| failed(&err))? {
            std::mem::swap(&mut text, &mut buffer);
        }
        if conversion.ident && ident::undo(&text, &mut buffer).map_err(|err| failed(&err))? {
            std::mem::swap(&mut text, &mut buffer);
        }
        Ok(Verdict { same: hash_is(Kind::Blob, &text, entry.id())?, lasting })
    }
}

/// What a comparison came to.
#[derive(Debug, Clone, Copy)]
struct Verdict {
    same: bool,
    /// It is about the file whose stat data is known, and not about one that has taken its place.
    lasting: bool,
}

impl Verdict {
    /// A file that can't be read is one that has changed.
    fn of_unread() -> Verdict {
        Verdict { same: false, lasting: false }
    }
}

/// Whether this is, and was all the time, the file that has this stat data.
fn is_still(file: impl AsFd, stat: &Stat) -> bool {
    let is_same = |now: Stat| Identity::of(&now) == Identity::of(stat) && now.st_size == stat.st_size;
    rustix::fs::fstat(file).is_ok_and(is_same)
}

/// What the snapshot remembers about a file in just this state.
fn remembered(
    index: &IndexFile,
    snapshot: Option<&Snapshot>,
    question: &Question,
    conversion: Conversion,
) -> Option<Answer> {
    let entry = index.entry(question.at);
    let compared = Compared::new(&question.stat, conversion.number(), entry.id().to_owned());
    let same = snapshot?.same_content(entry.path, &compared)?;
    Some(Answer { at: question.at, same, compared: None, was_read: false })
}

fn new_answer(index: &IndexFile, question: &Question, conversion: Conversion, verdict: Verdict) -> Answer {
    let object = index.entry(question.at).id().to_owned();
    let compared = verdict.lasting.then(|| Compared::new(&question.stat, conversion.number(), object));
    Answer { at: question.at, same: verdict.same, compared, was_read: true }
}

fn open_file(top: impl AsFd, path: &BStr) -> Option<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    rustix::fs::openat(top, path.as_bytes(), flags, Mode::empty()).ok().map(File::from)
}

fn link_is(top: impl AsFd, path: &BStr, id: &gix::oid, stat: &Stat) -> Result<Verdict, NotExact> {
    let Ok(target) = rustix::fs::readlinkat(&top, path.as_bytes(), Vec::new()) else {
        return Ok(Verdict::of_unread());
    };
    let now = stat_at(top, path.as_bytes())?;
    let lasting = now.is_some_and(|now| Identity::of(&now) == Identity::of(stat));
    Ok(Verdict { same: hash_is(Kind::Blob, target.as_bytes(), id)?, lasting })
}

fn hash_is(kind: Kind, data: &[u8], id: &gix::oid) -> Result<bool, NotExact> {
    let found = gix::objs::compute_hash(id.kind(), kind, data);
    Ok(found.map_err(|err| NotExact::from(format!("hashing: {err}")))?.as_bytes() == id.as_bytes())
}

fn file_is(top: impl AsFd, path: &BStr, id: &gix::oid, stat: &Stat) -> Result<Verdict, NotExact> {
    let Some(mut file) = open_file(top, path) else { return Ok(Verdict::of_unread()) };
    let size = stat.st_size as u64;
    let mut hasher = gix::hash::hasher(id.kind());
    hasher.update(&gix::objs::encode::loose_header(Kind::Blob, size));
    let mut buffer = vec![0; BUFFER.min(size as usize + 1)];
    let mut total = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => {
                total += length as u64;
                hasher.update(&buffer[..length]);
            }
            Err(err) if err.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return Ok(Verdict::of_unread()),
        }
    }
    let found = hasher.try_finalize().map_err(|err| NotExact::from(format!("hashing: {err}")))?;
    let same = total == size && found.as_bytes() == id.as_bytes();
    Ok(Verdict { same, lasting: is_still(&file, stat) })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;

    const OURS: &[u8] = b"what the index has\n";
    /// As long, and not the same.
    const OTHER: &[u8] = b"something different";

    /// `f` is found as `before` leaves it and read as `after` does: whether it is what the index has, and whether that
    /// is remembered.
    fn swapped(before: fn(&Path), after: fn(&Path)) -> (bool, bool) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("f");
        before(&file);
        let top = rustix::fs::open(dir.path(), OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).unwrap();
        let stat = stat_at(&top, "f").unwrap().unwrap();
        after(&file);
        let is = |data: &[u8]| gix::objs::compute_hash(gix::hash::Kind::Sha1, Kind::Blob, data).unwrap();
        let verdict = match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => link_is(&top, "f".into(), &is(b"target"), &stat),
            _ => file_is(&top, "f".into(), &is(OURS), &stat),
        };
        let verdict = verdict.unwrap();
        (verdict.same, verdict.lasting)
    }

    fn ours(file: &Path) {
        fs::write(file, OURS).unwrap();
    }

    fn other(file: &Path) {
        fs::write(file, OTHER).unwrap();
    }

    fn link(file: &Path) {
        symlink("target", file).unwrap();
    }

    fn nothing(_: &Path) {}

    fn replace(file: &Path, with: fn(&Path)) {
        // What was there is kept, so that its inode is not given to what comes.
        fs::rename(file, file.with_extension("old")).unwrap();
        with(file);
    }

    #[test]
    fn what_is_read_is_remembered_only_of_the_file_that_was_found() {
        assert_eq!(swapped(ours, nothing), (true, true));
        assert_eq!(swapped(other, nothing), (false, true));
        assert_eq!(swapped(link, nothing), (true, true));
        // Another file in its place: the answer is about that one, and nothing is known of the one that was found.
        assert_eq!(swapped(ours, |file| replace(file, other)), (false, false));
        assert_eq!(swapped(other, |file| replace(file, ours)), (true, false));
        assert_eq!(
            swapped(link, |file| replace(file, |file| symlink("elsewhere", file).unwrap())),
            (false, false)
        );
        assert_eq!(swapped(link, |file| replace(file, ours)), (false, false));
        assert_eq!(swapped(ours, |file| replace(file, link)), (false, false));
        assert_eq!(swapped(ours, |file| replace(file, |file| fs::create_dir(file).unwrap())), (false, false));
        assert_eq!(swapped(ours, |file| fs::remove_file(file).unwrap()), (false, false));
        // The same file, written meanwhile: with another size the time need not tell.
        assert_eq!(swapped(ours, |file| fs::write(file, [OURS, b"more"].concat()).unwrap()), (false, false));
        assert_eq!(swapped(ours, |file| fs::write(file, b"").unwrap()), (false, false));
    }
}
