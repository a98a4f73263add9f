//! `/routing/flow/removal`: removing flow schemas after a question; those that hooks run stay.

use queue_hooks::model::event::Event::*;
use support::*;

const REMOVAL: &str = "/routing/flow/removal";

/// The question about these ids.
fn ask<'a>(browser: &'a Browser, ids: &[i64]) -> Page<'a> {
    let ids: Vec<_> = ids.iter().map(|id| format!("id={id}")).collect();
    browser.request("GET", &format!("{REMOVAL}?{}", ids.join("&")), &[], b"")
}

fn remove<'a>(browser: &'a Browser, ids: &[i64]) -> Page<'a> {
    let ids: Vec<_> = ids.iter().map(i64::to_string).collect();
    let fields: Vec<_> = ids.iter().map(|id| ("id", id.as_str())).collect();
    browser.post(REMOVAL, &fields)
}

/// So many flow schemas that no hook runs, Schema 00 and so on.
fn many(app: &App, count: usize) -> Vec<i64> {
    (0..count).map(|number| schema(&format!("Schema {number:02}")).create(app)).collect()
}

/// Somebody who may remove flow schemas and not see queues.
fn without_queues(app: &App) -> Browser {
    person("remover").rights("flow_schemas:read flow_schemas:delete").signed_in(app)
}

// One.

#[on_both("flow schemas are removed in Webitel")]
fn one_flow_schema_is_removed_after_a_question_with_an_undo(app: &App) {
    let id = schema("CRM").create(app);
    let left = schema("Other").create(app);
    let browser = app.browser();
    let question = browser.get(FLOW).click("Remove CRM").expect(200);
    assert_eq!(question.text("title"), "Remove CRM – Queue Hooks");
    assert_eq!(question.text("h1"), "Remove CRM?");
    assert_eq!(question.texts("main li"), ["CRM"]);
    assert!(question.control("Cancel").attr("autofocus").is_some());
    assert!(stored_schema(app, id).is_some(), "asking removes nothing");
    let page = question.press("Remove 1 flow schema", &[]).expect(200);
    assert_eq!((page.path.as_str(), page.said().as_str()), (FLOW, "Removed CRM"));
    assert!(page.has_control("Undo"));
    assert_eq!(page.hook_ids(), [left]);
    assert_eq!(schema_journal(app), [format!("remove {id}: CRM service -> nothing")]);
    assert_eq!(browser.get(FLOW).text("#status"), "", "the message is shown once");
}

#[on_both("flow schemas are removed in Webitel")]
fn cancel_and_the_removal_lead_back_to_the_same_view(app: &App) {
    for name in ["CRM 1", "CRM 2", "CRM 3"] {
        schema(name).create(app);
    }
    let browser = app.browser();
    let view = browser.get(&format!("{FLOW}?type=service&q=crm&sort=-name&page=2&size=1"));
    let question = view.click("Remove CRM 2").expect(200);
    assert_eq!(question.click("Cancel").path, view.path);
    assert_eq!(question.press("Remove 1 flow schema", &[]).path, view.path);
    assert_eq!(schema_names(app), ["CRM 1", "CRM 3"]);
}

#[on_both("flow schemas are removed in Webitel")]
fn a_flow_schema_removed_meanwhile_is_told_and_no_error(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let question = ask(&browser, &[id]).expect(200);
    question.press("Remove 1 flow schema", &[]);
    let again = question.press("Remove 1 flow schema", &[]).expect(200);
    assert_eq!(again.said(), "That was removed already.");
    assert!(!again.has_control("Undo"));
    assert_eq!(browser.follow(ask(&browser, &[id])).said(), "The selected flow schemas are gone already.");
    assert_eq!(schema_journal(app).len(), 1);
}

#[on_both("flow schemas are removed in Webitel")]
fn its_pages_are_gone_with_it(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    remove(&browser, &[id]).expect(303);
    for end in ["", "/file", "/hooks", "/history"] {
        browser.get(&format!("{}{end}", flow(id))).expect(404);
    }
}

#[on_both("flow schemas are removed in Webitel")]
fn a_fault_half_way_leaves_all(app: &App) {
    let ids = many(app, 5);
    let browser = app.browser();
    lose_journal(app);
    remove(&browser, &ids).expect(503);
    assert_eq!(schema_names(app).len(), 5);
}

#[on_all]
fn the_removal_answers_no_other_method(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    for method in ["PUT", "PATCH", "DELETE"] {
        browser.request(method, &format!("{REMOVAL}?id={id}"), &[], b"").expect(405);
    }
    assert!(stored_schema(app, id).is_some());
}

// Several.

#[on_both("flow schemas are removed in Webitel")]
fn several_are_removed_after_a_question_that_lists_them(app: &App) {
    let ids = many(app, 4);
    let browser = app.browser();
    let question = browser.get(FLOW).press_for("Remove selected flow schemas", &ids[..3]).expect(200);
    assert_eq!(question.text("h1"), "Remove 3 flow schemas?");
    assert_eq!(question.texts("main li"), ["Schema 00", "Schema 01", "Schema 02"]);
    let page = question.press("Remove 3 flow schemas", &[]).expect(200);
    assert_eq!(page.said(), "Removed 3 flow schemas");
    assert_eq!(page.hook_ids(), [ids[3]]);
}

#[on_both("flow schemas are removed in Webitel")]
fn the_question_lists_the_first_ten_and_counts_the_others(app: &App) {
    let ids = many(app, 37);
    let browser = app.browser();
    let listed = ask(&browser, &ids).expect(200).texts("main li");
    assert_eq!((listed.len(), listed[10].as_str()), (11, "and 27 more"));
}

#[on_both("flow schemas are removed in Webitel")]
fn the_header_checkbox_selects_the_page_and_nothing_that_came_later(app: &App) {
    many(app, 25);
    let browser = app.browser();
    let view = browser.get(&format!("{FLOW}?sort=-name&page=2"));
    let shown = view.hook_ids();
    schema("Schema 15b").create(app);
    view.press("Remove selected flow schemas", &[Fill::Tick("all", "page")])
        .press("Remove 10 flow schemas", &[])
        .expect(200);
    assert_eq!(schema_names(app).len(), 16);
    assert!(shown.iter().all(|id| stored_schema(app, *id).is_none()));
}

#[on_both("flow schemas are removed in Webitel")]
fn all_that_match_are_removed_and_no_others(app: &App) {
    many(app, 25);
    let other = schema("Other").create(app);
    let browser = app.browser();
    let view = browser.get(&format!("{FLOW}?q=schema"));
    let question = view.press("Remove selected flow schemas", &[Fill::Tick("all", "matching")]).expect(200);
    assert_eq!(question.text("h1"), "Remove 25 flow schemas?");
    assert_eq!(question.press("Remove 25 flow schemas", &[]).expect(200).said(), "Removed 25 flow schemas");
    assert_eq!(schema_names(app), ["Other"]);
    assert!(stored_schema(app, other).is_some());
}

#[on_both("flow schemas are removed in Webitel")]
fn all_that_match_are_refused_when_they_are_not_as_many_as_were_seen(app: &App) {
    many(app, 25);
    let browser = app.browser();
    let view = browser.get(&format!("{FLOW}?q=schema"));
    let question = view.press("Remove selected flow schemas", &[Fill::Tick("all", "matching")]).expect(200);
    schema("Schema 99").create(app);
    let sentence = "25 flow schemas matched when you selected them, now it is 26. Nothing was changed.";
    for page in [
        view.press("Remove selected flow schemas", &[Fill::Tick("all", "matching")]).expect(409),
        question.press("Remove 25 flow schemas", &[]).expect(409),
    ] {
        assert_eq!(page.text("h1 + p"), sentence);
        assert_eq!(page.click("Go back").path, view.path);
    }
    assert_eq!(schema_names(app).len(), 26);
}

#[on_both("flow schemas are removed in Webitel")]
fn what_is_gone_already_is_counted(app: &App) {
    let ids = many(app, 4);
    let browser = app.browser();
    remove_schema(app, ids[0]);
    let question = ask(&browser, &ids).expect(200);
    assert_eq!(question.text("h1"), "Remove 3 flow schemas?");
    remove_schema(app, ids[1]);
    let page = question.press("Remove 3 flow schemas", &[]).expect(200);
    assert_eq!(page.said(), "Removed 2 flow schemas. 2 of the selection were gone already");
}

#[on_both("flow schemas are removed in Webitel")]
fn a_missing_selection_is_refused_and_never_means_all(app: &App) {
    many(app, 3);
    let browser = app.browser();
    let wrong: [&[(&str, &str)]; 8] = [
        &[],
        &[("id", "")],
        &[("id", "abc")],
        &[("id", "1"), ("id", "x")],
        &[("all", "page")],
        &[("all", "page"), ("shown", "1.x")],
        &[("all", "matching")],
        &[("all", "matching"), ("count", "3"), ("type", "robot")],
    ];
    for fields in wrong {
        browser.post(REMOVAL, fields).expect(422);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let page = browser.request("GET", &format!("{REMOVAL}?{query}"), &[], b"").expect(422);
        assert_eq!(page.text("h1"), "That cannot be done", "{fields:?}");
    }
    assert_eq!(schema_names(app).len(), 3);
}

// Those that hooks run.

#[on_both("flow schemas are removed in Webitel")]
fn one_that_hooks_run_is_refused_and_the_hooks_are_listed(app: &App) {
    let (one, two) = (queue().name("One").create(app), queue().name("Two").create(app));
    let id = schema("CRM").create(app);
    hook(one, id).create(app);
    hook(two, id).event(Missed).off().create(app);
    let browser = app.browser();
    let view = browser.get(&format!("{FLOW}?sort=-name"));
    for page in [view.click("Remove CRM").expect(409), remove(&browser, &[id]).expect(409)] {
        assert_eq!(page.text("title"), "Hooks run this – Queue Hooks");
        assert_eq!(page.text("h1"), "CRM cannot be removed");
        assert_eq!(
            page.text("h1 + p"),
            "2 hooks run it, enabled or not. Choose another flow schema for them or remove them first."
        );
        assert_eq!(page.texts("main li"), ["One: Joined", "Two: Missed disabled"]);
        assert_eq!(page.click("Two").expect(200).path, tab(two));
        assert_eq!(page.click("All hooks that run it").expect(200).path, format!("{}/hooks", flow(id)));
    }
    assert_eq!(view.click("Remove CRM").click("Go back").path, view.path);
    assert!(stored_schema(app, id).is_some() && schema_journal(app).is_empty());
}

#[on_both("flow schemas are removed in Webitel")]
fn one_hook_is_told_as_one(app: &App) {
    let queue_id = queue().create(app);
    let id = schema("CRM").create(app);
    hook(queue_id, id).create(app);
    assert_eq!(
        remove(&app.browser(), &[id]).expect(409).text("h1 + p"),
        "1 hook runs it, enabled or not. Choose another flow schema for it or remove it first."
    );
}

#[on_both("flow schemas are removed in Webitel")]
fn who_may_not_see_queues_is_told_that_hooks_run_it_but_not_which_or_how_many(app: &App) {
    let queue_id = queue().name("Secret").create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    hook(queue_id, crm).create(app);
    hook(queue_id, billing).event(Missed).create(app);
    let remover = without_queues(app);
    for page in [ask(&remover, &[crm]).expect(409), remove(&remover, &[crm]).expect(409)] {
        assert!(page.text("h1 + p").starts_with("Hooks run it."));
        assert!(!page.has("main li") && !page.has_control("All hooks that run it") && !page.body.contains("Secret"));
    }
    let page = ask(&remover, &[crm, billing]).expect(409);
    assert_eq!(page.texts("main li"), ["Billing", "CRM"]);
    assert!(!page.has("main li a"));
    assert_eq!(schema_names(app).len(), 2);
}

#[on_both("flow schemas are removed in Webitel")]
fn several_that_hooks_run_are_refused_each_with_its_hooks(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    many_hooks(app, queue_id, &[crm], 3);
    hook(queue_id, billing).off().create(app);
    let browser = app.browser();
    for page in [ask(&browser, &[crm, billing]).expect(409), remove(&browser, &[crm, billing]).expect(409)] {
        assert_eq!(page.text("h1"), "These flow schemas cannot be removed");
        assert_eq!(page.texts("main li"), ["Billing: 1 hook", "CRM: 3 hooks"]);
        assert_eq!(page.click("3 hooks").expect(200).path, format!("{}/hooks", flow(crm)));
    }
    assert!(schema_journal(app).is_empty());
}

#[on_both("flow schemas are removed in Webitel")]
fn many_that_hooks_run_are_listed_and_counted(app: &App) {
    let queue_id = queue().create(app);
    let ids = many(app, 13);
    for id in &ids {
        hook(queue_id, *id).off().create(app);
    }
    let listed = ask(&app.browser(), &ids).expect(409).texts("main li");
    assert_eq!((listed.len(), listed[10].as_str()), (11, "and 3 more"));
}

#[on_both("flow schemas are removed in Webitel")]
fn of_a_mix_the_free_ones_are_removed_and_it_is_said_which_stay(app: &App) {
    let queue_id = queue().create(app);
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let (free, spare) = (schema("Free").create(app), schema("Spare").create(app));
    hook(queue_id, crm).create(app);
    hook(queue_id, billing).off().create(app);
    let browser = app.browser();
    let question =
        browser.get(FLOW).press_for("Remove selected flow schemas", &[crm, billing, free, spare]).expect(200);
    assert_eq!(question.text("h1"), "Remove 2 flow schemas?");
    assert_eq!(question.texts("main li"), ["Free", "Spare"]);
    assert_eq!(question.texts("main .quiet"), ["2 flow schemas stay, because hooks run them: Billing, CRM."]);
    let page = question.press("Remove 2 flow schemas", &[]).expect(200);
    assert_eq!(page.said(), "Removed 2 flow schemas. 2 flow schemas stay, because hooks run them");
    assert_eq!(schema_names(app), ["CRM", "Billing"]);
    assert_eq!(page.press("Undo", &[]).said(), "Restored 2 flow schemas");
}

#[on_both("flow schemas are removed in Webitel")]
fn of_a_mix_with_one_free_its_name_is_asked_and_said(app: &App) {
    let queue_id = queue().create(app);
    let used = many(app, 12);
    for id in &used {
        hook(queue_id, *id).off().create(app);
    }
    let free = schema("Free").create(app);
    let browser = app.browser();
    let question = ask(&browser, &[&used[..], &[free]].concat()).expect(200);
    assert_eq!(question.text("h1"), "Remove Free?");
    let note = question.text("main .quiet");
    assert!(note.starts_with("12 flow schemas stay, because hooks run them: Schema 00, "), "{note}");
    assert!(note.ends_with("Schema 09 and 2 more."), "{note}");
    let page = question.press("Remove 1 flow schema", &[]).expect(200);
    assert_eq!(page.said(), "Removed Free. 12 flow schemas stay, because hooks run them");
}

#[on_both("flow schemas are removed in Webitel")]
fn one_that_a_hook_began_to_run_after_the_question_stays(app: &App) {
    let queue_id = queue().create(app);
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let question = ask(&browser, &[id]).expect(200);
    let later = hook(queue_id, id).create(app);
    let page = question.press("Remove 1 flow schema", &[]).expect(409);
    assert_eq!(page.text("h1"), "CRM cannot be removed");
    assert_eq!(stored(app, later), Some((Joined, id, true)));
}

#[on_both("flow schemas are removed in Webitel")]
fn one_whose_last_hook_was_removed_can_be_removed(app: &App) {
    let queue_id = queue().create(app);
    let id = schema("CRM").create(app);
    let hook_id = hook(queue_id, id).create(app);
    let browser = app.browser();
    remove(&browser, &[id]).expect(409);
    browser.post(&format!("{}/removal", tab(queue_id)), &[("id", &hook_id.to_string())]).expect(303);
    remove(&browser, &[id]).expect(303);
    assert!(stored_schema(app, id).is_none());
}
