//! `/undo`: a change of many hooks and of several queues, as a whole and one thing of it; two people at once.

use std::thread;

use diesel::prelude::*;
use queue_hooks::access::person::Author;
use queue_hooks::access::rights::Preset;
use queue_hooks::db::Conn;
use queue_hooks::db::schema::hooks;
use queue_hooks::model::event::Event::{self, *};
use queue_hooks::model::hooks::change::{IfTaken, Patch, put};
use queue_hooks::model::hooks::filter::Selection;
use queue_hooks::model::hooks::query::found;
use queue_hooks::model::hooks::removal::remove;
use queue_hooks::model::journal::{Action, Change, Step, record};
use support::*;

const QUEUES: &str = "/contact-center/queues";

/// A change by nobody who may do everything.
fn change() -> Change {
    Change {
        id: Change::new_id(),
        at: queue_hooks::db::now(),
        author: Author::nobody(),
        rights: Preset::Administrator.rights(),
        undoes: None,
        is_new: false,
    }
}

/// Changes a hook as a part of a change.
fn patch(app: &App, queue_id: i64, id: i64, wanted: Patch, change: &Change) {
    let done = app.db.write_now(|conn| put(conn, queue_id, id, wanted, Patch::default(), IfTaken::Ask, change));
    assert!(done.expect("it is asked").is_ok());
}

/// Writes what becomes of hooks, in this order, and then the journal of them all.
fn rewrite(app: &App, queue_id: i64, change: &Change, rows: &[(i64, Event, i64, bool)]) {
    let ids: Vec<i64> = rows.iter().map(|(id, ..)| *id).collect();
    let kept = |conn: &mut Conn| ids.iter().map(|id| Ok(found(conn, queue_id, *id)?.kept())).collect();
    let done: Result<(), queue_hooks::error::Error> = app.db.write_now(|conn| {
        let before: Result<Vec<_>, _> = kept(conn);
        diesel::update(hooks::table.filter(hooks::id.eq_any(&ids))).set(hooks::enabled.eq(false)).execute(conn)?;
        for (id, event, schema_id, enabled) in rows {
            let row = (hooks::event.eq(*event), hooks::schema_id.eq(*schema_id), hooks::enabled.eq(*enabled));
            diesel::update(hooks::table.find(*id)).set(row).execute(conn)?;
        }
        let after: Result<Vec<_>, queue_hooks::error::Error> = kept(conn);
        let steps = ids.iter().zip(before?.into_iter().zip(after?));
        let steps: Vec<_> = steps.map(|(id, (before, after))| Step::new(*id, Some(before), Some(after))).collect();
        Ok(record(conn, change, Some(queue_id), Action::Edit, &steps)?)
    });
    done.expect("it can be written");
}

/// Undoes a change and says what is said.
fn undo(browser: &Browser, change: &str) -> String {
    let fields = [("change", change), ("back", QUEUES)];
    browser.follow(browser.post(UNDO, &fields).expect(303)).said()
}

#[on_both("queues are removed in Webitel")]
fn a_change_of_several_queues_is_undone_at_once_and_done_again(app: &App) {
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let queues = [(); 4].map(|()| queue().create(app));
    let hooks = queues.map(|queue_id| hook(queue_id, crm).create(app));
    let change = change();
    patch(app, queues[0], hooks[0], Patch::switch(false), &change);
    let selection = Selection::of_ids([hooks[1]].into()).expect("a selection");
    app.db.write_now(|conn| remove(conn, queues[1], &selection, &change)).expect("it can be removed");
    let wanted = Patch { event: Some(Missed), schema_id: Some(billing), enabled: None };
    patch(app, queues[2], hooks[2], wanted, &change);
    patch(app, queues[3], hooks[3], Patch::switch(false), &change);
    let browser = app.browser();
    browser.post(&format!("{QUEUES}/removal"), &[("id", &queues[3].to_string())]).expect(303);
    let fields = [("change", &*change.id), ("back", QUEUES)];
    let undone = browser.follow(browser.post(UNDO, &fields).expect(303));
    assert_eq!(
        undone.said(),
        "Put back Joined → CRM. Enabled Joined → CRM. Restored Joined → CRM. \
         1 hook cannot be put back: the queue was removed"
    );
    for id in &hooks[..3] {
        assert_eq!(stored(app, *id), Some((Joined, crm, true)));
    }
    assert_eq!(
        undone.press("Undo", &[]).said(),
        "Put back Missed → Billing. Disabled Joined → CRM. Removed Joined → CRM"
    );
    let after = [Some((Joined, crm, false)), None, Some((Missed, billing, true))];
    assert_eq!([0, 1, 2].map(|index| stored(app, hooks[index])), after);
}

#[on_all]
fn thousands_of_hooks_go_back_to_their_flow_schema(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let hooks = many_hooks(app, queue_id, &[crm], 2345);
    let before: Vec<_> = hooks.iter().map(|id| stored(app, *id).expect("it is there")).collect();
    let change = change();
    let rows: Vec<_> =
        hooks.iter().zip(&before).map(|(id, (event, _, enabled))| (*id, *event, billing, *enabled)).collect();
    rewrite(app, queue_id, &change, &rows);
    let browser = app.browser();
    browser.post(&format!("{}/{}/state", tab(queue_id), hooks[0]), &[("enabled", "false")]).expect(303);
    assert_eq!(undo(&browser, &change.id), "Put back 2344 hooks. Joined → Billing was changed since and stays");
    assert_eq!(stored(app, hooks[0]), Some((Joined, billing, false)));
    let now: Vec<_> = hooks[1..].iter().map(|id| stored(app, *id).expect("it is there")).collect();
    assert_eq!(now, before[1..]);
}

#[on_all]
fn hooks_that_exchanged_their_events_exchange_them_again(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let [one, other] = [Joined, Missed].map(|event| hook(queue_id, crm).event(event).create(app));
    let change = change();
    rewrite(app, queue_id, &change, &[(one, Missed, crm, true), (other, Joined, crm, true)]);
    assert_eq!(undo(&app.browser(), &change.id), "Put back 2 hooks");
    assert_eq!([one, other].map(|id| stored(app, id)), [Some((Joined, crm, true)), Some((Missed, crm, true))]);
}

#[on_all]
fn one_hook_of_a_change_is_undone_from_the_history_and_then_the_rest(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = [Joined, Missed, Leaving].map(|event| hook(queue_id, crm).event(event).create(app));
    let browser = app.browser();
    browser.get(&tab(queue_id)).press_for("Disable", &hooks);
    let history = browser.get(&format!("{}/history", tab(queue_id)));
    assert_eq!(history.texts("tbody button"), ["Undo", "Undo all", "Undo", "Undo"]);
    let page = history.press("Undo: Disabled Missed → CRM", &[]).expect(200);
    assert_eq!((page.path.clone(), page.said()), (history.path.clone(), "Enabled Missed → CRM".into()));
    assert_eq!(page.texts("tbody td:nth-child(3)")[0], "Enabled undo");
    let page = page.press("Undo all of this change, Leaving → CRM included", &[]).expect(200);
    assert_eq!(page.said(), "Enabled 2 hooks. 1 of 3 hooks was undone already");
    assert!(hooks.iter().all(|id| stored(app, *id).is_some_and(|(_, _, enabled)| enabled)));
}

#[on_all]
fn what_is_older_than_thirty_days_is_not_offered_and_can_be_undone(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let id = hook(queue_id, crm).create(app);
    let browser = app.browser();
    let path = format!("{}/history", tab(queue_id));
    let page = browser.get(&tab(queue_id)).press("Enabled, Joined → CRM", &[]);
    assert!(browser.get(&path).has_control("Undo: Disabled Joined → CRM"));
    write(app, |conn| {
        use queue_hooks::db::schema::journal;
        let long_ago = queue_hooks::db::now() - chrono::Duration::days(31);
        diesel::update(journal::table).set(journal::at.eq(long_ago)).execute(conn)
    });
    let old = browser.get(&path);
    assert!(old.has("tbody tr") && !old.has("tbody button"));
    page.press("Undo", &[]).expect(200);
    assert_eq!(stored(app, id), Some((Joined, crm, true)));
}

#[on_all]
fn two_undos_at_once_undo_once(app: &App) {
    let crm = schema("CRM").create(app);
    let queues = [(); 3].map(|()| queue().create(app));
    let hooks = queues.map(|queue_id| hook(queue_id, crm).create(app));
    let mut browsers = [(); 2].map(|()| app.browser());
    for browser in &browsers {
        browser.token();
    }
    for _ in 0..5 {
        let change = change();
        for (queue_id, id) in queues.into_iter().zip(hooks) {
            patch(app, queue_id, id, Patch::switch(false), &change);
        }
        let mut said = thread::scope(|scope| {
            let change = &change.id;
            let undos: Vec<_> = browsers.iter_mut().map(|browser| scope.spawn(move || undo(browser, change))).collect();
            undos.into_iter().map(|undo| undo.join().expect("both are answered")).collect::<Vec<_>>()
        });
        said.sort();
        assert_eq!(said, ["Enabled 3 hooks", "That was undone already"]);
    }
    assert!(hooks.iter().all(|id| stored(app, *id).is_some_and(|(_, _, enabled)| enabled)));
    assert_eq!(journal(app, queues[0]).len(), 10);
}

#[on_all]
fn undos_of_different_changes_of_the_same_queues_at_once_are_both_done(app: &App) {
    let crm = schema("CRM").create(app);
    let queues = [(); 8].map(|()| queue().create(app));
    let of = |event| queues.map(|queue_id| hook(queue_id, crm).event(event).create(app));
    let sets = [(of(Joined), false), (of(Missed), true)];
    let mut browsers = [(); 2].map(|()| app.browser());
    for browser in &browsers {
        browser.token();
    }
    for _ in 0..5 {
        let changes = sets.map(|(hooks, backwards)| {
            let change = change();
            let mut both: Vec<_> = queues.into_iter().zip(hooks).collect();
            if backwards {
                both.reverse();
            }
            for (queue_id, id) in both {
                patch(app, queue_id, id, Patch::switch(false), &change);
            }
            change.id
        });
        let said = thread::scope(|scope| {
            let both = browsers.iter_mut().zip(&changes);
            let undos: Vec<_> = both.map(|(browser, change)| scope.spawn(move || undo(browser, change))).collect();
            undos.into_iter().map(|undo| undo.join().expect("both are answered")).collect::<Vec<_>>()
        });
        assert_eq!(said, ["Enabled 8 hooks"; 2]);
    }
}
