//! The first commits are printed before the last are looked at.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use bstr::ByteSlice;

use crate::support::{Environment, put_program};

/// A git that waits, where it is to convert commits of another encoding, until somebody has made the file `go`.
const GIT: &str = "PATH=${PATH#*:}
case \" $* \" in *' --encoding=UTF-8 '*) echo >>\"$WAITS/asked\"; until test -e \"$WAITS/go\"; do sleep 0.02; done ;; esac
exec git \"$@\"
";

/// 30,000 commits on an oldest one that only git can convert.
fn history(env: &Environment) {
    env.git_ok(env.path(), &["init", "-q", "-b", "main", "repository"]);
    let commit = |number: u32, encoding: &str| {
        let person = format!("A <a@example.com> {} +0000", 1_700_000_000 + number);
        format!("commit refs/heads/main\ncommitter {person}\n{encoding}data <<.\nnumber {number}\n.\n\n")
    };
    let oldest = commit(0, "encoding KOI8-R\n").replace("number", "\u{e9}");
    let others: String = (1..=30_000).map(|number| commit(number, "")).collect();
    let input = [oldest, others].concat();
    env.git_input(&env.path().join("repository"), &["fast-import", "--quiet"], Some(input.as_bytes()));
    env.index_ok(&env.path().join("repository"), "build");
}

#[test]
fn first_commits_do_not_wait_for_the_last() {
    let mut env = Environment::new();
    history(&env);
    let waits = env.path().join("waits");
    fs::create_dir(&waits).expect("a new directory");
    put_program(&mut env, "git", GIT);
    env.set("WAITS", &waits);
    for words in [&["--json"][..], &["--format=%H %s"], &["--graph"]] {
        let mut command = env.ours("git-fastlog", &env.path().join("repository"), words);
        let mut fastlog = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut answer = BufReader::new(fastlog.stdout.take().expect("it is piped"));
        let (send, first) = mpsc::channel();
        let reader = std::thread::spawn(move || {
            let mut lines = Vec::new();
            for _ in 0..10_000 {
                answer.read_until(b'\n', &mut lines).expect("readable");
            }
            let _ = send.send(());
            answer.read_to_end(&mut lines).expect("readable");
            lines
        });
        let in_time = first.recv_timeout(Duration::from_secs(120));
        fs::write(waits.join("go"), "").expect("writable");
        assert!(in_time.is_ok(), "{words:?}: nothing was printed before the oldest commit was read");
        assert!(fastlog.wait().expect("it ends").success(), "{words:?}");
        let lines = reader.join().expect("no panic");
        assert!(lines.contains_str("number 1\n") || lines.contains_str("\"number 1\""), "{words:?}");
        let asked = fs::read(waits.join("asked")).expect("git was to convert something");
        assert_eq!(asked, b"\n", "{words:?}: of the last commits");
        fs::remove_file(waits.join("go")).expect("it is there");
        fs::remove_file(waits.join("asked")).expect("it is there");
    }
}
