//! What the pages of the Flow schemas section show.

use askama::Template;

use super::flow_schema::FlowSchema;
use super::query::{List, Options};
use crate::assets;
use crate::by_name::{Column, View};

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
}
