//! Times as they are read. SQLite keeps them as text, and chrono reads a format anew for each: of a page of 100 rows
//! that was a twentieth of the work.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::Pg;
use diesel::sql_types::{Nullable, Timestamp};
use diesel::sqlite::Sqlite;

use super::conn::MultiBackend;

/// A time, in a column that may have none.
#[derive(Clone, Copy, Debug, FromSqlRow)]
#[diesel(sql_type = Nullable<Timestamp>)]
pub struct Time(Option<NaiveDateTime>);

impl From<Time> for Option<NaiveDateTime> {
    fn from(time: Time) -> Self {
        time.0
    }
}

/// `2026-11-26 01:02:03`, and perhaps a fraction: what we write.
fn plain(text: &[u8]) -> Option<NaiveDateTime> {
    let (time, fraction) = text.split_at_checked(19)?;
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0, |number: u32, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    };
    let nanoseconds = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => number(digits)? * 10_u32.pow(9 - digits.len() as u32),
        _ => return None,
    };
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ', clock @ ..] = time else { return None };
    let [h1, h2, b':', i1, i2, b':', s1, s2] = clock else { return None };
    let [year, month, day] = [number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?];
    let [hour, minute, second] = [number(&[*h1, *h2])?, number(&[*i1, *i2])?, number(&[*s1, *s2])?];
    NaiveDate::from_ymd_opt(year as i32, month, day)?.and_hms_nano_opt(hour, minute, second, nanoseconds)
}

/// As one database reads it.
macro_rules! read {
    ($backend:ty, $read:expr) => {
        impl FromSql<Nullable<Timestamp>, $backend> for Time {
            fn from_sql(value: <$backend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                $read(value)
            }

            fn from_nullable_sql(value: Option<<$backend as Backend>::RawValue<'_>>) -> deserialize::Result<Self> {
                value.map_or(Ok(Self(None)), $read)
            }
        }
    };
}

read!(Sqlite, |mut value: <Sqlite as Backend>::RawValue<'_>| match plain(value.read_text().as_bytes()) {
    Some(time) => Ok(Self(Some(time))),
    None => FromSql::<Timestamp, Sqlite>::from_sql(value).map(|time| Self(Some(time))),
});
read!(Pg, |value| FromSql::<Timestamp, Pg>::from_sql(value).map(|time| Self(Some(time))));
read!(MultiBackend, |value: <MultiBackend as Backend>::RawValue<'_>| value.from_sql::<Self, Nullable<Timestamp>>());
