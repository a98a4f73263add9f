//! What is kept of a try is without its secrets: the values of headers, of parameters in addresses and of variables whose
//! names say that they are secret, and user info in addresses. Wherever such a value stands elsewhere in the way, it is
//! left out as well.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::flow::run::way::Way;

/// What stands in the place of a secret.
const MASK: &str = "•••";
/// A shorter value is in many places by chance.
const SHORTEST: usize = 4;

/// Whether a header, a parameter or a variable of this name has a secret value.
pub fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 8] = ["token", "secret", "passw", "pwd", "apikey", "credential", "authorization", "signature"];
    let name = name.to_ascii_lowercase();
    let is_key = name.rsplit(['-', '_', '.']).next() == Some("key");
    is_key || ["cookie", "set-cookie", "sig"].contains(&&*name) || WORDS.iter().any(|word| name.contains(word))
}

/// The way as JSON, without its secrets.
pub fn without_secrets(way: &Way) -> String {
    let mut secrets = BTreeSet::new();
    for step in &way.steps {
        let headers =
            step.request.iter().flat_map(|request| request.headers.iter().map(|(name, value)| (&**name, &**value)));
        headers.for_each(|(name, value)| note_header(name, value, &mut secrets));
        step.request.iter().for_each(|request| note_address(&request.url, &mut secrets));
        for hop in step.exchange.iter().flat_map(|exchange| &exchange.hops) {
            let answered = hop.answer.iter().flat_map(|answer| &answer.headers);
            hop.headers.iter().chain(answered).for_each(|(name, value)| note_header(name, value, &mut secrets));
            note_address(&hop.url, &mut secrets);
        }
        let set = step.set.iter().filter(|(name, _)| is_secret(name));
        secrets.extend(set.filter_map(|(_, value)| value.clone()));
    }
    secrets.retain(|secret| secret.len() >= SHORTEST);
    let mut json = serde_json::to_value(way).expect("a way is JSON");
    // The longest first: another may be a part of it.
    let mut secrets: Vec<String> = secrets.into_iter().collect();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    mask(&mut json, &secrets);
    json.to_string()
}

fn note_header(name: &str, value: &str, secrets: &mut BTreeSet<String>) {
    if is_secret(name) {
        secrets.insert(value.to_owned());
        // `Bearer …`, and the values of cookies.
        let parts = value.split([' ', ';', ',']).map(|part| part.split_once('=').map_or(part, |(_, value)| value));
        secrets.extend(parts.skip(usize::from(!name.to_ascii_lowercase().contains("cookie"))).map(str::to_owned));
    }
    if ["location", "referer"].contains(&&*name.to_ascii_lowercase()) {
        note_address(value, secrets);
    }
}

fn note_address(address: &str, secrets: &mut BTreeSet<String>) {
    let (before, query) = address.split_once('?').unwrap_or((address, ""));
    let authority = before.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    secrets.extend(authority.rsplit_once('@').map(|(user, _)| user.to_owned()));
    let parameters = query.split(['&', '#']).filter_map(|parameter| parameter.split_once('='));
    for (_, value) in parameters.filter(|(name, _)| is_secret(name)) {
        secrets.insert(value.to_owned());
        let decoded = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        secrets.insert(decoded.into_owned());
    }
}

/// Masks each text in it. A header or a variable is a list of its name and its value.
fn mask(json: &mut Value, secrets: &[String]) {
    match json {
        Value::String(text) => {
            for secret in secrets {
                if text.contains(secret.as_str()) {
                    *text = text.replace(secret.as_str(), MASK);
                }
            }
        }
        Value::Array(pair) => {
            if let [Value::String(name), Value::String(value)] = &mut pair[..]
                && is_secret(name)
            {
                *value = MASK.into();
            }
            pair.iter_mut().for_each(|value| mask(value, secrets));
        }
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(value) if is_secret(name) => *value = MASK.into(),
                    value => mask(value, secrets),
                }
            }
        }
        _ => (),
    }
}
