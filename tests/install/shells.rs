//! Where bash, zsh, fish and man look when nothing tells them, and what `make install` puts there. Other tests of
//! completions say to the shells where they are.

use std::fs;
use std::path::Path;
use std::process::Command;

use bstr::ByteSlice;

use super::{PROGRAMS, make};
use crate::support::{Environment, need};

/// Of each shell: a script which prints what it would complete `$1` with, and a word that is in it.
const SHELLS: [(&str, &[&str], &str); 3] = [
    (
        "bash",
        &["--norc", "-c"],
        ". /usr/share/bash-completion/bash_completion; __load_completion \"$1\" && complete -p \"$1\"",
    ),
    ("zsh", &["-f", "-c"], "autoload -Uz compinit && compinit -u -D && print -r -- $_comps[$1]"),
    (
        "fish",
        &["-c"],
        "complete -C \"$argv[2] --vers\"; complete -C \"git \"(string sub -s 5 $argv[2])\" --vers\"",
    ),
];

/// What each shell finds for each program, and where man finds its page.
fn find(mut command: impl FnMut(&str) -> Command) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for name in PROGRAMS {
        for (shell, options, script) in SHELLS {
            need(shell, shell);
            let mut command = command(shell);
            command.args(options).args([script, shell, name]);
            let output = command.output().expect("it can be run");
            found.push((format!("{shell} {name}"), output.stdout.to_str_lossy().into_owned()));
        }
        let mut command = command("man");
        let output = command.args(["-w", name]).output().expect("it can be run");
        found.push((format!("man {name}"), output.stdout.to_str_lossy().into_owned()));
    }
    found
}

fn check(found: Vec<(String, String)>, pages: &Path) {
    for (what, printed) in found {
        let (shell, name) = what.split_once(' ').expect("two words");
        let printed = printed.trim_end();
        let right = match shell {
            // Debian has a link to share/man there.
            "man" => {
                let page = pages.join(format!("man1/{name}.1"));
                printed.replace("/usr/local/man/", "/usr/local/share/man/") == page.to_string_lossy()
            }
            "bash" => printed.starts_with("complete ") && printed.ends_with(name),
            "zsh" => printed == format!("_{name}"),
            _ => printed.lines().filter(|line| line.starts_with("--version")).count() == 2,
        };
        assert!(right, "{what}: {printed}");
    }
}

/// With nothing in the environment but these.
fn plain(program: &str, home: &Path, path: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", home).env("PATH", path).env("LC_ALL", "C.UTF-8").current_dir(home);
    command
}

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The default: `/usr/local`, in a name space in which what is installed lies over what is there.
#[test]
#[ignore = "needs what .ci/tools installs"]
fn what_is_installed_for_all_is_found() {
    let env = Environment::new();
    let destination = env.path().join("installed");
    make(&env, &destination, "/usr/local", "install").success("make install");
    let over = "for dir in usr/local/share etc/fish/completions etc/fish/conf.d; do \
                mount --bind \"$1/$dir\" \"/$dir\" || exit 1; done; shift; exec \"$@\"";
    let home = env.path().join("home");
    // fish completes only what can be run.
    let path = format!("{PATH}:{}", destination.join("usr/local/bin").display());
    let inside = |program: &str| {
        let mut command = plain("unshare", &home, &path);
        command.args(["--mount", "sh", "-c", over, "sh"]).arg(&destination).arg(program);
        command
    };
    check(find(inside), Path::new("/usr/local/share/man"));
}

/// A prefix in one's home. zsh has to be told, as docs/FAQ.md says.
#[test]
#[ignore = "needs what .ci/tools installs"]
fn what_is_installed_for_one_is_found() {
    let env = Environment::new();
    let home = env.path().join("home");
    // What a shell does not do, make has to.
    let mut command = env.command("make", super::root(), &["install", "PREFIX=~/.local", "CARGO=false"]);
    command.arg(format!("BUILD={}", env.bin().display()));
    env.run(command).success("make install");
    let startup = fs::read_to_string(super::root().join("docs/FAQ.md")).expect("it is ours");
    let told = "fpath=(~/.local/share/zsh/site-functions $fpath)";
    assert!(startup.contains(told), "docs/FAQ.md does not say what zsh has to be told");
    fs::write(home.join(".zshenv"), told).expect("writable");
    let path = format!("{}:{PATH}", home.join(".local/bin").display());
    let run = |program: &str| plain(program, &home, &path);
    let mut found = find(run);
    assert!(found.iter().any(|(what, printed)| what.starts_with("zsh") && printed.trim_end().is_empty()));
    found.retain(|(what, _)| !what.starts_with("zsh"));
    check(found, &home.join(".local/share/man"));
    let mut zsh = run("zsh");
    zsh.args(["-c", SHELLS[1].2, "zsh", "git-fastlog"]);
    let output = zsh.output().expect("it can be run");
    assert_eq!(output.stdout.trim_end().as_bstr(), "_git-fastlog");
}
