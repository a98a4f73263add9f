//! The command line and the environment, read once.

use std::net::{IpAddr, TcpListener};
use std::num::NonZeroU32;
use std::path::PathBuf;

use chrono::Duration;
use clap::builder::Resettable;
use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use ipnet::IpNet;

use crate::access::rights::Preset;
use crate::access::session::Limits;
use crate::access::tokens::MAX_DAYS as MAX_TOKEN_DAYS;
use crate::db::DatabaseUrl;
use crate::db::webitel::Schema;
use crate::db::webitel::wanted::Wanted;
use crate::listen;
use crate::logging::Format;
use crate::outbound::Outbound;
use crate::outbound::destinations::{Destinations, Opened};
use crate::web::site::{API_RATE, PublicUrl, Site};

/// Keeps the hooks of contact-centre queues: when this event happens in this queue, run that flow schema.
#[derive(Debug, Parser)]
#[command(name = "queue-hooks", version, about, args_conflicts_with_subcommands = true)]
pub struct Config {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Serve,
}

impl Config {
    /// Reads the command line and the environment, or says what is wrong with them and ends.
    pub fn read() -> Self {
        let matches = without_empty_variables(Self::command()).get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// How a server shall log, if it is one.
    pub fn log_format(&self) -> Option<Format> {
        match &self.command {
            None => self.serve.log_format,
            Some(Command::Serve(serve)) => serve.log_format,
            Some(_) => None,
        }
    }
}

/// A variable that is empty counts as not set.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty =
        |arg: &Arg| arg.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|set| set.is_empty()));
    let command = command.mut_args(|arg| if is_empty(&arg) { arg.env(Resettable::Reset) } else { arg });
    command.mut_subcommands(without_empty_variables)
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
    /// Copy the whole SQLite database to a new file; a server may use it meanwhile
    Backup(Copy),
    /// Put such a copy in the place of the SQLite database, which no server may use then
    Restore(Copy),
    /// Let people in: add, list, set a password, disable, enable
    #[command(subcommand)]
    Person(Person),
    /// What programs show to the API: add, list, remove
    #[command(subcommand)]
    Token(Token),
    /// Work on the queues and hooks of a Webitel system: check it, attach to it, detach from it
    #[command(subcommand)]
    Webitel(Webitel),
    /// Run the scripts of flow schemas for a server, which starts this itself
    #[command(hide = true)]
    Scripts,
    /// Print what lets a shell complete commands and options
    Completions { shell: clap_complete::Shell },
    /// Print the manual page, or that of a command: man import
    Man {
        #[arg(value_name = "COMMAND")]
        of: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Person {
    /// Add a person who may sign in
    Add {
        /// What the person signs in with: 1 to 64 letters a to z, digits and . _ - @ +
        name: String,
        /// What the person may do
        #[arg(long)]
        preset: Preset,
        /// What others call the person [default: the name]
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
        #[command(flatten)]
        password: PasswordInput,
        #[command(flatten)]
        database: Database,
    },
    /// List everybody: name, display name, access, rights
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Set a person's password and end that person's sessions
    SetPassword {
        name: String,
        #[command(flatten)]
        password: PasswordInput,
        #[command(flatten)]
        database: Database,
    },
    /// Take a person's access away and end that person's sessions
    Disable {
        name: String,
        #[command(flatten)]
        database: Database,
    },
    /// Give a person access again
    Enable {
        name: String,
        #[command(flatten)]
        database: Database,
    },
}

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token for a person and print it: nobody can see it again
    Add {
        /// What the person signs in with
        person: String,
        /// What the token is for
        #[arg(long)]
        name: String,
        /// How long it lasts, as 90d (days) or 12w (weeks), at most 366d
        #[arg(long, value_name = "TIME", default_value = "90d", value_parser = days)]
        expires: u32,
        /// What the token may do, as far as the person may [default: what the person may]
        #[arg(long)]
        preset: Option<Preset>,
        #[command(flatten)]
        database: Database,
    },
    /// List a person's tokens: name, rights, end, last use
    List {
        person: String,
        #[command(flatten)]
        database: Database,
    },
    /// Remove a person's token, which ends it at once
    Remove {
        person: String,
        #[arg(long)]
        name: String,
        #[command(flatten)]
        database: Database,
    },
}

/// Each needs a --database-url that may do more than a server may.
#[derive(Debug, Subcommand)]
pub enum Webitel {
    /// Say what keeps a domain from being attached, and change nothing
    Check {
        #[command(flatten)]
        attachment: Attachment,
        #[command(flatten)]
        database: Database,
    },
    /// Make views of a domain's queues, flow schemas and hooks, and two roles that can use nothing else; or bring them
    /// to this version
    Attach {
        #[command(flatten)]
        attachment: Attachment,
        /// Do it without asking
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        database: Database,
    },
    /// Take all of that back
    Detach {
        #[command(flatten)]
        schema: SchemaName,
        /// Leave people and history for the next attach, as before an upgrade of Webitel
        #[arg(long)]
        keep_data: bool,
        /// Do it without asking
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        database: Database,
    },
    /// Let a person's changes bear the name of a Webitel user of their own; without a person, list everybody
    User(WebitelUser),
}

/// Who it is that changes something in Webitel.
#[derive(Debug, Args)]
pub struct WebitelUser {
    /// What the person signs in with here [default: list everybody]
    pub person: Option<String>,
    /// The Webitel user of the attached domain
    pub user: Option<i64>,
    /// Let the person's changes bear the same name as everybody's again
    #[arg(long, requires = "person", conflicts_with = "user")]
    pub remove: bool,
    #[command(flatten)]
    pub schema: SchemaName,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Clone, Debug, Args)]
pub struct SchemaName {
    /// The schema that is made beside those of Webitel, one for each domain. It also names the roles: NAME and
    /// `NAME_owner`
    #[arg(long, value_name = "NAME", default_value = "queue_hooks")]
    pub schema: Schema,
}

#[derive(Clone, Debug, Args)]
pub struct Attachment {
    /// The domain of Webitel
    #[arg(long, value_name = "ID")]
    pub domain: i64,
    /// The Webitel user of this domain whose name changes bear there
    #[arg(long, value_name = "ID")]
    pub user: i64,
    #[command(flatten)]
    pub schema: SchemaName,
    /// Let flow schemas be written too; drawn ones never are
    #[arg(long)]
    pub write_flow_schemas: bool,
    /// Attach although Webitel checks rights to single queues or flow schemas: whoever signs in here may see and change
    /// those of the whole domain, as far as their rights here go
    #[arg(long)]
    pub ignore_record_access: bool,
}

impl Attachment {
    pub fn wanted(self) -> Wanted {
        Wanted {
            schema: self.schema.schema,
            domain: self.domain,
            user: self.user,
            writes_flow_schemas: self.write_flow_schemas,
            ignores_record_access: self.ignore_record_access,
        }
    }
}

/// A number of days or weeks.
fn days(typed: &str) -> Result<u32, String> {
    let (number, each) = match typed.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (typed.strip_suffix('d').unwrap_or(typed), 1),
    };
    let days = number.parse::<u32>().ok().and_then(|number| number.checked_mul(each));
    days.filter(|days| (1..=MAX_TOKEN_DAYS).contains(days))
        .ok_or_else(|| format!("from 1d to {MAX_TOKEN_DAYS}d, or weeks as 12w"))
}

/// Never an argument: other people of the machine see those.
#[derive(Clone, Copy, Debug, Args)]
pub struct PasswordInput {
    /// Read the password from the first line of standard input instead of asking for it
    #[arg(long)]
    pub password_stdin: bool,
}

#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// Where to listen: HOST:PORT, or :PORT for all addresses. Port 0 takes a free one
    #[arg(long, env = "QUEUE_HOOKS_LISTEN", default_value = "127.0.0.1:8080", value_name = "HOST:PORT")]
    pub listen: String,
    #[command(flatten)]
    pub database: Database,
    /// Use a throw-away database with a demonstration centre instead of --database-url
    #[arg(long)]
    pub demo: bool,
    /// What people type to come here: <https://HOST> behind a proxy that speaks TLS, or <https://HOST/PATH/>
    #[arg(long, env = "QUEUE_HOOKS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// A proxy whose X-Forwarded-For is believed: an address or a network; several with commas
    #[arg(long, env = "QUEUE_HOOKS_TRUSTED_PROXY", value_name = "ADDRESS", value_delimiter = ',', value_parser = network)]
    pub trusted_proxy: Vec<IpNet>,
    /// Minutes without a request after which somebody has to sign in again
    #[arg(long, env = "QUEUE_HOOKS_SESSION_IDLE", value_name = "MINUTES", default_value_t = 8 * 60, value_parser = clap::value_parser!(u32).range(1..=MAX_MINUTES))]
    pub session_idle: u32,
    /// Minutes after which somebody has to sign in again in any case
    #[arg(long, env = "QUEUE_HOOKS_SESSION_LIMIT", value_name = "MINUTES", default_value_t = 7 * 24 * 60, value_parser = clap::value_parser!(u32).range(1..=MAX_MINUTES))]
    pub session_limit: u32,
    /// Requests a second that one token of the API may send; ten times as many at once
    #[arg(long, env = "QUEUE_HOOKS_API_RATE", value_name = "REQUESTS", default_value_t = API_RATE)]
    pub api_rate: NonZeroU32,
    /// Days after which the histories forget what happened [default: never]
    #[arg(long, env = "QUEUE_HOOKS_KEEP_HISTORY", value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=MAX_DAYS))]
    pub keep_history: Option<u32>,
    /// Where requests of a try may go beside public addresses: networks, addresses, names; several with commas
    #[arg(long, env = "QUEUE_HOOKS_DESTINATIONS", value_name = "DESTINATION", value_delimiter = ',')]
    pub destinations: Vec<Opened>,
    /// Send requests of a try through the proxies that `http_proxy`, `https_proxy` and `no_proxy` name
    #[arg(long, env = "QUEUE_HOOKS_USE_PROXY_VARIABLES")]
    pub use_proxy_variables: bool,
    /// Where to tell a monitoring system about this server, in Prometheus' format: HOST:PORT [default: nowhere]
    #[arg(long, env = "QUEUE_HOOKS_METRICS", value_name = "HOST:PORT")]
    pub metrics: Option<String>,
    /// Log each request too, and write the log for people or for programs
    #[arg(long, env = "QUEUE_HOOKS_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<Format>,
}

/// A century.
const MAX_DAYS: i64 = 36_525;

/// A year.
const MAX_MINUTES: i64 = 365 * 24 * 60;

fn network(typed: &str) -> Result<IpNet, String> {
    let one = || typed.parse::<IpAddr>().ok().map(IpNet::from);
    typed.parse().ok().or_else(one).ok_or_else(|| "not an address like 10.0.0.1 or a network like 10.0.0.0/8".into())
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
pub struct Copy {
    /// The copy
    pub file: PathBuf,
    #[command(flatten)]
    pub database: Database,
}

#[derive(Debug, Args)]
pub struct Import {
    /// The file to read; - is standard input
    pub file: PathBuf,
    #[command(flatten)]
    pub database: Database,
}

impl Serve {
    /// How the application is reached through these sockets.
    pub fn site(&self, listeners: &[TcpListener]) -> Site {
        let is_local = |listener: &TcpListener| listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
        Site {
            public_url: self.public_url.clone(),
            is_open: !listeners.iter().all(is_local),
            proxies: self.trusted_proxy.clone(),
            limits: Limits {
                idle: Duration::minutes(self.session_idle.into()),
                absolute: Duration::minutes(self.session_limit.into()),
            },
            api_rate: self.api_rate,
            mark: String::new(),
        }
    }

    pub fn outbound(&self) -> Outbound {
        Outbound::new(Destinations::new(self.destinations.clone()), self.use_proxy_variables)
    }

    /// Opens the sockets. The error is one sentence for the person at the terminal.
    pub fn bind(&self) -> Result<Vec<TcpListener>, String> {
        listen::bind("--listen", &self.listen)
    }

    /// Opens the sockets of those who watch the server, if there are any.
    pub fn bind_metrics(&self) -> Result<Vec<TcpListener>, String> {
        self.metrics.as_ref().map_or(Ok(Vec::new()), |address| listen::bind("--metrics", address))
    }
}
