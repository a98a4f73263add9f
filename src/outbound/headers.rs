//! Headers of requests, and what Go's client lets nobody write.

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

/// Takes away what must not go to another host, or is about a body that is not sent any more.
pub fn strip(headers: &mut Headers, is_foreign: bool, has_body: bool) {
    let is_in = |names: &[&str], name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    headers.retain(|(name, _)| !(is_foreign && is_in(&SENSITIVE, name) || !has_body && is_in(&OF_BODY, name)));
}
