//! Authentication: a login cookie, a personal link or a bearer token becomes an [`Actor`], or the request is refused.

use anteroom_app::{Actor, Standing, api_keys, consultations, invitations, sessions};
use anteroom_domain::{ApiKeyId, AppointmentId, ConsultationId, Practice, Secret, StaffRole, TabId, User};
use anteroom_l10n::Catalogue;
use axum::Extension;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use axum_extra::extract::CookieJar;

use crate::WebState;
use crate::problem::Problem;
use crate::request::client_address::ClientAddress;
use crate::request::extract::Path;
use crate::request::language::RequestedLanguage;

/// A member of staff, authenticated by the login cookie.
pub(crate) struct StaffLogin {
    pub actor: Actor,
    pub user: User,
    /// The secret of the session.
    pub session: Secret,
    pub language: RequestedLanguage,
}

impl StaffLogin {
    /// The catalogue for the pages of this member of staff.
    pub(crate) fn words(&self, practice: &Practice) -> &'static Catalogue {
        self.language.words_of(practice)
    }
}

impl FromRequestParts<WebState> for StaffLogin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, Problem> {
        let secret = login_secret(&parts.headers, web).ok_or_else(Problem::not_logged_in)?;
        match sessions::find(&web.app, &secret).await? {
            Some(Actor::Staff(user)) => {
                let language = RequestedLanguage::of(&parts.uri, &parts.headers).of_staff(&user);
                Ok(Self { actor: Actor::Staff(user.clone()), user, session: secret, language })
            }
            _ => Err(Problem::not_logged_in()),
        }
    }
}

/// The secret in the login cookie, if there is one.
pub(crate) fn login_secret(headers: &HeaderMap, web: &WebState) -> Option<Secret> {
    CookieJar::from_headers(headers).get(web.cookie_name())?.value().parse().ok()
}

/// An administrator, authenticated by the login cookie.
pub(crate) struct AdminLogin(pub StaffLogin);

impl FromRequestParts<WebState> for AdminLogin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, Problem> {
        let staff = StaffLogin::from_request_parts(parts, web).await?;
        if staff.user.role == StaffRole::Admin { Ok(Self(staff)) } else { Err(Problem::forbidden()) }
    }
}

impl BearerToken {
    /// The secret of the session, if the token is one.
    pub(crate) fn session(&self) -> Result<Secret, Problem> {
        self.actor.person()?;
        self.token.parse().map_err(|_| Problem::not_logged_in())
    }
}

/// A bearer token of the API: a session token, an API key, or the secret of a personal link.
/// Cookies are ignored, so a foreign page cannot make a browser act (CSRF).
pub(crate) struct BearerToken {
    pub actor: Actor,
    pub token: String,
}

impl FromRequestParts<WebState> for BearerToken {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, Problem> {
        let value = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            value.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let token = token.ok_or_else(Problem::not_logged_in)?.1.trim().to_owned();
        match actor_of_token(&token, web).await? {
            Some(actor) => Ok(Self { actor, token }),
            None => {
                web.limits.wrong_secret(ClientAddress::of(parts))?;
                Err(Problem::not_logged_in())
            }
        }
    }
}

async fn actor_of_token(token: &str, web: &WebState) -> Result<Option<Actor>, Problem> {
    if let Some((key, secret)) = token.split_once('.') {
        let Ok(secret) = secret.parse() else { return Ok(None) };
        return Ok(api_keys::find(&web.app, &ApiKeyId::from_text(key), &secret).await?);
    }
    let Ok(secret) = token.parse() else { return Ok(None) };
    if let Some(actor) = sessions::find(&web.app, &secret).await? {
        return Ok(Some(actor));
    }
    match invitations::open(&web.app, &secret).await {
        Ok(actor) => Ok(Some(actor)),
        Err(anteroom_app::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// How the callers of one set of consultation endpoints are authenticated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AuthMethod {
    /// `/join/{secret}`: the personal link.
    Link,
    /// `/appointments/{id}/consultation`: the login cookie.
    Login,
    /// `/api/v1/consultations/{id}`: the bearer token.
    Token,
}

/// An authenticated actor and the consultation of the request, for every [`AuthMethod`].
pub(crate) struct RequestCaller {
    pub actor: Actor,
    pub consultation: ConsultationId,
    /// The secret of the login session, if there is one.
    pub session: Option<Secret>,
    pub language: RequestedLanguage,
    /// The tab of the page that asks; an API client has none.
    pub tab: Option<TabId>,
}

impl RequestCaller {
    /// The catalogue for what this caller reads about the consultation.
    pub(crate) fn words(&self, standing: &Standing) -> &'static Catalogue {
        self.language.words(standing.language, standing.pack)
    }
}

impl FromRequestParts<WebState> for RequestCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &WebState) -> Result<Self, Problem> {
        let method = Extension::<AuthMethod>::from_request_parts(parts, web).await;
        let Extension(method) = method.map_err(|_| Problem::internal())?;
        let language = RequestedLanguage::of(&parts.uri, &parts.headers);
        let tab = tab_of(&parts.uri);
        match method {
            AuthMethod::Link => by_link(parts, web).await,
            AuthMethod::Login => {
                let StaffLogin { actor, language, session, .. } = StaffLogin::from_request_parts(parts, web).await?;
                let Path(appointment) = Path::<AppointmentId>::from_request_parts(parts, web).await?;
                let consultation = consultations::of_appointment(&web.app, &actor, appointment).await?;
                Ok(Self { actor, consultation, session: Some(session), language, tab })
            }
            AuthMethod::Token => {
                let bearer = BearerToken::from_request_parts(parts, web).await?;
                let Path(consultation) = Path::<ConsultationId>::from_request_parts(parts, web).await?;
                let session = bearer.session().ok();
                Ok(Self { actor: bearer.actor, consultation, session, language, tab })
            }
        }
    }
}

/// The parameter `tab` of the address: an event stream sends no header of ours. One that is not an id counts as none.
fn tab_of(uri: &Uri) -> Option<TabId> {
    let query: Vec<(String, String)> = serde_urlencoded::from_str(uri.query()?).ok()?;
    query.iter().find(|(name, _)| name == "tab").and_then(|(_, tab)| tab.parse().ok())
}

/// All invalid secrets get the same answer: mistyped, replaced and guessed ones cannot be distinguished.
async fn by_link(parts: &mut Parts, web: &WebState) -> Result<RequestCaller, Problem> {
    let secret = Path::<String>::from_request_parts(parts, web).await.ok().and_then(|Path(text)| text.parse().ok());
    let opened = match &secret {
        Some(secret) => invitations::open(&web.app, secret).await,
        None => Err(anteroom_app::Error::NotFound),
    };
    match opened {
        Ok(actor @ Actor::Participant { consultation, .. }) => {
            let language = RequestedLanguage::of(&parts.uri, &parts.headers);
            Ok(RequestCaller { actor, consultation, session: None, language, tab: tab_of(&parts.uri) })
        }
        Ok(_) | Err(anteroom_app::Error::NotFound) => {
            web.limits.wrong_secret(ClientAddress::of(parts))?;
            Err(Problem::unknown_link())
        }
        Err(error) => Err(error.into()),
    }
}
