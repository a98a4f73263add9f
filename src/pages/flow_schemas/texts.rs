//! Looking at the text of a flow schema: checking, indenting, comparing, warning and previewing. A mebibyte of it may
//! take a second of a processor, so it happens off the async threads, at most once for each core, and never while a
//! connection to the database is held.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use crate::bulkhead::Bulkhead;
use crate::error::Error;

/// As many requests as wait for their turn.
const WAITING: usize = 64;

static TEXTS: LazyLock<Bulkhead> =
    LazyLock::new(|| Bulkhead::new(available_parallelism().map_or(1, usize::from), WAITING));

/// Does what looks at a text.
pub async fn look<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    TEXTS.run(work).await
}
