//! Finding hooks for programs: by their ids, events, flow schemas and state, some at a time.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamp};
use strum::{EnumMessage, IntoStaticStr, VariantArray};

use super::hook::Hook;
use super::tab::{SHALLOW, schema_name};
use crate::db::schema::{hook_schemas as schemas, hooks};
use crate::db::{Conn, planned_anew};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::listing::Slice;
use crate::model::queues;
use crate::word::Word;
use crate::{on_each, ordered, sorted};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, EnumMessage, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Column {
    #[default]
    Event,
    Id,
    Schema,
    Enabled,
}

impl Word for Column {}

/// Which hooks of a queue. An empty set of ids means all.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub ids: BTreeSet<i64>,
    /// None means all, and an empty set none.
    pub events: Option<BTreeSet<Event>>,
    pub schema_ids: BTreeSet<i64>,
    pub enabled: Option<bool>,
}

/// Narrows a boxed query of hooks. A macro, because Diesel cannot nest a boxed query that is for both databases.
macro_rules! wanted {
    ($hooks:expr, $queue_id:expr, $wanted:expr) => {{
        let mut hooks = $hooks.filter(hooks::queue_id.eq($queue_id));
        if let Some(events) = &$wanted.events {
            hooks = hooks.filter(hooks::event.eq_any(events.clone()));
        }
        if let Some(enabled) = $wanted.enabled {
            hooks = hooks.filter(hooks::enabled.eq(enabled));
        }
        if !$wanted.ids.is_empty() {
            hooks = hooks.filter(hooks::id.eq_any($wanted.ids.clone()).and(planned_anew()));
        }
        if !$wanted.schema_ids.is_empty() {
            hooks = hooks.filter(hooks::schema_id.eq_any($wanted.schema_ids.clone()).and(planned_anew()));
        }
        hooks
    }};
}

/// So far from the beginning SQLite passes a hook with its flow schema faster than it looks for the hooks of a page
/// once more.
const NEAR: i64 = 1000;

/// Some hooks of a queue, without their times.
pub fn list(conn: &mut Conn, queue_id: i64, wanted: &Wanted, slice: Slice<Column>) -> Result<Vec<Hook>, Error> {
    queues::query::find(conn, queue_id)?;
    if slice.order.column == Column::Event {
        // Without the time, which only SQLite has there, all of these are in the index of events.
        let time = None::<NaiveDateTime>.into_sql::<Nullable<Timestamp>>();
        macro_rules! page {
            ($hooks:expr, $schema_name:expr) => {{
                let columns = (hooks::id, hooks::event, hooks::enabled, time, hooks::schema_id, $schema_name);
                let page = wanted!($hooks.select(columns).into_boxed(), queue_id, wanted);
                ordered!(page, slice, hooks::event, hooks::id)
            }};
        }
        match conn {
            Conn::Sqlite(c) if slice.offset <= NEAR => {
                return Ok(page!(hooks::table.inner_join(schemas::table), schemas::name).load(c)?);
            }
            Conn::Postgres(c) if slice.offset <= SHALLOW => return Ok(page!(hooks::table, schema_name!()).load(c)?),
            _ => (),
        }
    }
    on_each!(conn, c => {
        let mut page = hooks::table.inner_join(schemas::table).select(Hook::as_select()).into_boxed();
        // The order, twice: once to find the page in an index, once to show it.
        macro_rules! order_by {
            ($($column:expr),+) => {{
                let ids = wanted!(hooks::table.select(hooks::id).into_boxed(), queue_id, wanted);
                page = sorted!(page, slice, $($column),+);
                page.filter(hooks::id.eq_any(ordered!(ids, slice, $($column),+)))
            }};
        }
        let page = match slice.order.column {
            Column::Event => order_by!(hooks::event, hooks::id),
            Column::Id => order_by!(hooks::id),
            Column::Enabled => order_by!(hooks::enabled, hooks::id),
            Column::Schema => {
                ordered!(wanted!(page, queue_id, wanted), slice, schemas::sort_key, schemas::id, hooks::id)
            }
        };
        Ok(page.load(c)?)
    })
}

/// How many there are.
pub fn count(conn: &mut Conn, queue_id: i64, wanted: &Wanted) -> QueryResult<i64> {
    on_each!(conn, c => wanted!(hooks::table.count().into_boxed(), queue_id, wanted).get_result(c))
}
