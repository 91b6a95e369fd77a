//! The API as HTTP carries it: which operation a request asks for, and how an answer or a refusal is sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde::Serialize;

use super::json;
use super::operations::NOT_SUPPORTED;
use super::refusals::Refusal;

/// What a request's target starts with: the API and its version.
const API: &str = "Kinesis_20131202.";

const JSON: &str = "application/x-amz-json-1.1";
pub const CBOR: &str = "application/x-amz-cbor-1.1";

#[derive(Serialize)]
struct ErrorBody<'e> {
    __type: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'e str>,
    /// AWS was seen to spell it so for this one error.
    #[serde(rename = "Message", skip_serializing_if = "Option::is_none")]
    serialization_message: Option<&'e str>,
}

/// A request that does not reach the API.
pub enum Stray {
    /// Nothing says which operation is meant.
    NoOperation,
    /// An operation is named, but in no language the API speaks.
    UnknownLanguage,
    Refused(Refusal),
}

/// The operation a request names.
pub fn operation_asked_for<'p>(parts: &'p Parts, body: &[u8]) -> Result<&'p str, Stray> {
    let target = header(parts, HeaderName::from_static("x-amz-target"));
    if parts.method != Method::POST {
        return Err(Stray::NoOperation);
    }
    match content_type(parts) {
        JSON | CBOR => {}
        _ if target.contains('.') => return Err(Stray::UnknownLanguage),
        _ => return Err(Stray::NoOperation),
    }
    target
        .strip_prefix(API)
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Stray::Refused(unknown("", body)))
}

/// The type of the body, without its parameters.
pub fn content_type(parts: &Parts) -> &str {
    let value = header(parts, CONTENT_TYPE);
    value.split(';').next().unwrap_or_default().trim()
}

/// A header's text; empty if there is none.
fn header(parts: &Parts, name: HeaderName) -> &str {
    let value = parts.headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

impl Stray {
    pub fn answer(self) -> Response<Bytes> {
        let (status, body) = match self {
            Self::Refused(refusal) => return written(&Err(refusal)),
            Self::NoOperation => (
                StatusCode::FORBIDDEN,
                "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized\
                 </Message>\n</AccessDeniedException>\n",
            ),
            Self::UnknownLanguage => (StatusCode::NOT_FOUND, "<UnknownOperationException/>\n"),
        };
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        *response.status_mut() = status;
        response
    }
}

/// An operation that is not served, unless there is a body that does not parse: AWS tells that first.
pub fn unknown(name: &str, body: &[u8]) -> Refusal {
    let code = "UnknownOperationException";
    match json::check_syntax(body) {
        Err(unreadable) if !body.is_empty() => unreadable,
        _ if NOT_SUPPORTED.contains(&name) => {
            Refusal::new(code, format!("{name} is not supported by kinesis-lab"))
        }
        _ => Refusal::without_message(code),
    }
}

/// The answer as it is sent.
pub fn written(answer: &Result<Bytes, Refusal>) -> Response<Bytes> {
    let mut response = match answer {
        Ok(body) => Response::new(body.clone()),
        Err(refusal) => {
            let message = refusal.message.as_deref();
            let is_serialization = refusal.code == "SerializationException";
            let mut response = Response::new(json::write(&ErrorBody {
                __type: refusal.code,
                message: message.filter(|_| !is_serialization),
                serialization_message: message.filter(|_| is_serialization),
            }));
            *response.status_mut() =
                StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
            response
        }
    };
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    response
}

/// The name and a value of the id that each answer has: a UUID.
pub fn request_id() -> (&'static str, String) {
    let bits = fastrand::u128(..);
    let uuid = format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        bits >> 96,
        (bits >> 80) & 0xffff,
        (bits >> 64) & 0xfff,
        0x8000 | (bits >> 48) & 0x3fff,
        bits & 0xffff_ffff_ffff
    );
    ("x-amzn-requestid", uuid)
}

/// Gives the answer the two ids that AWS's answers have: a UUID, and 72 bytes in base64.
pub fn with_ids(mut response: Response<Bytes>) -> Response<Bytes> {
    let id_2: [u8; 72] = std::array::from_fn(|_| fastrand::u8(..));
    for (name, value) in [request_id(), ("x-amz-id-2", STANDARD.encode(id_2))] {
        // Hexadecimal digits and base64 are always fit for a header.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}
