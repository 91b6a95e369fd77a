//! Requests from web pages, where they are let in: what Kinesis tells a browser, as it was seen on AWS.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderName, HeaderValue, ORIGIN,
};
use http::request::Parts;
use http::{Method, Response};

use crate::server::wire::request_id;

/// The headers of an answer that a page may read.
const EXPOSED: &str =
    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date";

/// How long a browser may remember a preflight's answer, in seconds.
const MAX_AGE: &str = "172800";

/// Whether a page makes this request: a browser says so, and no page can keep it from that.
pub fn come_from_one(parts: &Parts) -> bool {
    parts.headers.contains_key(ORIGIN)
}

/// The answer to a preflight: whatever the page asks for is allowed.
pub fn preflight(parts: &Parts) -> Option<Response<Bytes>> {
    if parts.method != Method::OPTIONS || !come_from_one(parts) {
        return None;
    }
    let mut response = Response::new(Bytes::new());
    let mut set = |name: HeaderName, value: HeaderValue| response.headers_mut().insert(name, value);
    set(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    for (asked, allowed) in [
        (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
        (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
    ] {
        if let Some(value) = parts.headers.get(asked) {
            set(allowed, value.clone());
        }
    }
    set(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    let (name, id) = request_id();
    if let Ok(id) = HeaderValue::from_str(&id) {
        set(HeaderName::from_static(name), id);
    }
    Some(response)
}

/// Lets a page read the answer.
pub fn let_read<B>(response: &mut Response<B>) {
    let headers = response.headers_mut();
    let anyone = HeaderValue::from_static("*");
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
    let exposed = HeaderValue::from_static(EXPOSED);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}
