//! Several repositories at once: in parallel, and not too many at a time.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{shell, text};
use crate::support::Environment;

/// A git that lets nobody through before so many have come, and notes who comes and who goes. It is the one thing that
/// each process that answers about a repository asks it once.
const GATE: &str = "#!/bin/sh
PATH=${PATH#*:}
[ \"$*\" = version ] || exec git \"$@\"
echo + >>\"$GATE\"
until [ \"$(grep -c + \"$GATE\")\" -ge \"$TOGETHER\" ]; do sleep 0.01; done
sleep 0.1
git version
echo - >>\"$GATE\"
";

#[test]
fn so_many_at_a_time_and_no_more() {
    let mut env = Environment::new();
    shell(&env, env.path(), "for n in 1 2 3 4 5 6 7 8; do git init -q r$n; echo r$n >>list; done");
    let tools = env.path().join("tools");
    fs::create_dir(&tools).expect("a new directory");
    fs::write(tools.join("git"), GATE).expect("a new file");
    fs::set_permissions(tools.join("git"), fs::Permissions::from_mode(0o755)).expect("our own file");
    let mut path = tools.into_os_string();
    path.push(":");
    path.push(env.bin());
    path.push(":");
    path.push(std::env::var_os("PATH").expect("PATH is set"));
    env.set("PATH", path);
    let log = env.path().join("gate");
    env.set("GATE", &log);
    for threads in [1, 3, 5] {
        let _ = fs::remove_file(&log);
        env.set("TOGETHER", threads.to_string());
        let threads_option = format!("--threads={threads}");
        let words = ["--repos-from=list", "--no-index", &threads_option];
        let output = env.run(env.ours("git-faststatus", env.path(), &words));
        let lines: Vec<String> = (1..=8).map(|n| format!("r{n}\tmain\n")).collect();
        assert_eq!((text(&output), output.code), (lines.concat(), 0));
        let mut inside = 0;
        let mut most = 0;
        let log = fs::read_to_string(&log).expect("the gate was used");
        for line in log.lines() {
            inside += if line == "+" { 1 } else { -1 };
            most = most.max(inside);
        }
        // That they came together is why there is an answer at all.
        assert_eq!((log.lines().count(), inside, most), (16, 0, threads), "{log}");
    }
}
