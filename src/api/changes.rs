//! What changed: `/changes`, which programs follow, and the undo of a change.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout};

use super::answer::moment;
use super::failure::{Answer, Failure};
use super::feed::{FRESH, Feed};
use super::query::Query;
use crate::access::tokens::{self, Caller};
use crate::condition::Condition;
use crate::db::Db;
use crate::error::Error;
use crate::model::changes::{self, Entry, Scope};
use crate::model::forgetting;
use crate::model::journal::{self, Change};
use crate::model::undo;
use crate::model::undo::outcome::Tally;
use crate::web::undone;
use crate::word::Word;

/// Entries of an answer, at most.
pub const MAX_SIZE: i64 = 1000;
/// Seconds that a request may wait for the next entry.
pub const MAX_WAIT: i64 = 30;

#[derive(Serialize)]
struct Followed<'a> {
    /// There is more at once.
    next: bool,
    /// From where to go on.
    after: String,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: String,
    change: &'a str,
    at: Option<String>,
    who: Who<'a>,
    what: What,
    action: &'a str,
    before: Option<&'a RawValue>,
    after: Option<&'a RawValue>,
}

/// `id` is null for who is not a person: a command, or the time before people signed in.
#[derive(Serialize)]
struct Who<'a> {
    id: Option<String>,
    name: &'a str,
}

#[derive(Serialize)]
struct What {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    queue_id: Option<String>,
}

impl<'a> Item<'a> {
    fn of(entry: &'a Entry) -> Self {
        let text = |id: i64| id.to_string();
        let read = |json: &'a Option<String>| json.as_deref().and_then(|json| serde_json::from_str(json).ok());
        Self {
            id: text(entry.id),
            change: &entry.change,
            at: moment(Some(entry.at)),
            who: Who { id: entry.author_id.map(text), name: &entry.author },
            what: What { kind: entry.subject.word(), id: text(entry.subject_id), queue_id: entry.queue_id.map(text) },
            action: entry.action.word(),
            before: read(&entry.before),
            after: read(&entry.after),
        }
    }
}

/// Where to begin.
enum After {
    /// With the first that is kept.
    First,
    /// With the next that will come.
    Now,
    Entry(i64),
}

impl After {
    fn of(asked: &Query) -> Result<Self, Failure> {
        match asked.last("after") {
            None => Ok(Self::First),
            Some("now") => Ok(Self::Now),
            Some(id) => {
                let id = id.trim().parse().ok().filter(|id| *id >= 0);
                id.map(Self::Entry).ok_or_else(|| Failure::query("“after” has to be the id of a change, or “now”."))
            }
        }
    }
}

pub async fn index(
    db: web::Data<Db>,
    feed: web::Data<Feed>,
    condition: web::Data<Condition>,
    caller: Caller,
    asked: Query,
) -> Answer {
    let (after, size) = (After::of(&asked)?, asked.size(MAX_SIZE)?);
    let wait = asked.number("wait")?.unwrap_or_default().clamp(0, MAX_WAIT);
    let until = Instant::now() + Duration::from_secs(wait.unsigned_abs());
    if Scope::of(&caller.person.rights).is_none() {
        return Err(Error::Forbidden("The rights of this token and its person do not cover this.").into());
    }
    let mut settled = feed.now(&db).await?;
    let mut after = match after {
        After::Entry(id) => expect_kept(&db, id, settled).await?,
        After::First => 0,
        After::Now => settled,
    };
    let mut found = if after < settled { read(&db, &caller, after, settled, size).await? } else { Vec::new() };
    if found.is_empty() && wait > 0 {
        let place = feed.place();
        while found.is_empty() && place.is_some() && pause(&condition, until).await {
            // Everything up to here is about what this token does not see.
            after = after.max(settled);
            settled = feed.lately(&db).await?;
            if after < settled {
                found = read(&db, &caller, after, settled, size).await?;
            }
        }
    }
    let next = found.len() as i64 > size;
    found.truncate(size as usize);
    let last = found.last().map(|entry| entry.id).filter(|_| next);
    let after = last.unwrap_or(settled.max(after)).to_string();
    Ok(HttpResponse::Ok().json(Followed { next, after, items: found.iter().map(Item::of).collect() }))
}

/// An entry to begin after, if all those after it are still there.
async fn expect_kept(db: &Db, after: i64, settled: i64) -> Result<i64, Failure> {
    let forgotten = db.read(|conn| Ok(forgetting::last_forgotten(conn)?)).await?;
    if after < forgotten {
        return Err(Failure::forgotten(forgotten));
    }
    if after > settled.max(forgotten) {
        // It comes from another server, which knew more by then; or from a database that this one has taken the place
        // of.
        let last = db.read(|conn| Ok(changes::look(conn)?.last)).await?;
        if after > last {
            return Err(Failure::never_told(after));
        }
    }
    Ok(after)
}

/// Entries that the token may see by now, and one more than asked for if there is one.
async fn read(db: &Db, caller: &Caller, after: i64, settled: i64, size: i64) -> Result<Vec<Entry>, Failure> {
    let token = caller.token;
    let found = db
        .read(move |conn| {
            let rights = tokens::rights_now(conn, token)?;
            let Some(scope) = rights.as_ref().and_then(Scope::of) else { return Ok(None) };
            Ok(Some(changes::list(conn, scope, after, settled, size + 1)?))
        })
        .await?;
    found.ok_or_else(Failure::no_token)
}

/// Waits for the next look; no longer than somebody asked for, and not while the server stops.
async fn pause(condition: &Condition, until: Instant) -> bool {
    let left = until.saturating_duration_since(Instant::now());
    let is_stopping = timeout(left.min(FRESH), condition.stopped()).await.is_ok();
    !is_stopping && !left.is_zero()
}

#[derive(Serialize)]
struct Undone {
    /// The change that the undo made, which can be undone too; null if it changed nothing.
    change: Option<String>,
    /// What came of it, for people.
    detail: String,
    queues: Outcome,
    hooks: Outcome,
    flow_schemas: Outcome,
}

/// How many things of a kind the change was about, and what became of them. Those of `total` that are nowhere else stay
/// for the reason in `detail`.
#[derive(Serialize)]
struct Outcome {
    total: i64,
    /// The undo did something to them.
    undone: i64,
    /// They were as before already.
    already: i64,
    /// Somebody changed or removed them since.
    changed: i64,
    removed: i64,
}

impl Outcome {
    fn of(tally: &Tally) -> Self {
        Self {
            total: tally.total,
            undone: tally.done.values().map(|few| few.count).sum(),
            already: tally.already,
            changed: tally.changed.count,
            removed: tally.removed.count,
        }
    }
}

/// Undoes a change. What a token needs for that depends on the change: the model asks.
pub async fn undo(db: web::Data<Db>, change: web::Path<String>, caller: Caller) -> Answer {
    let (change, by) = (change.into_inner(), Change::by(&caller.person));
    let id = by.id.clone();
    let undone = caller
        .write(&db, move |conn| {
            if !journal::knows(conn, &change)? {
                return Ok(Err(Failure::no_change()));
            }
            Ok(Ok(undo::undo(conn, &change, None, &by)?))
        })
        .await??;
    Ok(HttpResponse::Ok().json(Undone {
        change: undone.is_change().then_some(id),
        detail: undone::said(&undone),
        queues: Outcome::of(&undone.queues),
        hooks: Outcome::of(&undone.hooks),
        flow_schemas: Outcome::of(&undone.flow_schemas),
    }))
}
