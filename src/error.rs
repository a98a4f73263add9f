//! What can go wrong, in the words of the application: what it is about, and a sentence for the person. No status and
//! no address; `web/failure.rs` adds those for pages.
//!
//! The causes of faults go to the log and never to the person. Any database error except a violated constraint means
//! that the database cannot do its work now: it is locked, full, read-only, shutting down or gone, and what it says
//! tells which ([`Outage`]). A violated constraint that no code expects is a fault of ours.

use std::fmt;

use diesel::result::DatabaseErrorKind as Kind;
use strum::{IntoStaticStr, VariantArray};

/// What happens to the name and the type of a queue on Webitel's tables.
pub const RENAMED: &str = "Names and types of queues are changed in Webitel. Here they are switched.";

/// What happens to a drawn flow schema on Webitel's tables.
pub const DRAWN: &str = "This flow schema was drawn. It is changed in Webitel's editor, and can be read here.";

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Page,
    Queue,
    Hook {
        queue: i64,
    },
    FlowSchema,
    /// A flow schema as a change left it.
    Version {
        schema: i64,
    },
    Try {
        schema: i64,
    },
    Person,
}

impl Thing {
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Queue => "queue",
            Self::Hook { .. } => "hook",
            Self::FlowSchema => "flow schema",
            Self::Version { .. } => "version",
            Self::Try { .. } => "try",
            Self::Person => "person",
        }
    }
}

#[derive(Debug)]
pub enum Error {
    /// It does not exist, or this person may not see it.
    NotFound(Thing),
    /// The session ended while the request was on its way.
    SignedOut,
    /// The request is refused before anything else is checked; says why.
    Forbidden(&'static str),
    /// The input is not acceptable and there is no form to show it in; says why.
    Unprocessable(String),
    /// The data changed after the page was made; says how, and what it is about.
    Conflict(Thing, String),
    /// Too many attempts from this address failed; says how many seconds it has to wait.
    TooManyFailures(i64),
    /// Too many requests are waiting for the same kind of expensive work.
    Busy,
    /// The database cannot do its work now, for this reason. The cause is for the log.
    Unavailable(Outage, String),
    /// The database can be read, but not changed. The cause is for the log.
    ReadOnly(String),
    /// The database did not say whether it did its work. The cause is for the log.
    Unanswered(String),
    /// A fault of ours. The cause is for the log.
    Internal(String),
}

/// Why the database cannot do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Outage {
    /// It is stopped or unreachable, or says what we do not understand.
    Away,
    /// Others use it: nothing came free in time.
    Busy,
    /// Its disk has no room left.
    Full,
    /// Its disk cannot be used.
    Disk,
    /// It takes no more connections.
    Connections,
    /// What it stores makes no sense any more.
    Damaged,
}

/// What a database says, and what that means. SQLite always says it in English. A server of PostgreSQL may have another
/// language, and Diesel does not pass on the codes of its errors: then it counts as away.
const MEANINGS: &[(&str, Outage)] = &[
    // SQLITE_FULL; disk_full (53100) of PostgreSQL, which passes on the words of the system.
    ("database or disk is full", Outage::Full),
    ("No space left on device", Outage::Full),
    ("Disk quota exceeded", Outage::Full),
    // SQLITE_IOERR: also a quota, a limit of the process, or a disk that became read-only. io_error (58030).
    ("disk I/O error", Outage::Disk),
    ("Read-only file system", Outage::Disk),
    ("Input/output error", Outage::Disk),
    // SQLITE_BUSY and SQLITE_LOCKED; lock_not_available (55P03), query_canceled (57014), deadlock_detected (40P01).
    ("database is locked", Outage::Busy),
    ("database table is locked", Outage::Busy),
    ("due to lock timeout", Outage::Busy),
    ("due to statement timeout", Outage::Busy),
    ("deadlock detected", Outage::Busy),
    // SQLITE_CORRUPT and SQLITE_NOTADB; data_corrupted and index_corrupted (XX001, XX002).
    ("disk image is malformed", Outage::Damaged),
    ("file is not a database", Outage::Damaged),
    ("invalid page in block", Outage::Damaged),
    // too_many_connections (53300), and the same of PgBouncer.
    ("too many clients", Outage::Connections),
    ("too many connections", Outage::Connections),
    ("remaining connection slots", Outage::Connections),
    ("no more connections allowed", Outage::Connections),
];

const READ_ONLY: &str = "read_only";
const UNANSWERED: &str = "unanswered";
const INTERNAL: &str = "internal";

impl Outage {
    pub fn of(said: &str) -> Self {
        MEANINGS.iter().find(|(words, _)| said.contains(words)).map_or(Self::Away, |(_, outage)| *outage)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Away => "The database is away",
            Self::Busy => "The database is busy",
            Self::Full => "The disk is full",
            Self::Disk => "The database cannot use its disk",
            Self::Connections => "The database takes no more connections",
            Self::Damaged => "The database is damaged",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Away => "Nothing was changed. Wait a moment and try again.",
            Self::Busy => "Nothing was changed, because others are using it. Wait a moment and try again.",
            Self::Full => {
                "Nothing was changed, because the database has no room left. Ask whoever runs this server to make room, and \
                 try again."
            }
            Self::Disk => {
                "Nothing was changed. The disk may be full, read-only or broken: ask whoever runs this server to look at it."
            }
            Self::Connections => {
                "Nothing was changed. Wait a moment and try again. If it stays like this, ask whoever runs this server to \
                 allow more connections."
            }
            Self::Damaged => "Nothing was changed. Ask whoever runs this server to restore a backup.",
        }
    }
}

impl Error {
    /// What happened, in a few words.
    pub fn title(&self) -> String {
        match self {
            Self::NotFound(thing) => format!("There is no such {}", thing.name()),
            Self::SignedOut => "You are signed out".into(),
            Self::Forbidden(_) => "That was refused".into(),
            Self::Unprocessable(_) => "That cannot be done".into(),
            Self::Conflict(..) => "Something changed meanwhile".into(),
            Self::TooManyFailures(_) => "Too many attempts failed".into(),
            Self::Busy => "The server is busy".into(),
            Self::Unavailable(outage, _) => outage.title().into(),
            Self::ReadOnly(_) => "The database is read-only".into(),
            Self::Unanswered(_) => "The database does not answer".into(),
            Self::Internal(_) => "Something went wrong here".into(),
        }
    }

    /// What happened and what to do next, for the person.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotFound(_) => "It may have been removed, or the address may be mistyped.".into(),
            Self::SignedOut => "Nothing was changed. Sign in and try again.".into(),
            Self::Forbidden(why) => (*why).into(),
            Self::Unprocessable(sentence) | Self::Conflict(_, sentence) => sentence.clone(),
            Self::TooManyFailures(seconds) => format!("Nothing was changed. Try again in {} min.", minutes(*seconds)),
            Self::Busy => "Nothing was changed. Wait a moment and try again.".into(),
            Self::Unavailable(outage, _) => outage.sentence().into(),
            Self::ReadOnly(_) => {
                "Nothing was changed, and nobody can sign in. Pages can still be read. Ask whoever runs this server to make \
                 the database writable."
                    .into()
            }
            Self::Unanswered(_) => {
                "If you were changing something, it is not certain that it was done. Look before you try again.".into()
            }
            Self::Internal(_) => "Nothing was changed. Try again; if it happens again, report the request id.".into(),
        }
    }

    /// The cause, for the log alone.
    pub fn cause(&self) -> Option<&str> {
        match self {
            Self::Unavailable(_, cause) | Self::ReadOnly(cause) | Self::Unanswered(cause) | Self::Internal(cause) => {
                Some(cause)
            }
            _ => None,
        }
    }

    /// A database that cannot do its work, by what it says.
    pub fn unavailable(cause: impl fmt::Display) -> Self {
        let cause = cause.to_string();
        Self::Unavailable(Outage::of(&cause), cause)
    }

    /// What went wrong with the database, in a word, if something did.
    pub fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Unavailable(outage, _) => Some(outage.into()),
            Self::ReadOnly(_) => Some(READ_ONLY),
            Self::Unanswered(_) => Some(UNANSWERED),
            Self::Internal(_) => Some(INTERNAL),
            _ => None,
        }
    }

    /// Every word that [`Error::fault`] knows.
    pub fn faults() -> impl Iterator<Item = &'static str> {
        Outage::VARIANTS.iter().map(Into::into).chain([READ_ONLY, UNANSWERED, INTERNAL])
    }
}

/// Seconds in minutes, rounded up.
pub fn minutes(seconds: i64) -> i64 {
    (seconds + 59) / 60
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause() {
            Some(cause) => write!(f, "{}: {cause}", self.title()),
            None => write!(f, "{}. {}", self.title(), self.sentence()),
        }
    }
}

/// What a function of `migrations/webitel/` refuses, by the name that it gives its reason.
fn of_webitel(reason: &str) -> Option<Error> {
    Some(match reason {
        "queues_stay" => Error::Forbidden(RENAMED),
        "flow_schemas_stay" => Error::Forbidden(DRAWN),
        "flow_schemas_text" => Error::Unprocessable(
            "Webitel cannot keep this text: something in it has no place in PostgreSQL's JSON, such as \\u0000 or a very \
             large number. Nothing was changed."
                .into(),
        ),
        "webitel_user" => Error::Unprocessable(
            "The Webitel user in whose name changes are written was removed. Nothing was changed. Ask whoever runs this \
             server to attach it again with another user."
                .into(),
        ),
        _ => return None,
    })
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::Error as Diesel;
        if let Diesel::DatabaseError(Kind::CheckViolation, said) = &error
            && let Some(error) = said.constraint_name().and_then(of_webitel)
        {
            return error;
        }
        match &error {
            Diesel::DatabaseError(
                Kind::UniqueViolation
                | Kind::ForeignKeyViolation
                | Kind::RestrictViolation
                | Kind::NotNullViolation
                | Kind::CheckViolation
                | Kind::ExclusionViolation,
                _,
            ) => Self::Internal(error.to_string()),
            Diesel::DatabaseError(Kind::ReadOnlyTransaction, _) => Self::ReadOnly(error.to_string()),
            // SQLite has no kinds, but one language.
            Diesel::DatabaseError(_, said) if said.message() == "attempt to write a readonly database" => {
                Self::ReadOnly(error.to_string())
            }
            // Whatever undoing it met, this is why.
            Diesel::RollbackErrorOnCommit { commit_error, .. } => Self::unavailable(commit_error),
            Diesel::DatabaseError(..) | Diesel::BrokenTransactionManager => Self::unavailable(error),
            _ => Self::Internal(error.to_string()),
        }
    }
}
