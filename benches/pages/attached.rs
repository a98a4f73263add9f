//! The same center twice in one database: in tables of ours, and in tables of a Webitel system that is attached. Both
//! are requested in turn, on one connection.

use std::fmt::Write;
use std::time::Duration;

use diesel::Connection;
use diesel::connection::SimpleConnection;

use crate::center::Center;
use crate::load::{Client, Request, load};
use crate::plans::Plans;
use crate::program::{self, Server};
use crate::{HOOKS, Result, switch};

const WEBITEL: &str = include_str!("../../tests/support/webitel/fixture.sql");

/// Copies what was imported into the domain that is attached.
const COPY: &str = "
    DELETE FROM call_center.cc_queue_events;
    DELETE FROM call_center.cc_queue;
    DELETE FROM flow.acr_routing_scheme;
    ALTER TABLE call_center.cc_queue_events DISABLE TRIGGER cc_queue_events_changed;
    INSERT INTO flow.acr_routing_scheme
        (id, domain_id, name, scheme, created_at, created_by, updated_at, updated_by, type, editor)
        SELECT id, 1, name, schema::jsonb, 1, 11, 1, 11, type, editor FROM public.flow_schemas;
    INSERT INTO call_center.cc_queue (id, strategy, enabled, name, domain_id, type, created_at, updated_at)
        SELECT id, 'fifo', enabled, name, 1, type, 1, 1 FROM public.queues;
    INSERT INTO call_center.cc_queue_events (id, queue_id, schema_id, event, enabled, updated_at, updated_by)
        SELECT id, queue_id, schema_id, event, enabled, updated_at, 11 FROM public.hooks;
    ALTER TABLE call_center.cc_queue_events ENABLE TRIGGER cc_queue_events_changed;
    SELECT setval('call_center.cc_queue_events_id_seq', (SELECT max(id) FROM public.hooks));";

/// What a row takes on both kinds of tables, as p50 in milliseconds.
struct Row(String, [f64; 2]);

/// `database` creates an empty one with this name, and says where it is.
pub fn measure(mut database: impl FnMut(&str) -> Result<String>, time: Duration, small: bool) -> Result<String> {
    let many = Center { queues: 10_000, flow_schemas: 20_000, hooks: 30, hooks_each: 30 };
    let few = Center { queues: 300, flow_schemas: 3000, hooks: 8, hooks_each: 8 };
    let mut table = String::from("| work | own tables, ms | attached, ms | ratio |\n|---|--:|--:|--:|\n");
    for (name, center) in [("few", few), ("many", many)] {
        let center = if small { Center { queues: center.queues.min(300), ..center } } else { center };
        let title = format!("{} hooks in {} queues", center.all_hooks(), center.queues);
        for Row(work, [own, attached]) in measure_one(&database(&format!("attached_{name}"))?, &center, time)? {
            let ratio = attached / own;
            let _ = writeln!(table, "| {title}: {work} | {own:.2} | {attached:.2} | {ratio:.2} |");
        }
    }
    Ok(table)
}

fn measure_one(url: &str, center: &Center, time: Duration) -> Result<Vec<Row>> {
    program::import(url, |out| center.write(out))?;
    let schema = format!("bench_{}_{}", std::process::id(), center.queues);
    let mut root = diesel::PgConnection::establish(url)?;
    root.batch_execute(WEBITEL)?;
    root.batch_execute(COPY)?;
    program::run(url, &["webitel", "attach", "--domain", "1", "--user", "12", "--schema", &schema, "--yes"])?;
    root.batch_execute("VACUUM ANALYZE")?;
    let (_, place) = url.split_once('@').ok_or("TEST_POSTGRES_URL names no user")?;
    let urls = [url.to_owned(), format!("postgres://{schema}@{place}")];
    let mut both = Vec::new();
    for url in &urls {
        let session = program::sign_in(url)?;
        let server = Server::start(url)?;
        let cookie = Client::connect(server.address)?.cookies(HOOKS, &session)?;
        both.push((server, cookie));
    }
    let mut rows = Vec::new();
    let mut on_both = |work: &str, measured: &mut dyn FnMut(&Server, &str) -> Result<f64>| -> Result<()> {
        let figures: Vec<f64> = both.iter().map(|(server, cookie)| measured(server, cookie)).collect::<Result<_>>()?;
        rows.push(Row(work.into(), [figures[0], figures[1]]));
        Ok(())
    };
    for (work, path) in [
        ("Hooks tab of a queue", HOOKS),
        ("the same, by flow schema", "/contact-center/queues/1/hooks?sort=schema"),
        ("the same, search", "/contact-center/queues/1/hooks?q=crm"),
        ("drop-down", "/routing/flow/options?q=crm"),
        ("queues by name", "/contact-center/queues"),
        ("queues by their number of hooks", "/contact-center/queues?sort=hooks"),
        ("coverage of 100 queues", "/contact-center/queues/coverage?size=100"),
        ("flow schemas by name", "/routing/flow"),
        ("history of a queue", "/contact-center/queues/1/hooks/history"),
    ] {
        on_both(work, &mut |server, cookie| Ok(load(server.address, &[Request::get(path, cookie)], 1, time)?.ms(0.5)))?;
    }
    on_both("switch of one hook", &mut |server, cookie| Ok(switch::load(server.address, cookie, 1, time)?.ms(0.5)))?;
    on_both("plan of 3 hooks for 100 queues, carried out", &mut |server, cookie| {
        Ok(Plans::new(server.address, cookie, 100, 3)?.carry_out(1, 2, 1)?.ms(0.5))
    })?;
    on_both("plan of 3 hooks for 300 queues, carried out", &mut |server, cookie| {
        Ok(Plans::new(server.address, cookie, 300, 3)?.carry_out(1, 1, 1)?.ms(0.5))
    })?;
    Ok(rows)
}
