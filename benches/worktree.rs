//! Generated worktrees, what is asked about them, and the floor.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use rustix::fs::{AtFlags, Mode, OFlags};

use crate::support::programs::{command, git, ours, succeed};

const LEVELS: usize = 5;
/// How many different contents files have.
const CONTENTS: usize = 997;

/// A worktree of a given number of files.
pub(crate) struct Worktree {
    pub(crate) top: PathBuf,
    pub(crate) directories: usize,
    files: usize,
}

impl Worktree {
    /// Makes one in `place`, or finds it there: 8 to 12 files a directory, five levels.
    pub(crate) fn make(place: &Path, files: usize) -> io::Result<Self> {
        let top = place.join(format!("worktree-{files}"));
        let mut maker = Maker { left: files, directories: 0, fan: fan_out(files) };
        let exists = top.join(".git/ready").exists();
        if !exists {
            fs::create_dir_all(&top)?;
            git(&top, &["init", "-q", "-b", "main"])?;
            fs::write(top.join(".gitignore"), "*.o\nbuild/\n/target\n!keep.o\n")?;
        }
        maker.level(&top, 0, !exists)?;
        let tree = Self { top, directories: maker.directories, files };
        if !exists {
            tree.commit()?;
        }
        Ok(tree)
    }

    fn commit(&self) -> io::Result<()> {
        // Ignored things, as after a build.
        for number in 0..100 {
            let place = self.top.join(format!("target/{}", number % 10));
            fs::create_dir_all(&place)?;
            fs::write(place.join(format!("{number}.o")), "x")?;
        }
        git(&self.top, &["config", "gc.auto", "0"])?;
        git(&self.top, &["add", "-A"])?;
        git(&self.top, &["commit", "-qm", "all"])?;
        // Entries that are as old as the index would be compared each time.
        std::thread::sleep(Duration::from_millis(2100));
        git(&self.top, &["status"])?;
        let (plain, cached) = (self.top.join(".git/index"), self.top.join(".git/index-uc"));
        fs::copy(plain, cached)?;
        fs::write(self.top.join(".git/ready"), "")
    }

    /// With ten edits, ten new files and one staged, or without.
    pub(crate) fn set_dirty(&self, dirty: bool) -> io::Result<()> {
        let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(&self.top).output()?.stdout;
        let paths: Vec<&[u8]> = listed.split(|byte| *byte == 0).filter(|path| !path.is_empty()).collect();
        let path = |number: usize| -> &OsStr { OsStr::from_bytes(paths[number * (paths.len() - 1) / 21]) };
        for number in 0..10 {
            let edited = self.top.join(path(2 * number + 1));
            let new = self.top.join(path(2 * number + 2)).with_file_name("a-new-file");
            match dirty {
                true => {
                    fs::write(edited, "edited\n")?;
                    fs::write(new, "new\n")?;
                }
                false => drop(fs::remove_file(new)),
            }
        }
        let staged = path(20).to_string_lossy().into_owned();
        for cached in [false, true] {
            let run =
                |words: &[&str]| -> io::Result<()> { succeed(self.git_command(words, cached)).map(drop) };
            match dirty {
                true => {
                    fs::write(self.top.join(&staged), "staged\n")?;
                    run(&["add", "--", &staged])?;
                }
                false => run(&["reset", "-q", "--hard"])?,
            }
            std::thread::sleep(Duration::from_millis(2100));
            // The second time reads what the first one has written.
            run(&["status"])?;
            run(&["status"])?;
        }
        for words in [&[][..], &["-uall"], &["--ignored"], &["-uall"]] {
            timed_ours(self.our_status(words))?;
        }
        Ok(())
    }

    fn git_command(&self, words: &[&str], cached: bool) -> Command {
        let mut command = command::<&str>("git", &self.top, &[]);
        command.env("GIT_INDEX_FILE", self.top.join(if cached { ".git/index-uc" } else { ".git/index" }));
        command.args(["-c", if cached { "core.untrackedCache=true" } else { "core.untrackedCache=false" }]);
        command.args(["-c", "advice.statusUoption=false"]).args(words);
        command
    }

    pub(crate) fn git_status(&self, words: &[&str], cached: bool) -> Command {
        let words: Vec<&str> = std::iter::once("status").chain(words.iter().copied()).collect();
        self.git_command(&words, cached)
    }

    /// gitoxide's program; it is not to write the index that the others read.
    pub(crate) fn gix_status(&self, words: &[&str]) -> Command {
        let mut all = vec!["status", "--no-write"];
        all.extend(words.iter().map(|word| match *word {
            "-uno" => "--untracked=no",
            "-uall" => "--untracked=all",
            "--ignored" => "--ignored=collapsed",
            other => other,
        }));
        command("gix", &self.top, &all)
    }

    pub(crate) fn our_status(&self, words: &[&str]) -> Command {
        command(ours("git-faststatus"), &self.top, words)
    }

    /// Both answers must be the same, and ours must be our own.
    pub(crate) fn check(&self, words: &[&str]) -> io::Result<()> {
        let their = succeed(self.git_status(words, false))?;
        let mut ours = self.our_status(words);
        ours.arg("--no-fallback");
        match succeed(ours)? == their {
            true => Ok(()),
            false => Err(io::Error::other(format!("{} files, {words:?}: the answers differ", self.files))),
        }
    }
}

fn timed_ours(mut command: Command) -> io::Result<()> {
    std::thread::sleep(Duration::from_millis(120));
    command.stdout(Stdio::null()).status().map(drop)
}

/// How many directories a directory has, so that five levels hold all files.
fn fan_out(files: usize) -> usize {
    let directories = files / 10;
    (2..)
        .find(|fan| (1..=LEVELS as u32).map(|level| usize::pow(*fan, level)).sum::<usize>() >= directories)
        .unwrap_or(2)
}

/// Makes files from the top down, until there are enough.
struct Maker {
    left: usize,
    directories: usize,
    fan: usize,
}

impl Maker {
    fn level(&mut self, dir: &Path, depth: usize, write: bool) -> io::Result<()> {
        let count = (8 + self.directories % 5).min(self.left);
        self.directories += 1;
        for number in 0..count {
            self.left -= 1;
            if write {
                let mut file = fs::File::create(dir.join(format!("source_{number:02}.rs")))?;
                write!(
                    file,
                    "// {}\n{}",
                    self.left % CONTENTS,
                    "fn f() {}\n".repeat(self.left % CONTENTS % 40)
                )?;
            }
        }
        if depth == LEVELS {
            return Ok(());
        }
        for number in 0..self.fan {
            if self.left == 0 {
                break;
            }
            let below = dir.join(format!("module_{number:02}"));
            if write {
                fs::create_dir_all(&below)?;
            }
            self.level(&below, depth + 1, write)?;
        }
        Ok(())
    }
}

/// How long it takes to ask for the stat data of every tracked file, the list of which is known.
///
/// Wall-clock time and the time of all processors.
pub(crate) fn floor(top: &Path) -> io::Result<(Duration, Duration)> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(top).output()?.stdout;
    let mut directories: Vec<(PathBuf, Vec<&OsStr>)> = Vec::new();
    for path in listed.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
        let path = Path::new(OsStr::from_bytes(path));
        let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { continue };
        match directories.last_mut() {
            Some((last, names)) if last == dir => names.push(name),
            _ => directories.push((dir.to_owned(), vec![name])),
        }
    }
    let top = rustix::fs::open(top, OFlags::RDONLY | OFlags::DIRECTORY, Mode::empty())?;
    let asked = |(dir, names): &(PathBuf, Vec<&OsStr>)| -> rustix::io::Result<()> {
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        let dir = rustix::fs::openat(&top, dir, OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
        names.iter().try_for_each(|name| rustix::fs::statat(&dir, *name, AtFlags::SYMLINK_NOFOLLOW).map(drop))
    };
    // Threads are started before the clock is.
    rayon::broadcast(|_| ());
    let (start, used) = (Instant::now(), processor_time());
    directories.par_iter().map(asked).collect::<rustix::io::Result<()>>()?;
    Ok((start.elapsed(), processor_time().saturating_sub(used)))
}

fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
