//! Statements that a connection prepares once.
//!
//! Diesel prepares each UPDATE and each text of ours anew. On SQLite, to prepare a change of a hook takes longer than to
//! make it: all its triggers are compiled. These are kept by their text, as queries are.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Untyped};

use super::conn::Conn;

/// Changes the row of a table with this id.
pub struct Update<T, C> {
    table: T,
    id: i64,
    changes: C,
}

pub fn update<T: Table, R: AsChangeset<Target = T>>(table: T, id: i64, row: R) -> Update<T, R::Changeset> {
    Update { table, id, changes: row.as_changeset() }
}

impl<T, C, DB> QueryFragment<DB> for Update<T, C>
where
    DB: Backend + HasSqlType<BigInt>,
    T: Table + QueryFragment<DB>,
    C: QueryFragment<DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        self.changes.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<BigInt, _>(&self.id)
    }
}

/// A statement without values.
pub struct Text(pub &'static str);

impl<DB: Backend> QueryFragment<DB> for Text {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl Query for Text {
    type SqlType = Untyped;
}

/// The text tells which statement it is.
macro_rules! is_known_by_its_text {
    ([$($parameter:ident),*] $statement:ty) => {
        impl<$($parameter),*> QueryId for $statement {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
    };
}

is_known_by_its_text!([T, C] Update<T, C>);
is_known_by_its_text!([] Text);

impl<T, C> RunQueryDsl<Conn> for Update<T, C> {}
impl RunQueryDsl<SqliteConnection> for Text {}
