//! Questions about paths. What `--last-modified` and `--contains-path` mean is what git says of each path, or of each commit,
//! by itself.
//! `GIT_FAST_DIFF_SEED=<n>`: other histories.

mod directories;
mod editors;
mod lists;
mod lives;
mod native;

use std::collections::{BTreeMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;

use bstr::ByteSlice;
use fastrand::Rng;
use serde_json::Value;

use crate::support::repository::{Generated, Plan, args};
use crate::support::trace::Served;
use crate::support::{Environment, Output, damage, put_program};

fn seed() -> u64 {
    std::env::var("GIT_FAST_DIFF_SEED").map_or(1, |seed| seed.parse().expect("a number"))
}

struct World {
    env: Environment,
    repository: Generated,
}

impl World {
    fn new(plan: Plan) -> Self {
        let env = Environment::new();
        let repository = Generated::new(&env, "repository", plan);
        env.index_ok(&repository.dir, "build");
        World { env, repository }
    }

    fn git(&self, words: &[&str]) -> Vec<u8> {
        self.env.git_ok(&self.repository.dir, words)
    }

    fn lines(&self, words: &[&str]) -> Vec<String> {
        self.git(words).lines().map(|line| line.to_str_lossy().into_owned()).collect()
    }

    /// `git-fastlog`, which must answer by itself.
    #[track_caller]
    fn native(&self, words: &[&str]) -> Vec<u8> {
        self.native_os(&args(words))
    }

    #[track_caller]
    fn native_os(&self, words: &[OsString]) -> Vec<u8> {
        let (output, trace) = self.env.fastlog(&self.repository.dir, words, None);
        let trace = trace.unwrap_or_else(|error| panic!("{words:?}: {error}\n{}", output.stderr.as_bstr()));
        assert_eq!(
            (output.code, trace.served, output.stderr.as_bstr()),
            (0, Served::Native, b"".as_bstr()),
            "{words:?}: {}",
            trace.reason
        );
        output.stdout
    }

    /// What `git log -1` shows of the commit that last changed a path.
    fn newest(&self, revision: &str, path: &[u8], format: &str) -> String {
        let format = format!("--format={format}");
        let mut question = args(&["--literal-pathspecs", "log", "-1", &format, revision, "--"]);
        question.push(os(path).to_owned());
        let answer = self.env.git_ok(&self.repository.dir, &question);
        answer.trim_end_with(|c| c == '\n').to_str_lossy().into_owned()
    }

    fn fastlog(&self, words: &[&str]) -> (Output, Served) {
        let (output, trace) = self.env.fastlog(&self.repository.dir, &args(words), None);
        (output, trace.expect("a trace").served)
    }
}

fn os(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}

/// `<oid>\t<path>\0`, path by path.
fn by_path(answer: &[u8]) -> Vec<(Vec<u8>, String)> {
    let lines = answer.split(|byte| *byte == 0).filter(|line| !line.is_empty());
    let parts = lines.map(|line| line.split_once_str("\t").expect("a tab"));
    parts.map(|(oid, path)| (path.to_vec(), oid.to_str_lossy().into_owned())).collect()
}

#[test]
fn last_modified_is_what_log_finds_for_each_path() {
    let mut rng = Rng::with_seed(seed());
    for number in 0..4 {
        let world = World::new(Plan {
            odd: false,
            commits: 70,
            submodules: number > 1,
            ..Plan::random(seed() * 100 + number)
        });
        let revisions = world.lines(&["rev-list", "--all"]);
        for (options, listed) in
            [(&["-r"][..], &["-r"][..]), (&[], &[]), (&["-r", "-t"], &["-r", "-t"]), (&["-rt"], &["-rt"])]
        {
            let revision = revisions[rng.usize(0..revisions.len())].as_str();
            let words = [&["--last-modified", "-z", revision], options].concat();
            let ours = by_path(&world.native(&words));
            let listed = world.git(&[&["ls-tree", "-z", "--name-only", revision], listed].concat());
            let mut paths: Vec<&[u8]> = listed.split(|b| *b == 0).filter(|path| !path.is_empty()).collect();
            paths.sort_unstable();
            let ours_paths: Vec<&[u8]> = ours.iter().map(|(path, _)| path.as_slice()).collect();
            assert_eq!(ours_paths, paths, "{words:?}");
            for (path, oid) in &ours {
                let what = format!("seed {} repository {number}: {words:?}, {}", seed(), path.as_bstr());
                assert_eq!(*oid, world.newest(revision, path, "%H"), "{what}");
            }
        }
    }
}

/// Mode and object name at each path, directories included.
type Tree = BTreeMap<Vec<u8>, Vec<u8>>;

/// The definition, word for word, where a range ends the search.
#[test]
fn last_modified_in_a_range() {
    let mut rng = Rng::with_seed(seed() ^ 0x9a);
    let world =
        World::new(Plan { odd: false, commits: 60, submodules: true, ..Plan::random(seed() * 100 + 50) });
    let mut parents: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in world.lines(&["rev-list", "--all", "--parents"]) {
        let mut names = line.split(' ').map(str::to_owned);
        parents.insert(names.next().expect("a name"), names.collect());
    }
    let tree = |commit: &String| -> Tree {
        let listing = world.git(&["ls-tree", "-rtz", commit]);
        let entries = listing.split(|byte| *byte == 0).filter_map(|line| line.split_once_str("\t"));
        entries.map(|(value, path)| (path.to_vec(), value.to_vec())).collect()
    };
    let trees: BTreeMap<&String, Tree> = parents.keys().map(|commit| (commit, tree(commit))).collect();
    let commits: Vec<&String> = parents.keys().collect();
    let mut boundaries = 0;
    for _ in 0..12 {
        let (from, to) = (commits[rng.usize(0..commits.len())], commits[rng.usize(0..commits.len())]);
        let excluded: HashSet<String> = world.lines(&["rev-list", from]).into_iter().collect();
        if excluded.contains(to) {
            let (output, served) = world.fastlog(&["--last-modified", "-r", &format!("{from}..{to}")]);
            assert_eq!((output.code, served), (128, Served::Git));
            continue;
        }
        let answer = world.native(&["--last-modified", "-rz", &format!("{from}..{to}")]);
        for (path, oid) in by_path(&answer) {
            let mut commit = to;
            let expected = loop {
                if excluded.contains(commit) {
                    boundaries += 1;
                    break format!("^{commit}");
                }
                let same = |parent: &&String| trees[parent].get(&path) == trees[commit].get(&path);
                match parents[commit].iter().find(same) {
                    Some(parent) => commit = parent,
                    None => break commit.clone(),
                }
            };
            assert_eq!(oid, expected, "seed {}: {from}..{to} {}", seed(), path.as_bstr());
        }
    }
    assert!(boundaries > 0, "no path was older than its range");
}

/// Against a git that has the command: the same lines, in order of their paths. For a range only the paths are compared: git
/// 2.55 marks excluded commits one step late, and may go past the first one. `last_modified_in_a_range` has the definition.
/// `GIT_FAST_TEST_NEW_GIT=<git>` names one, 2.55 at least, which is when it got `--max-depth`'s present meaning.
#[test]
#[ignore = "takes a newer git than most systems have: GIT_FAST_TEST_NEW_GIT=<git>"]
fn last_modified_is_git_s() {
    let new = std::env::var_os("GIT_FAST_TEST_NEW_GIT").expect("GIT_FAST_TEST_NEW_GIT names a git");
    let options: &[&[&str]] =
        &[&[], &["-r"], &["-t"], &["-r", "-t"], &["--max-depth=1"], &["--max-depth=-1"]];
    let specs: &[&[&str]] =
        &[&[], &["src"], &["src/lib", "README"], &["*.c"], &[":!src"], &["no/such"], &["."]];
    let specs = [specs, directories::OVERLAPPING].concat();
    let mut rng = Rng::with_seed(seed() ^ 0x52);
    let (mut native, mut failed, mut all) = (0, 0, 0);
    for number in 0..8 {
        let mut env = Environment::new();
        let bin = env.path().join("new-git");
        fs::create_dir(&bin).expect("a new directory");
        std::os::unix::fs::symlink(&new, bin.join("git")).expect("a new name");
        env.put_first(&bin);
        let plan = Plan {
            commits: 80,
            odd: number % 2 == 1,
            submodules: number % 4 > 1,
            ..Plan::random(seed() * 100 + 30 + number)
        };
        let repository = Generated::new(&env, "repository", plan);
        if number % 4 < 2 {
            env.git_ok(&repository.dir, &["commit-graph", "write", "--reachable", "--changed-paths"]);
        }
        env.index_ok(&repository.dir, "build");
        let world = World { env, repository };
        let revisions = world.lines(&["rev-list", "--all"]);
        for _ in 0..60 {
            let mut some = || revisions[rng.usize(0..revisions.len())].clone();
            let (one, two) = (some(), some());
            let revision = if rng.u8(0..3) == 0 { format!("{one}..{two}") } else { one };
            let mut words = options[rng.usize(0..options.len())].to_vec();
            if rng.u8(0..3) == 0 {
                words.push("-z");
            }
            words.push(&revision);
            let paths = specs[rng.usize(0..specs.len())];
            if !paths.is_empty() {
                words.push("--");
                words.extend(paths);
            }
            let theirs = world.env.git(&world.repository.dir, &[&["last-modified"], &*words].concat());
            let (ours, served) = world.fastlog(&[&["--last-modified"], &*words].concat());
            assert!(!ours.panicked(), "{words:?}: {}", ours.stderr.as_bstr());
            all += 1;
            if theirs.code != 0 {
                // Also where it gives up on skewed dates.
                failed += 1;
                continue;
            }
            native += usize::from(served == Served::Native);
            let end = if words.contains(&"-z") { 0 } else { b'\n' };
            let lines = |answer: &[u8]| {
                let lines = answer.split(|byte| *byte == end);
                let path =
                    |line: &[u8]| line.splitn_str(2, "\t").last().unwrap_or_default().as_bstr().to_owned();
                let mut lines: Vec<_> = match revision.contains("..") {
                    true => lines.map(path).collect(),
                    false => lines.map(|line| line.as_bstr().to_owned()).collect(),
                };
                lines.sort();
                lines
            };
            let what = format!("seed {} repository {number}: {words:?} {served:?}", seed());
            assert_eq!(ours.code, 0, "{what}: {}", ours.stderr.as_bstr());
            assert_eq!(lines(&ours.stdout), lines(&theirs.stdout), "{what}");
        }
    }
    assert!(failed * 4 < all && native * 3 > all, "{native} of {all} natively, {failed} failed");
}

#[test]
fn last_modified_of_some_paths() {
    let env = Environment::new();
    let repository = Generated::new(&env, "repository", Plan::plain(3, 1));
    let dir = repository.dir.clone();
    let world = World { env, repository };
    let commit = |message: &str| {
        world.git(&["add", "-A"]);
        world.git(&["commit", "-q", "-m", message]);
    };
    world.git(&["rm", "-rq", "--ignore-unmatch", "."]);
    for (path, message) in [("file", "one"), ("a/file", "two"), ("a/b/file", "three"), ("t\tab", "four")] {
        fs::create_dir_all(dir.join(path).parent().expect("below")).expect("a writable worktree");
        fs::write(dir.join(path), message).expect("a writable worktree");
        commit(message);
    }
    world.env.index_ok(&dir, "build");
    let of =
        |message: &str| world.lines(&["log", "-1", "--format=%H", &format!("--grep=^{message}$")]).remove(0);
    let (one, two, three, four) = (of("one"), of("two"), of("three"), of("four"));
    for (words, expected) in [
        (&[][..], format!("{three}\ta\n{one}\tfile\n{four}\t\"t\\tab\"\n")),
        (&["-t"], format!("{three}\ta\n{one}\tfile\n{four}\t\"t\\tab\"\n")),
        (&["-r", "--", "a"], format!("{three}\ta/b/file\n{two}\ta/file\n")),
        (&["--", "a/b", "a/file"], format!("{three}\ta/b\n{two}\ta/file\n")),
        (&["--", "no/such"], String::new()),
        (&["-r", "--", "*file", ":!a/b"], format!("{two}\ta/file\n{one}\tfile\n")),
        (&["--recursive", "HEAD~2", "--", "a"], format!("{two}\ta/file\n")),
        (&["HEAD~2..HEAD", "--", "a", "file"], format!("{three}\ta\n^{two}\tfile\n")),
    ] {
        let answer = world.native(&[&["--last-modified"], words].concat());
        assert_eq!(answer.as_bstr(), expected.as_bytes().as_bstr(), "{words:?}");
    }
    for words in [
        &["HEAD", "HEAD~1"][..],
        &["-n1"],
        &["--max-depth=1"],
        &["--", "a*"],
        &["HEAD...HEAD~1"],
        &["HEAD~1..HEAD~2"],
        &["-t", "--", "a"],
        &["-rt", "--", "a"],
        &["--", ":!a"],
        &["--", ":(icase)A"],
    ] {
        let (output, served) = world.fastlog(&[&["--last-modified"], words].concat());
        assert_eq!((output.code, served), (128, Served::Git), "{words:?}");
        assert!(
            output.stderr.starts_with(b"fatal: --last-modified needs the index, or git 2.52: "),
            "{words:?}"
        );
    }
    let json = world.native(&["--last-modified", "--json", "HEAD~3..HEAD"]);
    let values: Vec<Value> =
        json.lines().map(|line| serde_json::from_slice(line).expect("a line of JSON")).collect();
    assert_eq!(values.len(), 3);
    assert_eq!((&values[0]["path"], &values[0]["oid"]), (&Value::from("a"), &Value::from(three)));
    assert_eq!((&values[0]["subject"], &values[0]["boundary"]), (&Value::from("three"), &Value::from(false)));
    assert_eq!(values[0]["author"]["name"], "A U Thor");
    for value in &values {
        let oid = value["oid"].as_str().expect("a name");
        let dates = world.lines(&["log", "-1", "--no-walk", "--format=%at %ct", oid]).remove(0);
        let zones =
            world.lines(&["log", "-1", "--no-walk", "--date=format:%z", "--format=%ad %cd", oid]).remove(0);
        let people = [&value["author"], &value["committer"]];
        assert_eq!(people.map(|person| person["time"].to_string()).join(" "), dates);
        assert_eq!(people.map(|person| person["zone"].as_str().expect("a zone")).join(" "), zones);
    }
    assert_eq!((&values[1]["path"], &values[1]["boundary"]), (&Value::from("file"), &Value::from(true)));
}

#[test]
fn without_an_index() {
    let mut world = World::new(Plan::plain(5, 30));
    let words = ["--last-modified", "-rz"];
    let files = ["--contains-path", "*", "-z"];
    // The index lacks the newest commits.
    world.repository.grow(&world.env, 4);
    for (path, oid) in by_path(&world.native(&words)) {
        assert_eq!(oid, world.newest("HEAD", &path, "%H"), "{}", path.as_bstr());
    }
    let lives = world.native(&files);
    assert_eq!(lives.split(|byte| *byte == 0).count() - 1, lives::listed(&world, &[], OsStr::new("*")).len());
    // It is damaged; nobody repairs it meanwhile.
    world.env.set_config(&[("fast.autoIndex", OsStr::new("false"))]);
    let mut rng = Rng::with_seed(seed());
    for _ in 0..8 {
        world.repository.remove_index();
        world.env.index_ok(&world.repository.dir, "build");
        let fresh = world.native(&words);
        let what = damage::random(&world.repository.index_dir(), &mut rng);
        let (output, _) = world.fastlog(&words);
        assert!(!output.panicked(), "{what:?}: {}", output.stderr.as_bstr());
        let failed = output.code == 128 && output.stdout.is_empty();
        assert!(failed || output.stdout == fresh, "{what:?}: {}", output.stderr.as_bstr());
    }
    // There is none, and none may be made.
    world.repository.remove_index();
    for (words, says) in [
        (&words[..], "fatal: --last-modified needs the index, or git 2.52: no index\n"),
        (&files, "fatal: no --contains-path without the index: no index\n"),
        (&["--last-modified", "--json"], "fatal: no --json without the index: no index\n"),
    ] {
        let (output, served) = world.fastlog(words);
        assert_eq!((output.code, served, output.stdout.as_bstr()), (128, Served::Git, b"".as_bstr()));
        let stderr = output.stderr.to_str_lossy();
        assert!(stderr.starts_with(says) && stderr.contains("hint: 'git optimize index build'"), "{stderr}");
    }
    // A git that has the command is asked.
    let real = world.env.real_git();
    let script = format!(
        "case $1 in\nversion|--version) echo git version 2.52.0;;\n\
         last-modified) shift; printf '%s' \"$*\" >&2; printf '2\\tb\\n1\\ta\\n'; exit 7;;\n*) exec {} \"$@\";;\nesac",
        real.display()
    );
    put_program(&mut world.env, "git", &script);
    let (output, served) = world.fastlog(&["--last-modified", "-r", "HEAD", "--", "x"]);
    assert_eq!((output.code, served), (7, Served::Git), "{}", output.stderr.as_bstr());
    assert_eq!(output.stdout.as_bstr(), "1\ta\n2\tb\n".as_bytes().as_bstr());
    assert_eq!(output.stderr.as_bstr(), "-r HEAD -- x".as_bytes().as_bstr());
}
