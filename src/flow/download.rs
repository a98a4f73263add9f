//! The file that Webitel's own client makes when somebody downloads a flow schema:
//! `{"name": …, "type": …, "schema": …, "payload": {}, …}`, with the applications as a list or as JSON in a string.

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct File<'a> {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "type")]
    schema_type: String,
    #[serde(borrow)]
    schema: &'a RawValue,
}

/// What a download says.
#[derive(Debug, PartialEq, Eq)]
pub struct Download {
    /// Empty if it says none.
    pub name: String,
    /// The word of the type; empty if it says none.
    pub schema_type: String,
    /// The list of applications.
    pub text: String,
}

/// The flow schema in a download; `None` if the text is anything else.
pub fn unpacked(text: &str) -> Option<Download> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let File { name, schema_type, schema } = serde_json::from_str(text).ok()?;
    let text = match schema.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str(schema.get()).ok()?,
        Some(b'[') => schema.get().to_owned(),
        _ => return None,
    };
    Some(Download { name, schema_type, text })
}
