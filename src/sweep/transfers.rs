//! Files on their way in a recording, and at which of their bytes something can go wrong.
//!
//! Knows what is asked of the server and what comes from it, and no line but by who typed last.

use super::dialogue::{Moment, What};
use super::measures::Measures;
use crate::line::LineId;
use crate::time::SimTime;

/// A file on its way.
pub(super) struct Transfer {
    /// Of those in the same direction, from 1.
    pub(super) nth: u64,
    pub(super) is_upload: bool,
    pub(super) at: SimTime,
    pub(super) bytes: u64,
    /// The line that typed last before it.
    pub(super) line: LineId,
}

/// Every transfer in which bytes passed, in their order.
pub(super) fn transfers(moments: &[Moment]) -> Vec<Transfer> {
    let mut found: Vec<Transfer> = Vec::new();
    let (mut line, mut counts) = (LineId::FIRST, [0, 0]);
    for moment in moments {
        match moment.what {
            What::Typed(typed, _) => line = typed,
            What::Asked(operation @ ("store" | "retrieve"), _) => {
                let is_upload = operation == "store";
                found.push(Transfer { nth: 0, is_upload, at: moment.at, bytes: 0, line });
            }
            What::Asked("send", bytes) | What::Told("data", bytes) => {
                let Some(last) = found.last_mut() else { continue };
                if last.bytes == 0 {
                    let count = &mut counts[usize::from(last.is_upload)];
                    *count += 1;
                    (last.nth, last.at) = (*count, moment.at);
                }
                last.bytes += bytes as u64;
            }
            _ => {}
        }
    }
    found.retain(|transfer| transfer.bytes > 0);
    found
}

/// Where in so many bytes of a file there are points.
pub(super) fn places(bytes: u64, measures: &Measures) -> Vec<u64> {
    let Measures { chunk, per_transfer, .. } = *measures;
    let last = bytes.saturating_sub(1);
    let boundaries = last.div_ceil(chunk.max(1));
    let wanted = per_transfer.saturating_sub(1).min(boundaries);
    let spread = (0..wanted).map(|place| place * boundaries / wanted * chunk);
    spread.chain((bytes > 0 && per_transfer > 0).then_some(last)).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_transfer_has_its_first_and_its_last_byte_and_what_lies_between() {
        let measures = Measures { chunk: 100, per_transfer: 4, idle: Duration::MAX };
        for (bytes, places) in [
            (0, &[][..]),
            (1, &[0]),
            (2, &[0, 1]),
            (150, &[0, 100, 149]),
            (1000, &[0, 300, 600, 999]),
            (100_000, &[0, 33300, 66600, 99999]),
        ] {
            assert_eq!(super::places(bytes, &measures), places, "{bytes}");
        }
    }
}
