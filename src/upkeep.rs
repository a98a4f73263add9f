//! What a server does beside its requests: it forgets what happened too long ago, tries among that, has SQLite learn
//! what its tables hold, and learns what Webitel wrote.

use std::time::Duration;

use chrono::Days;
use tokio::time::sleep;

use crate::access;
use crate::db::{Db, now};
use crate::model;

/// Entries that are forgotten at once: few enough that nobody who writes has to wait for it.
const STEP: i64 = 100;
/// Between two steps, so that others come between.
const PAUSE: Duration = Duration::from_millis(50);
/// Between two looks, when there is nothing to do.
const REST: Duration = Duration::from_hours(1);

/// Forgets entries of both journals that are older than some days, as long as the server runs. Several servers may do
/// so.
pub async fn forget(db: Db, days: u32) {
    loop {
        let forgotten = db.write(move |conn| {
            let Some(before) = now().checked_sub_days(Days::new(days.into())) else { return Ok(0) };
            let changes = model::forgetting::forget(conn, before, STEP)?;
            Ok(changes + access::journal::forget(conn, before, STEP)?)
        });
        match forgotten.await {
            Ok(0) => sleep(REST).await,
            Ok(_) => sleep(PAUSE).await,
            Err(cause) => {
                log::warn!("old history was not forgotten: {cause}");
                sleep(REST).await;
            }
        }
    }
}

/// Forgets tries of flow schemas, and what was typed for them, some time after.
pub async fn forget_tries(db: Db) {
    use model::tries::{KEPT, log as tries, typed};
    loop {
        let before = now() - KEPT;
        // Where there is nothing old, nothing is written.
        let is_old = db.read(move |conn| Ok(tries::is_old(conn, before)? || typed::is_old(conn, before)?));
        let forgotten = match is_old.await {
            Ok(true) => {
                db.write(move |conn| Ok(tries::forget(conn, before, STEP)? + typed::forget(conn, before)?)).await
            }
            other => other.map(|_| 0),
        };
        match forgotten {
            Ok(0) => sleep(REST).await,
            Ok(_) => sleep(PAUSE).await,
            Err(cause) => {
                log::warn!("old tries were not forgotten: {cause}");
                sleep(REST).await;
            }
        }
    }
}

/// Keeps what SQLite knows of its tables near to what they hold.
pub async fn learn_statistics(db: Db) {
    loop {
        if let Err(cause) = db.learn_statistics().await {
            log::debug!("the statistics of the tables stay as they are: {cause}");
        }
        sleep(REST).await;
    }
}

/// Within this time, names that Webitel wrote are found and sorted as ours, and another attachment is known.
const WEBITEL: Duration = Duration::from_mins(1);

/// Learns what happened at a Webitel system on whose tables the server works.
pub async fn learn_webitel(db: Db) {
    loop {
        if let Err(cause) = db.learn_webitel().await {
            log::debug!("nothing new is known of Webitel: {cause}");
        }
        sleep(WEBITEL).await;
    }
}
