//! How much a row of a registry weighs: what is the same in every row stands once for the table.

use support::*;

/// Bytes of each row on a page, on average.
fn of_a_row(app: &App, path: &str) -> usize {
    let browser = app.browser();
    let page = browser.get(path).expect(200);
    let (_, rows) = page.body.split_once("<tbody>").expect("a table");
    rows.split("</tbody>").next().unwrap_or_default().len() / page.all("tbody tr").len()
}

#[test]
fn a_row_has_its_own_names_and_addresses_and_little_else() {
    let app = App::start(Backend::Sqlite);
    let schemas: Vec<_> = (1..=100).map(|nth| schema(&format!("CRM: push {nth}")).create(&app)).collect();
    let queues: Vec<_> = (1..=100).map(|nth| queue().name(&format!("Support {nth}")).create(&app)).collect();
    many_hooks(&app, queues[0], &schemas, 100);
    for (path, most) in [
        (format!("{}?size=100", tab(queues[0])), 625),
        ("/contact-center/queues?size=100".into(), 625),
        ("/routing/flow?size=100".into(), 530),
        ("/contact-center/queues/coverage?size=100".into(), 600),
    ] {
        let weight = of_a_row(&app, &path);
        assert!(weight <= most, "{path}: {weight} bytes a row, not {most}");
    }
}
