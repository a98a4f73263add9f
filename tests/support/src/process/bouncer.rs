//! PgBouncer in front of a database, with transactions as what it shares.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::Database;
use super::cluster::is_root;
use crate::wait_for;

pub struct Bouncer {
    process: Child,
    /// The database behind it, as its URL ends.
    place: String,
    _folder: TempDir,
}

impl Bouncer {
    /// In front of a database, with these lines added to its configuration. It has two sessions of the server for all.
    pub fn start(database: &Database, configuration: &str) -> Self {
        let (user, place) = database.url.trim_start_matches("postgres://").split_once('@').expect("a user");
        let (server, name) = place.split_once('/').expect("a database");
        let (host, server_port) = server.split_once(':').expect("a port");
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).expect("permissions");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let file = folder.path().join("pgbouncer.ini");
        let settings = format!(
            "[databases]\n* = host={host} port={server_port} user={user}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 2\n\
             unix_socket_dir =\n{configuration}\n"
        );
        std::fs::write(&file, settings).expect("a file");
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).expect("permissions");
        // It does not run as root.
        let program = "/usr/sbin/pgbouncer";
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups", program]);
            command
        } else {
            Command::new(program)
        };
        let process = command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = process.expect("PgBouncer is installed: `make setup`");
        wait_for("PgBouncer to listen", || TcpStream::connect(("127.0.0.1", port)).ok());
        Self { process, place: format!("{user}@127.0.0.1:{port}/{name}"), _folder: folder }
    }

    /// The same database, through it.
    pub fn database(&self) -> Database {
        Database::at(&format!("postgres://{}", self.place))
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
