//! Another program on the lab's server: plain HTTP, one connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// Another program on the lab's server: plain HTTP, one connection.
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// Calls, and gives the answer's status line.
    pub fn call(&mut self, operation: &str, body: &str) -> String {
        self.ask(operation, body).0
    }

    /// Calls, and gives the answer's status line and body.
    pub fn ask(&mut self, operation: &str, body: &str) -> (String, String) {
        let request = format!(
            "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-amz-json-1.1\r\n\
             x-amz-target: Kinesis_20131202.{operation}\r\nx-amz-date: 20261122T184000Z\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/kinesis/aws4_request, \
             SignedHeaders=host, Signature=x\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream
            .get_mut()
            .write_all(request.as_bytes())
            .expect("a connection");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let count = self.stream.read_until(b'\n', &mut head).expect("an answer");
            assert!(count > 0, "the answer breaks off");
        }
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length = length.map_or(0, |length| length.parse().expect("a length"));
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).expect("an answer");
        let status = head.lines().next().unwrap_or_default().to_owned();
        (status, String::from_utf8_lossy(&body).into_owned())
    }
}
