//! What comes of the answer to a request: what is shown of it, and the variables that it sets.

use support::receiver::{Receiver, json};
use support::way::*;

use crate::trying::*;

#[test]
fn an_answer_is_seen_and_sets_its_variables() {
    let receiver = Receiver::start(|_| json(r#"{"id": 17, "tags": ["a", {"b" : 1}], "name": "é \" x"}"#));
    let way = tried(&format!(
        r#"[{{"httpRequest": {{"url": "{}", "responseCode": "code", "data": {{"a": "${{state}}"}},
              "exportVariables": {{"id": "id", "tags": "tags", "second": "tags.1.b", "name": "name", "none": "x.y"}}}}}}]"#,
        receiver.url("/hook?x=1")
    ));
    let values: Vec<_> = ["code", "id", "tags", "second", "name", "none"].map(|name| set_to(&way, name)).into();
    assert_eq!(values, ["200", "17", r#"["a",{"b":1}]"#, "1", "é \" x", ""].map(Some), "{:?}", notes(&way));
    assert_eq!(notes(&way), ["The path “x.y” finds nothing, so none becomes empty."]);
    let (got, hop) = (&receiver.got()[0], only_hop(&way));
    assert_eq!((&*got.method, &*got.target), ("POST", "/hook?x=1"));
    assert_eq!(got.body, br#"{"a":""}"#);
    assert_eq!(got.headers, hop.headers);
    let names: Vec<_> = got.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Host", "User-Agent", "content-type", "Accept-Encoding", "Content-Length"]);
}
