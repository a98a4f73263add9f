//! A fault of ours: what the person sees of it, and what only the log does.

use diesel::connection::SimpleConnection;
use queue_hooks::db::Conn;
use support::*;

#[on_both]
fn a_fault_shows_one_sentence_a_request_id_and_a_way_back_but_not_its_cause(app: &App) {
    let queue_id = queue().create(app);
    hook(queue_id, schema("CRM: push").create(app)).create(app);
    write(app, |conn| {
        match conn {
            Conn::Sqlite(conn) => conn.batch_execute("PRAGMA ignore_check_constraints = ON"),
            Conn::Postgres(conn) => conn.batch_execute("ALTER TABLE hooks DROP CONSTRAINT hooks_event_check"),
        }?;
        conn.batch_execute("UPDATE hooks SET event = 'nonsense'")
    });
    let browser = app.browser();
    let page = browser.get(&format!("/contact-center/queues/{queue_id}/hooks")).expect(500);
    assert_eq!(page.text("main h1"), "Something went wrong here");
    assert_eq!(page.text("main code").len(), 12, "a request id");
    assert!(!page.text("body").contains("nonsense"), "the cause stays in the log");
    page.click("Go back").expect(200);
}
