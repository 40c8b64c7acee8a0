//! The page of `git optimize report --html` in a real browser: Chromium without a window, at the width of a phone and of a
//! desk, light and dark. `measure.js` says what it looks like there.

use std::fs;

use bstr::ByteSlice;

use super::{DONE, ends};
use crate::support::repository::{Generated, Plan};
use crate::support::{Environment, need};

/// The page without its policy, which would keep measure.js out, and other addresses, too: there have to be none.
fn without_policy(page: &str) -> String {
    let (before, after) =
        page.split_once("<meta http-equiv=\"Content-Security-Policy\"").expect("the page has a policy");
    let (_, after) = after.split_once('>').expect("every tag ends");
    [before, after].concat()
}

/// The page in a frame of this width: the window itself can't be as narrow as a phone.
fn framed(page: &str, width: u32) -> String {
    let page = without_policy(page);
    let (body, end) = page.split_once("</body>").expect("the page has a body");
    let page = format!("{body}<script>{}</script></body>{end}", include_str!("measure.js"));
    let page = page.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">\n\
         <iframe style=\"border: 0; width: {width}px; height: 900px\" srcdoc=\"{page}\"></iframe>"
    )
}

/// The browser, without a window of its own, about to show the page.
fn browser(env: &Environment, page: &str) -> std::process::Command {
    let file = env.path().join("shown.html");
    fs::write(&file, page).expect("writable");
    let mut browser =
        env.command("chromium", env.path(), &["--headless=new", "--no-sandbox", "--disable-gpu"]);
    browser
        .args(["--hide-scrollbars", "--window-size=1400,1000"])
        .arg(format!("--user-data-dir={}", env.path().join("profile").display()))
        .arg(format!("file://{}", file.display()));
    browser
}

/// What the page looks like.
fn picture(env: &Environment, page: &str) -> Vec<u8> {
    let file = env.path().join("picture.png");
    let mut browser = browser(env, page);
    browser.arg(format!("--screenshot={}", file.display()));
    env.run(browser).success("chromium");
    let picture = fs::read(&file).expect("a picture was taken");
    fs::remove_file(file).expect("ours");
    picture
}

/// What `measure.js` left.
fn measured(env: &Environment, page: &str, width: u32, dark: bool) -> serde_json::Value {
    let mut browser = browser(env, &framed(page, width));
    browser.arg("--dump-dom").arg(format!("--blink-settings=preferredColorScheme={}", u8::from(!dark)));
    let document = env.run(browser).success("chromium");
    let text = document.to_str().expect("it is UTF-8");
    let (_, text) = text.split_once("<pre id=\"measured\">").expect("the page was measured");
    let (text, _) = text.split_once("</pre>").expect("every element ends");
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&text).expect("it is JSON")
}

#[test]
#[ignore = "needs what .ci/tools installs"]
fn the_page_fits_any_screen() {
    need("chromium", "chromium");
    let env = Environment::new();
    let it = Generated::new(&env, "repository", Plan::plain(86, 60));
    env.git_ok(&it.dir, &["checkout", "-q", "-f", "main"]);
    // Names that are wide, long, and have no place to be broken.
    for (number, name) in
        ["MMMMMMMMMMMMMMMM.MD", "W@W@W@W@", "%%%%%%", "ww/mmmmmmmmmmmmmm"].into_iter().enumerate()
    {
        let file = it.dir.join("WIDE").join(name);
        fs::create_dir_all(file.parent().expect("it has one")).expect("writable");
        fs::write(file, format!("{number}").repeat(9000)).expect("writable");
    }
    let long = "long-".repeat(40);
    fs::write(it.dir.join(&long), long.repeat(60)).expect("writable");
    env.git_ok(&it.dir, &["add", "-A"]);
    env.git_ok(&it.dir, &["commit", "-q", "-m", "wide names"]);
    env.index_ok(&it.dir, "build");
    for _ in 0..3 {
        env.run(env.ours("git-fastlog", &it.dir, &["-n1"])).success("fastlog");
        env.run(env.ours("git-faststatus", &it.dir, &["-s"])).success("faststatus");
    }
    ends(env.optimize(&it.dir, &["run", "--full"]), DONE);
    let file = env.path().join("page.html");
    ends(env.optimize(&it.dir, &["report", "--html", &file.display().to_string()]), 0);
    let page = fs::read_to_string(&file).expect("it is text");
    // Its policy keeps nothing of itself out.
    let pictures =
        [page.clone(), without_policy(&page), page.replace("<svg", "<b")].map(|page| picture(&env, &page));
    assert!(pictures[0] == pictures[1], "the policy changes what the page looks like");
    assert!(pictures[0] != pictures[2], "pictures tell nothing apart");
    for (width, dark) in [(360, false), (360, true), (1280, false), (1280, true)] {
        let found = measured(&env, &page, width, dark);
        let none = serde_json::json!([]);
        assert_eq!((&found["width"], &found["needed"]), (&width.into(), &width.into()), "{found}");
        assert_eq!(found["dark"], dark, "{found}");
        let back = if dark { "rgb(18, 22, 28)" } else { "rgb(255, 255, 255)" };
        assert_eq!(found["back"], back, "{found}");
        for nothing in ["requests", "outside", "labels"] {
            assert_eq!(found[nothing], none, "{nothing} at {width}: {found}");
        }
        let pictures = serde_json::json!(["commits by year", "bytes by year", "bytes by path"]);
        assert_eq!(found["pictures"], pictures, "{found}");
        for (what, least) in [("bars", 2), ("tiles", 5), ("labelled", 3), ("timings", 8)] {
            assert!(found[what].as_u64() >= Some(least), "{what} at {width}: {found}");
        }
        // WCAG 2 wants 4.5 of text that is not large.
        assert!(found["contrast"].as_f64() >= Some(4.5), "{found}");
        assert!(found["smallest"].as_f64() >= Some(11.5), "{found}");
        let scrolling = found["scrolling"].as_array().expect("a list");
        // Only a path that is longer than the screen is wide.
        assert!(
            scrolling.iter().all(|text| text.as_str().is_some_and(|text| text.contains(&long))),
            "{found}"
        );
    }
}
