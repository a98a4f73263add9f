//! A database that is attached to a Webitel system: queues, flow schemas and hooks are views of its tables, and the other
//! tables are ours, in a schema of our own. `migrations/webitel/` makes it. The table `webitel` is how it is recognised.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::abilities::Webitel;
use super::conn::Conn;

/// How long a writer waits for Webitel's writers. They wait for nobody as long as that.
pub(super) const PATIENCE_MS: u32 = 700;

pub(super) const IS_ATTACHED: &str = "to_regclass('webitel') IS NOT NULL";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    domain: String,
    #[diesel(sql_type = Bool)]
    writes_flow_schemas: bool,
}

impl Conn {
    pub fn is_attached(&mut self) -> QueryResult<bool> {
        match self {
            Self::Sqlite(_) => Ok(false),
            Self::Postgres(conn) => diesel::select(sql::<Bool>(IS_ATTACHED)).get_result(conn),
        }
    }

    /// The Webitel system on whose tables this works, if it does.
    pub(super) fn webitel(&mut self) -> QueryResult<Option<Webitel>> {
        if !self.is_attached()? {
            return Ok(None);
        }
        let row: Row = diesel::sql_query("SELECT domain, writes_flow_schemas FROM webitel").get_result(self)?;
        Ok(Some(Webitel { domain: row.domain, writes_flow_schemas: row.writes_flow_schemas }))
    }
}
