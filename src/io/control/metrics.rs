//! `/metrics`: counts and gauges in the text format of Prometheus (OpenMetrics 1.0).

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::fleet::Fleet;
use super::problem::Problem;

/// Counts and gauges.
#[utoipa::path(get, path = "/metrics", tag = "health", operation_id = "get_metrics",
    responses((status = 200, body = String,
        content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8")))]
pub async fn metrics(State(fleet): State<Arc<Fleet>>) -> Result<Response, Problem> {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match text(&fleet) {
        Ok(text) => Ok(([(CONTENT_TYPE, kind)], text).into_response()),
        Err(error) => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

fn text(fleet: &Fleet) -> Result<String, std::fmt::Error> {
    let modules = fleet.modules();
    let lines = modules.iter().map(|berth| berth.lines.len()).sum::<usize>();
    let made = Counter::<u64, AtomicU64>::default();
    made.inc_by(fleet.made());
    let mut registry = Registry::with_prefix("quasimodem");
    registry.register("modules", "Modules that run", gauge(modules.len()));
    registry.register("lines", "Lines of the modules that run", gauge(lines));
    registry.register("modules_made", "Modules made so far", made);
    let traffic = fleet.traffic();
    for (name, help, counter) in [
        ("bytes_from_hosts", "Bytes that hosts have sent", &traffic.from_hosts),
        ("bytes_to_hosts", "Bytes that modules have sent to hosts", &traffic.to_hosts),
        ("world_events", "World events that befell modules", &traffic.world),
        ("faults_fired", "Verdicts of fault rules that fired", &traffic.faults),
    ] {
        registry.register(name, help, counter.clone());
    }
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn gauge(count: usize) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
    gauge
}
