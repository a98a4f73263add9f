//! Names wherever they are typed, searched and sorted: letters in any form, in the order that people expect.

use std::io::Cursor;

use diesel::prelude::*;
use queue_hooks::db::schema::{flow_schemas, people, queues};
use queue_hooks::model::event::Event::*;
use queue_hooks::name::{keys, printable, short};
use queue_hooks::transfer::import::import;
use queue_hooks::transfer::progress;
use support::*;

const QUEUES: &str = "/contact-center/queues";
const FLOW: &str = "/routing/flow";
const OPTIONS: &str = "/routing/flow/options";

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn names(page: &Page) -> Vec<String> {
    page.texts("tbody th[scope=row]")
}

// The order.

/// Names in their order: numbers by their value, letters by the alphabet, whatever their case and marks.
const ORDERED: [&str; 22] = [
    "☎️ Call-back",
    "2nd line",
    "10th line",
    "alpha",
    "Alpha",
    "Äpfel",
    "apple",
    "Çelik",
    "İzmir",
    "Queue 2",
    "Queue 2 b",
    "Queue 10",
    "Queue 999999999999999999999999",
    "Queue 1000000000000000000000000",
    "Zoo",
    "οδός",
    "гак",
    "ґанок",
    "гора",
    "дім",
    "єнот",
    "яблуко",
];

#[on_both("queues are removed in Webitel")]
fn names_are_sorted_as_people_do_wherever_they_are_listed(app: &App) {
    let used = schema("Used").create(app);
    let place = queue().name("Zzz").create(app);
    let mut ids = Vec::new();
    for name in ORDERED.iter().rev() {
        ids.push(queue().name(name).create(app));
        hook(*ids.last().expect("one"), used).create(app);
        hook(place, schema(name).create(app)).event(Missed).off().create(app);
    }
    let mut backwards = ORDERED;
    backwards.reverse();
    let browser = app.browser();
    let listed = |path: &str, cells: &str| {
        let mut found = browser.get(path).expect(200).texts(cells);
        found.retain(|name| !["Used", "Zzz"].contains(&&**name));
        found
    };
    let (row, second, third) = ("tbody th[scope=row]", "tbody td:nth-child(2)", "tbody td:nth-child(3)");
    assert_eq!(listed(&format!("{QUEUES}?size=100"), row), ORDERED);
    assert_eq!(listed(&format!("{QUEUES}?sort=-name&size=100"), row), backwards);
    assert_eq!(listed(&format!("{QUEUES}?sort=type&size=100"), row), ORDERED);
    assert_eq!(listed(&format!("{QUEUES}?sort=enabled&type=1&size=100"), row), ORDERED);
    assert_eq!(listed(&format!("{QUEUES}?sort=hooks&size=100"), row), ORDERED);
    for sort in ["name", "type", "editor", "used_by"] {
        assert_eq!(listed(&format!("{FLOW}?sort={sort}&size=100"), row), ORDERED, "{sort}");
    }
    assert_eq!(listed(&format!("{}?sort=schema&size=100", tab(place)), third), ORDERED);
    assert_eq!(listed(&format!("{}?sort=-schema&size=100", tab(place)), third), backwards);
    let running = browser.get(&format!("{FLOW}/{used}/hooks?sort=queue&size=100")).expect(200);
    let of_used = [running.texts(second), running.texts(row)].concat();
    assert_eq!(of_used.into_iter().filter(|name| ORDERED.contains(&&**name)).collect::<Vec<_>>(), ORDERED);
    assert_eq!(listed(OPTIONS, "[role=option]"), ORDERED);
    assert_eq!(listed(&format!("{OPTIONS}?q=queue"), "[role=option]"), ORDERED[9..14]);
    assert_eq!(listed(&format!("{OPTIONS}?q=queue+1"), "[role=option]"), ["Queue 10", ORDERED[13]]);
    let asked = ids[..3].iter().map(|id| format!("id={id}")).collect::<Vec<_>>().join("&");
    let question = browser.get(&format!("{QUEUES}/removal?{asked}")).expect(200).text("main");
    let at = |name: &str| question.find(name).unwrap_or_else(|| panic!("{name} in {question}"));
    assert!(at("дім") < at("єнот") && at("єнот") < at("яблуко"), "{question}");
}

#[on_all]
fn people_are_sorted_by_the_numbers_in_their_names(app: &App) {
    for name in ["10", "9", "2"] {
        person(name).create(app);
    }
    let found = app.browser().get("/people").expect(200).texts("tbody td:nth-child(2)");
    assert_eq!(found, ["tester", "2", "9", "10"]);
}

#[on_all]
fn names_that_are_sorted_alike_stand_in_the_order_of_their_ids(app: &App) {
    let ids = ["Line 1", "Line 01", "Line 1"].map(|name| queue().name(name).create(app));
    let shown = |path: &str| {
        let page = app.browser().get(path).expect(200).all("tbody tr").len();
        assert_eq!(page, 3);
        app.browser()
            .get(path)
            .all("tbody th a")
            .iter()
            .map(|link| link.attr("href").unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let mut paths: Vec<_> = ids.iter().map(|id| tab(*id)).collect();
    assert_eq!(shown(QUEUES), paths);
    paths.reverse();
    assert_eq!(shown(&format!("{QUEUES}?sort=-name")), paths);
}

#[test]
fn no_name_is_too_long_to_be_sorted() {
    // Each of the first has eighteen letters, and no number is as long as the last.
    for name in ["\u{fdfa}".repeat(250), "9".repeat(250), "丏龜😀ⅷ".repeat(62), "\u{1fb7}".repeat(250)] {
        let key = keys::sort_key(&name);
        assert!(!key.is_empty() && key.len() <= 1024, "{} bytes of {name}", key.len());
        assert!(key.len() + keys::folded(&name).len() < 2500, "they have room in an index: {name}");
    }
    let sorted = ORDERED.map(keys::sort_key);
    assert!(sorted.is_sorted());
}

#[on_both("queues are added in Webitel")]
fn the_longest_names_are_kept(app: &App) {
    let browser = app.browser();
    for (letter, number) in ["\u{fdfa}", "😀", "\u{1fb7}", "9", "龜"].into_iter().zip(1..) {
        let fields = [("name", &*letter.repeat(250)), ("type", "1"), ("enabled", "true")];
        browser.post(QUEUES, &fields).expect(303);
        let fields = [("name", &*letter.repeat(100)), ("type", "service"), ("text", "[]")];
        browser.post(FLOW, &fields).expect(303);
        assert_eq!(names(&browser.get(QUEUES).expect(200)).len(), number);
        assert_eq!(names(&browser.get(FLOW).expect(200)).len(), number);
    }
}

// The search.

/// A name, a search that finds it, and what the search finds in it.
const FOUND: [(&str, &str, &str); 18] = [
    ("İstanbul", "istanbul", "İstanbul"),
    ("Yeni İZMİR", "izmi", "İZMİ"),
    ("IŞIK", "ışık", "IŞIK"),
    ("ısı", "ISI", "ısı"),
    ("οδος", "ΟΔΟΣ", "οδος"),
    ("ΛΟΓΟΣ 5", "λογος", "ΛΟΓΟΣ"),
    ("Hauptstraße", "STRASSE", "straße"),
    ("GROSSE", "große", "GROSSE"),
    ("ﬁber", "fIB", "ﬁb"),
    ("Back\u{a0}office", "back office", "Back\u{a0}office"),
    ("Front  desk", "front desk", "Front  desk"),
    ("Third\u{202f}\u{2009}line", "third line", "Third\u{202f}\u{2009}line"),
    ("Café noir", "cafe\u{301}", "Café"),
    ("ЇЖА Їжак", "ї\u{436}ак", "Їжак"),
    ("پشتیبانی\u{200c}ها", "پشتیبانیها", "پشتیبانی\u{200c}ها"),
    ("☎\u{fe0f} Call-back", "☎ call", "☎\u{fe0f} Call"),
    ("👩\u{200d}💻 Support", "👩\u{200d}💻", "👩\u{200d}💻"),
    ("❤\u{fe0f} Care", "❤", "❤\u{fe0f}"),
];

#[on_all]
fn a_search_finds_a_name_however_it_is_written(app: &App) {
    let place = queue().name("Zzz").create(app);
    for (name, ..) in FOUND {
        queue().name(name).create(app);
        hook(place, schema(name).create(app)).off().create(app);
    }
    schema("Zzz").create(app);
    let browser = app.browser();
    for (name, typed, found) in FOUND {
        let typed = encoded(typed);
        let listed = |path: &str, cells: &str| {
            let page = browser.get(&format!("{path}?q={typed}")).expect(200);
            page.all(cells).iter().map(|cell| cell.text().collect::<String>().trim().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(listed(QUEUES, "tbody th a"), [name], "{typed}");
        assert_eq!(listed(FLOW, "tbody th a"), [name], "{typed}");
        assert_eq!(listed(&tab(place), "tbody td:nth-child(3) a"), [name], "{typed}");
        assert_eq!(listed(OPTIONS, "[role=option]"), [name], "{typed}");
        assert_eq!(listed(OPTIONS, "[role=option] mark"), [found], "{typed}");
    }
}

#[on_all]
fn people_are_found_however_their_names_are_written(app: &App) {
    for name in ["Zoë Zimmer", "İdil  Yılmaz"] {
        let id = person(&format!("p{}", name.len())).create(app);
        let named = (
            people::display_name.eq(name),
            people::folded_name.eq(keys::folded(name)),
            people::sort_key.eq(keys::sort_key(name)),
        );
        write(app, |conn| diesel::update(people::table.find(id)).set(named).execute(conn));
    }
    let browser = app.browser();
    for (typed, name) in [("ZOE\u{308}", "Zoë Zimmer"), ("idil yilmaz", "İdil Yılmaz"), ("İDİL\u{a0}Y", "İdil Yılmaz")]
    {
        let page = browser.get(&format!("/people?q={}", encoded(typed))).expect(200);
        assert_eq!(names(&page), [name], "{typed}");
    }
}

#[on_all]
fn a_search_for_what_nobody_sees_is_none(app: &App) {
    queue().name("Orders").create(app);
    let browser = app.browser();
    for typed in ["%E2%80%8B", "%E2%80%8D", "+%EF%B8%8F+", "%C2%A0"] {
        let page = browser.get(&format!("{QUEUES}?q={typed}")).expect(200);
        assert_eq!((&*page.path, names(&page)), (QUEUES, vec!["Orders".to_owned()]), "{typed}");
    }
    assert_eq!(names(&browser.get(&format!("{QUEUES}?q=or%E2%80%8Bders")).expect(200)), ["Orders"]);
}

// What a name is.

const COMPOSED: &str = "Cafe\u{301} Й";
const DECOMPOSED: &str = "Cafe\u{301} И\u{306}";

fn stored_names(app: &App) -> (Vec<String>, Vec<String>) {
    write(app, |conn| {
        let queues = queues::table.order(queues::id).select(queues::name).load(conn)?;
        Ok((queues, flow_schemas::table.order(flow_schemas::id).select(flow_schemas::name).load(conn)?))
    })
}

#[on_both("queues are added in Webitel")]
fn a_name_is_kept_in_its_composed_form(app: &App) {
    let browser = app.browser();
    browser.post(QUEUES, &[("name", DECOMPOSED), ("type", "1"), ("enabled", "true")]).expect(303);
    browser.post(FLOW, &[("name", DECOMPOSED), ("type", "service"), ("text", "[]")]).expect(303);
    let record = serde_json::json!({ "queue": { "id": "77", "name": DECOMPOSED, "type": 1, "enabled": true } });
    import(&app.db, Cursor::new(record.to_string()), &progress()).expect("it is imported");
    let composed = "Café Й".to_owned();
    assert_eq!(stored_names(app), (vec![composed.clone(), composed.clone()], vec![composed]));
    let fields = [("name", "anna"), ("display_name", "Zoe\u{308}"), ("password", PASSWORD), ("preset", "viewer")];
    browser.post("/people", &fields).expect(303);
    let name: String =
        write(app, |conn| people::table.filter(people::name.eq("anna")).select(people::display_name).first(conn));
    assert_eq!(name, "Zoë");
}

#[on_all]
fn the_same_name_composed_and_decomposed_is_one(app: &App) {
    let id = schema("Café Й").create(app);
    let other = schema("Other").create(app);
    let browser = app.browser();
    let taken = "Another flow schema has this name.";
    for name in [COMPOSED, DECOMPOSED] {
        let fields = [("name", name), ("type", "service"), ("text", "[]")];
        assert_eq!(browser.post(FLOW, &fields).expect(422).text("#name-error"), taken);
        assert_eq!(browser.post(&flow(other), &fields).expect(422).text("#name-error"), taken);
        let schema = serde_json::json!({ "id": "77", "name": name, "type": "service", "editor": false, "schema": [] });
        let record = serde_json::json!({ "flow_schema": schema }).to_string();
        let refused = import(&app.db, Cursor::new(record), &progress()).expect_err("the name is taken").to_string();
        assert!(refused.contains(&format!("flow schema {id} has the name “Café Й” already")), "{refused}");
        let page = browser.post(&flow(id), &[("name", name), ("type", "service"), ("text", r#"[{"log":"hello"}]"#)]);
        assert_eq!(page.expect(303).status, 303);
    }
    assert_eq!(schema_names(app), ["Café Й", "Other"]);
}

#[on_both("queues are added in Webitel")]
fn what_shapes_the_characters_of_a_name_may_stand_between_them(app: &App) {
    let browser = app.browser();
    let good = [
        "☎\u{fe0f} Call-back",
        "☎\u{fe0e} Call-back",
        "Care ❤\u{fe0f}",
        "👩\u{200d}💻 Support",
        "❤\u{fe0f}\u{200d}🔥",
        "👩🏽\u{200d}🤝\u{200d}👨🏻",
        "1\u{fe0f}\u{20e3} First line",
        "پشتیبانی\u{200c}ها",
        "ශ්\u{200d}රී",
        "葛\u{e0100}城",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} Desk",
        "🇺🇦 Київ",
    ];
    for (name, id) in good.into_iter().zip(1..) {
        browser.post(QUEUES, &[("name", name), ("type", "1"), ("enabled", "true")]).expect(303);
        let schema = serde_json::json!({ "id": id, "name": name, "type": "service", "editor": false, "schema": [] });
        let record = serde_json::json!({ "flow_schema": schema });
        import(&app.db, Cursor::new(record.to_string()), &progress()).expect("it is imported");
        assert_eq!(printable(name), name);
    }
    assert_eq!(stored_names(app), (good.map(str::to_owned).into(), good.map(str::to_owned).into()));
}

#[test]
fn a_terminal_shows_what_shapes_a_name_and_spells_out_everything_else() {
    for (text, shown) in [
        ("a\u{200d}", r"a\u{200d}"),
        ("\u{200c}a", r"\u{200c}a"),
        ("a\u{fe0f}\u{fe0f}", "a\u{fe0f}\\u{fe0f}"),
        ("🏴\u{e0061}\u{e007f}", r"🏴\u{e0061}\u{e007f}"),
        ("\u{1b}\u{200d}[2K", r"\u{1b}\u{200d}[2K"),
        ("\u{202e}\u{fe0f}x", r"\u{202e}\u{fe0f}x"),
        ("two\n\tlines", "two\n\tlines"),
    ] {
        assert_eq!(printable(text), shown);
    }
}

#[test]
fn a_short_name_does_not_end_in_a_joiner() {
    let text = format!("{}\u{200d}👩", "👩".repeat(29));
    assert_eq!(short(&text), format!("{}…", "👩".repeat(29)));
}
