//! Coverage by keyboard, by eye, on paper and without script.

use queue_hooks::model::event::Event::*;
use support::window::*;
use support::*;

use crate::accessibility::is_accessible;

const PATH: &str = "/contact-center/queues/coverage";

/// Thirty queues, “Queue 1” to “Queue 30”; each second one has a hook for Joined and Active, where Active cannot happen.
fn thirty_queues(app: &App) -> Vec<i64> {
    let crm = schema("CRM").create(app);
    let create = |number: usize| {
        let id = queue().name(&format!("Queue {number}")).create(app);
        if number.is_multiple_of(2) {
            hook(id, crm).create(app);
            hook(id, crm).event(Active).create(app);
            hook(id, crm).event(Missed).off().create(app);
        }
        id
    };
    (1..=30).map(create).collect()
}

#[test]
fn from_a_missing_event_to_its_queue_and_back_by_keyboard() {
    let app = App::start(Backend::Sqlite);
    let ids = thirty_queues(&app);
    let window = Window::open(&app, "/contact-center/queues");
    window.tab_to("Coverage");
    window.press("Enter");
    window.shows("1–10 of 30");
    window.tab_to("Missing");
    window.write("Joi");
    window.is_at(&format!("{PATH}?missing=joined"));
    window.shows("1–10 of 15");
    window.press_all(&["/", "Enter"]);
    window.focus_is_on("Coverage: the enabled hook of each queue for each event");
    window.press("]");
    window.shows("11–15 of 15");
    window.press("j");
    window.focus_is_on("Select Queue 21");
    window.press_all(&["x", "Shift+ArrowDown"]);
    window.selects(2);
    window.press("Escape");
    window.press("Enter");
    window.is_at(&tab(ids[22]));
    window.back();
    window.is_at(&format!("{PATH}?missing=joined&page=2"));
    window.focus_is_on("Queue 23");
}

#[test]
fn the_names_of_queues_and_events_stay_in_sight_and_over_no_focus() {
    let app = App::start(Backend::Sqlite);
    thirty_queues(&app);
    let window = Window::open(&app, &format!("{PATH}?size=30"));
    window.narrow();
    window.until("innerWidth === 320 && document.documentElement.scrollWidth <= 320");
    window.script("document.querySelector('.matrix').scrollTo(400, 300)");
    let box_ = "document.querySelector('.matrix').getBoundingClientRect()";
    let of = |selector: &str| format!("document.querySelector('{selector}').getBoundingClientRect()");
    window.until(&format!("Math.abs({}.top - {box_}.top) <= 2", of("thead th:last-child")));
    window.until(&format!("{}.right > {box_}.left", of("tbody tr:nth-child(20) th")));
    // More than a column of events is beside the names.
    window.until(&format!("{}.right < {box_}.left + 190", of("tbody tr:nth-child(20) th")));
    window.script("document.querySelector('.matrix').scrollTo(9999, 0)");
    window.script("document.querySelector('tbody tr:nth-child(10) td:nth-child(5) a').focus()");
    let (link, name) = (of("tbody tr:nth-child(10) td:nth-child(5) a"), of("tbody tr:nth-child(10) th"));
    window.until(&format!("{link}.left >= {name}.right"));
    window.wide();
    window.until("innerWidth > 1000");
    window.prints();
    window.until("getComputedStyle(document.querySelector('.matrix')).maxHeight === 'none'");
    window.until("!document.querySelector('tbody [type=checkbox]').checkVisibility()");
    window.until("document.documentElement.scrollWidth <= innerWidth");
}

#[test]
fn coverage_is_accessible() {
    let app = App::start(Backend::Sqlite);
    thirty_queues(&app);
    let window = Window::open(&app, &format!("{PATH}?missing=leaving"));
    window.press_all(&["j", "Control+a"]);
    window.selects(10);
    is_accessible(&window);
    window.expect("document.querySelector('thead th:nth-child(5)').abbr", "Joined");
    window.prefers("forced-colors", "active");
    window.until("matchMedia('(forced-colors: active)').matches");
    window.expect("document.querySelector('tbody .never').innerText", "cannot happen");
}

#[test]
fn without_script_the_rows_are_filtered_sorted_and_paged() {
    let app = App::start(Backend::Sqlite);
    let ids = thirty_queues(&app);
    let window = Window::without_scripts(&app, PATH);
    window.choose("missing", "Joined");
    window.click("Filter");
    window.is_at(&format!("{PATH}?missing=joined"));
    window.shows("1–10 of 15");
    window.click("Clear filters");
    window.shows("1–10 of 30");
    window.click("Name");
    window.is_at(&format!("{PATH}?sort=-name"));
    window.click("Next page");
    window.shows("11–20 of 30");
    window.click("Queue 15");
    window.is_at(&tab(ids[14]));
}
