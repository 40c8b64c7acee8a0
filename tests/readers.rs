//! What reads bytes that may be damaged or hostile ([`git_fast::readers`]) gets real ones of each kind, and these changed
//! in generated ways. `GIT_FAST_READER_CASES=100000` runs long, `GIT_FAST_READER_SEEDS=<dir>` leaves the real ones there
//! for `cargo fuzz`.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use bstr::ByteSlice;
use fastrand::Rng;
use git_fast::readers::{READERS, find};

use crate::support::Environment;
use crate::support::damage;
use crate::support::repository::{Generated, Plan, args};

/// Changes of each real text or file where nothing else is asked for.
const CASES: usize = 150;

/// A reader's name, and what it reads.
type Seed = (&'static str, Vec<u8>);

#[test]
#[expect(clippy::print_stdout, reason = "what fails must be replayable")]
fn changed_bytes_are_refused_or_read_to_their_end() {
    let asked = std::env::var("GIT_FAST_READER_CASES").ok().map(|cases| cases.parse().expect("a number"));
    let cases: usize = asked.unwrap_or(CASES);
    let seeds = [files(), texts()].concat();
    if let Some(dir) = std::env::var_os("GIT_FAST_READER_SEEDS") {
        write_seeds(Path::new(&dir), &seeds);
    }
    for (name, _) in READERS {
        assert!(seeds.iter().any(|(reader, _)| reader == name), "nothing real for {name}");
    }
    let mut failures = Vec::new();
    for (number, (name, bytes)) in seeds.iter().enumerate() {
        let (_, read) = find(name).expect("it is a reader");
        let mut rng = Rng::with_seed(number as u64);
        for case in 0..=cases {
            let other = &seeds[rng.usize(0..seeds.len())].1;
            let changed = if case == 0 { bytes.clone() } else { change(bytes, other, &mut rng) };
            if catch_unwind(|| read(&changed)).is_err() {
                println!("{name}, seed {number}, case {case}: {}", changed.as_bstr().escape_ascii());
                failures.push((name, number, case));
                break;
            }
        }
    }
    assert!(failures.is_empty(), "{failures:?}");
}

fn write_seeds(dir: &Path, seeds: &[Seed]) {
    fs::create_dir_all(dir).expect("a writable directory");
    for (number, (name, bytes)) in seeds.iter().enumerate() {
        let (first, _) = find(name).expect("it is a reader");
        fs::write(dir.join(number.to_string()), [&[first], bytes.as_slice()].concat()).expect("just made");
    }
}

/// Bytes exchanged, added, lost, and numbers that are as large or as small as they can be; once or a few times.
fn change(bytes: &[u8], other: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=rng.usize(0..4) {
        // Headers are short and matter most.
        let end = if rng.bool() { bytes.len().min(160) } else { bytes.len() };
        let at = rng.usize(0..=end);
        let to = (at + rng.usize(1..32)).min(bytes.len());
        match rng.u8(0..8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..to)),
            2 => bytes[at..to].fill(*rng.choice(&[0, 1, 0x7f, 0x80, 0xff]).expect("there are some")),
            3 => {
                let from = rng.usize(0..=other.len());
                let piece = &other[from..(from + rng.usize(0..64)).min(other.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            4 => {
                let (from, to) = (rng.usize(0..=bytes.len()), to);
                let piece = bytes[from.min(to)..to].to_vec();
                bytes.splice(at..at, piece);
            }
            5 if at + 8 <= bytes.len() => {
                let number = *rng
                    .choice(&[0, 1, 255, 1 << 31, u64::MAX >> 1, u64::MAX, u64::MAX - 1000])
                    .expect("some");
                let (wide, number) = (rng.bool(), if rng.bool() { number } else { number.swap_bytes() });
                let width = if wide { 8 } else { 4 };
                bytes[at..at + width].copy_from_slice(&number.to_ne_bytes()[..width]);
            }
            6 if at < bytes.len() => bytes[at] = bytes[at].wrapping_add(*rng.choice(&[1, 255]).expect("two")),
            _ if at < bytes.len() => bytes[at] ^= 1 << rng.u8(0..8),
            _ => bytes.push(rng.u8(..)),
        }
    }
    bytes
}

/// Files of repositories, small ones.
fn files() -> Vec<Seed> {
    let env = Environment::new();
    let mut seeds: Vec<Seed> = Vec::new();
    for (number, object_format) in ["sha1", "sha256"].into_iter().enumerate() {
        let name = format!("repository-{number}");
        let it = Generated::new(&env, &name, Plan { object_format, ..Plan::plain(number as u64, 24) });
        let run = |script: &str| {
            let command = env.command("sh", &it.dir, &args(&["-c", script]));
            env.run(command).success(script);
        };
        run(INDEX_STATES);
        env.index_ok(&it.dir, "build");
        run("git-faststatus >status; sleep 0.1; git-faststatus -uall --ignored >status; git-optimize report >report
             git multi-pack-index write 2>/dev/null || git repack -adq --write-midx; git commit-graph write --reachable");
        let git_dir = it.dir.join(".git");
        let add = |seeds: &mut Vec<Seed>, name, path: &Path| {
            let bytes = fs::read(path).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
            assert!(!bytes.is_empty(), "{}", path.display());
            seeds.push((name, bytes));
        };
        for file in damage::files(&it.index_dir()) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match name.as_str() {
                "MANIFEST" => {
                    let bytes = fs::read(&file).expect("just written");
                    seeds.push(("manifest", bytes[..bytes.len() - 32].to_vec()));
                }
                "metrics" => add(&mut seeds, "metrics", &file),
                "report.sizes" => add(&mut seeds, "sizes", &file),
                "report.sums" => {
                    let bytes = fs::read(&file).expect("just written");
                    seeds.push(("sums", bytes[40..].to_vec()));
                }
                name if name.starts_with("history-") => add(&mut seeds, "history segment", &file),
                name if name.starts_with("paths-") => add(&mut seeds, "path segment", &file),
                _ => {}
            }
        }
        for index in ["index", "index-2", "index-3", "index-4", "index-conflict", "index-uc"] {
            add(&mut seeds, "git index", &git_dir.join(index));
        }
        add(&mut seeds, "snapshot", &git_dir.join("git-fast.status"));
        add(&mut seeds, "commit-graph", &git_dir.join("objects/info/commit-graph"));
        for file in damage::files(&git_dir.join("objects/pack")) {
            match file.extension().and_then(|ending| ending.to_str()) {
                Some("idx") => add(&mut seeds, "pack index", &file),
                None => add(&mut seeds, "multi-pack-index", &file),
                Some(_) => {}
            }
        }
        run("cp .git/index .git/index-before; cp .git/index-conflict .git/index; mv $(git ls-files | sed 1q) renamed
             git add -A . ':!z'; echo new >new; git status --porcelain=v2 -z --branch --show-stash >.git/said
             cp .git/index-before .git/index");
        add(&mut seeds, "git's status", &git_dir.join("said"));
        for (name, object) in [("commit", "HEAD"), ("tree", "HEAD^{tree}")] {
            seeds.push((name, env.git_ok(&it.dir, &["cat-file", name, object])));
        }
    }
    seeds
}

/// The index of git in each form.
const INDEX_STATES: &str = "git reset -q --hard; git repack -adq
    for v in 2 3 4; do
        git update-index --index-version $v --force-write-index; echo $v >new-$v; git add -N new-$v
        git status >/dev/null; cp .git/index .git/index-$v
    done
    git update-index --untracked-cache 2>/dev/null; mkdir -p u/v/w; echo x >u/v/w/x; echo w >.gitignore
    sleep 1.1; git status >/dev/null; git status >/dev/null; cp .git/index .git/index-uc; cp .git/index index-before
    o=$(git hash-object -w .gitignore); git ls-files -s new-2 | head -1
    printf '100644 %s 1\\tz\\n100644 %s 2\\tz\\n100644 %s 3\\tz\\n' $o $o $o | git update-index --index-info
    cp .git/index .git/index-conflict; cp index-before .git/index";

fn texts() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = vec![
        (
            "config",
            b"[core]\n\tbare = false\n[a \"b\\\"c\"]\n\tx = \"y ; z\" # c\n\tn\n[A.B] k=1\\\n2\n".to_vec(),
        ),
        ("config", b"'core.bare'='true' 'a.b.c'= 'd.e=f'\\''g'".to_vec()),
        ("mailmap", b"A U\0A <a@b> B <c@d>\n# no\n<e@f> <g@h>\nAll <a@b>\n".to_vec()),
        ("gitignore", b"a/b/c.o\0*.o\n!keep.o\n/top\ndir/\n**/x/**\na/**/b\n[!a-z]?\\*\n \\ \n".to_vec()),
        ("gitattributes", b"a/b.c\0*.c text eol=crlf -diff !x filter=f\n/a/** ident\n# no\n".to_vec()),
        (
            "gitmodules",
            b"[submodule \"a\"]\n\tpath = a/b\n\turl = ../x\n[submodule \"c\"]\npath=\"c\"\nignore = dirty\n"
                .to_vec(),
        ),
        ("cursor", [&[0; 21][..], &[2; 41], &[1; 20]].concat()),
        (
            "command line",
            b"-n30\0--since=1\0--author\0A\0-SX\0--graph\0A..B\0--shortlog\0-sn\0--\0p".to_vec(),
        ),
        ("command line", b"-sbuno\0--porcelain=v2\0--threads\x002\0--\0-x".to_vec()),
        ("pathspec", b"a/b/c.h\0:(top,icase)*.h\0:!b\0:/a/**/c?[x-z]\0../q\0:(glob)**/c.h".to_vec()),
        ("text pattern", b"^a.*[b-d]\\(e\\|f\\)+$\0abe\nxyz\xff".to_vec()),
        ("text pattern", b"(a|b){1,3}[[:alpha:]]?\\.\0aab.".to_vec()),
        (
            "date format",
            [&1_700_000_000i64.to_le_bytes()[..], &[0x12, 2], b"format:%Y-%m-%d %H:%M:%S %z %a %s"].concat(),
        ),
        ("date format", [&(-5i64).to_le_bytes()[..], &[0xff, 0x7f], b"format-local:%c%%%E%-d"].concat()),
    ];
    for format in [
        "%h %<(20,trunc)%an%>(9)%s%x41%+b%-N%w(20,2,4)%B",
        "%C(auto)%d%(trailers:key=A,only)%>>|(40,ltrunc)%ae",
    ] {
        let message =
            "Subject\n\nBody text with\ttabs and \u{fc}ml\u{e4}uts\n\nSigned-off-by: A <a@b>\n c\nAcked: B\n";
        seeds.push(("format", [format, "\0N\u{e4}me\0", message].concat().into_bytes()));
    }
    // Copy 16 bytes, insert 3, and the same with more bytes for offset and size.
    seeds.push(("delta", [&[16][..], &[7; 16], &[16, 21], &[0x90, 16, 3, 1, 2, 3, 0xb1, 14, 2, 0]].concat()));
    // An object name, a path, and where it came from.
    let path = |text: &str| [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
    seeds.push((
        "renames",
        [&[3; 20][..], &path("new"), &path("old"), &[4; 20], &path("p"), &[0xff; 4]].concat(),
    ));
    seeds
}
