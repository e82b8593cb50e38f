//! `/v1/modules/{id}/faults`: the rules of what goes wrong, while the module runs.
//!
//! Knows no rule's meaning: [`crate::fault`] reads and checks them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::fleet::Fleet;
use super::modules::find;
use super::problem::{At, Problem, Text};
use crate::fault::{Rule, Scenario, Standing};

/// Where rules stand that have come here as TOML, in reports.
const SOURCE: &str = "control";

/// A rule, and how often it has taken hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Fault {
    /// `name`, `at`, `when`, `do` and `times`, as `quasimodem scenario schema` has them.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub rule: Rule,
    /// The file and line it stands in, where it stands in one.
    pub place: Option<String>,
    /// How often it has taken hold.
    pub fired: u32,
}

impl From<Standing> for Fault {
    fn from(Standing { rule, fired }: Standing) -> Self {
        Self { place: rule.place.clone(), rule, fired }
    }
}

/// The rules of a module, in the order in which they are asked.
#[utoipa::path(get, path = "/v1/modules/{id}/faults", tag = "faults", operation_id = "list_faults",
    params(("id" = u64, Path, description = "the module's number")),
    responses((status = 200, body = [Fault]),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(fleet): State<Arc<Fleet>>,
    At(id): At<u64>,
) -> Result<Json<Vec<Fault>>, Problem> {
    let rules = find(&fleet, id)?.rules().await?;
    Ok(Json(rules.into_iter().map(Fault::from).collect()))
}

/// Add rules: one as JSON, or a scenario as TOML. A rule of the same name is replaced.
#[utoipa::path(post, path = "/v1/modules/{id}/faults", tag = "faults", operation_id = "add_faults",
    params(("id" = u64, Path, description = "the module's number")),
    request_body(content(
        (Object = "application/json"), (String = "application/toml"))),
    responses((status = 201, body = [Fault], description = "those that were added"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "the first mistake, and where it is")))]
pub async fn add(
    State(fleet): State<Arc<Fleet>>,
    At(id): At<u64>,
    body: Text,
) -> Result<(StatusCode, Json<Vec<Fault>>), Problem> {
    let berth = find(&fleet, id)?;
    let rules = if body.is_json {
        vec![from_json(&body.text).map_err(Problem::unprocessable)?]
    } else {
        let scenario = Scenario::parse(&body.text, SOURCE);
        scenario.map_err(|error| Problem::unprocessable(error.to_string()))?.rules
    };
    if rules.is_empty() {
        return Err(Problem::unprocessable("there is no rule in this; begin one with [[rule]]"));
    }
    for rule in &rules {
        berth.add_rule(rule.clone()).await?;
    }
    let added = rules.into_iter().map(|rule| Fault::from(Standing { rule, fired: 0 }));
    Ok((StatusCode::CREATED, Json(added.collect())))
}

/// Take a rule away.
#[utoipa::path(delete, path = "/v1/modules/{id}/faults/{name}", tag = "faults",
    operation_id = "remove_fault",
    params(("id" = u64, Path, description = "the module's number"),
        ("name" = String, Path, description = "the rule's name")),
    responses((status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn remove(
    State(fleet): State<Arc<Fleet>>,
    At((id, name)): At<(u64, String)>,
) -> Result<StatusCode, Problem> {
    if find(&fleet, id)?.remove_rule(&name).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found(format!("module {id} has no rule {name:?}")))
    }
}

/// JSON is TOML with other signs, but for what is null.
fn from_json(text: &str) -> Result<Rule, String> {
    let value: toml::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    value.to_string().parse()
}
