//! As much of the Lambda Runtime API as a function sees before its first invocation: it asks for work, and waits.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// What a started function asks first.
const NEXT: &str = "GET /2018-06-01/runtime/invocation/next HTTP/1.1";
/// A function that has not asked by then never will.
const PATIENCE: Duration = Duration::from_secs(10);

/// The API, on a port of its own.
pub struct RuntimeApi {
    /// Host and port, as functions are told.
    pub address: String,
    requests: Receiver<Request>,
}

struct Request {
    line: String,
    arrived: Instant,
    connection: TcpStream,
}

/// A function that waits for its first invocation, for as long as this lives.
pub struct Waiting {
    /// When it asked.
    pub since: Instant,
    _connection: TcpStream,
}

impl RuntimeApi {
    /// Starts it.
    pub fn start() -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?.to_string();
        let (sender, requests) = channel();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A function that dies in between is noticed by whoever waits for it.
                if let Ok(request) = read(connection)
                    && sender.send(request).is_err()
                {
                    return;
                }
            }
        });
        Ok(Self { address, requests })
    }

    /// Waits until a function asks for its first invocation.
    pub fn next(&self) -> Result<Waiting, String> {
        match self.requests.recv_timeout(PATIENCE) {
            Ok(request) if request.line == NEXT => {
                Ok(Waiting { since: request.arrived, _connection: request.connection })
            }
            Ok(request) => Err(format!("the function first asked: {}", request.line)),
            Err(RecvTimeoutError::Timeout) => Err("the function never asked for an invocation".to_owned()),
            Err(RecvTimeoutError::Disconnected) => Err("the runtime API stopped".to_owned()),
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "this is what is measured")]
fn read(connection: TcpStream) -> std::io::Result<Request> {
    let mut line = String::new();
    BufReader::new(&connection).read_line(&mut line)?;
    Ok(Request {
        arrived: Instant::now(),
        line: line.trim_end().to_owned(),
        connection,
    })
}
