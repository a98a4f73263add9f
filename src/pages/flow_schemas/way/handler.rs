//! The request of the Way tab.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web;

use super::form::{Asked, Field};
use super::view::Show;
use crate::access::rights::SEE_USES;
use crate::access::session::Signed;
use crate::bulkhead::Bulkhead;
use crate::db::Db;
use crate::db::portable::now;
use crate::error::Error;
use crate::flow::program::{Program, check, shown};
use crate::flow::run::given::{calls, given, samples};
use crate::flow::run::limits::{MAX_SCHEMAS, WAY_TIME};
use crate::flow::run::machine::{Source, Start, run};
use crate::flow::run::watch::Watch;
use crate::flow::run::way::Way;
use crate::flow::run::wire::Silent;
use crate::flow::text::MAX_TEXT;
use crate::model::flow_schemas::flow_schema::FlowSchema;
use crate::model::flow_schemas::query;
use crate::pages::crumbs;
use crate::pages::flow_schemas::handler::Id;
use crate::pages::flow_schemas::texts::look;
use crate::web::failure::Answer;
use crate::web::page::{Page, Section};
use crate::web::params::Params;

/// A way keeps a processor busy for seconds at worst. So few are run at once, and never instead of a preview.
static WAYS: Bulkhead = Bulkhead::new(2, 8);
/// How many flow schemas are read because another one calls them.
const MAX_CALLED: usize = 50;

/// The flow schemas that another one calls, with what these call, by their ids.
type Called = BTreeMap<i64, FlowSchema>;

/// What a flow schema asks for, and the way that it takes if somebody wants to see that.
pub async fn show(db: web::Data<Db>, id: Id, params: Params, signed: Signed) -> Answer {
    let id = *id;
    let schema = db.read(move |conn| query::find(conn, id)).await?;
    let called = called(&db, &schema).await?;
    let asked = Asked::read(&params);
    let may_see_uses = signed.may(SEE_USES);
    let title = format!("Way – {}", schema.name);
    let crumbs = crumbs::flow_schema(schema.id, &schema.name);
    let body = WAYS.run(move || body(schema, &called, &asked, may_see_uses)).await?;
    Ok(Page { crumbs, ..Page::new(Section::FlowSchemas, title, body) }.into())
}

/// Reads the flow schemas that a flow schema calls, as far as they are not too many and not too long together.
async fn called(db: &web::Data<Db>, first: &FlowSchema) -> Result<Called, Error> {
    let (mut called, mut bytes) = (Called::new(), 0);
    let mut texts = vec![first.schema.clone()];
    for _ in 1..MAX_SCHEMAS {
        let ids =
            look(move || texts.iter().filter_map(|text| check(text).ok()).flat_map(|p| calls(&p)).collect()).await?;
        let ids: BTreeSet<i64> = ids;
        let ids: Vec<i64> =
            ids.into_iter().filter(|id| !called.contains_key(id)).take(MAX_CALLED - called.len()).collect();
        if ids.is_empty() {
            break;
        }
        let found = db.read(move |conn| ids.into_iter().map(|id| found(query::find(conn, id))).collect()).await?;
        let found: Vec<Option<FlowSchema>> = found;
        texts = Vec::new();
        for schema in found.into_iter().flatten() {
            bytes += schema.schema.len();
            if bytes > MAX_TEXT {
                return Ok(called);
            }
            texts.push(schema.schema.clone());
            called.insert(schema.id, schema);
        }
    }
    Ok(called)
}

/// A flow schema, if it is there.
fn found(schema: Result<FlowSchema, Error>) -> Result<Option<FlowSchema>, Error> {
    match schema {
        Err(Error::NotFound(_)) => Ok(None),
        schema => schema.map(Some),
    }
}

fn body(schema: FlowSchema, called: &Called, asked: &Asked, may_see_uses: bool) -> Show {
    // Its lines are those of the General tab. The others are not indented, which could make many times as much of them.
    let text = shown(&schema.schema);
    let (mut fields, mut more, mut way, mut problem) = (Vec::new(), 0, None, None);
    match check(&text) {
        Err(wrong) => problem = Some(format!("Line {}: {}", wrong.line, wrong.sentence)),
        Ok(program) => {
            let sources = called.iter().filter_map(|(id, schema)| {
                let program = check(&schema.schema).ok()?;
                Some((*id, Source { name: schema.name.clone(), program }))
            });
            let sources: BTreeMap<i64, Source> = sources.collect();
            let programs: Vec<&Program> =
                [&program].into_iter().chain(sources.values().map(|source| &source.program)).collect();
            (fields, more) = asked.fields(given(&programs));
            let first = Source { name: schema.name.clone(), program };
            way = asked.is_run.then(|| gone(&first, &sources, asked, &fields));
        }
    }
    Show { schema, occasion: asked.occasion(), fields, more, problem, way, may_see_uses }
}

/// The way with these values.
fn gone<'p>(first: &'p Source<'p>, called: &'p BTreeMap<i64, Source<'p>>, asked: &Asked, fields: &[Field]) -> Way {
    let mut variables = samples(asked.event, asked.queue_type);
    let (of_answers, of_event): (Vec<&Field>, Vec<&Field>) = fields.iter().partition(|field| field.given.is_of_answer);
    let pair = |field: &Field| (field.given.name.clone(), field.value.clone());
    variables.extend(of_event.into_iter().map(pair));
    let answers = of_answers.into_iter().filter(|field| !field.value.is_empty()).map(pair).collect();
    let watch = Watch::default();
    run(Start { first, called, variables, now: now(), time: WAY_TIME, watch: &watch }, Silent { answers })
}
