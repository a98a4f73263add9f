//! Flow schemas as they are stored, and what the section's pages show of them.

use diesel::prelude::*;
use queue_hooks::db::schema::{flow_schemas, journal as entries};
use queue_hooks::model::flow_schemas::flow_schema::KeptFlowSchema;

use super::{App, Page, write};

/// The registry of the flow schemas.
pub const FLOW: &str = "/routing/flow";

/// The page of a flow schema.
pub fn flow(id: i64) -> String {
    format!("{FLOW}/{id}")
}

/// A stored flow schema: name, type and text.
pub fn stored_schema(app: &App, id: i64) -> Option<(String, String, String)> {
    write(app, move |conn| {
        let columns = (flow_schemas::name, flow_schemas::type_, flow_schemas::schema);
        flow_schemas::table.find(id).select(columns).first(conn).optional()
    })
}

/// The text of a stored flow schema.
pub fn stored_text(app: &App, id: i64) -> String {
    stored_schema(app, id).expect("the flow schema exists").2
}

/// The names of all flow schemas, oldest first.
pub fn schema_names(app: &App) -> Vec<String> {
    write(app, |conn| flow_schemas::table.order(flow_schemas::id).select(flow_schemas::name).load(conn))
}

/// The journal of all flow schemas, each entry like `edit 7: CRM service -> Billing chat`.
pub fn schema_journal(app: &App) -> Vec<String> {
    type Row = (String, i64, Option<String>, Option<String>);
    let rows: Vec<Row> = write(app, |conn| {
        let of_schemas = entries::table.filter(entries::subject.eq("flow_schema")).order(entries::id);
        of_schemas.select((entries::action, entries::subject_id, entries::before, entries::after)).load(conn)
    });
    let state = |json: Option<String>| {
        let Some(json) = json else { return "nothing".into() };
        let KeptFlowSchema { name, schema_type, .. } =
            serde_json::from_str(&json).expect("the journal holds states as JSON");
        format!("{name} {}", schema_type.word())
    };
    let told = |(action, id, before, after)| format!("{action} {id}: {} -> {}", state(before), state(after));
    rows.into_iter().map(told).collect()
}

/// The ids in a flow schema's journal, oldest first: the names of its versions.
pub fn versions(app: &App, id: i64) -> Vec<i64> {
    write(app, |conn| {
        let of_schema = entries::table.filter(entries::subject.eq("flow_schema")).filter(entries::subject_id.eq(id));
        of_schema.order(entries::id).select(entries::id).load(conn)
    })
}

impl Page<'_> {
    /// The content of the form's text field, to the byte.
    #[track_caller]
    pub fn typed_text(&self) -> String {
        self.one("textarea[name=text]").text().collect()
    }

    /// The value of the input with this name.
    #[track_caller]
    pub fn typed(&self, name: &str) -> String {
        self.attr(&format!("main input[name={name}]"), "value")
    }

    /// The warnings on the page.
    pub fn warnings(&self) -> Vec<String> {
        self.texts("[aria-label=Warnings] li")
    }

    /// The lines of a difference, each with its sign.
    pub fn difference(&self, label: &str) -> Vec<String> {
        let code = scraper::Selector::parse("code").expect("a selector");
        let line = |row: scraper::ElementRef| {
            let sign = match row.attr("class") {
                Some("new") => '+',
                Some("gone") => '-',
                _ => ' ',
            };
            format!("{sign}{}", row.select(&code).flat_map(|code| code.text()).collect::<String>())
        };
        self.all(&format!("[aria-label='{label}'] tbody tr")).into_iter().map(line).collect()
    }
}
