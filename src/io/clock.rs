//! The one clock: real time as module time, at a scale.

use std::time::Duration;

use tokio::time::Instant;

use crate::time::SimTime;

/// Module time since it was started.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    power_on: Instant,
    scale: f64,
}

impl Clock {
    /// Starts now; module time passes `scale` times as fast as real time.
    pub fn start(scale: f64) -> Self {
        Self { power_on: Instant::now(), scale }
    }

    /// The module time now.
    pub fn now(&self) -> SimTime {
        let real = self.power_on.elapsed();
        // Exact where no scale is asked for: a float would cost a microsecond here and there.
        let elapsed = if self.scale == 1.0 { real } else { real.mul_f64(self.scale) };
        SimTime::ZERO + elapsed
    }

    /// The module time that passes in so much real time.
    pub fn passes(&self, real: Duration) -> Duration {
        real.mul_f64(self.scale)
    }

    /// The real instant at which it is `time`.
    ///
    /// Never before that time has come, so that a sleep until it does not end too soon.
    pub fn instant(&self, time: SimTime) -> Instant {
        let elapsed = time.since(SimTime::ZERO);
        if self.scale == 1.0 {
            return self.power_on + elapsed;
        }
        self.power_on + elapsed.div_f64(self.scale) + Duration::from_nanos(1)
    }
}
