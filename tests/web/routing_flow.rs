//! `/routing/flow`: the list of flow schemas.

use crate::support::*;

const PATH: &str = "/routing/flow";

fn names(page: &Page) -> Vec<String> {
    page.texts("tbody th[scope=row]")
}

on_both! {
    fn the_list_shows_each_flow_schema_with_its_type(app) {
        let crm = schema("crm push").create(app);
        schema("Menu").schema_type("voice").create(app);
        schema("Any").schema_type("default").create(app);
        schema("Form").schema_type("processing").create(app);
        schema("Bot").schema_type("chat").create(app);
        let browser = app.browser();
        let page = browser.get(PATH).expect(200);
        assert_eq!(page.text("title"), "Flow schemas – Queue Hooks");
        assert_eq!(page.text("caption"), "Flow schemas");
        assert_eq!(names(&page), ["Any", "Bot", "crm push", "Form", "Menu"]);
        assert_eq!(page.texts("tbody td"), ["No type", "Chat", "Service", "Forms", "Voice"]);
        assert_eq!(page.click("crm push").expect(200).path, format!("{PATH}/{crm}"));
    }

    fn the_list_is_searched_sorted_and_paged_like_the_queues(app) {
        for number in 1..=12 {
            schema(&format!("Schema {number:02}")).create(app);
        }
        schema("Other").create(app);
        let browser = app.browser();
        let page = browser.get(PATH).expect(200).press("Search", &[Fill::Field("q", "SCHEMA")]).expect(200);
        assert_eq!(page.text("nav[aria-label='Flow schemas pages'] p"), "1–10 of 12");
        let page = page.click("Name").expect(200);
        assert_eq!(page.path, format!("{PATH}?q=SCHEMA&sort=-name"));
        assert_eq!(names(&page)[0], "Schema 12");
        let page = page.click("Next page").expect(200);
        assert_eq!(names(&page), ["Schema 02", "Schema 01"]);
        assert_eq!(page.text("title"), "Flow schemas – Queue Hooks, page 2 of 2");
        assert_eq!(browser.get(&format!("{PATH}?page=9")).path, format!("{PATH}?page=2"));
        assert!(browser.get(&format!("{PATH}?sort=drop")).expect(200).has("[role=note] li"));
    }

    fn an_empty_list_and_an_empty_result_say_so(app) {
        let browser = app.browser();
        assert_eq!(browser.get(PATH).expect(200).text(".empty h2"), "There are no records yet");
        schema("CRM").create(app);
        let page = browser.get(&format!("{PATH}?q=nothing")).expect(200);
        assert_eq!(page.text(".empty h2"), "No flow schemas match");
        assert_eq!(names(&page.click("Clear filters")), ["CRM"]);
    }
}
