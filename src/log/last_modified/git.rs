//! The same question asked of git, which has `git last-modified` since 2.52. It prints paths in the order in which it
//! meets their commits; here they are put in order, so that it makes no difference who answers.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use bstr::{BStr, ByteSlice};

use crate::cli::output::Output;
use crate::cli::trace::Report;
use crate::cli::{FATAL, fatal};
use crate::repo::git::GitProgram;

/// Has git answer, with the arguments that are not ours. `lacks_index`: whether it would not be asked if there were one.
pub(in crate::log) fn ask_git(git: &Path, args: &[OsString], lacks_index: bool, report: &Report) -> ExitCode {
    report.finish();
    if !GitProgram::locate(None).is_ok_and(|git| git.at_least(2, 52)) {
        let code = fatal(&format!("--last-modified needs the index, or git 2.52: {}", report.reason));
        if lacks_index {
            let hint = b"hint: 'git optimize index build' builds the index\n";
            let _ = std::io::Write::write_all(&mut std::io::stderr(), hint);
        }
        return code;
    }
    let output = Command::new(git)
        .arg("last-modified")
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(err) => return fatal(&format!("cannot run git: {err}")),
    };
    let nul = args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "-z");
    let mut out = Output::open(git, true);
    out.write(&in_order(&output.stdout, if nul { 0 } else { b'\n' }));
    out.finish();
    let code = output.status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(FATAL);
    ExitCode::from(code)
}

fn in_order(answer: &[u8], end: u8) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = answer.split_inclusive(|byte| *byte == end).collect();
    lines.sort_by_cached_key(|line| path(line, end).into_owned());
    lines.concat()
}

/// The path in a line, without quotes.
fn path(line: &[u8], end: u8) -> Cow<'_, BStr> {
    let line = line.strip_suffix(&[end]).unwrap_or(line);
    let path = line.find_byte(b'\t').map_or(line, |tab| &line[tab + 1..]).as_bstr();
    if end == 0 || !path.starts_with(b"\"") {
        return Cow::Borrowed(path);
    }
    gix::quote::ansi_c::undo(path).map_or(Cow::Borrowed(path), |(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn lines_are_ordered_by_path() {
        let lines = b"2\tb\n^1\t\"a\\tb\"\n3\ta\n1\t\"\\303\\244\"\n";
        assert_eq!(in_order(lines, b'\n'), b"3\ta\n^1\t\"a\\tb\"\n2\tb\n1\t\"\\303\\244\"\n");
        assert_eq!(in_order(b"2\tb\x001\t\"a\x00", 0), b"1\t\"a\x002\tb\x00");
    }
}
