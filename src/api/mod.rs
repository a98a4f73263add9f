//! What programs speak: JSON, with the routes, names and habits of Webitel's own API, so that its clients work here.
//!
//! * A program shows a token ([`crate::access::tokens`]) with each request; no cookie counts here, so no page of
//!   another site can make a browser send anything.
//! * Handlers read a request, call the same functions of `model/` as the pages, and write the answer. No rule stands
//!   here.
//! * What Webitel lets pass and no client can depend on is refused with a reason: `docs/api.md` lists the differences.
//! * Every answer is JSON, a failure too: [`failure`] says which status means what. The one exception is the page for
//!   people at the root ([`mod@reference`]), which is made from the document for programs ([`openapi`]).

pub mod answer;
pub mod body;
pub mod caller;
pub mod changes;
pub mod failure;
pub mod feed;
pub mod flow_schemas;
pub mod hooks;
pub mod openapi;
pub mod path;
pub mod query;
pub mod queues;
pub mod rate;
pub mod reference;
pub mod resource;
