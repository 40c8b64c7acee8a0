//! Repositories on file systems of their own, on which nothing can be written: full ones, and those that are mounted
//! read-only. With no, a stale and a fresh index the answers are git's, and with room again the index is sound.

use std::time::Duration;

use bstr::ByteSlice;

use super::fixture::Fixture;
use crate::support::namespace;
use crate::support::repository::args;

/// What both scripts begin with. `$1` is a repository with a fresh index, `$2` one with commits that its index lacks; our
/// programs are in `$3`. What is printed is wrong.
const COMMON: &str = r#"
    set -e
    root=$PWD fresh=$1 stale=$2 bin=$3
    # A repository with this index on a file system of this name.
    put() {
        state="$2, $1 index"
        mkdir "$root/$2"
        mount -t tmpfs -o size=4m,mode=755 none "$root/$2" || { echo "not here"; exit 0; }
        cd "$root/$2"
        # How many answers have to come from the index at least. Commits that it lacks may take too long to be read.
        case $1 in
            none) least=0 from=$fresh ;;
            stale) least=1 from=$stale ;;
            fresh) least=3 from=$fresh ;;
        esac
        cp -a "$from" r && cd r
        rm -f .git/git-fast.attempt
        case $1 in none) rm -rf .git-fast .git/git-fast* ;; esac
    }
    same() {
        code=0; git log "$@" >"$root/their" 2>&1 || code=$?
        echo "exit $code" >>"$root/their"
        code=0; GIT_FAST_TRACE=$root/trace "$bin/git-fastlog" "$@" >"$root/our" 2>&1 || code=$?
        echo "exit $code" >>"$root/our"
        cmp "$root/their" "$root/our" || { echo "$state: $*"; cat "$root/our"; }
    }
    ask() {
        rm -f "$root/trace"
        same; same --all --format='%H %P %an %s'; same --graph --oneline; same -n3 --stat; same --no-such-option
        [ "$(grep -c '"served":"native"' "$root/trace")" -ge $least ] || { echo "$state:"; cat "$root/trace"; }
    }
    # Waits for whoever writes, too.
    update() {
        code=0; "$bin/git-optimize" index update --quiet >"$root/said" 2>&1 || code=$?
        case "$code $(cat "$root/said")" in
            "0 " | "128 fatal: "*) ;;
            *) echo "$state: update: $code"; cat "$root/said" ;;
        esac
        find . -name 'tmp-*' -o -name '.tmp*' -o -name 'git-fast.*.*'
    }
    sound() {
        update
        "$bin/git-optimize" index verify >"$root/said" 2>&1 || { echo "$state: verify"; cat "$root/said"; }
        least=3
        ask
        cd "$root"
    }
"#;

const FULL: &str = r#"
    for taken in 0 1 2 4; do
        for index in none stale fresh; do
            put $index "full-$taken-$index"
            head -c 16384 /dev/zero >../pages
            head -c 8m /dev/zero >../filler 2>"$root/full" || :
            grep -q "No space left" "$root/full" || echo "the disk is not full"
            truncate -s $((taken * 4096)) ../pages
            ask
            update
            ask
            update
            rm ../filler ../pages
            sound
        done
    done
"#;

const READ_ONLY: &str = r#"
    for index in none stale fresh; do
        put $index "read-only-$index"
        mount -o remount,ro "$root/read-only-$index"
        ! touch file 2>/dev/null || echo "it can be written"
        ask
        update
        case $index in none) ! grep '"served":"native"' "$root/trace" ;; esac
        mount -o remount,rw "$root/read-only-$index"
        sound
    done
"#;

fn play(what: &str, script: &str) {
    let (mut fresh, mut stale) = (Fixture::new(), Fixture::new());
    // So many that they are worth being written.
    stale.grow(40);
    fresh.env.set_limit(Duration::from_secs(120));
    let script = [COMMON, script].concat();
    if let Some(wrong) = namespace::run(&fresh.env, what, &script, &[&fresh.dir, &stale.dir, fresh.env.bin()])
    {
        assert!(wrong.is_empty(), "{wrong}");
    }
}

pub(crate) fn full() {
    play("a full disk", FULL);
}

pub(crate) fn read_only() {
    play("a read-only file system", READ_ONLY);
}

/// An answer for which there is no room fails as git's does.
pub(crate) fn no_room_for_the_answer() {
    let it = Fixture::new();
    let script = |program: &str| {
        let output = it.env.run(it.env.command("sh", &it.dir, &["-c", &format!("{program} >/dev/full")]));
        (output.code, output.stderr.to_str_lossy().into_owned())
    };
    let untouched = it.env.log(&it.dir, &args(&["--all"]), None);
    for words in ["", "--graph --oneline --all", "-n3 --stat", "-p", "-n1", "-n0", "--no-such-option"] {
        assert_eq!(script(&format!("git-fastlog {words}")), script(&format!("git log {words}")), "{words}");
    }
    let no_room = script("git log -n1");
    assert_eq!(no_room.0, 128);
    for words in ["--count", "--json -n1", "--page=1", "--shortlog", "--last-modified"] {
        assert_eq!(script(&format!("git-fastlog {words}")), no_room, "{words}");
    }
    assert_eq!(it.env.fastlog(&it.dir, &args(&["--all"]), None).0.stdout, untouched.stdout);
}
