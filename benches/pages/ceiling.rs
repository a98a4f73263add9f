//! What the page of 100 rows can never be faster than: servers with one bare route, set up like the real one, in the
//! process of the clients.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer, rt};
use askama::Template;

use queue_hooks::access::person::Person;
use queue_hooks::access::rights::Preset;
use queue_hooks::access::session::Signed;
use queue_hooks::db::Abilities;
use queue_hooks::db::{DatabaseUrl, Db};
use queue_hooks::error::Error;
use queue_hooks::model::hooks::filter::Filter;
use queue_hooks::model::hooks::tab;
use queue_hooks::pages::hooks::view::Index;
use queue_hooks::web::failure::Answer;
use queue_hooks::web::paging::Asked;
use queue_hooks::web::site::Site;
use queue_hooks::web::token::Token;

use crate::Result;

/// A server that runs until it is dropped.
pub struct Ceiling {
    pub address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Ceiling {
    /// The same bytes for every request.
    pub fn memory(html: Vec<u8>) -> Result<Self> {
        let html = Bytes::from(html);
        Self::start(move |app| {
            let html = html.clone();
            let answer = move || {
                let html = html.clone();
                async move { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html) }
            };
            app.default_service(web::to(answer));
        })
    }

    /// The tab's queries and its template, without layout, checks, compression and the headers of every page.
    pub fn queries_and_template(url: &str) -> Result<Self> {
        let db = Db::open(&url.parse::<DatabaseUrl>()?)?;
        Self::start(move |app| {
            let site = web::Data::new(Site::default());
            app.app_data(web::Data::new(db.clone())).app_data(site).default_service(web::to(tab));
        })
    }

    fn start(routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let server = move || {
            let workers = std::thread::available_parallelism().map_or(2, usize::from);
            let server = HttpServer::new(move || App::new().configure(routes.clone()))
                .workers(workers)
                .client_request_timeout(Duration::from_secs(10))
                .keep_alive(Duration::from_secs(75))
                .disable_signals();
            server.listen(listener).map(HttpServer::run)
        };
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let server = server().expect("a bound listener can be listened on");
                let _ = sender.send(server.handle());
                let _ = server.await;
            });
        });
        Ok(Self { address, handle: receiver.recv()?, thread: Some(thread) })
    }
}

impl Drop for Ceiling {
    fn drop(&mut self) {
        rt::System::new().block_on(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn tab(db: web::Data<Db>, asked: Asked<Filter>, token: Token) -> Answer {
    let view = asked.view.clone();
    let tab = db.read(move |conn| tab::tab(conn, 1, &view.filter, view.order, view.range)).await?;
    let index = Index::new(asked.view, tab, &administrator(), token);
    let html = index.render().map_err(|cause| Error::Internal(cause.to_string()))?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
}

fn administrator() -> Signed {
    let (name, display_name) = ("clients".into(), "The clients".into());
    let rights = Preset::Administrator.rights();
    Signed {
        session: 0,
        person: Person { id: 0, name, display_name, enabled: true, rights, zone: None },
        abilities: Abilities::default(),
    }
}
