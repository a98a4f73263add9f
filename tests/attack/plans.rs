//! Two plans at the same moment: those that overlap come one after the other, and the second one is looked at again; the same
//! one sent twice is done once.

use std::sync::Barrier;

use support::process::*;

const ADDITION: &str = "/contact-center/queues/addition";

/// Forty queues and two flow schemas.
fn center() -> String {
    let queue = |id| format!("{{\"queue\":{{\"id\":{id},\"name\":\"Queue {id}\",\"type\":1,\"enabled\":true}}}}\n");
    let schema = |id| {
        let fields =
            format!("\"id\":{id},\"name\":\"Schema {id}\",\"type\":\"service\",\"editor\":false,\"schema\":[]");
        format!("{{\"flow_schema\":{{{fields}}}}}\n")
    };
    (1..=40).map(queue).chain((1..=2).map(schema)).collect()
}

/// What the form of a plan sends, for queues from one id to another.
fn planned(
    browser: &Browser,
    ids: std::ops::RangeInclusive<i64>,
    event: &str,
    schema: &str,
) -> Vec<(&'static str, String)> {
    // In another order than that of the locks.
    let shown = ids.rev().map(|id| id.to_string()).collect::<Vec<_>>().join(".");
    let path = format!("{ADDITION}?all=page&shown={shown}&event={event}&schema={schema}&plan=yes");
    let plan = browser.get(&path).expect(200);
    let mut fields = vec![("all", "page".to_owned()), ("shown", shown), ("if_taken", "replace".into())];
    fields.extend(
        ["event", "schema", "change", "seen"]
            .map(|name| (name, plan.attr(&format!("main form [name={name}]"), "value"))),
    );
    fields
}

/// Sends both at once, and gives their statuses.
fn at_once(path: &str, browsers: [&mut Browser; 2], forms: [&[(&'static str, String)]; 2]) -> [u16; 2] {
    let start = &Barrier::new(2);
    let [first, second] = forms;
    let [one, other] = browsers;
    std::thread::scope(|scope| {
        let senders = [(one, first), (other, second)].map(|(browser, fields)| {
            scope.spawn(move || {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, &**value)).collect();
                start.wait();
                browser.post(path, &fields).status
            })
        });
        senders.map(|sender| sender.join().expect("an answer"))
    })
}

#[on_both]
fn of_two_plans_that_overlap_one_is_done_and_the_other_shown_anew(database: &Database) {
    database.import(center()).well();
    let server = database.serve();
    let (mut one, mut other) = (server.browser(), server.browser());
    for (round, event) in ["joined", "offering", "bridged", "missed", "leaving", "processing"].into_iter().enumerate() {
        let forms = [planned(&one, 1..=30, event, "1"), planned(&other, 11..=40, event, "2")];
        let mut statuses = at_once(ADDITION, [&mut one, &mut other], [&forms[0], &forms[1]]);
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409], "{event}");
        let hooks = database.number("SELECT count(*) AS number FROM hooks");
        assert_eq!(hooks, 30 * (round as i64 + 1), "one plan is done whole, and nothing of the other");
    }
    assert_eq!(database.number("SELECT count(DISTINCT change) AS number FROM journal"), 6);
    database.expect_sound();
}

#[on_both]
fn a_plan_that_is_sent_twice_at_once_is_done_once(database: &Database) {
    database.import(center()).well();
    let server = database.serve();
    let (mut one, mut other) = (server.browser(), server.browser());
    other.token();
    for event in ["joined", "offering", "bridged", "missed", "leaving", "processing"] {
        let form = planned(&one, 1..=40, event, "1");
        assert_eq!(at_once(ADDITION, [&mut one, &mut other], [&form, &form]), [303, 303], "{event}");
    }
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), 6 * 40);
    assert_eq!(database.number("SELECT count(DISTINCT change) AS number FROM journal"), 6);
    database.expect_sound();
}

#[on_both]
fn of_two_flow_schemas_for_the_same_hooks_one_is_run(database: &Database) {
    let hook = |id| {
        let fields = format!("\"id\":{id},\"queue_id\":{id},\"schema\":{{\"id\":1}}");
        format!("{{\"hook\":{{{fields},\"event\":\"joined\",\"enabled\":true}}}}\n")
    };
    let third =
        "{\"flow_schema\":{\"id\":3,\"name\":\"Schema 3\",\"type\":\"service\",\"editor\":false,\"schema\":[]}}\n";
    database.import(center() + third + &(1..=40).map(hook).collect::<String>()).well();
    let server = database.serve();
    let (mut one, mut other) = (server.browser(), server.browser());
    let mut from = 1;
    for _ in 0..6 {
        let path = format!("/routing/flow/{from}/hooks/successor");
        let others = [1, 2, 3].into_iter().filter(|id| *id != from).collect::<Vec<_>>();
        let planned = |browser: &Browser, to: i64| {
            let plan = browser.get(&format!("{path}?all=matching&count=40&schema={to}&plan=yes")).expect(200);
            ["all", "count", "schema", "change", "seen"]
                .map(|name| (name, plan.attr(&format!("main form [name={name}]"), "value")))
        };
        let forms = [planned(&one, others[0]), planned(&other, others[1])];
        let mut statuses = at_once(&path, [&mut one, &mut other], [&forms[0], &forms[1]]);
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let run = |id| database.number(&format!("SELECT count(*) AS number FROM hooks WHERE schema_id = {id}"));
        from = others.into_iter().find(|id| run(*id) == 40).expect("one of them runs in all hooks");
    }
    assert_eq!(database.number("SELECT count(DISTINCT change) AS number FROM journal"), 6);
    database.expect_sound();
}
