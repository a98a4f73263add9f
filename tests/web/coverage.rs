//! GET /contact-center/queues/coverage: which queues have which hooks, and where one is missing.

use diesel::prelude::*;
use queue_hooks::model::event::Event::*;
use support::*;

const PATH: &str = "/contact-center/queues/coverage";

/// The cells of the row with this name: type, number of missing events, and the eight events.
#[track_caller]
fn row(page: &Page, name: &str) -> Vec<String> {
    let names = names(page);
    let nth = names.iter().position(|other| other == name).unwrap_or_else(|| panic!("{name} among {names:?}"));
    page.texts(&format!("tbody tr:nth-child({}) td:not(:first-child)", nth + 1))
}

fn names(page: &Page) -> Vec<String> {
    page.texts("tbody th a")
}

/// What the headers say below the names of the events.
fn covered(page: &Page) -> Vec<String> {
    page.texts("thead th small")
}

/// Three inbound queues, one for chats and one for mail: Leaving is missing in “Beta” and “Mail”, everything in
/// “Chats”.
fn five_queues(app: &App) -> [i64; 5] {
    let crm = schema("CRM").create(app);
    let [alpha, beta, gamma] = ["Alpha", "Beta", "Gamma"].map(|name| queue().name(name).create(app));
    let chats = queue().name("Chats").queue_type(6).create(app);
    let mail = queue().name("Mail").queue_type(0).create(app);
    for id in [alpha, gamma] {
        hook(id, crm).event(Leaving).create(app);
    }
    hook(beta, crm).event(Leaving).off().create(app);
    hook(alpha, crm).create(app);
    hook(mail, crm).event(Answered).create(app);
    [alpha, beta, gamma, chats, mail]
}

#[on_all]
fn a_cell_says_what_the_queue_does_about_the_event(app: &App) {
    let (crm, log) = (schema("CRM").create(app), schema("Log").create(app));
    let id = queue().name("Support").create(app);
    let joined = hook(id, crm).create(app);
    hook(id, log).off().create(app);
    hook(id, log).event(Missed).off().create(app);
    hook(id, crm).event(Missed).off().create(app);
    // Neither can happen in an inbound queue.
    let answered = hook(id, log).event(Answered).create(app);
    let browser = app.browser();
    let page = browser.get(PATH).expect(200);
    assert_eq!(
        row(&page, "Support"),
        [
            "Inbound queue",
            "5",
            "CRM1 disabled",
            "Logcannot happen",
            "–no hook",
            "–no hook",
            "2 disabled",
            "–no hook",
            "–no hook",
            "cannot happen"
        ]
    );
    assert_eq!(page.texts("tbody .missing").len(), 5);
    assert_eq!(page.texts("tbody .never").len(), 2);
    let headers = page.texts("thead th[scope=col]");
    assert_eq!(headers[1..4], ["Name", "Type", "Missing"]);
    assert_eq!(page.all("tbody th[scope=row]").len(), 1);
    // From the cell to the hook, and from the name to all of them.
    assert_eq!(page.click("CRM").expect(200).path, format!("{}/{joined}", tab(id)));
    assert_eq!(page.click("Log").expect(200).path, format!("{}/{answered}", tab(id)));
    assert_eq!(page.click("Support").expect(200).path, tab(id));
}

#[on_all]
fn the_headers_say_how_many_of_those_that_match_are_covered(app: &App) {
    five_queues(app);
    let browser = app.browser();
    let page = browser.get(PATH).expect(200);
    let all = ["1 of 4", "1 of 1", "0 of 5", "0 of 5", "0 of 5", "2 of 5", "0 of 5", "0 of 1"];
    assert_eq!(covered(&page), all);
    let headers = page.texts("thead th[abbr]");
    assert_eq!((&*headers[0], &*headers[7]), ("Joined 1 of 4", "Active 0 of 1"));
    // What is on other pages counts too.
    assert_eq!(covered(&browser.get(&format!("{PATH}?size=1&page=3")).expect(200)), all);
    let calls = browser.get(&format!("{PATH}?type=1")).expect(200);
    assert_eq!(covered(&calls), ["1 of 3", "0 of 0", "0 of 3", "0 of 3", "0 of 3", "2 of 3", "0 of 3", "0 of 0"]);
    assert_eq!(covered(&browser.get(&format!("{PATH}?q=alp")).expect(200))[5], "1 of 1");
}

#[on_all]
fn an_event_is_missing_where_it_can_happen_and_no_hook_is_enabled(app: &App) {
    let [_, beta, ..] = five_queues(app);
    let browser = app.browser();
    let page = browser.get(PATH).expect(200);
    let page = page.press("Filter", &[Fill::Field("missing", "leaving")]).expect(200);
    assert_eq!(page.path, format!("{PATH}?missing=leaving"));
    assert_eq!(names(&page), ["Beta", "Chats", "Mail"]);
    assert_eq!(page.text("#count"), "3 queues match");
    assert_eq!(page.texts(".chip"), ["Missing: Leaving"]);
    assert_eq!(page.chosen("#missing"), "leaving");
    assert_eq!(names(&page.click("Remove the filter Missing: Leaving")).len(), 5);
    assert_eq!(names(&page.click("Clear filters")).len(), 5);
    // Where it cannot happen it is not missing.
    assert_eq!(names(&browser.get(&format!("{PATH}?missing=active"))), ["Mail"]);
    assert_eq!(names(&browser.get(&format!("{PATH}?missing=joined"))), ["Beta", "Chats", "Gamma"]);
    assert_eq!(names(&browser.get(&format!("{PATH}?type=1&type=6&missing=leaving&q=a"))), ["Beta", "Chats"]);
    browser.post(&format!("/contact-center/queues/{beta}/state"), &[("enabled", "false")]).expect(303);
    assert_eq!(names(&browser.get(&format!("{PATH}?enabled=false&missing=leaving"))), ["Beta"]);
    // The registry of queues knows the filter too, so that a selection there can mean the same.
    let queues = browser.get("/contact-center/queues?missing=leaving").expect(200);
    assert_eq!(names(&queues), ["Beta", "Chats", "Mail"]);
    let odd = browser.get(&format!("{PATH}?missing=everything")).expect(200);
    assert!(odd.notices()[0].starts_with("“everything” was left out: missing can be joined, "), "{:?}", odd.notices());
    assert_eq!(names(&odd).len(), 5);
}

#[on_all]
fn rows_are_sorted_by_name_type_and_missing_events_and_none_repeats(app: &App) {
    five_queues(app);
    let browser = app.browser();
    let by_missing = browser.get(PATH).click("Missing").expect(200);
    assert_eq!(by_missing.path, format!("{PATH}?sort=missing"));
    // Alpha misses four of six, Gamma five, Chats, Beta and Mail six.
    assert_eq!(names(&by_missing), ["Alpha", "Gamma", "Beta", "Chats", "Mail"]);
    assert_eq!(by_missing.texts("tbody td:nth-child(4)"), ["4", "5", "6", "6", "6"]);
    assert_eq!(by_missing.attr("thead th:nth-child(4)", "aria-sort"), "ascending");
    for sort in ["name", "type", "missing"] {
        let pages = |sign: &str| -> Vec<String> {
            let page = |page| names(&browser.get(&format!("{PATH}?sort={sign}{sort}&size=2&page={page}")));
            (1..=3).flat_map(page).collect()
        };
        let (up, mut down) = (pages(""), pages("-"));
        down.reverse();
        assert_eq!(up, down, "{sort}");
        assert_eq!(up.iter().collect::<std::collections::BTreeSet<_>>().len(), 5, "{sort}");
    }
}

#[on_both("queues are removed in Webitel")]
fn every_change_of_a_hook_is_seen_at_once(app: &App) {
    let (id, crm) = (queue().name("Support").create(app), schema("CRM").create(app));
    let browser = app.browser();
    let missing = || browser.get(&format!("{PATH}?missing=joined")).has("tbody tr");
    assert!(missing());
    let fields = [("event", "joined"), ("schema", &*crm.to_string())];
    browser.post(&tab(id), &fields).expect(303);
    assert!(!missing());
    let hook = ids(app, id)[0];
    browser.post(&format!("{}/{hook}/state", tab(id)), &[("enabled", "false")]).expect(303);
    assert!(missing());
    browser.post(&format!("{}/{hook}/state", tab(id)), &[("enabled", "true")]).expect(303);
    browser.post(&format!("{}/{hook}", tab(id)), &[("event", "leaving"), ("schema", &*crm.to_string())]).expect(303);
    assert!(missing());
    let removed = browser.get(&tab(id)).press("Remove Leaving → CRM", &[]);
    assert_eq!(covered(&browser.get(PATH))[5], "0 of 1");
    removed.press("Undo", &[]).expect(200);
    assert_eq!(covered(&browser.get(PATH))[5], "1 of 1");
    // With its queue, it goes and comes back.
    let page = browser.get(&format!("/contact-center/queues/removal?id={id}")).press("Remove 1 queue", &[]);
    assert!(browser.get(PATH).has(".empty"));
    page.press("Undo", &[]).expect(200);
    assert_eq!(covered(&browser.get(PATH))[5], "1 of 1");
    // A queue of another type misses other events.
    browser.post(&format!("/contact-center/queues/{id}"), &[("name", "Support"), ("type", "8"), ("enabled", "true")]);
    let page = browser.get(PATH);
    assert_eq!(row(&page, "Support")[1], "2");
}

/// The form around the table is that of the registry of queues, so whatever is done with queues can be done from here.
#[on_both("queues are removed in Webitel")]
fn a_selection_means_the_same_queues_as_in_their_registry(app: &App) {
    for (query, names_) in [
        ("?size=2", &["Alpha", "Beta", "Chats", "Gamma", "Mail"][..]),
        ("?missing=leaving&size=2", &["Beta", "Chats", "Mail"]),
        ("?type=1&missing=joined&q=a&sort=-missing&size=1", &["Beta", "Gamma"]),
    ] {
        five_queues(app);
        let browser = app.browser();
        let page = browser.get(&format!("{PATH}{query}")).expect(200);
        let value = |name: &str| page.attr(&format!("#selection [name={name}]"), "value");
        let (view, count, mark) = (value("view"), value("count"), value("mark"));
        let all = [("all", "matching"), ("view", &*view), ("count", &*count), ("mark", &*mark)];
        let state = "/contact-center/queues/state?enabled=false";
        browser.post(state, &all).expect(303);
        assert_eq!(names(&browser.get("/contact-center/queues?enabled=false")), names_, "{query}");
        // They changed since.
        browser.post(state, &all).expect(409);
        // The page, and single ones.
        let shown = value("shown");
        browser.post("/contact-center/queues/removal", &[("all", "page"), ("shown", &shown)]).expect(303);
        let left = browser.get("/contact-center/queues?size=100");
        assert_eq!(names(&left).len(), 5 - shown.split('.').count());
        for id in left.hook_ids() {
            browser.post("/contact-center/queues/removal", &[("selected", &id.to_string())]).expect(303);
        }
        write(app, |conn| diesel::delete(queue_hooks::db::schema::flow_schemas::table).execute(conn));
    }
}

#[on_all]
fn those_who_may_change_no_hooks_see_the_same_and_go_nowhere(app: &App) {
    let [alpha, ..] = five_queues(app);
    let [editor, viewer] = [app.browser(), person("vera").rights("queues:read").signed_in(app)];
    let [theirs, page] = [editor.get(PATH).expect(200), viewer.get(PATH).expect(200)];
    assert_eq!(row(&page, "Alpha"), row(&theirs, "Alpha"));
    assert!(theirs.has("tbody td a") && !page.has("tbody td a"));
    assert!(theirs.has("tbody [name=selected]") && !page.has("tbody [name=selected]"));
    assert_eq!(page.click("Alpha").expect(200).path, tab(alpha));
}

#[on_all]
fn without_queues_it_says_what_to_do(app: &App) {
    let browser = app.browser();
    let page = browser.get(PATH).expect(200);
    assert_eq!(page.text(".empty h2"), "There are no records yet");
    assert!(!page.has("table"));
    assert_eq!(page.texts(".tabs a"), ["Queues", "Coverage", "History"]);
    assert_eq!(page.text(".tabs [aria-current]"), "Coverage");
    for other in ["Queues", "History"] {
        assert_eq!(page.named(".tabs a", other).len(), 1);
        assert_eq!(
            browser.get(page.named(".tabs a", other)[0].attr("href").expect("a link")).texts(".tabs a").len(),
            3
        );
    }
    queue().create(app);
    assert_eq!(browser.get(&format!("{PATH}?q=nothing")).expect(200).text(".empty h2"), "No queues match");
}
