//! Runs a child process to its end or to its deadline and keeps everything it wrote.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use bstr::ByteSlice;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// What a child did.
#[derive(Debug, Default)]
pub(crate) struct Output {
    /// Exit code; a death by signal N is 128 + N, as a shell reports it.
    pub code: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// It was killed because its time was up.
    pub timed_out: bool,
}

impl Output {
    /// The standard output of a command that must have succeeded.
    #[track_caller]
    pub(crate) fn success(self, what: &str) -> Vec<u8> {
        assert!(
            self.code == 0 && !self.timed_out,
            "{what}: exit {} (timed out: {})\n{}",
            self.code,
            self.timed_out,
            self.stderr.as_bstr()
        );
        self.stdout
    }

    /// Whether the text of a Rust panic is on standard error, or the exit code is that of one.
    pub(crate) fn panicked(&self) -> bool {
        self.code == 101 || self.stderr.contains_str("panicked at")
    }
}

/// Runs `command` in a process group of its own and kills the group after `limit`.
///
/// `input` must fit in a pipe's buffer (it is written before anything is read).
pub(crate) fn run(mut command: Command, input: Option<&[u8]>, limit: Duration) -> Output {
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    if let (Some(bytes), Some(mut stdin)) = (input, child.stdin.take()) {
        // A child that does not read its input closes the pipe: not an error of the test.
        let _ = stdin.write_all(bytes);
    }
    let (stdout, stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let mut output = Output::default();
    output.timed_out = !drain(stdout, stderr, &mut output, Instant::now() + limit);
    if output.timed_out {
        kill_group(&child);
    }
    let status = child.wait().expect("the child is ours");
    output.code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    output
}

/// Reads both pipes until they are closed; `false` when the deadline came first.
fn drain(mut stdout: ChildStdout, mut stderr: ChildStderr, output: &mut Output, deadline: Instant) -> bool {
    let mut buffer = [0u8; 1 << 16];
    let (mut out_open, mut err_open) = (true, true);
    while out_open || err_open {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) };
        let mut fds = Vec::with_capacity(2);
        if out_open {
            fds.push(PollFd::new(&stdout, PollFlags::IN));
        }
        if err_open {
            fds.push(PollFd::new(&stderr, PollFlags::IN));
        }
        match poll(&mut fds, Some(&timeout)) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => panic!("poll: {error}"),
        }
        let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
        drop(fds);
        if out_open && ready[0] {
            let count = stdout.read(&mut buffer).expect("a pipe can be read");
            output.stdout.extend_from_slice(&buffer[..count]);
            out_open = count > 0;
        }
        if err_open && ready[ready.len() - 1] {
            let count = stderr.read(&mut buffer).expect("a pipe can be read");
            output.stderr.extend_from_slice(&buffer[..count]);
            err_open = count > 0;
        }
    }
    true
}

/// Ends a child and whatever it started.
pub(crate) fn kill_group(child: &Child) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Waits until the processes that were killed are gone, with the files that they had open: the kernel takes its time.
pub(crate) fn wait_for_group(child: &Child) {
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return };
    // Where nobody buries orphans they stay, but have no files open any more.
    let deadline = Instant::now() + Duration::from_secs(2);
    while test_kill_process_group(pid).is_ok() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A command line as one could paste it into a shell.
pub(crate) fn shell(args: &[OsString]) -> String {
    let quoted: Vec<String> = args.iter().map(|arg| shell_word(arg.as_encoded_bytes())).collect();
    quoted.join(" ")
}

fn shell_word(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_=./:,@^%+".contains(b);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    if bytes.iter().all(|b| (b' '..=b'~').contains(b)) {
        return format!("'{}'", String::from_utf8_lossy(bytes).replace('\'', r"'\''"));
    }
    let escaped: String = bytes
        .iter()
        .map(|&b| match b {
            b'\'' | b'\\' => format!("\\{}", b as char),
            b' '..=b'~' => (b as char).to_string(),
            _ => format!("\\x{b:02x}"),
        })
        .collect();
    format!("$'{escaped}'")
}
