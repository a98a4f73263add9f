//! A PostgreSQL server for one test: in a temporary folder, on a free port, started and stopped at will.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

pub struct Cluster {
    /// The superuser's, who needs no password unless the cluster was started with one.
    pub url: String,
    pub port: u16,
    bin: PathBuf,
    folder: TempDir,
}

impl Cluster {
    /// A server that lets everybody in.
    pub fn start() -> Self {
        Self::start_with(&[], "")
    }

    /// A server with these lines as its `pg_hba.conf`, if there are any, and these lines added to its configuration.
    /// The superuser's password is `right`.
    pub fn start_with(access: &[&str], configuration: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bin = newest_bin();
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let cluster = Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), port, bin, folder };
        // PostgreSQL does not run as root, so the folder goes to its own user.
        std::fs::set_permissions(cluster.folder.path(), PermissionsExt::from_mode(0o777)).expect("permissions");
        let password = cluster.folder.path().join("password");
        std::fs::write(&password, "right\n").expect("a file");
        let data = cluster.data();
        let password = format!("--pwfile={}", password.display());
        cluster.run("initdb", &["-D", &data, "-U", "postgres", "--auth=trust", &password, "--no-sync", "-E", "UTF8"]);
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\nfsync = off\n{configuration}\n"
        );
        cluster.append("postgresql.conf", &settings);
        if !access.is_empty() {
            cluster.write("pg_hba.conf", &(access.join("\n") + "\n"));
        }
        cluster.up();
        cluster
    }

    /// A server that only speaks TLS, with a certificate that the test makes.
    pub fn start_with_tls() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("permissions");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let arguments = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"];
        let files = ["-keyout", &path("key"), "-out", &path("certificate")];
        let made = Command::new("openssl").args(arguments).args(files).output().expect("openssl makes certificates");
        assert!(made.status.success(), "{made:?}");
        let mut own = Command::new("chmod");
        own.args(["600", &path("key")]);
        assert!(own.status().expect("chmod").success());
        if is_root() {
            let given = Command::new("chown").args(["postgres", &path("key")]).status().expect("chown");
            assert!(given.success(), "the key is the server's");
        }
        let configuration =
            format!("ssl = on\nssl_key_file = '{}'\nssl_cert_file = '{}'", path("key"), path("certificate"));
        // The server reads the files when it starts, and it is not restarted.
        Self::start_with(&["hostssl all all 127.0.0.1/32 trust"], &configuration)
    }

    pub fn up(&self) {
        let log = self.folder.path().join("log").display().to_string();
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-s", "-l", &log, "start"]);
    }

    /// Stops it and disconnects everybody.
    pub fn down(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-s", "-m", "fast", "stop"]);
    }

    /// From now on it is a replica, which hears of nothing new.
    pub fn become_replica(&self) {
        self.down();
        self.write("standby.signal", "");
        self.up();
    }

    /// The process ids of the server and of its sessions.
    pub fn processes(&self) -> Vec<u32> {
        let file = std::fs::read_to_string(Path::new(&self.data()).join("postmaster.pid")).expect("a running server");
        let server: u32 = file.lines().next().and_then(|id| id.parse().ok()).expect("a process id");
        let children = std::fs::read_to_string(format!("/proc/{server}/task/{server}/children")).expect("Linux");
        let children = children.split_whitespace().map(|id| id.parse().expect("a process id"));
        std::iter::once(server).chain(children).collect()
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(Path::new(&self.data()).join(name), text).expect("the cluster's folder can be written");
    }

    fn append(&self, name: &str, text: &str) {
        let before = std::fs::read_to_string(Path::new(&self.data()).join(name)).expect("a file of the cluster");
        self.write(name, &(before + text));
    }

    fn run(&self, name: &str, arguments: &[&str]) {
        let ended = self.command(name, arguments).output().expect("PostgreSQL is installed");
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        assert!(ended.status.success(), "{name}: {ended:?}\n{log}");
    }

    fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let program = self.bin.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.command("pg_ctl", &["-D", &self.data(), "-s", "-m", "immediate", "stop"]).output();
    }
}

pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// A program that comes with the newest PostgreSQL on this machine.
pub fn postgres_program(name: &str) -> PathBuf {
    newest_bin().join(name)
}

/// Where the newest PostgreSQL on this machine has its programs.
fn newest_bin() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed: `make setup`");
    let newest = versions.flatten().max_by_key(|version| version.file_name().to_string_lossy().parse().unwrap_or(0));
    newest.expect("PostgreSQL is installed: `make setup`").path().join("bin")
}
