//! The applications of a list, and of the lists in it, as a run goes through them.
//!
//! As in Webitel, a `while` stands once more at the end of its own list, which is how it is asked again; functions are
//! known before anything runs; and of two tags or functions with one name the later one counts.

use std::collections::HashMap;

use crate::flow::program::{Application, Program, application};
use crate::flow::tree::{Kind, Value};

/// Lists and applications, each known by its index. The first list is the outermost one.
pub struct Code<'p> {
    pub lists: Vec<List>,
    pub nodes: Vec<Node<'p>>,
    pub tags: HashMap<String, (usize, usize)>,
    pub functions: Vec<(String, Value<'p>)>,
}

pub struct List {
    /// The list that it is in, and where its application is there.
    pub parent: Option<(usize, usize)>,
    pub nodes: Vec<usize>,
}

pub struct Node<'p> {
    pub application: Application<'p>,
    /// The lists in its arguments, by their names.
    pub lists: HashMap<String, usize>,
    /// The flow ends after it.
    pub ends: bool,
    pub limit: Option<Limit>,
}

/// How often an application runs before the flow jumps to a tag instead.
pub struct Limit {
    pub max: u64,
    pub failover: String,
}

impl<'p> Code<'p> {
    pub fn of(program: &'p Program, list: Value<'p>) -> Self {
        let mut code = Self { lists: Vec::new(), nodes: Vec::new(), tags: HashMap::new(), functions: Vec::new() };
        code.add_list(program, list, None);
        code
    }

    fn add_list(&mut self, program: &'p Program, list: Value<'p>, parent: Option<(usize, usize)>) -> usize {
        let at = self.lists.len();
        self.lists.push(List { parent, nodes: Vec::new() });
        for object in list.elements() {
            let Ok((name, arguments)) = application(object) else { continue };
            match &*name.text().unwrap_or_default() {
                "function" => self.add_function(arguments),
                // It waits for something to happen, and is no step.
                "trigger" => (),
                name => self.add_node(program, object, name, at),
            }
        }
        at
    }

    fn add_node(&mut self, program: &'p Program, object: Value<'p>, name: &str, list: usize) {
        let Ok((name_value, arguments)) = application(object) else { return };
        let (node, index) = (self.nodes.len(), self.lists[list].nodes.len());
        let is_true = |value: Value| value.kind() == Kind::True;
        self.nodes.push(Node {
            application: program.application_at(name_value.number()),
            lists: HashMap::new(),
            ends: object.get("break").is_some_and(is_true),
            limit: object.get_object("limit").and_then(limit),
        });
        self.lists[list].nodes.push(node);
        if let Some(tag) = object.get_text("tag").filter(|tag| !tag.is_empty()) {
            self.tags.insert(tag.into_owned(), (list, index));
        }
        let inner: Vec<_> = match name {
            "if" => {
                ["then", "else"].iter().filter_map(|name| Some(((*name).into(), arguments.get_list(name)?))).collect()
            }
            "while" => arguments.get_list("do").map(|list| ("do".into(), list)).into_iter().collect(),
            "switch" => {
                let cases = arguments.get_object("case").into_iter().flat_map(Value::properties);
                let lists = cases.filter(|(_, list)| list.kind() == Kind::List);
                lists.map(|(name, list)| (name.text().unwrap_or_default(), list)).collect()
            }
            _ => Vec::new(),
        };
        for (name, inner) in inner {
            let inner = self.add_list(program, inner, Some((list, index)));
            self.nodes[node].lists.insert(name.into_owned(), inner);
            if self.nodes[node].application.name == "while" {
                self.lists[inner].nodes.push(node);
            }
        }
    }

    fn add_function(&mut self, arguments: Value<'p>) {
        if let (Some(name), Some(actions)) = (arguments.get_text("name"), arguments.get_list("actions")) {
            self.functions.push((name.into_owned(), actions));
        }
    }
}

fn limit(arguments: Value) -> Option<Limit> {
    let max = arguments.get("max")?.of_kind(Kind::Number)?.written().parse::<f64>().ok()?;
    let failover = arguments.get_text("failover").filter(|tag| !tag.is_empty())?;
    (max > 0.0).then(|| Limit { max: max as u64, failover: failover.into_owned() })
}
