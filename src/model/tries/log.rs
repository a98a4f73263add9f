//! The log of tries: who tried which flow schema when, and what came of it. An entry is written before anything is
//! sent, so that a try whose server died is in the log as well.

use std::io::Read;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::access::person::Author;
use crate::db::schema::{flow_schemas, tries};
use crate::db::{Conn, now};
use crate::error::{Error, Thing};
use crate::model::event::Event;
use crate::model::flow_schemas::query::{self, Item};
use crate::model::queues::queue_type::QueueType;
use crate::stored_as_word;
use crate::word::{Stored, Word};

/// How many tries the History of a flow schema shows, and a page of its older ones.
pub const SHOWN: usize = 20;
/// So many of the latest tries of a flow schema are kept, and so many of them with their ways. Of the others there is only
/// what came of them.
const MOST: i64 = 1000;
const WITH_WAY: i64 = 100;
/// Nothing runs as long as this.
const LONGEST: TimeDelta = TimeDelta::seconds(120);
/// Bytes of a way, as text and compressed.
const MAX_WAY: usize = 16 << 20;
const MAX_COMPRESSED: usize = 1 << 20;

/// How a try went.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    AsExpression,
    FromSqlRow,
    EnumMessage,
    IntoStaticStr,
    VariantArray,
)]
#[strum(serialize_all = "lowercase")]
#[diesel(sql_type = Text)]
pub enum Outcome {
    #[strum(message = "Running")]
    Running,
    /// Each request, if there were any, had an answer, whatever its status.
    #[strum(message = "Answered")]
    Answered,
    /// A request had no answer.
    #[strum(message = "Failed")]
    Failed,
    /// It did not get to its end.
    #[strum(message = "Stopped")]
    Stopped,
}

impl Word for Outcome {}

stored_as_word!(Outcome);

impl Outcome {
    pub fn is_well(self) -> bool {
        self == Self::Answered
    }
}

/// A try that is about to begin.
pub struct Begun {
    pub schema_id: i64,
    /// The digest of the flow schema that runs.
    pub digest: String,
    pub event: Event,
    pub queue_type: QueueType,
    pub author: Author,
}

/// What came of a try.
pub struct Ended {
    pub outcome: Outcome,
    pub sentence: String,
    /// In milliseconds.
    pub took: i64,
    pub steps: usize,
    pub requests: usize,
    /// The way, as JSON.
    pub way: String,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = tries)]
pub struct Entry {
    pub id: i64,
    pub digest: String,
    pub author: String,
    pub at: NaiveDateTime,
    pub event: Event,
    pub queue_type: Stored<QueueType>,
    outcome: Outcome,
    sentence: String,
    pub took: Option<i64>,
    pub steps: i64,
    pub requests: i64,
}

impl Entry {
    /// Its server ended before it did, or could not write down what came of it.
    pub fn is_interrupted(&self) -> bool {
        self.outcome == Outcome::Running && self.at + LONGEST < now()
    }

    pub fn is_running(&self) -> bool {
        self.outcome == Outcome::Running && !self.is_interrupted()
    }

    pub fn is_answered(&self) -> bool {
        self.outcome.is_well()
    }

    /// How it went, in a word.
    pub fn outcome(&self) -> &'static str {
        if self.is_interrupted() { "Interrupted" } else { self.outcome.name() }
    }

    /// The same in a sentence.
    pub fn sentence(&self) -> &str {
        match self.outcome {
            Outcome::Running if self.is_interrupted() => {
                "Nobody could write down how it ended: its server ended before, or the database was away. Some of its \
                 requests may have been sent."
            }
            Outcome::Running => "It has not ended yet.",
            _ => &self.sentence,
        }
    }
}

/// Writes down that a try begins, if its flow schema is still there.
pub fn begin(conn: &mut Conn, begun: &Begun) -> Result<i64, Error> {
    query::keep(conn, &[begun.schema_id].into())?;
    query::find_item(conn, begun.schema_id)?;
    let id = diesel::insert_into(tries::table)
        .values((
            tries::schema_id.eq(begun.schema_id),
            tries::digest.eq(&begun.digest),
            tries::author_id.eq(begun.author.id),
            tries::author.eq(&begun.author.name),
            tries::at.eq(now()),
            tries::event.eq(begun.event),
            tries::queue_type.eq(begun.queue_type),
            tries::outcome.eq(Outcome::Running),
        ))
        .returning(tries::id)
        .get_result(conn)?;
    let of_schema = tries::table.filter(tries::schema_id.eq(begun.schema_id));
    if let Some(last) = nth(conn, begun.schema_id, WITH_WAY)? {
        let pushed_out = of_schema.filter(tries::id.le(last)).filter(tries::way.is_not_null());
        diesel::update(pushed_out).set(tries::way.eq(None::<Vec<u8>>)).execute(conn)?;
    }
    if let Some(last) = nth(conn, begun.schema_id, MOST)? {
        diesel::delete(of_schema.filter(tries::id.le(last))).execute(conn)?;
    }
    Ok(id)
}

/// The latest try of a flow schema that is not among so many latest ones.
fn nth(conn: &mut Conn, schema_id: i64, latest: i64) -> QueryResult<Option<i64>> {
    let tries = tries::table.filter(tries::schema_id.eq(schema_id)).order(tries::id.desc()).select(tries::id);
    tries.offset(latest).first(conn).optional()
}

/// Writes down what came of a try; whether it is there. It is not if its flow schema was removed meanwhile.
pub fn end(conn: &mut Conn, id: i64, ended: &Ended) -> Result<bool, Error> {
    let written = diesel::update(tries::table.find(id))
        .set((
            tries::outcome.eq(ended.outcome),
            tries::sentence.eq(&ended.sentence),
            tries::took.eq(ended.took),
            tries::steps.eq(ended.steps as i64),
            tries::requests.eq(ended.requests as i64),
            tries::way.eq(compressed(&ended.way)),
        ))
        .execute(conn)?;
    Ok(written > 0)
}

fn compressed(way: &str) -> Option<Vec<u8>> {
    if way.len() > MAX_WAY {
        return None;
    }
    zstd::bulk::compress(way.as_bytes(), 3).ok().filter(|compressed| compressed.len() <= MAX_COMPRESSED)
}

fn decompressed(way: &[u8]) -> Option<String> {
    let mut text = String::new();
    let decoder = zstd::stream::read::Decoder::new(way).ok()?;
    decoder.take(MAX_WAY as u64).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Tries of a flow schema, the latest first.
pub struct Tries {
    pub entries: Vec<Entry>,
    /// There are older ones than these.
    pub are_more: bool,
}

/// A flow schema with its latest tries, or with those before one: a single query.
pub fn list(conn: &mut Conn, schema_id: i64, before: Option<i64>) -> Result<(Item, Tries), Error> {
    let of_schema = tries::schema_id.eq(flow_schemas::id).and(tries::id.lt(before.unwrap_or(i64::MAX)));
    let rows: Vec<(Item, Option<Entry>)> = flow_schemas::table
        .left_join(tries::table.on(of_schema))
        .filter(flow_schemas::id.eq(schema_id))
        .order(tries::id.desc())
        .limit(SHOWN as i64 + 1)
        .select((Item::as_select(), Option::<Entry>::as_select()))
        .load(conn)?;
    let item = rows.first().map(|(item, _)| item.clone()).ok_or(Error::NotFound(Thing::FlowSchema))?;
    let mut entries: Vec<Entry> = rows.into_iter().filter_map(|(_, entry)| entry).collect();
    let are_more = entries.len() > SHOWN;
    entries.truncate(SHOWN);
    Ok((item, Tries { entries, are_more }))
}

/// A try of a flow schema, and the way that it took as JSON, if that was kept.
pub fn find(conn: &mut Conn, schema_id: i64, id: i64) -> Result<(Entry, Option<String>), Error> {
    let of_schema = tries::table.filter(tries::schema_id.eq(schema_id)).filter(tries::id.eq(id));
    let found: Option<(Entry, Option<Vec<u8>>)> =
        of_schema.select((Entry::as_select(), tries::way)).first(conn).optional()?;
    let (entry, way) = found.ok_or(Error::NotFound(Thing::Try { schema: schema_id }))?;
    Ok((entry, way.as_deref().and_then(decompressed)))
}

/// Whether there is something to [`forget`].
pub fn is_old(conn: &mut Conn, before: NaiveDateTime) -> QueryResult<bool> {
    let first: Option<NaiveDateTime> = tries::table.select(tries::at).order(tries::id).first(conn).optional()?;
    Ok(first.is_some_and(|at| at < before))
}

/// Forgets the first tries that are older than a moment, at most so many; how many there were.
pub fn forget(conn: &mut Conn, before: NaiveDateTime, most: i64) -> QueryResult<usize> {
    let first: Vec<(i64, NaiveDateTime)> =
        tries::table.select((tries::id, tries::at)).order(tries::id).limit(most).load(conn)?;
    let old: Vec<i64> = first.into_iter().filter(|(_, at)| *at < before).map(|(id, _)| id).collect();
    diesel::delete(tries::table.filter(tries::id.eq_any(old))).execute(conn)
}
