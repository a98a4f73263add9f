//! The HTTP server: its limits, the layers around every route, and how it ends.
//!
//! From the outside in: the id, the log and the count of every request; compression, the headers of every answer;
//! around the pages alone, the layout, the guard, the session; and the routes with the right that each needs. Who
//! watches the server may have listeners of their own, which end last.
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
use actix_web::{App, HttpServer, body::MessageBody, rt, web};

use crate::access::password::HASHED_AT_ONCE;
use crate::api::caller;
use crate::api::feed::Feed;
use crate::api::rate::Rate;
use crate::condition::Condition;
use crate::connection::Connection;
use crate::db::Db;
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::routes;
use crate::signals::{self, LeftToServer};
use crate::tries::Tries;
use crate::upkeep;
use crate::web::site::Site;
use crate::web::{access, page, paths, requests, security};

/// Seconds that running requests get to finish in.
const FAREWELL: u64 = 30;
/// Connections at once, where there are descriptors for them; each takes up to 64 KiB.
const MOST_CONNECTIONS: usize = 4000;
/// Connections of those who watch the server.
const MOST_WATCHERS: usize = 32;
/// Descriptors for everything else: the database, the listeners, what the workers need.
const OTHER_DESCRIPTORS: usize = 128 + MOST_WATCHERS;

/// What all parts of the server share. Cheap to clone.
#[derive(Clone)]
pub struct Shared {
    db: web::Data<Db>,
    site: web::Data<Site>,
    condition: web::Data<Condition>,
    metrics: web::Data<Metrics>,
    rate: web::Data<Rate>,
    feed: web::Data<Feed>,
    outbound: web::Data<Outbound>,
    tries: web::Data<Tries>,
}

impl Shared {
    pub fn new(db: Db, site: Site, outbound: Outbound) -> Self {
        Self {
            condition: web::Data::new(Condition::new(db.clone(), site.limits)),
            db: web::Data::new(db),
            rate: web::Data::new(Rate::new(site.api_rate)),
            site: web::Data::new(site),
            metrics: web::Data::default(),
            feed: web::Data::default(),
            outbound: web::Data::new(outbound),
            tries: web::Data::default(),
        }
    }
}

/// The application around a database.
fn app(
    shared: Shared,
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
        .app_data(shared.db)
        .app_data(shared.site)
        .app_data(shared.condition)
        .app_data(shared.metrics)
        .configure(routes::probes)
        .app_data(shared.rate)
        .app_data(shared.feed)
        .app_data(shared.outbound)
        .app_data(shared.tries)
        // Before the pages, which take every address.
        .service(api())
        .service(pages())
        .wrap(security::headers())
        .wrap(Compress::default())
        .wrap(from_fn(requests::watch))
}

/// The pages, with what only they have: sessions and tokens in cookies, the layout, errors as pages.
fn pages() -> impl HttpServiceFactory {
    web::scope("")
        .service(web::scope(paths::base()).configure(routes::pages))
        // What is not below the public path.
        .default_service(web::to(routes::elsewhere))
        .wrap(from_fn(routes::lead_to_form))
        .wrap(from_fn(access::load))
        .wrap(from_fn(security::guard))
        .wrap(from_fn(page::render))
}

/// What programs ask: without cookies, tokens of forms or layout, and every failure as JSON.
fn api() -> impl HttpServiceFactory {
    web::scope(&format!("{}/api", paths::base()))
        .configure(routes::api)
        .wrap(from_fn(security::guard))
        .wrap(from_fn(caller::finish))
}

/// A server on listeners that are bound already; it runs until it is told to stop.
pub fn server(shared: &Shared, listeners: Vec<TcpListener>, workers: usize) -> std::io::Result<Server> {
    let mut server = Server::build()
        .workers(workers)
        // A thread for each user of the database and for each turn of the other work: more would only wait, and each
        // keeps what its largest page took.
        .worker_max_blocking_threads(shared.db.threads().div_ceil(workers) + HASHED_AT_ONCE + workers)
        // Who comes then waits until somebody leaves, instead of being turned away for want of a descriptor.
        .max_concurrent_connections(most_connections(descriptors()).div_ceil(workers))
        .shutdown_timeout(FAREWELL)
        .disable_signals();
    let stopping = server.graceful_shutdown_signal();
    for listener in listeners {
        let address = listener.local_addr()?;
        let (shared, stopping) = (shared.clone(), stopping.clone());
        server = server.listen(format!("pages at {address}"), listener, move || {
            let stopping = stopping.clone();
            let app = app(shared.clone()).into_factory().map_err(|error| error.error_response());
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

/// The listeners of those who watch the server.
fn watchers(shared: &Shared, listeners: Vec<TcpListener>) -> std::io::Result<Server> {
    let shared = shared.clone();
    let app = move || {
        App::new().app_data(shared.condition.clone()).app_data(shared.metrics.clone()).configure(routes::metrics)
    };
    let mut server = HttpServer::new(app).workers(1).max_connections(MOST_WATCHERS).disable_signals();
    for listener in listeners {
        server = server.listen(listener)?;
    }
    Ok(server.run())
}

/// Runs the server until Ctrl+C or SIGTERM, and lets running requests finish. `metrics` are the listeners of those who
/// watch it. History is kept for some days, or for ever.
pub fn run(
    shared: Shared,
    listeners: Vec<TcpListener>,
    metrics: Vec<TcpListener>,
    keep_history: Option<u32>,
) -> std::io::Result<()> {
    rt::System::new().block_on(async move {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let server = server(&shared, listeners, workers)?;
        let handle = server.handle();
        if !metrics.is_empty() {
            rt::spawn(watchers(&shared, metrics)?);
        }
        if let Some(days) = keep_history {
            rt::spawn(upkeep::forget(Db::clone(&shared.db), days));
        }
        rt::spawn(upkeep::forget_tries(Db::clone(&shared.db)));
        rt::spawn(upkeep::learn_statistics(Db::clone(&shared.db)));
        if shared.db.abilities().webitel.is_some() {
            rt::spawn(upkeep::learn_webitel(Db::clone(&shared.db)));
        }
        let mut stop = StopSignals::new()?;
        let _left_to_us = LeftToServer::begin();
        let tries = shared.tries.clone();
        rt::spawn(async move {
            stop.next().await;
            log::info!("stopping: running requests may finish");
            shared.condition.stop();
            shared.tries.close();
            rt::spawn(handle.stop(true));
            stop.next().await;
            log::warn!("stopping at once");
            signals::exit(130);
        });
        let ended = server.await;
        tries.end().await;
        ended
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
