//! Makes a synthetic repository of any size, streaming, with `git fast-import`:
//!
//! `cargo bench --bench generate -- --commits 300000 --files 40000 --size 1GB --seed 1 DIR`
//!
//! Made to be like real histories where it matters to a log: how often there are merges, how authors are
//! distributed, how long messages are, how deep directories, that files are renamed. The same arguments make the same history.

mod ugly;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};

use clap::Parser;
use fastrand::Rng;

use self::ugly::{Ugliness, uglify};

/// Makes a synthetic bare repository.
#[derive(Parser)]
struct Arguments {
    /// How many commits.
    #[arg(long, default_value_t = 10_000)]
    commits: usize,
    /// How many files the last tree has, about.
    #[arg(long, default_value_t = 2_000)]
    files: usize,
    /// How many bytes all versions of all files have together, about: 10MB to 10GB.
    #[arg(long, default_value = "20MB", value_parser = size)]
    size: u64,
    /// How many media files come in besides, one version each: bytes that do not get smaller.
    #[arg(long, default_value_t = 0)]
    media: usize,
    /// How large each of those is.
    #[arg(long, default_value = "50MB", value_parser = size)]
    media_size: u64,
    /// Another seed, another history.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Repack when done (slow; without it the pack is as fast-import wrote it).
    #[arg(long)]
    repack: bool,
    /// Add so many packs of one commit each.
    #[arg(long, default_value_t = 0)]
    packs: usize,
    /// Add so many loose objects.
    #[arg(long, default_value_t = 0)]
    loose: usize,
    /// Add so many loose refs.
    #[arg(long, default_value_t = 0)]
    loose_refs: usize,
    /// cargo says this to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
    /// The directory, which must not exist yet.
    directory: PathBuf,
}

fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        other => return Err(format!("unknown unit {other}")),
    };
    let number: u64 = digits.parse().map_err(|_| format!("not a number: {digits}"))?;
    number.checked_mul(unit).ok_or_else(|| "too large".to_owned())
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let dir = &arguments.directory;
    git(Path::new("."), &["init", "-q", "--bare", "-b", "main", &dir.to_string_lossy()])?;
    // To compress media, or to look for what they have in common, takes longer than anything else here.
    let compression = if arguments.media > 0 { "core.compression=0" } else { "core.compression=1" };
    let mut import = Command::new("git")
        .args(["-c", compression, "-c", "core.bigFileThreshold=1m"])
        .args(["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet"])
        .arg("--active-branches=64")
        .current_dir(dir)
        .stdin(Stdio::piped())
        .spawn()?;
    let stdin = import.stdin.take().ok_or_else(|| io::Error::other("no pipe"))?;
    History::new(&arguments, stdin).write()?;
    if !import.wait()?.success() {
        return Err(io::Error::other("git fast-import failed"));
    }
    if arguments.repack {
        git(dir, &["repack", "-q", "-a", "-d"])?;
    }
    let how = Ugliness { packs: arguments.packs, loose: arguments.loose, refs: arguments.loose_refs };
    uglify(dir, how)
}

fn git(dir: &Path, args: &[&str]) -> io::Result<()> {
    match Command::new("git").args(args).current_dir(dir).status()?.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("git {} failed", args.join(" ")))),
    }
}

/// A line of development: its tip, and what it changed since it left main.
struct Topic {
    tip: usize,
    length: usize,
    changed: Vec<(usize, usize)>,
    /// How many files had been renamed when it left main: the others have their old names there.
    renamed: usize,
}

/// How many topics are open at a time.
const TOPICS: usize = 24;
/// One commit in so many lands on main itself; git.git and linux.git have a quarter of merges or fewer.
const DIRECT: u32 = 3;
/// After how many commits a topic is merged, on average: with [`DIRECT`] that makes 14 % of merges.
const TOPIC_LENGTH: usize = 4;
/// One commit on main in so many renames a file.
const RENAMES: u32 = 40;
/// Files from this number on are media.
const MEDIA: usize = 1 << 32;
/// Files changed by a commit, on average.
const CHANGES: usize = 2;
/// 2005-04-07, when git's own history begins; the last commit is about [`YEARS`] years later.
const START: i64 = 1_112_900_000;
const YEARS: i64 = 18;

struct History<'a> {
    arguments: &'a Arguments,
    out: BufWriter<ChildStdin>,
    rng: Rng,
    authors: Vec<(String, f64)>,
    /// For each file, for each of its lines, at which edit it was last changed.
    files: Vec<Vec<u32>>,
    lines: usize,
    next_mark: usize,
    edits: u32,
    /// Each is a branch; fast-import keeps its tree at hand.
    topics: Vec<Option<Topic>>,
    main: usize,
    text: String,
    /// How many media files there are.
    media: usize,
    /// Files that main has under another name than at first, in order.
    renamed: HashMap<usize, usize>,
    /// A file that is on main.
    last: Option<usize>,
}

impl<'a> History<'a> {
    fn new(arguments: &'a Arguments, stdin: ChildStdin) -> Self {
        const LINE: u64 = 36;
        let blobs = (arguments.commits * CHANGES + arguments.files).max(1) as u64;
        Self {
            arguments,
            out: BufWriter::with_capacity(1 << 20, stdin),
            rng: Rng::with_seed(arguments.seed),
            authors: authors((arguments.commits / 60).clamp(8, 4000)),
            files: Vec::new(),
            lines: (arguments.size / blobs / LINE).max(1) as usize,
            next_mark: 1,
            edits: 0,
            topics: (0..TOPICS).map(|_| None).collect(),
            main: 0,
            text: String::new(),
            media: 0,
            renamed: HashMap::new(),
            last: None,
        }
    }

    fn write(mut self) -> io::Result<()> {
        let total = self.arguments.commits;
        let mut made = 0;
        while made < total {
            let time = START + made as i64 * (YEARS * 31_557_600) / total as i64;
            // Files come in over the whole history, more of them early.
            let share = ((made + 1) as f64 / total as f64).powf(0.7);
            let new_files = ((self.arguments.files as f64 * share) as usize).saturating_sub(self.files.len());
            self.one_commit(time, new_files)?;
            made += 1;
            let release = (total / 60).max(1);
            if made % release == 0 {
                let (tip, number) = (self.main, made / release);
                write!(self.out, "tag v{}.{}\nfrom :{tip}\n", number / 10, number % 10)?;
                write!(self.out, "tagger R Manager <release@example.com> {time} +0000\ndata 8\nrelease\n\n")?;
            }
        }
        self.out.flush()
    }

    fn one_commit(&mut self, time: i64, new_files: usize) -> io::Result<()> {
        if self.main == 0 || self.rng.u32(0..DIRECT) == 0 {
            let changes = self.changes(new_files)?;
            let lines = self.rename() + &self.lines(&changes, self.renamed.len());
            self.main = self.commit("main", time, self.main, None, &lines, None)?;
            self.last = changes.last().map(|(file, _)| *file);
            return Ok(());
        }
        let slot = self.rng.usize(0..TOPICS);
        let topic = match self.topics[slot].take() {
            Some(topic) if topic.length >= TOPIC_LENGTH => {
                let subject = format!("Merge branch 'topic/{slot}'\n");
                let merge = Some(topic.tip);
                let lines = self.lines(&topic.changed, self.renamed.len());
                self.main = self.commit("main", time, self.main, merge, &lines, Some(subject))?;
                return Ok(());
            }
            Some(topic) => topic,
            None => Topic {
                tip: self.main,
                length: self.rng.usize(0..2),
                changed: Vec::new(),
                renamed: self.renamed.len(),
            },
        };
        let changes = self.changes(new_files)?;
        let lines = self.lines(&changes, topic.renamed);
        let tip = self.commit(&format!("topic/{slot}"), time, topic.tip, None, &lines, None)?;
        let changed = topic.changed.into_iter().chain(changes).collect();
        self.topics[slot] = Some(Topic { tip, length: topic.length + 1, changed, ..topic });
        Ok(())
    }

    /// What fast-import is told of a file that main gets under another name, now and then; nothing mostly.
    fn rename(&mut self) -> String {
        let chosen = self.rng.u32(0..RENAMES) == 0;
        let Some(file) = self.last.filter(|file| chosen && !self.renamed.contains_key(file)) else {
            return String::new();
        };
        self.renamed.insert(file, self.renamed.len());
        format!("R {} {}\n", path(file, false), path(file, true))
    }

    /// What it is told of changed files, where as many have been renamed as `renamed` says.
    fn lines(&self, changes: &[(usize, usize)], renamed: usize) -> String {
        let is_renamed = |file: &usize| self.renamed.get(file).is_some_and(|order| *order < renamed);
        let line =
            |(file, blob): &(usize, usize)| format!("M 100644 :{blob} {}\n", path(*file, is_renamed(file)));
        changes.iter().map(line).collect()
    }

    /// Writes the blobs of one commit; each change is a file and the mark of its blob.
    fn changes(&mut self, new_files: usize) -> io::Result<Vec<(usize, usize)>> {
        let mut changed = Vec::new();
        let made = self.next_mark * self.arguments.media;
        if self.media < made.div_ceil(self.arguments.commits * (CHANGES + 1)).min(self.arguments.media) {
            changed.push((MEDIA + self.media, self.media_blob()?));
            self.media += 1;
        }
        for _ in 0..new_files {
            self.files.push(vec![self.edits; self.lines]);
            changed.push((self.files.len() - 1, self.blob(self.files.len() - 1)?));
        }
        if self.files.is_empty() {
            return Ok(changed);
        }
        let count = if new_files > CHANGES { 0 } else { 1 + self.rng.usize(0..CHANGES * 2 - 1) };
        // Changes come together: in one part of the tree, and some files are changed again and again.
        let hot = self.rng.f64().powi(3);
        let base = (hot * self.files.len() as f64) as usize;
        for _ in 0..count {
            let file = (base + self.rng.usize(0..20)).min(self.files.len() - 1);
            self.edits += 1;
            for _ in 0..self.rng.usize(1..4) {
                let line = self.rng.usize(0..self.lines);
                self.files[file][line] = self.edits;
            }
            changed.push((file, self.blob(file)?));
        }
        Ok(changed)
    }

    fn blob(&mut self, file: usize) -> io::Result<usize> {
        self.text.clear();
        for (number, stamp) in self.files[file].iter().enumerate() {
            let mut rng = Rng::with_seed(((file as u64) << 40) ^ ((number as u64) << 24) ^ u64::from(*stamp));
            for _ in 0..5 {
                self.text.push_str(WORDS[rng.usize(0..WORDS.len())]);
                self.text.push(' ');
            }
            let _ = writeln!(self.text, "{:x}", rng.u16(..));
        }
        let mark = self.mark();
        write!(self.out, "blob\nmark :{mark}\ndata {}\n{}\n", self.text.len(), self.text)?;
        Ok(mark)
    }

    fn media_blob(&mut self) -> io::Result<usize> {
        let mark = self.mark();
        let mut rng = Rng::with_seed(mark as u64);
        let mut left = self.arguments.media_size as usize;
        write!(self.out, "blob\nmark :{mark}\ndata {left}\n")?;
        let mut bytes = vec![0; 1 << 20];
        while left > 0 {
            let part = left.min(bytes.len());
            rng.fill(&mut bytes[..part]);
            self.out.write_all(&bytes[..part])?;
            left -= part;
        }
        self.out.write_all(b"\n")?;
        Ok(mark)
    }

    fn mark(&mut self) -> usize {
        self.next_mark += 1;
        self.next_mark - 1
    }

    fn commit(
        &mut self,
        branch: &str,
        time: i64,
        from: usize,
        merge: Option<usize>,
        lines: &str,
        subject: Option<String>,
    ) -> io::Result<usize> {
        let mark = self.mark();
        let message = subject.unwrap_or_else(|| message(&mut self.rng));
        // Clocks are not quite right, and patches wait before they are committed.
        let time = time + if self.rng.u32(0..2000) == 0 { -self.rng.i64(0..200_000) } else { 0 };
        let waited = if merge.is_some() { 0 } else { (self.rng.f64().powi(6) * 5_000_000.0) as i64 };
        let zone = ["+0000", "-0700", "+0200", "+0900", "+0530", "-0500"][self.rng.usize(0..6)];
        let (author, committer) = (self.author(), self.author());
        write!(self.out, "commit refs/heads/{branch}\nmark :{mark}\n")?;
        write!(self.out, "author {author} {} {zone}\ncommitter {committer} {time} {zone}\n", time - waited)?;
        write!(self.out, "data {}\n{message}\n", message.len())?;
        if from > 0 {
            writeln!(self.out, "from :{from}")?;
        }
        if let Some(other) = merge {
            writeln!(self.out, "merge :{other}")?;
        }
        writeln!(self.out, "{lines}")?;
        Ok(mark)
    }

    fn author(&mut self) -> String {
        let point = self.rng.f64();
        let at = self.authors.partition_point(|(_, sum)| *sum < point);
        self.authors[at.min(self.authors.len() - 1)].0.clone()
    }
}

/// Authors with the share of commits of each and all before it: Zipf's law with exponent 1.
fn authors(count: usize) -> Vec<(String, f64)> {
    let first =
        ["Ada", "Linus", "Grace", "Ken", "Junio", "Barbara", "Dennis", "Émilie", "Jürgen", "Yuki", "Olga"];
    let last = ["Hopper", "Thompson", "Ritchie", "Liskov", "Lovelace", "Müller", "Tanaka", "Novák", "Okafor"];
    let whole: f64 = (1..=count).map(|rank| 1.0 / rank as f64).sum();
    let mut sum = 0.0;
    let author = |number: usize| {
        let (given, family) = (first[number % first.len()], last[number / first.len() % last.len()]);
        sum += 1.0 / (number + 1) as f64 / whole;
        (format!("{given} {family} <dev{number}@example.com>"), sum)
    };
    (0..count).map(author).collect()
}

/// Half of the messages are a subject; the rest have a body, some a long one; most are signed off.
fn message(rng: &mut Rng) -> String {
    let mut words = |count: usize, text: &mut String| {
        let mut width = 0;
        for _ in 0..count {
            let word = WORDS[rng.usize(0..WORDS.len())];
            text.push_str(word);
            width += word.len() + 1;
            text.push(if width > 64 { '\n' } else { ' ' });
            width %= 65;
        }
        text.pop();
        text.push('\n');
        rng.f64()
    };
    let mut text = String::new();
    let chance = words(6, &mut text);
    if chance > 0.5 {
        text.push('\n');
        words(12 + ((chance - 0.5).powi(3) * 800.0) as usize, &mut text);
    }
    if chance > 0.2 {
        text.push_str("\nSigned-off-by: A Developer <dev@example.com>\n");
    }
    text
}

/// The path of a file: about twenty files in each directory, and directories up to five deep.
fn path(file: usize, renamed: bool) -> String {
    if let Some(number) = file.checked_sub(MEDIA) {
        let word = if renamed { "renamed" } else { "clip" };
        return format!("media/{word}-{number}.mp4");
    }
    let mut directory = file / 20;
    let mut path = String::new();
    for _ in 0..5 {
        if directory == 0 {
            break;
        }
        let _ = write!(path, "{}{}/", WORDS[directory % 12], directory % 12);
        directory /= 12;
    }
    let word = if renamed { "renamed" } else { WORDS[file % WORDS.len()] };
    let _ = write!(path, "{word}-{file}.c");
    path
}

const WORDS: &[&str] = &[
    "index",
    "parser",
    "driver",
    "net",
    "core",
    "lib",
    "test",
    "util",
    "cache",
    "tree",
    "log",
    "walk",
    "fix",
    "add",
    "remove",
    "the",
    "a",
    "when",
    "of",
    "return",
    "value",
    "buffer",
    "memory",
    "commit",
    "object",
    "read",
    "write",
    "handle",
    "error",
    "case",
    "option",
    "file",
    "path",
    "lock",
    "race",
    "leak",
    "documentation",
    "configuration",
    "unused",
    "missing",
    "avoid",
    "support",
    "refactor",
    "simplify",
    "rename",
    "update",
    "use",
    "instead",
];
