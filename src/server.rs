//! The HTTP server: its limits, the layers around every route, and how it ends.
//!
//! From the outside in: compression, the headers of every answer; around the pages alone, the layout, the guard, the
//! session; and the routes with the right that each needs.
//!
//! A request that began is finished when the server is told to stop (Ctrl+C, SIGTERM); a second Ctrl+C does not wait.

use std::net::TcpListener;
use std::task::Poll;
use std::time::Duration;

use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, map_config};
use actix_web::dev::{
    AppConfig, HttpServiceFactory, Server, ServiceFactory, ServiceRequest, ServiceResponse, fn_service,
};
use actix_web::middleware::{Compress, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::{App, body::MessageBody, rt, web};

use crate::access::password::HASHED_AT_ONCE;
use crate::connection::Connection;
use crate::db::Db;
use crate::routes;
use crate::signals::LeftToServer;
use crate::upkeep;
use crate::web::site::Site;
use crate::web::{access, page, paths, security};

/// Seconds that running requests get to finish in.
const FAREWELL: u64 = 30;
/// Connections at once, where there are descriptors for them; each takes up to 64 KiB.
const MOST_CONNECTIONS: usize = 4000;
/// Descriptors for everything else: the database, the listeners, what the workers need.
const OTHER_DESCRIPTORS: usize = 128;

/// The application around a database.
pub fn app(
    db: Db,
    site: Site,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(web::Data::new(db))
        .app_data(web::Data::new(site))
        // What speaks to programs becomes a scope `/api` before this one, which takes every address.
        .service(pages())
        .wrap(security::headers())
        .wrap(Compress::default())
}

/// The pages, with what only they have: sessions and tokens in cookies, the layout, errors as pages.
fn pages() -> impl HttpServiceFactory {
    web::scope("")
        .service(web::scope(paths::base()).configure(routes::pages))
        // What is not below the public path.
        .default_service(web::to(routes::elsewhere))
        .wrap(from_fn(access::load))
        .wrap(from_fn(security::guard))
        .wrap(from_fn(page::render))
}

/// A server on listeners that are bound already; it runs until it is told to stop.
pub fn server(db: &Db, site: &Site, listeners: Vec<TcpListener>, workers: usize) -> std::io::Result<Server> {
    let mut server = Server::build()
        .workers(workers)
        // A thread for each connection and for each turn of the other work: more would only wait, and each keeps
        // what its largest page took.
        .worker_max_blocking_threads(db.connections().div_ceil(workers) + HASHED_AT_ONCE + workers)
        // Who comes then waits until somebody leaves, instead of being turned away for want of a descriptor.
        .max_concurrent_connections(most_connections(descriptors()).div_ceil(workers))
        .shutdown_timeout(FAREWELL)
        .disable_signals();
    let stopping = server.graceful_shutdown_signal();
    for listener in listeners {
        let address = listener.local_addr()?;
        let (db, site, stopping) = (db.clone(), site.clone(), stopping.clone());
        server = server.listen(format!("pages at {address}"), listener, move || {
            let stopping = stopping.clone();
            let app = app(db.clone(), site.clone()).into_factory().map_err(|error| error.error_response());
            let http = HttpService::build()
                .client_request_timeout(Duration::from_secs(10))
                .client_disconnect_timeout(Duration::from_secs(5))
                // Whoever leaves waits for nothing: work that has not begun is not begun.
                .h1_allow_half_closed(false)
                .keep_alive(Duration::from_secs(75))
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .local_addr(address)
                .finish(map_config(app, |()| AppConfig::default()));
            fn_service(|io: TcpStream| async move {
                // A compressed page goes out in small pieces; none of them waits for the other side.
                let _ = io.set_nodelay(true);
                let peer = io.peer_addr().ok();
                Ok((Connection::new(io), Protocol::Http1, peer))
            })
            .and_then(http)
        })?;
    }
    Ok(server.run())
}

/// How many connections a server keeps at once, so that descriptors are left for the database and the rest.
fn most_connections(descriptors: usize) -> usize {
    MOST_CONNECTIONS.min(descriptors.saturating_sub(OTHER_DESCRIPTORS)).max(1)
}

/// How many descriptors this process may have, raised as far as it is allowed to.
#[cfg(unix)]
fn descriptors() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = MOST_CONNECTIONS + OTHER_DESCRIPTORS;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let now = current.map_or(wanted, |now| now as usize);
    let raised = maximum.map_or(wanted, |maximum| wanted.min(maximum as usize));
    if raised <= now {
        return now;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(raised as u64), maximum }) {
        Ok(()) => raised,
        Err(cause) => {
            log::warn!("only {now} files and connections can be open at once: {cause}");
            now
        }
    }
}

/// Elsewhere connections are not counted with files.
#[cfg(not(unix))]
fn descriptors() -> usize {
    MOST_CONNECTIONS + OTHER_DESCRIPTORS
}

/// Runs the server until Ctrl+C or SIGTERM, and lets running requests finish. History is kept for some days, or for ever.
pub fn run(db: Db, site: Site, listeners: Vec<TcpListener>, keep_history: Option<u32>) -> std::io::Result<()> {
    rt::System::new().block_on(async move {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let server = server(&db, &site, listeners, workers)?;
        let handle = server.handle();
        if let Some(days) = keep_history {
            rt::spawn(upkeep::forget(db, days));
        }
        let mut stop = StopSignals::new()?;
        let _left_to_us = LeftToServer::begin();
        rt::spawn(async move {
            stop.next().await;
            log::info!("stopping: running requests may finish");
            rt::spawn(handle.stop(true));
            stop.next().await;
            log::warn!("stopping at once");
            std::process::exit(130);
        });
        server.await
    })
}

/// SIGTERM and Ctrl+C.
#[cfg(unix)]
struct StopSignals([rt::signal::unix::Signal; 2]);

#[cfg(unix)]
impl StopSignals {
    fn new() -> std::io::Result<Self> {
        use rt::signal::unix::{SignalKind, signal};
        Ok(Self([signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?]))
    }

    async fn next(&mut self) {
        std::future::poll_fn(|context| {
            // Each of them is asked, so that each wakes us.
            let came = self.0.iter_mut().map(|signal| signal.poll_recv(context).is_ready());
            if came.fold(false, |any, came| any | came) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

#[cfg(not(unix))]
struct StopSignals;

#[cfg(not(unix))]
impl StopSignals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if let Err(cause) = rt::signal::ctrl_c().await {
            log::error!("Ctrl+C cannot be waited for: {cause}");
        }
    }
}
