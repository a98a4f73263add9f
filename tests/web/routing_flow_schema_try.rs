//! The Try tab of a flow schema: its form, what it sends, and what it keeps for the next time.

use queue_hooks::model::event::Event;
use support::receiver::{Receiver, json, reply};
use support::*;

fn tab_of(id: i64) -> String {
    format!("{}/try", flow(id))
}

/// A flow schema that sends a request to a receiver.
fn calling(receiver: &Receiver) -> String {
    format!(
        r#"[{{"httpRequest": {{"url": "{}", "responseCode": "code", "exportVariables": {{"number": "id"}},
             "headers": {{"Authorization": "Bearer ${{api_token}}", "X-Kind": "${{kind}}"}}, "data": {{"state": "${{state}}"}}}}}},
            {{"log": "${{number}} came with ${{code}}"}}]"#,
        receiver.url("/hook")
    )
}

#[on_all]
fn a_try_sends_what_it_shows_and_shows_what_came_back(app: &App) {
    let receiver = Receiver::start(|_| json(r#"{"id": 17}"#));
    let id = schema("CRM").text(&calling(&receiver)).create(app);
    let editor = person("anna").rights("flow_schemas:read flow_schemas:try").signed_in(app);
    let page = editor.get(&tab_of(id)).expect(200);
    assert!(page.text("form.stack").contains("“Try now” really sends the requests"), "{}", page.text("form.stack"));
    let fill =
        [Fill::Field("event", "bridged"), Fill::Field("value-kind", "vip"), Fill::Field("value-api_token", "s3cret")];
    let page = page.press("Try now", &fill).expect(200);
    assert_eq!(page.path, tab_of(id));
    let got = receiver.got();
    assert_eq!((got.len(), &*got[0].method, &*got[0].target), (1, "POST", "/hook"));
    assert_eq!((got[0].header("x-kind"), got[0].header("authorization")), (Some("vip"), Some("Bearer s3cret")));
    assert_eq!(got[0].body, br#"{"state":"bridged"}"#);
    let region = page.text("#try");
    for shown in [
        "Answered One request was answered with 200.",
        "2 steps with 1 request in ",
        "Request 1, line ",
        "X-Kind: vip",
        "Authorization: Bearer s3cret",
        r#"{"state":"bridged"}"#,
        "Answer: 200 OK",
        "Time until: ",
        "number is now 17.",
        "Webitel logs “17 came with 200”.",
    ] {
        let squeezed = region.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed.contains(shown), "{shown}: {squeezed}");
    }
    assert!(page.has("#try[autofocus]") && page.has("#try details pre"), "the headers of the answer are folded away");
    // What was typed stays, and is there the next time, but for what looks secret.
    assert_eq!((page.typed("value-kind"), page.typed("value-api_token")), ("vip".into(), "s3cret".into()));
    let next = editor.get(&tab_of(id)).expect(200);
    assert_eq!((next.typed("value-kind"), next.typed("value-api_token")), ("vip".into(), String::new()));
    assert_eq!((next.value("[name=event]"), next.typed("value-state")), ("bridged".into(), "bridged".into()));
    // But not for somebody else, nor after the samples were asked for.
    assert_eq!(app.browser().get(&tab_of(id)).expect(200).typed("value-kind"), "");
    let samples = next.press("Samples", &[Fill::Field("value-state", "typed")]).expect(200);
    assert_eq!((samples.typed("value-kind"), samples.typed("value-state")), (String::new(), "bridged".into()));
    assert_eq!(receiver.got().len(), 1, "samples send nothing");
}

#[on_all]
fn a_value_with_a_secret_in_it_is_not_kept_for_the_next_time(app: &App) {
    let id =
        schema("CRM").text(r#"[{"log":"${callback} ${plain} ${body} ${user_pin} ${again} ${state}"}]"#).create(app);
    let browser = app.browser();
    let typed = [
        ("value-callback", "https://me:s3cret@host/?token=s3cret"),
        ("value-plain", "https://host/?n=1"),
        ("value-body", r#"{"password":["s3cret"]}"#),
        ("value-user_pin", "s3cret-4711"),
        ("value-again", "it is s3cret-4711"),
        ("value-state", "typed"),
    ];
    let fill = typed.map(|(name, value)| Fill::Field(name, value));
    let page = browser.get(&tab_of(id)).press("Try now", &fill).expect(200);
    assert_eq!(page.typed("value-callback"), typed[0].1);
    assert!(
        page.text("form.stack")
            .contains("They are kept for your next try of this flow schema, except those that look secret.")
    );
    let next = browser.get(&tab_of(id)).expect(200);
    for (name, value) in typed {
        let is = if ["value-plain", "value-state"].contains(&name) { value } else { "" };
        assert_eq!(next.typed(name), is, "{name}");
    }
    assert!(!format!("{:?}", contents(app)).contains("s3cret"), "nothing of it is in the database");
}

#[on_all]
fn a_request_without_an_answer_and_an_error_are_marked_in_words(app: &App) {
    let receiver = Receiver::start(|_| reply(503, &[], "<b>busy</b>"));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let text = format!(
        r#"[{{"httpRequest":{{"url":"{}"}}}},{{"httpRequest":{{"url":"http://{closed}/"}}}},{{"httpRequest":{{"url":"http://192.168.0.1/"}}}}]"#,
        receiver.url("/")
    );
    let id = schema("CRM").text(&text).create(app);
    let browser = app.browser();
    let page = browser.get(&tab_of(id)).press("Try now", &[]).expect(200);
    assert_eq!(page.texts("#try h3").len(), 3);
    assert_eq!(page.texts("#try .came.bad"), ["Answer: 503 Service Unavailable"]);
    let failed = page.texts("#try .came.none");
    assert!(failed.len() == 2 && failed.iter().all(|said| said.starts_with("No answer: ")), "{failed:?}");
    assert!(failed[1].contains("--destinations"), "{failed:?}");
    assert!(page.text("#try .outcome").starts_with("Failed Line "), "{}", page.text("#try .outcome"));
    assert!(!page.body.contains("<b>busy") && page.text("#try").contains("<b>busy</b>"), "it is shown as it is");
}

#[on_all]
fn whoever_may_only_read_sees_the_way_and_sends_nothing(app: &App) {
    let receiver = Receiver::start(|_| json("{}"));
    let id = schema("CRM").text(&calling(&receiver)).create(app);
    let viewer = person("viewer").signed_in(app);
    let before = contents(app);
    let page = viewer.get(&tab_of(id)).expect(200);
    assert!(!page.has_control("Try now") && page.has_control("Only show the way"));
    assert!(app.browser().get(&tab_of(id)).has_control("Try now"));
    viewer.post(&tab_of(id), &[]).expect(403);
    viewer.post(&format!("{}/way", flow(id)), &[]).expect(200);
    assert_eq!(contents(app), before);
    assert_eq!(receiver.got().len(), 0);
}

#[on_all]
fn what_was_typed_stays_when_a_try_is_refused(app: &App) {
    let id = schema("CRM").text(r#"[{"log":"${kind}"}]"#).create(app);
    let browser = app.browser();
    browser.token();
    let typed = [("event", "leaving"), ("queue_type", "6"), ("value-kind", "vip & <b>")];
    let page = browser.post_raw(&tab_of(id), &typed).expect(403);
    assert!(page.text("[role=alert].conflict").starts_with("Nothing was changed: "));
    assert_eq!((page.typed("value-kind"), page.value("[name=event]")), ("vip & <b>".into(), "leaving".into()));
    // A flow schema that cannot be read is not tried.
    let broken = schema("Broken").text("{}").create(app);
    let page = browser.post(&tab_of(broken), &[]).expect(422);
    assert!(page.text("main").contains("cannot be read, so it cannot be tried. Line "), "{}", page.text("main"));
    // Nor one that somebody removed meanwhile.
    let gone = schema("Gone").create(app);
    let page = browser.get(&tab_of(gone));
    remove_schema(app, gone);
    page.press("Try now", &[]).expect(404);
    browser.get(&tab_of(gone)).expect(404);
    assert_eq!(contents(app).tries(), 0);
}

#[on_all]
fn the_modal_of_a_hook_leads_to_a_try_and_back(app: &App) {
    let queue_id = queue().create(app);
    let crm = schema("CRM").create(app);
    let browser = app.browser();
    let modal = browser.get(&format!("{}/new?sort=event", tab(queue_id))).expect(200);
    let unchosen = modal.press("Try", &[]).expect(422);
    assert_eq!(unchosen.text("#schema-error"), "Choose a flow schema.");
    let page =
        modal.press("Try", &[Fill::Field("event", "missed"), Fill::Field("schema", &crm.to_string())]).expect(200);
    assert!(page.path.starts_with(&tab_of(crm)), "{}", page.path);
    assert_eq!(page.value("[name=event]"), "missed");
    // It is tried, corrected, and tried again; the way back stays.
    let page = page.press("Try now", &[]).expect(200);
    assert!(page.text("#try .outcome").contains("No request was sent."));
    let edit = page.click("Edit it").expect(200);
    let page = edit.press("Save", &[Fill::Field("text", r#"[{"log":"again"}]"#)]).expect(200);
    assert_eq!((page.said(), page.path.starts_with(&tab_of(crm))), ("Saved CRM".into(), true));
    let page = page.press("Try now", &[]).expect(200);
    assert!(page.text("#try").contains("Webitel logs “again”."));
    let modal = page.click("Back to the hook").expect(200);
    assert_eq!((modal.value("#event"), modal.value("#schema")), ("missed".into(), crm.to_string()));
    let saved = modal.press("Save", &[]).expect(200);
    assert_eq!((saved.said(), saved.path), ("Added Missed → CRM".into(), tab(queue_id)));
}

#[on_all]
fn the_way_back_from_a_try_keeps_what_was_chosen_and_what_others_saved_meanwhile(app: &App) {
    let queue_id = queue().create(app);
    let (crm, other) = (schema("CRM").create(app), schema("Other").create(app));
    let hook_id = hook(queue_id, crm).event(Event::Joined).create(app);
    let browser = app.browser();
    let modal = browser.get(&format!("{}/{hook_id}", tab(queue_id))).expect(200);
    let tried = modal.press("Try", &[Fill::Field("event", "missed")]).expect(200);
    // Somebody else gives the hook another flow schema.
    let theirs = browser.get(&format!("{}/{hook_id}", tab(queue_id))).expect(200);
    theirs.press("Save", &[Fill::Field("schema", &other.to_string())]).expect(200);
    let modal = tried.click("Back to the hook").expect(200);
    assert_eq!((modal.value("#event"), modal.value("#schema")), ("missed".into(), crm.to_string()));
    let told = modal.press("Save", &[]).expect(409);
    assert_eq!(told.chosen("#event"), "missed");
    assert_eq!(stored(app, hook_id), Some((Event::Joined, other, true)));
}
