//! Scripts of flow schemas that `QuickJS` cannot stop, because they take no turns.

use std::cell::Cell;
use std::time::{Duration, Instant};

use support::process::*;
use support::wait_for;

/// Each turn reads a million spaces as a number twenty thousand times. `QuickJS` looks at the clock after ten thousand
/// turns, which would be in some days.
fn endless() -> String {
    format!("var s = ' '; while (s.length < 1e6) s += s; while (true) {{{}}}", "+s;".repeat(20_000))
}

#[test]
fn a_script_that_never_looks_at_the_clock_ends_in_time_and_takes_nothing_from_others() {
    let database = Database::sqlite().with(CENTRE);
    let server = database.serve();
    let browser = server.browser();
    let count = Cell::new(0);
    let way = |script: &str| {
        let number = count.replace(count.get() + 1);
        let text = serde_json::json!([{"js": {"data": script, "setVar": "x"}}, {"set": {"x": "on"}}]).to_string();
        let fields = [("name", &*format!("Script {number}")), ("type", "service"), ("text", &text)];
        browser.post("/routing/flow", &fields).expect(303);
        let id = database.lines("SELECT CAST(max(id) AS TEXT) AS line FROM flow_schemas").remove(0);
        let start = Instant::now();
        let page = browser.post(&format!("/routing/flow/{id}/way"), &[]).expect(200).text("main");
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
        page
    };
    for _ in 0..3 {
        let page = way(&endless());
        assert!(page.contains("It ran too long, so it was stopped."), "{page}");
        let page = way("return 'a' + 'b'");
        assert!(page.contains("x is now ab."), "{page}");
    }
    // None of them runs on. Those that wait know no password, and end with their server.
    let all = processes_of(server.process.id());
    assert!((1..=2).contains(&all.len()), "{all:?}");
    for id in &all {
        assert_eq!(std::fs::read_to_string(format!("/proc/{id}/environ")).expect("it runs"), "");
    }
    server.stop();
    wait_for("their end", || all.iter().all(|id| has_ended(id)).then_some(()));
}

/// Whether a process is gone, or nobody has asked yet how it ended.
fn has_ended(id: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/status")).map_or(true, |status| status.contains("State:\tZ"))
}

/// The processes that a process has started and that are there still.
fn processes_of(id: u32) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{id}/task")).expect("the server runs");
    let children = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    children.flat_map(|all| all.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}
