//! The caller of a stream: authenticated when it opens, and again when their rights may have ended.

use std::time::Duration;

use anteroom_app::{Actor, Links, Watch};
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use tokio::time::Instant;

use crate::WebState;
use crate::problem::Problem;
use crate::request::auth::{RequestCaller, StaffLogin};

/// A login that expires ends its streams at the first event after this time.
const TRUSTED_FOR: Duration = Duration::from_secs(60);

/// The caller of an open stream. To authenticate them at every event would read the database as often as there are
/// streams.
pub(crate) struct StreamCaller<C> {
    /// What authentication reads of the request.
    parts: Parts,
    account: Option<Watch>,
    authenticated: Option<Authenticated<C>>,
}

struct Authenticated<C> {
    caller: C,
    at: Instant,
    account: u64,
    links: Links,
}

/// A caller with an actor.
pub(crate) trait HasActor {
    fn actor(&self) -> &Actor;
}

impl HasActor for RequestCaller {
    fn actor(&self) -> &Actor {
        &self.actor
    }
}

impl HasActor for StaffLogin {
    fn actor(&self) -> &Actor {
        &self.actor
    }
}

impl<C: HasActor + FromRequestParts<WebState, Rejection = Problem>> StreamCaller<C> {
    /// Watches the rights of this caller, who is authenticated again before the first event.
    pub(crate) fn new(web: &WebState, caller: &C, parts: Parts) -> Self {
        Self { parts: without_its_buffer(parts), account: web.app.watch_access(caller.actor()), authenticated: None }
    }

    /// Waits until the login or the rights may have ended.
    pub(crate) async fn changed(&mut self) {
        match &mut self.account {
            Some(account) => account.changed().await,
            None => std::future::pending().await,
        }
    }

    /// The caller, with their current rights. `links` are those of the consultation that the stream is about.
    pub(crate) async fn current(&mut self, web: &WebState, links: Links) -> Result<&C, Problem> {
        let (now, account) = (Instant::now(), self.account.as_ref().map(Watch::version).unwrap_or_default());
        let is_current = self.authenticated.as_ref().is_some_and(|authenticated| {
            let Authenticated { at, account: seen, links: known, .. } = authenticated;
            now < *at + TRUSTED_FOR && (*seen, known) == (account, &links)
        });
        if !is_current {
            self.authenticated = None;
            let caller = C::from_request_parts(&mut self.parts, web).await?;
            self.authenticated = Some(Authenticated { caller, at: now, account, links });
        }
        self.authenticated.as_ref().map(|authenticated| &authenticated.caller).ok_or_else(Problem::internal)
    }
}

/// Headers and URI are slices of the buffer into which the request was read, of 8 KiB and more, and would keep it as
/// long as the stream. Copies what authentication reads, and drops the rest.
fn without_its_buffer(mut parts: Parts) -> Parts {
    let mut headers = HeaderMap::new();
    for name in [header::COOKIE, header::AUTHORIZATION, header::ACCEPT_LANGUAGE] {
        let values = parts.headers.get_all(&name).iter();
        let copies = values.filter_map(|value| HeaderValue::from_bytes(value.as_bytes()).ok());
        headers.extend(copies.map(|copy| (name.clone(), copy)));
    }
    parts.headers = headers;
    parts.uri = parts.uri.to_string().parse().unwrap_or_default();
    parts.extensions.remove::<OriginalUri>();
    parts
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{Request, Uri};

    use super::*;

    #[test]
    fn an_open_stream_does_not_keep_the_buffer_of_its_request() {
        let buffer = Bytes::from(b"/day/live?lang=de anteroom=secret curl".to_vec());
        let value = |range| HeaderValue::from_maybe_shared(buffer.slice(range)).unwrap();
        let uri = Uri::from_maybe_shared(buffer.slice(0..17)).unwrap();
        let request = Request::get(uri.clone()).extension(OriginalUri(uri)).header(header::COOKIE, value(18..33));
        let request = request.header(header::USER_AGENT, value(34..38)).body(()).unwrap();
        assert!(!buffer.is_unique());
        let kept = without_its_buffer(request.into_parts().0);
        assert!(buffer.is_unique());
        assert_eq!(
            (kept.headers.len(), &kept.headers[header::COOKIE]),
            (1, &HeaderValue::from_static("anteroom=secret"))
        );
        assert_eq!(kept.uri, "/day/live?lang=de");
    }
}
