//! The searchable drop-down for flow schemas.

use support::window::Window;
use support::*;

const VALUE: &str = "document.querySelector('[role=combobox]').value";
const EXPANDED: &str = "document.querySelector('[role=combobox]').ariaExpanded";
const CHOSEN: &str = "document.querySelector('[name=schema]').value";
const COUNT: &str = "document.getElementById('schema-count').textContent";
/// The option that stands out, by the attribute that tells of it.
const ACTIVE: &str = "document.getElementById(document.querySelector('[role=combobox]').getAttribute('aria-activedescendant'))?.textContent ?? null";
const OPTIONS: &str =
    "[...document.querySelectorAll('[role=option]')].filter((e) => e.checkVisibility()).map((e) => e.textContent)";

fn schema_id(app: &App, schema_name: &str) -> i64 {
    use diesel::prelude::*;
    use queue_hooks::db::schema::flow_schemas::dsl::*;
    write(app, |conn| flow_schemas.filter(name.eq(schema_name)).select(id).first(conn))
}

/// The modal with the focus in the drop-down, over three flow schemas and one of another kind.
fn focused(app: &App) -> Window {
    for name in ["CRM push", "CRM pull", "Fraud check"] {
        schema(name).create(app);
    }
    schema("CRM chat").schema_type("chat").create(app);
    let window = Window::open(app, &format!("{}/new", tab(queue().create(app))));
    window.modal_is("Add hook");
    window.click("Flow schema");
    window.focus_is_on("Flow schema");
    window
}

#[test]
fn typing_searches_on_the_server_and_tells_how_many_there_are() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    window.write("crm");
    window.expect(OPTIONS, vec!["CRM pull", "CRM push"]);
    window.expect(EXPANDED, "true");
    window.expect("[...document.querySelectorAll('mark')].map((e) => e.textContent)", vec!["CRM", "CRM"]);
    window.until(&format!("{COUNT}.startsWith('2 ')"));
    window.until("document.getElementById('schema-count').role === 'status'");
    window.write(" pus");
    window.expect(OPTIONS, vec!["CRM push"]);
    window.until(&format!("{COUNT}.startsWith('1 ')"));
    window.write("zzz");
    window.expect(OPTIONS, Vec::<String>::new());
    window.focus_is_on("Flow schema");
}

#[test]
fn three_letters_in_a_row_ask_once() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    window.expect(&format!("{OPTIONS}.length === 3 || document.querySelectorAll('[role=option]').length === 3"), true);
    let asked =
        "performance.getEntriesByType('resource').filter((e) => e.name.includes('/routing/flow/options')).length";
    let before = window.script(&format!("return {asked}")).as_u64().expect("a number");
    // As a quick person types: all within the pause that the search waits for.
    window.script(
        "const input = document.querySelector('[role=combobox]');
        for (const text of ['c', 'cr', 'crm']) {
            input.value = text;
            input.dispatchEvent(new InputEvent('input', { bubbles: true }));
        }",
    );
    window.expect(OPTIONS, vec!["CRM pull", "CRM push"]);
    window.expect(asked, before + 1);
}

#[test]
fn arrows_move_through_the_options_and_wrap() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    window.write("crm");
    window.expect(OPTIONS, vec!["CRM pull", "CRM push"]);
    window.expect(ACTIVE, serde_json::Value::Null);
    for (key, option) in [
        ("ArrowDown", "CRM pull"),
        ("ArrowDown", "CRM push"),
        ("ArrowDown", "CRM pull"),
        ("ArrowUp", "CRM push"),
        ("ArrowUp", "CRM pull"),
    ] {
        window.press(key);
        window.expect(ACTIVE, option);
        window.expect("document.querySelector('[role=option][aria-selected=true]').textContent", option);
        window.focus_is_on("Flow schema");
    }
}

#[test]
fn enter_accepts_and_saves_nothing() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    window.write("crm");
    window.expect(OPTIONS, vec!["CRM pull", "CRM push"]);
    window.press_all(&["ArrowDown", "ArrowDown", "Enter"]);
    window.expect(VALUE, "CRM push");
    window.expect(EXPANDED, "false");
    window.until(CHOSEN);
    window.focus_is_on("Flow schema");
    window.modal_is("Add hook");
    // What is typed over a choice is no choice any more.
    window.press("Backspace");
    window.expect(CHOSEN, "");
}

#[test]
fn escape_closes_the_list_then_clears_then_closes_the_modal() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    window.write("crm");
    window.expect(OPTIONS, vec!["CRM pull", "CRM push"]);
    window.press("Escape");
    window.expect(EXPANDED, "false");
    window.expect(VALUE, "crm");
    window.press("Escape");
    window.expect(VALUE, "");
    window.modal_is("Add hook");
    window.expect(EXPANDED, "false");
    window.press("Escape");
    window.has_no_modal();
}

#[test]
fn alt_with_arrows_opens_and_closes_the_list() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    window.press("Alt+ArrowDown");
    window.expect(EXPANDED, "true");
    window.expect(OPTIONS, vec!["CRM pull", "CRM push", "Fraud check"]);
    window.expect(ACTIVE, serde_json::Value::Null);
    window.press("Alt+ArrowUp");
    window.expect(EXPANDED, "false");
    window.press("ArrowUp");
    window.expect(EXPANDED, "true");
    window.expect(ACTIVE, "Fraud check");
}

#[test]
fn home_end_and_arrows_edit_the_text_and_tab_leaves() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    window.write("rm");
    window.press("Home");
    window.write("c");
    window.press_all(&["End", "ArrowLeft", "ArrowRight"]);
    window.write(" push");
    window.expect(VALUE, "crm push");
    window.expect(OPTIONS, vec!["CRM push"]);
    window.press("Tab");
    window.expect(EXPANDED, "false");
    window.until("document.activeElement.role !== 'combobox' && document.activeElement !== document.body");
    // What was typed is the whole name.
    window.expect(VALUE, "CRM push");
}

#[test]
fn an_option_is_clicked_and_more_are_loaded_on_the_way_down() {
    let app = App::start(Backend::Sqlite);
    for i in 0..70 {
        schema(&format!("Schema {i:02}")).create(&app);
    }
    let window = Window::open(&app, &format!("{}/new", tab(queue().create(&app))));
    window.click("Flow schema");
    window.write("schema");
    window.until(&format!("{OPTIONS}.includes('Schema 00')"));
    window.press("ArrowUp");
    for _ in 0..3 {
        window.script("const list = document.getElementById('schema-options'); list.scrollTop = list.scrollHeight");
        window.until("document.querySelectorAll('[role=option]').length > 20");
    }
    window.until("(() => { const list = document.getElementById('schema-options'); list.scrollTop = list.scrollHeight; return document.querySelectorAll('[role=option]').length === 70 })()");
    window.click("Schema 69");
    window.expect(VALUE, "Schema 69");
    window.until(CHOSEN);
}

#[test]
fn a_late_answer_to_an_earlier_search_is_ignored() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    window.expect("document.querySelectorAll('[role=option]').length", 3);
    // The answer to “fraud” takes its time; the one to “crm” does not.
    window.script(
        "const fetch = window.fetch;
        window.fetch = (url, ...rest) => !String(url).includes('q=fraud') ? fetch(url, ...rest)
            : new Promise((resolve) => { window.letGo = resolve })
                .then(() => fetch(url, ...rest))
                .finally(() => setTimeout(() => { window.hasCome = true }));",
    );
    window.write("fraud");
    window.until("window.letGo");
    window.press("Control+a");
    window.write("crm");
    window.expect(OPTIONS, vec!["CRM pull", "CRM push"]);
    window.script("window.letGo()");
    window.until("window.hasCome");
    window.expect(OPTIONS, vec!["CRM pull", "CRM push"]);
    window.until(&format!("{COUNT}.startsWith('2 ')"));
}

#[test]
fn a_name_that_is_typed_in_full_is_chosen_by_leaving_by_enter_and_by_saving() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    let [push, pull] = ["CRM push", "CRM pull"].map(|name| schema_id(&app, name).to_string());
    let is_saved = "!document.querySelector('[data-save]').disabled";
    window.choose("event", "Joined");
    window.click("Flow schema");
    window.write("crm");
    window.expect(OPTIONS, vec!["CRM pull", "CRM push"]);
    window.press("Tab");
    window.expect(CHOSEN, "");
    window.expect(VALUE, "crm");
    for (typed, leaving, chosen) in [(" crm PUSH", "Tab", &push), ("crm pull ", "Enter", &pull)] {
        window.click("Flow schema");
        window.press("Control+a");
        window.write(typed);
        window.expect(&format!("{OPTIONS}.length"), 1);
        window.expect(CHOSEN, chosen.as_str());
        window.expect(VALUE, typed);
        window.until(is_saved);
        window.press(leaving);
        window.expect(VALUE, if leaving == "Tab" { "CRM push" } else { "CRM pull" });
    }
    // The same while the answer is still on its way.
    window.click("Flow schema");
    window.press("Control+a");
    window.hold();
    window.write("crm push");
    window.press("Tab");
    window.expect(CHOSEN, "");
    window.let_go(1);
    window.expect(CHOSEN, push.as_str());
    window.expect(VALUE, "CRM push");
    window.click("Flow schema");
    window.press("Control+a");
    window.hold();
    window.write("crm pull");
    window.press("Control+Enter");
    window.let_go(1);
    window.says("Added Joined → CRM pull");
}

#[test]
fn of_two_names_that_differ_in_case_the_one_that_was_typed_is_chosen() {
    let app = App::start(Backend::Sqlite);
    let window = focused(&app);
    let other = schema("crm PUSH").create(&app).to_string();
    window.write("Crm push");
    window.expect(&format!("{OPTIONS}.length"), 2);
    window.press("Tab");
    window.expect(CHOSEN, "");
    window.click("Flow schema");
    window.press("Control+a");
    window.write("crm PUSH");
    window.expect(CHOSEN, other.as_str());
    window.press("Tab");
    window.expect(VALUE, "crm PUSH");
}
