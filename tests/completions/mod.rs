//! The completions in real shells, each on a terminal: what is typed, the tabulator key, and what the line is then. The
//! files are those that `make install` has put below a directory of the test.

use std::fs;
use std::path::PathBuf;

use crate::install::install;
use crate::support::terminal::Terminal;
use crate::support::{Environment, need};

const PROMPT: &str = "READY> ";

/// What is typed, and what it becomes. `log`, `status` and `optimize` stand for how the command is written: with a dash
/// and without, both are tried.
const CASES: &[(&str, &str)] = &[
    // Our own options, git's, and values of git's.
    ("log --contains-p", "--contains-path"),
    ("log --performance", "--performance-stats"),
    ("log --first-par", "--first-parent"),
    ("log --graph --pretty=fulle", "--graph --pretty=fuller"),
    ("log --decorate=ful", "--decorate=full"),
    // Revisions and paths.
    ("log unusual-b", "unusual-branch"),
    ("log --count main..unusual-b", "--count main..unusual-branch"),
    ("log --oneline -- docs/UNUS", "--oneline -- docs/UNUSUAL.md"),
    ("status --exit-c", "--exit-code"),
    ("status --untracked-files=norm", "--untracked-files=normal"),
    ("status new-fi", "new-file"),
    ("status --repos-from lis", "--repos-from list"),
    // A tree of commands.
    ("optimize ind", "index"),
    ("optimize index ver", "index verify"),
    ("optimize index verify --samp", "index verify --sample"),
    ("optimize --tas", "--task"),
    ("optimize --task commit-g", "--task commit-graph"),
    ("optimize cache clear --patt", "cache clear --pattern"),
    ("optimize schedule install --week", "schedule install --weekly"),
];

/// What only one shell's completion of git has, or writes in its own way.
const BASH: &[(&str, &str)] = &[
    ("log --date=iso8601-s", "--date=iso8601-strict"),
    ("log --since-as-f", "--since-as-filter="),
    ("log --exclude-first", "--exclude-first-parent-only"),
    ("log --shortlog --numb", "--shortlog --numbered"),
    ("log --no-fallb", "--no-fallback"),
    ("log --diff-merges=first", "--diff-merges=first-parent"),
    ("log --contains-path=docs/UNUS", "--contains-path=docs/UNUSUAL.md"),
    ("log ^unusual-b", "^unusual-branch"),
    ("status --ahead-b", "--ahead-behind"),
    ("status --porcelain=v", "--porcelain=v"),
    ("status --ignored=match", "--ignored=matching"),
    ("optimize --task=commit-g", "--task=commit-graph"),
];

struct World {
    env: Environment,
    repository: PathBuf,
    share: PathBuf,
}

impl World {
    fn new() -> Self {
        let mut env = Environment::new();
        let destination = env.path().join("installed");
        install(&env, &destination);
        let repository = env.path().join("repository");
        fs::create_dir_all(repository.join("docs")).expect("a new directory");
        fs::write(repository.join("docs/UNUSUAL.md"), "x\n").expect("a new directory");
        env.git_ok(&repository, &["init", "-q", "."]);
        env.git_ok(&repository, &["add", "."]);
        env.git_ok(&repository, &["commit", "-q", "-m", "one"]);
        env.git_ok(&repository, &["branch", "unusual-branch"]);
        for name in ["new-file", "list"] {
            fs::write(repository.join(name), "").expect("a writable directory");
        }
        let share = destination.join("usr/share");
        let path = std::env::var("PATH").expect("PATH is set");
        env.set("PATH", format!("{}:{path}", destination.join("usr/bin").display()));
        env.set("XDG_DATA_DIRS", format!("{}:/usr/local/share:/usr/share", share.display()));
        env.set("XDG_CONFIG_HOME", env.path().join("home/.config"));
        Self { env, repository, share }
    }

    /// Types each line, has it completed, and then puts `echo` before it.
    #[track_caller]
    fn check(&self, shell: &str, args: &[&str], cases: &[(&str, &str)]) {
        let mut terminal = Terminal::start(&self.env, &self.repository, shell, args);
        terminal.wait_for(PROMPT);
        let mut lines = vec![("git fastl".to_owned(), "git fastlog".to_owned())];
        for (typed, expected) in cases {
            let (command, words) = typed.split_once(' ').expect("a command and words");
            let name = if command == "optimize" { command.to_owned() } else { format!("fast{command}") };
            lines.extend(
                [' ', '-']
                    .map(|join| (format!("git{join}{name} {words}"), format!("git{join}{name} {expected}"))),
            );
        }
        let mut wrong = String::new();
        for (number, (typed, expected)) in lines.iter().enumerate() {
            let mark = format!("{number}:");
            // Ctrl-A is the start of the line in all three.
            terminal.type_in(&format!("{typed}\t\x01echo {mark} \r"));
            terminal.wait_for(&format!("\n{mark} "));
            let line = terminal.wait_for("\n");
            terminal.wait_for(PROMPT);
            let line = line.trim_end().trim_end_matches('=');
            if line != expected.trim_end_matches('=') {
                wrong += &format!("{typed}<TAB> becomes {line}\n");
            }
        }
        assert!(wrong.is_empty(), "in {shell}:\n{wrong}");
    }
}

#[test]
#[ignore = "needs what .ci/tools installs"]
fn bash() {
    need("bash", "bash");
    let framework = "/usr/share/bash-completion/bash_completion";
    for file in [framework, "/usr/share/bash-completion/completions/git"] {
        assert!(fs::exists(file).unwrap_or(false), "{file} is missing: apt-get install bash-completion git");
    }
    let world = World::new();
    let file = world.env.path().join("bashrc");
    let settings = format!(
        "PS1='{PROMPT}'\n. {framework}\nbind 'set show-all-if-ambiguous on' 'set enable-bracketed-paste off'\n\
         bind 'set completion-query-items -1'\nbind 'set page-completions off'\n"
    );
    fs::write(&file, settings).expect("a writable directory");
    let file = file.display().to_string();
    world.check("bash", &["--noprofile", "--rcfile", &file, "-i"], &[CASES, BASH].concat());
}

#[test]
#[ignore = "needs what .ci/tools installs"]
fn zsh() {
    need("zsh", "zsh");
    let mut world = World::new();
    let settings = format!(
        "PS1='{PROMPT}'\nbindkey -e\nunset zle_bracketed_paste\nunsetopt prompt_sp beep\n\
         fpath=({} $fpath)\nautoload -Uz compinit\ncompinit -u -d $ZDOTDIR/dump\n",
        world.share.join("zsh/site-functions").display()
    );
    let folder = world.env.path().join("zsh");
    fs::create_dir(&folder).expect("a new directory");
    fs::write(folder.join(".zshrc"), settings).expect("a new directory");
    world.env.set("ZDOTDIR", folder);
    world.check("zsh", &["-d", "-i"], CASES);
}

#[test]
#[ignore = "needs what .ci/tools installs"]
fn fish() {
    need("fish", "fish");
    let world = World::new();
    let folder = world.env.path().join("home/.config/fish");
    fs::create_dir_all(&folder).expect("a new directory");
    let settings = format!("function fish_prompt\n  printf '{PROMPT}'\nend\nfunction fish_greeting\nend\n");
    fs::write(folder.join("config.fish"), settings).expect("a new directory");
    world.check("fish", &["-i"], CASES);
}
