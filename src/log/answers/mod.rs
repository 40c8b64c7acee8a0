//! Answers that only git could give, remembered: those to questions about a fixed set of commits that took git long
//! (`-S`, `-G`, `--follow`). A remembered answer is used only if nothing that it depends on differs; [`key`] knows what
//! that is, and says no wherever it is not certain to know all of it. [`store`] keeps them, within limits.

mod key;
mod store;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

pub(super) use self::key::{Pinned, is_costly};
pub(crate) use self::store::DIR;
use self::store::Store;
use crate::cli::output::Output;
use crate::cli::trace::{CacheUse, Report, Served};
use crate::index::Location;
use crate::repo::config::Config;

/// Longer answers are not remembered.
const LONGEST: usize = 4 << 20;
/// How long an answer is remembered where `fast.cacheTTL` does not say.
const TTL: Duration = Duration::from_secs(30 * 86_400);

/// How long answers may be remembered; zero when they may not.
fn ttl(config: &Config) -> Duration {
    match config.string("fast.cacheTTL") {
        Ok(None) => TTL,
        Ok(Some(text)) => crate::cli::duration::parse(&text.to_string()).unwrap_or_default(),
        Err(_) => Duration::ZERO,
    }
}

/// Prints the remembered answer, or lets git answer and remembers what it says. `None` when it is no question for
/// this, and nothing has been written then. `may_ask` is whether git may be asked at all; `git_args` are what it is to be
/// asked with.
pub(super) fn answer(
    pinned: &dyn Fn() -> Option<Pinned>,
    location: &Location,
    config: &Config,
    git_args: &[OsString],
    may_ask: bool,
    report: &mut Report,
) -> Option<ExitCode> {
    let ttl = ttl(config);
    if ttl.is_zero() || crate::cli::output::for_a_person() || !is_costly(git_args) {
        return None;
    }
    let before = pinned()?;
    let store = Store::new(location, ttl);
    let remembered = store.get(&before.key);
    report.cache = if remembered.is_some() { CacheUse::Hit } else { CacheUse::Miss };
    if let Some(text) = remembered {
        report.served = Served::Assisted;
        report.reason = "an answer of git, remembered".to_owned();
        report.finish();
        let mut output = Output::open(&before.git, false);
        output.write(&text);
        output.finish();
        return Some(ExitCode::SUCCESS);
    }
    if !may_ask {
        return None;
    }
    let (code, text) = ask(&before, git_args, report)?;
    // What changed while git was at work may or may not be in its answer.
    if let Some(text) = text
        && pinned().is_some_and(|after| after.key == before.key)
    {
        store.put(&before.key, &text);
    }
    Some(code)
}

/// Runs git and passes on all that it says; with that, where it is whole, not too long and without complaints.
fn ask(pinned: &Pinned, git_args: &[OsString], report: &mut Report) -> Option<(ExitCode, Option<Vec<u8>>)> {
    let mut command = Command::new(&pinned.git);
    command.arg("log").args(git_args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    report.finish();
    let errors = child.stderr.take().map(|mut stderr| {
        std::thread::spawn(move || {
            let (mut any, mut buffer) = (false, [0; 4096]);
            while let Ok(count @ 1..) = stderr.read(&mut buffer) {
                any = true;
                let _ = std::io::stderr().write_all(&buffer[..count]);
            }
            any
        })
    });
    let mut output = Output::open(&pinned.git, false);
    let (mut text, mut buffer) = (Some(Vec::new()), vec![0; 64 << 10]);
    if let Some(mut stdout) = child.stdout.take() {
        loop {
            let count = match stdout.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(err) if err.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => {
                    text = None;
                    break;
                }
            };
            // A reader that went away ends this process, and by that git.
            output.write(&buffer[..count]);
            text = text.filter(|text| text.len() + count <= LONGEST);
            if let Some(text) = &mut text {
                text.extend_from_slice(&buffer[..count]);
            }
        }
    }
    output.finish();
    let complained = errors.is_some_and(|errors| errors.join().unwrap_or(true));
    let status = child.wait().ok();
    let code = status.and_then(|status| status.code()).and_then(|code| u8::try_from(code).ok());
    let text = text.filter(|_| !complained && code == Some(0));
    Some((ExitCode::from(code.unwrap_or(crate::cli::FATAL)), text))
}
