//! Whose log of changes lies beside a SQLite database.
//!
//! SQLite puts the changes of a log into whatever database lies beside it. After a kill the log is full, and a backup
//! that somebody puts in the place of the database would silently become what it was meant to replace. So each
//! transaction that changes something leaves a new mark in the table `marks`, beside the mark of the state before it.
//! What belongs to a log has the mark that its first transaction found, or the one that its last transaction left, if
//! it was emptied already. Somewhere between the two is only a database into which a part of the log was put. We do
//! that ourselves, after a transaction that says so (SQLite would do it whenever the log is long): without such a
//! transaction, a state between is a copy.
//!
//! It can not be told for a log without a mark, as an older version left it; and a plain copy of the file alone, made
//! since the log was last emptied, is the same as the database.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::conn::{Conn, PATIENCE, wait};
use super::prepared::Text;
use super::{files, sqlite};

/// How long a connection may take until it is open.
const OPENING: Duration = Duration::from_secs(1);
/// How many pages a log has before it is emptied. SQLite keeps an index of these and some more in one piece.
const LONG: i32 = 4000;

/// How the one row of `marks` begins in its page: its length, its id, the lengths of its columns, and its text.
const ROW: &[u8] = b"\x58\x01\x04\x00\x81\x35queue-hooks mark ";
const HEXADECIMALS: usize = 32;

/// What a transaction left.
#[derive(Clone, PartialEq, Eq)]
struct Mark {
    own: String,
    before: String,
    may_be_emptied: bool,
}

impl Mark {
    fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (own, before, emptied) = (words.next()?, words.next()?, words.next()?);
        (own.len() == HEXADECIMALS && before.len() == HEXADECIMALS).then(|| Self {
            own: own.into(),
            before: before.into(),
            may_be_emptied: emptied == "!",
        })
    }

    /// From the page of the table, if it is that page.
    fn of_page(page: &[u8]) -> Option<Self> {
        // A leaf with one row.
        if page.first() != Some(&13) || page.get(3..5)? != [0, 1] {
            return None;
        }
        let start = usize::from(u16::from_be_bytes(page.get(8..10)?.try_into().ok()?));
        let text = page.get(start..)?.strip_prefix(ROW)?.get(..2 * HEXADECIMALS + 3)?;
        Self::read(std::str::from_utf8(text).ok()?)
    }
}

/// Leaves a new mark, once in a transaction that changes something.
pub(super) fn mark(conn: &mut SqliteConnection) -> QueryResult<()> {
    leave(conn, false)
}

/// The same where the tables may be of an older version.
pub(super) fn mark_if_there(conn: &mut SqliteConnection) -> QueryResult<()> {
    match mark(conn) {
        Err(cause) if cause.to_string() == NO_MARKS => Ok(()),
        marked => marked,
    }
}

/// Whether the log may be emptied after it stands at the end of the mark.
const MARK: &str =
    "UPDATE marks SET mark = 'queue-hooks mark ' || lower(hex(randomblob(16))) || substr(mark, 17, 34) || '-'";
const MARK_EMPTIED: &str =
    "UPDATE marks SET mark = 'queue-hooks mark ' || lower(hex(randomblob(16))) || substr(mark, 17, 34) || '!'";

const NO_MARKS: &str = "no such table: marks";

fn leave(conn: &mut SqliteConnection, is_emptied: bool) -> QueryResult<()> {
    Text(if is_emptied { MARK_EMPTIED } else { MARK }).execute(conn).map(drop)
}

define_sql_function! {
    /// How many rows this connection has changed.
    fn total_changes() -> diesel::sql_types::BigInt;
}

/// How many rows this connection has changed.
pub(super) fn changes(conn: &mut SqliteConnection) -> QueryResult<i64> {
    diesel::select(total_changes()).get_result(conn)
}

/// Puts the changes of a long log into the database, as far as nobody reads what was there before. If somebody else
/// writes now, it is left to them.
pub(super) fn empty_if_long(conn: &mut SqliteConnection) -> QueryResult<()> {
    if pages(conn)?.left() < LONG {
        return Ok(());
    }
    unless_locked(conn, |conn| empty(conn, "PASSIVE"))
}

/// Where all of the log is in the database, cuts it off, so that nothing of it is left beside a copy. Whoever knows that
/// somebody is about to write can leave that out: the next change begins the log anew, and one that does not grow gets to
/// the disk sooner. What does not succeed now does after the next change.
pub(super) fn cut(conn: &mut Conn) {
    if let Conn::Sqlite(conn) = conn
        && let Err(cause) = cut_if_empty(conn)
    {
        ::log::debug!("the log of changes could not be cut off: {cause}");
    }
}

fn cut_if_empty(conn: &mut SqliteConnection) -> QueryResult<()> {
    let pages = pages(conn)?;
    if pages.log == 0 || pages.left() > 0 {
        return Ok(());
    }
    unless_locked(conn, |conn| conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)"))
}

/// Does it if nobody else has the database now.
fn unless_locked(
    conn: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteConnection) -> QueryResult<()>,
) -> QueryResult<()> {
    wait(conn, Duration::ZERO)?;
    let done = work(conn);
    wait(conn, PATIENCE)?;
    match done {
        Err(cause) if cause.to_string() == "database is locked" => Ok(()),
        done => done,
    }
}

/// When a server begins: the database is another state than each copy of it that was made while none ran. Where it
/// cannot be changed now, because it is read-only or somebody else is changing it, it stays as it is.
pub(super) fn mark_start(conn: &mut SqliteConnection) {
    let mut leave_mark = || {
        wait(conn, Duration::ZERO)?;
        conn.immediate_transaction(|conn| leave(conn, true))?;
        // The pool may be opening another connection, which reads for a moment. A log that is not emptied now could not
        // be told from that of a copy.
        wait(conn, OPENING)?;
        conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
    };
    let left = leave_mark();
    if let Err(cause) = left.and(wait(conn, PATIENCE)) {
        ::log::debug!("the database has no mark of this start: {cause}");
    }
}

/// Puts all changes into the database, so that the log ends.
pub(super) fn empty_whole(conn: &mut SqliteConnection) -> QueryResult<()> {
    empty(conn, "TRUNCATE")
}

fn empty(conn: &mut SqliteConnection, how: &str) -> QueryResult<()> {
    if pages(conn)?.left() > 0 {
        conn.immediate_transaction(|conn| leave(conn, true))?;
    }
    conn.batch_execute(&format!("PRAGMA wal_checkpoint({how})"))
}

/// How many pages the log has, and how many of them are in the database.
#[derive(QueryableByName)]
struct Pages {
    #[diesel(sql_type = Integer)]
    log: i32,
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

impl Pages {
    /// How many are not in the database yet.
    fn left(&self) -> i32 {
        self.log - self.checkpointed
    }
}

fn pages(conn: &mut SqliteConnection) -> QueryResult<Pages> {
    Text("PRAGMA wal_checkpoint(NOOP)").get_result(conn)
}

/// The error is the second half of a sentence. If somebody has the database open, the log is theirs.
pub(super) fn expect_own(database: &Path) -> Result<(), String> {
    let log = files::log_of(database);
    if files::has_no_log(database) {
        return Ok(());
    }
    let Some(_alone) = files::Alone::with(database) else { return Ok(()) };
    let Ok(marks) = marks(&log) else { return Ok(()) };
    // What cannot be read is told by whoever reads it next.
    let Ok(own) = mark_of(database) else { return Ok(()) };
    if belongs(own.as_deref(), &marks) {
        return Ok(());
    }
    let log = log.display();
    Err(format!(
        "{log} holds changes of another state of this database and would put them into it. If you put a copy in its place, \
         “queue-hooks restore COPY” does that whole; or remove the files that end with -wal and -shm, after you copied \
         them elsewhere. If not, put the database back that was there before"
    ))
}

fn belongs(own: Option<&str>, marks: &[Mark]) -> bool {
    let (Some(first), Some(last)) = (marks.first(), marks.last()) else { return true };
    // Before there were marks.
    let Some(own) = own else { return first.before.bytes().all(|digit| digit == b'0') };
    own == first.before
        || own == last.own
        || (marks.iter().any(|mark| mark.may_be_emptied) && marks.iter().any(|mark| mark.own == own))
}

/// The mark of the database without its log; none in one from before there were marks.
fn mark_of(database: &Path) -> ConnectionResult<Option<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        mark: String,
    }
    let mut conn = sqlite::without_log(database)?;
    let row: QueryResult<Row> = diesel::sql_query("SELECT substr(mark, 18) AS mark FROM marks").get_result(&mut conn);
    match row {
        Ok(row) => Ok(Mark::read(&row.mark).map(|mark| mark.own)),
        Err(cause) if cause.to_string() == NO_MARKS => Ok(None),
        Err(cause) => Err(ConnectionError::CouldntSetupConfiguration(cause)),
    }
}

/// The sums that a log has of itself, so that what a kill left unfinished is not read.
struct Sums {
    words: fn([u8; 4]) -> u32,
    first: u32,
    second: u32,
}

impl Sums {
    fn add(&mut self, bytes: &[u8]) {
        for pair in bytes.chunks_exact(8) {
            let word = |at: usize| (self.words)([pair[at], pair[at + 1], pair[at + 2], pair[at + 3]]);
            self.first = self.first.wrapping_add(word(0)).wrapping_add(self.second);
            self.second = self.second.wrapping_add(word(4)).wrapping_add(self.first);
        }
    }

    fn are(&self, bytes: &[u8]) -> bool {
        bytes == [self.first.to_be_bytes(), self.second.to_be_bytes()].concat()
    }
}

/// The marks of all transactions in a log that were committed, in their order.
fn marks(log: &Path) -> std::io::Result<Vec<Mark>> {
    let mut log = BufReader::new(File::open(log)?);
    let (mut committed, mut open) = (Vec::new(), Vec::new());
    let mut header = [0; 32];
    log.read_exact(&mut header)?;
    let words = if header[3] & 1 == 1 { u32::from_be_bytes } else { u32::from_le_bytes };
    let mut sums = Sums { words, first: 0, second: 0 };
    sums.add(&header[..24]);
    let size = u32::from_be_bytes([header[8], header[9], header[10], header[11]]) as usize;
    if !sums.are(&header[24..]) || !(512..=1 << 16).contains(&size) {
        return Ok(committed);
    }
    let mut frame = vec![0; 24 + size];
    // Frames of an earlier round have other salts.
    while log.read_exact(&mut frame).is_ok() && frame[8..16] == header[16..24] {
        sums.add(&frame[..8]);
        sums.add(&frame[24..]);
        if !sums.are(&frame[16..24]) {
            break;
        }
        open.extend(Mark::of_page(&frame[24..]));
        // The last frame of a transaction says how large the database is now.
        if frame[4..8] != [0; 4] {
            committed.append(&mut open);
        }
    }
    Ok(committed)
}
