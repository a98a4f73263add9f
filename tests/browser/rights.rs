//! What each kind of person sees after signing in, and what they do not.

use queue_hooks::access::rights::Preset;
use support::window::*;
use support::*;

/// Five hooks, one of which was removed since, and where they are.
fn four_hooks(app: &App) -> String {
    let tab = five_hooks(app);
    let joined = ids(app, 1)[2];
    app.browser().post(&format!("{tab}/removal"), &[("id", &joined.to_string())]).expect(303);
    tab
}

const MENU: &str = "[...document.querySelectorAll('header nav a')].map((a) => a.textContent)";
const HEADING: &str = "document.querySelector('h1').textContent";

/// What somebody may use.
struct Sees {
    sections: &'static [&'static str],
    may_change: bool,
    may_choose: bool,
}

/// Signs in by keyboard and looks at everything.
#[track_caller]
fn sees(app: &App, name: &str, sees: &Sees) {
    let Sees { sections, may_change, may_choose } = sees;
    let tab = four_hooks(app);
    let window = Window::of_nobody(app, "/");
    sign_in(&window, name, PASSWORD);
    window.is_at("/contact-center/queues");
    window.has(&format!("Signed in as The {name}"));
    window.expect(MENU, sections.to_vec());

    window.click("Inbound support");
    window.is_at(&tab);
    window.shows("1–4 of 4");
    let has = |name: &str, wanted: bool| if wanted { window.has(name) } else { window.has_no(name) };
    for tool in [
        "Add hook",
        "Select Bridged → CRM",
        "Select all hooks on this page",
        "Edit Bridged → CRM",
        "Remove Bridged → CRM",
    ] {
        has(tool, *may_change);
    }
    window.has("Refresh");
    let switch = "named('Enabled, Bridged → CRM')";
    window.expect(&format!("{switch}.disabled"), !may_change);
    window.expect(&format!("{switch}.ariaChecked"), "true");
    window.expect("document.querySelectorAll('thead th:not([hidden])').length", if *may_change { 6 } else { 4 });
    window
        .expect("[...document.querySelectorAll('tbody td:nth-child(3)')].map((td) => td.textContent)", vec!["CRM"; 4]);
    has("CRM", *may_choose);

    window.click("History");
    window.is_at(&format!("{tab}/history"));
    window.shows("1–1 of 1");
    window.expect("document.querySelector('tbody td:nth-child(2)').textContent", "Test Administrator (tester)");
    has("Restore Joined → CRM", *may_change);

    let closed = [
        (format!("{tab}/new"), *may_change),
        (format!("{tab}/1"), *may_change),
        ("/routing/flow".into(), *may_choose),
        ("/routing/flow/1".into(), *may_choose),
        ("/people".into(), sections.contains(&"People")),
        ("/people/new".into(), sections.contains(&"People")),
        ("/people/history".into(), sections.contains(&"People")),
    ];
    for (path, may) in closed {
        window.go(&path);
        let refused = format!("{HEADING} === 'That was refused'");
        window.expect(&refused, !may);
        if !may {
            window.expect(MENU, sections.to_vec());
            window.click("Go back");
            window.is_at("/contact-center/queues");
        }
    }
}

#[test]
fn a_viewer_sees_all_of_the_centre_and_nothing_to_change_it_with() {
    let app = App::start(Backend::Sqlite);
    person("anna").create(&app);
    sees(&app, "anna", &Sees { sections: &["Queues", "Flow schemas"], may_change: false, may_choose: true });
}

#[test]
fn an_editor_changes_hooks_and_sees_no_people() {
    let app = App::start(Backend::Sqlite);
    person("anna").preset(Preset::Editor).create(&app);
    sees(&app, "anna", &Sees { sections: &["Queues", "Flow schemas"], may_change: true, may_choose: true });
}

#[test]
fn an_administrator_sees_everything() {
    let app = App::start(Backend::Sqlite);
    person("anna").preset(Preset::Administrator).create(&app);
    sees(&app, "anna", &Sees { sections: &["Queues", "Flow schemas", "People"], may_change: true, may_choose: true });
}

#[test]
fn who_has_queues_alone_changes_hooks_and_reads_the_names_of_flow_schemas() {
    let app = App::start(Backend::Sqlite);
    person("anna").rights("queues:read queues:update").create(&app);
    sees(&app, "anna", &Sees { sections: &["Queues"], may_change: true, may_choose: false });
}

#[test]
fn who_may_change_but_not_read_has_no_section() {
    let app = App::start(Backend::Sqlite);
    let tab = four_hooks(&app);
    person("anna").rights("queues:create queues:update queues:delete").create(&app);
    let window = Window::of_nobody(&app, "/");
    sign_in(&window, "anna", PASSWORD);
    window.is_at("/account");
    window.expect(MENU, Vec::<String>::new());
    for path in ["/contact-center/queues", &tab, "/routing/flow", "/people"] {
        window.go(path);
        window.expect(HEADING, "That was refused");
        window.click("Go back");
        window.is_at("/account");
    }
}

#[test]
fn keys_change_nothing_for_a_viewer() {
    let app = App::start(Backend::Sqlite);
    let tab = four_hooks(&app);
    let anna = person("anna").create(&app);
    let window = Window::of(&app, anna, &tab);
    window.shows("1–4 of 4");
    let before = contents(&app);
    let row = |number: usize| format!("document.querySelectorAll('#selection tbody tr')[{number}]");
    let on_row = |number: usize| window.until(&format!("document.activeElement === {}", row(number)));
    for keys in ["x", "t", "e", "#", "Delete", "c", "n", "z", "Escape", "Space"] {
        window.press(keys);
    }
    window.press("j");
    on_row(0);
    for keys in ["x", "Space", "t", "e", "Enter", "#", "Delete", "c", "n", "z", "Escape", "Control+a", "Shift+Space"] {
        window.press(keys);
        on_row(0);
    }
    window.press("Shift+ArrowDown");
    on_row(1);
    window.press_all(&["ArrowDown", "Shift+ArrowUp", "#", "Escape", "k"]);
    on_row(0);
    window.selects(0);
    window.has_no_modal();
    window.is_at(&tab);
    window.click("Enabled, Bridged → CRM");
    window.expect("named('Enabled, Bridged → CRM').ariaChecked", "true");
    window.press("r");
    window.says("Nothing changed");
    assert_eq!(contents(&app), before);
}

#[test]
fn the_list_of_keys_has_only_what_the_person_may_do() {
    let app = App::start(Backend::Sqlite);
    let tab = four_hooks(&app);
    let anna = person("anna").create(&app);
    let window = Window::of(&app, anna, &tab);
    window.press_all(&["j", "?"]);
    window.modal_is("Keyboard shortcuts");
    window.expect(
        "[...document.querySelectorAll('#keys dt')].map((dt) => dt.textContent)",
        vec!["1", "2", "?", "r", "/", "j ↓", "k ↑", "Esc in the search"],
    );
}

#[test]
fn a_switch_that_is_forced_is_refused_by_the_server() {
    let app = App::start(Backend::Sqlite);
    let tab = four_hooks(&app);
    let anna = person("anna").create(&app);
    let window = Window::of(&app, anna, &tab);
    let before = contents(&app);
    window.script("document.querySelector('[role=switch]').disabled = false");
    window.click("Enabled, Answered → CRM");
    window.expect(HEADING, "That was refused");
    window.is_at(&tab);
    assert_eq!(contents(&app), before);
}

#[test]
fn rights_that_are_taken_away_are_gone_at_the_next_click() {
    let app = App::start(Backend::Sqlite);
    let tab = four_hooks(&app);
    let anna = person("anna").preset(Preset::Editor).create(&app);
    let window = Window::of(&app, anna, &tab);
    window.has("Add hook");
    let fields = [("name", "anna"), ("display_name", "The anna"), ("preset", "viewer"), ("seen", &seen(&app, anna))];
    app.browser().post(&format!("/people/{anna}"), &fields).expect(303);
    let before = contents(&app);
    window.click("Remove Bridged → CRM");
    window.expect(HEADING, "That was refused");
    assert_eq!(contents(&app), before);
    window.go(&tab);
    window.shows("1–4 of 4");
    window.has_no("Add hook");
}

/// The modal of somebody who may change hooks and not see flow schemas.
pub fn modal_without_flow_schemas(app: &App, opener: &str) -> Window {
    let tab = four_hooks(app);
    let anna = person("anna").rights("queues:read queues:update").create(app);
    let window = Window::of(app, anna, &tab);
    window.click(opener);
    window.until("document.querySelector('dialog:modal')");
    window
}

const SAVE_IS_ENABLED: &str = "!document.querySelector('dialog:modal [data-save]').disabled";

#[track_caller]
fn says_why(window: &Window) {
    window.until("document.querySelector('dialog:modal #schema').disabled");
    window.expect(
        "document.getElementById(document.querySelector('#schema').getAttribute('aria-describedby')).textContent",
        "Your rights do not cover flow schemas, so none can be chosen here.",
    );
}

#[test]
fn without_flow_schemas_a_hook_keeps_its_own_and_changes_its_event() {
    let app = App::start(Backend::Sqlite);
    let window = modal_without_flow_schemas(&app, "Edit Bridged → CRM");
    window.modal_is("Edit hook");
    says_why(&window);
    window.expect("document.querySelector('#schema').selectedOptions[0].text", "CRM");
    window.expect(SAVE_IS_ENABLED, false);
    window.choose("event", "Leaving");
    window.expect(SAVE_IS_ENABLED, true);
    window.press("Control+Enter");
    window.says("Saved Leaving → CRM");
    window.has_no_modal();
}

#[test]
fn without_flow_schemas_no_hook_can_be_added_and_the_modal_says_why() {
    let app = App::start(Backend::Sqlite);
    let window = modal_without_flow_schemas(&app, "Add hook");
    window.modal_is("Add hook");
    says_why(&window);
    window.choose("event", "Leaving");
    window.expect(SAVE_IS_ENABLED, false);
    window.press("Control+Enter");
    window.modal_is("Add hook");
    assert_eq!(ids(&app, 1).len(), 4);
}
