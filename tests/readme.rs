//! The commands that README.md gives for use, as they stand there.

use bstr::ByteSlice;

use crate::support::repository::{Generated, Plan};
use crate::support::{Environment, put_program};

/// The lines of the block below "Use".
fn commands() -> Vec<&'static str> {
    let (_, text) = include_str!("../README.md").split_once("## Use\n\n```sh\n").expect("the block");
    text.split_once("```").expect("it ends").0.lines().collect()
}

#[test]
fn commands_of_the_readme_work_as_they_stand() {
    let mut env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(61, 200));
    env.git_ok(&it.dir, &["checkout", "-q", "-f", "main"]);
    // Nobody's real schedule is changed.
    let crontab =
        "case $1 in -l) echo no crontab for me >&2; exit 1 ;; *) cat \"$1\" >\"$HOME/crontab\" ;; esac";
    put_program(&mut env, "crontab", crontab);
    put_program(&mut env, "systemctl", "exit 1");
    let commands = commands();
    assert!(commands.len() > 15, "{commands:?}");
    for command in commands {
        let output = env.run(env.command("sh", &it.dir, &["-c", command]));
        let (said, complaints) = (output.stdout.as_bstr(), output.stderr.as_bstr());
        // `git optimize` may have nothing to do, and something may be skipped that this git can't do.
        let fine: &[i32] = if command.starts_with("git optimize") { &[0, 2, 3] } else { &[0] };
        assert!(fine.contains(&output.code), "{command}: {} {said} {complaints}", output.code);
        assert!(!output.panicked(), "{command}: {complaints}");
        assert!(
            !complaints.contains_str("fatal:") && !complaints.contains_str("usage:"),
            "{command}: {complaints}"
        );
    }
    assert!(env.path().join("copy/.git").is_dir() || it.dir.join("../copy/.git").is_dir());
}
