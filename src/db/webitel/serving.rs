//! What a server asks of an attached database.

use std::sync::Arc;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::db::abilities::{Abilities, Webitel, Work};
use crate::db::conn::Conn;

/// How a connection finds out that its tables are those of a Webitel system.
pub const IS_ATTACHED: &str = "pg_catalog.to_regclass('webitel') IS NOT NULL";

/// Milliseconds that a writer waits for Webitel's writers.
pub const LOCK_TIMEOUT: u32 = 700;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    domain: String,
    #[diesel(sql_type = Bool)]
    writes_flow_schemas: bool,
}

impl Conn {
    /// Whether the tables are those of a Webitel system.
    pub fn is_attached(&mut self) -> QueryResult<bool> {
        match self {
            Self::Postgres(conn) => diesel::select(sql::<Bool>(IS_ATTACHED)).get_result(conn),
            Self::Sqlite(_) => Ok(false),
        }
    }

    /// Why a work is not done in this database, and where it is.
    pub fn refuses(&mut self, work: Work) -> QueryResult<Option<&'static str>> {
        if work == Work::Other {
            return Ok(None);
        }
        let webitel = self.webitel()?.map(Arc::new);
        Ok(Abilities { webitel, ..Abilities::default() }.refuses(work))
    }

    /// The Webitel system on whose tables this works, if it does.
    pub fn webitel(&mut self) -> QueryResult<Option<Webitel>> {
        if !self.is_attached()? {
            return Ok(None);
        }
        let row: Row = diesel::sql_query("SELECT domain, writes_flow_schemas FROM webitel").get_result(self)?;
        Ok(Some(Webitel { domain: row.domain, writes_flow_schemas: row.writes_flow_schemas }))
    }
}
