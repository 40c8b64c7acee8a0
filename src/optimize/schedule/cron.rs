//! An entry in the user's crontab, by crontab(1). All other lines stay as they are, byte for byte.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Entry, Interval, id, output_of, shell_word};

/// Before the repository's id, at the end of the line.
const MARK: &str = "# git-optimize:";

pub(super) fn install(entry: &Entry) -> Result<String, String> {
    let line = line(entry)?;
    let before = read()?;
    let mut after = without(&before, &entry.repository);
    if !after.is_empty() && !after.ends_with(b"\n") {
        after.push(b'\n');
    }
    after.extend_from_slice(&line);
    after.push(b'\n');
    let shown = String::from_utf8_lossy(&line).into_owned();
    if has(&before, &line) {
        return Ok(format!("cron: it is there already\n{shown}"));
    }
    write(&after)?;
    Ok(format!("cron: installed\n{shown}"))
}

pub(super) fn remove(repository: &Path) -> Result<String, String> {
    let before = read()?;
    let after = without(&before, repository);
    if after == before {
        return Ok("cron: nothing is installed".to_owned());
    }
    write(&after)?;
    Ok("cron: removed".to_owned())
}

pub(super) fn show(repository: &Path) -> Result<Option<String>, String> {
    let text = read()?;
    let line = lines(&text).find(|line| is_ours(line, repository));
    Ok(line.map(|line| String::from_utf8_lossy(line).trim_end().to_owned()))
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|b| *b == b'\n')
}

fn is_ours(line: &[u8], repository: &Path) -> bool {
    line.trim_ascii_end().ends_with(format!("{MARK}{}", id(repository)).as_bytes())
}

fn without(text: &[u8], repository: &Path) -> Vec<u8> {
    lines(text).filter(|line| !is_ours(line, repository)).flatten().copied().collect()
}

fn has(text: &[u8], line: &[u8]) -> bool {
    lines(text).any(|other| other.strip_suffix(b"\n").unwrap_or(other) == line)
}

/// crontab(5): five fields and a command for /bin/sh, in which `%` has to be escaped.
fn line(entry: &Entry) -> Result<Vec<u8>, String> {
    let minute = entry.minute;
    let when = match entry.interval {
        Interval::Hourly => format!("{minute} * * * *"),
        Interval::Daily(hour) => format!("{minute} {hour} * * *"),
        Interval::Weekly(hour) => format!("{minute} {hour} * * 0"),
    };
    let mut command = b"cd ".to_vec();
    command.extend(shell_word(&entry.repository)?);
    command.extend_from_slice(b" && PATH=");
    command.extend(shell_word(&entry.git_dir)?);
    command.extend_from_slice(b":\"$PATH\" ");
    command.extend(shell_word(&entry.program)?);
    for argument in entry.arguments() {
        command.push(b' ');
        command.extend_from_slice(argument.as_bytes());
    }
    let mut line = when.into_bytes();
    line.push(b' ');
    for byte in command {
        if byte == b'%' {
            line.push(b'\\');
        }
        line.push(byte);
    }
    line.extend_from_slice(format!(" {MARK}{}", id(&entry.repository)).as_bytes());
    Ok(line)
}

/// What `crontab -l` prints. That there is none yet is no error.
fn read() -> Result<Vec<u8>, String> {
    let mut command = Command::new("crontab");
    let output = command.arg("-l").env("LC_ALL", "C").stdin(Stdio::null()).output();
    let output = output.map_err(|err| format!("cannot run crontab: {err}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false if String::from_utf8_lossy(&output.stderr).contains("no crontab for") => Ok(Vec::new()),
        false => Err(format!("crontab -l: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

fn write(text: &[u8]) -> Result<(), String> {
    if text.is_empty() {
        return output_of(Command::new("crontab").arg("-r").stdin(Stdio::null()), "crontab -r").map(drop);
    }
    let failed = |err: std::io::Error| format!("crontab: {err}");
    let mut file = tempfile::NamedTempFile::new().map_err(failed)?;
    file.write_all(text).map_err(failed)?;
    output_of(Command::new("crontab").arg(file.path()).stdin(Stdio::null()), "crontab").map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(repository: &str) -> Entry {
        Entry {
            repository: repository.into(),
            program: "/opt/x y/git-optimize".into(),
            git_dir: "/usr/bin".into(),
            tasks: Vec::new(),
            interval: Interval::Daily(3),
            minute: 7,
        }
    }

    #[test]
    fn a_line_that_the_shell_reads_as_meant() {
        let repository = "/srv/it's 100% mine";
        let line =
            String::from_utf8(line(&entry(repository)).expect("no control characters")).expect("ASCII");
        assert!(
            line.starts_with("7 3 * * * cd '/srv/it'\\''s 100\\% mine' && PATH='/usr/bin':\"$PATH\" "),
            "{line}"
        );
        assert!(line.contains("'/opt/x y/git-optimize' run --auto "), "{line}");
        assert!(super::line(&entry("/a\nb")).is_err());
    }

    #[test]
    fn other_lines_stay() {
        let others = b"MAILTO=x\n\n# git-optimize:other\n0 1 * * * true \\% \xff\n";
        let mut text = others.to_vec();
        text.extend(line(&entry("/a")).expect("plain"));
        text.push(b'\n');
        assert_eq!(without(&text, Path::new("/a")), others);
        assert_eq!(without(&text, Path::new("/b")), text);
    }
}
