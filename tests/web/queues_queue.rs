//! `/contact-center/queues/{queue}`: the General tab.

use diesel::prelude::*;
use queue_hooks::model::event::Event;
use support::*;

/// What the description list says of this.
fn fact(page: &Page, name: &str) -> String {
    let at = page.texts("dl > dt").iter().position(|term| term == name).expect("the fact is told");
    page.texts("dl > dd").swap_remove(at)
}

#[on_both("names and types of queues are changed in Webitel")]
fn the_tab_shows_what_the_queue_is(app: &App) {
    let id = queue().name("Orders").queue_type(8).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("/contact-center/queues/{id}")).expect(200);
    assert_eq!(page.text("title"), "General – Orders – Queue Hooks");
    assert_eq!(page.text("h1"), "Orders");
    assert_eq!(page.texts("[aria-label=Breadcrumb] a"), ["Contact center", "Queues"]);
    assert_eq!(page.text("[aria-label=Queue] [aria-current=page]"), "General");
    assert_eq!(page.attr("#name", "value"), "Orders");
    assert_eq!(page.chosen("#type"), "8");
    assert!(page.one("[name=enabled]").attr("checked").is_some());
    assert_eq!(fact(&page, "Channel"), "task");
    let viewer = person("vera").signed_in(app);
    let seen = viewer.get(&format!("/contact-center/queues/{id}")).expect(200);
    assert!(!seen.has("main form"));
    assert_eq!(fact(&seen, "Name"), "Orders");
    assert_eq!(fact(&seen, "Type"), "Outbound task queue");
    assert_eq!(fact(&seen, "State"), "Enabled");
    assert_eq!(page.click("Hooks").expect(200).path, format!("/contact-center/queues/{id}/hooks"));
}

#[on_both("names and types of queues are changed in Webitel")]
fn the_tab_says_that_a_queue_is_disabled(app: &App) {
    let id = queue().create(app);
    write(app, |conn| {
        use queue_hooks::db::schema::queues;
        diesel::update(queues::table.find(id)).set(queues::enabled.eq(false)).execute(conn)
    });
    let browser = app.browser();
    let page = browser.get(&format!("/contact-center/queues/{id}")).expect(200);
    assert!(page.one("[name=enabled]").attr("checked").is_none());
    assert_eq!(page.text(".badge.off"), "Disabled");
}

#[on_all]
fn the_tab_tells_the_events_that_can_happen_in_each_type(app: &App) {
    let browser = app.browser();
    let expected = [
        "Answered Offering Bridged Missed Leaving Processing Active",
        "Joined Offering Bridged Missed Leaving Processing",
        "Joined Offering Bridged Leaving",
        "Answered Offering Bridged Missed Leaving Processing Active",
        "Offering Bridged Missed Leaving Processing",
        "Offering Bridged Missed Leaving Processing",
        "Joined Offering Bridged Missed Leaving Processing",
        "Offering Bridged Missed Leaving Processing",
        "Joined Bridged Leaving",
        "Joined Offering Bridged Missed Leaving Processing",
    ];
    for (number, events) in (0..).zip(expected) {
        let id = queue().queue_type(number).create(app);
        let page = browser.get(&format!("/contact-center/queues/{id}")).expect(200);
        assert_eq!(page.texts("dl li strong").join(" "), events, "type {number}");
        let meanings = page.texts("dl li");
        assert!(
            Event::ALL
                .iter()
                .filter(|event| events.contains(event.name()))
                .all(|event| { meanings.contains(&format!("{}: {}", event.name(), event.meaning())) })
        );
    }
}

#[on_all]
fn a_queue_that_does_not_exist_is_not_found_and_the_page_leads_to_the_list(app: &App) {
    let browser = app.browser();
    let page = browser.get("/contact-center/queues/4711").expect(404);
    assert_eq!(page.text("h1"), "There is no such queue");
    assert_eq!(page.click("Go back").expect(200).path, "/contact-center/queues");
}

#[on_both("names and types of queues are changed in Webitel")]
fn name_type_and_state_are_saved(app: &App) {
    let id = queue().name("Orders").create(app);
    let_rest(app, id);
    let browser = app.browser();
    let page = browser.get(&path(id)).press("Save", &[Fill::Field("name", "  Returns "), Fill::Field("type", "3")]);
    assert_eq!((&*page.path, page.said()), (&*path(id), "Saved Returns".into()));
    assert_eq!(stored_queue(app, id), Some(("Returns".into(), 3, true)));
    assert!(!is_at_rest(app, id), "the call-centre engine reloads the queue");
    let page = page.press("Save", &[]);
    assert_eq!(page.said(), "Returns is saved");
    let history = browser.get(&format!("{}/hooks/history", path(id))).expect(200);
    assert_eq!(history.texts("tbody tr td:nth-child(3)"), ["Edited"]);
    assert_eq!(history.text("tbody td:nth-child(4)"), "queue Orders Returns");
    assert_eq!(history.texts("tbody del"), ["Orders", "Inbound queue, Enabled"]);
}

#[on_both("names and types of queues are changed in Webitel")]
fn what_is_not_acceptable_is_told_beside_its_field_and_stays_typed(app: &App) {
    let id = queue().name("Orders").create(app);
    let browser = app.browser();
    let before = contents(app);
    for (name, queue_type, bad) in [
        ("", "1", "name"),
        ("   ", "1", "name"),
        (&*"x".repeat(251), "1", "name"),
        ("zero\u{200b}width", "1", "name"),
        ("line\nbreak", "1", "name"),
        ("Orders", "", "type"),
        ("Orders", "10", "type"),
        ("Orders", "abc", "type"),
    ] {
        for target in [path(id), "/contact-center/queues".into()] {
            let page = browser.post(&target, &[("name", name), ("type", queue_type)]).expect(422);
            assert_eq!(page.attr("#name", "value"), name);
            assert_eq!(page.attr(&format!("#{bad}"), "aria-invalid"), "true");
            let error = page.attr(&format!("#{bad}"), "aria-describedby");
            assert!(!page.text(&format!("#{error}")).is_empty());
            assert_eq!(page.attr("main [autofocus]", "id"), bad);
            assert!(page.one("[name=enabled]").attr("checked").is_none(), "the state that was sent");
        }
    }
    assert_eq!(contents(app), before);
}

#[on_both("names and types of queues are changed in Webitel")]
fn who_saves_second_sees_both_and_may_overwrite(app: &App) {
    let id = queue().name("Orders").create(app);
    let (anna, boris) = (app.browser(), app.browser());
    let (annas, boriss) = (anna.get(&path(id)), boris.get(&path(id)));
    annas.press("Save", &[Fill::Field("name", "Hers")]).expect(200);
    let conflict = boriss.send("Save", &[Fill::Field("name", "His"), Fill::Field("type", "2")]).expect(409);
    assert_eq!(conflict.texts(".conflict tbody tr:first-child td"), ["Hers", "His"]);
    assert_eq!(conflict.texts(".conflict tbody tr:nth-child(2) td"), ["Inbound queue", "Outbound IVR queue"]);
    assert!(conflict.one(".conflict").attr("autofocus").is_some());
    assert_eq!(stored_queue(app, id), Some(("Hers".into(), 1, true)));
    assert_eq!(conflict.click("take theirs").attr("#name", "value"), "Hers");
    assert_eq!(conflict.press("Save", &[]).said(), "Saved His");
    assert_eq!(stored_queue(app, id), Some(("His".into(), 2, true)));
    // Who wants what is there already has it.
    let same = anna.get(&path(id)).press("Save", &[]);
    assert_eq!(same.said(), "His is saved");
}

#[on_both("queues are removed in Webitel")]
fn a_queue_that_was_removed_meanwhile_is_told_and_one_that_never_was_is_not_found(app: &App) {
    let id = queue().name("Orders").create(app);
    let browser = app.browser();
    let page = browser.get(&path(id)).expect(200);
    browser.post("/contact-center/queues/removal", &[("id", &id.to_string())]).expect(303);
    let answer = page.press("Save", &[Fill::Field("name", "Mine")]);
    assert_eq!(
        (&*answer.path, answer.said()),
        ("/contact-center/queues", "That queue was removed meanwhile. Nothing was changed.".into())
    );
    browser.post("/contact-center/queues/4711", &[("name", "Mine"), ("type", "1")]).expect(404);
}

#[on_both("names and types of queues are changed in Webitel")]
fn a_name_with_a_line_break_can_be_saved_as_the_browser_sends_it(app: &App) {
    let id = queue().name("two\nlines").create(app);
    let browser = app.browser();
    let seen = [("seen_name", "two\r\nlines"), ("seen_type", "1"), ("seen_enabled", "true")];
    let fields = [&[("name", "twolines"), ("type", "1"), ("enabled", "true")], &seen[..]].concat();
    browser.post(&path(id), &fields).expect(303);
    assert_eq!(stored_queue(app, id), Some(("twolines".into(), 1, true)));
}

#[on_both("names and types of queues are changed in Webitel")]
fn a_name_that_could_not_be_given_today_may_stay(app: &App) {
    let id = queue().name("odd\u{200b}name").create(app);
    let browser = app.browser();
    browser.get(&path(id)).press("Save", &[Fill::Field("type", "5")]).expect(200);
    assert_eq!(stored_queue(app, id), Some(("odd\u{200b}name".into(), 5, true)));
}

fn path(id: i64) -> String {
    format!("/contact-center/queues/{id}")
}
