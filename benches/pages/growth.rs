//! How the cost grows with a queue: from a thousand hooks in it to a million. The data are as ugly as they can be: hooks
//! come in any order of their queues, may run every flow schema, and are searched by a word inside names.

use std::fmt::Write;
use std::time::Duration;

use crate::center::Center;
use crate::load::{Client, Request, load};
use crate::program::{self, Server};
use crate::{HOOKS, Result, removal};

const SIZES: [usize; 4] = [1000, 10_000, 100_000, 1_000_000];
/// One in thirty flow schemas has it in its name.
const WORD: &str = "contact+1";
/// What is measured, with the unit, and what it is to be at most where the queue is largest: SQLite and PostgreSQL.
const WORKS: [(&str, Option<[f64; 2]>); 7] = [
    ("page of 100 rows, ms", None),
    ("page in the middle of an event, ms", Some([15.0, 25.0])),
    ("last page, ms", None),
    ("search inside names, ms", Some([20.0, 40.0])),
    ("the same in the drop-down, ms", Some([0.8, 1.4])),
    ("removal of 1000 hooks, ms", Some([90.0, 25.0])),
    // 1,080,000 of them in 25 and 45 seconds.
    ("import of a hook, µs", Some([23.1, 41.6])),
];

/// The figures of one database: for each work one of each size.
pub struct Growth([[f64; SIZES.len()]; WORKS.len()]);

/// `database` creates an empty one with this name.
pub fn measure(mut database: impl FnMut(&str) -> Result<String>, time: Duration, small: bool) -> Result<Growth> {
    let mut growth = Growth([[0.0; SIZES.len()]; WORKS.len()]);
    for (nth, &hooks) in SIZES.iter().enumerate() {
        let hooks = if small { hooks / 100 } else { hooks };
        let figures = measure_one(&database(&format!("growth_{nth}"))?, hooks, time)?;
        for (work, figure) in figures.into_iter().enumerate() {
            growth.0[work][nth] = figure;
        }
    }
    Ok(growth)
}

fn measure_one(url: &str, hooks: usize, time: Duration) -> Result<[f64; WORKS.len()]> {
    let center = Center { queues: 100, flow_schemas: 20_000, hooks, hooks_each: 8 };
    program::import(url, |out| center.write_names(out, &["service"]))?;
    let imported = program::import(url, |out| center.write_hooks_mixed(out))?;
    let session = program::sign_in(url)?;
    let server = Server::start(url)?;
    let mut client = Client::connect(server.address)?;
    let cookie = client.cookies(HOOKS, &session)?;
    let pages = (hooks / 100).max(1);
    let p50_of =
        |path: &str| -> Result<f64> { Ok(load(server.address, &[Request::get(path, &cookie)], 1, time)?.ms(0.5)) };
    let p50 = |query: &str| p50_of(&format!("{HOOKS}?{query}size=100"));
    let page = |page: usize| if page < 2 { String::new() } else { format!("page={page}&") };
    Ok([
        p50("")?,
        // Of eight events of the same size, which are the order of the page.
        p50(&page((pages * 7).div_ceil(16)))?,
        p50(&page(pages))?,
        p50(&format!("q={WORD}&"))?,
        p50_of(&format!("/routing/flow/options?q={WORD}"))?,
        removal::load(server.address, &cookie, hooks.min(1000), 1)?.ms(0.5),
        imported.as_secs_f64() * 1e6 / center.all_hooks() as f64,
    ])
}

/// One table for both databases: SQLite / PostgreSQL.
pub fn table(growths: &[Growth]) -> String {
    let mut table = String::from("| work |");
    for size in SIZES {
        let _ = write!(table, " {size} hooks |");
    }
    table.push_str(" at most |\n|---|--:|--:|--:|--:|--:|\n");
    for (work, (name, most)) in WORKS.iter().enumerate() {
        let _ = write!(table, "| {name} |");
        for size in 0..SIZES.len() {
            let figures: Vec<_> = growths.iter().map(|growth| format!("{:.1}", growth.0[work][size])).collect();
            let _ = write!(table, " {} |", figures.join(" / "));
        }
        let most = most.map(|[sqlite, postgres]| format!("{sqlite} / {postgres}")).unwrap_or_default();
        let _ = writeln!(table, " {most} |");
    }
    table
}

/// The same as a picture with logarithmic axes. A line that is as steep as the grey ones grows as the queue does.
pub fn plot(growths: &[Growth]) -> String {
    const COLOURS: [&str; WORKS.len()] = ["#0b5fa5", "#7a3e9d", "#2f7d32", "#b3261e", "#c2457f", "#9a6700", "#4a5560"];
    let x = |size: usize| 70.0 + 150.0 * size as f64;
    let y = |figure: f64| 330.0 - 60.0 * (figure.max(0.1).log10() + 1.0);
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 400\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" \
         aria-label=\"How the cost grows with the hooks of a queue\">\n<rect width=\"820\" height=\"400\" fill=\"#fff\"/>\n",
    );
    for decade in -1..=4 {
        let at = y(10f64.powi(decade));
        let _ = writeln!(svg, "<path d=\"M70 {at:.0}H520\" stroke=\"#e3e6ea\"/>");
        let _ = writeln!(svg, "<text x=\"62\" y=\"{:.0}\" text-anchor=\"end\">{}</text>", at + 4.0, 10f64.powi(decade));
    }
    for (nth, size) in SIZES.iter().enumerate() {
        let _ = writeln!(svg, "<text x=\"{:.0}\" y=\"350\" text-anchor=\"middle\">{size}</text>", x(nth));
    }
    for from in [-1, 0, 1] {
        let from = 10f64.powi(from);
        let (start, end) = (y(from), y(from * 1000.0));
        let _ = writeln!(svg, "<path d=\"M70 {start:.0}L520 {end:.0}\" stroke=\"#c9ced6\" stroke-dasharray=\"1 5\"/>");
    }
    svg.push_str("<text x=\"295\" y=\"375\" text-anchor=\"middle\">hooks in the queue</text>\n");
    for (work, colour) in COLOURS.iter().enumerate() {
        for (growth, dashes) in growths.iter().zip(["none", "6 4"]) {
            let points: Vec<_> = growth.0[work]
                .iter()
                .enumerate()
                .map(|(nth, figure)| format!("{:.0},{:.0}", x(nth), y(*figure)))
                .collect();
            let points = points.join(" ");
            let _ = writeln!(
                svg,
                "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>"
            );
        }
        let at = 40 + 22 * work;
        let _ = writeln!(svg, "<path d=\"M545 {at}h24\" stroke=\"{colour}\" stroke-width=\"2\"/>");
        let _ = writeln!(svg, "<text x=\"578\" y=\"{}\">{}</text>", at + 4, WORKS[work].0);
    }
    svg.push_str(
        "<text x=\"545\" y=\"212\">SQLite ───</text>\n<text x=\"545\" y=\"232\">PostgreSQL ─ ─</text>\n</svg>\n",
    );
    svg
}
