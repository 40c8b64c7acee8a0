//! What a stranger gets: `make install` and `make uninstall`, manual pages that `git help` opens and that formatters don't
//! complain about, and `--version`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::support::{Environment, Output, need};

const PROGRAMS: [&str; 3] = ["git-fastlog", "git-faststatus", "git-optimize"];

/// The checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Installs the programs under test below `destination`, with the prefix `/usr`. cargo must not be needed for that.
pub(crate) fn install(env: &Environment, destination: &Path) {
    make(env, destination, "install").success("make install");
}

fn make(env: &Environment, destination: &Path, target: &str) -> Output {
    need("make", "make");
    let assignments = [
        format!("DESTDIR={}", destination.display()),
        format!("BUILD={}", env.bin().display()),
        "PREFIX=/usr".into(),
        "CARGO=false".into(),
    ];
    let mut command = env.command("make", root(), &[target]);
    command.args(assignments);
    env.run(command)
}

/// Every file below `dir` with its mode and content.
fn files(dir: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut todo = vec![dir.to_owned()];
    while let Some(dir) = todo.pop() {
        for entry in fs::read_dir(dir).expect("a readable directory").flatten() {
            let path = entry.path();
            if path.is_dir() {
                todo.push(path);
            } else {
                let mode = entry.metadata().expect("it is there").permissions().mode() & 0o777;
                found.insert(path.clone(), (mode, fs::read(&path).expect("a readable file")));
            }
        }
    }
    found
}

#[test]
fn uninstall_takes_away_what_install_brought() {
    let env = Environment::new();
    let destination = env.path().join("a place with spaces");
    let foreign =
        ["bin/git-fast", "share/man/man1/git-fastlog.1.gz", "share/doc/git-fast/mine", "share/zsh/a"];
    for name in foreign {
        let path = destination.join("usr").join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a writable directory");
        fs::write(&path, name).expect("a writable directory");
    }
    let before = files(&destination);
    install(&env, &destination);
    let installed = files(&destination);
    let usr = destination.join("usr");
    for name in PROGRAMS {
        assert_eq!(installed[&usr.join("bin").join(name)].0, 0o755, "{name}");
        let same = |place: String, source: String| {
            let (mode, bytes) = &installed[&usr.join(&place)];
            assert_eq!(*mode, 0o644, "{place}");
            assert!(*bytes == fs::read(root().join(source)).expect("it is checked in"), "{place}");
        };
        same(format!("share/man/man1/{name}.1"), format!("man/{name}.1"));
        same(format!("share/bash-completion/completions/{name}"), format!("completions/{name}.bash"));
        same(format!("share/zsh/site-functions/_{name}"), format!("completions/_{name}"));
        same(format!("share/fish/vendor_completions.d/{name}.fish"), format!("completions/{name}.fish"));
    }
    assert!(installed.contains_key(&usr.join("share/man/man5/gitfastindex.5")));
    for folder in ["man", "completions"] {
        for entry in fs::read_dir(root().join(folder)).expect("the folder exists").flatten() {
            let bytes = fs::read(entry.path()).expect("it is checked in");
            let found = installed.values().any(|(_, installed)| *installed == bytes);
            assert!(found, "{} is not installed", entry.path().display());
        }
    }
    make(&env, &destination, "uninstall").success("make uninstall");
    assert_eq!(files(&destination), before);
    make(&env, &destination, "uninstall").success("make uninstall where nothing is installed");
}

#[test]
fn git_help_opens_the_manual() {
    need("man", "man-db");
    let mut env = Environment::new();
    let destination = env.path().join("installed");
    install(&env, &destination);
    let path = std::env::var("PATH").expect("PATH is set");
    env.set("PATH", format!("{}:{path}", destination.join("usr/bin").display()));
    env.set("MANPATH", destination.join("usr/share/man"));
    env.set("MANWIDTH", "200");
    let sections = [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "CONFIGURATION",
        "FILES",
        "EXIT STATUS",
        "EXAMPLES",
        "LIMITS",
        "SEE ALSO",
    ];
    for name in PROGRAMS {
        let short = name.strip_prefix("git-").expect("they are git's");
        for words in [["help", short], [short, "--help"]] {
            let page = env.git_ok(env.path(), &words);
            for section in sections {
                let there = page.lines().any(|line| line == section.as_bytes());
                assert!(there, "git {words:?} has no {section}:\n{}", page.as_bstr());
            }
            assert!(page.contains_str(format!("{name} - ")), "{}", page.as_bstr());
        }
    }
    let page = env.run(env.command("man", env.path(), &["5", "gitfastindex"])).success("man 5 gitfastindex");
    assert!(page.contains_str("MANIFEST"), "{}", page.as_bstr());
}

#[test]
fn formatters_have_nothing_to_say_about_the_manual() {
    need("mandoc", "mandoc");
    need("man", "man-db");
    let env = Environment::new();
    let mut pages: Vec<PathBuf> =
        fs::read_dir(root().join("man")).expect("the folder").flatten().map(|entry| entry.path()).collect();
    pages.sort();
    for page in pages {
        let mut lint = env.command("mandoc", root(), &["-T", "lint", "-W", "style"]);
        lint.arg(&page);
        let said = env.run(lint);
        assert!(said.code == 0 && said.stdout.is_empty(), "{}: {}", page.display(), said.stdout.as_bstr());
        let mut man = env.command("man", root(), &["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"]);
        man.arg(&page);
        let said = env.run(man);
        assert!(said.code == 0 && said.stderr.is_empty(), "{}: {}", page.display(), said.stderr.as_bstr());
    }
}

#[test]
fn the_version_has_a_commit_and_names_git() {
    let mut env = Environment::new();
    let git = env.git_ok(env.path(), &["version"]);
    for name in PROGRAMS {
        let version = env.run(env.ours(name, env.path(), &["--version"])).success(name);
        let lines: Vec<&[u8]> = version.lines().collect();
        let [ours, theirs] = lines[..] else { panic!("{}", version.as_bstr()) };
        let start = format!("{name} {}", env!("CARGO_PKG_VERSION"));
        assert!(ours.starts_with(start.as_bytes()), "{}", ours.as_bstr());
        assert_eq!(theirs.as_bstr(), git.trim_end().as_bstr());
    }
    let program = env.bin().join("git-fastlog");
    let nothing = env.path().to_owned();
    env.set("PATH", nothing);
    let version = env.run(env.command(program, env.path(), &["--version"])).success("without git");
    assert!(version.ends_with_str("\nthere is no git on PATH\n"), "{}", version.as_bstr());
}
