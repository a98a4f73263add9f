//! From an empty database to a working hook, by keyboard alone; and what the pages of queues and flow schemas do with
//! script.

use queue_hooks::model::event::Event::*;
use serde_json::json;
use support::window::Window;
use support::*;

const TEXT: &str = "document.querySelector('[data-code]')";

#[test]
fn a_person_goes_from_nothing_to_a_working_hook_by_keyboard() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/contact-center/queues");
    window.expect("document.querySelector('.empty h2').textContent", "There are no records yet");
    // A queue.
    window.press("c");
    window.is_at("/contact-center/queues/new");
    window.focus_is_on("Name");
    window.write("Orders");
    window.press("Tab");
    window.write("Inb");
    window.press("Control+Enter");
    window.says("Added Orders");
    let tab = window.path();
    window.expect("document.querySelector('.empty h2').textContent", "There are no records yet");
    // A hook, whose flow schema is missing: it is made on the way.
    window.press("c");
    window.modal_is("Add hook");
    window.focus_is_on("Event");
    window.write("Joi");
    window.tab_to("New flow schema");
    window.press("Enter");
    window.expect("document.querySelector('h1').textContent", "Add flow schema");
    window.focus_is_on("Name");
    window.write("crm push");
    window.press("Control+Enter");
    window.modal_is("Add hook");
    window.says("Added crm push");
    window.expect("document.querySelector('#event').value", "joined");
    window.expect("document.querySelector('#schema').value", "crm push");
    // Its preview.
    window.tab_to("Preview");
    window.press("Enter");
    window.focus_is_on("Preview");
    window.until(
        "document.querySelector('dialog .preview code').textContent.startsWith('POST https://example.com/hook')",
    );
    window.until("document.querySelector('dialog .preview code').textContent.includes('\"event\":\"joined\"')");
    window.press("Control+Enter");
    window.says("Added Joined → crm push");
    window.is_at(&tab);
    window.focus_is_on("Edit Joined → crm push");
    // From the hook to the schema, and from there back.
    window.tab_to("crm push");
    window.press("Enter");
    window.expect("document.querySelector('h1').textContent", "crm push");
    window.tab_to("Hooks");
    window.press("Enter");
    window.expect(
        "document.querySelector('tbody tr').innerText.replace(/\\s+/g, ' ').trim().slice(0, 22)",
        "Orders Joined Enabled ",
    );
    window.tab_to("Orders");
    window.press("Enter");
    window.is_at(&tab);
}

#[test]
fn the_keys_of_the_registry_work_on_queues() {
    let app = App::start(Backend::Sqlite);
    let names = ["Alpha", "Beta", "Gamma", "Omega"];
    let ids = names.map(|name| queue().name(name).create(&app));
    hook(ids[1], schema("CRM").create(&app)).create(&app);
    let window = Window::open(&app, "/contact-center/queues");
    window.press_all(&["j", "t"]);
    window.says("Disabled Alpha");
    window.focus_is_on("Select Alpha");
    window.press_all(&["j", "x", "j", "x"]);
    window.selects(2);
    window.has("Remove 2 queues");
    window.press("#");
    window.expect("document.querySelector('h1').textContent", "Remove 2 queues?");
    window.focus_is_on("Cancel");
    window.expect("document.querySelector('.question').innerText.includes('1 hook goes with them.')", true);
    window.press_all(&["Tab", "Enter"]);
    window.says("Removed 2 queues with 1 hook");
    window.shows("1–2 of 2");
    window.press("z");
    window.says("Restored 2 queues with 1 hook");
    window.shows("1–4 of 4");
    window.press("e");
    window.is_at(&format!("/contact-center/queues/{}", ids[1]));
    window.focus_is_on("Name");
    window.press("Control+a");
    window.write("Renamed");
    window.press("Enter");
    window.says("Saved Renamed");
}

#[test]
fn the_text_has_numbers_and_keys_that_indent_and_lets_the_keyboard_out() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/routing/flow/new");
    window.expect("document.querySelector('.numbers').textContent.split('\\n').length", 16);
    window.click("Schema");
    window.press("Control+a");
    window.press("Delete");
    window.expect("document.querySelector('.numbers').textContent", "1");
    window.write("[");
    window.press("Enter");
    window.expect(&format!("{TEXT}.value"), "[\n  ");
    window.write("{}");
    window.press("Tab");
    window.expect(&format!("{TEXT}.value"), "[\n  {}  ");
    window.press("Control+a");
    window.press("Tab");
    window.expect(&format!("{TEXT}.value"), "  [\n    {}  ");
    window.press("Shift+Tab");
    window.expect(&format!("{TEXT}.value"), "[\n  {}  ");
    window.press("Control+z");
    window.expect(&format!("{TEXT}.value"), "  [\n    {}  ");
    window.expect("document.querySelector('.numbers').textContent", "1\n2");
    window.script(&format!(
        "{TEXT}.value = '\\n'.repeat(200); {TEXT}.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    ));
    window.script(&format!("{TEXT}.scrollTop = 900"));
    window.expect("document.querySelector('.numbers').scrollTop", 900);
    window.press_all(&["Control+Home", "Tab"]);
    window.expect(&format!("{TEXT}.value.slice(0, 3)"), "  \n");
    window.press_all(&["Escape", "Tab"]);
    window.focus_is_on("Save");
    window.press("Shift+Tab");
    window.focus_is_on("Schema");
    window.press_all(&["Escape", "Shift+Tab"]);
    window.focus_is_on("Type");
}

#[test]
fn many_lines_are_indented_at_once_and_undone_in_one_step() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/routing/flow/new");
    window.click("Schema");
    let line = r#"  { "log": "<b>&amp;</b>" },\u00a0"#;
    window.script(&format!(
        "const lines = Array.from({{ length: 3000 }}, (_, at) => at % 7 ? '{line}' + at : '');
        window.before = ['[', ...lines, ']', ''].join('\\n');
        window.after = before.replace(/^(?=.)/gm, '  ');
        {TEXT}.value = before;
        {TEXT}.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    ));
    let numbers =
        "[...document.querySelectorAll('.numbers div')].map((e) => e.textContent).join('').split('\\n').at(-1)";
    let selection = format!("[{TEXT}.selectionStart, {TEXT}.selectionEnd === {TEXT}.value.length]");
    window.expect(numbers, "3003");
    window.press_all(&["Control+a", "Tab"]);
    window.until(&format!("{TEXT}.value === after"));
    window.expect(&selection, json!([2, true]));
    window.press("Control+z");
    window.until(&format!("{TEXT}.value === before"));
    window.script("document.execCommand('redo')");
    window.until(&format!("{TEXT}.value === after"));
    window.press_all(&["Control+a", "Shift+Tab"]);
    window.until(&format!("{TEXT}.value === before"));
    // The numbers follow, also from one block of them to the next.
    window.press_all(&["Control+End", "Enter", "x"]);
    window.expect(numbers, "3004");
    window.until(&format!("{TEXT}.value === before + '\\nx'"));
    window.press_all(&["Control+a", "Delete"]);
    window.expect("document.querySelector('.numbers').textContent", "1");
}

#[test]
fn what_is_wrong_is_shown_with_the_caret_there_and_format_indents() {
    let app = App::start(Backend::Sqlite);
    let id = schema("crm").create(&app);
    let window = Window::open(&app, &format!("/routing/flow/{id}"));
    window.click("Schema");
    window.press("Control+a");
    window.write("[{\"log\":\"a\"},,]");
    window.press("Control+Enter");
    window.expect(
        "document.querySelector('#text-error p').textContent",
        "Line 1, column 14: A value is missing here, before the comma.",
    );
    window.focus_is_on("Schema");
    window.expect(&format!("{TEXT}.selectionStart"), 13);
    window.expect(&format!("{TEXT}.value"), "[{\"log\":\"a\"},,]");
    window.press_all(&["Delete", "Backspace"]);
    window.click("Format");
    window.expect(&format!("{TEXT}.value"), "[\n  {\n    \"log\": \"a\"\n  }\n]");
    window.expect("document.querySelector('.numbers').textContent", "1\n2\n3\n4\n5");
    window.click("Save");
    window.says("Saved crm");
    window.is_at(&format!("/routing/flow/{id}"));
}

#[test]
fn a_file_is_loaded_as_soon_as_it_is_chosen() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/routing/flow/new");
    window.script(
        "const files = new DataTransfer();
        files.items.add(new File(['\\ufeff[{\"log\":\"from a file\"}]'], 'nightly.json', { type: 'application/json' }));
        const input = document.querySelector('#file');
        input.files = files.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));",
    );
    window.expect(&format!("{TEXT}.value"), "[{\"log\":\"from a file\"}]");
    window.expect("document.querySelector('#name').value", "nightly");
    window.click("Save");
    window.says("Added nightly");
}

#[test]
fn a_form_with_changes_asks_once_before_it_is_left() {
    let app = App::start(Backend::Sqlite);
    let id = queue().name("Orders").create(&app);
    let window = Window::open(&app, &format!("/contact-center/queues/{id}"));
    window.click("Hooks");
    window.is_at(&tab(id));
    window.click("General");
    window.focus_is_on("Name");
    window.write("!");
    window.click("Hooks");
    window.answer("Leave without saving your changes?", false);
    window.expect("document.querySelector('#name').value.includes('!')", true);
    window.click("Hooks");
    window.answer("Leave without saving your changes?", true);
    window.is_at(&tab(id));
}

#[test]
fn looking_at_a_preview_is_no_change_and_what_was_refused_is_one() {
    let app = App::start(Backend::Sqlite);
    let id = schema("CRM").create(&app);
    let window = Window::open(&app, &format!("/routing/flow/{id}"));
    window.click("Preview");
    window.focus_is_on("Preview");
    window.click("Hooks");
    window.is_at(&format!("/routing/flow/{id}/hooks"));
    window.click("General");
    window.click("Schema");
    window.press("Control+a");
    window.write("[");
    window.press("Control+Enter");
    window.until("document.querySelector('#text-error')");
    window.click("Hooks");
    window.answer("Leave without saving your changes?", true);
    window.is_at(&format!("/routing/flow/{id}/hooks"));
}

#[test]
fn a_refused_schema_and_a_removal_by_two_people_are_told() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm) = (queue().create(&app), schema("CRM").create(&app));
    hook(queue, crm).event(Joined).create(&app);
    let free = schema("Free").create(&app);
    let window = Window::open(&app, "/routing/flow");
    window.press_all(&["j", "#"]);
    window.expect("document.querySelector('h1').textContent", "CRM cannot be removed");
    window.focus_is_on("Go back");
    window.press("Enter");
    window.is_at("/routing/flow");
    window.click("Remove Free");
    window.focus_is_on("Cancel");
    remove_schema(&app, free);
    window.click("Remove 1 flow schema");
    window.says("That was removed already.");
}

#[test]
fn without_scripts_a_queue_a_flow_schema_and_a_hook_are_made_and_removed() {
    let app = App::start(Backend::Sqlite);
    let window = Window::without_scripts(&app, "/contact-center/queues");
    window.click("Add queue");
    window.click("Name");
    window.write("Orders");
    window.choose("type", "Inbound queue");
    window.click("Save");
    window.says("Added Orders");
    let tab = window.path();
    window.click("Add hook");
    window.choose("event", "Joined");
    window.click("New flow schema");
    window.click("Name");
    window.write("crm push");
    window.click("Format");
    window.click("Save");
    window.says("Added crm push");
    window.click("Preview");
    window.expect("document.querySelector('dialog .preview code').textContent.startsWith('POST')", true);
    window.click("Save");
    window.says("Added Joined → crm push");
    window.is_at(&tab);
    window.click("crm push");
    window.click("History");
    window.click("crm push");
    window.go("/contact-center/queues");
    window.click("Remove Orders");
    window.click("Remove 1 queue");
    window.says("Removed Orders with 1 hook");
    window.click("Undo");
    window.says("Restored Orders with 1 hook");
}
