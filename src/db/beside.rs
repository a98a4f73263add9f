//! What is written beside requests that only read: that a session or a token is in use.

use std::sync::Arc;

use diesel::QueryResult;
use tokio::sync::Semaphore;

use super::{Conn, Db};

/// Lets one thing at a time be written beside the requests of a database.
#[derive(Clone)]
pub(super) struct Beside(Arc<Semaphore>);

impl Default for Beside {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Db {
    /// Writes something while the request that found it due goes on, so that no reader waits for a writer. If something
    /// else is being written beside requests, or it fails, nothing is written: a later request finds it due again.
    pub fn write_beside<F>(&self, what: &'static str, work: F)
    where
        F: FnOnce(&mut Conn) -> QueryResult<()> + Send + 'static,
    {
        let Ok(turn) = self.beside.0.clone().try_acquire_owned() else { return };
        let db = self.clone();
        tokio::spawn(async move {
            if let Err(cause) = db.write(move |conn| Ok(work(conn)?)).await {
                ::log::warn!("{what} was not written down: {cause}");
            }
            drop(turn);
        });
    }
}
