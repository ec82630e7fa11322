//! The list of voices, and one of them.

use crate::handshake::Admission;
use crate::ibm::auth;
use crate::ibm::error::Failure;
use crate::ibm::error::{Blanks, Refused};
use crate::ibm::knobs;
use crate::ibm::voices::{Kind, Named, Voice};
use crate::json::{Style, Value, object};
use crate::side::{Answer, Request, Response};

use super::{dress, wrong_method};

/// `GET /v1/voices` and `GET /v1/voices/{voice}`.
pub(super) fn answer(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    let response = match auth::let_in(request.head, admission) {
        Err(refusal) => (*refusal).into(),
        Ok(()) if request.head.method != "GET" => wrong_method(request, "GET"),
        Ok(()) => look_up(request, admission),
    };
    dress(response, request.head, admission).into()
}

fn look_up(request: &Request<'_>, admission: &Admission<'_>) -> Response {
    let path = request.head.path.trim_end_matches('/');
    let segments = request.head.segments();
    let (list, name) = match segments.as_slice() {
        [.., last] if last == "voices" => (path, None),
        [.., name] => (
            path.rsplit_once('/').map_or(path, |(list, _)| list),
            Some(name),
        ),
        [] => (path, None),
    };
    let host = request.head.header("Host").unwrap_or("localhost");
    let list = format!("https://{host}{list}");
    let further = admission.knobs.text(&knobs::FURTHER_VOICES);
    let body = match name {
        None => {
            let added = further
                .split(',')
                .filter_map(|name| current(name.trim(), further));
            let voices = Voice::all().chain(added);
            let voices: Vec<Value> = voices.map(|voice| object(members(&voice, &list))).collect();
            object([("voices", Value::from(voices))])
        }
        Some(name) => {
            let Some(voice) = current(name, further) else {
                let failure = Failure::Voice(name.clone());
                let found = Value::from(name.as_str()).excerpt();
                let refused = Refused::at("voice", failure, found, "a voice of the service");
                let (status, _) = refused.failure.status();
                let body = refused.failure.body(Blanks::One);
                return Response::new(status, JSON, body).with_finding(*refused.finding);
            };
            let mut members = members(&voice, &list);
            if let Some(id) = request.head.query_value("customization_id") {
                let custom = object([
                    ("customization_id", Value::from(id)),
                    ("language", Value::from(voice.language())),
                ]);
                members.push(("customization", custom));
            }
            object(members)
        }
    };
    Response::new(200, JSON, body.write(Style::Indented(3)))
}

fn current(name: &str, further: &str) -> Option<Voice> {
    match Voice::named(name, further) {
        Named::Current(voice) | Named::Former(voice) => Some(voice),
        Named::Unknown => None,
    }
}

fn members(voice: &Voice, list: &str) -> Vec<(&'static str, Value)> {
    let name = voice.name.as_str();
    let person = person(voice);
    let gender = match MEN.contains(&person) {
        true => "male",
        false => "female",
    };
    let language = LANGUAGES
        .iter()
        .find(|(code, _)| *code == voice.language())
        .map_or_else(|| voice.language(), |(_, language)| language);
    let features = object([
        ("custom_pronunciation", Value::from(true)),
        ("voice_transformation", Value::from(false)),
    ]);
    vec![
        ("name", Value::from(name)),
        ("language", Value::from(voice.language())),
        ("gender", Value::from(gender)),
        (
            "description",
            Value::from(format!("{person}: {language} {gender} voice.")),
        ),
        ("url", Value::from(format!("{list}/{name}"))),
        ("customizable", Value::from(voice.kind != Kind::Natural)),
        ("supported_features", features),
    ]
}

/// `Lisa` of `en-US_LisaV3Voice`.
fn person(voice: &Voice) -> &str {
    let name = voice
        .name
        .split_once('_')
        .map_or(voice.name.as_str(), |it| it.1);
    let suffixes = ["V3Voice", "Voice", "Natural", "Expressive"];
    let mut stems = suffixes
        .iter()
        .filter_map(|suffix| name.strip_suffix(suffix));
    stems.next().unwrap_or(name)
}

const JSON: &str = "application/json";

const MEN: &[&str] = &[
    "Alejandro",
    "Dieter",
    "Enrique",
    "Ethan",
    "George",
    "Henry",
    "Jack",
    "Jackson",
    "James",
    "Jin",
    "Kevin",
    "Lucas",
    "Michael",
    "Nicolas",
];

const LANGUAGES: &[(&str, &str)] = &[
    ("de-DE", "German"),
    ("en-AU", "Australian English"),
    ("en-CA", "Canadian English"),
    ("en-GB", "British English"),
    ("en-US", "American English"),
    ("es-ES", "Castilian Spanish"),
    ("es-LA", "Latin American Spanish"),
    ("es-US", "North American Spanish"),
    ("fr-CA", "Canadian French"),
    ("fr-FR", "French"),
    ("it-IT", "Italian"),
    ("ja-JP", "Japanese"),
    ("ko-KR", "Korean"),
    ("nl-NL", "Dutch"),
    ("pt-BR", "Brazilian Portuguese"),
];
