//! The log of tries in the History of a flow schema: who tried it, what came of it, without secrets, for thirty days.

use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use queue_hooks::db::schema::{tries, try_values};
use queue_hooks::error::Error;
use queue_hooks::model::tries::{KEPT, log, typed};
use support::receiver::{Receiver, reply};
use support::*;

fn history(id: i64) -> String {
    format!("{}/history", flow(id))
}

#[on_all]
fn what_came_of_a_try_is_kept_without_its_secrets(app: &App) {
    let receiver = Receiver::start(|_| reply(200, &[("Set-Cookie", "id=s3cret-three"), ("X-Shown", "yes")], "hello"));
    let text = format!(
        r#"[{{"httpRequest":{{"url":"{}","headers":{{"Authorization":"Bearer s3cret-one"}}}}}},{{"log":"done"}}]"#,
        receiver.url("/hook?token=s3cret-two&x=1")
    );
    let id = schema("CRM").text(&text).create(app);
    let browser = app.browser();
    browser.get(&format!("{}/try", flow(id))).press("Try now", &[Fill::Field("event", "missed")]).expect(200);
    // Whoever may read sees it.
    let viewer = person("viewer").signed_in(app);
    let page = viewer.get(&history(id)).expect(200);
    assert_eq!(page.texts("[aria-labelledby=tries] tbody td:nth-child(2)"), ["Test Administrator (tester)"]);
    assert_eq!(page.texts("[aria-labelledby=tries] tbody td:nth-child(3)"), ["Missed"]);
    let page = viewer.get(&page.attr("[aria-labelledby=tries] tbody a", "href")).expect(200);
    let shown = page.text("main");
    for part in ["One request was answered with 200.", "x=1", "X-Shown: yes", "hello", "Webitel logs “done”.", "•••"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!page.body.contains("s3cret"), "{}", page.body);
    assert!(!shown.contains("has changed since"));
    browser.post(&flow(id), &[("name", "CRM"), ("type", "service"), ("text", "[]")]).expect(303);
    assert!(viewer.get(&page.path).text("main").contains("The flow schema has changed since then."));
    // Of another flow schema it is nothing.
    let other = schema("Other").create(app);
    viewer.get(&page.path.replace(&flow(id), &flow(other))).expect(404);
    viewer.get(&format!("{}/tries/4711", history(id))).expect(404);
    // It goes with its flow schema.
    remove_schema(app, id);
    viewer.get(&page.path).expect(404);
}

#[on_all]
fn what_a_script_makes_and_an_answer_hides_is_not_kept_either(app: &App) {
    let receiver =
        Receiver::start(|_| reply(200, &[("Content-Type", "text/xml")], "<a><password>s3cret</password><n>5</n></a>"));
    let text = format!(
        r#"[{{"js":{{"data":"return new Array(300).join('s3cret')","setVar":"token"}}}},
          {{"httpRequest":{{"url":"{}","data":{{"a":"${{token}}","n":"6"}}}}}},{{"log":"pin=s3cret, ${{callback}}"}}]"#,
        receiver.url("/hook")
    );
    let id = schema("CRM").text(&text).create(app);
    let browser = app.browser();
    let fill = [Fill::Field("value-callback", "https://me:s3cret@host/")];
    let page = browser.get(&format!("{}/try", flow(id))).press("Try now", &fill).expect(200);
    assert!(page.text("#try").contains("s3cret"), "whoever tries it sees it once");
    let page = browser.get(&history(id)).expect(200);
    let page = browser.get(&page.attr("[aria-labelledby=tries] tbody a", "href")).expect(200);
    let shown = page.text("main");
    for part in [
        r#"{"a":"•••","n":"6"}"#,
        "<a><password>•••</password><n>5</n></a>",
        "Webitel logs “pin=••• https://•••@host/”.",
        "One request was answered with 200.",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!page.body.contains("s3cret"), "{}", page.body);
}

/// A try that begins.
fn begun(schema_id: i64) -> log::Begun {
    log::Begun {
        schema_id,
        digest: String::new(),
        event: queue_hooks::model::event::Event::Joined,
        queue_type: queue_hooks::model::queues::queue_type::QueueType::Inbound,
        author: queue_hooks::access::person::Author { id: None, name: "Anna (anna)".into() },
    }
}

/// Writes a try into the log.
fn log_one(app: &App, schema_id: i64) -> i64 {
    app.db.write_now(|conn| log::begin(conn, &begun(schema_id))).expect("it is in the log")
}

#[on_all]
fn older_tries_are_on_pages_of_their_own(app: &App) {
    let id = schema("CRM").create(app);
    let all: Vec<i64> = (0..45).map(|_| log_one(app, id)).collect();
    let browser = app.browser();
    let mut page = browser.get(&history(id)).expect(200);
    let mut seen = Vec::new();
    loop {
        let links = page
            .all("td.time a[href*='/tries/']")
            .iter()
            .filter_map(|link| link.attr("href"))
            .map(str::to_owned)
            .collect::<Vec<_>>();
        seen.extend(links.iter().filter_map(|link| link.rsplit('/').next()?.parse::<i64>().ok()));
        if !page.has_control("Older tries") {
            break;
        }
        page = page.click("Older tries").expect(200);
    }
    assert_eq!(seen, all.into_iter().rev().collect::<Vec<_>>());
    assert!(page.click("The latest").expect(200).has_control("Older tries"));
    for before in ["0", "x", "-1"] {
        browser.get(&format!("{}/tries?before={before}", history(id))).expect(200);
    }
}

#[on_all]
fn the_latest_thousand_are_kept_and_the_steps_of_the_latest_hundred(app: &App) {
    let (id, other) = (schema("CRM").create(app), schema("Other").create(app));
    let ended = || log::Ended {
        outcome: log::Outcome::Answered,
        sentence: "No request was sent.".into(),
        took: 5,
        steps: 0,
        requests: 0,
        way: r#"{"steps":[],"more":0,"end":null}"#.into(),
    };
    let one = |schema_id| {
        let entry = log_one(app, schema_id);
        app.db.write_now(|conn| log::end(conn, entry, &ended())).expect("it is written down");
        entry
    };
    let of_other = one(other);
    let all: Vec<i64> = (0..103).map(|_| one(id)).collect();
    let with_way: Vec<i64> =
        write(app, |conn| tries::table.filter(tries::way.is_not_null()).order(tries::id).select(tries::id).load(conn));
    assert_eq!(with_way, [&[of_other], &all[3..]].concat());
    let more = app.db.write_now(|conn| (0..900).map(|_| log::begin(conn, &begun(id))).collect::<Result<Vec<_>, _>>());
    let more = more.expect("they are in the log");
    let kept: Vec<i64> = write(app, |conn| tries::table.order(tries::id).select(tries::id).load(conn));
    assert_eq!(kept, [&[of_other], &all[3..], &more].concat(), "a thousand of each flow schema");
    let with_way: Vec<i64> =
        write(app, |conn| tries::table.filter(tries::way.is_not_null()).select(tries::id).load(conn));
    assert_eq!(with_way, [of_other]);
    let newest = one(id);
    let browser = app.browser();
    let told = |entry: i64| browser.get(&format!("{}/tries/{entry}", history(id))).expect(200).text("main");
    assert!(told(all[5]).contains("Its steps are not kept"));
    assert!(!told(newest).contains("Its steps are not kept"));
    browser.get(&format!("{}/tries/{}", history(id), all[3])).expect(404);
    let missing = browser.get(&format!("{}/tries/{of_other}", history(id))).expect(404);
    assert_eq!(missing.text("h1"), "There is no such try");
}

#[on_all]
fn a_try_whose_server_died_is_told_as_interrupted_and_everything_is_forgotten_in_time(app: &App) {
    let id = schema("CRM").create(app);
    let (old, new) = (log_one(app, id), log_one(app, id));
    let person_id = person("anna").create(app);
    let typed = typed::Typed {
        event: queue_hooks::model::event::Event::Joined,
        queue_type: queue_hooks::model::queues::queue_type::QueueType::Inbound,
        values: [("kind".to_owned(), "vip".to_owned())].into(),
    };
    app.db.write_now(|conn| typed::keep(conn, person_id, id, &typed)).expect("it is kept");
    let ago = |time: TimeDelta| Utc::now().naive_utc() - time;
    write(app, |conn| {
        diesel::update(tries::table.find(old)).set(tries::at.eq(ago(TimeDelta::minutes(3)))).execute(conn)
    });
    let said = app.browser().get(&history(id)).expect(200).texts("[aria-labelledby=tries] td:last-child");
    assert!(said[0].starts_with("Running It has not ended yet.") && said[1].starts_with("Interrupted "), "{said:?}");
    let forget = || {
        let before = ago(KEPT);
        let done = app.db.write_now(|conn| {
            let is_old = log::is_old(conn, before)? || typed::is_old(conn, before)?;
            Ok::<_, Error>((is_old, log::forget(conn, before, 100)?, typed::forget(conn, before)?))
        });
        done.expect("it can be forgotten")
    };
    assert_eq!(forget(), (false, 0, 0));
    let before = ago(KEPT + TimeDelta::minutes(1));
    write(app, |conn| diesel::update(tries::table.find(old)).set(tries::at.eq(before)).execute(conn));
    write(app, |conn| diesel::update(try_values::table).set(try_values::at.eq(before)).execute(conn));
    assert_eq!(app.db.write_now(|conn| typed::find(conn, person_id, id).map_err(Error::from)).expect("a look"), None);
    assert_eq!(forget(), (true, 1, 1));
    assert_eq!(write(app, |conn| tries::table.select(tries::id).load::<i64>(conn)), [new]);
}
