//! Statements that a connection prepares once.
//!
//! Diesel prepares each UPDATE and each text of ours anew. On SQLite, to prepare a change of a hook takes longer than to
//! make it: all its triggers are compiled. These are kept by their text, as queries are.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Nullable, Untyped};

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

/// Names a person in the row of a table with this id. A row that names them already is not written once more.
pub struct WriteAuthor<T, C> {
    table: T,
    column: PhantomData<C>,
    id: i64,
    person_id: Option<i64>,
}

pub fn write_author<C: Column>(_: C, id: i64, person_id: Option<i64>) -> WriteAuthor<C::Table, C>
where
    C::Table: Default,
{
    WriteAuthor { table: C::Table::default(), column: PhantomData, id, person_id }
}

impl<T, C, DB> QueryFragment<DB> for WriteAuthor<T, C>
where
    DB: Backend + HasSqlType<BigInt>,
    T: QueryFragment<DB>,
    C: Column,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        out.push_identifier(C::NAME)?;
        out.push_sql(" = ");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.person_id)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<BigInt, _>(&self.id)?;
        out.push_sql(" AND ");
        out.push_identifier(C::NAME)?;
        out.push_sql(" IS DISTINCT FROM ");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.person_id)
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
is_known_by_its_text!([T, C] WriteAuthor<T, C>);
is_known_by_its_text!([] Text);

impl<T, C, Connection> RunQueryDsl<Connection> for Update<T, C> {}
impl<T, C, Connection> RunQueryDsl<Connection> for WriteAuthor<T, C> {}
impl RunQueryDsl<SqliteConnection> for Text {}
