//! What is written for a hook, whoever writes it.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::hooks;
use crate::model::event::Event;
use crate::on_each;
use crate::word::Stored;

/// A hook without its id and its queue, which never change.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = hooks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Row {
    schema_id: i64,
    event: Stored<Event>,
    enabled: bool,
    updated_at: NaiveDateTime,
    updated_by: Option<i64>,
}

impl Row {
    pub fn new(schema_id: i64, event: Stored<Event>, enabled: bool, at: NaiveDateTime, by: Option<i64>) -> Self {
        Self { schema_id, event, enabled, updated_at: at, updated_by: by }
    }

    pub fn with_id(self, id: i64, queue_id: i64) -> RowWithId {
        let Self { schema_id, event, enabled, updated_at, updated_by } = self;
        RowWithId { id, queue_id, schema_id, event, enabled, updated_at, updated_by }
    }
}

/// A hook that comes with its id: from a file, or back from a removal.
#[derive(Insertable)]
#[diesel(table_name = hooks, treat_none_as_default_value = false)]
pub struct RowWithId {
    id: i64,
    queue_id: i64,
    schema_id: i64,
    event: Stored<Event>,
    enabled: bool,
    updated_at: NaiveDateTime,
    updated_by: Option<i64>,
}

/// At most [`MAX_IDS`](crate::db::MAX_IDS) of them.
pub fn insert_with_ids(conn: &mut Conn, rows: Vec<RowWithId>) -> QueryResult<usize> {
    on_each!(conn, c => diesel::insert_into(hooks::table).values(rows).execute(c))
}

/// The same into tables of ours, where PostgreSQL reads them faster.
pub fn load_with_ids(conn: &mut Conn, rows: Vec<RowWithId>) -> QueryResult<usize> {
    match conn {
        Conn::Postgres(conn) => diesel::copy_from(hooks::table).from_insertable(rows).execute(conn),
        Conn::Sqlite(_) => insert_with_ids(conn, rows),
    }
}
