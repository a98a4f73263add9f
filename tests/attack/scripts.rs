//! Scripts of flow schemas that `QuickJS` cannot stop, because they take no turns.

use std::cell::Cell;
use std::time::{Duration, Instant};

use support::process::*;

/// Reads a million spaces as a number, ten thousand times before `QuickJS` looks at the clock.
const SPACES: &str = "var s = ' '; while (s.length < 1e6) s += s; while (true) +s";

#[test]
fn a_script_that_does_not_look_at_the_clock_keeps_no_page_and_few_processors() {
    let database = Database::sqlite().with(CENTRE);
    let server = database.serve();
    let browser = server.browser();
    let count = Cell::new(0);
    let way = |script: &str| {
        let number = count.replace(count.get() + 1);
        let text = serde_json::json!([{"js": {"data": script, "setVar": "x"}}, {"set": {"x": "on"}}]).to_string();
        browser
            .post("/routing/flow", &[("name", &format!("Script {number}")), ("type", "service"), ("text", &text)])
            .expect(303);
        let id = database.lines("SELECT CAST(max(id) AS TEXT) AS line FROM flow_schemas").remove(0);
        let start = Instant::now();
        let page = browser.post(&format!("/routing/flow/{id}/way"), &[]).expect(200).text("main");
        assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
        page
    };
    let (too_long, crowded) = ("It ran too long", "scripts of other tries still run on");
    for _ in 0..2 {
        assert!(way(SPACES).contains(too_long));
    }
    assert!(way(SPACES).contains(crowded));
    // They do end.
    let start = Instant::now();
    while way("return 1").contains(crowded) {
        assert!(start.elapsed() < Duration::from_mins(2));
    }
}
