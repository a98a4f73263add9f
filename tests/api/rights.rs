//! Who may use what: every route of the API, with each right missing, from the token or from its person.

use queue_hooks::access::rights::{Right, Rights};
use support::*;

use crate::{ADMINISTRATOR, client};

/// The facts of the domain, said once more and in another way than the application says them. A path that is not here
/// fails the test.
fn needs(path: &str, method: &str) -> &'static [&'static str] {
    let reads = ["GET", "HEAD"].contains(&method);
    match (path, method) {
        (path, _) if path.starts_with("/call_center/queues/{queue}/hooks") => {
            if reads {
                &["queues:read"]
            } else {
                // Removing a hook is a change of its queue.
                &["queues:read", "queues:update"]
            }
        }
        ("/call_center/queues" | "/call_center/queues/{queue}", _) if reads => &["queues:read"],
        ("/call_center/queues", "POST") => &["queues:read", "queues:create"],
        ("/call_center/queues/{queue}", "PUT" | "PATCH") => &["queues:read", "queues:update"],
        ("/call_center/queues/{queue}", "DELETE") => &["queues:read", "queues:delete"],
        ("/routing/schema" | "/routing/schema/{schema}", _) if reads => &["flow_schemas:read"],
        ("/routing/schema", "POST") => &["flow_schemas:read", "flow_schemas:create"],
        ("/routing/schema/{schema}", "PUT" | "PATCH") => &["flow_schemas:read", "flow_schemas:update"],
        ("/routing/schema/{schema}", "DELETE") => &["flow_schemas:read", "flow_schemas:delete"],
        // The page about the API and its document are for anybody. What the others need depends on the change: see
        // `changes.rs`.
        ("" | "/openapi.json" | "/changes" | "/changes/{change}/undo", _) => &[],
        (path, method) => panic!("{method} {path}: say who may use it"),
    }
}

/// Every route with each of its methods, and the addresses that it has: of what is there, and of what is not.
fn each_route(app: &App, mut check: impl FnMut(&str, &str, &[&str; 2])) {
    let (queue, schema) = (queue().create(app), schema(&format!("CRM {}", ids_so_far())).create(app));
    let hook = hook(queue, schema).create(app);
    for route in api_routes() {
        let fill = |queue: i64, schema: i64, hook: i64| {
            let ids = [("{queue}", queue), ("{schema}", schema), ("{hook}", hook), ("{change}", 0)];
            let path = ids.iter().fold(route.path.clone(), |path, (name, id)| path.replace(name, &id.to_string()));
            format!("/api{path}")
        };
        let paths = [fill(queue, schema, hook), fill(4711, 4711, 4711)];
        for method in &route.methods {
            check(&route.path, method, &[&paths[0], &paths[1]]);
        }
    }
}

/// Another number each time, for names that belong to one thing.
fn ids_so_far() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn all_but(right: &str) -> Rights {
    Rights::from_words(Right::ALL.iter().map(|right| right.word()).filter(|word| *word != right))
}

#[on_both]
fn every_route_needs_a_token_whatever_it_is_about(app: &App) {
    let nobody = Client::new(app, "");
    each_route(app, |route, method, paths| {
        let before = contents(app);
        let is_open = ["", "/openapi.json"].contains(&route);
        for path in paths {
            if is_open {
                nobody.send(method, path, &[], "").expect(200);
                continue;
            }
            let reply = nobody.send(method, path, &[], "{}").expect(401);
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{method} {path}");
        }
        assert_eq!(contents(app), before, "{method} {paths:?}");
    });
}

#[on_both]
fn every_route_asks_token_and_person_for_each_right(app: &App) {
    // For each right, a token without it of somebody who may do everything, and the other way round.
    let without: Vec<(&str, [Client; 2])> = Right::ALL
        .iter()
        .map(|right| {
            let (word, rights) = (right.word(), all_but(right.word()));
            let narrow = person(&format!("without-{}", word.replace(':', "-"))).rights(&rights.words()).create(app);
            let wide = token(app, narrow, &all_but(""));
            (word, [Client::new(app, &token(app, ADMINISTRATOR, &rights)), Client::new(app, &wide)])
        })
        .collect();
    each_route(app, |route, method, paths| {
        let before = contents(app);
        let needed = needs(route, method);
        for (right, clients) in without.iter().filter(|(right, _)| needed.contains(right)) {
            for (client, path) in clients.iter().flat_map(|client| paths.iter().map(move |path| (client, path))) {
                let reply = client.send(method, path, &[], "{}").expect(403);
                let told = reply.json["id"].as_str().unwrap_or_default();
                assert!(method == "HEAD" || told == "api.context.permissions.app_error", "{right}: {method} {path}");
            }
        }
        assert_eq!(contents(app), before, "{method} {route}");
    });
}

#[on_both]
fn the_rights_that_a_route_needs_are_enough(app: &App) {
    for route in api_routes() {
        for method in route.methods {
            let needed = Rights::from_words(needs(&route.path, method).iter().copied());
            let name = format!("exact-{}", ids_so_far());
            let exact = person(&name).rights(&needed.words()).create(app);
            let client = Client::new(app, &token(app, exact, &needed));
            each_route(app, |other, another, paths| {
                if (other, another) == (route.path.as_str(), method) {
                    for path in paths {
                        let status = client.send(method, path, &[], "{}").status;
                        assert!(
                            [200, 400, 404, 409].contains(&status) || (needed == Rights::default() && status == 403),
                            "{method} {path}: {status}"
                        );
                    }
                }
            });
        }
    }
    client(app).get("/api/call_center/queues").expect(200);
}
