//! `/v1/modules`: make, list, look at, switch and remove modules.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::berth::{Berth, Ended};
use super::fleet::{Fleet, NotMade};
use super::problem::{At, Body, Problem};
use super::views::{Create, LineView, ModuleSummary, ModuleView};
use crate::world::World;

impl From<Ended> for Problem {
    fn from(ended: Ended) -> Self {
        Self::new(StatusCode::GONE, ended.to_string())
    }
}

impl From<NotMade> for Problem {
    fn from(reason: NotMade) -> Self {
        let status = match reason {
            NotMade::Asked(_) => StatusCode::UNPROCESSABLE_ENTITY,
            NotMade::Unavailable(_) => StatusCode::CONFLICT,
        };
        Self::new(status, reason.to_string())
    }
}

/// The module of that number.
pub fn find(fleet: &Fleet, id: u64) -> Result<Arc<Berth>, Problem> {
    fleet.module(id).ok_or_else(|| absent(id))
}

fn absent(id: u64) -> Problem {
    Problem::not_found(format!("there is no module {id}"))
}

async fn view(berth: &Berth) -> Result<ModuleView, Problem> {
    Ok(ModuleView {
        id: berth.id,
        profile: berth.heading.profile.clone(),
        timing: berth.timing(),
        seed: berth.heading.seed,
        lines: berth.lines.clone(),
        snapshot: berth.look().await?,
    })
}

/// All modules.
#[utoipa::path(get, path = "/v1/modules", tag = "modules", operation_id = "list_modules",
    responses((status = 200, body = [ModuleSummary], description = "in the order in which they were made")))]
pub async fn list(State(fleet): State<Arc<Fleet>>) -> Json<Vec<ModuleSummary>> {
    let mut list = Vec::new();
    for berth in fleet.modules() {
        let snapshot = berth.look().await.ok();
        list.push(ModuleSummary {
            id: berth.id,
            profile: berth.heading.profile.clone(),
            lines: berth.lines.clone(),
            on: snapshot.as_ref().map(|snapshot| snapshot.on),
            ftp: snapshot.map(|snapshot| snapshot.ftp.state),
        });
    }
    Json(list)
}

/// Make a module; it answers at once.
#[utoipa::path(post, path = "/v1/modules", tag = "modules", operation_id = "create_module",
    request_body = Create,
    responses(
        (status = 201, body = ModuleView, headers(("Location", description = "where it is"))),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "a line cannot be had"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "it makes no sense"),
    ))]
pub async fn create(
    State(fleet): State<Arc<Fleet>>,
    Body(wanted): Body<Create>,
) -> Result<Response, Problem> {
    let berth = fleet.create(&wanted)?;
    let view = view(&berth).await?;
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    if let Ok(place) = HeaderValue::try_from(format!("/v1/modules/{}", berth.id)) {
        response.headers_mut().insert(LOCATION, place);
    }
    Ok(response)
}

/// A module and all of its state.
#[utoipa::path(get, path = "/v1/modules/{id}", tag = "modules", operation_id = "get_module",
    params(("id" = u64, Path, description = "the module's number")),
    responses((status = 200, body = ModuleView),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn get(
    State(fleet): State<Arc<Fleet>>,
    At(id): At<u64>,
) -> Result<Json<ModuleView>, Problem> {
    Ok(Json(view(&*find(&fleet, id)?).await?))
}

/// End a module; its lines are gone with the answer.
#[utoipa::path(delete, path = "/v1/modules/{id}", tag = "modules", operation_id = "remove_module",
    params(("id" = u64, Path, description = "the module's number")),
    responses((status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn remove(
    State(fleet): State<Arc<Fleet>>,
    At(id): At<u64>,
) -> Result<StatusCode, Problem> {
    if fleet.remove(id).await { Ok(StatusCode::NO_CONTENT) } else { Err(absent(id)) }
}

/// Hold the power key: on, or in good order off.
#[utoipa::path(post, path = "/v1/modules/{id}/power-key", tag = "modules",
    operation_id = "hold_power_key",
    params(("id" = u64, Path, description = "the module's number")),
    responses((status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn power_key(
    State(fleet): State<Arc<Fleet>>,
    At(id): At<u64>,
) -> Result<StatusCode, Problem> {
    find(&fleet, id)?.befall(World::PowerKey).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take the supply away for a moment: the module starts anew, without a word.
#[utoipa::path(post, path = "/v1/modules/{id}/reset", tag = "modules", operation_id = "reset_module",
    params(("id" = u64, Path, description = "the module's number")),
    responses((status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn reset(
    State(fleet): State<Arc<Fleet>>,
    At(id): At<u64>,
) -> Result<StatusCode, Problem> {
    find(&fleet, id)?.befall(World::Reset).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The lines of a module.
#[utoipa::path(get, path = "/v1/modules/{id}/lines", tag = "modules", operation_id = "list_lines",
    params(("id" = u64, Path, description = "the module's number")),
    responses((status = 200, body = [LineView], description = "from line 1 on"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn lines(
    State(fleet): State<Arc<Fleet>>,
    At(id): At<u64>,
) -> Result<Json<Vec<LineView>>, Problem> {
    let berth = find(&fleet, id)?;
    let snapshots = berth.look().await?.lines;
    let lines = berth.lines.iter().cloned().zip(snapshots);
    Ok(Json(lines.map(|(place, snapshot)| LineView { place, snapshot }).collect()))
}
