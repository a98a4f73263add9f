//! What a server asks of an attached database.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::is_attached;
use crate::db::abilities::{Abilities, Webitel, Work};
use crate::db::conn::Conn;

/// Milliseconds that a writer waits for Webitel's writers.
pub const PATIENCE: u32 = 700;

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
        is_attached(self)
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
