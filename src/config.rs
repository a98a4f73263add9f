//! The command line and the environment, read once.

use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::db::DatabaseUrl;

/// Keeps the hooks of contact-centre queues: when this event happens in this queue, run that flow schema.
#[derive(Debug, Parser)]
#[command(name = "queue-hooks", version, about, args_conflicts_with_subcommands = true)]
pub struct Config {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Serve,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages (what happens without a command)
    Serve(Serve),
    /// Create the database if need be, bring it to this version, and end
    Migrate(Database),
    /// Add the queues, flow schemas and hooks of a JSON Lines file: all of them or, after any error, none
    Import(Import),
    /// Write all queues, flow schemas and hooks as JSON Lines to standard output
    Export(Database),
}

#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Where to listen: HOST:PORT. Port 0 takes a free one
    #[arg(long, env = "QUEUE_HOOKS_LISTEN", default_value = "127.0.0.1:8080", value_name = "HOST:PORT")]
    pub listen: String,
    #[command(flatten)]
    pub database: Database,
    /// Use a throw-away database with a demonstration centre instead of --database-url
    #[arg(long)]
    pub demo: bool,
}

#[derive(Clone, Debug, Args)]
pub struct Database {
    /// `sqlite://FILE`, `sqlite::memory:`, or `postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=require`
    #[arg(
        long,
        env = "DATABASE_URL",
        hide_env_values = true,
        default_value = "sqlite://queue-hooks.db",
        value_name = "URL"
    )]
    database_url: String,
}

impl Database {
    /// Not parsed by clap, which repeats what it refuses, password and all.
    pub fn url(&self) -> Result<DatabaseUrl, String> {
        self.database_url.parse()
    }
}

#[derive(Debug, Args)]
pub struct Import {
    /// The file to read; - is standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub database: Database,
}

impl Serve {
    /// Opens the sockets. The error is one sentence for the person at the terminal.
    pub fn bind(&self) -> Result<Vec<TcpListener>, String> {
        let listen = &self.listen;
        let addresses: Vec<SocketAddr> = listen
            .to_socket_addrs()
            .map_err(|cause| format!("--listen {listen} is not an address to listen on: {cause}"))?
            .collect();
        if let Some(open) = addresses.iter().find(|address| !address.ip().is_loopback()) {
            return Err(format!(
                "--listen {listen} would open the application to everyone who can reach {}, and it does not ask \
                 who they are yet. Listen on 127.0.0.1 or localhost",
                open.ip()
            ));
        }
        addresses
            .into_iter()
            .map(|address| {
                TcpListener::bind(address)
                    .map_err(|cause| format!("Cannot listen on {address}: {cause}. Choose another with --listen"))
            })
            .collect()
    }
}
