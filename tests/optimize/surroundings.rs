//! What the machine has to do with it: power, priorities, file systems that can't map. Each test has a real one, in a
//! mount namespace or at a pseudoterminal of its own.

use super::{DONE, SKIPPED, errors, ugly};
use crate::support::{Environment, namespace, need};

/// Where Linux looks for power supplies there is a battery; `$1`: the repository, `$2`: the program.
const BATTERY: &str = r#"
    mkdir supplies supplies/BAT0 supplies/AC
    mount --bind supplies /sys/class/power_supply || { echo "not here"; exit 0; }
    echo Battery >supplies/BAT0/type; echo Mains >supplies/AC/type
    cd "$1"
    for state in "Discharging 0" "Discharging 1" "Charging 0"; do
        echo ${state% *} >/sys/class/power_supply/BAT0/status; echo ${state#* } >/sys/class/power_supply/AC/online
        code=0; said=$("$2" run --task pack-refs --only-on-ac 2>&1) || code=$?
        echo "$state: $code $said" | head -n 1
        git pack-refs --all --no-prune; git update-ref refs/heads/again-$code HEAD
    done
"#;

#[test]
fn on_battery_nothing_is_done() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 71);
    let program = env.ours("git-optimize", &it.dir, &[""; 0]).get_program().to_owned();
    let Some(said) = namespace::run(&env, "a battery", BATTERY, &[&it.dir, program.as_ref()]) else { return };
    let lines: Vec<&str> = said.lines().collect();
    let [battery, plugged, charging] = lines.as_slice() else { panic!("{said}") };
    let skipped = format!("Discharging 0: {SKIPPED} skipped: the machine runs on battery");
    assert_eq!(*battery, skipped);
    assert!(plugged.starts_with(&format!("Discharging 1: {DONE} ")), "{said}");
    assert!(charging.starts_with(&format!("Charging 0: {DONE} ")), "{said}");
}

/// A `git` that says how it is run when it packs refs; `$1`: the repository, `$2`: the program.
const PRIORITY: &str = r#"
    set -e
    mkdir tools
    real=$(command -v git)
    cat >tools/git <<-END
	#!/bin/sh
	case "\$*" in *pack-refs*) echo "\$(nice) \$(ionice)" >>$PWD/priorities ;; esac
	exec $real "\$@"
	END
    chmod +x tools/git
    PATH=$PWD/tools:$PATH
    echo "$(nice) $(ionice)" >priorities
    here=$PWD; cd "$1"
    "$2" run --task pack-refs >"$here/said" 2>&1
    again() { git update-ref "refs/heads/again-$1" HEAD; }
    again 1; script -qec "'$2' run --task pack-refs" /dev/null >>"$here/said" 2>&1
    again 2; script -qec "'$2' run --task pack-refs --low-priority" /dev/null >>"$here/said" 2>&1
    cat "$here/priorities"
"#;

#[test]
fn runs_at_low_priority_unless_at_a_terminal() {
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 72);
    let program = env.ours("git-optimize", &it.dir, &[""; 0]).get_program().to_owned();
    let mut command = env.command("sh", env.path(), &["-c", PRIORITY, "sh"]);
    command.args([it.dir.as_os_str(), &program]);
    let output = env.run(command);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<&str> = said.lines().collect();
    let [own, unattended, terminal, asked] = lines.as_slice() else {
        panic!("exit {}\n{said}{}", output.code, errors(&output))
    };
    let nice: i32 = own.split(' ').next().and_then(|own| own.parse().ok()).expect("a number");
    let low = format!("{} idle", (nice + 10).min(19));
    assert_eq!((*unattended, *asked), (low.as_str(), low.as_str()), "{said}");
    assert_eq!(terminal, own, "{said}");
}

/// The repository on a file system that can't map files, by FUSE; `$1`: the repository, `$2`: the directory of the
/// programs. Prints what is wrong.
const UNMAPPED: &str = r#"
    mkdir mounted
    test -w /dev/fuse || { echo "not here: no /dev/fuse"; exit 0; }
    bindfs --no-allow-other -o direct_io "$1" mounted || { echo "not here"; exit 0; }
    here=$PWD PATH=$2:$PATH
    cd mounted
    git optimize run --task index --task status >"$here/said" 2>&1 || { echo "index: exit $?"; cat "$here/said"; }
    git optimize index verify --deep >"$here/said" 2>&1 || { echo "verify: exit $?"; cat "$here/said"; }
    git optimize doctor >"$here/said"
    grep -q "^advice   file system    FUSE" "$here/said" || cat "$here/said"
    grep -q "^problem  mappings" "$here/said" || cat "$here/said"
    git checkout -q -f main
    name=$(git log --format= --name-only -1 | head -n 1)
    GIT_FAST_TRACE=$here/trace; export GIT_FAST_TRACE
    compare() {
        theirs=$1; shift; ours=$1; shift
        git $theirs "$@" >"$here/theirs" 2>&1; git $ours "$@" >"$here/ours" 2>&1
        cmp "$here/theirs" "$here/ours" || echo "$ours $* differs"
    }
    compare log fastlog --oneline
    compare log fastlog --format=fuller --all
    compare log fastlog --graph --abbrev=4 --oneline
    compare log fastlog --raw -- "$name"
    compare log fastlog --follow --stat -- "$name"
    echo new >untracked; echo more >>"$name"
    compare status faststatus
    compare status faststatus --porcelain=v2 --branch
    compare status faststatus -s --ignored
    native=$(grep -c '"served":"native"' "$here/trace")
    test "$native" -ge 6 || { echo "$native native answers"; cat "$here/trace"; }
    cd "$here"; fusermount3 -u mounted 2>/dev/null || umount -l mounted
"#;

/// Slower, but as right, and doctor tells why.
#[test]
#[ignore = "needs what .ci/tools installs"]
fn on_a_file_system_that_cannot_map() {
    need("bindfs", "bindfs");
    let mut env = Environment::new();
    let it = ugly(&mut env, "repository", 73);
    let bin = env.bin().to_owned();
    if let Some(wrong) = namespace::run(&env, "FUSE", UNMAPPED, &[&it.dir, &bin]) {
        assert!(wrong.is_empty(), "{wrong}");
    }
}
