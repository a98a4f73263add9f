//! Work on the text of a flow schema: checking, indenting, comparing, warning and previewing. A mebibyte of text may
//! keep a processor busy for a second. So this happens off the async threads, at most once per core at a time, and
//! never while a connection to the database is held.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use crate::bulkhead::Bulkhead;
use crate::error::Error;

/// How many requests may wait their turn.
const WAITING: usize = 64;

static TEXTS: LazyLock<Bulkhead> =
    LazyLock::new(|| Bulkhead::new(available_parallelism().map_or(1, usize::from), WAITING));

/// Does work on a text.
pub async fn look<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    TEXTS.run(work).await
}
