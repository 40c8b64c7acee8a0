//! What git says on standard error: the end of it is kept for a report, and its progress becomes events.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::events::Events;

/// So much of what a command says is kept.
const KEPT: usize = 4096;

/// Where a command's standard error goes.
pub(super) enum Listen {
    /// To ours: git shows its progress by itself.
    Not,
    /// Here, for whoever wants to know why it failed.
    ForErrors,
    /// Here, as to a terminal: only there git shows the progress of all that it does.
    ForProgress {
        /// Where progress is told.
        events: Events,
        /// The task whose it is.
        task: &'static str,
    },
}

impl Listen {
    /// Starts the command and hears it out beside; what it says comes from the thread at its end.
    pub(super) fn spawn(&self, command: &mut Command) -> io::Result<(Child, Option<Heard>)> {
        if matches!(self, Listen::Not) {
            return Ok((command.stderr(Stdio::inherit()).spawn()?, None));
        }
        // Without a terminal it is done without progress.
        if let Listen::ForProgress { events, task } = *self
            && let Ok((ours, theirs)) = terminal()
        {
            // Lines of progress are not broken at its edge.
            let child = command.stderr(theirs).env("COLUMNS", "500").spawn()?;
            // As long as anybody could write to it there would be no end.
            command.stderr(Stdio::null());
            let hear = move |line: &str| {
                if let Some((phase, done, total)) = progress(line) {
                    events.progress(task, phase, done, total);
                }
            };
            return Ok((child, Some(std::thread::spawn(move || read(ours, hear)))));
        }
        let mut child = command.stderr(Stdio::piped()).spawn()?;
        let stderr = child.stderr.take();
        Ok((child, stderr.map(|stderr| std::thread::spawn(move || read(stderr, |_| ())))))
    }
}

/// Gives the last lines that were no progress.
pub(super) type Heard = std::thread::JoinHandle<String>;

/// Both ends of a new terminal, which is nobody's controlling one.
fn terminal() -> io::Result<(File, OwnedFd)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    rustix::io::fcntl_setfd(&ours, rustix::io::FdFlags::CLOEXEC)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let theirs = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    Ok((File::from(ours), theirs))
}

/// Reads to the end, which for a terminal is an error. Each line goes to `hear`; those of progress end with a carriage
/// return.
fn read(mut from: impl Read, hear: impl Fn(&str)) -> String {
    let (mut kept, mut line, mut buffer) = (String::new(), Vec::new(), [0; 4096]);
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        for byte in &buffer[..count] {
            if !matches!(byte, b'\r' | b'\n') {
                // Nobody needs more of a line than this.
                line.extend((line.len() < KEPT).then_some(*byte));
                continue;
            }
            keep(&mut kept, &line, &hear);
            line.clear();
        }
    }
    keep(&mut kept, &line, &hear);
    kept.trim_end().to_owned()
}

fn keep(kept: &mut String, line: &[u8], hear: &impl Fn(&str)) {
    let line = String::from_utf8_lossy(line);
    hear(&line);
    if line.is_empty() || progress(&line).is_some() {
        return;
    }
    kept.push_str(&line);
    kept.push('\n');
    if kept.len() > 2 * KEPT {
        let cut = kept.len() - KEPT;
        *kept = kept.chars().skip(kept.chars().count() * cut / kept.len()).collect();
    }
}

/// What git's lines of progress say: `Counting objects:  45% (9/20)`, `Enumerating objects: 20, done.`
fn progress(line: &str) -> Option<(&str, u64, Option<u64>)> {
    let (phase, rest) = line.split_once(": ")?;
    let rest = rest.trim_start();
    let number = |text: &str| text.parse::<u64>().ok();
    if let Some((percent, counts)) = rest.split_once("% (") {
        number(percent)?;
        let (done, total) = counts.split_once(')')?.0.split_once('/')?;
        return Some((phase, number(done)?, Some(number(total)?)));
    }
    match rest.split_once(", ") {
        Some((count, more)) if more.starts_with("done") => {
            let count = number(count)?;
            Some((phase, count, Some(count)))
        }
        _ => Some((phase, number(rest)?, None)),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn lines_of_progress() {
        for (line, expected) in [
            ("Counting objects:  45% (9/20)", Some(("Counting objects", 9, Some(20)))),
            (
                "Writing objects: 100% (20/20), 1.5 MiB | 3 MiB/s, done.",
                Some(("Writing objects", 20, Some(20))),
            ),
            ("Enumerating objects: 1234, done.", Some(("Enumerating objects", 1234, Some(1234)))),
            ("Enumerating objects: 12", Some(("Enumerating objects", 12, None))),
            ("fatal: 12 of them", None),
            ("error: x", None),
            ("Total 20 (delta 0), reused 20 (delta 0), pack-reused 0", None),
            ("a: 5% (1/", None),
            ("a: 5% (x/2)", None),
            (": ", None),
            ("", None),
        ] {
            assert_eq!(progress(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_said_between_progress_is_kept() {
        let heard = RefCell::new(Vec::new());
        let text = "Counting: 50% (1/2)\rCounting: 100% (2/2)\rfatal: no\r\nhint: \u{fc}\n";
        let kept = read(text.as_bytes(), |line| heard.borrow_mut().push(line.to_owned()));
        assert_eq!(kept, "fatal: no\nhint: \u{fc}");
        assert_eq!(heard.into_inner()[1], "Counting: 100% (2/2)");
        let long = "\u{fc}\u{20ac}line\n".repeat(5000);
        let kept = read(long.as_bytes(), |_| ());
        assert!(kept.len() < 3 * KEPT && kept.ends_with("line"), "{}", kept.len());
        assert!(read(&[b'x'; 100_000][..], |_| ()).len() <= KEPT);
    }
}
