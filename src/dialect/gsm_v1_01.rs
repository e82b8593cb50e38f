//! GSM FTP AT Commands, V1.01 (2010-05-10), and what its chapter 4 needs beside it.

use super::Dialect;
use crate::commands::{gsm, interface, network, power, qftp, sim, sms, tcpip, v250};
use crate::ftp::Failure;
use crate::profile::Quirks;

pub(super) const DIALECT: Dialect = Dialect {
    manual: "GSM FTP AT Commands V1.01",
    tables: &[
        v250::V250,
        interface::INTERFACE,
        gsm::GSM,
        power::POWER,
        sim::SIM,
        network::NETWORK,
        sms::SMS,
        tcpip::TCPIP,
        qftp::QFTP,
    ],
    ftp_error,
};

/// Manual chapter 3.
const fn ftp_error(failure: Failure, quirks: &Quirks) -> i32 {
    match failure {
        Failure::Unknown => -1,
        Failure::Busy => -3,
        Failure::Dns => -4,
        Failure::Network => -5,
        Failure::ControlClosed => -6,
        Failure::DataClosed => -7,
        Failure::ContextDeactivated => -8,
        Failure::Timeout => -9,
        Failure::Parameter => -10,
        // "Need account" is listed as 532 only, but a server says so as 332 too (RFC 959 5.4).
        Failure::Reply(332) => -532,
        Failure::Reply(
            code @ (421 | 425 | 426 | 450 | 452 | 500 | 501 | 502 | 530 | 532 | 550 | 551 | 552
            | 553),
        ) => -(code as i32),
        Failure::Reply(code) if quirks.negate_unlisted => -(code as i32),
        Failure::Reply(_) => -1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_chapter_3_has_its_cause() {
        let quirks = Quirks::default();
        let number = |text: &str| ftp_error(text.parse().unwrap(), &quirks);
        let listed = [
            ("unknown", -1),
            ("busy", -3),
            ("dns", -4),
            ("network", -5),
            ("control-closed", -6),
            ("data-closed", -7),
            ("context-deactivated", -8),
            ("timeout", -9),
            ("parameter", -10),
            ("421", -421),
            ("425", -425),
            ("426", -426),
            ("450", -450),
            ("452", -452),
            ("500", -500),
            ("501", -501),
            ("502", -502),
            ("530", -530),
            ("532", -532),
            ("550", -550),
            ("551", -551),
            ("552", -552),
            ("553", -553),
        ];
        assert_eq!(listed.len(), 23);
        for (cause, error) in listed {
            assert_eq!(number(cause), error, "{cause}");
        }
        assert_eq!(number("332"), -532);
    }

    #[test]
    fn a_refusal_that_is_not_listed_is_unknown_or_negated() {
        let negate = Quirks { negate_unlisted: true, ..Quirks::default() };
        for code in [451, 503, 504, 554, 599] {
            assert_eq!(ftp_error(Failure::Reply(code), &Quirks::default()), -1);
            assert_eq!(ftp_error(Failure::Reply(code), &negate), -i32::from(code));
        }
    }
}
