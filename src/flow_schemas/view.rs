//! What the pages of the Flow schemas section show.

use askama::Template;

use super::flow_schema::FlowSchema;
use super::query::{List, Options};
use crate::assets;
use crate::by_name::{Column, View};
use crate::db::fold;

pub const PATH: &str = "/routing/flow";

#[derive(Template)]
#[template(path = "flow_schemas/index.html")]
pub struct Index {
    pub path: &'static str,
    pub view: View,
    pub notices: Vec<String>,
    pub list: List,
}

#[derive(Template)]
#[template(path = "flow_schemas/show.html")]
pub struct Show {
    pub schema: FlowSchema,
    /// The schema, indented.
    pub text: String,
}

/// The rows of the hook's drop-down, without a page around them.
#[derive(Template)]
#[template(path = "flow_schemas/options.html")]
pub struct OptionRows {
    pub options: Options,
    pub q: String,
}

impl OptionRows {
    /// A name in three parts: what was searched for is the middle one.
    fn marked<'a>(&self, name: &'a str) -> (&'a str, &'a str, &'a str) {
        let (folded, typed) = (fold(name), fold(&self.q));
        // Only where folding keeps every character's length can a place in the one be a place in the other.
        let place = folded.find(&typed).filter(|_| folded.len() == name.len());
        match place.map(|start| (start, start + typed.len())) {
            Some((start, end)) if name.is_char_boundary(start) && name.is_char_boundary(end) => {
                (&name[..start], &name[start..end], &name[end..])
            }
            _ => (name, "", ""),
        }
    }

    fn next_limit(&self) -> usize {
        self.options.rows.len() * 2
    }
}
