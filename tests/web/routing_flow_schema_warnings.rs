//! `/routing/flow/{schema}`: what may go wrong when it runs.

use queue_hooks::model::event::Event::*;
use support::*;

use crate::routing_flow_schema::text_is;

#[on_all]
fn an_application_that_does_not_exist_is_warned_of_once(app: &App) {
    let id = schema("CRM").text("[\n{\"log\": 1},\n{\"httpRequst\": {}},\n{\"httpRequst\": {}}\n]").create(app);
    let browser = app.browser();
    let sentence = "Line 3: Webitel 26.6 knows no application “httpRequst”. It logs an error there and goes on.";
    assert_eq!(browser.get(&flow(id)).expect(200).warnings(), [sentence]);
    assert_eq!(person("viewer").signed_in(app).get(&flow(id)).warnings(), [sentence], "for viewers too");
}

#[on_all]
fn an_application_of_another_type_is_warned_of(app: &App) {
    let text = "[{\"answer\": {}},\n{\"sendText\": {}},\n{\"generateForm\": {}},\n{\"bridge\": {}}]";
    let browser = app.browser();
    let warned = |schema_type: &'static str| {
        let id = schema(schema_type).schema_type(schema_type).text(text).create(app);
        browser.get(&flow(id)).expect(200).warnings()
    };
    let only = |line: usize, name: &str, homes: &str| {
        format!("Line {line}: The application “{name}” works only in flow schemas of type {homes}.")
    };
    let (answer, send) = (only(1, "answer", "Voice"), only(2, "sendText", "Chat"));
    let (form, bridge) = (only(3, "generateForm", "Forms"), only(4, "bridge", "Voice or Chat"));
    assert_eq!(warned("service"), [&*answer, &*send, &*form, &*bridge]);
    assert_eq!(warned("voice"), [&*send, &*form]);
    assert_eq!(warned("chat"), [&*answer, &*form]);
    assert_eq!(warned("processing"), [&*answer, &*send, &*bridge]);
    assert!(warned("default").is_empty(), "one without a type may be for anything");
}

#[on_all]
fn what_webitel_knows_is_not_warned_of(app: &App) {
    let browser = app.browser();
    let warned = |schema_type: &'static str, name: &str, text: &str| {
        let id = schema(name).schema_type(schema_type).text(text).create(app);
        browser.get(&flow(id)).expect(200).warnings()
    };
    for (schema_type, names) in [
        (
            "service",
            "createMeeting cascadeVoice openai gemini success abandoned retry cancel confirm export reply httpResponse",
        ),
        (
            "voice",
            "amdML backgroundPlayback backgroundPlaybackStop ccOutbound pickup say speechAi voiceBot update openai gemini",
        ),
        ("chat", "openai gemini createMeeting"),
    ] {
        let applications: Vec<_> = names.split(' ').map(|name| format!(r#"{{"{name}":{{}}}}"#)).collect();
        let text = format!("[{}]", applications.join(","));
        assert_eq!(warned(schema_type, schema_type, &text), Vec::<String>::new());
    }
    for (number, sets) in [
        r#"{"recvMessage":{"set":"x"}}"#,
        r#"{"classifier":{"set":"x"}}"#,
        r#"{"ccPosition":{"set":"x"}}"#,
        r#"{"generateLink":{"set":"x"}}"#,
        r#"{"printFile":{"set":"x"}}"#,
        r#"{"menu":{"set":"x"}}"#,
        r#"{"cache":{"get":{"x":"key"}}}"#,
        r#"{"chatHistory":{"variable":"x"}}"#,
        r#"{"sql":{"query":"SELECT 1 AS x"}}"#,
        r#"{"global":{"x":"1"}}"#,
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!(r#"[{sets},{{"log":"${{x}} ${{x.uri()}} ${{destination.uri()}}"}}]"#);
        let name = format!("sets {number}");
        assert_eq!(warned("default", &name, &text), Vec::<String>::new(), "{sets}");
    }
    // What a call or a chat brings is not known here; a hook runs no such flow schema.
    assert_eq!(warned("voice", "a call", r#"[{"log":"${caller_id_number}"}]"#), Vec::<String>::new());
    assert_eq!(warned("service", "a hook", r#"[{"log":"${caller_id_number}"}]"#).len(), 1);
}

#[on_all]
fn a_variable_that_an_event_of_its_hooks_never_brings_is_warned_of(app: &App) {
    let id = schema("CRM").text("[{\"log\": \"${state} ${queue_id}\"},\n{\"log\": \"${agent_name}\"}]").create(app);
    let browser = app.browser();
    assert!(browser.get(&flow(id)).warnings().is_empty(), "no hook runs it yet");
    let inbound = queue().create(app);
    hook(inbound, id).event(Bridged).create(app);
    assert!(browser.get(&flow(id)).warnings().is_empty());
    hook(inbound, id).event(Joined).off().create(app);
    let sentence = "Line 2: Hooks run this at Joined (Inbound queue), where agent_name is always empty.";
    assert_eq!(browser.get(&flow(id)).warnings(), [sentence]);
    let without_queues = person("writer").rights("flow_schemas:read flow_schemas:update").signed_in(app);
    assert!(without_queues.get(&flow(id)).expect(200).warnings().is_empty(), "the hooks are not theirs to see");
}

#[on_all]
fn what_it_depends_on_is_the_type_of_the_queue_too(app: &App) {
    let id = schema("CRM").text("[{\"log\": \"${call_cause}\"}]").create(app);
    hook(queue().create(app), id).event(Leaving).create(app);
    for (name, queue_type) in [("Chat", 6), ("Tasks", 7), ("More tasks", 8), ("IM", 9), ("Chat 2", 6)] {
        hook(queue().name(name).queue_type(queue_type).create(app), id).event(Leaving).create(app);
    }
    let browser = app.browser();
    let warnings = browser.get(&flow(id)).warnings();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].ends_with(" and 1 more, where call_cause is always empty."), "{warnings:?}");
    assert!(!warnings[0].contains("Inbound queue)"), "{warnings:?}");
}

#[on_all]
fn a_variable_that_nothing_brings_is_warned_of_unless_the_flow_sets_it(app: &App) {
    let text = "[{\"log\": \"${foo} ${foo} ${set_later} ${result.name} $${global} ${\"},\n{\"set\": {\"set_later\": \"x\"}},\n\
        {\"httpRequest\": {\"url\": \"http://x/${id}\", \"path\": {\"id\": \"${queue_id}\"}, \"exportVariables\": {\"result\": \"a\"}, \"responseCode\": \"code\"}},\n\
        {\"log\": \"${code}\"},\n{\"if\": {\"expression\": \"${bar} > 1\", \"then\": [{\"log\": \"${baz}\"}]}}]";
    let id = schema("CRM").text(text).create(app);
    let browser = app.browser();
    let unknown = |line: usize, name: &str| {
        format!(
            "Line {line}: No event brings {name}. Unless the member, the call, the form or the queue sets it, it is empty."
        )
    };
    assert_eq!(browser.get(&flow(id)).warnings(), [unknown(1, "foo"), unknown(5, "bar"), unknown(5, "baz")]);
}

#[on_all]
fn a_flow_schema_that_runs_another_is_not_warned_of_unknown_variables(app: &App) {
    let id = schema("CRM").text("[{\"schema\": {\"id\": 1}}, {\"log\": \"${foo}\"}]").create(app);
    assert!(app.browser().get(&flow(id)).expect(200).warnings().is_empty());
}

#[on_all]
fn a_request_without_a_url_is_warned_of(app: &App) {
    let id = schema("CRM").text("[{\"httpRequest\": {\"url\": \" \"}},\n{\"httpRequest\": {}},\n{\"httpRequest\": {\"url\": \"http://x\"}}]").create(app);
    let sentence = |line| format!("Line {line}: This httpRequest has no url, so it sends nothing.");
    assert_eq!(app.browser().get(&flow(id)).warnings(), [sentence(1), sentence(2)]);
}

#[on_all]
fn at_most_20_warnings_are_told_and_the_others_counted(app: &App) {
    let of = |count: usize| {
        let logs: Vec<_> = (0..count).map(|n| format!("{{\"log\": \"${{foo{n}}}\"}}")).collect();
        format!("[{}]", logs.join(",\n"))
    };
    let browser = app.browser();
    let twenty = schema("20").text(&of(20)).create(app);
    assert_eq!(browser.get(&flow(twenty)).warnings().len(), 20);
    let many = schema("25").text(&of(25)).create(app);
    let warnings = browser.get(&flow(many)).warnings();
    assert_eq!(warnings.len(), 21);
    assert!(warnings[19].starts_with("Line 20: No event brings foo19."), "{warnings:?}");
    assert_eq!(warnings[20], "And 5 more.");
}

#[on_all]
fn warnings_are_about_what_was_typed_and_keep_nobody_from_saving(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let page = browser.get(&flow(id)).press("Format", &text_is("[{\"robot\":{}}]")).expect(200);
    assert!(
        page.warnings()[0].starts_with("Line 3: Webitel 26.6 knows no application “robot”."),
        "{:?}",
        page.warnings()
    );
    assert_eq!(page.press("Save", &[]).expect(200).said(), "Saved CRM");
    assert!(
        browser
            .get(&flow(id))
            .press("Format", &[Fill::Field("type", "voice"), Fill::Field("text", "[{\"answer\":{}}]")])
            .warnings()
            .is_empty()
    );
}
