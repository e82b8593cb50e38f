//! Problem details (RFC 9457): why a request was refused, as JSON.
//!
//! A request that comes to a problem has changed nothing.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use utoipa::ToSchema;

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// What the status says.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, in one sentence.
    pub detail: String,
}

impl Problem {
    /// A problem of that status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Problem");
        Self { title, status: status.as_u16(), detail: detail.into() }
    }

    /// There is nothing of that name.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// Well-formed, and asks for what cannot be.
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    }
}

/// Nothing is served there.
pub async fn nowhere(uri: Uri) -> Problem {
    Problem::not_found(format!("nothing is at {}; /openapi.json tells what there is", uri.path()))
}

/// Something is, but not for that method.
pub async fn not_so(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} takes no {method}; /openapi.json tells what it takes", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Text { is_json, text } = Text::from_request(request, state).await?;
        if !is_json {
            return Err(unsupported("say application/json in Content-Type"));
        }
        let read = serde_json::from_str(&text);
        read.map(Self).map_err(|error| match error.classify() {
            Category::Data => Problem::unprocessable(error.to_string()),
            _ => Problem::new(StatusCode::BAD_REQUEST, format!("the body is no JSON: {error}")),
        })
    }
}

/// A body that is text.
#[derive(Debug)]
pub struct Text {
    /// It is JSON by its content type.
    pub is_json: bool,
    /// The text.
    pub text: String,
}

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
        let is_json = match kind {
            Some("application/json") => true,
            Some("application/toml") => false,
            // What a page of another site may send unasked is not taken.
            _ => {
                return Err(unsupported(
                    "say application/json or application/toml in Content-Type",
                ));
            }
        };
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|error: BytesRejection| Problem::new(error.status(), error.body_text()))?;
        let text = String::from_utf8(bytes.into())
            .map_err(|error| Problem::unprocessable(format!("the body is no UTF-8: {error}")))?;
        Ok(Self { is_json, text })
    }
}

fn unsupported(detail: &str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
}

/// What stands in the path.
#[derive(Debug)]
pub struct At<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, state).await;
        // A number that is none names nothing.
        let Path(path) =
            path.map_err(|error: PathRejection| Problem::not_found(error.body_text()))?;
        Ok(Self(path))
    }
}
