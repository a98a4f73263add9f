//! `/routing/flow`: the registry of flow schemas. Adding one is in `routing_flow_new.rs`.

use diesel::prelude::*;
use queue_hooks::db::schema::flow_schemas;
use queue_hooks::model::event::Event::*;
use support::*;

fn names(page: &Page) -> Vec<String> {
    page.texts("tbody th[scope=row]")
}

/// The cells of a column, counted from the one of the checkboxes.
fn cells(page: &Page, column: usize) -> Vec<String> {
    page.texts(&format!("tbody td:nth-child({column})"))
}

/// Lets a flow schema be changed last at this hour of a day long ago.
fn changed_at(app: &App, id: i64, hour: u32) {
    let at = chrono::NaiveDate::from_ymd_opt(2020, 2, 3).and_then(|day| day.and_hms_opt(hour, 4, 5)).expect("a time");
    write(app, |conn| diesel::update(flow_schemas::table.find(id)).set(flow_schemas::updated_at.eq(at)).execute(conn));
}

/// Flow schemas that each column puts in another order: Menu, crm, Any.
fn three(app: &App) -> [i64; 3] {
    let queue_id = queue().create(app);
    let menu = schema("Menu").schema_type("chat").drawn().create(app);
    let crm = schema("crm").schema_type("voice").create(app);
    let any = schema("Any").schema_type("default").drawn().create(app);
    for (id, hour) in [(menu, 2), (crm, 1), (any, 3)] {
        changed_at(app, id, hour);
    }
    for event in [Joined, Missed, Leaving] {
        hook(queue_id, menu).event(event).create(app);
    }
    hook(queue_id, any).off().create(app);
    [menu, crm, any]
}

#[on_all]
fn the_list_shows_each_flow_schema_with_its_type_editor_uses_and_when_it_was_changed(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("crm push").create(app);
    schema("Menu").schema_type("voice").drawn().create(app);
    schema("Any").schema_type("default").create(app);
    schema("Form").schema_type("processing").create(app);
    schema("Bot").schema_type("chat").create(app);
    hook(queue_id, crm).create(app);
    hook(queue_id, crm).event(Missed).off().create(app);
    changed_at(app, crm, 1);
    let browser = app.browser();
    let page = browser.get(FLOW).expect(200);
    assert_eq!(page.text("title"), "Flow schemas – Queue Hooks");
    assert_eq!(page.text("caption"), "Flow schemas");
    assert_eq!(page.texts("thead a.sort"), ["Name", "Type", "Editor", "Used by", "Changed"]);
    assert_eq!(names(&page), ["Any", "Bot", "crm push", "Form", "Menu"]);
    assert_eq!(cells(&page, 3), ["No type", "Chat", "Service", "Forms", "Voice"]);
    assert_eq!(cells(&page, 4), ["Text", "Text", "Text", "Text", "Diagram"]);
    assert_eq!(cells(&page, 5), ["0 hooks", "0 hooks", "2 hooks", "0 hooks", "0 hooks"]);
    assert_eq!(cells(&page, 6)[2], "2020-02-03 01:04");
    assert_eq!(page.click("crm push").expect(200).path, flow(crm));
    assert_eq!(page.click("Edit crm push").expect(200).path, flow(crm));
    assert_eq!(page.click("2 hooks").expect(200).path, format!("{}/hooks", flow(crm)));
    assert!(!page.has_control("0 hooks"), "there is nothing behind it");
}

#[on_all]
fn the_list_is_searched_sorted_and_paged_like_the_queues(app: &App) {
    for number in 1..=12 {
        schema(&format!("Schema {number:02}")).create(app);
    }
    schema("Other").create(app);
    let browser = app.browser();
    let page = browser.get(FLOW).expect(200).press("Filter", &[Fill::Field("q", "SCHEMA")]).expect(200);
    assert_eq!(page.text("nav[aria-label='Flow schemas pages'] p"), "1–10 of 12");
    let page = page.click("Name").expect(200);
    assert_eq!(page.path, format!("{FLOW}?q=SCHEMA&sort=-name"));
    assert_eq!(names(&page)[0], "Schema 12");
    let page = page.click("Next page").expect(200);
    assert_eq!(names(&page), ["Schema 02", "Schema 01"]);
    assert_eq!(page.text("title"), "Flow schemas – Queue Hooks, page 2 of 2");
    assert_eq!(browser.get(&format!("{FLOW}?page=9")).path, format!("{FLOW}?page=2"));
    assert!(browser.get(&format!("{FLOW}?sort=drop")).expect(200).has("[role=note] li"));
}

#[on_all]
fn every_column_sorts_both_ways(app: &App) {
    three(app);
    let browser = app.browser();
    let orders = [
        ("Name", "name", ["Any", "crm", "Menu"]),
        ("Type", "type", ["Menu", "Any", "crm"]),
        ("Editor", "editor", ["crm", "Any", "Menu"]),
        ("Used by", "used_by", ["crm", "Any", "Menu"]),
        ("Changed", "updated_at", ["crm", "Menu", "Any"]),
    ];
    for (column, word, order) in orders {
        let page = browser.get(&format!("{FLOW}?sort=type")).expect(200);
        let up = if word == "type" { page } else { page.click(column).expect(200) };
        assert_eq!(names(&up), order, "by {column}");
        assert_eq!(up.text("th[aria-sort=ascending]"), column);
        let down = up.click(column).expect(200);
        assert_eq!(down.path, format!("{FLOW}?sort=-{word}"));
        let mut turned = order;
        turned.reverse();
        assert_eq!(names(&down), turned, "by {column}, the other way round");
        assert_eq!(down.text("th[aria-sort=descending]"), column);
    }
}

#[on_all]
fn the_list_is_narrowed_by_type_and_by_use(app: &App) {
    three(app);
    let browser = app.browser();
    let page =
        browser.get(FLOW).press("Filter", &[Fill::Tick("type", "voice"), Fill::Tick("type", "chat")]).expect(200);
    assert_eq!(page.path, format!("{FLOW}?type=voice&type=chat"));
    assert_eq!(names(&page), ["crm", "Menu"]);
    let page = page.press("Filter", &[Fill::Field("used", "true")]).expect(200);
    assert_eq!(names(&page), ["Menu"]);
    assert_eq!(page.text("#count"), "1 flow schema matches");
    let page = page.click("Remove the filter Type: Chat").expect(200);
    assert_eq!(page.path, format!("{FLOW}?type=voice&used=true"));
    assert_eq!(page.text("main h2"), "No flow schemas match");
    assert_eq!(names(&browser.get(&format!("{FLOW}?used=true"))), ["Any", "Menu"]);
    assert_eq!(names(&browser.get(&format!("{FLOW}?used=false"))), ["crm"]);
    assert_eq!(names(&browser.get(&format!("{FLOW}?used=false")).click("Remove the filter Use: Not used")).len(), 3);
    assert_eq!(browser.get(&format!("{FLOW}?type=robot&used=perhaps")).expect(200).notices().len(), 2);
}

#[on_all]
fn the_search_takes_every_character_as_it_is(app: &App) {
    for name in ["100% sure", "100 percent", "a_b", "axb", "back\\slash", "ÇRM", "O'Hara"] {
        schema(name).create(app);
    }
    let browser = app.browser();
    for (typed, found) in
        [("100%", "100% sure"), ("A_B", "a_b"), ("\\", "back\\slash"), (" çrm ", "ÇRM"), ("o'", "O'Hara")]
    {
        let page = browser.get(FLOW).press("Filter", &[Fill::Field("q", typed)]).expect(200);
        assert_eq!(names(&page), [found], "{typed}");
    }
}

#[on_all]
fn pages_of_any_size_show_every_flow_schema_once(app: &App) {
    for number in 0..23 {
        schema(&format!("Schema {number:02}")).schema_type(["voice", "service"][number % 2]).create(app);
    }
    let browser = app.browser();
    let mut seen = Vec::new();
    let mut page = browser.get(&format!("{FLOW}?sort=used_by&size=5")).expect(200);
    loop {
        seen.extend(names(&page));
        if !page.has("a[rel=next]") {
            break;
        }
        page = page.click("Next page").expect(200);
    }
    assert_eq!(page.path, format!("{FLOW}?sort=used_by&page=5&size=5"));
    assert_eq!(seen, (0..23).map(|number| format!("Schema {number:02}")).collect::<Vec<_>>());
}

#[on_all]
fn an_empty_list_and_an_empty_result_say_so(app: &App) {
    let browser = app.browser();
    assert_eq!(browser.get(FLOW).expect(200).text(".empty h2"), "There are no records yet");
    schema("CRM").create(app);
    let page = browser.get(&format!("{FLOW}?q=nothing")).expect(200);
    assert_eq!(page.text(".empty h2"), "No flow schemas match");
    for clear in page.named("a", "Clear filters") {
        let href = clear.attr("href").expect("a link");
        assert_eq!(names(&browser.get(href)), ["CRM"]);
    }
    assert_eq!(page.named("a", "Clear filters").len(), 2, "beside the filters, and where the rows would be");
}

#[on_all]
fn who_may_only_read_is_offered_no_change(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    hook(queue_id, crm).create(app);
    let viewer = person("viewer").signed_in(app);
    let page = viewer.get(FLOW).expect(200);
    assert!(!page.has_control("Add flow schema") && !page.has("tbody input, tbody td:last-child > *, button.danger"));
    assert!(page.has_control("1 hook"));
    let without_queues = person("reader").rights("flow_schemas:read").signed_in(app);
    let page = without_queues.get(FLOW).expect(200);
    assert_eq!(page.text("td.number"), "–", "the hooks are not theirs to see, nor to count");
}

#[on_both("flow schemas are removed in Webitel")]
fn how_many_hooks_run_it_is_told_only_to_those_who_may_see_queues(app: &App) {
    let queue_id = queue().create(app);
    let (crm, fraud) = (schema("CRM").create(app), schema("Fraud").create(app));
    hook(queue_id, crm).create(app);
    hook(queue_id, crm).event(Missed).off().create(app);
    hook(queue_id, fraud).event(Missed).create(app);
    let words = "flow_schemas:read flow_schemas:delete";
    let (all, some) = (app.browser(), person("anna").rights(words).signed_in(app));
    let counts =
        |browser: &Browser, query: &str| browser.get(&format!("/routing/flow{query}")).expect(200).texts("td.number");
    assert_eq!(counts(&all, ""), ["2 hooks", "1 hook"]);
    assert_eq!(counts(&some, ""), ["–", "–"]);
    let sorted = |browser: &Browser| names(&browser.get("/routing/flow?sort=used_by").expect(200));
    assert_eq!(sorted(&all), ["Fraud", "CRM"]);
    assert_eq!(sorted(&some), ["CRM", "Fraud"], "nor does the order tell");
    let both = format!("?id={crm}&id={fraud}");
    for (query, told) in [(format!("?id={crm}"), "2 hooks run it"), (both, "2 hooks")] {
        let page = |browser: &Browser| browser.get(&format!("/routing/flow/removal{query}")).expect(409).text("main");
        assert!(page(&all).contains(told), "{}", page(&all));
        assert!(page(&some).contains("cannot be removed") && !page(&some).contains("2 hooks"), "{}", page(&some));
    }
}
