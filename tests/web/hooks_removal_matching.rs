//! `/contact-center/queues/{queue}/hooks/removal`: removing all that match.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use queue_hooks::db::schema::hooks;
use queue_hooks::on_each;
use support::*;

use crate::hooks_removal::{ALL_MATCHING, ask, remove};

#[on_all]
fn all_that_match_are_removed_over_all_pages(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 137);
    let browser = app.browser();
    let question = browser.get(&tab(queue_id)).press("Remove selected hooks", &[ALL_MATCHING]).expect(200);
    assert_eq!(question.text("main li:last-child"), "and 127 more");
    let page = question.press("Remove 137 hooks", &[]);
    assert_eq!(page.said(), "Removed 137 hooks");
    assert!(ids(app, queue_id).is_empty());
    assert_eq!(journal(app, queue_id).len(), 137);
}

#[on_all]
fn all_that_match_are_only_those_of_the_filter_and_of_the_queue(app: &App) {
    let (queue_id, other_id) = (queue().create(app), queue().create(app));
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    many_hooks(app, queue_id, &[crm, billing], 60);
    many_hooks(app, other_id, &[crm], 20);
    let browser = app.browser();
    let view = browser.get(&format!("{}?event=joined&event=offering&enabled=false&q=crm&size=3", tab(queue_id)));
    let total: usize = view.text("#count").split(' ').next().and_then(|count| count.parse().ok()).expect("a count");
    let page =
        view.press("Remove selected hooks", &[ALL_MATCHING]).press(&format!("Remove {total} hooks"), &[]).expect(200);
    assert_eq!(page.text("main h2"), "No hooks match");
    assert_eq!(ids(app, queue_id).len(), 60 - total);
    assert_eq!(ids(app, other_id).len(), 20);
}

#[on_both("on the tables of Webitel at most 1,000 hooks are changed at once")]
fn all_that_match_more_than_a_thousand_are_removed_in_one_change(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 2345);
    let browser = app.browser();
    let question = browser.get(&tab(queue_id)).press("Remove selected hooks", &[ALL_MATCHING]);
    let page = question.press("Remove 2345 hooks", &[]).expect(200);
    assert!(ids(app, queue_id).is_empty());
    assert_eq!(page.press("Undo", &[]).said(), "Restored 2345 hooks");
    assert_eq!(ids(app, queue_id), hooks);
}

#[on_all]
fn when_the_count_changed_before_the_question_it_is_not_asked(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 20);
    let browser = app.browser();
    let view = browser.get(&format!("{}?enabled=false", tab(queue_id)));
    hook(queue_id, crm).off().create(app);
    let page = view.press("Remove selected hooks", &[ALL_MATCHING]).expect(409);
    assert_eq!(page.text("h1 + p"), "12 hooks matched when you selected them, now it is 13. Nothing was changed.");
}

#[on_all]
fn when_the_count_changed_after_the_question_nothing_is_removed(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 20);
    let browser = app.browser();
    let view = browser.get(&format!("{}?enabled=false&sort=-schema&size=5", tab(queue_id)));
    let question = view.press("Remove selected hooks", &[ALL_MATCHING]);
    remove_hook(app, hooks[19]);
    let_rest(app, queue_id);
    let page = question.press("Remove 12 hooks", &[]).expect(409);
    assert_eq!(page.text("h1 + p"), "12 hooks matched when you selected them, now it is 11. Nothing was changed.");
    assert_eq!(ids(app, queue_id), hooks[..19]);
    assert!(journal(app, queue_id).is_empty());
    assert!(is_at_rest(app, queue_id));
    assert_eq!(page.click("Go back").path, view.path);
}

#[on_all]
fn all_that_match_need_the_count_that_was_seen(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 12);
    let browser = app.browser();
    for count in ["", "0", "-12", "abc", "99999999999999999999"] {
        let fields = [("all", "matching".to_owned()), ("count", count.to_owned())];
        ask(&browser, queue_id, &fields).expect(422);
        remove(&browser, queue_id, &fields).expect(422);
    }
    assert_eq!(ids(app, queue_id), hooks);
}

#[on_all]
fn the_filter_may_stand_in_the_address_itself(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    many_hooks(app, queue_id, &[crm], 24);
    let browser = app.browser();
    let fields = [("all", "matching"), ("event", "joined"), ("enabled", "false"), ("count", "2")];
    let fields = fields.map(|(name, value)| (name, value.to_owned()));
    let question = ask(&browser, queue_id, &fields).expect(200);
    assert_eq!(question.texts("main li"), ["Joined → CRM", "Joined → CRM"]);
    question.press("Remove 2 hooks", &[]).expect(200);
    assert_eq!(ids(app, queue_id).len(), 22);
}

#[on_all]
fn a_filter_that_cannot_be_read_is_refused_and_never_widened(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let hooks = many_hooks(app, queue_id, &[crm], 12);
    let browser = app.browser();
    for (name, value) in [("event", "party"), ("enabled", "maybe")] {
        let fields = [("all", "matching".to_owned()), ("count", "12".to_owned()), (name, value.to_owned())];
        ask(&browser, queue_id, &fields).expect(422);
        remove(&browser, queue_id, &fields).expect(422);
    }
    assert_eq!(ids(app, queue_id), hooks);
}

// Too many.

#[on_both("on the tables of Webitel at most 1,000 hooks are changed at once")]
fn more_hooks_than_a_request_has_time_for_are_not_removed(app: &App) {
    let (queue_id, crm) = (queue().name("Orders").create(app), schema("CRM").create(app));
    let many = format!(
        "INSERT INTO hooks (queue_id, schema_id, event, enabled, updated_at) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50001) \
         SELECT {queue_id}, {crm}, CASE i % 2 WHEN 0 THEN 'joined' ELSE 'missed' END, i = 1, CURRENT_TIMESTAMP FROM n"
    );
    write(app, |conn| on_each!(conn, c => c.batch_execute(&many)));
    let browser = app.browser();
    let said = "50001 hooks would go, and at most 50000 can be removed at once. Nothing was changed. Remove hooks in \
                several steps: the filters of the Hooks tab select some of them.";
    let all = [("all", "matching".to_owned()), ("count", "50001".to_owned())];
    assert_eq!(ask(&browser, queue_id, &all).expect(422).texts("main p")[0], said);
    assert_eq!(remove(&browser, queue_id, &all).expect(422).texts("main p")[0], said);
    // The queue neither: it would take them with it.
    let of_queue = [("id", queue_id.to_string())];
    let queues = "/contact-center/queues/removal";
    assert_eq!(browser.get(&format!("{queues}?id={queue_id}")).expect(422).texts("main p")[0], said);
    let fields: Vec<_> = of_queue.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.post(queues, &fields).expect(422).texts("main p")[0], said);
    let left: i64 = write(app, |conn| hooks::table.count().get_result(conn));
    assert_eq!(left, 50_001);
}
