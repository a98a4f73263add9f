//! What requests and answers have in their bodies.

use serde_json::{Map, Value, json};

use super::super::body::MAX_IDS;
use super::super::failure::MEMBERS;
use super::super::query::MAX_ID;
use crate::flow::text::MAX_TEXT;
use crate::model::event::Event;
use crate::model::flow_schemas::flow_schema::{self, SchemaType};
use crate::model::journal::{Action, Subject};
use crate::model::queues::queue;
use crate::model::queues::queue_type::QueueType;
use crate::word::Word;

/// A schema among the components.
pub fn the(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// All of them, by their names, which are also those of the classes that generators make.
pub fn all() -> Map<String, Value> {
    let parts = [words(), things(), changes()];
    parts
        .into_iter()
        .filter_map(|part| if let Value::Object(part) = part { Some(part) } else { None })
        .flatten()
        .collect()
}

/// What stands in a field.
fn words() -> Value {
    json!({
        "Error": error(),
        "Id": {
            "description": "A whole number, or one in a string.",
            "type": ["integer", "string"],
            "minimum": 0,
            "maximum": MAX_ID,
            "pattern": format!("^[0-9]{{1,{}}}$", MAX_ID.to_string().len()),
            "examples": ["1"],
        },
        "Moment": {
            "description": "Milliseconds since 1970.",
            "type": ["string", "null"],
            "pattern": "^-?[0-9]+$",
            "examples": ["1767225600000"],
        },
        "Event": {
            "description": described(Event::ALL, |event| event.meaning().to_owned()),
            "type": "string",
            "enum": all_words::<Event>(),
        },
        "QueueType": {
            "description": described(QueueType::ALL, |queue_type| queue_type.name().to_owned()),
            // Not an enum of both, from which no generator makes a client.
            "type": ["integer", "string"],
            "minimum": 0,
            "maximum": QueueType::ALL.len() - 1,
            "pattern": format!("^[0-{}]$", QueueType::ALL.len() - 1),
        },
        "SchemaType": {
            "description": described(SchemaType::ALL, |schema_type| schema_type.name().to_owned())
                + &format!(" Hooks run flow schemas of these types: {}.", SchemaType::FOR_HOOKS.map(Word::word).join(", ")),
            "type": "string",
            "enum": all_words::<SchemaType>(),
        },
        "Program": {
            "description": format!(
                "The program: a list of applications, each an object that names one. A string with the same in it is \
                 taken too, and keeps its spaces. At most {} MiB.",
                MAX_TEXT >> 20
            ),
            "type": ["array", "string"],
            "items": the("Application"),
            "examples": [[{"log": "hello"}]],
        },
        "Application": {"description": "One step, named by its one property.", "type": "object", "minProperties": 1},
    })
}

fn things() -> Value {
    json!({
        "Lookup": described_object(
            "A flow schema, as others name it.",
            &json!({"id": text_id(), "name": {"type": "string"}}),
            &["id", "name"],
        ),
        "LookupInput": described_object("A flow schema; its id is enough.", &json!({"id": the("Id")}), &["id"]),

        "Hook": object(&hook(), &["id", "schema", "event", "enabled"]),
        "HookInput": object(&hook_input(false), &["schema", "event"]),
        "HookPatch": object(&hook_input(true), &[]),
        "HookItem": object(&hook(), &[]),
        "Hooks": list("HookItem"),
        "Ids": object(
            &json!({"id": {"description": "The ids of the hooks.", "type": "array", "items": the("Id"), "minItems": 1, "maxItems": MAX_IDS}}),
            &["id"],
        ),
        "RemovedHooks": object(
            &json!({
                "items": {"type": "array", "items": the("Hook")},
                "change": {"description": "The id of this change, if it removed something.", "type": ["string", "null"]},
            }),
            &["items", "change"],
        ),

        "Queue": object(&queue(), &["id", "name", "type", "enabled", "updated_at"]),
        "QueueInput": object(&queue_input(false), &["name", "type"]),
        "QueuePatch": object(&queue_input(true), &[]),
        "QueueItem": object(&queue(), &[]),
        "Queues": list("QueueItem"),

        "FlowSchema": object(&flow_schema(true), &["id", "name", "type", "editor", "schema", "updated_at"]),
        "FlowSchemaInput": object(&flow_schema_input(false), &["name", "type", "schema"]),
        "FlowSchemaPatch": object(&flow_schema_input(true), &[]),
        "FlowSchemaItem": object(&flow_schema(false), &[]),
        "FlowSchemas": list("FlowSchemaItem"),

    })
}

/// What happened.
fn changes() -> Value {
    json!({
        "Changes": object(
            &json!({
                "next": {"type": "boolean", "description": "Whether there is more at once."},
                "after": {"type": "string", "description": "From where to go on."},
                "items": {"type": "array", "items": the("Entry")},
            }),
            &["next", "after", "items"],
        ),
        "Entry": entry(),
        "Author": object(
            &json!({
                "id": {"description": "Null for who is not a person, such as a command.", "type": ["string", "null"]},
                "name": {"type": "string"},
            }),
            &["id", "name"],
        ),
        "Subject": object(
            &json!({
                "type": the("SubjectType"),
                "id": text_id(),
                "queue_id": {"description": "The queue that a hook belongs to.", "type": ["string", "null"]},
            }),
            &["type", "id", "queue_id"],
        ),
        "SubjectType": {"type": "string", "enum": all_words::<Subject>()},
        "Action": {"type": "string", "enum": all_words::<Action>()},
        "State": {"description": "What a hook, a queue or a flow schema was like.", "type": "object"},
        "Undone": object(
            &json!({
                "change": {"description": "The id of this undo, if it changed something.", "type": ["string", "null"]},
                "detail": {"type": "string", "description": "What came of it, for people."},
                "queues": the("Outcome"),
                "hooks": the("Outcome"),
                "flow_schemas": the("Outcome"),
            }),
            &["change", "detail", "queues", "hooks", "flow_schemas"],
        ),
        "Outcome": object(
            &json!({
                "total": {"type": "integer", "description": "How many things of this kind the change was about."},
                "undone": {"type": "integer", "description": "How many are as before again."},
                "already": {"type": "integer", "description": "How many were as before already."},
                "changed": {"type": "integer", "description": "How many somebody changed since, so they stay."},
                "removed": {"type": "integer", "description": "How many somebody removed since."},
            }),
            &["total", "undone", "already", "changed", "removed"],
        ),
        "Document": object(&json!({"openapi": {"type": "string"}}), &["openapi"]),
    })
}

/// The names of what is in an object of a schema.
pub fn names(schema: &str) -> Vec<String> {
    let properties = all().remove(schema).unwrap_or_default()["properties"].take();
    properties.as_object().into_iter().flat_map(|all| all.keys().cloned()).collect()
}

fn object(properties: &Value, required: &[&str]) -> Value {
    let mut object = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        object["required"] = required.into();
    }
    object
}

fn described_object(description: &str, properties: &Value, required: &[&str]) -> Value {
    let mut object = object(properties, required);
    object["description"] = description.into();
    object
}

fn error() -> Value {
    let mut error = object(
        &json!({
            "id": {"type": "string", "description": "A key that programs can compare."},
            "status": {"type": "string", "description": "The reason that belongs to the code."},
            "detail": {"type": "string", "description": "What happened and what to do, for people."},
            "code": {"type": "integer", "description": "The status of HTTP."},
        }),
        &MEMBERS,
    );
    error["additionalProperties"] = false.into();
    error
}

fn list(item: &str) -> Value {
    object(
        &json!({
            "next": {"type": "boolean", "description": "Whether there is a page after this one."},
            "items": {"type": "array", "items": the(item)},
            "total": {"type": "integer", "description": "How many items there are on all pages, if `total` asks for it."},
        }),
        &["next", "items"],
    )
}

/// The type of a queue in a query.
pub fn number_of_type() -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": QueueType::ALL.len() - 1})
}

/// Words that we write, and whatever else others may have stored.
fn stored(schema: &str) -> Value {
    json!({"anyOf": [the(schema), {"type": "string"}]})
}

fn text_id() -> Value {
    json!({"type": "string", "pattern": "^[0-9]+$", "examples": ["1"]})
}

fn hook() -> Value {
    json!({
        "id": {"type": "integer", "format": "int64"},
        "schema": the("Lookup"),
        "event": stored("Event"),
        "enabled": {"type": "boolean"},
    })
}

/// A schema that is absent where there is null.
fn or_null(schema: &Value, is_optional: bool) -> Value {
    if is_optional { json!({"anyOf": [schema, {"type": "null"}]}) } else { schema.clone() }
}

fn enabled(is_patch: bool) -> Value {
    let absent = if is_patch { "Absent: as it is." } else { "Absent: false." };
    json!({"type": ["boolean", "null"], "description": absent})
}

fn hook_input(is_patch: bool) -> Value {
    json!({
        "schema": or_null(&the("LookupInput"), is_patch),
        "event": or_null(&the("Event"), is_patch),
        "enabled": enabled(is_patch),
    })
}

fn queue() -> Value {
    json!({
        "id": text_id(),
        "name": {"type": "string"},
        "type": {"type": "integer"},
        "enabled": {"type": "boolean"},
        "updated_at": the("Moment"),
    })
}

/// What was done to one thing.
fn entry() -> Value {
    let state = |what: &str| json!({"anyOf": [the("State"), {"type": "null"}], "description": what});
    object(
        &json!({
            "id": text_id(),
            "change": {"type": "string", "description": "What one person did at once has one id."},
            "at": the("Moment"),
            "who": the("Author"),
            "what": the("Subject"),
            "action": the("Action"),
            "before": state("What it was; null if it was not there."),
            "after": state("What it became; null if it went."),
        }),
        &["id", "change", "at", "who", "what", "action", "before", "after"],
    )
}

/// A name, whose characters can all be seen.
fn name(longest: usize) -> Value {
    json!({
        "type": "string",
        "minLength": 1,
        "maxLength": longest,
        "description": "Without line breaks and invisible characters; spaces around it are left out.",
    })
}

fn queue_input(is_patch: bool) -> Value {
    json!({
        "name": or_null(&name(queue::MAX_NAME), is_patch),
        "type": or_null(&the("QueueType"), is_patch),
        "enabled": enabled(is_patch),
    })
}

fn flow_schema(is_whole: bool) -> Value {
    let mut properties = json!({
        "id": text_id(),
        "name": {"type": "string"},
        "type": stored("SchemaType"),
        "editor": {"type": "boolean", "description": "Whether it was drawn in Webitel's editor. Such a one is changed there."},
        "updated_at": the("Moment"),
    });
    if is_whole {
        properties["schema"] = json!({"description": "The program, or a string if what is stored is not JSON."});
    }
    properties
}

fn flow_schema_input(is_patch: bool) -> Value {
    json!({
        "name": or_null(&name(flow_schema::MAX_NAME), is_patch),
        "type": or_null(&the("SchemaType"), is_patch),
        "schema": or_null(&the("Program"), is_patch),
    })
}

fn all_words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| word.word()).collect()
}

/// Each word with its meaning, in a sentence.
fn described<W: Word>(all: &[W], meaning: impl Fn(W) -> String) -> String {
    let each: Vec<_> = all.iter().map(|word| format!("{} ({})", word.word(), meaning(*word))).collect();
    each.join(", ") + "."
}

/// What an example of a request says, by the name of its schema.
pub fn example(schema: &str) -> Value {
    match schema {
        "HookInput" => json!({"schema": {"id": "1"}, "event": Event::Joined.word(), "enabled": true}),
        "Ids" => json!({"id": [1, 2]}),
        "QueueInput" => {
            json!({"name": "Inbound support", "type": QueueType::Inbound.number(), "enabled": true})
        }
        "FlowSchemaInput" => {
            json!({"name": "CRM: push", "type": SchemaType::Service.word(), "schema": [{"log": "hello"}]})
        }
        "FlowSchemaPatch" => json!({"name": "CRM: push"}),
        _ => json!({"enabled": false}),
    }
}
