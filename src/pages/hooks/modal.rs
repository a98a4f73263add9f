//! The requests of the modal: adding and editing one hook.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};

use super::form::{CHOOSE_EVENT, CHOOSE_SCHEMA, Errors, Pressed, SEEN_EVENT, SEEN_SCHEMA, Typed};
use super::handler::{Id, Ids, page, tab_url};
use super::view::{Edit, Index};
use crate::access::rights::SEE_FLOW_SCHEMAS;
use crate::access::session::Signed;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::model::flow_schemas::query::{self as schemas, Options};
use crate::model::hooks::change::{self, Patch, Put, Refused};
use crate::model::hooks::filter::Filter;
use crate::model::hooks::hook::Wanted;
use crate::model::hooks::query;
use crate::model::hooks::tab::{self, Tab};
use crate::model::journal::Change;
use crate::model::queues;
use crate::pages::flow_schemas::form::Occasion;
use crate::pages::flow_schemas::texts::look;
use crate::pages::flow_schemas::view::Preview;
use crate::web::failure::Answer;
use crate::web::flash::{Flash, see_other};
use crate::web::form::{Again, Filled};
use crate::web::paging::{Query, View};
use crate::web::params::Params;
use crate::web::paths;
use crate::web::token::Token;
use crate::word::Word;

const INVALID: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

pub async fn new(db: web::Data<Db>, queue: Id, params: Params, signed: Signed, token: Token) -> Answer {
    let (view, notices) = View::read(&params);
    let may_choose = signed.may(SEE_FLOW_SCHEMAS);
    let (typed, is_chosen) = Typed::default().chosen(&params);
    let mut open = db.read(move |conn| open(conn, *queue, None, view, typed, may_choose)).await?;
    open.edit.was_sent = is_chosen;
    Ok(modal(StatusCode::OK, open, &signed, token, notices))
}

pub async fn edit(db: web::Data<Db>, ids: Ids, params: Params, signed: Signed, token: Token) -> Answer {
    let (queue, id) = ids.into_inner();
    let (view, notices) = View::read(&params);
    let may_choose = signed.may(SEE_FLOW_SCHEMAS);
    let (mut open, is_chosen) = db
        .read(move |conn| {
            let (typed, is_chosen) = Typed::of(&query::found(conn, queue, id)?).chosen(&params);
            Ok((open(conn, queue, Some(id), view, typed, may_choose)?, is_chosen))
        })
        .await?;
    open.edit.was_sent = is_chosen;
    Ok(modal(StatusCode::OK, open, &signed, token, notices))
}

pub async fn create(
    db: web::Data<Db>,
    queue: Id,
    Filled(params, again): Filled,
    signed: Signed,
    token: Token,
) -> Answer {
    let sent = Sent::read(*queue, None, &params, signed, token);
    if let Some(again) = again {
        return sent.shown_again(&db, again).await;
    }
    let wanted = match sent.wanted() {
        Next::Wanted(wanted) => wanted,
        other => return sent.answer(&db, other).await,
    };
    let (queue, if_taken) = (*queue, sent.typed.if_taken);
    let change = Change::with_id(&sent.typed.change, &sent.signed.person);
    match sent.signed.write(&db, move |conn| change::add(conn, queue, wanted, if_taken, &change)).await? {
        Ok(put) => Ok(sent.saved("Added", put)),
        Err(refused) => sent.refused(&db, refused).await,
    }
}

pub async fn update(
    db: web::Data<Db>,
    ids: Ids,
    Filled(params, again): Filled,
    signed: Signed,
    token: Token,
) -> Answer {
    let (queue, id) = ids.into_inner();
    let sent = Sent::read(queue, Some(id), &params, signed, token);
    if let Some(again) = again {
        return sent.shown_again(&db, again).await;
    }
    let wanted = match sent.wanted() {
        // The state is not in the modal.
        Next::Wanted(wanted) => Patch { enabled: None, ..wanted.into() },
        other => return sent.answer(&db, other).await,
    };
    let (seen, if_taken) = (sent.typed.seen(), sent.typed.if_taken);
    let change = Change::with_id(&sent.typed.change, &sent.signed.person);
    match sent.signed.write(&db, move |conn| change::put(conn, queue, id, wanted, seen, if_taken, &change)).await? {
        Ok(put) => Ok(sent.saved("Saved", put)),
        Err(refused) => sent.refused(&db, refused).await,
    }
}

/// The modal's form as it was sent.
struct Sent {
    queue: i64,
    id: Option<i64>,
    view: View<Filter>,
    typed: Typed,
    signed: Signed,
    token: Token,
}

/// What comes next after a form was sent.
enum Next {
    /// Save this hook.
    Wanted(Wanted),
    /// Show the modal again, with these errors.
    Again(StatusCode, Errors),
    /// Leave to add a flow schema.
    NewSchema,
    /// Leave to try this one.
    Try(i64),
}

impl Sent {
    fn read(queue: i64, id: Option<i64>, params: &Params, signed: Signed, token: Token) -> Self {
        Self { queue, id, view: View::of_form(params), typed: Typed::read(params), signed, token }
    }

    fn back(&self) -> String {
        tab_url(self.queue, &self.view)
    }

    fn wanted(&self) -> Next {
        match (self.typed.pressed, self.typed.wanted()) {
            (Pressed::Try, _) if self.signed.may(SEE_FLOW_SCHEMAS) && self.typed.schema_id().is_some() => {
                Next::Try(self.typed.schema_id().unwrap_or_default())
            }
            (Pressed::Search, _) if self.signed.may(SEE_FLOW_SCHEMAS) => Next::Again(StatusCode::OK, Errors::default()),
            (Pressed::NewSchema, _) => Next::NewSchema,
            (_, Err(errors)) => Next::Again(INVALID, errors),
            (Pressed::Preview | Pressed::Try, Ok(_)) => Next::Again(StatusCode::OK, Errors::default()),
            (_, Ok(wanted)) => Next::Wanted(wanted),
        }
    }

    async fn answer(self, db: &Db, next: Next) -> Answer {
        match next {
            Next::NewSchema => Ok(self.leave_for_schema()),
            Next::Try(schema_id) => self.leave_for_try(db, schema_id).await,
            Next::Again(status, errors) => self.again(db, status, |edit| edit.errors = errors).await,
            Next::Wanted(_) => Err(Error::Internal("a hook that is wanted is no answer".into()).into()),
        }
    }

    fn saved(&self, done: &str, Put { hook, change }: Put) -> HttpResponse {
        let name = hook.short_name();
        let state = if hook.enabled { "" } else { ", disabled" };
        let flash = if change.is_some() {
            Flash::say(format!("{done} {name}{state}")).about(Some(hook.id))
        } else {
            Flash::say(format!("{name} is saved"))
        };
        see_other(&self.back(), &flash.undo(change))
    }

    async fn refused(self, db: &Db, refused: Refused) -> Answer {
        let sentence = refused.sentence();
        match refused {
            Refused::Taken(holder) => self.again(db, INVALID, |edit| edit.taken = Some(holder)).await,
            Refused::Stale(theirs) => self.again(db, StatusCode::CONFLICT, |edit| edit.theirs = Some(theirs)).await,
            Refused::NoSchema => self.again(db, INVALID, |edit| edit.errors.schema = Some(sentence)).await,
            Refused::MayNotChoose => Err(Error::Forbidden(change::MAY_NOT_CHOOSE).into()),
            Refused::Gone => Ok(see_other(&self.back(), &Flash::say(sentence))),
        }
    }

    /// The address of this modal as it was left: with what was seen of the hook, and what is chosen in it.
    fn modal(&self, schema_id: Option<i64>) -> String {
        let modal = self.id.map_or_else(|| "new".into(), |id| id.to_string());
        let path = format!("{}/{modal}?", paths::hooks(self.queue));
        let start = path.len();
        let mut query = Query::for_suffix(path + self.view.query().trim_start_matches('?'), start);
        if let Some(seen) = &self.typed.seen {
            query.append_pair(SEEN_EVENT, &seen.event).append_pair(SEEN_SCHEMA, &seen.schema);
        }
        if let Some(event) = self.typed.event() {
            query.append_pair(CHOOSE_EVENT, event.word());
        }
        if let Some(schema_id) = schema_id {
            query.append_pair(CHOOSE_SCHEMA, &schema_id.to_string());
        }
        query.finish().trim_end_matches('?').into()
    }

    /// Leads to a new flow schema; saving that leads back to this modal.
    fn leave_for_schema(&self) -> HttpResponse {
        let query = Query::new(String::new()).append_pair("back", &self.modal(None)).finish();
        HttpResponse::SeeOther().insert_header((LOCATION, format!("{}/new?{query}", paths::flow_schemas()))).finish()
    }

    /// Leads to the try of a flow schema, and from there back to this modal.
    async fn leave_for_try(self, db: &Db, schema_id: i64) -> Answer {
        let queue = self.queue;
        let queue = db.read(move |conn| queues::query::find(conn, queue)).await?;
        let back = self.modal(Some(schema_id));
        let mut query = Query::new(String::new());
        if let Some(event) = self.typed.event() {
            query.append_pair("event", event.word());
        }
        query.append_pair("queue_type", Occasion::queue_type(&queue).word()).append_pair("back", &back);
        let location = format!("{}?{}", paths::try_(schema_id), query.finish());
        Ok(HttpResponse::SeeOther().insert_header((LOCATION, location)).finish())
    }

    async fn shown_again(self, db: &Db, Again { status, sentence }: Again) -> Answer {
        self.again(db, status, |edit| edit.again = Some(sentence)).await
    }

    /// The modal again, with what was typed and what to say about it.
    async fn again(self, db: &Db, status: StatusCode, say: impl FnOnce(&mut Edit)) -> Answer {
        let Self { queue, id, view, typed, signed, token } = self;
        let may_choose = signed.may(SEE_FLOW_SCHEMAS);
        let mut open = db
            .read(move |conn| {
                id.map(|id| query::found(conn, queue, id)).transpose()?;
                open(conn, queue, id, view, typed, may_choose)
            })
            .await?;
        if let Some((text, occasion)) = open.previewed.take() {
            open.edit.preview = Some(look(move || Preview::of(&text, occasion)).await?);
        }
        open.edit.was_sent = true;
        say(&mut open.edit);
        Ok(modal(status, open, &signed, token, Vec::new()))
    }
}

/// The tab with the modal open.
struct Open {
    view: View<Filter>,
    tab: Tab,
    edit: Edit,
    /// The text to preview, and the event and queue type to preview it with.
    previewed: Option<(String, Occasion)>,
}

fn open(
    conn: &mut Conn,
    queue: i64,
    id: Option<i64>,
    mut view: View<Filter>,
    mut typed: Typed,
    may_choose: bool,
) -> Result<Open, Error> {
    let tab = tab::tab(conn, queue, &view.filter, view.order, view.range)?;
    view.range.page = tab.hooks.pages.page;
    if typed.change.is_empty() {
        typed.change = Change::new_id();
    }
    let (schema, options) = if may_choose {
        let name = |id| schemas::name(conn, id).map(|name| name.map(|name| (id, name)));
        let schema = typed.schema_id().map(name).transpose()?.flatten();
        (schema, schemas::options(conn, typed.schema_q.trim(), schemas::OPTIONS)?)
    } else {
        let hook = id.map(|id| query::found(conn, queue, id)).transpose()?;
        (hook.map(|hook| (hook.schema_id, hook.schema_name)), Options::default())
    };
    let previewed = match typed.wanted() {
        Ok(Wanted { event, schema_id, .. }) if may_choose && typed.pressed == Pressed::Preview => {
            let occasion = Occasion { event: Some(event), queue_type: Occasion::queue_type(&tab.queue) };
            schemas::text(conn, schema_id)?.map(|text| (text, occasion))
        }
        _ => None,
    };
    let enabled = query::enabled(conn, queue)?.into_iter().filter(|hook| Some(hook.id) != id).collect();
    let edit = Edit {
        id,
        typed,
        was_sent: false,
        errors: Errors::default(),
        again: None,
        schema,
        options,
        preview: None,
        enabled,
        taken: None,
        theirs: None,
    };
    Ok(Open { view, tab, edit, previewed })
}

fn modal(status: StatusCode, open: Open, signed: &Signed, token: Token, notices: Vec<String>) -> HttpResponse {
    let Open { view, tab, edit, previewed: _ } = open;
    let mut index = Index { edit: Some(edit), ..Index::new(view, tab, signed, token) };
    index.registry.notices = notices;
    page(status, index)
}
