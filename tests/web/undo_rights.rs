//! `/undo`: whoever undoes a change may do by hand what that does.

use support::*;

const QUEUES: &str = "/contact-center/queues";
const RIGHTS: [&str; 7] = [
    "queues:create",
    "queues:read",
    "queues:update",
    "queues:delete",
    "flow_schemas:read",
    "flow_schemas:update",
    "flow_schemas:delete",
];

/// A change of one thing, and the rights that its undo needs.
struct Case {
    what: &'static str,
    change: String,
    needs: &'static [&'static str],
}

fn cases(app: &App) -> Vec<Case> {
    let (crm, billing) = (schema("CRM").create(app), schema("Billing").create(app));
    let [edited, switched, removed] = [(); 3].map(|()| queue().create(app));
    let hooks = [(); 3].map(|()| queue().create(app)).map(|queue_id| (queue_id, hook(queue_id, crm).create(app)));
    hook(removed, crm).create(app);
    let [free, changed] = ["Free", "Changed"].map(|name| schema(name).create(app));
    let browser = app.browser();
    let mut cases = Vec::new();
    let mut case = |what, needs, path: String, fields: &[(&str, &str)]| {
        let change = browser.follow(browser.post(&path, fields).expect(303)).undo_change();
        cases.push(Case { what, change, needs });
    };
    let (crm, billing) = (&*crm.to_string(), &*billing.to_string());
    let hook = |index: usize| format!("{}/{}", tab(hooks[index].0), hooks[index].1);
    let update: &[&str] = &["queues:read", "queues:update"];
    let delete: &[&str] = &["queues:read", "queues:delete"];
    let added = tab(edited);
    case("a hook was added", update, added, &[("event", "active"), ("schema", crm)]);
    case("a hook was switched", update, format!("{}/state", hook(0)), &[("enabled", "false")]);
    case("the event of a hook was edited", update, hook(1), &[("event", "missed"), ("schema", crm)]);
    let choice: &[&str] = &["queues:read", "queues:update", "flow_schemas:read"];
    case("a flow schema was chosen", choice, hook(2), &[("event", "joined"), ("schema", billing)]);
    let fields = [("name", "Edited"), ("type", "1"), ("enabled", "true")];
    case("a queue was edited", update, format!("{QUEUES}/{edited}"), &fields);
    case("a queue was switched", update, format!("{QUEUES}/{switched}/state"), &[("enabled", "false")]);
    case("a queue was added", delete, QUEUES.into(), &fields);
    case("a queue was removed", delete, format!("{QUEUES}/removal"), &[("id", &removed.to_string())]);
    let fields = [("name", "Changed 2"), ("type", "service"), ("text", "[]")];
    let change: &[&str] = &["flow_schemas:read", "flow_schemas:update"];
    case("a flow schema was edited", change, flow(changed), &fields);
    let remove: &[&str] = &["flow_schemas:read", "flow_schemas:delete"];
    case("a flow schema was removed", remove, format!("{FLOW}/removal"), &[("id", &free.to_string())]);
    cases
}

#[on_both("names and types of queues are changed in Webitel")]
fn each_undo_asks_for_the_rights_that_it_needs_and_no_others(app: &App) {
    let only = person("only").rights("").create(app);
    let give = |rights: &str| {
        use diesel::prelude::*;
        use queue_hooks::db::schema::people;
        write(app, |conn| diesel::update(people::table.find(only)).set(people::rights.eq(rights)).execute(conn));
    };
    let browser = app.browser_of(only);
    for Case { what, change, needs } in cases(app) {
        for lacking in needs {
            let others: Vec<_> = RIGHTS.into_iter().filter(|right| right != lacking).collect();
            give(&others.join(" "));
            let before = contents(app);
            let refused = browser.post(UNDO, &[("change", &change)]).expect(403);
            assert!(refused.body.contains("Your rights do not cover undoing this"), "{what} without {lacking}");
            assert_eq!(contents(app), before, "{what} without {lacking}");
        }
        give(&needs.join(" "));
        let before = contents(app);
        browser.post(UNDO, &[("change", &change)]).expect(303);
        assert_ne!(contents(app), before, "{what}");
        // Once more, by mistake.
        browser.post(UNDO, &[("change", &change)]).expect(303);
    }
}

#[on_both("queues are added in Webitel")]
fn nobody_is_offered_an_undo_that_they_may_not_make(app: &App) {
    let anna = person("anna").rights("queues:read queues:create").signed_in(app);
    let fields = [("name", "Sales"), ("type", "1"), ("enabled", "true")];
    let added = anna.follow(anna.post(QUEUES, &fields).expect(303));
    assert_eq!((added.said().as_str(), added.has_control("Undo")), ("Added Sales", false));
    let history = format!("{QUEUES}/history");
    assert!(app.browser().get(&history).has_control("Undo: Added Sales"));
    let page = anna.get(&history).expect(200);
    assert!(page.has("tbody tr") && !page.has("tbody button"));
}
