//! The page for people who write a program: the document of [`super::openapi`], operation by operation.

use std::sync::OnceLock;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use actix_web::web::Bytes;
use askama::Template;
use serde_json::{Map, Value};

use super::failure::MEMBERS;
use super::openapi;
use crate::web::{assets, paths};

#[derive(Template)]
#[template(path = "api/reference.html")]
struct Reference<'d> {
    description: Vec<&'d str>,
    sections: Vec<Section<'d>>,
    /// Each failure once: its status and what it says.
    failures: Vec<(u16, &'d str)>,
}

struct Section<'d> {
    name: &'d str,
    description: &'d str,
    operations: Vec<Operation<'d>>,
}

struct Operation<'d> {
    id: &'d str,
    method: String,
    path: String,
    summary: &'d str,
    description: &'d str,
    /// Parts of the request: the name, where it is, what it may be, and what it means.
    parts: Vec<Part<'d>>,
    /// The statuses that it answers.
    statuses: Vec<&'d str>,
    example: String,
}

struct Part<'d> {
    name: &'d str,
    place: &'d str,
    kind: String,
    description: &'d str,
}

pub async fn show() -> Result<HttpResponse, actix_web::Error> {
    static WRITTEN: OnceLock<Bytes> = OnceLock::new();
    let written = if let Some(written) = WRITTEN.get() {
        written.clone()
    } else {
        let page = Reference::of(openapi::document()).render().map_err(actix_web::error::ErrorInternalServerError)?;
        WRITTEN.get_or_init(|| page.into()).clone()
    };
    Ok(HttpResponse::Ok().content_type(ContentType::html()).body(written))
}

impl<'d> Reference<'d> {
    fn of(document: &'d Value) -> Self {
        let section = |tag: &'d Value| Section {
            name: text(&tag["name"]),
            description: text(&tag["description"]),
            operations: operations(document, text(&tag["name"])),
        };
        Self {
            description: text(&document["info"]["description"]).split("\n\n").collect(),
            sections: list(&document["tags"]).map(section).collect(),
            failures: openapi::FAILURES.to_vec(),
        }
    }
}

fn operations<'d>(document: &'d Value, tag: &str) -> Vec<Operation<'d>> {
    let paths = members(&document["paths"]);
    let all = paths.flat_map(|(path, item)| members(item).map(move |(method, operation)| (path, method, operation)));
    let of_tag = all.filter(|(.., operation)| operation["tags"][0] == tag);
    of_tag
        .map(|(path, method, operation)| Operation {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: paths::api() + path,
            summary: text(&operation["summary"]),
            description: text(&operation["description"]),
            parts: parts(document, operation),
            statuses: members(&operation["responses"]).map(|(status, _)| status.as_str()).collect(),
            example: example(path, method, operation),
        })
        .collect()
}

fn parts<'d>(document: &'d Value, operation: &'d Value) -> Vec<Part<'d>> {
    let parameter = |parameter: &'d Value| Part {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        kind: kind(document, &parameter["schema"]),
        description: text(&parameter["description"]),
    };
    let body = followed(document, &operation["requestBody"]["content"]["application/json"]["schema"]);
    let is_required = |name: &str| list(&body["required"]).any(|required| required == name);
    let property = |(name, schema): (&'d String, &'d Value)| Part {
        name,
        place: if is_required(name) { "body, required" } else { "body" },
        kind: kind(document, schema),
        description: text(&followed(document, first(schema))["description"]),
    };
    list(&operation["parameters"]).map(parameter).chain(members(&body["properties"]).map(property)).collect()
}

/// What a value may be, in words.
fn kind(document: &Value, schema: &Value) -> String {
    let schema = followed(document, first(schema));
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).filter(|kind| *kind != "null").collect(),
        kind => vec![text(kind)],
    };
    let words: Vec<&str> = list(&schema["enum"]).filter_map(Value::as_str).collect();
    let plain = match kinds.join(" or ").as_str() {
        "array" => format!("several: {}", kind(document, &schema["items"])),
        "object" => {
            let inside =
                members(&schema["properties"]).map(|(name, inside)| format!("{name}: {}", kind(document, inside)));
            format!("object with {}", inside.collect::<Vec<_>>().join(", "))
        }
        "" => "any text".into(),
        plain => plain.to_owned(),
    };
    if words.is_empty() { plain } else { format!("one of: {}", words.join(", ")) }
}

/// The first of several schemas for one value; the others say null.
fn first(schema: &Value) -> &Value {
    schema["anyOf"].get(0).unwrap_or(schema)
}

/// The schema that another names.
fn followed<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let named = schema["$ref"].as_str().and_then(|path| document.pointer(path.trim_start_matches('#')));
    named.unwrap_or(schema)
}

/// A request as a line for a shell.
fn example(path: &str, method: &str, operation: &Value) -> String {
    let mut url = format!("$SERVER{}{path}", paths::api());
    for parameter in list(&operation["parameters"]).filter(|parameter| parameter["in"] == "path") {
        let example = &parameter["example"];
        let example = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        url = url.replace(&format!("{{{}}}", text(&parameter["name"])), &example);
    }
    let mut line = String::from("curl");
    if method != "get" {
        line += &format!(" -X {}", method.to_uppercase());
    }
    if operation["security"].is_null() {
        line += " -H \"X-Webitel-Access: $TOKEN\"";
    }
    let body = &operation["requestBody"]["content"]["application/json"]["example"];
    if !body.is_null() {
        line += &format!(" -H 'Content-Type: application/json' -d '{body}'");
    }
    line + &format!(" \"{url}\"")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
