//! The texts of a flow schema and of those that it calls, as they are stored.

use std::collections::{BTreeMap, BTreeSet};

use crate::db::Db;
use crate::error::Error;
use crate::flow::program::{check, shown};
use crate::flow::run::given::calls;
use crate::flow::run::limits::MAX_SCHEMAS;
use crate::flow::text::MAX_TEXT;
use crate::model::flow_schemas::flow_schema::FlowSchema;
use crate::model::flow_schemas::query;
use crate::pages::flow_schemas::texts::look;
use crate::tries::texts::{Named, Texts};

/// How many flow schemas are read because another one calls them.
const MAX_CALLED: usize = 50;

/// The texts that a run needs. Their lines are those of the General tab; but indenting can make many times as much of a
/// text, so those that are called are indented only as far as they stay within the length of one text together.
pub async fn texts(db: &Db, first: &FlowSchema) -> Result<Texts, Error> {
    let mut called = called(db, first).await?;
    let (name, text) = (first.name.clone(), first.schema.clone());
    look(move || {
        let mut bytes: usize = called.values().map(|called| called.text.len()).sum();
        for called in called.values_mut() {
            let indented = shown(&called.text);
            let more = indented.len().saturating_sub(called.text.len());
            if bytes + more <= MAX_TEXT {
                bytes += more;
                called.text = indented;
            }
        }
        Texts { first: Named { name, text: shown(&text) }, called }
    })
    .await
}

/// Reads the flow schemas that a flow schema calls, as far as they are not too many and not too long together.
async fn called(db: &Db, first: &FlowSchema) -> Result<BTreeMap<i64, Named>, Error> {
    let (mut called, mut bytes) = (BTreeMap::new(), 0);
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
        let found = db.read(move |conn| query::find_all(conn, &ids)).await?;
        texts = Vec::new();
        for schema in found {
            bytes += schema.schema.len();
            if bytes > MAX_TEXT {
                return Ok(called);
            }
            texts.push(schema.schema.clone());
            called.insert(schema.id, Named { name: schema.name, text: schema.schema });
        }
    }
    Ok(called)
}
