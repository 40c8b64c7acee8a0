//! `--profile-cpu` and `--profile-memory`, in programs that have them (`cargo test --features profile profile::`) and in
//! those that have not.

use bstr::ByteSlice;

use crate::support::Environment;

const PROGRAMS: [(&str, &[&str]); 3] = [
    ("git-fastlog", &["--graph", "--all", "--stat", "--no-index"]),
    ("git-faststatus", &["--no-index"]),
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
    let (svg, heap) = (env.path().join("flame.svg"), env.path().join("heap.json"));
    for (program, args) in PROGRAMS {
        let plain = env.run(env.ours(program, &it.dir, args)).success(program);
        let mut command = env.ours(program, &it.dir, &["--profile-cpu"]);
        command.arg(&svg).arg(format!("--profile-memory={}", heap.display())).args(args);
        let output = env.run(command);
        // A run of an instant may be over before the first sample is due.
        let samples = !output.stderr.contains_str("warning: no profile: it was too short");
        assert!(samples || program != "git-optimize", "{}", output.stderr.as_bstr());
        assert_eq!(output.success(program).as_bstr(), plain.as_bstr());
        let json: serde_json::Value =
            serde_json::from_slice(&fs::read(&heap).expect("it was written")).expect("it is JSON");
        assert_eq!(json["mode"], "rust-heap");
        fs::remove_file(&heap).expect("it was written");
        if samples {
            let picture = fs::read_to_string(&svg).expect("it was written");
            assert!(picture.starts_with("<?xml") && picture.trim_end().ends_with("</svg>"), "{program}");
            assert!(program != "git-optimize" || picture.contains("git_fast::"), "no function of ours");
            fs::remove_file(&svg).expect("it was written");
        }
    }
}
