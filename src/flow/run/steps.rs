//! The applications that do something.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::Md5;
use sha2::{Digest, Sha256, Sha512};

use super::answer::sets_secret;
use super::control::Taken;
use super::limits::{MAX_REQUESTS, MAX_VARIABLES};
use super::machine::{At, Machine};
use super::script::body;
use super::way::Step;
use super::wire::{Order, Wire};
use crate::flow::changes::changes;
use crate::flow::preview::MAX_LOOK_UPS;
use crate::flow::program::{Application, each_set};
use crate::flow::request::{plain, request};
use crate::flow::room::Room;
use crate::flow::text::shortened;
use crate::flow::tree::{Kind, Value};
use crate::flow::warnings::misplaced;
use crate::zone::Zone;

/// A method of a text, with `/…/` among its arguments as a pattern. What it is called with stands before and after.
const STRING: &str = "(function (data, fn, args) {
  args = args.map(function (value) {
    var match = typeof value === 'string' && value.match(/^\\/(.*?)\\/([gimy]*)$/);
    return match ? new RegExp(match[1], match[2]) : value;
  });
  if (typeof data[fn] !== 'function') throw 'there is no function ' + fn + ' of a text';
  return data[fn].apply(data, args);
})";
const MATH: &str = "(function (fn, args) {
  var value;
  if (typeof Math[fn] === 'function') value = Math[fn].apply(null, args);
  else if (Math.hasOwnProperty(fn)) value = Math[fn];
  else throw 'there is no Math.' + fn;
  return isNaN(value) ? '' : value + '';
})";

impl<'p, W: Wire> Machine<'p, W> {
    pub(super) fn do_it(&mut self, at: &At<'p>, step: &mut Step) -> Taken {
        let application = &at.node().application;
        let arguments = application.arguments;
        match &*application.name {
            "start" => (),
            "set" => self.change(application, step),
            "unSet" if arguments.elements().next().is_some() => self.change(application, step),
            "unSet" => return Err("It needs a list of names, so nothing happens.".into()),
            "httpRequest" => self.request(application, step),
            "log" if matches!(arguments.kind(), Kind::List | Kind::Object) => {
                return Err("It needs a text, so nothing is logged.".into());
            }
            "log" => {
                let text = self.fill(&plain(arguments));
                step.notes.push(format!("Webitel logs “{text}”."));
            }
            "dump" => {
                step.notes.push(format!("Webitel logs all variables, {} of them with a value.", self.values.count()));
            }
            "softSleep" => {
                let time = self.fill(&plain(arguments));
                step.notes.push(format!("Webitel waits {} ms here; this run does not.", shortened(&time)));
            }
            "timezone" => return self.timezone(arguments, step),
            "js" => return self.js(arguments, step),
            "string" => return self.string(arguments, step),
            "math" => return self.math(arguments, step),
            name => return Err(misplaced(name)),
        }
        Ok(())
    }

    fn change(&mut self, application: &Application<'p>, step: &mut Step) {
        let mut room = Room::new(MAX_VARIABLES, MAX_LOOK_UPS);
        let changes = changes(application, &mut self.values, &mut room);
        if room.is_full() {
            self.end = Some(format!("Its variables have more than {} MiB, so it was stopped.", MAX_VARIABLES >> 20));
            return;
        }
        for (name, value) in changes {
            self.set(&name, value, step);
        }
    }

    fn set(&mut self, name: &str, value: Option<String>, step: &mut Step) {
        self.values.set(name, value.clone());
        step.set.push((shortened(name).into_owned(), value));
    }

    fn request(&mut self, application: &Application<'p>, step: &mut Step) {
        self.requests += 1;
        if self.requests > MAX_REQUESTS {
            return;
        }
        let mut request = request(application, &mut self.values, &mut self.room);
        let mut asked = Vec::new();
        each_set(application, &mut |name, _| asked.push(name));
        let names: Vec<&str> = asked.iter().map(|name| &**name).collect();
        self.watch.count_request();
        let order = Order { request: &request, application, deadline: self.deadline, watch: self.watch };
        let sent = self.wire.send(&order, &names);
        for (name, value) in sent.set {
            if sets_secret(application, &name) {
                step.secrets.push(shortened(&name).into_owned());
            }
            self.set(&name, value, step);
        }
        step.exchange = sent.exchange;
        step.notes.append(&mut request.notes);
        step.notes.extend(request.remarks());
        step.notes.extend(sent.notes);
        step.request = Some(request);
    }

    fn timezone(&mut self, arguments: Value, step: &mut Step) -> Taken {
        let Some(name) = arguments.get_text("name") else {
            return Err("Only Webitel knows the time zone of an id. The flow goes on in the one before.".into());
        };
        let name = self.fill(&name);
        self.zone = Zone::named(&name).ok_or_else(|| format!("There is no time zone “{}”.", shortened(&name)))?;
        step.notes.push(format!("It is {} there.", self.local().format("%Y-%m-%d %H:%M")));
        Ok(())
    }

    fn evaluate(&mut self, script: String) -> Result<String, String> {
        let (now, deadline) = (self.local(), self.deadline);
        self.scripts.text(script, &mut self.values, now, deadline)
    }

    fn js(&mut self, arguments: Value, step: &mut Step) -> Taken {
        let name = arguments.get_text("setVar").unwrap_or_default();
        let script = body(&arguments.get_text("data").unwrap_or_default())?;
        let value = self.evaluate(script)?;
        if value == "undefined" {
            step.notes.push("A “js” is the body of a function: without “return” it comes to nothing.".into());
        }
        self.set(&name, Some(value), step);
        Ok(())
    }

    /// A text among the arguments, filled in; empty if it is missing.
    fn argument(&mut self, arguments: Value, name: &str) -> String {
        let text = arguments.get(name).map(plain).unwrap_or_default();
        self.fill(&text)
    }

    /// The elements of a list as JSON. Written so, they may take several times as many bytes.
    fn list(&mut self, list: Option<Value>) -> Result<Vec<String>, String> {
        let mut bytes = 0;
        let json = |value: Value| {
            let json = match value.text() {
                Some(text) => quoted(&self.fill(&text)),
                None => value.written().to_owned(),
            };
            bytes += json.len();
            let fits = bytes <= MAX_VARIABLES;
            fits.then_some(json).ok_or_else(|| format!("Its list has more than {} MiB.", MAX_VARIABLES >> 20))
        };
        match list {
            Some(list) if list.kind() == Kind::List => list.elements().map(json).collect(),
            Some(single) if single.kind() != Kind::Text => [single].into_iter().map(json).collect(),
            _ => Ok(Vec::new()),
        }
    }

    fn string(&mut self, arguments: Value, step: &mut Step) -> Taken {
        let [name, function, data] = ["setVar", "fn", "data"].map(|name| self.argument(arguments, name));
        if name.is_empty() || function.is_empty() {
            return Err("It needs “setVar” and “fn”, so nothing happens.".into());
        }
        let args = self.list(arguments.get("args"))?;
        let first = args.first().map(|json| unquoted(json)).unwrap_or_default();
        let value = match &*function {
            "reverse" => data.chars().rev().collect(),
            "charAt" => {
                let byte = first.parse().ok().and_then(|at: usize| data.as_bytes().get(at)).copied();
                byte.map(char::from).map(String::from).unwrap_or_default()
            }
            "base64" => match &*first {
                "encoder" => BASE64_STANDARD.encode(&data),
                "decoder" => String::from_utf8_lossy(&BASE64_STANDARD.decode(&data).unwrap_or_default()).into_owned(),
                _ => String::new(),
            },
            "MD5" => hex(&Md5::digest(&data)),
            "SHA-256" => hex(&Sha256::digest(&data)),
            "SHA-512" => hex(&Sha512::digest(&data)),
            "length" => data.len().to_string(),
            _ => self.evaluate(format!("{STRING}({},{},[{}])", quoted(&data), quoted(&function), args.join(",")))?,
        };
        self.set(&name, Some(value), step);
        Ok(())
    }

    fn math(&mut self, arguments: Value, step: &mut Step) -> Taken {
        let [name, function] = ["setVar", "fn"].map(|name| self.argument(arguments, name));
        if name.is_empty() {
            return Err("It needs “setVar”, so nothing happens.".into());
        }
        let data = self.list(arguments.get("data"))?;
        let value = if function.is_empty() || function == "random" {
            step.notes.push("Webitel takes one of its “data” at random; here it is the first.".into());
            data.first().map(|json| unquoted(json)).unwrap_or_default()
        } else {
            self.evaluate(format!("{MATH}({},[{}])", quoted(&function), data.join(",")))?
        };
        self.set(&name, Some(value), step);
        Ok(())
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// A value in JSON as text.
fn unquoted(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
}
