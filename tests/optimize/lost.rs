//! What it has to say where nobody can hear it.

use bstr::ByteSlice;

use super::ugly;
use crate::support::Environment;

/// Each kind of output; some of the commands do something besides.
const COMMANDS: &[&str] = &[
    "report",
    "report --json",
    "stats",
    "stats --json",
    "stats --prometheus",
    "doctor",
    "doctor --json",
    "cache stats",
    "index status",
    "--dry-run",
    "--dry-run --json",
    "--task index",
    "doctor --apply-config",
    "-V",
    "--help",
    "cache clear",
];

#[test]
fn what_could_not_be_written_is_a_failure_and_a_reader_that_went_away_is_none() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 211);
    env.index_ok(&it.dir, "build");
    let run = |script: &str| env.run(env.command("bash", &it.dir, &["-c", script]));
    run("git-fastlog -1; git-optimize report").success("a file to remove");
    for words in COMMANDS {
        let output = run(&format!("git-optimize {words} >/dev/full"));
        assert_eq!(output.code, 128, "{words}: {}", output.stderr.as_bstr());
        let expected = "fatal: write failure on standard output: No space left on device\n";
        assert!(output.stderr.ends_with_str(expected), "{words}: {}", output.stderr.as_bstr());
    }
    // What was to be done is done nevertheless.
    let known = run("git config --get core.untrackedCache; git-optimize cache stats | grep -c report").stdout;
    assert_eq!(known.as_bstr(), "true\n0\n");
    for words in COMMANDS {
        // It begins to write when the reader is gone.
        let output = run(&format!("(sleep 0.05; exec git-optimize {words}) | true; echo ${{PIPESTATUS[0]}}"));
        assert!(!output.stderr.contains_str("write failure") && !output.panicked(), "{words}");
        let code = output.stdout.trim().to_str_lossy().into_owned();
        assert!(["0", "1", "2", "141"].contains(&code.as_str()), "{words}: {code}");
    }
    for program in ["git-fastlog", "git-faststatus"] {
        let output = run(&format!("{program} --version >/dev/full"));
        assert_eq!(output.code, 128, "{program}: {}", output.stderr.as_bstr());
    }
}
