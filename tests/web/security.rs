//! What every answer carries, and which requests are refused before they are looked at.

use actix_web::FromRequest;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use diesel::prelude::*;
use queue_hooks::db::schema::sessions;
use support::*;

const EVERY_ANSWER: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[test]
fn every_answer_carries_the_same_headers_and_no_page_is_kept() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    let tab = center.fill("/contact-center/queues/{queue}/hooks");
    let rival = hook(center.queue, center.schema).off().create(&app);
    let (token, stylesheet) = (browser.token(), queue_hooks::web::assets::url("app.css"));
    let long = format!("/{}", "a".repeat(50_000));
    let huge = "x".repeat(100_000);
    let mut answers = vec![
        (303, browser.request("GET", "/", &[], b"")),
        (303, browser.request("GET", "/contact-center/queues?page=99", &[], b"")),
        (303, browser.post(&tab, &[("event", "active"), ("schema", &center.schema.to_string())])),
        (403, browser.post_raw(&tab, &[])),
        (404, browser.request("GET", "/nothing", &[], b"")),
        (404, browser.request("GET", "/contact-center/queues/4711/hooks", &[], b"")),
        (404, browser.request("GET", "/static/nothing.css", &[], b"")),
        (405, browser.request("POST", "/events", &[], b"")),
        (409, browser.post(&format!("{tab}/{rival}/state"), &[("enabled", "true")])),
        (413, browser.post(&tab, &[("event", &huge)])),
        (414, browser.request("GET", &long, &[], b"")),
        (415, browser.request("POST", &tab, &[("content-type", "text/plain")], token.as_bytes())),
        (422, browser.post(&tab, &[])),
        (422, browser.post(&format!("{tab}/removal"), &[])),
        (431, browser.request("GET", "/", &[("x-long", &huge[..70_000])], b"")),
        (200, browser.request("GET", stylesheet, &[], b"")),
        (200, browser.request("HEAD", "/contact-center/queues", &[], b"")),
        (200, browser.request("GET", "/routing/flow/options", &[], b"")),
    ];
    answers.extend(center.pages().iter().map(|path| (200, browser.request("GET", path, &[], b""))));
    for (status, answer) in answers {
        let answer = answer.expect(status);
        // Which answers are failures: `fragment.rs`.
        assert!(answer.headers.contains_key("queue-hooks"), "{status} of {}", answer.path);
        for (name, value) in EVERY_ANSWER {
            assert_eq!(answer.header(name), Some(value), "{status} of {}", answer.path);
            assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{status} of {}", answer.path);
        }
        assert!(!answer.headers.contains_key("server") && !answer.headers.contains_key("x-powered-by"));
        if answer.header("content-type").is_some_and(|content_type| content_type.starts_with("text/html")) {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{status} of {}", answer.path);
        }
        let is_error = status >= 400;
        assert_eq!(answer.has("main h1 + p, main dialog, main [role=alert]") && is_error, is_error, "{}", answer.body);
    }
}

#[test]
fn cookies_are_for_this_server_alone_and_not_for_scripts() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    let page = browser.request("GET", "/contact-center/queues", &[], b"");
    let removal = center.fill("/contact-center/queues/{queue}/hooks/removal");
    let removed = browser.post(&removal, &[("id", &center.hook.to_string())]).expect(303);
    let cookies = page.headers.get_all("set-cookie").iter().chain(removed.headers.get_all("set-cookie"));
    let cookies: Vec<_> = cookies.map(|cookie| cookie.to_str().expect("ASCII").to_owned()).collect();
    assert_eq!(cookies.len(), 2, "one for the token, one for the message");
    for cookie in cookies {
        let attributes: Vec<_> = cookie.split("; ").skip(1).collect();
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain="), "{cookie}");
    }
}

#[on_all]
fn a_form_without_the_token_of_its_browser_changes_nothing(app: &App) {
    let browser = app.browser();
    let other = app.browser();
    let center = center(app);
    let token = browser.token();
    let (mask, masked) = token.split_at(token.len() / 2);
    let last = if token.ends_with('0') { "1" } else { "0" };
    let wrong = [
        String::new(),
        other.token(),
        format!("{}{last}", &token[..token.len() - 1]),
        format!("{mask}{mask}"),
        format!("{masked}{masked}"),
        masked.to_owned(),
        token[..token.len() - 1].to_owned(),
        format!("{token}0"),
        format!("{token}{token}"),
        "0".repeat(10_000),
        "g".repeat(token.len()),
        "é".repeat(token.len() / 2),
        format!("{}é{}", &token[..31], &token[33..]),
        "\0".repeat(token.len()),
        format!(" {token}"),
    ];
    let before = contents(app);
    for form in center.forms() {
        browser.post_raw(&form.path, &form.fields()).expect(403);
        for wrong in &wrong {
            let fields = [&[("token", wrong.as_str())], &form.fields()[..]].concat();
            browser.post_raw(&form.path, &fields).expect(403);
        }
        // The right one, but in the address.
        let separator = if form.path.contains('?') { '&' } else { '?' };
        browser.post_raw(&format!("{}{separator}token={token}", form.path), &form.fields()).expect(403);
        // The right one, but from a browser that was never here.
        app.browser().post_raw(&form.path, &[&[("token", &*token)], &form.fields()[..]].concat()).expect(403);
    }
    assert_eq!(contents(app), before);
}

#[on_both("queues are added in Webitel")]
fn a_form_with_the_token_of_its_browser_is_accepted_under_any_mask(app: &App) {
    for index in 0..center(app).forms().len() {
        // Changing one's own password ended the session that the tests have.
        write(app, |conn| diesel::delete(sessions::table).execute(conn));
        admit(&app.db);
        let (browser, center) = (app.browser(), center(app));
        let form = &center.forms()[index];
        let tab = browser.get(&center.fill("/contact-center/queues/{queue}/hooks")).expect(200);
        let again = browser.get(&tab.path);
        let token = tab.attr("#change [name=token]", "value");
        assert_ne!(token, again.attr("#change [name=token]", "value"), "each page has a mask of its own");
        let before = contents(app);
        // A new token of the API is shown in the answer, once.
        let status = if form.route == "/account/tokens" { 200 } else { 303 };
        browser.post_raw(&form.path, &[&[("token", &*token)], &form.fields()[..]].concat()).expect(status);
        let keeps_data = form.route == "/settings" || form.only_asks();
        assert!(keeps_data || contents(app) != before, "{} does something", form.path);
    }
}

#[on_all]
fn a_change_that_another_site_asks_for_is_refused(app: &App) {
    let browser = app.browser();
    let center = center(app);
    let (own, token) = (format!("http://{}", app.address), browser.token());
    let elsewhere: [&[(&str, &str)]; 9] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("origin", "http://127.0.0.1:1")],
        &[("origin", "http://evil.example")],
        &[("origin", &format!("http://{}.evil.example", app.address))],
        &[("origin", "null")],
    ];
    let before = contents(app);
    for form in center.forms() {
        for headers in elsewhere {
            let headers = [&[FORM], headers].concat();
            browser.request("POST", &form.path, &headers, form.body(&token).as_bytes()).expect(403);
        }
    }
    assert_eq!(contents(app), before);
    let state = &center.forms()[2];
    for headers in [("sec-fetch-site", "same-origin"), ("origin", own.as_str())] {
        browser.request("POST", &state.path, &[FORM, headers], state.body(&token).as_bytes()).expect(303);
    }
}

#[on_both("queues are added in Webitel")]
fn a_body_that_is_no_form_is_refused(app: &App) {
    let browser = app.browser();
    let center = center(app);
    let token = browser.token();
    let before = contents(app);
    let types = ["text/plain", "application/json", "multipart/form-data; boundary=x", "nonsense", ""];
    for form in center.forms() {
        let takes_files = ["/routing/flow", "/routing/flow/{schema}"].contains(&form.route);
        for content_type in types {
            let status = if takes_files && content_type.starts_with("multipart") { 400 } else { 415 };
            let headers = [("content-type", content_type)];
            browser.request("POST", &form.path, &headers, form.body(&token).as_bytes()).expect(status);
        }
        browser.request("POST", &form.path, &[], form.body(&token).as_bytes()).expect(415);
    }
    assert_eq!(contents(app), before);
    let state = &center.forms()[2];
    let with_charset = ("content-type", "application/x-www-form-urlencoded; charset=UTF-8");
    browser.request("POST", &state.path, &[with_charset], state.body(&token).as_bytes()).expect(303);
}

#[on_both("queues are added in Webitel")]
fn names_appear_as_the_text_that_they_are(app: &App) {
    let names = [
        "<script>alert(1)</script>",
        "</title><b onload=x>bold",
        r#""double" 'single' `back`"#,
        "R&D &amp; &lt;i&gt;",
        "\u{202e}desrever\u{200f} \u{2066}x",
        "😀 𝕏 naïve ß İ",
        "{{ token }} ${x} %41 +",
        r"a\b/../c;d=e,f",
    ];
    let browser = app.browser();
    for (number, name) in (1..).zip(names) {
        let queue_name = format!("Queue {name}");
        let schema_name = format!("{number} {name}");
        let center = center_named(app, &queue_name, &schema_name);
        let rival = hook(center.queue, center.schema).off().create(app).to_string();
        let tab = center.fill("/contact-center/queues/{queue}/hooks");
        let enable = [("enabled", "true")];
        let event = [("event", "joined"), ("schema", &center.schema.to_string())];
        let lists = ["/contact-center/queues", "/routing/flow"];
        let whole = |path: &str| if lists.contains(&path) { format!("{path}?size=1000") } else { path.to_owned() };
        let mut pages: Vec<_> = center.pages().iter().map(|path| browser.get(&whole(path)).expect(200)).collect();
        pages.push(browser.get(&format!("/routing/flow/options?q={number}")).expect(200));
        pages.push(browser.get(&format!("{tab}?size=1000")).expect(200));
        pages.push(browser.post(&format!("{tab}/{rival}/state"), &enable).expect(409));
        pages.push(browser.post(&tab, &event).expect(422));
        for page in pages {
            for foreign in ["body script", "b", "i", "[onload]"] {
                assert!(!page.has(foreign), "{} holds {foreign}: {}", page.path, page.body);
            }
            let text = page.text("html");
            let is_new = ["/contact-center/queues/new", "/routing/flow/new"].contains(&&*page.path);
            let is_of_queue = page.path.starts_with("/contact-center/queues") && !is_new;
            let is_of_schema = page.path.starts_with("/routing") && !is_new || page.path.contains("/hooks");
            assert!(text.contains(&queue_name) || !is_of_queue, "{}: {}", page.path, page.body);
            assert!(text.contains(&schema_name) || !is_of_schema, "{}: {}", page.path, page.body);
        }
    }
}

#[on_all]
fn what_was_typed_appears_as_the_text_that_it_is(app: &App) {
    let browser = app.browser();
    let center = center(app);
    let typed = r#""><script>alert(1)</script>&amp;"#;
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", typed).finish();
    for path in ["/contact-center/queues", "/routing/flow", &center.fill("/contact-center/queues/{queue}/hooks")] {
        let page = browser.get(&format!("{path}?{query}&size=%3Cscript%3E")).expect(200);
        assert!(!page.has("body script"), "{}", page.body);
        assert_eq!(page.attr("#q", "value"), typed);
        assert_eq!(page.attr(".empty a", "href"), path);
        assert!(page.text("[role=note] li").contains("“<script>”"));
    }
    let new = center.fill("/contact-center/queues/{queue}/hooks");
    let page = browser.post(&new, &[("schema_q", typed), ("change", typed), ("search", "yes")]).expect(200);
    assert!(!page.has("body script"), "{}", page.body);
    assert_eq!(page.attr("#schema_q", "value"), typed);
    assert_eq!(page.attr("[name=change]", "value"), typed);
}

#[on_all]
fn a_message_says_a_name_as_it_is(app: &App) {
    let browser = app.browser();
    for name in ["a & b + c % d; e=f", "<b>\"x\"</b>", "100% %41", "a&undo=1", "é 😀 \u{202e}x"] {
        let center = center_named(app, "Queue", name);
        let tab = center.fill("/contact-center/queues/{queue}/hooks");
        let page = browser.get(&tab).press(&format!("Remove Joined → {name}"), &[]).expect(200);
        assert_eq!(page.text("[role=status] p"), format!("Removed Joined → {name}"));
        assert!(!page.has("b"));
        let page = page.press("Undo", &[]).expect(200);
        assert_eq!(page.text("[role=status] p"), format!("Restored Joined → {name}"));
    }
}

/// A cookie with a message, written by somebody else: as we write it, and encoded once more.
fn forged(fields: &[(&str, &str)]) -> [String; 2] {
    let once = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    [once.replace('%', "%25"), once]
}

#[test]
fn a_forged_message_cannot_hold_markup_or_lead_undo_elsewhere() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let show = |fields: &[(&str, &str)]| {
        forged(fields).map(|cookie| {
            browser.set_cookie("queue-hooks-flash", &cookie);
            browser.get("/contact-center/queues").expect(200)
        })
    };
    for page in show(&[("text", "<script>alert(1)</script><b>bold</b>")]) {
        assert!(!page.has("body script, b"), "{}", page.body);
        assert!(page.has("[role=status] p"));
    }
    let change = r#""><script>x</script>"#;
    for action in ["/undo", "https://evil.example/undo", "//evil.example/undo", "javascript:alert(1)//undo", ""] {
        let [page, _] = show(&[("text", "Removed"), ("undo", change), ("action", action)]);
        assert_eq!(page.attr("[role=status] form", "action"), UNDO, "{action}");
        assert_eq!(page.attr("[role=status] [name=change]", "value"), change);
    }
}

#[on_both("queues are removed in Webitel")]
fn undo_leads_back_to_our_own_pages_alone(app: &App) {
    let center = center(app);
    let browser = app.browser();
    let back = |back: &str| {
        let answer = browser.post(UNDO, &[("change", &center.queue_removal), ("back", back)]).expect(303);
        answer.header("location").expect("it leads somewhere").to_owned()
    };
    assert_eq!(back("/routing/flow?q=a"), "/routing/flow?q=a");
    for elsewhere in
        ["https://evil.example/", "//evil.example/", r"\\evil.example", "javascript:alert(1)", "/a/../b", ""]
    {
        assert_eq!(back(elsewhere), "/", "{elsewhere}");
    }
}

#[test]
fn a_cookie_that_cannot_be_read_is_as_good_as_none() {
    let app = App::start(Backend::Sqlite);
    for value in ["%ff%fe", "%", "text", "=", "text=%00", "\"quoted\"", "text=%ED%A0%80&action=x"] {
        let browser = app.browser();
        for name in ["queue-hooks-flash", "queue-hooks-token", "somebody-elses"] {
            browser.set_cookie(name, value);
        }
        browser.get("/contact-center/queues").expect(200);
        // The page has set a token that works, whatever else is there.
        let token = browser.token();
        let fields = [("token", token.as_str())];
        browser.post_raw("/contact-center/queues/1/hooks/removal", &fields).expect(422);
    }
}

#[test]
fn no_page_puts_a_token_into_an_address() {
    let app = App::start(Backend::Sqlite);
    let browser = app.browser();
    let center = center(&app);
    for _ in 0..10 {
        hook(center.queue, center.schema).off().create(&app);
    }
    let mut pressed = Vec::new();
    for path in center.pages() {
        let page = browser.get(&path).expect(200);
        for link in page.all("[href], [src]") {
            let url = link.attr("href").or(link.attr("src")).unwrap_or_default();
            assert!(!url.contains("token="), "{path} links to {url}");
        }
        for form in page.all("form").into_iter().filter(|form| form.attr("method") == Some("get")) {
            let is_of = |button: &scraper::ElementRef| match button.attr("form") {
                Some(id) => form.attr("id") == Some(id),
                None => button.ancestors().any(|ancestor| ancestor.id() == form.id()),
            };
            for button in page.all("button:not([formmethod=post])").into_iter().filter(is_of) {
                let name = button.text().collect::<String>();
                let answer = page.send(name.trim(), &[]);
                assert!(!answer.path.contains("token"), "{path} leads to {}", answer.path);
                pressed.push(name.trim().to_owned());
            }
        }
    }
    pressed.sort();
    pressed.dedup();
    assert_eq!(
        pressed,
        [
            "Apply",
            "Filter",
            "Remove selected flow schemas",
            "Remove selected hooks",
            "Remove selected queues",
            "Search"
        ]
    );
}

#[test]
fn only_the_names_of_this_machine_are_answered() {
    let app = App::start(Backend::Sqlite);
    let port = app.address.port();
    let status = |host: &str| {
        let request = format!("GET /sign-in HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        app.wire(request.as_bytes()).expect("an answer").status
    };
    for host in ["localhost", "LocalHost", "127.0.0.1", "127.0.0.2", "[::1]"] {
        assert_eq!(status(host), 200, "{host}");
        assert_eq!(status(&format!("{host}:{port}")), 200, "{host}");
    }
    for host in [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example:127.0.0.1",
        "10.0.0.1",
        "0.0.0.0",
        "[::]",
        "2130706433",
    ] {
        assert_eq!(status(host), 421, "{host}");
    }
    let nameless = app.wire(b"GET /contact-center/queues HTTP/1.0\r\n\r\n").expect("an answer");
    assert_eq!(nameless.status, 421);
}

#[test]
fn a_page_is_the_same_through_each_compression() {
    let app = App::start(Backend::Sqlite);
    for number in 1..=50 {
        schema(&format!("Flow schema {number}")).create(&app);
    }
    // A page carries a token, which would be masked differently each time; these do not.
    for path in ["/routing/flow/options", queue_hooks::web::assets::url("icons.svg")] {
        let plain = app.wire_get(path, "").expect("an answer");
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None));
        for encoding in ["gzip", "zstd"] {
            let small = app.wire_get(path, &format!("Accept-Encoding: {encoding}\r\n")).expect("an answer");
            assert_eq!(small.header("content-encoding"), Some(encoding), "{path}");
            assert!(small.header("vary").is_some_and(|vary| vary.eq_ignore_ascii_case("accept-encoding")), "{path}");
            let (length, all) = (small.body.len(), plain.body.len());
            assert!(decompressed(encoding, small.body) == plain.body, "{path} is the same by {encoding}");
            assert!(length * 2 < all, "{path} is {length} of {all} bytes by {encoding}");
        }
    }
}

fn decompressed(encoding: &str, body: Vec<u8>) -> Vec<u8> {
    actix_web::rt::System::new().block_on(async {
        let (request, mut payload) =
            TestRequest::default().insert_header(("content-encoding", encoding)).set_payload(body).to_http_parts();
        Bytes::from_request(&request, &mut payload).await.expect("it can be decompressed").to_vec()
    })
}
