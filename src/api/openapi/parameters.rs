//! What goes into a request beside its body.

use serde_json::{Value, json};

use super::super::caller::MAX_KEY;
use super::super::query::{MAX_ID, MAX_SIZE, MAX_VALUES, SIZE};
use super::schemas::names;
use crate::word::Word;

/// A part of the path: the id of a thing.
pub fn id(name: &str, thing: &str) -> Value {
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": format!("The id of {thing}."),
        "schema": {"type": "integer", "format": "int64", "minimum": 0, "maximum": MAX_ID},
        "example": 1,
    })
}

/// A part of the path: the id of a change, as it is told.
pub fn a_change() -> Value {
    json!({
        "name": "change",
        "in": "path",
        "required": true,
        "description": "The id of a change.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "example": "00000000000000000000000000000000",
    })
}

/// From where to follow the changes, how many at once, and how long to wait for the next one.
pub fn following(most: i64, longest: i64) -> [Value; 3] {
    let number = |default: i64| json!({"type": "integer", "format": "int64", "minimum": i64::MIN, "maximum": i64::MAX, "default": default});
    let after =
        "Only what comes after the entry with this id, or “now”: what comes from now on. Without it: all that is kept.";
    let size = format!("How many entries at once, 1 to {most}. Another number means {SIZE}.");
    let wait = format!("Seconds to wait for an entry if there is none yet, up to {longest}.");
    [
        query("after", after, &json!({"type": "string", "pattern": "^([0-9]{1,18}|now)?$"})),
        query("size", &size, &number(SIZE)),
        query("wait", &wait, &number(0)),
    ]
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({"name": name, "in": "query", "description": description, "schema": schema, "allowEmptyValue": true})
}

/// A filter that may be named several times.
pub fn many(name: &str, description: &str, item: &Value) -> Value {
    query(name, description, &json!({"type": "array", "items": item, "maxItems": MAX_VALUES}))
}

pub fn ids(name: &str, description: &str) -> Value {
    many(name, description, &json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": MAX_ID}))
}

pub fn flag(name: &str, description: &str) -> Value {
    query(name, description, &json!({"type": "boolean"}))
}

pub fn pattern(what: &str) -> Value {
    let description = format!("A pattern of {what}, whatever the case; * stands for any characters.");
    query("q", &description, &json!({"type": "string"}))
}

/// Which parts of each item, of this schema, a list has.
pub fn fields(schema: &str) -> Value {
    let names = names(schema).join(", ");
    let description = format!("Which parts of each item to answer: {names}. Other names are passed over.");
    // Any text counts as a name, so nothing that fits the array does not fit.
    query("fields", &description, &json!({}))
}

/// Pages and order, which each list has.
pub fn list<C: Word + Default>() -> [Value; 4] {
    let whole = json!({"type": "integer", "format": "int64", "minimum": i64::MIN, "maximum": i64::MAX});
    let with_default = |default: i64| {
        let mut schema = whole.clone();
        schema["default"] = default.into();
        schema
    };
    let size = format!("How many items a page has, 1 to {MAX_SIZE}. Another number means {SIZE}.");
    let columns: Vec<_> = C::ALL.iter().map(|column| column.word()).collect();
    // Not an enum, whose words would get no names in a client.
    let pattern = format!("^([+-]?({}))?$", columns.join("|"));
    let sort = json!({"type": "string", "pattern": pattern, "default": C::default().word()});
    let sorted = format!(
        "What the items are sorted by: {}; + before it means upwards, - downwards. Among equals, by id.",
        columns.join(", ")
    );
    [
        query("page", "Which page, from 1. Zero and less mean the first.", &with_default(1)),
        query("size", &size, &with_default(SIZE)),
        query("sort", &sorted, &sort),
        flag("total", "Whether to count all items as well."),
    ]
}

fn header(name: &str, description: &str, schema: &Value) -> Value {
    json!({"name": name, "in": "header", "description": description, "schema": schema})
}

pub fn if_match() -> Value {
    let description = "The ETag that was read before. If it is another one now, nothing is changed (412).";
    header("If-Match", description, &json!({"type": "string"}))
}

pub fn if_none_match() -> Value {
    let description = "The ETag that was read before. If it is still the same, nothing is sent (304).";
    header("If-None-Match", description, &json!({"type": "string"}))
}

pub fn idempotency_key() -> Value {
    let description = "Any text. The same request sent again with the same key is carried out once.";
    let schema = json!({"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[!-~]+$"});
    header("Idempotency-Key", description, &schema)
}
