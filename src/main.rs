//! The command line: reads the configuration, builds, runs.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use queue_hooks::access::{browsers, links};
use queue_hooks::config::{Command, Config, Copy, Database, Import, Serve};
use queue_hooks::db::{DatabaseUrl, Db, backup};
use queue_hooks::name::printable;
use queue_hooks::server::Shared;
use queue_hooks::terminal::{Failure, Output, say};
use queue_hooks::transfer::import::Imported;
use queue_hooks::web::site::{PublicUrl, Site};
use queue_hooks::web::{paths, probes};
use queue_hooks::{command, listen, logging, manual, server, signals, transfer};

fn main() {
    signals::end_process();
    let config = Config::read();
    logging::begin(config.log_format());
    let done = match config.command {
        None => serve(&config.serve).map_err(Failure::from),
        Some(Command::Serve(serve_)) => serve(&serve_).map_err(Failure::from),
        Some(Command::Migrate(database)) => migrate(&database).map_err(Failure::from),
        Some(Command::Import(import_)) => import(&import_).map_err(Failure::from),
        Some(Command::Export(database)) => export(&database),
        Some(Command::Backup(copy)) => back_up(&copy).map_err(Failure::from),
        Some(Command::Restore(copy)) => restore(&copy).map_err(Failure::from),
        Some(Command::Person(person)) => command::person::run(person),
        Some(Command::Token(token)) => command::token::run(token),
        Some(Command::Webitel(webitel)) => command::webitel::run(webitel),
        Some(Command::Scripts) => {
            command::scripts::run();
            Ok(())
        }
        Some(Command::Completions { shell }) => print(&manual::completions(shell)),
        Some(Command::Man { of }) => manual::page(&of).map_err(Failure::from).and_then(|page| print(&page)),
    };
    match done {
        Ok(()) => signals::exit(0),
        Err(Failure::Told(sentence)) => say(&format!("queue-hooks: {}", printable(&sentence))),
        Err(Failure::Unread) => (),
    }
    signals::exit(1)
}

fn print(text: &[u8]) -> Result<(), Failure> {
    let mut out = Output::new();
    let done = out.write_all(text).and_then(|()| out.flush());
    out.end(done.map_err(|cause| format!("Standard output cannot be written: {cause}")))
}

/// The C library keeps freed memory for each thread, unless the environment that a program starts with says otherwise.
/// So the server starts itself once more, as the same process.
#[cfg(all(unix, target_env = "gnu"))]
fn share_memory() {
    use std::os::unix::process::CommandExt;
    const ARENAS: &str = "MALLOC_ARENA_MAX";
    if std::env::var_os(ARENAS).is_some_and(|set| !set.is_empty()) {
        return;
    }
    let again = |program| std::process::Command::new(program).args(std::env::args_os().skip(1)).env(ARENAS, "2").exec();
    let cause = std::env::current_exe().map_or_else(|cause| cause, again);
    log::warn!("the server will keep more memory than it needs, because it cannot start itself again: {cause}");
}

/// Other C libraries keep less.
#[cfg(not(all(unix, target_env = "gnu")))]
fn share_memory() {}

fn serve(serve: &Serve) -> Result<(), String> {
    share_memory();
    let listeners = serve.bind()?;
    let metrics = serve.bind_metrics()?;
    let mut site = serve.site(&listeners);
    paths::serve_below(site.public_url.as_ref().map_or("", |url| &url.base));
    let url = if serve.demo { DatabaseUrl::Memory } else { serve.database.url()? };
    let (db, link) = if serve.demo {
        let db = Db::open(&url)?;
        transfer::import::demonstration(&db).map_err(|report| report.to_string())?;
        let link = db.write_now(links::make_demonstration).map_err(|cause| cause.to_string())?;
        (db, Some(("Look around as the demonstration's administrator", paths::sign_in(), link)))
    } else {
        let db = Db::open(&url)?;
        if db.is_read_only() {
            log::warn!(
                "the database {url} is read-only: whoever is signed in can read, but nobody can sign in and nothing can \
                 be changed until it is writable"
            );
        }
        let link = links::make_set_up(&db).map_err(|cause| cause.to_string())?;
        (db, link.map(|link| ("Nobody can sign in yet. Create the first administrator", paths::set_up(), link)))
    };
    site.mark = installation(&url, &db, &site, &listeners)?;
    let mut address = None;
    let mut told = String::new();
    for listener in &listeners {
        let bound = listener.local_addr().map_err(|cause| cause.to_string())?;
        let open = format!("http://{}", listen::reachable(bound));
        let all = if bound.ip().is_unspecified() { "it listens on all addresses; " } else { "" };
        told += &format!("Queue Hooks: open {open}{} ({all}Ctrl+C stops it)\n", paths::start());
        address.get_or_insert(open);
    }
    for listener in &metrics {
        let bound = listener.local_addr().map_err(|cause| cause.to_string())?;
        told += &format!("Metrics: http://{}{}\n", listen::reachable(bound), probes::METRICS);
    }
    if let (Some((purpose, path, link)), Some(address)) = (link, address) {
        let address = site.public_url.as_ref().map_or(address, PublicUrl::origin);
        told += &format!("{purpose}, with a link that works once:\n{address}{path}?link={}\n", link.reveal());
    }
    let mut out = std::io::stdout().lock();
    if let Err(cause) = out.write_all(told.as_bytes()).and_then(|()| out.flush()) {
        log::warn!(
            "the server runs, but nobody sees its address and its link, because standard output is closed: {cause}"
        );
    }
    drop(out);
    if site.is_https() && site.proxies.is_empty() {
        log::warn!(
            "every visitor seems to come from the proxy's address, so fifty failures of one to sign in stop all whose browser \
             did not sign in before: name the proxy with --trusted-proxy ADDRESS"
        );
    }
    if site.is_open && !site.is_https() {
        log::warn!(
            "others on the network can read the passwords and sessions that pass here: put the application behind \
             a proxy that speaks TLS, and say so with --public-url https://HOST"
        );
    }
    server::run(Shared::new(db.clone(), site, serve.outbound()), listeners, metrics, serve.keep_history)
        .map_err(|cause| format!("The server failed: {cause}"))?;
    if let Err(cause) = db.checkpoint() {
        log::warn!("the database was left as it is: {cause}");
    }
    Ok(())
}

/// A database in memory is another one after each start, so those go by their port.
fn installation(url: &DatabaseUrl, db: &Db, site: &Site, listeners: &[TcpListener]) -> Result<String, String> {
    if matches!(url, DatabaseUrl::Memory) {
        let address = listeners.first().and_then(|listener| listener.local_addr().ok());
        return Ok(address.map_or_else(String::new, |address| address.port().to_string()));
    }
    let public_url = site.public_url.as_ref().map(|url| url.origin() + &url.base).unwrap_or_default();
    db.snapshot(|conn| browsers::installation(conn, &public_url)).map_err(|cause| cause.to_string())
}

fn import(import: &Import) -> Result<(), String> {
    let path = &import.file;
    let cannot = |cause| format!("Cannot read {}: {cause}", path.display());
    let progress = transfer::progress();
    let input: Box<dyn BufRead + Send> = if path.as_os_str() == "-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let file = File::open(path).map_err(cannot)?;
        progress.set_length(file.metadata().map_err(cannot)?.len());
        Box::new(BufReader::new(file))
    };
    let db = Db::create_for_command(&import.database.url()?)?;
    if let Some(webitel) = db.abilities().webitel {
        return Err(format!(
            "Nothing was imported: these are the tables of the Webitel domain {}, and its queues and flow schemas are added \
             in Webitel",
            webitel.domain
        ));
    }
    let imported = transfer::import::import(&db, input, &progress);
    progress.finish_and_clear();
    let imported = imported.map_err(|report| report.to_string())?;
    if imported != Imported::default() {
        db.analyze().map_err(|cause| format!("Imported {imported}, but the tables could not be analyzed: {cause}"))?;
    }
    say(&format!("Imported {imported}."));
    Ok(())
}

fn export(database: &Database) -> Result<(), Failure> {
    let db = Db::open_for_command(&database.url()?)?;
    let mut out = Output::new();
    let done = transfer::export::export(&db, &mut out).map_err(|cause| format!("The export failed: {cause}"));
    out.end(done)
}

fn back_up(copy: &Copy) -> Result<(), String> {
    backup::back_up(&copy.database.url()?, &copy.file)?;
    say(&format!("Wrote {}.", printable(&copy.file.display().to_string())));
    Ok(())
}

fn restore(copy: &Copy) -> Result<(), String> {
    let url = copy.database.url()?;
    backup::restore(&url, &copy.file)?;
    say(&format!("{url} is now as {} was.", printable(&copy.file.display().to_string())));
    Ok(())
}

fn migrate(database: &Database) -> Result<(), String> {
    Db::create_for_command(&database.url()?).map(drop)
}
