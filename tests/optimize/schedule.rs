//! Entries of cron, systemd and launchd. crontab is a stand-in that keeps its file in the test's world; the real one
//! is in a test of its own that takes a minute.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::ends;
use crate::support::repository::{Generated, Plan};
use crate::support::{Environment, need, put_program};

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

/// The five fields of each interval, and a single entry whatever came before it.
#[test]
fn the_time_can_be_changed() {
    let mut env = Environment::new();
    let table = with_crontab(&mut env);
    let it = Generated::new(&env, "repository", Plan::plain(78, 3));
    let other = Generated::new(&env, "other", Plan::plain(79, 3));
    fs::write(&table, "1 2 3 4 5 true\n").expect("writable");
    let path = |it: &Generated| it.dir.display().to_string();
    // Two repositories at once, from a place that is none.
    let both = ["--repo", &path(&it), "--repo", &path(&other)];
    let schedule =
        |args: &[&str]| ends(env.optimize(env.path(), &[&["schedule"], args, &both[..]].concat()), 0);
    let mut minutes = Vec::new();
    for how in [
        &["--hourly"][..],
        &["--daily"],
        &[],
        &["--weekly"],
        &["--at", "23:07"],
        &["--weekly"],
        &["--hourly"],
    ] {
        schedule(&[&["install", "--cron"], how].concat());
        let text = fs::read_to_string(&table).expect("written");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[0]), (3, "1 2 3 4 5 true"), "{how:?}: {text}");
        for (line, it) in lines[1..].iter().zip([&it, &other]) {
            assert!(line.contains(&format!("cd '{}' && ", path(it))), "{line}");
            let fields: Vec<&str> = line.split(' ').take(5).collect();
            let number = |at: usize| fields[at].parse::<u32>().expect("a number");
            match how {
                ["--hourly"] => assert_eq!(fields[1..], ["*"; 4]),
                ["--weekly"] => assert_eq!(fields[2..], ["*", "*", "0"]),
                ["--at", _] => assert_eq!(fields, ["7", "23", "*", "*", "*"]),
                _ => assert_eq!(fields[2..], ["*"; 3]),
            }
            assert!(number(0) < 60 && (how == ["--hourly"] || number(1) < 24), "{line}");
            if how != ["--at", "23:07"] {
                minutes.push((path(it), number(0)));
            }
        }
    }
    minutes.sort_unstable();
    minutes.dedup();
    assert_eq!(minutes.len(), 2, "each has a minute of its own, always the same: {minutes:?}");
    assert_eq!(schedule(&["show", "--cron"]).lines().count(), 2);
    schedule(&["remove", "--cron"]);
    assert_eq!(fs::read_to_string(&table).expect("kept"), "1 2 3 4 5 true\n");
    for wrong in
        [&["--hourly", "--weekly"][..], &["--at", "24:00"], &["--at", "7"], &["--daily", "--at", "01:00"]]
    {
        let args = [&["schedule", "install", "--cron"], wrong].concat();
        assert_eq!(env.optimize(&it.dir, &args).code, 129, "{wrong:?}");
    }
    let args = ["schedule", "install", "--cron", "--repo", "/nonexistent"];
    assert_eq!(env.optimize(&it.dir, &args).code, 128);
}

/// An agent for each repository: one, wherever it is asked from and whatever its time was before. launchd itself is not
/// here; its file is read by Python's reader of property lists.
#[test]
#[ignore = "needs what .ci/tools installs"]
fn an_agent_for_launchd() {
    need("python3", "python3");
    let env = Environment::new();
    let it = Generated::new(&env, "it's <&> 100%", Plan::plain(80, 3));
    let agents = env.path().join("home/Library/LaunchAgents");
    let schedule =
        |args: &[&str]| ends(env.optimize(&it.dir, &[&["schedule", "--launchd"], args].concat()), 0);
    assert_eq!(schedule(&["show"]), format!("launchd: nothing is installed for {}\n", it.dir.display()));
    for (how, expected) in [
        (&["--weekly"][..], "['Hour', 'Minute', 'Weekday']"),
        (&["--hourly"], "['Minute']"),
        (&["--at", "04:05"], "['Hour', 'Minute']"),
    ] {
        let text = schedule(&[&["install"], how].concat());
        let [file] = &crate::support::damage::files(&agents)[..] else { panic!("not one agent") };
        assert!(
            text.contains(&format!("wrote {}", file.display())) && text.contains("launchctl load "),
            "{text}"
        );
        let script = "import plistlib, sys\nplist = plistlib.load(open(sys.argv[1], 'rb'))\n\
                      print(sorted(plist['StartCalendarInterval']))\nprint(plist['WorkingDirectory'])\n\
                      print(plist['ProgramArguments'][1:], plist['StartCalendarInterval'].get('Hour', ''))";
        let read = env.command("python3", env.path(), &["-c", script, &file.display().to_string()]);
        let read = String::from_utf8_lossy(&env.run(read).success("python3")).into_owned();
        let lines: Vec<&str> = read.lines().collect();
        assert_eq!(lines[..2], [expected, &it.dir.display().to_string()]);
        let arguments = "['run', '--auto', '--quiet', '--low-priority', '--only-on-ac'] ";
        assert!(
            lines[2].starts_with(arguments) && (how != ["--at", "04:05"] || lines[2].ends_with(" 4")),
            "{read}"
        );
        assert!(schedule(&["show"]).contains("StartCalendarInterval"));
    }
    assert_eq!(schedule(&["remove"]), "launchd: removed\n");
    assert!(crate::support::damage::files(&agents).is_empty());
    assert_eq!(schedule(&["remove"]), "launchd: nothing is installed\n");
}

/// As git itself registers a repository: each keeps its own entry, and ours does only what git does not.
#[test]
fn a_repository_that_git_maintains() {
    for how in [&["register"][..], &["start", "--scheduler=crontab"]] {
        let mut env = Environment::new();
        let table = with_crontab(&mut env);
        let it = Generated::new(&env, "repository", Plan::plain(81, 3));
        fs::write(&table, "1 2 3 4 5 true\n").expect("writable");
        ends(env.optimize(&it.dir, &["schedule", "install", "--cron"]), 0);
        let without = fs::read_to_string(&table).expect("written");
        assert!(!without.contains("--task="), "{without}");
        env.git_ok(&it.dir, &[&["maintenance"], how].concat());
        let gits = fs::read_to_string(&table).expect("written");
        assert_eq!(gits.contains("BEGIN GIT MAINTENANCE SCHEDULE"), how.len() == 2, "{gits}");
        let text = ends(env.optimize(&it.dir, &["schedule", "install", "--cron"]), 0);
        assert!(text.contains("git maintenance runs in this repository"), "{text}");
        let doctor = ends(env.optimize(&it.dir, &["doctor"]), 0);
        assert!(doctor.contains("git maintenance runs in this repository"), "{doctor}");
        let both = fs::read_to_string(&table).expect("written");
        let ours: Vec<&str> = both.lines().filter(|line| line.contains("# git-optimize:")).collect();
        assert_eq!(ours.len(), 1, "{both}");
        assert!(ours[0].contains("--task=index --task=temporaries"), "{both}");
        let theirs = |text: &str| -> Vec<String> {
            text.lines().filter(|line| !line.contains("# git-optimize:")).map(str::to_owned).collect()
        };
        assert_eq!(theirs(&both), theirs(&gits));
        env.git_ok(&it.dir, &["maintenance", "unregister"]);
        ends(env.optimize(&it.dir, &["schedule", "install", "--cron"]), 0);
        let again = fs::read_to_string(&table).expect("written");
        assert!(!again.contains("--task=") && theirs(&again) == theirs(&gits), "{again}");
    }
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
    std::os::unix::fs::symlink(env.real_git(), dir.join("git")).expect("a new name");
    env.set("PATH", dir);
    let output = env.optimize(&it.dir, &["schedule", "install"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.code, 128, "{text}");
    assert!(text.contains("neither cron nor a systemd") && text.contains("hint: install cron"), "{text}");
}

/// Where there is no cron but a systemd that answers (here one that writes down what it is told), that is used.
#[test]
fn without_cron_systemd_is_told() {
    let mut env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(78, 3));
    let log = env.path().join("told");
    put_program(&mut env, "systemctl", &format!("echo \"$@\" >>'{}'", log.display()));
    let dir = env.path().join("programs");
    std::os::unix::fs::symlink(env.real_git(), dir.join("git")).expect("a new name");
    env.set("PATH", dir);
    let units = env.path().join("home/.config/systemd/user");
    let told = |command: &str| fs::read_to_string(&log).expect("readable").contains(command);
    for (interval, when) in [("--hourly", "*-*-* *:"), ("--daily", "*-*-* 0"), ("--weekly", "Sun *-*-* 0")] {
        let mut texts = Vec::new();
        for _ in 0..2 {
            let text = ends(env.optimize(&it.dir, &["schedule", "install", interval]), 0);
            assert!(text.contains("and started it"), "{text}");
            let files = crate::support::damage::files(&units);
            assert_eq!(files.len(), 2, "{files:?}");
            texts.push(files.iter().map(|file| fs::read(file).expect("readable")).collect::<Vec<_>>());
        }
        assert_eq!(texts[0], texts[1]);
        let shown = ends(env.optimize(&it.dir, &["schedule", "show"]), 0);
        assert!(shown.contains(&format!("OnCalendar={when}")), "{interval}: {shown}");
    }
    assert!(told("--user daemon-reload\n") && told("--user enable --now git-optimize-"));
    assert!(!told("disable"));
    ends(env.optimize(&it.dir, &["schedule", "remove"]), 0);
    assert!(told("--user disable --now git-optimize-"));
    assert_eq!(crate::support::damage::files(&units).len(), 0);
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
    let _restored = Crontab::with("# odd  \t line\n\nMAILTO=\"\"\n0 0 1 1 *\techo a%b\n");
    let before = crontab(&["-l"]);
    let _cron = Guard(Command::new("cron").arg("-f").spawn().expect("cron is installed"));
    // cron tells by the second whether a crontab has changed.
    std::thread::sleep(Duration::from_millis(2100));
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

/// What root's crontab was before a test, which it is again afterwards.
struct Crontab(Option<Vec<u8>>);

impl Crontab {
    fn with(text: &str) -> Crontab {
        let before = Command::new("crontab").arg("-l").output().expect("cron is installed");
        Crontab::set(text.as_bytes());
        Crontab(before.status.success().then_some(before.stdout))
    }

    fn set(text: &[u8]) {
        let mut child =
            Command::new("crontab").arg("-").stdin(Stdio::piped()).spawn().expect("cron is installed");
        child.stdin.take().expect("piped").write_all(text).expect("it reads");
        assert!(child.wait().expect("ours").success());
    }
}

impl Drop for Crontab {
    fn drop(&mut self) {
        match &self.0 {
            Some(text) => Crontab::set(text),
            None => drop(Command::new("crontab").arg("-r").status()),
        }
    }
}

/// Ends the cron that a test has started.
struct Guard(std::process::Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
