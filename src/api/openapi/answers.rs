//! What an operation may answer.

use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use super::schemas::the;

/// Each status of a failure, and what it says. [`super::super::failure`] has the policy.
pub const FAILURES: [(u16, &str); 18] = [
    (400, "The request cannot be understood. The detail says where."),
    (401, "There is no token, or it is not valid: it is mistyped, over or removed, or its person has no access."),
    (403, "The rights of the token or of its person do not cover this."),
    (404, "There is no such thing."),
    (405, "This address has other methods, which are in Allow."),
    (408, "The body came too slowly."),
    (409, "Something stored is in the way. The detail says what."),
    (410, "What comes after is not kept any more, or never was. Ask for “after=now”, and read everything anew."),
    (412, "It is not what If-Match says any more. Nothing was changed."),
    (413, "The body is too large."),
    (414, "The address is too long."),
    (415, "The body is not JSON."),
    (421, "This server does not answer to the name in Host."),
    (422, "A rule refuses what the request asks for. The detail says which."),
    (429, "This token sent too many requests."),
    (431, "The headers are too long."),
    (500, "Something went wrong in the server. Nothing was changed."),
    (503, "The database cannot do its work now. The detail says why, and whether something was changed."),
];

/// Those that each operation may answer, and those of one that needs a token or has a body.
const OF_ALL: &[u16] = &[405, 414, 421, 431, 500];
const WITH_TOKEN: &[u16] = &[401, 403, 429, 503];
const WITH_BODY: &[u16] = &[400, 408, 413, 415];

/// All failures, to be named by [`refused`].
pub fn failures() -> Value {
    let one = |(status, description): (u16, &str)| {
        let mut answer = json!({
            "description": description,
            "content": {"application/json": {"schema": the("Error")}},
        });
        match status {
            401 => answer["headers"] = headers(&[("WWW-Authenticate", "Bearer", true)]),
            405 => answer["headers"] = headers(&[("Allow", "The methods of this address.", true)]),
            429 => answer["headers"] = headers(&[("Retry-After", SECONDS, true)]),
            // A database that can only be read does not say for how long.
            503 => answer["headers"] = headers(&[("Retry-After", SECONDS, false)]),
            _ => {}
        }
        (name(status), answer)
    };
    Value::Object(FAILURES.map(one).into_iter().collect())
}

const SECONDS: &str = "After how many seconds another try may work.";

fn headers(all: &[(&str, &str, bool)]) -> Value {
    let one = |(name, description, is_required): &(&str, &str, bool)| {
        let header = json!({"description": description, "required": is_required, "schema": {"type": "string"}});
        ((*name).to_owned(), header)
    };
    Value::Object(all.iter().map(one).collect())
}

/// The name of a failure among the components: the reason, without spaces.
fn name(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.unwrap_or_default().replace(' ', "")
}

/// The failures of an operation: its own, and those that come with a token and with a body.
pub fn refused(own: &[u16], has_token: bool, has_body: bool) -> Map<String, Value> {
    let others = [OF_ALL, if has_token { WITH_TOKEN } else { &[] }, if has_body { WITH_BODY } else { &[] }];
    let mut all: Vec<u16> = own.iter().chain(others.into_iter().flatten()).copied().collect();
    all.sort_unstable();
    all.dedup();
    let one = |status: u16| (status.to_string(), json!({"$ref": format!("#/components/responses/{}", name(status))}));
    all.into_iter().map(one).collect()
}

/// What is answered if all went well.
pub fn answer(description: &str, schema: &Value) -> Value {
    json!({"description": description, "content": {"application/json": {"schema": schema}}})
}

const TAG: &str = "Another one after each change. If-Match sends it back.";

/// The same for one thing, with its tag.
pub fn tagged(description: &str, schema: &Value) -> Value {
    let mut answer = answer(description, schema);
    answer["headers"] = headers(&[("ETag", TAG, true)]);
    answer
}

/// It is what `If-None-Match` says.
pub fn not_modified() -> Value {
    json!({"description": "It is what If-None-Match says.", "headers": headers(&[("ETag", TAG, true)])})
}
