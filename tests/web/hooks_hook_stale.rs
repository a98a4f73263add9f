//! `/contact-center/queues/{queue}/hooks/{hook}`: somebody else saved meanwhile.

use queue_hooks::model::event::Event::*;
use support::*;

use crate::hooks_hook::{differences, edit, filled};

#[on_all]
fn a_stale_edit_shows_theirs_and_yours(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let modal = mine.get(&edit(queue_id, id));
    theirs.get(&edit(queue_id, id)).press("Save", &filled("missed", &crm.to_string()));
    let_rest(app, queue_id);
    let page = modal.press("Save", &filled("joined", &billing.to_string())).expect(409);
    assert_eq!(page.texts("[role=alert] thead th"), ["Theirs", "Yours"]);
    assert_eq!(differences(&page), [["Event", "Missed", "Joined"], ["Flow schema", "CRM", "Billing"]]);
    assert!(page.has("[role=alert][autofocus]"), "the focus is on the message");
    assert_eq!((page.chosen("#event"), page.chosen("#schema")), ("joined".into(), billing.to_string()));
    assert_eq!(stored(app, id), Some((Missed, crm, true)));
    assert!(is_at_rest(app, queue_id));
}

#[on_all]
fn a_stale_edit_can_overwrite(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let modal = mine.get(&format!("{}?size=5", edit(queue_id, id)));
    theirs.get(&edit(queue_id, id)).press("Save", &filled("missed", &crm.to_string()));
    let page = modal.press("Save", &filled("joined", &billing.to_string())).press("Overwrite", &[]).expect(200);
    assert_eq!(page.path, format!("{}?size=5", tab(queue_id)));
    assert_eq!(page.said(), "Saved Joined → Billing");
    assert_eq!(stored(app, id), Some((Joined, billing, true)));
    assert_eq!(
        journal(app, queue_id),
        [
            format!("edit {id}: joined CRM on -> missed CRM on"),
            format!("edit {id}: missed CRM on -> joined Billing on"),
        ]
    );
}

#[on_all]
fn a_stale_edit_can_take_theirs(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let modal = mine.get(&format!("{}?size=5", edit(queue_id, id)));
    theirs.get(&edit(queue_id, id)).press("Save", &filled("missed", &crm.to_string()));
    let page = modal.press("Save", &filled("joined", &billing.to_string())).click("Take theirs").expect(200);
    assert_eq!((page.chosen("#event"), page.chosen("#schema")), ("missed".into(), crm.to_string()));
    assert_eq!(page.click("Close").path, format!("{}?size=5", tab(queue_id)));
    assert_eq!(stored(app, id), Some((Missed, crm, true)));
}

#[on_all]
fn overwrite_overwrites_only_what_was_shown(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let modal = mine.get(&edit(queue_id, id));
    theirs.get(&edit(queue_id, id)).press("Save", &filled("missed", &crm.to_string()));
    let conflict = modal.press("Save", &filled("joined", &billing.to_string())).expect(409);
    theirs.get(&edit(queue_id, id)).press("Save", &filled("active", &crm.to_string()));
    let page = conflict.press("Overwrite", &[]).expect(409);
    assert_eq!(differences(&page), [["Event", "Active", "Joined"], ["Flow schema", "CRM", "Billing"]]);
    assert_eq!(stored(app, id), Some((Active, crm, true)));
    assert_eq!(page.press("Overwrite", &[]).said(), "Saved Joined → Billing");
}

#[on_all]
fn overwriting_into_a_taken_event_still_asks(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let holder = hook(queue_id, crm).create(app);
    let id = hook(queue_id, billing).event(Missed).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let modal = mine.get(&edit(queue_id, id));
    theirs.get(&edit(queue_id, id)).press("Save", &filled("active", &billing.to_string()));
    let conflict = modal.press("Save", &filled("joined", &billing.to_string())).expect(409);
    let taken = conflict.press("Overwrite", &[]).expect(422);
    taken.press("Replace it", &[]).expect(200);
    assert_eq!(stored(app, id), Some((Joined, billing, true)));
    assert_eq!(stored(app, holder), Some((Joined, crm, false)));
}

#[on_all]
fn enter_in_a_field_of_a_conflict_searches_and_never_overwrites(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let id = hook(queue_id, crm).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let modal = mine.get(&edit(queue_id, id));
    theirs.get(&edit(queue_id, id)).press("Save", &filled("missed", &crm.to_string()));
    let conflict = modal.press("Save", &filled("joined", &billing.to_string())).expect(409);
    // A browser presses the form's first button.
    assert_eq!(conflict.all("dialog button")[0].attr("name"), Some("search"));
}

#[on_all]
fn two_people_who_want_the_same_do_not_conflict(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let modal = mine.get(&edit(queue_id, id));
    theirs.get(&edit(queue_id, id)).press("Save", &filled("missed", &crm.to_string()));
    assert_eq!(modal.press("Save", &filled("missed", &crm.to_string())).expect(200).said(), "Missed → CRM is saved");
}

#[on_all]
fn a_switch_meanwhile_is_no_conflict_and_stays(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let modal = mine.get(&edit(queue_id, id));
    theirs.get(&tab(queue_id)).press("Enabled, Joined → CRM", &[]);
    assert_eq!(modal.press("Save", &filled("missed", &crm.to_string())).said(), "Saved Missed → CRM, disabled");
    assert_eq!(stored(app, id), Some((Missed, crm, false)));
}

#[on_all]
fn a_hook_removed_meanwhile_is_told_and_no_error(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let (mine, theirs) = (app.browser(), app.browser());
    let modal = mine.get(&format!("{}?size=5", edit(queue_id, id)));
    theirs.get(&tab(queue_id)).press("Remove Joined → CRM", &[]);
    let page = modal.press("Save", &filled("missed", &crm.to_string())).expect(200);
    assert_eq!(page.path, format!("{}?size=5", tab(queue_id)));
    assert_eq!(page.said(), "That hook was removed meanwhile. Nothing was changed.");
    assert!(ids(app, queue_id).is_empty());
}
