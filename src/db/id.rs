//! Ids as they are read. Ours have eight bytes; those of Webitel's queues and hooks have four. They are bound as eight,
//! which PostgreSQL compares with either by an index.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::{BigInt, Integer};
use diesel::sqlite::Sqlite;

use super::conn::MultiBackend;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Id(pub i64);

impl From<Id> for i64 {
    fn from(id: Id) -> Self {
        id.0
    }
}

/// Ids, as they are used.
pub fn plain<T: FromIterator<i64>>(ids: Vec<Id>) -> T {
    ids.into_iter().map(i64::from).collect()
}

impl FromSql<BigInt, Pg> for Id {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        if value.as_bytes().len() == size_of::<i32>() {
            <i32 as FromSql<Integer, Pg>>::from_sql(value).map(|id| Self(id.into()))
        } else {
            <i64 as FromSql<BigInt, Pg>>::from_sql(value).map(Self)
        }
    }
}

impl FromSql<BigInt, Sqlite> for Id {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Self)
    }
}

impl FromSql<BigInt, MultiBackend> for Id {
    fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, BigInt>()
    }
}
