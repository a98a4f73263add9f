//! Every URL of the application.

use actix_web::guard::{Any, Get, Head};
use actix_web::web::{self, ServiceConfig, post, resource};
use actix_web::{FromRequest, Handler, Responder, Route};

use crate::error::Error;
use crate::{assets, flow_schemas, history, hooks, queues, settings};

#[rustfmt::skip]
pub fn routes(app: &mut ServiceConfig) {
    use flow_schemas::handler as flow;
    use history::handler as history;
    use hooks::handler as hook;
    use queues::handler as queue;
    app
        .service(resource("/").route(get(queue::root)))
        .service(resource("/settings").route(post().to(settings::update)))
        .service(resource("/static/{file}").route(get(assets::show)))

        .service(resource("/contact-center/queues").route(get(queue::index)))
        .service(resource("/contact-center/queues/{queue}").route(get(queue::show)))

        .service(resource("/contact-center/queues/{queue}/hooks").route(get(hook::index)).route(post().to(hook::create)))
        .service(resource("/contact-center/queues/{queue}/hooks/new").route(get(hook::new)))
        .service(resource("/contact-center/queues/{queue}/hooks/state").route(post().to(hook::states)))
        .service(resource("/contact-center/queues/{queue}/hooks/removal").route(get(hook::removal)).route(post().to(hook::remove)))
        .service(resource("/contact-center/queues/{queue}/hooks/restoration").route(post().to(hook::restoration)))
        .service(resource("/contact-center/queues/{queue}/hooks/history").route(get(history::index)))
        .service(resource("/contact-center/queues/{queue}/hooks/{hook}").route(get(hook::edit)).route(post().to(hook::update)))
        .service(resource("/contact-center/queues/{queue}/hooks/{hook}/state").route(post().to(hook::state)))

        .service(resource("/routing/flow").route(get(flow::index)))
        .service(resource("/routing/flow/options").route(get(flow::options)))
        .service(resource("/routing/flow/{schema}").route(get(flow::show)))

        .default_service(web::to(async || Err::<&str, _>(Error::page_not_found())))
        // An id that is no number, or one too large, is an id that does not exist.
        .app_data(web::PathConfig::default().error_handler(|_, _| Error::page_not_found().into()));
}

/// A page, for GET and for HEAD, which asks for its headers alone.
fn get<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::route().guard(Any(Get()).or(Head())).to(handler)
}
