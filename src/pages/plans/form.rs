//! What the pages of plans send.

use crate::model::hooks::change::IfTaken;
use crate::model::listing::Rows;
use crate::model::plans::addition::Choice;
use crate::model::plans::successor::IfEqual;
use crate::pages::hooks::form::if_taken;
use crate::web::params::Params;
use crate::web::registry::selection::{Sent, fields};

/// What a form of these pages sends besides the selection.
const MORE: [&str; 6] = ["event", "schema", "schema_q", "search", "plan", "from"];

/// What came besides the selection, for an address.
pub fn more(params: &Params) -> Vec<(&str, &str)> {
    MORE.iter().filter_map(|name| Some((*name, params.get(name)?))).collect()
}

/// A selection and the view that it was made in, as the fields of the next form.
pub fn kept<R: Rows>(sent: &Sent<R>) -> Vec<(&'static str, String)> {
    let mut kept = fields(&sent.selection);
    kept.push(("view", sent.view.query()));
    kept
}

/// What to do about what the plan asks.
pub fn choice(params: &Params) -> Choice {
    Choice { if_taken: if_taken(params), anywhere: params.get("anywhere").is_some() }
}

pub fn if_equal(params: &Params) -> IfEqual {
    if params.get("if_equal") == Some("leave") { IfEqual::Leave } else { IfEqual::Change }
}

/// The word of a choice, as [`if_taken`] reads it.
pub fn word(if_taken: IfTaken) -> &'static str {
    match if_taken {
        IfTaken::Ask => "leave",
        IfTaken::Disable => "disable",
        IfTaken::Replace => "replace",
    }
}
