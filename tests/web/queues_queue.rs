//! `/contact-center/queues/{queue}`: the General tab.

use diesel::prelude::*;
use queue_hooks::event::Event;

use crate::support::*;

/// What the description list says of this.
fn fact(page: &Page, name: &str) -> String {
    let at = page.texts("dl > dt").iter().position(|term| term == name).expect("the fact is told");
    page.texts("dl > dd").swap_remove(at)
}

on_both! {
    fn the_tab_shows_what_the_queue_is(app) {
        let id = queue().name("Orders").queue_type(8).create(app);
        let browser = app.browser();
        let page = browser.get(&format!("/contact-center/queues/{id}")).expect(200);
        assert_eq!(page.text("title"), "General – Orders – Queue Hooks");
        assert_eq!(page.text("h1"), "Orders");
        assert_eq!(page.texts("[aria-label=Breadcrumb] a"), ["Contact center", "Queues"]);
        assert_eq!(page.text("[aria-label=Queue] [aria-current=page]"), "General");
        assert_eq!(fact(&page, "Type"), "Outbound task queue");
        assert_eq!(fact(&page, "Channel"), "task");
        assert_eq!(fact(&page, "State"), "Enabled");
        assert_eq!(page.click("Hooks").expect(200).path, format!("/contact-center/queues/{id}/hooks"));
    }

    fn the_tab_says_that_a_queue_is_disabled(app) {
        let id = queue().create(app);
        write(app, |conn| {
            use queue_hooks::schema::queues;
            diesel::update(queues::table.find(id)).set(queues::enabled.eq(false)).execute(conn)
        });
        let browser = app.browser();
        let page = browser.get(&format!("/contact-center/queues/{id}")).expect(200);
        assert_eq!(fact(&page, "State"), "Disabled");
        assert_eq!(page.text(".badge.off"), "Disabled");
    }

    fn the_tab_tells_the_events_that_can_happen_in_each_type(app) {
        let browser = app.browser();
        let expected = [
            "Answered Offering Bridged Missed Leaving Processing Active",
            "Joined Offering Bridged Missed Leaving Processing",
            "Joined Offering Bridged Leaving",
            "Answered Offering Bridged Missed Leaving Processing Active",
            "Offering Bridged Missed Leaving Processing",
            "Offering Bridged Missed Leaving Processing",
            "Joined Offering Bridged Missed Leaving Processing",
            "Offering Bridged Missed Leaving Processing",
            "Joined Bridged Leaving",
            "Joined Offering Bridged Missed Leaving Processing",
        ];
        for (number, events) in (0..).zip(expected) {
            let id = queue().queue_type(number).create(app);
            let page = browser.get(&format!("/contact-center/queues/{id}")).expect(200);
            assert_eq!(page.texts("dl li strong").join(" "), events, "type {number}");
            let meanings = page.texts("dl li");
            assert!(Event::ALL.iter().filter(|event| events.contains(event.name())).all(|event| {
                meanings.contains(&format!("{}: {}", event.name(), event.meaning()))
            }));
        }
    }

    fn a_queue_that_does_not_exist_is_not_found_and_the_page_leads_to_the_list(app) {
        let browser = app.browser();
        let page = browser.get("/contact-center/queues/4711").expect(404);
        assert_eq!(page.text("h1"), "There is no such queue");
        assert_eq!(page.click("Go back").expect(200).path, "/contact-center/queues");
    }
}
