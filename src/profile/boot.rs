//! From the power key to service.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::span::Span;

/// When what happens after the power key, counted from it, and what is told of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "io", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Boot {
    /// The interface answers; `RDY` and `+CFUN: 1`.
    #[serde(with = "Span")]
    pub interface: Duration,
    /// From there to the SIM's state, `+CPIN: …`; after `AT+CFUN=1` as well.
    #[serde(with = "Span")]
    pub sim: Duration,
    /// From the SIM's readiness to `Call Ready`, and to `SMS Ready`.
    #[serde(with = "Span")]
    pub call_ready: Duration,
    /// From the SIM's readiness to the registration for calls.
    #[serde(with = "Span")]
    pub gsm: Duration,
    /// From the SIM's readiness to the registration for GPRS.
    #[serde(with = "Span")]
    pub gprs: Duration,
    /// `SMS Ready` follows `Call Ready`.
    pub sms_ready: bool,
    /// From `AT+QPOWD` or the power key to silence.
    #[serde(with = "Span")]
    pub power_down: Duration,
}

impl Default for Boot {
    fn default() -> Self {
        Self {
            interface: Duration::from_millis(800),
            sim: Duration::from_millis(750),
            call_ready: Duration::from_millis(4750),
            gsm: Duration::from_millis(10_950),
            gprs: Duration::from_millis(15_650),
            sms_ready: false,
            power_down: Duration::from_secs(2),
        }
    }
}

impl Boot {
    /// The same without taking time.
    pub const fn instant(&self) -> Self {
        let (interface, sim, call_ready) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let (gsm, gprs, power_down) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        Self { interface, sim, call_ready, gsm, gprs, sms_ready: self.sms_ready, power_down }
    }
}
