//! GET /contact-center/queues/coverage/file: all queues that match, for a spreadsheet.

use diesel::connection::SimpleConnection;
use queue_hooks::model::event::Event::*;
use queue_hooks::on_each;
use support::*;

const PATH: &str = "/contact-center/queues/coverage";

/// The lines of a file, each without its end.
fn lines(app: &App, query: &str) -> Vec<String> {
    let browser = app.browser();
    let page = browser.get(&format!("{PATH}/file{query}")).expect(200);
    assert_eq!(page.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(page.header("content-disposition"), Some("attachment; filename=\"coverage.csv\""));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let text = page.body.strip_suffix("\r\n").expect("the last line ends too");
    text.split("\r\n").map(str::to_owned).collect()
}

#[on_all]
fn a_line_says_what_a_row_says(app: &App) {
    let (crm, log) = (schema("CRM").create(app), schema("Log").create(app));
    let id = queue().name("Вхідна \"1\"").create(app);
    hook(id, crm).create(app);
    hook(id, log).off().create(app);
    hook(id, log).event(Missed).off().create(app);
    hook(id, log).event(Answered).create(app);
    assert_eq!(
        lines(app, ""),
        [
            "\u{feff}\"Queue\",\"Type\",\"State\",\"Missing\",\"Joined\",\"Answered\",\"Offering\",\"Bridged\",\"Missed\",\"Leaving\",\
             \"Processing\",\"Active\"",
            "\"Вхідна \"\"1\"\"\",\"Inbound queue\",\"Enabled\",\"5\",\"CRM (1 disabled)\",\"Log (cannot happen)\",\"\",\"\",\
             \"1 disabled\",\"\",\"\",\"cannot happen\""
        ]
    );
}

#[on_all]
fn it_holds_all_that_match_in_their_order(app: &App) {
    let queues = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2345) \
                  INSERT INTO queues (name, folded_name, type, enabled, created_at, updated_at) \
                  SELECT 'Queue ' || i, 'queue ' || i, i % 10, i % 2 = 0, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM n";
    write(app, |conn| on_each!(conn, c => c.batch_execute(queues)));
    let names = |query: &str| -> Vec<String> {
        let name = |line: &String| line.split('"').nth(1).unwrap_or_default().to_owned();
        lines(app, query).iter().skip(1).map(name).collect()
    };
    let all = names("");
    assert_eq!(all, (1..=2345).map(|i| format!("Queue {i}")).collect::<Vec<_>>());
    assert_eq!(names("?sort=-name"), all.into_iter().rev().collect::<Vec<_>>());
    let joined = names("?missing=joined&enabled=true&q=queue+12");
    assert!(!joined.is_empty() && joined.iter().all(|name| name.starts_with("Queue 12")), "{joined:?}");
    assert!(joined.contains(&"Queue 12".into()) && !joined.contains(&"Queue 124".into()), "{joined:?}");
    // The link on the page has the view, but not the page.
    let browser = app.browser();
    let page = browser.get(&format!("{PATH}?q=queue+12&sort=missing&size=2&page=2")).expect(200);
    let link = page.control("Download");
    assert_eq!(link.attr("href"), Some("/contact-center/queues/coverage/file?q=queue+12&sort=missing"));
    assert!(link.attr("download").is_some());
}

#[on_both("queues are removed in Webitel")]
fn no_name_is_a_formula(app: &App) {
    for (name, written) in [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-2", "'-2"),
        ("@sum(a1)", "'@sum(a1)"),
        ("＝1", "'＝1"),
        ("\"=1", "\"\"'=1"),
        ("a;=1", "a;'=1"),
        ("a=b, -c", "a=b, -c"),
    ] {
        let id = queue().name(name).queue_type(9).create(app);
        let line = lines(app, "").swap_remove(1);
        assert!(line.starts_with(&format!("\"{written}\",\"IM chat queue\"")), "{name}: {line}");
        hook(id, schema(name).create(app)).create(app);
        let line = lines(app, "").swap_remove(1);
        assert!(line.contains(&format!(",\"Enabled\",\"5\",\"{written}\",")), "{name}: {line}");
        app.browser().post("/contact-center/queues/removal", &[("id", &id.to_string())]).expect(303);
    }
}

#[on_all]
fn who_may_not_see_queues_gets_no_file(app: &App) {
    queue().create(app);
    let [anna, boris] = ["queues:read", "flow_schemas:read"]
        .map(|rights| person(&rights.replace(':', "-")).rights(rights).signed_in(app));
    anna.get(&format!("{PATH}/file")).expect(200);
    boris.get(&format!("{PATH}/file")).expect(403);
}
