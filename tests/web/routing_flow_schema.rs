//! `/routing/flow/{schema}`: one flow schema, to read.

use crate::support::*;

on_both! {
    fn the_page_shows_the_flow_schema(app) {
        let id = schema("CRM: push").create(app);
        let browser = app.browser();
        let page = browser.get(&format!("/routing/flow/{id}")).expect(200);
        assert_eq!(page.text("title"), "CRM: push – Queue Hooks");
        assert_eq!(page.text("h1"), "CRM: push");
        assert_eq!(page.text(".badges"), "Service");
        assert_eq!(page.texts("[aria-label=Breadcrumb] a"), ["Routing", "Flow schemas"]);
        let code: String = page.one("pre code").text().collect();
        assert_eq!(code, "[\n  {\n    \"log\": \"hello\"\n  }\n]");
    }

    fn a_flow_schema_that_does_not_exist_is_not_found_and_the_page_leads_to_the_list(app) {
        let browser = app.browser();
        let page = browser.get("/routing/flow/4711").expect(404);
        assert_eq!(page.text("h1"), "There is no such flow schema");
        assert_eq!(page.click("Go back").expect(200).path, "/routing/flow");
    }
}
