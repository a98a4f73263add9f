//! Coverage: which queues have an enabled hook for each event, and which miss one. A page takes three queries: how the
//! queues that match are covered, the queues of the page, and their hooks.
//!
//! **Why it is stored.** `queues.covered` has a bit for each event with an enabled hook; triggers keep it. Of 10,000
//! queues, hooks or their counts would be up to 160,000 entries to read for every page. `queues.missing`, by which
//! queues are sorted, is made of it and of the type by the database itself.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::dsl::{case_when, count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamp};

use super::filter::{Filter, Order};
use super::query::{self, bit, matching};
use super::queue::Queue;
use super::queue_type::QueueType;
use crate::db::schema::{hook_counts, hook_schemas as schemas, hooks, queues};
use crate::db::{Conn, Id, MAX_IDS, SUM_OF_IDS};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::listing::{Listed, Matching, Range};
use crate::word::{Stored, Word};

/// A page of queues and what happens in them, and how all the queues that match are covered.
pub struct Coverage {
    pub rows: Listed<Row>,
    pub events: Vec<(Event, Covered)>,
}

/// Of the queues in which an event can happen, so many have an enabled hook for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    pub queues: i64,
    pub of: i64,
}

pub struct Row {
    pub queue: Queue,
    /// One for each event, in their order.
    pub cells: Vec<Cell>,
}

/// What a queue does about an event.
#[derive(Clone, Debug)]
pub struct Cell {
    pub event: Event,
    pub enabled: Option<Enabled>,
    /// How many disabled hooks there are.
    pub disabled: i64,
    /// For a type that we do not know, nobody can tell.
    pub can_happen: bool,
}

/// The enabled hook for an event.
#[derive(Clone, Debug)]
pub struct Enabled {
    pub id: i64,
    pub schema_name: String,
}

impl Row {
    fn new(queue: Queue) -> Self {
        let can_happen = |event: Event| queue.queue_type.known().is_none_or(|known| event.happens_in(known));
        let cell = |event: &Event| Cell { event: *event, enabled: None, disabled: 0, can_happen: can_happen(*event) };
        Self { cells: Event::ALL.iter().map(cell).collect(), queue }
    }

    /// How many events can happen here and have no enabled hook.
    pub fn missing(&self) -> usize {
        if self.queue.queue_type.known().is_none() { 0 } else { self.cells.iter().filter(|cell| cell.misses()).count() }
    }
}

impl Cell {
    pub fn misses(&self) -> bool {
        self.can_happen && self.enabled.is_none()
    }
}

/// Reads a page.
pub fn page(conn: &mut Conn, filter: &Filter, order: Order, range: Range) -> Result<Coverage, Error> {
    let groups = groups(conn, filter)?;
    let pages = range.of_matching(seen(&groups, filter));
    let queues = query::page(conn, filter, order, &pages)?;
    let events = Event::ALL.iter().map(|event| (*event, covered(&groups, *event))).collect();
    Ok(Coverage { rows: Listed { pages, rows: with_hooks(conn, queues)? }, events })
}

/// The ids of all queues that match, in their order.
pub fn ids(conn: &mut Conn, filter: &Filter, order: Order) -> Result<Vec<i64>, Error> {
    let count = query::seen(conn, filter)?.count;
    let all = Range { page: 1, size: count.max(1) }.of(count);
    Ok(query::page_ids(conn, filter, order, &all)?)
}

/// These queues, at most [`MAX_IDS`], in the order of the ids.
pub fn of_ids(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Row>, Error> {
    debug_assert!(ids.len() <= MAX_IDS);
    let mut queues: BTreeMap<i64, Queue> =
        query::of_ids(conn, ids)?.into_iter().map(|queue| (queue.id, queue)).collect();
    let queues = ids.iter().filter_map(|id| queues.remove(id)).collect();
    Ok(with_hooks(conn, queues)?)
}

/// Queues of one type for which the same events are covered.
#[derive(Queryable)]
struct Group {
    queue_type: Stored<QueueType>,
    covered: i16,
    queues: i64,
    last_change: Option<NaiveDateTime>,
    /// What the mark of the rows is made of; of all queues, each group has the same.
    ids: Option<Id>,
}

/// The queues that match.
fn groups(conn: &mut Conn, filter: &Filter) -> QueryResult<Vec<Group>> {
    // Of all queues, an index knows the last change and the last id without counting: see `whole!`.
    let (last_change, ids) = if filter.is_empty() {
        ("(SELECT max(updated_at) FROM queues)", "(SELECT max(id) FROM queues)")
    } else {
        ("max(queues.updated_at)", SUM_OF_IDS)
    };
    let groups = queues::table.group_by((queues::type_, queues::covered)).select((
        queues::type_,
        queues::covered,
        count_star(),
        sql::<Nullable<Timestamp>>(last_change),
        sql::<Nullable<BigInt>>(ids),
    ));
    matching!(groups.into_boxed(), filter).load(conn)
}

/// The same that [`query::seen`] says.
fn seen(groups: &[Group], filter: &Filter) -> Matching {
    let ids = groups.iter().filter_map(|group| group.ids).map(i64::from);
    let ids = if filter.is_empty() { ids.max() } else { ids.reduce(|sum, ids| sum + ids) };
    let last_change = groups.iter().filter_map(|group| group.last_change).max();
    Matching::new(groups.iter().map(|group| group.queues).sum(), last_change, ids)
}

fn covered(groups: &[Group], event: Event) -> Covered {
    let can_happen = |group: &&Group| group.queue_type.known().is_some_and(|known| event.happens_in(known));
    let mut covered = Covered::default();
    for group in groups.iter().filter(can_happen) {
        covered.of += group.queues;
        covered.queues += if group.covered & bit(event) == 0 { 0 } else { group.queues };
    }
    covered
}

/// How many hooks a queue has for an event in a state, and the one if it is enabled.
type Found = (Id, Stored<Event>, bool, i64, Option<Id>, Option<String>);

/// Queues with what they do about each event.
fn with_hooks(conn: &mut Conn, queues: Vec<Queue>) -> QueryResult<Vec<Row>> {
    // An index has the enabled hooks alone, so the condition is written as there. For disabled ones there is no event,
    // so nothing is looked for.
    let event = case_when(hook_counts::enabled, hook_counts::event);
    let is_enabled =
        hooks::queue_id.eq(hook_counts::queue_id).and(hooks::event.nullable().eq(event)).and(hooks::enabled);
    let found: Vec<Found> = hook_counts::table
        .left_join(hooks::table.on(is_enabled))
        .left_join(schemas::table.on(schemas::id.eq(hooks::schema_id)))
        .filter(hook_counts::queue_id.eq_any(queues.iter().map(|queue| queue.id)))
        .filter(hook_counts::hooks.gt(0))
        .select((
            hook_counts::queue_id,
            hook_counts::event,
            hook_counts::enabled,
            hook_counts::hooks,
            hooks::id.nullable(),
            schemas::name.nullable(),
        ))
        .load(conn)?;
    let places: BTreeMap<i64, usize> = queues.iter().enumerate().map(|(place, queue)| (queue.id, place)).collect();
    let mut rows: Vec<Row> = queues.into_iter().map(Row::new).collect();
    for (Id(queue_id), event, is_enabled, count, id, schema_name) in found {
        let row = places.get(&queue_id).map(|place| &mut rows[*place]);
        let Some((row, event)) = row.zip(event.known()) else { continue };
        let cell = &mut row.cells[event as usize];
        match (is_enabled, id, schema_name) {
            (true, Some(Id(id)), Some(schema_name)) => cell.enabled = Some(Enabled { id, schema_name }),
            (true, ..) => (),
            (false, ..) => cell.disabled = count,
        }
    }
    Ok(rows)
}
