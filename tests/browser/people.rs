//! The People section and one's own account.

use queue_hooks::access::rights::Preset;
use support::window::*;
use support::*;

/// What the list says of a person, by the name to sign in with.
fn listed(name: &str) -> String {
    format!(
        "[...document.querySelectorAll('tbody tr')].map((tr) => [...tr.cells].slice(0, 3).map((td) => td.textContent.trim())) \
         .find((cells) => cells[1] === '{name}')"
    )
}

#[test]
fn a_person_with_a_preset_is_added_by_keyboard_and_may_come_in() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/people");
    window.press("c");
    window.is_at("/people/new");
    window.focus_is_on("Name");
    window.write("boris");
    window.press("Tab");
    window.write("Boris B.");
    window.press("Tab");
    window.focus_is_on("Password");
    window.write(PASSWORD);
    window.press("Tab");
    window.focus_is_on("Viewer looks and changes nothing");
    window.press("ArrowUp");
    window.focus_is_on("Editor queues, hooks and flow schemas");
    window.press("Enter");
    window.says("Added Boris B. (boris)");
    window.is_at("/people");
    window.expect(&listed("boris"), vec!["Boris B.", "boris", "Editor"]);
    let boris = Window::of_nobody(&app, "/");
    sign_in(&boris, "boris", PASSWORD);
    boris.has("Signed in as Boris B.");
}

#[test]
fn a_person_who_cannot_be_added_is_told_beside_each_field_and_nothing_typed_is_lost() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/people/new");
    window.focus_is_on("Name");
    window.write("boris b");
    window.press("Tab");
    window.write("Boris");
    window.press("Tab");
    window.write("boris");
    window.click("Editor queues, hooks and flow schemas");
    window.click("Save");
    window.until("document.getElementById('name').ariaInvalid === 'true'");
    window.focus_is_on("Name");
    window.is_at("/people/new");
    window.expect(
        "[...document.querySelectorAll('.field-error')].map((p) => p.textContent)",
        vec!["A name has 1 to 64 letters a to z, digits and . _ - @ +.", "A password has at least 12 characters."],
    );
    window.expect("document.getElementById('display_name').value", "Boris");
    window.expect("document.getElementById('password').value", "");
    window.expect("document.querySelector('[name=preset]:checked').value", "editor");
    window.press("Control+a");
    window.write("tester");
    window.click("Password");
    window.write(PASSWORD);
    window.press("Enter");
    window.expect("document.getElementById('name-error')?.textContent", "Somebody else has this name.");
    window.focus_is_on("Name");
    window.press("Control+a");
    window.write("boris");
    window.click("Password");
    window.write(PASSWORD);
    window.press("Enter");
    window.says("Added Boris (boris)");
    window.is_at("/people");
    window.expect(&listed("boris"), vec!["Boris", "boris", "Editor"]);
}

#[test]
fn rights_of_ones_own_choice_are_shown_only_when_chosen_and_kept() {
    let app = App::start(Backend::Sqlite);
    let window = Window::open(&app, "/people/new");
    window.focus_is_on("Name");
    window.has_no("Manage");
    window.click("Own choice");
    window.has("Manage");
    for (field, text) in [("Name", "boris"), ("Display name", "Boris"), ("Password", PASSWORD)] {
        window.click(field);
        window.write(text);
    }
    // The first of this name are those of the queues.
    window.click("Update");
    window.click("Manage");
    window.click("Save");
    window.says("Added Boris (boris)");
    let rights = "Queues: read, update · Flow schemas: read · People: manage";
    window.expect(&listed("boris"), vec!["Boris", "boris", rights]);
    window.click("Boris");
    window.expect(
        "[...document.querySelectorAll('[name=right]:checked')].map((e) => e.value)",
        vec!["queues:read", "queues:update", "flow_schemas:read", "people:manage"],
    );
    window.expect("document.querySelector('[name=preset]:checked').value", "own");
}

#[test]
fn a_person_is_edited() {
    let app = App::start(Backend::Sqlite);
    person("anna").create(&app);
    let window = Window::open(&app, "/people");
    window.click("The anna");
    window.expect("document.querySelector('h1').textContent", "The anna");
    window.click("Display name");
    window.press("Control+a");
    window.write("Anna Antonova");
    window.click("Editor queues, hooks and flow schemas");
    window.click("Save");
    window.says("Saved Anna Antonova (anna)");
    window.is_at("/people");
    window.expect(&listed("anna"), vec!["Anna Antonova", "anna", "Editor"]);
}

#[test]
fn the_switch_takes_access_away_and_gives_it_back() {
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").create(&app);
    let hers = Window::of(&app, anna, "/contact-center/queues");
    let window = Window::open(&app, "/people?q=anna");
    let switch = "Access, The anna (anna)";
    window.click(switch);
    window.says("The anna (anna) may not come in any more");
    window.expect(&format!("named('{switch}').ariaChecked"), "false");
    window.is_at("/people?q=anna");
    window.focus_is_on(switch);
    hers.click("Flow schemas");
    sign_in(&hers, "anna", PASSWORD);
    hers.until("document.querySelector('p[role=alert]')");
    window.press("Space");
    window.says("The anna (anna) may come in");
    window.expect(&format!("named('{switch}').ariaChecked"), "true");
    window.focus_is_on(switch);
    hers.write(PASSWORD);
    hers.press("Enter");
    hers.is_at("/contact-center/queues");
}

#[test]
fn the_last_who_manages_people_cannot_be_shut_out_and_the_switch_stays() {
    let app = App::start(Backend::Sqlite);
    person("anna").preset(Preset::Editor).create(&app);
    person("boris").preset(Preset::Administrator).off().create(&app);
    let window = Window::open(&app, "/people");
    let switch = "Access, Test Administrator (tester)";
    window.click(switch);
    window.until("document.querySelector('main').textContent.includes('Nobody else manages people.')");
    window.is_at("/people");
    window.click("Go back");
    window.expect(&format!("named('{switch}')?.ariaChecked"), "true");
    window.click("Test Administrator");
    window.click("Editor queues, hooks and flow schemas");
    window.click("Save");
    window.until("document.activeElement.id === 'rights-error'");
    window.until("document.activeElement.textContent.startsWith('Nobody else manages people.')");
    window.expect("document.querySelector('[name=preset]:checked').value", "editor");
    window.go("/people");
    window.expect(&listed("tester"), vec!["Test Administrator", "tester", "Administrator"]);
}

/// Two managers edit the same person; the first has saved, the second is told on saving.
pub fn told_of_a_conflict(app: &App) -> Window {
    let anna = person("anna").create(app);
    let path = format!("/people/{anna}");
    let (first, second) = (Window::open(app, &path), Window::open(app, &path));
    for (window, name) in [(&first, "Their Anna"), (&second, "Our Anna")] {
        window.click("Display name");
        window.press("Control+a");
        window.write(name);
    }
    first.click("Editor queues, hooks and flow schemas");
    first.click("Save");
    first.says("Saved Their Anna (anna)");
    second.click("Save");
    second.until("document.activeElement.matches('.conflict')");
    second.until("document.activeElement.textContent.includes('Their Anna (anna) with these rights: Editor.')");
    second.expect("document.getElementById('display_name').value", "Our Anna");
    second.expect("document.querySelector('[name=preset]:checked').value", "viewer");
    second.is_at(&path);
    second
}

#[test]
fn a_person_whom_somebody_saved_meanwhile_is_overwritten() {
    let app = App::start(Backend::Sqlite);
    let window = told_of_a_conflict(&app);
    window.click("Save");
    window.says("Saved Our Anna (anna)");
    window.expect(&listed("anna"), vec!["Our Anna", "anna", "Viewer"]);
}

#[test]
fn a_person_whom_somebody_saved_meanwhile_is_taken_as_they_are() {
    let app = App::start(Backend::Sqlite);
    let window = told_of_a_conflict(&app);
    window.click("take theirs");
    window.expect("document.querySelector('.conflict')", serde_json::Value::Null);
    window.expect("document.getElementById('display_name').value", "Their Anna");
    window.expect("document.querySelector('[name=preset]:checked').value", "editor");
}

#[test]
fn another_password_is_set_and_the_sessions_of_the_person_end() {
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").create(&app);
    let hers = Window::of(&app, anna, "/account");
    let window = Window::open(&app, &format!("/people/{anna}"));
    window.click("New password");
    window.write("anna");
    window.click("Set password");
    window.expect("document.getElementById('password-error')?.textContent", "A password has at least 12 characters.");
    window.focus_is_on("New password");
    window.write("another four words");
    window.press("Enter");
    window.says("The anna (anna) has a new password");
    hers.reload();
    hers.until("location.pathname === '/sign-in'");
    sign_in(&hers, "anna", "another four words");
    hers.is_at("/account");
}

#[test]
fn all_sessions_of_a_person_are_ended() {
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").create(&app);
    let windows = [Window::of(&app, anna, "/account"), Window::of(&app, anna, "/routing/flow")];
    let window = Window::open(&app, &format!("/people/{anna}"));
    window.click("End all sessions");
    window.says("2 sessions of The anna (anna) are ended");
    for hers in &windows {
        hers.click("Queue Hooks");
        hers.until("location.pathname === '/sign-in'");
    }
    window.click("End all sessions");
    window.says("The anna (anna) had no session");
}

#[test]
fn the_history_of_people_says_who_did_what_to_whom() {
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").create(&app);
    let stranger = app.stranger();
    for password in ["not the password", PASSWORD] {
        stranger.post("/sign-in", &[("name", "anna"), ("password", password)]);
    }
    app.browser().post(&format!("/people/{anna}/access"), &[("enabled", "false")]).expect(303);
    let window = Window::open(&app, "/people");
    window.click("History");
    window.is_at("/people/history");
    let rows =
        "[...document.querySelectorAll('tbody tr')].map((tr) => [...tr.cells].slice(1, 4).map((td) => td.textContent))";
    window.expect(
        rows,
        serde_json::json!([
            ["Test Administrator (tester)", "Access off", "The anna (anna)"],
            ["The anna (anna)", "Signed in", "The anna (anna)"],
            ["unknown", "Failed to sign in", "The anna (anna)"],
        ]),
    );
    window.click("Failed to sign in");
    window.is_at("/people/history?action=failed-sign-in");
    window.shows("1–1 of 1");
    window.expect(rows, serde_json::json!([["unknown", "Failed to sign in", "The anna (anna)"]]));
    window.click("The anna (anna)");
    window.is_at(&format!("/people/{anna}"));
}

#[test]
fn one_changes_ones_own_password_and_the_other_sessions_end() {
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").create(&app);
    let (window, other) = (Window::of(&app, anna, "/contact-center/queues"), Window::of(&app, anna, "/account"));
    window.click("Signed in as The anna");
    window.click("Your account");
    window.is_at("/account");
    for (field, text) in [("Current password", "not the password"), ("New password", "another four words")] {
        window.click(field);
        window.write(text);
    }
    window.press("Enter");
    window.expect("document.getElementById('current-error')?.textContent", "This is not your current password.");
    window.focus_is_on("Current password");
    window.expect("document.activeElement.value", "");
    window.write(PASSWORD);
    window.press("Enter");
    window.says("Your password is changed. Your other sessions are ended");
    other.click("Queue Hooks");
    other.until("location.pathname === '/sign-in'");
    window.reload();
    window.is_at("/account");
    sign_out(&window, "The anna");
    sign_in(&window, "anna", "another four words");
    window.is_at("/contact-center/queues");
}

#[test]
fn one_ends_another_session_of_ones_own_and_keeps_this_one() {
    let app = App::start(Backend::Sqlite);
    let anna = person("anna").create(&app);
    let (window, other) = (Window::of(&app, anna, "/account"), Window::of(&app, anna, "/account"));
    for _ in 0..2 {
        app.browser_of(anna);
    }
    window.reload();
    let sessions = |count: i64| window.expect("document.querySelectorAll('tbody tr').length", count);
    sessions(4);
    window.expect("document.querySelectorAll('tbody .badge').length", 1);
    // The buttons of sessions that began in the same minute have the same name.
    window.script("document.querySelector('tbody button').click()");
    window.says("1 session is ended");
    sessions(3);
    window.click("End all other sessions");
    window.says("2 sessions are ended");
    sessions(1);
    window.has_no("End all other sessions");
    other.click("Queue Hooks");
    other.until("location.pathname === '/sign-in'");
    window.click("Queues");
    window.is_at("/contact-center/queues");
}
