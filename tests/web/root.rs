//! `/`

use support::*;

#[test]
fn the_root_leads_to_the_queues() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let answer = browser.request("GET", "/", &[], b"").expect(303);
    assert_eq!(answer.header("location"), Some("/contact-center/queues"));
    assert_eq!(browser.get("/").expect(200).text("h1"), "Queues");
}
