//! `--cross-check`: this program and git answer the same question, and every difference is reported.
//!
//! Both write to files, so neither sees a terminal; what is compared is standard output and the exit code.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write as _};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use bstr::ByteSlice;

use super::FATAL;
use super::output::Output;

/// Exit code for answers that differ.
const DIFFERENT: u8 = 1;
/// Bytes of a line that a report shows.
const SHOWN: u64 = 200;
/// Bytes that are copied at a time.
const BUFFER: usize = 1 << 16;

/// What git is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// `git log`.
    Log,
    /// `git status`.
    Status,
}

impl Question {
    fn words(self) -> &'static [&'static str] {
        match self {
            Question::Log => &["log"],
            // git must not write its index meanwhile: the answers would be about different ones.
            Question::Status => &["--no-optional-locks", "status"],
        }
    }

    /// Standard input, kept so that both can read it; `None` where nobody would.
    fn input(self, args: &[OsString]) -> io::Result<Option<File>> {
        let mut options = args.iter().take_while(|arg| *arg != "--");
        if self != Question::Log || !options.any(|arg| arg == "--stdin") {
            return Ok(None);
        }
        let mut file = tempfile::tempfile()?;
        io::copy(&mut io::stdin().lock(), &mut file)?;
        Ok(Some(file))
    }
}

/// Prints the answer of this program to `ours` (its arguments, without `--cross-check`), and reports on stderr
/// where git, asked the question with the arguments `theirs`, answers otherwise. The exit code is that of our answer,
/// or 1.
pub fn run(git: &Path, question: Question, ours: &[OsString], theirs: &[OsString]) -> ExitCode {
    compare(git, question, ours, theirs)
        .unwrap_or_else(|err| super::fatal(&format!("--cross-check: cannot run and compare: {err}")))
}

fn compare(git: &Path, question: Question, ours: &[OsString], theirs: &[OsString]) -> io::Result<ExitCode> {
    let mut input = question.input(theirs)?;
    let mut program = Command::new(std::env::current_exe()?);
    program.args(ours);
    let mut our = answer(program, input.as_mut())?;
    let mut said = tempfile::tempfile()?;
    let mut program = Command::new(git);
    // What git complains about has been said by our answer; it matters only where that is another one.
    program.args(question.words()).args(theirs).stderr(said.try_clone()?);
    let mut their = answer(program, input.as_mut())?;

    let difference = difference(&mut our.stdout, &mut their.stdout)?;
    print(Output::open(git, question == Question::Log), &mut our.stdout)?;
    if difference.is_none() && our.code == their.code {
        return Ok(ExitCode::from(our.code));
    }
    let mut report = String::from("error: --cross-check: the answer differs from git's\n");
    // Writing to a String does not fail.
    if our.code != their.code {
        let _ = writeln!(report, "exit code: {}, git's: {}", our.code, their.code);
    }
    if let Some(at) = difference {
        let _ = writeln!(report, "first difference: byte {} of standard output, in the line", at.byte);
        let _ = writeln!(report, "  ours: {}", line(&mut our.stdout, at.line)?);
        let _ = writeln!(report, "  git:  {}", line(&mut their.stdout, at.line)?);
    }
    let _ = io::stderr().write_all(report.as_bytes());
    said.rewind()?;
    io::copy(&mut said, &mut io::stderr())?;
    Ok(ExitCode::from(DIFFERENT))
}

struct Answer {
    stdout: File,
    code: u8,
}

/// Runs a program to its end.
fn answer(mut program: Command, input: Option<&mut File>) -> io::Result<Answer> {
    let stdin = match input {
        Some(file) => {
            file.rewind()?;
            Stdio::from(file.try_clone()?)
        }
        None => Stdio::null(),
    };
    let stdout = tempfile::tempfile()?;
    let status = program.stdin(stdin).stdout(stdout.try_clone()?).status()?;
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    Ok(Answer { stdout, code: u8::try_from(code).unwrap_or(FATAL) })
}

fn print(mut output: Output, file: &mut File) -> io::Result<()> {
    file.rewind()?;
    let mut buffer = vec![0; BUFFER];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            output.finish();
            return Ok(());
        }
        output.write(&buffer[..length]);
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Difference {
    /// Offset of the first byte that differs, or that only one of them has.
    byte: u64,
    /// Offset of the line that it is in.
    line: u64,
}

fn difference(
    ours: &mut (impl Read + Seek),
    theirs: &mut (impl Read + Seek),
) -> io::Result<Option<Difference>> {
    ours.rewind()?;
    theirs.rewind()?;
    let (mut ours, mut theirs) = (BufReader::new(ours), BufReader::new(theirs));
    let mut at = Difference { byte: 0, line: 0 };
    loop {
        let (a, b) = (ours.fill_buf()?, theirs.fill_buf()?);
        let length = a.len().min(b.len());
        let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        if let Some(newline) = a[..same].rfind_byte(b'\n') {
            at.line = at.byte + newline as u64 + 1;
        }
        at.byte += same as u64;
        if same < length || a.len().min(1) != b.len().min(1) {
            return Ok(Some(at));
        }
        if length == 0 {
            return Ok(None);
        }
        ours.consume(length);
        theirs.consume(length);
    }
}

/// The line that begins at an offset, for a report.
fn line(file: &mut File, start: u64) -> io::Result<String> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    BufReader::new(file.take(SHOWN)).read_until(b'\n', &mut bytes)?;
    Ok(if bytes.is_empty() { "(the end)".to_owned() } else { format!("{:?}", bytes.as_bstr()) })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn the_first_difference_is_found() {
        let found = |a: &[u8], b: &[u8]| difference(&mut Cursor::new(a), &mut Cursor::new(b)).unwrap();
        let at = |byte, line| Some(Difference { byte, line });
        assert_eq!(found(b"", b""), None);
        assert_eq!(found(b"one\ntwo\n", b"one\ntwo\n"), None);
        assert_eq!(found(b"one\ntwo\n", b"one\ntoo\n"), at(5, 4));
        assert_eq!(found(b"one\n", b"one\ntwo\n"), at(4, 4));
        assert_eq!(found(b"one", b""), at(0, 0));
        let long = b"line\n".repeat(10_000);
        let mut other = long.clone();
        other[40_003] = b'E';
        assert_eq!(found(&long, &long), None);
        assert_eq!(found(&long, &other), at(40_003, 40_000));
        assert_eq!(found(&long, &long[..49_999]), at(49_999, 49_995));
    }
}
