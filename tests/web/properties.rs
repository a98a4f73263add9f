//! What holds for every address and every form, tried with thousands that nobody would write.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use queue_hooks::model::event::Event;
use queue_hooks::model::hooks;
use queue_hooks::model::listing::{Order, Range};
use queue_hooks::name::keys::folded;
use queue_hooks::pages::people;
use queue_hooks::web::paging::View;
use queue_hooks::web::params::Params;
use queue_hooks::word::Word as _;
use support::*;

type HookView = View<hooks::filter::Filter>;
type NameView = people::filter::View;

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

fn encoded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

/// A word of ours, a number, or anything at all, encoded or not.
fn value() -> impl Strategy<Value = String> {
    let ours = proptest::sample::select(vec![
        "event",
        "-event",
        "schema",
        "-schema",
        "enabled",
        "updated_at",
        "-updated_at",
        "name",
        "-name",
        "true",
        "false",
        "joined",
        "active",
        "matching",
        "page",
        "disable",
        "replace",
        "yes",
        "",
    ]);
    prop_oneof![
        ours.prop_map(str::to_owned),
        any::<i64>().prop_map(|number| number.to_string()),
        (0..50_i64).prop_map(|number| number.to_string()),
        "[0-9]{1,40}",
        "[A-Za-z0-9%+_.-]{0,20}",
        any::<String>().prop_map(|text| encoded(text.as_bytes())),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(|bytes| encoded(&bytes)),
        Just(encoded(b"?event=joined&q=%25&page=9999999999999999")),
    ]
}

/// The names of all fields and parameters, and others.
fn name() -> impl Strategy<Value = String> {
    let ours = proptest::sample::select(vec![
        "page",
        "size",
        "sort",
        "event",
        "enabled",
        "q",
        "id",
        "all",
        "count",
        "shown",
        "view",
        "schema",
        "schema_q",
        "search",
        "seen_event",
        "seen_schema",
        "change",
        "overwrite",
        "if_taken",
        "only",
        "back",
    ]);
    prop_oneof![9 => ours.prop_map(str::to_owned), 1 => any::<String>().prop_map(|text| encoded(text.as_bytes()))]
}

/// A query string or a form's body.
fn query() -> impl Strategy<Value = String> {
    let pairs = proptest::collection::vec((name(), value()), 0..8)
        .prop_map(|pairs| pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&"));
    prop_oneof![9 => pairs, 1 => "[A-Za-z0-9%&=+;._-]{0,60}"]
}

#[on_both("flow schemas are removed in Webitel")]
fn every_query_shows_a_page(app: &App) {
    let browser = app.browser();
    let center = center(app);
    let mut paths = center.pages();
    paths.push(center.fill("/contact-center/queues/{queue}/hooks/removal"));
    let done = runner(150).run(&(query(), 0..paths.len()), |(query, index)| {
        let separator = if paths[index].contains('?') { '&' } else { '?' };
        let page = browser.get(&format!("{}{separator}{query}", paths[index]));
        // These are about a selection, which may be none.
        let is_of_selection =
            ["/removal", "/addition", "/copies", "/successor"].iter().any(|question| paths[index].contains(question));
        let expected: &[u16] = if is_of_selection { &[200, 409, 422] } else { &[200] };
        prop_assert!(expected.contains(&page.status), "{}: {}", page.status, page.body);
        prop_assert!(page.has("main h1") && page.has("main table, main .empty, main dl, main p"), "{}", page.body);
        Ok(())
    });
    done.unwrap_or_else(|failure| panic!("{failure}"));
}

#[on_all]
fn every_query_for_options_shows_rows(app: &App) {
    let browser = app.browser();
    center(app);
    let done = runner(50).run(&query(), |query| {
        let page = browser.request("GET", &format!("/routing/flow/options?{query}"), &[], b"");
        prop_assert_eq!(page.status, 200, "{}", page.body);
        Ok(())
    });
    done.unwrap_or_else(|failure| panic!("{failure}"));
}

#[on_both("flow schemas are removed in Webitel")]
fn every_form_is_answered(app: &App) {
    let browser = app.browser();
    let token = browser.token();
    let center = center(app);
    let forms = center.forms();
    let done = runner(200).run(&(query(), query(), 0..forms.len()), |(query, form, index)| {
        let separator = if forms[index].path.contains('?') { '&' } else { '?' };
        let path = format!("{}{separator}{query}", forms[index].path);
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let page = browser.request("POST", &path, &headers, format!("token={token}&{form}").as_bytes());
        prop_assert!([200, 303, 404, 409, 422].contains(&page.status), "{}: {}", page.status, page.body);
        if page.status == 303 {
            let page = browser.follow(page);
            prop_assert_eq!(page.status, 200, "{}: {}", page.path, page.body);
            // A question leads to a page that asks, and changes nothing yet.
            let is_asked = forms[index].path.contains("/question");
            prop_assert!(is_asked || page.has("[role=status] p"), "{}: {}", page.path, page.body);
        }
        Ok(())
    });
    done.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A search as it stands in a view.
fn search() -> impl Strategy<Value = String> {
    any::<String>()
        .prop_map(|text| text.replace('\0', "").trim().chars().take(60).collect::<String>().trim().to_owned())
        // What nobody sees is no search.
        .prop_map(|text| if folded(&text).is_empty() { String::new() } else { text })
}

prop_compose! {
    fn hook_view()(
        events in proptest::collection::btree_set(proptest::sample::select(Event::ALL.to_vec()), 0..8),
        enabled in any::<Option<bool>>(),
        q in search(),
        column in proptest::sample::select(hooks::filter::Column::ALL),
        descending in any::<bool>(),
        page in 1..1_000_000_i64,
        size in 1..=1000_i64,
    ) -> HookView {
        let filter = hooks::filter::Filter { kinds: events, state: enabled, missing: None, q };
        View { filter, order: Order { column, descending }, range: Range { page, size } }
    }
}

prop_compose! {
    fn queue_view()(q in search(), descending in any::<bool>(), page in 1..1_000_000_i64, size in 1..=1000_i64) -> NameView {
        let order = Order { column: people::filter::Column::Name, descending };
        View { filter: people::filter::Filter { q }, order, range: Range { page, size } }
    }
}

fn read<F: queue_hooks::web::paging::Filter>(query: &str) -> (View<F>, Vec<String>) {
    View::read(&Params::parse(query.trim_start_matches('?').as_bytes()))
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_view_of_hooks_reads_back_what_it_writes(view in hook_view()) {
        let (read, notices) = read::<hooks::filter::Filter>(&view.query());
        prop_assert!(notices.is_empty(), "{notices:?}");
        prop_assert_eq!(&read.filter, &view.filter);
        prop_assert_eq!((read.order, read.range), (view.order, view.range));
        prop_assert_eq!(HookView::from_query(&view.query()).query(), view.query());
    }

    #[test]
    fn a_view_of_queues_reads_back_what_it_writes(view in queue_view()) {
        let (read, notices) = read::<people::filter::Filter>(&view.query());
        prop_assert!(notices.is_empty(), "{notices:?}");
        prop_assert_eq!(&read.filter.q, &view.filter.q);
        prop_assert_eq!((read.order, read.range), (view.order, view.range));
    }

    #[test]
    fn any_bytes_are_a_view_and_its_address_is_stable(
        bytes in prop_oneof![proptest::collection::vec(any::<u8>(), 0..200), query().prop_map(String::into_bytes)]
    ) {
        let params = Params::parse(&bytes);
        let hooks = HookView::read(&params).0.query();
        prop_assert_eq!(HookView::from_query(&hooks).query(), hooks);
        let named = NameView::read(&params).0.query();
        prop_assert_eq!(NameView::from_query(&named).query(), named);
    }

    #[test]
    fn any_view_lies_on_a_page_that_exists(
        query in query(), total in prop_oneof![0..5000_i64, Just(i64::MAX / 2000)]
    ) {
        let range = HookView::from_query(&query).range;
        let pages = range.of(total);
        prop_assert!((1..=pages.last).contains(&pages.page));
        prop_assert_eq!(pages.past_end, range.page > pages.last);
        prop_assert!(pages.offset() >= 0 && (pages.offset() < total || total == 0));
        prop_assert!(pages.to() - pages.from() < range.size && pages.to() <= total);
        prop_assert_eq!(pages.previous().is_some(), pages.page > 1);
        prop_assert_eq!(pages.next().is_some(), pages.to() < total);
    }

    #[test]
    fn sorting_by_the_same_column_again_turns_the_order(view in hook_view()) {
        for &column in hooks::filter::Column::ALL {
            let sorted = view.sorted(column);
            prop_assert!(sorted.order.column == column && sorted.range.page == 1);
            prop_assert_eq!(sorted.sorted(column).order.descending, !sorted.order.descending);
            prop_assert_eq!(&sorted.filter, &view.filter);
        }
    }
}
