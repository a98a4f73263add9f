//! A fault of ours: what the person sees of it, and what only the log does.

use diesel::connection::SimpleConnection;
use support::*;

#[on_all]
fn a_fault_shows_one_sentence_a_request_id_and_a_way_back_but_not_its_cause(app: &App) {
    let browser = app.browser();
    let id = queue().create(app);
    browser.post(&format!("/contact-center/queues/{id}/state"), &[("enabled", "false")]).expect(303);
    write(app, |conn| conn.batch_execute("UPDATE journal SET after = 'nonsense'"));
    let page = browser.get("/contact-center/queues/history").expect(500);
    assert_eq!(page.text("main h1"), "Something went wrong here");
    assert_eq!(page.text("main code").len(), 12, "a request id");
    assert!(!page.text("body").contains("nonsense"), "the cause stays in the log");
    page.click("Go back").expect(200);
}
