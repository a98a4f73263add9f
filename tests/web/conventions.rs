//! What holds for every file of a kind and for every route, read from the sources so that none is forgotten.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use queue_hooks::flow::applications::WEBITEL;
use queue_hooks::secret::Hex;
use sha2::{Digest, Sha256};
use support::*;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder, by its path from there.
fn files(folder: &str) -> BTreeSet<String> {
    fn walk(folder: PathBuf, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { walk(path, found) } else { found.push(path) }
        }
    }
    let (folder, mut found) = (root().join(folder), Vec::new());
    walk(folder.clone(), &mut found);
    let name = |path: PathBuf| path.strip_prefix(&folder).expect("below the folder").display().to_string();
    found.into_iter().map(name).collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// What stands between each `before` and the next quote.
fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn both_databases_have_the_same_migrations_and_each_can_be_undone() {
    let names = files("migrations/sqlite");
    assert_eq!(names, files("migrations/postgres"));
    assert!(!names.is_empty());
    for name in &names {
        let (folder, file) = name.split_once('/').expect("a migration is a folder");
        assert!(["up.sql", "down.sql"].contains(&file), "{name}");
        assert!(names.contains(&format!("{folder}/up.sql")) && names.contains(&format!("{folder}/down.sql")), "{name}");
    }
}

#[test]
fn the_language_of_flow_schemas_knows_neither_http_nor_html_nor_the_database() {
    let files = files("src/flow");
    assert!(files.contains("program.rs"), "{files:?}");
    for file in files {
        let text = read(&format!("src/flow/{file}"));
        for word in ["actix", "askama", "diesel", "crate::db", "crate::error", "crate::page", "flow_schemas::query"] {
            assert!(!text.contains(word), "{word} in src/flow/{file}");
        }
    }
}

/// With other crates the keys of names may be others, and a database has to notice.
#[test]
fn the_rules_of_names_are_of_the_crates_that_are_built_in() {
    let (rules, lock) = (queue_hooks::name::keys::RULES, read("Cargo.lock"));
    let crates: Vec<_> = rules.split(", ").skip(1).collect();
    assert_eq!(crates.len(), 6, "{rules}");
    for named in crates {
        let (name, version) = named.split_once(' ').expect("a name and a version");
        let locked = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&locked), "{named} is not in Cargo.lock: correct RULES in src/name/keys.rs");
    }
}

#[test]
fn every_template_is_used() {
    let sources: String = files("src").iter().map(|name| read(&format!("src/{name}"))).collect();
    let mut used: BTreeSet<_> = quoted(&sources, "path = \"").into_iter().map(str::to_owned).collect();
    let templates = files("templates");
    for template in &templates {
        let text = read(&format!("templates/{template}"));
        for before in ["{% include \"", "{% extends \"", "{% import \""] {
            used.extend(quoted(&text.replace("{%- ", "{% "), before).into_iter().map(str::to_owned));
        }
    }
    let unused: Vec<_> = templates.difference(&used).collect();
    assert!(!templates.is_empty() && unused.is_empty(), "nothing uses {unused:?}");
}

#[test]
fn every_part_of_style_and_script_is_sent() {
    let list = read("src/web/assets.rs");
    let parts: Vec<_> = files("static").into_iter().filter(|name| name.contains('/')).collect();
    let missing: Vec<_> = parts.iter().filter(|part| !list.contains(&format!("{part:?}"))).collect();
    assert!(!parts.is_empty() && missing.is_empty(), "{missing:?}");
}

#[test]
fn no_line_of_ours_in_style_script_and_templates_is_too_long() {
    let ours = files("static").into_iter().filter(|name| name.contains('/')).map(|name| format!("static/{name}"));
    for name in ours.chain(files("templates").into_iter().map(|name| format!("templates/{name}"))) {
        for (line, number) in read(&name).lines().zip(1..) {
            assert!(line.chars().count() <= 140, "{name}:{number}");
        }
    }
}

#[test]
fn no_template_writes_an_address_itself() {
    for template in files("templates") {
        let text = read(&format!("templates/{template}"));
        let written = ["=\"/", " \"/"].map(|before| quoted(&text, before).concat()).concat();
        assert_eq!(written, "", "{template}: addresses are in web/paths.rs");
    }
}

#[test]
fn every_cookie_is_made_where_its_name_and_attributes_are_decided() {
    for file in files("src") {
        let makes_cookies = read(&format!("src/{file}")).contains("Cookie::");
        assert_eq!(makes_cookies, file == "web/cookies.rs", "src/{file}");
    }
}

/// Files of others, beside their notes and our own.
fn vendored() -> Vec<String> {
    let is_ours =
        |name: &str| name.contains('/') || name.contains("LICENSE") || ["VENDORED.md", "favicon.svg"].contains(&name);
    files("static").into_iter().filter(|name| !is_ours(name)).collect()
}

#[test]
fn every_vendored_file_is_noted_with_its_checksum() {
    let of_static = vendored().into_iter().map(|name| ("static", name));
    for (folder, name) in
        of_static.chain([("src/access/password", "common.txt".into()), ("tests/browser", "axe.min.js".into())])
    {
        let notes = read(&format!("{folder}/VENDORED.md"));
        let note =
            notes.lines().find(|line| line.contains(&name)).unwrap_or_else(|| panic!("nothing is noted of {name}"));
        let hash = Hex(&Sha256::digest(read(&format!("{folder}/{name}")).as_bytes())).to_string();
        assert!(note.contains(&hash), "{name} is {hash}: {note}");
        assert!(note.contains("http"), "{name} comes from somewhere: {note}");
        assert!(
            ["MIT", "ISC", "BSD", "Apache-2.0", "CC0", "0BSD", "MPL-2.0"].iter().any(|licence| note.contains(licence)),
            "{note}"
        );
        assert!(note.bytes().filter(u8::is_ascii_digit).count() > 64 / 4, "{name} has a version: {note}");
    }
}

#[test]
fn the_common_passwords_are_in_the_order_that_they_are_looked_up_in() {
    let text = read("src/access/password/common.txt");
    let lines: Vec<_> = text.lines().collect();
    assert!(lines.len() > 9000 && lines.is_sorted());
    assert!(lines.iter().all(|line| *line == line.to_lowercase() && !line.is_empty()));
}

#[test]
fn every_change_has_a_form_that_is_tried() {
    let app = App::start(Backend::Sqlite);
    let mut tried: BTreeSet<_> = center(&app).forms().iter().map(|form| form.route.to_owned()).collect();
    tried.extend(FORMS_OF_THE_DOOR.into_iter().chain(FORMS_OF_A_TRY).map(str::to_owned));
    let changes: BTreeSet<_> =
        routes().into_iter().filter(|route| route.takes("POST")).map(|route| route.path).collect();
    assert_eq!(tried, changes, "each POST route has a form in the tests' list, and no other");
}

#[test]
fn every_route_that_takes_a_form_refuses_one_without_its_token() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    browser.token();
    let before = contents(&app);
    for route in routes().iter().filter(|route| route.takes("POST")) {
        let page = browser.post_raw(&center.fill(&route.path), &[("id", &center.hook.to_string())]).expect(403);
        let is_again = page.texts("[role=alert]").iter().any(|said| said.starts_with("Nothing was changed: "));
        assert!(is_again || page.text("h1") == "That was refused", "{}", page.body);
    }
    assert_eq!(contents(&app), before);
}

#[test]
fn every_route_refuses_a_wrong_method_and_says_which_are_right() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    for route in routes() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            // Whoever only asks for the address of a form is led to its page.
            if route.takes(method) || method == "GET" {
                continue;
            }
            let answer = browser.request(method, &center.fill(&route.path), &[], b"").expect(405);
            let allowed =
                answer.header("allow").unwrap_or_else(|| panic!("{method} {} says not what it takes", route.path));
            let allowed: BTreeSet<_> = allowed.split(',').map(str::trim).collect();
            assert_eq!(allowed, route.methods.iter().copied().collect(), "{method} {}", route.path);
            assert_eq!(answer.text("h1"), "This address cannot do that");
        }
    }
}

#[on_all]
fn every_address_that_only_takes_a_form_leads_to_the_page_of_that_form(app: &App) {
    let browser = app.browser();
    let center = center(app);
    let before = contents(app);
    let only_forms: Vec<_> = routes().into_iter().filter(|route| !route.takes("GET")).collect();
    assert!(only_forms.len() > 10);
    for route in only_forms {
        let path = center.fill(&route.path);
        for (method, headers) in [("GET", &[][..]), ("HEAD", &[]), ("GET", &[("hx-request", "true")])] {
            let led = browser.request(method, &format!("{path}?enabled=true"), headers, b"").expect(303);
            let page = led.header("location").expect("a page").to_owned();
            let page = browser.request("GET", &page, headers, b"");
            // The start leads on.
            let page = if page.path == "/" { browser.follow(page.expect(303)) } else { page.expect(200) };
            // A question may have another form, changes are undone from a message or a history, and what runs is stopped
            // where it is shown.
            let has_others = ["/question", "/undo", "/stop"].iter().any(|last| path.ends_with(last));
            let its = format!("form[action^={path:?}], button[formaction^={path:?}]");
            assert!(has_others || page.has(&its), "{path} led to {}", page.path);
        }
        let led = app.stranger();
        let led = led.get(&path).expect(200);
        assert!(led.path.starts_with("/sign-in"), "{path} led to {}", led.path);
    }
    assert_eq!(contents(app), before);
}

#[test]
fn every_page_answers_head_like_get_but_without_a_body() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    browser.token();
    let paths = routes().into_iter().filter(|route| route.takes("GET")).map(|route| center.fill(&route.path));
    for path in paths.chain(center.pages()).chain(["/nothing".into(), "/contact-center/queues?page=9".into()]) {
        let get = browser.request("GET", &path, &[], b"");
        let head = browser.request("HEAD", &path, &[], b"").expect(get.status);
        assert!(head.body.is_empty());
        for (name, value) in &get.headers {
            // How the body is sent, or which request it was.
            if !["date", "transfer-encoding", "content-length", "x-request-id"].contains(&name.as_str()) {
                assert_eq!(head.headers.get(name), Some(value), "{name} of {path}");
            }
        }
    }
}

#[test]
fn every_address_that_is_no_route_is_not_found() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    for path in [
        "/nothing",
        "/contact-center",
        "/contact-center/nothing/",
        "/contact-center/queues/1/nothing",
        "/routing",
        "//",
        "/index.html",
        "/.git/config",
    ] {
        for method in ["GET", "POST"] {
            let page = browser.request(method, path, &[], b"").expect(404);
            assert_eq!(page.click("Go back").expect(200).path, "/contact-center/queues");
        }
    }
}

/// People read there which one the preview, the warnings and a try follow.
#[test]
fn the_version_of_webitel_is_the_same_wherever_it_is_told() {
    for path in ["README.md", "docs/try.md"] {
        // A line may end in the middle of it.
        let text = read(path).split_whitespace().collect::<Vec<_>>().join(" ");
        let is_version = |rest: &&str| rest.starts_with(|first: char| first.is_ascii_digit());
        let told: Vec<_> = text.split("Webitel ").skip(1).filter(is_version).collect();
        let is_it = |rest: &&str| rest.starts_with(&format!("{WEBITEL} and later"));
        assert!(!told.is_empty() && told.iter().all(is_it), "{path} names another version than {WEBITEL}: {told:.40?}");
    }
}

/// Cargo builds the library and the program without a test harness.
#[test]
fn no_test_hides_in_src_where_none_is_run() {
    for name in files("src") {
        let text = read(&format!("src/{name}"));
        assert!(!text.contains("#[test]") && !text.contains("cfg(test)"), "src/{name} has tests: put them in tests/");
    }
}

/// The suite runs on the tables of a Webitel system too, and what does not is named with its reason.
#[test]
fn a_test_that_does_not_run_on_the_tables_of_webitel_says_why() {
    for name in files("tests/web") {
        for line in read(&format!("tests/web/{name}")).lines().filter(|line| line.starts_with("#[on_both")) {
            assert!(line.len() > "#[on_both(\"\")]".len(), "tests/web/{name} has a test without a reason");
        }
    }
}

#[on_all]
#[should_panic(expected = "on purpose")]
fn an_attribute_of_a_test_on_both_databases_counts(_: &App) {
    panic!("on purpose");
}
