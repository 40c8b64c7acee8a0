//! Against `git config --list -z` of the real git, on generated files, environments and repositories.

use crate::repo::git::{ANY, installed_is};
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use bstr::{BString, ByteSlice, ByteVec};

use super::*;
use crate::repo::testing::Seed;

struct World {
    dir: tempfile::TempDir,
    env: HashMap<String, OsString>,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("home/.config/git")).unwrap();
        let mut env: HashMap<String, OsString> = HashMap::new();
        env.insert("TERM".into(), "xterm".into());
        env.insert("HOME".into(), root.join("home").into());
        env.insert("GIT_CONFIG_SYSTEM".into(), root.join("system").into());
        let world = World { dir, env };
        assert!(world.git(&["init", "-q", "-b", "main", "w"], ".").status.success());
        world
    }

    fn root(&self) -> std::path::PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    fn git(&self, arguments: &[&str], at: &str) -> std::process::Output {
        Command::new("git")
            .args(arguments)
            .current_dir(self.root().join(at))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .envs(&self.env)
            .output()
            .unwrap()
    }

    fn write(&self, path: &str, text: &[u8]) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// What git lists, in `git config -z --list` form; `None` when it fails.
    fn expected(&self) -> Option<BString> {
        let output = self.git(&["config", "--list", "-z"], "w");
        output.status.success().then(|| output.stdout.into())
    }

    fn load(&self) -> Result<Config, NotExact> {
        let git_dir = self.root().join("w/.git");
        Config::load(&Location {
            system: Some(Path::new("/nonexistent/gitconfig")),
            git_dir: Some(&git_dir),
            common_dir: Some(&git_dir),
            env: &|name| self.env.get(name).cloned(),
        })
    }

    fn actual(&self) -> Result<BString, NotExact> {
        let mut text = BString::default();
        for (key, value) in self.load()?.iter() {
            text.push_str(key);
            if let Some(value) = value {
                text.push_char('\n');
                text.push_str(value);
            }
            text.push_char('\0');
        }
        Ok(text)
    }

    /// Same answer, or git fails and we hand over.
    #[track_caller]
    fn check(&self) {
        match (self.expected(), self.actual()) {
            (Some(expected), Ok(actual)) => assert_eq!(actual, expected),
            (None, Ok(actual)) => panic!("git fails, we say {actual:?}"),
            (Some(expected), Err(error)) => panic!("{error}, but git says {expected:?}"),
            (None, Err(_)) => {}
        }
    }
}

#[test]
fn every_source_in_order() {
    let mut world = World::new();
    world.write("system", b"[a]\n\tb = system\n[include]\n\tpath = inc\n\tother = 1\n");
    world.write("inc", b"[a] b = included\n[include] path = ~/x/y\n");
    world.write("home/x/y", b"[A \"Sub.Sec\"]\nKey\n[a.B] c = \"x;y\" ; comment\n");
    world.write("home/.config/git/config", b"[a]\n\tb = xdg\n");
    world.write("home/.gitconfig", b"[a]\n\tb = global \\\n  more\n");
    world.write("w/.git/config.worktree", b"[a]\n\tb = worktree\n");
    world.check();
    assert!(world.git(&["config", "extensions.worktreeConfig", "true"], "w").status.success());
    world.check();
    world.env.insert("GIT_CONFIG_COUNT".into(), "2".into());
    for (name, value) in
        [("KEY_0", "a.b"), ("VALUE_0", "env"), ("KEY_1", "inClude.PATH"), ("VALUE_1", "~/x/y")]
    {
        world.env.insert(format!("GIT_CONFIG_{name}"), value.into());
    }
    world.check();
    world
        .env
        .insert("GIT_CONFIG_PARAMETERS".into(), r"'A.B'='new'\''s'\!'' 'a.x.C'=  'a.b= old' 'a.n'".into());
    world.check();
    assert_eq!(world.load().unwrap().string("A.b").unwrap().unwrap(), " old");
    for broken in ["'a.b", "a.b=c", "'a.b'x", "'ab'='c'", "'a.b'=c", "'a.b'='c'd", "'a.1'='c'", "'a.b_'"] {
        world.env.insert("GIT_CONFIG_PARAMETERS".into(), broken.into());
        world.check();
    }
    world.env.remove("GIT_CONFIG_PARAMETERS");
    for (variable, value) in [
        ("GIT_CONFIG_NOSYSTEM", "yes".into()),
        ("GIT_CONFIG_NOSYSTEM", "perhaps".into()),
        ("GIT_CONFIG_GLOBAL", world.root().join("inc").into_os_string()),
        ("GIT_CONFIG_GLOBAL", "".into()),
        ("XDG_CONFIG_HOME", world.root().join("home").into_os_string()),
        ("XDG_CONFIG_HOME", "".into()),
        ("GIT_CONFIG_COUNT", "1x".into()),
        ("GIT_CONFIG_COUNT", "3".into()),
        ("GIT_CONFIG_COUNT", "".into()),
    ] {
        let before = world.env.insert(variable.into(), value);
        world.check();
        match before {
            Some(before) => world.env.insert(variable.into(), before),
            None => world.env.remove(variable),
        };
    }
    world.env.remove("HOME");
    world.env.remove("GIT_CONFIG_COUNT");
    world.env.insert("GIT_CONFIG_NOSYSTEM".into(), "1".into());
    world.check();
}

#[test]
fn conditions() {
    let world = World::new();
    let root = world.root();
    world.write("home/yes", b"[yes] here\n");
    world.write("w/.git/yes", b"[yes] here\n");
    let absolute = format!("gitdir:{}/w/.git", root.display());
    let prefix = format!("gitdir:{}/", root.display());
    for condition in [
        "gitdir:w/",
        "gitdir:w/.git",
        "gitdir:w",
        "gitdir:**/.git",
        "gitdir:W/.git",
        "gitdir/i:W/.GIT",
        "gitdir:~/",
        "gitdir:~/../w/",
        "gitdir:./",
        "gitdir:*/w/.git",
        "gitdir:/*/w/.git",
        "gitdir:/**/w/.git",
        "gitdir:[vw]/",
        "gitdir:",
        "onbranch:main",
        "onbranch:ma*",
        "onbranch:main/",
        "onbranch:**",
        "unknown:x",
        "gitdir",
        &absolute,
        &prefix,
    ] {
        let text = format!("[includeIf \"{condition}\"]\n\tpath = yes\n\tafter = 1\n");
        world.write("home/.gitconfig", text.as_bytes());
        world.check();
        world.write("home/.gitconfig", b"");
        let config = root.join("w/.git/config");
        let own = std::fs::read(&config).unwrap();
        std::fs::write(&config, [own.as_bytes(), text.as_bytes()].concat()).unwrap();
        world.check();
        std::fs::write(&config, own).unwrap();
    }
    for head in ["ref: refs/heads/topic/a\n", "ref:refs/remotes/x/main", &format!("{}\n", "1".repeat(40))] {
        world.write("w/.git/HEAD", head.as_bytes());
        for condition in ["topic/", "topic/*", "main", "topic", "**"] {
            let text = format!("[includeIf \"onbranch:{condition}\"]\n\tpath = yes\n");
            world.write("home/.gitconfig", text.as_bytes());
            world.check();
        }
    }
    world.write("home/.gitconfig", b"[includeIf \"hasconfig:remote.*.url:x\"] path = yes\n");
    assert!(world.load().is_err());
    world.write("home/.gitconfig", b"[include] path = .gitconfig\n");
    world.check();
}

/// Up to 10 nested files are read, one more is an error.
#[test]
fn include_depth() {
    let world = World::new();
    for depth in [9, 10, 11] {
        for at in 0..=depth {
            let next = at + 1;
            let include = if at < depth { format!("[include] path = f{next}\n") } else { String::new() };
            world.write(&format!("home/f{at}"), format!("[a] b = {at}\n{include}[a] c = {at}").as_bytes());
        }
        world.write("home/.gitconfig", &std::fs::read(world.root().join("home/f0")).unwrap());
        world.check();
    }
}

#[test]
fn generated_files() {
    if !installed_is((2, 45), ANY, "blanks in settings") {
        return;
    }
    let pieces = [
        "[a]",
        "[A \"b\"]",
        "[a.B]",
        "[a \"x\\\"y\\\\z\"]",
        "[]",
        "[ a]",
        "[a",
        "[a \"\"]",
        "[a.b \"c\"]",
        "\n",
        "\n",
        "\n",
        "\r\n",
        " ",
        "\t",
        "b",
        "c = ",
        "d=",
        "e =x",
        "\"",
        "\\n",
        "\\\\",
        "\\\n",
        "\\x",
        "\\\"",
        ";",
        "#",
        " # c\n",
        "=",
        "true",
        "0x1",
        "  two  words  ",
        "\u{e9}",
        "\u{ff}",
        "k-1",
        "_",
        ".",
        "\\\r\n",
        "f = \"q ; q\" z\n",
        "\u{feff}",
        "h\n",
        "[s]\n",
        "[s] t = 1\n",
    ];
    let world = World::new();
    let (mut same, mut failed) = (0, 0);
    for seed in 1..=600u64 {
        let mut random = Seed::new(seed);
        let mut text = BString::default();
        if random.below(4) > 0 {
            text.push_str("[x]\n");
        }
        for _ in 0..random.below(12) {
            text.push_str(random.pick(&pieces));
        }
        world.write("home/.gitconfig", &text);
        match (world.expected(), world.actual()) {
            (Some(expected), Ok(actual)) => {
                same += 1;
                assert_eq!(actual, expected, "seed {seed}: {text:?}");
            }
            (None, Ok(actual)) => panic!("seed {seed}: {text:?}: git fails, we say {actual:?}"),
            (_, Err(_)) => failed += 1,
        }
    }
    assert!(same > 100 && failed > 50, "{same} compared, {failed} handed over");
}

#[test]
fn typed_values() {
    if !installed_is((2, 39), (2, 48), "numbers in settings") {
        return;
    }
    let world = World::new();
    let values = [
        "",
        "true",
        "TRUE",
        "Yes",
        "on",
        "1",
        "0",
        "-1",
        "2",
        "false",
        "No",
        "OFF",
        "01",
        "0x10",
        "08",
        "0x",
        "1k",
        "1K",
        "2m",
        "3g",
        "4t",
        "1 k",
        " 5",
        "+6",
        "--1",
        "9223372036854775807",
        "9223372036854775808",
        "2147483648",
        "2g",
        "-2g",
        "-9223372036854775808",
        "8589934592g",
        "auto",
        "always",
        "never",
        "Auto",
        "x",
        "t",
        "1.5",
    ];
    for value in values {
        world.write("home/.gitconfig", format!("[a] b = \"{value}\"").as_bytes());
        let config = world.load().unwrap();
        let ask = |kind: &str| {
            let output = world.git(&["config", "--get", "--type", kind, "a.b"], "w");
            output.status.success().then(|| output.stdout.trim_end().to_str().unwrap().to_owned())
        };
        assert_eq!(config.bool("a.b").ok().flatten().map(|on| on.to_string()), ask("bool"), "{value:?}");
        assert_eq!(config.int("a.b").ok().flatten().map(|n| n.to_string()), ask("int"), "{value:?}");
        let color = |arguments: &[&str]| {
            let output = world.git(&[&["config", "--get-colorbool", "a.b"], arguments].concat(), "w");
            output.status.success() && output.stdout == b"true\n"
        };
        if let Ok(Some(when)) = config.color_when("a.b") {
            assert_eq!(color(&["false"]), when == ColorWhen::Always, "{value:?}");
            assert_eq!(color(&["true"]), when != ColorWhen::Never, "{value:?}");
        } else {
            assert!(!world.git(&["config", "--get-colorbool", "a.b"], "w").status.success(), "{value:?}");
        }
    }
    world.write(
        "home/.gitconfig",
        b"[a]\nb\nb=no\nC=~/x\n[a \"B\"]\nb=1\n[A \"b\"]\nb=2\nd=3\n[a \"B\"]b=4\n[b] a=x",
    );
    let config = world.load().unwrap();
    assert_eq!(config.bool("A.B").unwrap(), Some(false));
    assert!(config.string("a.b").is_err());
    assert_eq!(config.path("a.c").unwrap().unwrap(), world.root().join("home/x"));
    assert_eq!(config.strings("a.B.b").unwrap(), ["1", "4"]);
    assert_eq!(config.int("a.b.B").unwrap(), Some(2));
    assert_eq!(config.names_in("A"), ["b", "c"]);
    assert_eq!(config.int("a.none").unwrap(), None);
}
