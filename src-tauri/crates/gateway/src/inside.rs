//! Requests from inside the program: an operator's own. Unlike an application's they need no connection and no key,
//! and may ask for one tier or meet a fault; there is no header for either, so that no application can.

use bytes::Bytes;
use dialect::{
    client::{Asked, Dialect},
    error::ClientError,
};
use domain::Injection;
use futures::stream::{BoxStream, StreamExt};
use http::{HeaderMap, Response, StatusCode};
use tokio::time::Instant;

use crate::{
    ids,
    life::Life,
    reply::{self, Body},
    server::Gateway,
};

/// The answer to a request from inside.
pub struct Inside {
    /// Its status.
    pub status: StatusCode,
    /// Its headers, those that say who answered among them.
    pub headers: HeaderMap,
    /// Its body. Dropping it ends the request.
    pub pieces: BoxStream<'static, Bytes>,
}

impl std::fmt::Debug for Inside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inside").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Gateway {
    /// Answers a request in the form of Chat Completions, through its chain or by the tier `only`, with `fault` injected.
    pub async fn ask(&self, body: Bytes, only: Option<&str>, fault: Option<&Injection>) -> Inside {
        let id = ids::request();
        let response = match self.life(body, only, fault, &id) {
            Ok(life) => Box::pin(life.answer()).await,
            Err(error) => {
                let mut response = reply::error(Dialect::Chat, &error);
                reply::mark(response.headers_mut(), &id, false);
                response
            }
        };
        taken_apart(response)
    }

    fn life(
        &self,
        body: Bytes,
        only: Option<&str>,
        fault: Option<&Injection>,
        id: &str,
    ) -> Result<Life, ClientError> {
        let inner = self.shared();
        let asked = Asked::read(Dialect::Chat, body)?;
        let life = Life::new(inner, asked, HeaderMap::new(), Instant::now(), id.to_owned())?;
        let life = match only {
            Some(tier) => life.only(tier)?,
            None => life,
        };
        match fault {
            Some(injection) => life.inject(injection),
            None => Ok(life),
        }
    }
}

fn taken_apart(response: Response<Body>) -> Inside {
    let (head, body) = response.into_parts();
    let pieces = match body {
        Body::Whole(bytes) => futures::stream::once(std::future::ready(bytes)).boxed(),
        Body::Pieces(pieces) => pieces,
    };
    Inside { status: head.status, headers: head.headers, pieces }
}
