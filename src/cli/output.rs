//! Standard output, through git's pager when it is a terminal.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use bstr::ByteSlice;

use super::columns::known_columns;
use crate::repo::config::Config;

/// As `git log` calls standard output.
const LOG: &str = "'stdout'";
/// As most of its commands do.
pub const STANDARD_OUTPUT: &str = "standard output";

/// Where the answer goes.
pub struct Output {
    pager: Option<Child>,
    /// What git calls it in its complaints.
    name: &'static str,
}

impl Output {
    /// That of `git status`, which has no pager unless it is told to.
    pub fn of_status() -> Output {
        Output { pager: None, name: STANDARD_OUTPUT }
    }

    /// Starts the pager that git would start for `git log`, if any.
    pub fn open(git: &Path, use_pager: bool) -> Output {
        let command = (use_pager && std::io::stdout().is_terminal()).then(|| pager_command(git)).flatten();
        Output { pager: command.map(|command| spawn(&command)), name: LOG }
    }

    /// The same, where `pager.log` may say that there is none, or which.
    pub fn open_for_log(git: &Path, config: &Config) -> Output {
        if !std::io::stdout().is_terminal() {
            return Output::open(git, false);
        }
        let command = match config.bool("pager.log") {
            Ok(wanted) => return Output::open(git, wanted != Some(false)),
            // What is no boolean is a command, of which the environment knows better.
            Err(_) => config.string("pager.log").ok().flatten(),
        };
        let command = command.filter(|_| std::env::var_os("GIT_PAGER").is_none());
        match command.and_then(|command| command.to_os_str().ok()) {
            Some(command) => Output { pager: Some(spawn(command)), name: LOG },
            None => Output::open(git, true),
        }
    }

    /// Writes all of it. A reader that went away ends the program, as SIGPIPE ends git.
    pub fn write(&mut self, bytes: &[u8]) {
        let result = match &mut self.pager {
            Some(Child { stdin: Some(pipe), .. }) => pipe.write_all(bytes),
            _ => {
                let mut stdout = std::io::stdout().lock();
                stdout.write_all(bytes).and_then(|()| stdout.flush())
            }
        };
        if let Err(err) = result {
            if err.kind() == ErrorKind::BrokenPipe {
                self.wait();
            }
            failed(&err, self.name);
        }
    }

    /// Ends the output: the pager may stay on the screen for as long as its user likes.
    pub fn finish(mut self) {
        self.wait();
    }

    fn wait(&mut self) {
        if let Some(mut pager) = self.pager.take() {
            drop(pager.stdin.take());
            let _ = pager.wait();
        }
    }
}

/// Ends the program where what git calls `name` took no more: as SIGPIPE ends git, or with a complaint.
pub fn failed(err: &std::io::Error, name: &str) -> ! {
    if err.kind() == ErrorKind::BrokenPipe {
        std::process::exit(128 + 13);
    }
    crate::cli::fatal(&format!("write failure on {name}: {}", reason(err)));
    std::process::exit(128);
}

/// Whether git would treat the output as one that a person looks at.
pub fn for_a_person() -> bool {
    std::io::stdout().is_terminal() || pager_in_use()
}

fn pager_in_use() -> bool {
    std::env::var("GIT_PAGER_IN_USE")
        .is_ok_and(|value| crate::repo::config::parse_bool(Some(value.as_bytes().as_bstr())).unwrap_or(false))
}

/// git's own answer to which pager it uses; `None` for none.
fn pager_command(git: &Path) -> Option<std::ffi::OsString> {
    let output = Command::new(git).args(["var", "GIT_PAGER"]).stderr(Stdio::null()).output().ok()?;
    let command = output.stdout.trim_end().to_os_str().ok()?.to_owned();
    (!command.is_empty() && command != "cat").then_some(command)
}

fn spawn(command: &std::ffi::OsStr) -> Child {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"/._-+,:@%".contains(b);
    let is_program = command.as_encoded_bytes().iter().all(plain);
    let mut shell = Command::new(if is_program { command } else { "sh".as_ref() });
    if !is_program {
        // The second time as the name under which the shell complains.
        shell.arg("-c").args([command, command]);
    }
    shell.stdin(Stdio::piped());
    // It is the pager, and may run git itself.
    shell.env_remove("GIT_PAGER_IN_USE");
    // Once it is a pipe that goes there, nobody can ask the terminal.
    if let Some(columns) = known_columns().filter(|_| std::env::var_os("COLUMNS").is_none()) {
        shell.env("COLUMNS", columns.to_string());
    }
    // git's own defaults for the two pagers that it knows.
    for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
        if std::env::var_os(name).is_none() {
            shell.env(name, value);
        }
    }
    shell.spawn().unwrap_or_else(|err| {
        let (command, reason) = (command.to_string_lossy(), reason(&err));
        // What is not on PATH, git does not try to run.
        let _ = match command.contains('/') {
            true => writeln!(std::io::stderr(), "fatal: cannot exec '{command}': {reason}"),
            false => writeln!(std::io::stderr(), "error: cannot run {command}: {reason}"),
        };
        crate::cli::fatal(&format!("unable to execute pager '{command}'"));
        std::process::exit(128);
    })
}

/// What the C library calls it.
pub fn reason(err: &std::io::Error) -> String {
    let text = err.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
