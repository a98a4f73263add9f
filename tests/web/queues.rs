//! `/contact-center/queues`: the list of queues.

use diesel::prelude::*;
use queue_hooks::model::event::Event::*;
use support::*;

const PATH: &str = "/contact-center/queues";

fn names(page: &Page) -> Vec<String> {
    page.texts("tbody th[scope=row]")
}

/// When the first row was changed, as the page says it.
fn today(page: &Page) -> String {
    page.texts("tbody td:nth-last-child(2)").swap_remove(0)
}

/// Queues named Queue 01, Queue 02 and so on.
fn numbered(app: &App, count: usize) {
    for number in 1..=count {
        queue().name(&format!("Queue {number:02}")).create(app);
    }
}

#[on_both("names and types of queues are changed in Webitel")]
fn the_list_shows_each_queue_with_its_type_its_hooks_and_its_state(app: &App) {
    let chat = queue().name("Chat").queue_type(6).create(app);
    let sales = queue().name("Sales").create(app);
    let crm = schema("CRM").create(app);
    hook(chat, crm).event(Joined).create(app);
    hook(chat, crm).event(Missed).create(app);
    hook(chat, crm).event(Missed).off().create(app);
    write(app, |conn| {
        use queue_hooks::db::schema::queues;
        diesel::update(queues::table.find(sales)).set(queues::enabled.eq(false)).execute(conn)
    });
    let browser = app.browser();
    let page = browser.get(PATH).expect(200);
    assert_eq!(page.text("title"), "Queues – Queue Hooks");
    assert_eq!(page.text("caption"), "Queues");
    assert_eq!(names(&page), ["Chat", "Sales"]);
    assert_eq!(
        page.texts("tbody tr:nth-child(1) td"),
        ["", "Chat inbound queue", "3, 2 enabled", "", &today(&page), ""]
    );
    assert_eq!(page.texts("tbody tr:nth-child(2) td"), ["", "Inbound queue", "0", "", &today(&page), ""]);
    assert_eq!(page.attr("[aria-label='Enabled, Chat']", "aria-checked"), "true");
    assert_eq!(page.attr("[aria-label='Enabled, Sales']", "aria-checked"), "false");
    assert_eq!(page.click("Chat").expect(200).path, format!("{PATH}/{chat}/hooks"));
    assert_eq!(page.click("Edit Sales").expect(200).path, format!("{PATH}/{sales}"));
}

#[on_all]
fn the_order_is_by_name_then_by_age_and_turns_round(app: &App) {
    for name in ["beta", "Alpha", "ärger", "Beta", "alpha", "Zeta"] {
        queue().name(name).create(app);
    }
    let browser = app.browser();
    let page = browser.get(PATH).expect(200);
    let order = ["alpha", "Alpha", "ärger", "beta", "Beta", "Zeta"];
    assert_eq!(names(&page), order);
    assert_eq!(page.attr("th[aria-sort]", "aria-sort"), "ascending");
    let turned = page.click("Name").expect(200);
    assert_eq!(turned.path, format!("{PATH}?sort=-name"));
    assert_eq!(turned.attr("th[aria-sort]", "aria-sort"), "descending");
    let order: Vec<_> = order.into_iter().rev().collect();
    assert_eq!(names(&turned), order);
    assert_eq!(turned.click("Name").path, PATH);
}

#[on_all]
fn the_search_finds_any_part_of_a_name_in_either_case(app: &App) {
    for name in ["Äpfel und Birnen", "äpfel", "Birnen", "100 %", "100 x", "a_b", "axb", r"back\slash"] {
        queue().name(name).create(app);
    }
    let browser = app.browser();
    let found = |typed: &str| {
        let page = browser.get(PATH).expect(200).press("Filter", &[Fill::Field("q", typed)]).expect(200);
        assert_eq!(page.attr("#q", "value"), typed.trim());
        names(&page)
    };
    assert_eq!(found("ÄPFEL"), ["äpfel", "Äpfel und Birnen"]);
    assert_eq!(found("und b"), ["Äpfel und Birnen"]);
    assert_eq!(found("  birnen "), ["Äpfel und Birnen", "Birnen"]);
    assert_eq!(found("0 %"), ["100 %"]);
    assert_eq!(found("a_b"), ["a_b"]);
    assert_eq!(found(r"\"), [r"back\slash"]);
}

#[on_all]
fn a_search_without_a_result_says_so_and_leads_back(app: &App) {
    numbered(app, 2);
    let browser = app.browser();
    let page = browser.get(&format!("{PATH}?q=nothing")).expect(200);
    assert_eq!(page.text(".empty h2"), "No queues match");
    assert!(!page.has("table"));
    assert_eq!(names(&browser.get(&page.attr(".empty a", "href"))), ["Queue 01", "Queue 02"]);
}

#[on_both("nothing is imported into the tables of Webitel")]
fn a_list_without_queues_says_how_to_fill_it(app: &App) {
    let browser = app.browser();
    let page = browser.get(PATH).expect(200);
    assert_eq!(page.text(".empty h2"), "There are no records yet");
    assert_eq!(page.texts(".empty code"), ["queue-hooks import FILE", "queue-hooks serve --demo"]);
    assert!(!page.has("table"));
}

#[on_all]
fn the_pages_hold_every_queue_once(app: &App) {
    numbered(app, 25);
    let browser = app.browser();
    let mut page = browser.get(PATH).expect(200);
    assert!(!page.has_control("Previous page"));
    let mut seen = names(&page);
    let mut where_ = vec![page.text("nav.pages p")];
    let mut titles = vec![page.text("title")];
    while page.has_control("Next page") {
        page = page.click("Next page").expect(200);
        seen.extend(names(&page));
        where_.push(page.text("nav.pages p"));
        titles.push(page.text("title"));
    }
    let all: Vec<_> = (1..=25).map(|number| format!("Queue {number:02}")).collect();
    assert_eq!(seen, all);
    assert_eq!(where_, ["1–10 of 25", "11–20 of 25", "21–25 of 25"]);
    let title = |page| format!("Queues – Queue Hooks, page {page} of 3");
    assert_eq!(titles, [title(1), title(2), title(3)]);
    assert_eq!(page.click("Previous page").path, format!("{PATH}?page=2"));
}

#[on_all]
fn the_page_size_search_and_order_stay_with_the_person(app: &App) {
    numbered(app, 12);
    let browser = app.browser();
    let page = browser.get(&format!("{PATH}?q=Queue+1&sort=-name")).expect(200);
    let page = page.press("Apply", &[Fill::Field("size", "2")]).expect(200);
    assert_eq!(page.path, format!("{PATH}?q=Queue+1&sort=-name&size=2"));
    assert_eq!(names(&page), ["Queue 12", "Queue 11"]);
    let page = page.click("Next page").expect(200);
    assert_eq!(names(&page), ["Queue 10"]);
    let page = page.press("Filter", &[Fill::Field("q", "queue 0")]).expect(200);
    assert_eq!(page.path, format!("{PATH}?q=queue+0&sort=-name&size=2"));
    assert_eq!(names(&page), ["Queue 09", "Queue 08"]);
}

#[on_all]
fn a_page_past_the_end_leads_to_the_last_one_under_its_own_address(app: &App) {
    numbered(app, 12);
    let browser = app.browser();
    for page in ["3", "1000", "99999999999999999999999"] {
        let page = browser.get(&format!("{PATH}?page={page}")).expect(200);
        assert_eq!(page.path, format!("{PATH}?page=2"));
        assert_eq!(names(&page), ["Queue 11", "Queue 12"]);
    }
    assert_eq!(browser.get(&format!("{PATH}?page=2&q=Queue+03")).path, format!("{PATH}?q=Queue+03"));
}

#[on_all]
fn a_value_that_cannot_be_is_left_out_with_a_notice(app: &App) {
    numbered(app, 11);
    let browser = app.browser();
    let first = names(&browser.get(PATH));
    for (query, named) in [
        ("size=0", "0"),
        ("size=1001", "1001"),
        ("size=-5", "-5"),
        ("size=abc", "abc"),
        ("size=5&size=6", "size"),
        ("page=0", "0"),
        ("page=-1", "-1"),
        ("page=two", "two"),
        ("page=1&page=2", "page"),
        ("sort=drop", "drop"),
        ("sort=name;", "name;"),
        ("sort=name&sort=-name", "sort"),
        ("q=a&q=b", "q"),
    ] {
        let page = browser.get(&format!("{PATH}?{query}")).expect(200);
        let notice = page.text("[role=note] li");
        assert!(notice.contains(&format!("“{named}”")), "{query}: {notice}");
        assert_eq!(names(&page), first, "{query}");
    }
    assert!(!browser.get(&format!("{PATH}?size=10&page=1&sort=name")).has("[role=note]"));
}

#[on_all]
fn the_largest_page_size_is_a_thousand(app: &App) {
    numbered(app, 11);
    let browser = app.browser();
    assert_eq!(names(&browser.get(&format!("{PATH}?size=1000")).expect(200)).len(), 11);
    assert_eq!(names(&browser.get(&format!("{PATH}?size=1")).expect(200)).len(), 1);
}

#[on_all]
fn fields_left_empty_are_taken_out_of_the_address(app: &App) {
    let browser = app.browser();
    let answer = browser.request("GET", &format!("{PATH}?q=&sort=-name&size="), &[], b"").expect(303);
    assert_eq!(answer.header("location"), Some("/contact-center/queues?sort=-name"));
}

#[on_all]
fn the_rows_are_narrowed_by_type_and_state(app: &App) {
    for (name, queue_type) in [("Calls", 1), ("Chats", 6), ("Tasks", 8)] {
        queue().name(name).queue_type(queue_type).create(app);
    }
    let off = queue().name("Off").queue_type(1).create(app);
    let browser = app.browser();
    browser.post(&format!("{PATH}/{off}/state"), &[("enabled", "false")]).expect(303);
    let page = browser.get(&format!("{PATH}?type=1&type=6")).expect(200);
    assert_eq!(names(&page), ["Calls", "Chats", "Off"]);
    assert_eq!(page.text("#count"), "3 queues match");
    assert_eq!(page.texts(".chip"), ["Type: Inbound queue", "Type: Chat inbound queue"]);
    assert_eq!(names(&page.click("Remove the filter Type: Chat inbound queue")), ["Calls", "Off"]);
    assert_eq!(names(&browser.get(&format!("{PATH}?type=1&enabled=false"))), ["Off"]);
    let odd = browser.get(&format!("{PATH}?type=10&enabled=maybe")).expect(200);
    assert_eq!(odd.notices().len(), 2);
    assert_eq!(names(&odd).len(), 4);
}

#[on_all]
fn every_column_sorts_both_ways_and_no_row_repeats(app: &App) {
    let crm = schema("CRM").create(app);
    for number in 0..12 {
        let id = queue().name(&format!("Queue {:02}", number % 5)).queue_type(number % 3).create(app);
        if number % 2 == 0 {
            hook(id, crm).create(app);
        }
    }
    let browser = app.browser();
    for sort in ["name", "type", "hooks", "enabled", "updated_at"] {
        let ids = |sign: &str| -> Vec<i64> {
            (1..=4)
                .flat_map(|page| browser.get(&format!("{PATH}?sort={sign}{sort}&size=3&page={page}")).hook_ids())
                .collect()
        };
        let (up, mut down) = (ids(""), ids("-"));
        down.reverse();
        assert_eq!(up, down, "{sort}");
        assert_eq!(up.iter().collect::<std::collections::BTreeSet<_>>().len(), 12, "{sort}");
    }
    let most = browser.get(&format!("{PATH}?sort=-hooks")).texts("tbody td.number");
    assert_eq!((&*most[0], &*most[9]), ("1, 1 enabled", "0"));
}
