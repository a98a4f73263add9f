//! The addresses of the application, for handlers, views and templates. `routes.rs` says what is there; a test checks
//! that each of these is a route.

use crate::error::Thing;

/// `/` leads to the first section that the person may see.
pub const START: &str = "/";
pub const SETTINGS: &str = "/settings";
pub const SET_UP: &str = "/set-up";
pub const SIGN_IN: &str = "/sign-in";
pub const SIGN_OUT: &str = "/sign-out";
pub const ACCOUNT: &str = "/account";
pub const ACCOUNT_PASSWORD: &str = "/account/password";
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
pub const QUEUES: &str = "/contact-center/queues";
pub const FLOW_SCHEMAS: &str = "/routing/flow";
pub const FLOW_SCHEMA_OPTIONS: &str = "/routing/flow/options";
pub const EVENTS: &str = "/events";
pub const PEOPLE: &str = "/people";

/// A queue's General tab.
pub fn queue(id: i64) -> String {
    format!("{QUEUES}/{id}")
}

/// A queue's Hooks tab; every address of the tab is below it.
pub fn hooks(queue: i64) -> String {
    format!("{QUEUES}/{queue}/hooks")
}

/// A hook in the modal of its tab.
pub fn hook(queue: i64, id: i64) -> String {
    format!("{QUEUES}/{queue}/hooks/{id}")
}

/// A flow schema; all its other addresses are below this one.
pub fn flow_schema(id: i64) -> String {
    format!("{FLOW_SCHEMAS}/{id}")
}

/// The text of a flow schema.
pub fn flow_schema_file(id: i64) -> String {
    format!("{FLOW_SCHEMAS}/{id}/file")
}

/// The hooks that run a flow schema.
pub fn uses(schema: i64) -> String {
    format!("{FLOW_SCHEMAS}/{schema}/hooks")
}

/// A flow schema as a change left it.
pub fn version(schema: i64, entry: i64) -> String {
    format!("{FLOW_SCHEMAS}/{schema}/history/{entry}")
}

pub fn person(id: i64) -> String {
    format!("{PEOPLE}/{id}")
}

/// A file under `static/`, by its name with the hash in it.
pub fn file(name: &str) -> String {
    format!("/static/{name}")
}

/// The history of what is at a path.
pub fn history(path: &str) -> String {
    format!("{path}/history")
}

/// Where things removed from a registry are brought back.
pub fn restoration(registry: &str) -> String {
    format!("{registry}/restoration")
}

/// Whether [`restoration`] makes this path.
pub fn is_restoration(path: &str) -> bool {
    let is_of_registry = [QUEUES, FLOW_SCHEMAS].iter().any(|section| path.starts_with(section));
    is_of_registry
        && path.ends_with("/restoration")
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'/' || b == b'-')
}

/// Where to lead somebody who did not find a thing: the list around it.
pub fn around(thing: Thing) -> String {
    match thing {
        Thing::Page => START.into(),
        Thing::Queue => QUEUES.into(),
        Thing::Hook { queue } => hooks(queue),
        Thing::FlowSchema => FLOW_SCHEMAS.into(),
        Thing::Version { schema } => flow_schema(schema),
        Thing::Person => PEOPLE.into(),
    }
}

/// Whether this is a path of ours, not the address of another site.
pub fn is_of_here(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}
