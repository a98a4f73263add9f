//! A database for one test, and ways to look into it past the program.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tempfile::TempDir;

use super::{Cluster, Ended, PASSWORD, Program, Server};
use crate::browser::ADMIT;
use crate::{Backend, OnBoth, cluster_url};

pub struct Database {
    pub url: String,
    pub backend: Backend,
    /// Removed together with its content.
    folder: TempDir,
}

impl Database {
    /// A file that does not exist yet, in a folder of its own.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { url: format!("sqlite://{}/test.db", folder.path().display()), backend: Backend::Sqlite, folder }
    }

    /// An empty database of the cluster that the tests share.
    pub fn postgres() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let cluster = cluster_url();
        let name = format!("process_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut conn = PgConnection::establish(&cluster).expect("the cluster answers");
        conn.batch_execute(&format!("CREATE DATABASE {name} STRATEGY file_copy")).expect("a database is made");
        let base = cluster.rsplit_once('/').expect("a URL with a database").0;
        Self::at(&format!("{base}/{name}"))
    }

    /// The database in a cluster that one test has for itself.
    pub fn of(cluster: &Cluster) -> Self {
        Self::at(&cluster.url)
    }

    /// One that is there already.
    pub fn at(url: &str) -> Self {
        Self { url: url.into(), backend: Backend::Postgres, folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// The same database after `import` has run.
    #[track_caller]
    pub fn with(self, lines: &str) -> Self {
        self.import(lines).well();
        self
    }

    /// Makes the tables, if there are none.
    #[track_caller]
    pub fn migrate(&self) {
        self.run(&["migrate"]).well();
    }

    /// Gives somebody access, from the terminal.
    #[track_caller]
    pub fn let_in(&self, name: &str, preset: &str) {
        self.migrate();
        self.run_with(&["person", "add", name, "--preset", preset, "--password-stdin"], PASSWORD).well();
    }

    pub fn file(&self) -> PathBuf {
        self.url.strip_prefix("sqlite://").expect("a file").into()
    }

    /// Another file in the same folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command of the program on it.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Program::new(arguments).env("DATABASE_URL", &self.url).run()
    }

    /// Runs a command that reads a line.
    #[track_caller]
    pub fn run_with(&self, arguments: &[&str], line: &str) -> Ended {
        Program::new(arguments).env("DATABASE_URL", &self.url).input(format!("{line}\n")).run()
    }

    #[track_caller]
    pub fn import(&self, lines: impl Into<Vec<u8>>) -> Ended {
        let ended = Program::new(&["import", "-"]).env("DATABASE_URL", &self.url).input(lines).run();
        if ended.code == Some(0) {
            self.session().execute(ADMIT);
        }
        ended
    }

    #[track_caller]
    pub fn export(&self) -> String {
        self.run(&["export"]).well().output
    }

    #[track_caller]
    pub fn serve(&self) -> Server {
        Program::new(&["serve", "--listen", "127.0.0.1:0"]).env("DATABASE_URL", &self.url).serve()
    }

    /// A session of somebody else.
    pub fn session(&self) -> Session {
        match self.backend {
            Backend::Sqlite => {
                let conn = SqliteConnection::establish(&self.file().display().to_string()).expect("the file opens");
                let mut session = Session::Sqlite(conn);
                session.execute("PRAGMA busy_timeout = 5000");
                session
            }
            Backend::Postgres | Backend::Attached => {
                Session::Postgres(PgConnection::establish(&self.url).expect("the server answers"))
            }
        }
    }

    /// The number that a query returns.
    #[track_caller]
    pub fn number(&self, query: &str) -> i64 {
        self.session().number(query)
    }

    /// The lines of text that a query returns.
    #[track_caller]
    pub fn lines(&self, query: &str) -> Vec<String> {
        self.session().lines(query)
    }

    /// Panics if parts of the database do not agree: the counters with the hooks, the journal with the hooks that were
    /// made through the pages, two enabled hooks for one event, a damaged file.
    #[track_caller]
    pub fn expect_sound(&self) {
        let mut session = self.session();
        let counted = "SELECT queue_id || ' ' || event || ' ' || CASE WHEN enabled THEN 1 ELSE 0 END || ' ' || ";
        let kept = session.lines(&format!("{counted} hooks AS line FROM hook_counts WHERE hooks <> 0 ORDER BY 1"));
        let real = session
            .lines(&format!("{counted} count(*) AS line FROM hooks GROUP BY queue_id, event, enabled ORDER BY 1"));
        assert_eq!(kept, real, "the counters are those of the hooks");
        let twice = "SELECT count(*) AS number FROM (SELECT 1 FROM hooks WHERE enabled GROUP BY queue_id, event \
                     HAVING count(*) > 1) AS twice";
        assert_eq!(session.number(twice), 0, "an event has one enabled hook");
        let covered = "SELECT count(*) AS number FROM queues WHERE covered <> (SELECT coalesce(sum(CASE event \
                       WHEN 'joined' THEN 1 WHEN 'answered' THEN 2 WHEN 'offering' THEN 4 WHEN 'bridged' THEN 8 \
                       WHEN 'missed' THEN 16 WHEN 'leaving' THEN 32 WHEN 'processing' THEN 64 ELSE 128 END), 0) \
                       FROM hooks WHERE queue_id = queues.id AND enabled)";
        assert_eq!(session.number(covered), 0, "a queue knows for which events it has an enabled hook");
        let unlike = "SELECT count(*) AS number FROM journal AS last LEFT JOIN hooks ON hooks.id = last.subject_id \
                      WHERE last.subject = 'hook' AND last.id = \
                      (SELECT max(id) FROM journal WHERE subject = 'hook' AND subject_id = last.subject_id) \
                      AND (last.after IS NULL) <> (hooks.id IS NULL)";
        assert_eq!(session.number(unlike), 0, "the journal's last word on a hook is what became of it");
        let states = "SELECT count(*) AS number FROM journal AS last JOIN hooks ON hooks.id = last.subject_id \
                      WHERE last.subject = 'hook' AND last.id = \
                      (SELECT max(id) FROM journal WHERE subject = 'hook' AND subject_id = last.subject_id) \
                      AND last.after NOT LIKE CASE WHEN hooks.enabled THEN '%\"enabled\":true}' \
                      ELSE '%\"enabled\":false}' END";
        assert_eq!(session.number(states), 0, "the journal's last word on a hook is its state");
        if self.backend == Backend::Sqlite {
            assert_eq!(session.lines("SELECT integrity_check AS line FROM pragma_integrity_check"), ["ok"]);
        }
    }
}

impl OnBoth for Database {
    fn on(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::sqlite(),
            Backend::Postgres => Self::postgres(),
            Backend::Attached => panic!("tests of an attached database as a process make it themselves"),
        }
    }
}

/// The number of all rows that an import could have left behind.
pub fn sum(database: &Database) -> i64 {
    database.number(
        "SELECT (SELECT count(*) FROM queues) + (SELECT count(*) FROM flow_schemas) + (SELECT count(*) FROM hooks) \
         + (SELECT count(*) FROM hook_counts) + (SELECT count(*) FROM journal) AS number",
    )
}

/// A connection that belongs to the test.
pub enum Session {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

impl Session {
    #[track_caller]
    pub fn execute(&mut self, sql: &str) {
        match self {
            Self::Sqlite(conn) => conn.batch_execute(sql),
            Self::Postgres(conn) => conn.batch_execute(sql),
        }
        .unwrap_or_else(|cause| panic!("{sql}: {cause}"));
    }

    #[track_caller]
    pub fn number(&mut self, query: &str) -> i64 {
        let row: QueryResult<Number> = match self {
            Self::Sqlite(conn) => diesel::sql_query(query).get_result(conn),
            Self::Postgres(conn) => diesel::sql_query(query).get_result(conn),
        };
        row.unwrap_or_else(|cause| panic!("{query}: {cause}")).number
    }

    #[track_caller]
    pub fn lines(&mut self, query: &str) -> Vec<String> {
        let rows: QueryResult<Vec<Line>> = match self {
            Self::Sqlite(conn) => diesel::sql_query(query).load(conn),
            Self::Postgres(conn) => diesel::sql_query(query).load(conn),
        };
        rows.unwrap_or_else(|cause| panic!("{query}: {cause}")).into_iter().map(|row| row.line).collect()
    }
}
