//! `/routing/flow/{schema}/hooks`: the hooks that run a flow schema, of all queues.

use queue_hooks::model::event::Event::*;
use support::*;

fn hooks(id: i64) -> String {
    format!("{}/hooks", flow(id))
}

fn queues(page: &Page) -> Vec<String> {
    page.texts("tbody th[scope=row]")
}

/// The cells of a column, from the one after the queue.
fn cells(page: &Page, column: usize) -> Vec<String> {
    page.texts(&format!("tbody td:nth-child({column})"))
}

/// A flow schema with hooks of two queues, Zeta and alpha, beside hooks that run another.
struct Used {
    crm: i64,
    zeta: i64,
    alpha: i64,
    /// Zeta joined, Zeta missed (disabled), alpha leaving.
    hooks: [i64; 3],
}

fn used(app: &App) -> Used {
    let (crm, other) = (schema("CRM").create(app), schema("Other").create(app));
    let zeta = queue().name("Zeta").create(app);
    let alpha = queue().name("alpha").create(app);
    hook(zeta, other).event(Leaving).create(app);
    let hooks = [
        hook(zeta, crm).create(app),
        hook(zeta, crm).event(Missed).off().create(app),
        hook(alpha, crm).event(Leaving).create(app),
    ];
    hook(alpha, other).create(app);
    Used { crm, zeta, alpha, hooks }
}

#[on_all]
fn the_page_lists_the_hooks_of_all_queues_that_run_it_and_no_others(app: &App) {
    let Used { crm, zeta, alpha, hooks: [joined, missed, leaving] } = used(app);
    let browser = app.browser();
    let page = browser.get(&flow(crm)).click("Hooks").expect(200);
    assert_eq!(page.path, hooks(crm));
    assert_eq!(page.text("title"), "Hooks – CRM – Queue Hooks");
    assert_eq!(page.text("h1"), "CRM");
    assert_eq!(page.texts("[aria-label=Breadcrumb] a"), ["Routing", "Flow schemas", "CRM"]);
    assert_eq!(page.text("nav[aria-label='Flow schema'] a[aria-current=page]"), "Hooks");
    assert_eq!(page.texts("thead th:not([hidden])"), ["", "Queue", "Event", "State", "Changed"]);
    assert_eq!(page.hook_ids(), [leaving, joined, missed]);
    assert_eq!(queues(&page), ["alpha", "Zeta", "Zeta"]);
    assert_eq!(cells(&page, 3), ["Leaving", "Joined", "Missed"]);
    assert_eq!(cells(&page, 4), ["Enabled", "Enabled", "Disabled"]);
    assert_eq!(page.click("alpha").expect(200).path, tab(alpha));
    assert_eq!(page.all("tbody a").iter().filter(|link| link.attr("href") == Some(&tab(zeta))).count(), 2);
    assert!(!page.has_control("Add hook") && !page.has("tbody button"), "hooks are changed in their queues");
    assert!(page.has("tbody [name=selected]") && page.has_control("Run another flow schema in selected hooks"));
    let viewer = person("vera").signed_in(app);
    let page = viewer.get(&hooks(crm)).expect(200);
    assert!(page.has("tbody tr") && !page.has("tbody :is(input, button)"), "there is nothing to change here");
    assert!(!page.has_control("Run another flow schema in selected hooks"));
}

#[on_all]
fn a_viewer_may_see_them(app: &App) {
    let Used { crm, .. } = used(app);
    assert_eq!(person("viewer").signed_in(app).get(&hooks(crm)).expect(200).hook_ids().len(), 3);
    person("reader").rights("flow_schemas:read").signed_in(app).get(&hooks(crm)).expect(403);
}

#[on_all]
fn the_hooks_are_narrowed_by_event_state_and_queue(app: &App) {
    let Used { crm, hooks: [joined, missed, leaving], .. } = used(app);
    let browser = app.browser();
    let page = browser.get(&hooks(crm));
    let of = |fill: &[Fill]| page.press("Filter", fill).expect(200).hook_ids();
    assert_eq!(of(&[Fill::Tick("event", "joined"), Fill::Tick("event", "leaving")]), [leaving, joined]);
    assert_eq!(of(&[Fill::Field("enabled", "false")]), [missed]);
    assert_eq!(of(&[Fill::Field("enabled", "true")]), [leaving, joined]);
    assert_eq!(of(&[Fill::Field("q", "ALPHA")]), [leaving]);
    assert_eq!(of(&[Fill::Field("q", "zeta"), Fill::Field("enabled", "true")]), [joined]);
    let none = page.press("Filter", &[Fill::Field("q", "%")]).expect(200);
    assert_eq!(none.text("main h2"), "No hooks match");
    let chips = browser.get(&format!("{}?event=joined&enabled=true&q=zeta", hooks(crm)));
    assert_eq!(chips.text("#count"), "1 hook matches");
    assert_eq!(chips.click("Remove the filter Queue: zeta").path, format!("{}?event=joined&enabled=true", hooks(crm)));
    assert_eq!(chips.click("Clear filters").path, hooks(crm));
    assert_eq!(
        browser.get(&format!("{}?event=robot", hooks(crm))).expect(200).notices(),
        ["There is no event “robot”, so it was left out."]
    );
}

#[on_all]
fn every_column_sorts_both_ways(app: &App) {
    let Used { crm, hooks: [joined, missed, leaving], .. } = used(app);
    let browser = app.browser();
    let orders = [
        ("Queue", "queue", [leaving, joined, missed]),
        ("Event", "event", [joined, leaving, missed]),
        ("State", "enabled", [missed, joined, leaving]),
        ("Changed", "updated_at", [joined, missed, leaving]),
    ];
    for (column, word, order) in orders {
        let another = if word == "event" { "enabled" } else { "event" };
        let up = browser.get(&format!("{}?sort={another}", hooks(crm))).click(column).expect(200);
        assert_eq!(up.hook_ids(), order, "by {column}");
        assert_eq!(up.text("th[aria-sort=ascending]"), column);
        let down = up.click(column).expect(200);
        assert_eq!(down.path, format!("{}?sort=-{word}", hooks(crm)));
        let mut turned = order;
        turned.reverse();
        assert_eq!(down.hook_ids(), turned, "by {column}, the other way round");
    }
}

#[on_all]
fn pages_show_every_hook_once(app: &App) {
    let crm = schema("CRM").create(app);
    let (one, two) = (queue().name("One").create(app), queue().name("Two").create(app));
    let mut all = many_hooks(app, one, &[crm], 13);
    all.extend(many_hooks(app, two, &[crm], 10));
    let browser = app.browser();
    for sort in ["queue", "-event", "enabled", "-updated_at"] {
        let mut page = browser.get(&format!("{}?sort={sort}&size=7", hooks(crm))).expect(200);
        let mut seen = page.hook_ids();
        assert_eq!(page.text("nav[aria-label='Hooks pages'] p"), "1–7 of 23");
        while page.has("a[rel=next]") {
            page = page.click("Next page").expect(200);
            seen.extend(page.hook_ids());
        }
        seen.sort_unstable();
        assert_eq!(seen, all, "by {sort}");
    }
    let past = browser.get(&format!("{}?page=99", hooks(crm))).expect(200);
    assert_eq!(past.path, format!("{}?page=3", hooks(crm)));
    assert_eq!(past.text("title"), "Hooks – CRM – Queue Hooks, page 3 of 3");
}

#[on_all]
fn a_flow_schema_that_no_hook_runs_says_so(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let page = browser.get(&hooks(id)).expect(200);
    assert_eq!(page.texts(".empty h2, .empty p")[0], "There are no records yet");
    assert!(page.texts(".empty p")[0].starts_with("No hook runs this flow schema."));
    assert_eq!(page.click("queue").expect(200).path, "/contact-center/queues");
}

#[on_all]
fn the_hooks_of_a_flow_schema_that_does_not_exist_are_404(app: &App) {
    let browser = app.browser();
    for id in ["0", "7", "abc"] {
        browser.get(&format!("{FLOW}/{id}/hooks")).expect(404);
    }
    browser.post(&hooks(7), &[]).expect(405);
}
