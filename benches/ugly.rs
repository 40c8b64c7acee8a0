//! Makes a repository ugly on purpose: many packs, loose objects and loose refs, as years without maintenance do.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// How ugly.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ugliness {
    /// Packs of one commit each.
    pub(crate) packs: usize,
    /// Loose blobs.
    pub(crate) loose: usize,
    /// Loose refs.
    pub(crate) refs: usize,
}

/// Adds all that to the repository in `dir`, on top of its HEAD. The same arguments add the same objects.
pub(crate) fn uglify(dir: &Path, how: Ugliness) -> io::Result<()> {
    let tip = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(dir).output()?.stdout;
    let tip = String::from_utf8_lossy(&tip).trim().to_owned();
    let mut stream = String::new();
    for number in 0..how.packs {
        let from = if number == 0 { format!("from {tip}\n") } else { String::new() };
        let text = format!("pack {number}\n");
        // Each checkpoint ends a pack and begins another.
        let _ = write!(
            stream,
            "commit refs/heads/many-packs\ncommitter A <a@example.com> {} +0000\ndata {}\n{text}{from}\
             M 100644 inline packs/{}/{number}\ndata {}\n{text}\ncheckpoint\n\n",
            1_700_000_000 + number,
            text.len(),
            number % 50,
            text.len(),
        );
    }
    feed(dir, &["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force"], &stream)?;
    stream.clear();
    for number in 0..how.loose {
        let text = format!("loose object {number}\n");
        let _ = write!(stream, "blob\ndata {}\n{text}\n", text.len());
    }
    feed(dir, &["-c", "fastimport.unpackLimit=100000000", "fast-import", "--quiet", "--force"], &stream)?;
    stream.clear();
    for number in 0..how.refs {
        let _ = writeln!(stream, "create refs/heads/many/{}/{number} {tip}", number % 100);
    }
    feed(dir, &["update-ref", "--stdin"], &stream)
}

fn feed(dir: &Path, args: &[&str], text: &str) -> io::Result<()> {
    let mut git = Command::new("git").args(args).current_dir(dir).stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = git.stdin.take() {
        stdin.write_all(text.as_bytes())?;
    }
    match git.wait()?.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("git {} failed", args.join(" ")))),
    }
}
