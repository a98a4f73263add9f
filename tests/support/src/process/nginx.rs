//! A real nginx in front of the application, with the lines of `docs/tls.md` and its own defaults for the rest.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::program::Process;
use super::wait_for;

const TLS: &str = include_str!("../../../../docs/tls.md");

fn is_of_root(folder: &Path) -> bool {
    std::fs::metadata(folder).expect("a folder").uid() == 0
}

/// A port that is free now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// An nginx that ends with the test.
pub struct Nginx {
    pub address: SocketAddr,
    _process: Process,
    _folder: tempfile::TempDir,
}

impl Nginx {
    /// Passes requests on to the application as the documents say: at a host of its own (`location / {`), or below a
    /// path (`location /hooks/ {`).
    #[track_caller]
    pub fn of_documents(port: u16, location: &str, application: SocketAddr) -> Self {
        let (_, from) = TLS.split_once(&format!("{location}\n")).expect("the documents have this location");
        let (lines, _) = from.split_once("}\n").expect("an end");
        let lines = lines.replace("127.0.0.1:8080", &application.to_string());
        Self::start(port, &format!("{location}\n{lines}}}"))
    }

    /// Serves these locations at a port of this machine.
    #[track_caller]
    pub fn start(port: u16, locations: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|of| format!("{of}_temp_path {path}/{of}; "))
            .concat();
        // Started as root it would become somebody who may not use the folder.
        let user = if is_of_root(folder.path()) { "user root;" } else { "" };
        let configuration = format!(
            "{user} daemon off; master_process off; pid {path}/pid; error_log stderr; events {{}}\n\
             http {{ access_log off; {temporary}\nserver {{ listen 127.0.0.1:{port};\n{locations}\n}} }}\n"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, configuration).expect("a file");
        let mut nginx = Command::new("/usr/sbin/nginx");
        nginx.arg("-p").arg(folder.path()).arg("-c").arg(&file).args(["-e", "stderr"]);
        let process = Process::of(nginx.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("nginx starts"));
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        wait_for("nginx to listen", || TcpStream::connect(address).ok());
        Self { address, _process: process, _folder: folder }
    }
}
