//! What a stranger gets: `make install` and `make uninstall`, manual pages that `git help` opens and that formatters don't
//! complain about, and `--version`.

mod shells;

use std::collections::{BTreeMap, BTreeSet};
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
    make(env, destination, "/usr", "install").success("make install");
}

fn make(env: &Environment, destination: &Path, prefix: &str, target: &str) -> Output {
    need("make", "make");
    let assignments = [
        format!("DESTDIR={}", destination.display()),
        format!("BUILD={}", env.bin().display()),
        format!("PREFIX={prefix}"),
        "CARGO=false".into(),
    ];
    let mut command = env.command("make", root(), &[target]);
    command.args(assignments);
    env.run(command)
}

/// Every directory below `dir`.
fn directories(dir: &Path) -> BTreeSet<PathBuf> {
    let inside = fs::read_dir(dir).expect("a readable directory").flatten().map(|entry| entry.path());
    let here: Vec<PathBuf> = inside.filter(|path| path.is_dir()).collect();
    here.iter().flat_map(|dir| directories(dir)).chain(here.iter().cloned()).collect()
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
#[ignore = "needs what .ci/tools installs"]
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
    // An empty one, which was there before.
    fs::create_dir_all(destination.join("usr/share/man/man5")).expect("a writable directory");
    let (before, places) = (files(&destination), directories(&destination));
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
    let listed = make(&env, &destination, "/usr", "list").success("make list");
    let listed: BTreeSet<PathBuf> =
        listed.lines().map(|line| PathBuf::from(line.to_str().expect("UTF-8"))).collect();
    let new: BTreeSet<PathBuf> =
        installed.keys().filter(|path| !before.contains_key(*path)).cloned().collect();
    let made = usr.join("share/git-fast/directories");
    assert_eq!(new, &listed | &BTreeSet::from([made]));
    // Once more, over what is there.
    install(&env, &destination);
    make(&env, &destination, "/usr", "uninstall").success("make uninstall");
    assert_eq!((files(&destination), directories(&destination)), (before.clone(), places.clone()));
    make(&env, &destination, "/usr", "uninstall").success("make uninstall where nothing is installed");
    // Where fish has its own idea of what belongs together.
    make(&env, &destination, "/usr/local", "install").success("make install");
    let fish = destination.join("etc/fish/completions/git-fastlog.fish");
    assert!(fish.exists() && !files(&destination).eq(&before));
    make(&env, &destination, "/usr/local", "uninstall").success("make uninstall");
    assert_eq!((files(&destination), directories(&destination)), (before, places));
}

/// Documents lead to each other where they are installed as they do in a checkout. (To the source they can't.)
#[test]
#[ignore = "needs what .ci/tools installs"]
fn links_between_documents_work_where_they_are_installed() {
    let env = Environment::new();
    let destination = env.path().join("installed");
    install(&env, &destination);
    let link = regex::Regex::new(r"\]\(([^)$#]+)(#[^)]*)?\)").expect("a regular expression");
    let mut followed = 0;
    for dir in [root().to_owned(), destination.join("usr/share/doc/git-fast")] {
        let documents = [dir.clone(), dir.join("docs")].map(|dir| fs::read_dir(dir).expect("documents"));
        for file in documents.into_iter().flatten().flatten().map(|entry| entry.path()) {
            if file.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            for found in link.captures_iter(&fs::read_to_string(&file).expect("it is text")) {
                let target = &found[1];
                if target.contains("://") || target.starts_with("src/") {
                    continue;
                }
                let place = file.with_file_name("").join(target);
                assert!(place.exists(), "{} leads to {target}, which is not there", file.display());
                followed += 1;
            }
        }
    }
    assert!(followed > 80, "only {followed} links");
}

#[test]
#[ignore = "needs what .ci/tools installs"]
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
#[ignore = "needs what .ci/tools installs"]
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
    let named = regex::bytes::Regex::new(r"^ \((debug build|[0-9a-f]{10}(-dirty)?)\)$").unwrap();
    for name in PROGRAMS {
        let version = env.run(env.ours(name, env.path(), &["--version"])).success(name);
        let lines: Vec<&[u8]> = version.lines().collect();
        let [ours, theirs] = lines[..] else { panic!("{}", version.as_bstr()) };
        let start = format!("{name} {}", env!("CARGO_PKG_VERSION"));
        assert!(ours.starts_with(start.as_bytes()), "{}", ours.as_bstr());
        // A build for development has no commit, which would have everything compiled again after each.
        let commit = ours[start.len()..].as_bstr();
        assert!(named.is_match(commit), "{}", ours.as_bstr());
        assert_eq!(theirs.as_bstr(), git.trim_end().as_bstr());
    }
    let program = env.bin().join("git-fastlog");
    let nothing = env.path().to_owned();
    env.set("PATH", nothing);
    let version = env.run(env.command(program, env.path(), &["--version"])).success("without git");
    assert!(version.ends_with_str("\nthere is no git on PATH\n"), "{}", version.as_bstr());
}

#[test]
fn the_commit_is_found_where_there_is_one() {
    let mut env = Environment::new();
    let script = env.path().join("build-script");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let compiled = std::process::Command::new(rustc)
        .args(["--edition", "2024", "-o"])
        .arg(&script)
        .arg(root().join("build.rs"))
        .env("CARGO_PKG_VERSION", "1.2.3")
        .status();
    assert!(compiled.is_ok_and(|status| status.success()), "build.rs can be compiled by itself");
    let version = |env: &Environment, dir: &Path, profile: &str| {
        let mut command = env.command(&script, dir, &[""; 0]);
        command.env("PROFILE", profile);
        let said = String::from_utf8(env.run(command).success("build.rs")).expect("it is ours");
        let line = said.lines().find_map(|line| line.strip_prefix("cargo::rustc-env=GIT_FAST_VERSION="));
        line.expect("it is always said").to_owned()
    };
    let checkout = env.path().join("checkout");
    fs::create_dir_all(checkout.join("vendor")).expect("a new directory");
    assert_eq!(version(&env, &checkout, "release"), "1.2.3");
    env.git_ok(&checkout, &["init", "-q", "."]);
    assert_eq!(version(&env, &checkout, "release"), "1.2.3");
    fs::write(checkout.join("file"), "one").expect("a new directory");
    env.git_ok(&checkout, &["add", "."]);
    env.git_ok(&checkout, &["commit", "-q", "-m", "one"]);
    env.git_ok(&checkout, &["tag", "-m", "v1", "v1"]);
    let commit = env.git_ok(&checkout, &["rev-parse", "--short=10", "HEAD"]);
    let commit = commit.trim_end().to_str_lossy().into_owned();
    assert_eq!(version(&env, &checkout, "release"), format!("1.2.3 ({commit})"));
    assert_eq!(version(&env, &checkout, "debug"), "1.2.3 (debug build)");
    fs::write(checkout.join("file"), "two").expect("a new directory");
    assert_eq!(version(&env, &checkout, "release"), format!("1.2.3 ({commit}-dirty)"));
    // Inside of another project's checkout; a crate as it is packaged.
    let vendor = checkout.join("vendor");
    assert_eq!(version(&env, &vendor, "release"), "1.2.3");
    let packaged = "{\n  \"git\": {\n    \"sha1\": \"0123456789abcdef0123456789abcdef01234567\"\n  }\n}";
    fs::write(vendor.join(".cargo_vcs_info.json"), packaged).expect("a new directory");
    assert_eq!(version(&env, &vendor, "release"), "1.2.3 (0123456789)");
    env.set("GIT_FAST_COMMIT", "1:1.2.3-1");
    assert_eq!(version(&env, &checkout, "release"), "1.2.3 (1:1.2.3-1)");
}
