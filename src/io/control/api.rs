//! The paths of the control API, and the OpenAPI document that describes them.

use std::sync::Arc;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, middleware};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::fleet::Fleet;
use super::guard::{Guard, guard};
use super::{faults, happenings, metrics, modules, problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "quasimodem control API",
        description = "Virtual Quectel GSM modules, made, watched and disturbed at run time. \
            Problems are RFC 9457 problem details, and change nothing.",
        license(name = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "modules", description = "make, look at, switch and remove modules"),
        (name = "happenings", description = "what befalls a module, and what has happened to it"),
        (name = "faults", description = "the rules of what goes wrong"),
        (name = "health", description = "of the program"),
    ),
)]
struct Api;

/// All that is served, to whom `who` lets in.
pub fn router(fleet: Arc<Fleet>, who: Guard) -> Router {
    let (router, document) = described().split_for_parts();
    // A document is made of text and numbers, which are always JSON.
    let document: Arc<str> = document.to_pretty_json().unwrap_or_default().into();
    let described = move || {
        let document = Arc::clone(&document);
        async move { ([(CONTENT_TYPE, "application/json")], document.to_string()).into_response() }
    };
    router
        .route("/openapi.json", get(described))
        .fallback(problem::nowhere)
        .method_not_allowed_fallback(problem::not_so)
        .with_state(fleet)
        .layer(middleware::from_fn_with_state(who, guard))
}

fn described() -> OpenApiRouter<Arc<Fleet>> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(modules::list, modules::create))
        .routes(routes!(modules::get, modules::remove))
        .routes(routes!(modules::power_key))
        .routes(routes!(modules::reset))
        .routes(routes!(modules::lines))
        .routes(routes!(happenings::world))
        .routes(routes!(happenings::transcript))
        .routes(routes!(happenings::events))
        .routes(routes!(faults::list, faults::add))
        .routes(routes!(faults::remove))
        .routes(routes!(metrics::metrics))
        .routes(routes!(healthz))
        .routes(routes!(readyz))
}

/// The program is alive.
#[utoipa::path(get, path = "/healthz", tag = "health",
    responses((status = 200, body = String, content_type = "text/plain")))]
async fn healthz() -> &'static str {
    "alive\n"
}

/// The program takes requests; what it was started with runs.
#[utoipa::path(get, path = "/readyz", tag = "health",
    responses((status = 200, body = String, content_type = "text/plain")))]
async fn readyz() -> &'static str {
    "ready\n"
}
