//! Where the focus goes: never to the body.

use queue_hooks::model::event::Event::*;
use support::window::*;
use support::*;

/// Writes down every moment at which a swap has ended and nothing has the focus.
fn watch(window: &Window) {
    window.script(
        "window.lost = [];
        document.addEventListener('htmx:finally:request', () => setTimeout(() => {
            if (document.activeElement === document.body) lost.push(location.href);
        }))",
    );
}

#[track_caller]
fn was_never_lost(window: &Window) {
    window.expect("lost.length", 0);
    window.until("document.activeElement !== document.body");
}

#[test]
fn sorting_filtering_and_paging_give_the_focus_to_the_caption_of_the_table() {
    let app = App::start(Backend::Sqlite);
    let tab = many(&app);
    let window = Window::open(&app, &tab);
    watch(&window);
    for (control, query) in [
        ("Flow schema", "?sort=schema"),
        ("Flow schema", "?sort=-schema"),
        ("Changed", "?sort=updated_at"),
        ("Next page", "?sort=updated_at&page=2"),
        ("Previous page", "?sort=updated_at"),
    ] {
        window.click(control);
        window.is_at(&format!("{tab}{query}"));
        window.focus_is_on("Hooks");
        window.expect("document.activeElement.localName", "caption");
    }
    window.choose("enabled", "Disabled");
    window.is_at(&format!("{tab}?enabled=false&sort=updated_at"));
    window.expect("document.activeElement.id", "enabled");
    was_never_lost(&window);
}

#[test]
fn a_filter_without_a_match_keeps_the_focus_on_the_page() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    watch(&window);
    window.press("/");
    window.write("nothing");
    window.press("Enter");
    window.has("Clear filters");
    window.until("document.querySelector('.empty')");
    was_never_lost(&window);
    window.click("Clear filters");
    window.shows("1–5 of 5");
    was_never_lost(&window);
}

#[test]
fn saving_closing_removing_and_undoing_never_lose_the_focus() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    watch(&window);
    window.click("Edit Joined → CRM");
    window.modal_is("Edit hook");
    window.focus_is_on("Event");
    window.choose("event", "Answered");
    window.click("Save");
    window.has("Replace it");
    window.focus_is_on("Event");
    window.choose("event", "Leaving");
    window.click("Save");
    window.says("Saved Leaving → CRM");
    window.focus_is_on("Edit Leaving → CRM");
    window.click("Remove Leaving → CRM");
    window.says("Removed Leaving → CRM");
    window.focus_is_on("Remove Missed → CRM");
    window.click("Undo");
    window.says("Restored Leaving → CRM");
    window.focus_is_on("Edit Leaving → CRM");
    window.press_all(&["Escape", "c"]);
    window.modal_is("Add hook");
    window.click("Close");
    window.has_no_modal();
    window.focus_is_on("Add hook");
    was_never_lost(&window);
}

#[test]
fn a_refused_switch_and_a_refused_save_give_the_focus_to_what_is_wrong() {
    let app = App::start(Backend::Sqlite);
    let (queue, crm, log) = (queue().create(&app), schema("CRM").create(&app), schema("Log").create(&app));
    hook(queue, crm).create(&app);
    let stale = hook(queue, log).event(Missed).create(&app);
    hook(queue, log).off().create(&app);
    let window = Window::open(&app, &tab(queue));
    watch(&window);
    window.click("Enabled, Joined → Log");
    window.has("Replace it");
    window.until("document.activeElement.matches('.conflict')");
    window.click("Leave it");
    window.has_no("Replace it");
    was_never_lost(&window);
    window.click("Edit Missed → Log");
    window.modal_is("Edit hook");
    window.choose("event", "Leaving");
    write(&app, |conn| {
        use diesel::prelude::*;
        use queue_hooks::db::schema::hooks;
        diesel::update(hooks::table.find(stale)).set(hooks::event.eq(Offering)).execute(conn)
    });
    window.click("Save");
    window.has("Overwrite");
    window.until("document.activeElement.matches('.conflict')");
    was_never_lost(&window);
}

#[test]
fn back_out_of_the_modal_gives_the_focus_to_the_opener_or_the_table() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let window = Window::open(&app, &tab);
    for opener in ["Edit Bridged → CRM", "Add hook"] {
        window.click(opener);
        window.until("document.querySelector('dialog:modal')");
        window.back();
        window.has_no_modal();
        window.is_at(&tab);
        window.until(&format!("[{opener:?}, 'Hooks'].includes(nameOf(document.activeElement))"));
        window.press("j");
        window.until("document.activeElement.matches('#selection tr')");
    }
}

#[test]
fn the_other_lists_keep_the_focus_too() {
    let app = App::start(Backend::Sqlite);
    for i in 0..12 {
        queue().name(&format!("Queue {i:02}")).create(&app);
        schema(&format!("Schema {i:02}")).create(&app);
    }
    let window = Window::open(&app, "/contact-center/queues");
    watch(&window);
    for (section, caption) in [("Queues", "Queues"), ("Flow schemas", "Flow schemas")] {
        window.click(section);
        window.shows("1–10 of 12");
        window.click("Next page");
        window.shows("11–12 of 12");
        window.focus_is_on(caption);
        window.click("Name");
        window.shows("1–10 of 12");
        window.focus_is_on(caption);
    }
    was_never_lost(&window);
}

#[test]
fn a_press_that_failed_keeps_the_focus_or_gives_it_to_the_message() {
    let app = App::start(Backend::Sqlite);
    let tab = five_hooks(&app);
    let sorted = format!("{tab}?sort=schema");
    let window = Window::open(&app, &tab);
    watch(&window);
    window.click("Flow schema");
    window.is_at(&sorted);
    let fails = |act: &str, tries: usize| {
        window.script(act);
        for _ in 0..tries {
            window.has("Try again");
            window.until("document.activeElement !== document.body");
            window.script("document.querySelector('#alert [data-retry], dialog [data-retry]').focus()");
            window.press("Enter");
        }
        window.has("Try again");
        window.until("document.activeElement !== document.body");
    };
    let back = "document.querySelector('tbody a').focus(); history.back()";
    let press = |name: &str| {
        format!(
            "const control = [...document.querySelectorAll('main a, main button')].find((each) =>
                (each.ariaLabel ?? each.textContent.trim()) === '{name}');
            control.focus();
            control.click();"
        )
    };
    window.offline(true);
    for name in ["Enabled, Joined → CRM", "Remove Joined → CRM", "Edit Joined → CRM", "Refresh"] {
        fails(&press(name), 2);
    }
    was_never_lost(&window);
    fails(back, 2);
    window.offline(false);
    // Each try takes the server some seconds.
    let file = app.url.strip_prefix("sqlite://").expect("a file");
    let away = format!("{file}-away");
    std::fs::rename(file, &away).expect("the file is moved");
    fails(back, 0);
    // A page that Back did not leave gets the focus again a moment later.
    window.script("lost = []");
    fails(&press("Remove Joined → CRM"), 1);
    was_never_lost(&window);
    std::fs::rename(&away, file).expect("the file is moved back");
    window.click("Try again");
    window.says("Removed Joined → CRM");
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    window.choose("event", "Leaving");
    window.offline(true);
    fails("const save = document.querySelector('dialog [data-save]'); save.focus(); save.click()", 2);
    window.offline(false);
    window.click("Try again");
    window.says("Saved Leaving → CRM");
    was_never_lost(&window);
}
