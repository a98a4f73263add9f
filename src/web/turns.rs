//! Turns to send something large without being signed in. Anybody can, so only few do it at once. A turn lasts as long as
//! what is sent moves; but whoever has had enough gives it up when somebody waits, so that nobody keeps it from others by
//! sending slowly.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::rt::time::timeout;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::failure::Failure;
use crate::error::Error;

static TURNS: Semaphore = Semaphore::const_new(2);
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// How long somebody waits for a turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is enough, even if somebody waits; and how often it is asked from then on whether anybody does.
const ENOUGH: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_secs(1);

/// Reads when it is its turn.
pub async fn take<T>(reading: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let _turn = begin().await?;
    let mut reading = pin!(reading);
    let mut patience = ENOUGH;
    loop {
        if let Ok(read) = timeout(patience, &mut reading).await {
            return read;
        }
        if WAITING.load(Ordering::Relaxed) > 0 {
            return Err(Failure::http(StatusCode::REQUEST_TIMEOUT));
        }
        patience = PAUSE;
    }
}

async fn begin() -> Result<SemaphorePermit<'static>, Failure> {
    let _waiting = Waiting::new();
    let turn = timeout(PATIENCE, TURNS.acquire()).await;
    turn.ok().and_then(Result::ok).ok_or_else(|| Error::Busy.into())
}

/// Somebody who waits, until this is dropped.
struct Waiting;

impl Waiting {
    fn new() -> Self {
        WAITING.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::Relaxed);
    }
}
