//! Plans for many queues: `/contact-center/queues/addition`, `…/hooks/{hooks}/copies` and
//! `/routing/flow/{schema}/hooks/successor`.

use diesel::dsl::count;
use diesel::prelude::*;
use queue_hooks::db::schema::journal as entries;
use queue_hooks::model::event::Event::*;
use support::*;

const QUEUES: &str = "/contact-center/queues";
const ALL: [Fill; 1] = [Fill::Tick("all", "page")];

/// The plan's groups: what happens, to how many, and whom it names at once.
fn groups(page: &Page) -> Vec<(String, Vec<String>)> {
    let titles = page.texts("main section section h2");
    let named = |nth: usize| {
        let list = format!("main section section:has(#group-{}) > ul li", nth + 1);
        page.texts(&list)
    };
    titles.into_iter().enumerate().map(|(nth, title)| (title, named(nth))).collect()
}

fn group(title: &str, named: &[&str]) -> (String, Vec<String>) {
    (title.into(), named.iter().map(|name| (*name).into()).collect())
}

/// Chooses the event and the flow schema, and asks for the plan.
fn planned<'a>(new: &Page<'a>, event: &str, schema: i64) -> Page<'a> {
    new.press("Show the plan", &[Fill::Field("event", event), Fill::Field("schema", &schema.to_string())])
}

/// Queues in which "Joined → CRM" is not there, is there, is there but disabled, is in the way of another, cannot
/// happen.
struct Five {
    crm: i64,
    free: i64,
    there: i64,
    disabled: i64,
    taken: i64,
    dialer: i64,
}

fn five(app: &App) -> Five {
    let (crm, old) = (schema("CRM").create(app), schema("Old").create(app));
    let [free, there, disabled, taken] =
        ["A free", "B there", "C off", "D taken"].map(|name| queue().name(name).create(app));
    let dialer = queue().name("E dialer").queue_type(3).create(app);
    hook(there, crm).create(app);
    hook(disabled, crm).off().create(app);
    hook(taken, old).create(app);
    Five { crm, free, there, disabled, taken, dialer }
}

#[on_all]
fn the_plan_tells_what_happens_in_which_queue_and_changes_nothing(app: &App) {
    let five = five(app);
    let browser = app.browser();
    let before = contents(app);
    let new = browser.get(QUEUES).press("Add a hook to selected queues", &ALL).expect(200);
    assert_eq!(new.text("h1"), "Add a hook to 5 queues");
    assert!(new.path.starts_with("/contact-center/queues/addition?all=page"), "{}", new.path);
    let plan = planned(&new, "joined", five.crm).expect(200);
    assert_eq!(plan.text("h1"), "Add Joined → CRM to 5 queues?");
    let expected = [
        group("Added, enabled 1 queue", &["A free"]),
        group("There already, but disabled: enabled 1 queue", &["C off"]),
        group("Another hook is enabled for the event 1 queue", &["D taken Joined → Old is enabled"]),
        group("The event cannot happen there: left out 1 queue", &["E dialer"]),
        group("There already: nothing happens 1 queue", &["B there"]),
    ];
    assert_eq!(groups(&plan), expected);
    assert_eq!(plan.click("Cancel").expect(200).path, QUEUES);
    assert_eq!(browser.get(&plan.path).expect(200).text("h1"), plan.text("h1"), "a plan has an address");
    assert_eq!(contents(app), before);
}

#[on_all]
fn a_plan_that_began_in_coverage_leads_back_there(app: &App) {
    let five = five(app);
    let browser = app.browser();
    let view = format!("{QUEUES}/coverage?missing=leaving&sort=-name");
    let new = browser.get(&view).press("Add a hook to selected queues", &ALL).expect(200);
    assert_eq!(new.attr("#event option[selected]", "value"), "leaving", "the event that was missed");
    assert_eq!(new.click("Cancel").path, view);
    new.press("Show the plan", &[]).expect(422).press("Show the plan", &[]).expect(422);
    let plan = planned(&new, "leaving", five.crm).expect(200);
    assert_eq!(plan.click("Cancel").path, view);
    hook(five.free, five.crm).event(Leaving).create(app);
    let again = plan.send("Add hook", &[]).expect(409);
    let done = again.press("Add hook", &[]).expect(200);
    assert_eq!((done.said(), done.path), ("Added 4 hooks in 4 queues".into(), view));
}

/// Carries out the plan with this choice about hooks in the way; `taken` is what there is then in the queue with one.
#[track_caller]
fn chosen(app: &App, choice: &str, said: &str, taken: &[&str]) -> Five {
    let five = five(app);
    let browser = app.browser();
    let new = browser.get(QUEUES).press("Add a hook to selected queues", &ALL);
    let done = planned(&new, "joined", five.crm).press("Add hook", &[Fill::Tick("if_taken", choice)]).expect(200);
    assert_eq!((done.said(), &*done.path), (said.into(), QUEUES));
    let hooks = |queue: i64| {
        let state = |id: i64| {
            let (event, schema, enabled) = stored(app, id).expect("a hook");
            assert_eq!(event, Joined);
            format!("{} {}", if schema == five.crm { "CRM" } else { "Old" }, if enabled { "on" } else { "off" })
        };
        ids(app, queue).into_iter().map(state).collect::<Vec<_>>()
    };
    assert_eq!(hooks(five.taken), taken);
    assert_eq!([five.free, five.there, five.disabled].map(hooks), [["CRM on"], ["CRM on"], ["CRM on"]]);
    assert_eq!(hooks(five.dialer), [""; 0]);
    let id = ids(app, five.free)[0];
    assert_eq!(journal(app, five.free), [format!("add {id}: nothing -> joined CRM on")]);
    assert_eq!(journal(app, five.there), [""; 0]);
    let id = ids(app, five.disabled)[0];
    assert_eq!(journal(app, five.disabled), [format!("enable {id}: joined CRM off -> joined CRM on")]);
    assert_eq!(changes(app), 1, "all of it is one change");
    five
}

#[on_all]
fn what_is_in_the_way_can_be_left(app: &App) {
    chosen(app, "leave", "Added 1 hook, enabled 1 hook in 2 queues", &["Old on"]);
}

#[on_all]
fn where_another_hook_is_in_the_way_it_can_be_added_disabled(app: &App) {
    chosen(app, "disable", "Added 2 hooks, enabled 1 hook in 3 queues", &["Old on", "CRM off"]);
}

#[on_all]
fn what_is_in_the_way_can_be_replaced(app: &App) {
    let said = "Added 2 hooks, enabled 1 hook, disabled 1 hook in the way in 3 queues";
    let five = chosen(app, "replace", said, &["Old off", "CRM on"]);
    let [old, new] = ids(app, five.taken)[..] else { panic!("two hooks") };
    let told =
        [format!("disable {old}: joined Old on -> joined Old off"), format!("add {new}: nothing -> joined CRM on")];
    assert_eq!(journal(app, five.taken), told);
}

#[on_all]
fn a_plan_that_was_carried_out_is_undone_whole(app: &App) {
    let five = five(app);
    let browser = app.browser();
    let state = || [five.free, five.there, five.disabled, five.taken].map(|queue| ids(app, queue));
    let (before, old) = (state(), ids(app, five.taken)[0]);
    let off = ids(app, five.disabled)[0];
    let plan = planned(&browser.get(QUEUES).press("Add a hook to selected queues", &ALL), "joined", five.crm);
    let done = plan.press("Add hook", &[Fill::Tick("if_taken", "replace")]).expect(200);
    assert_ne!(state(), before);
    done.press("Undo", &[]).expect(200);
    assert_eq!(state(), before);
    assert_eq!([old, off].map(|id| stored(app, id).expect("a hook").2), [true, false]);
}

#[on_all]
fn where_the_event_cannot_happen_the_hook_is_added_if_asked_for(app: &App) {
    let five = five(app);
    let browser = app.browser();
    let new = browser.get(QUEUES).press("Add a hook to selected queues", &ALL);
    let done = planned(&new, "joined", five.crm).press("Add hook", &[Fill::Tick("anywhere", "yes")]);
    assert_eq!(done.said(), "Added 2 hooks, enabled 1 hook in 3 queues");
    assert_eq!(ids(app, five.dialer).len(), 1);
}

#[on_all]
fn what_changed_meanwhile_is_a_new_plan_and_nothing_is_done(app: &App) {
    let five = five(app);
    let browser = app.browser();
    let plan = planned(&browser.get(QUEUES).press("Add a hook to selected queues", &ALL), "joined", five.crm);
    // What the plan does not tell may change.
    hook(five.free, five.crm).event(Leaving).create(app);
    hook(five.free, schema("Rival").create(app)).create(app);
    let before = contents(app);
    let again = plan.send("Add hook", &[Fill::Tick("if_taken", "replace")]).expect(409);
    assert!(again.text("main [role=alert]").contains("Nothing was done yet"));
    assert_eq!(contents(app), before);
    let taken = group(
        "Another hook is enabled for the event 2 queues",
        &["A free Joined → Rival is enabled", "D taken Joined → Old is enabled"],
    );
    assert!(groups(&again).contains(&taken), "{:?}", groups(&again));
    assert!(again.one("[value=replace]").attr("checked").is_some(), "what was chosen stays");
    remove_queue(app, five.dialer);
    let again = again.send("Add hook", &[]).expect(409);
    assert_eq!(again.text("h1"), "Add Joined → CRM to 4 queues?");
    assert_eq!(again.texts(".question > p.quiet"), ["1 of the selection is gone already."]);
    assert_eq!(
        again.press("Add hook", &[]).expect(200).said(),
        "Added 2 hooks, enabled 1 hook, disabled 2 hooks in the way in 3 queues"
    );
}

#[on_all]
fn a_plan_sent_twice_is_one_change_and_both_are_told_the_same(app: &App) {
    let five = five(app);
    let browser = app.browser();
    let plan = planned(&browser.get(QUEUES).press("Add a hook to selected queues", &ALL), "joined", five.crm);
    let said = plan.press("Add hook", &[]).said();
    let before = contents(app);
    assert_eq!(plan.press("Add hook", &[]).expect(200).said(), said);
    assert_eq!(contents(app), before);
    // With another choice it is another change, and the plan is another one by now.
    plan.send("Add hook", &[Fill::Tick("if_taken", "replace")]).expect(409);
    assert_eq!(contents(app), before);
}

#[on_all]
fn what_cannot_be_used_is_told_beside_its_field(app: &App) {
    let id = queue().create(app).to_string();
    let voice = schema("Voice").schema_type("voice").create(app);
    let browser = app.browser();
    let new = browser.get(&format!("{QUEUES}/addition?id={id}"));
    let refused = new.press("Show the plan", &[]).expect(422);
    assert_eq!(refused.text("#event-error"), "Choose an event.");
    assert_eq!(refused.text(".field > #schema-error"), "Choose a flow schema.");
    let address = |schema: i64| format!("{QUEUES}/addition?id={id}&event=joined&schema={schema}&plan=yes");
    for schema in [voice, 4711] {
        let refused = browser.get(&address(schema)).expect(422);
        assert_eq!(refused.text(".field > #schema-error"), "This flow schema cannot be used any more. Choose another.");
        let fields = [("id", &*id), ("event", "joined"), ("schema", &schema.to_string()), ("seen", "x")];
        browser.post(&format!("{QUEUES}/addition"), &fields).expect(422);
    }
    // It became one that hooks may not run after the plan was seen.
    let crm = schema("CRM").create(app);
    let plan = browser.get(&address(crm)).expect(200);
    let edit = [("name", "CRM"), ("type", "voice"), ("text", "[]")];
    browser.post(&format!("/routing/flow/{crm}"), &edit).expect(303);
    plan.send("Add hook", &[]).expect(422);
    remove_schema(app, crm);
    plan.send("Add hook", &[]).expect(422);
    assert_eq!(ids(app, id.parse().expect("an id")), [0; 0]);
}

#[on_all]
fn all_that_match_are_meant_and_more_than_a_change_takes_is_told_beforehand(app: &App) {
    let crm = schema("CRM").create(app);
    many_queues(app, 1001);
    let browser = app.browser();
    let all = [Fill::Tick("all", "page"), Fill::Tick("all", "matching")];
    let refused = browser.get(QUEUES).press("Add a hook to selected queues", &all).expect(422);
    assert!(refused.text("main").contains("These are 1001 queues, and at most 1000"), "{}", refused.body);
    assert_eq!(refused.click("Go back").path, QUEUES);
    let last = browser.get(&format!("{QUEUES}?sort=-name")).hook_ids()[0];
    remove_queue(app, last);
    let plan = planned(&browser.get(QUEUES).press("Add a hook to selected queues", &all), "leaving", crm).expect(200);
    assert_eq!(plan.texts("main summary"), ["and 990 more"]);
    assert_eq!(plan.all("main section li").len(), 1000, "the plan can be opened whole");
    assert_eq!(plan.press("Add hook", &[]).expect(200).said(), "Added 1000 hooks in 1000 queues");
    assert_eq!(changes(app), 1);
}

#[on_all]
fn a_thousand_ticked_queues_get_a_hook(app: &App) {
    let crm = schema("CRM").create(app);
    continue_ids_after(app, 100_000);
    many_queues(app, 1000);
    let browser = app.browser();
    let page = browser.get(&format!("{QUEUES}?size=1000"));
    let plan = planned(&page.press("Add a hook to selected queues", &ALL).expect(200), "leaving", crm).expect(200);
    let done = plan.press("Add hook", &[]).expect(200);
    assert_eq!((done.said(), done.path), ("Added 1000 hooks in 1000 queues".into(), format!("{QUEUES}?size=1000")));
}

#[on_all]
fn hooks_are_copied_to_queues_that_the_registry_finds(app: &App) {
    let (crm, old) = (schema("CRM").create(app), schema("Old").create(app));
    let source = queue().name("Source").create(app);
    let joined = hook(source, crm).create(app);
    let missed = hook(source, old).event(Missed).off().create(app);
    let [one, two] = ["Target 1", "Target 2"].map(|name| queue().name(name).create(app));
    hook(two, old).create(app);
    let browser = app.browser();
    let targets = browser.get(&tab(source)).press("Copy selected hooks to queues", &ALL).expect(200);
    assert_eq!(targets.path, format!("{}/{joined}.{missed}/copies", tab(source)));
    assert_eq!(targets.text("h1"), "Copy 2 hooks of Source");
    let targets = targets.press("Filter", &[Fill::Field("q", "target")]).expect(200);
    assert_eq!(targets.hook_ids(), [one, two]);
    let plan = targets.press("Copy to selected queues", &ALL).expect(200);
    assert_eq!(plan.text("h1"), "Copy 2 hooks of Source to 2 queues?");
    let expected = [
        group("Added, enabled 1 hook", &["Target 1: Joined → CRM"]),
        group("Added, disabled 2 hooks", &["Target 1: Missed → Old", "Target 2: Missed → Old"]),
        group("Another hook is enabled for the event 1 hook", &["Target 2: Joined → CRM Joined → Old is enabled"]),
    ];
    assert_eq!(groups(&plan), expected);
    let done = plan.press("Copy hooks", &[Fill::Tick("if_taken", "replace")]).expect(200);
    let said = "Added 4 hooks, disabled 1 hook in the way in 2 queues";
    assert_eq!((done.said(), done.path), (said.into(), tab(source)));
    assert_eq!(ids(app, one).len(), 2);
    assert_eq!(changes(app), 1);
    let again = browser.get(&plan.path).expect(200);
    assert!(!again.has_control("Copy hooks") && again.text("main").contains("There is nothing to do."));
}

#[on_all]
fn copies_of_hooks_that_went_are_told(app: &App) {
    let (crm, voice) = (schema("CRM").create(app), schema("Voice").schema_type("voice").create(app));
    let (source, target) = (queue().name("Source").create(app), queue().name("Target").create(app));
    let [first, second, unfit] = [
        hook(source, crm).create(app),
        hook(source, crm).event(Missed).create(app),
        hook(source, voice).event(Leaving).create(app),
    ];
    let browser = app.browser();
    let path = format!("{}/{first}.{second}.{unfit}/copies", tab(source));
    let plan = browser.get(&format!("{path}/plan?id={target}")).expect(200);
    let left_out = "Left out, because hooks cannot run their flow schemas any more: Leaving → Voice.";
    assert_eq!(plan.texts(".question > p.quiet"), [left_out]);
    remove_hook(app, second);
    let again = plan.send("Copy hooks", &[]).expect(409);
    assert_eq!(again.texts(".question > p.quiet"), ["Removed meanwhile, so not copied: 1 hook.", left_out]);
    assert_eq!(again.press("Copy hooks", &[]).expect(200).said(), "Added 1 hook in 1 queue");
    remove_hook(app, first);
    remove_hook(app, unfit);
    browser.get(&path).expect(404);
    again.send("Copy hooks", &[]).expect(303);
    plan.send("Copy hooks", &[]).expect(404);
    browser
        .get(&format!("{}/{}/copies", tab(source), (1..=101).map(|id| id.to_string()).collect::<Vec<_>>().join(".")))
        .expect(404);
}

#[on_both("flow schemas are removed in Webitel")]
fn hooks_run_another_flow_schema_and_those_that_become_equal_are_told(app: &App) {
    let (old, new) = (schema("Old").create(app), schema("New").create(app));
    let [one, two] = ["Queue 1", "Queue 2"].map(|name| queue().name(name).create(app));
    let moved = [hook(one, old).create(app), hook(one, old).event(Missed).off().create(app)];
    let equal = hook(two, old).create(app);
    hook(two, new).off().create(app);
    let browser = app.browser();
    let uses = format!("/routing/flow/{old}/hooks");
    let choose = browser.get(&uses).press("Run another flow schema in selected hooks", &ALL).expect(200);
    assert_eq!(choose.text("h1"), "Run another flow schema than Old in 3 hooks");
    let same = choose.press("Show the plan", &[Fill::Field("schema", &old.to_string())]).expect(422);
    assert_eq!(same.text(".field > #schema-error"), "The hooks run this one already. Choose another.");
    let plan = choose.press("Show the plan", &[Fill::Field("schema", &new.to_string())]).expect(200);
    assert_eq!(plan.text("h1"), "Run New instead of Old in 3 hooks?");
    let expected = [
        group("Changed 2 hooks", &["Queue 1: Joined", "Queue 1: Missed disabled"]),
        group("Would be equal to another hook of their queue and event 1 hook", &["Queue 2: Joined"]),
    ];
    assert_eq!(groups(&plan), expected);
    let done = plan.press("Change hooks", &[Fill::Tick("if_equal", "leave")]).expect(200);
    assert_eq!((done.said(), &*done.path), ("2 hooks run another flow schema than Old now".into(), &*uses));
    assert_eq!(moved.map(|id| stored(app, id)), [Some((Joined, new, true)), Some((Missed, new, false))]);
    assert_eq!(stored(app, equal), Some((Joined, old, true)));
    let told = moved.map(|id| {
        let state = if id == moved[0] { ("joined", "on") } else { ("missed", "off") };
        format!("edit {id}: {} Old {} -> {} New {}", state.0, state.1, state.0, state.1)
    });
    assert_eq!(journal(app, one), told);
    // The rest, from the page that says why the flow schema cannot be removed.
    let kept = browser.get(&format!("/routing/flow/removal?id={old}")).expect(409);
    let plan = planned_successor(&kept.click("Run another flow schema").expect(200), new);
    let done = plan.press("Change hooks", &[]).expect(200);
    assert_eq!(done.said(), "1 hook runs another flow schema than Old now");
    assert_eq!(plan.press("Change hooks", &[]).said(), "1 hook runs another flow schema than Old now", "sent twice");
    assert_eq!(browser.get(&format!("/routing/flow/removal?id={old}")).expect(200).text("h1"), "Remove Old?");
}

fn planned_successor<'a>(choose: &Page<'a>, schema: i64) -> Page<'a> {
    choose.press("Show the plan", &[Fill::Field("schema", &schema.to_string())]).expect(200)
}

/// What is typed into the drop-down is no search among the hooks.
#[on_all]
fn all_hooks_stay_selected_whatever_else_the_form_sends(app: &App) {
    let (old, new) = (schema("Old").create(app), schema("New").create(app).to_string());
    let id = queue().create(app);
    let hooks = many_hooks(app, id, &[old], 20);
    let browser = app.browser();
    let path = format!("/routing/flow/{old}/hooks/successor");
    let fields = [("all", "matching"), ("count", "20"), ("view", ""), ("q", "new"), ("schema", &*new), ("plan", "yes")];
    let plan = browser.follow(browser.post(&format!("{path}/question"), &fields).expect(303)).expect(200);
    assert_eq!(plan.text("h1"), format!("Run New instead of Old in {} hooks?", hooks.len()));
}

#[on_all]
fn another_flow_schema_is_planned_anew_when_hooks_changed(app: &App) {
    let (old, new) = (schema("Old").create(app), schema("New").create(app));
    let id = queue().create(app);
    let hooks = [hook(id, old).create(app), hook(id, old).event(Missed).create(app)];
    let browser = app.browser();
    let choose =
        browser.get(&format!("/routing/flow/{old}/hooks")).press("Run another flow schema in selected hooks", &ALL);
    let plan = planned_successor(&choose, new);
    remove_hook(app, hooks[1]);
    let before = contents(app);
    let again = plan.send("Change hooks", &[]).expect(409);
    assert_eq!(contents(app), before);
    assert_eq!(again.text("h1"), "Run New instead of Old in 1 hook?");
    remove_schema(app, new);
    let refused = again.send("Change hooks", &[]).expect(422);
    assert_eq!(refused.text(".field > #schema-error"), "This flow schema cannot be used any more. Choose another.");
    assert_eq!(stored(app, hooks[0]), Some((Joined, old, true)));
}

#[on_all]
fn a_fault_half_way_leaves_all(app: &App) {
    let five = five(app);
    let browser = app.browser();
    let plan = planned(&browser.get(QUEUES).press("Add a hook to selected queues", &ALL), "joined", five.crm);
    let before = [five.free, five.taken].map(|queue| ids(app, queue));
    lose_journal(app);
    assert!(plan.send("Add hook", &[Fill::Tick("if_taken", "replace")]).status >= 500);
    assert_eq!([five.free, five.taken].map(|queue| ids(app, queue)), before);
}

/// How many changes of hooks there were.
fn changes(app: &App) -> i64 {
    write(app, |conn| {
        let of_hooks = entries::table.filter(entries::subject.eq("hook"));
        of_hooks.select(count(entries::change).aggregate_distinct()).get_result(conn)
    })
}
