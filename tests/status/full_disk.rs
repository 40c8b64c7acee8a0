//! No room for what is remembered, and none for the answer.

use super::{git_status, repository, shell};
use crate::support::{Environment, damage, namespace};

/// Untracked and ignored files, changes of every kind.
const STATE: &str =
    "mkdir -p d/e build; for f in a b c d/f d/e/g; do echo $f >$f; done; echo build >.gitignore
    git add .; git commit -qm x; echo o >build/o; echo n >d/new; echo changed >a; rm b; echo s >c; git add c";

/// Plays on a small file system with a copy of the repository `$1`; our program is `$2`. Prints what is wrong.
const FULL: &str = r#"
    set -e
    mkdir disk
    mount -t tmpfs -o size=2m,mode=755 none disk || { echo "not here"; exit 0; }
    cp -a "$1" disk/r
    cd disk/r
    same() {
        code=0; GIT_OPTIONAL_LOCKS=0 git status "$@" >../../their 2>&1 || code=$?
        echo "exit $code" >>../../their
        code=0; "$ours" --no-fallback "$@" >../../our 2>&1 || code=$?
        echo "exit $code" >>../../our
        cmp ../../their ../../our || { echo "$1 differs"; cat ../../their ../../our; }
    }
    ours=$2
    for taken in 0 1 2 4; do
        rm -f .git/git-fast.*
        head -c 16384 /dev/zero >../pages-$taken
        head -c 4m /dev/zero >../filler 2>../../full || :
        grep -q "No space left" ../../full || echo "the disk is not full"
        truncate -s $((taken * 4096)) ../pages-$taken
        same -s --ignored; same; same --porcelain=v2 -uall; same -s --ignored
        find .git -name '.tmp*' -o -name 'git-fast.*.*' -o -name '*.lock'
        rm ../filler ../pages-$taken
    done
    same -s --ignored
    ls .git/git-fast.status >/dev/null || echo "nothing is remembered with room again"
    same -s --ignored
"#;

#[test]
fn without_room_nothing_is_remembered_and_everything_answered() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let program = env.ours("git-faststatus", &dir, &[""; 0]).get_program().to_owned();
    if let Some(wrong) = namespace::run(&env, "a full disk", FULL, &[&dir, program.as_ref()]) {
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[test]
fn without_room_for_the_answer_it_fails_as_git_does() {
    let env = Environment::new();
    let dir = repository(&env, STATE);
    let script = |program: &str| {
        let mut command = env.command("sh", &dir, &["-c", &format!("{program} >/dev/full")]);
        command.env("GIT_OPTIONAL_LOCKS", "0");
        env.run(command)
    };
    for words in ["", "-s", "--porcelain=v2 -z", "-uall --ignored"] {
        let (their, our) = (
            script(&format!("git status {words}")),
            script(&format!("git-faststatus --no-fallback {words}")),
        );
        assert_eq!((our.code, our.stderr), (their.code, their.stderr), "{words}");
        assert_eq!(our.code, 128);
    }
    for words in ["--json", "--summary", "--worktrees", "--exit-code -s"] {
        assert_eq!(script(&format!("git-faststatus {words}")).code, 128, "{words}");
    }
    // Where there is nothing to say, there is room for it.
    shell(&env, &dir, "git stash -q -u");
    assert_eq!(git_status(&env, &dir, &["-s"]).stdout, b"");
    for program in ["git status -s", "git-faststatus --no-fallback -s", "git-faststatus --exit-code"] {
        assert_eq!(script(program).code, 0, "{program}");
    }
    let left = damage::files(&dir.join(".git"));
    assert!(left.iter().all(|file| !file.to_string_lossy().contains("git-fast.status.")), "{left:?}");
}
