//! What befalls a module, and what has happened to it: world events, transcript, live view.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Response, Sse};
use futures_util::stream;

use super::fleet::Fleet;
use super::modules::find;
use super::problem::{At, Body, Problem};
use super::views::WorldEvent;
use crate::io::operator::Entry;
use crate::world::World;

/// How often a listener is told that there is nothing new, so that both sides notice a dead one.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Let something befall a module.
#[utoipa::path(post, path = "/v1/modules/{id}/world", tag = "happenings",
    operation_id = "befall_module",
    params(("id" = u64, Path, description = "the module's number")),
    request_body = WorldEvent,
    responses((status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "no such event")))]
pub async fn world(
    State(fleet): State<Arc<Fleet>>,
    At(id): At<u64>,
    Body(WorldEvent { event }): Body<WorldEvent>,
) -> Result<StatusCode, Problem> {
    let berth = find(&fleet, id)?;
    let world: World = event.parse().map_err(|error| Problem::unprocessable(format!("{error}")))?;
    berth.befall(world).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What has happened so far, as a transcript that replays.
#[utoipa::path(get, path = "/v1/modules/{id}/transcript", tag = "happenings",
    operation_id = "get_transcript",
    params(("id" = u64, Path, description = "the module's number")),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn transcript(
    State(fleet): State<Arc<Fleet>>,
    At(id): At<u64>,
) -> Result<Response, Problem> {
    match find(&fleet, id)?.transcript().await? {
        Some(text) => Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()),
        None => Err(Problem::not_found(format!("no transcript of module {id} is kept"))),
    }
}

/// All that happens from now on, as server-sent events whose data is an entry.
#[utoipa::path(get, path = "/v1/modules/{id}/events", tag = "happenings",
    operation_id = "watch_module",
    params(("id" = u64, Path, description = "the module's number")),
    responses((status = 200, body = Entry, content_type = "text/event-stream",
            description = "the stream ends with the module"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn events(State(fleet): State<Arc<Fleet>>, At(id): At<u64>) -> Result<Response, Problem> {
    let entries = find(&fleet, id)?.listen().await?;
    let events = stream::unfold(entries, async |mut entries| {
        let entry = entries.recv().await?;
        let event = Event::default().id(entry.number.to_string());
        // Numbers and text are always JSON.
        let event = event.json_data(&*entry).unwrap_or_default();
        Some((Ok::<_, Infallible>(event), entries))
    });
    let keep_alive = KeepAlive::new().interval(SIGN_OF_LIFE);
    Ok(Sse::new(events).keep_alive(keep_alive).into_response())
}
