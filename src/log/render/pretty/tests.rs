//! Compares what is rendered with what the git on PATH prints for the same commits.

mod generator;
mod repository;

use crate::repo::git::{ANY, installed_is};
use bstr::{BStr, BString, ByteSlice};

use self::generator::{Random, format_string};
use self::repository::Repository;
use super::*;

const COLUMNS: usize = 100;
/// Fixed, so that a failure can be repeated.
const REPOSITORY_SEED: u64 = 20;

/// How one `git log` is asked for, on both sides.
struct Case {
    arguments: Vec<String>,
    spec: BString,
    color: bool,
    notes: bool,
    decorate: bool,
    abbrev_commit: bool,
    mailmap: bool,
    parents: bool,
    children: bool,
    source: bool,
    left_right: bool,
    boundary: bool,
    expand_tabs: Option<usize>,
    date: Option<&'static str>,
    zero: bool,
    mail: MailStyle,
}

impl Case {
    fn new(spec: impl Into<BString>) -> Case {
        Case {
            arguments: Vec::new(),
            spec: spec.into(),
            color: false,
            notes: false,
            decorate: false,
            abbrev_commit: false,
            mailmap: true,
            parents: false,
            children: false,
            source: false,
            left_right: false,
            boundary: false,
            expand_tabs: None,
            date: None,
            zero: false,
            mail: MailStyle::default(),
        }
    }

    fn random(spec: impl Into<BString>, random: &mut Random) -> Case {
        let mut case = Case::new(spec);
        case.color = random.one_in(3);
        case.notes = random.one_in(2);
        case.decorate = random.one_in(2);
        case.abbrev_commit = random.one_in(3);
        case.mailmap = random.one_in(2);
        case.parents = random.one_in(4);
        case.children = !case.parents && random.one_in(4);
        case.left_right = random.one_in(4);
        case.boundary = random.one_in(4);
        case.source = !case.left_right && random.one_in(4);
        case.expand_tabs = random.one_in(3).then(|| random.below(10));
        let dates = ["iso", "short", "raw", "unix", "rfc", "iso-strict", "format:%Y%%%m"];
        case.date = random.one_in(3).then(|| random.pick(&dates));
        case.zero = random.one_in(5);
        case.mail.encode_headers = !random.one_in(4);
        if random.one_in(4) {
            let prefixes = ["", "x", "a longer prefix, and some more", "\u{e9}"];
            case.mail.subject_prefix = random.pick(&prefixes).into();
        }
        case
    }

    /// The options of `git log`, without the format.
    fn options(&self) -> Vec<String> {
        let mut options = self.arguments.clone();
        let mut option = |yes: bool, text: &str| {
            if yes {
                options.push(text.into());
            }
        };
        option(true, if self.color { "--color=always" } else { "--color=never" });
        option(true, if self.notes { "--notes" } else { "--no-notes" });
        option(true, if self.decorate { "--decorate=short" } else { "--no-decorate" });
        option(true, if self.mailmap { "--mailmap" } else { "--no-mailmap" });
        option(self.abbrev_commit, "--abbrev-commit");
        option(self.parents, "--parents");
        option(self.children, "--children");
        option(self.source, "--source");
        option(self.left_right, "--left-right");
        option(self.boundary, "--boundary");
        option(self.zero, "-z");
        option(!self.mail.encode_headers, "--no-encode-email-headers");
        if let Some(width) = self.expand_tabs {
            option(true, &format!("--expand-tabs={width}"));
        }
        if let Some(date) = self.date {
            option(true, &format!("--date={date}"));
        }
        options
    }

    fn revisions(&self) -> &'static [&'static str] {
        if self.left_right || self.boundary { &["b0...main"] } else { &["--branches"] }
    }
}

/// What we print, with the commit that each stretch of it is about; `None` if the format isn't native.
fn ours(repository: &Repository, case: &Case) -> Option<Vec<(String, Vec<u8>)>> {
    let spec = parse_format(case.spec.as_bstr(), &[]).ok()?;
    let format = spec.compile(&Environment { notes: case.notes, columns: COLUMNS }).ok()?;
    let short = matches!(spec, Spec::User { short_date: true, .. });
    let date = case.date.unwrap_or(if short { "short" } else { "default" });
    let placement = format.placement();
    let dates = DateContext::from_env();
    let style = Style {
        format,
        abbrev_commit: case.abbrev_commit,
        date: DateMode::parse(date.as_bytes(), false).expect("a known date mode"),
        dates: &dates,
        colors: case.color.then(Colors::default),
        sources: repository,
        use_mailmap: case.mailmap,
        show_notes: case.notes,
        decorate: case.decorate,
        expand_tabs: case.expand_tabs.unwrap_or_else(|| spec.default_expand_tabs()),
        print_parents: case.parents,
        mail: case.mail.clone(),
        encoding: OutputEncoding::Utf8,
    };
    let wants_source = spec.wants().source;
    let newline = if case.zero { 0 } else { b'\n' };
    let mut all = Vec::new();
    let mut first_notes = true;
    for selected in repository.select(case.revisions(), case.children) {
        let commit = repository.commit(&selected.id);
        let source = selected.source.as_bstr();
        let children: Vec<&oid> = selected.children.iter().map(AsRef::as_ref).collect();
        let extra = Extra {
            mark: match selected.mark {
                b'-' if case.boundary => Some(b'-'),
                mark if case.left_right => Some(mark),
                _ => None,
            },
            side: selected.mark,
            source: (case.source || wants_source).then_some(source),
            parents: None,
            children: case.children.then_some(children.as_slice()),
            graph_width: 0,
            descriptions: &[],
            first_notes,
        };
        if selected.mark == b'-' && !case.boundary {
            continue;
        }
        let mut bytes = Vec::new();
        if placement == Placement::Separator && !all.is_empty() {
            bytes.push(newline);
        }
        render(&style, &commit, &extra, &mut bytes);
        first_notes &= repository.notes(&selected.id).is_empty();
        if placement == Placement::Terminator {
            bytes.push(newline);
        }
        all.push((selected.id.to_string(), bytes));
    }
    Some(all)
}

/// Whether the case is native; panics if our bytes are not git's.
fn check(repository: &Repository, case: &Case, label: &str) -> bool {
    let Some(ours) = ours(repository, case) else { return false };
    let prefix = &case.mail.subject_prefix;
    let mut arguments = vec!["-c".into(), format!("format.subjectPrefix={prefix}")];
    arguments.extend(["log".to_string(), "--clear-decorations".into()]);
    arguments.extend(case.options());
    let mut command = repository.git();
    command.args(&arguments);
    command.arg(std::ffi::OsString::from(format!("--format={}", case.spec)));
    command.args(case.revisions());
    let output = command.output().expect("git runs");
    let message = output.stderr.as_bstr();
    assert!(output.status.success(), "{label}: {:?} {:?}: {message}", case.spec, arguments);
    let theirs = output.stdout;
    let mut at = 0;
    for (id, bytes) in &ours {
        let end = (at + bytes.len()).min(theirs.len());
        let found = theirs[at..end].as_bstr();
        assert_eq!(
            bytes.as_bstr(),
            found,
            "{label}: format {:?} with {arguments:?}: commit {id}; git goes on with {:?}",
            case.spec,
            theirs[end..(end + 80).min(theirs.len())].as_bstr()
        );
        at = end;
    }
    assert_eq!(theirs.len(), at, "{label}: {:?} with {arguments:?}: git prints more", case.spec);
    true
}

#[test]
fn builtin_formats_are_gits() {
    if !installed_is((2, 45), ANY, "formats") {
        return;
    }
    let repository = Repository::new(REPOSITORY_SEED, 160);
    let names = ["oneline", "short", "medium", "full", "fuller", "raw", "reference", "email", "mboxrd"];
    for name in names {
        assert!(check(&repository, &Case::new(name), name));
    }
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let case = Case::random(random.pick(&names), &mut random);
        assert!(check(&repository, &case, &format!("seed {seed}")));
    }
}

#[test]
fn mails_are_gits() {
    for repository in 0..4 {
        let repository = Repository::new(REPOSITORY_SEED + 10 + repository, 250);
        for seed in 0..20 {
            let mut random = Random::new(seed);
            let case = Case::random(random.pick(&["email", "mboxrd"]), &mut random);
            assert!(check(&repository, &case, &format!("seed {seed}")));
        }
    }
}

#[test]
fn generated_format_strings_are_gits() {
    if !installed_is((2, 47), ANY, "formats") {
        return;
    }
    let repository = Repository::new(REPOSITORY_SEED + 1, 70);
    let seeds = match std::env::var("PRETTY_SEEDS") {
        Ok(count) => count.parse().expect("a number"),
        Err(_) => 600,
    };
    let mut native = 0;
    for seed in 0..seeds {
        let mut random = Random::new(seed);
        let spec = format_string(&mut random);
        let mut case = Case::random(spec, &mut random);
        case.parents = false;
        case.children = false;
        native += u64::from(check(&repository, &case, &format!("seed {seed}")));
    }
    assert!(native * 10 > seeds * 9, "{native} of {seeds} formats are native");
}

#[test]
fn names_are_found_as_git_finds_them() {
    if !installed_is((2, 45), ANY, "names of formats") {
        return;
    }
    let repository = Repository::new(REPOSITORY_SEED + 2, 3);
    let aliases: Vec<(BString, BString)> = [
        ("foo", "format:%h foo"),
        ("fux", "tform"),
        ("tform", "tformat:%h tf"),
        ("al", "ref"),
        ("loop", "loop2"),
        ("loop2", "loop"),
        ("medium", "%h"),
        ("fubar", "short"),
        ("word", "noformat"),
        ("empty", ""),
        ("fullerx", "%h fullerx"),
        ("em", "email"),
    ]
    .map(|(name, value)| (name.into(), value.into()))
    .into();
    let settings: Vec<String> =
        aliases.iter().flat_map(|(name, value)| ["-c".into(), format!("pretty.{name}={value}")]).collect();
    let environment = Environment { notes: false, columns: COLUMNS };
    let sought = "f fu ful full fuller fullerx FULLERX s sh r ra re ref m me o ONELINE q format tform t fo foo fux \
                  al loop loop2 medium fubar fuba w word empty em e x% tformat: format: a l";
    for name in sought.split_ascii_whitespace().chain([""]) {
        let mut git = repository.git();
        git.args(&settings).args(["log", "-2", "main"]).arg(format!("--format={name}"));
        let theirs = git.output().expect("git runs");
        let ours = parse_format(name.into(), &aliases);
        match &ours {
            Ok(spec) => {
                let resolved = match spec {
                    Spec::Builtin(builtin) => format!("{builtin:?}").to_lowercase(),
                    Spec::User { short_date: true, .. } => "reference".into(),
                    Spec::User { text, terminator: true, .. } => format!("tformat:{text}"),
                    Spec::User { text, .. } => format!("format:{text}"),
                };
                spec.compile(&environment).expect("native");
                let mut git = repository.git();
                git.args(["log", "-2", "main"]).arg(format!("--format={resolved}"));
                let same = git.output().expect("git runs").stdout;
                assert_eq!(same.as_bstr(), theirs.stdout.as_bstr(), "{name:?} is not {resolved:?}");
            }
            Err(reason) => assert!(!theirs.status.success(), "{name:?}: {reason}"),
        }
    }
}

#[test]
fn rewritten_parents_are_shown() {
    let repository = Repository::new(REPOSITORY_SEED + 3, 60);
    let dates = DateContext::from_env();
    for name in ["short", "format:%P|%p|%m"] {
        let spec = parse_format(name.into(), &[]).expect("a format");
        let style = Style {
            format: spec.compile(&Environment { notes: false, columns: COLUMNS }).expect("native"),
            abbrev_commit: false,
            date: DateMode::Default { local: false },
            dates: &dates,
            colors: None,
            sources: &repository,
            use_mailmap: true,
            show_notes: false,
            decorate: false,
            expand_tabs: 0,
            print_parents: true,
            mail: MailStyle::default(),
            encoding: OutputEncoding::Utf8,
        };
        let path = ["--branches", "--", "f1"];
        let mut ours = Vec::new();
        let mut rewritten = 0;
        for (index, (id, parents)) in repository.parents(&path).into_iter().enumerate() {
            if index > 0 {
                ours.push(b'\n');
            }
            let parents: Vec<&oid> = parents.iter().map(AsRef::as_ref).collect();
            let commit = repository.commit(&id);
            rewritten += usize::from(parents != commit.parents.as_slice());
            render(&style, &commit, &Extra { parents: Some(&parents), ..Extra::default() }, &mut ours);
        }
        assert!(rewritten > 3, "history simplification changed {rewritten} commits");
        let mut git = repository.git();
        let arguments = ["log", "--no-decorate", "--no-notes", "--parents"];
        git.args(arguments).arg(format!("--format={name}")).args(path);
        let theirs = git.output().expect("git runs").stdout;
        assert_eq!(ours.as_bstr(), theirs.as_bstr(), "{name}");
    }
}

#[test]
fn what_needs_git_is_not_native() {
    for text in [
        "%G?",
        "%+GS",
        "%(describe:abbrev=+4)",
        "%(describe:abbrev=1000000)",
        "%C(nocolour)x",
        "%<(9)%Cred%Gs",
        "a  %>>|(1)%+s",
    ] {
        let spec = parse_format(text.into(), &[]).expect("a format string");
        assert!(spec.compile(&Environment { notes: true, columns: 80 }).is_err(), "{text}");
    }
}

#[test]
fn formats_say_what_they_want() {
    let wants = |text: &str| parse_format(BStr::new(text), &[]).expect("a format string").wants();
    assert_eq!(wants("%h %%N%%S%%d"), Wants::default());
    assert_eq!(wants("%+N"), Wants { notes: true, ..Wants::default() });
    assert_eq!(wants("%-S"), Wants { source: true, ..Wants::default() });
    for text in ["%d", "% D", "%(decorate:prefix=)"] {
        assert_eq!(wants(text), Wants { decorations: true, ..Wants::default() });
    }
}
