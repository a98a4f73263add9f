//! The application's server on a free port, with a database of its own.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use queue_hooks::access::sessions;
use queue_hooks::db::{DatabaseUrl, Db};
use queue_hooks::error::Error;
use queue_hooks::on_each;
use queue_hooks::outbound::Outbound;
use queue_hooks::outbound::destinations::Destinations;
use queue_hooks::server::Shared;
use queue_hooks::web::site::Site;
use tempfile::TempDir;

use super::browser::{ADMIT, Browser, SESSION};
use super::way::use_program;
use super::{Attached, Backend, OnBoth, cluster_url, wait_for, write};

pub struct App {
    pub db: Db,
    /// What the test reads and writes the data with, past all rules.
    pub data: Db,
    pub url: String,
    pub address: SocketAddr,
    pub backend: Backend,
    site: Site,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
    /// Removed together with the database file in it.
    _folder: TempDir,
}

impl App {
    pub fn start(backend: Backend) -> Self {
        Self::start_at(backend, Site::default())
    }

    /// A server that people reach at this site.
    pub fn start_at(backend: Backend, site: Site) -> Self {
        use_program();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (url, data_url) = match backend {
            Backend::Sqlite => (format!("sqlite://{}/test.db", folder.path().display()), None),
            Backend::Postgres => (postgres_database(), None),
            Backend::Attached => {
                let Attached { url, set_up, .. } = Attached::new(true);
                (url, Some(set_up))
            }
        };
        let open = |url: &str| Db::open(&url.parse().expect("a valid URL")).expect("the database opens");
        let db = open(&url);
        let data = data_url.map_or_else(|| db.clone(), |url| open(&url));
        admit(&db);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (server, thread) = serve(&db, site.clone(), listener);
        Self { db, data, url, address, backend, site, server, thread: Some(thread), _folder: folder }
    }

    /// Another server with the same database, as after a new start.
    pub fn again(&self) -> Self {
        let db = Db::open(&self.url.parse().expect("a valid URL")).expect("the database opens");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (server, thread) = serve(&db, self.site.clone(), listener);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (data, url, site) = (self.data.clone(), self.url.clone(), self.site.clone());
        Self { db, data, url, address, backend: self.backend, site, server, thread: Some(thread), _folder: folder }
    }

    /// Ends the server like a fault would, whatever it is doing.
    pub fn die(&mut self) {
        // The server is told as soon as the handle is asked; nobody waits for the answer here.
        drop(self.server.stop(false));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(!matches!(ended, Some(Err(_))) || std::thread::panicking(), "the server panicked");
    }

    /// Starts it again on the same address and the same database, after the connections to the one before are closed.
    pub fn restart(&mut self) {
        let port = format!(":{:04X}", self.address.port());
        wait_for("the last connection to be closed", || {
            let table = std::fs::read_to_string("/proc/self/net/tcp").expect("a table of connections");
            let is_open = |line: &str| {
                let columns: Vec<_> = line.split_whitespace().collect();
                columns[1].ends_with(&port) && columns[3] == "01"
            };
            (!table.lines().any(is_open)).then_some(())
        });
        let listener = TcpListener::bind(self.address).expect("the port is still free");
        let (server, thread) = serve(&self.db, self.site.clone(), listener);
        (self.server, self.thread) = (server, Some(thread));
    }

    /// The tests' administrator, signed in.
    pub fn browser(&self) -> Browser {
        Browser::admitted(self.address)
    }

    /// Another person in a session of their own.
    pub fn browser_of(&self, person: i64) -> Browser {
        let limits = Site::default().limits;
        let secret = write(self, |conn| sessions::begin(conn, person, "192.0.2.7", "A browser", limits));
        let browser = self.stranger();
        browser.set_cookie(SESSION.0, secret.reveal());
        browser
    }

    /// Somebody who has not been here yet.
    pub fn stranger(&self) -> Browser {
        Browser::new(self.address)
    }
}

impl OnBoth for App {
    fn on(backend: Backend) -> Self {
        Self::start(backend)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.die();
        }
    }
}

/// A way out to this machine too, where the tests' own receivers are.
pub fn way_out() -> Outbound {
    let here = ["127.0.0.0/8", "::1", "localhost"].map(|opened| opened.parse().expect("a destination"));
    Outbound::new(Destinations::new(here.to_vec()), false)
}

fn serve(db: &Db, site: Site, listener: TcpListener) -> (ServerHandle, JoinHandle<()>) {
    let (send, receive) = mpsc::channel();
    let thread = std::thread::spawn({
        let db = db.clone();
        move || {
            actix_web::rt::System::new().block_on(async move {
                let server = queue_hooks::server::server(&Shared::new(db, site, way_out()), vec![listener], 1)
                    .expect("the server starts");
                send.send(server.handle()).expect("the test waits for the server");
                server.await.expect("the server ends well");
            });
        }
    });
    (receive.recv().expect("the server starts"), thread)
}

/// Lets the tests' administrator in, while the database has no people yet.
pub fn admit(db: &Db) {
    db.write_now(|conn| on_each!(conn, c => c.batch_execute(ADMIT)).map_err(Error::from)).expect("somebody is let in");
}

/// A new database, copied from a template that is made and migrated once.
fn postgres_database() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static TEMPLATE: Mutex<bool> = Mutex::new(false);
    let cluster = cluster_url();
    let base = cluster.rsplit_once('/').expect("a URL with a database").0;
    let prefix = format!("test_{}", std::process::id());
    let mut conn = PgConnection::establish(&cluster).expect("the cluster answers");
    let mut is_made = TEMPLATE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !*is_made {
        conn.batch_execute(&format!("CREATE DATABASE {prefix}_template")).expect("a database is made");
        let url: DatabaseUrl = format!("{base}/{prefix}_template").parse().expect("a valid URL");
        drop(Db::open(&url).expect("the template is migrated"));
        *is_made = true;
    }
    let name = format!("{prefix}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    copy_database(&mut conn, &format!("{prefix}_template"), &name);
    format!("{base}/{name}")
}

/// Makes a database that is like another one, to which nobody is connected.
pub fn copy_database(conn: &mut PgConnection, template: &str, name: &str) {
    // A connection to the template that is still closing prevents copying for a moment.
    for attempt in 0.. {
        match conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")) {
            Ok(()) => return,
            Err(_) if attempt < 100 => std::thread::sleep(std::time::Duration::from_millis(20)),
            Err(cause) => panic!("no database for the test: {cause}"),
        }
    }
}
