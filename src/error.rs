//! What can go wrong, in the words of the application: what it is about, and a sentence for the person. No status and
//! no address; `web/failure.rs` adds those for pages.
//!
//! The causes of faults go to the log and never to the person. Any database error except a violated constraint means
//! that the database cannot do its work now: it is locked, full, read-only, shutting down or gone. A violated
//! constraint that no code expects is a fault of ours.

use std::fmt;

use diesel::result::DatabaseErrorKind as Kind;

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
    /// The database cannot do its work now. The cause is for the log.
    Unavailable(String),
    /// The database can be read, but not changed. The cause is for the log.
    ReadOnly(String),
    /// The database did not say whether it did its work. The cause is for the log.
    Unanswered(String),
    /// A fault of ours. The cause is for the log.
    Internal(String),
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
            Self::Unavailable(_) => "The database is away".into(),
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
            Self::Busy | Self::Unavailable(_) => "Nothing was changed. Wait a moment and try again.".into(),
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
            Self::Unavailable(cause) | Self::ReadOnly(cause) | Self::Unanswered(cause) | Self::Internal(cause) => {
                Some(cause)
            }
            _ => None,
        }
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

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::Error as Diesel;
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
            Diesel::DatabaseError(..) | Diesel::BrokenTransactionManager | Diesel::RollbackErrorOnCommit { .. } => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Internal(error.to_string()),
        }
    }
}
