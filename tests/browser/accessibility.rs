//! What axe-core finds on every state of the tab, light and dark: nothing. And the narrow window.

use serde_json::json;
use support::window::*;
use support::*;

/// The rules of WCAG 2.2 A and AA and the good practices, and the size of targets.
const AXE: &str = include_str!("axe.min.js");

/// Runs axe-core past the page's own rules for scripts.
#[track_caller]
fn is_accessible_as_it_is(window: &Window) {
    window.script(AXE);
    let found = window.script_async(
        "const done = arguments[arguments.length - 1];
        axe.run(document, { rules: { 'target-size': { enabled: true } } }).then(
            ({ violations }) => done(violations.flatMap(({ id, help, nodes }) =>
                nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary}`))),
            (error) => done([String(error)]));",
    );
    assert_eq!(found, json!([]), "at {}: {found:#}", window.path());
}

#[track_caller]
pub fn is_accessible(window: &Window) {
    window.wide();
    window.until("innerWidth > 1000");
    for colours in ["light", "dark"] {
        window.prefers("prefers-color-scheme", colours);
        window.until(&format!("matchMedia('(prefers-color-scheme: {colours})').matches"));
        is_accessible_as_it_is(window);
    }
    window.narrow();
    window.until("innerWidth === 320 && document.documentElement.scrollWidth <= 320");
    is_accessible_as_it_is(window);
}

#[test]
fn the_list_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &format!("{tab}?enabled=false&page=2"));
    window.press_all(&["j", "Control+a"]);
    window.has("Remove 10 hooks");
    is_accessible(&window);
}

#[test]
fn what_is_hidden_is_there_for_nobody() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.has("Add hook");
    window.script("for (const element of document.body.querySelectorAll('*')) element.hidden = true");
    let seen = "[...document.body.querySelectorAll('*')].filter((e) => e.checkVisibility()).map((e) => e.className)";
    window.expect(seen, Vec::<String>::new());
}

#[test]
fn the_list_with_a_message_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.click("Remove Joined → CRM");
    window.has("Undo");
    is_accessible(&window);
}

#[test]
fn an_empty_list_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &tab(queue().create(&app)));
    window.until("document.querySelector('.empty')");
    is_accessible(&window);
}

#[test]
fn a_filter_without_a_match_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &format!("{}?q=nothing", five_hooks(&app)));
    window.has("Clear filters");
    is_accessible(&window);
}

#[test]
fn the_dialog_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press("c");
    window.modal_is("Add hook");
    is_accessible(&window);
}

#[test]
fn the_dialog_with_open_suggestions_is_accessible() {
    let app = App::start(Backend::Sqlite);
    for i in 0..30 {
        schema(&format!("Schema {i:02}")).create(&app);
    }
    let window = Window::open(&app, &format!("{}/new", five_hooks(&app)));
    window.click("Flow schema");
    window.write("sch");
    // All that was there before the search is gone: no answer is on its way any more.
    window.until("[...document.querySelectorAll('[role=option]')].every((o) => o.textContent.startsWith('Schema'))");
    window.has("Schema 00");
    window.press("ArrowDown");
    is_accessible(&window);
}

#[test]
fn a_refused_dialog_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.click("Edit Bridged → CRM");
    window.choose("event", "Joined");
    window.click("Save");
    window.has("Replace it");
    is_accessible(&window);
}

#[test]
fn a_conflict_in_the_dialog_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = crate::modal::told_of_a_conflict(&app);
    is_accessible(&window);
}

#[test]
fn a_refused_switch_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm, log) = (queue().create(&app), schema("CRM").create(&app), schema("Log").create(&app));
    hook(queue, crm).create(&app);
    hook(queue, log).off().create(&app);
    let window = Window::open(&app, &tab(queue));
    window.click("Enabled, Joined → Log");
    window.has("Replace it");
    is_accessible(&window);
}

#[test]
fn an_error_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/contact-center/queues/7/hooks");
    window.has("Go back");
    is_accessible(&window);
}

#[test]
fn a_fault_beside_the_list_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    lose_journal(&app);
    window.click("Remove Joined → CRM");
    window.until("document.querySelector('#alert .error')");
    is_accessible(&window);
}

#[test]
fn the_messages_beside_a_form_are_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &format!("{}/new", five_hooks(&app)));
    window.modal_is("Add hook");
    window.choose("event", "Leaving");
    window.offline(true);
    window.click("Flow schema");
    window.has("Try again");
    is_accessible(&window);
    window.offline(false);
    end_sessions(&app);
    window.click("Try again");
    window.has("Sign in");
    is_accessible(&window);
    sign_in(&window, "tester", PASSWORD);
    window.has("Try again");
    is_accessible(&window);
}

#[test]
fn the_question_before_a_removal_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.press_all(&["j", "Control+a", "#"]);
    window.focus_is_on("Cancel");
    is_accessible(&window);
}

#[test]
fn the_history_and_the_list_of_keys_are_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.click("Remove Joined → CRM");
    window.says("Removed Joined → CRM");
    window.click("History");
    window.until("location.pathname.endsWith('/history') && document.querySelector('main table')");
    is_accessible(&window);
    window.press("?");
    window.modal_is("Keyboard shortcuts");
    is_accessible(&window);
}

#[test]
fn the_sign_in_page_is_accessible_with_and_without_an_error() {
    let app = App::start(Backend::Sqlite);
    let window = Window::of_nobody(&app, "/");
    window.has("Sign in");
    is_accessible(&window);
    sign_in(&window, "tester", "not the password");
    window.until("document.querySelector('p[role=alert]')");
    is_accessible(&window);
}

#[test]
fn the_set_up_page_is_accessible_with_and_without_errors() {
    let app = App::start(Backend::Sqlite);
    let window = crate::sign_in::set_up(&app);
    window.focus_is_on("Name");
    is_accessible(&window);
    for (field, text) in [("Name", "not a name"), ("Display name", "\u{fffd}"), ("Password", "short")] {
        window.click(field);
        window.write(text);
    }
    window.press("Enter");
    window.expect("document.querySelectorAll('.field-error').length", 3);
    is_accessible(&window);
}

#[test]
fn the_page_of_the_demonstrations_link_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let link = app.db.write_now(queue_hooks::access::links::make_demonstration).expect("a link");
    let window = Window::of_nobody(&app, &format!("/sign-in?link={}", link.reveal()));
    window.focus_is_on("Sign in");
    is_accessible(&window);
}

#[test]
fn the_list_of_people_is_accessible() {
    let app = App::start(Backend::Sqlite);
    person("anna").rights("queues:read queues:update people:manage").create(&app);
    person("boris").off().create(&app);
    let window = Window::open(&app, "/people");
    window.shows("1–3 of 3");
    is_accessible(&window);
    window.click("Access, The anna (anna)");
    window.says("The anna (anna) may not come in any more");
    is_accessible(&window);
}

#[test]
fn the_form_of_a_person_is_accessible_with_own_rights_and_errors() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/people/new");
    window.click("Own choice");
    window.has("Manage");
    is_accessible(&window);
    for (field, text) in [("Name", "not a name"), ("Display name", "\u{fffd}"), ("Password", "short")] {
        window.click(field);
        window.write(text);
    }
    window.press("Enter");
    window.expect("document.querySelectorAll('.field-error').length", 3);
    window.has("Manage");
    is_accessible(&window);
    let anna = person("anna").off().create(&app);
    window.go(&format!("/people/{anna}"));
    window.has("Give access");
    is_accessible(&window);
}

#[test]
fn a_refused_change_of_the_last_manager_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/people");
    window.click("Test Administrator");
    window.click("Viewer looks and changes nothing");
    window.click("Save");
    window.until("document.getElementById('rights-error')");
    is_accessible(&window);
    window.go("/people");
    window.click("Access, Test Administrator (tester)");
    window.has("Go back");
    is_accessible(&window);
}

#[test]
fn a_conflict_about_a_person_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = crate::people::told_of_a_conflict(&app);
    is_accessible(&window);
}

#[test]
fn the_account_is_accessible_with_sessions_and_an_error() {
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").create(&app);
    app.browser_of(anna);
    let window = Window::of(&app, anna, "/account");
    window.has("End all other sessions");
    window.click("Signed in as The anna");
    window.has("Sign out");
    is_accessible(&window);
    window.go("/account");
    for field in ["Current password", "New password"] {
        window.click(field);
        window.write("not the password");
    }
    window.press("Enter");
    window.until("document.getElementById('current-error')");
    is_accessible(&window);
    window.click("Show times in");
    window.write("Mars/Phobos");
    window.press("Enter");
    window.until("document.getElementById('zone-error')");
    window.focus_is_on("Show times in");
    is_accessible(&window);
}

#[test]
fn the_history_of_people_is_accessible() {
    let app = App::start(Backend::Sqlite);
    person("anna").create(&app);
    for name in ["nobody", "anna"] {
        app.stranger().post("/sign-in", &[("name", name), ("password", "not the password")]);
    }
    let window = Window::open(&app, "/people/history");
    window.shows("1–2 of 2");
    is_accessible(&window);
}

#[test]
fn the_list_of_a_viewer_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let anna = person("anna").create(&app);
    let window = Window::of(&app, anna, &tab);
    window.press_all(&["j", "Shift+ArrowDown"]);
    is_accessible(&window);
    window.go("/people");
    window.has("Go back");
    is_accessible(&window);
}

#[test]
fn the_dialog_without_flow_schemas_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = crate::rights::modal_without_flow_schemas(&app, "Edit Bridged → CRM");
    is_accessible(&window);
}

#[test]
fn forced_colours_and_reduced_motion_leave_everything_usable() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    window.prefers("forced-colors", "active");
    window.until("matchMedia('(forced-colors: active)').matches");
    let [on, off] =
        ["Bridged", "Joined"].map(|event| format!("getComputedStyle(named('Enabled, {event} → CRM')).backgroundColor"));
    window.click("Enabled, Joined → CRM");
    window.says("Disabled Joined → CRM");
    window.until(&format!("{on} !== {off}"));
    window.prefers("prefers-reduced-motion", "reduce");
    window.until("document.getAnimations().length === 0");
    window.press_all(&["j", "e"]);
    window.modal_is("Edit hook");
}

#[test]
fn the_catalogue_of_events_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/events#bridged");
    window.until("document.querySelector('#bridged')");
    is_accessible(&window);
}

#[test]
fn the_variables_of_an_event_are_accessible() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &format!("{}/new", five_hooks(&app)));
    window.choose("event", "Missed");
    window.click("Variables that come with Missed");
    window.has_no("Variables that come with Joined");
    window.until("document.querySelector('details[open] p').checkVisibility()");
    is_accessible(&window);
}

#[test]
fn the_sections_of_queues_and_flow_schemas_are_accessible() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm) = (queue().create(&app), schema("CRM").create(&app));
    let window = Window::open(&app, "/routing/flow?q=nothing");
    for path in ["/contact-center/queues", "/contact-center/queues/new", "/routing/flow", "/routing/flow/new"] {
        window.go(path);
        window.until("document.querySelector('main h1')");
        is_accessible(&window);
    }
    hook(queue, crm).create(&app);
    for path in [
        &*format!("/contact-center/queues/{queue}"),
        "/contact-center/queues/history",
        &*format!("/contact-center/queues/removal?id={queue}"),
        &*format!("/routing/flow/{crm}?event=joined"),
        &*format!("/routing/flow/{crm}/hooks"),
        &*format!("/routing/flow/{crm}/history"),
        &*format!("/routing/flow/removal?id={crm}"),
    ] {
        window.go(path);
        window.until("document.querySelector('main h1')");
        is_accessible(&window);
    }
}

#[test]
fn a_refused_flow_schema_and_its_versions_are_accessible() {
    let app = App::start(Backend::Sqlite);
    let id = schema("CRM").create(&app);
    let path = format!("/routing/flow/{id}");
    let window = Window::open(&app, &path);
    window.click("Schema");
    window.press("Control+a");
    window.write("[{\"log\":\"a line that is wider than the window\" \"nothing\":1}]");
    window.click("Save");
    window.has("Save");
    window.until("document.querySelector('#text-error')");
    is_accessible(&window);
    let browser = app.browser();
    browser
        .post(&path, &[("name", "CRM"), ("type", "service"), ("text", "[{\"playback\":{\"a\":\"${nobody}\"}}]")])
        .expect(303);
    browser.post(&path, &[("name", "CRM 2"), ("type", "service"), ("text", "[{\"set\":{\"a\":\"1\"}}]")]).expect(303);
    browser
        .post(&path, &[("name", "CRM 2"), ("type", "service"), ("text", "[{\"playback\":{\"a\":\"${nobody}\"}}]")])
        .expect(303);
    window.go(&path);
    window.until("document.querySelector('.notice')");
    is_accessible(&window);
    window.click("History");
    window.click("CRM");
    window.until("document.querySelector('.difference')");
    is_accessible(&window);
    // A stale edit.
    window.go(&path);
    browser.post(&path, &[("name", "CRM 3"), ("type", "voice"), ("text", "[]")]).expect(303);
    window.click("Name");
    window.write("!");
    window.click("Save");
    window.until("document.querySelector('.conflict .difference')");
    is_accessible(&window);
}

#[test]
fn the_dialog_with_a_preview_is_accessible() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    window.click("Edit Joined → CRM");
    window.click("Preview");
    window.focus_is_on("Preview");
    is_accessible(&window);
}
