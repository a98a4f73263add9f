//! Functions that anybody may make in the schema `public`, with the names of PostgreSQL's own: none of them is called
//! by a command that a superuser runs.

use support::process::*;

/// Their arguments fit better than those of PostgreSQL's own, so they would be called if `public` were looked into.
const FUNCTIONS: &[&str] = &[
    "format(text, text)",
    "format(text, name)",
    "format(text, name, name)",
    "format(text, name, text)",
    "format(text, text, text)",
    "format(text, text, name)",
    "format(text, text, text, text)",
    "format(text, text, name, text)",
    "format(text, text, regclass)",
    "format(text, regclass)",
    "format(text, regnamespace)",
    "format(text, regrole, regrole)",
    "format(text, bigint, text)",
    "format(text, bigint, varchar)",
    "has_database_privilege(text, name, text)",
    "has_database_privilege(name, text)",
    "has_schema_privilege(oid, varchar)",
    "has_table_privilege(regclass, text)",
    "has_sequence_privilege(regclass, text)",
    "pg_has_role(name, text, text)",
    "pg_has_role(text, text, text)",
    "pg_advisory_xact_lock(integer)",
    "to_regclass(varchar)",
    "to_regnamespace(varchar)",
    "to_regrole(varchar)",
    "replace(text, varchar, varchar)",
    "current_setting(varchar, boolean)",
    "pg_identify_object(oid, oid, integer)",
];

#[test]
fn no_function_in_public_is_called_by_a_superuser() {
    let webitel = Webitel::new();
    let name = format!("evil_{}", webitel.schema);
    let mut root = webitel.root.session();
    root.execute(&format!("CREATE ROLE {name} LOGIN; GRANT CREATE ON SCHEMA public TO {name}; SET ROLE {name}"));
    for function in FUNCTIONS {
        root.execute(&format!(
            "CREATE FUNCTION public.{function} RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'taken over by {function}'; END $$; \
             GRANT EXECUTE ON FUNCTION public.{function} TO PUBLIC"
        ));
    }
    // And operators.
    root.execute(
        "CREATE FUNCTION public.same(name, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'taken over by ='; END $$; \
         CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = text, FUNCTION = public.same)",
    );
    // One of them is called where the way leads through this schema.
    root.execute(
        "DO $$ BEGIN PERFORM format('%s', current_user); RAISE 'not called'; EXCEPTION WHEN raise_exception THEN \
                  IF SQLERRM NOT LIKE 'taken over%' THEN RAISE; END IF; END $$",
    );
    // The operator is found first if the path of the database says so.
    let place = webitel.root.url.rsplit_once('/').expect("a name").1;
    root.execute(&format!("RESET ROLE; ALTER DATABASE {place} SET search_path = public, pg_catalog"));
    let first = ["--domain", "1", "--user", "12", "--write-flow-schemas"];
    let ours = |command: &str, arguments: &[&str]| webitel.run(command, arguments).well();
    ours("check", &first);
    ours("attach", &first);
    webitel.login().let_in("anna", "viewer");
    ours("user", &["anna", "11"]);
    assert_eq!(ours("user", &[]).output, "anna\tWebitel user 11\n");
    ours("check", &first);
    ours("attach", &first[..4]);
    ours("detach", &["--keep-data"]);
    ours("attach", &first);
    ours("user", &["anna", "--remove"]);
    ours("detach", &[]);
    let said = webitel.run("detach", &[]).sentence();
    assert!(said.contains("Nothing is attached"), "{said}");
    let found = webitel.run("check", &["--domain", "3", "--user", "12"]);
    assert!(
        found.output.starts_with("Every role may make tables in the schema public")
            || found.output.starts_with("There is no domain 3"),
        "{found:?}"
    );
}

#[test]
fn a_view_that_others_made_is_not_read() {
    let webitel = Webitel::new();
    let Webitel { root, schema } = &webitel;
    root.session().execute(&format!(
        "CREATE SCHEMA {schema}; CREATE FUNCTION {schema}.evil() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE 'taken over'; END $$; \
         CREATE VIEW {schema}.webitel AS SELECT {schema}.evil() AS domain_id"
    ));
    let found = webitel.run("check", &["--domain", "1", "--user", "12"]).output;
    assert!(found.contains("is one that Queue Hooks did not make") && !found.contains("taken over"), "{found}");
}
