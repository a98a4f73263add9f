//! A flow schema as a program: the applications that it runs, the lists that they are in, and the variables that they
//! read and set. All of this is as in Webitel's flow manager.
//!
//! An application borrows its name and its place from the text, because very many may share one long name.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use super::text::{Lines, MAX_TEXT, Problem, indented_tree, parse, shortened};
use super::tree::{Kind, Tree, Value};

/// The names that can come beside an application's own name in its object.
const MODIFIERS: [&str; 6] = ["_id", "async", "break", "limit", "tag", "trace"];

/// A checked list of applications.
pub struct Program<'t> {
    tree: Tree<'t>,
    lines: Lines,
    steps: Vec<Step>,
    places: Vec<(&'static str, Option<u32>)>,
}

/// An application: the index of its name among the values, and that of its place.
struct Step {
    name: u32,
    arguments: u32,
    place: u32,
}

/// An application, anywhere in the program.
pub struct Application<'p> {
    pub name: Cow<'p, str>,
    pub arguments: Value<'p>,
    /// The line of its name, from 1.
    pub line: usize,
    /// The list that it is in, unless that is the program itself.
    pub place: Option<Place<'p>>,
}

/// A list of applications in the arguments of another.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    what: &'static str,
    name: Option<Value<'p>>,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.name.map(|name| name.text().unwrap_or_default()) {
            Some(name) => write!(f, "in {} “{}”", self.what, shortened(&name)),
            None => write!(f, "in {}", self.what),
        }
    }
}

/// A byte of the text, and what is wrong there.
type Wrong = (usize, String);

impl<'t> Program<'t> {
    /// Checks that each element of each list is an object with one application.
    fn new(text: &str, tree: Tree<'t>) -> Result<Self, Wrong> {
        let (mut steps, mut places) = (Vec::new(), vec![("", None)]);
        check_list(tree.root(), 0, &mut steps, &mut places)?;
        // An “else” may be written before its “then”.
        steps.sort_unstable_by_key(|step| step.name);
        Ok(Self { tree, lines: Lines::of(text), steps, places })
    }

    /// The list of applications itself.
    pub fn list(&self) -> Value<'_> {
        self.tree.root()
    }

    /// All applications, in the order of the text.
    pub fn applications(&self) -> impl Iterator<Item = Application<'_>> {
        self.steps.iter().map(|step| self.application(step))
    }

    /// The application whose name has this [`number`](Value::number).
    pub(super) fn application_at(&self, name: u32) -> Application<'_> {
        let at = self.steps.binary_search_by_key(&name, |step| step.name).expect("it is the name of an application");
        self.application(&self.steps[at])
    }

    fn application(&self, step: &Step) -> Application<'_> {
        let name = self.tree.value(step.name);
        let (what, place_name) = self.places[step.place as usize];
        let place = Place { what, name: place_name.map(|name| self.tree.value(name)) };
        Application {
            name: name.text().unwrap_or_default(),
            arguments: self.tree.value(step.arguments),
            line: self.line(name.start()),
            place: (step.place > 0).then_some(place),
        }
    }

    /// The line of a byte, from 1.
    pub fn line(&self, byte: usize) -> usize {
        self.lines.line(byte)
    }

    /// The text with every value on its own line, unless that makes it too long.
    pub fn indented(&self) -> Option<String> {
        indented_tree(&self.tree)
    }
}

/// The text as a list of applications, or the first problem with it.
pub fn check(text: &str) -> Result<Program<'_>, Problem> {
    if text.len() > MAX_TEXT {
        let sentence = format!("A flow schema has at most 1 MiB, and this has {:.1} MiB.", mebibytes(text.len()));
        return Err(Problem::at(text, MAX_TEXT, sentence));
    }
    if let Some(byte) = text.find('\u{fffd}') {
        let sentence = "Something here is not text in UTF-8. Save the file as UTF-8 and load it again.";
        return Err(Problem::at(text, byte, sentence));
    }
    let tree = parse(text)?;
    if let Some((byte, sentence)) = tree.values().find_map(unreliable) {
        return Err(Problem::at(text, byte, sentence));
    }
    if tree.root().kind() != Kind::List {
        let sentence = "A flow schema is a list of applications. Begin it with [ and end it with ].";
        return Err(Problem::at(text, tree.root().start(), sentence));
    }
    Program::new(text, tree).map_err(|(byte, sentence)| Problem::at(text, byte, sentence))
}

/// What programs may read differently, if the value is such a case.
fn unreliable(value: Value) -> Option<(usize, String)> {
    match value.kind() {
        Kind::Number if value.written().parse::<f64>().is_ok_and(f64::is_infinite) => {
            Some((value.start(), "This number is too large.".into()))
        }
        Kind::Object => {
            let mut names = HashSet::new();
            let (second, _) = value.properties().find(|(name, _)| !names.insert(name.text()))?;
            let name = second.text().unwrap_or_default();
            let sentence = format!("“{}” is in this object twice. Remove one of them.", shortened(&name));
            Some((second.start(), sentence))
        }
        _ => None,
    }
}

fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / MAX_TEXT as f64
}

/// The text as it is shown and edited: a flow schema written on a single line is indented.
pub fn shown(text: &str) -> String {
    let is_single = !text.trim_end().contains('\n');
    let indented = is_single.then(|| check(text).ok()?.indented()).flatten();
    indented.unwrap_or_else(|| text.replace("\r\n", "\n"))
}

/// The name of an application and its arguments; an object that only says `break` is an application too.
pub(super) fn application(object: Value<'_>) -> Result<(Value<'_>, Value<'_>), Wrong> {
    let is_modifier = |name: Value| name.text().is_some_and(|name| MODIFIERS.contains(&&*name));
    let mut named = object.properties().filter(|(name, _)| !is_modifier(*name));
    match (named.next(), named.next()) {
        (Some((first, _)), Some((second, _))) => {
            let text = |name: Value| shortened(&name.text().unwrap_or_default()).into_owned();
            let sentence = format!(
                "This object names two applications, “{}” and “{}”. Give each an object of its own.",
                text(first),
                text(second)
            );
            Err((second.start(), sentence))
        }
        (Some(only), None) => Ok(only),
        (None, _) => {
            let is_break = |name: Value| name.text().is_some_and(|name| name == "break");
            object.properties().find(|(name, _)| is_break(*name)).ok_or_else(|| {
                let sentence = "This object names no application. Write one, such as {\"log\": \"hello\"}.";
                (object.start(), sentence.to_owned())
            })
        }
    }
}

fn check_list(
    list: Value,
    place: u32,
    steps: &mut Vec<Step>,
    places: &mut Vec<(&'static str, Option<u32>)>,
) -> Result<(), Wrong> {
    for element in list.elements() {
        if element.kind() != Kind::Object {
            let sentence = "An application is an object, such as {\"log\": \"hello\"}.";
            return Err((element.start(), sentence.into()));
        }
        let (name, arguments) = application(element)?;
        steps.push(Step { name: name.number(), arguments: arguments.number(), place });
        each_list(&name.text().unwrap_or_default(), arguments, &mut |what, name, list| {
            places.push((what, name.map(Value::number)));
            check_list(list, places.len() as u32 - 1, steps, places)
        })?;
    }
    Ok(())
}

/// Whether lists in an application's arguments hold applications themselves.
pub fn has_lists(name: &str) -> bool {
    matches!(name, "if" | "while" | "switch" | "function" | "trigger")
}

/// Calls `see` with each list of applications in an application's arguments: what people call such a list, its name,
/// and the list.
fn each_list<'p>(
    application: &str,
    arguments: Value<'p>,
    see: &mut impl FnMut(&'static str, Option<Value<'p>>, Value<'p>) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    let each = |object: Option<Value<'p>>, what| {
        let lists = object.into_iter().flat_map(Value::properties);
        lists.filter(|(_, list)| list.kind() == Kind::List).map(move |(name, list)| (what, Some(name), list))
    };
    let one = |list: &str, what| arguments.get_list(list).map(|list| (what, None, list)).into_iter();
    let mut see_all = |lists: &mut dyn Iterator<Item = (&'static str, Option<Value<'p>>, Value<'p>)>| {
        for (what, name, list) in lists {
            see(what, name, list)?;
        }
        Ok(())
    };
    match application {
        "if" => see_all(&mut one("then", "“then”").chain(one("else", "“else”"))),
        "while" => see_all(&mut one("do", "“do”")),
        "switch" => see_all(&mut each(arguments.get_object("case"), "case")),
        "function" => {
            let name = arguments.get("name").and_then(|name| name.of_kind(Kind::Text));
            let what = if name.is_some() { "function" } else { "function “”" };
            see_all(&mut arguments.get_list("actions").map(|list| (what, name, list)).into_iter())
        }
        "trigger" => {
            let commands = each(arguments.get_object("commands"), "command");
            see_all(&mut each(Some(arguments), "trigger").chain(commands))
        }
        _ => Ok(()),
    }
}

/// Calls `see` with each variable that an application sets while the flow runs, and with its value if the text has it.
pub fn each_set<'p>(application: &Application<'p>, see: &mut impl FnMut(Cow<'p, str>, Option<Value<'p>>)) {
    let arguments = application.arguments;
    match &*application.name {
        "set" | "setAll" | "setNoLocal" => {
            for (name, value) in arguments.properties() {
                see(name.text().unwrap_or_default(), Some(value));
            }
        }
        // What else is in it, such as its data, is of others.
        "httpRequest" => {
            for name in ["responseCode", "exportCookie"].into_iter().filter_map(|name| arguments.get_text(name)) {
                see(name, None);
            }
            arguments.get_object("exportVariables").into_iter().for_each(|names| each_name(names, see));
        }
        "global" => each_name(arguments, see),
        "cache" => {
            arguments.get_object("get").into_iter().for_each(|names| each_name(names, see));
            each_output(arguments, see);
        }
        "chatHistory" => {
            arguments.get_text("variable").into_iter().for_each(|name| see(name, None));
            each_output(arguments, see);
        }
        name if has_lists(name) => (),
        _ => each_output(arguments, see),
    }
}

/// Whether an application may set variables that the text does not name: those of another flow schema, or the columns
/// of a query.
pub fn sets_anything(name: &str) -> bool {
    matches!(name, "schema" | "sql")
}

fn each_name<'p>(object: Value<'p>, see: &mut impl FnMut(Cow<'p, str>, Option<Value<'p>>)) {
    object.properties().for_each(|(name, _)| see(name.text().unwrap_or_default(), None));
}

/// Calls `see` with each variable that arguments name for a result.
fn each_output<'p>(arguments: Value<'p>, see: &mut impl FnMut(Cow<'p, str>, Option<Value<'p>>)) {
    for (name, value) in arguments.properties() {
        match (&*name.text().unwrap_or_default(), value.kind()) {
            ("set" | "setVar" | "responseCode" | "exportCookie", Kind::Text) => {
                see(value.text().unwrap_or_default(), None);
            }
            ("set" | "exportVariables", Kind::Object) => each_name(value, see),
            _ => each_output(value, see),
        }
    }
}

/// The variables that a text reads: the names between `${` and `}`. After one more `$` it is not a variable of the
/// run.
pub fn reads(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find("${")?;
            let (before, after) = rest.split_at(start);
            let end = after.find('}')?;
            rest = &after[end + 1..];
            if !before.ends_with('$') {
                return Some(&after[2..end]);
            }
        }
    })
}

/// The address of a request, without the spaces around it.
pub fn url<'p>(application: &Application<'p>) -> Option<Cow<'p, str>> {
    let url = match application.arguments.get_text("url")? {
        Cow::Borrowed(url) => Cow::Borrowed(url.trim_matches(' ')),
        Cow::Owned(url) => Cow::Owned(url.trim_matches(' ').to_owned()),
    };
    Some(url).filter(|url| !url.is_empty())
}
