//! The applications that Webitel's flow manager knows in version [`WEBITEL`], and the types of flow schema in which
//! each one works.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::flow_schemas::flow_schema::SchemaType;
use crate::word::Word;

/// The version of Webitel that the preview, the warnings and these lists follow.
pub const WEBITEL: &str = "26.6";

/// In every flow schema. `reply` and `httpResponse` are for e-mail and web hooks, which have no type of their own
/// here.
const COMMON: &[&str] = &[
    "addContact",
    "break",
    "broadcastChatMessage",
    "cache",
    "calendar",
    "callbackQueue",
    "cascadeVoice",
    "ccPosition",
    "chatHistory",
    "classifier",
    "createCase",
    "createLink",
    "createMeeting",
    "createRelatedCase",
    "deleteLink",
    "dump",
    "ewt",
    "execute",
    "feedback",
    "findContact",
    "function",
    "gemini",
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
    "httpResponse",
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
    "openai",
    "patchMembers",
    "printFile",
    "publishComment",
    "reply",
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
/// Only in flow schemas for calls.
const VOICE: &[&str] = &[
    "amd",
    "amdML",
    "answer",
    "audioStream",
    "backgroundPlayback",
    "backgroundPlaybackStop",
    "bridge",
    "cancelQueue",
    "ccOutbound",
    "conference",
    "cv",
    "echo",
    "export",
    "flushDtmf",
    "hangup",
    "inBandDTMF",
    "joinAgent",
    "joinQueue",
    "markIVR",
    "park",
    "pickup",
    "playback",
    "preAnswer",
    "recordFile",
    "recordSession",
    "ringReady",
    "ringback",
    "say",
    "scheduleHangup",
    "setAll",
    "setGrantee",
    "setNoLocal",
    "setSounds",
    "setUser",
    "sipRedirect",
    "sleep",
    "speechAi",
    "tts",
    "update",
    "updateCid",
    "voiceBot",
];
/// Only in flow schemas for chats.
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
/// Only in flow schemas for forms.
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

/// Only in flow schemas of type Service.
const SERVICE: &[&str] = &["abandoned", "cancel", "confirm", "export", "retry", "success"];

/// The types of flow schema in which each application works.
static HOMES: LazyLock<HashMap<&str, Vec<SchemaType>>> = LazyLock::new(|| {
    let mut homes: HashMap<_, Vec<_>> = COMMON.iter().map(|name| (*name, SchemaType::ALL.to_vec())).collect();
    for (home, names) in [
        (SchemaType::Voice, VOICE),
        (SchemaType::Chat, CHAT),
        (SchemaType::Processing, FORMS),
        (SchemaType::Service, SERVICE),
    ] {
        for name in names {
            homes.entry(name).or_default().push(home);
        }
    }
    homes
});

/// The types of flow schema in which an application works, apart from the one without a type; `None` if the
/// application is unknown.
pub fn homes(name: &str) -> Option<&'static [SchemaType]> {
    HOMES.get(name).map(Vec::as_slice)
}
