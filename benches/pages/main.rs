//! How fast the pages are: `make bench`.
//!
//! For SQLite and then for PostgreSQL, the real program imports a large center ([`center`]) and serves it from a
//! process of its own. Blocking clients on keep-alive connections ([`load`]) request pages as fast as they are
//! answered, on the same machine. Each row of the table says how many answers per second there were and how long the
//! clients waited, with 1 connection and with 16. Every answer is read to its end, and an unexpected status ends the
//! run.
//!
//! Two ceilings ([`ceiling`]) come after the page of 100 rows: its bytes from memory, and its queries and template
//! alone.
//!
//! Runs of flow schemas are measured without a server ([`tries`]).
//!
//! Then the cost is measured as a queue grows ([`growth`]); a plot of it is left in `target/growth.svg`. At the end
//! tables of ours are compared with those of a Webitel system ([`attached`]).
//!
//! A ratio above 1 is better than the reference. The ratio of a ceiling is the part of it that the page reaches.
//!
//! `cargo bench --bench pages -- switch "page of 100"` measures only the rows whose work has one of these words, each
//! for as long as ever.
//!
//! * `TEST_POSTGRES_URL` – a database of a throw-away PostgreSQL cluster, in which a database for the run is
//!   created. Without it PostgreSQL is left out.
//! * `BENCH_SCALE=small` – a center 100 times smaller, in a tenth of the time: to see whether it works, not how
//!   fast.

mod api;
mod attached;
mod ceiling;
mod center;
mod growth;
mod load;
mod plans;
mod program;
mod removal;
mod switch;
mod table;
mod tries;

use std::net::SocketAddr;
use std::time::Duration;

use diesel::Connection;
use diesel::connection::SimpleConnection;

use ceiling::Ceiling;
use center::Center;
use load::{Client, Measured, Request, load};
use plans::Plans;
use program::Server;
use table::{Beside, Table};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const CONNECTIONS: [usize; 2] = [1, 16];
/// Where the clients' tab is: the queue with the most hooks.
const HOOKS: &str = "/contact-center/queues/1/hooks";

/// What it is to be on two cores that the server shares with its clients.
struct References {
    page_per_second: f64,
    switch_per_second: f64,
    page_ms: f64,
    large_page_ms: f64,
    deep_page_ms: f64,
    search_ms: f64,
    coverage_ms: f64,
    removal_ms: f64,
    plan_ms: f64,
    carrying_out_ms: f64,
    import_per_second: f64,
    /// The part of what was planned for the API on SQLite.
    api: f64,
    memory_mib: f64,
}

const SQLITE: References = References {
    page_per_second: 5000.0,
    switch_per_second: 2000.0,
    page_ms: 1.5,
    large_page_ms: 8.0,
    deep_page_ms: 15.0,
    search_ms: 3.0,
    coverage_ms: 5.0,
    removal_ms: 90.0,
    plan_ms: 150.0,
    carrying_out_ms: 500.0,
    import_per_second: 50_000.0,
    api: 1.0,
    memory_mib: 64.0,
};

const POSTGRES: References = References {
    page_per_second: 2400.0,
    switch_per_second: 1200.0,
    page_ms: 4.0,
    large_page_ms: 15.0,
    deep_page_ms: 40.0,
    search_ms: 8.0,
    coverage_ms: 10.0,
    removal_ms: 25.0,
    plan_ms: 150.0,
    carrying_out_ms: 500.0,
    import_per_second: 30_000.0,
    api: 0.5,
    memory_mib: 64.0,
};

/// How large the center is, and for how long each row is measured.
struct Scale {
    center: Center,
    time: Duration,
}

const LONG: Duration = Duration::from_secs(3);

impl Scale {
    fn read() -> Self {
        let large = Center { queues: 10_000, flow_schemas: 20_000, hooks: 100_000, hooks_each: 90 };
        if std::env::var("BENCH_SCALE").is_ok_and(|scale| scale == "small") {
            let small = Center { queues: 100, flow_schemas: 200, hooks: 1000, ..large };
            let time = if named().is_empty() { Duration::from_millis(300) } else { LONG };
            return Self { center: small, time };
        }
        Self { center: large, time: LONG }
    }

    fn is_small(&self) -> bool {
        self.center.hooks < 10_000
    }
}

fn main() -> Result<()> {
    let scale = Scale::read();
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("bench.db");
    let table = measure(&format!("sqlite://{}", file.display()), &SQLITE, &scale)?;
    println!("### SQLite\n\n{table}");
    if is_asked("tries") {
        println!("### Tries\n\n{}", tries::measure(scale.time)?);
    }
    let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
        eprintln!("PostgreSQL is left out: TEST_POSTGRES_URL does not say where it is");
        return Ok(());
    };
    let table = measure(&create_database(&url, "bench")?, &POSTGRES, &scale)?;
    println!("### PostgreSQL\n\n{table}");
    if is_asked("growth") {
        let (time, small) = (scale.time / 3, scale.is_small());
        let in_file = |name: &str| Ok(format!("sqlite://{}/{name}.db", folder.path().display()));
        let growths =
            [growth::measure(in_file, time, small)?, growth::measure(|name| create_database(&url, name), time, small)?];
        println!("### Growth: SQLite / PostgreSQL\n\n{}", growth::table(&growths));
        std::fs::write("target/growth.svg", growth::plot(&growths))?;
    }
    if is_asked("attached") {
        let table = attached::measure(|name| create_database(&url, name), scale.time / 3, scale.is_small())?;
        println!("### On the tables of a Webitel system\n\n{table}");
    }
    Ok(())
}

/// Creates a database for this run, in the cluster at this URL.
fn create_database(url: &str, name: &str) -> Result<String> {
    let name = format!("{name}_{}", std::process::id());
    diesel::PgConnection::establish(url)?.batch_execute(&format!("CREATE DATABASE {name}"))?;
    let (cluster, _) = url.rsplit_once('/').ok_or("TEST_POSTGRES_URL names no database")?;
    Ok(format!("{cluster}/{name}"))
}

fn measure(url: &str, reference: &References, scale: &Scale) -> Result<Table> {
    let Scale { center, time } = scale;
    let mut table = Table::default();

    let imported = program::import(url, |out| center.write(out))?;
    let per_second = center.all_hooks() as f64 / imported.as_secs_f64();
    table.add_import(per_second, reference.import_per_second);

    let session = program::sign_in(url)?;
    let server = Server::start(url)?;
    let mut client = Client::connect(server.address)?;
    let cookie = client.cookies(HOOKS, &session)?;
    let get = |path: &str| Request::get(path, &cookie);

    let page = [get(&format!("{HOOKS}?size=100"))];
    if is_asked("page of 100 rows") {
        let pages = on_all(server.address, &page, *time)?;
        let references = [Beside::P50(reference.page_ms), Beside::PerSecond(reference.page_per_second)];
        table.add("page of 100 rows", &pages, references);
        let references = pages.each_ref().map(|measured| Beside::Page(measured.per_second));
        client.send(&page[0])?;
        for (work, ceiling) in [
            ("ceiling: its bytes from memory", Ceiling::memory(client.body.clone())?),
            ("ceiling: its queries and template alone", Ceiling::queries_and_template(url)?),
        ] {
            table.add(work, &on_all(ceiling.address, &page, *time)?, references);
        }
    }

    let deep = center.hooks / 100;
    let (page_ms, deep_ms, search_ms) = (reference.large_page_ms, reference.deep_page_ms, reference.search_ms);
    let compressed = Request::get_compressed(&format!("{HOOKS}?size=100"), &cookie);
    let search = |searches: [&str; 4]| searches.map(|q| get(&format!("/routing/flow/options?q={q}"))).into();
    let list = |path: &str| vec![get(path)];
    let coverage = |query: &str| format!("/contact-center/queues/coverage{query}");
    let rows: [(String, Vec<Request>, Beside); 16] = [
        ("page of 100 rows, compressed".into(), vec![compressed], Beside::Nothing),
        ("page of 1000 rows".into(), vec![get(&format!("{HOOKS}?size=1000"))], Beside::P50(page_ms)),
        (
            format!("page {deep} of 100 rows, by event"),
            vec![get(&format!("{HOOKS}?page={deep}&size=100"))],
            Beside::P50(deep_ms),
        ),
        (
            format!("page {deep} of 100 rows, by changed"),
            vec![get(&format!("{HOOKS}?sort=updated_at&page={deep}&size=100"))],
            Beside::P50(deep_ms),
        ),
        ("queues by name".into(), list("/contact-center/queues"), Beside::Nothing),
        ("queues of a type".into(), list("/contact-center/queues?type=1"), Beside::Nothing),
        ("queues by their number of hooks".into(), list("/contact-center/queues?sort=hooks"), Beside::Nothing),
        ("coverage of 100 queues".into(), list(&coverage("?size=100")), Beside::P50(reference.coverage_ms)),
        (
            "coverage of 100 queues, by missing events".into(),
            list(&coverage("?sort=-missing&size=100")),
            Beside::Nothing,
        ),
        ("coverage of queues that miss “joined”".into(), list(&coverage("?missing=joined&size=100")), Beside::Nothing),
        ("flow schemas by name".into(), list("/routing/flow"), Beside::Nothing),
        ("flow schemas of a type".into(), list("/routing/flow?type=service"), Beside::Nothing),
        ("flow schemas that match “crm”".into(), list("/routing/flow?q=crm"), Beside::Nothing),
        ("flow schemas by how many hooks run them".into(), list("/routing/flow?sort=used_by"), Beside::Nothing),
        ("flow-schema search, frequent words".into(), search(center::FREQUENT), Beside::P50(search_ms)),
        ("flow-schema search, rare words".into(), search(center::RARE), Beside::P50(search_ms)),
    ];
    for (work, requests, one) in rows.into_iter().filter(|(work, ..)| is_asked(work)) {
        table.add(&work, &on_all(server.address, &requests, *time)?, [one, Beside::Nothing]);
    }

    if is_asked("switch") {
        let [one, sixteen] = CONNECTIONS.map(|connections| switch::load(server.address, &cookie, connections, *time));
        let references = [Beside::Nothing, Beside::PerSecond(reference.switch_per_second)];
        table.add("switch of one hook", &[one?, sixteen?], references);
    }

    let hooks = center.hooks / 100;
    if is_asked("removal") {
        let removals = CONNECTIONS.map(|connections| removal::load(server.address, &cookie, hooks, connections));
        let [one, sixteen] = removals;
        let references = [Beside::P50(reference.removal_ms), Beside::Nothing];
        table.add(&format!("removal of {hooks} hooks"), &[one?, sixteen?], references);
    }

    let queues = (center.queues / 30).min(300);
    if is_asked("plan") {
        let plans = Plans::new(server.address, &cookie, queues, 8)?;
        let planned = on_all(server.address, &[plans.plan(1)?], *time)?;
        let references = [Beside::P50(reference.plan_ms), Beside::Nothing];
        table.add(&format!("plan of 8 hooks for {queues} queues"), &planned, references);
        let carried = [plans.carry_out(1, 10, 1)?, plans.carry_out(11, 1, 16)?];
        let references = [Beside::P50(reference.carrying_out_ms), Beside::Nothing];
        table.add(&format!("plan of 8 hooks for {queues} queues, carried out"), &carried, references);
    }

    api::measure(&mut table, server.address, &program::token(url)?, reference.api, *time)?;

    if let Some((now, most)) = server.memory() {
        table.add_memory(now, most, reference.memory_mib);
    }
    Ok(table)
}

/// The words of the rows that the command line names.
fn named() -> Vec<String> {
    std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect()
}

/// Whether to measure a row: those that are named, or all of them.
fn is_asked(work: &str) -> bool {
    named().is_empty() || named().iter().any(|word| work.contains(word))
}

/// The same requests with 1 connection, then with 16.
fn on_all(address: SocketAddr, requests: &[Request], time: Duration) -> Result<[Measured; 2]> {
    let [one, sixteen] = CONNECTIONS.map(|connections| load(address, requests, connections, time));
    Ok([one?, sixteen?])
}
