//! `…/question`: asking about more rows than fit into an address, in every registry, behind a proxy.

use support::*;

/// The registries, each with 1,000 rows whose ids have six digits, and the names of what they hold.
fn registries(app: &App) -> [(String, &'static str); 3] {
    continue_ids_after(app, 100_000);
    let (busy, crm) = (queue().create(app), schema("CRM").create(app));
    many_hooks(app, busy, &[crm], 1000);
    for i in 0..1000 {
        queue().name(&format!("Queue {i}")).create(app);
        schema(&format!("Schema {i}")).create(app);
    }
    [(tab(busy), "hooks"), ("/contact-center/queues".into(), "queues"), ("/routing/flow".into(), "flow schemas")]
}

#[on_both("queues are removed in Webitel")]
fn a_thousand_rows_are_asked_about_and_removed_behind_a_proxy(app: &App) {
    let registries = registries(app);
    let browser = app.browser().at(Proxy::before(app).address);
    for (path, many) in registries {
        let page = browser.get(&format!("{path}?size=1000")).expect(200);
        let remove = format!("Remove selected {many}");
        let button = page.control(&remove);
        assert_eq!((button.attr("formmethod"), button.attr("form")), (Some("post"), Some("selection")));
        // What a browser sends without script, with each row ticked.
        let (shown, view) = (page.attr("[name=shown]", "value"), page.attr("#selection [name=view]", "value"));
        let mut fields = vec![("view", &*view), ("shown", &*shown)];
        fields.extend(shown.split('.').map(|id| ("selected", id)));
        assert_eq!(fields.len(), 1002);
        let question = browser.post(button.attr("formaction").expect("an address"), &fields).expect(200);
        assert_eq!(question.path, format!("{path}/question"));
        assert_eq!(question.attr(".question .buttons a", "href"), format!("{path}?size=1000"));
        let wanted =
            if many == "flow schemas" { "Remove 999 flow schemas".into() } else { format!("Remove 1000 {many}") };
        let page = question.press(&wanted, &[]).expect(200);
        assert!(page.said().starts_with(&wanted.replace("Remove", "Removed")), "{}", page.said());
        let page = page.press("Undo", &[]).expect(200);
        assert_eq!(page.path, format!("{path}?size=1000"));
        // All that match, however many.
        let page = browser.get(&format!("{path}?size=500")).expect(200);
        let ticks = [Fill::Tick("all", "page"), Fill::Tick("all", "matching")];
        let question = page.press(&remove, &ticks).expect(200);
        assert!(question.path.starts_with(&format!("{path}/removal?all=matching&count=")), "{}", question.path);
    }
}

#[on_all]
fn a_question_that_fits_into_an_address_has_one(app: &App) {
    let (busy, crm) = (queue().create(app), schema("CRM").create(app));
    many_hooks(app, busy, &[crm], 600);
    let browser = app.browser();
    for size in [100, 600] {
        let page = browser.get(&format!("{}?sort=-event&size={size}", tab(busy)));
        let [first, second] = page.hook_ids()[..2] else { panic!("two hooks") };
        let question = page.press_for("Remove selected hooks", &[first, second]).expect(200);
        assert!(question.path.starts_with(&format!("{}/removal?", tab(busy))), "{}", question.path);
        assert_eq!(question.attr(".question .buttons a", "href"), format!("{}?sort=-event&size={size}", tab(busy)));
        let again = browser.get(&question.path).expect(200);
        assert_eq!(again.text(".question h1"), "Remove 2 hooks of Inbound support?");
    }
}

#[on_both("queues are removed in Webitel")]
fn nothing_selected_and_rows_that_are_gone_are_told(app: &App) {
    let center = center(app);
    let browser = app.browser();
    for path in ["/contact-center/queues/question", "/routing/flow/question"] {
        let page = browser.post(path, &[]).expect(422);
        assert!(page.texts(".error p")[0].starts_with("Select at least one"), "{}", page.body);
    }
    let path = center.fill("/contact-center/queues/{queue}/hooks/question");
    browser.post_raw(&path, &[("id", "1")]).expect(403);
    let page = browser.follow(browser.post(&path, &[("id", "4711")])).expect(200);
    assert_eq!(page.said(), "The selected hooks are gone already.");
}
