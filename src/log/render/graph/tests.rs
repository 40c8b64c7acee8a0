//! Random histories, drawn here and by the `git` on PATH.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use bstr::{BString, ByteSlice};

use super::{Framing, Graph, GraphColors};

/// A small generator of numbers, replayable from its seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}

fn git(repo: &Path, args: &[String], stdin: &[u8]) -> Vec<u8> {
    let mut child = Command::new("git")
        .args(args)
        .current_dir(repo)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", repo)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = stdin.to_vec();
    let writer = std::thread::spawn(move || pipe.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "git {args:?}");
    output.stdout
}

fn args(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

struct Repo {
    dir: tempfile::TempDir,
    /// How many commits; number `n` is the tip of branch `b<n>`.
    size: usize,
}

impl Repo {
    /// A history with few lines or many, with few merges or many, whose dates may be equal or skewed.
    fn random(dice: &mut Dice) -> Repo {
        let size = 2 + dice.pick(&[20, 50, 100]);
        let (merges, octopus) = (dice.roll(90), dice.roll(60));
        let (roots, reach) = (dice.roll(8), 2 + dice.roll(size / 2));
        let spread = 1 + dice.roll(8);
        let mut stream = Vec::new();
        for n in 0..size {
            let mut chosen = Vec::new();
            if n > 0 && dice.roll(100) >= roots {
                let count = match dice.roll(100) < merges {
                    true if dice.roll(100) < octopus => 3 + dice.roll(4),
                    true => 2,
                    false => 1,
                };
                for _ in 0..count {
                    let parent = n - 1 - dice.roll(reach.min(n));
                    // A commit may even name a parent twice.
                    if !chosen.contains(&parent) || dice.roll(30) == 0 {
                        chosen.push(parent);
                    }
                }
            }
            let date = 1_700_000_000 + 60 * (n / spread) + dice.roll(spread) * 50;
            let message =
                dice.pick(&["one line", "", "subject\n\nbody\nof two lines\n", "subject\n\nopen body"]);
            write!(
                stream,
                "commit refs/heads/b{n}\nmark :{}\nauthor A <a@x> {} +0000\ncommitter C <c@x> {date} +0000\ndata {}\n{message}\n",
                n + 1,
                date + dice.roll(3) * 100,
                message.len()
            )
            .unwrap();
            for (nth, parent) in chosen.iter().enumerate() {
                writeln!(stream, "{} :{}", if nth == 0 { "from" } else { "merge" }, parent + 1).unwrap();
            }
            write!(stream, "M 644 inline f{}\ndata {}\n{n}\n\n", dice.roll(4), n.to_string().len()).unwrap();
        }
        let dir = tempfile::tempdir().unwrap();
        git(dir.path(), &args(&["init", "-q", "--bare", "."]), b"");
        git(dir.path(), &args(&["fast-import", "--quiet"]), &stream);
        Repo { dir, size }
    }
}

/// Which commits to show.
struct Selection {
    args: Vec<String>,
    /// `-n` or `--skip`, which hide commits but not the edges to them.
    page: Vec<String>,
}

fn random_selection(size: usize, dice: &mut Dice) -> Selection {
    let mut chosen = args(&["--branches"]);
    let (mut page, mut paths) = (Vec::new(), Vec::new());
    let tip = |dice: &mut Dice| dice.roll(size);
    match dice.roll(17) {
        0 | 1 => chosen.extend((0..1 + dice.roll(3)).map(|_| format!("^b{}", tip(dice)))),
        2 | 3 => {
            chosen = vec![format!("b{}...b{}", tip(dice), tip(dice))];
            chosen.extend(args(dice.pick(&[&[], &["--left-right"]])));
        }
        4 => paths = args(&["--", "f0", "f2"]),
        5 => {
            chosen.push("--full-history".to_owned());
            paths = args(&["--", "f1"]);
        }
        6 => {
            chosen.push("--simplify-merges".to_owned());
            paths = args(&["--", "f3"]);
        }
        7 => chosen.push("--first-parent".to_owned()),
        8 => chosen.push(format!("--grep={}", dice.pick(&["o", "open"]))),
        9 => chosen.push("--no-merges".to_owned()),
        10 => chosen.push("--merges".to_owned()),
        11 => chosen.push("--until=1700000300".to_owned()),
        12 => chosen.push("--since=1700000300".to_owned()),
        13 => page = vec![format!("-{}", 1 + dice.roll(size))],
        14 => page = vec![format!("--skip={}", dice.roll(4))],
        _ => {}
    }
    if page.is_empty() && dice.roll(2) == 0 {
        chosen.push("--boundary".to_owned());
    }
    chosen.push(dice.pick(&["--topo-order", "--date-order", "--author-date-order"]).to_owned());
    chosen.extend(paths);
    Selection { args: chosen, page }
}

/// A shown commit: its name, its mark and the parents that git draws edges to.
struct Shown {
    id: BString,
    mark: u8,
    parents: Vec<u32>,
}

fn rev_list(repo: &Repo, options: &[String], selection: &[String]) -> Vec<u8> {
    git(
        repo.dir.path(),
        &[args(&["rev-list", "--parents"]), options.to_vec(), selection.to_vec()].concat(),
        b"",
    )
}

fn shown(repo: &Repo, selection: &Selection) -> (Vec<Shown>, HashMap<BString, u32>) {
    let refs = args(&["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)"]);
    let numbers: HashMap<BString, u32> = git(repo.dir.path(), &refs, b"")
        .lines()
        .map(|line| (line[..40].into(), line[42..].to_str().unwrap().parse().unwrap()))
        .collect();
    let name = |line: &[u8]| BString::from(&line[usize::from(!line[0].is_ascii_hexdigit())..][..40]);
    // Edges lead to what is shown, on this page or another; those of boundary commits only to what has an
    // edge from a commit proper.
    let listed = rev_list(repo, &[], &selection.args);
    let all: HashSet<BString> = listed.lines().map(name).collect();
    let proper = listed.lines().filter(|line| !line.starts_with(b"-"));
    let reached: HashSet<BString> =
        proper.flat_map(|line| line.split_str(" ").skip(1)).map(BString::from).collect();
    let first_parent = selection.args.iter().any(|arg| arg == "--first-parent");
    let mut commits = Vec::new();
    for line in rev_list(repo, &selection.page, &selection.args).lines() {
        let names = line.split_str(" ").skip(1).map(BString::from).take(if first_parent { 1 } else { 99 });
        let drawn = if line.starts_with(b"-") { &reached } else { &all };
        let parents = names.filter(|name| drawn.contains(name)).map(|name| numbers[&name]).collect();
        let mark = match line[0] {
            b'-' => b'o',
            mark if mark.is_ascii_hexdigit() => b'*',
            mark => mark,
        };
        commits.push(Shown { id: name(line), mark, parents });
    }
    (commits, numbers)
}

/// A format and the kind of its framing, for a given byte.
type Format = (&'static str, fn(u8) -> Framing);

const FORMATS: [Format; 17] = [
    ("--oneline", Framing::Terminator),
    ("--pretty=oneline", Framing::Terminator),
    ("--pretty=reference", Framing::Terminator),
    ("--pretty=short", Framing::Separator),
    ("--pretty=medium", Framing::Separator),
    ("--pretty=full", Framing::Separator),
    ("--pretty=fuller", Framing::Separator),
    ("--pretty=raw", Framing::Separator),
    ("--pretty=email", Framing::Separator),
    ("--format=%h", Framing::Terminator),
    ("--format=%h%n%s%n%b", Framing::Terminator),
    ("--format=%b", Framing::Terminator),
    ("--format=%Cgreen%h%Creset%n%n", Framing::Terminator),
    ("--format=", |_| Framing::Nothing),
    ("--pretty=format:", Framing::Separator),
    ("--pretty=format:%h%n%b", Framing::Separator),
    ("--pretty=format:%s", Framing::Separator),
];

/// What git prints for each commit, without a graph.
fn texts(repo: &Repo, commits: &[Shown], format: &str, framing: Framing, color: &str) -> Vec<Vec<u8>> {
    if framing == Framing::Nothing || commits.is_empty() {
        return vec![Vec::new(); commits.len()];
    }
    let ids: Vec<u8> = commits.iter().flat_map(|commit| [commit.id.as_slice(), b"\n"].concat()).collect();
    let words = args(&["log", "-z", "--no-walk=unsorted", "--stdin", "--no-decorate", format, color]);
    let output = git(repo.dir.path(), &words, &ids);
    let output = match framing {
        Framing::Terminator(_) => output.strip_suffix(b"\0").unwrap(),
        _ => &output[..],
    };
    let texts: Vec<Vec<u8>> = output.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect();
    assert_eq!(texts.len(), commits.len());
    texts
}

fn some_colors(codes: &[&str]) -> GraphColors {
    let sequence =
        |code: &&str| if code.is_empty() { BString::default() } else { format!("\x1b[{code}m").into() };
    GraphColors { columns: codes.iter().map(sequence).collect(), reset: "\x1b[m".into() }
}

fn default_colors() -> GraphColors {
    let plain = ["31", "32", "33", "34", "35", "36"];
    let bold = ["1;31", "1;32", "1;33", "1;34", "1;35", "1;36"];
    some_colors(&[plain, bold].concat())
}

fn compare(seed: u64) {
    let mut dice = Dice(seed);
    let repo = Repo::random(&mut dice);
    for _ in 0..4 {
        let selection = random_selection(repo.size, &mut dice);
        let (commits, numbers) = shown(&repo, &selection);
        // Simplification rewrites parents, and some formats name them.
        let rewritten = selection.args.iter().any(|arg| arg == "--");
        // With colours git marks the matches of --grep.
        let sides = if selection.args.iter().any(|arg| arg.starts_with("--grep")) { 1 } else { 4 };
        for _ in 0..2 {
            let (mut format, mut framing) = dice.pick(&FORMATS);
            while rewritten && format.starts_with("--pretty=") && !format.contains(':') {
                (format, framing) = dice.pick(&FORMATS);
            }
            let zero = dice.roll(4) == 0;
            let framing = framing(if zero { 0 } else { b'\n' });
            let (color, colors, config) = match dice.roll(sides) {
                0 => ("--color=never", None, "core.bare=true"),
                1 => ("--color=always", Some(default_colors()), "core.bare=true"),
                2 => (
                    "--color=always",
                    Some(some_colors(&["31", "1;34", ""])),
                    "log.graphColors=red,bold blue,normal",
                ),
                _ => (
                    "--color=always",
                    Some(some_colors(&["1;2;3;4;7;38;2;1;2;3;48;2;100;200;250", "32"])),
                    "log.graphColors=bold dim italic ul reverse #010203 #64c8fa,green",
                ),
            };
            let texts = texts(&repo, &commits, format, framing, color);
            let mut graph = Graph::new(colors, framing);
            let mut drawn = Vec::new();
            for (commit, text) in commits.iter().zip(&texts) {
                graph.place(numbers[&commit.id], &commit.parents);
                graph.draw(commit.mark, text, &mut drawn);
            }
            let mut words = args(&["-c", config, "log", "--graph", "--no-decorate", format, color]);
            words.extend(args(if zero { &["-z"] } else { &[] }));
            words.extend(selection.page.iter().chain(&selection.args).cloned());
            let expected = git(repo.dir.path(), &words, b"");
            if drawn != expected {
                let same = drawn.lines().zip(expected.lines()).take_while(|(a, b)| a == b).count();
                let around = |text: &[u8]| -> Vec<String> {
                    let lines = text.lines_with_terminator().skip(same.saturating_sub(12)).take(15);
                    lines.map(|line| line.escape_ascii().to_string()).collect()
                };
                let (drawn, expected) = (around(&drawn).join("\n"), around(&expected).join("\n"));
                panic!(
                    "seed {seed}: git {words:?}, line {}\n--- drawn\n{drawn}\n--- git\n{expected}",
                    same + 1
                );
            }
        }
    }
}

#[test]
fn random_histories_are_drawn_as_git_draws_them() {
    // GRAPH_SEEDS=first+count replays a failure or looks at more of them.
    let seeds = std::env::var("GRAPH_SEEDS").unwrap_or("1+25".to_owned());
    let (first, count) = seeds.split_once('+').unwrap();
    let (first, count): (u64, u64) = (first.parse().unwrap(), count.parse().unwrap());
    for seed in first..first + count {
        compare(seed);
    }
}

#[test]
fn the_width_is_the_one_that_padding_counts() {
    for seed in 1..6 {
        let repo = Repo::random(&mut Dice(seed));
        let selection = Selection { args: args(&["--branches", "--topo-order"]), page: Vec::new() };
        let (commits, numbers) = shown(&repo, &selection);
        let (mut widths, mut graph) =
            (Graph::new(None, Framing::Nothing), Graph::new(None, Framing::Terminator(b'\n')));
        let mut drawn = Vec::new();
        for commit in &commits {
            let width = widths.place(numbers[&commit.id], &commit.parents);
            assert_eq!(graph.place(numbers[&commit.id], &commit.parents), width);
            let text = format!("{:<1$}|", commit.id.to_string(), 70_usize.saturating_sub(width));
            graph.draw(b'*', text.as_bytes(), &mut drawn);
        }
        let words = args(&["log", "--graph", "--color=never", "--branches", "--format=%<|(70)%H|"]);
        let expected = git(repo.dir.path(), &words, b"");
        assert_eq!(drawn.as_bstr(), expected.as_bstr(), "seed {seed}");
    }
}
