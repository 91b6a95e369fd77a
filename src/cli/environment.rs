//! The environment that points any AWS client at a local endpoint, and how each shell writes it.
//!
//! What is unset matters as much as what is set: a profile, a session token or a proxy left over from real work would
//! send the client elsewhere.

use super::Shell;

/// The access key id and the secret that the lab gives to clients. The embedded server takes any.
pub const DUMMY_KEY: &str = "kinesis-lab";

/// The region of the embedded server's streams.
pub const REGION: &str = "us-east-1";

/// Variables to remove. Python's SDK knows the profile and the token by an older name too, the SDKs refuse an endpoint
/// together with FIPS or dual stack, and Python and curl read the proxies in lower case too.
pub const UNSET: [&str; 13] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

/// Variables to set, with their values.
pub fn set(endpoint: &str) -> Vec<(&'static str, String)> {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ENDPOINT_URL_KINESIS", endpoint),
        ("AWS_ACCESS_KEY_ID", DUMMY_KEY),
        ("AWS_SECRET_ACCESS_KEY", DUMMY_KEY),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("NO_PROXY", "127.0.0.1,localhost"),
        // The SDK for Java speaks CBOR unless told otherwise, version 2 by the first name, version 1 by the second.
        ("CBOR_ENABLED", "false"),
        ("AWS_CBOR_DISABLE", "true"),
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONIOENCODING", "utf-8"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

/// The same as lines for a shell, ending with how to use them.
pub fn script(endpoint: &str, shell: Shell) -> String {
    let mut text = String::new();
    for (name, value) in set(endpoint) {
        let value = quote(&value, shell);
        text += &match shell {
            // The semicolon keeps the lines apart when somebody evaluates them unquoted.
            Shell::Bash => format!("export {name}={value};\n"),
            Shell::Fish => format!("set -gx {name} {value}\n"),
            Shell::PowerShell => format!("$env:{name} = {value}\n"),
        };
    }
    for name in UNSET {
        text += &match shell {
            Shell::Bash => format!("unset {name};\n"),
            Shell::Fish => format!("set -e {name}\n"),
            Shell::PowerShell => {
                format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue\n")
            }
        };
    }
    text += match shell {
        Shell::Bash => "# Use it with: eval \"$(kinesis-lab env)\"\n",
        Shell::Fish => "# Use it with: kinesis-lab env --shell fish | source\n",
        Shell::PowerShell => {
            "# Use it with: kinesis-lab env --shell powershell | Out-String | Invoke-Expression\n"
        }
    };
    text
}

/// The value between single quotes, where only the quote itself (and fish's backslash) has a meaning.
fn quote(value: &str, shell: Shell) -> String {
    let inside = match shell {
        Shell::Bash => value.replace('\'', r"'\''"),
        Shell::Fish => value.replace('\\', r"\\").replace('\'', r"\'"),
        Shell::PowerShell => value.replace('\'', "''"),
    };
    format!("'{inside}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_sets_and_unsets_in_its_own_words() {
        let check = |shell, line: &str| {
            let script = script("http://127.0.0.1:4567", shell);
            assert!(script.lines().any(|l| l == line), "{line}\n{script}");
        };
        check(
            Shell::Bash,
            "export AWS_ENDPOINT_URL_KINESIS='http://127.0.0.1:4567';",
        );
        check(Shell::Bash, "unset AWS_SESSION_TOKEN;");
        check(Shell::Fish, "set -gx AWS_REGION 'us-east-1'");
        check(Shell::Fish, "set -e AWS_PROFILE");
        check(Shell::PowerShell, "$env:AWS_ACCESS_KEY_ID = 'kinesis-lab'");
        check(
            Shell::PowerShell,
            "Remove-Item Env:HTTPS_PROXY -ErrorAction SilentlyContinue",
        );
    }

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        let check = |shell, expected: &str| assert_eq!(quote(r"a'b\$(c)", shell), expected);
        check(Shell::Bash, r"'a'\''b\$(c)'");
        check(Shell::Fish, r"'a\'b\\$(c)'");
        check(Shell::PowerShell, r"'a''b\$(c)'");
    }
}
