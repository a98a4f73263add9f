//! The applications that say what comes next.

use std::rc::Rc;

use super::code::Code;
use super::limits::{MAX_JUMPS, MAX_PASSES, MAX_SCHEMAS};
use super::machine::{At, Machine};
use super::script::condition;
use super::way::Step;
use super::wire::Wire;
use crate::flow::request::plain;
use crate::flow::text::shortened;
use crate::flow::tree::{Kind, Value};

/// Whether a step was taken, or why not; the flow goes on in any case.
pub type Taken = Result<(), String>;

impl<'p, W: Wire> Machine<'p, W> {
    pub(super) fn take(&mut self, at: &At<'p>, step: &mut Step) -> Taken {
        match &*at.node().application.name {
            "if" => self.branch(at, step),
            "while" => self.pass(at, step),
            "switch" => self.switch(at, step),
            "goto" => self.goto(at),
            "execute" => self.execute(at, step),
            "schema" => self.schema(at, step),
            "break" if at.node().ends => Ok(()),
            "break" => Err("Only “true” ends a flow, so nothing happens.".into()),
            _ => self.do_it(at, step),
        }
    }

    /// Whether the application does not run, because it ran often enough: the flow jumps then, or its list ends.
    pub(super) fn is_at_its_limit(&mut self, at: &At<'p>) -> bool {
        let (Some(limit), Some(scope)) = (&at.node().limit, self.scopes.last_mut()) else { return false };
        let count = scope.counts.entry(at.node).or_default();
        if *count < limit.max {
            *count += 1;
            return false;
        }
        if !self.jump(&limit.failover) {
            self.scopes.pop();
        }
        true
    }

    /// Jumps to a tag of the list that was entered last. Lists further out go on where they are, as in Webitel.
    fn jump(&mut self, tag: &str) -> bool {
        let Some(scope) = self.scopes.last_mut() else { return false };
        let Some(&(list, index)) = scope.code.tags.get(tag).filter(|_| scope.jumps < MAX_JUMPS) else { return false };
        scope.jumps += 1;
        scope.positions.insert(scope.list, 0);
        scope.list = list;
        scope.positions.insert(list, index);
        if let Some((parent, index)) = scope.code.lists[list].parent {
            scope.positions.insert(parent, index + 1);
        }
        true
    }

    fn go_into(&mut self, list: usize) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.list = list;
        }
    }

    fn holds(&mut self, expression: Option<Value>) -> Result<bool, String> {
        let text = expression.and_then(Value::text).unwrap_or_default();
        let script = condition(&text)?;
        let (now, deadline) = (self.local(), self.deadline);
        self.scripts.holds(script, &mut self.values, now, deadline)
    }

    fn branch(&mut self, at: &At<'p>, step: &mut Step) -> Taken {
        let holds = self.holds(at.node().application.arguments.get("expression"));
        let holds = holds.map_err(|why| format!("{why} Neither branch is taken."))?;
        let name = if holds { "then" } else { "else" };
        step.notes.push(format!("It goes into “{name}”."));
        if let Some(list) = at.node().lists.get(name) {
            self.go_into(*list);
        }
        Ok(())
    }

    fn pass(&mut self, at: &At<'p>, step: &mut Step) -> Taken {
        let node = at.node();
        let arguments = node.application.arguments;
        let Some(&list) = node.lists.get("do") else { return Err("It has no “do”, so nothing happens.".into()) };
        let max = arguments.get_text("maxSteps").and_then(|max| max.parse::<i64>().ok());
        let max = max.map_or(MAX_PASSES, |max| usize::try_from(max).unwrap_or_default());
        let Some(scope) = self.scopes.last_mut() else { return Ok(()) };
        let mut looped = scope.loops.get(&at.node).copied().unwrap_or_default();
        if at.list != list {
            looped.step = 0;
        }
        if looped.passes >= max {
            step.notes.push(format!("It ends after {max} passes."));
            return Ok(());
        }
        // The first pass asks for nothing.
        let holds = if looped.step == 0 { Ok(true) } else { self.holds(arguments.get("condition")) };
        looped.passes += 1;
        looped.step = if holds == Ok(true) { looped.step + 1 } else { 0 };
        if let Some(scope) = self.scopes.last_mut() {
            scope.loops.insert(at.node, looped);
            if holds == Ok(true) {
                scope.list = list;
                scope.positions.insert(list, 0);
            }
        }
        if looped.passes > MAX_PASSES {
            self.end = Some(format!("The loop in line {} was stopped after 1,000 passes.", node.application.line));
            return Ok(());
        }
        match holds {
            Ok(true) => step.notes.push(format!("Pass {}.", looped.step)),
            Ok(false) => step.notes.push("Its condition does not hold, so it ends.".into()),
            Err(why) => return Err(format!("{why} So the loop ends.")),
        }
        Ok(())
    }

    fn switch(&mut self, at: &At<'p>, step: &mut Step) -> Taken {
        let arguments = at.node().application.arguments;
        let variable = arguments.get_text("variable").filter(|variable| !variable.is_empty());
        let Some(variable) = variable.filter(|_| arguments.get_object("case").is_some()) else {
            return Err("It needs a “variable” and a “case”, so nothing happens.".into());
        };
        let value = self.fill(&variable);
        let lists = &at.node().lists;
        match lists.get_key_value(&value).or_else(|| lists.get_key_value("default")) {
            Some((name, list)) => {
                step.notes.push(format!("It goes into case “{}”.", shortened(name)));
                self.go_into(*list);
            }
            None => step.notes.push(format!("There is no case for “{}”.", shortened(&value))),
        }
        Ok(())
    }

    fn goto(&mut self, at: &At<'p>) -> Taken {
        let tag = self.fill(&plain(at.node().application.arguments));
        if self.jump(&tag) {
            return Ok(());
        }
        let is_known = self.scopes.last().is_some_and(|scope| scope.code.tags.contains_key(&tag));
        Err(if is_known {
            format!("Webitel jumps at most {MAX_JUMPS} times, so the flow goes on.")
        } else {
            format!("There is no tag “{}” here, so the flow goes on.", shortened(&tag))
        })
    }

    fn execute(&mut self, at: &At<'p>, step: &mut Step) -> Taken {
        let arguments = at.node().application.arguments;
        let name = self.fill(&arguments.get("name").map(plain).unwrap_or_default());
        let Some((source, code)) = self.functions.get(&name) else {
            return Err(format!("There is no function “{}”.", shortened(&name)));
        };
        let (source, code) = (*source, Rc::clone(code));
        note_async(arguments, step);
        self.enter(source, code, false);
        Ok(())
    }

    fn schema(&mut self, at: &At<'p>, step: &mut Step) -> Taken {
        let arguments = at.node().application.arguments;
        let id = called(arguments).ok_or("Only flow schemas whose id is a number in the text are followed here.")?;
        let Some(source) = self.called.get(&id) else {
            return Err(format!("There is no flow schema {id} that can be read here."));
        };
        if self.scopes.iter().filter(|scope| scope.is_schema).count() == MAX_SCHEMAS {
            self.end = Some(format!("Flow schemas call each other more than {MAX_SCHEMAS} deep, so it was stopped."));
            return Ok(());
        }
        step.notes.push(format!("It goes into the flow schema “{}”.", shortened(&source.name)));
        note_async(arguments, step);
        let code = Rc::new(Code::of(&source.program, source.program.list()));
        self.enter(source, code, true);
        Ok(())
    }
}

/// The flow schema that the arguments of a `schema` call, if the text says so.
pub fn called(arguments: Value) -> Option<i64> {
    plain(arguments.get("id")?).parse().ok()
}

fn note_async(arguments: Value, step: &mut Step) {
    if arguments.get("async").is_some_and(|value| value.kind() == Kind::True) {
        step.notes.push("Webitel runs it beside what follows; here it runs first.".into());
    }
}
