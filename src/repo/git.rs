//! The `git` program on PATH: which one it is, its version, and where it looks for the system configuration.
//!
//! Asking git costs a process each, so the answers are kept in a small file and belong to that very executable.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bstr::ByteSlice;

use super::NotExact;

/// First field of the file; another layout gets another number.
const CACHE_FORMAT: &[u8] = b"git-fast git program 1";
/// How many executables are remembered: git run as `git` and as a program started by git have different paths.
const CACHE_ENTRIES: usize = 4;
/// Fields of an entry: path, identity, version, system configuration.
const FIELDS: usize = 4;

/// The git that a user gets by typing `git`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitProgram {
    /// The executable, as found on PATH.
    pub path: PathBuf,
    /// What `git version` says after `git version `: `2.47.3`, `2.39.5 (Apple Git-154)`, …
    pub version: String,
    /// The system configuration file that was compiled in. It need not exist.
    pub system_config: Option<PathBuf>,
}

impl GitProgram {
    /// Finds git on PATH, the way execvp does. `cache` names the file that remembers what git said; its directory
    /// must exist for that, and failing to write it is no error.
    pub fn locate(cache: Option<&Path>) -> Result<Self, NotExact> {
        Self::locate_in(&std::env::var_os("PATH").unwrap_or_default(), cache)
    }

    fn locate_in(search: &OsStr, cache: Option<&Path>) -> Result<Self, NotExact> {
        let path = std::env::split_paths(search)
            .map(|dir| if dir.as_os_str().is_empty() { PathBuf::from("./git") } else { dir.join("git") })
            .find(|path| rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok() && !path.is_dir())
            .ok_or(NotExact::because("there is no git on PATH"))?;
        let identity = identity(&path)?;
        let known = cache.map(read_cache).unwrap_or_default();
        if let Some([_, _, version, system_config]) = known
            .iter()
            .find(|entry| entry[0] == path.as_os_str().as_bytes() && entry[1] == identity.as_bytes())
        {
            return Ok(GitProgram {
                path,
                version: version.to_str_lossy().into_owned(),
                system_config: (!system_config.is_empty())
                    .then(|| PathBuf::from(OsStr::from_bytes(system_config))),
            });
        }
        let version = ask(&path, &["version"], false)
            .and_then(|text| Some(text.strip_prefix(b"git version ")?.to_str().ok()?.to_owned()))
            .ok_or(NotExact::because("git does not tell its version"))?;
        let system_config = ask(&path, &["var", "GIT_CONFIG_SYSTEM"], false)
            // Before 2.42, git has no such variable: let it "edit" the file with a program that prints the name.
            .or_else(|| ask(&path, &["config", "--system", "--edit"], true))
            .filter(|path| path.starts_with(b"/"))
            .map(|path| PathBuf::from(OsStr::from_bytes(&path)));
        let program = GitProgram { path, version, system_config };
        if let Some(cache) = cache
            && !is_script(&program.path)
        {
            write_cache(cache, known, &program, &identity);
        }
        Ok(program)
    }

    /// Whether git is at least this release.
    pub fn at_least(&self, major: u32, minor: u32) -> bool {
        let mut numbers = self.version.split(['.', ' ', '-']).map_while(|part| part.parse::<u32>().ok());
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (major, minor)
    }

    /// Whether it takes characters for as wide as Unicode 16 does, which is what is known here.
    pub fn has_known_widths(&self) -> bool {
        self.at_least(2, 47) && !self.at_least(2, 51)
    }
}

/// What changes when another git is installed at the same place.
fn identity(path: &Path) -> Result<String, NotExact> {
    let meta = path.metadata().map_err(|_| NotExact::because("git can't be examined"))?;
    Ok(format!("{} {} {} {} {}", meta.dev(), meta.ino(), meta.size(), meta.mtime(), meta.mtime_nsec()))
}

/// A script can run another git tomorrow without changing itself.
fn is_script(path: &Path) -> bool {
    let mut start = [0; 2];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_err() || &start == b"#!"
}

/// The first line that git prints; `None` when it fails. git runs where no repository and no user configuration
/// can have a say.
fn ask(git: &Path, arguments: &[&str], echo_as_editor: bool) -> Option<Vec<u8>> {
    let mut command = Command::new(std::path::absolute(git).ok()?);
    for (name, _) in std::env::vars_os() {
        if name.as_bytes().starts_with(b"GIT_") && name != "GIT_EXEC_PATH" {
            command.env_remove(name);
        }
    }
    if echo_as_editor {
        command.env("GIT_EDITOR", "echo");
    }
    let output = command
        .args(arguments)
        .current_dir("/")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let line = output.stdout.strip_suffix(b"\n")?;
    (output.status.success() && !line.is_empty() && !line.contains(&b'\n') && !line.contains(&0))
        .then(|| line.to_owned())
}

/// Entries of [`FIELDS`] fields each, every field ended by a NUL; nothing when the file is not whole.
fn read_cache(path: &Path) -> Vec<[Vec<u8>; FIELDS]> {
    let Ok(bytes) = std::fs::read(path) else { return Vec::new() };
    let Some(body) = bytes.strip_prefix(CACHE_FORMAT).and_then(|rest| rest.strip_prefix(b"\0")) else {
        return Vec::new();
    };
    let Some(body) = body.strip_suffix(b"\0") else { return Vec::new() };
    let fields: Vec<&[u8]> = body.split(|b| *b == 0).collect();
    if !fields.len().is_multiple_of(FIELDS) {
        return Vec::new();
    }
    fields.chunks_exact(FIELDS).map(|entry| std::array::from_fn(|at| entry[at].to_vec())).collect()
}

fn write_cache(path: &Path, known: Vec<[Vec<u8>; FIELDS]>, program: &GitProgram, identity: &str) {
    let Some(dir) = path.parent() else { return };
    let own: [&[u8]; FIELDS] = [
        program.path.as_os_str().as_bytes(),
        identity.as_bytes(),
        program.version.as_bytes(),
        program.system_config.as_ref().map_or(b"".as_slice(), |path| path.as_os_str().as_bytes()),
    ];
    let mut bytes = CACHE_FORMAT.to_vec();
    bytes.push(0);
    let others = known.iter().filter(|entry| entry[0] != own[0]).take(CACHE_ENTRIES - 1);
    for entry in std::iter::once(own).chain(others.map(|entry| entry.each_ref().map(|field| &field[..]))) {
        for field in entry {
            bytes.extend_from_slice(field);
            bytes.push(0);
        }
    }
    // Another process may be doing the same: whoever renames last wins, and both are right.
    let named = tempfile::Builder::new().prefix("git-fast.program.").tempfile_in(dir);
    let _ = named.and_then(|mut file| {
        file.write_all(&bytes)?;
        file.persist(path).map_err(|error| error.error)
    });
}

/// For tests: whether the installed git is at least `first` and older than `end`. Else it is said that something could not be
/// compared with it, because it prints that otherwise, and is left to it (`log/versions.rs`).
#[cfg(test)]
pub(crate) fn installed_is(first: (u32, u32), end: (u32, u32), what: &str) -> bool {
    let git = GitProgram::locate(None).expect("git is installed");
    let is = git.at_least(first.0, first.1) && !git.at_least(end.0, end.1);
    if !is {
        let line = format!("NOT COMPARED with git {}, which has {what} of its own\n", git.version);
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
    is
}

/// No git is as new.
#[cfg(test)]
pub(crate) const ANY: (u32, u32) = (u32::MAX, 0);

#[cfg(test)]
mod tests {
    use super::*;

    fn real(search: &OsStr, arguments: &[&str]) -> String {
        let path =
            std::env::split_paths(search).map(|dir| dir.join("git")).find(|git| git.is_file()).unwrap();
        String::from_utf8(Command::new(path).args(arguments).output().unwrap().stdout).unwrap()
    }

    #[test]
    fn asks_git_once_and_remembers() {
        let dir = tempfile::tempdir().unwrap();
        let cache = dir.path().join("git-program");
        let search = std::env::var_os("PATH").unwrap();
        let fresh = GitProgram::locate_in(&search, Some(&cache)).unwrap();
        assert_eq!(format!("git version {}\n", fresh.version), real(&search, &["version"]));
        let system = fresh.system_config.clone().unwrap();
        assert_eq!(
            Command::new(&fresh.path)
                .args(["config", "--system", "--edit"])
                .env("GIT_EDITOR", "echo")
                .env_remove("GIT_CONFIG_SYSTEM")
                .output()
                .unwrap()
                .stdout
                .trim_end(),
            system.as_os_str().as_bytes()
        );
        assert_eq!(GitProgram::locate_in(&search, Some(&cache)).unwrap(), fresh);

        // Whatever the file says about this executable is believed: so it was read, and git was not asked.
        let bytes = std::fs::read(&cache).unwrap();
        std::fs::write(&cache, bytes.replace(&fresh.version, "99.1.0")).unwrap();
        let remembered = GitProgram::locate_in(&search, Some(&cache)).unwrap();
        assert_eq!(remembered.version, "99.1.0");
        assert!(remembered.at_least(99, 1) && !remembered.at_least(99, 2));

        std::fs::write(&cache, &bytes[..bytes.len() - 3]).unwrap();
        assert_eq!(GitProgram::locate_in(&search, Some(&cache)).unwrap(), fresh);
    }

    #[test]
    fn scripts_are_not_remembered_and_directories_not_taken() {
        let dir = tempfile::tempdir().unwrap();
        let git = GitProgram::locate(None).unwrap();
        std::fs::create_dir_all(dir.path().join("a/git")).unwrap();
        std::fs::create_dir(dir.path().join("b")).unwrap();
        let script = dir.path().join("b/git");
        std::fs::write(&script, format!("#!/bin/sh\nexec {} \"$@\"\n", git.path.display())).unwrap();
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let search = std::env::join_paths([dir.path().join("a"), dir.path().join("b")]).unwrap();
        let cache = dir.path().join("cache");
        let found = GitProgram::locate_in(&search, Some(&cache)).unwrap();
        assert_eq!((&found.path, &found.version), (&script, &git.version));
        assert!(!cache.exists());
        assert!(GitProgram::locate_in(dir.path().join("a").as_os_str(), None).is_err());
    }
}
