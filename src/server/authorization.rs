//! Who calls, and in which region: read from the signature's credential scope. Signatures are not verified.
//!
//! What is missing is refused as AWS does it; the texts were seen on AWS by the authors of kinesalite and dynalite.

use http::request::Parts;

use super::refusals::Refusal;

/// What a signed request says of its caller.
#[derive(Debug, PartialEq, Eq)]
pub struct Credential {
    pub access_key: String,
    pub region: String,
}

/// Longer than any region's name and any access key id; ours, since both are shown and remembered.
const LONGEST_REGION: usize = 32;
const LONGEST_ACCESS_KEY: usize = 128;

/// Reads the credential of a request signed in its header or in its query.
pub fn read(request: &Parts) -> Result<Credential, Refusal> {
    let header = request
        .headers
        .get(http::header::AUTHORIZATION)
        .filter(|value| !value.is_empty())
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let query = request.uri.query().unwrap_or_default();
    let in_query = query_parameter(query, "X-Amz-Algorithm").is_some();
    let scope = match (header, in_query) {
        (Some(_), true) => {
            return Err(Refusal::new(
                "InvalidSignatureException",
                "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
            ));
        }
        (None, false) => {
            return Err(Refusal::new(
                "MissingAuthenticationTokenException",
                "Missing Authentication Token",
            ));
        }
        (Some(header), false) => scope_of_header(request, &header)?,
        (None, true) => scope_of_query(query)?,
    };
    parse_scope(&scope)
}

fn scope_of_header(request: &Parts, header: &str) -> Result<String, Refusal> {
    let parameter = |name: &str| {
        header
            .split([',', ' '])
            .skip(1)
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value)
    };
    let mut missing = String::new();
    for name in ["Credential", "Signature", "SignedHeaders"] {
        if parameter(name).is_none() {
            missing.push_str(&format!(
                "Authorization header requires '{name}' parameter. "
            ));
        }
    }
    if !request.headers.contains_key("x-amz-date") && !request.headers.contains_key("date") {
        missing.push_str(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
        );
    }
    match parameter("Credential") {
        Some(scope) if missing.is_empty() => Ok(scope.to_owned()),
        _ => Err(Refusal::new(
            "IncompleteSignatureException",
            format!("{missing}Authorization={header}"),
        )),
    }
}

fn scope_of_query(query: &str) -> Result<String, Refusal> {
    let mut missing = String::new();
    for name in [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
        "X-Amz-Date",
    ] {
        if query_parameter(query, name).is_none_or(str::is_empty) {
            missing.push_str(&format!(
                "AWS query-string parameters must include '{name}'. "
            ));
        }
    }
    if !missing.is_empty() {
        return Err(Refusal::new(
            "IncompleteSignatureException",
            format!("{missing}Re-examine the query-string parameters."),
        ));
    }
    let scope = query_parameter(query, "X-Amz-Credential").unwrap_or_default();
    Ok(scope.replace("%2F", "/").replace("%2f", "/"))
}

fn query_parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn parse_scope(scope: &str) -> Result<Credential, Refusal> {
    let parts: Vec<&str> = scope.split('/').collect();
    let &[access_key, _date, region, _service, _terminator] = parts.as_slice() else {
        return Err(malformed(scope));
    };
    if access_key.is_empty() || access_key.len() > LONGEST_ACCESS_KEY {
        return Err(malformed(scope));
    }
    let is_region = (1..=LONGEST_REGION).contains(&region.len())
        && region
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_region {
        return Err(Refusal::new(
            "InvalidSignatureException",
            "Credential should be scoped to a valid region.",
        ));
    }
    Ok(Credential {
        access_key: access_key.to_owned(),
        region: region.to_owned(),
    })
}

fn malformed(scope: &str) -> Refusal {
    Refusal::new(
        "IncompleteSignatureException",
        format!(
            "Credential must have exactly 5 slash-delimited elements, \
             e.g. keyid/date/region/service/term, got '{scope}'"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(uri: &str, headers: &[(&str, &str)]) -> Result<Credential, String> {
        let mut request = http::Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        read(&parts)
            .map_err(|refusal| format!("{}: {}", refusal.code, refusal.message.unwrap_or_default()))
    }

    const DATE: (&str, &str) = ("x-amz-date", "20261122T000000Z");

    #[test]
    fn the_credential_scope_names_caller_and_region() {
        for header in [
            "AWS4-HMAC-SHA256 Credential=AKID/20261122/eu-west-1/kinesis/aws4_request, SignedHeaders=host, Signature=x",
            "AWS4-HMAC-SHA256 Signature=x,SignedHeaders=host,Credential=AKID/20261122/eu-west-1/kinesis/aws4_request",
        ] {
            assert_eq!(
                read_with("/", &[("authorization", header), DATE]),
                Ok(Credential {
                    access_key: "AKID".into(),
                    region: "eu-west-1".into()
                })
            );
        }
        assert_eq!(
            read_with(
                "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261122%2Fus-east-1%2Fkinesis%2Faws4_request\
                 &X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d",
                &[]
            ),
            Ok(Credential {
                access_key: "AKID".into(),
                region: "us-east-1".into()
            })
        );
    }

    #[test]
    fn an_unsigned_request_is_refused() {
        assert_eq!(
            read_with("/?X-Amz-Credential=a", &[DATE]),
            Err("MissingAuthenticationTokenException: Missing Authentication Token".into())
        );
        assert_eq!(
            read_with("/", &[("authorization", ""), DATE]),
            Err("MissingAuthenticationTokenException: Missing Authentication Token".into())
        );
    }

    #[test]
    fn a_request_signed_twice_is_refused() {
        assert_eq!(
            read_with("/?X-Amz-Algorithm", &[("authorization", "X")]),
            Err(
                "InvalidSignatureException: Found both 'X-Amz-Algorithm' as a query-string param \
                 and 'Authorization' as HTTP header."
                    .into()
            )
        );
    }

    #[test]
    fn each_missing_part_is_named() {
        assert_eq!(
            read_with("/", &[("authorization", "X")]),
            Err(
                "IncompleteSignatureException: Authorization header requires 'Credential' parameter. \
                 Authorization header requires 'Signature' parameter. \
                 Authorization header requires 'SignedHeaders' parameter. \
                 Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
                 Authorization=X"
                    .into()
            )
        );
        assert_eq!(
            read_with(
                "/",
                &[("authorization", "AWS4- Signature=b,Credential=a"), DATE]
            ),
            Err("IncompleteSignatureException: Authorization header requires 'SignedHeaders' parameter. \
                 Authorization=AWS4- Signature=b,Credential=a"
                .into())
        );
        assert_eq!(
            read_with("/?X-Amz-Algorithm=a&X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-Date=d", &[]),
            Err("IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-SignedHeaders'. \
                 Re-examine the query-string parameters."
                .into())
        );
    }

    #[test]
    fn a_scope_that_is_none_is_refused() {
        let scoped = |scope: &str| {
            let header =
                format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=a, Signature=b");
            read_with("/", &[("authorization", &header), DATE])
        };
        assert_eq!(
            scoped("a/b/c"),
            Err("IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, \
                 e.g. keyid/date/region/service/term, got 'a/b/c'"
                .into())
        );
        for region in ["", "us_east_1", "us.east", &"a".repeat(33)] {
            let refused = scoped(&format!("AKID/20261122/{region}/kinesis/aws4_request"));
            assert!(
                refused.is_err_and(
                    |words| words.contains("valid region") || words.contains("'Credential'")
                ),
                "{region}"
            );
        }
    }
}
