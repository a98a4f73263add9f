//! The preview on the page of a flow schema: the requests that it would send, with sample values.

use support::*;

/// The requests that the page of a flow schema of this text shows for an event in a queue of some type.
struct Preview {
    /// Each with its first line, its headers and its body, as they stand on the page.
    requests: Vec<String>,
    /// What is said of each.
    notes: Vec<Vec<String>>,
    /// The line and the place of each.
    places: Vec<String>,
}

fn read(page: &Page) -> Preview {
    let selector = |text| scraper::Selector::parse(text).expect("a selector");
    let (code, note, place) = (selector("pre code"), selector("li"), selector("p"));
    let (mut requests, mut notes, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for article in page.all("[aria-label=Preview] article") {
        let text = |element: scraper::ElementRef| element.text().collect::<String>();
        requests.extend(article.select(&code).map(|code| text(code).trim_end().to_owned()));
        notes.push(article.select(&note).map(text).collect());
        places.extend(article.select(&place).map(text));
    }
    Preview { requests, notes, places }
}

fn preview_in(app: &App, text: &str, event: &str, queue_type: &str) -> Preview {
    let name = format!("Schema {}", schema_names(app).len());
    let id = schema(&name).text(text).create(app);
    let browser = app.browser();
    read(&browser.get(&format!("{}?event={event}&queue_type={queue_type}", flow(id))).expect(200))
}

/// The preview with the event that brings the most, in an inbound queue.
fn preview(app: &App, text: &str) -> Preview {
    preview_in(app, text, "bridged", "1")
}

/// The only request of a text, and what is said of it.
fn only(app: &App, text: &str) -> (String, Vec<String>) {
    let preview = preview(app, text);
    assert_eq!(preview.requests.len(), 1, "{text}");
    (preview.requests[0].clone(), preview.notes[0].clone())
}

const JSON: &str = "content-type: application/json";

// Where it is.

#[on_all]
fn a_preview_is_shown_by_get_to_a_viewer(app: &App) {
    let id = schema("CRM").text(r#"[{"httpRequest":{"url":"http://x.test/${state}"}}]"#).create(app);
    let viewer = person("viewer").signed_in(app);
    let page = viewer.get(&flow(id)).expect(200);
    assert!(!page.has("[aria-label=Preview]"), "nobody asked for it yet");
    let page = page.press("Preview", &[Fill::Field("event", "missed"), Fill::Field("queue_type", "4")]).expect(200);
    assert_eq!(page.path, format!("{}?event=missed&queue_type=4", flow(id)));
    assert_eq!(read(&page).requests, [format!("POST http://x.test/missed\n{JSON}")]);
    assert_eq!((page.chosen("#preview-event"), page.chosen("#preview-type")), ("missed".into(), "4".into()));
    assert_eq!(page.texts("[aria-label=Preview] > p"), ["Preview With sample values. Nothing was sent."]);
}

#[on_all]
fn a_preview_is_of_what_was_typed_and_saves_nothing(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let before = contents(app);
    let typed = r#"[{"httpRequest":{"url":"http://x.test/${channel}"}}]"#;
    let fill = [Fill::Field("name", "Typed"), Fill::Field("text", typed), Fill::Field("queue_type", "6")];
    let page = browser.get(&flow(id)).press("Preview", &fill).expect(200);
    assert_eq!(read(&page).requests, [format!("POST http://x.test/chat\n{JSON}")]);
    assert_eq!((page.typed("name"), page.typed_text()), ("Typed".into(), typed.into()));
    assert_eq!(page.chosen("#preview-type"), "6");
    assert!(page.has("[aria-label=Preview][autofocus]"), "the focus is on the preview");
    assert_eq!(contents(app), before);
}

#[on_all]
fn a_preview_of_an_event_that_does_not_exist_is_none(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=robot&queue_type=99", flow(id))).expect(200);
    assert!(!page.has("[aria-label=Preview]"));
    assert_eq!(page.chosen("#preview-type"), "1");
}

#[on_all]
fn a_flow_schema_that_sends_nothing_says_so(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=joined", flow(id))).expect(200);
    assert_eq!(
        page.texts("[aria-label=Preview] > p").last().map(String::as_str),
        Some("This flow schema sends no HTTP request.")
    );
}

#[on_all]
fn an_event_that_cannot_happen_in_the_queue_is_marked(app: &App) {
    let id = schema("CRM").create(app);
    let browser = app.browser();
    let told = |query: &str| {
        browser.get(&format!("{}?{query}", flow(id))).expect(200).texts("[aria-label=Preview] p:has(.note)")
    };
    assert_eq!(
        told("event=active&queue_type=1"),
        ["cannot happen here Active never happens in a queue of this type: Inbound queue."]
    );
    assert!(told("event=active&queue_type=3").is_empty());
}

#[on_all]
fn each_request_says_where_it_stands(app: &App) {
    let text = r#"[
            {"httpRequest":{"url":"http://x/1"}},
            {"if":{"expression":"1","then":[{"httpRequest":{"url":"http://x/2"}}],
                "else":[{"httpRequest":{"url":"http://x/3"}}]}},
            {"switch":{"variable":"a","case":{"vip":[{"httpRequest":{"url":"http://x/4"}}]}}},
            {"while":{"condition":"1","do":[{"function":{"name":"f","actions":[{"httpRequest":{"url":"http://x/5"}}]}}]}}
        ]"#;
    let preview = preview(app, text);
    assert_eq!(
        preview.places,
        ["Line 2", "Line 3, in “then”", "Line 4, in “else”", "Line 5, in case “vip”", "Line 6, in function “f”"]
    );
}

// The request itself.

#[on_all]
fn the_method_is_post_unless_another_is_asked_for(app: &App) {
    assert_eq!(only(app, r#"[{"httpRequest":{"url":"http://x"}}]"#).0, format!("POST http://x\n{JSON}"));
    assert_eq!(only(app, r#"[{"httpRequest":{"url":"http://x","method":"get"}}]"#).0, format!("GET http://x\n{JSON}"));
}

#[on_all]
fn the_address_has_the_variables_values_and_is_escaped(app: &App) {
    let (request, notes) =
        only(app, r#"[{"httpRequest":{"url":" http://x/a b/${agent_name}?q=\"<>{}|^`\\é&s=${state} "}}]"#);
    assert_eq!(
        request,
        format!("POST http://x/a%20b/Anna%20Petrova?q=%22%3C%3E%7B%7D%7C%5E%60%5C%C3%A9&s=bridged\n{JSON}")
    );
    assert!(notes.is_empty(), "{notes:?}");
}

#[on_all]
fn a_path_fills_the_address_and_the_query_is_put_together_anew(app: &App) {
    let text = r#"[{"httpRequest":{"url":"http://x/${id}/${kind}?b=2&a=${state} 1&c=a/b","path":{"id":"${queue_id}","kind":"vip"}}}]"#;
    let (request, notes) = only(app, text);
    assert_eq!(request, format!("POST http://x/42/vip?a=bridged%201&b=2&c=a%2Fb\n{JSON}"));
    assert!(notes.is_empty(), "{notes:?}");
}

#[on_all]
fn headers_have_their_names_as_they_are_written_and_a_content_type_is_added(app: &App) {
    let text = r#"[{"httpRequest":{"url":"http://x","headers":{"X-State":"${state}","Authorization":"Basic YTpi","X-Number":5,"X-Yes":true}}}]"#;
    assert_eq!(
        only(app, text).0,
        format!("POST http://x\nAuthorization: Basic YTpi\nX-Number: 5\nX-State: bridged\nX-Yes: true\n{JSON}")
    );
    let text = r#"[{"httpRequest":{"url":"http://x","headers":{"CONTENT-TYPE":"text/plain"},"data":"a"}}]"#;
    assert_eq!(only(app, text).0, "POST http://x\nCONTENT-TYPE: text/plain\n\na");
}

#[on_all]
fn a_variable_counts_anywhere_in_a_header_and_what_older_versions_do_is_noted(app: &App) {
    let text = r#"[{"set":{"token":"abc"}},{"httpRequest":{"url":"http://x","headers":{"Authorization":"Bearer ${token}","X-Trace":"id ${state} of $${global}"}}}]"#;
    let (request, notes) = only(app, text);
    let headers = "Authorization: Bearer abc\nX-Trace: id bridged of $${global}";
    assert_eq!(request, format!("POST http://x\n{headers}\n{JSON}"));
    assert_eq!(
        notes,
        [
            "Before Webitel 26.6 the header Authorization was sent as written.",
            "Before Webitel 26.6 the header X-Trace was sent as written.",
            "Global variables, as in $${name}, are left as they are.",
        ]
    );
}

#[on_all]
fn a_value_is_escaped_for_an_address_where_that_is_asked_for(app: &App) {
    let text = r#"[{"set":{"who":"Anna & Co/1"}},{"httpRequest":{"url":"http://x/${who.uri()}?n=${agent_name.uri()}","headers":{"X-Who":"${who.uri()}"},"data":{"who":"${who.uri()}","unknown":"${nobody.uri()}"}}}]"#;
    let (request, notes) = only(app, text);
    let body = r#"{"unknown":"","who":"Anna%20%26%20Co%2F1"}"#;
    let who = "Anna%20%26%20Co%2F1";
    assert_eq!(request, format!("POST http://x/{who}?n=Anna%20Petrova\nX-Who: {who}\n{JSON}\n\n{body}"));
    assert!(notes.last().is_some_and(|note| note.starts_with("No event brings nobody.")), "{notes:?}");
}

#[on_all]
fn a_json_body_is_compact_with_its_names_sorted_and_the_values_in_it(app: &App) {
    let text = r#"[{"httpRequest":{"url":"http://x","data":{"z": 1.50, "event": "${state} at ${queue_id}", "a": [true, null, 1e3, {"y": "${agent_name}", "b": "\"q\""}], "${state}": "é"}}}]"#;
    let (request, notes) = only(app, text);
    let body =
        r#"{"a":[true,null,1000,{"b":"\"q\"","y":"Anna Petrova"}],"event":"bridged at 42","z":1.5,"bridged":"é"}"#;
    // The names are sorted before their variables are filled in: “$” comes first.
    let body = body.replace(r#","bridged":"é""#, "").replacen('{', r#"{"bridged":"é","#, 1);
    assert_eq!(request, format!("POST http://x\n{JSON}\n\n{body}"));
    assert!(notes.is_empty(), "{notes:?}");
}

#[on_all]
fn a_text_as_the_body_is_filled_in(app: &App) {
    let text = r#"[{"httpRequest":{"url":"http://x","data":"{\"event\": \"${state}\"}"}}]"#;
    assert_eq!(only(app, text).0, format!("POST http://x\n{JSON}\n\n{{\"event\": \"bridged\"}}"));
}

#[on_all]
fn a_form_is_encoded_and_only_whole_values_are_replaced(app: &App) {
    let text = r#"[{"httpRequest":{"url":"http://x","headers":{"Content-Type":"application/x-www-form-urlencoded"},"data":{"who":"${agent_name}","a":"x ${state}&","n":5}}}]"#;
    let head = "POST http://x\nContent-Type: application/x-www-form-urlencoded\n\n";
    assert_eq!(only(app, text).0, format!("{head}a=x+%24%7Bstate%7D%26&n=5&who=Anna+Petrova"));
    let text = r#"[{"httpRequest":{"url":"http://x","headers":{"Content-Type":"application/x-www-form-urlencoded"},"data":"a=${state}"}}]"#;
    assert_eq!(only(app, text).0, format!("{head}a=${{state}}"), "a text is sent as it stands");
}

#[on_all]
fn xml_is_filled_in_and_anything_but_text_is_no_xml(app: &App) {
    for kind in ["text/xml", "application/soap+xml; charset=utf-8"] {
        let of = |data: &str| {
            format!(r#"[{{"httpRequest":{{"url":"http://x","headers":{{"content-type":"{kind}"}},"data":{data}}}}}]"#)
        };
        assert_eq!(
            only(app, &of(r#""<e a=\"1\">${state}</e>""#)).0,
            format!("POST http://x\ncontent-type: {kind}\n\n<e a=\"1\">bridged</e>")
        );
        assert_eq!(only(app, &of(r#"{"e":"${state}"}"#)).0, format!("POST http://x\ncontent-type: {kind}"));
    }
}

#[on_all]
fn a_request_without_an_address_says_that_it_sends_nothing(app: &App) {
    for arguments in [r#"{"method":"GET"}"#, r#"{"url":" "}"#, r#"{"url":5}"#] {
        let (_, notes) = only(app, &format!(r#"[{{"httpRequest":{arguments}}}]"#));
        assert_eq!(notes, ["It has no url, so it sends nothing."], "{arguments}");
    }
    let (_, notes) = only(app, r#"[{"httpRequest":"http://x"}]"#);
    assert_eq!(notes, ["Its arguments are not an object, so it sends nothing."]);
    let (_, notes) = only(app, r#"[{"httpRequest":{"url":"ftp://x"}}]"#);
    assert_eq!(notes, ["Its url begins neither with http:// nor with https://, so it sends nothing."]);
    let (_, notes) = only(app, r#"[{"httpRequest":{"url":"HTTPS://x"}}]"#);
    assert!(notes.is_empty(), "{notes:?}");
}

#[on_all]
fn a_request_that_looks_like_markup_is_shown_as_it_is(app: &App) {
    let id = schema("CRM")
        .text(r#"[{"httpRequest":{"url":"http://x","method":"<b>","data":"</code><script>1</script>"}}]"#)
        .create(app);
    let browser = app.browser();
    let page = browser.get(&format!("{}?event=joined", flow(id))).expect(200);
    assert_eq!(read(&page).requests, [format!("<B> http://x\n{JSON}\n\n</code><script>1</script>")]);
    assert!(!page.has("main script"));
}

// The variables.

#[on_all]
fn variables_that_no_event_brings_are_noted_and_empty(app: &App) {
    let (request, notes) = only(app, r#"[{"httpRequest":{"url":"http://x/${foo}/${bar}/${foo}"}}]"#);
    assert_eq!(request, format!("POST http://x///\n{JSON}"));
    assert_eq!(
        notes,
        ["No event brings bar, foo. Unless the member, the call, the form or the queue sets it, it is empty."]
    );
}

#[on_all]
fn variables_that_never_come_with_the_event_are_noted_and_empty(app: &App) {
    let text = r#"[{"httpRequest":{"url":"http://x/${agent_id}/${call_cause}/${state}"}}]"#;
    let inbound = preview_in(app, text, "joined", "1");
    assert_eq!(inbound.requests, [format!("POST http://x//NORMAL_CLEARING/joined\n{JSON}")]);
    assert_eq!(inbound.notes, [["Always empty with this event: agent_id."]]);
    let chat = preview_in(app, text, "bridged", "6");
    assert_eq!(chat.requests, [format!("POST http://x/17//bridged\n{JSON}")]);
    assert_eq!(chat.notes, [["Always empty with this event: call_cause."]]);
}

#[on_all]
fn values_that_the_flow_sets_are_used_from_there_on(app: &App) {
    let text = r#"[{"httpRequest":{"url":"http://x/${who}"}},{"set":{"who":"${agent_id}-${state}","n":5}},
            {"httpRequest":{"url":"http://x/${who}/${n}"}},{"set":{"state":"mine"}},{"httpRequest":{"url":"http://x/${state}"}}]"#;
    let preview = preview(app, text);
    let urls: Vec<_> = preview.requests.iter().map(|request| request.lines().next().unwrap_or_default()).collect();
    assert_eq!(urls, ["POST http://x/", "POST http://x/17-bridged/5", "POST http://x/mine"]);
    assert_eq!(preview.notes[0], ["Set only further down, so empty here: who."]);
    assert!(preview.notes[1].is_empty() && preview.notes[2].is_empty());
}

#[on_all]
fn what_is_unset_is_empty_and_values_set_at_once_do_not_see_each_other(app: &App) {
    let text = r#"[{"set":{"a":"1","b":"2"}},{"set":{"a":"3","b":"${a}"}},{"unSet":["a"]},
            {"httpRequest":{"url":"http://x/(${a})/${b}"}}]"#;
    assert_eq!(only(app, text).0, format!("POST http://x/()/1\n{JSON}"));
}

#[on_all]
fn what_only_a_run_can_tell_is_left_and_noted(app: &App) {
    let text = r#"[{"httpRequest":{"url":"http://x","responseCode":"code","exportVariables":{"name":"a.b"}}},
            {"set":{"copy":"${code}"}},{"httpRequest":{"url":"http://x","data":{"c":"${code}","n":"${name}","d":"${copy}"}}},
            {"if":{"expression":"1","then":[{"set":{"state":"x"}}]}},{"httpRequest":{"url":"http://x","data":"${state}"}}]"#;
    let preview = preview(app, text);
    assert_eq!(
        preview.requests[1],
        format!("POST http://x\n{JSON}\n\n{}", r#"{"c":"${code}","d":"${copy}","n":"${name}"}"#)
    );
    assert_eq!(preview.notes[1], ["Known only when the flow runs: code, copy, name."]);
    assert_eq!(preview.notes[2], ["Known only when the flow runs: state."], "it is set only if something holds");
}

#[on_all]
fn global_variables_are_left_and_noted(app: &App) {
    let (request, notes) = only(app, r#"[{"httpRequest":{"url":"http://x","data":"$${secret}"}}]"#);
    assert_eq!(request, format!("POST http://x\n{JSON}\n\n$${{secret}}"));
    assert_eq!(notes, ["Global variables, as in $${name}, are left as they are."]);
}

#[on_all]
fn parts_of_a_path_that_name_each_other_are_put_in_once(app: &App) {
    let parts: Vec<_> = (0..40).map(|n| format!(r#""p{n}":"x${{p{}}}${{p{}}}""#, n + 1, n + 1)).collect();
    let text = format!(r#"[{{"httpRequest":{{"url":"http://x.test/${{p0}}","path":{{{}}}}}}}]"#, parts.join(","));
    let (request, _) = only(app, &text);
    assert_eq!(request, format!("POST http://x.test/x\n{JSON}"));
}

#[on_all]
fn a_long_part_of_a_path_is_not_put_in_without_end(app: &App) {
    let url = "${p}".repeat(5000);
    let text = format!(r#"[{{"httpRequest":{{"url":"http://x.test/{url}","path":{{"p":"{}"}}}}}}]"#, "x".repeat(5000));
    let (request, _) = only(app, &text);
    assert!(request.len() < 6 << 20, "{}", request.len());
}

#[on_all]
fn values_that_double_each_other_end_quickly(app: &App) {
    let doubling = [r#"{"set":{"a":"${a}${a}"}}"#; 40].join(",");
    let text = format!(
        r#"[{{"set":{{"a":"xx"}}}},{doubling},{{"httpRequest":{{"url":"http://x/${{a}}","data":{{"a":"${{a}}"}}}}}}]"#
    );
    let (request, notes) = only(app, &text);
    assert!(request.len() < 1000, "{} bytes", request.len());
    assert_eq!(notes, ["Known only when the flow runs: a."]);
}

#[on_all]
fn more_than_50_requests_are_cut_and_counted(app: &App) {
    let of = |count: usize| format!("[{}]", vec![r#"{"httpRequest":{"url":"http://x"}}"#; count].join(",\n"));
    let browser = app.browser();
    for (count, cut) in [(50, None), (51, Some("1")), (1000, Some("950"))] {
        let id = schema(&count.to_string()).text(&of(count)).create(app);
        let page = browser.get(&format!("{}?event=joined", flow(id))).expect(200);
        assert_eq!(read(&page).requests.len(), 50);
        let told = page.texts("[aria-label=Preview] > p");
        assert_eq!(told.get(1).and_then(|told| told.split(' ').next()), cut, "{told:?}");
    }
}
