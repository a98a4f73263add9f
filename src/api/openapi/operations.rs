//! A line for each route and method: what it does, what it takes, what it answers.

use serde_json::{Map, Value, json};

use super::answers::{answer, not_modified, refused, tagged};
use super::parameters::{
    a_change, fields, flag, following, id, idempotency_key, ids, if_match, if_none_match, list, many, pattern,
};
use super::schemas::{example, number_of_type, the};
use crate::api::changes::{MAX_SIZE as MAX_CHANGES, MAX_WAIT};
use crate::model::{flow_schemas, hooks, queues};

pub const TAGS: [(&str, &str); 5] = [
    (
        "Hooks",
        "When this event happens in this queue, run that flow schema. One hook at most is enabled for each event.",
    ),
    ("Queues", "Whatever changes a hook changes its queue as well."),
    ("Flow schemas", "The programs that hooks run."),
    ("Changes", "What was done to hooks, queues and flow schemas, by whom, in its order."),
    ("Document", "What the API is."),
];

/// One operation, as far as it is described.
struct Operation {
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    description: Option<&'static str>,
    parameters: Vec<Value>,
    body: Option<&'static str>,
    answers: Map<String, Value>,
    refused: Vec<u16>,
    is_open: bool,
}

impl Operation {
    fn new(id: &'static str, tag: usize, summary: &'static str) -> Self {
        let (parameters, answers, refused) = (Vec::new(), Map::new(), Vec::new());
        let (description, body, is_open) = (None, None, false);
        Self { id, tag: TAGS[tag].0, summary, description, parameters, body, answers, refused, is_open }
    }

    fn description(self, description: &'static str) -> Self {
        Self { description: Some(description), ..self }
    }

    fn takes(mut self, parameters: impl IntoIterator<Item = Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    fn body(self, schema: &'static str) -> Self {
        Self { body: Some(schema), ..self }
    }

    fn answers(mut self, status: u16, answer: Value) -> Self {
        self.answers.insert(status.to_string(), answer);
        self
    }

    fn refuses(mut self, statuses: &[u16]) -> Self {
        self.refused.extend(statuses);
        self
    }

    /// What can be done with the thing that was answered: its id is this parameter of these operations.
    fn leads_to(mut self, parameter: &str, operations: &[&str]) -> Self {
        let is_in_queue = self.parameters.iter().any(|own| own["name"] == "queue");
        let link = |operation: &&str| {
            let mut parameters = json!({parameter: "$response.body#/id"});
            if is_in_queue {
                parameters["queue"] = "$request.path.queue".into();
            }
            ((*operation).to_owned(), json!({"operationId": operation, "parameters": parameters}))
        };
        self.answers["200"]["links"] = Value::Object(operations.iter().map(link).collect());
        self
    }

    fn without_token(self) -> Self {
        Self { is_open: true, ..self }
    }

    fn written(mut self) -> Value {
        let is_in_path = self.parameters.iter().any(|parameter| parameter["in"] == "path");
        if is_in_path {
            self.refused.push(404);
        }
        // In the order in which they are in a request.
        let places = ["path", "query", "header"];
        self.parameters.sort_by_key(|parameter| places.iter().position(|place| parameter["in"] == *place));
        self.answers.extend(refused(&self.refused, !self.is_open, self.body.is_some()));
        let mut written = json!({"operationId": self.id, "tags": [self.tag], "summary": self.summary});
        if let Some(description) = self.description {
            written["description"] = description.into();
        }
        if self.is_open {
            written["security"] = json!([]);
        }
        if !self.parameters.is_empty() {
            written["parameters"] = self.parameters.into();
        }
        if let Some(schema) = self.body {
            let content = json!({"application/json": {"schema": the(schema), "example": example(schema)}});
            written["requestBody"] = json!({"required": true, "content": content});
        }
        written["responses"] = self.answers.into();
        written
    }
}

/// The addresses with their operations.
pub fn all() -> Value {
    json!({
        "/call_center/queues/{queue}/hooks": {
            "get": list_hooks().written(),
            "post": create("createHook", 0, "Add a hook", "HookInput", "Hook")
                .takes([a_queue()])
                .leads_to("hook", &["getHook", "replaceHook", "changeHook", "removeHook"])
                .description("To choose a flow schema, the token also needs the right to see flow schemas.")
                .refuses(&[422])
                .written(),
            "delete": Operation::new("removeHooks", 0, "Remove many hooks at once")
                .description("Those that are gone already are left out of the answer.")
                .takes([a_queue()])
                .body("Ids")
                .answers(200, answer("What was removed.", &the("RemovedHooks")))
                .written(),
        },
        "/call_center/queues/{queue}/hooks/{hook}": {
            "get": show("getHook", 0, "Read a hook", "Hook").takes([a_queue(), a_hook()]).written(),
            "put": put("replaceHook", 0, "Replace a hook", "HookInput", "Hook").takes([a_queue(), a_hook()]).written(),
            "patch": put("changeHook", 0, "Change a part of a hook", "HookPatch", "Hook")
                .takes([a_queue(), a_hook()])
                .written(),
            "delete": remove("removeHook", 0, "Remove a hook", "Hook").takes([a_queue(), a_hook()]).written(),
        },
        "/call_center/queues": {
            "get": list_queues().written(),
            "post": create("createQueue", 1, "Add a queue", "QueueInput", "Queue")
                .leads_to("queue", &["getQueue", "replaceQueue", "changeQueue", "removeQueue", "listHooks", "createHook"])
                .refuses(&[422])
                .written(),
        },
        "/call_center/queues/{queue}": {
            "get": show("getQueue", 1, "Read a queue", "Queue").takes([a_queue()]).written(),
            "put": put("replaceQueue", 1, "Replace a queue", "QueueInput", "Queue").takes([a_queue()]).written(),
            "patch": put("changeQueue", 1, "Change a part of a queue", "QueuePatch", "Queue").takes([a_queue()]).written(),
            "delete": remove("removeQueue", 1, "Remove a queue with its hooks", "Queue").takes([a_queue()]).written(),
        },
        "/routing/schema": {
            "get": list_flow_schemas().written(),
            "post": create("createFlowSchema", 2, "Add a flow schema", "FlowSchemaInput", "FlowSchema")
                .leads_to("schema", &["getFlowSchema", "replaceFlowSchema", "changeFlowSchema", "removeFlowSchema"])
                .refuses(&[422])
                .written(),
        },
        "/routing/schema/{schema}": {
            "get": show("getFlowSchema", 2, "Read a flow schema", "FlowSchema").takes([a_schema()]).written(),
            "put": put("replaceFlowSchema", 2, "Replace a flow schema", "FlowSchemaInput", "FlowSchema")
                .takes([a_schema()])
                .written(),
            "patch": put("changeFlowSchema", 2, "Change a part of a flow schema", "FlowSchemaPatch", "FlowSchema")
                .takes([a_schema()])
                .written(),
            "delete": remove("removeFlowSchema", 2, "Remove a flow schema that no hook runs", "FlowSchema")
                .takes([a_schema()])
                .refuses(&[409])
                .written(),
        },
        "/changes": {"get": list_changes().written()},
        "/changes/{change}/undo": {
            "post": Operation::new("undoChange", 3, "Undo a change")
                .description("What others changed since stays. An undo can be undone: that does the change again.")
                .takes([a_change()])
                .answers(200, answer("What came of it.", &the("Undone")))
                .refuses(&[409, 422])
                .written(),
        },
        "/openapi.json": {
            "get": Operation::new("getDocument", 4, "Read this document")
                .without_token()
                .answers(200, answer("A document in OpenAPI 3.1.", &the("Document")))
                .written(),
        },
    })
}

fn a_queue() -> Value {
    id("queue", "a queue")
}

fn a_hook() -> Value {
    id("hook", "a hook of this queue")
}

fn a_schema() -> Value {
    id("schema", "a flow schema")
}

fn list_hooks() -> Operation {
    Operation::new("listHooks", 0, "List the hooks of a queue")
        .takes([a_queue()])
        .takes(list::<hooks::search::Column>())
        .takes([
            pattern("the event"),
            ids("id", "Only these hooks."),
            many("event", "Only hooks for these events.", &the("Event")),
            ids("schema_id", "Only hooks that run these flow schemas. The name schemaId means the same."),
            flag("enabled", "Only enabled hooks, or only others."),
            fields("Hook"),
        ])
        .answers(200, answer("A page of hooks.", &the("Hooks")))
        .refuses(&[400])
}

fn list_changes() -> Operation {
    Operation::new("listChanges", 3, "Follow what changed")
        .description(
            "Ask again with the `after` of the answer, and nothing is missed or told twice. A token hears of what it may see.",
        )
        .takes(following(MAX_CHANGES, MAX_WAIT))
        .answers(200, answer("What comes after.", &the("Changes")))
        .refuses(&[400, 410])
}

fn list_queues() -> Operation {
    Operation::new("listQueues", 1, "List queues")
        .takes(list::<queues::search::Column>())
        .takes([
            pattern("the name"),
            ids("id", "Only these queues."),
            many("type", "Only queues of these types.", &number_of_type()),
            flag("enabled", "Only enabled queues, or only others."),
            fields("Queue"),
        ])
        .answers(200, answer("A page of queues.", &the("Queues")))
        .refuses(&[400])
}

fn list_flow_schemas() -> Operation {
    Operation::new("listFlowSchemas", 2, "List flow schemas, without their programs")
        .takes(list::<flow_schemas::search::Column>())
        .takes([
            pattern("the name"),
            ids("id", "Only these flow schemas."),
            many("type", "Only flow schemas of these types.", &the("SchemaType")),
            fields("FlowSchemaItem"),
        ])
        .answers(200, answer("A page of flow schemas.", &the("FlowSchemas")))
        .refuses(&[400])
}

fn show(id: &'static str, tag: usize, summary: &'static str, schema: &str) -> Operation {
    Operation::new(id, tag, summary)
        .takes([if_none_match()])
        .answers(200, tagged("It is this.", &the(schema)))
        .answers(304, not_modified())
}

fn create(id: &'static str, tag: usize, summary: &'static str, input: &'static str, schema: &str) -> Operation {
    Operation::new(id, tag, summary)
        .takes([idempotency_key()])
        .body(input)
        .answers(200, tagged("It was added.", &the(schema)))
        .refuses(&[409])
}

fn put(id: &'static str, tag: usize, summary: &'static str, input: &'static str, schema: &str) -> Operation {
    Operation::new(id, tag, summary)
        .takes([if_match()])
        .body(input)
        .answers(200, tagged("It is this now.", &the(schema)))
        .refuses(&[409, 412, 422])
}

fn remove(id: &'static str, tag: usize, summary: &'static str, schema: &str) -> Operation {
    Operation::new(id, tag, summary)
        .takes([if_match()])
        .answers(200, answer("It was this, and is removed.", &the(schema)))
        .refuses(&[412])
}
