//! Every accessor against git's own answers.

use gix::hash::{Kind, ObjectId};

use super::repo::{TestRepo, commit_bytes};
use crate::index::{Flags, History};

const KINDS: [Kind; 2] = [Kind::Sha1, Kind::Sha256];

fn empty() -> History<'static> {
    History::new([]).unwrap()
}

#[test]
fn shapes_of_history() {
    for kind in KINDS {
        let repo = TestRepo::new(kind);
        let root = repo.commit(&[], 1000, "A U Thor", "root\n");
        let other_root = repo.commit(&[], 2000, "Other", "other root\n");
        let sides: Vec<ObjectId> = (0..5)
            .map(|i| repo.commit(&[root], 3000 + i, "A U Thor", &format!("side {i}\n\nbody\n")))
            .collect();
        let octopus = repo.commit(&[&sides[..], &[other_root]].concat(), 4000, "M", "octopus\n");
        let merge = repo.commit(&[octopus, sides[2]], 3990, "M", "skewed merge\n");
        let same_second = repo.commit(&[merge], 3990, "", "no name");
        let early = repo.commit(&[same_second], 101, "Früh", "");
        let twice = repo.commit(&[early, early, early], 5000, "T", "the same parent three times\n");
        repo.set_ref("refs/heads/main", twice);
        repo.set_ref("refs/heads/root", other_root);

        let segment = repo.build(&repo.tips(), &empty()).unwrap();
        segment.verify_hashes().unwrap();
        let history = History::new([&segment]).unwrap();
        assert_eq!(repo.compare(&history), 12);
        assert_eq!(history.len(), 12);
        assert_eq!(history.kind(), Some(kind));
        assert_eq!(history.counts().skewed, 2);
        assert!(!history.has_odd() && history.has_skewed() && !history.has_encoding());
        assert_eq!(history.identities(), 6);
        assert_eq!(history.lookup(&repo.empty_tree()), None);
        assert_eq!(history.lookup(&if kind == Kind::Sha1 { Kind::Sha256 } else { Kind::Sha1 }.null()), None);
    }
}

/// Header lines as they are found in the wild. Each is (what replaces the author line, whether that is odd).
const AUTHORS: &[(&str, bool)] = &[
    ("author A <a@b> 500000005 +0000", false),
    ("author A <a@b> 0 -1200", true),
    ("author A <a@b> 399999 +0000", true),
    ("author A <a@b> 400000 +0000", false),
    ("author  <> 500000005 +0000", false),
    ("author A B < a@b > 500000005 +0000", false),
    ("author A <a@b> 70368744177664 +0000", false),
    ("author A <a@b> 70368744177665 +0000", true),
    ("author A <a@b> 500000005 +9999", false),
    ("author A \u{e9}\u{fc} <a b c> 500000005 +0000", false),
    ("author A <a@b> 9223372036854775808 +0000", true),
    ("author A <a@b> 500000005 -0000", true),
    ("author A <a@b> 0500000005 +0000", true),
    ("author A <a@b> -5 +0000", true),
    ("author A <a@b> 500000005 +000", true),
    ("author A <a@b> 500000005 +00000", true),
    ("author A <a@b> 500000005 0000", true),
    ("author A <a@b> 500000005", true),
    ("author A <a@b>", true),
    ("author A <a@b> ", true),
    ("author A <a@b>  500000005 +0000", true),
    ("author A <a@b> 5  +0000", true),
    ("author A <a@b> 500000005 +0000 ", true),
    ("author A <a@b> x +0000", true),
    ("author A <a@b> +0000", true),
    ("author A  <a@b> 500000005 +0000", true),
    ("author  A <a@b> 500000005 +0000", true),
    ("author A\t<a@b> 500000005 +0000", true),
    ("author A<a@b> 500000005 +0000", true),
    ("author <a@b> 500000005 +0000", true),
    ("author A <a<@b> 500000005 +0000", true),
    ("author A <a@b>> 500000005 +0000", true),
    ("author A>B <a@b> 500000005 +0000", true),
    ("author A", true),
    ("author", true),
    ("author A <a@b> 500000005 +0000\nauthor B <b@b> 6 +0000", true),
    ("Author A <a@b> 500000005 +0000", true),
    ("", true),
    ("author A \0 <a@b> 500000005 +0000", true),
];

/// The same for lines after the committer's.
const OTHERS: &[(&str, bool, Flags)] = &[
    ("encoding ISO-8859-1\n", false, Flags::ENCODING),
    ("encoding UTF-8\n", false, Flags(0)),
    ("encoding utf8\n", false, Flags(0)),
    ("encoding \n", false, Flags::ENCODING),
    ("encoding windows-1255\n", false, Flags::ENCODING),
    ("encoding UTF-16\n", true, Flags::ENCODING),
    ("encoding UTF-8\nencoding latin1\n", true, Flags::ENCODING),
    ("gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n", false, Flags::GPGSIG),
    ("gpgsig-sha256 x\n", false, Flags::GPGSIG),
    ("mergetag object 0\n author x\n encoding latin1\nunknown\n", false, Flags(0)),
    ("HG:extra rebase_source:1\n", false, Flags(0)),
    ("author B <b@b> 6 +0000\n", true, Flags(0)),
    ("parent 0\n", true, Flags(0)),
    ("x \0\n", true, Flags(0)),
];

#[test]
fn odd_headers() {
    for kind in KINDS {
        let repo = TestRepo::new(kind);
        let tree = repo.empty_tree();
        let mut expected: Vec<(ObjectId, bool, Flags)> = Vec::new();
        for (author, odd) in AUTHORS {
            let raw = format!("tree {tree}\n{author}\ncommitter C <c@x> 1500000000 +0100\n\nmessage\n");
            expected.push((repo.raw_commit(raw.as_bytes()), *odd, Flags(0)));
            let committer = author.replace("author", "committer").replace("Author", "Committer");
            let odd = *odd || committer.contains("70368744177664");
            let raw = format!("tree {tree}\nauthor C <c@x> 1500000000 +0100\n{committer}\n\nmessage\n");
            // Without an author line git does not look for the committer either: also an odd header.
            expected.push((repo.raw_commit(raw.as_bytes()), odd, Flags(0)));
        }
        let plain = String::from_utf8(commit_bytes(tree, &[], 1_600_000_000, "C", "")).unwrap();
        let plain = plain.trim_end();
        for (other, odd, flags) in OTHERS {
            let raw = format!("{plain}\n{other}\nmessage\n");
            expected.push((repo.raw_commit(raw.as_bytes()), *odd, *flags));
        }
        for (end, odd, flags) in [
            ("", true, Flags(0)),
            ("\n", true, Flags(0)),
            ("\n\n", false, Flags(0)),
            ("\n\na\0b\n", false, Flags::NUL),
            ("\n\n\n\nblank lines first", false, Flags(0)),
        ] {
            expected.push((repo.raw_commit(format!("{plain}{end}").as_bytes()), odd, flags));
        }
        let upper =
            plain.replacen(&tree.to_string(), &tree.to_string().to_uppercase(), 1) + "\n\nupper case\n";
        expected.push((repo.raw_commit(upper.as_bytes()), true, Flags(0)));
        let tail = "author A <a> 500000001 +0000\ncommitter A <a> 17179869184 +0000\n\nlater than a commit-graph can say\n";
        expected.push((repo.raw_commit(format!("tree {tree}\n{tail}").as_bytes()), true, Flags(0)));
        for (i, (id, ..)) in expected.iter().enumerate() {
            repo.set_ref(&format!("refs/tags/t{i}"), *id);
        }
        let segment = repo.build(&repo.tips(), &empty()).unwrap();
        let history = History::new([&segment]).unwrap();
        for (i, (id, odd, flags)) in expected.iter().enumerate() {
            let pos = history.lookup(id).unwrap();
            let raw = repo.git(&["cat-file", "commit", &id.to_string()]);
            let wanted = if *odd { *flags | Flags::ODD } else { *flags };
            assert_eq!(history.flags(pos), wanted, "commit {i}: {}", String::from_utf8_lossy(&raw));
        }
        assert_eq!(
            history.counts().odd as usize,
            repo.all()
                .iter()
                .filter(|id| { history.flags(history.lookup(id).unwrap()).contains(Flags::ODD) })
                .count()
        );
        // git prints a NUL as the end of the text, so the format of `compare` cannot be used on such a header.
        repo.compare(&history);
    }
}
