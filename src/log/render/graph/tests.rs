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
    /// Numbers of the parents of commit `n`, which is tagged `t<n>`.
    parents: Vec<Vec<usize>>,
}

impl Repo {
    /// A history with few lines or many, with few merges or many, whose dates may be equal or skewed.
    fn random(dice: &mut Dice) -> Repo {
        let size = 2 + dice.roll(45);
        let (merges, octopus) = (dice.roll(90), dice.roll(60));
        let (roots, reach) = (dice.roll(8), 2 + dice.roll(20));
        let spread = 1 + dice.roll(8);
        let mut parents: Vec<Vec<usize>> = Vec::new();
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
                    if !chosen.contains(&parent) {
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
            parents.push(chosen);
        }
        let dir = tempfile::tempdir().unwrap();
        git(dir.path(), &args(&["init", "-q", "--bare", "."]), b"");
        git(dir.path(), &args(&["fast-import", "--quiet"]), &stream);
        Repo { dir, parents }
    }

    fn ancestors(&self, tips: &[usize]) -> HashSet<usize> {
        let mut found = HashSet::new();
        let mut todo = tips.to_vec();
        while let Some(commit) = todo.pop() {
            if found.insert(commit) {
                todo.extend(&self.parents[commit]);
            }
        }
        found
    }
}

/// Which commits to show, and whose edges git hides.
struct Selection {
    args: Vec<String>,
    hidden: HashSet<usize>,
    left_right: bool,
    first_parent: bool,
}

fn random_selection(repo: &Repo, dice: &mut Dice) -> Selection {
    let size = repo.parents.len();
    let mut selection = Selection {
        args: args(&["--branches"]),
        hidden: HashSet::new(),
        left_right: false,
        first_parent: false,
    };
    let boundary = dice.roll(2) == 0;
    let mut paths = Vec::new();
    match dice.roll(9) {
        0 | 1 => {
            let tips: Vec<_> = (0..1 + dice.roll(3)).map(|_| dice.roll(size)).collect();
            selection.hidden = repo.ancestors(&tips);
            selection.args.extend(tips.iter().map(|tip| format!("^b{tip}")));
        }
        2 | 3 => {
            let (left, right) = (dice.roll(size), dice.roll(size));
            selection.args = vec![format!("b{left}...b{right}")];
            selection.left_right = dice.roll(3) > 0;
            selection.hidden = &repo.ancestors(&[left]) & &repo.ancestors(&[right]);
        }
        4 => paths = args(&["--", "f0", "f2"]),
        5 => {
            selection.args.push("--full-history".to_owned());
            paths = args(&["--", "f1"]);
        }
        6 => {
            selection.first_parent = true;
            selection.args.push("--first-parent".to_owned());
        }
        7 => selection.args.push(format!("-{}", 1 + dice.roll(size))),
        _ => {}
    }
    if boundary && !selection.hidden.is_empty() {
        selection.args.push("--boundary".to_owned());
    }
    if selection.left_right {
        selection.args.push("--left-right".to_owned());
    }
    selection.args.push(dice.pick(&["--topo-order", "--date-order", "--author-date-order"]).to_owned());
    selection.args.extend(paths);
    selection
}

/// A shown commit: its name, its mark and the parents that git draws edges to.
struct Shown {
    id: BString,
    mark: u8,
    parents: Vec<u32>,
}

fn shown(repo: &Repo, selection: &Selection) -> (Vec<Shown>, HashMap<BString, u32>) {
    let path = repo.dir.path();
    let refs = git(path, &args(&["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)"]), b"");
    let numbers: HashMap<BString, u32> =
        refs.lines().map(|line| (line[..40].into(), line[42..].to_str().unwrap().parse().unwrap())).collect();
    let mut list = args(&["rev-list", "--parents"]);
    list.extend(selection.args.iter().cloned());
    let listed = git(path, &list, b"");
    let boundary: HashSet<&[u8]> =
        listed.lines().filter_map(|line| line.strip_prefix(b"-")).map(|l| &l[..40]).collect();
    let mut commits = Vec::new();
    for line in listed.lines() {
        let marked = !line[0].is_ascii_hexdigit();
        let mut names = line[usize::from(marked)..].split_str(" ");
        let id: BString = names.next().unwrap().into();
        let drawn = |name: &&[u8]| {
            boundary.contains(name) || !selection.hidden.contains(&(numbers[name.as_bstr()] as usize))
        };
        let mut parents: Vec<u32> = names.filter(drawn).map(|name| numbers[name.as_bstr()]).collect();
        if selection.first_parent {
            parents.truncate(1);
        }
        let mark = match line[0] {
            b'-' => b'o',
            mark if marked => mark,
            _ => b'*',
        };
        commits.push(Shown { id, mark, parents });
    }
    (commits, numbers)
}

/// The formats, each with its kind of framing for a given byte.
const FORMATS: [(&str, fn(u8) -> Framing); 17] = [
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

fn default_colors() -> GraphColors {
    GraphColors {
        columns: (31..=36)
            .map(|n| format!("\x1b[{n}m"))
            .chain((31..=36).map(|n| format!("\x1b[1;{n}m")))
            .map(BString::from)
            .collect(),
        reset: "\x1b[m".into(),
    }
}

fn compare(seed: u64) {
    let mut dice = Dice(seed);
    let repo = Repo::random(&mut dice);
    for _ in 0..4 {
        let selection = random_selection(&repo, &mut dice);
        let (commits, numbers) = shown(&repo, &selection);
        // git may rewrite the parents named in these texts.
        let rewritten = selection.args.iter().any(|arg| arg == "--");
        for _ in 0..2 {
            let (mut format, mut framing) = dice.pick(&FORMATS);
            while rewritten && format.starts_with("--pretty=") && !format.contains(':') {
                (format, framing) = dice.pick(&FORMATS);
            }
            let zero = dice.roll(4) == 0;
            let framing = framing(if zero { 0 } else { b'\n' });
            let (color, colors, config) = match dice.roll(3) {
                0 => ("--color=never", None, "core.bare=true"),
                1 => ("--color=always", Some(default_colors()), "core.bare=true"),
                _ => (
                    "--color=always",
                    Some(GraphColors {
                        columns: vec!["\x1b[31m".into(), "\x1b[1;34m".into(), "".into()],
                        reset: "\x1b[m".into(),
                    }),
                    "log.graphColors=red,bold blue,normal",
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
            words.extend(selection.args.iter().cloned());
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
    let (first, count) = match std::env::var("GRAPH_SEEDS") {
        Ok(seeds) => seeds
            .split_once('+')
            .map(|(first, count)| (first.parse().unwrap(), count.parse().unwrap()))
            .unwrap(),
        Err(_) => (1, 60),
    };
    for seed in first..first + count {
        compare(seed);
    }
}
