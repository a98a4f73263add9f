//! What is written beside requests that only read: that a session or a token is in use.

use diesel::QueryResult;

use super::{Conn, Db};

impl Db {
    /// Writes something while the request that found it due goes on, so that no reader waits for a writer. If something
    /// else is being written beside requests, or it fails, nothing is written: a later request finds it due again.
    pub fn write_beside<F>(&self, what: &'static str, work: F)
    where
        F: FnOnce(&mut Conn) -> QueryResult<()> + Send + 'static,
    {
        let Ok(turn) = self.beside.clone().try_acquire_owned() else { return };
        let db = self.clone();
        tokio::spawn(async move {
            if let Err(cause) = db.write(move |conn| Ok(work(conn)?)).await {
                ::log::warn!("{what} was not written down: {cause}");
            }
            drop(turn);
        });
    }
}
