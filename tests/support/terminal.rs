//! A program on a terminal of its own: what a person at a shell would see and type.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bstr::ByteSlice;
use regex::bytes::Regex;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::{Environment, need, process};

/// How long anything on the screen may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal with one program on it. Dropping it ends the program.
pub(crate) struct Terminal {
    child: Child,
    master: File,
    /// Everything that was written to the terminal, without control sequences.
    seen: Vec<u8>,
    /// Up to here, it has been waited for.
    read: usize,
    control: Regex,
}

impl Terminal {
    /// Starts `program` in `dir` as the leader of a session that this terminal controls.
    pub(crate) fn start(env: &Environment, dir: &Path, program: &str, args: &[&str]) -> Self {
        need("setsid", "util-linux");
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("our own terminal");
        unlockpt(&master).expect("our own terminal");
        // Wide, so that no line is broken.
        let size = Winsize { ws_row: 50, ws_col: 400, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).expect("our own terminal");
        let name = ptsname(&master, Vec::new()).expect("our own terminal");
        let slave = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(0o400) // O_NOCTTY
            .open(std::ffi::OsStr::from_bytes(name.to_bytes()))
            .expect("our own terminal");
        let mut command: Command = env.command("setsid", dir, &["--ctty", "--wait", program]);
        command.args(args).env("TERM", "xterm").env_remove("COLUMNS");
        let copy = || Stdio::from(slave.try_clone().expect("a descriptor"));
        let child = command.stdin(copy()).stdout(copy()).stderr(copy()).spawn().expect("setsid runs");
        let control =
            r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][0-9A-Za-z]|\x1b[=>78]|[\x0e\x0f\x07]|\x1b\][^\x07]*\x07";
        let control = Regex::new(control).expect("a regular expression");
        Self { child, master: master.into(), seen: Vec::new(), read: 0, control }
    }

    /// Types.
    pub(crate) fn type_in(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).expect("a terminal that is open");
    }

    /// Waits until `text` comes, behind what was waited for before; what came from there up to its end.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.control.replace_all(&self.seen[self.read..], &b""[..]).replace(b"\r", b"");
            if let Some(at) = shown.find(text) {
                // Where it ends in what was written: the shortest part that shows it.
                let ends = self.read + 1..=self.seen.len();
                let shows = |end: &usize| {
                    let shown = self.control.replace_all(&self.seen[self.read..*end], &b""[..]);
                    shown.replace(b"\r", b"").contains_str(text)
                };
                self.read = ends.into_iter().find(shows).expect("the whole shows it");
                return String::from_utf8_lossy(&shown[..at + text.len()]).into_owned();
            }
            assert!(
                Instant::now() < deadline && self.more(deadline),
                "{text:?} does not come; there is: {}",
                self.seen[self.read..].as_bstr()
            );
        }
    }

    /// Everything that comes until the program has ended, control sequences and all.
    pub(crate) fn into_rest(mut self) -> Vec<u8> {
        let deadline = Instant::now() + PATIENCE;
        while self.more(deadline) {}
        assert!(Instant::now() < deadline, "it does not end; there is: {}", self.seen.as_bstr());
        std::mem::take(&mut self.seen)
    }

    /// Reads what there is; `false` when nothing came until the deadline, or nothing can come any more.
    fn more(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        let mut fds = [PollFd::new(&self.master, PollFlags::IN)];
        if !poll(&mut fds, Some(&timeout)).is_ok_and(|ready| ready > 0) {
            return false;
        }
        let mut buffer = [0; 4096];
        let count = self.master.read(&mut buffer).unwrap_or(0);
        self.seen.extend_from_slice(&buffer[..count]);
        count > 0
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // When its terminal is gone, a session ends; setsid itself is ours to end.
        let _ = self.child.kill();
        process::kill_group(&self.child);
        let _ = self.child.wait();
    }
}
