//! Every URL of the application, with something to show or to change behind it.

use std::collections::BTreeSet;

use diesel::prelude::*;
use queue_hooks::access::people;
use queue_hooks::access::rights::Preset;
use queue_hooks::db::schema::journal;
use queue_hooks::error::Error;
use queue_hooks::model::event::Event::{Joined, Leaving, Missed};
use queue_hooks::model::flow_schemas::flow_schema::{KeptFlowSchema, SchemaType::Service};
use queue_hooks::model::hooks::hook::Wanted;
use queue_hooks::model::journal::{self as entries, Action, Change, Kept, Step, Subject};
use queue_hooks::model::listing::Selection;
use queue_hooks::model::plans::addition::{self, Origin};
use queue_hooks::model::plans::successor;
use queue_hooks::model::queues::queue::KeptQueue;
use queue_hooks::model::queues::queue_type::QueueType::Inbound;
use queue_hooks::model::tries::log::{self, Begun};

use super::{
    App, Backend, PASSWORD, another_session, another_token, hook, person, queue, remove_queue, remove_schema, schema,
    seen, write,
};

/// The text of the route table.
const TABLE: &str = include_str!("../../../src/routes.rs");

/// A line of the route table.
pub struct Route {
    pub path: String,
    pub methods: Vec<&'static str>,
}

impl Route {
    pub fn takes(&self, method: &str) -> bool {
        self.methods.contains(&method)
    }
}

/// The route table of the pages, read from its source, so that no new route can be forgotten.
pub fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    let (table, _) = TABLE.split_once("pub fn api(").expect("the API comes after the pages");
    for line in table.lines() {
        let Some((_, rest)) = line.split_once("resource(\"") else { continue };
        let (path, handlers) = rest.split_once('"').expect("a path ends");
        let mut methods = Vec::new();
        if handlers.contains("route(get(") || handlers.contains("route(list(") {
            methods.extend(["GET", "HEAD"]);
        }
        if handlers.contains("route(post(") || handlers.contains("route(form(") {
            methods.push("POST");
        }
        assert_eq!(handlers.matches(".route(").count(), methods.len().div_ceil(2), "a handler is not read: {line}");
        routes.push(Route { path: path.into(), methods });
    }
    assert!(routes.len() > 10, "the route table is not read any more");
    routes
}

/// The routes of the API, read in the same way.
pub fn api_routes() -> Vec<Route> {
    let (_, table) = TABLE.split_once("pub fn api(").expect("the API has a table");
    let (table, _) = table.split_once("\n}\n").expect("it ends");
    let mut routes = Vec::new();
    for line in table.lines() {
        let Some((_, rest)) = line.split_once("resource(\"") else { continue };
        let (path, handlers) = rest.split_once('"').expect("a path ends");
        let mut methods = Vec::new();
        for (call, names) in [
            (".get(", &["GET", "HEAD"][..]),
            (".post(", &["POST"]),
            (".put(", &["PUT"]),
            (".patch(", &["PATCH"]),
            (".delete(", &["DELETE"]),
        ] {
            if handlers.contains(call) {
                methods.extend(names);
            }
        }
        assert!(!methods.is_empty(), "a handler is not read: {line}");
        routes.push(Route { path: path.into(), methods });
    }
    assert!(routes.len() >= 6, "the route table is not read any more");
    routes
}

/// A queue with hooks, one of them removed, and everything else that a request may be about.
#[derive(Clone)]
pub struct Center {
    pub queue: i64,
    pub schema: i64,
    pub hook: i64,
    /// Somebody else, signed in.
    pub person: i64,
    /// When that person was changed last.
    pub seen: String,
    /// Another session of the tests' administrator.
    pub session: i64,
    /// A token of the tests' administrator.
    pub token: i64,
    /// The removal that can be undone.
    pub removal: String,
    /// Removals of a queue and of a flow schema.
    pub queue_removal: String,
    pub schema_removal: String,
    /// A flow schema that no hook runs.
    pub free_schema: i64,
    /// A change of `schema`.
    pub version: i64,
    /// A try of the flow schema.
    pub tried: i64,
    /// A queue without hooks.
    pub target: i64,
    /// The marks of the plans that the forms carry out: an addition, copies, another flow schema.
    pub plans: [String; 3],
}

/// A form that is accepted as it is, except for the token.
pub struct Form {
    /// Its path in the route table.
    pub route: &'static str,
    pub path: String,
    pub fields: Vec<(&'static str, String)>,
}

impl Form {
    pub fn fields(&self) -> Vec<(&str, &str)> {
        self.fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// Asks before a change, and changes nothing.
    pub fn only_asks(&self) -> bool {
        self.route.ends_with("/question")
    }

    /// The form's body with one more field, as typed.
    pub fn body(&self, token: &str) -> String {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("token", token).extend_pairs(self.fields());
        body.finish()
    }
}

pub fn center(app: &App) -> Center {
    center_named(app, "Inbound support", &unique("CRM"))
}

/// A center whose queue and flow schema have these names.
pub fn center_named(app: &App, queue_name: &str, schema_name: &str) -> Center {
    let (gone_queue, gone_schema) = (queue().name(queue_name).create(app), schema(&unique("Gone")).create(app));
    let queue = queue().name(queue_name).create(app);
    let free_schema = schema(&format!("{schema_name} free")).create(app);
    let schema = schema(schema_name).create(app);
    let gone = hook(queue, schema).event(Leaving).create(app);
    let browser = app.browser();
    browser.post(&format!("/contact-center/queues/{queue}/hooks/removal"), &[("id", &gone.to_string())]).expect(303);
    let last = |subject: &'static str, id: i64| -> (i64, String) {
        write(app, |conn| {
            journal::table
                .filter(journal::subject.eq(subject))
                .filter(journal::subject_id.eq(id))
                .select((journal::id, journal::change))
                .order(journal::id.desc())
                .first(conn)
        })
    };
    let (_, removal) = last("hook", gone);
    if app.backend == Backend::Attached {
        removed_before(
            app,
            gone_queue,
            &KeptQueue { name: queue_name.into(), queue_type: Inbound.into(), enabled: true },
        );
        let kept = KeptFlowSchema { name: schema_name.into(), schema_type: Service.into(), editor: false };
        removed_before(app, gone_schema, &kept);
    } else {
        browser.post("/contact-center/queues/removal", &[("id", &gone_queue.to_string())]).expect(303);
        browser.post("/routing/flow/removal", &[("id", &gone_schema.to_string())]).expect(303);
    }
    let (_, queue_removal) = last("queue", gone_queue);
    let (_, schema_removal) = last("flow_schema", gone_schema);
    let edit = [("name", schema_name), ("type", "service"), ("text", r#"[{"log":"hello again"}]"#)];
    browser.post(&format!("/routing/flow/{schema}"), &edit).expect(303);
    let (version, _) = last("flow_schema", schema);
    hook(queue, schema).event(Missed).off().create(app);
    let hook = hook(queue, schema).event(Joined).create(app);
    let person = person(&format!("p{}", Change::new_id())).create(app);
    app.browser_of(person);
    let seen = seen(app, person);
    let session = another_session(app);
    let token = another_token(app);
    let tried = tried(app, schema, person);
    let target = super::queue().name("Target").create(app);
    let plans = plans(app, [queue, target, hook, schema, free_schema]);
    Center {
        queue,
        schema,
        hook,
        person,
        seen,
        session,
        token,
        removal,
        queue_removal,
        schema_removal,
        free_schema,
        version,
        tried,
        target,
        plans,
    }
}

/// A try of a flow schema, in its log.
fn tried(app: &App, schema_id: i64, person: i64) -> i64 {
    let logged = app.db.write_now(|conn| {
        let author = people::find(conn, person)?.author();
        let begun = Begun { schema_id, digest: String::new(), event: Joined, queue_type: Inbound, author };
        log::begin(conn, &begun)
    });
    logged.expect("it is in the log")
}

/// Removes a queue or a flow schema of a Webitel system, and writes into the journal what it would have if that had
/// happened here: before it was attached, in tables of ours.
fn removed_before<K: Kept>(app: &App, id: i64, kept: &K) {
    if K::SUBJECT == Subject::Queue {
        remove_queue(app, id);
    } else {
        remove_schema(app, id);
    }
    let author = person(&format!("p{}", Change::new_id())).create(app);
    let done = app.db.write_now(|conn| {
        let change = Change::by(&people::find(conn, author)?);
        let step = Step { text: Some("[]"), ..Step::new(id, Some(kept.clone()), None) };
        entries::record(conn, &change, None, Action::Remove, &[step]).map_err(Error::from)
    });
    done.expect("it is in the journal");
}

/// The marks of plans about these: a queue, the target of copies, a hook of the queue, its flow schema, and another
/// one.
fn plans(app: &App, [queue, target, hook, schema, free_schema]: [i64; 5]) -> [String; 3] {
    let of = |queue: i64| Selection::Ids(BTreeSet::from([queue]));
    let added = Wanted { event: Leaving, schema_id: schema, enabled: true };
    let copied = Origin::Copy { queue_id: queue, hooks: BTreeSet::from([hook]) };
    let uses = Selection::Ids(BTreeSet::from([hook]));
    let moved = successor::Wish { schema_id: schema, hooks: uses, successor_id: free_schema };
    let rights = Preset::Administrator.rights();
    let made = app.db.write_now(|conn| {
        let plan = |conn: &mut _, origin, queues| addition::plan(conn, &addition::Wish { origin, queues }, &rights);
        let moved = successor::plan(conn, &moved)?.map_err(|refused| Error::Internal(refused.sentence().into()))?;
        let (added, copied) = (plan(conn, Origin::New(added), of(queue))?, plan(conn, copied, of(target))?);
        Ok::<_, Error>([added.mark(), copied.mark(), moved.mark()])
    });
    made.expect("plans can be made")
}

/// A name that nothing has yet.
fn unique(name: &str) -> String {
    format!("{name} {}", Change::new_id())
}

/// Forms with tests of their own: they need somebody who is not signed in, or they end the session.
pub const FORMS_OF_THE_DOOR: [&str; 3] = ["/set-up", "/sign-in", "/sign-out"];

/// The forms of a try have their own tests too: they answer with what came of it.
pub const FORMS_OF_A_TRY: [&str; 3] =
    ["/routing/flow/{schema}/try", "/routing/flow/{schema}/way", "/routing/flow/{schema}/try/{run}/stop"];

impl Center {
    /// A path of the route table with this center's ids in it.
    pub fn fill(&self, route: &str) -> String {
        let stylesheet = queue_hooks::web::assets::url("app.css").trim_start_matches("/static/");
        let path = route
            .replace("{queue}", &self.queue.to_string())
            .replace("{hook}", &self.hook.to_string())
            .replace("{hooks}", &self.hook.to_string())
            .replace("{schema}", &self.schema.to_string())
            .replace("{person}", &self.person.to_string())
            .replace("{version}", &self.version.to_string())
            .replace("{run}", "0123456789abcdef0123456789abcdef")
            .replace("{try}", &self.tried.to_string())
            .replace("{file}", stylesheet);
        assert!(!path.contains('{'), "this center has no value for a part of {route}");
        path
    }

    /// The address of every page, with the parameters that it needs.
    pub fn pages(&self) -> Vec<String> {
        let mut pages = Vec::new();
        for route in routes().iter().filter(|route| route.takes("GET")) {
            let path = self.fill(&route.path);
            match route.path.as_str() {
                // Not pages: a redirect, files, a part of a page. And pages for people who are not signed in yet.
                "/"
                | "/static/{file}"
                | "/routing/flow/options"
                | "/routing/flow/{schema}/try/{run}"
                | "/routing/flow/{schema}/file"
                | "/contact-center/queues/coverage/file"
                | "/sign-in"
                | "/set-up" => (),
                "/contact-center/queues/addition" => pages.push(format!("{path}?id={}", self.queue)),
                path_ if path_.ends_with("/plan") => pages.push(format!("{path}?id={}", self.target)),
                path_ if path_.ends_with("/successor") => pages.push(format!("{path}?id={}", self.hook)),
                "/contact-center/queues/removal" => pages.push(format!("{path}?id={}", self.queue)),
                "/routing/flow/removal" => pages.push(format!("{path}?id={}", self.free_schema)),
                path_ if path_.ends_with("/removal") => pages.push(format!("{path}?id={}", self.hook)),
                _ => pages.push(path),
            }
        }
        pages
    }

    /// Every form that changes something.
    pub fn forms(&self) -> Vec<Form> {
        let form = |route: &'static str, fields: &[(&'static str, &str)]| self.form(route, fields);
        let (hook, schema) = (&*self.hook.to_string(), &*self.schema.to_string());
        let queue = &*self.queue.to_string();
        let change = &*Change::new_id();
        let add = [
            ("event", "offering"),
            ("schema", schema),
            ("schema_q", "crm"),
            ("change", change),
            ("if_taken", "disable"),
        ];
        let edit = [
            ("event", "active"),
            ("schema", schema),
            ("schema_q", ""),
            ("seen_event", "joined"),
            ("seen_schema", schema),
            ("if_taken", "replace"),
        ];
        let somebody = [
            ("display_name", "Somebody"),
            ("password", "another four words"),
            ("preset", "own"),
            ("right", "queues:read"),
        ];
        vec![
            form("/settings", &[("theme", "dark"), ("letters", "off"), ("back", "/routing/flow")]),
            form("/account/password", &[("current", PASSWORD), ("password", "another four words")]),
            form("/account/zone", &[("zone", "Asia/Tokyo")]),
            form("/account/sessions", &[("id", &self.session.to_string())]),
            form("/account/tokens", &[("name", &*format!("t{change}")), ("days", "7"), ("preset", "viewer")]),
            form("/account/tokens/removal", &[("id", &self.token.to_string())]),
            form("/people", &[&[("name", &*format!("n{change}"))], &somebody[..]].concat()),
            form(
                "/people/{person}",
                &[&[("name", &*format!("m{change}")), ("seen", &*self.seen)], &somebody[..]].concat(),
            ),
            form("/people/{person}/access", &[("enabled", "false")]),
            form("/people/{person}/password", &[("password", "another four words")]),
            form("/people/{person}/sessions", &[]),
            form("/contact-center/queues", &[("name", "New queue"), ("type", "1"), ("change", change)]),
            form("/contact-center/queues/{queue}", &[("name", "Renamed"), ("type", "3"), ("enabled", "true")]),
            form("/contact-center/queues/{queue}/state", &[("enabled", "false")]),
            form("/contact-center/queues/state?enabled=false", &[("id", queue)]),
            form("/contact-center/queues/question", &[("id", queue)]),
            form("/contact-center/queues/removal", &[("id", queue)]),
            form("/routing/flow", &[("name", &unique("New")), ("type", "voice"), ("text", "[]"), ("change", change)]),
            form("/routing/flow/{schema}", &[("name", &unique("Renamed")), ("type", "service"), ("text", "[]")]),
            form("/routing/flow/question", &[("id", &self.free_schema.to_string())]),
            form("/routing/flow/removal", &[("id", &self.free_schema.to_string())]),
            form("/contact-center/queues/{queue}/hooks", &add),
            form("/contact-center/queues/{queue}/hooks/{hook}", &edit),
            form("/contact-center/queues/{queue}/hooks/{hook}/state", &[("enabled", "false"), ("if_taken", "replace")]),
            form("/contact-center/queues/{queue}/hooks/state?enabled=false", &[("id", hook)]),
            form("/contact-center/queues/{queue}/hooks/state?enabled=false", &[("all", "matching"), ("count", "1")]),
            form("/contact-center/queues/{queue}/hooks/question", &[("id", hook)]),
            form("/contact-center/queues/{queue}/hooks/removal", &[("id", hook)]),
            form("/contact-center/queues/{queue}/hooks/removal", &[("all", "page"), ("shown", hook)]),
            form("/contact-center/queues/{queue}/hooks/removal", &[("all", "matching"), ("count", "1")]),
            form("/undo", &[("change", &self.removal)]),
            form("/undo", &[("change", &self.queue_removal)]),
            form("/undo", &[("change", &self.schema_removal)]),
        ]
        .into_iter()
        .chain(self.forms_of_plans(change))
        .collect()
    }

    fn form(&self, route: &'static str, fields: &[(&'static str, &str)]) -> Form {
        let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        fields.push(("view", "?event=joined&event=active&size=20".into()));
        let route_ = route.split('?').next().unwrap_or_default();
        Form { route: route_, path: self.fill(route), fields }
    }

    fn forms_of_plans(&self, change: &str) -> Vec<Form> {
        let form = |route: &'static str, fields: &[(&'static str, &str)]| self.form(route, fields);
        let (hook, schema) = (&*self.hook.to_string(), &*self.schema.to_string());
        let (queue, target) = (&*self.queue.to_string(), &*self.target.to_string());
        let free_schema = &*self.free_schema.to_string();
        vec![
            form(
                "/contact-center/queues/addition/question",
                &[("id", queue), ("event", "leaving"), ("schema", schema), ("schema_q", ""), ("plan", "yes")],
            ),
            form(
                "/contact-center/queues/addition",
                &[
                    ("id", queue),
                    ("event", "leaving"),
                    ("schema", schema),
                    ("change", change),
                    ("seen", &self.plans[0]),
                    ("if_taken", "replace"),
                    ("anywhere", "yes"),
                ],
            ),
            form("/contact-center/queues/{queue}/hooks/copies/question", &[("id", hook)]),
            form("/contact-center/queues/{queue}/hooks/{hooks}/copies/question", &[("id", target)]),
            form(
                "/contact-center/queues/{queue}/hooks/{hooks}/copies",
                &[("id", target), ("change", change), ("seen", &self.plans[1]), ("if_taken", "leave")],
            ),
            form(
                "/routing/flow/{schema}/hooks/successor/question",
                &[("id", hook), ("schema", free_schema), ("schema_q", ""), ("plan", "yes")],
            ),
            form(
                "/routing/flow/{schema}/hooks/successor",
                &[
                    ("id", hook),
                    ("schema", free_schema),
                    ("change", change),
                    ("seen", &self.plans[2]),
                    ("if_equal", "leave"),
                ],
            ),
        ]
    }
}
