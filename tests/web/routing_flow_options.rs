//! `/routing/flow/options`: the rows of the searchable drop-down.

use support::*;

fn found(browser: &Browser, typed: &str) -> Vec<String> {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", typed).finish();
    browser.get(&format!("/routing/flow/options?{query}")).expect(200).texts("[role=option]")
}

#[on_all]
fn only_the_types_that_hooks_may_run_are_offered(app: &App) {
    for schema_type in ["default", "voice", "chat", "processing", "service"] {
        schema(&format!("A {schema_type}")).schema_type(schema_type).create(app);
    }
    assert_eq!(found(&app.browser(), ""), ["A default", "A service"]);
    assert_eq!(found(&app.browser(), "a "), ["A default", "A service"]);
    assert!(found(&app.browser(), "voice").is_empty());
}

#[on_all]
fn names_that_begin_with_the_search_come_first_and_case_does_not_matter(app: &App) {
    for name in ["A crm", "CRM b", "crm a", "The CRM", "Other", "ÇRM", "çrm x"] {
        schema(name).create(app);
    }
    let browser = app.browser();
    assert_eq!(found(&browser, "crm"), ["crm a", "CRM b", "A crm", "The CRM"]);
    assert_eq!(found(&browser, " CRM "), ["crm a", "CRM b", "A crm", "The CRM"]);
    assert_eq!(found(&browser, "çRM"), ["ÇRM", "çrm x"]);
    assert!(found(&browser, "nothing").is_empty());
}

#[on_all]
fn the_name_that_was_searched_for_is_marked_in_whatever_case(app: &App) {
    for name in ["CRM", "CRM push", "ÇRM"] {
        schema(name).create(app);
    }
    let browser = app.browser();
    let named = |typed: &str| browser.get(&format!("/routing/flow/options?q={typed}")).texts("[data-named]");
    assert_eq!(named("%20crm%20"), ["CRM"]);
    assert_eq!(named("%C3%A7rm"), ["ÇRM"]);
    assert!(named("cr").is_empty() && named("").is_empty());
}

#[on_all]
fn what_was_typed_is_no_pattern(app: &App) {
    for name in ["100 %", "100 x", "a_b", "axb", r"a\b", "x %"] {
        schema(name).create(app);
    }
    let browser = app.browser();
    assert_eq!(found(&browser, "%"), ["100 %", "x %"]);
    assert_eq!(found(&browser, "_"), ["a_b"]);
    assert_eq!(found(&browser, r"\"), [r"a\b"]);
}

#[on_all]
fn a_row_carries_the_id_and_more_than_fifty_are_said_to_be_more(app: &App) {
    let ids: Vec<_> = (1..=50).map(|number| schema(&format!("Schema {number:02}")).create(app)).collect();
    let browser = app.browser();
    let page = browser.get("/routing/flow/options?q=schema").expect(200);
    let values: Vec<_> =
        page.all("[role=option]").iter().map(|row| row.attr("data-value").map(str::to_owned)).collect();
    assert_eq!(values, ids.iter().map(|id| Some(id.to_string())).collect::<Vec<_>>());
    assert!(!page.has("li:not([role=option])"));
    schema("Schema 51").create(app);
    let page = browser.get("/routing/flow/options?q=schema").expect(200);
    assert_eq!(page.all("[role=option]").len(), 50);
    assert!(page.has("li:not([role=option])"));
}

#[on_all]
fn the_rows_are_a_part_of_a_page_and_not_kept(app: &App) {
    let browser = app.browser();
    let rows = browser.get("/routing/flow/options").expect(200);
    assert!(!rows.has("main, title"));
    assert_eq!(rows.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(rows.header("cache-control"), Some("no-store"));
}
