//! `/contact-center/queues/{queue}/hooks`: the search by the name of a flow schema.

use support::*;

const SCHEMA: &str = "tbody td:nth-child(3)";

/// The registry narrowed by the search field, as a person types into it.
fn search<'a>(browser: &'a Browser, queue_id: i64, typed: &str) -> Page<'a> {
    browser.get(&tab(queue_id)).press("Filter", &[Fill::Field("q", typed)]).expect(200)
}

#[on_all]
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

#[on_all]
fn the_search_that_was_typed_still_stands_in_the_field(app: &App) {
    let queue_id = queue().create(app);
    let browser = app.browser();
    for typed in [r#""<b>%_\"#, "\u{202e}כן", "🦀", "a&b=c+d#e;f"] {
        let page = search(&browser, queue_id, typed);
        assert_eq!(page.attr("input[name=q]", "value"), typed);
        assert!(page.has_control(&format!("Remove the filter Flow schema: {typed}")));
    }
}

#[on_all]
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

#[on_all]
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
