//! The rooms of `src/` and the walls between them, read from the `use` lines of every file: what a room may name, and
//! that no file uses one that uses it in turn. ARCHITECTURE.md says why.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a room may use of the others, besides itself; a room is a folder of `src/`, or a file there.
const MAY_USE: &[(&str, &[&str])] = &[
    ("word", &["db"]),
    ("zone", &[]),
    ("name", &[]),
    ("secret", &[]),
    ("error", &[]),
    ("bulkhead", &["error"]),
    ("seldom", &[]),
    ("db", &["error", "name", "seldom"]),
    ("access", &["bulkhead", "db", "error", "model", "name", "secret", "word", "zone"]),
    ("model", &["access", "db", "error", "name", "secret", "word"]),
    ("flow", &["model", "name", "word", "zone"]),
    ("outbound", &["flow"]),
    ("tries", &["db", "error", "flow", "model", "secret"]),
    ("metrics", &["db"]),
    ("condition", &["access", "db"]),
    ("logging", &[]),
    (
        "web",
        &[
            "access",
            "condition",
            "connection",
            "db",
            "error",
            "logging",
            "metrics",
            "model",
            "name",
            "secret",
            "seldom",
            "word",
            "zone",
        ],
    ),
    (
        "pages",
        &[
            "access", "bulkhead", "db", "error", "flow", "metrics", "model", "name", "outbound", "secret", "tries",
            "web", "word", "zone",
        ],
    ),
    ("api", &["access", "condition", "db", "error", "flow", "model", "name", "secret", "web", "word"]),
    ("transfer", &["db", "error", "flow", "model", "name", "word"]),
    ("terminal", &[]),
    ("signals", &[]),
    ("listen", &[]),
    ("manual", &["config"]),
    ("config", &["access", "db", "listen", "logging", "outbound", "web"]),
    ("command", &["access", "config", "db", "error", "flow", "name", "signals", "terminal"]),
    ("routes", &["access", "api", "error", "pages", "web"]),
    ("connection", &[]),
    ("upkeep", &["access", "db", "model"]),
    (
        "server",
        &[
            "access",
            "api",
            "condition",
            "connection",
            "db",
            "metrics",
            "outbound",
            "routes",
            "signals",
            "tries",
            "upkeep",
            "web",
        ],
    ),
    ("lib", &[]),
];

/// What knows neither HTTP nor HTML names none of these, not even without a `use`.
const SILENT: &[&str] =
    &["access", "bulkhead", "db", "error", "flow", "model", "name", "outbound", "secret", "word", "zone"];
const OF_PAGES: &[&str] = &["actix_web", "askama", "crate::web", "crate::pages", "crate::api"];

/// A source file: its module path, such as `model::hooks::query`, and its text.
struct File {
    module: String,
    text: String,
}

impl File {
    fn room(&self) -> &str {
        self.module.split("::").next().unwrap_or_default()
    }

    /// The paths that it uses, from the crate's root, each with the line that its `use` begins on.
    fn uses(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut lines = self.text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let line = line.trim_start();
            let line = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(super) ")).unwrap_or(line);
            let Some(start) = line.strip_prefix("use ") else { continue };
            let mut statement = start.to_owned();
            while !statement.contains(';') {
                let Some((_, more)) = lines.next() else { break };
                statement.push_str(more.trim());
            }
            let tree = statement.split(';').next().unwrap_or_default();
            found.extend(expanded(tree).into_iter().filter_map(|path| Some((number + 1, self.absolute(&path)?))));
        }
        found
    }

    /// A path from the root of the crate; none of other crates.
    fn absolute(&self, path: &str) -> Option<String> {
        let parent = |module: &str| module.rsplit_once("::").map_or(String::new(), |(parent, _)| parent.to_owned());
        let joined = |module: &str, rest: &str| format!("{module}::{rest}").trim_start_matches("::").to_owned();
        match path.split_once("::") {
            Some(("crate", rest)) => Some(rest.to_owned()),
            Some(("self", rest)) => Some(joined(&self.module, rest)),
            Some(("super", rest)) => match rest.strip_prefix("super::") {
                Some(rest) => Some(joined(&parent(&parent(&self.module)), rest)),
                None => Some(joined(&parent(&self.module), rest)),
            },
            _ => None,
        }
    }
}

/// The paths of a `use` with braces in it.
fn expanded(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().trim().trim_end_matches("::self").to_owned()];
    };
    let inside = rest.rsplit_once('}').map_or(rest, |(inside, _)| inside);
    let (mut depth, mut parts, mut part) = (0, Vec::new(), String::new());
    for c in inside.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == ',' && depth == 0 {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
    }
    parts.push(part);
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.flat_map(|part| expanded(&format!("{}{part}", before.trim()))).collect()
}

fn files() -> Vec<File> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<File>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, root, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).expect("below the root").with_extension("").display().to_string();
                let module = name.trim_end_matches("/mod").replace('/', "::");
                found.push(File { module, text: std::fs::read_to_string(&path).expect("a text") });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found.retain(|file| file.module != "main");
    assert!(found.len() > 50, "{} files", found.len());
    found
}

#[test]
fn a_room_uses_only_what_it_may() {
    let allowed: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for file in files() {
        let room = file.room();
        let may = allowed.get(room).unwrap_or_else(|| panic!("src/{room} is a new room: say what it may use"));
        for (line, path) in file.uses() {
            let other = path.split("::").next().unwrap_or_default();
            // The macros stand at the root of the crate, whoever makes them.
            let is_macro =
                ["narrowed", "on_each", "ordered", "sorted", "stored_as_word", "whole"].contains(&path.as_str());
            if other != room && !is_macro && !may.contains(&other) {
                wrong.push(format!("{}, line {line}: {room} does not use {path}", file.module));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rules_language_access_and_database_know_neither_http_nor_html() {
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| SILENT.contains(&file.room())) {
        for (number, line) in file.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if OF_PAGES.iter().any(|name| line.contains(name)) {
                wrong.push(format!("{}, line {}: {}", file.module, number + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is written beside somebody who is signed in asks for their access once more: `access/changes.rs` says how.
#[test]
fn a_page_changes_something_only_for_somebody_who_may_at_that_moment() {
    // Nobody is signed in there yet: links that work once.
    let before = "pages::sessions::handler";
    let pages: Vec<File> = files().into_iter().filter(|file| file.room() == "pages").collect();
    let writes = |file: &File| {
        let text = file.text.replace(char::is_whitespace, "");
        ["db.write(", "db.write_twice("].iter().any(|call| text.contains(call))
    };
    let found: Vec<&str> = pages.iter().filter(|file| writes(file)).map(|file| &*file.module).collect();
    assert_eq!(found, [before], "use `signed.write` or `signed.write_people`");
}

#[test]
fn no_file_uses_one_that_uses_it() {
    let files = files();
    let modules: BTreeSet<&str> = files.iter().map(|file| file.module.as_str()).collect();
    // The file that a path leads into: the longest beginning that is a module.
    let file_of = |path: &str| {
        let ends = path.match_indices("::").map(|(end, _)| end).chain([path.len()]);
        ends.map(|end| path[..end].to_owned()).filter(|path| modules.contains(path.as_str())).last()
    };
    let mut left: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in &files {
        let others = file.uses().into_iter().filter_map(|(_, path)| file_of(&path));
        left.insert(&file.module, others.filter(|other| *other != file.module).collect());
    }
    // Whatever uses nothing that is left is in no circle.
    while let Some(free) = left.iter().find(|(_, others)| !others.iter().any(|other| left.contains_key(&**other))) {
        let free = *free.0;
        left.remove(free);
    }
    let of_circle: BTreeSet<String> = left.keys().map(|&module| module.to_owned()).collect();
    for others in left.values_mut() {
        others.retain(|other| of_circle.contains(other));
    }
    assert!(left.is_empty(), "these files use each other, or what does: {left:#?}");
}

#[test]
fn a_use_with_braces_is_read_whole() {
    let paths = expanded("crate::a::{self, b, c::{D, e as f}, g::*}");
    assert_eq!(paths, ["crate::a", "crate::a::b", "crate::a::c::D", "crate::a::c::e", "crate::a::g::*"]);
}
