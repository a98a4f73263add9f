//! `/contact-center/queues/{queue}/hooks`: the order of the rows.

use std::collections::BTreeSet;

use queue_hooks::model::event::Event::*;
use queue_hooks::name::keys::sort_key;
use support::*;

const SCHEMA: &str = "tbody td:nth-child(3)";

#[on_all]
fn every_order_shows_each_of_137_hooks_once(app: &App) {
    let queue_id = queue().create(app);
    let schemas = ["b", "A", "ж", "Є", "a%"].map(|name| schema(name).create(app));
    let ids: BTreeSet<i64> = many_hooks(app, queue_id, &schemas, 137).into_iter().collect();
    let browser = app.browser();
    let columns = [("event", 2), ("schema", 3), ("enabled", 4), ("updated_at", 5)];
    for (sort, column) in
        columns.into_iter().flat_map(|(sort, column)| [(sort.into(), column), (format!("-{sort}"), column)])
    {
        let mut page = browser.get(&format!("{}?sort={sort}", tab(queue_id))).expect(200);
        let (mut seen, mut cells) = (Vec::new(), Vec::new());
        loop {
            let on_page = page.hook_ids();
            seen.extend(on_page);
            cells.extend(match column {
                4 => page
                    .all("[role=switch]")
                    .iter()
                    .map(|e| e.attr("aria-checked").unwrap_or_default().to_owned())
                    .collect(),
                _ => page.texts(&format!("tbody td:nth-child({column})")),
            });
            if page.control("Next page").attr("href").is_none() {
                break;
            }
            page = page.click("Next page").expect(200);
        }
        assert_eq!(seen.len(), 137, "{sort}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), ids, "{sort}");
        let keys = cells.iter().map(|cell| sort_key(cell));
        assert!(if sort.starts_with('-') { keys.rev().is_sorted() } else { keys.is_sorted() }, "{sort}: {cells:?}");
    }
}

#[on_all]
fn rows_that_are_equal_stand_in_the_order_of_their_ids(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    let ids: Vec<_> = (0..3).map(|_| hook(queue_id, crm).off().create(app)).collect();
    let browser = app.browser();
    for sort in ["event", "schema", "enabled", "updated_at"] {
        assert_eq!(browser.get(&format!("{}?sort={sort}", tab(queue_id))).hook_ids(), ids, "{sort}");
        let mut descending = browser.get(&format!("{}?sort=-{sort}", tab(queue_id))).hook_ids();
        descending.reverse();
        assert_eq!(descending, ids, "-{sort}");
    }
}

#[on_all]
fn a_header_sorts_and_a_second_time_the_other_way_round(app: &App) {
    let queue_id = queue().create(app);
    for (name, event) in [("b", Joined), ("A", Missed), ("c", Active)] {
        let id = schema(name).create(app);
        hook(queue_id, id).event(event).create(app);
    }
    let browser = app.browser();
    let page = browser.get(&tab(queue_id)).click("Flow schema");
    assert_eq!(page.path, format!("{}?sort=schema", tab(queue_id)));
    assert_eq!(page.texts(SCHEMA), ["A", "b", "c"]);
    let page = page.click("Flow schema");
    assert_eq!(page.path, format!("{}?sort=-schema", tab(queue_id)));
    assert_eq!(page.texts(SCHEMA), ["c", "b", "A"]);
    assert_eq!(page.click("Flow schema").texts(SCHEMA), ["A", "b", "c"]);
}

#[on_all]
fn aria_sort_stands_on_the_sorted_header_alone(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    hook(queue_id, crm).create(app);
    let browser = app.browser();
    let sorted = [
        ("", "Event", "ascending"),
        ("?sort=-event", "Event", "descending"),
        ("?sort=enabled", "State", "ascending"),
        ("?sort=-updated_at", "Changed", "descending"),
    ];
    for (query, header, order) in sorted {
        let page = browser.get(&format!("{}{query}", tab(queue_id)));
        assert_eq!(page.text("th[aria-sort]"), header);
        assert_eq!(page.attr("th[aria-sort]", "aria-sort"), order);
    }
}

#[on_all]
fn a_header_begins_on_the_first_page_and_keeps_filter_and_size(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM: push").create(app);
    many_hooks(app, queue_id, &[crm], 30);
    let browser = app.browser();
    let page = browser.get(&format!("{}?enabled=false&page=2&size=5", tab(queue_id))).click("Changed");
    assert_eq!(page.path, format!("{}?enabled=false&sort=updated_at&size=5", tab(queue_id)));
}
