//! `/contact-center/queues/{queue}/hooks`: the registry, and adding a hook.

use queue_hooks::event::Event::*;

use crate::support::*;

on_both! {
    fn the_registry_lists_the_hooks_of_the_queue_in_the_order_of_their_events(app) {
        let queue_id = queue().create(app);
        let crm = schema("CRM: push").create(app);
        let other = queue().name("Another").create(app);
        hook(queue_id, crm).event(Missed).create(app);
        hook(queue_id, crm).event(Joined).off().create(app);
        hook(other, crm).event(Active).create(app);
        let browser = app.browser();
        let page = browser.get(&format!("/contact-center/queues/{queue_id}/hooks")).expect(200);
        assert_eq!(page.texts("tbody tr td:nth-child(2)"), ["Joined", "Missed"]);
        assert_eq!(page.text("title"), "Hooks – Inbound support – Queue Hooks");
        assert_eq!(page.text("table caption"), "Hooks");
    }
}
