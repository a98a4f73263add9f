//! Who may use what: every route of the table, for each kind of person, with things of their section and
//! with things that do not exist or lie elsewhere.

use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web;
use queue_hooks::access::rights::{Preset, SEE_QUEUES};
use queue_hooks::web::access::{check_on_reading, load};
use queue_hooks::web::site::Site;
use support::*;

/// What somebody gets of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    /// Whatever they asked for.
    It,
    /// The way to the sign-in page.
    SignIn,
    /// 403.
    No,
}

/// The kinds of people, with the words of their rights; `None` is nobody.
fn kinds() -> Vec<(&'static str, Option<String>)> {
    let words = |preset: Preset| Some(preset.rights().words());
    let people = |words: &str| Some(words.to_owned());
    vec![
        ("nobody", None),
        ("no rights", people("")),
        (
            "flow schemas without queues",
            people("flow_schemas:create flow_schemas:read flow_schemas:update flow_schemas:delete"),
        ),
        ("try without read", people("queues:read flow_schemas:try")),
        ("queues without flow schemas", people("queues:create queues:read queues:update queues:delete")),
        ("update without read", people("queues:create queues:update queues:delete flow_schemas:update")),
        ("delete without update", people("queues:read queues:delete flow_schemas:read")),
        ("people alone", people("people:manage")),
        ("a viewer", words(Preset::Viewer)),
        ("an editor", words(Preset::Editor)),
        ("an administrator", words(Preset::Administrator)),
    ]
}

/// The facts of the domain, said once more and in another way than the application says them: what a route needs
/// by its path and method. A path that is not here fails the test.
fn needs(path: &str, method: &str) -> Option<&'static [&'static str]> {
    let changes = method == "POST";
    Some(match path {
        "/settings" | "/static/{file}" | "/set-up" | "/sign-in" => return None,
        // What an undo needs depends on the change: see `may_undo`.
        "/"
        | "/sign-out"
        | "/account"
        | "/account/password"
        | "/account/sessions"
        | "/account/zone"
        | "/account/tokens"
        | "/account/tokens/removal"
        | "/events"
        | "/undo" => &[],
        path if path.starts_with("/people") => &["people:manage"],
        // What only leads to a change is as closed as the change.
        "/routing/flow/new" => &["flow_schemas:read", "flow_schemas:create"],
        "/routing/flow" if changes => &["flow_schemas:read", "flow_schemas:create"],
        "/routing/flow/{schema}/try" if changes => &["flow_schemas:read", "flow_schemas:try"],
        // Nothing is sent for it, and only one's own can be stopped.
        "/routing/flow/{schema}/way" | "/routing/flow/{schema}/try/{run}/stop" => &["flow_schemas:read"],
        "/routing/flow/{schema}" if changes => &["flow_schemas:read", "flow_schemas:update"],
        "/routing/flow/question" | "/routing/flow/removal" => &["flow_schemas:read", "flow_schemas:delete"],
        path if ["/addition", "/copies", "/successor"].iter().any(|plan| path.contains(plan)) => {
            &["queues:read", "queues:update", "flow_schemas:read"]
        }
        "/routing/flow/{schema}/hooks" => &["flow_schemas:read", "queues:read"],
        path if path.starts_with("/routing/flow") && !changes => &["flow_schemas:read"],
        "/contact-center/queues/new" => &["queues:read", "queues:create"],
        "/contact-center/queues" if changes => &["queues:read", "queues:create"],
        "/contact-center/queues/question" | "/contact-center/queues/removal" => &["queues:read", "queues:delete"],
        path if path.starts_with("/contact-center/queues") => {
            let leads = ["/hooks/new", "/hooks/removal", "/hooks/{hook}"].iter().any(|end| path.ends_with(end));
            if changes || leads { &["queues:read", "queues:update"] } else { &["queues:read"] }
        }
        path => panic!("{method} {path}: say who may use it"),
    })
}

fn expected(path: &str, method: &str, rights: Option<&str>) -> Gets {
    match (needs(path, method), rights) {
        (None, _) => Gets::It,
        (Some(_), None) => Gets::SignIn,
        (Some(needs), Some(rights)) if needs.iter().all(|need| rights.split(' ').any(|right| right == *need)) => {
            Gets::It
        }
        (Some(_), Some(_)) => Gets::No,
    }
}

/// What an answer is. A form without its token and a link that was used are refused too, but in other words.
fn got(answer: &Page) -> Gets {
    match answer.status {
        // The sign-in page that holds a form.
        401 => Gets::SignIn,
        303 if answer.header("location").is_some_and(|location| location.starts_with("/sign-in")) => Gets::SignIn,
        403 if answer.body.contains("Your rights do not cover this") => Gets::No,
        // An answer to HEAD has no words.
        403 if answer.body.is_empty() && !answer.path.starts_with("/set-up") => Gets::No,
        _ => Gets::It,
    }
}

fn each_kind(app: &App, mut check: impl FnMut(&str, Option<&str>, &Browser)) {
    for (number, (kind, rights)) in kinds().into_iter().enumerate() {
        let browser = match &rights {
            None => app.stranger(),
            Some(words) => person(&format!("kind-{number}")).rights(words).signed_in(app),
        };
        check(kind, rights.as_deref(), &browser);
    }
}

#[on_both("tests/web/attached.rs has the routes that refuse there")]
fn every_route_asks_for_its_rights_whatever_it_is_about(app: &App) {
    let center_ = center(app);
    // The same queue and person, with a hook of another queue; and nothing that exists.
    let foreign = Center { hook: center(app).hook, ..center_.clone() };
    let missing = Center { queue: 4711, schema: 4711, hook: 4711, person: 4711, ..center(app) };
    each_kind(app, |kind, rights, browser| {
        let before = contents(app);
        for route in routes() {
            let of = |center: &Center| center.fill(&route.path);
            for path in [of(&center_), of(&foreign), of(&missing)] {
                for method in route.methods.iter().copied() {
                    // Without a token: nothing is changed by asking.
                    let answer = browser.request(method, &path, &[FORM], b"");
                    let expected = expected(&route.path, method, rights);
                    assert_eq!(got(&answer), expected, "{kind}: {method} {path}: {}", answer.body);
                    assert!(answer.status < 500, "{kind}: {method} {path}");
                    let is_elsewhere =
                        path != of(&center_) && route.path.contains('{') && !route.path.contains("{file}");
                    if is_elsewhere && method == "GET" && expected == Gets::It {
                        // A question without a selection is refused before anything is looked for.
                        assert!([404, 422].contains(&answer.status), "{kind}: {path}: {}", answer.status);
                    }
                }
            }
        }
        assert_eq!(contents(app), before, "{kind} has only asked");
    });
}

#[on_both("tests/web/attached.rs has the routes that refuse there")]
fn every_change_is_made_by_those_who_may_and_by_nobody_else(app: &App) {
    for (number, (kind, rights)) in kinds().into_iter().enumerate() {
        for index in 0..center(app).forms().len() {
            let center = center(app);
            let form = center.forms().swap_remove(index);
            // One's own account is tried in its own tests.
            if form.route.starts_with("/account") || form.route == "/settings" {
                continue;
            }
            let browser = match &rights {
                None => app.stranger(),
                Some(words) => person(&format!("kind-{number}-{index}")).rights(words).signed_in(app),
            };
            let before = contents(app);
            let answer = browser.post(&form.path, &form.fields());
            match expected(form.route, "POST", rights.as_deref()) {
                Gets::It if !may_choose(rights.as_deref()) && chooses(&form) => drop(answer.expect(403)),
                Gets::It if !may_undo(&center, &form, rights.as_deref()) => drop(answer.expect(403)),
                Gets::It => {
                    answer.expect(303);
                    assert_eq!(contents(app) == before, form.only_asks(), "{kind}: {} does something", form.path);
                    continue;
                }
                refused => assert_eq!(got(&answer), refused, "{kind}: {}", form.path),
            }
            assert_eq!(contents(app), before, "{kind}: {}", form.path);
        }
    }
}

#[on_all]
fn who_lost_access_is_nobody_at_the_next_request(app: &App) {
    let center = center(app);
    let id = person("anna").preset(Preset::Administrator).create(app);
    let anna = app.browser_of(id);
    let tab = center.fill("/contact-center/queues/{queue}/hooks");
    anna.get(&tab).expect(200);
    app.browser().post(&format!("/people/{id}/access"), &[("enabled", "false")]).expect(303);
    let before = contents(app);
    assert_eq!(got(&anna.request("GET", &tab, &[], b"")), Gets::SignIn);
    assert_eq!(got(&anna.post(&format!("{tab}/removal"), &[("id", &center.hook.to_string())])), Gets::SignIn);
    assert_eq!(contents(app), before);
}

#[on_all]
fn a_viewer_sees_the_registry_without_tools_and_switches_that_cannot_be_moved(app: &App) {
    let center = center(app);
    let viewer = person("vera").signed_in(app);
    let tab = center.fill("/contact-center/queues/{queue}/hooks");
    let page = viewer.get(&tab).expect(200);
    let editor = app.browser();
    let of_editor = editor.get(&tab);
    assert_eq!(page.hook_ids(), of_editor.hook_ids());
    let hook = format!("{} → {}", of_editor.texts("td:nth-child(2)")[0], of_editor.texts("td:nth-child(3)")[0]);
    let (edit, remove) = (format!("Edit {hook}"), format!("Remove {hook}"));
    for tool in ["Add hook", "Remove selected hooks", "Enable", "Disable", &edit, &remove] {
        assert!(of_editor.has_control(tool) && !page.has_control(tool), "{tool}");
    }
    for tool in ["main [type=checkbox][name=selected]", "main [name=all]", "main tbody td:last-child > *"] {
        assert!(of_editor.has(tool) && !page.has(tool), "{tool}");
    }
    assert_eq!(page.all("[role=switch]").len(), 2);
    assert_eq!(page.all("[role=switch][disabled]").len(), 2);
    let history = viewer.get(&format!("{tab}/history")).expect(200);
    assert!(editor.get(&history.path).has("tbody button"));
    assert!(history.has("tbody tr") && !history.has("tbody button"));
    let sections = page.texts("[aria-label=Sections] a");
    assert_eq!(sections, ["Queues", "Flow schemas"]);
    let empty = viewer.get(&format!("/contact-center/queues/{}/hooks", queue().create(app))).expect(200);
    assert_eq!(empty.text(".empty h2"), "There are no records yet");
    assert!(!empty.has(".empty a"));
}

#[on_all]
fn a_section_without_rights_is_in_no_menu_and_the_start_is_the_first_one_with(app: &App) {
    for (rights, start, sections) in [
        ("queues:read", "/contact-center/queues", &["Queues"][..]),
        ("flow_schemas:read", "/routing/flow", &["Flow schemas"]),
        ("people:manage", "/people", &["People"]),
        ("queues:update", "/account", &[]),
        ("", "/account", &[]),
    ] {
        let browser = person(&format!("p{}", rights.replace(':', "-"))).rights(rights).signed_in(app);
        let page = browser.get("/").expect(200);
        assert_eq!(page.path, start);
        assert_eq!(page.texts("[aria-label=Sections] a"), sections);
    }
}

#[on_all]
fn without_the_right_to_flow_schemas_a_hook_keeps_the_one_that_it_has(app: &App) {
    let center = center(app);
    let other = schema("A secret name").create(app).to_string();
    let browser = person("anna").rights("queues:read queues:update").signed_in(app);
    let tab = center.fill("/contact-center/queues/{queue}/hooks");
    let registry = browser.get(&tab).expect(200);
    assert!(!registry.has("a[href^='/routing']"), "there is nowhere to go for a flow schema");
    let new = registry.click("Add hook").expect(200);
    assert!(new.one("#schema").attr("disabled").is_some());
    assert!(new.text("#schema-why").contains("rights"));
    let before = contents(app);
    browser.post(&tab, &[("event", "leaving"), ("schema", &other)]).expect(403);
    let edit = browser.get(&format!("{tab}/{}", center.hook)).expect(200);
    for field in ["schema", "seen_schema"] {
        browser.post(&format!("{tab}/{}", center.hook), &[("event", "leaving"), (field, &other)]);
    }
    browser.post(&format!("{tab}/{}", center.hook), &[("event", "leaving"), ("schema", &other)]).expect(403);
    assert_eq!(contents(app), before);
    // Nor does any answer give away a name.
    for fields in [
        &[("event", ""), ("schema", &*other)][..],
        &[("event", "leaving"), ("schema", &other), ("search", "yes"), ("schema_q", "secret")],
        &[("event", "joined"), ("schema", &other)],
    ] {
        for path in [tab.clone(), format!("{tab}/{}", center.hook)] {
            assert!(!browser.post(&path, fields).body.contains("A secret name"), "{path} {fields:?}");
        }
    }
    assert_eq!(contents(app), before);
    let saved = edit.press("Save", &[Fill::Field("event", "leaving")]).expect(200);
    assert!(saved.said().starts_with("Saved Leaving"), "{}", saved.said());
}

/// Whether a form chooses another flow schema for a hook than it has.
fn chooses(form: &Form) -> bool {
    form.route == "/contact-center/queues/{queue}/hooks"
}

fn may_choose(rights: Option<&str>) -> bool {
    rights.is_some_and(|rights| rights.contains("flow_schemas:read"))
}

/// Whether the rights cover what a form undoes, if it does: a removal of hooks, queues or flow schemas.
fn may_undo(center: &Center, form: &Form, rights: Option<&str>) -> bool {
    if form.route != "/undo" {
        return true;
    }
    let needed = match &form.fields[0].1 {
        change if *change == center.removal => ["queues:read", "queues:update"],
        change if *change == center.queue_removal => ["queues:read", "queues:delete"],
        _ => ["flow_schemas:read", "flow_schemas:delete"],
    };
    rights.is_some_and(|rights| needed.iter().all(|need| rights.split(' ').any(|right| right == *need)))
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The handler of a list asks who it is for with its first query. One that forgets to is no hole.
#[test]
fn what_a_list_answers_to_somebody_unknown_is_thrown_away() {
    let answer = |cookie: Option<&str>| {
        let rows = || async { "the rows" };
        let list = web::get().to(rows).wrap(from_fn(|request, next| check_on_reading(SEE_QUEUES, request, next)));
        let app = actix_web::App::new()
            .app_data(web::Data::new(Site::default()))
            .service(web::resource("/list").route(list))
            .wrap(from_fn(load));
        let mut request = TestRequest::get().uri("/list");
        if let Some(cookie) = cookie {
            request = request.insert_header(("cookie", cookie));
        }
        actix_web::rt::System::new().block_on(async {
            let answer = call_service(&init_service(app).await, request.to_request()).await;
            let status = answer.status().as_u16();
            (status, String::from_utf8(read_body(answer).await.into()).expect("an answer is text"))
        })
    };
    assert_eq!(answer(None).0, 303);
    let (status, body) = answer(Some("queue-hooks-session=0123456789abcdef0123456789abcdef"));
    assert!(status == 500 && !body.contains("rows"), "{status} {body}");
}
