//! What is said aloud: in regions that are there from the start, once.

use support::window::*;
use support::*;

/// Writes down whatever the regions say from now on.
fn listen(window: &Window) {
    window.script(
        "window.said = [];
        for (const region of document.querySelectorAll('#status, #alert, #count')) {
            region.isOfTheStart = true;
            let last = region.textContent.trim();
            new MutationObserver(() => {
                const text = region.textContent.replace(/\\s+/g, ' ').trim();
                if (text !== last && text) said.push(text);
                last = text;
            }).observe(region, { childList: true, characterData: true, subtree: true });
        }",
    );
}

/// What was said since the last time, in regions that are still the same.
#[track_caller]
fn said(window: &Window, texts: &[&str]) {
    window.expect("said", texts);
    window.script("said.length = 0");
    window.expect(
        "[...document.querySelectorAll('#status, #alert, #count')].every((region) => region.isOfTheStart)",
        true,
    );
}

#[test]
fn the_regions_are_there_from_the_start_and_empty() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    for (region, role) in [("status", "status"), ("alert", "alert"), ("count", "status")] {
        window.expect(&format!("document.getElementById('{region}').role"), role);
        window.expect(&format!("document.getElementById('{region}').textContent.trim()"), "");
    }
}

#[test]
fn saves_switches_removals_and_undo_are_said_once() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    listen(&window);
    window.click("Enabled, Joined → CRM");
    window.says("Disabled Joined → CRM");
    said(&window, &["Disabled Joined → CRM Undo"]);
    window.click("Remove Joined → CRM");
    window.says("Removed Joined → CRM");
    said(&window, &["Removed Joined → CRM Undo"]);
    window.click("Remove Bridged → CRM");
    window.says("Removed Bridged → CRM");
    said(&window, &["Removed Bridged → CRM Undo"]);
    window.click("Undo");
    window.says("Restored Bridged → CRM");
    said(&window, &["Restored Bridged → CRM Undo"]);
    window.click("Edit Bridged → CRM");
    window.modal_is("Edit hook");
    window.choose("event", "Leaving");
    window.click("Save");
    window.says("Saved Leaving → CRM");
    said(&window, &["Saved Leaving → CRM Undo"]);
    window.press("r");
    window.says("Nothing changed");
    said(&window, &["Nothing changed"]);
}

#[test]
fn the_number_of_results_is_said_once() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &many(&app));
    listen(&window);
    window.choose("enabled", "Enabled");
    window.shows("1–8 of 8");
    said(&window, &["8 hooks match"]);
    window.press("/");
    window.write("crm");
    window.press("Enter");
    window.has("Remove the filter Flow schema: crm");
    // As many as before: there is nothing new to say.
    said(&window, &[]);
    window.click("Remove the filter State: Enabled");
    window.shows("1–10 of 137");
    said(&window, &["137 hooks match"]);
    window.click("Clear filters");
    window.has_no("Clear filters");
    said(&window, &[]);
}

#[test]
fn errors_are_said_once() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, &five_hooks(&app));
    lose_journal(&app);
    listen(&window);
    window.click("Remove Joined → CRM");
    window.has("Try again");
    window.expect("said.length", 1);
    window.until("said[0].startsWith('The database is away Nothing was changed.')");
}
