//! File systems that are mounted below the worktree, and go again: directories are other ones then, under the same names.

use super::repository;
use crate::support::{Environment, namespace};

/// What the scripts have in common: our program is `$2`, which must answer by itself as git does.
const SAME: &str = r#"
    set -e
    ours=$2
    same() {
        GIT_OPTIONAL_LOCKS=0 git status "$@" >"$LOG/their" 2>&1
        for time in first second; do
            "$ours" --no-fallback "$@" >"$LOG/our" 2>&1 || echo "exit $?" >>"$LOG/our"
            cmp "$LOG/their" "$LOG/our" || { echo "$state: $*, the $time time"; cat "$LOG/their" "$LOG/our"; }
        done
    }
    all() { state=$1; same -s; same -s -uall --ignored; same --porcelain=v2 -uno; same; same -s -- d u; }
    mounted() { mount -t tmpfs -o size=1m,mode=755 none "$1" 2>"$LOG/mount" || { echo "not here: $(cat "$LOG/mount")"; exit 0; }; }
    cd "$1"
"#;

/// Runs a script that says what is wrong, if anything.
#[track_caller]
fn play(script: &str) {
    let mut env = Environment::new();
    let log = env.path().join("log");
    std::fs::create_dir(&log).expect("a new directory");
    env.set("LOG", log);
    let dir = repository(
        &env,
        "mkdir -p d/e i u/v; for f in a d/f d/g d/e/h; do echo $f >$f; done; echo '*.o' >.gitignore; echo i >>.gitignore
         git add .; git commit -qm x; echo n >u/n; echo o >i/o; touch -d '1 hour ago' a d/* d/e/* u/*",
    );
    let program = env.ours("git-faststatus", &dir, &[""; 0]).get_program().to_owned();
    if let Some(wrong) =
        namespace::run(&env, "what is mounted", &[SAME, script].concat(), &[&dir, program.as_ref()])
    {
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[test]
fn what_is_mounted_hides_what_is_there() {
    play(
        r#"
        all "nothing is mounted"
        for place in d d/e u u/v i; do
            mounted $place
            all "an empty one on $place"
            echo n >$place/new; echo f >$place/f; mkdir $place/e $place/v; echo h >$place/e/h; echo o >$place/x.o
            all "one with files on $place"
            # So that it would be remembered if it were.
            sleep 0.1
            all "the same, later, on $place"
            rm $place/new $place/e/h
            all "one with other files on $place"
            umount $place
            all "nothing on $place any more"
            # It is likely to get the same numbers as the one before.
            mounted $place
            echo n >$place/another
            all "another one on $place"
            mounted $place
            all "one on another on $place"
            umount $place; umount $place
            all "nothing on $place again"
        done
        # What is tracked, from elsewhere; and times that are set to the last that there is.
        mounted d; mkdir d/e; echo d/f >d/f; echo other >d/g; ln -s f d/e/h
        all "tracked files"
        touch -d @9223372036854775807 d d/f d/e 2>/dev/null || touch -d 2400-01-01 d d/f d/e
        all "times in the future"
        umount d
        # A file on a file, and on what is none.
        echo other >"$LOG/file"; mount --bind "$LOG/file" d/f; all "a file on a file"; umount d/f
        mkfifo p; mount --bind "$LOG/file" p; all "a file on a pipe"; umount p; rm p
        # Another part of the worktree, and the worktree in itself.
        mount --bind d u; all "a directory twice"; echo n >u/new; all "a new file twice"; rm d/new; umount u
        mount --bind . u/v; all "the worktree in itself"; umount u/v
        all "nothing at the end"
        "#,
    );
}

#[test]
fn of_what_is_mounted_nothing_is_remembered() {
    play(
        r#"
        known() {
            state=$1
            for time in first second third; do
                "$ours" -s -uall --performance-stats >"$LOG/out" 2>"$LOG/stats"
            done
            grep -qx "directories: $2, $3 as remembered" "$LOG/stats" ||
                { echo "$state: not $2, $3"; grep directories "$LOG/stats"; }
        }
        sleep 0.1
        known "nothing is mounted" 5 5
        mounted u; mkdir u/w; echo n >u/w/n
        sleep 0.1
        known "a file system of its own" 5 3
        umount u
        known "nothing is mounted again" 5 5
        "#,
    );
}

#[test]
fn mounted_while_we_look() {
    play(
        r#"
        mount -t tmpfs none "$LOG" || { echo "not here"; exit 0; }
        all "nothing is mounted"
        while test ! -e "$LOG/done"; do
            for place in d u; do
                mount -t tmpfs -o size=1m,mode=755 none $place; echo n >$place/mounted; echo f >$place/f
                umount -l $place
            done
        done 2>>"$LOG/errors" &
        for turn in $(seq 40); do
            for words in "-s" "-s -uall --ignored" "--porcelain=v2"; do
                code=0; "$ours" $words >"$LOG/our" 2>&1 || code=$?
                test $code = 0 || { echo "exit $code"; cat "$LOG/our"; }
            done
        done
        touch "$LOG/done"; wait
        test ! -s "$LOG/errors" || cat "$LOG/errors"
        umount -l d 2>"$LOG/none" || :; umount -l u 2>"$LOG/none" || :
        all "nothing is mounted any more"
        "#,
    );
}
