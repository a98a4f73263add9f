//! A way without its secrets, for whoever sees it later. What counts as one:
//!
//! * what has the name of a secret: its last word is one such as `token` or `key`, or its words written together end
//!   with one such as `password` or `sessionid` ([`names`](super::secrets::names) has them). Headers and variables have
//!   names; so do parts of a query or a fragment, fields of a form, texts, numbers, lists and objects in JSON, elements
//!   and attributes of XML, and `name=value`, `name: value`, or a name with its value beside it in any header, body,
//!   variable or text that is logged, also in texts within these that are escaped for JSON, forms or addresses;
//! * what the path of `exportVariables` finds by the name of a secret, under whatever name;
//! * name and password in any address, cookies, what `exportCookie` sets, and what follows the word “Bearer”;
//! * the same values wherever else they stand in the way, escaped for addresses, forms, JSON or XML too, if they have
//!   [`MIN`](super::secrets::MIN) bytes. Shorter ones stand everywhere by chance. The variables that the run began with
//!   count, and what its steps set, before it was shortened and if it is not shown.
//!
//! Where the secrets are too many to be looked for, every text of a way is masked.
//!
//! Not known as a secret is one without such a name, such as a number in the path of an address; one that stands in
//! the way otherwise than as it came, such as its half, its hash or its base64; and one of an answer that is beyond what
//! is shown of it, unless a step sets it by the name of a secret.

use super::exchange::Answer;
use super::limits::MAX_ANSWER_SHOWN;
use super::secrets::Secrets;
use super::secrets::looks::Known;
use super::secrets::names::is_secret;
use super::way::{Step, Way};

/// Masks the secrets of a way. The variables are those that the run began with.
pub fn mask(way: &mut Way, variables: &[(String, String)]) {
    let mut secrets = std::mem::take(&mut way.secrets);
    for (name, value) in variables {
        secrets.see(name, value);
    }
    for step in &mut way.steps {
        named(step, &mut secrets);
    }
    let secrets = Known::of(&secrets);
    for step in &mut way.steps {
        each_text(step, &mut |text, is_cut| secrets.mask(text, is_cut));
    }
    way.end.iter_mut().for_each(|end| secrets.mask(end, false));
}

/// Masks what has the name of a secret, and notes it.
fn named(step: &mut Step, secrets: &mut Secrets) {
    for (name, value) in &mut step.set {
        let Some(value) = value else { continue };
        if step.secrets.contains(name) { secrets.mask_secret(value) } else { secrets.mask_variable(name, value) }
    }
    step.notes.iter_mut().for_each(|note| secrets.mask_text(note));
    if let Some(request) = &mut step.request {
        for text in [&mut request.url].into_iter().chain(&mut request.body) {
            if request.is_cut { secrets.mask_cut(text) } else { secrets.mask_text(text) }
        }
        request.headers.iter_mut().for_each(|(name, value)| secrets.mask_header(name, value));
    }
    for hop in step.exchange.iter_mut().flat_map(|exchange| &mut exchange.hops) {
        secrets.mask_text(&mut hop.url);
        hop.headers.iter_mut().for_each(|(name, value)| secrets.mask_header(name, value));
        match &mut hop.answer {
            Ok(answer) => {
                answer.headers.iter_mut().for_each(|(name, value)| secrets.mask_header(name, value));
                if is_cut(answer) { secrets.mask_cut(&mut answer.body) } else { secrets.mask_text(&mut answer.body) }
            }
            Err(sentence) => secrets.mask_text(sentence),
        }
    }
}

/// Every text of a step that others chose, and whether its end may be missing.
fn each_text(step: &mut Step, see: &mut impl FnMut(&mut String, bool)) {
    for (name, value) in &mut step.set {
        see(name, false);
        if let Some(value) = value {
            see(value, false);
        }
    }
    step.notes.iter_mut().for_each(|note| see(note, false));
    if let Some(request) = &mut step.request {
        let is_cut = request.is_cut;
        see(&mut request.url, is_cut);
        request.headers.values_mut().for_each(|value| see(value, is_cut));
        request.body.iter_mut().for_each(|body| see(body, is_cut));
        request.notes.iter_mut().for_each(|note| see(note, false));
    }
    for hop in step.exchange.iter_mut().flat_map(|exchange| &mut exchange.hops) {
        see(&mut hop.url, false);
        hop.headers.iter_mut().for_each(|(_, value)| see(value, false));
        match &mut hop.answer {
            Ok(answer) => {
                let is_cut = is_cut(answer);
                answer.headers.iter_mut().for_each(|(_, value)| see(value, false));
                see(&mut answer.body, is_cut);
            }
            Err(sentence) => see(sentence, false),
        }
    }
}

/// Whether more of its body came than is shown, or less than was to come.
fn is_cut(answer: &Answer) -> bool {
    // What was no UTF-8 got longer, so the number of bytes alone does not tell.
    answer.is_cut || answer.read > answer.body.len() || answer.body.len() + 4 > MAX_ANSWER_SHOWN
}

/// Which of some variables neither are secrets nor have any in them.
pub fn without_secrets<'v>(variables: &[(&'v str, &'v str)]) -> Vec<(&'v str, &'v str)> {
    let mut secrets = Secrets::default();
    for (name, value) in variables {
        secrets.see(name, value);
    }
    let known = Known::of(&secrets);
    let is_without = |(name, value): &&(&str, &str)| {
        let mut masked = (*value).to_owned();
        Secrets::default().mask_variable(name, &mut masked);
        known.mask(&mut masked, false);
        masked == **value && !is_secret(name)
    };
    variables.iter().filter(is_without).copied().collect()
}
