//! The walk of somebody who sets up many queues: find those that miss a hook, add it, copy hooks from one queue to others, move
//! hooks to another flow schema, and take each of that back. By keys alone, and without script.

use diesel::prelude::*;
use queue_hooks::db::schema::hooks;
use queue_hooks::model::event::Event;
use queue_hooks::transfer::{import, progress};
use support::window::*;
use support::*;

use crate::accessibility::is_accessible;

const COVERAGE: &str = "/contact-center/queues/coverage";
/// The flow schemas, by their ids.
const CRM: i64 = 1;
const SURVEY: i64 = 2;
const OLD: i64 = 3;
const NEW: i64 = 4;
/// “A source” is the first queue; then come “Sales 01” to “Sales 19” and “Support 01” to “Support 40”.
const SOURCE: i64 = 1;

/// Imports sixty inbound queues. “Support” misses Leaving; 100 hooks run “Old”, of which five are in the way of copies.
fn sixty_queues(app: &App) {
    let names = (1..=19).map(|nth| format!("Sales {nth:02}")).chain((1..=40).map(|nth| format!("Support {nth:02}")));
    let names = std::iter::once("A source".to_owned()).chain(names);
    let mut lines: Vec<String> = names
        .enumerate()
        .map(|(nth, name)| format!(r#"{{"queue":{{"id":{},"name":"{name}","type":1,"enabled":true}}}}"#, nth + 1))
        .collect();
    for (id, name) in [(CRM, "CRM"), (SURVEY, "Survey"), (OLD, "Old"), (NEW, "New")] {
        let fields = format!(r#""id":{id},"name":"{name}","type":"service","editor":false,"schema":[]"#);
        lines.push(format!(r#"{{"flow_schema":{{{fields}}}}}"#));
    }
    let mut hook = |queue: i64, schema: i64, event: &str, enabled: bool| {
        let id = lines.len();
        let fields = format!(r#""id":{id},"queue_id":{queue},"schema":{{"id":{schema}}}"#);
        lines.push(format!(r#"{{"hook":{{{fields},"event":"{event}","enabled":{enabled}}}}}"#));
    };
    for event in ["joined", "offering", "missed", "processing", "bridged", "leaving"] {
        hook(SOURCE, CRM, event, true);
    }
    hook(SOURCE, SURVEY, "joined", false);
    hook(SOURCE, SURVEY, "leaving", false);
    for queue in 2..=20 {
        for event in ["joined", "offering", "missed", "processing", "bridged"] {
            hook(queue, OLD, event, true);
        }
        hook(queue, SURVEY, "leaving", true);
    }
    for queue in 21..=25 {
        hook(queue, OLD, "joined", true);
    }
    let lines = std::io::Cursor::new(lines.join("\n"));
    let imported = import::import(&app.db, lines, &progress()).unwrap_or_else(|_| panic!("the lines can be imported"));
    assert_eq!((imported.queues, imported.hooks), (60, 127));
}

/// All hooks there are: queue, event, flow schema, state.
fn all_hooks(app: &App) -> Vec<(i64, Event, i64, bool)> {
    let columns = (hooks::queue_id, hooks::event, hooks::schema_id, hooks::enabled);
    write(app, |conn| hooks::table.select(columns).order((hooks::queue_id, hooks::event, hooks::id)).load(conn))
}

/// How many hooks of “Support” are like this.
fn of_support(app: &App, event: Event, schema: i64, enabled: bool) -> usize {
    all_hooks(app).iter().filter(|hook| hook.0 > 20 && (hook.1, hook.2, hook.3) == (event, schema, enabled)).count()
}

fn running(app: &App, schema: i64) -> usize {
    all_hooks(app).iter().filter(|hook| hook.2 == schema).count()
}

/// How many keys were pressed since the last time.
fn presses(window: &Window) -> usize {
    window.presses.replace(0)
}

#[test]
fn hooks_of_many_queues_are_added_copied_moved_and_taken_back_by_keys_alone() {
    let app = App::start(Backend::Sqlite);
    sixty_queues(&app);
    let before = all_hooks(&app);
    let window = Window::open(&app, "/");
    // Those that miss Leaving.
    window.press_all(&["Tab", "Enter", "Tab", "Tab"]);
    window.focus_is_on("Coverage");
    window.press("Enter");
    window.is_at(COVERAGE);
    window.press_all(&["/", "Shift+Tab"]);
    window.focus_is_on("Missing");
    window.press("L");
    window.is_at(&format!("{COVERAGE}?missing=leaving"));
    window.shows("1–10 of 40");
    window.press_all(&["/", "Enter"]);
    window.expect("document.activeElement.localName", "caption");
    window.press_all(&["Control+a", "Control+a"]);
    window.has("Add a hook to 40 queues");
    is_accessible(&window);
    window.wide();
    window.press("p");
    window.focus_is_on("Flow schema");
    window.expect("document.getElementById('event').value", "leaving");
    window.write("survey");
    window.press("Control+Enter");
    window.focus_is_on("Cancel");
    window.expect("document.querySelector('h1').textContent", "Add Leaving → Survey to 40 queues?");
    window.press("Control+Enter");
    window.says("Added 40 hooks in 40 queues");
    window.is_at(&format!("{COVERAGE}?missing=leaving"));
    window.expect("document.getElementById('count').textContent", "0 queues match");
    assert_eq!(of_support(&app, Event::Leaving, SURVEY, true), 40);
    is_accessible(&window);
    window.wide();
    window.press("z");
    window.says("Removed 40 hooks");
    window.shows("1–10 of 40");
    assert_eq!(all_hooks(&app), before);
    assert!(presses(&window) <= 28);
    // Eight hooks of one queue for forty others, of which five have one in the way.
    window.press("1");
    window.shows("1–10 of 60");
    window.press("/");
    window.write("a source");
    window.press("Enter");
    window.shows("1–1 of 1");
    window.press_all(&["j", "h"]);
    window.is_at(&tab(SOURCE));
    window.shows("1–8 of 8");
    window.press_all(&["j", "Control+a", "p"]);
    window.expect("document.querySelector('h1').textContent", "Copy 8 hooks of A source");
    window.press("/");
    window.write("support");
    window.press("Enter");
    window.shows("1–10 of 40");
    window.expect("document.activeElement.localName", "caption");
    window.press_all(&["Control+a", "Control+a"]);
    window.has("Copy to 40 queues");
    is_accessible(&window);
    window.wide();
    window.press("p");
    window.focus_is_on("Cancel");
    window.expect("document.querySelectorAll('section h2')[2].textContent.includes('5 hooks')", true);
    is_accessible(&window);
    window.wide();
    window.press_all(&["Shift+Tab", "ArrowUp"]);
    window.expect("document.activeElement.value", "replace");
    window.press("Control+Enter");
    window.says("Added 320 hooks, disabled 5 hooks in the way in 40 queues");
    window.is_at(&tab(SOURCE));
    assert_eq!(of_support(&app, Event::Joined, CRM, true), 40);
    assert_eq!(of_support(&app, Event::Leaving, SURVEY, false), 40);
    assert_eq!(of_support(&app, Event::Joined, OLD, false), 5);
    assert_eq!(all_hooks(&app).len(), before.len() + 320);
    window.press("z");
    window.says("Enabled 5 hooks. Removed 320 hooks");
    assert_eq!(all_hooks(&app), before);
    assert!(presses(&window) <= 45);
    // A hundred hooks for another flow schema, and back.
    for (from, to, name) in [(OLD, NEW, "Old"), (NEW, OLD, "New")] {
        let successor = if name == "Old" { "new" } else { "old" };
        window.press("2");
        window.shows("1–4 of 4");
        window.press("/");
        window.write(name);
        window.press("Enter");
        window.shows("1–1 of 1");
        window.press_all(&["j", "h"]);
        window.is_at(&format!("/routing/flow/{from}/hooks"));
        window.shows("1–10 of 100");
        window.press_all(&["j", "Control+a", "Control+a", "p"]);
        window.focus_is_on("Flow schema");
        window.write(successor);
        window.press("Control+Enter");
        window.focus_is_on("Cancel");
        is_accessible(&window);
        window.wide();
        window.press("Control+Enter");
        window.says(&format!("100 hooks run another flow schema than {name} now"));
        assert_eq!([running(&app, from), running(&app, to)], [0, 100]);
    }
    assert_eq!(all_hooks(&app), before);
    assert!(presses(&window) <= 2 * 22);
}

#[test]
fn hooks_of_many_queues_are_added_copied_moved_and_taken_back_without_script() {
    let app = App::start(Backend::Sqlite);
    sixty_queues(&app);
    let before = all_hooks(&app);
    let window = Window::without_scripts(&app, "/");
    window.click("Coverage");
    window.choose("missing", "Leaving");
    window.click("Filter");
    window.shows("1–10 of 40");
    window.click("Select all queues on this page");
    window.click("Select all 40 matching");
    window.click("Add a hook to selected queues");
    window.expect("document.getElementById('event').value", "leaving");
    window.choose("schema", "Survey");
    window.click("Show the plan");
    window.click("Add hook");
    window.says("Added 40 hooks in 40 queues");
    window.is_at(&format!("{COVERAGE}?missing=leaving"));
    assert_eq!(of_support(&app, Event::Leaving, SURVEY, true), 40);
    window.click("Undo");
    window.shows("1–10 of 40");
    assert_eq!(all_hooks(&app), before);
    window.click("Clear filters");
    window.click("A source");
    window.click("Select all hooks on this page");
    window.click("Copy selected hooks to queues");
    window.click("Search queues");
    window.write("support");
    window.press("Enter");
    window.shows("1–10 of 40");
    window.click("Select all queues on this page");
    window.click("Select all 40 matching");
    window.click("Copy to selected queues");
    window.click("Replace them: they are disabled, the new ones enabled");
    window.click("Copy hooks");
    window.says("Added 320 hooks, disabled 5 hooks in the way in 40 queues");
    assert_eq!(of_support(&app, Event::Joined, CRM, true), 40);
    assert_eq!(all_hooks(&app).len(), before.len() + 320);
    window.click("Undo");
    window.says("Enabled 5 hooks. Removed 320 hooks");
    assert_eq!(all_hooks(&app), before);
    window.click("Flow schemas");
    for (from, to, name, successor) in [(OLD, NEW, "Old", "New"), (NEW, OLD, "New", "Old")] {
        window.go(&format!("/routing/flow/{from}/hooks"));
        window.click("Select all hooks on this page");
        window.click("Select all 100 matching");
        window.click("Run another flow schema in selected hooks");
        window.choose("schema", successor);
        window.click("Show the plan");
        window.click("Change hooks");
        window.says(&format!("100 hooks run another flow schema than {name} now"));
        assert_eq!([running(&app, from), running(&app, to)], [0, 100]);
    }
    assert_eq!(all_hooks(&app), before);
}
