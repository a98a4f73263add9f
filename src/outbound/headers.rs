//! The headers of a request on the line: those of the flow schema as they are written, and those that Go's client adds.

use super::redirect::Next;

/// Names and values, in the order of the line.
pub type Headers = Vec<(String, String)>;

/// These follow from the address and the body; Go's client lets nobody else write them.
const NOT_OURS: [&str; 4] = ["content-length", "host", "trailer", "transfer-encoding"];
/// These are for the first host alone.
const SENSITIVE: [&str; 6] =
    ["authorization", "cookie", "cookie2", "proxy-authenticate", "proxy-authorization", "www-authenticate"];
/// These tell about a body.
const OF_BODY: [&str; 4] = ["content-encoding", "content-language", "content-location", "content-type"];

/// Whether a header is there, whatever its case.
pub fn find<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The headers that a flow schema writes, as they can be sent; or why nothing can be sent. Notes say what is left out.
pub fn written<'h>(
    headers: impl Iterator<Item = (&'h String, &'h String)>,
    notes: &mut Vec<String>,
) -> Result<Headers, String> {
    let mut written = Headers::new();
    for (name, value) in headers {
        if name.is_empty() || !name.bytes().all(is_of_token) {
            return Err(format!("“{}” cannot be the name of a header, so nothing is sent.", name.escape_debug()));
        }
        if value.bytes().any(|byte| byte < b' ' && byte != b'\t' || byte == 0x7f) {
            let sentence = "has a line break or another control character, so nothing is sent.";
            return Err(format!("The value of the header {name} {sentence}"));
        }
        if NOT_OURS.contains(&&*name.to_ascii_lowercase()) {
            notes.push(format!("The header {name} follows from the request; Webitel does not send its own."));
            continue;
        }
        written.push((name.clone(), value.trim_matches([' ', '\t']).to_owned()));
    }
    Ok(written)
}

/// Whether a byte can be in the name of a header, or in a method.
pub fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// All headers of a request, in the order of Go's client, and whether it unpacks the answer by itself.
pub fn complete(next: &Next) -> (Headers, bool) {
    let Next { method, address, headers: own, referer, body } = next;
    let agent = find(own, "user-agent").unwrap_or("Go-http-client/1.1").to_owned();
    let mut all = vec![("Host".to_owned(), address.authority()), ("User-Agent".to_owned(), agent)];
    if !body.is_empty() || matches!(&**method, "POST" | "PUT" | "PATCH") {
        all.push(("Content-Length".to_owned(), body.len().to_string()));
    }
    let is_agent = |name: &str| name.eq_ignore_ascii_case("user-agent");
    all.extend(own.iter().filter(|(name, _)| !is_agent(name)).cloned());
    if find(own, "authorization").is_none() {
        all.extend(address.authorization().map(|value| ("Authorization".to_owned(), value)));
    }
    if let Some(referer) = referer.as_ref().filter(|_| find(own, "referer").is_none()) {
        all.push(("Referer".to_owned(), referer.clone()));
    }
    let unpacks = method != "HEAD" && find(own, "accept-encoding").is_none() && find(own, "range").is_none();
    if unpacks {
        all.push(("Accept-Encoding".to_owned(), "gzip".to_owned()));
    }
    (all, unpacks)
}

/// Takes away what must not go to another host, or is about a body that is not sent any more.
pub fn strip(headers: &mut Headers, is_foreign: bool, has_body: bool) {
    let is_in = |names: &[&str], name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    headers.retain(|(name, _)| !(is_foreign && is_in(&SENSITIVE, name) || !has_body && is_in(&OF_BODY, name)));
}
