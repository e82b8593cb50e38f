//! The table, and the little arithmetic behind it.

/// Printed line by line, as figures come.
pub struct Table;

impl Table {
    /// Prints the head.
    pub fn begin() -> Self {
        println!("| Figure | quasimodem | floor | ratio | target | |");
        println!("|---|---|---|---|---|---|");
        Self
    }

    /// A figure that is better when lower, beside its floor.
    pub fn at_most(&mut self, name: &str, unit: &str, ours: f64, floor: f64, limit: f64) {
        let ratio = ours / floor;
        let target = format!("at most {limit} of the floor");
        self.row(name, unit, ours, Some(floor), &target, Some(ratio <= limit));
    }

    /// A rate measured round by round beside its floor, held to a share of it where there is one.
    ///
    /// The ratio is the middle one of the rounds' own: what the machine does in one round it does to
    /// both, and what it does over many rounds it does not do to the ratio.
    pub fn rate(&mut self, name: &str, unit: &str, rounds: &[(f64, f64)], limit: Option<f64>) {
        let middle =
            |of: fn(&(f64, f64)) -> f64| median(&mut rounds.iter().map(of).collect::<Vec<_>>());
        let ratio = middle(|(ours, floor)| ours / floor);
        let (ours, floor) = (middle(|round| round.0), middle(|round| round.1));
        let target = limit.map_or("-".to_owned(), |limit| format!("at least {limit} of the floor"));
        let verdict = verdict(limit.map(|limit| ratio >= limit));
        let (ours, floor) = (value(ours, unit), value(floor, unit));
        println!("| {name} | {ours} | {floor} | {ratio:.2} | {target} | {verdict} |");
    }

    /// A time beside the one that it stands for, held to a share of that either way.
    pub fn within(&mut self, name: &str, ours: f64, meant: f64, share: f64) {
        let ratio = ours / meant;
        let (verdict, percent) = (verdict(Some((ratio - 1.0).abs() <= share)), share * 100.0);
        println!(
            "| {name} | {ours:.3} s | {meant:.3} s | {ratio:.4} | within {percent} % | {verdict} |"
        );
    }

    /// A figure with a bound of its own.
    pub fn bounded(&mut self, name: &str, unit: &str, ours: f64, floor: Option<f64>, limit: f64) {
        self.row(name, unit, ours, floor, &format!("at most {limit} {unit}"), Some(ours <= limit));
    }

    /// A figure for which there is no target.
    pub fn shown(&mut self, name: &str, unit: &str, ours: f64, floor: Option<f64>) {
        self.row(name, unit, ours, floor, "-", None);
    }

    /// A figure that cannot be had here.
    pub fn skipped(&mut self, name: &str, why: &str) {
        println!("| {name} | - | - | - | - | skipped: {why} |");
    }

    fn row(
        &mut self,
        name: &str,
        unit: &str,
        ours: f64,
        floor: Option<f64>,
        target: &str,
        met: Option<bool>,
    ) {
        let ratio = floor.map_or("-".to_owned(), |floor| format!("{:.2}", ours / floor));
        let floor = floor.map_or("-".to_owned(), |floor| value(floor, unit));
        let (ours, verdict) = (value(ours, unit), verdict(met));
        println!("| {name} | {ours} | {floor} | {ratio} | {target} | {verdict} |");
    }
}

fn value(value: f64, unit: &str) -> String {
    match value.abs() {
        0.0..10.0 => format!("{value:.2} {unit}"),
        10.0..100.0 => format!("{value:.1} {unit}"),
        _ => format!("{value:.0} {unit}"),
    }
}

const fn verdict(met: Option<bool>) -> &'static str {
    match met {
        None => "",
        Some(true) => "ok",
        Some(false) => "MISSED",
    }
}

/// The value below which `share` of all lie.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share) as usize]
}

/// The middle one.
pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}
