//! Documents whose tables are measured and whose conclusions are written by people.

use std::io::{self, Write};
use std::path::Path;

use super::programs::{command, git, ours, succeed};

/// What follows this line in a document is written by hand, and kept.
const BY_HAND: &str = "<!-- not generated from here on -->";

/// Replaces the generated part of a document; without one, prints it.
pub(crate) fn write(file: Option<&Path>, generated: &str) -> io::Result<()> {
    let Some(file) = file else { return io::stdout().write_all(generated.as_bytes()) };
    let before = std::fs::read_to_string(file).unwrap_or_default();
    let by_hand = before.find(BY_HAND).map_or("", |at| &before[at..]);
    std::fs::write(file, format!("{generated}{by_hand}"))
}

/// How a document begins: title, the command that makes it, what was measured, and on what.
pub(crate) fn heading(title: &str, made_with: &str, about: &str) -> io::Result<String> {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let value = |file, key| {
        let text = read(file);
        let line = text.lines().find(|line| line.starts_with(key)).and_then(|line| line.split_once(':'));
        line.map_or("?", |(_, value)| value.trim()).to_owned()
    };
    Ok(format!(
        "# {title}\n\nRegenerate with `{made_with}`.\n\n{about}\n\n\
         p95 and p99: by nearest rank; – where there were fewer than 20 or 100 runs. What a program has \
         more of them than others, it had by itself.\n\n\
         - machine: {}, {} cores, {} of memory, load average {} (other programs change wall-clock times)\n- {}\n\
         - {}\n\n",
        value("/proc/cpuinfo", "model name"),
        std::thread::available_parallelism()?,
        value("/proc/meminfo", "MemTotal"),
        read("/proc/loadavg").split(' ').next().unwrap_or("?"),
        git(Path::new("."), &["version"])?,
        String::from_utf8_lossy(&succeed(command(ours("git-fastlog"), Path::new("."), &["--version"]))?)
            .lines()
            .next()
            .unwrap_or("?"),
    ))
}

/// What a reader should know first: where git is not slower. Each with what it is compared with, and how many times as
/// fast as that we are.
pub(crate) fn slower(rows: &[(String, f64)]) -> String {
    let mut text = String::from("## Slower than git\n\n");
    let slower: Vec<_> = rows.iter().filter(|(_, times)| *times < 1.0).collect();
    if slower.is_empty() {
        text.push_str("Nothing of what is measured here.\n");
    }
    for (what, times) in slower {
        text.push_str(&format!("- {what}: {times:.2} times as fast\n"));
    }
    text.push('\n');
    text
}

/// A line of a table: into the text, and to whoever waits.
pub(crate) fn row(text: &mut String, line: &str) -> io::Result<()> {
    text.push_str(line);
    say(line)
}

/// A line, with its end, to whoever waits.
pub(crate) fn say(line: &str) -> io::Result<()> {
    io::stderr().write_all(line.as_bytes())
}
