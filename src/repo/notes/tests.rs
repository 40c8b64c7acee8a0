//! Against `git log` and its `%N`.

use super::*;
use crate::repo::config::Config;
use crate::repo::testing::{Sandbox, Seed};

struct Case {
    sandbox: Sandbox,
    store: gix::refs::file::Store,
    objects: gix::odb::Handle,
}

impl Case {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q", "-b", "main", "r"]);
        let git_dir = sandbox.path("r/.git");
        let store = gix::refs::file::Store::at(git_dir.clone(), gix::hash::Kind::Sha1);
        let objects = gix::odb::at(git_dir.join("objects"), gix::hash::Kind::Sha1).unwrap();
        Case { sandbox, store, objects }
    }

    fn config(&self) -> Config {
        self.sandbox.config(&self.sandbox.path("r/.git"))
    }

    fn load(&self, options: &[NotesOption]) -> Result<Notes, NotExact> {
        let env =
            |name: &str| self.sandbox.env.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        Notes::load(&DisplayedRefs::find(options, &self.config(), &env, &self.store)?, &self.objects)
    }

    /// Every commit with the notes that git shows, in both forms. Whether it was comparable.
    fn check(&self, options: &[NotesOption], what: &str) -> bool {
        let options_text: Vec<String> = options
            .iter()
            .map(|option| match option {
                NotesOption::Default => "--notes".into(),
                NotesOption::Ref(name) => format!("--notes={name}"),
                NotesOption::AlsoRef(name) => format!("--show-notes={name}"),
                NotesOption::No => "--no-notes".into(),
            })
            .collect();
        let run = |format: &str| {
            let mut arguments = vec!["log", "-z", format];
            arguments.extend(options_text.iter().map(String::as_str));
            self.sandbox.run("r", &arguments, b"")
        };
        let output = run("--format=%H%n%N");
        let notes = match self.load(options) {
            Ok(notes) => notes,
            Err(_) => return false,
        };
        assert!(output.status.success() && output.stderr.is_empty(), "{what}: {}", output.stderr.as_bstr());
        for record in output.stdout.strip_suffix(b"\0").unwrap().split_str("\0") {
            let (id, text) = record.split_once_str("\n").unwrap();
            let found = notes.of(&ObjectId::from_hex(id).unwrap(), &self.objects);
            // git prints `%N` itself when there are to be no notes at all.
            let hidden = options.last() == Some(&NotesOption::No);
            let shown = if hidden { "%N".into() } else { raw_text(&found) };
            assert_eq!(shown, text.as_bstr(), "{what} {options:?}");
        }
        for record in run("--format=short").stdout.split_str("\0").filter(|record| !record.is_empty()) {
            let id = &record[b"commit ".len()..][..40];
            let found = notes.of(&ObjectId::from_hex(id).unwrap(), &self.objects);
            let mut shown = BString::default();
            for note in &found {
                shown.extend_from_slice(b"\nNotes");
                if let Some(label) = &note.label {
                    shown.extend_from_slice(format!(" ({label})").as_bytes());
                }
                shown.extend_from_slice(b":\n");
                for line in lines(note.text.as_bstr()) {
                    shown.extend_from_slice(b"    ");
                    shown.extend_from_slice(line);
                    shown.push(b'\n');
                }
            }
            let text = record.find(b"\nNotes").map_or(&b""[..], |at| &record[at..]);
            // `short` shows notes when they are asked for only.
            if !options.is_empty() {
                assert_eq!(text.trim_end().as_bstr(), shown.trim_end().as_bstr(), "{what} {options:?}");
            }
        }
        true
    }
}

#[test]
fn displayed_refs() {
    let mut compared = 0;
    for seed in 1..=10u64 {
        let mut random = Seed::new(seed);
        let mut case = Case::new();
        let mut ids = Vec::new();
        for at in 0..6 {
            case.sandbox.git("r", &["commit", "-q", "--allow-empty", "-m", &at.to_string()]);
            ids.push(case.sandbox.git("r", &["rev-parse", "HEAD"]).trim().to_str().unwrap().to_owned());
        }
        let refs = ["refs/notes/commits", "refs/notes/x", "refs/notes/a/b", "refs/notes/xy"];
        for name in &refs[random.below(2)..] {
            for id in &ids {
                let text = random.pick(&["one", "two\n\nlines\n", "\n", " x \n\n\n", "\u{e9}\t", ""]);
                if random.below(3) > 0 {
                    let blob = case.sandbox.feed("r", &["hash-object", "-w", "--stdin"], text.as_bytes());
                    let blob = blob.trim().to_str().unwrap();
                    case.sandbox
                        .git("r", &["notes", "--ref", name, "add", "--allow-empty", "-f", "-C", blob, id]);
                }
            }
        }
        for at in 0..12 {
            case.sandbox.env.clear();
            let mut config = String::new();
            if random.below(4) == 0 {
                config += &format!(
                    "[core] notesRef = {}\n",
                    random.pick(&["refs/notes/x", "refs/notes/none", "x"])
                );
            }
            for _ in 0..random.below(3) {
                let name = random.pick(&[
                    "refs/notes/*",
                    "refs/notes/x*",
                    "refs/notes/a/b",
                    "notes/?*",
                    "refs/notes/none",
                ]);
                config += &format!("[notes] displayRef = {name}\n");
            }
            case.sandbox.write("global", config.as_bytes());
            for (variable, values) in [
                ("GIT_NOTES_REF", ["refs/notes/xy", "refs/notes/x"]),
                ("GIT_NOTES_DISPLAY_REF", ["refs/notes/x:refs/notes/a*", ""]),
            ] {
                if random.below(4) == 0 {
                    case.sandbox.env.push((variable.into(), random.pick(&values).into()));
                }
            }
            let mut options = Vec::new();
            for _ in 0..random.below(4) {
                let name =
                    random.pick(&["x", "notes/xy", "refs/notes/a/b", "*", "none", "commits", "a/*"]).into();
                options.push(match random.below(5) {
                    0 | 1 => NotesOption::Ref(name),
                    2 => NotesOption::AlsoRef(name),
                    3 => NotesOption::Default,
                    _ => NotesOption::No,
                });
            }
            compared += usize::from(case.check(&options, &format!("seed {seed}, case {at}: {config}")));
        }
    }
    assert!(compared > 50, "only {compared} cases compared");
}

/// Trees as `git notes` would not write them.
#[test]
fn trees_of_any_shape() {
    let case = Case::new();
    let sandbox = &case.sandbox;
    let mut ids = Vec::new();
    for at in 0..6 {
        sandbox.git("r", &["commit", "-q", "--allow-empty", "-m", &at.to_string()]);
        ids.push(sandbox.git("r", &["rev-parse", "HEAD"]).trim().to_str().unwrap().to_owned());
    }
    let (mut compared, mut stream) = (0, String::new());
    let mut next = |files: &[(&str, String)]| {
        stream = "commit refs/notes/commits\ncommitter a <a> 1 +0000\ndata 0\ndeleteall\n".into();
        for (at, (mode, path)) in files.iter().enumerate() {
            let text = format!("note {at}\n");
            stream += &format!("M {mode} inline {path}\ndata {}\n{text}\n", text.len());
        }
        sandbox.feed("r", &["fast-import", "--quiet", "--force"], stream.as_bytes());
        let ok = case.check(&[NotesOption::Default], &format!("{files:?}"));
        compared += usize::from(ok);
        ok
    };
    let split = |id: &str, at: &[usize]| {
        let (mut path, mut start) = (String::new(), 0);
        for end in at {
            path += &format!("{}/", &id[start..*end]);
            start = *end;
        }
        path + &id[start..]
    };
    let plain = |at: usize, cuts: &[usize]| ("100644", split(&ids[at], cuts));
    assert!(next(&[plain(0, &[]), plain(1, &[2]), plain(2, &[2, 4]), plain(3, &[2, 4, 6, 8])]));
    assert!(next(&[plain(0, &[4]), plain(1, &[1]), plain(2, &[3]), plain(3, &[2, 6])]));
    assert!(next(&[
        ("120000", ids[0].clone()),
        ("100755", ids[1].clone()),
        ("100644", ids[2].to_uppercase())
    ]));
    assert!(next(&[
        ("100644", "README".into()),
        ("100644", "ab".into()),
        ("100644", "zz/x".into()),
        plain(5, &[])
    ]));
    assert!(next(&[
        plain(0, &[38]),
        plain(1, &[2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38])
    ]));
    assert!(next(&[
        ("100644", format!("{}0", ids[0])),
        ("100644", ids[1][..39].into()),
        ("100644", format!("{}/a", ids[2]))
    ]));
    assert!(!next(&[plain(0, &[]), plain(0, &[2])]));
    assert_eq!(compared, 6);
}

#[test]
fn notes_with_nul_bytes() {
    let case = Case::new();
    case.sandbox.git("r", &["commit", "-q", "--allow-empty", "-m", "x"]);
    for text in [&b"a\0b\n"[..], b"a\n\0", b"\0", b"a\0", b"a\0\n", b"\n\n"] {
        let blob = case.sandbox.feed("r", &["hash-object", "-w", "--stdin"], text);
        let blob = blob.trim().to_str().unwrap();
        case.sandbox.git("r", &["notes", "add", "-f", "-C", blob]);
        let expected = case.sandbox.git("r", &["log", "-1", "--format=%N"]);
        let notes = case.load(&[]).unwrap();
        let head = ObjectId::from_hex(case.sandbox.git("r", &["rev-parse", "HEAD"]).trim()).unwrap();
        let mut shown = raw_text(&notes.of(&head, &case.objects));
        shown.push(b'\n');
        assert_eq!(shown, expected, "{text:?}");
    }
}
