//! Where to connect, worked out from the options and the environment, before anything is opened.
//!
//! Pure: the environment is an argument. It knows nothing of profiles' contents; those are read when connecting.

use http::Uri;

/// The access key id, and the secret, of the variables that `kinesis-lab env` prints. The embedded server takes any.
pub const DUMMY_ACCESS_KEY: &str = "kinesis-lab";

/// What the command line says of the endpoint. Options that contradict each other it has refused already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `--endpoint-url URL`.
    pub endpoint_url: Option<String>,
    /// `--aws`.
    pub aws: bool,
    /// `--profile NAME`.
    pub profile: Option<String>,
    /// `--region NAME`.
    pub region: Option<String>,
}

/// An endpoint that is not the embedded server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// A host of somebody's own.
    Endpoint {
        /// Its URL.
        url: String,
        /// The region, if one was named.
        region: Option<String>,
        /// The profile whose credentials sign. Without one any credentials will do.
        profile: Option<String>,
    },
    /// Amazon Web Services.
    Aws {
        /// A particular address of AWS, e.g. a VPC endpoint; otherwise the region's own.
        url: Option<String>,
        /// The region, if one was named; else the profile has to know it.
        region: Option<String>,
        /// The profile, if one was named; else the SDK's usual chain finds the credentials.
        profile: Option<String>,
    },
}

/// Why these options, in this environment, lead nowhere. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not a URL that can be called.
    #[error("{url:?} is not an endpoint's address ({why}): give one like http://localhost:4566")]
    BadUrl {
        /// As it was given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The environment would send what is meant for AWS elsewhere, or with the lab's own credentials.
    #[error(
        "you ask for AWS, but this shell is set up for another endpoint: `unset {}`, or open a new shell",
        unset.join(" ")
    )]
    NotForAws {
        /// The variables in the way.
        unset: Vec<&'static str>,
    },
}

/// Where to connect; `None` is the embedded server.
///
/// `environment` looks a variable up, e.g. `|name| std::env::var(name).ok()`.
pub fn resolve(
    options: &Options,
    environment: impl Fn(&str) -> Option<String>,
) -> Result<Option<Remote>, SettingsError> {
    let variable = |name: &str| environment(name).filter(|value| !value.is_empty());
    let aws = match &options.endpoint_url {
        Some(url) => is_aws(&host(url)?),
        None if options.aws => true,
        None => return Ok(None),
    };
    let region = options
        .region
        .clone()
        .or_else(|| variable("AWS_REGION"))
        .or_else(|| variable("AWS_DEFAULT_REGION"));
    if aws {
        refuse_redirection(&variable)?;
    }
    Ok(Some(match &options.endpoint_url {
        Some(url) if !aws => Remote::Endpoint {
            url: url.clone(),
            region,
            profile: options.profile.clone(),
        },
        url => Remote::Aws {
            url: url.clone(),
            region,
            profile: options.profile.clone().or_else(|| named_by(&variable)),
        },
    }))
}

/// The variables of the AWS SDKs that would send the lab's calls to another host.
const REDIRECTIONS: [&str; 3] = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_KINESIS",
    "AWS_ENDPOINT_URL_STS",
];

/// The variables that hold credentials, and those that hide the learner's own profiles when they name no file.
const KEYS: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
const FILES: [&str; 2] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];

fn refuse_redirection(variable: &impl Fn(&str) -> Option<String>) -> Result<(), SettingsError> {
    let mut unset = Vec::from(REDIRECTIONS);
    unset.retain(|name| variable(name).is_some());
    if variable(KEYS[0]).as_deref() == Some(DUMMY_ACCESS_KEY) {
        unset.extend(KEYS);
    }
    if unset.is_empty() {
        return Ok(());
    }
    // `kinesis-lab env` sets these as well: without this AWS would be found, but no credentials for it.
    unset.extend(
        FILES
            .iter()
            .filter(|file| variable(file).as_deref() == Some("/dev/null")),
    );
    Err(SettingsError::NotForAws { unset })
}

/// The profile that the SDK's own chain will use, so that the lab can name it: keys in the environment go before it.
fn named_by(variable: &impl Fn(&str) -> Option<String>) -> Option<String> {
    match variable("AWS_ACCESS_KEY_ID") {
        Some(_) => None,
        None => variable("AWS_PROFILE"),
    }
}

/// The host of an endpoint's URL, if it is one that can be called.
fn host(url: &str) -> Result<String, SettingsError> {
    let bad = |why| SettingsError::BadUrl {
        url: url.to_owned(),
        why,
    };
    let uri: Uri = url.parse().map_err(|_| bad("it cannot be read as a URL"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(bad("it does not begin with http:// or https://"));
    }
    let authority = uri.authority().ok_or_else(|| bad("it has no host"))?;
    if authority.host().is_empty() {
        return Err(bad("it has no host"));
    }
    if authority.as_str().contains('@') {
        return Err(bad("it holds a user name"));
    }
    if authority.as_str() != authority.host() && authority.port_u16().is_none() {
        return Err(bad("its port is not a number from 0 to 65535"));
    }
    if url.contains(['?', '#']) {
        return Err(bad("it goes on after the path"));
    }
    Ok(authority.host().to_owned())
}

/// The domains under which AWS serves its APIs, from the partitions file of the AWS SDKs.
const AWS_DOMAINS: [&str; 6] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "api.aws",
    "api.amazonwebservices.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.eu",
];

/// Whether the host is one of AWS, however it was named.
fn is_aws(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    AWS_DOMAINS.iter().any(|domain| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Options {
        let mut words = line.split_whitespace();
        let mut options = Options::default();
        while let Some(word) = words.next() {
            match word {
                "--aws" => options.aws = true,
                "--endpoint-url" => options.endpoint_url = words.next().map(str::to_owned),
                "--profile" => options.profile = words.next().map(str::to_owned),
                "--region" => options.region = words.next().map(str::to_owned),
                other => panic!("no option {other}"),
            }
        }
        options
    }

    /// Resolves options given as on the command line in an environment given as `NAME=value` words.
    fn resolved(line: &str, environment: &str) -> Result<Option<Remote>, SettingsError> {
        resolve(&options(line), |name| {
            environment.split_whitespace().find_map(|word| {
                let (variable, value) = word.split_once('=')?;
                (variable == name).then(|| value.to_owned())
            })
        })
    }

    fn text(words: &str) -> Option<String> {
        (words != "-").then(|| words.to_owned())
    }

    fn endpoint(url: &str, region: &str, profile: &str) -> Result<Option<Remote>, SettingsError> {
        Ok(Some(Remote::Endpoint {
            url: url.to_owned(),
            region: text(region),
            profile: text(profile),
        }))
    }

    fn aws(url: &str, region: &str, profile: &str) -> Result<Option<Remote>, SettingsError> {
        Ok(Some(Remote::Aws {
            url: text(url),
            region: text(region),
            profile: text(profile),
        }))
    }

    #[test]
    fn options_and_environment_lead_to_one_place() {
        let real = "AWS_ACCESS_KEY_ID=AKIAREAL AWS_REGION=eu-west-1 AWS_PROFILE=work";
        let local = "http://localhost:4566";
        let vpc = "https://vpce-1.kinesis.eu-west-1.vpce.amazonaws.com";
        for (line, environment, expected) in [
            // Without an option it is the embedded server, whatever the environment holds.
            ("", "", Ok(None)),
            ("", real, Ok(None)),
            ("", "AWS_ENDPOINT_URL=http://localhost:1", Ok(None)),
            // An endpoint: the named region first, and a profile only if the learner names it.
            (
                "--endpoint-url http://localhost:4566",
                "",
                endpoint(local, "-", "-"),
            ),
            (
                "--endpoint-url http://localhost:4566",
                real,
                endpoint(local, "eu-west-1", "-"),
            ),
            (
                "--endpoint-url http://localhost:4566 --region eu-north-1 --profile me",
                real,
                endpoint(local, "eu-north-1", "me"),
            ),
            (
                "--endpoint-url http://localhost:4566",
                "AWS_DEFAULT_REGION=eu-south-1 AWS_ENDPOINT_URL=http://localhost:1",
                endpoint(local, "eu-south-1", "-"),
            ),
            (
                "--endpoint-url https://[::1]:4566/path",
                "",
                endpoint("https://[::1]:4566/path", "-", "-"),
            ),
            // AWS: keys in the environment go before the profile that the environment names.
            ("--aws", "", aws("-", "-", "-")),
            ("--aws", real, aws("-", "eu-west-1", "-")),
            ("--aws", "AWS_PROFILE=work", aws("-", "-", "work")),
            ("--aws", "AWS_PROFILE= AWS_REGION=", aws("-", "-", "-")),
            (
                "--aws --profile me --region us-west-2",
                real,
                aws("-", "us-west-2", "me"),
            ),
            // An address of AWS is AWS, however it was named.
            (
                "--endpoint-url https://vpce-1.kinesis.eu-west-1.vpce.amazonaws.com",
                "",
                aws(vpc, "-", "-"),
            ),
        ] {
            assert_eq!(
                resolved(line, environment),
                expected,
                "{line} in {environment}"
            );
        }
    }

    #[test]
    fn for_aws_a_redirection_or_the_dummy_key_is_refused() {
        let lines = [
            "--aws",
            "--aws --profile me",
            "--endpoint-url https://KINESIS.us-east-1.amazonaws.com.",
        ];
        for line in lines {
            for variable in REDIRECTIONS {
                assert_eq!(
                    resolved(line, &format!("{variable}=http://localhost:4567")),
                    Err(SettingsError::NotForAws {
                        unset: vec![variable]
                    })
                );
            }
            assert_eq!(
                resolved(
                    line,
                    "AWS_ACCESS_KEY_ID=kinesis-lab AWS_CONFIG_FILE=/home/me/config"
                ),
                Err(SettingsError::NotForAws {
                    unset: KEYS.to_vec()
                })
            );
        }
        let refusal = resolved(
            "--aws",
            "AWS_ENDPOINT_URL=http://localhost:4567 AWS_ACCESS_KEY_ID=kinesis-lab \
             AWS_CONFIG_FILE=/dev/null",
        );
        assert_eq!(
            refusal.unwrap_err().to_string(),
            "you ask for AWS, but this shell is set up for another endpoint: `unset AWS_ENDPOINT_URL \
             AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_CONFIG_FILE`, or open a new shell"
        );
    }

    #[test]
    fn a_url_that_cannot_be_called_is_refused_with_an_example() {
        for (url, words) in [
            ("localhost:4566", "http://"),
            ("localhost", "http://"),
            ("/path", "http://"),
            ("ftp://localhost", "http://"),
            ("http://", "read as a URL"),
            ("http://:4566", "no host"),
            ("http://localhost:99999", "port"),
            ("http://localhost:", "port"),
            ("http://localhost:x", "port"),
            (
                "http://kinesis.us-east-1.amazonaws.com@localhost",
                "user name",
            ),
            ("http://me:secret@localhost:4566", "user name"),
            ("http://localhost:4566/?a=b", "after the path"),
            ("http://localhost:4566/#a", "after the path"),
            ("http://local\u{7}host", "read as a URL"),
        ] {
            let refusal = resolved(&format!("--endpoint-url {url}"), "")
                .expect_err(url)
                .to_string();
            assert!(refusal.contains(words), "{refusal}");
            assert!(
                refusal.ends_with("give one like http://localhost:4566"),
                "{refusal}"
            );
        }
    }

    #[test]
    fn only_a_domain_of_aws_is_aws() {
        for host in [
            "kinesis.us-east-1.amazonaws.com",
            "kinesis.cn-north-1.amazonaws.com.cn",
            "KINESIS.US-EAST-1.AMAZONAWS.COM.",
            "kinesis.us-east-1.api.aws",
            "amazonaws.com",
        ] {
            assert!(is_aws(host), "{host}");
        }
        for host in [
            "localhost",
            "127.0.0.1",
            "localhost.localstack.cloud",
            "kinesis.amazonaws.com.example.org",
            "notamazonaws.com",
            "kinesis.aws",
        ] {
            assert!(!is_aws(host), "{host}");
        }
    }
}
