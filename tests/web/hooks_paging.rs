//! `/contact-center/queues/{queue}/hooks`: pages, their size, and the address of a view.

use queue_hooks::model::event::Event::*;
use support::*;

const EVENT: &str = "tbody td:nth-child(2)";

#[on_all]
fn pages_are_walked_forth_and_back(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 137);
    let browser = app.browser();
    let first = browser.get(&tab(queue_id));
    assert_eq!(first.text("nav[aria-label='Hooks pages'] p"), "1–10 of 137");
    assert_eq!(first.control("Previous page").attr("aria-disabled"), Some("true"));
    let second = first.click("Next page");
    assert_eq!(second.path, format!("{}?page=2", tab(queue_id)));
    assert_eq!(second.text("nav[aria-label='Hooks pages'] p"), "11–20 of 137");
    let back = second.click("Previous page");
    assert_eq!(back.path, tab(queue_id));
    assert_eq!(back.hook_ids(), first.hook_ids());
    let last = browser.get(&format!("{}?page=14", tab(queue_id)));
    assert_eq!(last.text("nav[aria-label='Hooks pages'] p"), "131–137 of 137");
    assert_eq!(last.control("Next page").attr("aria-disabled"), Some("true"));
}

/// The first pages, those in the middle and the last ones are read in different ways.
#[on_all]
fn all_pages_together_are_the_list_in_every_order(app: &App) {
    let queue_id = queue().create(app);
    let schemas = ["CRM: push", "Billing: push", "Wallboard"].map(|name| schema(name).create(app));
    many_hooks(app, queue_id, &schemas, 430);
    let browser = app.browser();
    let ids = |query: String| browser.get(&format!("{}?{query}", tab(queue_id))).expect(200).hook_ids();
    for filter in ["", "&event=joined", "&event=joined&event=active", "&enabled=false"] {
        for sort in ["event", "-event", "schema", "-schema", "enabled", "-enabled", "updated_at", "-updated_at"] {
            let whole = ids(format!("sort={sort}{filter}&size=1000"));
            let pages: Vec<_> = (0..whole.len().div_ceil(40))
                .flat_map(|before| ids(format!("sort={sort}{filter}&size=40&page={}", before + 1)))
                .collect();
            assert_eq!(pages, whole, "{sort}{filter}");
        }
    }
}

#[on_all]
fn rows_per_page_can_be_1_to_1000(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 137);
    let browser = app.browser();
    let page = browser.get(&format!("{}?enabled=false&page=3", tab(queue_id)));
    let field = page.named("input[type=number]", "Rows per page")[0];
    assert_eq!((field.attr("value"), field.attr("min"), field.attr("max")), (Some("10"), Some("1"), Some("1000")));
    let page = page.press("Apply", &[Fill::Field("size", "1000")]);
    assert_eq!(page.path, format!("{}?enabled=false&size=1000", tab(queue_id)));
    assert_eq!(page.hook_ids().len(), 129);
    assert_eq!(page.press("Apply", &[Fill::Field("size", "1")]).hook_ids().len(), 1);
}

#[on_all]
fn a_page_past_the_end_leads_to_the_last_one(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 137);
    let browser = app.browser();
    let last = browser.get(&format!("{}?page=14", tab(queue_id))).hook_ids();
    for far in ["15", "99", "99999999999999999999999"] {
        let page = browser.get(&format!("{}?page={far}", tab(queue_id))).expect(200);
        assert_eq!(page.path, format!("{}?page=14", tab(queue_id)));
        assert_eq!(page.hook_ids(), last);
    }
    let narrowed = browser.get(&format!("{}?event=joined&sort=-schema&page=9&size=7", tab(queue_id)));
    assert_eq!(narrowed.path, format!("{}?event=joined&sort=-schema&page=3&size=7", tab(queue_id)));
}

#[on_all]
fn a_page_past_the_end_of_nothing_leads_to_the_first_one(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    assert_eq!(browser.get(&format!("{}?page=2", tab(queue_id))).path, tab(queue_id));
}

#[on_all]
fn a_value_outside_the_allowed_set_shows_the_default_with_a_notice(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 25);
    let browser = app.browser();
    let default = browser.get(&tab(queue_id)).hook_ids();
    let outside = [
        "size=0",
        "size=-5",
        "size=1001",
        "size=abc",
        "size=10&size=20",
        "size=99999999999999999999",
        "page=0",
        "page=-1",
        "page=abc",
        "page=1.5",
        "page=2&page=3",
        "page=%00",
        "sort=drop",
        "sort=--event",
        "sort=event%3B+DROP+TABLE+hooks",
        "sort=schema&sort=-schema",
        "event=party",
        "event=JOINED",
        "enabled=maybe",
        "enabled=true&enabled=false",
        "q=a&q=b",
    ];
    for query in outside {
        let page = browser.get(&format!("{}?{query}", tab(queue_id))).expect(200);
        assert_eq!(page.hook_ids(), default, "{query}");
        assert_eq!(page.notices().len(), 1, "{query}: {:?}", page.notices());
    }
}

#[on_all]
fn a_notice_says_what_was_left_out(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    let notices = browser.get(&format!("{}?size=1001&page=abc&sort=drop&event=party", tab(queue_id))).notices();
    assert_eq!(notices.len(), 4);
    for typed in ["1001", "abc", "drop", "party"] {
        assert_eq!(notices.iter().filter(|notice| notice.contains(&format!("“{typed}”"))).count(), 1, "{notices:?}");
    }
}

#[on_all]
fn what_is_right_beside_a_wrong_value_still_counts(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 25);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=joined&event=party&size=2&sort=drop", tab(queue_id))).expect(200);
    assert_eq!(page.texts(EVENT), ["Joined", "Joined"]);
}

#[on_all]
fn links_leave_the_defaults_out(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 25);
    let browser = app.browser();
    let spelt_out = browser.get(&format!("{}?page=1&size=10&sort=event", tab(queue_id)));
    let links: Vec<_> =
        spelt_out.all("main a").iter().filter_map(|link| link.attr("href")).map(str::to_owned).collect();
    assert!(links.contains(&format!("{}?page=2", tab(queue_id))), "{links:?}");
    let defaults = ["page=1", "size=10", "sort=event"];
    let says_one = |link: &&String| link.split(['?', '&']).any(|pair| defaults.contains(&pair));
    assert_eq!(links.iter().find(says_one), None);
}

#[on_all]
fn one_view_has_one_address(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 25);
    let browser = app.browser();
    let small = browser.get(&format!("{}?size=5", tab(queue_id)));
    assert_eq!(small.press("Apply", &[Fill::Field("size", "10")]).path, tab(queue_id));
    assert_eq!(browser.get(&format!("{}?page=1&size=10&sort=event", tab(queue_id))).path, tab(queue_id));
    assert_eq!(small.press("Filter", &[Fill::Field("q", "  crm ")]).path, format!("{}?q=crm&size=5", tab(queue_id)));
}

#[on_all]
fn the_same_address_shows_the_same_view_to_anybody(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 60);
    let (one, another) = (app.browser(), app.browser());
    let view =
        one.get(&tab(queue_id)).press("Filter", &[Fill::Field("enabled", "false")]).click("Changed").click("Next page");
    assert_eq!(another.get(&view.path).hook_ids(), view.hook_ids());
}

#[on_all]
fn pages_follow_each_other_from_whichever_end_they_are_read(app: &App) {
    let queue_id = queue().create(app);
    let schemas = ["CRM", "Billing", "CRM 2"].map(|name| schema(name).create(app));
    for number in 0..22 {
        let event = [Joined, Missed, Active, Missed, Joined, Leaving, Missed][number % 7];
        hook(queue_id, schemas[number % 3]).event(event).off().create(app);
    }
    hook(queue_id, schemas[0]).event(Bridged).create(app);
    let browser = app.browser();
    let shown = |query: &str| browser.get(&format!("{}?{query}", tab(queue_id))).hook_ids();
    for sort in ["event", "-event", "schema", "-schema", "enabled", "-enabled", "updated_at", "-updated_at"] {
        for filter in ["", "&event=missed&event=active", "&enabled=false", "&q=crm"] {
            let all = shown(&format!("sort={sort}{filter}&size=100"));
            let pages = all.len().div_ceil(4);
            let followed: Vec<_> =
                (1..=pages).flat_map(|page| shown(&format!("sort={sort}{filter}&page={page}&size=4"))).collect();
            assert!(all.len() > 8, "{all:?}");
            assert_eq!(followed, all, "{sort} {filter}");
        }
    }
}
