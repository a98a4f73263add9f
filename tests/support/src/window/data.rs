//! What exists when a person arrives.

use queue_hooks::model::event::Event::{Answered, Bridged, Joined, Missed, Offering};

use super::Window;
use crate::{App, hook, many_hooks, queue, schema, tab};

/// Makes enabled hooks for Answered, Bridged, Joined, Missed and Offering, in the order of the list, all with “CRM”;
/// returns the path of their tab.
pub fn five_hooks(app: &App) -> String {
    let (queue, crm) = (queue().create(app), schema("CRM").create(app));
    for event in [Answered, Bridged, Joined, Missed, Offering] {
        hook(queue, crm).event(event).create(app);
    }
    tab(queue)
}

/// Makes 137 hooks in a queue; returns the path of their tab.
pub fn many(app: &App) -> String {
    let (queue, crm) = (queue().create(app), schema("CRM").create(app));
    many_hooks(app, queue, &[crm], 137);
    tab(queue)
}

/// Signs in on the sign-in page with the keyboard alone.
#[track_caller]
pub fn sign_in(window: &Window, name: &str, password: &str) {
    window.focus_is_on("Name");
    window.write(name);
    window.press("Tab");
    window.focus_is_on("Password");
    window.write(password);
    window.press("Enter");
}

/// Opens the menu with the person's name and signs out.
#[track_caller]
pub fn sign_out(window: &Window, display_name: &str) {
    window.click(&format!("Signed in as {display_name}"));
    window.click("Sign out");
    window.says("You are signed out");
}
