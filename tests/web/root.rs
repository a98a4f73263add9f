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

#[on_all]
fn an_address_with_a_slash_too_many_leads_to_its_page(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for (path, page) in [
        ("/contact-center/queues/".to_owned(), "/contact-center/queues".to_owned()),
        ("/routing/flow/?size=20".into(), "/routing/flow?size=20".into()),
        (format!("{}//", tab(queue_id)), tab(queue_id)),
        ("/people/new/".into(), "/people/new".into()),
    ] {
        let moved = browser.request("GET", &path, &[], b"").expect(308);
        assert_eq!(moved.header("location"), Some(&*page));
        browser.get(&page).expect(200);
    }
    browser.request("POST", "/contact-center/queues/", &[], b"").expect(404);
    // Not to other sites, and not to pages that are none.
    for path in ["//elsewhere.example/", "/nothing/", "/contact-center/"] {
        browser.request("GET", path, &[], b"").expect(404);
    }
}
