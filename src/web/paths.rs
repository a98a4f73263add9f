//! The addresses of the application, for handlers, views and templates. `routes.rs` says what is there; a test checks
//! that each of these is a route.

use std::sync::OnceLock;

use crate::error::Thing;

static BASE: OnceLock<String> = OnceLock::new();

/// Puts every address below a path: empty, or like `/hooks`. A process serves one place, and knows it before the first
/// address is made.
///
/// # Panics
/// If another place was served before.
pub fn serve_below(base: &str) {
    let kept = BASE.get_or_init(|| base.into());
    assert_eq!(kept, base, "a process serves one place");
}

/// The path that is before every address.
pub fn base() -> &'static str {
    BASE.get().map_or("", String::as_str)
}

fn at(path: &str) -> String {
    format!("{}{path}", base())
}

/// It leads to the first section that the person may see.
pub fn start() -> String {
    at("/")
}

pub fn settings() -> String {
    at("/settings")
}

pub fn set_up() -> String {
    at("/set-up")
}

pub fn sign_in() -> String {
    at("/sign-in")
}

pub fn sign_out() -> String {
    at("/sign-out")
}

pub fn account() -> String {
    at("/account")
}

pub fn account_password() -> String {
    at("/account/password")
}

pub fn account_zone() -> String {
    at("/account/zone")
}

pub fn account_sessions() -> String {
    at("/account/sessions")
}

pub fn account_tokens() -> String {
    at("/account/tokens")
}

pub fn account_tokens_removal() -> String {
    at("/account/tokens/removal")
}

/// What programs ask.
pub fn api() -> String {
    at("/api")
}

/// What the API is, for programs.
pub fn openapi() -> String {
    api() + "/openapi.json"
}

pub fn queues() -> String {
    at("/contact-center/queues")
}

/// What happens in the queues.
pub fn coverage() -> String {
    queues() + "/coverage"
}

/// The same as a table for other programs.
pub fn coverage_file() -> String {
    coverage() + "/file"
}

pub fn flow_schemas() -> String {
    at("/routing/flow")
}

pub fn flow_schema_options() -> String {
    at("/routing/flow/options")
}

pub fn events() -> String {
    at("/events")
}

pub fn people() -> String {
    at("/people")
}

/// A queue's General tab.
pub fn queue(id: i64) -> String {
    format!("{}/{id}", queues())
}

/// A queue's Hooks tab; every address of the tab is below it.
pub fn hooks(of: i64) -> String {
    queue(of) + "/hooks"
}

/// A hook in the modal of its tab.
pub fn hook(queue: i64, id: i64) -> String {
    format!("{}/{id}", hooks(queue))
}

/// A hook that many queues get.
pub fn addition() -> String {
    queues() + "/addition"
}

/// Hooks of a queue, by their ids with dots between them, that other queues get.
pub fn copies(queue: i64, hooks: &str) -> String {
    format!("{}/{hooks}/copies", self::hooks(queue))
}

/// Where hooks of a queue are chosen to be copied.
pub fn copying(queue: i64) -> String {
    hooks(queue) + "/copies/question"
}

/// Where to ask by POST about what may not fit into an address.
pub fn question(path: &str) -> String {
    format!("{path}/question")
}

/// A flow schema; all its other addresses are below this one.
pub fn flow_schema(id: i64) -> String {
    format!("{}/{id}", flow_schemas())
}

/// The text of a flow schema.
pub fn flow_schema_file(id: i64) -> String {
    flow_schema(id) + "/file"
}

/// Where a flow schema is tried.
pub fn try_(schema: i64) -> String {
    flow_schema(schema) + "/try"
}

/// A try that runs.
pub fn running(schema: i64, run: &str) -> String {
    format!("{}/{run}", try_(schema))
}

/// Where it is stopped.
pub fn stop(schema: i64, run: &str) -> String {
    running(schema, run) + "/stop"
}

/// The tries of a flow schema.
pub fn tries(schema: i64) -> String {
    flow_schema(schema) + "/history/tries"
}

/// What came of a try.
pub fn tried(schema: i64, entry: i64) -> String {
    format!("{}/{entry}", tries(schema))
}

/// The way that a flow schema takes, without anything sent.
pub fn way(schema: i64) -> String {
    flow_schema(schema) + "/way"
}

/// The hooks that run a flow schema.
pub fn uses(schema: i64) -> String {
    flow_schema(schema) + "/hooks"
}

/// Another flow schema for hooks that run this one.
pub fn successor(schema: i64) -> String {
    uses(schema) + "/successor"
}

/// A flow schema as a change left it.
pub fn version(schema: i64, entry: i64) -> String {
    format!("{}/history/{entry}", flow_schema(schema))
}

pub fn person(id: i64) -> String {
    format!("{}/{id}", people())
}

/// A file under `static/`, by its name with the hash in it.
pub fn file(name: &str) -> String {
    at(&format!("/static/{name}"))
}

/// The history of what is at a path.
pub fn history(path: &str) -> String {
    format!("{path}/history")
}

/// Where changes are undone.
pub fn undo() -> String {
    at("/undo")
}

/// The page of the form that an address takes: the one above it; but the switch of a row is in the list.
pub fn page_of_form(path: &str) -> String {
    let above = |path: &str| path.rsplit_once('/').map_or(String::new(), |(above, _)| above.to_owned());
    let page = above(path);
    let is_of_row = path.ends_with("/state") && page.ends_with(|last: char| last.is_ascii_digit());
    // A plan begins with what was selected in a list.
    let plans = ["/queues/addition", "/hooks/copies", "/hooks/successor"];
    let is_of_plan = path.ends_with("/question") && plans.iter().any(|plan| page.ends_with(plan));
    // A way is shown on the page of the try, and what is stopped was running there.
    if let Some(schema) = path.strip_suffix("/way") {
        return format!("{schema}/try");
    }
    match if is_of_row || is_of_plan || path.ends_with("/stop") { above(&page) } else { page } {
        page if page == base() => start(),
        page => page,
    }
}

/// Where to lead somebody who did not find a thing: the list around it.
pub fn around(thing: Thing) -> String {
    match thing {
        Thing::Page => start(),
        Thing::Queue => queues(),
        Thing::Hook { queue } => hooks(queue),
        Thing::FlowSchema => flow_schemas(),
        Thing::Version { schema } => flow_schema(schema),
        Thing::Try { schema } => tries(schema),
        Thing::Person => people(),
    }
}

/// Whether this is a path of ours, not of another application beside this one, and not the address of another site.
pub fn is_of_here(path: &str) -> bool {
    let plain = path.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    let leads_up = plain.split('/').any(|part| part == "." || part == "..");
    !leads_up
        && path.strip_prefix(base()).is_some_and(|rest| rest.starts_with('/'))
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}
