//! Where the load goes: an address read from a URL, and one HTTP/1.1 connection to it, light enough to stay out of the way.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest head of an answer that is read before it is taken for something else than HTTP.
const LONGEST_HEAD: usize = 64 * 1024;

/// A plain-HTTP endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
}

impl Endpoint {
    /// Reads `http://host:port`.
    pub fn parse(url: &str) -> Result<Self, String> {
        let rest = match url.split_once("://") {
            Some(("http", rest)) => rest,
            Some(("https", _)) => {
                return Err(format!("{url}: only http:// is spoken here, without TLS"));
            }
            _ => return Err(format!("{url}: not a URL such as http://127.0.0.1:4567")),
        };
        let authority = rest.trim_end_matches('/');
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()),
            _ => (authority, Some(80)),
        };
        match port {
            Some(port) if !host.is_empty() && !host.contains('/') => Ok(Self {
                host: host.to_owned(),
                port,
            }),
            _ => Err(format!("{url}: not a URL such as http://127.0.0.1:4567")),
        }
    }

    /// The host and port, as the Host header has them.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Connects.
    pub async fn connect(&self) -> Result<Connection, String> {
        let authority = self.authority();
        let stream = TcpStream::connect(&authority)
            .await
            .map_err(|error| format!("nothing answers at {authority}: {error}"))?;
        // Requests are small and waited for.
        let _ = stream.set_nodelay(true);
        Ok(Connection {
            stream,
            bytes: Vec::new(),
        })
    }
}

/// One connection. After an error it is of no more use.
pub struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
}

/// An answer; its body lies in the connection's own buffer.
pub struct Answer<'c> {
    pub status: u16,
    pub body: &'c [u8],
}

impl Connection {
    /// Sends a whole request and reads the whole answer.
    pub async fn call(&mut self, request: &[u8]) -> Result<Answer<'_>, String> {
        // Who refuses a request may answer before the whole of it is there: what it says is worth more than that.
        let sent = self.stream.write_all(request).await;
        self.bytes.clear();
        self.answer().await.map_err(|why| match sent {
            Ok(()) => why,
            Err(error) => format!("the connection ended: {error}"),
        })
    }

    async fn answer(&mut self) -> Result<Answer<'_>, String> {
        let head_length = loop {
            if let Some(end) = find(&self.bytes, b"\r\n\r\n") {
                break end + 4;
            }
            if self.bytes.len() > LONGEST_HEAD {
                return Err("the answer is not HTTP".to_owned());
            }
            self.read_more().await?;
        };
        let head = Head::parse(&self.bytes[..head_length])?;
        let end = match head.body {
            Body::Length(length) => {
                self.bytes.reserve(length);
                while self.bytes.len() < head_length + length {
                    self.read_more().await?;
                }
                head_length + length
            }
            Body::Chunks => self.join_chunks(head_length).await?,
        };
        Ok(Answer {
            status: head.status,
            body: &self.bytes[head_length..end],
        })
    }

    async fn read_more(&mut self) -> Result<(), String> {
        self.bytes.reserve(16 * 1024);
        match self.stream.read_buf(&mut self.bytes).await {
            Ok(0) => Err("the connection ended before the answer did".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(format!("the connection ended: {error}")),
        }
    }

    /// Reads a chunked body and moves its pieces together, from `start` on; says where it ends.
    async fn join_chunks(&mut self, start: usize) -> Result<usize, String> {
        let (mut end, mut at) = (start, start);
        loop {
            let line = loop {
                match find(&self.bytes[at..], b"\r\n") {
                    Some(line) => break line,
                    None => self.read_more().await?,
                }
            };
            let size = std::str::from_utf8(&self.bytes[at..at + line])
                .ok()
                .and_then(|text| {
                    let digits = text.split(';').next().unwrap_or_default();
                    usize::from_str_radix(digits.trim(), 16).ok()
                })
                .ok_or("the answer's chunks cannot be read")?;
            let piece = at + line + 2;
            while self.bytes.len() < piece + size + 2 {
                self.read_more().await?;
            }
            self.bytes.copy_within(piece..piece + size, end);
            end += size;
            at = piece + size + 2;
            if size == 0 {
                return Ok(end);
            }
        }
    }
}

struct Head {
    status: u16,
    body: Body,
}

enum Body {
    Length(usize),
    Chunks,
}

impl Head {
    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix("HTTP/1."))
            .and_then(|rest| rest.get(2..5)?.parse().ok())
            .ok_or("the answer is not HTTP")?;
        let mut body = Body::Length(0);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                let length = value.trim().parse().map_err(|_| "no readable length")?;
                body = Body::Length(length);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                body = Body::Chunks;
            }
        }
        Ok(Self { status, body })
    }
}

/// Where `wanted` begins in `bytes`.
pub fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}
