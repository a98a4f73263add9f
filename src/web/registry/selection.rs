//! The rows that a form selects: those that are ticked, the whole page, or all that match.

use std::collections::BTreeSet;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderValue, LOCATION};
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use super::{MAX_ADDRESS, joined};
use crate::error::Error;
use crate::model::listing::{Filter, Noun, Rows, Seen, Selection};
use crate::web::failure::{Answer, BackTo, Failure};
use crate::web::form::{Form, MAX_BODY};
use crate::web::page::PUSH_URL;
use crate::web::paging::{Query, View};
use crate::web::params::Params;

/// What the form of a registry sends: a selection, and the view that it was made in.
pub struct Sent<R: Rows> {
    /// The registry's path.
    pub(super) path: String,
    pub view: View<Filter<R>>,
    pub selection: Selection<R>,
    /// The parameters of the address, which say what to do with the selection.
    url: Params,
}

impl<R: Rows> Sent<R> {
    /// The address of the view that the selection was made in.
    pub fn back(&self) -> String {
        self.view.url(&self.path)
    }

    /// Whether it is about the registry at this path.
    pub fn is_of(&self, path: &str) -> bool {
        self.path == path
    }

    /// The state to switch the selection to.
    pub fn enabled(&self) -> Result<bool, Failure> {
        enabled::<R>(&self.url).back_to(&self.back())
    }

    fn read(request: &HttpRequest, params: &Params) -> Result<Self, Failure> {
        Self::of(registry(request.path()).to_owned(), Params::of(request), params)
    }

    /// What was sent about the registry at a path, to the address with these parameters.
    pub fn of(path: String, url: Params, params: &Params) -> Result<Self, Failure> {
        let of_form = View::of_form(params);
        let selection = read(params).map_err(Error::Unprocessable).back_to(&of_form.url(&path))?;
        let view = match &selection {
            // A form that carries no view is in the view that its parameters say.
            Selection::Matching { .. } if !params.has("view") => View::read(params).0,
            _ => of_form,
        };
        Ok(Self { path, view, selection, url })
    }
}

/// The registry's path, from that of its `…/removal`, `…/question` or `…/state`.
pub fn registry(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(registry, _)| registry)
}

/// The state that a switch asks for, of one thing or of a selection.
pub fn enabled<R: Rows>(params: &Params) -> Result<bool, Error> {
    let say = || Error::Unprocessable(format!("Say whether to enable or disable the {}.", R::NOUN.one));
    params.bool("enabled").ok_or_else(say)
}

fn read<R: Rows>(params: &Params) -> Result<Selection<R>, String> {
    let Noun { one, many, .. } = R::NOUN;
    let all: BTreeSet<&str> = params.all("all").collect();
    if all.contains("matching") {
        let count = params.get("count").and_then(|count| count.parse().ok()).filter(|count| *count > 0);
        // A form that carries one, if only an empty one, has fields of its own besides.
        let (view, notices) =
            if params.has("view") { (View::<Filter<R>>::of_form(params), Vec::new()) } else { View::read(params) };
        // With part of the filter left out, more rows would match than were meant.
        if !notices.is_empty() {
            return Err("The filter of the selection cannot be read.".into());
        }
        let count = count.ok_or_else(|| format!("Say how many {many} matched when they were selected."))?;
        let mark = params.get("mark").map(str::parse).transpose();
        let mark = mark.map_err(|_| format!("The mark of the {many} that were selected cannot be read."))?;
        let seen = Seen { count, mark };
        return Ok(Selection::Matching { filter: view.filter, seen });
    }
    let text = params.text("shown");
    let shown = all.contains("page").then(|| text.split('.')).into_iter().flatten();
    // Those beside the page were ticked on others.
    let ticked = params.all("id").chain(params.all("selected"));
    let ids: Option<BTreeSet<i64>> = shown.chain(ticked).map(|id| id.parse().ok()).collect();
    Selection::of_ids(ids.ok_or_else(|| format!("The selection holds something that is not a {one}."))?)
}

/// A selection as the names and values of a form.
pub fn fields<R: Rows>(selection: &Selection<R>) -> Vec<(&'static str, String)> {
    match selection {
        Selection::Ids(ids) => vec![("all", "page".into()), ("shown", joined(ids))],
        Selection::Matching { seen, .. } => {
            let mut fields = vec![("all", "matching".into()), ("count", seen.count.to_string())];
            fields.extend(seen.mark.map(|mark| ("mark", mark.to_string())));
            fields
        }
    }
}

/// Asks about a selection that came by POST, with whatever else came: leads to the address of the question, or asks at once
/// if that is too long. Then the address bar shows the rows, once more, so that Back leads to them.
pub async fn ask<R: Rows, F: Future<Output = Answer>>(
    sent: Sent<R>,
    address: &str,
    more: &[(&str, &str)],
    question: impl FnOnce(Sent<R>) -> F,
) -> Answer {
    let mut query = Query::new(String::new());
    query.extend_pairs(fields(&sent.selection)).append_pair("view", &sent.view.query()).extend_pairs(more);
    let address = format!("{address}?{}", query.finish());
    if address.len() <= MAX_ADDRESS {
        return Ok(HttpResponse::SeeOther().insert_header((LOCATION, address)).finish());
    }
    let back = HeaderValue::try_from(sent.back());
    let mut asked = question(sent).await?;
    if let Ok(back) = back {
        asked.headers_mut().insert(PUSH_URL, back);
    }
    Ok(asked)
}

/// Rows to ask about before anything happens to them.
pub struct Asked<R: Rows>(pub Sent<R>);

impl<R: Rows> FromRequest for Asked<R> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Sent::read(request, &Params::of(request)).map(Self))
    }
}

/// Rows to change. Like every change, it comes with a token: see [`Form`].
pub struct Selected<R: Rows>(pub Sent<R>);

impl<R: Rows> FromRequest for Selected<R> {
    type Error = Failure;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = Form::<MAX_BODY>::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let Form(params) = form.await?;
            Sent::read(&request, &params).map(Self)
        })
    }
}
