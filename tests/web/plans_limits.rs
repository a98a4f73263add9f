//! Plans for many queues: too much for one change, and whatever happens between choosing and doing.

use diesel::connection::SimpleConnection;
use queue_hooks::model::event::Event::*;
use queue_hooks::on_each;
use support::*;

const QUEUES: &str = "/contact-center/queues";
const ALL: [Fill; 1] = [Fill::Tick("all", "page")];
const MATCHING: [Fill; 2] = [Fill::Tick("all", "page"), Fill::Tick("all", "matching")];

const ADD: &str = "Add a hook to selected queues";
const COPY: &str = "Copy selected hooks to queues";
const RUN: &str = "Run another flow schema in selected hooks";

/// The page of each plan, ready to be carried out: a hook for a queue, a copy of another one, another flow schema for a
/// third.
struct Plans<'a> {
    addition: Page<'a>,
    copies: Page<'a>,
    successor: Page<'a>,
    crm: i64,
    old: i64,
    new: i64,
    source: i64,
    target: i64,
    hook: i64,
}

/// What each plan's button says.
const BUTTONS: [&str; 3] = ["Add hook", "Copy hooks", "Change hooks"];

impl<'a> Plans<'a> {
    fn of(app: &App, browser: &'a Browser) -> Self {
        let [crm, old, new] = ["CRM", "Old", "New"].map(|name| schema(name).create(app));
        let [source, target] = ["Source", "Target"].map(|name| queue().name(name).create(app));
        hook(source, crm).event(Missed).create(app);
        let run = hook(source, old).create(app);
        let chosen = [Fill::Field("event", "leaving"), Fill::Field("schema", &crm.to_string())];
        let addition =
            browser.get(&format!("{QUEUES}/addition?id={target}")).press("Show the plan", &chosen).expect(200);
        let hooks = ids(app, source);
        let copies = format!("{}/{}.{}/copies/plan?id={target}", tab(source), hooks[0], hooks[1]);
        let successor = format!("/routing/flow/{old}/hooks/successor?id={run}&schema={new}&plan=yes");
        let [copies, successor] = [copies, successor].map(|path| browser.get(&path).expect(200));
        Self { addition, copies, successor, crm, old, new, source, target, hook: run }
    }

    fn all(&self) -> [(&Page<'a>, &'static str); 3] {
        let [add, copy, change] = BUTTONS;
        [(&self.addition, add), (&self.copies, copy), (&self.successor, change)]
    }
}

#[on_both("on the tables of Webitel at most 1,000 hooks are changed at once")]
fn more_hooks_than_a_change_takes_are_told_beforehand(app: &App) {
    let source = queue().name("A source").create(app);
    for number in 0..11 {
        hook(source, schema(&format!("Schema {number}")).create(app)).off().create(app);
    }
    many_queues(app, 1000);
    let browser = app.browser();
    let before = contents(app);
    let targets = browser.get(&format!("{}?size=20", tab(source))).press(COPY, &ALL).expect(200);
    let targets = targets.press("Filter", &[Fill::Field("q", "queue")]).expect(200);
    let refused = targets.press("Copy to selected queues", &MATCHING).expect(422);
    assert!(refused.text("main").contains("These are 11000 hooks, and at most 10000"), "{}", refused.body);
    assert!(refused.text("main").contains("Nothing was changed"), "{}", refused.body);
    assert_eq!(refused.click("Go back").path, targets.path);
    assert_eq!(contents(app), before);
}

#[on_both("on the tables of Webitel at most 1,000 hooks are changed at once")]
fn more_hooks_than_a_change_takes_keep_their_flow_schema(app: &App) {
    let (old, new) = (schema("Old").create(app), schema("New").create(app));
    many_queues(app, 101);
    let many = format!(
        "INSERT INTO hooks (queue_id, schema_id, event, enabled, updated_at)
        SELECT q.id, {old}, 'joined', FALSE, q.created_at FROM queues q CROSS JOIN queues r LIMIT 10001"
    );
    write(app, |conn| on_each!(conn, c => c.batch_execute(&many)));
    let browser = app.browser();
    let uses = format!("/routing/flow/{old}/hooks");
    let refused = browser.get(&uses).press(RUN, &MATCHING).expect(422);
    assert!(refused.text("main").contains("These are 10001 hooks, and at most 10000"), "{}", refused.body);
    let plan = format!("{uses}/successor?all=matching&count=10001&schema={new}&plan=yes");
    browser.get(&plan).expect(422);
    let new = new.to_string();
    let fields = [("all", "matching"), ("count", "10001"), ("schema", &*new), ("seen", "x")];
    browser.post(&format!("{uses}/successor"), &fields).expect(422);
    assert_eq!(browser.get(&uses).text(".pages p"), "1–10 of 10001");
}

#[on_all]
fn when_all_that_was_chosen_is_gone_that_is_told(app: &App) {
    let browser = app.browser();
    let plans = Plans::of(app, &browser);
    remove_queue(app, plans.target);
    for (plan, button) in &plans.all()[..2] {
        let again = plan.send(button, &[]).expect(409);
        assert!(again.text("main").contains("There is nothing to do."), "{}", again.body);
        assert!(!again.has_control(button));
    }
    let back = browser.get(&format!("{QUEUES}/addition?id={}", plans.target));
    assert_eq!((back.said(), &*back.path), ("The selected queues are gone already.".into(), QUEUES));
    remove_queue(app, plans.source);
    plans.copies.send("Copy hooks", &[]).expect(404);
    let again = plans.successor.send("Change hooks", &[]).expect(409);
    assert!(again.text("main").contains("There is nothing to do."), "{}", again.body);
    let back = browser.get(&format!("/routing/flow/{}/hooks/successor?id={}", plans.old, plans.hook));
    assert_eq!(back.said(), "The selected hooks are gone already, or run another flow schema.");
    remove_schema(app, plans.old);
    plans.successor.send("Change hooks", &[]).expect(404);
    assert!(journal(app, plans.source).is_empty() && journal(app, plans.target).is_empty());
}

#[on_all]
fn a_flow_schema_that_hooks_may_not_run_any_more_is_not_run(app: &App) {
    let browser = app.browser();
    let plans = Plans::of(app, &browser);
    for (id, name) in [(plans.crm, "CRM"), (plans.new, "New")] {
        let edit = [("name", name), ("type", "voice"), ("text", "[]")];
        browser.post(&format!("/routing/flow/{id}"), &edit).expect(303);
    }
    let before = contents(app);
    for (plan, button) in [plans.all()[0], plans.all()[2]] {
        let refused = plan.send(button, &[]).expect(422);
        assert_eq!(refused.text(".field > #schema-error"), "This flow schema cannot be used any more. Choose another.");
    }
    let again = plans.copies.send("Copy hooks", &[]).expect(409);
    let left_out = "Left out, because hooks cannot run their flow schemas any more: Missed → CRM.";
    assert_eq!(again.texts(".question > p.quiet"), [left_out]);
    assert_eq!(contents(app), before);
    assert_eq!(again.press("Copy hooks", &[]).expect(200).said(), "Added 1 hook in 1 queue");
}

#[on_all]
fn each_plan_sent_twice_is_one_change_and_offers_the_same_undo(app: &App) {
    let browser = app.browser();
    let plans = Plans::of(app, &browser);
    for (plan, button) in plans.all() {
        let [first, second] = [(); 2].map(|()| plan.press(button, &[]).expect(200));
        assert_eq!(first.said(), second.said());
        assert_eq!(first.one("#status button").attr("value"), second.one("#status button").attr("value"));
    }
    assert_eq!(journal(app, plans.target).len(), 3);
    assert_eq!(stored(app, plans.hook), Some((Joined, plans.new, true)));
}

#[on_all]
fn who_lost_a_right_meanwhile_changes_nothing(app: &App) {
    let id = person("anna").rights("queues:read queues:update flow_schemas:read").create(app);
    let anna = app.browser_of(id);
    let plans = Plans::of(app, &anna);
    for rights in ["queues:read queues:update", "queues:read flow_schemas:read", ""] {
        set_rights(app, id, rights);
        let before = contents(app);
        for (plan, button) in plans.all() {
            plan.send(button, &[]).expect(403);
        }
        assert_eq!(contents(app), before);
    }
    set_rights(app, id, "queues:read queues:update");
    for (path, tool) in [QUEUES, &tab(plans.source)].into_iter().zip([ADD, COPY]) {
        assert!(!anna.get(path).has_control(tool) && app.browser().get(path).has_control(tool), "{tool}");
    }
}

#[on_all]
fn what_others_changed_since_a_plan_stays_when_it_is_undone(app: &App) {
    let crm = schema("CRM").create(app).to_string();
    let queues = many_queues(app, 40);
    let browser = app.browser();
    let new = browser.get(&format!("{QUEUES}?size=100")).press(ADD, &ALL).expect(200);
    let plan = new.press("Show the plan", &[Fill::Field("event", "leaving"), Fill::Field("schema", &crm)]).expect(200);
    let done = plan.press("Add hook", &[]).expect(200);
    assert_eq!(done.said(), "Added 40 hooks in 40 queues");
    let changed = [0, 17, 39].map(|nth| (queues[nth], ids(app, queues[nth])[0]));
    for (queue, hook) in changed {
        browser.post(&format!("{}/{hook}/state", tab(queue)), &[("enabled", "false")]).expect(303);
    }
    assert_eq!(done.press("Undo", &[]).said(), "Removed 37 hooks. 3 of 40 hooks were changed since and stay");
    assert!(
        queues.iter().all(|queue| ids(app, *queue).len() == usize::from(changed.iter().any(|(id, _)| id == queue)))
    );
}
