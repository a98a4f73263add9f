//! The way back: to the rows that were in view, with the focus on what was opened.

use support::window::*;
use support::*;

/// The lists of everything, each longer than the window.
fn lists(app: &App) -> Vec<String> {
    let (busy, crm) = (queue().create(app), schema("CRM").create(app));
    many_hooks(app, busy, &[crm], 60);
    let mut all = Vec::new();
    for i in 0..60 {
        all.push(("id", queue().name(&format!("Queue {i:02}")).create(app).to_string()));
        schema(&format!("Schema {i:02}")).create(app);
        person(&format!("p{i:02}")).create(app);
    }
    let all: Vec<_> = all.iter().map(|(name, id)| (*name, &**id)).collect();
    app.browser().post("/contact-center/queues/state?enabled=false", &all).expect(303);
    let [queues, flow_schemas] = ["/contact-center/queues", "/routing/flow"];
    vec![queues.into(), flow_schemas.into(), "/people".into(), tab(busy), format!("{queues}/history")]
}

const LINKS: &str = "[...document.querySelectorAll('main tbody a')]";
/// Which of these has the focus.
const FOCUS: &str = "[...document.querySelectorAll('main tbody a')].indexOf(document.activeElement)";

/// Opens a link from the keyboard, in the middle of the window; returns how far the page was scrolled.
fn open(window: &Window, link: usize) -> i64 {
    window.until(&format!("{LINKS}.length > 50"));
    window.script(&format!("const link = {LINKS}[{link}]; link.scrollIntoView({{ block: 'center' }}); link.focus()"));
    let y = window.script("return Math.round(scrollY)").as_i64().expect("pixels");
    assert!(y > 200, "the list is not longer than the window");
    let path = window.path();
    window.press("Enter");
    window.until(&format!("location.pathname + location.search !== {path:?}"));
    window.until("document.title");
    y
}

#[track_caller]
fn is_back(window: &Window, path: &str, link: usize, y: i64) {
    window.is_at(path);
    window.expect(FOCUS, link);
    window.expect("Math.round(scrollY)", y);
}

#[test]
fn back_leads_to_the_rows_that_were_in_view_in_every_list() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/");
    for path in lists(&app) {
        let path = format!("{path}?size=100");
        window.go(&path);
        let y = open(&window, 40);
        window.back();
        is_back(&window, &path, 40, y);
        window.forward();
        window.until(&format!("location.pathname + location.search !== {path:?}"));
        window.back();
        is_back(&window, &path, 40, y);
    }
}

#[test]
fn a_page_leads_back_to_the_rows_that_were_in_view() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/");
    let lists = lists(&app);
    for (path, way_back) in [(&lists[1], "Cancel"), (&lists[2], "Cancel"), (&lists[3], "Close")] {
        let path = format!("{path}?size=100");
        window.go(&path);
        // In a row of the hooks' table the second link opens the dialog.
        let link = if way_back == "Close" { 41 } else { 40 };
        let y = open(&window, link);
        window.click(way_back);
        is_back(&window, &path, link, y);
    }
    // Through other pages of the same thing, by the breadcrumbs, and from the question before a removal.
    for (path, way_back) in [(&lists[1], "Cancel"), (&lists[1], "Flow schemas"), (&lists[0], "Queues")] {
        let path = format!("{path}?size=100");
        window.go(&path);
        let y = open(&window, 40);
        window.click("History");
        window.click("General");
        window.until("document.querySelector('[aria-current=page]')?.textContent === 'General'");
        window.script(&format!(
            "[...document.querySelectorAll('.crumbs a, main .buttons a')].find((e) => e.textContent === '{way_back}').click()"
        ));
        is_back(&window, &path, 40, y);
    }
    let path = format!("{}?size=100", lists[1]);
    window.go(&path);
    let y = open(&window, 40);
    window.back();
    is_back(&window, &path, 40, y);
    window.press("#");
    window.focus_is_on("Cancel");
    window.press("Enter");
    window.is_at(&path);
    window.until("document.activeElement.matches('tbody tr, tbody tr *')");
    window.expect("Math.round(scrollY)", y);
}

#[test]
fn paging_is_gone_back_and_forward_through() {
    let app = App::start(Backend::Sqlite);
    let (busy, crm) = (queue().create(&app), schema("CRM").create(&app));
    many_hooks(&app, busy, &[crm], 150);
    let tab = tab(busy);
    let window = Window::open(&app, &format!("{tab}?size=50"));
    let bottom = "scrollTo(0, document.body.scrollHeight); return Math.round(scrollY)";
    let first = window.script(bottom);
    window.click("Next page");
    window.shows("51–100 of 150");
    window.focus_is_on("Hooks");
    let second = window.script(bottom);
    window.click("Next page");
    window.shows("101–150 of 150");
    for (numbers, y) in [("51–100 of 150", second.clone()), ("1–50 of 150", first)] {
        window.back();
        window.shows(numbers);
        window.focus_is_on("Next page");
        window.expect("Math.round(scrollY)", y);
    }
    window.forward();
    window.shows("51–100 of 150");
    window.expect("Math.round(scrollY)", second);
    // A page that was left altogether.
    window.script("scrollTo(0, 500)");
    window.go("/static/favicon.svg");
    window.back();
    window.shows("51–100 of 150");
    window.expect("Math.round(scrollY)", 500);
}

#[test]
fn a_thousand_rows_are_asked_about_behind_a_proxy_and_back_leads_to_them() {
    let app = App::start(Backend::Sqlite);
    let (busy, crm) = (queue().create(&app), schema("CRM").create(&app));
    continue_ids_after(&app, 100_000);
    many_hooks(&app, busy, &[crm], 1000);
    let tab = tab(busy);
    let window = Window::at(Proxy::before(&app).address, "/static/favicon.svg");
    window.becomes(SESSION.1);
    window.go(&format!("{tab}?size=1000"));
    window.click("Select all hooks on this page");
    window.click("Remove 1000 hooks");
    window.focus_is_on("Cancel");
    window.expect("document.querySelector('.question h1').textContent", "Remove 1000 hooks of Inbound support?");
    window.back();
    window.shows("1–1000 of 1000");
    window.is_at(&format!("{tab}?size=1000"));
    // Cancel leads to the rows that were in view.
    let row = "document.querySelectorAll('tbody tr')[500]";
    window.script(&format!("{row}.tabIndex = -1; {row}.scrollIntoView({{ block: 'center' }}); {row}.focus()"));
    let y = window.script("return Math.round(scrollY)");
    window.press_all(&["Control+a", "#"]);
    window.focus_is_on("Cancel");
    window.press("Enter");
    window.shows("1–1000 of 1000");
    window.is_at(&format!("{tab}?size=1000"));
    window.expect("Math.round(scrollY)", y);
    window.until("document.activeElement !== document.body");
    window.click("Select all hooks on this page");
    window.click("Remove 1000 hooks");
    window.focus_is_on("Cancel");
    window.click("Remove 1000 hooks");
    window.says("Removed 1000 hooks");
    window.click("Undo");
    window.says("Restored 1000 hooks");
    // Few of many have an address.
    window.press_all(&["j", "x", "#"]);
    window.focus_is_on("Cancel");
    window.until("location.pathname.endsWith('/removal') && location.search.length < 100");
}

#[test]
fn a_page_that_back_and_forward_could_not_leave_keeps_its_address() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let [first, second, third] =
        [1, 2, 3].map(|page| if page > 1 { format!("{tab}?page={page}") } else { tab.clone() });
    let window = Window::open(&app, &first);
    for numbers in ["11–20 of 137", "21–30 of 137"] {
        window.click("Next page");
        window.shows(numbers);
    }
    let entries = window.script("return navigation.entries().length");
    let fails = |go: &str, stays: &str, numbers: &str| {
        window.has_no("Try again");
        window.offline(true);
        window.script(go);
        window.has("Try again");
        window.is_at(stays);
        window.shows(numbers);
        window.expect("navigation.entries().length", entries.clone());
        window.offline(false);
    };
    fails("history.back()", &third, "21–30 of 137");
    window.click("Try again");
    window.is_at(&second);
    window.shows("11–20 of 137");
    fails("history.forward()", &second, "11–20 of 137");
    // What is done on the page that stayed is done there.
    window.click("Remove Active → CRM");
    window.says("Removed Active → CRM");
    window.is_at(&second);
    window.script("history.go(-1)");
    window.is_at(&first);
    window.shows("1–10 of 136");
    // A link that is pressed while Back is on its way. The driver waits for what Back leads to.
    window.script("history.forward()");
    window.shows("11–20 of 136");
    let while_back_is_on_its_way = |act: &str| {
        window.hold();
        window.script(&format!("setTimeout(() => {{ {act} }}, 100); setTimeout(window.letGo, 200); history.back()"));
    };
    while_back_is_on_its_way("document.querySelector('[rel=next]').click()");
    window.shows("21–30 of 136");
    window.is_at(&third);
    window.back();
    window.shows("11–20 of 136");
    window.is_at(&second);
    while_back_is_on_its_way("history.forward()");
    window.expect("asked", 1);
    window.is_at(&second);
    window.shows("11–20 of 136");
    // The next answer is the one that was asked for next.
    window.click("Next page");
    window.shows("21–30 of 136");
    window.is_at(&third);
}
