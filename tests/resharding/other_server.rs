//! Another server that speaks the API of Kinesis: kinesalite, from npm.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use libtest_mimic::{Failed, Trial};

use super::failed;
use super::harness::eventually;

/// Turns a server that is not installed into a failure.
const REQUIRED: &str = "KINESIS_LAB_REQUIRE_CLIENTS";

/// A test against it.
pub fn test(name: &str, body: impl FnOnce(&str) + Send + 'static) -> Trial {
    match find() {
        Ok(program) => Trial::test(name, move || {
            let server = Server::start(&program);
            let address = server.address.clone();
            let body = std::panic::AssertUnwindSafe(move || body(&address));
            let result = std::panic::catch_unwind(body);
            drop(server);
            result.map_err(failed)
        }),
        Err(why) if std::env::var_os(REQUIRED).is_some_and(|value| value == "1") => {
            Trial::test(name, move || Err(Failed::from(why)))
        }
        Err(why) => Trial::test(format!("{name} ({why})"), || Ok(())).with_ignored_flag(true),
    }
}

fn find() -> Result<PathBuf, String> {
    let modules = match std::env::var_os("KINESIS_LAB_NODE_MODULES") {
        Some(modules) => PathBuf::from(modules),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/node/node_modules"),
    };
    let program = modules.join("kinesalite/cli.js");
    let installed = program.is_file();
    installed
        .then_some(program)
        .ok_or_else(|| "no kinesalite, see .ci/run".to_owned())
}

/// It, on a port of its own; it ends with the test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(program: &Path) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let child = Command::new("node")
            .arg(program)
            .args(["--port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("node");
        eventually("it listens", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Self {
            child,
            address: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
