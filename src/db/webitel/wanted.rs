//! What somebody wants to attach, and the SQL for it.

use super::{GRANTS, GRANTS_FLOW_SCHEMAS, Schema, VIEWS};

/// What somebody wants to attach.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub schema: Schema,
    /// The domain of Webitel.
    pub domain: i64,
    /// The Webitel user whose name our changes bear there.
    pub user: i64,
    pub writes_flow_schemas: bool,
    /// Everybody may see and change what is in the domain, whatever Webitel says of single objects.
    pub ignores_record_access: bool,
}

impl Wanted {
    /// What the owner of the schema gets of Webitel's, statement by statement.
    pub fn grants(&self) -> Vec<String> {
        statements(&self.schema.fill(&self.grants_text())).collect()
    }

    pub(super) fn grants_text(&self) -> String {
        if self.writes_flow_schemas { format!("{GRANTS}\n{GRANTS_FLOW_SCHEMAS}") } else { GRANTS.into() }
    }

    /// The names of the views, or of the functions, that are made.
    pub fn made(&self, kind: &str) -> Vec<&'static str> {
        let begin = format!("CREATE {kind} ");
        let name = |rest: &'static str| rest.split([' ', '(']).next();
        VIEWS.lines().filter_map(|line| line.strip_prefix(&*begin)).filter_map(name).collect()
    }

    /// Says that the schema was made for another domain.
    pub(super) fn is_for_another(&self, other: i64) -> String {
        let Self { schema, domain, .. } = self;
        format!("The schema {schema} is for domain {other}; choose another one for domain {domain} with --schema.")
    }

    pub(super) fn views_text(&self, has_icu: bool) -> String {
        let fold = if has_icu { "COLLATE \"und-x-icu\"" } else { "" };
        self.schema.fill(VIEWS).replace(":domain", &self.domain.to_string()).replace(":fold", fold)
    }
}

/// Statement by statement, each on one line.
pub(super) fn statements(text: &str) -> impl Iterator<Item = String> {
    text.split(';').filter_map(one_line)
}

/// A statement without its comments.
fn one_line(statement: &str) -> Option<String> {
    let lines = statement.lines().map(str::trim).filter(|line| !line.starts_with("--"));
    let words: Vec<_> = lines.flat_map(str::split_whitespace).collect();
    (!words.is_empty()).then(|| words.join(" "))
}
