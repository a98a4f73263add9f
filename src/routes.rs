//! Every address of the application, and who may use it.

use std::collections::BTreeSet;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::guard::{Any, Get, Head};
use actix_web::http::header::LOCATION;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig, resource};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Responder, Route};

use crate::access::rights::{
    ADD_FLOW_SCHEMAS, ADD_QUEUES, ANYONE, Access, CHANGE_ACCOUNT, CHANGE_FLOW_SCHEMAS, CHANGE_HOOKS, CHANGE_PEOPLE,
    EDIT_QUEUES, PLAN_HOOKS, REMOVE_FLOW_SCHEMAS, REMOVE_QUEUES, SEE_FLOW_SCHEMAS, SEE_PEOPLE, SEE_QUEUES, SEE_USES,
    SIGNED_IN, SWITCH_QUEUES, TRY_FLOW_SCHEMAS,
};
use crate::error::{Error, Thing};
use crate::pages::sessions::held;
use crate::pages::{
    account, coverage, events, flow_schemas, history, hooks, people, plans, queues, sessions, settings, undo,
};
use crate::web::failure::{Answer, Failure};
use crate::web::{access, assets, paths, probes};

/// The pages. Addresses for programs would be a scope of their own beside them, without layout, cookies and tokens.
#[rustfmt::skip]
pub fn pages(app: &mut ServiceConfig) {
    use crate::pages::account::tokens;
    use account::handler as account;
    use coverage::handler as coverage;
    use events::handler as event;
    use flow_schemas::editor;
    use flow_schemas::handler as flow;
    use flow_schemas::tries::handler as tries;
    use flow_schemas::tries::{log, running};
    use history::handler as history;
    use hooks::handler as hook;
    use hooks::modal;
    use people::handler as person;
    use plans::{addition, copies, successor};
    use queues::handler as queue;
    use sessions::handler as session;
    use undo::handler as undo;
    app
        .service(resource("/").route(get(SIGNED_IN, session::root)))
        .service(resource("/settings").route(post(ANYONE, settings::update)))
        .service(resource("/undo").route(post(SIGNED_IN, undo::create)))
        .service(resource("/static/{file}").route(get(ANYONE, assets::show)))

        .service(resource("/set-up").route(get(ANYONE, session::set_up)).route(post(ANYONE, session::set_up_create)))
        .service(resource("/sign-in").route(get(ANYONE, session::new)).route(post(ANYONE, session::create)))
        .service(resource("/sign-out").route(post(SIGNED_IN, session::remove)))
        .service(resource("/account").route(get(SIGNED_IN, account::show)))
        .service(resource("/account/password").route(post(CHANGE_ACCOUNT, account::password)))
        .service(resource("/account/zone").route(form(CHANGE_ACCOUNT, account::zone)))
        .service(resource("/account/tokens").route(get(SIGNED_IN, tokens::index)).route(form(CHANGE_ACCOUNT, tokens::create)))
        .service(resource("/account/tokens/removal").route(post(CHANGE_ACCOUNT, tokens::remove)))
        .service(resource("/account/sessions").route(post(CHANGE_ACCOUNT, account::sessions)))

        .service(resource("/contact-center/queues").route(list(SEE_QUEUES, queue::index)).route(form(ADD_QUEUES, queue::create)))
        .service(resource("/contact-center/queues/new").route(get(ADD_QUEUES, queue::new)))
        .service(resource("/contact-center/queues/state").route(post(SWITCH_QUEUES, queue::states)))
        .service(resource("/contact-center/queues/question").route(post(REMOVE_QUEUES, queue::question)))
        .service(resource("/contact-center/queues/removal").route(get(REMOVE_QUEUES, queue::removal)).route(post(REMOVE_QUEUES, queue::remove)))
        .service(resource("/contact-center/queues/history").route(get(SEE_QUEUES, history::queues)))
        .service(resource("/contact-center/queues/coverage").route(list(SEE_QUEUES, coverage::index)))
        .service(resource("/contact-center/queues/coverage/file").route(get(SEE_QUEUES, coverage::file)))
        .service(resource("/contact-center/queues/addition").route(get(PLAN_HOOKS, addition::show)).route(post(PLAN_HOOKS, addition::create)))
        .service(resource("/contact-center/queues/addition/question").route(form(PLAN_HOOKS, addition::question)))
        .service(resource("/contact-center/queues/{queue}").route(get(SEE_QUEUES, queue::show)).route(form(EDIT_QUEUES, queue::update)))
        .service(resource("/contact-center/queues/{queue}/state").route(post(SWITCH_QUEUES, queue::state)))

        .service(resource("/contact-center/queues/{queue}/hooks").route(list(SEE_QUEUES, hook::index)).route(form(CHANGE_HOOKS, modal::create)))
        .service(resource("/contact-center/queues/{queue}/hooks/new").route(get(CHANGE_HOOKS, modal::new)))
        .service(resource("/contact-center/queues/{queue}/hooks/state").route(post(CHANGE_HOOKS, hook::states)))
        .service(resource("/contact-center/queues/{queue}/hooks/question").route(post(CHANGE_HOOKS, hook::question)))
        .service(resource("/contact-center/queues/{queue}/hooks/removal").route(get(CHANGE_HOOKS, hook::removal)).route(post(CHANGE_HOOKS, hook::remove)))
        .service(resource("/contact-center/queues/{queue}/hooks/history").route(get(SEE_QUEUES, history::queue)))
        .service(resource("/contact-center/queues/{queue}/hooks/copies/question").route(post(PLAN_HOOKS, copies::choose)))
        .service(resource("/contact-center/queues/{queue}/hooks/{hooks}/copies").route(get(PLAN_HOOKS, copies::index)).route(post(PLAN_HOOKS, copies::create)))
        .service(resource("/contact-center/queues/{queue}/hooks/{hooks}/copies/question").route(post(PLAN_HOOKS, copies::question)))
        .service(resource("/contact-center/queues/{queue}/hooks/{hooks}/copies/plan").route(get(PLAN_HOOKS, copies::plan)))
        .service(resource("/contact-center/queues/{queue}/hooks/{hook}").route(get(CHANGE_HOOKS, modal::edit)).route(form(CHANGE_HOOKS, modal::update)))
        .service(resource("/contact-center/queues/{queue}/hooks/{hook}/state").route(post(CHANGE_HOOKS, hook::state)))

        .service(resource("/routing/flow").route(list(SEE_FLOW_SCHEMAS, flow::index)).route(form(ADD_FLOW_SCHEMAS, editor::create)))
        .service(resource("/routing/flow/new").route(get(ADD_FLOW_SCHEMAS, editor::new)))
        .service(resource("/routing/flow/options").route(get(SEE_FLOW_SCHEMAS, flow::options)))
        .service(resource("/routing/flow/question").route(post(REMOVE_FLOW_SCHEMAS, flow::question)))
        .service(resource("/routing/flow/removal").route(get(REMOVE_FLOW_SCHEMAS, flow::removal)).route(post(REMOVE_FLOW_SCHEMAS, flow::remove)))
        .service(resource("/routing/flow/history").route(get(SEE_FLOW_SCHEMAS, history::flow_schemas)))
        .service(resource("/routing/flow/{schema}").route(get(SEE_FLOW_SCHEMAS, editor::show)).route(form(CHANGE_FLOW_SCHEMAS, editor::update)))
        .service(resource("/routing/flow/{schema}/file").route(get(SEE_FLOW_SCHEMAS, flow::file)))
        .service(resource("/routing/flow/{schema}/try").route(get(SEE_FLOW_SCHEMAS, tries::show)).route(form(TRY_FLOW_SCHEMAS, tries::create)))
        .service(resource("/routing/flow/{schema}/try/{run}").route(get(SEE_FLOW_SCHEMAS, running::show)))
        .service(resource("/routing/flow/{schema}/try/{run}/stop").route(post(SEE_FLOW_SCHEMAS, running::stop)))
        .service(resource("/routing/flow/{schema}/way").route(form(SEE_FLOW_SCHEMAS, tries::way)))
        .service(resource("/routing/flow/{schema}/hooks").route(get(SEE_USES, flow::hooks)))
        .service(resource("/routing/flow/{schema}/hooks/successor").route(get(PLAN_HOOKS, successor::show)).route(post(PLAN_HOOKS, successor::create)))
        .service(resource("/routing/flow/{schema}/hooks/successor/question").route(form(PLAN_HOOKS, successor::question)))
        .service(resource("/routing/flow/{schema}/history").route(get(SEE_FLOW_SCHEMAS, history::flow_schema)))
        .service(resource("/routing/flow/{schema}/history/tries").route(get(SEE_FLOW_SCHEMAS, log::index)))
        .service(resource("/routing/flow/{schema}/history/tries/{try}").route(get(SEE_FLOW_SCHEMAS, log::show)))
        .service(resource("/routing/flow/{schema}/history/{version}").route(get(SEE_FLOW_SCHEMAS, flow::version)))

        .service(resource("/events").route(get(SIGNED_IN, event::index)))

        .service(resource("/people").route(get(SEE_PEOPLE, person::index)).route(form(CHANGE_PEOPLE, person::create)))
        .service(resource("/people/new").route(get(CHANGE_PEOPLE, person::new)))
        .service(resource("/people/history").route(get(SEE_PEOPLE, person::history)))
        .service(resource("/people/{person}").route(get(SEE_PEOPLE, person::edit)).route(form(CHANGE_PEOPLE, person::update)))
        .service(resource("/people/{person}/access").route(post(CHANGE_PEOPLE, person::access)))
        .service(resource("/people/{person}/password").route(post(CHANGE_PEOPLE, person::password)))
        .service(resource("/people/{person}/sessions").route(post(CHANGE_PEOPLE, person::sessions)))

        .default_service(web::to(elsewhere))
        // An id that is not a number, or is too large, is the id of nothing.
        .app_data(web::PathConfig::default().error_handler(|_, _| not_found().into()));
}

/// What programs ask, with a token.
#[rustfmt::skip]
pub fn api(app: &mut ServiceConfig) {
    use crate::api::resource::resource;
    use crate::api::changes;
    use crate::api::flow_schemas as flow;
    use crate::api::hooks as hook;
    use crate::api::{openapi, reference};
    use crate::api::queues as queue;
    app
        .service(resource("").get(ANYONE, reference::show).end())
        .service(resource("/openapi.json").get(ANYONE, openapi::show).end())
        .service(resource("/call_center/queues").get(SEE_QUEUES, queue::index).post(ADD_QUEUES, queue::create).end())
        .service(resource("/call_center/queues/{queue}").get(SEE_QUEUES, queue::show).put(EDIT_QUEUES, queue::replace).patch(SWITCH_QUEUES, queue::patch).delete(REMOVE_QUEUES, queue::remove).end())
        .service(resource("/routing/schema").get(SEE_FLOW_SCHEMAS, flow::index).post(ADD_FLOW_SCHEMAS, flow::create).end())
        .service(resource("/routing/schema/{schema}").get(SEE_FLOW_SCHEMAS, flow::show).put(CHANGE_FLOW_SCHEMAS, flow::replace).patch(CHANGE_FLOW_SCHEMAS, flow::patch).delete(REMOVE_FLOW_SCHEMAS, flow::remove).end())
        .service(resource("/call_center/queues/{queue}/hooks").get(SEE_QUEUES, hook::index).post(CHANGE_HOOKS, hook::create).delete(CHANGE_HOOKS, hook::remove_many).end())
        .service(resource("/call_center/queues/{queue}/hooks/{hook}").get(SEE_QUEUES, hook::show).put(CHANGE_HOOKS, hook::replace).patch(CHANGE_HOOKS, hook::patch).delete(CHANGE_HOOKS, hook::remove).end())
        // What a token may read or undo depends on the change: the handler and the model ask.
        .service(resource("/changes").get(SIGNED_IN, changes::index).end())
        .service(resource("/changes/{change}/undo").post(SIGNED_IN, changes::undo).end())
        .default_service(web::to(|| async { Err::<HttpResponse, _>(crate::api::failure::Failure::http(StatusCode::NOT_FOUND)) }))
        // An id that is not a number, or is too large, is the id of nothing.
        .app_data(web::PathConfig::default().error_handler(|_, _| crate::api::failure::Failure::http(StatusCode::NOT_FOUND).into()));
}

/// What machines ask, beside the pages: at the root, and below the path of the pages for whoever reaches only that.
pub fn probes(app: &mut ServiceConfig) {
    for base in BTreeSet::from(["", paths::base()]) {
        app.service(resource(format!("{base}{}", probes::ALIVE)).route(ask(probes::alive)))
            .service(resource(format!("{base}{}", probes::READY)).route(ask(probes::ready)));
    }
}

/// What only those hear who listen where the metrics are.
pub fn metrics(app: &mut ServiceConfig) {
    app.configure(probes).service(resource(probes::METRICS).route(ask(probes::metrics)));
}

/// A question of a machine, which needs no right.
fn ask<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::route().guard(Any(Get()).or(Head())).to(handler)
}

/// An address with a slash too many leads to its page, and that of the application without its last one to the start.
pub async fn elsewhere(request: HttpRequest) -> Answer {
    let (path, start) = (request.path(), paths::start());
    let is_start = start.strip_suffix('/') == Some(path);
    let path = if is_start { &start } else { path.trim_end_matches('/') };
    if !asks_for_page(&request) || path == request.path() || !request.resource_map().has_resource(path) {
        return Err(not_found());
    }
    let url =
        if request.query_string().is_empty() { path.into() } else { format!("{path}?{}", request.query_string()) };
    Ok(HttpResponse::PermanentRedirect().insert_header((LOCATION, url)).finish())
}

/// Whoever asks for an address that only takes a form was on its page, and comes by a reload, a link back, or after
/// signing in. They are led to that page.
pub async fn lead_to_form(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let answer = next.call(request).await?.map_into_boxed_body();
    if answer.status() != StatusCode::METHOD_NOT_ALLOWED || !asks_for_page(answer.request()) {
        return Ok(answer);
    }
    let (request, _) = answer.into_parts();
    let page = paths::page_of_form(request.path());
    let answer = HttpResponse::SeeOther().insert_header((LOCATION, page)).finish();
    Ok(ServiceResponse::new(request, answer))
}

fn asks_for_page(request: &HttpRequest) -> bool {
    *request.method() == Method::GET || *request.method() == Method::HEAD
}

fn not_found() -> Failure {
    Error::NotFound(Thing::Page).into()
}

/// A page, for GET and for HEAD, which asks for the headers only.
fn get<F, Args>(needed: Access, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    only(needed, web::route().guard(Any(Get()).or(Head())).to(handler))
}

/// The same for a list, which reads who asks for it and its rows in one go.
fn list<F, Args>(needed: Access, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let route = web::route().guard(Any(Get()).or(Head())).to(handler);
    route.wrap(from_fn(move |request, next| access::check_on_reading(needed, request, next)))
}

/// A change.
fn post<F, Args>(needed: Access, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    only(needed, web::post().to(handler))
}

/// A change with something typed in it, which waits where somebody has to sign in first.
fn form<F, Args>(needed: Access, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    post(needed, handler).wrap(from_fn(held::hold))
}

fn only(needed: Access, route: Route) -> Route {
    route.wrap(from_fn(move |request, next| access::check(needed, request, next)))
}
