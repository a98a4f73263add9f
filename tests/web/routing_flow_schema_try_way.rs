//! The way that the Try tab of a flow schema shows without sending anything.

use support::*;

/// The Try tab.
fn tab_of(id: i64) -> String {
    format!("{}/try", flow(id))
}

/// The page with the way, after the form was sent with these fields.
fn way<'a>(browser: &'a Browser, id: i64, fields: &[(&str, &str)]) -> Page<'a> {
    browser.post(&format!("{}/way", flow(id)), fields).expect(200)
}

/// The steps on the page, each in a line.
fn steps(page: &Page) -> Vec<String> {
    page.texts(".way ol > li")
}

const TEXT: &str = r#"[
  {"set": {"greeting": "Hello ${agent_name}"}},
  {"httpRequest": {"url": "http://x.test/${state}", "data": {"text": "${greeting}", "kind": "${kind}"}, "responseCode": "code"}},
  {"if": {"expression": "${code} == 200", "then": [{"log": "went well"}], "else": [{"log": "did not"}]}}
]"#;

#[on_all]
fn a_viewer_sees_the_way_and_nothing_is_sent_or_stored(app: &App) {
    let id = schema("CRM").text(TEXT).create(app);
    let viewer = person("viewer").signed_in(app);
    let before = contents(app);
    let page = viewer.get(&flow(id)).expect(200);
    let page = page.click("Try").expect(200);
    assert_eq!(page.path, tab_of(id));
    assert!(!page.has(".way"), "nobody asked for it yet");
    assert_eq!(page.texts(".values label"), ["agent_name", "state", "kind", "code"]);
    assert_eq!(page.typed("value-state"), "joined");
    let fill = [Fill::Field("event", "bridged"), Fill::Field("value-kind", "vip"), Fill::Field("value-code", "200")];
    let page = page.press("Only show the way", &fill).expect(200);
    assert_eq!(page.path, format!("{}/way", flow(id)), "no value is in the address");
    assert_eq!((page.typed("value-state"), page.typed("value-agent_name")), ("bridged".into(), "Anna Petrova".into()));
    assert_eq!((page.typed("value-kind"), page.typed("value-code")), ("vip".into(), "200".into()));
    assert!(page.has(".way[autofocus]"), "the focus is on the way");
    let squeezed: Vec<String> =
        steps(&page).iter().map(|step| step.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        squeezed,
        [
            "set Line 2 greeting is now Hello Anna Petrova.",
            "httpRequest Line 3 code is now 200. POST http://x.test/bridged content-type: application/json {\"kind\":\"vip\",\"text\":\"Hello Anna Petrova\"}",
            "if Line 4 It goes into “then”.",
            "log Line 4, in “then” Webitel logs “went well”.",
        ]
    );
    assert_eq!(page.texts(".way .end"), ["It ends here, after 4 steps with 1 request. Nothing was sent."]);
    assert_eq!(contents(app), before);
}

#[on_all]
fn a_value_that_somebody_typed_stays_when_the_event_changes(app: &App) {
    let id = schema("CRM").text(r#"[{"log":"${state} ${agent_id}"}]"#).create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=bridged", tab_of(id))).expect(200);
    assert_eq!((page.typed("value-state"), page.typed("value-agent_id")), ("bridged".into(), "17".into()));
    let page = page
        .press("Only show the way", &[Fill::Field("event", "joined"), Fill::Field("value-agent_id", "5")])
        .expect(200);
    assert_eq!((page.typed("value-state"), page.typed("value-agent_id")), ("joined".into(), "5".into()));
    assert!(steps(&page)[0].contains("joined 5"), "{:?}", steps(&page));
    let page = page.press("Only show the way", &[Fill::Field("value-agent_id", "")]).expect(200);
    assert!(steps(&page)[0].contains("“joined ”"), "an emptied field is empty: {:?}", steps(&page));
}

#[on_all]
fn a_flow_schema_that_calls_others_goes_into_them(app: &App) {
    let inner = schema("Inner").text(r#"[{"log":"${channel} of ${member_name}"}]"#).create(app);
    let outer =
        schema("Outer").text(&format!(r#"[{{"schema":{{"id":{inner}}}}},{{"schema":{{"id":4711}}}}]"#)).create(app);
    let browser = app.browser();
    let page = way(&browser, outer, &[("value-channel", "chat")]);
    assert_eq!(page.texts(".values label"), ["channel", "member_name"]);
    let steps = steps(&page).join(" ");
    assert!(steps.contains("It goes into the flow schema “Inner”.") && steps.contains("of “Inner”"), "{steps}");
    assert!(steps.contains("There is no flow schema 4711 that can be read here."), "{steps}");
    assert!(steps.contains("Line 3, of “Inner”"), "the lines are those that its General tab shows: {steps}");
}

#[on_all]
fn what_stops_a_way_is_said(app: &App) {
    let browser = app.browser();
    let end = |text: &str| {
        let id = schema(&format!("Schema {}", text.len())).text(text).create(app);
        way(&browser, id, &[]).texts(".way .end").join(" ")
    };
    assert_eq!(
        end(r#"[{"calendar":{}}]"#),
        "Stopped Line 3: “calendar” needs what only Webitel has, so nothing was run."
    );
    assert_eq!(end("[]"), "It ends here, after 0 steps with 0 requests. Nothing was sent.");
}

#[on_all]
fn a_way_that_looks_like_markup_is_shown_as_it_is(app: &App) {
    let text = r#"[{"set":{"<b>":"<script>1</script>"}},{"log":"<i>${<u>}"},{"httpRequest":{"url":"http://x","data":"</code><script>1</script>"}}]"#;
    let id = schema("CRM").text(text).create(app);
    let browser = app.browser();
    let page = way(&browser, id, &[]);
    assert!(!page.has("main script") && !page.has("main i") && !page.has("main u"));
    assert_eq!(page.texts(".values label"), ["<u>"]);
}

#[on_all]
fn an_event_that_cannot_happen_in_the_queue_is_marked_on_the_way_too(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let page = way(&browser, id, &[("event", "active"), ("queue_type", "1")]);
    assert!(page.has(".way .note"));
}

#[on_all]
fn questions_that_make_no_sense_are_answered(app: &App) {
    let id = schema("CRM").text(TEXT).create(app);
    let browser = app.browser();
    for query in ["event=robot&queue_type=99", "run", "value-=1&value-a=%FF&was_event=x", "back=//evil.example/"] {
        browser.get(&format!("{}?{query}", tab_of(id))).expect(200);
    }
    let odd = [("event", "robot"), ("queue_type", "99"), ("value-", "1"), ("was_event", "x"), ("value-state", "\0")];
    way(&browser, id, &odd);
    for path in [tab_of(4711), format!("{}/way", flow(4711))] {
        browser.get(&path).expect(404);
        browser.post(&path, &[]).expect(404);
    }
    // Whoever asks for the way by its address is led to the form.
    assert_eq!(browser.get(&format!("{}/way", flow(id))).expect(200).path, tab_of(id));
}
