//! Plans for many queues, by keys, without script, and across the pages of a registry.

use support::window::*;
use support::*;

use crate::accessibility::is_accessible;

const QUEUES: &str = "/contact-center/queues";

fn queues(app: &App, count: usize) -> Vec<i64> {
    (1..=count).map(|number| queue().name(&format!("Queue {number:02}")).create(app)).collect()
}

#[test]
fn a_hook_is_added_to_many_queues_by_keys_alone() {
    let app = App::start(Backend::Sqlite);
    schema("CRM").create(&app);
    let ids = queues(&app, 3);
    let window = Window::open(&app, QUEUES);
    window.press_all(&["j", "x", "j", "x"]);
    window.tab_to("Add a hook to 2 queues");
    window.press("Enter");
    window.focus_is_on("Event");
    window.write("Leav");
    window.press("Tab");
    while_there(&window, "Flow schema");
    window.write("crm");
    window.until("document.querySelector('[role=option]')");
    window.press_all(&["ArrowDown", "Enter"]);
    window.tab_to("Show the plan");
    window.press("Enter");
    window.has("Add hook");
    window.focus_is_on("Cancel");
    window.tab_to("Add hook");
    window.press("Enter");
    window.says("Added 2 hooks in 2 queues");
    window.is_at(QUEUES);
    assert_eq!([0, 1, 2].map(|nth| support::ids(&app, ids[nth]).len()), [1, 1, 0]);
}

/// Moves on until the focus is there.
fn while_there(window: &Window, name: &str) {
    window.tab_to(name);
    window.focus_is_on(name);
}

#[test]
fn the_choice_of_queues_is_kept_from_page_to_page() {
    let app = App::start(Backend::Sqlite);
    let source = queue().name("A source").create(&app);
    let hook = hook(source, schema("CRM").create(&app)).create(&app);
    queues(&app, 15);
    let copies = format!("{}/{hook}/copies", tab(source));
    let window = Window::open(&app, &copies);
    window.click("Select Queue 01");
    window.click("Next page");
    window.shows("11–16 of 16");
    window.has("Copy to 1 queue");
    window.click("Select Queue 12");
    window.click("Previous page");
    window.shows("1–10 of 16");
    window.selects(1);
    window.click("Copy to 2 queues");
    window.expect("document.querySelector('h1').textContent", "Copy Joined → CRM of A source to 2 queues?");
    window.click("Copy hooks");
    window.says("Added 2 hooks in 2 queues");
    window.is_at(&tab(source));
    window.go(&copies);
    window.has_no("Copy to 2 queues");
}

#[test]
fn another_flow_schema_is_planned_and_run_without_script() {
    let app = App::start(Backend::Sqlite);
    let (old, id) = (schema("Old").create(&app), queue().create(&app));
    schema("New").create(&app);
    let hook = hook(id, old).create(&app);
    let window = Window::without_scripts(&app, &format!("/routing/flow/{old}/hooks"));
    window.click("Select Inbound support: Joined");
    window.click("Run another flow schema in selected hooks");
    window.click("Search flow schemas");
    window.write("new");
    window.press("Enter");
    window.expect("document.querySelector('.search p').textContent.startsWith('1 ')", true);
    window.choose("schema", "New");
    window.click("Show the plan");
    window.click("Change hooks");
    window.says("1 hook runs another flow schema than Old now");
    assert_ne!(stored(&app, hook).map(|(_, schema, _)| schema), Some(old));
}

#[test]
fn each_state_of_a_plan_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let crm = schema("CRM").create(&app);
    let old = schema("Data warehouse: an old flow schema with a name that is longer than a narrow window").create(&app);
    let ids = queues(&app, 15);
    for id in &ids[..2] {
        hook(*id, old).create(&app);
    }
    queue().name("Dialer").queue_type(3).create(&app);
    let all = "all=matching&count=16";
    let window = Window::open(&app, &format!("{QUEUES}/addition?{all}"));
    window.has("Show the plan");
    is_accessible(&window);
    window.go(&format!("{QUEUES}/addition?{all}&event=joined&schema={crm}&plan=yes"));
    window.has("Add hook");
    is_accessible(&window);
    hook(ids[3], old).create(&app);
    window.click("Add hook");
    window.expect("document.querySelector('.conflict')?.role", "alert");
    is_accessible(&window);
    window.go(&format!("{}/{}/copies", tab(ids[0]), support::ids(&app, ids[0])[0]));
    window.has("Search queues");
    is_accessible(&window);
}
