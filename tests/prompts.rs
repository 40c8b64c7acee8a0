//! contrib/prompt in real shells, on a terminal, and through starship.

use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::install::root;
use crate::support::terminal::Terminal;
use crate::support::{Environment, need};

/// A name that a shell would do something with, were it to look.
const BRANCH: &str = "a$(touch${IFS}pwned)`id`%n/w$HOME";

fn world() -> (Environment, PathBuf) {
    let env = Environment::new();
    let dir = env.path().join("repository");
    fs::create_dir(&dir).expect("a new directory");
    env.git_ok(&dir, &["init", "-q", "."]);
    env.git_ok(&dir, &["commit", "-q", "--allow-empty", "-m", "one"]);
    env.git_ok(&dir, &["switch", "-q", "-c", BRANCH]);
    fs::write(dir.join("new"), "").expect("our own repository");
    (env, dir)
}

fn snippet(name: &str) -> String {
    root().join("contrib/prompt").join(name).display().to_string()
}

fn check(env: &Environment, dir: &Path, shell: &str, args: &[&str]) {
    let mut terminal = Terminal::start(env, dir, shell, args);
    terminal.wait_for(&format!("<0 [{BRANCH} untracked:1]> "));
    terminal.type_in("git add new\r");
    terminal.wait_for(&format!("<0 [{BRANCH} staged:1]> "));
    terminal.type_in("(exit 3)\r");
    terminal.wait_for(&format!("<3 [{BRANCH} staged:1]> "));
    terminal.type_in("cd ..\r");
    terminal.wait_for("<0> ");
    assert!(!dir.join("pwned").exists() && !env.path().join("pwned").exists());
}

#[test]
fn prompt_of_bash() {
    need("bash", "bash");
    let (env, dir) = world();
    let file = env.path().join("bashrc");
    let settings = format!(
        ". '{}'\nPS1='<$?${{git_fast_status:+ [$git_fast_status]}}> '\nbind 'set enable-bracketed-paste off'\n",
        snippet("git-fast.bash")
    );
    fs::write(&file, settings).expect("a writable directory");
    check(&env, &dir, "bash", &["--noprofile", "--rcfile", &file.display().to_string(), "-i"]);
}

#[test]
#[ignore = "needs what .ci/tools installs"]
fn prompt_of_zsh() {
    need("zsh", "zsh");
    let (mut env, dir) = world();
    let folder = env.path().join("zsh");
    fs::create_dir(&folder).expect("a new directory");
    // With PROMPT_SUBST, too, which other parts of a prompt may need.
    let settings = format!(
        ". '{}'\nPROMPT='<%?%(7V. [%7v].)> '\nbindkey -e\nunset zle_bracketed_paste\nsetopt prompt_subst\n\
         unsetopt prompt_sp\n",
        snippet("git-fast.zsh")
    );
    fs::write(folder.join(".zshrc"), settings).expect("a new directory");
    env.set("ZDOTDIR", folder);
    check(&env, &dir, "zsh", &["-d", "-i"]);
}

#[test]
fn what_the_page_says_of_starship_is_what_is_installed() {
    let installed = fs::read_to_string(snippet("starship.toml")).expect("our own file");
    let page = fs::read_to_string(root().join("docs/PROMPT.md")).expect("our own file");
    let (_, block) = page.split_once("```toml\n").expect("it has a block of TOML");
    let (block, _) = block.split_once("```\n").expect("the block ends");
    // Without the comment that it begins with.
    assert_eq!(installed.split_once("\n\n").map(|(_, settings)| settings), Some(block));
}

#[test]
#[ignore = "needs what .ci/tools installs"]
fn prompt_of_starship() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(root().join("target/tools/bin")).chain(std::env::split_paths(&path));
    let starship = dirs.map(|dir| dir.join("starship")).find(|file| file.is_file());
    let starship =
        starship.expect("starship is not installed, and this test needs it: .ci/tools installs it");
    let (mut env, dir) = world();
    env.git_ok(&dir, &["switch", "-q", "-c", "plain"]);
    env.set("STARSHIP_CONFIG", snippet("starship.toml"));
    env.set("STARSHIP_CACHE", env.path().join("cache"));
    let module = env.run(env.command(&starship, &dir, &["module", "custom.git_fast"]));
    assert!(module.stdout.contains_str("plain untracked:1 "), "{}", module.stdout.as_bstr());
    let prompt = env.run(env.command(&starship, &dir, &["prompt"]));
    assert!(prompt.stdout.contains_str("plain untracked:1 "), "{}", prompt.stdout.as_bstr());
    assert!(prompt.stderr.is_empty(), "{}", prompt.stderr.as_bstr());
}
