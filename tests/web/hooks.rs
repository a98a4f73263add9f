//! `/contact-center/queues/{queue}/hooks`: the registry, and adding a hook.

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use queue_hooks::db::Conn;
use queue_hooks::model::event::Event::{self, *};
use queue_hooks::name::keys::sort_key;
use support::*;

const EVENT: &str = "tbody td:nth-child(2)";
const SCHEMA: &str = "tbody td:nth-child(3)";

/// The registry narrowed by the search field, as a person types into it.
fn search<'a>(browser: &'a Browser, queue_id: i64, typed: &str) -> Page<'a> {
    browser.get(&tab(queue_id)).press("Filter", &[Fill::Field("q", typed)]).expect(200)
}

/// What a person fills into the modal.
fn filled<'a>(event: &'a str, schema: &'a str) -> [Fill<'a>; 2] {
    [Fill::Field("event", event), Fill::Field("schema", schema)]
}

// What the tab shows.

#[on_both]
fn the_registry_lists_the_hooks_of_the_queue_in_the_order_of_their_events(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let other = queue().name("Another").create(app);
    hook(queue_id, crm).event(Missed).create(app);
    hook(queue_id, crm).event(Joined).off().create(app);
    hook(other, crm).event(Active).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).expect(200);
    assert_eq!(page.texts(EVENT), ["Joined", "Missed"]);
    assert_eq!(page.text("title"), "Hooks – Inbound support – Queue Hooks");
    assert_eq!(page.text("table caption"), "Hooks");
}

#[on_both]
fn the_title_says_which_page_of_how_many(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 21);
    let browser = app.browser();
    let page = browser.get(&format!("{}?page=2", tab(queue_id)));
    assert_eq!(page.text("title"), "Hooks – Inbound support – Queue Hooks, page 2 of 3");
}

#[on_both]
fn breadcrumb_and_tabs_say_where_the_person_is(app: &App) {
    let queue_id = queue().name("Sales").create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(page.texts("nav[aria-label=Breadcrumb] li"), ["Contact center", "Queues", "Sales"]);
    assert_eq!(page.texts("nav[aria-label=Queue] a"), ["General", "Hooks", "History"]);
    assert_eq!(page.text("nav[aria-label=Queue] [aria-current=page]"), "Hooks");
    let general = page.click("General").expect(200);
    assert_eq!(general.path, format!("/contact-center/queues/{queue_id}"));
    assert_eq!(general.click("Hooks").expect(200).path, tab(queue_id));
}

#[on_both]
fn the_toolbar_holds_the_hook_actions(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(
        page.texts("[role=group][aria-label='Hook actions'] :is(a, button)"),
        ["Add hook", "Refresh", "Remove selected hooks", "Enable", "Disable"]
    );
}

#[on_both]
fn refresh_shows_the_same_view_with_what_happened_meanwhile(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let before = browser.get(&format!("{}?sort=-event&size=5", tab(queue_id)));
    hook(queue_id, crm).event(Missed).create(app);
    let after = before.click("Refresh");
    assert_eq!(after.path, before.path);
    assert_eq!(after.texts(EVENT), ["Missed", "Joined"]);
}

#[on_both]
fn the_registry_has_the_documented_columns(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(page.texts("thead th"), ["", "Event", "Flow schema", "State", "Changed", "Actions"]);
    assert_eq!(page.named("thead input[type=checkbox]", "Select all hooks on this page").len(), 1);
}

#[on_both]
fn a_row_names_its_tools_after_its_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(page.named("tbody input[type=checkbox]", "Select Joined → CRM: push").len(), 1);
    let switch = page.control("Enabled, Joined → CRM: push");
    assert_eq!((switch.attr("role"), switch.attr("aria-checked")), (Some("switch"), Some("true")));
    assert_eq!(page.control("CRM: push").attr("href"), Some(&*format!("/routing/flow/{crm}")));
    assert_eq!(page.control("Edit Joined → CRM: push").attr("href"), Some(&*format!("{}/{id}", tab(queue_id))));
    assert_eq!(page.control("Remove Joined → CRM: push").attr("value"), Some(&*id.to_string()));
}

#[on_both]
fn the_switch_of_a_disabled_hook_is_off(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).off().create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(page.attr("tbody [role=switch]", "aria-checked"), "false");
}

#[on_both]
fn an_event_that_cannot_happen_in_this_type_of_queue_carries_a_note(app: &App) {
    const OUTBOUND_IVR: i16 = 2;
    let queue_id = queue().queue_type(OUTBOUND_IVR).create(app);
    let crm = schema("CRM: push").create(app);
    for event in Event::ALL.iter().copied() {
        hook(queue_id, crm).event(event).create(app);
    }
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    let noted = page.texts("tbody tr:has(.note) td:nth-child(2)");
    assert_eq!(
        noted,
        ["Active", "Answered", "Missed", "Processing"].map(|event| format!("{event} cannot happen here"))
    );
}

#[on_both]
fn markup_in_names_is_shown_as_text(app: &App) {
    let name = r#"<script>alert("1")</script> & 'quotes' </td>"#;
    let queue_id = queue().name(name).create(app);
    let crm = schema(name).create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert!(!page.has("body script"));
    assert_eq!(page.text("h1"), name);
    assert_eq!(page.text("title"), format!("Hooks – {name} – Queue Hooks"));
    assert_eq!(page.texts(SCHEMA), [name]);
    assert!(page.has_control(&format!("Edit Joined → {name}")));
    let said = page.press(&format!("Enabled, Joined → {name}"), &[]).said();
    assert!(said.starts_with("Disabled Joined → <script>alert"), "{said}");
}

#[on_both]
fn a_queue_without_hooks_says_so_and_offers_to_add_one(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).expect(200);
    assert_eq!(page.text("main h2"), "There are no records yet");
    assert_eq!(page.attr("section.empty a", "href"), format!("{}/new", tab(queue_id)));
    assert_eq!(page.text("section.empty a"), "Add hook");
    assert!(!page.has("table"));
}

#[on_both]
fn a_queue_that_does_not_exist_is_404(app: &App) {
    queue().create(app);
    let browser = app.browser();
    for id in ["0", "-1", "2", "99999999999999999999", "abc", "1.5", "%00", "1'"] {
        browser.get(&format!("/contact-center/queues/{id}/hooks")).expect(404);
    }
}

#[on_both]
fn the_tab_answers_no_other_method(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, &tab(queue_id), &[], b"").expect(405);
    }
    browser.request("HEAD", &tab(queue_id), &[], b"").expect(200);
}

// Sorting and paging.

#[on_both]
fn every_order_shows_each_of_137_hooks_once(app: &App) {
    let queue_id = queue().create(app);
    let schemas = ["b", "A", "ж", "Є", "a%"].map(|name| schema(name).create(app));
    let ids: BTreeSet<i64> = many_hooks(app, queue_id, &schemas, 137).into_iter().collect();
    let browser = app.browser();
    let columns = [("event", 2), ("schema", 3), ("enabled", 4), ("updated_at", 5)];
    for (sort, column) in
        columns.into_iter().flat_map(|(sort, column)| [(sort.into(), column), (format!("-{sort}"), column)])
    {
        let mut page = browser.get(&format!("{}?sort={sort}", tab(queue_id))).expect(200);
        let (mut seen, mut cells) = (Vec::new(), Vec::new());
        loop {
            let on_page = page.hook_ids();
            seen.extend(on_page);
            cells.extend(match column {
                4 => page
                    .all("[role=switch]")
                    .iter()
                    .map(|e| e.attr("aria-checked").unwrap_or_default().to_owned())
                    .collect(),
                _ => page.texts(&format!("tbody td:nth-child({column})")),
            });
            if page.control("Next page").attr("href").is_none() {
                break;
            }
            page = page.click("Next page").expect(200);
        }
        assert_eq!(seen.len(), 137, "{sort}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), ids, "{sort}");
        let keys = cells.iter().map(|cell| sort_key(cell));
        assert!(if sort.starts_with('-') { keys.rev().is_sorted() } else { keys.is_sorted() }, "{sort}: {cells:?}");
    }
}

#[on_both]
fn rows_that_are_equal_stand_in_the_order_of_their_ids(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let ids: Vec<_> = (0..3).map(|_| hook(queue_id, crm).off().create(app)).collect();
    let browser = app.browser();
    for sort in ["event", "schema", "enabled", "updated_at"] {
        assert_eq!(browser.get(&format!("{}?sort={sort}", tab(queue_id))).hook_ids(), ids, "{sort}");
        let mut descending = browser.get(&format!("{}?sort=-{sort}", tab(queue_id))).hook_ids();
        descending.reverse();
        assert_eq!(descending, ids, "-{sort}");
    }
}

#[on_both]
fn a_header_sorts_and_a_second_time_the_other_way_round(app: &App) {
    let queue_id = queue().create(app);
    for (name, event) in [("b", Joined), ("A", Missed), ("c", Active)] {
        let id = schema(name).create(app);
        hook(queue_id, id).event(event).create(app);
    }
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).click("Flow schema");
    assert_eq!(page.path, format!("{}?sort=schema", tab(queue_id)));
    assert_eq!(page.texts(SCHEMA), ["A", "b", "c"]);
    let page = page.click("Flow schema");
    assert_eq!(page.path, format!("{}?sort=-schema", tab(queue_id)));
    assert_eq!(page.texts(SCHEMA), ["c", "b", "A"]);
    assert_eq!(page.click("Flow schema").texts(SCHEMA), ["A", "b", "c"]);
}

#[on_both]
fn aria_sort_stands_on_the_sorted_header_alone(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let sorted = [
        ("", "Event", "ascending"),
        ("?sort=-event", "Event", "descending"),
        ("?sort=enabled", "State", "ascending"),
        ("?sort=-updated_at", "Changed", "descending"),
    ];
    for (query, header, order) in sorted {
        let page = browser.get(&format!("{}{query}", tab(queue_id)));
        assert_eq!(page.text("th[aria-sort]"), header);
        assert_eq!(page.attr("th[aria-sort]", "aria-sort"), order);
    }
}

#[on_both]
fn a_header_begins_on_the_first_page_and_keeps_filter_and_size(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let page = browser.get(&format!("{}?enabled=false&page=2&size=5", tab(queue_id))).click("Changed");
    assert_eq!(page.path, format!("{}?enabled=false&sort=updated_at&size=5", tab(queue_id)));
}

#[on_both]
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

#[on_both]
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

#[on_both]
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

#[on_both]
fn a_page_past_the_end_of_nothing_leads_to_the_first_one(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    assert_eq!(browser.get(&format!("{}?page=2", tab(queue_id))).path, tab(queue_id));
}

#[on_both]
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

#[on_both]
fn a_notice_says_what_was_left_out(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    let notices = browser.get(&format!("{}?size=1001&page=abc&sort=drop&event=party", tab(queue_id))).notices();
    assert_eq!(notices.len(), 4);
    for typed in ["1001", "abc", "drop", "party"] {
        assert_eq!(notices.iter().filter(|notice| notice.contains(&format!("“{typed}”"))).count(), 1, "{notices:?}");
    }
}

#[on_both]
fn what_is_right_beside_a_wrong_value_still_counts(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 25);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=joined&event=party&size=2&sort=drop", tab(queue_id))).expect(200);
    assert_eq!(page.texts(EVENT), ["Joined", "Joined"]);
}

#[on_both]
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

#[on_both]
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

#[on_both]
fn the_same_address_shows_the_same_view_to_anybody(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 60);
    let (one, another) = (app.browser(), app.browser());
    let view =
        one.get(&tab(queue_id)).press("Filter", &[Fill::Field("enabled", "false")]).click("Changed").click("Next page");
    assert_eq!(another.get(&view.path).hook_ids(), view.hook_ids());
}

// Filters.

#[on_both]
fn the_event_filter_takes_several_events(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 8);
    let browser = app.browser();
    let page =
        browser.get(&tab(queue_id)).press("Filter", &[Fill::Tick("event", "missed"), Fill::Tick("event", "joined")]);
    assert_eq!(page.path, format!("{}?event=joined&event=missed", tab(queue_id)));
    assert_eq!(page.texts(EVENT), ["Joined", "Missed"]);
}

#[on_both]
fn the_events_stand_in_the_filter_with_their_counts_in_this_queue(app: &App) {
    let queue_id = queue().create(app);
    let other_id = queue().name("Another").create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    hook(queue_id, crm).off().create(app);
    hook(queue_id, crm).event(Active).off().create(app);
    hook(other_id, crm).event(Missed).create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id));
    assert_eq!(
        page.texts("[role=search] fieldset label"),
        ["Joined 2", "Answered 0", "Offering 0", "Bridged 0", "Missed 0", "Leaving 0", "Processing 0", "Active 1"]
    );
}

#[on_both]
fn the_counts_follow_every_change(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    hook(queue_id, crm).off().event(Missed).create(app);
    let browser = app.browser();
    let counts = |page: &Page| {
        let texts = page.texts("[role=search] fieldset label");
        [texts[0].clone(), texts[4].clone()]
    };
    let page = browser.get(&tab(queue_id)).press("Enabled, Missed → CRM: push", &[]);
    assert_eq!(counts(&page), ["Joined 1", "Missed 1"]);
    let page = page.press("Remove Missed → CRM: push", &[]);
    assert_eq!(counts(&page), ["Joined 1", "Missed 0"]);
    let page = page.press("Undo", &[]);
    assert_eq!(counts(&page), ["Joined 1", "Missed 1"]);
    let page = page
        .click("Edit Missed → CRM: push")
        .press("Save", &filled("joined", &crm.to_string()))
        .press("Save disabled", &[]);
    assert_eq!(counts(&page), ["Joined 2", "Missed 0"]);
}

#[on_both]
fn the_state_filter_tells_enabled_from_disabled(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let on = hook(queue_id, crm).create(app);
    let off = hook(queue_id, crm).off().create(app);
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).press("Filter", &[Fill::Field("enabled", "true")]);
    assert_eq!(page.hook_ids(), [on]);
    assert_eq!(page.press("Filter", &[Fill::Field("enabled", "false")]).hook_ids(), [off]);
}

#[on_both]
fn filters_narrow_together(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM: push").create(app), schema("Billing").create(app));
    let wanted = hook(queue_id, crm).off().create(app);
    hook(queue_id, crm).create(app);
    hook(queue_id, crm).off().event(Missed).create(app);
    hook(queue_id, billing).off().create(app);
    let browser = app.browser();
    let fill = [Fill::Tick("event", "joined"), Fill::Field("enabled", "false"), Fill::Field("q", "crm")];
    let page = browser.get(&tab(queue_id)).press("Filter", &fill);
    assert_eq!(page.path, format!("{}?event=joined&enabled=false&q=crm", tab(queue_id)));
    assert_eq!(page.hook_ids(), [wanted]);
}

#[on_both]
fn a_filter_keeps_order_and_size_and_begins_on_the_first_page(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 60);
    let browser = app.browser();
    let page = browser.get(&format!("{}?sort=-enabled&page=3&size=7", tab(queue_id)));
    let page = page.press("Filter", &[Fill::Field("q", "crm")]);
    assert_eq!(page.path, format!("{}?q=crm&sort=-enabled&size=7", tab(queue_id)));
}

#[on_both]
fn fields_left_empty_are_taken_out_of_the_address(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    assert_eq!(browser.get(&tab(queue_id)).press("Filter", &[]).path, tab(queue_id));
}

#[on_both]
fn each_active_filter_is_a_chip_that_removes_it(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=joined&event=missed&enabled=false&q=push&sort=-event", tab(queue_id)));
    assert_eq!(page.texts(".chip"), ["Event: Joined", "Event: Missed", "State: Disabled", "Flow schema: push"]);
    let page = page.click("Remove the filter Event: Joined");
    assert_eq!(page.path, format!("{}?event=missed&enabled=false&q=push&sort=-event", tab(queue_id)));
    let page = page.click("Remove the filter State: Disabled");
    assert_eq!(page.path, format!("{}?event=missed&q=push&sort=-event", tab(queue_id)));
    let page = page.click("Remove the filter Flow schema: push");
    assert_eq!(page.path, format!("{}?event=missed&sort=-event", tab(queue_id)));
    let page = page.click("Remove the filter Event: Missed");
    assert_eq!(page.path, format!("{}?sort=-event", tab(queue_id)));
    assert!(!page.has(".chip"));
}

#[on_both]
fn the_number_of_hooks_that_match_stands_beside_the_chips(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 17);
    let browser = app.browser();
    let count = |query| browser.get(&format!("{}?{query}", tab(queue_id))).text("#count");
    assert_eq!(count("event=joined"), "3 hooks match");
    assert_eq!(count("event=joined&enabled=true"), "1 hook matches");
    assert_eq!(count("q=nothing"), "0 hooks match");
    assert_eq!(count(""), "");
}

#[on_both]
fn when_nothing_matches_the_filters_can_be_cleared(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=missed&sort=-schema", tab(queue_id)));
    assert_eq!(page.text("main h2"), "No hooks match");
    assert_eq!(page.text("section.empty a"), "Clear filters");
    let cleared = browser.get(&page.attr("section.empty a", "href"));
    assert_eq!(cleared.path, format!("{}?sort=-schema", tab(queue_id)));
    assert_eq!(cleared.hook_ids(), [id]);
}

#[on_both]
fn the_search_finds_a_part_of_the_name_in_any_case_and_no_pattern(app: &App) {
    let queue_id = queue().create(app);
    let names = [
        "100% done",
        "100 done",
        "a_b",
        "aXb",
        r"back\slash",
        "it's",
        r#"say "hi""#,
        "Довідник КЛІЄНТІВ",
        "\u{200f}שלום\u{200f}",
        "🦀 crab",
        "'; DROP TABLE hooks; --",
        "ÅNGSTRÖM",
    ];
    let ids = names.map(|name| {
        let id = schema(name).create(app);
        hook(queue_id, id).off().create(app);
        id
    });
    assert_eq!(ids.len(), names.len());
    let browser = app.browser();
    let searches = [
        ("0%", "100% done"),
        ("%", "100% done"),
        ("_", "a_b"),
        (r"\", r"back\slash"),
        ("'S", "it's"),
        (r#""hi""#, r#"say "hi""#),
        ("дОВІДНИК клієнтів", "Довідник КЛІЄНТІВ"),
        ("\u{200f}שלום", "\u{200f}שלום\u{200f}"),
        ("🦀", "🦀 crab"),
        ("'; drop", "'; DROP TABLE hooks; --"),
        ("ångströM", "ÅNGSTRÖM"),
        ("  a_B  ", "a_b"),
    ];
    for (typed, name) in searches {
        assert_eq!(search(&browser, queue_id, typed).texts(SCHEMA), [name], "{typed:?}");
    }
}

#[on_both]
fn the_search_that_was_typed_still_stands_in_the_field(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for typed in [r#""<b>%_\"#, "\u{202e}כן", "🦀", "a&b=c+d#e;f"] {
        let page = search(&browser, queue_id, typed);
        assert_eq!(page.attr("input[name=q]", "value"), typed);
        assert!(page.has_control(&format!("Remove the filter Flow schema: {typed}")));
    }
}

#[on_both]
fn a_search_for_what_no_name_can_hold_finds_nothing(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    for q in ["%00", "CRM%00", "%ED%A0%80", "%FF%FE", "%F0%9F"] {
        let page = browser.get(&format!("{}?q={q}", tab(queue_id))).expect(200);
        assert_eq!(page.text("main h2"), "No hooks match", "{q}");
    }
}

#[on_both]
fn a_search_longer_than_any_name_finds_nothing(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    for letter in ["x", "_"] {
        let page = browser.get(&format!("{}?q={}", tab(queue_id), letter.repeat(39_000))).expect(200);
        assert_eq!(page.text("main h2"), "No hooks match");
    }
}

#[on_both]
fn all_that_match_can_be_selected_only_when_more_match_than_are_shown(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 137);
    let browser = app.browser();
    assert_eq!(
        browser.get(&tab(queue_id)).text("#selection .all"),
        "All 10 on this page are selected. Select all 137 matching"
    );
    let narrowed = browser.get(&format!("{}?event=joined", tab(queue_id)));
    assert_eq!(narrowed.text("#selection .all label"), "Select all 18 matching");
    assert!(!browser.get(&format!("{}?event=joined&size=18", tab(queue_id))).has("#selection .all"));
}

// Adding a hook.

#[on_both]
fn a_hook_is_added_enabled_and_the_registry_says_so(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &crm.to_string()));
    assert_eq!(page.path, tab(queue_id));
    assert_eq!(page.said(), "Added Joined → CRM: push");
    let [id] = page.hook_ids()[..] else { panic!("one hook: {}", page.body) };
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
    assert!(!page.has("dialog"));
}

#[on_both]
fn each_event_can_be_added_with_either_type_of_flow_schema(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for (event, schema_type) in Event::ALL.iter().copied().zip(["service", "default"].into_iter().cycle()) {
        let id = schema(event.word()).schema_type(schema_type).create(app).to_string();
        browser.post(&tab(queue_id), &[("event", event.word()), ("schema", &id)]).expect(303);
    }
    assert_eq!(browser.get(&tab(queue_id)).texts(SCHEMA).len(), 8);
}

#[on_both]
fn adding_moves_the_queue_and_writes_the_journal(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let_rest(app, queue_id);
    app.browser().post(&tab(queue_id), &[("event", "joined"), ("schema", &crm.to_string())]).expect(303);
    let [id] = ids(app, queue_id)[..] else { panic!("one hook") };
    assert_eq!(journal(app, queue_id), [format!("add {id}: nothing -> joined CRM on")]);
    assert!(!is_at_rest(app, queue_id));
}

#[on_both]
fn after_adding_the_person_is_back_in_the_same_view(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let view = format!("{}?enabled=false&sort=-schema&page=2&size=5", tab(queue_id));
    let modal = browser.get(&view).click("Add hook");
    let page = modal.press("Save", &filled("joined", &crm.to_string())).press("Save disabled", &[]);
    assert_eq!(page.path, view);
    assert_eq!(page.said(), "Added Joined → CRM: push, disabled");
}

#[on_both]
fn a_form_leads_nowhere_but_to_its_own_tab(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    for view in ["//elsewhere.example/", "https://elsewhere.example/?page=1", "\r\nLocation: x", "?page=7&sort=drop"] {
        let answer = browser
            .post(&tab(queue_id), &[("event", "missed"), ("schema", &crm), ("view", view), ("if_taken", "disable")]);
        let location = answer.expect(303).header("location").unwrap_or_default().to_owned();
        assert_eq!(location.split('?').next(), Some(&*tab(queue_id)), "{location}");
    }
}

#[on_both]
fn a_hook_cannot_be_added_to_a_queue_that_does_not_exist(app: &App) {
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    for id in ["0", "7", "99999999999999999999", "abc"] {
        let path = format!("/contact-center/queues/{id}/hooks");
        browser.post(&path, &[("event", "joined"), ("schema", &crm)]).expect(404);
    }
}

#[on_both]
fn a_form_without_an_event_comes_back_with_what_was_typed(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("", &crm.to_string())).expect(422);
    assert_eq!(page.text("#event-error"), "Choose an event.");
    assert_eq!(page.attr("#event", "aria-describedby"), "event-error");
    assert_eq!(page.attr("#event", "aria-invalid"), "true");
    assert!(page.has("#event[autofocus]"), "the focus is in the first bad field");
    assert_eq!(page.chosen("#schema"), crm.to_string());
    assert!(ids(app, queue_id).is_empty());
}

#[on_both]
fn a_form_without_a_flow_schema_comes_back_with_what_was_typed(app: &App) {
    let queue_id = queue().create(app);
    schema("CRM: push").create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("missed", "")).expect(422);
    assert_eq!(page.text("#schema-error"), "Choose a flow schema.");
    assert_eq!(page.attr("#schema", "aria-describedby"), "schema-error");
    assert_eq!(page.attr("#schema", "aria-invalid"), "true");
    assert!(page.has("#schema[autofocus]"), "the focus is in the first bad field");
    assert_eq!(page.chosen("#event"), "missed");
    assert!(ids(app, queue_id).is_empty());
}

#[on_both]
fn an_event_or_flow_schema_outside_the_allowed_set_is_refused(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    let wrong = [
        ("party", &*crm, "#event-error"),
        ("JOINED", &crm, "#event-error"),
        ("joined\0", &crm, "#event-error"),
        ("joined", "abc", "#schema-error"),
        ("joined", "99999999999999999999", "#schema-error"),
        ("joined", "0", "#schema-error"),
        ("joined", "1 OR 1=1", "#schema-error"),
    ];
    for (event, schema, error) in wrong {
        let page = browser.post(&tab(queue_id), &[("event", event), ("schema", schema)]).expect(422);
        assert!(page.has(error), "{event:?} {schema:?}: {}", page.body);
    }
    assert!(ids(app, queue_id).is_empty());
}

#[on_both]
fn a_flow_schema_of_another_type_is_refused(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for schema_type in ["voice", "chat", "processing"] {
        let id = schema(schema_type).schema_type(schema_type).create(app).to_string();
        let page = browser.post(&tab(queue_id), &[("event", "joined"), ("schema", &id)]).expect(422);
        assert_eq!(page.text("#schema-error"), "This flow schema cannot be used any more. Choose another.");
        assert_eq!(page.chosen("#event"), "joined");
    }
    assert!(ids(app, queue_id).is_empty());
}

#[on_both]
fn a_flow_schema_removed_while_the_form_was_open_is_refused(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let browser = app.browser();
    let modal = browser.get(&format!("{}/new", tab(queue_id)));
    remove_schema(app, crm);
    let page = modal.press("Save", &filled("joined", &crm.to_string())).expect(422);
    assert_eq!(page.text("#schema-error"), "This flow schema cannot be used any more. Choose another.");
    assert!(ids(app, queue_id).is_empty());
}

#[on_both]
fn a_second_enabled_hook_for_an_event_names_the_first_one(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM: push").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser
        .get(&format!("{}/new", tab(queue_id)))
        .press("Save", &filled("joined", &billing.to_string()))
        .expect(422);
    assert_eq!(
        page.text("#event-error p:first-child"),
        "Joined → CRM: push is enabled already, and an event takes one enabled hook."
    );
    assert_eq!(page.attr("#event", "aria-describedby"), "event-error");
    assert_eq!(page.texts("#event-error button"), ["Save disabled", "Replace it"]);
    assert_eq!((page.chosen("#event"), page.chosen("#schema")), ("joined".into(), billing.to_string()));
    assert_eq!(ids(app, queue_id), [first]);
}

#[on_both]
fn a_second_hook_for_an_event_can_be_saved_disabled(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &billing.to_string()));
    let page = page.press("Save disabled", &[]).expect(200);
    assert_eq!(page.said(), "Added Joined → Billing, disabled");
    let second = ids(app, queue_id)[1];
    assert_eq!(stored(app, first), Some((Joined, crm, true)));
    assert_eq!(stored(app, second), Some((Joined, billing, false)));
    assert_eq!(journal(app, queue_id), [format!("add {second}: nothing -> joined Billing off")]);
}

#[on_both]
fn a_second_hook_for_an_event_can_replace_the_first_one(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &billing.to_string()));
    let page = page.press("Replace it", &[]).expect(200);
    assert_eq!(page.said(), "Added Joined → Billing");
    let second = ids(app, queue_id)[1];
    assert_eq!(stored(app, first), Some((Joined, crm, false)));
    assert_eq!(stored(app, second), Some((Joined, billing, true)));
    assert_eq!(
        journal(app, queue_id),
        [
            format!("disable {first}: joined CRM on -> joined CRM off"),
            format!("add {second}: nothing -> joined Billing on"),
        ]
    );
}

#[on_both]
fn a_choice_that_is_not_needed_any_more_does_no_harm(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &billing.to_string()));
    remove_hook(app, first);
    assert_eq!(page.press("Replace it", &[]).said(), "Added Joined → Billing");
}

#[on_both]
fn disabled_hooks_for_an_event_stand_in_nobodys_way(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).off().create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &crm.to_string()));
    assert_eq!(page.said(), "Added Joined → CRM: push");
}

#[on_both]
fn an_enabled_hook_of_another_queue_stands_in_nobodys_way(app: &App) {
    let (queue_id, other_id) = (queue().create(app), queue().create(app));
    let crm = schema("CRM: push").create(app);
    hook(other_id, crm).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled("joined", &crm.to_string()));
    assert_eq!(page.said(), "Added Joined → CRM: push");
}

#[on_both]
fn the_same_form_sent_twice_adds_one_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    let modal = browser.get(&format!("{}/new", tab(queue_id)));
    modal.press("Save", &filled("joined", &crm));
    let again = modal.press("Save", &filled("joined", &crm)).expect(200);
    assert_eq!(again.hook_ids().len(), 1);
    assert_eq!(again.said(), "Joined → CRM: push is saved");
    assert_eq!(journal(app, queue_id).len(), 1);
}

#[on_both]
fn an_event_that_nobody_knows_is_shown_as_it_is_and_can_be_mended_and_removed(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let odd = hook(queue_id, crm).create(app);
    hook(queue_id, crm).event(Event::Leaving).create(app);
    write(app, |conn| {
        match conn {
            // Taken out of the table's own text: a pragma would count for one connection of the pool alone.
            Conn::Sqlite(conn) => conn.batch_execute(
                "PRAGMA writable_schema = ON; \
                 UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (event IN', 'CHECK (event <> '''' OR event IN') \
                 WHERE name = 'hooks'; \
                 PRAGMA schema_version = 1000; PRAGMA writable_schema = RESET",
            ),
            Conn::Postgres(conn) => conn.batch_execute("ALTER TABLE hooks DROP CONSTRAINT hooks_event_check"),
        }?;
        conn.batch_execute(&format!("UPDATE hooks SET event = 'poked' WHERE id = {odd}"))
    });
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).expect(200);
    assert_eq!(page.texts(EVENT), ["Leaving", "poked"]);
    assert!(browser.get(&format!("{}?event=leaving", tab(queue_id))).expect(200).text(".pages").contains("1–1 of 1"));
    // Switched, it keeps its word; edited, it gets one that is known.
    page.press("Enabled, poked → CRM: push", &[]).expect(200);
    let modal = browser.get(&format!("{}/{odd}", tab(queue_id))).expect(200);
    modal.press("Save", &[Fill::Field("event", "joined")]).expect(200);
    let after = journal(app, queue_id);
    assert_eq!(
        after.last().map(String::as_str),
        Some(&*format!("edit {odd}: poked CRM: push off -> joined CRM: push off"))
    );
    write(app, |conn| conn.batch_execute(&format!("UPDATE hooks SET event = 'poked' WHERE id = {odd}")));
    let page = browser.get(&tab(queue_id)).press("Remove poked → CRM: push", &[]).expect(200);
    assert_eq!(page.texts(EVENT), ["Leaving"]);
    assert_eq!(page.press("Undo", &[]).expect(200).texts(EVENT), ["Leaving", "poked"]);
}

#[on_both]
fn three_clicks_at_once_add_one_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let change = app.browser().get(&format!("{}/new", tab(queue_id))).attr("input[name=change]", "value");
    let fields = [("event", "joined"), ("schema", &*crm), ("change", &change)];
    let click = || app.browser().post(&tab(queue_id), &fields).status;
    let statuses = std::thread::scope(|scope| {
        [(); 3].map(|()| scope.spawn(click)).map(|click| click.join().expect("a click is answered"))
    });
    assert_eq!(statuses, [303; 3]);
    assert_eq!(ids(app, queue_id).len(), 1);
}

#[on_both]
fn two_people_who_add_the_same_event_at_once_leave_one_enabled_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let add = || app.browser().post(&tab(queue_id), &[("event", "joined"), ("schema", &crm)]).status;
    let mut statuses = std::thread::scope(|scope| {
        [(); 2].map(|()| scope.spawn(add)).map(|add| add.join().expect("both are answered"))
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422]);
    assert_eq!(ids(app, queue_id).len(), 1);
}

#[on_both]
fn a_form_opened_twice_adds_two_hooks(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    for event in ["joined", "missed"] {
        browser.get(&format!("{}/new", tab(queue_id))).press("Save", &filled(event, &crm)).expect(200);
    }
    assert_eq!(ids(app, queue_id).len(), 2);
}

#[on_both]
fn a_refused_form_leaves_queue_and_journal_alone(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let voice = schema("IVR").schema_type("voice").create(app).to_string();
    hook(queue_id, crm.parse().expect("an id")).create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    for (event, schema) in [("", &*crm), ("missed", ""), ("missed", &*voice), ("joined", &crm)] {
        browser.post(&tab(queue_id), &[("event", event), ("schema", schema)]).expect(422);
    }
    assert!(journal(app, queue_id).is_empty());
    assert!(is_at_rest(app, queue_id));
}

#[on_both]
fn a_fault_half_way_adds_nothing(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let first = hook(queue_id, crm).create(app);
    let_rest(app, queue_id);
    let browser = app.browser();
    lose_journal(app);
    let fields = [("event", "joined"), ("schema", &*billing.to_string()), ("if_taken", "replace")];
    browser.post(&tab(queue_id), &fields).expect(503);
    assert_eq!(ids(app, queue_id), [first]);
    assert_eq!(stored(app, first), Some((Joined, crm, true)));
    assert!(is_at_rest(app, queue_id));
}

#[on_both]
fn a_form_that_is_filled_in_anew_adds_another_hook(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app).to_string();
    let browser = app.browser();
    let change = "0123456789abcdef0123456789abcdef";
    for event in ["joined", "joined", "missed"] {
        let fields = [("event", event), ("schema", &*crm), ("change", change)];
        browser.post(&tab(queue_id), &fields).expect(303);
    }
    assert_eq!(browser.get(&tab(queue_id)).texts("tbody td:nth-child(2)"), ["Joined", "Missed"]);
}
