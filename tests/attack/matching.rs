//! "Select all matching" means what was seen: as many others are not meant, nor the same ones after a change.

use support::process::*;

const QUEUES: &str = "/contact-center/queues";
const FLOW: &str = "/routing/flow";

/// Twelve hooks, queues and flow schemas, of which a page shows ten. Hooks run the first flow schemas alone.
fn center() -> String {
    let mut lines = String::new();
    for id in 1..=12 {
        let name = format!("\"name\":\"Number {id}\"");
        lines += &format!("{{\"queue\":{{\"id\":{id},{name},\"type\":1,\"enabled\":true}}}}\n");
        lines += &format!(
            "{{\"flow_schema\":{{\"id\":{id},{name},\"type\":\"service\",\"editor\":false,\"schema\":[]}}}}\n"
        );
    }
    for id in 1..=12 {
        let refers = format!("\"queue_id\":1,\"schema\":{{\"id\":{}}}", 1 + id % 2);
        lines += &format!("{{\"hook\":{{\"id\":{id},{refers},\"event\":\"joined\",\"enabled\":false}}}}\n");
    }
    lines
}

/// What a form of all matching sends, as the page at `path` has it.
fn matching(browser: &Browser, path: &str) -> Vec<(&'static str, String)> {
    let page = browser.get(path).expect(200);
    let mut fields = vec![("all", "matching".to_owned())];
    fields
        .extend(["count", "mark", "view"].map(|name| (name, page.attr(&format!("#selection [name={name}]"), "value"))));
    fields
}

#[track_caller]
fn send(browser: &Browser, path: &str, fields: &[(&'static str, String)]) -> u16 {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, &**value)).collect();
    browser.post(path, &fields).status
}

/// After `change`, nothing is done to all that match at `view` of a registry; and once they were looked at again, it is.
#[track_caller]
fn refused_after(database: &Database, view: &str, does: &[&str], change: impl Fn(&Browser)) {
    let server = database.serve();
    let (browser, other) = (server.browser(), server.browser());
    let path = view.split('?').next().expect("a path");
    let table = "SELECT (SELECT count(*) FROM hooks) + (SELECT count(*) FROM queues WHERE enabled) \
                 + (SELECT count(*) FROM flow_schemas) AS number";
    for what in does {
        let seen = matching(&browser, view);
        change(&other);
        let before = database.number(table);
        assert_eq!(send(&browser, &format!("{path}/{what}"), &seen), 409, "{view} {what}");
        assert_eq!(database.number(table), before, "nothing was changed");
        let question = form_urlencoded::Serializer::new(String::new()).extend_pairs(&seen).finish();
        browser.get(&format!("{path}/removal?{question}")).expect(409);
        assert_eq!(send(&browser, &format!("{path}/{what}"), &matching(&browser, view)), 303, "{view} {what}");
    }
    database.expect_sound();
}

/// One is removed, another one is added: as many as before.
fn exchange_hooks(browser: &Browser) {
    let page = browser.get(&format!("{HOOKS}?sort=-updated_at"));
    let id = page.hook_ids()[0].to_string();
    browser.post(&format!("{HOOKS}/removal"), &[("id", &id)]).expect(303);
    browser.post(HOOKS, &[("event", "joined"), ("schema", "1"), ("if_taken", "disable")]).expect(303);
}

#[on_both]
fn hooks_that_were_exchanged_are_not_meant(database: &Database) {
    database.import(center()).well();
    refused_after(database, HOOKS, &["state?enabled=true", "state?enabled=false", "removal"], exchange_hooks);
}

#[on_both]
fn hooks_of_a_filter_and_of_a_search_are_not_meant_either(database: &Database) {
    database.import(center()).well();
    let edit = |browser: &Browser| {
        for (schema, event) in [("2", "missed"), ("1", "joined"), ("2", "joined")] {
            let fields = [("event", event), ("schema", schema), ("if_taken", "disable")];
            browser.post(&format!("{HOOKS}/4"), &fields).expect(303);
        }
    };
    refused_after(database, &format!("{HOOKS}?event=joined&enabled=false&size=5"), &["state?enabled=false"], edit);
    let exchange = |browser: &Browser| {
        // One comes into the search as another one leaves it.
        browser.post(&format!("{HOOKS}/4"), &[("event", "joined"), ("schema", "2")]).expect(303);
        browser.post(&format!("{HOOKS}/3"), &[("event", "joined"), ("schema", "1")]).expect(303);
    };
    database.session().execute("UPDATE hooks SET schema_id = 1 + id % 2");
    refused_after(database, &format!("{HOOKS}?q=Number+2&size=2"), &["removal"], exchange);
    let exchange_states = |browser: &Browser| {
        for (id, enabled) in [(2, "false"), (6, "true")] {
            browser.post(&format!("{HOOKS}/{id}/state"), &[("enabled", enabled)]).expect(303);
        }
    };
    database.session().execute("UPDATE hooks SET enabled = (id = 2)");
    refused_after(database, &format!("{HOOKS}?q=Number+1&size=2"), &["removal"], exchange_states);
}

#[on_both]
fn changes_elsewhere_do_not_matter(database: &Database) {
    database.import(center()).well();
    let server = database.serve();
    let (browser, other) = (server.browser(), server.browser());
    let seen = matching(&browser, &format!("{HOOKS}?event=joined"));
    let elsewhere = format!("{QUEUES}/2/hooks");
    for path in [HOOKS, &elsewhere] {
        other.post(path, &[("event", "missed"), ("schema", "1"), ("if_taken", "disable")]).expect(303);
    }
    assert_eq!(send(&browser, &format!("{HOOKS}/removal"), &seen), 303);
    assert_eq!(database.number("SELECT count(*) AS number FROM hooks"), 2);
}

/// What is removed and brought back as it was is a change too: its ids are the same.
#[on_both]
fn a_queue_that_came_back_is_not_what_was_seen(database: &Database) {
    database.import(center()).well();
    let change = |browser: &Browser| {
        let removed = browser.post(&format!("{QUEUES}/removal"), &[("id", "1")]).expect(303);
        browser.follow(removed).press("Undo", &[]).expect(200);
    };
    refused_after(database, HOOKS, &["removal"], change);
}

#[on_both]
fn queues_that_were_exchanged_are_not_meant(database: &Database) {
    database.import(center()).well();
    let exchange = |browser: &Browser| {
        let last = database.number("SELECT max(id) AS number FROM queues").to_string();
        browser.post(&format!("{QUEUES}/removal"), &[("id", &last)]).expect(303);
        browser.post(QUEUES, &[("name", "Number 0"), ("type", "1"), ("enabled", "true")]).expect(303);
    };
    refused_after(database, QUEUES, &["state?enabled=true", "removal"], exchange);
}

#[on_both]
fn queues_whose_hooks_changed_or_that_came_into_the_filter_are_not_meant(database: &Database) {
    database.import(center()).well();
    refused_after(database, &format!("{QUEUES}?q=number"), &["state?enabled=true"], exchange_hooks);
    let exchange = |browser: &Browser| {
        browser.post(&format!("{QUEUES}/3/state"), &[("enabled", "false")]).expect(303);
        browser.post(&format!("{QUEUES}/3/state"), &[("enabled", "true")]).expect(303);
    };
    refused_after(database, &format!("{QUEUES}?enabled=true"), &["removal"], exchange);
}

#[on_both]
fn flow_schemas_that_were_exchanged_or_changed_are_not_meant(database: &Database) {
    database.import(center()).well();
    let edit = |browser: &Browser| {
        let fields = [("name", "Number 7"), ("type", "service"), ("text", r#"[{"log":"other"}]"#)];
        browser.post(&format!("{FLOW}/7"), &fields).expect(303);
    };
    refused_after(database, &format!("{FLOW}?sort=type&size=5"), &["removal"], edit);
    database
        .import(center().lines().filter(|line| line.contains("flow_schema")).skip(2).collect::<Vec<_>>().join("\n"))
        .well();
    let exchange = |browser: &Browser| {
        let last = database.number("SELECT max(id) AS number FROM flow_schemas").to_string();
        browser.post(&format!("{FLOW}/removal"), &[("id", &last)]).expect(303);
        browser.post(FLOW, &[("name", "Number 0"), ("type", "service"), ("text", "[]")]).expect(303);
    };
    refused_after(database, &format!("{FLOW}?used=false&size=5"), &["removal"], exchange);
}
