//! The requests of the Try tab: its form, the way without sending, and a try.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use tokio::sync::oneshot;

use super::form::{Asked, Field};
use super::running::{Finished, Region, Running};
use super::texts::texts;
use super::view::Show;
use crate::access::session::Signed;
use crate::bulkhead::Bulkhead;
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::flow::run::limits::{TRY_TIME, WAY_TIME};
use crate::flow::run::watch::{Stop, Watch};
use crate::flow::run::wire::Silent;
use crate::model::flow_schemas::flow_schema::FlowSchema;
use crate::model::flow_schemas::query;
use crate::model::tries::{log, typed};
use crate::outbound::Outbound;
use crate::pages::crumbs;
use crate::pages::flow_schemas::handler::Id;
use crate::pages::flow_schemas::texts::look;
use crate::tries::texts::Texts;
use crate::tries::{Full, Run, Tries};
use crate::web::access::is_htmx;
use crate::web::failure::Answer;
use crate::web::form::{Again, Filled};
use crate::web::page::{Page, Section};
use crate::web::params::Params;
use crate::web::token::Token;

/// A way keeps a processor busy for seconds at worst. So few are run at once, and never instead of a preview.
static WAYS: Bulkhead = Bulkhead::new(2, 8);
/// With script, the answer comes at once; a try that is over as soon as this is seen without a detour.
const AT_ONCE: Duration = Duration::from_millis(250);
/// Without script, the page waits until the try is over. It is, then.
const WAITED: Duration = Duration::from_secs(TRY_TIME.as_secs() + 5);

/// The form for a flow schema, and what it is shown with.
struct Open {
    schema: FlowSchema,
    texts: Texts,
    asked: Asked,
    signed: Signed,
    token: Token,
    /// A try of it that goes on meanwhile.
    running: Option<Running>,
}

impl Open {
    async fn read(
        db: &Db,
        tries: &Tries,
        id: i64,
        params: &Params,
        signed: Signed,
        token: Token,
    ) -> Result<Self, Error> {
        let schema = db.read(move |conn| query::find(conn, id)).await?;
        Self::new(db, tries, schema, Asked::read(params), signed, token).await
    }

    async fn new(
        db: &Db,
        tries: &Tries,
        schema: FlowSchema,
        asked: Asked,
        signed: Signed,
        token: Token,
    ) -> Result<Self, Error> {
        let texts = texts(db, &schema).await?;
        let run = tries.running(signed.person.id, schema.id);
        let running = run.map(|run| Running::of(&run, token));
        Ok(Self { schema, texts, asked, signed, token, running })
    }

    /// The fields of the form. Without them, the flow schema cannot be read.
    fn fields(&self) -> Result<(Vec<Field>, usize), String> {
        let given = self.texts.given().map_err(|wrong| format!("Line {}: {}", wrong.line, wrong.sentence))?;
        Ok(self.asked.fields(given))
    }

    fn show(self) -> Show {
        let (fields, problem) = match self.fields() {
            Ok(fields) => (fields, None),
            Err(problem) => (<_>::default(), Some(problem)),
        };
        let region = self.running.map(Region::Running);
        Show { region, ..Show::new(self.schema, self.asked, fields, problem, &self.signed, self.token) }
    }

    async fn page(self, status: StatusCode, with: impl FnOnce(&mut Show) + Send + 'static) -> Answer {
        let show = look(move || {
            let mut show = self.show();
            with(&mut show);
            show
        });
        Ok(page(status, show.await?))
    }
}

fn page(status: StatusCode, show: Show) -> HttpResponse {
    let title = format!("Try – {}", show.schema.name);
    let crumbs = crumbs::flow_schema(show.schema.id, &show.schema.name);
    Page { status, crumbs, ..Page::new(Section::FlowSchemas, title, show) }.into()
}

pub async fn show(
    db: web::Data<Db>,
    tries: web::Data<Tries>,
    id: Id,
    params: Params,
    signed: Signed,
    token: Token,
) -> Answer {
    let (id, person_id) = (*id, signed.person.id);
    let found = db.read(move |conn| Ok((query::find(conn, id)?, typed::find(conn, person_id, id)?)));
    let (schema, kept) = found.await?;
    let asked = Asked::begin(&params, kept);
    Open::new(&db, &tries, schema, asked, signed, token).await?.page(StatusCode::OK, |_| ()).await
}

/// The way that a flow schema takes. Nothing is sent, and nothing kept.
pub async fn way(
    db: web::Data<Db>,
    tries: web::Data<Tries>,
    id: Id,
    Filled(params, again): Filled,
    signed: Signed,
    token: Token,
) -> Answer {
    let open = Open::read(&db, &tries, *id, &params, signed, token).await?;
    if let Some(Again { status, sentence }) = again {
        return open.page(status, |show| show.again = Some(sentence)).await;
    }
    if params.has("samples") {
        return open.page(StatusCode::OK, |show| show.has_samples = true).await;
    }
    let show = WAYS.run(move || {
        let way = open.fields().ok().and_then(|(fields, _)| {
            let (variables, wire) = (open.asked.variables(&fields), Silent { answers: Asked::answers(&fields) });
            open.texts.run(variables, wire, WAY_TIME, &Watch::default()).ok()
        });
        Show { way, ..open.show() }
    });
    Ok(page(StatusCode::OK, show.await?))
}

/// A run that somebody waits for. When they do not any more, it is stopped and forgotten: nobody could ask for it again.
struct Awaited {
    run: Arc<Run>,
    tries: Tries,
    /// It is asked for again and again from now on.
    is_kept: bool,
}

impl Drop for Awaited {
    fn drop(&mut self) {
        if !self.is_kept {
            self.run.stop(Stop::Left);
            self.tries.forget(&self.run);
        }
    }
}

/// Writes a try down and begins it. Somebody who leaves meanwhile does not end this halfway: what is in the log has begun.
async fn awaited(
    work: impl AsyncFnOnce() -> Result<Arc<Run>, Error> + 'static,
    tries: Tries,
) -> Result<Awaited, Error> {
    let (begun, coming) = oneshot::channel();
    actix_web::rt::spawn(async move {
        let run = work().await.map(|run| Awaited { run, tries, is_kept: false });
        // Where nobody waits for it any more, it is dropped, and so stopped.
        let _ = begun.send(run);
    });
    coming.await.map_err(|_| Error::Internal("a try did not begin".into()))?
}

/// Runs a flow schema, and really sends its requests.
pub async fn create(
    db: web::Data<Db>,
    tries: web::Data<Tries>,
    outbound: web::Data<Outbound>,
    id: Id,
    (request, Filled(params, again)): (HttpRequest, Filled),
    signed: Signed,
    token: Token,
) -> Answer {
    let id = *id;
    let open = Open::read(&db, &tries, id, &params, signed, token).await?;
    if let Some(Again { status, sentence }) = again {
        return open.page(status, |show| show.again = Some(sentence)).await;
    }
    let place = match tries.admit(open.signed.person.id) {
        Ok(place) => place,
        Err(full) => {
            let status =
                if full == Full::OfPerson { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::SERVICE_UNAVAILABLE };
            return open.page(status, move |show| show.again = Some(full.sentence().into())).await;
        }
    };
    let (open, fields) = look(move || {
        let fields = open.fields();
        (open, fields)
    })
    .await?;
    let Ok((fields, more)) = fields else { return open.page(StatusCode::UNPROCESSABLE_ENTITY, |_| ()).await };
    let Open { schema, texts, asked, signed, token, .. } = open;
    let begun = log::Begun {
        schema_id: id,
        digest: schema.digest(),
        event: asked.event,
        queue_type: asked.queue_type,
        author: signed.person.author(),
    };
    let (kept, person_id, begun) = (asked.kept(&fields), signed.person.id, Arc::new(begun));
    let (variables, db, tries) = (asked.variables(&fields), Db::clone(&db), Tries::clone(&tries));
    let writer = signed.clone();
    let work = async move || {
        let write = move |conn: &mut Conn| {
            let entry_id = log::begin(conn, &begun)?;
            typed::keep(conn, person_id, id, &kept)?;
            Ok(entry_id)
        };
        let entry_id = writer.write(&db, write).await?;
        place.begin(db, (id, entry_id), (texts, variables), move || outbound.line(), TRY_TIME)
    };
    let mut awaited = awaited(work, tries).await?;
    let run = Arc::clone(&awaited.run);
    let mut show = Show::new(schema, asked, (fields, more), None, &signed, token);
    let is_over = if is_htmx(&request) {
        awaited.is_kept = true;
        run.stop_when_left(&awaited.tries);
        run.wait(AT_ONCE).await
    } else {
        run.wait(WAITED).await
    };
    show.region = Some(match run.done().filter(|_| is_over) {
        Some(done) => Region::Finished(Finished::new(id, run.entry_id, done, true)),
        None if is_over || !awaited.is_kept => Region::Lost(id),
        None => Region::Running(Running::of(&run, token)),
    });
    Ok(page(StatusCode::OK, show))
}
