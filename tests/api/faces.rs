//! The pages and the API are two faces of the same rules: the same change through both leaves the same behind, and what
//! one refuses the other refuses, and neither stores or journals anything.

use diesel::prelude::*;
use queue_hooks::access::rights::{Preset, Rights};
use queue_hooks::db::schema::{flow_schemas, hooks, journal, queues};
use support::*;

use crate::ADMINISTRATOR;

/// Everything that a change leaves behind, except when it was made and under which id.
#[derive(Debug, PartialEq, Eq)]
struct Story {
    queues: Vec<(i64, String, i16, bool, Option<i64>)>,
    flow_schemas: Vec<(i64, String, String, bool, String, Option<i64>)>,
    hooks: Vec<(i64, i64, i64, String, bool, Option<i64>)>,
    journal: Vec<Entry>,
}

type Entry = (
    (Option<i64>, String, String, i64, Option<i64>, String),
    (Option<String>, Option<String>, Option<String>),
    /* whether it undoes another change */ bool,
);

fn story(app: &App) -> Story {
    write(app, |conn| {
        Ok(Story {
            queues: queues::table
                .select((queues::id, queues::name, queues::type_, queues::enabled, queues::updated_by))
                .order(queues::id)
                .load(conn)?,
            flow_schemas: flow_schemas::table
                .select((
                    flow_schemas::id,
                    flow_schemas::name,
                    flow_schemas::type_,
                    flow_schemas::editor,
                    flow_schemas::schema,
                    flow_schemas::updated_by,
                ))
                .order(flow_schemas::id)
                .load(conn)?,
            hooks: hooks::table
                .select((hooks::id, hooks::queue_id, hooks::schema_id, hooks::event, hooks::enabled, hooks::updated_by))
                .order(hooks::id)
                .load(conn)?,
            journal: journal::table
                .select((
                    (
                        journal::author_id,
                        journal::author,
                        journal::subject,
                        journal::subject_id,
                        journal::queue_id,
                        journal::action,
                    ),
                    (journal::before, journal::after, journal::text),
                    journal::undoes.is_not_null(),
                ))
                .order(journal::id)
                .load(conn)?,
        })
    })
}

/// The same database twice: one is changed on pages and the other by a program, for the same person.
struct Faces {
    page: App,
    api: App,
    browser: Browser,
    client: Client,
}

impl OnBoth for Faces {
    fn on(backend: Backend) -> Self {
        let (page, api) = (App::start(backend), App::start(backend));
        let client = Client::new(&api, &token(&api, ADMINISTRATOR, &Preset::Administrator.rights()));
        Self { browser: page.browser(), page, api, client }
    }
}

impl Faces {
    /// Makes the same thing on both sides.
    fn both(&self, make: impl Fn(&App) -> i64) -> i64 {
        let [one, other] = [&self.page, &self.api].map(make);
        assert_eq!(one, other, "ids go on in the same way");
        one
    }

    /// From here on somebody with these rights makes the changes.
    fn of_somebody(self, rights: &str) -> Self {
        let id = self.both(|app| person("somebody").rights(rights).create(app));
        let client = Client::new(&self.api, &token(&self.api, id, &Rights::from_words(rights.split(' '))));
        Self { browser: self.page.browser_of(id), client, ..self }
    }

    /// What is behind both, which must be the same.
    #[track_caller]
    fn story(&self) -> Story {
        let story = story(&self.page);
        assert_eq!(story, self::story(&self.api), "left: through the pages; right: through the API");
        story
    }

    /// A change that is made on both sides.
    #[track_caller]
    fn accepted(&self, form: (&str, &[(&str, &str)]), request: (&str, &str, &str)) {
        let before = self.story();
        self.browser.post(form.0, form.1).expect(303);
        self.client.send(request.0, &format!("/api{}", request.1), &[], request.2).expect(200);
        assert_ne!(self.story(), before, "it is a change");
    }

    /// A change that both sides refuse, the API with this status. A page may lead back with a message.
    #[track_caller]
    fn refused(&self, status: u16, form: (&str, &[(&str, &str)]), request: (&str, &str, &str)) {
        let before = self.story();
        let page = self.browser.post(form.0, form.1).status;
        assert!(page == 303 || (400..500).contains(&page), "{page}");
        self.client.send(request.0, &format!("/api{}", request.1), &[], request.2).refused(status);
        assert_eq!(self.story(), before);
    }
}

#[on_both]
fn what_is_changed_through_either_face_is_the_same(faces: &Faces) {
    const QUEUES: &str = "/contact-center/queues";
    faces.accepted(
        (QUEUES, &[("name", "Support"), ("type", "1"), ("enabled", "true")]),
        ("POST", "/call_center/queues", r#"{"name": "Support", "type": 1, "enabled": true}"#),
    );
    faces.accepted(
        ("/routing/flow", &[("name", "CRM"), ("type", "service"), ("text", r#"[{"log": "a"}]"#)]),
        ("POST", "/routing/schema", r#"{"name": "CRM", "type": "service", "schema": [{"log": "a"}]}"#),
    );
    faces.accepted(
        ("/routing/flow", &[("name", "Billing"), ("type", "default"), ("text", "[]")]),
        ("POST", "/routing/schema", r#"{"name": "Billing", "type": "default", "schema": []}"#),
    );
    let hooks = "/contact-center/queues/1/hooks";
    let of_api = "/call_center/queues/1/hooks";
    for event in ["joined", "missed", "leaving"] {
        let body = format!(r#"{{"event": "{event}", "schema": {{"id": 1}}, "enabled": true}}"#);
        faces.accepted((hooks, &[("event", event), ("schema", "1")]), ("POST", of_api, &body));
    }
    faces.accepted(
        (&format!("{hooks}/1"), &[("event", "bridged"), ("schema", "2")]),
        ("PATCH", &format!("{of_api}/1"), r#"{"event": "bridged", "schema": {"id": "2"}}"#),
    );
    faces.accepted(
        (&format!("{hooks}/1/state"), &[("enabled", "false")]),
        ("PATCH", &format!("{of_api}/1"), r#"{"enabled": false}"#),
    );
    faces.accepted((&format!("{hooks}/removal"), &[("id", "1")]), ("DELETE", &format!("{of_api}/1"), ""));
    faces.accepted((&format!("{hooks}/removal"), &[("id", "2"), ("id", "3")]), ("DELETE", of_api, r#"{"id": [2, 3]}"#));
    faces.accepted(
        ("/contact-center/queues/1", &[("name", "Sales"), ("type", "5"), ("enabled", "true")]),
        ("PUT", "/call_center/queues/1", r#"{"name": "Sales", "type": 5, "enabled": true}"#),
    );
    faces.accepted(
        ("/contact-center/queues/1/state", &[("enabled", "false")]),
        ("PATCH", "/call_center/queues/1", r#"{"enabled": false}"#),
    );
    faces.accepted(
        ("/routing/flow/2", &[("name", "Bills"), ("type", "service"), ("text", r#"[{"log": "b"}]"#)]),
        ("PUT", "/routing/schema/2", r#"{"name": "Bills", "type": "service", "schema": [{"log": "b"}]}"#),
    );
    faces.accepted(("/routing/flow/removal", &[("id", "2")]), ("DELETE", "/routing/schema/2", ""));
    faces.accepted(
        (hooks, &[("event", "joined"), ("schema", "1")]),
        ("POST", of_api, r#"{"event": "joined", "schema": {"id": 1}, "enabled": true}"#),
    );
    faces.accepted(("/contact-center/queues/removal", &[("id", "1")]), ("DELETE", "/call_center/queues/1", ""));
    assert_eq!(faces.story().journal.len(), 18, "a hook goes with its queue");
}

#[on_both]
fn what_one_face_refuses_for_a_hook_the_other_refuses_too(faces: &Faces) {
    let (queue, crm) = (faces.both(|app| queue().create(app)), faces.both(|app| schema("CRM").create(app)));
    let ivr = faces.both(|app| schema("IVR").schema_type("voice").create(app));
    let off = faces.both(|app| {
        hook(queue, crm).create(app);
        hook(queue, crm).off().create(app)
    });
    let (hooks, of_api) = (tab(queue), format!("/call_center/queues/{queue}/hooks"));
    let edit = (format!("{hooks}/{off}"), format!("{of_api}/{off}"));
    let body =
        |event: &str, schema: i64| format!(r#"{{"event": "{event}", "schema": {{"id": {schema}}}, "enabled": true}}"#);
    // The event is taken.
    faces.refused(
        409,
        (&hooks, &[("event", "joined"), ("schema", &crm.to_string())]),
        ("POST", &of_api, &body("joined", crm)),
    );
    faces.refused(
        409,
        (&format!("{}/state", edit.0), &[("enabled", "true")]),
        ("PATCH", &edit.1, r#"{"enabled": true}"#),
    );
    // No flow schema that a hook may run: of another type, gone, no id at all.
    for (schema, status) in [(ivr, 422), (4711, 422), (0, 422), (-1, 400)] {
        let fields = [("event", "missed"), ("schema", &*schema.to_string())];
        faces.refused(status, (&hooks, &fields), ("POST", &of_api, &body("missed", schema)));
        faces.refused(status, (&edit.0, &fields), ("PUT", &edit.1, &body("missed", schema)));
    }
    // An event that there is not.
    for event in ["", "ringing", "Joined"] {
        let fields = [("event", event), ("schema", &*crm.to_string())];
        faces.refused(400, (&hooks, &fields), ("POST", &of_api, &body(event, crm)));
    }
    // A queue or a hook that was removed, or that never was.
    let gone = faces.both(removed_queue);
    let fields = [("event", "missed"), ("schema", &*crm.to_string())];
    for queue in [gone, 4711] {
        let paths = (tab(queue), format!("/call_center/queues/{queue}/hooks"));
        faces.refused(404, (&paths.0, &fields), ("POST", &paths.1, &body("missed", crm)));
    }
    faces.refused(404, (&format!("{hooks}/4711"), &fields), ("PUT", &format!("{of_api}/4711"), &body("missed", crm)));
}

/// The id of a queue that was there.
fn removed_queue(app: &App) -> i64 {
    let id = queue().create(app);
    app.browser().post("/contact-center/queues/removal", &[("id", &id.to_string())]).expect(303);
    id
}

#[on_both]
fn who_may_not_see_flow_schemas_chooses_none_through_either_face(backend: &Twice) {
    let faces = Faces::on(backend.0);
    let (queue, crm) = (faces.both(|app| queue().create(app)), faces.both(|app| schema("CRM").create(app)));
    let other = faces.both(|app| schema("Other").create(app));
    let held = faces.both(|app| hook(queue, crm).create(app));
    let faces = faces.of_somebody("queues:read queues:update");
    let (hooks, of_api) = (tab(queue), format!("/call_center/queues/{queue}/hooks"));
    let body = format!(r#"{{"event": "missed", "schema": {{"id": {other}}}}}"#);
    let fields = [("event", "missed"), ("schema", &*other.to_string())];
    faces.refused(403, (&hooks, &fields), ("POST", &of_api, &body));
    faces.refused(403, (&format!("{hooks}/{held}"), &fields), ("PUT", &format!("{of_api}/{held}"), &body));
    faces.refused(403, ("/routing/flow/removal", &[("id", "2")]), ("DELETE", "/routing/schema/2", ""));
    faces.refused(403, ("/contact-center/queues/removal", &[("id", "1")]), ("DELETE", "/call_center/queues/1", ""));
    // The one that a hook has it may keep.
    faces.accepted(
        (&format!("{hooks}/{held}"), &[("event", "missed"), ("schema", &crm.to_string())]),
        ("PATCH", &format!("{of_api}/{held}"), r#"{"event": "missed"}"#),
    );
}

/// A database of this kind, for a test that makes its own.
struct Twice(Backend);

impl OnBoth for Twice {
    fn on(backend: Backend) -> Self {
        Self(backend)
    }
}

#[on_both]
fn what_one_face_refuses_for_queues_and_flow_schemas_the_other_refuses_too(faces: &Faces) {
    let (queue, crm) = (faces.both(|app| queue().create(app)), faces.both(|app| schema("CRM").create(app)));
    let other = faces.both(|app| schema("Other").create(app));
    faces.both(|app| hook(queue, crm).create(app));
    let (long, unseen) = ("x".repeat(251), "a\u{200b}b");
    for (name, kind, status) in
        [("", "1", 422), (&*long, "1", 422), (unseen, "1", 422), ("Support", "10", 400), ("Support", "one", 400)]
    {
        let body = serde_json::json!({"name": name, "type": kind, "enabled": true}).to_string();
        let fields = [("name", name), ("type", kind), ("enabled", "true")];
        faces.refused(status, ("/contact-center/queues", &fields), ("POST", "/call_center/queues", &body));
        let paths = (format!("/contact-center/queues/{queue}"), format!("/call_center/queues/{queue}"));
        faces.refused(status, (&paths.0, &fields), ("PUT", &paths.1, &body));
    }
    let paths = (format!("/routing/flow/{other}"), format!("/routing/schema/{other}"));
    for (name, kind, text, status) in [
        ("CRM", "service", "[]", 409),
        ("", "service", "[]", 422),
        (&long[..101], "service", "[]", 422),
        (unseen, "service", "[]", 422),
        ("New", "script", "[]", 400),
        ("New", "service", "{}", 422),
        ("New", "service", "[{", 422),
        ("New", "service", "", 422),
    ] {
        let body = serde_json::json!({"name": name, "type": kind, "schema": text}).to_string();
        let fields = [("name", name), ("type", kind), ("text", text)];
        faces.refused(status, ("/routing/flow", &fields), ("POST", "/routing/schema", &body));
        faces.refused(status, (&paths.0, &fields), ("PUT", &paths.1, &body));
    }
    // Hooks run it. The page tells so where it leads to.
    faces.refused(
        409,
        ("/routing/flow/removal", &[("id", &crm.to_string())]),
        ("DELETE", &format!("/routing/schema/{crm}"), ""),
    );
}
