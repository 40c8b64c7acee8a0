//! Entries of cron, systemd and launchd. crontab is a stand-in that keeps its file in the test's world; the real one
//! is in a test of its own that takes a minute.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::ends;
use crate::support::Environment;
use crate::support::repository::{Generated, Plan};

/// A program before all others in PATH.
fn put_program(env: &mut Environment, name: &str, script: &str) {
    let dir = env.path().join("programs");
    fs::create_dir_all(&dir).expect("writable");
    fs::write(dir.join(name), format!("#!/bin/sh\n{script}\n")).expect("writable");
    fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o755)).expect("ours");
    let path = format!("{}:{}", dir.display(), std::env::var("PATH").expect("PATH is set"));
    env.set("PATH", path);
}

fn with_crontab(env: &mut Environment) -> PathBuf {
    let table = env.path().join("crontab");
    let script = format!(
        "t='{}'\ncase $1 in\n-l) if [ -f \"$t\" ]; then cat \"$t\"; else echo 'no crontab for me' >&2; exit 1; fi ;;\n\
         -r) rm \"$t\" ;;\n*) cp \"$1\" \"$t\" ;;\nesac",
        table.display()
    );
    put_program(env, "crontab", &script);
    table
}

#[test]
fn one_marked_entry_and_every_other_byte_as_it_was() {
    let mut env = Environment::new();
    let table = with_crontab(&mut env);
    let it = Generated::new(&env, "it's 100% mine", Plan::plain(71, 3));
    let other = Generated::new(&env, "other", Plan::plain(72, 3));
    let schedule = |dir: &Path, args: &[&str]| ends(env.optimize(dir, &[&["schedule"], args].concat()), 0);
    // Where there was none there is none afterwards.
    schedule(&it.dir, &["install", "--cron"]);
    assert_eq!(fs::read_to_string(&table).expect("written").lines().count(), 1);
    schedule(&it.dir, &["remove", "--cron"]);
    assert!(!table.exists());
    let own = b"MAILTO=\"\"\n#  spaces  and a tab\t\n\n5 4 * * * echo \\% \xff\n".to_vec();
    fs::write(&table, &own).expect("writable");
    schedule(&it.dir, &["install", "--cron", "--weekly"]);
    schedule(&other.dir, &["install", "--cron"]);
    let both = fs::read(&table).expect("written");
    assert!(both.starts_with(&own));
    let text = schedule(&it.dir, &["install", "--cron", "--weekly"]);
    assert!(text.contains("already"), "{text}");
    schedule(&other.dir, &["install", "--cron", "--at", "04:05"]);
    let text = schedule(&other.dir, &["show", "--cron"]);
    assert!(text.starts_with("5 4 * * * cd '"), "{text}");
    assert_eq!(
        schedule(&env_path(&env), &["show", "--cron", "--repo", &other.dir.display().to_string()]),
        text
    );
    schedule(&it.dir, &["remove", "--cron"]);
    schedule(&other.dir, &["remove", "--cron"]);
    assert_eq!(fs::read(&table).expect("kept"), own);
    assert_eq!(schedule(&it.dir, &["remove", "--cron"]), "cron: nothing is installed\n");
}

fn env_path(env: &Environment) -> PathBuf {
    env.path().to_owned()
}

#[test]
fn the_shell_runs_the_entry_as_it_is_meant() {
    let mut env = Environment::new();
    with_crontab(&mut env);
    let it = Generated::new(&env, "it's 100% $HOME `mine`", Plan::plain(73, 3));
    let text = ends(env.optimize(&it.dir, &["schedule", "install", "--cron", "--hourly"]), 0);
    let line = text.lines().nth(1).expect("the entry is shown");
    // As cron does it: the five fields go, and escaped percent signs become plain.
    let command = line.splitn(6, ' ').nth(5).expect("five fields and a command").replace("\\%", "%");
    let output = env.run(env.command("/bin/sh", Path::new("/"), &["-c", &command]));
    assert_eq!(output.code, 0, "{}", String::from_utf8_lossy(&output.stderr));
    let status = env.optimize(&it.dir, &["index", "status"]).stdout;
    assert!(String::from_utf8_lossy(&status).contains("up to date"));
}

#[test]
fn gits_own_schedule_is_not_fought_over() {
    let mut env = Environment::new();
    let table = with_crontab(&mut env);
    let it = Generated::new(&env, "repository", Plan::plain(74, 3));
    let path = it.dir.canonicalize().expect("it is there");
    env.git_ok(&it.dir, &["config", "--global", "maintenance.repo", &path.display().to_string()]);
    let text = ends(env.optimize(&it.dir, &["schedule", "install", "--cron"]), 0);
    assert!(text.contains("git maintenance runs in this repository"), "{text}");
    assert!(fs::read_to_string(table).expect("written").contains("--task=index --task=temporaries"));
}

#[test]
fn without_cron_and_systemd_it_says_what_to_do() {
    let mut env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(75, 3));
    put_program(&mut env, "systemctl", "exit 1");
    let dir = env.path().join("programs");
    let git = std::env::split_paths(&std::env::var_os("PATH").expect("PATH is set"))
        .map(|dir| dir.join("git"))
        .find(|git| git.is_file())
        .expect("git is there");
    std::os::unix::fs::symlink(git, dir.join("git")).expect("a new name");
    env.set("PATH", dir);
    let output = env.optimize(&it.dir, &["schedule", "install"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.code, 128, "{text}");
    assert!(text.contains("neither cron nor a systemd") && text.contains("hint: install cron"), "{text}");
}

#[test]
#[ignore = "needs what .ci/tools installs"]
fn systemd_accepts_the_units() {
    let mut env = Environment::new();
    put_program(&mut env, "systemctl", "exit 1");
    let it = Generated::new(&env, "it's 100% $HOME \"mine\"", Plan::plain(76, 3));
    let text = ends(env.optimize(&it.dir, &["schedule", "install", "--systemd", "--at", "23:59"]), 0);
    assert!(text.contains("systemctl --user enable --now git-optimize-"), "{text}");
    let units = env.path().join("home/.config/systemd/user");
    let files: Vec<String> =
        crate::support::damage::files(&units).iter().map(|path| path.display().to_string()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    let mut verify = Command::new("systemd-analyze");
    verify
        .arg("--user")
        .arg("verify")
        .args(&files)
        .env("HOME", env.path())
        .env("XDG_RUNTIME_DIR", env.path());
    let output = verify.output().expect("systemd-analyze must be there to verify units: install systemd");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{said}");
    let service = fs::read_to_string(&files[0]).expect("readable");
    assert!(service.contains("100%% $$HOME") && service.contains("SuccessExitStatus=2 3 4"), "{service}");
    let timer = fs::read_to_string(&files[1]).expect("readable");
    assert!(timer.contains("OnCalendar=*-*-* 23:59:00"), "{timer}");
    ends(env.optimize(&it.dir, &["schedule", "remove", "--systemd"]), 0);
    assert_eq!(crate::support::damage::files(&units).len(), 0);
}

#[test]
#[ignore = "changes the crontab of root for up to two minutes, and needs Debian's cron: --ignored real_cron"]
fn real_cron_fires() {
    let env = Environment::new();
    let it = Generated::new(&env, "it's 100% mine", Plan::plain(77, 3));
    let crontab = |args: &[&str]| Command::new("crontab").args(args).output().expect("cron is installed");
    let before = crontab(&["-l"]);
    let _cron = Guard(Command::new("cron").arg("-f").spawn().expect("cron is installed"));
    let at = jiff::Zoned::now()
        .checked_add(jiff::Span::new().seconds(62))
        .expect("in range")
        .strftime("%H:%M")
        .to_string();
    ends(env.optimize(&it.dir, &["schedule", "install", "--cron", "--at", &at]), 0);
    let end = Instant::now() + Duration::from_secs(150);
    let indexed = || {
        let status = env.optimize(&it.dir, &["index", "status"]).stdout;
        String::from_utf8_lossy(&status).contains("up to date")
    };
    while !indexed() && Instant::now() < end {
        std::thread::sleep(Duration::from_secs(1));
    }
    let fired = indexed();
    ends(env.optimize(&it.dir, &["schedule", "remove", "--cron"]), 0);
    let after = crontab(&["-l"]);
    assert_eq!((after.status.code(), after.stdout), (before.status.code(), before.stdout));
    assert!(fired, "nothing was run at {at}");
}

/// Ends the cron that a test has started.
struct Guard(std::process::Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
