//! Calls a partner's HTTP API, through the same seam as everything else.
//!
//! One attempt a call: whether it may be repeated, and what no answer means, is the adapter's knowledge.

use crate::argument::broken;
use crate::settings::partner_url;
use crate::{Argument, Call, Error, World};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use kernel::Problem;
use std::marker::PhantomData;

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// A partner by name.
pub trait PartnerName: Send + Sync + 'static {
    /// Its name: `stripe`.
    const NAME: &'static str;

    /// The types of events that its webhooks are to bring: what our endpoint there subscribes to.
    const EVENTS: &'static [&'static str] = &[];
}

/// The API of the partner `P`.
#[derive(Clone)]
pub struct Partner<P> {
    connector: SharedHttpConnector,
    url: String,
    name: PhantomData<fn(P)>,
}

/// A request to a partner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartnerRequest {
    /// GET, POST, PUT or DELETE.
    pub method: &'static str,
    /// Path and query, from the `/` on.
    pub path: String,
    /// By lower-case name.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A partner's answer, whatever it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartnerResponse {
    /// HTTP status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// There was no answer: the partner may have done what it was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoAnswer;

impl<P: PartnerName> Partner<P> {
    /// Sends a request once.
    pub async fn send(&self, request: &PartnerRequest) -> Result<PartnerResponse, NoAnswer> {
        let mut sent = HttpRequest::new(SdkBody::from(request.body.clone()));
        sent.set_method(request.method).map_err(|_| NoAnswer)?;
        sent.set_uri(format!("{}{}", self.url, request.path)).map_err(|_| NoAnswer)?;
        sent.headers_mut().insert("content-length", request.body.len().to_string());
        for (name, value) in &request.headers {
            sent.headers_mut().insert(*name, value.clone());
        }
        let response = self.connector.call(sent).await.map_err(|_| NoAnswer)?;
        let status = response.status().as_u16();
        let body = read_body(response.into_body()).await.map_err(|_| NoAnswer)?;
        Ok(PartnerResponse { status, body })
    }
}

/// Reads an answer's body, and stops where it is longer than the longest that is read: it may have no end.
pub(crate) async fn read_body(body: SdkBody) -> Result<Vec<u8>, BoxError> {
    let (mut rest, mut read) = (ByteStream::new(body), Vec::new());
    while let Some(part) = rest.try_next().await? {
        if read.len() + part.len() > MAX_ANSWER {
            return Err("the answer is too long".into());
        }
        read.extend_from_slice(&part);
    }
    Ok(read)
}

impl<P: PartnerName> Argument for Partner<P> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let url = call.world.settings.get(&partner_url(P::NAME)).map_err(|error| broken(call, &error))?;
        let connector = call.world.partners.connector().map_err(|error| broken(call, &error))?;
        Ok(Self {
            connector,
            url: url.trim_end_matches('/').to_owned(),
            name: PhantomData,
        })
    }

    fn prepare(world: &World) -> Result<(), Error> {
        world.partners.connector().map(drop)
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.partners.push(P::NAME);
        description.subscribes.push((P::NAME, P::EVENTS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    struct Somebody;

    impl PartnerName for Somebody {
        const NAME: &'static str = "somebody";
    }

    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";

    /// What comes of a call by a function with this time-out, to a partner that answers as `answer` does; and whether
    /// it could say everything.
    fn asked(
        timeout: Duration,
        answer: fn(&mut TcpStream) -> std::io::Result<()>,
    ) -> (Result<PartnerResponse, NoAnswer>, bool) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let partner = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
            answer(&mut stream).is_ok()
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let api = Partner::<Somebody> {
            connector: crate::aws::partners(timeout).connector().unwrap(),
            url,
            name: PhantomData,
        };
        let request = PartnerRequest {
            method: "GET",
            path: "/v1/things".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let heard = runtime.block_on(api.send(&request));
        // Connections go with what they run on.
        drop((api, runtime));
        (heard, partner.join().unwrap())
    }

    /// Says nothing until the other side hangs up, and hangs up first only if that never happens.
    fn until_hung_up(stream: &mut TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        stream.read(&mut [0; 1]).map(drop)
    }

    #[test]
    fn a_partner_that_takes_a_call_and_never_answers_is_no_answer() {
        assert_eq!(asked(Duration::from_millis(500), until_hung_up), (Err(NoAnswer), true));
    }

    #[test]
    fn an_answer_that_stops_in_the_middle_is_no_answer() {
        let half = |stream: &mut TcpStream| {
            stream.write_all(HEAD)?;
            stream.write_all(b"{")?;
            until_hung_up(stream)
        };
        assert_eq!(asked(Duration::from_millis(500), half), (Err(NoAnswer), true));
    }

    #[test]
    fn an_answer_without_end_is_given_up_when_it_is_too_long() {
        let endless = |stream: &mut TcpStream| {
            stream.write_all(HEAD)?;
            // Far more than all buffers on the way hold, and an end only for the sake of whoever reads that far.
            (0..64).try_for_each(|_| stream.write_all(&[b' '; MAX_ANSWER]))
        };
        let (heard, to_the_end) = asked(Duration::from_secs(3600), endless);
        assert_eq!((heard, to_the_end), (Err(NoAnswer), false));
    }

    #[test]
    fn an_answer_as_long_as_may_be_is_read() {
        let long = |stream: &mut TcpStream| {
            stream.write_all(HEAD)?;
            stream.write_all(&[b' '; MAX_ANSWER])
        };
        let heard = asked(Duration::from_secs(3600), long).0.unwrap();
        assert_eq!((heard.status, heard.body.len()), (200, MAX_ANSWER));
    }
}
