//! The applications that Webitel's flow manager knows, and the types of flow schema that each works in.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::flow_schemas::flow_schema::SchemaType;
use crate::word::Word;

/// In every flow schema.
const COMMON: &[&str] = &[
    "addContact",
    "break",
    "broadcastChatMessage",
    "cache",
    "calendar",
    "callbackQueue",
    "ccPosition",
    "chatHistory",
    "classifier",
    "createCase",
    "createLink",
    "createRelatedCase",
    "deleteLink",
    "dump",
    "ewt",
    "execute",
    "feedback",
    "findContact",
    "function",
    "generateLink",
    "getCases",
    "getContact",
    "getEmail",
    "getQueueAgents",
    "getQueueInfo",
    "getQueueMetrics",
    "getServiceCatalogs",
    "global",
    "goto",
    "httpRequest",
    "if",
    "joinAgentToTask",
    "js",
    "lastBridged",
    "linkCommunication",
    "linkContact",
    "list",
    "listAdd",
    "listCaseFiles",
    "locateCase",
    "locateService",
    "log",
    "makeCall",
    "math",
    "memberInfo",
    "mergeContactPhones",
    "mergeContactVariables",
    "monoPay",
    "mq",
    "notification",
    "openLink",
    "patchMembers",
    "printFile",
    "publishComment",
    "schema",
    "sendEmail",
    "set",
    "softSleep",
    "sql",
    "start",
    "string",
    "switch",
    "timezone",
    "topicExtraction",
    "trigger",
    "unSet",
    "updateCase",
    "updateContact",
    "userInfo",
    "while",
];
/// In flow schemas for calls alone.
const VOICE: &[&str] = &[
    "amd",
    "answer",
    "audioStream",
    "bridge",
    "cancelQueue",
    "conference",
    "cv",
    "echo",
    "export",
    "flushDtmf",
    "gemini",
    "hangup",
    "inBandDTMF",
    "joinAgent",
    "joinQueue",
    "markIVR",
    "openai",
    "park",
    "playback",
    "preAnswer",
    "recordFile",
    "recordSession",
    "ringReady",
    "ringback",
    "scheduleHangup",
    "setAll",
    "setGrantee",
    "setNoLocal",
    "setSounds",
    "setUser",
    "sipRedirect",
    "sleep",
    "tts",
    "updateCid",
];
/// In flow schemas for chats alone.
const CHAT: &[&str] = &[
    "STT",
    "bridge",
    "cancelQueue",
    "chatAi",
    "export",
    "joinQueue",
    "menu",
    "recvMessage",
    "sendAction",
    "sendFile",
    "sendImage",
    "sendMessage",
    "sendText",
    "sendTts",
    "stt",
];
/// In flow schemas for forms alone.
const FORMS: &[&str] = &[
    "attemptResult",
    "export",
    "formComponent",
    "formFile",
    "formSelectCaseStatus",
    "formTable",
    "generateForm",
    "resumeAttempt",
];

/// The types that each application works in.
static HOMES: LazyLock<HashMap<&str, Vec<SchemaType>>> = LazyLock::new(|| {
    let mut homes: HashMap<_, Vec<_>> = COMMON.iter().map(|name| (*name, SchemaType::ALL.to_vec())).collect();
    for (home, names) in [(SchemaType::Voice, VOICE), (SchemaType::Chat, CHAT), (SchemaType::Processing, FORMS)] {
        for name in names {
            homes.entry(name).or_default().push(home);
        }
    }
    homes
});

/// The types of flow schema that an application works in, besides the one without a type; `None` if it is not known.
pub fn homes(name: &str) -> Option<&'static [SchemaType]> {
    HOMES.get(name).map(Vec::as_slice)
}
