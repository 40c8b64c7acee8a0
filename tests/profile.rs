//! `--profile-cpu` and `--profile-memory`, in programs that have them (`cargo test --features profile profile::`) and in
//! those that have not.

use bstr::ByteSlice;

use crate::support::Environment;

/// What takes our own programs long enough to be seen, and not git.
const PROGRAMS: [(&str, &[&str]); 3] = [
    ("git-fastlog", &["--graph", "--all", "--format=fuller", "--no-fallback"]),
    ("git-faststatus", &["--untracked-files=all", "--no-fallback"]),
    ("git-optimize", &["index", "build"]),
];

#[test]
#[cfg(not(any(feature = "profile-cpu", feature = "profile-memory")))]
fn programs_without_profiles_say_so() {
    let env = Environment::new();
    for (program, _) in PROGRAMS {
        for option in ["--profile-cpu", "--profile-memory"] {
            let output = env.run(env.ours(program, env.path(), &[option, "file"]));
            assert_eq!(output.code, 129);
            let expected = format!("--features {}", &option[2..]);
            assert!(output.stderr.contains_str(expected), "{}", output.stderr.as_bstr());
        }
        let output = env.run(env.ours(program, env.path(), &["--profile-cpu"]));
        assert_eq!(output.code, 129);
    }
}

#[test]
#[cfg(all(feature = "profile-cpu", feature = "profile-memory"))]
fn programs_with_profiles_write_them() {
    use std::fs;

    use crate::support::repository::{Generated, Plan};

    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(1, 400));
    env.index_ok(&it.dir, "build");
    for number in 0..4000 {
        let file = it.dir.join(format!("untracked/{}/{number}", number % 100));
        fs::create_dir_all(file.parent().expect("it has one")).expect("writable");
        fs::write(file, "").expect("writable");
    }
    let (svg, heap) = (env.path().join("flame.svg"), env.path().join("heap.json"));
    for (program, args) in PROGRAMS {
        let plain = env.run(env.ours(program, &it.dir, args)).success(program);
        let mut command = env.ours(program, &it.dir, &["--profile-cpu"]);
        command.arg(&svg).arg(format!("--profile-memory={}", heap.display())).args(args);
        let output = env.run(command);
        assert_eq!(output.success(program).as_bstr(), plain.as_bstr());
        let json: serde_json::Value =
            serde_json::from_slice(&fs::read(&heap).expect("it was written")).expect("it is JSON");
        assert_eq!(json["mode"], "rust-heap");
        fs::remove_file(&heap).expect("it was written");
        let picture = fs::read_to_string(&svg).expect("it was written");
        assert!(picture.starts_with("<?xml") && picture.trim_end().ends_with("</svg>"), "{program}");
        assert!(picture.contains("git_fast::"), "{program}: no function of ours");
        fs::remove_file(&svg).expect("it was written");
    }
}
